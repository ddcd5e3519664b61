/**
 * The premium against the policy's own bills: a jump that no known change explains, and slips of the decimal point. Robust: the median of the last bills, and as their spread 1.4826 × MAD
 * (Rousseeuw and Croux, "Alternatives to the Median Absolute Deviation", 1993).
 */

import { type BillFacts, type CheckFamily, minor, type ReviewedBill } from './finding.ts';
import { julian } from './recompute.ts';
import { REVIEW_SETTINGS } from './settings.ts';

const MAD_TO_DEVIATION = 1.4826;

export function medianOf(sorted: ArrayLike<number>): number {
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] ?? 0 : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
const ascending = (a: number, b: number): number => a - b;

/** 10, 100, 0.1 or 0.01 where one amount is that many times another; null where it is neither. */
export function slipOf(ratio: number): number | null {
  for (const times of [10, 100, 0.1, 0.01]) if (Math.abs(ratio / times - 1) <= REVIEW_SETTINGS.slip_tolerance) return times;
  return null;
}

export const jump: CheckFamily = ({ bills, facts }, report) => {
  const { jump_history_bills: most, jump_share: share, jump_deviations: deviations, jump_deviation_share_min: least } = REVIEW_SETTINGS;
  for (let at = 0; at < bills.length; at += 1) {
    const bill = bills[at];
    const known = facts[at];
    if (bill === undefined || known === undefined || bill.kind !== 'instalment') continue;
    const past = sinceLastChange(bill, known).slice(0, most);
    const [last] = past;
    if (last === undefined) continue;
    const premium = Number(bill.premiumMinor);
    // Most policies cost what they cost: nothing to work out.
    if (past.length < 3 ? bill.premiumMinor === last.premiumMinor : past.every((one) => one.premiumMinor === bill.premiumMinor)) continue;
    const middle = medianOf(past.map((one) => Number(one.premiumMinor)).sort(ascending));
    if (middle <= 0) continue;
    const ratio = premium / middle;
    // A longer or shorter period than before costs more or less by the day's share: both ways of comparing must say that it is a jump.
    const days = julian(bill.periodTo) - julian(bill.periodFrom);
    const daysBefore = julian(last.periodTo) - julian(last.periodFrom);
    const byDay = daysBefore > 0 && days > 0 ? (ratio * daysBefore) / days : ratio;
    const slip = slipOf(ratio) === null || Math.abs(byDay / ratio - 1) > share ? null : slipOf(ratio);
    if (slip !== null) {
      report(at, 'decimal_slip', minor(bill.premiumMinor), minor(BigInt(Math.round(middle))));
      continue;
    }
    const spread = Math.max(least, (MAD_TO_DEVIATION * medianOf(past.map((one) => Math.abs(Number(one.premiumMinor) - middle)).sort(ascending))) / middle);
    const isJump = (r: number): boolean => (r > 1 + share || r < 1 / (1 + share)) && Math.abs(r - 1) > deviations * spread * (r < 1 ? 0.5 : 1);
    if (isJump(ratio) && isJump(byDay)) report(at, 'unexplained_jump', minor(bill.premiumMinor), minor(BigInt(Math.round(middle))));
  }
};

/** A known change of the policy explains what is billed from it on: only bills under the same terms are compared. */
export const sinceLastChange = ({ instalmentNo }: ReviewedBill, { policy, past }: BillFacts): BillFacts['past'] => {
  const no = policy?.scheduleNo ?? null;
  return no === null || instalmentNo < no ? past : past.filter((one) => one.instalmentNo >= no);
};
