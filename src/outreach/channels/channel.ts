/** A way to reach a holder. One file a channel; `index.ts` lists them. */

import { type HolderId, type InsurerId, type Language, type Moment } from '../../kernel/index.ts';
import { type Channel, type Message } from '../message.ts';

/** One message on its way: everything a channel needs, nothing it must look up. */
export type Parcel = {
  readonly insurerId: InsurerId;
  readonly insurerCode: string;
  readonly holderId: HolderId;
  readonly contactId: number;
  /** Address, number, or postal address. */
  readonly to: string;
  readonly sender: { readonly name: string; readonly email: string };
  readonly message: Message;
  readonly language: Language;
  /** On the insurer's clock. */
  readonly at: Moment;
  /** Business date on which a letter is printed. */
  readonly on: string;
  /** Where the print files of this insurer lie. */
  readonly printDirectory: string;
  readonly optOutLink: string | null;
};

/**
 * What is known after sending. `retry`: certainly not accepted, another try may help. `bounced`: this address never works. `failed`: certainly
 * not accepted, and another try is useless. `unconfirmed`: it may have left; it must not be sent again.
 */
export type Sent =
  | { readonly kind: 'sent'; readonly ref: string }
  | { readonly kind: 'bounced' | 'failed' | 'retry' | 'unconfirmed'; readonly reason: string };

/** What comes back later. `ref` as in `Sent`; `contact` where this process sent it. */
export type ChannelEvent =
  | { readonly kind: 'delivered' | 'undelivered'; readonly ref: string; readonly contact: ContactAddress | null }
  | { readonly kind: 'reply'; readonly from: string; readonly to: string; readonly text: string };

export type ContactAddress = { readonly insurerId: InsurerId; readonly holderId: HolderId; readonly contactId: number };

export type OpenChannel = {
  readonly names: readonly Channel[];
  /** Null where a person does it: the contact stays queued as a task. */
  readonly send: ((parcel: Parcel) => Promise<Sent>) | null;
  readonly close: () => Promise<void>;
};

export type ChannelSettings = {
  /** `smtp://user:password@host:587`; without it e-mails wait. */
  readonly smtpUrl?: string | undefined;
  /** `smpp://system:password@host:2775`; without it text messages wait. `?contact_tlv=1` tells a receiver of ours the contact in a vendor's field. */
  readonly smppUrl?: string | undefined;
};
