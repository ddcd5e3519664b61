/**
 * `npm run pictures [-- --out FOLDER] [-- --only TEXT] [-- --origin URL]`: a picture of every page of the console and of the portal’s pay page, on a desk and on a phone, light
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
const LOOKS = [
  { name: 'desk-en', look: { width: 1280, language: 'en' } },
  { name: 'desk-zh-Hant-dark', look: { width: 1280, language: 'zh-Hant', dark: true } },
  { name: 'phone-zh-Hans', look: { width: 390, language: 'zh-Hans' } },
  { name: 'phone-en-dark', look: { width: 390, language: 'en', dark: true } },
] as const satisfies readonly { readonly name: string; readonly look: Look }[];
const PAGES = [
  '/', '/holders', '/holders/1', '/actions', '/calls', '/promises', '/disputes', '/hand-overs', '/bills', '/payments', '/ledger', '/delivery', '/inbox', '/rules?market=HK', '/gate',
  '/strategies', '/dashboard', '/dashboard?part=paying', '/dashboard?part=targets', '/dashboard?part=results', '/dashboard?part=ahead', '/dashboard?part=cost', '/meeting', '/quote', '/segments', '/segments?open=new', '/segments/1', '/segments/3', '/import', '/connections', '/jobs', '/people', '/design',
] as const;

const { values: options } = parseArgs({ options: { out: { type: 'string', default: path.join(ROOT, 'pictures') }, only: { type: 'string' }, origin: { type: 'string' } } });

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
  for (const { name, look } of LOOKS) {
    const { page, context } = await openPage(browser, look);
    await page.goto(origin);
    await page.getByRole('button', { name: /Mei Chan/ }).click();
    await page.getByRole('navigation').first().waitFor();
    for (const address of PAGES.filter((one) => options.only === undefined || one.includes(options.only))) {
      await page.goto(origin + address);
      await settled(page);
      const file = `${address === '/' ? 'today' : address.slice(1).replaceAll(/\W+/g, '-')}.${name}.png`;
      await page.screenshot({ path: path.join(options.out, file), fullPage: true });
      taken += 1;
    }
    await context.close();
  }
  return taken;
}

/** What is loading says so; charts draw a moment later. */
async function settled(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).first().waitFor({ timeout: 30_000 });
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
