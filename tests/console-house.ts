/** The built console over a small insurer, and a browser to look at it. Used by tests only. */

import { type Browser } from 'playwright-core';
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
