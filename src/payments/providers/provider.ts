/** What every payment provider does for us; each is one file beside this one and one line in `index.ts`. */

import { type Currency, type HolderId, type InsurerId, type Language, type Moment, type PaymentId, type Result } from '../../kernel/index.ts';
import { type SettlementKind } from '../settlement.ts';

export type CheckoutRequest = {
  /** Ours for this payment; sent as the idempotency key too, so that asking twice makes one checkout. */
  readonly reference: string;
  readonly amountMinor: bigint;
  readonly currency: Currency;
  readonly method: string;
  readonly language: Language;
  /** What the payer reads on the provider's page; carries no name. */
  readonly description: string;
  readonly returnUrl: string;
  readonly cancelUrl: string;
};

export type Checkout = {
  readonly providerReference: string;
  /** The provider's own page. */
  readonly url: string;
  /** Machine time. */
  readonly expiresAt: Moment;
};

export type ProviderEvent = {
  readonly eventId: string;
  readonly kind: SettlementKind;
  readonly insurerId: InsurerId;
  readonly holderId: HolderId;
  readonly paymentId: PaymentId;
  readonly providerReference: string;
  readonly amountMinor: bigint;
  readonly currency: Currency;
  readonly failure: string | null;
};

export type WebhookHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

export type Provider = {
  readonly id: string;
  /** No real money moves; the pay page says so. */
  readonly simulated: boolean;
  /** Problems: `provider_unreachable` (nobody knows whether it was made; ask again with the same reference), `provider_refused`. */
  readonly createCheckout: (request: CheckoutRequest) => Promise<Result<Checkout>>;
  /** `too_late` where the payer has confirmed already. Problem: `provider_unreachable`. */
  readonly cancelCheckout: (providerReference: string) => Promise<Result<'cancelled' | 'too_late'>>;
  /** Null for a genuine event that is not about a payment of ours. Problems: `webhook_signature_invalid`, `webhook_too_old`, `webhook_malformed`. */
  readonly readWebhook: (body: Buffer, headers: WebhookHeaders, machineNow: Moment) => Result<ProviderEvent | null>;
};

/** PostgreSQL's int. */
const INSURER_ID_MAX = 2_147_483_647;

export type PaymentName = { readonly insurerId: InsurerId; readonly holderId: HolderId; readonly paymentId: PaymentId };

/** Our name for a payment at a provider: it leads to the holder's rows without an index over all payments. */
export const paymentReference = ({ insurerId, holderId, paymentId }: PaymentName): string => `${insurerId}-${holderId}-${paymentId}`;

export function parsePaymentReference(text: string): PaymentName | null {
  const match = /^(\d{1,10})-(\d{1,15})-(\d{1,15})$/.exec(text);
  if (match === null || Number(match[1]) > INSURER_ID_MAX) return null;
  return { insurerId: Number(match[1]) as InsurerId, holderId: Number(match[2]) as HolderId, paymentId: Number(match[3]) as PaymentId };
}
