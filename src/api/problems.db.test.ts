import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type FastifyInstance } from 'fastify';
import { LANGUAGES } from '../kernel/index.ts';
import { PROBLEM_TEXTS } from '../kernel/problem-texts.ts';
import { logIn } from './client.ts';
import { openHouse, seedInsurer, serverOf, type TestHouse, type TestInsurer } from './fixture.ts';
import { acceptedLanguage } from './problems.ts';

let house: TestHouse;
let app: FastifyInstance;
let insurer: TestInsurer;

before(async () => {
  house = await openHouse();
  insurer = await seedInsurer(house.database, 'harbour', '');
  app = await serverOf(house);
});
after(async () => {
  await app.close();
  await house.close();
});

describe('every error', () => {
  test('is problem+json with a code, in the asker’s language', async () => {
    const client = await logIn(app, 'harbour', 'manager');
    const cases = [
      [await app.inject({ url: '/api/today', headers: { 'accept-language': 'zh-TW,zh;q=0.9' } }), 401, 'sign_in_needed', '請先登入。'],
      [await client.get('/api/holders/999999', { 'accept-language': 'zh-CN' }), 404, 'not_found', PROBLEM_TEXTS['not_found']?.['zh-Hans']],
      [await client.get('/api/nothing'), 404, 'not_found', PROBLEM_TEXTS['not_found']?.en],
      [await client.get('/api/holders/abc'), 400, 'request_invalid', undefined],
      [await client.get('/api/holders?market=<script>'), 400, 'request_invalid', undefined],
      [await client.get('/api/search?q=a%00b'), 400, 'request_invalid', undefined],
      [await client.get('/api/figures?from=2026-02-29&to=2026-03-01'), 400, 'request_invalid', undefined],
      [
        await app.inject({ method: 'POST', url: '/api/session', headers: { 'content-type': 'application/json' }, payload: '{"broken' }),
        400,
        'request_invalid',
        undefined,
      ],
      [
        await app.inject({ method: 'POST', url: '/api/session', headers: { 'content-type': 'text/plain' }, payload: 'x' }),
        415,
        'media_type_unsupported',
        undefined,
      ],
      [
        await app.inject({ method: 'POST', url: '/api/session', payload: { insurer: 'x'.repeat(300_000) } }),
        413,
        'request_too_large',
        undefined,
      ],
      [
        await client.send('POST', `/api/holders/${insurer.holders[0]}/disputes`, { bill_id: insurer.bills[0], reason: '' }),
        400,
        'request_invalid',
        undefined,
      ],
    ] as const;
    for (const [answer, status, code, title] of cases) {
      const problem = answer.json<{ code: string; title: string; status: number }>();
      assert.deepEqual([answer.statusCode, problem.code, problem.status], [status, code, status], answer.body);
      assert.match(String(answer.headers['content-type']), /^application\/problem\+json/);
      if (title !== undefined) assert.equal(problem.title, title);
    }
  });
  test('has its words in three languages, with the same placeholders', () => {
    const placeholders = (text: string): string =>
      [...text.matchAll(/\{\w+\}/g)]
        .map(([name]) => name)
        .sort()
        .join();
    for (const [code, texts] of Object.entries(PROBLEM_TEXTS)) {
      assert.equal(new Set(LANGUAGES.map((language) => placeholders(texts[language]))).size, 1, code);
      assert.ok(
        LANGUAGES.every((language) => texts[language].length > 3),
        code,
      );
    }
  });
});

describe('the language of an answer', () => {
  test('follows Accept-Language by its weights', () => {
    const cases = [
      ['zh-HK', 'zh-Hant'],
      ['zh', 'zh-Hans'],
      ['zh-Hans-HK;q=0.9, en;q=0.8', 'zh-Hans'],
      ['fr, zh-TW;q=0.5', 'zh-Hant'],
      ['en;q=0.2, zh-CN', 'zh-Hans'],
      ['de', 'en'],
    ] as const;
    for (const [header, language] of cases) assert.equal(acceptedLanguage(header), language, header);
  });
});

describe('the server', () => {
  test('answers health without a log-in', async () => {
    assert.equal((await app.inject('/api/health')).statusCode, 200);
  });
  test('stops guessing of passwords', async () => {
    const limited = await serverOf(house, { rateLimits: true });
    const guess = () =>
      limited.inject({
        method: 'POST',
        url: '/api/session',
        payload: { insurer: 'harbour', email: 'manager@harbour.example', password: 'guess' },
      });
    const codes: number[] = [];
    let last = await guess();
    for (let i = 0; i < 11; i += 1) codes.push((last = await guess()).statusCode);
    assert.equal(codes.at(-1), 429);
    assert.match(last.json<{ title: string }>().title, /wait \d+ seconds/);
    assert.equal((await limited.inject('/api/health')).statusCode, 200);
    await limited.close();
  });
  test('sends a content security policy with a nonce of its own for every answer', async () => {
    const policies = await Promise.all(
      [1, 2].map(async () => String((await app.inject('/api/health')).headers['content-security-policy'])),
    );
    assert.match(policies[0] ?? '', /script-src 'self' 'nonce-[\w+/]{22}=='/);
    assert.doesNotMatch(policies[0] ?? '', /unsafe/);
    assert.notEqual(policies[0], policies[1]);
  });
  test('describes every address of the API in OpenAPI 3.1', async () => {
    const document = (await app.inject('/api/docs/json')).json<{
      openapi: string;
      paths: Record<string, object>;
      components: { securitySchemes: object };
    }>();
    assert.equal(document.openapi, '3.1.0');
    assert.deepEqual(Object.keys(document.components.securitySchemes), ['cookie', 'api_key']);
    const described = new Set(Object.keys(document.paths));
    const missing = app.routeList
      .map(({ url }) => url.replace(/:(\w+)/g, '{$1}'))
      .filter((url) => url.startsWith('/api/') && !url.startsWith('/api/docs') && !described.has(url));
    assert.deepEqual(missing, []);
  });
  test('writes an amount as a JSON integer of minor units', async () => {
    const client = await logIn(app, 'harbour', 'manager');
    const bill = (await client.get(`/api/bills/${insurer.bills[0]}?holder_id=${insurer.holders[0]}`)).json<{
      bill: { amount_minor: unknown };
    }>();
    assert.equal(bill.bill.amount_minor, 120_120);
  });
});
