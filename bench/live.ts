/**
 * A payment on its way to open screens: 200 webhooks a second for 60 seconds (`--rate`, `--for`), 50 dashboards that listen and read Today again when they are told to, at
 * 120,000 policies (`--policies`; bills leave on their holders’ days, so fewer are open). The delay of a payment is from the moment it should have been sent to the moment a screen's count of today's payments includes it;
 * a payment that no screen counted in the end is lost. The limit beside it: the same screens told of one payment alone.
 */

import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { countArgument, inBenchHouse } from './house.ts';
import type { LiveAnswer, LiveOrder } from './live-load.ts';
import { quantile, round, serveInsurer, someOpenBills, webhooks } from './served.ts';

const ALONE = 20;
const ALONE_GAP_MS = 1_000;

export function run({ seed, args }: { seed: number; args: readonly string[] }): Promise<{ figures: Record<string, number> }> {
  const [policies, rate, seconds, screens] = [countArgument(args, 'policies', 120_000), countArgument(args, 'rate', 200), countArgument(args, 'for', 60), countArgument(args, 'screens', 50)];
  return inBenchHouse(async (house) => {
    const { insurer, port, cookie, payments, close } = await serveInsurer(house, policies, seed);
    try {
      const wanted = rate * seconds + ALONE;
      const bills = (await someOpenBills(house, insurer, wanted * 2)).slice(0, wanted);
      if (bills.length < wanted) throw new Error(`${wanted} open bills are needed, ${bills.length} are there: more --policies`);
      const requests = await webhooks(house, insurer, bills, payments.sandbox.webhookSecret);
      const alone = await live({ port, cookie, screens, requests: requests.slice(0, ALONE), gapMs: ALONE_GAP_MS });
      const many = await live({ port, cookie, screens, requests: requests.slice(ALONE), gapMs: 1_000 / rate });
      console.log(`${screens} screens${''.padEnd(14)}${'payments'.padStart(10)}${'p50 ms'.padStart(9)}${'p95 ms'.padStart(9)}${'p99 ms'.padStart(9)}${'lost'.padStart(7)}${'taken a s'.padStart(11)}${'answers'.padStart(10)}`);
      const rows = [['one at a time', alone], [`${rate} a second`, many]] as const;
      for (const [name, { delays, lost, sent, answers, seconds: took }] of rows) {
        const sorted = delays.toSorted();
        console.log(`${name.padEnd(24)}${String(sent).padStart(10)}${[0.5, 0.95, 0.99].map((share) => quantile(sorted, share).toFixed(0).padStart(9)).join('')}${String(lost).padStart(7)}${(sent / took).toFixed(0).padStart(11)}${String(answers).padStart(10)}`);
      }
      const sorted = many.delays.toSorted();
      return { figures: {
        policies, payments: many.sent, screens, delay_p50_ms: round(quantile(sorted, 0.5)), delay_p95_ms: round(quantile(sorted, 0.95)), alone_p95_ms: round(quantile(alone.delays.toSorted(), 0.95)),
        taken_per_second: Math.round(many.sent / many.seconds), lost: many.lost,
      } };
    } finally {
      await close();
    }
  });
}

function live(order: LiveOrder): Promise<LiveAnswer> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(path.join(import.meta.dirname, 'live-load.ts'), { workerData: order });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}
