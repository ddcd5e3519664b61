/** `npm run bench -- bill-review [--seed N] [--bills 100000]`: twelve classes of faults among sound bills, put in by a generator that the review does not know: what is stopped, and what is held for nothing. */

import { parseArgs } from 'node:util';
import { heldOf, reviewBills } from '../src/billing/index.ts';
import { FAULTS, generate } from './bill-faults.ts';

const BILLS = 100_000;
/** One bill in so many is wrong. */
const FAULT_ONE_IN = 20;
const CHECKS_SHOWN = 12;

export async function run({ seed, args }: { seed: number; args: readonly string[] }): Promise<{ figures: Record<string, number> }> {
  const { values } = parseArgs({ args: [...args], options: { bills: { type: 'string' } } });
  const made = generate(seed, Number(values.bills ?? BILLS), FAULT_ONE_IN);
  const bills = made.map(({ bill }) => bill);
  const facts = made.map(({ facts: of }) => of);
  const started = performance.now();
  const findings = reviewBills(bills, facts, seed);
  const seconds = (performance.now() - started) / 1000;
  const held = heldOf(findings);
  console.log(`${made.length.toLocaleString('en')} bills reviewed in ${seconds.toFixed(2)} s (${Math.round(made.length / seconds).toLocaleString('en')} a second), seed ${seed}\n`);
  console.log('fault                      stopped   of');
  let [stopped, faulty] = [0, 0];
  for (const fault of FAULTS) {
    const places = made.flatMap((one, at) => (one.fault === fault ? [at] : []));
    const found = places.filter((at) => held.has(at)).length;
    stopped += found;
    faulty += places.length;
    console.log(`${fault.padEnd(24)} ${String(found).padStart(9)} ${String(places.length).padStart(4)}`);
  }
  const clean = made.flatMap((one, at) => (one.fault === null ? [at] : []));
  const cleanHeld = clean.filter((at) => held.has(at));
  console.log(`${'sound bills held'.padEnd(24)} ${String(cleanHeld.length).padStart(9)} ${clean.length}`);
  const why = new Map<string, number>();
  const cleanPlaces = new Set(cleanHeld);
  for (const { at, check, severity } of findings) if (severity === 'hold' && cleanPlaces.has(at)) why.set(check, (why.get(check) ?? 0) + 1);
  for (const [check, count] of [...why].sort((a, b) => b[1] - a[1]).slice(0, CHECKS_SHOWN)) console.log(`  ${check.padEnd(22)} ${String(count).padStart(9)}`);
  return { figures: { stopped_share: stopped / faulty, clean_held_share: cleanHeld.length / clean.length, bills_per_second: Math.round(made.length / seconds) } };
}
