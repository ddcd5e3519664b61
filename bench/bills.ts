/**
 * Bills made, reviewed and booked by the stage `bill` with two worker processes, beside the same rows written by plain SQL over two connections (tables of the same form, indexes and checks; nothing is
 * worked out, nothing is reviewed). Then bills of Chinese holders as PDF, in one process. Simulated policies: `--bills N` (1,000,000), `--pdfs N` (1,000).
 */

import { cycleStatus, runCycle } from '../src/cycle/index.ts';
import { type Database, inInsurer } from '../src/database/index.ts';
import { printBills } from '../src/document/index.ts';
import { addDays, addMonths, expectOk, type InsurerId, type PlainDate } from '../src/kernel/index.ts';
import { billDocuments, billsToPrint } from '../src/service/index.ts';
import { aBenchInsurer, type BenchHouse, benchWorker, countArgument, inBenchHouse } from './house.ts';
import { type Insurer } from '../src/portfolio/index.ts';

const DAY = '2026-11-23' as PlainDate;
const DUE = addDays(DAY, 25);
const PAST_BILLS = 3;
const LOAD_ROWS = 250_000;
const WARM_POLICIES = 4_000;

type Options = { readonly seed: number; readonly args: readonly string[] };

export async function run({ seed, args }: Options): Promise<{ figures: Record<string, number> }> {
  const bills = countArgument(args, 'bills', 1_000_000);
  const pdfs = countArgument(args, 'pdfs', 1_000);
  return inBenchHouse(async (house) => {
    const { database, dataDirectory } = house;
    const warm = await aBook(house, 'warm', WARM_POLICIES, seed);
    const insurer = await aBook(house, 'bills', bills, seed + 1);
    const workers = [benchWorker(dataDirectory), benchWorker(dataDirectory)];
    try {
      expectOk(await runCycle(database, warm, { businessDate: DAY, stopAfter: 'bill', workHere: false }));
      await database.owner`checkpoint`;
      const started = performance.now();
      expectOk(await runCycle(database, insurer, { businessDate: DAY, stopAfter: 'bill', workHere: false }));
      const seconds = (performance.now() - started) / 1_000;
      const status = await inInsurer(database.app, insurer.insurerId, (tx) => cycleStatus(tx, insurer.insurerId));
      const [made] = await database.owner<{ open: number; held: number; postings: number }[]>`
        select count(*) filter (where state = 'open')::int as open, count(*) filter (where state = 'held')::int as held,
          (select count(*)::int from postings where insurer_id = ${insurer.insurerId}) as postings
        from bills where insurer_id = ${insurer.insurerId} and issued_on = ${DAY}`;
      const [open, held, postings] = [made?.open ?? 0, made?.held ?? 0, made?.postings ?? 0];
      if (open + held !== bills) throw new Error(`${open + held} bills of ${bills} policies: ${JSON.stringify(status?.stages)}`);
      const sqlSeconds = await plainSql(database, insurer.insurerId);
      const printed = await print(database, insurer, pdfs);
      console.log(`\n${bills.toLocaleString('en')} simulated policies with ${PAST_BILLS} bills of the past each, seed ${seed}; two workers\n`);
      console.log(`made, reviewed and booked   ${seconds.toFixed(1).padStart(8)} s   ${Math.round(bills / seconds).toLocaleString('en').padStart(9)} bills/s   ${held.toLocaleString('en')} held, ${postings.toLocaleString('en')} entries`);
      console.log(`the same rows by plain SQL  ${sqlSeconds.toFixed(1).padStart(8)} s   ${Math.round(bills / sqlSeconds).toLocaleString('en').padStart(9)} bills/s   ratio ${(seconds / sqlSeconds).toFixed(2)}`);
      console.log(`PDFs of Chinese holders, one process: ${printed.perSecond.toFixed(1)} a second, ${Math.round(printed.bytes / 1_024)} kB each`);
      return { figures: {
        bills, bills_per_second: Math.round(bills / seconds), ratio_to_sql: round2(seconds / sqlSeconds), seconds: round2(seconds), sql_seconds: round2(sqlSeconds), held, pdfs_per_second: round2(printed.perSecond),
        pdf_kb: Math.round(printed.bytes / 1_024),
      } };
    } finally {
      for (const worker of workers) worker.kill('SIGTERM');
      await Promise.all(workers.map((worker) => new Promise((resolve) => { if (worker.exitCode !== null || worker.signalCode !== null) resolve(null); else worker.once('exit', resolve); })));
    }
  });
}

const round2 = (value: number): number => Math.round(value * 100) / 100;

/** Policies of five products whose next bill leaves today, each with its past; written by SQL. */
async function aBook(house: BenchHouse, code: string, policies: number, seed: number): Promise<Insurer> {
  const insurer = await aBenchInsurer(house, code, 'HKD', 'Asia/Hong_Kong');
  const { owner } = house.database;
  const { insurerId } = insurer;
  console.log(`Loading ${policies.toLocaleString('en')} policies …`);
  await owner.unsafe(`
    create temporary table if not exists bench_products (k int primary key, market text, language text, line text, currency text, mode text, months int, premium bigint);
    insert into bench_products values (0, 'HK', 'zh-Hant', 'life', 'HKD', 'monthly', 1, 120000), (1, 'CN', 'zh-Hans', 'life', 'CNY', 'annual', 12, 600000), (2, 'PH', 'en', 'motor', 'PHP', 'annual', 12, 1800000),
      (3, 'DE', 'en', 'property', 'EUR', 'quarterly', 3, 21000), (4, 'TW', 'zh-Hant', 'life', 'TWD', 'half_yearly', 6, 1500000) on conflict do nothing`);
  for (let from = 0; from < policies; from += LOAD_ROWS) {
    const to = Math.min(policies, from + LOAD_ROWS) - 1;
    // Ids of the insurer's own, so that two books in one house do not meet.
    await owner`
      insert into holders (insurer_id, holder_id, external_ref, kind, family_name, given_name, language, time_zone, market, email, payday, consents)
      select ${insurerId}, 1 + n, 'B-' || n, 'person', (array['陳', '李', '王', '張'])[1 + n % 4], (array['美玲', '志明', '家豪', '淑芬', '建國'])[1 + n % 5], p.language, 'Asia/Hong_Kong', p.market, 'b' || n || '@mail.example', 10, array['email']
      from generate_series(${from}::bigint, ${to}::bigint) n join bench_products p on p.k = n % 5`;
    await owner`
      insert into policies (insurer_id, holder_id, policy_id, policy_number, market, line, product, currency, premium_minor, mode, cover_from, due_day, next_due_on, next_bill_on, state, paid_to_on, premiums_paid)
      select ${insurerId}, 1 + n, 1 + n, 'P-' || n, p.market, p.line, p.market || ' ' || p.line, p.currency, p.premium + 100 * ((n * 7919 + ${seed}) % 97), p.mode,
        (${DUE}::date - (p.months * ${PAST_BILLS}) * interval '1 month')::date, ${Number(DUE.slice(8))}, ${DUE}, ${DAY}, 'in_force', ${DUE}, ${PAST_BILLS}
      from generate_series(${from}::bigint, ${to}::bigint) n join bench_products p on p.k = n % 5`;
    await owner`
      insert into bills (insurer_id, holder_id, bill_id, policy_id, instalment_no, period_from, period_to, due_on, issued_on, market, currency, premium_minor, amount_minor, paid_minor, state, paid_on, paid_by)
      select ${insurerId}, p.holder_id, p.policy_id * 4096 + no, p.policy_id, no, (${DUE}::date - (b.months * (${PAST_BILLS} + 1 - no)) * interval '1 month')::date, (${DUE}::date - (b.months * (${PAST_BILLS} - no)) * interval '1 month')::date,
        (${DUE}::date - (b.months * (${PAST_BILLS} + 1 - no)) * interval '1 month')::date, (${DUE}::date - (b.months * (${PAST_BILLS} + 1 - no)) * interval '1 month')::date - 25, p.market, p.currency, p.premium_minor, p.premium_minor, p.premium_minor, 'paid',
        (${DUE}::date - (b.months * (${PAST_BILLS} + 1 - no)) * interval '1 month')::date, 'card'
      from policies p join bench_products b on b.k = (p.holder_id - 1) % 5 cross join generate_series(1, ${PAST_BILLS}) no
      where p.insurer_id = ${insurerId} and p.holder_id between ${from + 1} and ${to + 1}`;
  }
  await owner`analyze holders, policies, bills`;
  return insurer;
}

/** What the day has written, once more into tables of the same form, by two connections of which each has half of the holders; and each policy's next day. */
async function plainSql({ owner }: Database, insurerId: InsurerId): Promise<number> {
  for (const table of ['bills', 'postings', 'policies', 'bill_findings']) await owner.unsafe(`create table plain_${table} (like ${table} including all)`);
  await owner`insert into plain_policies overriding system value select * from policies where insurer_id = ${insurerId}`;
  await owner`checkpoint`;
  const [middle] = await owner<{ holder: number }[]>`select (max(holder_id) / 2)::bigint as holder from holders where insurer_id = ${insurerId}`;
  const half = middle?.holder ?? 0;
  const started = performance.now();
  await Promise.all([[0, half], [half + 1, Number.MAX_SAFE_INTEGER]].map(([from = 0, to = 0]) => owner.begin(async (tx) => {
    await tx`insert into plain_bills overriding system value select * from bills where insurer_id = ${insurerId} and holder_id between ${from} and ${to} and issued_on = ${DAY}`;
    await tx`insert into plain_bill_findings overriding system value select * from bill_findings where insurer_id = ${insurerId} and holder_id between ${from} and ${to}`;
    await tx`insert into plain_postings overriding system value select * from postings where insurer_id = ${insurerId} and holder_id between ${from} and ${to}`;
    await tx`
      update plain_policies p set next_due_on = o.next_due_on, next_bill_on = o.next_bill_on from policies o
      where o.insurer_id = ${insurerId} and o.holder_id between ${from} and ${to} and p.insurer_id = o.insurer_id and p.holder_id = o.holder_id and p.policy_id = o.policy_id`;
  })));
  return (performance.now() - started) / 1_000;
}

/** Bills with Chinese texts and names; what is on them is read before the clock starts. */
async function print(database: Database, insurer: Insurer, count: number): Promise<{ readonly perSecond: number; readonly bytes: number }> {
  const documents = await inInsurer(database.app, insurer.insurerId, async (tx) => {
    const keys = await billsToPrint(tx, addMonths(DAY, 0, Number(DAY.slice(8))), DAY, null, count * 2);
    return billDocuments(tx, { insurer, today: DAY, masked: false, payUrlOf: ({ billId }) => `https://pay.example/pay/${billId}` }, keys);
  });
  const chinese = documents.filter(({ language }) => language !== 'en').slice(0, count);
  if (chinese.length === 0) throw new Error('no bill of a Chinese holder');
  for await (const _ of printBills(chinese.slice(0, 20))) void _;
  let bytes = 0;
  const started = performance.now();
  for await (const pdf of printBills(chinese)) bytes += pdf.length;
  return { perSecond: chinese.length / ((performance.now() - started) / 1_000), bytes: bytes / chinese.length };
}
