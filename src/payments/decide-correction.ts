/** What a correction of a bill changes: its figures, its state, and money that was paid for more than is owed. Pure. Amounts in minor units of the bill's currency. */

import { fail, ok, type PaymentId, type PlainDate, type Result } from '../kernel/index.ts';
import { type Charge, chargesText, feesOf } from '../ledger/index.ts';

export const CORRECTION_REASONS = ['premium', 'charges', 'duplicate', 'not_due', 'other'] as const;
/** `fee_waived`: given by its own act. */
export type CorrectionReason = (typeof CORRECTION_REASONS)[number] | 'fee_waived';

export type BillAmounts = { readonly premiumMinor: bigint; readonly charges: readonly Charge[]; readonly amountMinor: bigint };

export type CorrectableBill = BillAmounts & {
  readonly state: 'held' | 'open' | 'paid' | 'written_off' | 'cancelled';
  readonly paidMinor: bigint;
  readonly paidOn: PlainDate | null;
  readonly paidBy: string | null;
  /** It was written off once, and what was paid since has lowered the loss. */
  readonly givenUp: boolean;
  /** Paid in a former system and never in our books: with a correction it comes into them. */
  readonly paidElsewhereMinor: bigint;
  /** Its open balance came from a former system: its premium is not in our books. */
  readonly takenOver: boolean;
};
/** What a payment has paid of the bill, the newest first. */
export type PaidPart = { readonly paymentId: PaymentId; readonly amountMinor: bigint; readonly method: string; readonly bookedOn: PlainDate };

export type Correction = {
  /** Null: the bill is withdrawn. */
  readonly after: BillAmounts | null;
  readonly state: 'open' | 'paid' | 'cancelled';
  readonly paidMinor: bigint;
  readonly paidOn: PlainDate | null;
  readonly paidBy: string | null;
  /** Of each payment so much no longer pays this bill and waits as the holder's money. */
  readonly released: readonly { readonly paymentId: PaymentId; readonly amountMinor: bigint }[];
  readonly surplusMinor: bigint;
  /** So much was paid in a former system and comes into our books first. */
  readonly paidElsewhereMinor: bigint;
  /** A former system's bill: what is still owed of it, as the ledger books it; null for bills of ours. */
  readonly openingMinor: bigint | null;
};

/**
 * Problems: `bill_held` (the review's page answers it), `bill_closed` (withdrawn, or written off, also where it was paid after all), `correction_changes_nothing`, `correction_not_in_books` (paid before it came to us), `correction_below_paid_before` with
 * `paid_minor`.
 */
export function decideCorrection(bill: CorrectableBill, parts: readonly PaidPart[], after: BillAmounts | null): Result<Correction> {
  if (bill.state === 'held') return fail('bill_held');
  if (bill.givenUp || bill.state === 'written_off' || bill.state === 'cancelled') return fail('bill_closed');
  if (after !== null && sameAmounts(after, bill)) return fail('correction_changes_nothing');
  const allocated = parts.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  const paidBefore = bill.paidMinor - allocated;
  if (paidBefore > 0n && !bill.takenOver) return fail('correction_not_in_books');
  const { paidElsewhereMinor } = bill;
  const amount = after?.amountMinor ?? 0n;
  if (amount < paidBefore) return fail('correction_below_paid_before', { paid_minor: Number(paidBefore) });
  const surplusMinor = bill.paidMinor > amount ? bill.paidMinor - amount : 0n;
  const paidMinor = bill.paidMinor - surplusMinor;
  const released = releaseFrom(parts, surplusMinor);
  const openingMinor = bill.takenOver ? amount - paidBefore - feesOf(after?.charges ?? []) : null;
  if (after === null) return ok({ after, state: 'cancelled', paidMinor, paidOn: null, paidBy: null, released, surplusMinor, openingMinor, paidElsewhereMinor });
  if (paidMinor < amount) return ok({ after, state: 'open', paidMinor, paidOn: null, paidBy: null, released, surplusMinor, openingMinor, paidElsewhereMinor });
  // Paid in full, or now more than paid: since the payment that reached what is owed.
  const since = bill.state === 'paid' ? { paidOn: bill.paidOn, paidBy: bill.paidBy } : closedBy(parts, amount - paidBefore);
  return ok({ after, state: 'paid', paidMinor, ...since, released, surplusMinor, openingMinor, paidElsewhereMinor });
}

const sameAmounts = (a: BillAmounts, b: BillAmounts): boolean => a.premiumMinor === b.premiumMinor && a.amountMinor === b.amountMinor && chargesText(a.charges) === chargesText(b.charges);

/** The newest money is released first. */
function releaseFrom(parts: readonly PaidPart[], surplusMinor: bigint): Correction['released'] {
  let left = surplusMinor;
  return parts.flatMap(({ paymentId, amountMinor }) => {
    const part = amountMinor < left ? amountMinor : left;
    left -= part;
    return part > 0n ? [{ paymentId, amountMinor: part }] : [];
  });
}

/** The payment with which the sum of all payments, the oldest first, reached `owed`. */
function closedBy(parts: readonly PaidPart[], owed: bigint): { readonly paidOn: PlainDate | null; readonly paidBy: string | null } {
  let sum = 0n;
  const reached = parts.toReversed().find(({ amountMinor }) => (sum += amountMinor) >= owed) ?? parts[0];
  return { paidOn: reached?.bookedOn ?? null, paidBy: reached?.method ?? null };
}
