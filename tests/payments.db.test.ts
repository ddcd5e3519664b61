/** Payments over the wire: the product and the sandbox provider as two HTTP servers, real PostgreSQL, every way in which a webhook can go wrong. */

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, afterEach, before, describe, test } from 'node:test';
import { type FastifyInstance } from 'fastify';
import { buildServer } from '../src/api/index.ts';
import { type BillId } from '../src/kernel/index.ts';
import { payLinkToken, paymentReference, paymentSettings, SANDBOX_SIGNATURE_HEADER, signatureHeader, type PaymentSettings } from '../src/payments/index.ts';
import { aPolicy, auditOf, openBooks, standingOf, type Books, type Policy, type SomePolicy } from '../src/payments/fixture.ts';
import { startSandboxProvider, type RunningProvider } from '../simulator/provider/index.ts';

const SECRET = randomBytes(32);
const DAY_MS = 86_400_000;
let books: Books;
let app: FastifyInstance;
let provider: RunningProvider;
let settings: PaymentSettings;
let origin: string;
/** Moves the machine's clock for the product, not for the provider. */
let machine = (): number => Date.now();

before(async () => {
  books = await openBooks();
  const keys = paymentSettings(SECRET, 'http://127.0.0.1:1').sandbox;
  provider = await startSandboxProvider({ database: books.database, apiKey: keys.apiKey, webhookSecret: keys.webhookSecret, webhookUrl: () => `${origin}/api/webhooks/sandbox` });
  settings = paymentSettings(SECRET, provider.url);
  app = await buildServer({
    database: books.database, dataDirectory: '/nonexistent', secret: SECRET, clock: ({ clockOffsetMs }) => ({ now: () => machine() + clockOffsetMs }),
    consoleDirectory: '/nonexistent', rateLimits: false, payments: settings,
  });
  origin = await app.listen({ port: 0, host: '127.0.0.1' });
});
after(async () => {
  await provider?.close();
  await app?.close();
  await books?.close();
});
afterEach(async () => {
  machine = () => Date.now();
  provider.disturb({ copies: 1, reversed: false });
  assert.deepEqual(await auditOf(books), [], 'the auditor disagrees');
});

const somePolicy = (some: SomePolicy = {}): Promise<Policy> => books.in((tx) => aPolicy(tx, books.insurerId, some));
const linkOf = ({ holderId, bills }: Policy, index = 0, expiresAt = Date.now() + 10 * DAY_MS): string =>
  `${origin}/pay/${payLinkToken(SECRET, { insurerId: books.insurerId, holderId, billId: bills[index] ?? (0 as BillId), contactId: null, expiresAt })}`;

const post = (url: string, form: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url, { method: 'POST', redirect: 'manual', body: new URLSearchParams(form), headers });

/** Taps "pay": the provider's session. */
async function tapPay(link: string, method = 'fps'): Promise<string> {
  const answer = await post(link, { method, lang: 'zh-Hant' });
  const address = answer.headers.get('location') ?? '';
  const id = /\/sandbox-provider\/pay\/(cs_[\w-]+)$/.exec(address)?.[1];
  assert.ok(id, `${answer.status} ${address} ${await answer.text()}`);
  return id;
}

type Row = Record<string, unknown>;
async function paymentOf(session: string): Promise<{ payment_id: number; holder_id: number; state: string; failure: string | null; amount_minor: bigint; currency: string }> {
  const rows = await books.in((tx) => tx<Awaited<ReturnType<typeof paymentOf>>[]>`select * from payments where provider_reference = ${session}`);
  const [row] = rows;
  assert.ok(row);
  return row;
}
const billOf = async (policy: Policy, index = 0): Promise<Row> => {
  const [row] = await books.in((tx) => tx`select * from bills where holder_id = ${policy.holderId} and bill_id = ${policy.bills[index] ?? 0}`);
  assert.ok(row);
  return row;
};
const count = async (table: string, policy: Policy): Promise<number> => {
  const [row] = await books.in((tx) => tx<{ n: number }[]>`select count(*)::int as n from ${tx(table)} where holder_id = ${policy.holderId}`);
  return row?.n ?? -1;
};

/** An event as the provider would send it, by hand. */
async function eventOf(session: string, type: string, changes: { id?: string; amount?: number; currency?: string; reference?: string } = {}): Promise<string> {
  const { payment_id: paymentId, holder_id: holderId, amount_minor: amount, currency } = await paymentOf(session);
  const reference = paymentReference({ insurerId: books.insurerId, holderId: holderId as never, paymentId: paymentId as never });
  return JSON.stringify({
    id: changes.id ?? `evt_${randomBytes(8).toString('hex')}`, type: `payment.${type}`, created: Math.floor(Date.now() / 1000),
    data: { object: { id: session, client_reference: changes.reference ?? reference, amount: changes.amount ?? Number(amount), currency: changes.currency ?? currency } },
  });
}
async function send(body: string, header = signatureHeader(settings.sandbox.webhookSecret, body, Date.now())): Promise<{ status: number; code: string; outcome: string }> {
  const answer = await fetch(`${origin}/api/webhooks/sandbox`, { method: 'POST', body, headers: { 'content-type': 'application/json', [SANDBOX_SIGNATURE_HEADER]: header } });
  const json = (await answer.json()) as { code?: string; outcome?: string };
  return { status: answer.status, code: json.code ?? '', outcome: json.outcome ?? '' };
}
/** A checkout that the provider says nothing about by itself. */
async function quietCheckout(policy: Policy, index = 0): Promise<string> {
  provider.disturb({ copies: 1, reversed: false, held: true });
  return tapPay(linkOf(policy, index));
}

describe('a payment', () => {
  test('goes from the link to the receipt: bill paid, policy remembered, books balanced, receipt asked for once', async () => {
    const policy = await somePolicy();
    const link = linkOf(policy);
    assert.match(await (await fetch(link)).text(), /HK\$1,201\.20/);
    const session = await tapPay(link);
    const confirmed = await post(`${provider.url}/pay/${session}`, { action: 'confirm' });
    assert.equal(confirmed.status, 303);
    const receipt = await (await fetch(confirmed.headers.get('location') ?? '')).text();
    assert.match(receipt, /已收到您繳付的 HK\$1,201\.20/);
    const bill = await billOf(policy);
    assert.deepEqual([bill['state'], bill['paid_minor'], bill['paid_by'], bill['in_flight']], ['paid', policy.amountMinor, 'fps', false]);
    const [memory] = await books.in((tx) => tx`select premiums_paid, last_days_late, round(digital_share::numeric, 3)::text as digital from policies where policy_id = ${policy.policyId}`);
    assert.deepEqual({ ...memory }, { premiums_paid: 5, last_days_late: 0, digital: '0.600' });
    assert.equal(await count('contacts', policy), 1);
  });
  test('tapped twice leads to the same checkout, and tapped twice at once too', async () => {
    const policy = await somePolicy();
    const link = linkOf(policy);
    const taps = await Promise.all([tapPay(link), tapPay(link), tapPay(link)]);
    assert.equal(new Set([...taps, await tapPay(link)]).size, 1);
    assert.equal(await count('payments', policy), 1);
  });
  test('by another way closes the first checkout before the second opens', async () => {
    const policy = await somePolicy();
    const first = await tapPay(linkOf(policy), 'fps');
    const second = await tapPay(linkOf(policy), 'card');
    assert.notEqual(first, second);
    assert.equal((await paymentOf(first)).state, 'failed');
    assert.equal(await provider.decide(first, 'confirm'), false);
    assert.equal(await provider.decide(second, 'confirm'), true);
    assert.equal((await billOf(policy))['state'], 'paid');
  });
  test('on its way opens no second one', async () => {
    const policy = await somePolicy();
    const session = await quietCheckout(policy);
    await send(await eventOf(session, 'pending'));
    assert.equal((await billOf(policy))['in_flight'], true);
    const again = await post(linkOf(policy), { method: 'card' });
    assert.match(again.headers.get('location') ?? '', /\/done\?/);
    assert.equal(await count('payments', policy), 1);
    await send(await eventOf(session, 'failed'));
    assert.equal((await billOf(policy))['in_flight'], false);
    assert.match(await (await fetch(`${linkOf(policy)}/done?lang=en`)).text(), /No money was taken/);
  });
  test('confirmed while the payer changes the way to pay is not opened a second time', async () => {
    const policy = await somePolicy();
    const session = await quietCheckout(policy);
    await provider.decide(session, 'confirm');
    const answer = await post(linkOf(policy), { method: 'card' });
    assert.match(answer.headers.get('location') ?? '', /\/done\?/);
    provider.disturb({ copies: 1, reversed: false });
    await until(async () => (await billOf(policy))['state'] === 'paid');
  });
  test('that the provider does not take says that no money was taken, and works at the next tap', async () => {
    const policy = await somePolicy();
    const elsewhere = await buildServer({
      database: books.database, dataDirectory: '/nonexistent', secret: SECRET, clock: () => ({ now: () => Date.now() }), consoleDirectory: '/nonexistent', rateLimits: false,
      payments: paymentSettings(SECRET, 'http://127.0.0.1:9/sandbox-provider'),
    });
    const answer = await elsewhere.inject({ method: 'POST', url: new URL(linkOf(policy)).pathname, payload: 'method=fps&lang=en', headers: { 'content-type': 'application/x-www-form-urlencoded' } });
    assert.equal(answer.statusCode, 503);
    assert.match(answer.body, /No money was taken/);
    await elsewhere.close();
    await tapPay(linkOf(policy));
    assert.equal(await count('payments', policy), 1);
  });
});

describe('a webhook', () => {
  test('sent five times books once', async () => {
    const policy = await somePolicy();
    const session = await quietCheckout(policy);
    const body = await eventOf(session, 'succeeded', { id: 'evt_five' });
    const answers = await Promise.all(Array.from({ length: 5 }, () => send(body)));
    assert.deepEqual(answers.map(({ outcome }) => outcome).sort(), ['booked', 'duplicate', 'duplicate', 'duplicate', 'duplicate']);
    assert.deepEqual([await count('allocations', policy), await count('contacts', policy), await count('provider_events', policy)], [1, 1, 1]);
  });
  test('of another number about the same success books nothing more', async () => {
    const policy = await somePolicy();
    const session = await quietCheckout(policy);
    const bodies = [await eventOf(session, 'succeeded'), await eventOf(session, 'succeeded')];
    const outcomes = await Promise.all(bodies.map((body) => send(body)));
    assert.deepEqual(outcomes.map(({ outcome }) => outcome).sort(), ['booked', 'ignored']);
    assert.equal(await count('allocations', policy), 1);
  });
  test('in any order ends the same', async () => {
    for (const order of [['pending', 'succeeded', 'failed'], ['failed', 'succeeded', 'pending'], ['succeeded', 'failed', 'pending'], ['failed', 'pending', 'succeeded']]) {
      const policy = await somePolicy();
      const session = await quietCheckout(policy);
      for (const type of order) assert.equal((await send(await eventOf(session, type))).status, 200);
      const bill = await billOf(policy);
      assert.deepEqual([bill['state'], bill['in_flight'], (await paymentOf(session)).state, await count('provider_events', policy)], ['paid', false, 'succeeded', 3], order.join());
    }
  });
  test('of a refund that overtakes its payment leaves the bill open', async () => {
    const policy = await somePolicy();
    const before = await standingOf(books, policy);
    const session = await quietCheckout(policy);
    assert.equal((await send(await eventOf(session, 'refunded'))).outcome, 'early');
    assert.equal((await send(await eventOf(session, 'succeeded'))).outcome, 'booked');
    assert.deepEqual(await standingOf(books, policy), before);
    assert.equal(await count('contacts', policy), 0);
  });
  test('from the provider, duplicated and the newest first, books once', async () => {
    const policy = await somePolicy();
    const session = await tapPay(linkOf(policy));
    provider.disturb({ copies: 3, reversed: true });
    await provider.decide(session, 'confirm');
    assert.equal((await billOf(policy))['state'], 'paid');
    assert.equal(await count('allocations', policy), 1);
  });
  test('forged, changed, unsigned or signed with another secret is refused and books nothing', async () => {
    const policy = await somePolicy();
    const session = await quietCheckout(policy);
    const body = await eventOf(session, 'succeeded');
    const good = signatureHeader(settings.sandbox.webhookSecret, body, Date.now());
    for (const header of ['', 't=1', good.replace(/.$/, (c) => (c === '0' ? '1' : '0')), signatureHeader('whsec_other', body, Date.now()), good.replace('v1=', 'v0='), 'v1=é,t=x', `t=${'9'.repeat(400)},v1=`]) {
      const answer = await send(body, header);
      assert.deepEqual([answer.status, answer.code], [401, 'webhook_signature_invalid']);
    }
    assert.equal((await send(body.replace('"succeeded', '"succeeded').replace(/"amount":\d+/, '"amount":1'), good)).status, 401);
    assert.deepEqual([(await billOf(policy))['state'], await count('provider_events', policy)], ['open', 0]);
  });
  test('caught and sent again later is too old, and so is one from the future; within five minutes it is a duplicate', async () => {
    const policy = await somePolicy();
    const session = await quietCheckout(policy);
    const body = await eventOf(session, 'succeeded');
    const header = signatureHeader(settings.sandbox.webhookSecret, body, Date.now());
    for (const shift of [6 * 60_000, -6 * 60_000]) {
      machine = () => Date.now() + shift;
      assert.equal((await send(body, header)).code, 'webhook_too_old');
    }
    machine = () => Date.now() + 4 * 60_000;
    assert.deepEqual([(await send(body, header)).outcome, (await send(body, header)).outcome], ['booked', 'duplicate']);
  });
  test('keeps to the machine’s time when the insurer’s clock is moved, and books on the insurer’s day', async () => {
    const policy = await somePolicy();
    await books.database.owner`update insurers set clock_offset_ms = ${40 * DAY_MS} where insurer_id = ${books.insurerId}`;
    const session = await quietCheckout(policy).catch(() => '');
    assert.equal(session, '', 'the link has expired on the insurer’s clock');
    const later = await tapPay(linkOf(policy, 0, Date.now() + 60 * DAY_MS));
    assert.equal((await send(await eventOf(later, 'succeeded'))).outcome, 'booked');
    await books.database.owner`update insurers set clock_offset_ms = 0 where insurer_id = ${books.insurerId}`;
    const [memory] = await books.in((tx) => tx`select late_31_to_90_days, last_days_late from policies where policy_id = ${policy.policyId}`);
    assert.equal(memory?.['late_31_to_90_days'], 1);
    assert.ok(Number(memory?.['last_days_late']) > 30);
  });
  test('that is no event, about no payment, too large or to nobody is answered and changes nothing', async () => {
    const policy = await somePolicy();
    const session = await quietCheckout(policy);
    for (const body of ['', 'x', '[]', '{"id":1}', JSON.stringify({ id: 'e', type: 'payment.succeeded', created: 1, data: {} })]) {
      const answer = await send(body);
      assert.deepEqual([answer.status, answer.code], [400, 'webhook_malformed'], body);
    }
    assert.equal((await send(await eventOf(session, 'something'))).outcome, 'ignored');
    for (const reference of ['1-1-1', '2147483647-1-1', '9999999999-1-1', 'x']) {
      const answer = await send(await eventOf(session, 'succeeded', { reference }));
      assert.ok(answer.status === 404 || answer.outcome === 'ignored', JSON.stringify(answer));
    }
    assert.equal((await send('x'.repeat(100_000))).status, 413);
    assert.equal((await fetch(`${origin}/api/webhooks/nobody`, { method: 'POST', body: '{}' })).status, 404);
    assert.equal((await billOf(policy))['state'], 'open');
  });
  test('cut off by a crash books nothing, and books once when it comes again', async () => {
    const policy = await somePolicy();
    const session = await quietCheckout(policy);
    const body = await eventOf(session, 'succeeded');
    // The last statement of the transaction fails, as if the process had died before its commit.
    await books.database.owner.unsafe(`
      create function crash() returns trigger language plpgsql as 'begin raise exception ''crash''; end';
      create trigger crash before insert on contacts for each statement execute function crash();`);
    assert.equal((await send(body)).status, 500);
    assert.deepEqual([(await billOf(policy))['state'], await count('provider_events', policy), await count('allocations', policy), (await paymentOf(session)).state], ['open', 0, 0, 'created']);
    await books.database.owner.unsafe('drop trigger crash on contacts; drop function crash();');
    assert.equal((await send(body)).outcome, 'booked');
    assert.equal(await count('allocations', policy), 1);
  });
  test('comes with many others and is booked with them in few transactions; what one has broken is not broken for the rest', async () => {
    const policies = await Promise.all(Array.from({ length: 40 }, () => somePolicy()));
    const sessions: string[] = [];
    for (const policy of policies) sessions.push(await quietCheckout(policy));
    const bodies = await Promise.all(sessions.map((session, i) => eventOf(session, 'succeeded', { id: `evt_many_${i}`, ...(i === 7 ? { amount: 9_000_000_000_000_001 } : {}) })));
    const first = await Promise.all(bodies.slice(10).map((body) => send(body)));
    assert.ok(first.every(({ outcome }) => outcome === 'booked'));
    const [written] = await books.in((tx) => tx<{ transactions: number }[]>`select count(distinct xmin::text)::int as transactions from provider_events where event_id like 'evt_many_%'`);
    assert.ok((written?.transactions ?? 30) < 30, `${written?.transactions} transactions for 30 events`);
    const answers = await Promise.all([...bodies.slice(0, 10), bodies[3] ?? ''].map((body) => send(body)));
    assert.deepEqual(answers.flatMap(({ status }, i) => (status === 200 ? [] : [i])), [7]);
    assert.deepEqual(new Set([answers[3]?.outcome, answers[10]?.outcome]), new Set(['booked', 'duplicate']));
    const states = await Promise.all(policies.map(async (policy) => (await billOf(policy))['state']));
    assert.deepEqual(states.flatMap((state, i) => (state === 'paid' ? [] : [i])), [7]);
    for (const policy of policies) assert.equal(await count('contacts', policy), policy === policies[7] ? 0 : 1);
  });
  test('is sent again by the provider until we take it', async () => {
    const policy = await somePolicy();
    const session = await tapPay(linkOf(policy));
    const url = origin;
    origin = 'http://127.0.0.1:9';
    await provider.decide(session, 'confirm');
    origin = url;
    assert.equal((await billOf(policy))['state'], 'open');
    await until(async () => (await billOf(policy))['state'] === 'paid');
  });
});

describe('money that does not fit', () => {
  test('of a part leaves the rest open, and the rest can be paid', async () => {
    const policy = await somePolicy();
    const session = await tapPay(linkOf(policy));
    await provider.decide(session, 'confirm', 50_000n);
    assert.deepEqual([(await billOf(policy))['state'], (await billOf(policy))['paid_minor']], ['open', 50_000n]);
    const page = await (await fetch(`${linkOf(policy)}/done?lang=en`)).text();
    assert.match(page, /HK\$701\.20/);
    await provider.decide(await tapPay(linkOf(policy)), 'confirm');
    assert.equal((await billOf(policy))['state'], 'paid');
  });
  test('beyond the bill waits in suspense', async () => {
    const policy = await somePolicy();
    await provider.decide(await tapPay(linkOf(policy)), 'confirm', 130_000n);
    const items = await books.in((tx) => tx`select amount_minor, reason from suspense_items where holder_id = ${policy.holderId}`);
    assert.deepEqual(items.map((row) => ({ ...row })), [{ amount_minor: 130_000n - policy.amountMinor, reason: 'overpaid' }]);
  });
  test('beyond the bill pays the oldest open bill of the policy first', async () => {
    const policy = await somePolicy({ bills: 3 });
    await provider.decide(await tapPay(linkOf(policy, 1)), 'confirm', policy.amountMinor * 2n);
    const states = await Promise.all([0, 1, 2].map(async (index) => (await billOf(policy, index))['state']));
    assert.deepEqual(states, ['paid', 'paid', 'open']);
  });
  test('for a bill that is paid already waits in suspense, whatever else is open', async () => {
    const policy = await somePolicy({ bills: 2 });
    const sessions = [await quietCheckout(policy)];
    await books.in((tx) => tx`update payments set checkout_expires_at = now() - interval '1 hour' where holder_id = ${policy.holderId}`);
    sessions.push(await tapPay(linkOf(policy)));
    for (const session of sessions) assert.equal((await send(await eventOf(session, 'succeeded'))).outcome, 'booked');
    const items = await books.in((tx) => tx`select amount_minor, reason from suspense_items where holder_id = ${policy.holderId}`);
    assert.deepEqual(items.map((row) => ({ ...row })), [{ amount_minor: policy.amountMinor, reason: 'bill_paid_already' }]);
    assert.equal((await billOf(policy, 1))['state'], 'open');
    assert.equal((await post(linkOf(policy), { method: 'fps' })).headers.get('location'), `${new URL(linkOf(policy)).pathname}?lang=en`);
  });
  test('of another currency waits in suspense', async () => {
    const policy = await somePolicy();
    const session = await quietCheckout(policy);
    await send(await eventOf(session, 'succeeded', { currency: 'USD', amount: 15_000 }));
    const items = await books.in((tx) => tx`select currency, reason from suspense_items where holder_id = ${policy.holderId}`);
    assert.deepEqual(items.map((row) => ({ ...row })), [{ currency: 'USD', reason: 'currency_differs' }]);
    assert.equal((await billOf(policy))['state'], 'open');
  });
});

describe('money that goes back', () => {
  for (const how of ['refunded', 'charged_back', 'returned'] as const) {
    test(`(${how}) restores every balance, the bill’s clock and the policy’s memory`, async () => {
      const policy = await somePolicy({ dueOn: '2026-10-01' as never, state: 'grace', stage: 'grace' });
      const before = await standingOf(books, policy);
      const session = await tapPay(linkOf(policy));
      await provider.decide(session, 'confirm', 200_000n);
      assert.equal((await billOf(policy))['state'], 'paid');
      const [paid] = await books.in((tx) => tx`select state, late_31_to_90_days from policies where policy_id = ${policy.policyId}`);
      assert.deepEqual({ ...paid }, { state: 'in_force', late_31_to_90_days: 1 });
      assert.equal(await provider.reverse(session, how), true);
      assert.deepEqual(await standingOf(books, policy), before);
      const payment = await paymentOf(session);
      assert.deepEqual([payment.state, payment.failure], ['refunded', how]);
    });
  }
  test('twice goes back once', async () => {
    const policy = await somePolicy();
    const session = await quietCheckout(policy);
    await send(await eventOf(session, 'succeeded'));
    const outcomes = await Promise.all(['refunded', 'charged_back'].map(async (type) => send(await eventOf(session, type))));
    assert.deepEqual(outcomes.map(({ outcome }) => outcome).sort(), ['ignored', 'unwound']);
    assert.equal((await billOf(policy))['paid_minor'], 0n);
  });
  test('of one of two payments opens exactly the bill it had paid', async () => {
    const policy = await somePolicy({ bills: 2 });
    const [first, second] = [await tapPay(linkOf(policy, 0)), await tapPay(linkOf(policy, 1))];
    await provider.decide(first, 'confirm');
    await provider.decide(second, 'confirm');
    await provider.reverse(first, 'returned');
    assert.deepEqual([(await billOf(policy, 0))['state'], (await billOf(policy, 1))['state']], ['open', 'paid']);
    const [memory] = await books.in((tx) => tx`select premiums_paid, round(digital_share::numeric, 3)::text as digital from policies where policy_id = ${policy.policyId}`);
    assert.deepEqual({ ...memory }, { premiums_paid: 5, digital: '0.600' });
  });
});

describe('the pay page', () => {
  test('tells which message brought the visit and the payment', async () => {
    const policy = await somePolicy();
    const [contact] = await books.in(async (tx) => {
      await tx`insert into gate_answers (insurer_id, holder_id, ask_key, asked_on, action, asked_for_at, answer, law_version) values (${books.insurerId}, ${policy.holderId}, 'k', '2026-11-24', 'contact', now(), 'allow', 'x')`;
      return tx<{ contact_id: number }[]>`
        insert into contacts (insurer_id, holder_id, ask_key, bill_id, policy_id, purpose, channel, template, tone, language, queued_on, not_before, state)
        values (${books.insurerId}, ${policy.holderId}, 'k', ${policy.bills[0] ?? 0}, ${policy.policyId}, 'premium_reminder', 'sms', 't', 'friendly', 'en', '2026-11-24', now(), 'queued') returning contact_id`;
    });
    const token = payLinkToken(SECRET, { insurerId: books.insurerId, holderId: policy.holderId, billId: policy.bills[0] ?? (0 as BillId), contactId: contact?.contact_id ?? 0, expiresAt: Date.now() + DAY_MS });
    const kinds = async (): Promise<string[]> => (await books.in((tx) => tx<{ kind: string }[]>`select kind from contact_events where holder_id = ${policy.holderId} order by kind`)).map(({ kind }) => kind);
    for (const _ of [1, 2]) await fetch(`${origin}/pay/${token}`);
    assert.deepEqual(await kinds(), ['clicked', 'opened']);
    await provider.decide(await tapPay(`${origin}/pay/${token}`), 'confirm');
    assert.deepEqual(await kinds(), ['clicked', 'opened', 'paid']);
    // And a reminder that was still waiting has died.
    const [waiting] = await books.in((tx) => tx`select state from contacts where contact_id = ${contact?.contact_id ?? 0}`);
    assert.equal(waiting?.['state'], 'cancelled');
  });
  test('of a damaged, a strange or an expired link says so and shows nothing', async () => {
    const policy = await somePolicy();
    const damaged = linkOf(policy).slice(0, -2);
    assert.equal((await fetch(damaged)).status, 403);
    assert.equal((await fetch(`${origin}/pay/x`)).status, 403);
    const expired = await fetch(linkOf(policy, 0, Date.now() - DAY_MS), { headers: { 'accept-language': 'zh-TW' } });
    assert.equal(expired.status, 410);
    assert.match(await expired.text(), /連結已過期/);
    const gone = payLinkToken(SECRET, { insurerId: books.insurerId, holderId: 999_999 as never, billId: 1 as never, contactId: null, expiresAt: Date.now() + DAY_MS });
    assert.equal((await fetch(`${origin}/pay/${gone}`)).status, 403);
  });
  test('takes no form from another site', async () => {
    const policy = await somePolicy();
    assert.equal((await post(linkOf(policy), { method: 'fps' }, { 'sec-fetch-site': 'cross-site' })).status, 403);
    assert.equal((await post(`${linkOf(policy)}/dispute`, { reason: 'amount' }, { 'sec-fetch-site': 'same-site' })).status, 403);
    assert.deepEqual([await count('payments', policy), await count('disputes', policy)], [0, 0]);
  });
  test('takes a dispute once and shows when the answer comes', async () => {
    const policy = await somePolicy();
    assert.match(await (await fetch(`${linkOf(policy)}/dispute?lang=en`)).text(), /What is wrong\?/);
    assert.match(await (await post(`${linkOf(policy)}/dispute`, { reason: 'amount', more: 'too\0 much', lang: 'en' })).text(), /We will answer by/);
    assert.match(await (await post(`${linkOf(policy)}/dispute`, { reason: 'paid', lang: 'en' })).text(), /told us already/);
    assert.equal(await count('disputes', policy), 1);
    assert.match(await (await fetch(`${linkOf(policy)}?lang=en`)).text(), /We will answer by/);
  });
  test('offers no way to pay that the market does not have', async () => {
    const policy = await somePolicy();
    for (const method of ['gcash', '', 'x'.repeat(60)]) assert.equal((await post(linkOf(policy), { method })).status, 303);
    assert.equal(await count('payments', policy), 0);
  });
});

async function until(done: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await done())) {
    assert.ok(Date.now() < deadline, 'it did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
