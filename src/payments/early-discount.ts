/** A payment that comes early enough and is short of what is owed by no more than the announced discount is accepted as full: what it lacks is given. Pure. Amounts in minor units. */

import { type PlainDate } from '../kernel/index.ts';
import { OWN_PROVIDER, type OwnMethod } from './own-methods.ts';
import { type BillFacts, type PaymentFacts } from './settlement.ts';

/** The largest discount of the bill that holds on the day; 0 where there is none. */
export function discountOn({ discounts = [] }: Pick<BillFacts, 'discounts'>, on: PlainDate): bigint {
  return discounts.reduce((most, { until, amountMinor }) => (on <= until && amountMinor > most ? amountMinor : most), 0n);
}

/** What is given with this payment; 0 where it pays all, or too little, or not this bill alone. */
export function givenWith(payment: Pick<PaymentFacts, 'amountMinor' | 'currency' | 'billIds'>, bill: BillFacts, on: PlainDate): bigint {
  if (bill.state !== 'open' || bill.currency !== payment.currency || (payment.billIds?.length ?? 1) > 1) return 0n;
  const lacks = bill.amountMinor - bill.paidMinor - payment.amountMinor;
  return lacks > 0n && lacks <= discountOn(bill, on) ? lacks : 0n;
}

const METHOD: OwnMethod = 'early_discount';

export const discountPayment = (cause: PaymentFacts, bill: BillFacts, amountMinor: bigint): PaymentFacts => ({
  holderId: bill.holderId, paymentId: null, provider: OWN_PROVIDER, providerReference: `discount:${bill.billId}:${cause.paymentId ?? `${cause.provider}/${cause.providerReference ?? ''}`}`, method: METHOD, billId: bill.billId,
  billIds: null, contactId: null, causedBy: cause.paymentId, cameWith: cause, amountMinor, currency: bill.currency, state: 'succeeded', failure: null, settledAt: cause.settledAt,
});
