/** Waiting money of a group's payer pays the members' bills of a list; taken back with it, or with the payment that had brought it. */

import { type Tx } from '../database/index.ts';
import { type BillId, type Currency, fail, type HolderId, type InsurerId, type Moment, ok, type PaymentId, type PlainDate, type Result } from '../kernel/index.ts';
import { entry, turnRound, writePostings } from '../ledger/index.ts';
import { type PartOrder, shareOut } from './list-bill.ts';
import { payOwnMoney, takeBackOwnMoneyOf } from './own-money.ts';
import { type Settled } from './settle.ts';
import { lockHolders } from './store.ts';
import { leaveSuspense } from './suspense-item.ts';

type Insurer = { readonly insurerId: InsurerId };
type When = { readonly at: Moment; readonly on: PlainDate };
export type PayList = When & { readonly payerId: HolderId; readonly listBillId: number; readonly suspenseId: number; readonly by: string };
export type PaidList = Settled & { readonly groupPaymentId: number; readonly amountMinor: bigint; readonly currency: Currency };
/** Whom it reached: the payer and the members. */
export type ListTakenBack = { readonly holderIds: readonly HolderId[] };
const NOTHING: ListTakenBack = { holderIds: [] };
type Line = { line_no: number; holder_id: HolderId; bill_id: BillId; owed_minor: bigint; due_on: PlainDate };

/** As much as waits and is owed; of what the payer has reported no more than that. Problems: `not_found`, `waiting_money_gone`, `currency_differs`, `list_bill_paid`. */
export async function payList(tx: Tx, insurer: Insurer, { payerId, listBillId, suspenseId, by, at, on }: PayList): Promise<Result<PaidList>> {
  await lockHolders(tx, [payerId]);
  const [list] = await tx<{ part_order: PartOrder; currency: Currency }[]>`
    select g.part_order, g.currency from list_bills l join payer_groups g using (insurer_id, holder_id, group_id) where l.holder_id = ${payerId} and l.list_bill_id = ${listBillId}`;
  const [item] = await tx<{ left_minor: bigint; currency: Currency }[]>`
    select (amount_minor - cleared_minor)::bigint as left_minor, currency from suspense_items where holder_id = ${payerId} and suspense_id = ${suspenseId} for update`;
  if (list === undefined || item === undefined) return fail('not_found');
  if (item.left_minor <= 0n) return fail('waiting_money_gone', { left_minor: 0 });
  if (item.currency !== list.currency) return fail('currency_differs');
  const members = await tx<{ member: HolderId }[]>`select distinct member_holder_id as member from list_bill_lines where holder_id = ${payerId} and list_bill_id = ${listBillId} and member_holder_id is not null`;
  await lockHolders(tx, members.map(({ member }) => member));
  const lines = await tx<Line[]>`
    select l.line_no, b.holder_id, b.bill_id, b.due_on, greatest(0, least(b.amount_minor - b.paid_minor, coalesce(l.reported_minor - coalesce(a.paid, 0), b.amount_minor)))::bigint as owed_minor
    from list_bill_lines l join bills b on b.insurer_id = l.insurer_id and b.holder_id = l.member_holder_id and b.bill_id = l.bill_id
      left join lateral (
        select sum(p.amount_minor) as paid from payments p
        where p.holder_id = b.holder_id and p.bill_id = b.bill_id and p.provider = 'inforce' and p.method = 'group_share' and p.state = 'succeeded' and p.provider_reference like ${`group:${listBillId}:%`}) a on true
    where l.holder_id = ${payerId} and l.list_bill_id = ${listBillId} and b.state = 'open' order by l.line_no`;
  const shares = shareOut(item.left_minor, lines.map((line) => ({ owedMinor: line.owed_minor, dueOn: line.due_on })), list.part_order);
  const amountMinor = shares.reduce((sum, share) => sum + share, 0n);
  if (amountMinor === 0n) return fail('list_bill_paid');
  const { currency } = list;
  const [row] = await tx<{ group_payment_id: number }[]>`
    insert into group_payments (insurer_id, holder_id, list_bill_id, suspense_id, amount_minor, currency, booked_on, paid_by)
    values (${insurer.insurerId}, ${payerId}, ${listBillId}, ${suspenseId}, ${String(amountMinor)}, ${currency}, ${on}, ${by}) returning group_payment_id`;
  const groupPaymentId = row?.group_payment_id ?? 0;
  await leaveSuspense(tx, { holderId: payerId, suspenseId }, amountMinor, on);
  await writePostings(tx, insurer.insurerId, [entry('group_received', { holderId: payerId, policyId: null, billId: null, bookedOn: on, amountMinor, currency, sourceId: groupPaymentId })]);
  const paid = await payOwnMoney(tx, insurer, lines.flatMap((line, place) => {
    const share = shares[place] ?? 0n;
    return share === 0n ? [] : [{ holderId: line.holder_id, billId: line.bill_id, method: 'group_share' as const, amountMinor: share, currency, reference: `group:${listBillId}:${groupPaymentId}:${line.line_no}` }];
  }), { at, on });
  if (!paid.ok) throw new Error(`list bill ${listBillId}: ${paid.problem.code}`);
  return ok({ ...paid.value, groupPaymentId, amountMinor, currency });
}

type Standing = { holder_id: HolderId; group_payment_id: number; list_bill_id: number; suspense_id: number; amount_minor: bigint; currency: Currency; brought: boolean };

/** Problem: `not_found`, also where it was taken back already. */
export async function takeBackListPayment(tx: Tx, insurer: Insurer, payerId: HolderId, groupPaymentId: number, when: When & { readonly by: string }): Promise<Result<ListTakenBack>> {
  await lockHolders(tx, [payerId]);
  const standing = await readStanding(tx, tx`g.holder_id = ${payerId} and g.group_payment_id = ${groupPaymentId}`);
  return standing.length === 0 ? fail('not_found') : ok(await takeBack(tx, insurer, standing, when));
}

/** A payer's payment has gone back: so do the members' shares that it had brought. */
export async function takeBackListsOf(tx: Tx, insurer: Insurer, paymentIds: readonly PaymentId[], when: When): Promise<ListTakenBack> {
  if (paymentIds.length === 0) return NOTHING;
  const standing = await readStanding(tx, tx`y.payment_id = any(${[...paymentIds]}::bigint[]) and y.state <> 'succeeded'`);
  return standing.length === 0 ? NOTHING : takeBack(tx, insurer, standing, { ...when, by: 'returned' });
}

const readStanding = (tx: Tx, which: ReturnType<Tx>): Promise<Standing[]> => tx<Standing[]>`
  select g.holder_id, g.group_payment_id, g.list_bill_id, g.suspense_id, g.amount_minor, g.currency, y.state = 'succeeded' as brought
  from group_payments g join suspense_items s using (insurer_id, holder_id, suspense_id) join payments y on y.insurer_id = s.insurer_id and y.holder_id = s.holder_id and y.payment_id = s.payment_id
  where g.undone_on is null and ${which} order by g.group_payment_id for update of g`;

async function takeBack(tx: Tx, insurer: Insurer, standing: readonly Standing[], { at, on, by }: When & { readonly by: string }): Promise<ListTakenBack> {
  const ids = standing.map((one) => one.group_payment_id);
  const prefixes = standing.map((one) => `group:${one.list_bill_id}:${one.group_payment_id}:%`);
  const shares = await tx<{ holder_id: HolderId; payment_id: PaymentId }[]>`
    select p.holder_id, p.payment_id from list_bill_lines l join payments p on p.insurer_id = l.insurer_id and p.holder_id = l.member_holder_id and p.bill_id = l.bill_id
    where l.list_bill_id = any(${standing.map((one) => one.list_bill_id)}::bigint[]) and p.provider = 'inforce' and p.method = 'group_share' and p.state = 'succeeded'
      and p.provider_reference like any(${prefixes}) order by p.holder_id, p.payment_id`;
  // All members at once: the same statements for one and for a thousand.
  await takeBackOwnMoneyOf(tx, insurer, shares.map(({ holder_id: holderId, payment_id: paymentId }) => ({ holderId, paymentId })), { at, on });
  await tx`update group_payments set undone_on = ${on}, undone_by = ${by} where group_payment_id = any(${ids}::bigint[])`;
  // Of a payment that has gone back nothing waits any more.
  await tx`
    update suspense_items s set cleared_minor = s.cleared_minor - g.amount, cleared_on = null
    from (select holder_id, suspense_id, sum(amount_minor) as amount from group_payments where group_payment_id = any(${standing.filter(({ brought }) => brought).map((one) => one.group_payment_id)}::bigint[]) group by 1, 2) g
    where s.holder_id = g.holder_id and s.suspense_id = g.suspense_id`;
  await turnRound(tx, insurer.insurerId, tx`p.holder_id = any(${standing.map((one) => one.holder_id)}::bigint[]) and p.source_kind = 'statement' and p.rule = 'group_received' and p.source_id = any(${ids}::bigint[])`, 'undone', on);
  return { holderIds: [...new Set([...standing, ...shares].map(({ holder_id: holder }) => holder))] };
}
