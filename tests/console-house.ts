/** The built console over a small insurer, and a browser to look at it. Used by tests only. */

import { type Browser, type Page } from 'playwright-core';
import { buildConsole } from '../scripts/build-console.ts';
import { NOW, openHouse, seedInsurer, serverOf, type TestHouse, type TestInsurer } from '../src/api/fixture.ts';
import { inInsurer } from '../src/database/index.ts';
import { countChanged } from '../src/insight/index.ts';
import { expectOk, localDate } from '../src/kernel/index.ts';
import { addSegment, segmentConditions } from '../src/portfolio/index.ts';
import { launchBrowser } from './browser.ts';

export type ConsoleHouse = { readonly house: TestHouse; readonly insurer: TestInsurer; readonly origin: string; readonly browser: Browser; readonly close: () => Promise<void> };

export async function openConsole(): Promise<ConsoleHouse> {
  const { directory } = await buildConsole();
  const house = await openHouse();
  const insurer = await seedInsurer(house.database, 'harbour', '');
  // One that is counted, so that its page has figures.
  await inInsurer(house.database.app, insurer.insurerId, async (tx) => {
    expectOk(await addSegment(tx, { insurerId: insurer.insurerId, name: 'Mei Chan', at: NOW }, { name: 'Late before', conditions: segmentConditions.parse({ tiers: ['medium_high', 'high'], markets: ['CN', 'DE'] }) }));
    await countChanged(tx, insurer.insurerId, localDate(NOW, 'Asia/Hong_Kong'));
  });
  const app = await serverOf(house, { consoleDirectory: directory });
  const origin = await app.listen({ port: 0, host: '127.0.0.1' });
  const browser = await launchBrowser();
  return {
    house, insurer, origin, browser,
    close: async () => {
      await browser.close();
      await app.close();
      await house.close();
    },
  };
}

/** Shows what loading looks like, for ever. */
const SAMPLES = '/design';

/** Goes to another page of the console as a link would, without loading it anew, and waits until it is there and has its data. */
export async function go(page: Page, address: string): Promise<void> {
  await page.locator('main h1').first().waitFor();
  const elsewhere = await page.evaluate(async (to) => {
    if (location.pathname + location.search === to) return false;
    // The same page with other words in its address keeps its title.
    const other = new URL(to, location.href).pathname !== location.pathname;
    if (other) document.querySelector('main h1')?.setAttribute('data-left', '');
    history.pushState({}, '', to);
    for (const frame of [1, 2]) await new Promise((drawn) => { requestAnimationFrame(() => drawn(frame)); });
    return other;
  }, address);
  if (elsewhere) await page.locator('main h1:not([data-left])').first().waitFor();
  // An open stream of events keeps the line from ever being idle: what is loading says so itself.
  if (address !== SAMPLES) await page.locator('main [aria-busy="true"]').first().waitFor({ state: 'detached' });
}
