/**
 * `npm run pictures [-- --out FOLDER] [-- --only TEXT] [-- --look TEXT] [-- --origin URL]`: a picture of every page of the console and of the portal’s pay page, on a desk and on a phone, light
 * and dark, in Chinese and English. Without `--origin` a small demonstration is started for it and cleared away afterwards.
 */

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type Browser, type Page } from 'playwright-core';
import { freePort } from '../src/database/index.ts';
import { launchBrowser, type Look, openPage } from '../tests/browser.ts';

const ROOT = path.join(import.meta.dirname, '..');
const POLICIES = '1500';
const PANEL_HEIGHT_MAX = 6_000;
/** The gallery of all words is a tall page, and the machine may be busy. */
const PICTURE_TIMEOUT_MS = 60_000;
const LOOKS = [
  { name: 'desk-en', look: { width: 1280, language: 'en' } },
  { name: 'desk-zh-Hant-dark', look: { width: 1280, language: 'zh-Hant', dark: true } },
  { name: 'phone-zh-Hans', look: { width: 390, language: 'zh-Hans' } },
  { name: 'phone-en-dark', look: { width: 390, language: 'en', dark: true } },
] as const satisfies readonly { readonly name: string; readonly look: Look }[];
const PAGES = [
  '/', '/holders', '/holders/1', '/actions', '/calls', '/promises', '/relief', '/disputes', '/hand-overs', '/bills', '/bill-review', '/bill-review?part=sample', '/bill-review?part=figures', '/payments', '/suspense', '/suspense?part=refunds', '/groups', '/producers', '/groups?open=new', '/approvals', '/ledger', '/delivery', '/inbox', '/rules?market=HK', '/gate',
  '/strategies', '/strategies?open=1', '/strategies?open=new', '/bill-designs', '/bill-designs?edit=cover-first', '/fees', '/fees?part=discounts', '/fees?part=points', '/dashboard', '/dashboard?part=paying', '/dashboard?part=targets', '/dashboard?part=results', '/dashboard?part=ahead', '/dashboard?part=forecast',
  '/dashboard?part=cost', '/dashboard?part=data', '/meeting', '/quote', '/segments', '/segments?open=new', '/segments/1', '/segments/3', '/import', '/connections', '/jobs', '/people', '/design',
  '/my/harbour',
] as const;
/** What no fixed address shows: beside a list its first row, and on top of a page what a button opens. */
const OPENED: readonly { readonly name: string; readonly address: string; readonly open: (page: Page) => Promise<void> }[] = [
  { name: 'bills-open', address: '/bills', open: firstRow },
  { name: 'bill-review-open', address: '/bill-review', open: firstRow },
  { name: 'bills-put-right', address: '/bills', open: putRight },
  { name: 'disputes-open', address: '/disputes', open: firstRow },
  { name: 'actions-open', address: '/actions', open: firstRow },
  { name: 'policy-due-day', address: '/holders/1', open: (page) => tryChange(page, '?kind=due_day&day=20') },
  { name: 'policy-ends', address: '/holders/1', open: (page) => tryChange(page, '?kind=cancellation&on=2026-12-15') },
  { name: 'pay', address: '/inbox', open: openPayLink },
  { name: 'ledger-close', address: '/ledger', open: (page) => press(page, /^(?:Close to|关账至|關帳至)/) },
];

const { values: options } = parseArgs({ options: { out: { type: 'string', default: path.join(ROOT, 'pictures') }, only: { type: 'string' }, look: { type: 'string' }, origin: { type: 'string' } } });

/** A demonstration of its own; returns its address and how it is ended. */
async function startDemo(): Promise<{ origin: string; end: () => Promise<void> }> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'inforce-pictures-'));
  fs.chmodSync(folder, 0o755);
  const port = await freePort();
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', path.join(ROOT, 'scripts', 'start.ts')], {
    cwd: ROOT, env: { ...process.env, INFORCE_DATA: folder, PORT: String(port), INFORCE_DEMO_POLICIES: POLICIES }, stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (data: Buffer) => { if (data.toString().includes('Ctrl-C stops everything.')) resolve(); });
    child.once('exit', () => reject(new Error('the demonstration did not start')));
  });
  return {
    origin: `http://localhost:${port}`,
    end: async () => {
      child.kill('SIGINT');
      await ended;
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function takeAll(browser: Browser, origin: string): Promise<number> {
  let taken = 0;
  for (const { name, look } of LOOKS.filter((one) => options.look === undefined || one.name.includes(options.look))) {
    const { page, context } = await openPage(browser, look);
    await page.goto(origin);
    await page.getByRole('button', { name: /Mei Chan/ }).click();
    await page.getByRole('navigation').first().waitFor();
    for (const address of PAGES.filter((one) => options.only === undefined || one.includes(options.only))) {
      await page.goto(origin + address);
      await settled(page);
      await take(page, `${address === '/' ? 'today' : address.slice(1).replaceAll(/\W+/g, '-')}.${name}`);
      taken += 1;
    }
    for (const opened of OPENED.filter((one) => options.only === undefined || one.name.includes(options.only))) {
      await page.goto(origin + opened.address);
      await settled(page);
      // What a small book does not have is no picture.
      if (!await opened.open(page).then(() => true, () => false)) continue;
      await settled(page);
      await take(page, `${opened.name}.${name}`);
      taken += 1;
    }
    await context.close();
  }
  return taken;
}

/** All of it: for a panel, which scrolls by itself, the window grows until nothing is left to scroll. */
async function take(page: Page, name: string): Promise<void> {
  const seen = page.viewportSize() ?? { width: 1280, height: 800 };
  const height = await page.evaluate(() => Math.max(0, ...[...document.querySelectorAll('[role=dialog], [role=dialog] *')].filter((one) => getComputedStyle(one).overflowY === 'auto').map((one) => one.scrollHeight)));
  if (height > seen.height) await page.setViewportSize({ width: seen.width, height: Math.min(height + 80, PANEL_HEIGHT_MAX) });
  await page.waitForTimeout(height > seen.height ? 200 : 0);
  await page.screenshot({ path: path.join(options.out, `${name}.png`), fullPage: true, timeout: PICTURE_TIMEOUT_MS });
  await page.setViewportSize(seen);
}

async function firstRow(page: Page): Promise<void> {
  await page.locator('main tbody').last().locator('tr').first().locator('td:visible:not([class*=tick])').first().click({ timeout: 2_000 });
  await page.getByRole('dialog').first().waitFor();
  await page.getByRole('dialog').locator('[aria-busy="true"]').first().waitFor({ state: 'detached' }).catch(() => {});
}

/** With another premium, so that it shows what that would do. */
async function putRight(page: Page): Promise<void> {
  await firstRow(page);
  await press(page, /^(?:Put this bill right|更正账单|更正帳單)$/);
  await page.getByRole('dialog').locator('form input').first().fill('1000');
}

/** A change of the first policy, as if it were tried out. */
async function tryChange(page: Page, search: string): Promise<void> {
  const address = await page.locator('main a[href*="/policies/"]').first().getAttribute('href', { timeout: 2_000 });
  await page.goto(new URL(`${address ?? ''}${search}`, page.url()).href);
  await page.getByRole('heading', { level: 2 }).nth(3).waitFor();
}

async function openPayLink(page: Page): Promise<void> {
  const link = /\/pay\/[\w.-]+/.exec(await page.locator('main').innerHTML())?.[0];
  if (link !== undefined) await page.goto(new URL(link, page.url()).href);
}

const press = (page: Page, name: RegExp): Promise<void> => page.getByRole('button', { name }).first().click();

/** What is loading says so; charts draw a moment later. */
async function settled(page: Page): Promise<void> {
  await page.getByRole('heading').first().waitFor({ timeout: 30_000 });
  if (!page.url().endsWith('/design')) await page.locator('main [aria-busy="true"]').first().waitFor({ state: 'detached' }).catch(() => {});
  await page.waitForTimeout(700);
}

fs.mkdirSync(options.out, { recursive: true });
const demo = options.origin === undefined ? await startDemo() : { origin: options.origin, end: async () => {} };
const browser = await launchBrowser();
try {
  console.log(`${await takeAll(browser, demo.origin)} pictures in ${path.relative(process.cwd(), options.out)}`);
} finally {
  await browser.close();
  await demo.end();
}
