import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type FastifyInstance } from 'fastify';
import { inInsurer } from '../database/index.ts';
import { createApiKey, DEMO_PASSWORD } from '../service/index.ts';
import { logIn } from './client.ts';
import { NOW, openHouse, seedInsurer, serverOf, type TestHouse, type TestInsurer } from './fixture.ts';

let house: TestHouse;
let app: FastifyInstance;
let insurer: TestInsurer;

before(async () => {
  house = await openHouse();
  insurer = await seedInsurer(house.database, 'harbour', '');
  await seedInsurer(house.database, 'beacon', 'ZZB');
  app = await serverOf(house);
});
after(async () => {
  await app.close();
  await house.close();
});

const disputeOf = (index: number): object => ({ bill_id: insurer.bills[index], reason: 'The amount is wrong' });
const disputeUrl = (index: number): string => `/api/holders/${insurer.holders[index]}/disputes`;
const codeOf = (answer: { json: () => unknown }): string => (answer.json() as { code: string }).code;

describe('logging in', () => {
  test('gives a cookie that scripts cannot read and other sites cannot send', async () => {
    const answer = await app.inject({
      method: 'POST',
      url: '/api/session',
      payload: { insurer: 'harbour', email: 'Manager@harbour.example', password: DEMO_PASSWORD },
    });
    assert.equal(answer.statusCode, 200);
    const cookie = answer.cookies[0];
    assert.deepEqual([cookie?.httpOnly, cookie?.sameSite, cookie?.path], [true, 'Lax', '/']);
    assert.ok(!answer.body.includes(cookie?.value ?? 'none'));
  });
  test('refuses a wrong password, an unknown person and an unknown insurer in the same words', async () => {
    const tries = [
      ['harbour', 'manager@harbour.example', 'wrong'],
      ['harbour', 'nobody@harbour.example', DEMO_PASSWORD],
      ['nowhere', 'manager@harbour.example', DEMO_PASSWORD],
    ] as const;
    const answers = await Promise.all(
      tries.map(([code, email, password]) =>
        app.inject({ method: 'POST', url: '/api/session', payload: { insurer: code, email, password } }),
      ),
    );
    assert.deepEqual(new Set(answers.map((answer) => `${answer.statusCode} ${answer.body}`)).size, 1);
    assert.equal(answers[0]?.statusCode, 401);
  });
  test('is refused from another site', async () => {
    const answer = await app.inject({
      method: 'POST',
      url: '/api/session',
      headers: { 'sec-fetch-site': 'cross-site' },
      payload: { insurer: 'harbour', email: 'manager@harbour.example', password: DEMO_PASSWORD },
    });
    assert.equal(answer.statusCode, 403);
  });
  test('ends with logging out', async () => {
    const client = await logIn(app, 'harbour', 'manager');
    assert.equal((await client.get('/api/session')).statusCode, 200);
    assert.equal((await client.send('DELETE', '/api/session')).statusCode, 204);
    assert.equal((await client.get('/api/session')).statusCode, 401);
  });
  test('ends after twelve hours', async () => {
    const client = await logIn(app, 'harbour', 'manager');
    await inInsurer(house.database.app, insurer.insurerId, (tx) => tx`update sessions set expires_at = ${new Date(NOW)}`);
    assert.equal((await client.get('/api/session')).statusCode, 401);
  });
  test('keeps no token in the database that could be used', async () => {
    const client = await logIn(app, 'harbour', 'manager');
    const token = client.cookie.split('.').at(-1) ?? '';
    const rows = await inInsurer(
      house.database.app,
      insurer.insurerId,
      (tx) => tx`select encode(token_hash, 'escape') as hash from sessions`,
    );
    assert.ok(token.length > 40 && rows.every((row) => row['hash'] !== token));
  });
});

describe('a change', () => {
  test('needs the session’s own CSRF token', async () => {
    const client = await logIn(app, 'harbour', 'manager');
    for (const token of ['', 'x'.repeat(client.csrfToken.length), (await logIn(app, 'harbour', 'agent')).csrfToken]) {
      const answer = await client.send('POST', disputeUrl(0), disputeOf(0), { 'x-csrf-token': token });
      assert.deepEqual([answer.statusCode, codeOf(answer)], [403, 'csrf_token_invalid']);
    }
    assert.equal((await client.send('POST', disputeUrl(0), disputeOf(0))).statusCode, 201);
  });
  test('is nothing an auditor can make, who reads everything', async () => {
    const client = await logIn(app, 'harbour', 'auditor');
    assert.equal((await client.get(`/api/holders/${insurer.holders[1]}`)).statusCode, 200);
    const answer = await client.send('POST', disputeUrl(1), disputeOf(1));
    assert.deepEqual([answer.statusCode, codeOf(answer)], [403, 'role_not_allowed']);
  });
  test('of a call’s outcome closes the task and keeps the promise', async () => {
    const client = await logIn(app, 'harbour', 'agent');
    const body = { holder_id: insurer.holders[2], outcome: 'promised', late_reason: 'liquidity', promise: { pay_by: '2026-11-30' } };
    const first = await client.send('POST', `/api/contacts/${insurer.callId}/outcome`, body);
    assert.equal(first.statusCode, 200, first.body);
    const view = (await client.get(`/api/holders/${insurer.holders[2]}`)).json<{
      calls: unknown[];
      time_line: { kind: string; amount_minor: number }[];
    }>();
    assert.deepEqual([view.calls.length, view.time_line.find(({ kind }) => kind === 'promise')?.amount_minor], [0, 6570]);
    assert.equal((await client.send('POST', `/api/contacts/${insurer.callId}/outcome`, body)).statusCode, 409);
  });
});

describe('an API key', () => {
  test('opens its own insurer without a cookie or CSRF token, until it is revoked', async () => {
    const key = await inInsurer(house.database.app, insurer.insurerId, (tx) =>
      createApiKey(tx, { insurerId: insurer.insurerId, code: 'harbour' }, 'crm', 'agent'),
    );
    const ask = () => app.inject({ method: 'GET', url: `/api/holders/${insurer.holders[0]}`, headers: { authorization: `Bearer ${key}` } });
    assert.equal((await ask()).statusCode, 200);
    const elsewhere = await app.inject({
      method: 'GET',
      url: '/api/today',
      headers: { authorization: `Bearer ${key.replace('ifk_harbour_', 'ifk_beacon_')}` },
    });
    assert.equal(elsewhere.statusCode, 401);
    await inInsurer(house.database.app, insurer.insurerId, (tx) => tx`update api_keys set revoked_at = now()`);
    assert.equal((await ask()).statusCode, 401);
  });
});

describe('an Idempotency-Key', () => {
  test('makes the second request give the first one’s answer, without doing it again', async () => {
    const client = await logIn(app, 'harbour', 'manager');
    const send = () => client.send('POST', disputeUrl(1), disputeOf(1), { 'idempotency-key': 'one' });
    const first = await send();
    const second = await send();
    assert.equal(first.statusCode, 201, first.body);
    assert.deepEqual([second.statusCode, second.body, second.headers['idempotency-replayed']], [201, first.body, 'true']);
    assert.equal((await client.send('POST', disputeUrl(1), disputeOf(1), { 'idempotency-key': 'two' })).statusCode, 409);
  });
  for (const [what, url, body] of [
    ['a pay link', () => `/api/holders/${insurer.holders[1]}/pay-link`, () => ({ bill_id: insurer.bills[1] })],
    ['the day’s cycle', () => '/api/cycle', () => ({})],
  ] as const) {
    test(`makes ${what} asked for twice one answer`, async () => {
      const client = await logIn(app, 'harbour', 'manager');
      const send = () => client.send('POST', url(), body(), { 'idempotency-key': `twice ${what.length}`.replaceAll(' ', '-') });
      const [first, second] = [await send(), await send()];
      assert.ok(first.statusCode < 300, first.body);
      assert.deepEqual([second.statusCode, second.body, second.headers['idempotency-replayed']], [first.statusCode, first.body, 'true']);
    });
  }
  test('is refused for another request', async () => {
    const client = await logIn(app, 'harbour', 'manager');
    await client.send('POST', disputeUrl(3), disputeOf(3), { 'idempotency-key': 'same' });
    const other = await client.send('POST', disputeUrl(3), { ...disputeOf(3), reason: 'Another' }, { 'idempotency-key': 'same' });
    assert.deepEqual([other.statusCode, codeOf(other)], [422, 'idempotency_key_reused']);
  });
  test('of one person says nothing about another’s', async () => {
    const [manager, agent] = [await logIn(app, 'harbour', 'manager'), await logIn(app, 'harbour', 'agent')];
    await manager.send('POST', disputeUrl(2), disputeOf(2), { 'idempotency-key': 'mine' });
    const other = await agent.send('POST', disputeUrl(2), disputeOf(2), { 'idempotency-key': 'mine' });
    assert.deepEqual([other.statusCode, codeOf(other)], [409, 'dispute_exists']);
  });
  test('lets only one of many at once do the work', async () => {
    const client = await logIn(app, 'harbour', 'manager');
    await inInsurer(house.database.app, insurer.insurerId, (tx) => tx`update disputes set closed_at = now()`);
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => client.send('POST', disputeUrl(0), disputeOf(0), { 'idempotency-key': 'race' })),
    );
    const [row] = await inInsurer(
      house.database.app,
      insurer.insurerId,
      (tx) => tx<{ open: number }[]>`
      select count(*)::int as open from disputes where closed_at is null and bill_id = ${insurer.bills[0] ?? 0}`,
    );
    assert.equal(row?.open, 1);
    assert.ok(
      answers.every(({ statusCode }) => statusCode === 201 || statusCode === 409),
      answers.map(({ statusCode }) => statusCode).join(),
    );
  });
});
