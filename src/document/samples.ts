/** Made-up bills: a usual one, the shortest and the longest, for designs that are looked at and for tests. */

import { type Language, type PlainDate } from '../kernel/index.ts';
import { type BillDocument, type DocumentLine } from './bill-document.ts';
import { payeeDetails, payeeOf, qrFor } from './payees.ts';
import { chargeName, premiumName } from './texts.ts';

const day = (text: string): PlainDate => text as PlainDate;
const PAY_URL = 'https://pay.example.com/pay/AQEBgMAEgICAAQCAwAQrV3Z5c2FtcGxlLXRva2Vu';
const words = (text: string) => ({ en: text, 'zh-Hans': text, 'zh-Hant': text });
const NAMES: Readonly<Record<Language, string>> = { en: 'Mei Chan', 'zh-Hans': '陈美玲', 'zh-Hant': '陳美玲' };
const ADDRESS: Readonly<Record<Language, readonly string[]>> = {
  en: ['Flat 12B, Example Court', '8 Harbour Road', 'Wan Chai, Hong Kong'], 'zh-Hans': ['湾仔港湾道8号', '范例阁12楼B室', '香港'], 'zh-Hant': ['灣仔港灣道8號', '範例閣12樓B室', '香港'],
};
const INSURER = { code: 'harbour', simulated: true };

export const SAMPLE_KINDS = ['usual', 'shortest', 'longest'] as const;
export type SampleKind = (typeof SAMPLE_KINDS)[number];

export function sampleBill(kind: SampleKind, language: Language): BillDocument {
  const usual = usualBill(language);
  switch (kind) {
    case 'usual': return usual;
    case 'shortest': return shortest(usual);
    case 'longest': return longest(usual, language);
  }
}

function usualBill(language: Language): BillDocument {
  const line = (kind: string, rule: string | null, amountMinor: bigint, beforeMinor: bigint | null): DocumentLine => ({ name: kind === 'premium' ? premiumName() : chargeName(kind, rule), amountMinor, beforeMinor });
  return withPayee({
    insurer: { names: { en: 'Harbour Life', 'zh-Hans': '海港人寿', 'zh-Hant': '海港人壽' }, address: '', phone: '+852 5550 0100', email: 'care@harbour.example', simulated: true },
    holder: { name: NAMES[language], addressLines: ADDRESS[language] }, reference: '1204-4931607', market: 'HK',
    policy: { number: 'HL-2024-004410', product: 'Evergreen Life', line: 'life' }, period: { from: day('2026-12-29'), to: day('2027-01-29') }, issuedOn: day('2026-11-29'), dueOn: day('2026-12-29'),
    graceEndsOn: day('2027-01-29'), today: day('2026-11-29'), state: 'open', stage: 'not_due', currency: 'HKD',
    lines: [line('premium', null, 121_200n, 120_000n), line('levy', 'hk-ia-levy-life', 121n, 120n)], totalMinor: 121_321n, paidMinor: 0n, outstandingMinor: 121_321n,
    previous: { dueOn: day('2026-11-29'), totalMinor: 120_120n, gone: [] },
    ways: [{ en: 'FPS', 'zh-Hans': '转数快', 'zh-Hant': '轉數快' }, { en: 'card', 'zh-Hans': '银行卡', 'zh-Hant': '信用卡' }, words('PayMe')], payees: [], payUrl: PAY_URL, qr: null,
  });
}

function withPayee(bill: BillDocument): BillDocument {
  const payee = payeeOf(INSURER, bill.market);
  return { ...bill, payees: payeeDetails(payee), qr: qrFor(payee, { amountMinor: bill.outstandingMinor, currency: bill.currency, reference: bill.reference, payUrl: bill.payUrl }) };
}

/** One line, a currency without decimals, nothing known of the holder but two letters, no bill before, no account of a market. */
function shortest(usual: BillDocument): BillDocument {
  return withPayee({
    ...usual, insurer: { ...usual.insurer, names: words('Li'), phone: '+81 3', email: '' }, holder: { name: '王一', addressLines: [] }, reference: '1-4097', market: 'JP', policy: { number: '1', product: '', line: 'life' },
    graceEndsOn: null, currency: 'JPY', lines: [{ name: premiumName(), amountMinor: 1n, beforeMinor: null }], totalMinor: 1n, paidMinor: 0n, outstandingMinor: 1n, previous: null, ways: [words('PayPay')],
  });
}

const LONG_RULES = [
  ['levy', 'hk-ia-levy-general'], ['premium_tax', 'ph-vat-non-life'], ['premium_tax', 'ph-dst-non-life'], ['premium_tax', 'de-versicherungsteuer'], ['stamp_duty', null], ['policy_fee', null], ['instalment_charge', null],
  ['late_fee', null], ['interest', null], ['levy', null], ['premium_tax', null],
] as const;

/** Twelve lines that all changed, one that is gone, names that do not fit, a currency of three decimals, a part paid, scales of discounts and late fees. */
function longest(usual: BillDocument, language: Language): BillDocument {
  const charges = LONG_RULES.map(([kind, rule], at): DocumentLine => ({ name: chargeName(kind, rule), amountMinor: 1_234_567_890n + BigInt(at), beforeMinor: at % 3 === 0 ? null : 1_134_567_890n }));
  const lines: DocumentLine[] = [{ name: premiumName(), amountMinor: 876_543_219_876n, beforeMinor: 776_543_219_876n }, ...charges];
  const total = lines.reduce((sum, line) => sum + line.amountMinor, 0n);
  const name = language === 'en'
    ? 'Dr. Maximiliane-Friederike Freifrau von Donaudampfschifffahrtselektrizitätenhauptbetriebswerk-Hohenzollern' : language === 'zh-Hans' ? '阿卜杜热西提·麦麦提依明·阿不力克木·吐尔逊尼亚孜·艾则孜江·买买提艾力' : '歐陽慕容上官諸葛司馬端木夏侯皇甫尉遲公孫紀念基金信託管理有限公司';
  return withPayee({
    ...usual,
    insurer: {
      names: { en: 'Allgemeine Rheinisch-Westfälische Lebensversicherungsgesellschaft auf Gegenseitigkeit zu Köln', 'zh-Hans': '中华人民共和国海峡两岸暨港澳地区互助人寿保险股份有限公司香港特别行政区分公司', 'zh-Hant': '中華海峽兩岸暨港澳地區互助人壽保險股份有限公司香港特別行政區分公司' },
      address: 'Maximilian-Friedrich-Wilhelm-von-Hohenstaufen-Straße 1234, 50667 Köln', phone: '+49 221 5550 0100-98765', email: 'kundenbetreuung@rheinisch-westfaelische-leben.example', simulated: true,
    },
    holder: { name, addressLines: ['c/o Rechtsanwaltskanzlei Müller-Lüdenscheidt & Partner Partnerschaftsgesellschaft', 'Hinterhaus, 4. Obergeschoss links', 'Karl-Friedrich-Goerdeler-Straße 1234a', '50667 Köln-Altstadt-Nord', 'Deutschland'] },
    reference: '123456789012-505290270000', market: 'DE', policy: { number: 'RWL-2024-000000000004410-A', product: 'Berufsunfähigkeits-Zusatzversicherung mit Beitragsbefreiung', line: 'commercial' },
    period: { from: day('2026-12-29'), to: day('2027-12-29') }, currency: 'KWD', lines, totalMinor: total, paidMinor: 123_456_789n, outstandingMinor: total - 123_456_789n,
    previous: { dueOn: day('2025-12-29'), totalMinor: 785_000_000_000n, gone: [{ name: chargeName('policy_fee', null), amountMinor: 9_876_543n }] },
    discounts: [{ until: day('2026-12-05'), amountMinor: 3_000_000n }, { until: day('2026-12-15'), amountMinor: 1_000_000n }],
    lateFees: [{ from: day('2027-01-05'), amountMinor: 2_000_000n }, { from: day('2027-02-05'), amountMinor: 4_000_000n }],
    ways: ['SEPA direct debit', 'card', 'PayPal', 'Wero', 'SEPA transfer'].map(words), payUrl: `${PAY_URL}AAAAAAAAAAAAAAAAAAAAAAAAAA`,
  });
}
