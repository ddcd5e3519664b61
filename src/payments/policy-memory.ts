/** What a policy remembers of its payments, kept true by every payment and taken back by every return. Pure. */

import { daysBetween, type PlainDate } from '../kernel/index.ts';
import { isCash, isDigital } from './methods.ts';
import { type BillFacts, type PolicyFacts } from './settlement.ts';

/** A policy as it was before a payment closed one of its bills; kept with the payment's allocation. */
export type PolicyBefore = Pick<PolicyFacts, 'state' | 'stateSince' | 'premiumsPaid' | 'lastDaysLate' | 'cashShare' | 'digitalShare' | 'paidToOn'> & {
  /** The day on which its premium was covered; late fees may have been paid later. Absent in older rows: the day on which the bill was paid. */
  readonly on?: PlainDate;
};

/** States that a payment can heal and a return can bring back, from good to bad. A lapsed policy is reinstated by people, not by money alone. */
const HEALABLE = ['in_force', 'grace', 'suspended'];
const STATE_OF_STAGE: Readonly<Record<string, number>> = { not_due: 0, due: 0, grace: 1, late: 1, suspended: 2, lapsed: 2 };

/** Changes the policy for a bill that was paid in full; `open`: its bills that are still open. Returns what it was before. */
export function rememberPaid(policy: PolicyFacts, bill: BillFacts, method: string, on: PlainDate, open: readonly BillFacts[]): PolicyBefore {
  const { state, stateSince, premiumsPaid, lastDaysLate, cashShare, digitalShare, paidToOn } = policy;
  const late = Math.max(0, daysBetween(bill.dueOn, on));
  countLate(policy, late, 1);
  policy.lastDaysLate = late;
  policy.digitalShare = shareAfter(digitalShare, premiumsPaid, isDigital(method));
  policy.cashShare = shareAfter(cashShare, premiumsPaid, isCash(method));
  policy.premiumsPaid = premiumsPaid + 1;
  if (paidToOn === null || paidToOn < bill.periodTo) policy.paidToOn = bill.periodTo;
  const worst = Math.max(0, ...open.map(({ stage }) => STATE_OF_STAGE[stage] ?? 0));
  const now = HEALABLE.indexOf(state);
  if (now > worst) {
    policy.state = HEALABLE[worst] ?? state;
    policy.stateSince = on;
  }
  return { state, stateSince, premiumsPaid, lastDaysLate, cashShare, digitalShare, paidToOn, on };
}

/** Takes it back. Exact where nothing was paid since; otherwise counters and shares are worked back and the newest memory stays. */
export function forgetPaid(policy: PolicyFacts, bill: BillFacts & { readonly paidOn: PlainDate }, method: string, before: PolicyBefore): void {
  const late = Math.max(0, daysBetween(bill.dueOn, bill.paidOn));
  countLate(policy, late, -1);
  if (policy.premiumsPaid === before.premiumsPaid + 1) {
    policy.lastDaysLate = before.lastDaysLate;
    policy.cashShare = before.cashShare;
    policy.digitalShare = before.digitalShare;
  } else {
    policy.digitalShare = shareBefore(policy.digitalShare, policy.premiumsPaid, isDigital(method));
    policy.cashShare = shareBefore(policy.cashShare, policy.premiumsPaid, isCash(method));
  }
  if (policy.paidToOn === bill.periodTo) policy.paidToOn = before.paidToOn;
  policy.premiumsPaid = Math.max(0, policy.premiumsPaid - 1);
  if (HEALABLE.includes(policy.state) && HEALABLE.indexOf(before.state) > HEALABLE.indexOf(policy.state)) {
    policy.state = before.state;
    policy.stateSince = before.stateSince;
  }
}

function countLate(policy: PolicyFacts, late: number, by: 1 | -1): void {
  if (late >= 1 && late <= 30) policy.late1To30Days = Math.max(0, policy.late1To30Days + by);
  if (late >= 31 && late <= 90) policy.late31To90Days = Math.max(0, policy.late31To90Days + by);
  if (late > 90) policy.lateOver90Days = Math.max(0, policy.lateOver90Days + by);
  policy.daysLateTotal = Math.max(0, policy.daysLateTotal + by * late);
}

/** A share of all premiums paid; where the past is not known it stays so. */
function shareAfter(share: number | null, count: number, counts: boolean): number | null {
  if (count > 0 && share === null) return null;
  return ((share ?? 0) * count + (counts ? 1 : 0)) / (count + 1);
}

function shareBefore(share: number | null, count: number, counts: boolean): number | null {
  if (share === null || count <= 1) return null;
  return Math.min(1, Math.max(0, (share * count - (counts ? 1 : 0)) / (count - 1)));
}
