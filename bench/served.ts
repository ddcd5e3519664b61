/** What the benchmarks of the server share: a big insurer behind a listening server, a log-in, a load from another thread, bills to pay. */

import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { simulate } from '../simulator/index.ts';
import { buildServer } from '../src/api/index.ts';
import { inInsurer, readSecret } from '../src/database/index.ts';
import { type BillId, expectOk, type HolderId, type PaymentId } from '../src/kernel/index.ts';
import { paymentReference, type PaymentSettings, paymentSettings, SANDBOX_SIGNATURE_HEADER, signatureHeader } from '../src/payments/index.ts';
import { clockOf, type Insurer, insurerByCode } from '../src/portfolio/index.ts';
import { DEMO_PASSWORD } from '../src/service/index.ts';
import { type BenchHouse } from './house.ts';
import { type LoadAnswer, type LoadOrder, type LoadRequest } from './load.ts';

export type Served = {
  readonly insurer: Insurer; readonly port: number; readonly cookie: string; readonly secret: Buffer; readonly payments: PaymentSettings; readonly close: () => Promise<unknown>;
};

/** A simulated insurer of so many policies with two years behind it, served on a free port, and its manager logged in. */
export async function serveInsurer({ database, dataDirectory }: BenchHouse, policies: number, seed: number): Promise<Served> {
  const built = expectOk(await simulate(database, { code: 'bench', policies, seed }));
  console.log(`${policies.toLocaleString('en')} policies with their history in ${(built.elapsedMs / 1000).toFixed(0)} s`);
  return serveBench({ database, dataDirectory });
}

export async function serveBench({ database, dataDirectory }: BenchHouse): Promise<Served> {
  const insurer = expectOk(await insurerByCode(database, 'bench'));
  const secret = readSecret(dataDirectory);
  const payments = paymentSettings(secret, 'http://127.0.0.1:9/sandbox-provider');
  const app = await buildServer({ database, secret, dataDirectory, clock: clockOf, consoleDirectory: '', payments, rateLimits: false });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const address = app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { insurer, port, cookie: await logIn(port), secret, payments, close: () => app.close() };
}

export const round = (value: number): number => Number(value.toFixed(1));
/** Of sorted durations; `share` 0.95 is p95. */
export const quantile = (sorted: Float64Array, share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;

export function load(order: LoadOrder): Promise<LoadAnswer> {
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

export type OpenBill = { readonly holderId: HolderId; readonly billId: BillId; readonly currency: string; readonly outstanding_minor: bigint };

/** Open bills spread over the whole book, at most about `most`. */
export function someOpenBills({ database }: BenchHouse, { insurerId }: Insurer, most: number): Promise<OpenBill[]> {
  return inInsurer(database.app, insurerId, (tx) => tx<OpenBill[]>`
    with open_bills as (select *, row_number() over (order by holder_id, bill_id) as n, count(*) over () as open from bills where insurer_id = ${insurerId} and state = 'open')
    select holder_id as "holderId", bill_id as "billId", currency, (amount_minor - paid_minor)::bigint as outstanding_minor from open_bills
    where n % greatest(1, open / ${most}) = 0 order by n limit ${most}`);
}

/** A checkout for each bill, and the provider's word that it was paid. */
export async function webhooks({ database }: BenchHouse, { insurerId }: Insurer, bills: readonly OpenBill[], secret: string): Promise<LoadRequest[]> {
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
