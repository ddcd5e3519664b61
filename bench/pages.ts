/**
 * The data of every page of the console at 1,000,000 policies (`--policies N`), 20 connections: p50, p95, p99 at the server. The limit beside them, in the same run: the
 * session, the smallest answer that is looked up. Figures: `worst_p95_ms`, `search_p95_ms`, and each page's own p95.
 */

import { runCycle } from '../src/cycle/index.ts';
import { inInsurer } from '../src/database/index.ts';
import { expectOk, seededRandom } from '../src/kernel/index.ts';
import { businessDateOf, clockOf } from '../src/portfolio/index.ts';
import { type BenchHouse, countArgument, inBenchHouse } from './house.ts';
import { type LoadRequest } from './load.ts';
import { load, quantile, round, serveInsurer, type Served, someOpenBills } from './served.ts';

const CONNECTIONS = 20;
const REQUESTS = 600;
const DIFFERENT = 2_000;

export function run({ seed, args }: { seed: number; args: readonly string[] }): Promise<{ figures: Record<string, number> }> {
  const policies = countArgument(args, 'policies', 1_000_000);
  return inBenchHouse(async (house) => {
    const served = await serveInsurer(house, policies, seed);
    try {
      const { insurer } = served;
      expectOk(await runCycle(house.database, insurer, { businessDate: businessDateOf(insurer, clockOf(insurer).now()) }));
      return { figures: await measure(house, served, seed) };
    } finally {
      await served.close();
    }
  });
}

async function measure(house: BenchHouse, { insurer, port, cookie }: Served, seed: number): Promise<Record<string, number>> {
  const random = seededRandom(seed);
  const bills = await someOpenBills(house, insurer, DIFFERENT);
  const [words, decided, day] = await Promise.all([someWords(house, insurer.insurerId), someDecisions(house, insurer.insurerId), lastDay(house, insurer.insurerId)]);
  const bill = (): { holderId: number; billId: number } => random.pick(bills);
  const pages: Readonly<Record<string, () => string>> = {
    session: () => '/api/session',
    today: () => '/api/today',
    cycle: () => '/api/cycle',
    actions: () => '/api/actions',
    'actions day': () => '/api/actions/day',
    action: () => { const { holderId, billId } = random.pick(decided); return `/api/actions/${holderId}/${billId}`; },
    calls: () => '/api/calls',
    promises: () => '/api/promises',
    disputes: () => '/api/disputes',
    'hand-overs': () => '/api/hand-overs?whose=all',
    holders: () => `/api/holders?market=${random.pick(['HK', 'CN', 'TW', 'PH', 'DE', 'US'])}&limit=50`,
    'holders, late': () => `/api/holders?stage=${random.pick(['grace', 'late', 'suspended'])}&limit=50`,
    holder: () => `/api/holders/${bill().holderId}`,
    search: () => `/api/search?q=${encodeURIComponent(random.pick(words))}`,
    bills: () => `/api/bills?market=${random.pick(['HK', 'CN', 'TW', 'PH', 'DE', 'US'])}`,
    'bill sums': () => '/api/bills/sums',
    bill: () => { const { holderId, billId } = bill(); return `/api/bills/${billId}?holder_id=${holderId}`; },
    payments: () => '/api/payments',
    cash: () => '/api/payments/cash',
    suspense: () => '/api/suspense',
    'trial balance': () => `/api/ledger/balance?on=${day}`,
    entries: () => `/api/ledger/entries?account=premium_receivable&currency=${random.pick(['HKD', 'CNY', 'USD'])}`,
    rules: () => '/api/rules',
    'rules’ use': () => '/api/rules/use',
    gate: () => '/api/gate',
    'gate day': () => '/api/gate/day',
    dashboard: () => `/api/dashboard?market=${random.pick(['HK', 'CN', 'TW', 'PH', 'DE', 'US'])}`,
    'dashboard, all': () => '/api/dashboard',
    strategies: () => '/api/strategies',
    strategy: () => '/api/strategies/1',
    'how paid': () => '/api/how-paid',
    results: () => '/api/results',
    peers: () => '/api/peers',
    losses: () => `/api/losses?currency=${random.pick(['HKD', 'CNY', 'USD'])}`,
    receivables: () => `/api/receivables?on=${day}`,
    'high risk': () => '/api/high-risk',
    decisions: () => `/api/meeting-decisions?month=${day.slice(0, 7)}`,
    segments: () => '/api/segments',
    segment: () => '/api/segments/1',
    'in a segment': () => '/api/holders?segment=1&limit=50',
    closings: () => '/api/ledger/closings',
    targets: () => '/api/targets',
    alerts: () => '/api/alerts',
    forecast: () => '/api/forecast',
    'cost of delay': () => '/api/cost-of-delay',
    maturity: () => '/api/maturity',
    delivery: () => '/api/delivery',
    'not arrived': () => '/api/delivery/not-arrived',
    untouched: () => '/api/delivery/untouched',
    feedback: () => '/api/delivery/feedback',
    connections: () => '/api/connections',
    people: () => '/api/people',
    jobs: () => '/api/jobs',
    imports: () => '/api/imports',
  };
  const figures: Record<string, number> = {};
  console.log(`${CONNECTIONS} connections, ${REQUESTS} requests each\n${'page'.padEnd(18)}${'a second'.padStart(10)}${'p50 ms'.padStart(9)}${'p95 ms'.padStart(9)}${'p99 ms'.padStart(9)}  answers`);
  const p95: [string, number][] = [];
  for (const [name, path] of Object.entries(pages)) {
    const requests = (count: number): LoadRequest[] => Array.from({ length: count }, () => ({ method: 'GET', path: path(), headers: { cookie }, body: null }));
    // A first part fills caches and compiles; it is not counted.
    await load({ port, connections: CONNECTIONS, requests: requests(60) });
    const answer = await load({ port, connections: CONNECTIONS, requests: requests(REQUESTS) });
    const sorted = answer.milliseconds.toSorted();
    const [a, b, c] = [0.5, 0.95, 0.99].map((share) => quantile(sorted, share)) as [number, number, number];
    console.log(`${name.padEnd(18)}${(REQUESTS / answer.seconds).toFixed(0).padStart(10)}${a.toFixed(1).padStart(9)}${b.toFixed(1).padStart(9)}${c.toFixed(1).padStart(9)}  ${JSON.stringify(answer.statuses)}`);
    if (Object.keys(answer.statuses).some((status) => status !== '200')) throw new Error(`${name}: ${JSON.stringify(answer.statuses)}`);
    p95.push([name, b]);
    figures[`${name.replaceAll(/\W+/g, '_')}_p95_ms`] = round(b);
  }
  const [worst, worstMs] = p95.toSorted((x, y) => y[1] - x[1])[0] ?? ['', 0];
  console.log(`slowest: ${worst}`);
  return { ...figures, worst_p95_ms: round(worstMs), search_p95_ms: figures['search_p95_ms'] ?? 0 };
}

/** Names, parts of telephone numbers and references as people type them. */
async function someWords({ database }: BenchHouse, insurerId: Served['insurer']['insurerId']): Promise<string[]> {
  const rows = await inInsurer(database.app, insurerId, (tx) => tx<{ name: string; phone: string; ref: string; initials: string | null }[]>`
    select holder_name(family_name, given_name) as name, coalesce(phone, external_ref) as phone, external_ref as ref, initials from holders where insurer_id = ${insurerId} order by holder_id limit 400`);
  return rows.flatMap(({ name, phone, ref, initials }) => [name, phone.slice(-8), ref, ...(initials === null ? [] : [initials])]);
}

async function someDecisions({ database }: BenchHouse, insurerId: Served['insurer']['insurerId']): Promise<{ holderId: number; billId: number }[]> {
  return inInsurer(database.app, insurerId, async (tx) => [...await tx<{ holderId: number; billId: number }[]>`
    select holder_id as "holderId", bill_id as "billId" from decisions where insurer_id = ${insurerId} order by decided_on desc limit ${DIFFERENT}`]);
}

async function lastDay({ database }: BenchHouse, insurerId: Served['insurer']['insurerId']): Promise<string> {
  const [row] = await inInsurer(database.app, insurerId, (tx) => tx<{ on: string }[]>`select max(business_date)::text as on from cycle_runs where insurer_id = ${insurerId}`);
  return row?.on ?? '2026-01-01';
}
