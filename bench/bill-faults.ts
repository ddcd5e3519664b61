/**
 * Sound bills of many markets with their policies, payers and past, and twelve classes of faults put into some of them. Written from what a bill must be, with its own arithmetic and its own copy of
 * rates; it imports nothing of the review but its types and knows none of its checks.
 */

import { type AccountScheme, type BillFacts, checkedAccount, type PastBill, type ReviewedBill, type ReviewedPolicy } from '../src/billing/index.ts';
import { type BillId, type HolderId, type PlainDate, type PolicyId, type Random, seededRandom } from '../src/kernel/index.ts';

export const FAULTS = [
  'wrong_amount', 'wrong_due_date', 'wrong_period', 'duplicate', 'wrong_currency', 'wrong_tax', 'over_levy_cap', 'decimal_slip', 'bad_bank_digits', 'wrong_payer_or_policy', 'sum_is_not_lines', 'unexplained_jump',
] as const;
export type Fault = (typeof FAULTS)[number];
export type Generated = { readonly bill: ReviewedBill; readonly facts: BillFacts; readonly fault: Fault | null };

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Draft = { bill: Mutable<ReviewedBill>; policy: Mutable<ReviewedPolicy>; payer: { holderId: HolderId; deceased: boolean; reachable: boolean }; account: BillFacts['account']; past: PastBill[]; number: { scheme: AccountScheme; typed: string } | null };
type Product = { readonly market: string; readonly currency: string; readonly line: string; readonly name: string; readonly median: number; readonly sigma: number };
type Tax = { readonly rule: string; readonly kind: string; readonly rate: number; readonly lines: readonly string[]; /** A year's, in Hong Kong dollars. */ readonly cap: number | null };

const PRODUCTS: readonly Product[] = [
  { market: 'CN', currency: 'CNY', line: 'life', name: 'whole life', median: 620_000, sigma: 0.5 }, { market: 'CN', currency: 'CNY', line: 'health', name: 'hospital', median: 180_000, sigma: 0.4 },
  { market: 'HK', currency: 'HKD', line: 'life', name: 'savings', median: 2_400_000, sigma: 0.6 }, { market: 'HK', currency: 'USD', line: 'life', name: 'savings usd', median: 310_000, sigma: 0.5 },
  { market: 'HK', currency: 'HKD', line: 'motor', name: 'motor', median: 600_000, sigma: 0.4 }, { market: 'TW', currency: 'TWD', line: 'life', name: 'whole life', median: 3_000_000, sigma: 0.5 },
  { market: 'PH', currency: 'PHP', line: 'motor', name: 'motor', median: 1_900_000, sigma: 0.45 }, { market: 'PH', currency: 'PHP', line: 'life', name: 'endowment', median: 2_600_000, sigma: 0.5 },
  { market: 'DE', currency: 'EUR', line: 'motor', name: 'kfz', median: 52_000, sigma: 0.4 }, { market: 'DE', currency: 'EUR', line: 'life', name: 'rente', median: 120_000, sigma: 0.5 },
  { market: 'DE', currency: 'EUR', line: 'commercial', name: 'betrieb', median: 240_000, sigma: 0.6 }, { market: 'US', currency: 'USD', line: 'life', name: 'term', median: 72_000, sigma: 0.5 },
  { market: 'US', currency: 'USD', line: 'property', name: 'home', median: 140_000, sigma: 0.4 }, { market: 'GB', currency: 'GBP', line: 'motor', name: 'motor', median: 61_000, sigma: 0.4 },
  { market: 'JP', currency: 'JPY', line: 'life', name: 'whole life', median: 210_000, sigma: 0.4 }, { market: 'KW', currency: 'KWD', line: 'motor', name: 'motor', median: 98_000, sigma: 0.4 },
];
const TAXES: Readonly<Record<string, readonly Tax[]>> = {
  HK: [
    { rule: 'hk-ia-levy-life', kind: 'levy', rate: 0.1, lines: ['life'], cap: 10_000 },
    { rule: 'hk-ia-levy-general', kind: 'levy', rate: 0.1, lines: ['health', 'accident', 'motor', 'property', 'liability', 'commercial'], cap: 500_000 },
  ],
  PH: [
    { rule: 'ph-vat-non-life', kind: 'premium_tax', rate: 12, lines: ['motor', 'property', 'liability', 'commercial', 'accident'], cap: null },
    { rule: 'ph-dst-non-life', kind: 'stamp_duty', rate: 12.5, lines: ['motor', 'property', 'liability', 'commercial', 'accident'], cap: null },
    { rule: 'ph-lgt-non-life', kind: 'premium_tax', rate: 0.2, lines: ['motor', 'property', 'liability', 'commercial', 'accident'], cap: null },
  ],
  GB: [{ rule: 'gb-ipt', kind: 'premium_tax', rate: 12, lines: ['motor', 'property', 'liability', 'commercial', 'accident', 'health'], cap: null }],
  DE: [{ rule: 'de-versicherungsteuer', kind: 'premium_tax', rate: 19, lines: ['motor', 'property', 'liability', 'commercial', 'accident'], cap: null }],
};
const MODES = [['monthly', 1], ['monthly', 1], ['quarterly', 3], ['half_yearly', 6], ['annual', 12], ['annual', 12]] as const;
const CURRENCIES = ['CNY', 'HKD', 'USD', 'EUR', 'JPY', 'KWD', 'PHP', 'TWD', 'GBP'];
const TODAY = Date.UTC(2028, 1, 3);
const DAY_MS = 86_400_000;

const iso = (ms: number): PlainDate => new Date(ms).toISOString().slice(0, 10) as PlainDate;
const ms = (date: string): number => Date.parse(`${date}T00:00:00Z`);
const plus = (date: string, days: number): PlainDate => iso(ms(date) + days * DAY_MS);
/** `months` after the month of a date, on a day or the month's last. */
function monthsAfter(date: string, months: number, day: number): PlainDate {
  const start = new Date(ms(date));
  const last = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + months + 1, 0));
  return iso(Date.UTC(last.getUTCFullYear(), last.getUTCMonth(), Math.min(day, last.getUTCDate())));
}
/** A rate in per cent of minor units, half to even: in thousandths of a per cent, exact up to nine billion units. */
function percentOf(amount: number, rate: number): number {
  const thousandths = amount * Math.round(rate * 1_000);
  const whole = Math.floor(thousandths / 100_000);
  const rest = thousandths - whole * 100_000;
  return rest > 50_000 || (rest === 50_000 && whole % 2 === 1) ? whole + 1 : whole;
}

/** Half to even of a part of an amount. */
function partOf(amount: number, numerator: number, denominator: number): number {
  const product = amount * numerator;
  const whole = Math.floor(product / denominator);
  const rest = (product - whole * denominator) * 2;
  return rest > denominator || (rest === denominator && whole % 2 === 1) ? whole + 1 : whole;
}

/** A yearly amount up to a day: a twelfth for each month of the policy's year, of a month that has begun its days' share. */
function upTo(cover: string, yearly: number, day: string): number {
  const own = Number(cover.slice(8));
  let months = 0;
  while (monthsAfter(cover, months + 1, own) <= day) months += 1;
  const [from, to] = [monthsAfter(cover, months, own), monthsAfter(cover, months + 1, own)];
  const whole = partOf(yearly, months, 12);
  return whole + partOf(partOf(yearly, months + 1, 12) - whole, (ms(day) - ms(from)) / DAY_MS, (ms(to) - ms(from)) / DAY_MS);
}

type Charges = ReviewedBill['charges'];
type Period = { readonly cover: string; readonly from: string; readonly to: string };
function chargesFor(product: Product, premium: number, { cover, from, to }: Period, capped = true): Charges {
  return (TAXES[product.market] ?? []).filter(({ lines }) => lines.includes(product.line)).flatMap(({ rule, kind, rate, cap }) => {
    const full = percentOf(premium, rate);
    const amount = capped && cap !== null && product.currency === 'HKD' ? Math.min(full, upTo(cover, cap, to) - upTo(cover, cap, from)) : full;
    return amount === 0 ? [] : [{ kind, rule, amountMinor: BigInt(amount) }];
  });
}
const totalOf = (premium: bigint, charges: Charges): bigint => charges.reduce((sum, { amountMinor }) => sum + amountMinor, premium);

/** @param count sound bills; faults are put into one in `oneIn` of them, class after class. */
export function generate(seed: number, count: number, oneIn: number): Generated[] {
  const random = seededRandom(seed);
  const made: Generated[] = [];
  let faults = 0;
  for (let i = 0; i < count; i += 1) {
    const fault = i % oneIn === oneIn - 1 ? FAULTS[faults++ % FAULTS.length] ?? null : null;
    const draft = sound(random, i, fault);
    const wrong = fault === null ? null : spoil(random, draft, fault);
    const { bill, policy, payer, account, past } = draft;
    made.push({ bill, facts: { policy, payer, account, past }, fault: wrong === null ? fault : null });
    if (wrong !== null) made.push({ bill: wrong, facts: { policy, payer, account, past }, fault });
  }
  return made;
}

function sound(random: Random, i: number, fault: Fault | null): Draft {
  const product = fault === 'over_levy_cap' ? PRODUCTS[2]! : fault === 'wrong_tax' && random.chance(0.7) ? random.pick([PRODUCTS[4]!, PRODUCTS[6]!, PRODUCTS[8]!, PRODUCTS[10]!]) : random.pick(PRODUCTS);
  const [mode, months] = random.pick(MODES);
  const [policyId, holderId] = [(10_000 + i) as PolicyId, (500 + Math.floor(i / 2)) as HolderId];
  // The bill that is made today is the one after `before` others.
  const before = random.chance(0.1) ? 0 : random.integer(1, Math.min(30, Math.floor(96 / months)));
  const dueMonth = iso(TODAY + random.integer(16, 30) * DAY_MS);
  const cover = coverDay(random, dueMonth, before * months);
  // A first part that is too short for a bill of its own is with the second: not among these.
  const ownDay = random.chance(0.2) && before > 1;
  const dueDay = ownDay ? random.integer(1, 31) : Number(cover.slice(8));
  let premium = Math.max(2_000, Math.round((product.median * months / 12) * Math.exp(product.sigma * random.normal())));
  if (product.currency === 'JPY' || random.chance(0.4)) premium = Math.max(100, Math.round(premium / 100) * 100);
  if (fault === 'over_levy_cap') premium = Math.max(premium, Math.ceil((10_500_000 * months) / 12) + random.integer(0, 900_000));
  const changeAt = before > 1 && random.chance(0.15) ? random.integer(2, before + 1) : null;
  const past: PastBill[] = [];
  const dueOf = (no: number): PlainDate => (no === 1 ? cover : monthsAfter(cover, (no - 1) * months, dueDay));
  const now = premium;
  // Before a change of the policy it may have cost anything; between changes a little more each year, as indexed premiums do.
  const earlier = changeAt === null ? now : Math.max(1_000, Math.round(now * random.pick([0.2, 0.45, 0.8, 1.3, 2.1, 3.4])));
  const index = random.chance(0.3) ? 1 + random.next() * 0.05 : 1;
  for (let no = before; no >= 1 && past.length < 12; no -= 1) {
    const years = Math.floor(((before + 1 - no) * months) / 12);
    const cost = Math.max(500, Math.round((changeAt !== null && no < changeAt ? earlier : now) / index ** years));
    const amount = BigInt(cost);
    past.push({
      billId: (policyId * 4_096 + no) as BillId, instalmentNo: no, periodFrom: dueOf(no), periodTo: dueOf(no + 1), dueOn: dueOf(no), premiumMinor: amount, amountMinor: totalOf(amount, chargesFor(product, cost, { cover, from: dueOf(no), to: dueOf(no + 1) })),
    });
  }
  const no = before + 1;
  const ends = before > 0 && now > 400_000 && random.chance(0.15) ? plus(dueOf(no), random.integer(5, 25)) : random.chance(0.3) ? monthsAfter(dueOf(no), months * random.integer(1, 20), dueDay) : null;
  const full = dueOf(no + 1);
  const days = (from: string, to: string): number => (ms(to) - ms(from)) / DAY_MS;
  // Cover that ends within the period costs its days.
  const owed = ends !== null && ends < full ? partOf(now, days(dueOf(no), ends), days(dueOf(no), full)) : now;
  const period = { cover, from: dueOf(no), to: ends !== null && ends < full ? ends : full };
  const charges = chargesFor(product, owed, period);
  const bill: Mutable<ReviewedBill> = {
    billId: (policyId * 4_096 + no) as BillId, holderId, policyId, kind: 'instalment', instalmentNo: no, periodFrom: dueOf(no), periodTo: period.to, dueOn: dueOf(no),
    issuedOn: iso(Math.min(TODAY, ms(dueOf(no)))), market: product.market, currency: product.currency, premiumMinor: BigInt(owed), charges, amountMinor: totalOf(BigInt(owed), charges),
  };
  const policy: Mutable<ReviewedPolicy> = {
    policyId, holderId, market: product.market, subdivision: null, line: product.line, product: product.name, currency: product.currency, mode, premiumMinor: BigInt(now), yearPremiumMinor: null, instalmentChargePoints: 0, coverFrom: cover, coverTo: ends, dueDay,
    state: random.pick(['in_force', 'in_force', 'in_force', 'grace', 'pending']), scheduleFrom: changeAt === null ? null : dueOf(changeAt), scheduleNo: changeAt, autopay: random.chance(0.4),
  };
  const number = fault === 'bad_bank_digits' || random.chance(0.4) ? accountNumber(random, product.market) : null;
  return { bill, policy, payer: { holderId, deceased: false, reachable: true }, account: number === null ? null : accountOf(number), past, number };
}

/** A day of cover so that the instalment falls into the month of `due`; the 29th of February and last days of months are not rare. */
function coverDay(random: Random, due: PlainDate, monthsBack: number): PlainDate {
  const day = random.chance(0.15) ? random.pick([29, 30, 31]) : Number(due.slice(8));
  return monthsAfter(due, -monthsBack, day);
}

const digits = (random: Random, count: number): string => Array.from({ length: count }, () => random.integer(0, 9)).join('');
type AccountNumber = { scheme: AccountScheme; typed: string };
const accountOf = ({ scheme, typed }: AccountNumber): BillFacts['account'] => {
  const { last4, checkPassed } = checkedAccount(scheme, typed, 'bench');
  return { scheme, last4, checkPassed };
};

function accountNumber(random: Random, market: string): AccountNumber {
  if (market === 'US' || (market === 'HK' && random.chance(0.3))) {
    const head = random.pick(['01', '02', '03', '07', '11', '12', '26', '31', '65']) + digits(random, 6);
    const weights = [3, 7, 1, 3, 7, 1, 3, 7];
    const sum = Array.from(head).reduce((total, digit, i) => total + Number(digit) * (weights[i] ?? 0), 0);
    return { scheme: 'us_routing', typed: head + String((10 - (sum % 10)) % 10) };
  }
  if (market === 'CN' || market === 'TW' || market === 'HK') {
    const head = random.pick(['6225', '6217', '6222', '4367']) + digits(random, 14);
    // The digit before the check digit counts twice, then every second one to the left.
    const sum = Array.from(head).reverse().reduce((total, digit, i) => total + [Number(digit) * 2 > 9 ? Number(digit) * 2 - 9 : Number(digit) * 2, Number(digit)][i % 2]!, 0);
    return { scheme: 'cn_card', typed: head + String((10 - (sum % 10)) % 10) };
  }
  const bban = digits(random, 18);
  const rest = BigInt(`${bban}131400`) % 97n;
  return { scheme: 'iban', typed: `DE${String(98n - rest).padStart(2, '0')}${bban}` };
}

function wrongDigits(random: Random, typed: string): string {
  const from = typed.startsWith('DE') ? 4 : 0;
  const at = random.integer(from, typed.length - 2);
  const [here = '0', next = '0'] = [typed[at], typed[at + 1]];
  // Two digits that changed places, where a check digit can see it at all: not 0 and 9 on a card, nor two that differ by five on a routing number.
  if (random.chance(0.4) && here !== next && Math.abs(Number(here) - Number(next)) !== 5 && Math.abs(Number(here) - Number(next)) !== 9) return typed.slice(0, at) + next + here + typed.slice(at + 2);
  return typed.slice(0, at) + String((Number(here) + random.integer(1, 9)) % 10) + typed.slice(at + 1);
}

const productOf = ({ policy }: Draft): Product => PRODUCTS.find(({ market, name, currency }) => market === policy.market && name === policy.product && currency === policy.currency)!;
const periodOf = ({ bill, policy }: Draft): Period => ({ cover: policy.coverFrom, from: bill.periodFrom, to: bill.periodTo });

/** Puts a fault into a draft; a duplicate is a second bill beside the sound one. */
function spoil(random: Random, draft: Draft, fault: Fault): ReviewedBill | null {
  const { bill, policy } = draft;
  const product = productOf(draft);
  const price = (premium: number): void => {
    const charges = chargesFor(product, premium, periodOf(draft));
    Object.assign(bill, { premiumMinor: BigInt(premium), charges, amountMinor: totalOf(BigInt(premium), charges) });
  };
  const [premium, other] = [Number(bill.premiumMinor), random.integer(1, 20) * (random.chance(0.5) ? 1 : -1)];
  switch (fault) {
    case 'wrong_amount':
      price(random.chance(0.3) ? premium + random.pick([-1, 1, 10, -10]) : Math.round(premium * (1 + random.pick([-1, 1]) * (0.01 + 0.3 * random.next()))) + 1);
      return null;
    case 'wrong_due_date': {
      const days = random.chance(0.3) ? other + Math.sign(other) * 30 : other;
      bill.dueOn = plus(bill.dueOn, days);
      return null;
    }
    case 'wrong_period':
      if (random.chance(0.4)) bill.periodTo = plus(bill.periodTo, other);
      else if (random.chance(0.2)) [bill.periodFrom, bill.periodTo] = [bill.periodTo, bill.periodFrom];
      else bill.periodFrom = plus(bill.periodFrom, other);
      return null;
    case 'duplicate': {
      const last = draft.past[0];
      if (last !== undefined && random.chance(0.5)) {
        Object.assign(bill, { instalmentNo: last.instalmentNo, periodFrom: last.periodFrom, periodTo: last.periodTo, dueOn: last.dueOn, billId: bill.billId + 1 });
        return null;
      }
      return { ...bill, billId: (bill.billId + random.integer(1, 3)) as BillId, instalmentNo: bill.instalmentNo + random.pick([0, 0, 1]) };
    }
    case 'wrong_currency':
      bill.currency = random.pick(CURRENCIES.filter((currency) => currency !== bill.currency));
      return null;
    case 'wrong_tax': {
      const [first, ...rest] = bill.charges;
      if (first === undefined) bill.charges = [{ kind: 'premium_tax', rule: 'de-versicherungsteuer', amountMinor: BigInt(percentOf(premium, 19)) }];
      else if (random.chance(0.4)) bill.charges = rest;
      else if (random.chance(0.5)) bill.charges = [{ ...first, amountMinor: first.amountMinor + BigInt(Math.max(1, Math.round(Number(first.amountMinor) * random.pick([0.05, 0.16, 1])))) }, ...rest];
      else bill.charges = [{ ...first, kind: first.kind === 'levy' ? 'premium_tax' : 'levy' }, ...rest];
      bill.amountMinor = totalOf(bill.premiumMinor, bill.charges);
      return null;
    }
    case 'over_levy_cap':
      bill.charges = chargesFor(product, premium, periodOf(draft), false);
      bill.amountMinor = totalOf(bill.premiumMinor, bill.charges);
      return null;
    case 'decimal_slip': {
      price(premium * random.pick([10, 100]));
      // The slip may have been made in the policy, where the bill agrees with it.
      if (random.chance(0.5)) policy.premiumMinor = bill.premiumMinor;
      return null;
    }
    case 'bad_bank_digits':
      if (draft.number !== null) draft.account = accountOf({ ...draft.number, typed: wrongDigits(random, draft.number.typed) });
      return null;
    case 'wrong_payer_or_policy': {
      const which = random.integer(1, 5);
      if (which === 1) policy.state = random.pick(['lapsed', 'cancelled', 'suspended', 'ended']);
      else if (which === 2) draft.payer = { ...draft.payer, deceased: true };
      else if (which === 3) bill.holderId = (bill.holderId + 1) as HolderId;
      else if (which === 4) policy.coverTo = plus(bill.periodFrom, -random.integer(0, 20));
      else draft.payer = { ...draft.payer, reachable: false };
      return null;
    }
    case 'sum_is_not_lines':
      bill.amountMinor += BigInt(random.pick([-1, 1, 100, -100, 5_000]));
      return null;
    case 'unexplained_jump': {
      // Only a policy with bills under its present terms can jump.
      while (draft.past.length < 2) draft.past.push({ ...pastBefore(draft), premiumMinor: bill.premiumMinor, amountMinor: bill.amountMinor });
      Object.assign(policy, { scheduleFrom: null, scheduleNo: null });
      const level = draft.past.map((one) => ({ ...one, premiumMinor: BigInt(Math.round(Number(draft.past[0]!.premiumMinor) * (0.97 + 0.06 * random.next()))) }));
      draft.past.splice(0, draft.past.length, ...level);
      price(Math.round(Number(level[0]!.premiumMinor) * random.pick([1.6, 1.9, 2.4, 3.7, 0.5, 0.3])) + 1);
      policy.premiumMinor = bill.premiumMinor;
      return null;
    }
  }
}

function pastBefore({ bill, past }: Draft): PastBill {
  const next = past.at(-1) ?? { instalmentNo: bill.instalmentNo, periodFrom: bill.periodFrom };
  const from = plus(next.periodFrom, -Math.max(28, Math.round((ms(bill.periodTo) - ms(bill.periodFrom)) / DAY_MS)));
  return { billId: (bill.billId - 1 - past.length) as BillId, instalmentNo: next.instalmentNo - 1, periodFrom: from, periodTo: next.periodFrom, dueOn: from, premiumMinor: 0n, amountMinor: 0n };
}
