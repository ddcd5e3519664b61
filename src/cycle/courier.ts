/** Delivers what is due while it runs: messages leave when their moment has come by their insurer's clock, and what comes back is written down. */

import { type Database } from '../database/index.ts';
import { type Channels, deliverDue, followChannels, settleInterrupted } from '../outreach/index.ts';
import { allInsurers, clockOf, type Insurer } from '../portfolio/index.ts';
import { rulePacks } from './run.ts';

/** A message is late by at most so much; looking costs one index look-up for each insurer. */
const LOOK_MS = 2_000;

export type CourierSettings = {
  readonly channels: Channels;
  /** Signs pay links. */
  readonly secret: Buffer;
  /** Where holders open links: `https://pay.example.com`. */
  readonly origin: string;
  /** Print files of letters go there. */
  readonly dataDirectory: string;
};
export type Courier = { readonly stop: () => Promise<void> };

/** Any number of couriers may run; each contact is claimed by one. */
export async function startCourier(database: Database, settings: CourierSettings): Promise<Courier> {
  for (const insurer of await allInsurers(database)) await settleInterrupted({ database, insurer, clock: clockOf(insurer) });
  const following = followChannels({ database, channels: settings.channels, insurers: () => allInsurers(database), now: (insurer) => clockOf(insurer).now() });
  const stop = new AbortController();
  const running = rounds(database, settings, stop.signal);
  return {
    stop: async () => {
      stop.abort();
      await running;
      await following.close();
      await settings.channels.close();
    },
  };
}

async function rounds(database: Database, settings: CourierSettings, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      for (const insurer of await allInsurers(database)) await deliver(database, settings, insurer, signal);
    } catch {
      // The database is away for a moment; what was claimed is settled when it is back.
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, LOOK_MS);
      signal.addEventListener('abort', () => { clearTimeout(timer); resolve(); }, { once: true });
    });
  }
}

async function deliver(database: Database, { channels, secret, origin, dataDirectory }: CourierSettings, insurer: Insurer, until: AbortSignal): Promise<void> {
  await settleInterrupted({ database, insurer, clock: clockOf(insurer) });
  await deliverDue({ database, insurer, packs: rulePacks(), channels, secret, origin, dataDirectory, clock: clockOf(insurer) }, { until });
}
