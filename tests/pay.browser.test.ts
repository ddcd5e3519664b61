/** A holder on a phone: from the link in the message to the receipt in three taps. Product and provider share one port, as under `npm start`. */

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type FastifyInstance } from 'fastify';
import { type Browser } from 'playwright-core';
import { openSandboxProvider, SANDBOX_PREFIX, type SandboxProvider } from '../simulator/provider/index.ts';
import { buildServer } from '../src/api/index.ts';
import { LANGUAGES, type Language } from '../src/kernel/index.ts';
import { payLinkToken, paymentSettings } from '../src/payments/index.ts';
import { aPolicy, auditOf, openBooks, type Books, type Policy, type SomePolicy } from '../src/payments/fixture.ts';
import { fitsWidth, launchBrowser, lowContrast, openPage, smallTargets } from './browser.ts';

const SECRET = randomBytes(32);
const PHONE = { width: 390 } as const;
const PAGE_BYTES_MAX = 100_000;
let books: Books;
let provider: SandboxProvider;
let app: FastifyInstance;
let browser: Browser;
let origin = '';

before(async () => {
  books = await openBooks();
  const port = await freePort();
  const payments = paymentSettings(SECRET, `http://127.0.0.1:${port}${SANDBOX_PREFIX}`);
  provider = await openSandboxProvider({ database: books.database, apiKey: payments.sandbox.apiKey, webhookSecret: payments.sandbox.webhookSecret, webhookUrl: () => `${origin}/api/webhooks/sandbox` });
  app = await buildServer({
    database: books.database, dataDirectory: '/nonexistent', secret: SECRET, clock: ({ clockOffsetMs }) => ({ now: () => Date.now() + clockOffsetMs }), consoleDirectory: '/nonexistent',
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

const somePolicy = (some: SomePolicy = {}): Promise<Policy> => books.in((tx) => aPolicy(tx, books.insurerId, some));
const linkOf = ({ holderId, bills }: Policy): string =>
  `${origin}/pay/${payLinkToken(SECRET, { insurerId: books.insurerId, holderId, billId: bills[0]!, contactId: null, expiresAt: Date.now() + 86_400_000 })}`;

const WORDS: Readonly<Record<Language, { pay: RegExp; confirm: string; fail: string; receipt: RegExp; failed: RegExp }>> = {
  en: { pay: /^Pay with FPS/, confirm: 'Confirm payment', fail: 'Let the payment fail', receipt: /You paid HK\$1,201\.20/, failed: /No money was taken/ },
  'zh-Hans': { pay: /^用转数快缴费/, confirm: '确认付款', fail: '模拟付款失败', receipt: /已收到您缴纳的 HK\$1,201\.20/, failed: /未扣取任何款项/ },
  'zh-Hant': { pay: /^以轉數快繳費/, confirm: '確認付款', fail: '模擬付款失敗', receipt: /已收到您繳付的 HK\$1,201\.20/, failed: /未扣取任何款項/ },
};
/** `INFORCE_PICTURES=folder` keeps a picture of every page. */
const PICTURES = process.env['INFORCE_PICTURES'];

describe('paying on a phone', () => {
  for (const language of LANGUAGES) {
    test(`takes three taps from the link to the receipt (${language})`, { timeout: 60_000 }, async () => {
      const policy = await somePolicy({ language });
      const { page, context, refused, complaints } = await openPage(browser, { ...PHONE, language });
      const sizes: number[] = [];
      page.on('response', (response) => {
        if (response.status() === 200) void response.body().then((body) => sizes.push(body.length), () => {});
      });
      const look = async (name: string): Promise<void> => {
        assert.ok(await fitsWidth(page), name);
        assert.deepEqual([await smallTargets(page), await lowContrast(page)], [[], []], name);
        if (PICTURES !== undefined) {
          fs.mkdirSync(PICTURES, { recursive: true });
          await page.screenshot({ path: path.join(PICTURES, `pay-${language}-${name}.png`), fullPage: true });
        }
      };
      const words = WORDS[language];
      const started = performance.now();
      // The first tap, in the message.
      await page.goto(linkOf(policy));
      await look('1-bill');
      await page.getByRole('button', { name: words.pay }).tap();
      await page.getByRole('button', { name: words.confirm }).waitFor();
      await look('2-provider');
      await page.getByRole('button', { name: words.confirm }).tap();
      await page.getByText(words.receipt).first().waitFor();
      assert.ok(performance.now() - started < 45_000);
      await look('3-receipt');
      assert.match(page.url(), /\/done\?/);
      assert.deepEqual([refused, complaints], [[], []]);
      assert.ok(sizes.length >= 3 && Math.max(...sizes) < PAGE_BYTES_MAX, sizes.join());
      await page.reload();
      await page.getByText(words.receipt).first().waitFor();
      await context.close();
      const [bill] = await books.in((tx) => tx`select state, paid_by from bills where bill_id = ${policy.bills[0]!}`);
      assert.deepEqual({ ...bill }, { state: 'paid', paid_by: 'fps' });
      assert.deepEqual(await auditOf(books), []);
    });
    test(`that fails says that no money was taken, and can be tried again (${language})`, { timeout: 60_000 }, async () => {
      const policy = await somePolicy({ language });
      const { page, context } = await openPage(browser, { ...PHONE, language, javaScript: false, dark: true });
      const words = WORDS[language];
      await page.goto(linkOf(policy));
      await page.getByRole('button', { name: words.pay }).tap();
      await page.getByRole('button', { name: words.fail }).tap();
      await page.getByText(words.failed).first().waitFor();
      if (PICTURES !== undefined) await page.screenshot({ path: path.join(PICTURES, `pay-${language}-4-failed.png`), fullPage: true });
      await page.getByRole('button', { name: words.pay }).tap();
      await page.getByRole('button', { name: words.confirm }).tap();
      await page.getByText(words.receipt).first().waitFor();
      await context.close();
    });
  }
  test('left at the provider comes back to the bill, unpaid', { timeout: 60_000 }, async () => {
    const policy = await somePolicy({ language: 'en' });
    const { page, context } = await openPage(browser, PHONE);
    await page.goto(linkOf(policy));
    await page.getByRole('button', { name: WORDS.en.pay }).tap();
    await page.getByRole('button', { name: 'Cancel' }).tap();
    await page.getByRole('button', { name: WORDS.en.pay }).waitFor();
    await context.close();
  });
});

async function freePort(): Promise<number> {
  const { createServer } = await import('node:net');
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
