/** What the pay page is told; the payments module gathers it (payPageFacts). Amounts in minor units of `currency`. */

import { type Currency, type Language, type Moment, type PlainDate } from '../src/kernel/index.ts';

export type PayMethod = { readonly id: string; readonly label: Readonly<Record<Language, string>>; readonly lastUsed: boolean };

export type OtherBill = {
  readonly billId: number;
  readonly product: string;
  readonly line: string;
  readonly policyNumberEnd: string;
  readonly amountMinor: bigint;
  readonly dueOn: PlainDate;
};

/** What a payment did for one bill. */
export type PaidBill = {
  readonly product: string;
  readonly line: string;
  readonly policyNumberEnd: string;
  readonly periodTo: PlainDate;
  readonly amountMinor: bigint;
  /** The bill is paid; otherwise something is left. */
  readonly whole: boolean;
};

export type PayPageFacts = {
  readonly insurerCode: string;
  readonly billId: number;
  /** The whole bill, paid or not. */
  readonly billMinor: bigint;
  readonly partMinimumMinor: bigint;
  /** Open bills of the same holder in the same currency, the oldest due first. */
  readonly others: readonly OtherBill[];
  /** What the payment below paid. */
  readonly paidBills: readonly PaidBill[];
  readonly insurerName: string;
  readonly insurerNameZhHans: string;
  readonly insurerNameZhHant: string;
  readonly contactPhone: string;
  readonly maskedName: string;
  readonly language: Language;
  /** The last four characters. */
  readonly policyNumberEnd: string;
  readonly product: string;
  readonly line: string;
  readonly market: string;
  readonly currency: Currency;
  /** What is still to be paid. */
  readonly amountMinor: bigint;
  readonly premiumMinor: bigint;
  readonly charges: readonly { readonly kind: string; readonly amountMinor: bigint }[];
  readonly dueOn: PlainDate;
  readonly periodFrom: PlainDate;
  readonly periodTo: PlainDate;
  readonly stage: string;
  readonly state: 'open' | 'paid' | 'cancelled' | 'written_off';
  readonly paidOn: PlainDate | null;
  readonly graceEndsOn: PlainDate | null;
  readonly methods: readonly PayMethod[];
  /** The last try to pay this bill. */
  readonly payment: {
    readonly paymentId: number;
    readonly state: string;
    readonly amountMinor: bigint;
    readonly method: string;
    readonly settledAt: Moment | null;
    readonly reference: string;
  } | null;
  /** Announced on the bill for paying early: until when so much less is full. */
  readonly discounts?: readonly { readonly until: PlainDate; readonly amountMinor: bigint }[];
  /** Announced on the bill for being late: from when the whole fee is so much. */
  readonly lateFees?: readonly { readonly from: PlainDate; readonly amountMinor: bigint }[];
  readonly simulated: boolean;
};

/** A dispute of the bill: open, or how it was answered. */
export type DisputeFacts = { readonly disputeId: number; readonly answerBy: PlainDate; readonly closedOn: PlainDate | null; readonly resolution: string | null };
/** Another day: the one that was promised, and those that may be; null where there is none. */
export type PromiseFacts = { readonly payBy: PlainDate | null; readonly days: { readonly from: PlainDate; readonly to: PlainDate } | null };
/** Only for a payment that stands; `answer` null until it was given. */
export type SurveyFacts = { readonly answer: { readonly ease: number; readonly clarity: number | null; readonly changeable: boolean } | null };

