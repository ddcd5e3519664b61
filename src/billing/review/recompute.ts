/**
 * The bill worked out a second time from its policy: premium, day, number, period. Written apart from `schedule.ts` and `issue.ts`, in months since year 0 and never by their functions, so that one
 * mistake does not hide in both.
 */

import { type PlainDate } from '../../kernel/index.ts';
import file from '../markets.json' with { type: 'json' };
import { type CheckFamily, minor, onDay, type ReviewedPolicy, text } from './finding.ts';

const MONTHS_APART: Readonly<Record<string, number>> = { monthly: 1, quarterly: 3, half_yearly: 6, annual: 12 };
const LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const monthIndex = (date: string): number => Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1;
const dayOf = (date: string): number => Number(date.slice(8, 10));
const two = (n: number): string => (n < 10 ? `0${n}` : String(n));

function lastDayOf(index: number): number {
  const [year, month] = [Math.floor(index / 12), index % 12];
  return month === 1 && (year % 400 === 0 || (year % 4 === 0 && year % 100 !== 0)) ? 29 : LENGTHS[month] ?? 31;
}
const dateIn = (index: number, day: number): PlainDate => `${Math.floor(index / 12)}-${two((index % 12) + 1)}-${two(Math.min(day, lastDayOf(index)))}` as PlainDate;

const known = new Map<string, number>();
const KNOWN_MAX = 20_000;

/** Days by Julian day numbers (Fliegel and Van Flandern, CACM 11, 1968): not the kernel's way. */
export function julian(date: string): number {
  // The days of a batch are a few hundred: each is worked out once.
  const seen = known.get(date);
  if (seen !== undefined) return seen;
  const [y, m, d] = [Number(date.slice(0, 4)), Number(date.slice(5, 7)), dayOf(date)];
  const a = Math.trunc((m - 14) / 12);
  const number = Math.trunc((1461 * (y + 4800 + a)) / 4) + Math.trunc((367 * (m - 2 - 12 * a)) / 12) - Math.trunc((3 * Math.trunc((y + 4900 + a) / 100)) / 4) + d - 32_075;
  if (known.size > KNOWN_MAX) known.clear();
  known.set(date, number);
  return number;
}

const MINIMUM: Readonly<Record<string, number>> = file.minimum_instalment.by_currency;

/** Half to even, by doubling the remainder; for what is not below nothing. */
export function halfEven(numerator: bigint, denominator: bigint): bigint {
  const whole = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  return twice > denominator || (twice === denominator && whole % 2n === 1n) ? whole + 1n : whole;
}

/**
 * Of an amount that repeats from boundary to boundary of a calendar grid (`from`, every `apart` months, on `day`), what belongs to the days before `date`: whole cells by `upTo`, the days of a cell by
 * their share of it.
 */
export function accrued(from: string, apart: number, day: number, upTo: (cells: bigint) => bigint, date: string): bigint {
  const origin = monthIndex(from);
  const boundary = (cell: number): PlainDate => dateIn(origin + cell * apart, day);
  let cell = Math.floor((monthIndex(date) - origin) / apart);
  while (boundary(cell) > date) cell -= 1;
  while (boundary(cell + 1) <= date) cell += 1;
  const start = julian(boundary(cell));
  const whole = upTo(BigInt(cell));
  const into = julian(date) - start;
  if (into === 0) return whole;
  const inCell = upTo(BigInt(cell + 1)) - whole;
  return whole + signed(inCell * BigInt(into), BigInt(julian(boundary(cell + 1)) - start));
}
/** Cells before the grid's first one count below nothing. */
const signed = (numerator: bigint, denominator: bigint): bigint => (numerator < 0n ? -halfEven(-numerator, denominator) : halfEven(numerator, denominator));
const multiple = (minorAmount: bigint, parts: bigint) => (cells: bigint): bigint => signed(minorAmount * cells, parts);

export type Expected = { readonly no: number; readonly dueOn: PlainDate; readonly periodFrom: PlainDate; readonly periodTo: PlainDate; readonly premiumMinor: bigint };

/** The instalment of this number by the policy's terms; null where the policy has none of it. */
export function expectedInstalment(policy: ReviewedPolicy, no: number): Expected | null {
  const { mode, coverFrom, coverTo, dueDay, premiumMinor, yearPremiumMinor } = policy;
  const [anchor, first] = [policy.scheduleFrom ?? coverFrom, policy.scheduleNo ?? 1];
  if (mode === 'single') {
    const to = coverTo ?? dateIn(monthIndex(coverFrom) + 12, dayOf(coverFrom));
    if (no !== first) return null;
    const days = (date: string): bigint => BigInt(julian(date) - julian(coverFrom));
    return { no, dueOn: anchor, periodFrom: anchor, periodTo: to, premiumMinor: premiumMinor - halfEven(premiumMinor * days(anchor), days(to)) };
  }
  const apart = MONTHS_APART[mode];
  if (apart === undefined || no < first) return null;
  const begin = (n: number): PlainDate => (n === first ? anchor : dateIn(monthIndex(anchor) + (n - first) * apart, dueDay));
  const dueOn = begin(no);
  if (coverTo !== null && dueOn >= coverTo) return null;
  const end = (n: number): PlainDate => (coverTo !== null && coverTo < begin(n + 1) ? coverTo : begin(n + 1));
  const last = end(no);
  // Most of a book: a whole period between two others.
  if (no > first + 1 && yearPremiumMinor === null && (coverTo === null || coverTo >= begin(no + 2))) return { no, dueOn, periodFrom: dueOn, periodTo: last, premiumMinor };
  const upTo = yearPremiumMinor === null ? multiple(premiumMinor, 1n) : multiple(yearPremiumMinor, BigInt(12 / apart));
  const cost = (from: string, to: string): bigint => (from >= to ? 0n : accrued(anchor, apart, dueDay, upTo, to) - accrued(anchor, apart, dueDay, upTo, from));
  // A first or last part that is too small to be asked for is with its neighbour.
  const isSmall = (from: string, to: string): boolean => {
    const part = cost(from, to);
    return part === 0n || (part < BigInt(MINIMUM[policy.currency] ?? 0) && part + 1n < premiumMinor);
  };
  const hasNext = coverTo === null || begin(no + 1) < coverTo;
  if (no === first && hasNext && isSmall(anchor, last)) return null;
  if (no > first && last === coverTo && isSmall(dueOn, last)) return null;
  const periodFrom = no === first + 1 && isSmall(anchor, dueOn) ? anchor : dueOn;
  const periodTo = hasNext && coverTo !== null && end(no + 1) === coverTo && isSmall(begin(no + 1), coverTo) ? coverTo : last;
  return { no, dueOn, periodFrom, periodTo, premiumMinor: cost(periodFrom, periodTo) };
}

export const recompute: CheckFamily = ({ bills, facts }, report) => {
  for (let at = 0; at < bills.length; at += 1) {
    const bill = bills[at];
    const policy = facts[at]?.policy;
    if (bill === undefined || policy == null) continue;
    if (bill.currency !== policy.currency) report(at, 'currency_differs', text(bill.currency), text(policy.currency));
    if (bill.kind !== 'instalment') continue;
    const expected = expectedInstalment(policy, bill.instalmentNo);
    if (expected === null) {
      report(at, 'number_differs', text(String(bill.instalmentNo)), null);
    } else {
      if (bill.dueOn !== expected.dueOn) report(at, 'due_date_differs', onDay(bill.dueOn), onDay(expected.dueOn));
      if (bill.periodFrom !== expected.periodFrom) report(at, 'period_differs', onDay(bill.periodFrom), onDay(expected.periodFrom));
      else if (bill.periodTo !== expected.periodTo) report(at, 'period_differs', onDay(bill.periodTo), onDay(expected.periodTo));
    }
    const should = expected?.premiumMinor ?? policy.premiumMinor;
    if (bill.premiumMinor !== should) report(at, 'premium_differs', minor(bill.premiumMinor), minor(should));
  }
};
