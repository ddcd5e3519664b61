/**
 * A house in which days can be played without `npm start`: the product's server, the provider, mailboxes and a mobile operator, on free ports of
 * this machine. Links in messages name the address at which people will look for them later.
 */

import { buildServer } from '../src/api/index.ts';
import { runCycle, rulePacks } from '../src/cycle/index.ts';
import { type Database, freePort, readSecret } from '../src/database/index.ts';
import { ok } from '../src/kernel/index.ts';
import { deliverDue, followChannels, openChannels } from '../src/outreach/index.ts';
import { paymentSettings } from '../src/payments/index.ts';
import { allInsurers, clockOf, insurerById } from '../src/portfolio/index.ts';
import { inboxPlugin, startInbox } from './inbox/index.ts';
import { type PlayWorld } from './play/play-days.ts';
import { openSandboxProvider } from './provider/index.ts';

export type PlayHouse = PlayWorld & { readonly close: () => Promise<void> };

const PORT_DEFAULT = 4800;

export async function openPlayHouse(database: Database, dataDirectory: string): Promise<PlayHouse> {
  const secret = readSecret(dataDirectory);
  const origin = `http://127.0.0.1:${await freePort()}`;
  const payments = paymentSettings(secret, `${origin}/sandbox-provider`);
  const inbox = await startInbox({ database });
  const channels = openChannels({ smtpUrl: inbox.smtpUrl, smppUrl: inbox.smppUrl });
  const following = followChannels({ database, channels, insurers: () => allInsurers(database), now: (insurer) => clockOf(insurer).now() });
  const provider = await openSandboxProvider({ database, apiKey: payments.sandbox.apiKey, webhookSecret: payments.sandbox.webhookSecret, webhookUrl: () => `${origin}/api/webhooks/sandbox` });
  const app = await buildServer({ database, secret, dataDirectory, clock: clockOf, consoleDirectory: '', payments, plugins: [provider.plugin, inboxPlugin({ database })] });
  await app.listen({ host: '127.0.0.1', port: Number(new URL(origin).port) });
  return {
    database, origin, reply: inbox.reply,
    cycle: async (insurer, date) => {
      const ran = await runCycle(database, insurer, { businessDate: date });
      return ran.ok ? ok(null) : ran;
    },
    deliver: async (insurer) => {
      const current = await insurerById(database, insurer.insurerId);
      return deliverDue({
        database, insurer: current.ok ? current.value : insurer, packs: rulePacks(), channels, secret, dataDirectory, clock: clockOf(insurer),
        origin: process.env['INFORCE_URL'] ?? `http://localhost:${process.env['PORT'] ?? PORT_DEFAULT}`,
      });
    },
    close: async () => {
      await following.close();
      await channels.close();
      await app.close();
      await inbox.close();
    },
  };
}
