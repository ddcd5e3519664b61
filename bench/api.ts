/**
 * The pages that people wait for, under 50 connections, with 1,000,000 policies in the database (`--policies N`): the holder's page, the search, the pay page, and a signed
 * webhook that books a payment. The limit beside them, in the same run: `/api/health`, the same server with one trivial statement.
 */

import { Worker } from 'node:worker_threads';
import path from 'node:path';
import { simulate } from '../simulator/index.ts';
import { buildServer } from '../src/api/index.ts';
import { inInsurer, readSecret } from '../src/database/index.ts';
import { type BillId, expectOk, type HolderId, type PaymentId, type Random, seededRandom } from '../src/kernel/index.ts';
import { payLinkToken, paymentReference, paymentSettings, SANDBOX_SIGNATURE_HEADER, signatureHeader } from '../src/payments/index.ts';
import { clockOf, type Insurer, insurerByCode } from '../src/portfolio/index.ts';
import { DEMO_PASSWORD } from '../src/service/index.ts';
import { type BenchHouse, countArgument, inBenchHouse } from './house.ts';
import { type LoadAnswer, type LoadOrder, type LoadRequest } from './load.ts';

const CONNECTIONS = 50;
const REQUESTS = 4_000;
const PAYMENTS = 2_000;
const MS_PER_DAY = 86_400_000;

export function run({ seed, args }: { seed: number; args: readonly string[] }): Promise<{ figures: Record<string, number> }> {
  const policies = countArgument(args, 'policies', 1_000_000);
  return inBenchHouse((house) => measure(house, policies, seed));
}

async function measure(house: BenchHouse, policies: number, seed: number): Promise<{ figures: Record<string, number> }> {
  const { database, dataDirectory } = house;
  const built = expectOk(await simulate(database, { code: 'bench', policies, seed }));
  console.log(`${policies.toLocaleString('en')} policies with their history in ${(built.elapsedMs / 1000).toFixed(0)} s; ${CONNECTIONS} connections`);
  const insurer = expectOk(await insurerByCode(database, 'bench'));
  const secret = readSecret(dataDirectory);
  const payments = paymentSettings(secret, 'http://127.0.0.1:9/sandbox-provider');
  const app = await buildServer({ database, secret, dataDirectory, clock: clockOf, consoleDirectory: '', payments, rateLimits: false });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const address = app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  try {
    const cookie = await logIn(port);
    const random = seededRandom(seed);
    const bills = await someOpenBills(house, insurer);
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
      const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
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
    await app.close();
  }
}

const round = (value: number): number => Number(value.toFixed(1));

function load(order: LoadOrder): Promise<LoadAnswer> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(path.join(import.meta.dirname, 'load.ts'), { workerData: order });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

async function logIn(port: number): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}/api/session`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ insurer: 'bench', email: 'manager@bench.example', password: DEMO_PASSWORD }),
  });
  if (answer.status !== 200) throw new Error(`no log-in: ${answer.status}`);
  return (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
}

type OpenBill = { readonly holderId: HolderId; readonly billId: BillId; readonly currency: string; readonly outstanding_minor: bigint };

/** Open bills spread over the whole book. */
function someOpenBills({ database }: BenchHouse, { insurerId }: Insurer): Promise<OpenBill[]> {
  return inInsurer(database.app, insurerId, (tx) => tx<OpenBill[]>`
    with open_bills as (select *, row_number() over (order by holder_id, bill_id) as n, count(*) over () as open from bills where insurer_id = ${insurerId} and state = 'open')
    select holder_id as "holderId", bill_id as "billId", currency, (amount_minor - paid_minor)::bigint as outstanding_minor from open_bills
    where n % greatest(1, open / ${PAYMENTS * 2}) = 0 order by n limit ${PAYMENTS * 2}`);
}

/** Parts of names, telephone numbers and references as an agent would type them. */
async function someNames({ database }: BenchHouse, { insurerId }: Insurer, random: Random): Promise<string[]> {
  const rows = await inInsurer(database.app, insurerId, (tx) => tx<{ name: string; phone: string; ref: string }[]>`
    select holder_name(family_name, given_name) as name, coalesce(phone, external_ref) as phone, external_ref as ref from holders where insurer_id = ${insurerId} and holder_id % 997 = 0 limit 1000`);
  return rows.map(({ name, phone, ref }) => random.pick([name, phone.slice(-8), ref, name.slice(0, Math.max(2, name.length - 2))]));
}

/** A checkout for each bill, and the provider's word that it was paid. */
async function webhooks({ database }: BenchHouse, { insurerId }: Insurer, bills: readonly OpenBill[], secret: string): Promise<LoadRequest[]> {
  const rows = await inInsurer(database.app, insurerId, (tx) => tx<{ payment_id: PaymentId; holder_id: HolderId; bill_id: BillId; amount_minor: bigint; currency: string }[]>`
    insert into payments (insurer_id, holder_id, provider, provider_reference, method, amount_minor, currency, state, bill_id, created_at)
    select ${insurerId}::int, r."holderId", 'sandbox', 'cs_bench_' || r."billId", 'card', r.amount, r.currency, 'created', r."billId", now()
    from jsonb_to_recordset(${tx.json(bills.map((bill) => ({ ...bill, outstanding_minor: undefined, amount: Number(bill.outstanding_minor) })))}) as r("holderId" bigint, "billId" bigint, currency text, amount bigint)
    returning payment_id, holder_id, bill_id, amount_minor, currency`);
  return rows.map((row): LoadRequest => {
    const object = { id: `cs_bench_${row.bill_id}`, client_reference: paymentReference({ insurerId, holderId: row.holder_id, paymentId: row.payment_id }), amount: Number(row.amount_minor), currency: row.currency, failure_code: null };
    const body = JSON.stringify({ id: `evt_bench_${row.bill_id}`, type: 'payment.succeeded', created: Math.floor(Date.now() / 1000), data: { object } });
    return { method: 'POST', path: '/api/webhooks/sandbox', headers: { 'content-type': 'application/json', [SANDBOX_SIGNATURE_HEADER]: signatureHeader(secret, body, Date.now()) }, body };
  });
}
