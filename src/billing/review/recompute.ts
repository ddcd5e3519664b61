/**
 * The bill worked out a second time from its policy: premium, day, number, period. Written apart from `schedule.ts` and `issue.ts`, in months since year 0 and never by their functions, so that one
 * mistake does not hide in both.
 */

import { type PlainDate } from '../../kernel/index.ts';
import { type CheckFamily, minor, onDay, type ReviewedBill, type ReviewedPolicy, text } from './finding.ts';

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

export type Expected = { readonly no: number; readonly dueOn: PlainDate; readonly periodTo: PlainDate };

/** The instalment of this number by the policy's terms; null where the policy has none of it. */
export function expectedInstalment(policy: ReviewedPolicy, no: number): Expected | null {
  const { mode, coverFrom, coverTo, dueDay } = policy;
  if (mode === 'single') {
    const year = monthIndex(coverFrom) + 12;
    return no === 1 ? { no, dueOn: coverFrom, periodTo: coverTo ?? dateIn(year, dayOf(coverFrom)) } : null;
  }
  const apart = MONTHS_APART[mode];
  const [anchor, first] = policy.scheduleFrom === null || policy.scheduleNo === null || no < policy.scheduleNo ? [coverFrom, 1] : [policy.scheduleFrom, policy.scheduleNo];
  if (apart === undefined || no < first) return null;
  const dueOn = no === first ? anchor : dateIn(monthIndex(anchor) + (no - first) * apart, dueDay);
  const changes = policy.scheduleNo !== null && policy.scheduleFrom !== null && no + 1 === policy.scheduleNo;
  const next = changes ? policy.scheduleFrom ?? dueOn : dateIn(monthIndex(anchor) + (no - first + 1) * apart, dueDay);
  if (coverTo !== null && dueOn >= coverTo) return null;
  return { no, dueOn, periodTo: coverTo !== null && coverTo < next ? coverTo : next };
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
      if (bill.periodFrom !== expected.dueOn) report(at, 'period_differs', onDay(bill.periodFrom), onDay(expected.dueOn));
      else if (bill.periodTo !== expected.periodTo) report(at, 'period_differs', onDay(bill.periodTo), onDay(expected.periodTo));
    }
    if (bill.premiumMinor !== policy.premiumMinor && !isPartOf(bill, policy)) report(at, 'premium_differs', minor(bill.premiumMinor), minor(policy.premiumMinor));
  }
};

/** A period that is shorter or longer than the mode's, where cover begins off its day or ends within it: its premium may be the days' share. */
function isPartOf(bill: ReviewedBill, policy: ReviewedPolicy): boolean {
  const apart = MONTHS_APART[policy.mode];
  if (apart === undefined) return false;
  const [from, to] = [monthIndex(bill.periodFrom), monthIndex(bill.periodTo)];
  const whole = to - from === apart && (dayOf(bill.periodTo) === Math.min(policy.dueDay, lastDayOf(to))) && (dayOf(bill.periodFrom) === Math.min(policy.dueDay, lastDayOf(from)));
  if (whole) return false;
  const days = BigInt(julian(bill.periodTo) - julian(bill.periodFrom));
  const difference = (length: bigint): bigint => bill.premiumMinor - (policy.premiumMinor * days) / length;
  const back = BigInt(julian(bill.periodTo) - julian(dateIn(to - apart, policy.dueDay)));
  const ahead = BigInt(julian(dateIn(from + apart, policy.dueDay)) - julian(bill.periodFrom));
  return [back, ahead].some((length) => length > 0n && difference(length) >= -1n && difference(length) <= 1n);
}
