/** What the pages behind the one-time code are told. Amounts in minor units of their currency. */

import { type Language, type Moment, type PlainDate } from '../src/kernel/index.ts';

export type MyInsurer = { readonly code: string; readonly name: string; readonly nameZhHans: string; readonly nameZhHant: string; readonly contactPhone: string; readonly simulated: boolean };

export type MyPageInput = {
  readonly insurer: MyInsurer;
  readonly language: Language;
  readonly nonce: string;
};

export type MyPolicyRow = {
  readonly policyNumber: string; readonly product: string; readonly line: string; readonly state: string; readonly coverFrom: PlainDate; readonly paidTo: PlainDate | null;
  readonly currency: string; readonly premiumMinor: bigint; readonly nextDueOn: PlainDate | null;
};
export type MyBillRow = {
  readonly billId: number; readonly policyNumber: string; readonly product: string; readonly line: string; readonly currency: string; readonly amountMinor: bigint; readonly leftMinor: bigint;
  readonly dueOn: PlainDate; readonly issuedOn: PlainDate; readonly periodFrom: PlainDate; readonly periodTo: PlainDate; readonly state: string; readonly inFlight: boolean;
  readonly premiumMinor: bigint; readonly charges: readonly { readonly kind: string; readonly amountMinor: bigint }[]; readonly paidOn: PlainDate | null; readonly graceEndsOn: PlainDate | null;
};
export type MyReceiptRow = {
  readonly paymentId: number; readonly amountMinor: bigint; readonly currency: string; readonly method: string; readonly reference: string; readonly settledAt: Moment;
  readonly bills: readonly { readonly policyNumber: string; readonly product: string; readonly line: string; readonly periodTo: PlainDate; readonly amountMinor: bigint }[];
};
export type MyMessageRow = { readonly channel: string; readonly purpose: string; readonly subject: string | null; readonly sentAt: Moment };
