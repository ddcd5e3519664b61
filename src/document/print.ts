/** Bills as PDF, one after the other: a batch pays for fonts and common words once. */

import { type Language } from '../kernel/index.ts';
import { type BillDocument } from './bill-document.ts';
import { type DesignTerms } from './designs.ts';
import { billSheet } from './pdf/bill-sheet.ts';
import { type QuoteDocument, quoteSheet } from './pdf/quote-sheet.ts';
import { pdfOf } from './pdf/write.ts';

export const quotePdf = (quote: QuoteDocument, language: Language): Promise<Uint8Array> => pdfOf(quoteSheet(quote, language));

export type Printable = { readonly bill: BillDocument; readonly design: DesignTerms; readonly language: Language };

export const billPdf = ({ bill, design, language }: Printable): Promise<Uint8Array> => pdfOf(billSheet(bill, design, language));

/** In the order in which they are given, each made when it is asked for. */
export async function* printBills(documents: Iterable<Printable> | AsyncIterable<Printable>): AsyncIterable<Uint8Array> {
  for await (const document of documents) yield await billPdf(document);
}
