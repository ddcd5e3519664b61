/** How money comes in: pay links, ways to pay, providers (one file each), settlement of webhooks and bank files, suspense. */

export { PAY_LINK_DAYS, openPayLink, payLinkToken, payLinkUrl, readPayLink, type PayLink } from './pay-link.ts';
export { methodLabel, methodsOf, NOT_DIGITAL } from './methods.ts';
export { paymentSettings, type PaymentSettings, providersOf } from './providers/index.ts';
export { paymentReference, type Provider, type ProviderEvent } from './providers/provider.ts';
export { SANDBOX_SIGNATURE_HEADER } from './providers/sandbox.ts';
export { signatureHeader } from './providers/signature.ts';
export { type BillCorrection, correctBill, previewCorrection } from './correct-bill.ts';
export { type Correction, CORRECTION_REASONS } from './decide-correction.ts';
export { CHOSEN_BILLS_MAX, openCheckout } from './checkout.ts';
export { type Device, deviceOf, DEVICES } from './device.ts';
export { maskName, payPageFacts } from './pay-page-facts.ts';
export { dueRefund, payRefund, previewRefund, undoRefund } from './refund.ts';
export { previewWriteOff, undoWriteOff, writeOffBill } from './write-off.ts';
export { giveReceipt, takeBackReceipt } from './give-receipt.ts';
export { matchReport, MISMATCHES, PART_ORDERS, type PartOrder, type Reported } from './list-bill.ts';
export { type ListTakenBack, type PaidList, payList, takeBackListPayment, takeBackListsOf } from './pay-list.ts';
export { clawBackCommission, earnCommission } from './commission.ts';
export { type OwnMoney, payOwnMoney, takeBackOwnMoney } from './own-money.ts';
export { OWN_METHODS, type OwnMethod } from './own-methods.ts';
export { useWaitingMoney, type UseWaitingMoney } from './waiting-money.ts';
export { retried } from './retried.ts';
export { settle, type Settled } from './settle.ts';
export { type Outcome, type Settlement } from './settlement.ts';
export { bookStatement, type BadLine, type BookedStatement, type StatementSource } from './statement.ts';
