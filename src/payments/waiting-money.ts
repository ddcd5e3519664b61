/** Money in suspense that is the holder's pays a bill of theirs, or is undone. */

import { type Tx } from '../database/index.ts';
import { type BillId, type Currency, fail, type HolderId, type InsurerId, type Moment, ok, type PaymentId, type PlainDate, type Result } from '../kernel/index.ts';
import { payOwnMoney } from './own-money.ts';
import { type Settled } from './settle.ts';
import { lockHolders } from './store.ts';
import { leaveSuspense } from './suspense-item.ts';

export type UseWaitingMoney = {
  readonly holderId: HolderId;
  readonly suspenseId: number;
  readonly billId: BillId;
  /** Null: as much as waits and is owed. */
  readonly amountMinor: bigint | null;
  readonly at: Moment;
  readonly on: PlainDate;
};

/** Problems: `not_found`, `waiting_money_gone` with `left_minor`, and those of `payOwnMoney`. */
export async function useWaitingMoney(tx: Tx, insurer: { readonly insurerId: InsurerId }, use: UseWaitingMoney): Promise<Result<Settled & { readonly usedMinor: bigint }>> {
  const { holderId, suspenseId, billId, at, on } = use;
  await lockHolders(tx, [holderId]);
  const [item] = await tx<{ payment_id: PaymentId; left_minor: bigint; currency: Currency; cleared_minor: bigint }[]>`
    select payment_id, (amount_minor - cleared_minor)::bigint as left_minor, cleared_minor, currency from suspense_items where holder_id = ${holderId} and suspense_id = ${suspenseId} for update`;
  const [bill] = await tx<{ owed_minor: bigint }[]>`select (amount_minor - paid_minor)::bigint as owed_minor from bills where holder_id = ${holderId} and bill_id = ${billId}`;
  if (item === undefined || bill === undefined) return fail('not_found');
  const amountMinor = use.amountMinor ?? (item.left_minor < bill.owed_minor ? item.left_minor : bill.owed_minor);
  if (amountMinor <= 0n || amountMinor > item.left_minor) return fail('waiting_money_gone', { left_minor: Number(item.left_minor) });
  // How often it was used before makes the name: money that came back may be used again.
  const [used] = await tx<{ times: number }[]>`select count(*)::int as times from payments where holder_id = ${holderId} and caused_by = ${item.payment_id} and method = 'waiting_money_used'`;
  const done = await payOwnMoney(tx, insurer, [
    { holderId, billId, method: 'waiting_money_used', amountMinor, currency: item.currency, reference: `waiting:${suspenseId}:${used?.times ?? 0}`, causedBy: item.payment_id },
  ], { at, on });
  if (!done.ok) return done;
  await leaveSuspense(tx, { holderId, suspenseId }, amountMinor, on);
  return ok({ ...done.value, usedMinor: amountMinor });
}
