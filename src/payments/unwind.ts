/**
 * Money that goes back after it was booked: refund, chargeback, returned debit. Exactly the bills that it had paid open again, with their old due
 * dates and where they stood on the legal timeline (neither was touched when they were paid, so no new grace period begins); the policy's memory
 * is put back; every posting is turned round. The allocations stay: with a payment that is `refunded` they count for nothing and tell what was.
 */

import { type Tx } from '../database/index.ts';
import { type BillId, type HolderId, type InsurerId, type PaymentId } from '../kernel/index.ts';
import { entry, type PostingRow, reversal, standingPostings, writePostings } from '../ledger/index.ts';
import { type Reversal } from './decide-settlement.ts';
import { forgetPaid, type PolicyBefore } from './policy-memory.ts';
import { type BillFacts, billKey, isCovered, policyKey } from './settlement.ts';
import { paymentOf, type PaymentRow, readNamedBills, readPolicies } from './store.ts';
import { idOf, reopenPromises, writeBills, writePayments, writePolicies } from './write.ts';

type AllocationRow = { holder_id: HolderId; payment_id: PaymentId; bill_id: BillId; amount_minor: bigint; policy_before: PolicyBefore | null; recovered: boolean };
/** The holders are locked and the payments' states `succeeded`. Returns the bills that are open again. */
export async function unwind(tx: Tx, insurerId: InsurerId, asked: readonly Reversal[]): Promise<BillFacts[]> {
  if (asked.length === 0) return [];
  const reversals = [...asked, ...await broughtAlong(tx, asked)];
  const why = new Map(reversals.map((one) => [idOf(one.payment) as number, one]));
  const holderIds = [...new Set(reversals.map(({ payment }) => payment.holderId))];
  const paymentIds = [...why.keys()];
  // All settled money on the bills concerned: a bill may have been closed by another payment than the one that goes back.
  const allocations = await tx<AllocationRow[]>`
    select a.holder_id, a.payment_id, a.bill_id, a.amount_minor, a.policy_before,
      exists (select from postings r where r.holder_id = a.holder_id and r.source_kind = 'payment' and r.source_id = a.payment_id and r.bill_id = a.bill_id and starts_with(r.rule, 'recovery_received')) as recovered
    from allocations a join payments p using (insurer_id, holder_id, payment_id)
    where a.holder_id = any(${holderIds}::bigint[]) and p.state = 'succeeded' and (a.holder_id, a.bill_id) in (
      select holder_id, bill_id from allocations where holder_id = any(${holderIds}::bigint[]) and payment_id = any(${paymentIds}::bigint[]))
    order by a.payment_id desc, a.bill_id desc`;
  const memories = new Map<string, PolicyBefore>();
  for (const { holder_id: holderId, bill_id: billId, policy_before: before } of allocations) {
    const key = billKey({ holderId, billId });
    if (before !== null && !memories.has(key)) memories.set(key, before);
  }
  const bills = await readNamedBills(tx, allocations.map(({ holder_id: holderId, bill_id: billId }) => ({ holderId, billId })), 'all');
  const policies = await readPolicies(tx, bills);
  const byKey = new Map(bills.map((bill) => [billKey(bill), bill]));
  const reopened: BillFacts[] = [];
  const givenUp: PostingRow[] = [];
  for (const { holder_id: holderId, payment_id: paymentId, bill_id: billId, amount_minor: amountMinor, recovered } of allocations) {
    const bill = byKey.get(billKey({ holderId, billId }));
    if (bill === undefined || !why.has(paymentId)) continue;
    const wasCovered = isCovered(bill);
    bill.paidMinor -= amountMinor;
    // What was left of this bill has been given up; so is what is owed again. Money that came after that had not paid what was owed, but lowered the loss.
    if ((bill.state === 'written_off' || bill.recoverable) && !recovered) {
      givenUp.push(entry('write_off_again', {
        holderId, policyId: bill.policyId, billId, bookedOn: why.get(paymentId)?.bookedOn ?? bill.dueOn, amountMinor, currency: bill.currency, sourceId: paymentId,
      }));
    }
    const { paidOn, paidBy } = bill;
    const [policy, before] = [policies.get(policyKey(bill)), memories.get(billKey(bill))];
    const coveredOn = before?.on ?? paidOn;
    if (wasCovered && !isCovered(bill) && policy !== undefined && before !== undefined && coveredOn !== null) forgetPaid(policy, { ...bill, paidOn: coveredOn }, paidBy ?? '', before);
    if (bill.state !== 'paid' || paidOn === null) continue;
    Object.assign(bill, { state: bill.recoverable ? 'written_off' : 'open', paidOn: null, paidBy: null });
    if (!bill.recoverable) reopened.push(bill);
  }
  for (const { payment, why: kind, failure } of why.values()) Object.assign(payment, { state: 'refunded', failure: failure ?? kind });
  await writePayments(tx, insurerId, [...why.values()].map(({ payment }) => payment));
  await writeBills(tx, bills);
  await forgetParts(tx, bills);
  await writePolicies(tx, [...policies.values()]);
  await reopenPromises(tx, reopened);
  await waitAgain(tx, reversals);
  await turnAllRound(tx, insurerId, holderIds, why);
  await writePostings(tx, insurerId, givenUp);
  return reopened;
}

/** What came with these payments and stands: a discount, points, money of theirs that had waited and was used. */
async function broughtAlong(tx: Tx, asked: readonly Reversal[]): Promise<Reversal[]> {
  const of = new Map(asked.map((one) => [idOf(one.payment) as number, one]));
  const holderIds = [...new Set(asked.map(({ payment }) => payment.holderId))];
  const rows = await tx<(PaymentRow & { root: number })[]>`
    with recursive along as (
      select p.*, p.caused_by as root from payments p where p.holder_id = any(${holderIds}::bigint[]) and p.caused_by = any(${[...of.keys()]}::bigint[])
      union all
      select p.*, a.root from along a join payments p on p.holder_id = a.holder_id and p.caused_by = a.payment_id)
    select * from along where state = 'succeeded' and payment_id <> all(${[...of.keys()]}::bigint[]) order by payment_id`;
  return rows.flatMap((row) => {
    const cause = of.get(row.root);
    return cause === undefined ? [] : [{ payment: paymentOf(row), why: cause.why, bookedOn: cause.bookedOn, failure: null }];
  });
}

/** Money that had waited and was used waits again. */
async function waitAgain(tx: Tx, reversals: readonly Reversal[]): Promise<void> {
  const used = reversals.flatMap(({ payment }) => (payment.method === 'waiting_money_used' ? [{ h: payment.holderId, i: payment.causedBy, a: String(payment.amountMinor) }] : []));
  if (used.length === 0) return;
  await tx`
    update suspense_items s set cleared_minor = s.cleared_minor - x.a, cleared_on = null
    from (select h, i, sum(a) as a from jsonb_to_recordset(${tx.json(used)}) as y(h bigint, i bigint, a bigint) group by h, i) x
    where s.holder_id = x.h and s.payment_id = x.i`;
}

/** The first part payment is the first of those that stand. */
async function forgetParts(tx: Tx, bills: readonly BillFacts[]): Promise<void> {
  await tx`
    update bills b set first_part_on = (
      select min(a.booked_on) from allocations a join payments p using (insurer_id, holder_id, payment_id)
      where a.insurer_id = b.insurer_id and a.holder_id = b.holder_id and a.bill_id = b.bill_id and p.state = 'succeeded' and a.amount_minor < b.amount_minor)
    from (select * from unnest(${bills.map((bill) => bill.holderId)}::bigint[], ${bills.map((bill) => bill.billId)}::bigint[])) as x(holder_id, bill_id)
    where b.holder_id = x.holder_id and b.bill_id = x.bill_id and b.first_part_on is not null`;
}

/** Closes the payments' suspense items and reverses every posting of theirs that stands. */
async function turnAllRound(tx: Tx, insurerId: InsurerId, holderIds: readonly number[], why: ReadonlyMap<number, Reversal>): Promise<void> {
  const on = Object.fromEntries([...why].map(([id, { bookedOn }]) => [id, bookedOn]));
  const items = await tx<{ suspense_id: number; payment_id: number }[]>`
    update suspense_items set cleared_on = coalesce(cleared_on, (${tx.json(on)}::jsonb ->> payment_id::text)::date), cleared_minor = amount_minor
    where holder_id = any(${holderIds}::bigint[]) and payment_id = any(${[...why.keys()]}::bigint[]) returning suspense_id, payment_id`;
  const paymentOf = new Map(items.map((item) => [item.suspense_id, item.payment_id]));
  const refundOf = new Map<number, number>();
  // What was to go back to the payer has gone back by itself; what the bank has sent already is owed to us, and stands in suspense on the other side.
  const refunds = await tx<{ refund_id: number; suspense_id: number }[]>`
    update refunds set state = 'undone', undone_by = 'returned', undone_on = due_on
    where holder_id = any(${holderIds}::bigint[]) and suspense_id = any(${[...paymentOf.keys()]}::bigint[]) and state = 'due' returning refund_id, suspense_id`;
  for (const { refund_id: id, suspense_id: item } of refunds) refundOf.set(id, paymentOf.get(item) ?? 0);
  const posted = await standingPostings(tx, tx`p.holder_id = any(${holderIds}::bigint[])
    and ((p.source_kind = 'payment' and p.source_id = any(${[...why.keys()]}::bigint[])) or (p.source_kind = 'refund' and p.rule = 'refund_due' and p.source_id = any(${[...refundOf.keys()]}::bigint[])))`);
  await writePostings(tx, insurerId, posted.flatMap((row) => {
    const one = why.get(row.sourceKind === 'payment' ? row.sourceId : (refundOf.get(row.sourceId) ?? 0));
    return one === undefined ? [] : [reversal(row, one.why, one.bookedOn)];
  }));
}
