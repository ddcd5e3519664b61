/** A holder on a phone: from the link in the message to the receipt in three taps. Product and provider share one port, as under `npm start`. */

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type FastifyInstance } from 'fastify';
import { type Browser, type Locator, type Page } from 'playwright-core';
import { startInbox, type RunningInbox } from '../simulator/inbox/index.ts';
import { openSandboxProvider, SANDBOX_PREFIX, type SandboxProvider } from '../simulator/provider/index.ts';
import { buildServer } from '../src/api/index.ts';
import { freePort } from '../src/database/index.ts';
import { addDays, LANGUAGES, localDate, type Language } from '../src/kernel/index.ts';
import { payLinkToken, paymentSettings } from '../src/payments/index.ts';
import { aPolicy, auditOf, openBooks, type Books, type Policy, type SomePolicy, ZONE } from '../src/payments/fixture.ts';
import { accessibilityProblems, fitsWidth, launchBrowser, lowContrast, openPage, smallTargets } from './browser.ts';

const SECRET = randomBytes(32);
const PHONE = { width: 390 } as const;
const PAGE_BYTES_MAX = 100_000;
let books: Books;
let provider: SandboxProvider;
let inbox: RunningInbox;
let app: FastifyInstance;
let browser: Browser;
let origin = '';

before(async () => {
  books = await openBooks();
  inbox = await startInbox({ database: books.database });
  const port = await freePort();
  const payments = paymentSettings(SECRET, `http://127.0.0.1:${port}${SANDBOX_PREFIX}`);
  provider = await openSandboxProvider({ database: books.database, apiKey: payments.sandbox.apiKey, webhookSecret: payments.sandbox.webhookSecret, webhookUrl: () => `${origin}/api/webhooks/sandbox` });
  app = await buildServer({
    database: books.database, dataDirectory: '/nonexistent', secret: SECRET, clock: ({ clockOffsetMs }) => ({ now: () => Date.now() + clockOffsetMs }), consoleDirectory: '/nonexistent',
    payments, plugins: [provider.plugin], channels: { smtpUrl: inbox.smtpUrl, smppUrl: inbox.smppUrl },
  });
  origin = await app.listen({ port, host: '127.0.0.1' });
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  await app?.close();
  await inbox?.close();
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

/** Everything on it fits a phone, a finger and a weak eye. */
async function looksRight(page: Page, name: string): Promise<void> {
  assert.ok(await fitsWidth(page), name);
  assert.deepEqual([await smallTargets(page), await lowContrast(page), await accessibilityProblems(page, true)], [[], [], []], name);
  if (PICTURES === undefined) return;
  fs.mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: path.join(PICTURES, `${name}.png`), fullPage: true });
}
/** Taps and waits for the next page. */
const go = (page: Page, target: Locator): Promise<unknown> => Promise.all([page.waitForEvent('load'), target.tap()]);
const link = (page: Page, name: string | RegExp) => page.getByRole('link', { name });
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });

describe('instead of paying this one bill now', () => {
  const dueOn = addDays(localDate(Date.now(), ZONE), 5);
  test('several bills are paid at once, and how easy it was is said', { timeout: 60_000 }, async () => {
    const first = await somePolicy({ language: 'en', dueOn });
    const second = await somePolicy({ holderId: first.holderId, dueOn: addDays(dueOn, 9) });
    const { page, context, refused, complaints } = await openPage(browser, PHONE);
    await page.goto(linkOf(first));
    await looksRight(page, 'several-1-bill');
    await go(page, link(page, 'Pay 2 bills at once'));
    await looksRight(page, 'several-2-choose');
    await go(page, button(page, 'Show the total'));
    await page.getByText('HK$2,402.40').waitFor();
    await looksRight(page, 'several-3-total');
    await go(page, button(page, WORDS.en.pay));
    await go(page, button(page, WORDS.en.confirm));
    await page.getByText('You paid HK$2,402.40').first().waitFor();
    await looksRight(page, 'several-4-receipt');
    await page.getByRole('group', { name: /How easy/ }).getByText('5', { exact: true }).tap();
    await go(page, button(page, 'Send answer'));
    await page.getByText('Thank you for your answer').waitFor();
    await looksRight(page, 'several-5-thanks');
    await page.goto(linkOf(second));
    await page.getByText('You paid HK$2,402.40').first().waitFor();
    assert.deepEqual([refused, complaints], [[], []]);
    await context.close();
    assert.deepEqual(await auditOf(books), []);
  });
  test('a part is paid, and the page says what that means', { timeout: 60_000 }, async () => {
    const policy = await somePolicy({ language: 'zh-Hant', dueOn });
    const { page, context } = await openPage(browser, { ...PHONE, language: 'zh-Hant' });
    await page.goto(linkOf(policy));
    await go(page, link(page, '分次繳費'));
    await looksRight(page, 'part-1-choose');
    await page.getByText('其他金額，最少').tap();
    await page.getByLabel('其他金額（HKD）').fill('201.20');
    await go(page, button(page, '繼續'));
    await page.getByText('HK$1,000.00').waitFor();
    await looksRight(page, 'part-2-confirm');
    await go(page, button(page, WORDS['zh-Hant'].pay));
    await go(page, button(page, WORDS['zh-Hant'].confirm));
    await page.getByText('謝謝，已收到 HK$201.20').waitFor();
    await looksRight(page, 'part-3-rest');
    await context.close();
    assert.deepEqual(await auditOf(books), []);
  });
  test('another day is promised', { timeout: 60_000 }, async () => {
    const policy = await somePolicy({ language: 'zh-Hans', dueOn });
    const { page, context } = await openPage(browser, { ...PHONE, language: 'zh-Hans', dark: true });
    await page.goto(linkOf(policy));
    await go(page, link(page, '改天缴费'));
    await page.getByLabel('我会在此日期前缴费').selectOption({ index: 2 });
    await looksRight(page, 'later-1-choose');
    await go(page, button(page, '确认此日期'));
    await page.getByRole('heading', { name: '谢谢，已记录' }).waitFor();
    await looksRight(page, 'later-2-done');
    await context.close();
  });
});

describe('my policies', () => {
  test('open with a code that comes by message, lead to a bill, and close', { timeout: 60_000 }, async () => {
    const policy = await somePolicy({ language: 'en' });
    await books.in((tx) => tx`update holders set email = 'phone@mail.example' where holder_id = ${policy.holderId}`);
    const { page, context, refused, complaints } = await openPage(browser, PHONE);
    await page.goto(linkOf(policy));
    await go(page, link(page, 'My policies'));
    await looksRight(page, 'my-1-log-in');
    await page.getByLabel('Your telephone number or e-mail address').fill('phone@mail.example');
    await go(page, button(page, 'Send me a code'));
    await page.getByLabel('Code with six digits').fill(await codeFor(policy.holderId));
    await looksRight(page, 'my-2-code');
    await go(page, button(page, 'Log in'));
    await page.getByText('HL-HK-004410').first().waitFor();
    await looksRight(page, 'my-3-home');
    for (const room of ['Documents', 'Messages', 'How to reach me']) {
      await go(page, link(page, room));
      await page.getByRole('heading', { name: room === 'Documents' ? 'Receipts' : room }).waitFor();
      await looksRight(page, `my-4-${room}`);
    }
    await go(page, link(page, 'My policies'));
    await go(page, button(page, 'Pay HK$1,201.20'));
    await button(page, WORDS.en.pay).waitFor();
    await go(page, link(page, 'My policies'));
    await go(page, button(page, 'Log out'));
    await page.getByText('You are logged out').waitFor();
    assert.deepEqual([refused, complaints], [[], []]);
    await context.close();
  });
});

async function codeFor(holderId: number): Promise<string> {
  for (let tries = 0; tries < 100; tries += 1) {
    const [message] = await books.database.owner<{ text: string }[]>`select text from simulator.inbox where holder_id = ${holderId} order by message_id desc limit 1`;
    const code = /\b(\d{6})\b/.exec(message?.text ?? '')?.[1];
    if (code !== undefined) return code;
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
  return assert.fail('no code came');
}
