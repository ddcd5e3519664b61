/** What the pay page is told; the payments module gathers it (payPageFacts). Amounts in minor units of `currency`. */

import { type Currency, type Language, type Moment, type PlainDate } from '../src/kernel/index.ts';

export type PayMethod = { readonly id: string; readonly label: Readonly<Record<Language, string>>; readonly lastUsed: boolean };

export type PayPageFacts = {
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
    readonly state: string;
    readonly amountMinor: bigint;
    readonly method: string;
    readonly settledAt: Moment | null;
    readonly reference: string;
  } | null;
  readonly simulated: boolean;
};
