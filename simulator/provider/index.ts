/**
 * The local double of a payment provider: checkout sessions over HTTP, a hosted page, signed webhooks that are sent again until they are taken. The
 * Fastify plugin is the provider; it runs inside `npm start` (one port for a phone to reach) or on a port of its own (`startSandboxProvider`).
 */

import { randomBytes, timingSafeEqual } from 'node:crypto';
import fastify, { type FastifyInstance, type FastifyPluginAsync, type FastifyReply, type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Database } from '../../src/database/index.ts';
import { type Moment } from '../../src/kernel/index.ts';
import { type Chaos, startDelivery } from './deliver.ts';
import { hostedPage } from './page.ts';
import { advance, createSession, prepare, readSession, type Session } from './store.ts';

export type SandboxProviderOptions = {
  readonly database: Pick<Database, 'owner'>;
  readonly apiKey: string;
  readonly webhookSecret: string;
  /** Where events are sent; asked each time, for a port may be known only later. */
  readonly webhookUrl: () => string;
  /** Where a payer's browser reaches the provider; null: beside the address that it returns to, as when both share a port. */
  readonly pageOrigin?: (() => string) | null;
  /** Machine time. */
  readonly now?: () => Moment;
};

export type SandboxProvider = {
  readonly plugin: FastifyPluginAsync;
  /** What happens to a payment after it succeeded. False where it has not. */
  readonly reverse: (sessionId: string, how: 'refunded' | 'charged_back' | 'returned') => Promise<boolean>;
  /** Lets a payer's decision be made without a browser: the simulated holders use it. False where the session is closed. */
  readonly decide: (sessionId: string, how: 'confirm' | 'fail', amountMinor?: bigint) => Promise<boolean>;
  /** Sends duplicates, or the newest first, or nothing by itself, from now on. */
  readonly disturb: (chaos: Chaos) => void;
  readonly close: () => Promise<void>;
};

export const SANDBOX_PREFIX = '/sandbox-provider';
const SESSION_MS = 30 * 60_000;
/** A payer's way back waits so long for the first webhook to be taken, as hosted checkouts do. */
const RETURN_WAIT_MS = 3_000;

const sessionBody = z.object({
  client_reference: z.string().min(1).max(100), amount: z.int().positive().max(9_000_000_000_000_000), currency: z.string().regex(/^[A-Z]{3}$/), method: z.string().max(50),
  language: z.enum(['en', 'zh-Hans', 'zh-Hant']), description: z.string().max(200), return_url: z.url({ protocol: /^https?$/ }).max(1_000), cancel_url: z.url({ protocol: /^https?$/ }).max(1_000),
});
const idParams = z.object({ id: z.string().regex(/^cs_[\w-]{10,60}$/) });

export async function openSandboxProvider(options: SandboxProviderOptions): Promise<SandboxProvider> {
  const sql = options.database.owner;
  const now = options.now ?? Date.now;
  let chaos: Chaos = { copies: 1, reversed: false };
  await prepare(sql);
  const delivery = startDelivery({ sql, webhookUrl: options.webhookUrl, webhookSecret: options.webhookSecret, now, chaos: () => chaos });

  const eventOf = (session: Session, type: string, amountMinor: bigint, failure: string | null = null): { eventId: string; body: string } => {
    const eventId = `evt_${randomBytes(12).toString('base64url')}`;
    const object = { id: session.id, client_reference: session.clientReference, amount: Number(amountMinor), currency: session.currency, method: session.method, failure_code: failure };
    return { eventId, body: JSON.stringify({ id: eventId, type, created: Math.floor(now() / 1000), data: { object } }) };
  };
  const announce = async (events: readonly { eventId: string }[]): Promise<void> => {
    if (chaos.held !== true) await delivery.send(events.map(({ eventId }) => eventId));
  };
  const decide: SandboxProvider['decide'] = async (id, how, amountMinor) => {
    const session = await readSession(sql, id);
    if (session === null || session.expiresAt <= now()) return false;
    const amount = amountMinor ?? session.amountMinor;
    const events = how === 'confirm'
      ? [eventOf(session, 'payment.pending', amount), eventOf(session, 'payment.succeeded', amount)]
      : [eventOf(session, 'payment.failed', amount, 'declined')];
    const moved = await advance(sql, id, { status: 'open', payment: null }, { status: 'complete', payment: how === 'confirm' ? 'succeeded' : 'failed' }, events, now());
    if (moved) await within(RETURN_WAIT_MS, announce(events));
    return moved;
  };
  const reverse: SandboxProvider['reverse'] = async (id, how) => {
    const session = await readSession(sql, id);
    if (session === null) return false;
    const events = [eventOf(session, `payment.${how}`, session.amountMinor)];
    const moved = await advance(sql, id, { status: 'complete', payment: 'succeeded' }, { status: 'complete', payment: how }, events, now());
    if (moved) await announce(events);
    return moved;
  };
  const originOf = (returnUrl: string): string => options.pageOrigin?.() ?? new URL(returnUrl).origin;
  const plugin: FastifyPluginAsync = async (app) => {
    await app.register(async (scope) => {
      scope.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))));
      apiRoutes(scope, options, sql, now, originOf, reverse);
      pageRoutes(scope, sql, decide);
    }, { prefix: SANDBOX_PREFIX });
    app.addHook('onClose', () => delivery.close());
  };
  return { plugin, decide, reverse, disturb: (next) => { chaos = next; }, close: delivery.close };
}

const UNLIMITED = { config: { rateLimit: false } };

function apiRoutes(app: FastifyInstance, options: SandboxProviderOptions, sql: Database['owner'], now: () => Moment, originOf: (returnUrl: string) => string, reverse: SandboxProvider['reverse']): void {
  const json = (session: Session): object => ({
    id: session.id, object: 'checkout.session', url: `${originOf(session.returnUrl)}${SANDBOX_PREFIX}/pay/${session.id}`, status: session.status, payment_status: session.payment,
    client_reference: session.clientReference, amount: Number(session.amountMinor), currency: session.currency, expires_at: Math.floor(session.expiresAt / 1000), livemode: false,
  });
  const refuse = (reply: FastifyReply, status: number, code: string): FastifyReply => reply.code(status).send({ error: { code } });
  const admitted = (request: FastifyRequest): boolean => {
    const given = Buffer.from(request.headers.authorization ?? '');
    const expected = Buffer.from(`Bearer ${options.apiKey}`);
    return given.length === expected.length && timingSafeEqual(given, expected);
  };
  app.post('/v1/checkout/sessions', UNLIMITED, async (request, reply) => {
    if (!admitted(request)) return refuse(reply, 401, 'api_key_invalid');
    const key = request.headers['idempotency-key'];
    const body = sessionBody.safeParse(request.body);
    if (!body.success || typeof key !== 'string' || key === '') return refuse(reply, 400, 'request_invalid');
    const b = body.data;
    return json(await createSession(sql, key, {
      id: `cs_${randomBytes(12).toString('base64url')}`, clientReference: b.client_reference, amountMinor: BigInt(b.amount), currency: b.currency, method: b.method, language: b.language,
      description: b.description, returnUrl: b.return_url, cancelUrl: b.cancel_url, expiresAt: now() + SESSION_MS,
    }, now()));
  });
  const withSession = async (request: FastifyRequest, reply: FastifyReply, work: (session: Session) => Promise<object>): Promise<object> => {
    if (!admitted(request)) return refuse(reply, 401, 'api_key_invalid');
    const params = idParams.safeParse(request.params);
    const session = params.success ? await readSession(sql, params.data.id) : null;
    return session === null ? refuse(reply, 404, 'no_such_session') : work(session);
  };
  app.get('/v1/checkout/sessions/:id', UNLIMITED, (request, reply) => withSession(request, reply, async (session) => json(session)));
  app.post('/v1/checkout/sessions/:id/expire', UNLIMITED, (request, reply) => withSession(request, reply, async (session) => {
    if (session.status === 'expired') return json(session);
    const moved = await advance(sql, session.id, { status: 'open', payment: null }, { status: 'expired', payment: null }, [], now());
    return moved ? json({ ...session, status: 'expired' }) : refuse(reply, 409, 'session_complete');
  }));
  for (const [path, how] of [['refund', 'refunded'], ['chargeback', 'charged_back'], ['return', 'returned']] as const) {
    app.post(`/v1/checkout/sessions/:id/${path}`, UNLIMITED, (request, reply) => withSession(request, reply, async (session) =>
      (await reverse(session.id, how)) ? json({ ...session, payment: how }) : refuse(reply, 409, 'payment_not_succeeded')));
  }
}

function pageRoutes(app: FastifyInstance, sql: Database['owner'], decide: SandboxProvider['decide']): void {
  const page = async (id: string, reply: FastifyReply): Promise<FastifyReply> => {
    const session = await readSession(sql, id);
    if (session === null) return reply.code(404).type('text/plain; charset=utf-8').send('No such payment.');
    const nonce = randomBytes(16).toString('base64');
    return reply.type('text/html; charset=utf-8').headers({
      'cache-control': 'no-store', 'referrer-policy': 'no-referrer', 'x-content-type-options': 'nosniff',
      // The form's answer leads back to the payee.
      'content-security-policy': `default-src 'none'; style-src 'nonce-${nonce}'; img-src data:; base-uri 'none'; frame-ancestors 'none'; form-action 'self' ${new URL(session.returnUrl).origin}`,
    }).send(hostedPage(session, `${SANDBOX_PREFIX}/pay/${session.id}`, nonce));
  };
  app.get('/pay/:id', UNLIMITED, async (request, reply) => {
    const params = idParams.safeParse(request.params);
    return page(params.success ? params.data.id : '', reply);
  });
  app.post('/pay/:id', UNLIMITED, async (request, reply) => {
    const params = idParams.safeParse(request.params);
    const session = params.success ? await readSession(sql, params.data.id) : null;
    if (session === null) return page('', reply);
    const action = z.object({ action: z.enum(['confirm', 'fail', 'cancel']) }).safeParse(request.body);
    if (!action.success) return page(session.id, reply);
    if (action.data.action === 'cancel') return reply.redirect(session.cancelUrl, 303);
    // A second tap finds the session closed and goes the same way back.
    await decide(session.id, action.data.action);
    return reply.redirect(session.returnUrl, 303);
  });
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([work, new Promise<void>((resolve) => { timer = setTimeout(resolve, ms); })]);
  clearTimeout(timer);
}

export type RunningProvider = Omit<SandboxProvider, 'plugin'> & { /** Of its API: `<origin>/sandbox-provider`. */ readonly url: string };

/** The provider on a port of its own. */
export async function startSandboxProvider(options: Omit<SandboxProviderOptions, 'pageOrigin'> & { readonly port?: number }): Promise<RunningProvider> {
  let origin = '';
  const { plugin, ...provider } = await openSandboxProvider({ ...options, pageOrigin: () => origin });
  const app = fastify({ forceCloseConnections: true });
  await app.register(plugin);
  origin = await app.listen({ port: options.port ?? 0, host: '127.0.0.1' });
  return { ...provider, url: `${origin}${SANDBOX_PREFIX}`, close: () => app.close() };
}
