/** Money that comes in moves the open screens: a payment on the pay page, through the provider and its webhook, to Today and the holder's page without a reload. */

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { type FastifyInstance } from 'fastify';
import { type Browser } from 'playwright-core';
import { buildConsole } from '../scripts/build-console.ts';
import { openSandboxProvider, SANDBOX_PREFIX } from '../simulator/provider/index.ts';
import { buildServer } from '../src/api/index.ts';
import { freePort, inInsurer } from '../src/database/index.ts';
import { expectOk } from '../src/kernel/index.ts';
import { aPolicy, openBooks, type Books } from '../src/payments/fixture.ts';
import { payLinkToken, paymentSettings } from '../src/payments/index.ts';
import { registerUser } from '../src/service/index.ts';
import { launchBrowser, openPage } from './browser.ts';

const SECRET = randomBytes(32);
const PASSWORD = 'correct horse battery';
/** From the provider's confirmation to the figure on Today; a second on an idle machine, the tests share two cores. */
const MOVES_WITHIN_MS = 3_000;
let books: Books;
let app: FastifyInstance;
let browser: Browser;
let origin = '';

before(async () => {
  const { directory } = await buildConsole();
  books = await openBooks();
  const port = await freePort();
  const payments = paymentSettings(SECRET, `http://127.0.0.1:${port}${SANDBOX_PREFIX}`);
  const provider = await openSandboxProvider({ database: books.database, apiKey: payments.sandbox.apiKey, webhookSecret: payments.sandbox.webhookSecret, webhookUrl: () => `${origin}/api/webhooks/sandbox` });
  app = await buildServer({
    database: books.database, dataDirectory: '/nonexistent', secret: SECRET, clock: ({ clockOffsetMs }) => ({ now: () => Date.now() + clockOffsetMs }), consoleDirectory: directory,
    payments, plugins: [provider.plugin],
  });
  origin = await app.listen({ port, host: '127.0.0.1' });
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  await app?.close();
  await books?.close();
});

describe('an open screen', () => {
  test('shows a payment as soon as it is confirmed, without a reload', { timeout: 60_000 }, async () => {
    const policy = await books.in((tx) => aPolicy(tx, books.insurerId, { language: 'en' }));
    const { code } = await books.in(async (tx) => {
      expectOk(await registerUser(tx, books.insurerId, { email: 'mei@real.test', name: 'Mei Chan', role: 'manager', password: PASSWORD, language: 'en' }));
      const [insurer] = await tx<{ code: string }[]>`select code from insurers where insurer_id = ${books.insurerId}`;
      assert.ok(insurer);
      return insurer;
    });
    const { page: desk, context } = await openPage(browser, { width: 1280 });
    const loggedIn = await context.request.post(`${origin}/api/session`, { data: { insurer: code, email: 'mei@real.test', password: PASSWORD } });
    assert.equal(loggedIn.status(), 200);
    await desk.goto(origin);
    const cash = desk.locator('section', { hasText: 'Cash today' }).first();
    await cash.getByText('0 payments').waitFor();
    const beside = await context.newPage();
    await beside.goto(`${origin}/holders/${policy.holderId}`);
    await beside.getByText(/was due on|due on/).first().waitFor();

    const phone = await openPage(browser, { width: 390, language: 'en' });
    await phone.page.goto(`${origin}/pay/${payLinkToken(SECRET, { insurerId: books.insurerId, holderId: policy.holderId, billId: policy.bills[0]!, contactId: null, expiresAt: Date.now() + 86_400_000 })}`);
    await phone.page.getByRole('button', { name: /^Pay with FPS/ }).tap();
    await phone.page.getByRole('button', { name: 'Confirm payment' }).waitFor();
    const started = performance.now();
    await phone.page.getByRole('button', { name: 'Confirm payment' }).tap();
    await cash.getByText('1 payment', { exact: true }).waitFor();
    const milliseconds = performance.now() - started;
    await cash.getByText('HK$1,201.20').waitFor();
    await beside.getByText('Bill paid').first().waitFor();
    assert.ok(milliseconds < MOVES_WITHIN_MS, `${milliseconds.toFixed(0)} ms`);
    await phone.context.close();
    await context.close();
    const [booked] = await inInsurer(books.database.app, books.insurerId, (tx) => tx<{ n: number }[]>`select count(*)::int as n from postings where source_kind = 'payment'`);
    assert.ok((booked?.n ?? 0) > 0);
  });
});
