/** What a message is made from, and what it is. */

import { type Currency, type Language, type PlainDate } from '../kernel/index.ts';

export type Purpose = 'premium_reminder' | 'receipt' | 'legal_notice' | 'marketing' | 'welcome' | 'bill';
export type Tone = 'friendly' | 'empathetic' | 'direct' | 'urgent';
export type Channel = 'email' | 'sms' | 'push' | 'wechat' | 'call' | 'voicemail' | 'letter' | 'registered_letter';

export const TONES: readonly Tone[] = ['friendly', 'empathetic', 'direct', 'urgent'];

/** Amounts in minor units of `currency`; dates are business dates. Names are text of strangers: they are values, never templates. */
export type MessageFacts = {
  readonly purpose: Purpose;
  /** A step of the contact calendar, `receipt`, `welcome`, `bill`, `legal_notice` or `offer_plan`; an unknown one gets no sentence of its own. */
  readonly template: string;
  readonly tone: string;
  readonly channel: Channel;
  readonly language: Language;
  readonly insurer: { readonly name: string; readonly nameZhHans: string; readonly nameZhHant: string; readonly contactPhone: string; readonly contactEmail: string; readonly simulated: boolean };
  readonly holder: { readonly familyName: string; readonly givenName: string; readonly postalAddress: string };
  readonly market: string;
  readonly line: string;
  readonly product: string;
  readonly policyNumberEnd: string;
  readonly currency: Currency;
  /** What is still to be paid; of a receipt, what was received. */
  readonly amountMinor: bigint;
  readonly dueOn: PlainDate;
  readonly periodFrom: PlainDate;
  readonly periodTo: PlainDate;
  readonly stage: string;
  readonly graceEndsOn: PlainDate | null;
  /** The day on which the message leaves, where the holder lives. */
  readonly today: PlainDate;
  readonly payLink: string;
  /** Null where there is nothing to opt out of: receipts, bills and legal notices. */
  readonly optOutLink: string | null;
  /** Of a receipt. */
  readonly receipt: { readonly paidOn: PlainDate; readonly reference: string; readonly leftMinor: bigint } | null;
};

/** `html` is null where the channel carries text alone. */
export type Message = { readonly subject: string; readonly text: string; readonly html: string | null };
