/** Which steps of the announced scale a late bill has reached, and what the law leaves of them. Pure. Amounts in minor units of the bill's currency. */

import { addDays, daysBetween, type PlainDate } from '../kernel/index.ts';
import { type AnnouncedFees, interestOf } from './announced.ts';

export type LateBill = {
  readonly fees: AnnouncedFees;
  /** The original day: money that came and went back moves nothing. */
  readonly dueOn: PlainDate;
  /** Owed without fees and interest. */
  readonly owedMinor: bigint;
  /** Steps that were reached before, in days. */
  readonly stepsDone: readonly number[];
  /** Charged so far, waived or not: what was waived is not asked for again. */
  readonly chargedMinor: bigint;
};
export type ReachedStep = { readonly days: number; readonly askedMinor: bigint; readonly amountMinor: bigint; readonly lawRule: string | null };
export type LawAnswer = { readonly answer: 'allow' | 'defer' | 'refuse'; readonly rule: string | null };
/** What the law says to charging so much in all for this bill. */
export type AskLaw = (wholeMinor: bigint) => LawAnswer;

export type FeeDecision = {
  readonly steps: readonly ReachedStep[];
  /** When to look again; null: no step is left. */
  readonly nextOn: PlainDate | null;
};

/** Each step once. What waits for a later day by law is asked again the next day. */
export function decideFees(bill: LateBill, on: PlainDate, askLaw: AskLaw): FeeDecision {
  const daysLate = daysBetween(bill.dueOn, on);
  const left = bill.fees.steps.filter(({ days }) => !bill.stepsDone.includes(days));
  const reached: ReachedStep[] = [];
  let charged = bill.chargedMinor;
  for (const step of left) {
    if (step.days > daysLate) return { steps: reached, nextOn: addDays(bill.dueOn, step.days) };
    const whole = bill.fees.basis === 'interest' ? interestOf(bill.owedMinor, bill.fees.annual_basis_points ?? 0, step.days) : BigInt(step.amount_minor);
    const asked = whole > charged ? whole - charged : 0n;
    const allowed = asked === 0n ? { amountMinor: 0n, rule: null, waits: false } : largestAllowed(askLaw, charged, asked);
    if (allowed.waits) return { steps: reached, nextOn: addDays(on, 1) };
    reached.push({ days: step.days, askedMinor: asked, amountMinor: allowed.amountMinor, lawRule: allowed.rule });
    charged += allowed.amountMinor;
  }
  return { steps: reached, nextOn: null };
}

/** Caps only ever refuse what is larger, so the largest amount that is allowed is found by halving. */
function largestAllowed(askLaw: AskLaw, charged: bigint, asked: bigint): { readonly amountMinor: bigint; readonly rule: string | null; readonly waits: boolean } {
  const first = askLaw(charged + asked);
  if (first.answer !== 'refuse') return { amountMinor: first.answer === 'allow' ? asked : 0n, rule: first.rule, waits: first.answer === 'defer' };
  let [allowed, refused] = [0n, asked];
  while (refused - allowed > 1n) {
    const middle = (allowed + refused) / 2n;
    if (askLaw(charged + middle).answer === 'allow') allowed = middle;
    else refused = middle;
  }
  return { amountMinor: allowed, rule: first.rule, waits: false };
}
