import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { isValidIBAN } from 'ibantools';
import { decimalText, type HolderId, type InsurerId, LANGUAGES, type Language, type PlainDate } from '../kernel/index.ts';
import { type BillDocument } from './bill-document.ts';
import { checkDesign, designFor, FIRST_BLOCKS, HOUSE_DESIGNS, mayBePublished, pointOf, SCORE_MIN } from './designs.ts';
import { contrast, tinted } from './pdf/colour.ts';
import { widthOf } from './pdf/fonts.ts';
import { billSheet } from './pdf/bill-sheet.ts';
import { FIRST_THIRD, type Mark, PAGE, sheetMarks, sheetText } from './pdf/sheet.ts';
import { payeeOf, qrFor } from './payees.ts';
import { plainWords } from './plain-words.ts';
import { type QuoteDocument, quoteSheet } from './pdf/quote-sheet.ts';
import { billPdf, printBills, quotePdf } from './print.ts';
import { crc16, emvText, fpsPayload, qrPhPayload } from './qr/emv.ts';
import { epcPayload, isCreditorReference } from './qr/epc.ts';
import { qrRuns } from './qr/modules.ts';
import { sampleBill, SAMPLE_KINDS } from './samples.ts';
import { placesOf, textOf } from './texts.ts';
import en from './texts/en.json' with { type: 'json' };
import zhHans from './texts/zh-Hans.json' with { type: 'json' };
import zhHant from './texts/zh-Hant.json' with { type: 'json' };
import { billPage } from './web/bill-page.ts';
import { onDark } from './web/style.ts';

const SIMULATED = { code: 'harbour', simulated: true };
const [box, column] = HOUSE_DESIGNS as unknown as [(typeof HOUSE_DESIGNS)[number], (typeof HOUSE_DESIGNS)[number]];

// ---- payment codes, read again by a reader that shares nothing with the writer ----

type Tree = Map<string, string>;
/** Objects of one level; throws where lengths do not add up. */
function emvRead(text: string): Tree {
  const found: Tree = new Map();
  let rest = text;
  while (rest.length > 0) {
    const match = /^(\d\d)(\d\d)/.exec(rest);
    assert.ok(match, `no object at “${rest}”`);
    const length = Number(match[2]);
    const value = rest.slice(4, 4 + length);
    assert.equal(value.length, length);
    found.set(match[1] ?? '', value);
    rest = rest.slice(4 + length);
  }
  return found;
}
/** By table and bit-reversed polynomial division over a string of bits: slow, and unlike the code under test. */
function crcByLongDivision(text: string): string {
  const bits = [...Buffer.from(text)].flatMap((byte) => Array.from(byte.toString(2).padStart(8, '0'), Number)).concat(Array.from({ length: 16 }, () => 0));
  for (let at = 0; at < 16; at += 1) bits[at] = (bits[at] ?? 0) ^ 1;
  const divisor = Array.from((0x11021).toString(2), Number);
  for (let at = 0; at + 16 < bits.length; at += 1) if (bits[at] === 1) divisor.forEach((bit, place) => { bits[at + place] = (bits[at + place] ?? 0) ^ bit; });
  return Number.parseInt(bits.slice(-16).join(''), 2).toString(16).toUpperCase().padStart(4, '0');
}

describe('payment codes', () => {
  test('the checksum is that of the catalogue of CRCs and of the sample in EMVCo’s specification', () => {
    assert.equal(crc16('123456789'), '29B1');
    const sample = '00020101021229300012D156000000000510A93FO3230Q31280012D15600000001030812345678520441115802CN5914BEST TRANSPORT6007BEIJING64200002ZH0104最佳运输0202北京540523.7253031565502016233030412340603***0708A60086670902ME91320016A011223344998877070812345678';
    assert.equal(crc16(`${sample}6304`), 'A13A');
  });

  test('an FPS code says whom, how much and for which bill, as Hong Kong’s common standard has it', () => {
    const text = fpsPayload({ proxy: '9999999', name: 'Harbour Life 海港', amountMinor: 121_321n, currency: 'HKD', reference: '1204-4931607' }) ?? '';
    const read = emvRead(text);
    assert.deepEqual([read.get('00'), read.get('01'), read.get('52'), read.get('53'), read.get('54'), read.get('58'), read.get('59')], ['01', '12', '0000', '344', '1213.21', 'HK', 'Harbour Life']);
    assert.deepEqual([...emvRead(read.get('26') ?? '')], [['00', 'hk.com.hkicl'], ['02', '9999999']]);
    assert.deepEqual([...emvRead(read.get('62') ?? '')], [['01', '1204-4931607'], ['05', '1204-4931607']]);
    assert.equal([...read.keys()].at(-1), '63');
    assert.equal(read.get('63'), crcByLongDivision(text.slice(0, -4)));
    assert.equal(emvRead(emvRead(fpsPayload({ proxy: '+852-55500100', name: 'A', amountMinor: 1n, currency: 'HKD', reference: '1-2' }) ?? '').get('26') ?? '').get('03'), '+852-55500100');
  });

  test('any amount and reference come back from FPS and QR Ph codes', () => {
    fc.assert(fc.property(fc.bigInt(1n, 99_999_999_999n), fc.integer({ min: 1, max: 999_999_999 }), fc.integer({ min: 1, max: 999_999_999 }), (amountMinor, holder, bill) => {
      const reference = `${holder}-${bill}`;
      for (const [currency, text] of [['HKD', fpsPayload({ proxy: 'a@b.example', name: '', amountMinor, currency: 'HKD', reference })], ['PHP', qrPhPayload({ bic: 'PHSMPHMMXXX', account: '000000000001', name: '', city: 'Manila', amountMinor, currency: 'PHP', reference })]] as const) {
        const read = emvRead(text ?? '');
        assert.equal(read.get('54'), decimalText(amountMinor, currency));
        assert.equal(emvRead(read.get('62') ?? '').get('01'), reference);
        assert.equal(read.get('63'), crcByLongDivision((text ?? '').slice(0, -4)));
      }
    }), { numRuns: 200 });
  });

  test('a currency that a scheme does not carry has no code of it, and the pay link stands in', () => {
    assert.equal(fpsPayload({ proxy: '9999999', name: 'A', amountMinor: 1n, currency: 'USD', reference: '1-2' }), null);
    assert.equal(qrPhPayload({ bic: 'PHSMPHMMXXX', account: '1', name: 'A', city: 'M', amountMinor: 1n, currency: 'HKD', reference: '1-2' }), null);
    assert.deepEqual(qrFor(payeeOf(SIMULATED, 'HK'), { amountMinor: 1n, currency: 'USD', reference: '1-2', payUrl: 'https://p.example' }), { kind: 'link', payload: 'https://p.example' });
    assert.equal(qrFor(null, { amountMinor: 1n, currency: 'USD', reference: '1-2', payUrl: null }), null);
    assert.equal(payeeOf({ code: 'lotus', simulated: false }, 'HK'), null);
  });

  test('a SEPA code has the lines of EPC069-12 in their order', () => {
    // The guidelines' own example: one euro for the Red Cross.
    assert.equal(epcPayload({ name: 'Red Cross', iban: 'BE72000000001616', bic: 'BPOTBEB1', amountMinor: 100n, currency: 'EUR', reference: 'Urgency fund', purpose: 'CHAR' }),
      ['BCD', '002', '1', 'SCT', 'BPOTBEB1', 'Red Cross', 'BE72000000001616', 'EUR1.00', 'CHAR', '', 'Urgency fund'].join('\n'));
    const payee = payeeOf(SIMULATED, 'DE');
    const code = qrFor(payee, { amountMinor: 19_999n, currency: 'EUR', reference: '1204-4931607', payUrl: null });
    const lines = (code?.payload ?? '').split('\n');
    assert.deepEqual([code?.kind, lines[0], lines[3], lines[7]], ['epc', 'BCD', 'SCT', 'EUR199.99']);
    assert.ok(isValidIBAN(lines[6] ?? ''));
    assert.deepEqual(lines.slice(8), ['', '', '1204-4931607']);
    assert.deepEqual(epcPayload({ name: 'A', iban: 'BE72000000001616', bic: null, amountMinor: 1n, currency: 'EUR', reference: 'RF18539007547034' })?.split('\n').slice(7), ['EUR0.01', '', 'RF18539007547034']);
    assert.equal(epcPayload({ name: 'A', iban: 'BE72000000001616', bic: null, amountMinor: 1n, currency: 'USD', reference: 'x' }), null);
  });

  test('creditor references are those of ISO 11649', () => {
    assert.equal(isCreditorReference('RF18539007547034'), true);
    assert.equal(isCreditorReference('RF18539007547035'), false);
    assert.equal(isCreditorReference('1204-4931607'), false);
  });

  test('an object that is too long is a bug, not a code that no bank reads', () => {
    assert.throws(() => emvText([['59', 'x'.repeat(100)]]));
  });

  test('dark squares are those of the finder patterns where a reader looks first', () => {
    const { size, runs } = qrRuns('https://pay.example.com/pay/海港');
    assert.equal((size - 17) % 4, 0);
    assert.deepEqual(runs.filter(([, row]) => row === 0).slice(0, 1), [[0, 0, 7]]);
    assert.deepEqual(runs.filter(([, row]) => row === size - 1).slice(0, 1), [[0, size - 1, 7]]);
    assert.ok(runs.every(([at, row, length]) => at >= 0 && row >= 0 && length > 0 && at + length <= size && row < size));
  });
});

// ---- paper ----

type PdfObject = { readonly text: string; readonly stream: Buffer | null };
/** Objects of a PDF, streams unpacked. */
function pdfObjects(bytes: Uint8Array): Map<number, PdfObject> {
  const file = Buffer.from(bytes).toString('latin1');
  const objects = new Map<number, PdfObject>();
  for (const match of file.matchAll(/(?:^|\n)(\d+) 0 obj\n([\s\S]*?)\nendobj/g)) {
    const body = match[2] ?? '';
    const at = body.indexOf('stream\n');
    const packed = at < 0 ? null : Buffer.from(body.slice(at + 7, body.lastIndexOf('\nendstream')), 'latin1');
    const head = at < 0 ? body : body.slice(0, at);
    objects.set(Number(match[1]), { text: head, stream: packed === null ? null : head.includes('/FlateDecode') ? inflateSync(packed) : packed });
  }
  return objects;
}

const refOf = (text: string, name: string): number => Number(new RegExp(`/${name} (\\d+) 0 R`).exec(text)?.[1] ?? Number.NaN);

/** What a screen reader hears: the page's text by its fonts' maps to Unicode, in the order of the content. */
function pdfText(bytes: Uint8Array): string {
  const objects = pdfObjects(bytes);
  const page = [...objects.values()].find(({ text }) => /\/Type \/Page\n/.test(text))?.text ?? '';
  const resources = objects.get(refOf(page, 'Resources'))?.text ?? page;
  const maps = new Map<string, Map<string, string>>();
  for (const [, name = '', id] of resources.matchAll(/\/(F\d+) (\d+) 0 R/g)) {
    const cmap = objects.get(refOf(objects.get(Number(id))?.text ?? '', 'ToUnicode'))?.stream?.toString('latin1') ?? '';
    const map = new Map<string, string>();
    for (const [, from = '0', , list = ''] of cmap.matchAll(/<([0-9a-f]+)> <([0-9a-f]+)> \[(.*?)\]/g)) {
      [...list.matchAll(/<(.*?)>/g)].forEach(([, hex = ''], place) => map.set((Number.parseInt(from, 16) + place).toString(16).padStart(4, '0'), String.fromCharCode(...hex.split(' ').map((unit) => Number.parseInt(unit, 16)))));
    }
    maps.set(name, map);
  }
  const content = objects.get(refOf(page, 'Contents'))?.stream?.toString('latin1') ?? '';
  let text = '';
  let font: Map<string, string> | undefined;
  for (const [, name, shown] of content.matchAll(/\/(F\d+) [\d.]+ Tf|\[(.*?)\] TJ/g)) {
    if (name !== undefined) font = maps.get(name);
    else text += `${[...(shown ?? '').matchAll(/<([0-9a-f]*)>/g)].flatMap(([, hex = '']) => hex.match(/.{4}/g) ?? []).map((code) => font?.get(code) ?? '�').join('')}\n`;
  }
  return text;
}

const right = (mark: Mark, language: Language): number => (mark.kind === 'text' ? mark.x + widthOf(mark.text, language, mark.weight, mark.size) : mark.kind === 'qr' ? mark.x + mark.size : mark.x + mark.width);
const bottom = (mark: Mark): number => (mark.kind === 'text' || mark.kind === 'rule' ? mark.y : mark.kind === 'qr' ? mark.y + mark.size : mark.y + mark.height);

describe('a bill on paper', () => {
  for (const design of HOUSE_DESIGNS) {
    for (const language of LANGUAGES) {
      test(`${design.id} in ${language}: one tagged page, fonts embedded as subsets, shortest and longest contents`, async () => {
        for (const kind of SAMPLE_KINDS) {
          const bill = sampleBill(kind, language);
          const bytes = await billPdf({ bill, design, language });
          const objects = [...pdfObjects(bytes).values()];
          const all = objects.map(({ text }) => text).join('\n');
          assert.equal(objects.filter(({ text }) => /\/Type \/Page\n/.test(text)).length, 1);
          assert.match(all, /\/StructTreeRoot \d+ 0 R/);
          assert.match(all, new RegExp(`/Lang \\(${language}\\)`));
          assert.match(all, /\/Marked true/);
          assert.match(all, /\/DisplayDocTitle true/);
          for (const tag of ['Document', 'H1', 'H2', 'P', 'Table', 'TR', 'TH', 'TD', 'Figure', 'Link']) assert.match(all, new RegExp(`/S /${tag}\\b`), tag);
          assert.match(all, /\/Alt \(/);
          const fonts = objects.filter(({ text }) => text.includes('/Subtype /Type0'));
          assert.ok(fonts.length >= 2);
          for (const { text } of fonts) assert.match(text, /\/BaseFont \/[A-Z]{6}\+NotoSans[ST]C/);
          assert.ok(bytes.length < 250_000, `${bytes.length} bytes`);
        }
      });
    }
  }

  test('a reader that hears it hears amount, due date and how to pay before anything else of the bill', async () => {
    for (const design of HOUSE_DESIGNS) {
      for (const language of LANGUAGES) {
        const text = pdfText(await billPdf({ bill: sampleBill('usual', language), design, language })).replace(/\n/g, '');
        const places = ['HK$1,213.21', language === 'en' ? '29 December 2026' : '2026年12月29日', language === 'en' ? 'banking app' : '轉|转', textOf(language, 'lines_title')].map((part) => text.search(new RegExp(part.replace('$', '\\$'))));
        assert.ok(places.every((place) => place >= 0), `${design.id} ${language}: ${places.join(' ')} in ${text.slice(0, 200)}`);
        assert.ok((places[0] ?? 0) < (places[3] ?? 0) && (places[2] ?? 0) < (places[3] ?? 0));
        assert.ok(!text.includes('�'));
      }
    }
  });

  test('the same bill is the same bytes, and a batch gives them in its order', async () => {
    const bills = LANGUAGES.flatMap((language) => HOUSE_DESIGNS.map((design) => ({ bill: sampleBill('usual', language), design, language })));
    const alone = await Promise.all(bills.map(billPdf));
    const batch: Uint8Array[] = [];
    for await (const bytes of printBills(bills)) batch.push(bytes);
    assert.deepEqual(batch.map((bytes) => Buffer.from(bytes).equals(alone[batch.indexOf(bytes)] ?? Buffer.alloc(0))), bills.map(() => true));
  });


  function staysOnPage(bill: BillDocument, design: (typeof HOUSE_DESIGNS)[number], language: Language): void {
    const sheet = billSheet(bill, design, language);
    for (const mark of sheetMarks(sheet)) {
      assert.ok(mark.x >= 0 && right(mark, language) <= PAGE.width + 0.01, `${design.id} ${language}: ${JSON.stringify(mark)} ends at ${right(mark, language)}`);
      assert.ok(mark.y >= 0 && bottom(mark) <= PAGE.height + 0.01, `${design.id} ${language}: ${JSON.stringify(mark)} is below the page`);
      if (mark.kind === 'text') assert.ok(mark.size >= 5.8, `${mark.text} in ${mark.size}`);
    }
    const texts = sheetMarks(sheet).filter((mark) => mark.kind === 'text');
    const flows = texts.filter((mark) => mark.y > FIRST_THIRD && mark.y < 812);
    assert.ok(Math.max(...flows.map(({ y }) => y)) <= 803, `${design.id} ${language}: ends at ${Math.max(...flows.map(({ y }) => y))}`);
    const amount = texts.toSorted((a, b) => b.size - a.size)[0];
    const code = sheetMarks(sheet).find((mark) => mark.kind === 'qr');
    assert.ok(amount !== undefined && amount.y < FIRST_THIRD);
    assert.ok(code === undefined || bottom(code) <= FIRST_THIRD);
  }

  test('whatever is on it, it stays on one page and in its margins, with amount and code in the top third', () => {
    for (const design of HOUSE_DESIGNS) for (const language of LANGUAGES) for (const kind of SAMPLE_KINDS) staysOnPage(sampleBill(kind, language), design, language);
    const name = fc.oneof(fc.string({ unit: fc.constantFrom(...Array.from('Müllerß-ä öü Donaudampf陳歐陽慕容阿卜杜热西提·')), minLength: 0, maxLength: 120 }), fc.string({ maxLength: 60 }));
    fc.assert(fc.property(name, fc.array(name, { maxLength: 5 }), fc.bigInt(1n, 9_000_000_000_000_000n), fc.constantFrom('JPY', 'KWD', 'HKD', 'EUR', 'TWD'), fc.constantFrom(...LANGUAGES), fc.constantFrom(...HOUSE_DESIGNS), fc.integer({ min: 1, max: 12 }),
      (holder, addressLines, minor, currency, language, design, count) => {
        const bill = sampleBill('longest', language);
        staysOnPage({ ...bill, holder: { name: holder, addressLines }, policy: { ...bill.policy, product: holder }, currency, lines: bill.lines.slice(0, count), totalMinor: minor, outstandingMinor: minor, paidMinor: 0n }, design, language);
      }), { numRuns: 60 });
  });

  test('a postal address keeps every line of it, its town too', () => {
    for (const design of HOUSE_DESIGNS) {
      const bill = sampleBill('longest', 'en');
      const text = sheetText(billSheet(bill, design, 'en')).join('\n');
      for (const line of bill.holder.addressLines) assert.ok(text.replace(/\n/g, ' ').includes(line), line);
    }
  });

  test('a paid bill asks for nothing: no code, no link, no threat', () => {
    const bill: BillDocument = { ...sampleBill('usual', 'en'), state: 'paid', paidMinor: 121_321n, outstandingMinor: 0n, payUrl: null, qr: null };
    for (const design of HOUSE_DESIGNS) {
      const text = sheetText(billSheet(bill, design, 'en')).join('\n');
      assert.match(text, /This bill is paid/);
      assert.doesNotMatch(text, /cover may end|Scan|How to pay/);
    }
  });

  test('a bill that is still being checked shows its amount and says that nothing is asked yet', () => {
    const bill: BillDocument = { ...sampleBill('usual', 'en'), state: 'held', payUrl: null, qr: null };
    for (const design of HOUSE_DESIGNS) {
      const text = sheetText(billSheet(bill, design, 'en')).join(' ');
      assert.match(text, /This is a draft\..*nothing is asked of you yet/);
      assert.match(text, /HK\$1,213\.21/);
      assert.doesNotMatch(text, /How to pay|Scan|Nothing to pay/);
    }
  });

  test('a simplified name on a traditional bill is written with signs that exist', async () => {
    const bill = sampleBill('usual', 'zh-Hant');
    assert.ok(pdfText(await billPdf({ bill: { ...bill, holder: { name: '马骢驎 ₱', addressLines: [] } }, design: box, language: 'zh-Hant' })).replace(/\n/g, '').includes('马骢驎'));
  });
});

describe('payment terms on paper', () => {
  const terms = (language: Language, count: number): QuoteDocument => {
    const bill = sampleBill('longest', language);
    const day = (at: number) => `2027-${String(1 + (at % 12)).padStart(2, '0')}-28` as PlainDate;
    return {
      insurer: bill.insurer, madeOn: bill.today, line: 'life', mode: 'monthly', currency: 'KWD', holder: bill.holder.name, ways: bill.ways, advance: { instalments: 3, amountMinor: 999_999_999_999n, autopay: true },
      instalments: Array.from({ length: count }, (_, at) => ({ no: at + 1, dueOn: day(at), from: day(at), to: day(at + 1), premiumMinor: 99_999_999_999n, chargesMinor: 123_456_789n })),
    };
  };
  test('are one page with every instalment of the year, its amount and its day, and with what happens when one is late', async () => {
    for (const language of LANGUAGES) {
      const quote = terms(language, 12);
      for (const mark of sheetMarks(quoteSheet(quote, language))) assert.ok(mark.y < PAGE.height - 8 && right(mark, language) <= PAGE.width - 40, JSON.stringify(mark));
      const bytes = await quotePdf(quote, language);
      assert.equal([...pdfObjects(bytes).values()].filter(({ text }) => /\/Type \/Page\n/.test(text)).length, 1);
      const text = pdfText(bytes).replace(/\n/g, '');
      assert.equal(text.split('KWD 100,123,456.788').length - 1, 13);
      assert.ok(text.includes(textOf(language, 'quote_late').slice(0, 12)));
    }
  });
  test('of a single premium have one instalment', () => {
    assert.ok(sheetText(quoteSheet({ ...terms('en', 1), mode: 'single', holder: null }, 'en')).includes('once'));
  });
});

// ---- the page ----

describe('a bill on the web', () => {
  const input = (bill: BillDocument, language: Language = 'en', design = box) => ({ bill, design, language, nonce: 'n', addressIn: (one: Language) => `/pay/t/bill?lang=${one}`, pdfAddress: '/pay/t/bill.pdf', payAddress: '/pay/t' });

  test('says amount, due date, how to pay, what follows and whom to ask before it lists anything, in every design and language', () => {
    for (const design of HOUSE_DESIGNS) {
      for (const language of LANGUAGES) {
        const page = billPage(input(sampleBill('usual', language), language, design));
        const before = page.slice(0, page.indexOf('<table'));
        assert.ok(before.includes('HK$1,213.21') && before.includes('class="pay"') && before.includes('+852 5550 0100') && before.includes(language === 'en' ? '29 December 2026' : '2026年12月29日'));
        assert.match(page, new RegExp(`<html lang="${language}">`));
        assert.ok(page.length < 60_000, `${page.length}`);
      }
    }
  });

  test('what a holder is called cannot become markup', () => {
    const bill = sampleBill('usual', 'en');
    const page = billPage(input({ ...bill, holder: { name: '<script>alert(1)</script>', addressLines: ['"><img src=x>'] }, policy: { ...bill.policy, product: '<b>' } }));
    assert.doesNotMatch(page, /<script|<img|<b>/);
  });

  test('the colours of each design are readable on white, on their own tint and on the dark page', () => {
    for (const { accent } of HOUSE_DESIGNS) {
      assert.ok(contrast(accent, '#ffffff') >= 4.5 && contrast(accent, tinted(accent, 0.1)) >= 4.5 && contrast(onDark(accent), '#191f24') >= 4.5 && contrast(onDark(accent), '#222b31') >= 4.5 && contrast('#4b5560', tinted(accent, 0.1)) >= 4.5);
    }
    assert.equal(Number(contrast('#000000', '#ffffff').toFixed(3)), 21);
  });
});

// ---- words and designs ----

describe('plain words', () => {
  test('the house’s designs score 90 and more in all three languages', () => {
    for (const design of HOUSE_DESIGNS) {
      const { scores } = checkDesign(design, sampleBill('usual', 'en'));
      for (const language of LANGUAGES) assert.ok(scores[language].score >= 90, `${design.id} ${language}: ${JSON.stringify(scores[language].findings)}`);
    }
  });

  test('what an insurer’s lawyer would write does not reach the score of a design', () => {
    const english = ['Your premium receivable is delinquent; kindly remit the outstanding balance forthwith, failing which the policy shall lapse pursuant to the terms herein and any reinstatement will be subject to underwriting approval.'];
    const simplified = ['兹通知阁下，贵户应收保费逾期未缴，敬请于宽限期内汇缴，倘未缴讫，本公司将依照相关规定径行终止保单效力。'];
    const traditional = ['茲通知閣下，貴戶應收保費逾期未繳，敬請於寬限期內匯繳，倘未繳訖，本公司將依照相關規定逕行終止保單效力。'];
    for (const [language, texts] of [['en', english], ['zh-Hans', simplified], ['zh-Hant', traditional]] as const) assert.ok(plainWords(texts, language).score < SCORE_MIN, language);
    assert.deepEqual(plainWords(['Please remit HK$5.'], 'en').findings, [{ kind: 'jargon', text: 'remit', instead: 'pay', cost: 12 }]);
  });

  test('a longer term is found once, an ordinary word that holds one not at all', () => {
    assert.deepEqual(plainWords(['The premium receivable.'], 'en').findings.map(({ text }) => text), ['premium receivable']);
    assert.deepEqual(plainWords(['Marshall lives in Tenderton.'], 'en').findings, []);
    assert.deepEqual(plainWords(['之后保障可能终止。'], 'zh-Hans').findings, []);
    assert.deepEqual(plainWords(['應收保費'], 'zh-Hant').findings.map(({ text }) => text), ['應收保費']);
  });

  test('another sentence never makes a text plainer', () => {
    const sentence = fc.constantFrom('Please pay now.', 'Kindly remit the outstanding balance.', 'The payment was received by us.', 'Call us.', 'WE SHALL NOW CANCEL YOUR COVER.');
    fc.assert(fc.property(fc.array(sentence, { maxLength: 8 }), sentence, (texts, more) => plainWords([...texts, more], 'en').score <= plainWords(texts, 'en').score));
  });

  test('every language says everything, with the same values in it and in its own script', () => {
    const files = { en, 'zh-Hans': zhHans, 'zh-Hant': zhHant } as const;
    for (const language of LANGUAGES) {
      assert.deepEqual(Object.keys(files[language]), Object.keys(en));
      for (const name of Object.keys(en) as (keyof typeof en)[]) assert.deepEqual(placesOf(files[language][name]).toSorted(), placesOf(en[name]).toSorted(), `${language} ${name}`);
    }
    assert.doesNotMatch(Object.values(zhHans).join(''), /[繳帳單號應轉碼費與請現]/u);
    assert.doesNotMatch(Object.values(zhHant).join(''), /[缴账单号应转码费与请现]/u);
  });
});

describe('designs that run against each other', () => {
  const insurer = 7 as InsurerId;
  const holders = Array.from({ length: 4_000 }, (_, at) => (at + 1) as HolderId);

  test('a holder always gets the same one, whatever the order of the list', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 1_000_000 }), (holder) => designFor([box, column], insurer, holder as HolderId) === designFor([column, box], insurer, holder as HolderId)));
    assert.notEqual(pointOf(insurer, 1 as HolderId), pointOf(8 as InsurerId, 1 as HolderId));
    assert.notEqual(pointOf(insurer, 1 as HolderId), pointOf(insurer, 1 as HolderId, 'another'));
  });

  test('shares are weights: a tenth gets a tenth, none gets none, and the two real designs differ in more than colour', () => {
    const part = holders.filter((holder) => designFor([{ ...box, share: 10 }, { ...column, share: 90 }], insurer, holder).id === box.id).length / holders.length;
    assert.ok(part > 0.085 && part < 0.115, String(part));
    assert.ok(holders.every((holder) => designFor([{ ...box, share: 0 }, { ...column, share: 1 }], insurer, holder).id === column.id));
    assert.ok((['layout', 'headline', 'consequence', 'changed'] as const).every((name) => box[name] !== column[name]));
  });

  test('a design that hides what nobody may look for, speaks jargon, is pale or names a value that no bill has is not published', () => {
    const sample = sampleBill('usual', 'en');
    const code = (changes: Partial<typeof box>): string => {
      const may = mayBePublished(checkDesign({ ...box, ...changes }, sample));
      return may.ok ? 'published' : may.problem.code;
    };
    const words = (text: string) => ({ en: text, 'zh-Hans': '请缴费。', 'zh-Hant': '請繳費。' });
    assert.equal(code({}), 'published');
    for (const block of FIRST_BLOCKS) assert.equal(code({ first: FIRST_BLOCKS.filter((one) => one !== block) }), 'design_incomplete');
    assert.equal(code({ wording: { headline: words('Kindly remit the outstanding balance forthwith, pursuant to the terms hereinafter.') } }), 'design_not_plain');
    assert.equal(code({ accent: '#ffe08a' }), 'design_pale');
    assert.equal(code({ wording: { headline: words('Pay {sum} now.') } }), 'design_place_unknown');
    assert.equal(code({ wording: { headline: words('Pay {amount} by {date}.') } }), 'published');
  });

  test('the insurer’s own words stand on the bill, and ours where a value of theirs is not known', () => {
    const bill = sampleBill('usual', 'en');
    const own = { ...column, wording: { consequence: { en: 'We hold your cover until {grace}.', 'zh-Hans': '保障保留到 {grace}。', 'zh-Hant': '保障保留到 {grace}。' } } };
    assert.match(sheetText(billSheet(bill, own, 'en')).join(' '), /We hold your cover until 29 January 2027\./);
    assert.match(sheetText(billSheet({ ...bill, graceEndsOn: null }, own, 'en')).join(' '), /Pay in time and you are covered until 29 January 2027\./);
  });
});
