/** What becomes of a bill that the review holds: it leaves as it is, or put right, or never. Nothing was booked of it, so nothing is turned round. Pure. */

import { fail, ok, type Result } from '../../kernel/index.ts';
import { type NewBill } from '../issue.ts';

export const HELD_ACTS = ['release', 'correct', 'withdraw'] as const;
export type HeldAct = (typeof HELD_ACTS)[number];

export type HeldBill = {
  readonly bill: NewBill;
  /** `asked`: a second person is to release it. */
  readonly state: 'held' | 'asked' | 'released' | 'corrected' | 'withdrawn' | 'mended';
  readonly version: number;
  readonly askedBy: string | null;
  readonly lastBy: string | null;
};
export type HeldOrder = { readonly act: HeldAct; /** Of a correction: what the bill will say. */ readonly after: NewBill | null; readonly by: string; readonly version: number; /** What one person may release alone, by currency. */ readonly aloneUpTo: (currency: string) => bigint; /** A second person has said yes elsewhere. */ readonly approved?: boolean };
export type HeldDecision = {
  readonly bill: NewBill;
  /** `held`: it waits for a second person. */
  readonly state: 'open' | 'cancelled' | 'held';
  readonly hold: 'released' | 'corrected' | 'withdrawn' | 'asked';
};

/** Problems: `bill_not_held`, `changed_meanwhile`, `second_person_needed`, `correction_changes_nothing`. */
export function decideHeld(held: HeldBill, { act, after, by, version, aloneUpTo, approved = false }: HeldOrder): Result<HeldDecision> {
  const waits = held.state === 'held' || held.state === 'asked';
  if (!waits) return fail('bill_not_held', { by: held.lastBy ?? '—' });
  if (held.version !== version) return fail('changed_meanwhile', { by: held.lastBy ?? held.askedBy ?? '—' });
  if (act === 'withdraw') return ok({ bill: held.bill, state: 'cancelled', hold: 'withdrawn' });
  if (act === 'correct' && (after === null || same(after, held.bill))) return fail('correction_changes_nothing');
  const bill = act === 'correct' && after !== null ? after : held.bill;
  if (bill.amountMinor <= aloneUpTo(bill.currency)) return ok({ bill, state: 'open', hold: act === 'correct' ? 'corrected' : 'released' });
  // Above the limit the first person asks, and another one says yes to the very figures that were asked for.
  if (approved) return ok({ bill, state: 'open', hold: 'released' });
  if (held.state === 'held' || act === 'correct') return ok({ bill, state: 'held', hold: 'asked' });
  return held.askedBy === by ? fail('second_person_needed') : ok({ bill, state: 'open', hold: 'released' });
}

const same = (a: NewBill, b: NewBill): boolean => a.amountMinor === b.amountMinor && a.premiumMinor === b.premiumMinor && a.dueOn === b.dueOn && a.periodFrom === b.periodFrom && a.periodTo === b.periodTo
  && a.currency === b.currency && chargesText(a) === chargesText(b);
const chargesText = ({ charges }: NewBill): string => charges.map(({ kind, rule, amountMinor }) => `${kind} ${rule} ${amountMinor}`).sort().join();
