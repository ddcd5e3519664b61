/**
 * The pages that people wait for, under 50 connections, with 1,000,000 policies in the database (`--policies N`): the holder's page, the search, the pay page, and a signed
 * webhook that books a payment. The limit beside them, in the same run: `/api/health`, the same server with one trivial statement.
 */

import { inInsurer } from '../src/database/index.ts';
import { type Random, seededRandom } from '../src/kernel/index.ts';
import { payLinkToken } from '../src/payments/index.ts';
import { clockOf, type Insurer } from '../src/portfolio/index.ts';
import { type BenchHouse, countArgument, inBenchHouse } from './house.ts';
import { type LoadRequest } from './load.ts';
import { load, quantile, round, serveInsurer, someOpenBills, webhooks } from './served.ts';

const CONNECTIONS = 50;
const REQUESTS = 4_000;
const PAYMENTS = 2_000;
const MS_PER_DAY = 86_400_000;

export function run({ seed, args }: { seed: number; args: readonly string[] }): Promise<{ figures: Record<string, number> }> {
  const policies = countArgument(args, 'policies', 1_000_000);
  return inBenchHouse((house) => measure(house, policies, seed));
}

async function measure(house: BenchHouse, policies: number, seed: number): Promise<{ figures: Record<string, number> }> {
  const { insurer, port, cookie, secret, payments, close } = await serveInsurer(house, policies, seed);
  try {
    const random = seededRandom(seed);
    const bills = await someOpenBills(house, insurer, PAYMENTS * 2);
    const get = (paths: (random: Random) => string, headers: Record<string, string>): LoadRequest[] => Array.from({ length: REQUESTS }, () => ({ method: 'GET', path: paths(random), headers, body: null }));
    const names = await someNames(house, insurer, random);
    const expiresAt = clockOf(insurer).now() + 30 * MS_PER_DAY;
    const loads: Record<string, LoadRequest[]> = {
      limit: get(() => '/api/health', {}),
      holder: get((r) => `/api/holders/${r.pick(bills).holderId}`, { cookie }),
      search: get((r) => `/api/search?q=${encodeURIComponent(r.pick(names))}`, { cookie }),
      pay_page: get((r) => { const bill = r.pick(bills); return `/pay/${payLinkToken(secret, { insurerId: insurer.insurerId, holderId: bill.holderId, billId: bill.billId, contactId: null, expiresAt })}`; }, {}),
      webhook: await webhooks(house, insurer, bills.slice(0, PAYMENTS), payments.sandbox.webhookSecret),
    };
    const figures: Record<string, number> = { policies };
    console.log(`${'what'.padEnd(10)}${'requests'.padStart(10)}${'a second'.padStart(10)}${'p50 ms'.padStart(9)}${'p95 ms'.padStart(9)}${'p99 ms'.padStart(9)}  answers`);
    for (const [name, requests] of Object.entries(loads)) {
      // A first part fills caches and compiles; it is not counted.
      if (name !== 'webhook') await load({ port, connections: CONNECTIONS, requests: requests.slice(0, REQUESTS / 10) });
      const answer = await load({ port, connections: CONNECTIONS, requests });
      const sorted = answer.milliseconds.toSorted();
      const at = (share: number): number => quantile(sorted, share);
      const rate = requests.length / answer.seconds;
      console.log(`${name.padEnd(10)}${String(requests.length).padStart(10)}${rate.toFixed(0).padStart(10)}${at(0.5).toFixed(1).padStart(9)}${at(0.95).toFixed(1).padStart(9)}${at(0.99).toFixed(1).padStart(9)}  ${JSON.stringify(answer.statuses)}`);
      const failed = Object.entries(answer.statuses).filter(([status]) => status !== '200').reduce((sum, [, n]) => sum + n, 0);
      if (failed > 0) throw new Error(`${name}: ${failed} requests failed: ${JSON.stringify(answer.statuses)}`);
      figures[`${name}_p50_ms`] = round(at(0.5));
      figures[`${name}_p95_ms`] = round(at(0.95));
      figures[`${name}_p99_ms`] = round(at(0.99));
      figures[`${name}_per_second`] = Math.round(rate);
    }
    const one = await load({ port, connections: 1, requests: (loads['holder'] ?? []).slice(0, 300) });
    figures['holder_alone_p50_ms'] = round(one.milliseconds.toSorted()[150] ?? 0);
    const search = await load({ port, connections: 1, requests: (loads['search'] ?? []).slice(0, 300) });
    figures['search_alone_p50_ms'] = round(search.milliseconds.toSorted()[150] ?? 0);
    console.log(`one person alone: holder's page p50 ${figures['holder_alone_p50_ms']} ms, search p50 ${figures['search_alone_p50_ms']} ms`);
    return { figures };
  } finally {
    await close();
  }
}

/** Parts of names, telephone numbers and references as an agent would type them. */
async function someNames({ database }: BenchHouse, { insurerId }: Insurer, random: Random): Promise<string[]> {
  const rows = await inInsurer(database.app, insurerId, (tx) => tx<{ name: string; phone: string; ref: string }[]>`
    select holder_name(family_name, given_name) as name, coalesce(phone, external_ref) as phone, external_ref as ref from holders where insurer_id = ${insurerId} and holder_id % 997 = 0 limit 1000`);
  return rows.map(({ name, phone, ref }) => random.pick([name, phone.slice(-8), ref, name.slice(0, Math.max(2, name.length - 2))]));
}
