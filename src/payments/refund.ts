/** Money that waits goes back to its payer: owed from the day it is approved, gone when the bank has sent it; until then it can be taken back. */

import { type Tx } from '../database/index.ts';
import { type Currency, fail, type HolderId, type InsurerId, ok, type PlainDate, type Result } from '../kernel/index.ts';
import { entry, turnRound, writePostings } from '../ledger/index.ts';
import { lockHolders } from './store.ts';
import { leaveSuspense } from './suspense-item.ts';

type Item = { readonly holderId: HolderId; readonly suspenseId: number; /** Null: all that waits. */ readonly amountMinor: bigint | null };
export type Refund = { readonly amountMinor: bigint; readonly currency: Currency };
type Insurer = { readonly insurerId: InsurerId };

/** Problems: `not_found`, `waiting_money_gone` with `left_minor`. */
export async function previewRefund(tx: Tx, { holderId, suspenseId, amountMinor }: Item): Promise<Result<Refund>> {
  const [item] = await tx<{ left_minor: bigint; currency: Currency }[]>`
    select (amount_minor - cleared_minor)::bigint as left_minor, currency from suspense_items where holder_id = ${holderId} and suspense_id = ${suspenseId} for update`;
  if (item === undefined) return fail('not_found');
  const amount = amountMinor ?? item.left_minor;
  return amount <= 0n || amount > item.left_minor ? fail('waiting_money_gone', { left_minor: Number(item.left_minor) }) : ok({ amountMinor: amount, currency: item.currency });
}

/** Problems: those of `previewRefund`. */
export async function dueRefund(tx: Tx, { insurerId }: Insurer, item: Item, who: { readonly by: string; readonly reason: string; readonly on: PlainDate }): Promise<Result<Refund & { readonly refundId: number }>> {
  const { holderId, suspenseId } = item;
  await lockHolders(tx, [holderId]);
  const refund = await previewRefund(tx, item);
  if (!refund.ok) return refund;
  const { amountMinor, currency } = refund.value;
  const [row] = await tx<{ refund_id: number }[]>`
    insert into refunds (insurer_id, holder_id, suspense_id, amount_minor, currency, due_on, asked_by, reason)
    values (${insurerId}, ${holderId}, ${suspenseId}, ${String(amountMinor)}, ${currency}, ${who.on}, ${who.by}, ${who.reason}) returning refund_id`;
  const refundId = row?.refund_id ?? 0;
  await leaveSuspense(tx, { holderId, suspenseId }, amountMinor, who.on);
  await writePostings(tx, insurerId, [entry('refund_due', { holderId, policyId: null, billId: null, bookedOn: who.on, amountMinor, currency, sourceId: refundId })]);
  return ok({ amountMinor, currency, refundId });
}

type Named = { readonly holderId: HolderId; readonly refundId: number };
type Row = { state: string; amount_minor: bigint; currency: Currency; suspense_id: number };

/** The bank has sent it. Problems: `not_found`, `refund_not_due`. */
export async function payRefund(tx: Tx, { insurerId }: Insurer, named: Named, bankReference: string, on: PlainDate): Promise<Result<Refund>> {
  const due = await dueRow(tx, named);
  if (!due.ok) return due;
  const { amount_minor: amountMinor, currency } = due.value;
  await tx`update refunds set state = 'paid', paid_on = ${on}, bank_reference = ${bankReference} where holder_id = ${named.holderId} and refund_id = ${named.refundId}`;
  await writePostings(tx, insurerId, [entry('refund_paid', { holderId: named.holderId, policyId: null, billId: null, bookedOn: on, amountMinor, currency, sourceId: named.refundId })]);
  return ok({ amountMinor, currency });
}

/** It waits again. Problems: `not_found`, `refund_not_due`. */
export async function undoRefund(tx: Tx, { insurerId }: Insurer, named: Named, who: { readonly by: string; readonly on: PlainDate }): Promise<Result<Refund>> {
  const due = await dueRow(tx, named);
  if (!due.ok) return due;
  const { amount_minor: amountMinor, currency, suspense_id: suspenseId } = due.value;
  const { holderId, refundId } = named;
  await tx`update refunds set state = 'undone', undone_on = ${who.on}, undone_by = ${who.by} where holder_id = ${holderId} and refund_id = ${refundId}`;
  await tx`update suspense_items set cleared_minor = cleared_minor - ${String(amountMinor)}, cleared_on = null where holder_id = ${holderId} and suspense_id = ${suspenseId}`;
  await turnRound(tx, insurerId, tx`p.holder_id = ${holderId} and p.source_kind = 'refund' and p.source_id = ${refundId} and p.rule = 'refund_due'`, 'undone', who.on);
  return ok({ amountMinor, currency });
}

async function dueRow(tx: Tx, { holderId, refundId }: Named): Promise<Result<Row>> {
  await lockHolders(tx, [holderId]);
  const [row] = await tx<Row[]>`select state, amount_minor, currency, suspense_id from refunds where holder_id = ${holderId} and refund_id = ${refundId} for update`;
  if (row === undefined) return fail('not_found');
  return row.state === 'due' ? ok(row) : fail('refund_not_due', { state: row.state });
}
