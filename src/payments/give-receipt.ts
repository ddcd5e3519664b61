/** A receipt of the bank that led to no bill is given to the holder whose it is, as if its reference had been right; and that is taken back. */

import { type Tx } from '../database/index.ts';
import { type BillId, type Currency, fail, type HolderId, type InsurerId, type Moment, ok, type PaymentId, type PlainDate, type Result } from '../kernel/index.ts';
import { entry, turnRound, writePostings } from '../ledger/index.ts';
import { settle, type Settled } from './settle.ts';
import { lockHolders, readPayments } from './store.ts';

type Insurer = { readonly insurerId: InsurerId };
type When = { readonly at: Moment; readonly on: PlainDate };
export type GiveReceipt = When & { readonly receiptId: number; readonly holderId: HolderId; readonly billId: BillId; readonly by: string };

/** Nobody's money stands as holder 0 in the ledger. */
const NOBODY = 0 as HolderId;

/** Problems: `not_found`, `receipt_given_already` with `by`. */
export async function giveReceipt(tx: Tx, insurer: Insurer, { receiptId, holderId, billId, by, at, on }: GiveReceipt): Promise<Result<Settled & { readonly amountMinor: bigint; readonly currency: Currency }>> {
  await lockHolders(tx, [holderId]);
  const [receipt] = await tx<{ bank_reference: string; amount_minor: bigint; currency: Currency; resolved_on: PlainDate | null; given_by: string | null; times_given: number }[]>`
    select bank_reference, amount_minor, currency, resolved_on, given_by, times_given from unmatched_receipts where receipt_id = ${receiptId} for update`;
  const [bill] = await tx`select from bills where holder_id = ${holderId} and bill_id = ${billId} and state <> 'held'`;
  if (receipt === undefined || bill === undefined) return fail('not_found');
  if (receipt.resolved_on !== null) return fail('receipt_given_already', { by: receipt.given_by ?? '—' });
  const { amount_minor: amountMinor, currency } = receipt;
  await turnRound(tx, insurer.insurerId, tx`p.holder_id = ${NOBODY} and p.source_kind = 'suspense' and p.source_id = ${receiptId}`, 'undone', on);
  const times = receipt.times_given + 1;
  // A name of its own: the bank's is known as that of a receipt without a bill, and stays known.
  const reference = `${receipt.bank_reference}/${times}`;
  const settled = await settle(tx, insurer, [{
    provider: 'bank', eventId: reference, kind: 'succeeded', holderId, billId, paymentId: null, providerReference: reference, method: 'bank_transfer', amountMinor, currency, occurredAt: at, bookedOn: on, failure: null,
  }], at);
  const [outcome] = settled.outcomes;
  if (outcome?.outcome !== 'booked') throw new Error(`receipt ${receiptId} was not booked`);
  await tx`
    update unmatched_receipts set resolved_on = ${on}, given_to = ${holderId}, given_payment_id = ${outcome.paymentId}, given_by = ${by}, times_given = ${times} where receipt_id = ${receiptId}`;
  return ok({ ...settled, amountMinor, currency });
}

/** It is nobody's again. Problem: `not_found` where no receipt became this payment, or where it has gone back already. */
export async function takeBackReceipt(tx: Tx, insurer: Insurer, holderId: HolderId, paymentId: PaymentId, { at, on }: When): Promise<Result<Settled>> {
  await lockHolders(tx, [holderId]);
  const [receipt] = await tx<{ receipt_id: number; times_given: number }[]>`
    select receipt_id, times_given from unmatched_receipts where given_to = ${holderId} and given_payment_id = ${paymentId} for update`;
  const [payment] = await readPayments(tx, [holderId], [paymentId]);
  if (receipt === undefined || payment?.state !== 'succeeded') return fail('not_found');
  const { amountMinor, currency } = payment;
  const settled = await settle(tx, insurer, [{
    provider: 'bank', eventId: `undone:${paymentId}`, kind: 'undone', holderId, billId: payment.billId, paymentId, providerReference: payment.providerReference ?? '', method: payment.method, amountMinor, currency,
    occurredAt: at, bookedOn: on, failure: null,
  }], at);
  await tx`update unmatched_receipts set resolved_on = null, given_to = null, given_payment_id = null, given_by = null where receipt_id = ${receipt.receipt_id}`;
  const again = entry('receipt_unmatched', { holderId: NOBODY, bookedOn: on, amountMinor, currency, sourceId: receipt.receipt_id, policyId: null, billId: null });
  await writePostings(tx, insurer.insurerId, [{ ...again, rule: `${again.rule}:${receipt.times_given + 1}` }]);
  return ok(settled);
}
