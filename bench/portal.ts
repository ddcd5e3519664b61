/**
 * The pay page on a poor phone: a real browser behind Lighthouse's "slow 4G" (1.6 Mbit/s down, 0.75 up, 150 ms) with a processor four times slower. Bytes of everything
 * that the page asks for, when something is seen, when it can be used, and the way from the link to the receipt: taps and seconds.
 */

import { type Browser, type Page } from 'playwright-core';
import { simulate } from '../simulator/index.ts';
import { openSandboxProvider, SANDBOX_PREFIX } from '../simulator/provider/index.ts';
import { buildServer } from '../src/api/index.ts';
import { freePort, inInsurer, readSecret } from '../src/database/index.ts';
import { expectOk, seededRandom, type BillId, type HolderId } from '../src/kernel/index.ts';
import { payLinkToken, paymentSettings } from '../src/payments/index.ts';
import { clockOf, insurerByCode } from '../src/portfolio/index.ts';
import { launchBrowser } from '../tests/browser.ts';
import { inBenchHouse, type BenchHouse } from './house.ts';

const POLICIES = 300;
/** The median of so many visits, each by a browser that has seen nothing before. */
const VISITS = 5;
const PHONE = { width: 390, height: 844 } as const;
const SLOW_4G = { offline: false, latency: 150, downloadThroughput: (1.6 * 1024 * 1024) / 8, uploadThroughput: (750 * 1024) / 8 } as const;
const CPU_SLOWDOWN = 4;
const WAIT_MS = 30_000;
const MS_PER_DAY = 86_400_000;
const MS_PER_S = 1_000;
/** What a holder may be asked for. */
const LIMITS = { bytes: 100_000, first_paint_ms: 1_500, usable_ms: 2_500, taps: 3, seconds: 45 } as const;
type Figure = keyof typeof LIMITS;
type Figures = Record<Figure, number>;

export function run({ seed }: { seed: number; args: readonly string[] }): Promise<{ figures: Record<string, number> }> {
  return inBenchHouse((house) => measure(house, seed));
}

async function measure({ database, dataDirectory }: BenchHouse, seed: number): Promise<{ figures: Figures }> {
  expectOk(await simulate(database, { code: 'bench', policies: POLICIES, seed }));
  const insurer = expectOk(await insurerByCode(database, 'bench'));
  const secret = readSecret(dataDirectory);
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const payments = paymentSettings(secret, `${origin}${SANDBOX_PREFIX}`);
  const provider = await openSandboxProvider({ database, apiKey: payments.sandbox.apiKey, webhookSecret: payments.sandbox.webhookSecret, webhookUrl: () => `${origin}/api/webhooks/sandbox` });
  const app = await buildServer({ database, secret, dataDirectory, clock: clockOf, consoleDirectory: '', payments, plugins: [provider.plugin], rateLimits: false });
  let browser: Browser | null = null;
  try {
    await app.listen({ port, host: '127.0.0.1' });
    browser = await launchBrowser();
    const bills = await inInsurer(database.app, insurer.insurerId, (tx) => tx<{ holder_id: HolderId; bill_id: BillId }[]>`
      select holder_id, bill_id from bills where state = 'open' and not disputed and not in_flight order by bill_id limit 200`);
    const random = seededRandom(seed);
    const chosen = bills.map((bill) => ({ bill, at: random.next() })).sort((a, b) => a.at - b.at).slice(0, VISITS + 1).map(({ bill }) => bill);
    const visits: Figures[] = [];
    for (const { holder_id: holderId, bill_id: billId } of chosen) {
      const token = payLinkToken(secret, { insurerId: insurer.insurerId, holderId, billId, contactId: null, expiresAt: clockOf(insurer).now() + MS_PER_DAY });
      visits.push(await visit(browser, `${origin}/pay/${token}`));
    }
    // The first one compiles the server's code; a holder comes to a server that runs.
    const figures = medians(visits.slice(1));
    print(figures);
    return { figures };
  } finally {
    await browser?.close();
    await app.close();
    await provider.close();
  }
}

/** One phone, from the tap on the link in the message to the receipt. */
async function visit(browser: Browser, link: string): Promise<Figures> {
  const context = await browser.newContext({ viewport: PHONE, screen: PHONE, deviceScaleFactor: 2, isMobile: true, hasTouch: true, locale: 'en-GB' });
  try {
    context.setDefaultTimeout(WAIT_MS);
    const page = await context.newPage();
    const devtools = await context.newCDPSession(page);
    await devtools.send('Network.enable');
    await devtools.send('Network.emulateNetworkConditions', SLOW_4G);
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: CPU_SLOWDOWN });
    let bytes = 0;
    devtools.on('Network.loadingFinished', ({ encodedDataLength }) => { bytes += encodedDataLength; });
    const started = performance.now();
    let taps = 1;
    await page.goto(link, { waitUntil: 'load' });
    const times = await timesOf(page);
    const pageBytes = bytes;
    const tap = async (selector: string): Promise<void> => {
      taps += 1;
      await Promise.all([page.waitForEvent('load'), page.locator(selector).first().tap()]);
    };
    await tap('button.main');
    await tap('button.main');
    await page.locator('.tick').waitFor();
    return { bytes: pageBytes, ...times, taps, seconds: (performance.now() - started) / MS_PER_S };
  } finally {
    await context.close();
  }
}

/** From the start of the navigation: first contentful paint, and when the main button is there and the page has nothing left to do. */
const timesOf = (page: Page): Promise<{ first_paint_ms: number; usable_ms: number }> => page.evaluate(async () => {
  const paint = await new Promise<number>((resolve) => {
    const look = (): void => {
      const entry = performance.getEntriesByName('first-contentful-paint')[0];
      if (entry === undefined) requestAnimationFrame(look);
      else resolve(entry.startTime);
    };
    look();
  });
  const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  const button = document.querySelector<HTMLButtonElement>('button.main');
  if (navigation === undefined || button === null || button.disabled) throw new Error('the page has no button to pay with');
  return { first_paint_ms: paint, usable_ms: Math.max(paint, navigation.loadEventEnd, navigation.domContentLoadedEventEnd) };
});

function medians(visits: readonly Figures[]): Figures {
  const median = (figure: Figure, decimals: number): number => {
    const sorted = visits.map((one) => one[figure]).sort((a, b) => a - b);
    return Number((sorted[Math.floor(sorted.length / 2)] ?? Number.NaN).toFixed(decimals));
  };
  return { bytes: median('bytes', 0), first_paint_ms: median('first_paint_ms', 0), usable_ms: median('usable_ms', 0), taps: median('taps', 0), seconds: median('seconds', 1) };
}

function print(figures: Figures): void {
  console.log(`${VISITS} visits, median; slow 4G (1.6 Mbit/s, 150 ms), processor ${CPU_SLOWDOWN} times slower, ${PHONE.width} px`);
  console.log(`${'what'.padEnd(16)}${'measured'.padStart(10)}${'limit'.padStart(10)}`);
  for (const [name, limit] of Object.entries(LIMITS) as [Figure, number][]) {
    console.log(`${name.padEnd(16)}${String(figures[name]).padStart(10)}${String(limit).padStart(10)}  ${figures[name] <= limit ? 'met' : 'MISSED'}`);
  }
}
