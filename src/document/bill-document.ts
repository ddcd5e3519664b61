/** A bill as the paper and the page are told it: whatever stands on it, in values. Amounts in minor units of `currency`. */

import { type Currency, type Language, type PlainDate } from '../kernel/index.ts';

export type Words = Readonly<Record<Language, string>>;

export type Letterhead = { readonly names: Words; readonly address: string; readonly phone: string; readonly email: string; readonly simulated: boolean };

export type DocumentLine = {
  readonly name: Words;
  readonly amountMinor: bigint;
  /** On the policy's bill before; null where that bill has no such line, or there is none to compare with. */
  readonly beforeMinor: bigint | null;
};

/** What is typed into a bank's form by who cannot scan. */
export type PayeeDetail = { readonly kind: 'payee' | 'fps_id' | 'iban' | 'bic' | 'account' | 'bank'; readonly value: string };
export type QrCode = { readonly kind: 'fps' | 'qr_ph' | 'epc' | 'link'; readonly payload: string };

export type BillDocument = {
  readonly insurer: Letterhead;
  /** Masked where anybody with the link may read it. */
  readonly holder: { readonly name: string; readonly addressLines: readonly string[] };
  /** As people write it, `1234-987`. */
  readonly reference: string;
  readonly market: string;
  readonly policy: { readonly number: string; readonly product: string; readonly line: string };
  readonly period: { readonly from: PlainDate; readonly to: PlainDate };
  readonly issuedOn: PlainDate;
  readonly dueOn: PlainDate;
  /** The first day without cover where it stays unpaid, as far as the law's timeline has said it. */
  readonly graceEndsOn: PlainDate | null;
  /** Today on the insurer's clock. */
  readonly today: PlainDate;
  readonly state: 'held' | 'open' | 'paid' | 'written_off' | 'cancelled';
  readonly stage: string;
  readonly currency: Currency;
  readonly lines: readonly DocumentLine[];
  readonly totalMinor: bigint;
  readonly paidMinor: bigint;
  readonly outstandingMinor: bigint;
  /** Of the same policy in the same currency. `gone`: its lines that this bill does not have. */
  readonly previous: { readonly dueOn: PlainDate; readonly totalMinor: bigint; readonly gone: readonly { readonly name: Words; readonly amountMinor: bigint }[] } | null;
  readonly discounts?: readonly { readonly until: PlainDate; readonly amountMinor: bigint }[];
  readonly lateFees?: readonly { readonly from: PlainDate; readonly amountMinor: bigint }[];
  readonly ways: readonly Words[];
  readonly payees: readonly PayeeDetail[];
  readonly payUrl: string | null;
  readonly qr: QrCode | null;
};

export const isOwed = (bill: Pick<BillDocument, 'state' | 'outstandingMinor'>): boolean => bill.state === 'open' && bill.outstandingMinor > 0n;
export const isLate = (bill: Pick<BillDocument, 'dueOn' | 'today'>): boolean => bill.dueOn < bill.today;
