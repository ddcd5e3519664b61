/**
 * Which bills a payment pays. The payer's own word comes first: the bill that was named, while it is open; what is left goes to the oldest open
 * bill of the same policy, then to bills of the holder's other policies that are due already, oldest first, in the payment's currency. A bill
 * that is paid already is most likely paid twice by mistake, so that money is not used up unasked: it waits in suspense. Pure.
 */

import { type PlainDate } from '../kernel/index.ts';
import { type BillFacts } from './settlement.ts';

export type SurplusReason = 'overpaid' | 'bill_paid_already' | 'bill_closed' | 'currency_differs';
export type Allocated = {
  readonly parts: readonly { readonly bill: BillFacts; readonly amountMinor: bigint }[];
  readonly surplusMinor: bigint;
  readonly reason: SurplusReason;
};

const outstandingOf = (bill: BillFacts): bigint => (bill.state === 'open' ? bill.amountMinor - bill.paidMinor : 0n);

/** `others`: the holder's other open bills. */
export function allocate(payment: { readonly amountMinor: bigint; readonly currency: string }, named: BillFacts, others: readonly BillFacts[], on: PlainDate): Allocated {
  const nothing = (reason: SurplusReason): Allocated => ({ parts: [], surplusMinor: payment.amountMinor, reason });
  if (named.currency !== payment.currency) return nothing('currency_differs');
  if (named.state !== 'open') return nothing(named.state === 'paid' ? 'bill_paid_already' : 'bill_closed');
  let left = payment.amountMinor;
  const parts: { bill: BillFacts; amountMinor: bigint }[] = [];
  const pay = (bill: BillFacts): void => {
    const owed = outstandingOf(bill);
    const amountMinor = left < owed ? left : owed;
    if (amountMinor <= 0n) return;
    parts.push({ bill, amountMinor });
    left -= amountMinor;
  };
  pay(named);
  if (left > 0n) for (const bill of inOrder(named, others, on)) pay(bill);
  return { parts, surplusMinor: left, reason: 'overpaid' };
}

function inOrder(named: BillFacts, others: readonly BillFacts[], on: PlainDate): BillFacts[] {
  const rank = (bill: BillFacts): number => (bill.policyId === named.policyId ? 0 : 1);
  return others
    .filter((bill) => bill !== named && bill.currency === named.currency && (rank(bill) === 0 || bill.dueOn <= on))
    .sort((a, b) => rank(a) - rank(b) || (a.dueOn < b.dueOn ? -1 : a.dueOn > b.dueOn ? 1 : a.billId - b.billId));
}
