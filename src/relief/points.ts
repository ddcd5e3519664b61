/** What a payment earns, what a holder's points are worth, which tier they have reached, and who earns none so that the effect can be measured. Pure. */

import { addMonths, type HolderId, type PlainDate } from '../kernel/index.ts';
import { type PointTerms } from './terms.ts';

export type PaidFacts = {
  readonly dueOn: PlainDate;
  readonly paidOn: PlainDate;
  /** By one payment of the holder. */
  readonly inFull: boolean;
  readonly autopay: boolean;
  /** Bills paid on time, this one among them where it was: all there are, and without one late between. */
  readonly onTime: number;
  readonly inARow: number;
};
export type EarnRule = 'on_time' | 'in_full' | 'autopay' | 'in_a_row';
export type Earned = { readonly rule: EarnRule; readonly points: number };

/** The tier after so many payments on time. */
export function tierOf({ tiers }: PointTerms, onTime: number): { readonly name: string; readonly percent: number; /** More payments on time until the next; null: there is none. */ readonly next: number | null } {
  const reached = tiers.filter(({ after }) => after <= onTime).at(-1) ?? tiers[0] ?? { name: '', percent: 100 };
  const above = tiers.find(({ after }) => after > onTime);
  return { name: reached.name, percent: reached.percent, next: above === undefined ? null : above.after - onTime };
}

/** A late payment earns nothing. */
export function earnedBy(terms: PointTerms, paid: PaidFacts): readonly Earned[] {
  if (paid.paidOn > paid.dueOn) return [];
  const { earn } = terms;
  const { percent } = tierOf(terms, paid.onTime);
  const all: [EarnRule, number][] = [
    ['on_time', earn.on_time], ['in_full', paid.inFull ? earn.in_full : 0], ['autopay', paid.autopay ? earn.autopay : 0], ['in_a_row', paid.inARow > 0 && paid.inARow % earn.in_a_row.count === 0 ? earn.in_a_row.points : 0],
  ];
  return all.map(([rule, points]) => ({ rule, points: Math.floor((points * percent) / 100) })).filter(({ points }) => points > 0);
}

export const expiryOf = ({ expiry_months: months }: PointTerms, on: PlainDate): PlainDate => addMonths(on, months);

const PRIME = 2_654_435_761n;
const SPAN = 4_294_967_296n;
/** Always the same holders, and not those who came together: the SQL of `hold_out` in the report says the same. */
export const isHeldOut = (holderId: HolderId, percent: number): boolean => Number(((BigInt(holderId) * PRIME) % SPAN) * 100n / SPAN) < percent;

export type PointEntry = { readonly kind: 'earned' | 'spent' | 'expired'; readonly points: number; readonly expiresOn: PlainDate | null; /** Earned and taken back, or spent by a payment that went back. */ readonly void: boolean };

export const balanceOf = (entries: readonly PointEntry[]): number => entries.reduce((sum, one) => (one.void ? sum : one.kind === 'earned' ? sum + one.points : sum - one.points), 0);

/** What is lost on a day: points of that day and before that nothing has used; the oldest are used first. */
export function expiringOn(entries: readonly PointEntry[], on: PlainDate): number {
  const standing = entries.filter((one) => !one.void);
  const old = standing.reduce((sum, { kind, points, expiresOn }) => (kind === 'earned' && expiresOn !== null && expiresOn <= on ? sum + points : sum), 0);
  const used = standing.reduce((sum, { kind, points }) => (kind === 'earned' ? sum : sum + points), 0);
  return Math.max(0, old - used);
}
