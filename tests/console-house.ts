/** The built console over a small insurer, and a browser to look at it. Used by tests only. */

import { type Browser } from 'playwright-core';
import { buildConsole } from '../scripts/build-console.ts';
import { openHouse, seedInsurer, serverOf, type TestHouse, type TestInsurer } from '../src/api/fixture.ts';
import { launchBrowser } from './browser.ts';

export type ConsoleHouse = { readonly house: TestHouse; readonly insurer: TestInsurer; readonly origin: string; readonly browser: Browser; readonly close: () => Promise<void> };

export async function openConsole(): Promise<ConsoleHouse> {
  const { directory } = await buildConsole();
  const house = await openHouse();
  const insurer = await seedInsurer(house.database, 'harbour', '');
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
