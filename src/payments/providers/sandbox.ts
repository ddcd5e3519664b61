/** Our side of the sandbox provider: it has the shape of a real one (checkout sessions over HTTP, a hosted page, signed webhooks) and moves no money. */

import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { fail, ok, type Result } from '../../kernel/index.ts';
import { type SettlementKind } from '../settlement.ts';
import { type Checkout, parsePaymentReference, type Provider, type ProviderEvent } from './provider.ts';
import { verifySignature } from './signature.ts';

export type SandboxSettings = { readonly apiUrl: string; readonly apiKey: string; readonly webhookSecret: string };

/** Keys of an installation follow from its secret, so that `npm start` needs no set-up; a real provider's come from its dashboard. */
export const sandboxSettings = (secret: Buffer, apiUrl: string): SandboxSettings => ({
  apiUrl,
  apiKey: `sk_sandbox_${createHmac('sha256', secret).update('sandbox api key').digest('base64url').slice(0, 32)}`,
  webhookSecret: `whsec_${createHmac('sha256', secret).update('sandbox webhook secret').digest('base64url').slice(0, 32)}`,
});

export const SANDBOX_SIGNATURE_HEADER = 'sandbox-signature';

/** A person waits for the answer; the provider has ten times what it needs. */
const TIMEOUT_MS = 4_000;
const TRIES = 2;
const RETRY_AFTER_MS = 200;
const AMOUNT_MAX = 9_000_000_000_000_000;

const sessionShape = z.object({ id: z.string().min(1).max(100), url: z.url().max(1_000), expires_at: z.int(), status: z.string() });
const cancelShape = z.object({ status: z.string() });
const eventShape = z.object({
  id: z.string().min(1).max(200),
  type: z.string().max(100),
  created: z.int(),
  data: z.object({
    object: z.object({
      id: z.string().min(1).max(100), client_reference: z.string().max(100), amount: z.int().positive().max(AMOUNT_MAX), currency: z.string().regex(/^[A-Z]{3}$/),
      failure_code: z.string().max(200).nullish(),
    }),
  }),
});

const KINDS: Readonly<Record<string, SettlementKind>> = {
  'payment.pending': 'pending', 'payment.succeeded': 'succeeded', 'payment.failed': 'failed', 'payment.refunded': 'refunded', 'payment.charged_back': 'charged_back',
  'payment.returned': 'returned',
};

export function sandboxProvider(settings: SandboxSettings): Provider {
  return {
    id: 'sandbox',
    simulated: true,
    createCheckout: async (request) => {
      const answer = await ask(settings, '/v1/checkout/sessions', request.reference, {
        client_reference: request.reference, amount: Number(request.amountMinor), currency: request.currency, method: request.method, language: request.language,
        description: request.description, return_url: request.returnUrl, cancel_url: request.cancelUrl,
      });
      if (!answer.ok) return answer;
      const session = sessionShape.safeParse(answer.value);
      if (!session.success) return fail('provider_unreachable', { reason: 'answer not understood' });
      const { id, url, expires_at: seconds } = session.data;
      return ok({ providerReference: id, url, expiresAt: seconds * 1000 } satisfies Checkout);
    },
    cancelCheckout: async (providerReference) => {
      const answer = await ask(settings, `/v1/checkout/sessions/${encodeURIComponent(providerReference)}/expire`, `expire-${providerReference}`, {});
      // 409: the payer was faster.
      if (!answer.ok) return answer.problem.details?.['status'] === 409 ? ok('too_late' as const) : answer;
      const session = cancelShape.safeParse(answer.value);
      return session.success && session.data.status === 'expired' ? ok('cancelled' as const) : fail('provider_unreachable', { reason: 'answer not understood' });
    },
    readWebhook: (body, headers, machineNow) => {
      const header = headers[SANDBOX_SIGNATURE_HEADER];
      const verified = verifySignature(settings.webhookSecret, body, typeof header === 'string' ? header : undefined, machineNow);
      return verified.ok ? eventOf(body) : verified;
    },
  };
}

function eventOf(body: Buffer): Result<ProviderEvent | null> {
  let json: unknown;
  try {
    json = JSON.parse(body.toString('utf8'));
  } catch {
    return fail('webhook_malformed');
  }
  const event = eventShape.safeParse(json);
  if (!event.success) return fail('webhook_malformed');
  const { id, type, data: { object } } = event.data;
  const kind = KINDS[type];
  const name = parsePaymentReference(object.client_reference);
  if (kind === undefined || name === null) return ok(null);
  return ok({
    ...name, eventId: id, kind, providerReference: object.id, amountMinor: BigInt(object.amount), currency: object.currency, failure: object.failure_code ?? null,
  });
}

/** Posts to the provider; a result that is not known is asked for again under the same idempotency key, so that it cannot happen twice. */
async function ask(settings: SandboxSettings, path: string, key: string, body: object): Promise<Result<unknown>> {
  let reason = '';
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    if (attempt > 1) await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER_MS));
    try {
      const response = await fetch(`${settings.apiUrl}${path}`, {
        method: 'POST', body: JSON.stringify(body), redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS),
        headers: { 'content-type': 'application/json', authorization: `Bearer ${settings.apiKey}`, 'idempotency-key': key },
      });
      if (response.ok) return ok(await response.json());
      if (response.status < 500 && response.status !== 429) return fail('provider_refused', { status: response.status });
      reason = String(response.status);
    } catch (error) {
      reason = error instanceof Error ? error.name : 'unknown';
    }
  }
  return fail('provider_unreachable', { reason });
}
