/**
 * Which bills a payment pays. The payer's own word comes first: the bill that was named, while it is open; what is left goes to what
 * is due of the same policy, then of the holder's other policies, oldest first, and last to the policy's next bills, in the payment's currency. A bill
 * that is paid already is most likely paid twice by mistake, so that money is not used up unasked: it waits in suspense. Where
 * the payer chose several bills, exactly these are paid, the oldest due first, and what is left waits. Every premium that is due is paid before
 * late fees and interest, and these before what is not due yet, unless the market's law says otherwise (`allocation-orders.json`). Pure.
 */

import { type PlainDate } from '../kernel/index.ts';
import { feesLast } from './allocation-orders.ts';
import { type BillFacts } from './settlement.ts';

export type SurplusReason = 'overpaid' | 'bill_paid_already' | 'bill_closed' | 'currency_differs';
export type Allocated = {
  readonly parts: readonly { readonly bill: BillFacts; readonly amountMinor: bigint }[];
  readonly surplusMinor: bigint;
  readonly reason: SurplusReason;
};

/** What was given up is still owed by whoever pays it after all. */
const isPayable = (bill: BillFacts): boolean => bill.state === 'open' || (bill.state === 'written_off' && bill.recoverable);
const outstandingOf = (bill: BillFacts): bigint => (isPayable(bill) ? bill.amountMinor - bill.paidMinor : 0n);

type Money = { readonly amountMinor: bigint; readonly currency: string };

/** `others`: the holder's other open bills. `chosen`: the bills that the payer chose, open or not; null where one bill alone was named. */
export function allocate(payment: Money, named: BillFacts, others: readonly BillFacts[], on: PlainDate, chosen: readonly BillFacts[] | null = null): Allocated {
  if (named.currency !== payment.currency) return { parts: [], surplusMinor: payment.amountMinor, reason: 'currency_differs' };
  if (chosen !== null) return payInOrder(payment, chosen.filter((bill) => bill.currency === payment.currency).sort(oldestFirst), (bill) => bill.dueOn <= on, reasonOf(chosen));
  if (!isPayable(named)) return { parts: [], surplusMinor: payment.amountMinor, reason: reasonOf([named]) };
  return payInOrder(payment, [named, ...inOrder(named, others, on)], (bill) => bill === named || bill.dueOn <= on, 'overpaid');
}

function payInOrder({ amountMinor: whole }: Money, bills: readonly BillFacts[], isDue: (bill: BillFacts) => boolean, reason: SurplusReason): Allocated {
  let left = whole;
  const paid = new Map<BillFacts, bigint>();
  const pay = (bill: BillFacts, owed: bigint): void => {
    const amountMinor = left < owed ? left : owed;
    if (amountMinor <= 0n) return;
    paid.set(bill, (paid.get(bill) ?? 0n) + amountMinor);
    left -= amountMinor;
  };
  const rest = (bill: BillFacts): bigint => outstandingOf(bill) - (paid.get(bill) ?? 0n);
  const due = bills.filter(isDue);
  for (const bill of due) pay(bill, feesLast(bill.market) ? premiumOwed(bill) : outstandingOf(bill));
  for (const bill of due) pay(bill, rest(bill));
  for (const bill of bills) pay(bill, rest(bill));
  return { parts: [...paid].map(([bill, amountMinor]) => ({ bill, amountMinor })), surplusMinor: left, reason };
}

/** What is owed of a bill without its late fees and interest, which are paid last. */
function premiumOwed(bill: BillFacts): bigint {
  const owed = outstandingOf(bill) - bill.feesMinor;
  return owed > 0n ? owed : 0n;
}

/** Why money may be left over: a bill was paid meanwhile, or closed; else more came than was owed. */
function reasonOf(bills: readonly BillFacts[]): SurplusReason {
  if (bills.some(({ state }) => state === 'paid')) return 'bill_paid_already';
  return bills.some(({ state }) => state !== 'open') ? 'bill_closed' : 'overpaid';
}

const oldestFirst = (a: BillFacts, b: BillFacts): number => (a.dueOn < b.dueOn ? -1 : a.dueOn > b.dueOn ? 1 : a.billId - b.billId);

function inOrder(named: BillFacts, others: readonly BillFacts[], on: PlainDate): BillFacts[] {
  const rank = (bill: BillFacts): number => (bill.policyId === named.policyId ? 0 : 1);
  return others
    .filter((bill) => bill !== named && bill.state === 'open' && bill.currency === named.currency && (rank(bill) === 0 || bill.dueOn <= on))
    .sort((a, b) => rank(a) - rank(b) || oldestFirst(a, b));
}
