/** The bill as a document: one page of paper, one page of the web, payment codes, designs that run against each other, and how plain their words are. Pure: values in, bytes or HTML out. */

export { type BillDocument, type DocumentLine, type Letterhead, type Words } from './bill-document.ts';
export {
  checkDesign, type Design, type DesignCheck, designFor, designTerms, type DesignTerms, EXPERIMENT, FIRST_BLOCKS, HOUSE_DESIGNS, houseDesign, mayBePublished, OWN_WORDS, SCORE_MIN,
} from './designs.ts';
export { payeeDetails, payeeOf, qrFor } from './payees.ts';
export { type QuoteDocument } from './pdf/quote-sheet.ts';
export { billPdf, printBills, type Printable, quotePdf } from './print.ts';
export { sampleBill, SAMPLE_KINDS, type SampleKind } from './samples.ts';
export { chargeName, premiumName } from './texts.ts';
export { billPage, type BillPageInput } from './web/bill-page.ts';
