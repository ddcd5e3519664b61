/**
 * Money of our own pays a bill: a discount, points, a claim, a loan, money that waited. It is settled as any payment is, so whatever follows from a payment follows from it,
 * and it goes back by the same code: with the payment that brought it, or by itself when the act is undone.
 */

import { type Tx } from '../database/index.ts';
import { type BillId, type Currency, fail, type HolderId, type InsurerId, type Moment, ok, type PaymentId, type PlainDate, type Result } from '../kernel/index.ts';
import { OWN_PROVIDER, type OwnMethod } from './own-methods.ts';
import { settle, type Settled } from './settle.ts';
import { billKey } from './settlement.ts';
import { lockHolders, readNamedBills, readPayments } from './store.ts';

export type OwnMoney = {
  readonly holderId: HolderId;
  readonly billId: BillId;
  readonly method: OwnMethod;
  /** Minor units of `currency`, which is the bill's. */
  readonly amountMinor: bigint;
  readonly currency: Currency;
  /** What it is, once: asked for again under the same name it changes nothing. */
  readonly reference: string;
  /** The holder's payment that it came with. */
  readonly causedBy?: PaymentId | null;
};
type When = { readonly at: Moment; readonly on: PlainDate };
type Insurer = { readonly insurerId: InsurerId };

/** Problems: `not_found`, `bill_not_open`, `currency_differs`, `own_money_exceeds_owed` with `owed_minor`. Nothing is written then. */
export async function payOwnMoney(tx: Tx, insurer: Insurer, parts: readonly OwnMoney[], { at, on }: When): Promise<Result<Settled>> {
  await lockHolders(tx, parts.map(({ holderId }) => holderId));
  const known = new Set((await tx<{ reference: string }[]>`
    select provider_reference as reference from payments
    where holder_id = any(${parts.map(({ holderId }) => holderId)}::bigint[]) and provider = ${OWN_PROVIDER} and provider_reference = any(${parts.map(({ reference }) => reference)})`).map(({ reference }) => reference));
  const fresh = parts.filter(({ reference }) => !known.has(reference));
  const bills = new Map((await readNamedBills(tx, fresh, 'all')).map((bill) => [billKey(bill), bill]));
  for (const [key, paying] of Map.groupBy(fresh, billKey)) {
    const bill = bills.get(key);
    if (bill === undefined) return fail('not_found');
    if (bill.state !== 'open') return fail('bill_not_open', { state: bill.state });
    if (paying.some(({ currency }) => currency !== bill.currency)) return fail('currency_differs');
    const owed = bill.amountMinor - bill.paidMinor;
    if (paying.reduce((sum, { amountMinor }) => sum + amountMinor, 0n) > owed) return fail('own_money_exceeds_owed', { owed_minor: Number(owed) });
  }
  return ok(await settle(tx, insurer, fresh.map((part) => ({
    provider: OWN_PROVIDER, eventId: part.reference, kind: 'succeeded', holderId: part.holderId, billId: part.billId, paymentId: null, providerReference: part.reference, method: part.method,
    amountMinor: part.amountMinor, currency: part.currency, occurredAt: at, bookedOn: on, failure: null, causedBy: part.causedBy ?? null,
  })), at));
}

/** Takes such payments back. Problem: `not_found` where one of them is not of our own. */
export const takeBackOwnMoney = (tx: Tx, insurer: Insurer, holderId: HolderId, paymentIds: readonly PaymentId[], when: When): Promise<Result<Settled>> =>
  takeBackOwnMoneyOf(tx, insurer, paymentIds.map((paymentId) => ({ holderId, paymentId })), when);

/** Of many holders, in the same statements. */
export async function takeBackOwnMoneyOf(tx: Tx, insurer: Insurer, own: readonly { readonly holderId: HolderId; readonly paymentId: PaymentId }[], { at, on }: When): Promise<Result<Settled>> {
  const holderIds = own.map(({ holderId }) => holderId);
  await lockHolders(tx, holderIds);
  const payments = await readPayments(tx, holderIds, own.map(({ paymentId }) => paymentId));
  if (payments.length !== own.length || payments.some(({ provider }) => provider !== OWN_PROVIDER)) return fail('not_found');
  return ok(await settle(tx, insurer, payments.map((payment) => ({
    provider: OWN_PROVIDER, eventId: `undone:${payment.paymentId}`, kind: 'undone', holderId: payment.holderId, billId: payment.billId, paymentId: payment.paymentId, providerReference: payment.providerReference ?? '',
    method: payment.method, amountMinor: payment.amountMinor, currency: payment.currency, occurredAt: at, bookedOn: on, failure: null,
  })), at));
}
