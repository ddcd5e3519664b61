/**
 * `npm run bench -- histories [--seed N] [--histories 10000]`: random histories of bills, changes of policies, part payments, overpayments, returns, money of our own, refunds, corrections and write-offs
 * in six currencies of 0, 2 and 3 decimals, played through the product on PostgreSQL, against an oracle that shares no code with it. Simulated holders.
 */

import { inInsurer } from '../src/database/index.ts';
import { auditLedger } from '../src/ledger/index.ts';
import { playHistories } from './histories-play.ts';
import { aBenchInsurer, countArgument, inBenchHouse } from './house.ts';

const STEPS = 14;
const TOGETHER = 250;
const SHOWN = 20;

export async function run({ seed, args }: { seed: number; args: readonly string[] }): Promise<{ figures: Record<string, number> }> {
  const histories = countArgument(args, 'histories', 10_000);
  return inBenchHouse(async (house) => {
    const insurer = await aBenchInsurer(house, 'histories', 'HKD', 'Asia/Hong_Kong');
    const started = performance.now();
    const played = await playHistories({ database: house.database, insurerId: insurer.insurerId }, {
      seed, histories, steps: STEPS, together: TOGETHER, onProgress: (done) => { if (process.stderr.isTTY) process.stderr.write(`\r${done} histories`); },
    });
    const seconds = (performance.now() - started) / 1_000;
    const audit = await inInsurer(house.database.app, insurer.insurerId, (tx) => auditLedger(tx));
    const all = [...played.events].sort((a, b) => b[1] - a[1]);
    console.log(`${histories.toLocaleString('en')} histories of ${STEPS} days, seed ${seed}, ${seconds.toFixed(1)} s\n`);
    for (const [what, times] of all) console.log(`${what.padEnd(40)}${times.toLocaleString('en').padStart(9)}`);
    console.log(`\ndifferences to the oracle${String(played.differences.length).padStart(24)}\ndifferences that the auditor finds${String(audit.length).padStart(15)}`);
    for (const line of played.differences.slice(0, SHOWN)) console.log(`  ${line}`);
    return { figures: { histories, events: all.reduce((sum, [, times]) => sum + times, 0), differences: played.differences.length, auditor_differences: audit.length, seconds: Math.round(seconds) } };
  });
}
