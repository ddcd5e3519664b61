/** What a provider or a bank says about money, and what we keep of bills, policies and payments while we decide on it. Amounts in minor units. */

import { type BillId, type Currency, type HolderId, type Moment, type PaymentId, type PlainDate, type PolicyId } from '../kernel/index.ts';
import { type ReversalId } from '../ledger/index.ts';

export type MoneyReversal = Extract<ReversalId, 'refunded' | 'charged_back' | 'returned' | 'undone'>;
export type SettlementKind = 'pending' | 'succeeded' | 'failed' | MoneyReversal;

/** One event. Each has its own number at its origin, by which it is taken once. */
export type Settlement = {
  readonly provider: string;
  readonly eventId: string;
  readonly kind: SettlementKind;
  readonly holderId: HolderId;
  /** The bill that the payer named. */
  readonly billId: BillId;
  /** Null for money that began at the bank: the payment is written down with it. */
  readonly paymentId: PaymentId | null;
  readonly providerReference: string;
  readonly method: string;
  readonly amountMinor: bigint;
  readonly currency: Currency;
  readonly occurredAt: Moment;
  /** The business date on which it is booked. */
  readonly bookedOn: PlainDate;
  readonly failure: string | null;
  readonly causedBy?: PaymentId | null;
};

/** What became of an event. `early`: a refund that came before its payment; it is carried out when the payment comes. */
export type Outcome = 'booked' | 'pending' | 'failed' | 'unwound' | 'early' | 'ignored';

export type BillFacts = {
  readonly holderId: HolderId;
  readonly billId: BillId;
  readonly policyId: PolicyId;
  /** Under whose law it is issued. */
  readonly market: string;
  readonly currency: Currency;
  readonly amountMinor: bigint;
  /** The part of the amount that is late fees and interest. */
  readonly feesMinor: bigint;
  readonly dueOn: PlainDate;
  readonly periodTo: PlainDate;
  readonly stage: string;
  /** What the bill announced for paying early, until which day. */
  readonly discounts?: readonly { readonly until: PlainDate; readonly amountMinor: bigint }[];
  paidMinor: bigint;
  state: 'held' | 'open' | 'paid' | 'written_off' | 'cancelled';
  paidOn: PlainDate | null;
  paidBy: string | null;
  inFlight: boolean;
  /** Given up by us, so that money for it still finds it: what a former system had given up was never in our books. */
  readonly recoverable: boolean;
};

/** What a policy remembers of its payments. Shares 0 to 1. */
export type PolicyFacts = {
  readonly holderId: HolderId;
  readonly policyId: PolicyId;
  state: string;
  stateSince: PlainDate | null;
  premiumsPaid: number;
  late1To30Days: number;
  late31To90Days: number;
  lateOver90Days: number;
  lastDaysLate: number | null;
  daysLateTotal: number;
  cashShare: number | null;
  digitalShare: number | null;
  paidToOn: PlainDate | null;
};

export type PaymentFacts = {
  readonly holderId: HolderId;
  /** Null until it is written. */
  paymentId: PaymentId | null;
  readonly provider: string;
  readonly providerReference: string | null;
  readonly method: string;
  readonly billId: BillId;
  /** The bills that the payer chose, `billId` among them; null: that one alone. */
  readonly billIds: readonly BillId[] | null;
  readonly contactId: number | null;
  /** The payment that this one came with, and goes back with. */
  causedBy: PaymentId | null;
  /** The same, where that payment has no number yet. */
  readonly cameWith?: PaymentFacts;
  amountMinor: bigint;
  currency: Currency;
  state: 'created' | 'pending' | 'succeeded' | 'failed' | 'refunded';
  failure: string | null;
  settledAt: Moment | null;
};

/** All but late fees and interest is paid: cover goes on. */
export const isCovered = ({ paidMinor, amountMinor, feesMinor }: Pick<BillFacts, 'paidMinor' | 'amountMinor' | 'feesMinor'>): boolean => paidMinor >= amountMinor - feesMinor;

export const billKey = (row: { readonly holderId: number; readonly billId: number }): string => `${row.holderId}/${row.billId}`;
/** Every bill that a payment is meant for. */
export const billKeysOf = ({ holderId, billId, billIds }: Pick<PaymentFacts, 'holderId' | 'billId' | 'billIds'>): string[] =>
  (billIds ?? [billId]).map((one) => billKey({ holderId, billId: one }));
export const policyKey = (row: { readonly holderId: number; readonly policyId: number }): string => `${row.holderId}/${row.policyId}`;
export const eventKey = (row: { readonly holderId: number; readonly provider: string; readonly eventId: string }): string =>
  `${row.holderId}/${row.provider}/${row.eventId}`;
