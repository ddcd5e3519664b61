/**
 * One business day of a simulated insurer, on fresh databases of 10,000, 100,000 and 1,000,000 policies (`--policies A,B,C`): the insurer's first day, on which
 * every policy that falls due within 90 days or is overdue is scored and every open bill is aged and decided. Beside it, in the same run, the floor: the same rows
 * read and written by plain SQL. Seconds are wall time with two worker processes.
 */

import { type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import { simulate } from '../simulator/index.ts';
import { cycleStatus, type CycleStatus, ensureChampion, runCycle } from '../src/cycle/index.ts';
import { type Database, inInsurer } from '../src/database/index.ts';
import { addDays, expectOk, type PlainDate } from '../src/kernel/index.ts';
import { businessDateOf, clockOf, insurerByCode, type Insurer } from '../src/portfolio/index.ts';
import { type BenchHouse, benchWorker, inBenchHouse, peakMb } from './house.ts';

const SIZES_DEFAULT = '10000,100000,1000000';
/** The speed-up is measured on the largest size up to this, on a second database of the same seed: another day would be other work. */
const SPEEDUP_POLICIES_MAX = 100_000;
const MB = 1_048_576;

type Measured = {
  readonly policies: number; readonly seconds: number; readonly floorSeconds: number; readonly peakWorkerMb: number; readonly status: CycleStatus;
  readonly seconds2: Readonly<Record<string, number>>; readonly simulateSeconds: number;
};

export async function run({ seed, args }: { seed: number; args: readonly string[] }): Promise<{ figures: Record<string, number> }> {
  const at = args.indexOf('--policies');
  const sizes = (at < 0 ? SIZES_DEFAULT : args[at + 1] ?? '').split(',').map((text) => Number(text.replaceAll('_', '')));
  if (sizes.length === 0 || sizes.some((size) => !Number.isSafeInteger(size) || size < 100)) throw new Error('--policies wants whole numbers from 100, with commas between');
  const measured: Measured[] = [];
  for (const policies of sizes) {
    const one = await inBenchHouse((house) => measure(house, policies, seed, 2, true));
    measured.push(one);
    print(one);
  }
  const size = Math.max(...sizes.filter((policies) => policies <= SPEEDUP_POLICIES_MAX), Math.min(...sizes));
  const twoWorkers = measured.find((one) => one.policies === size)?.seconds ?? 0;
  const oneWorker = size > SPEEDUP_POLICIES_MAX ? null : await inBenchHouse((house) => measure(house, size, seed, 1, false));
  if (oneWorker !== null) console.log(`${count(size)} policies with one worker: ${oneWorker.seconds.toFixed(1)} s; two workers are ${(oneWorker.seconds / twoWorkers).toFixed(2)} times as fast`);
  const last = measured.at(-1)!;
  const figures: Record<string, number> = {
    policies: last.policies, seconds: round(last.seconds), policies_per_second: Math.round(last.policies / last.seconds), floor_seconds: round(last.floorSeconds),
    ratio_to_floor: round(last.seconds / last.floorSeconds), peak_mb: Math.max(last.peakWorkerMb, peakMb()), workers: 2, simulate_seconds: round(last.simulateSeconds),
  };
  if (oneWorker !== null) figures['speedup_two_workers'] = round(oneWorker.seconds / twoWorkers);
  for (const one of measured) figures[`us_per_policy_${one.policies}`] = round((one.seconds / one.policies) * 1e6);
  return { figures };
}

const round = (value: number): number => Number(value.toFixed(2));
const count = (n: number): string => n.toLocaleString('en');

async function measure({ database, dataDirectory }: BenchHouse, policies: number, seed: number, workers: number, withFloor: boolean): Promise<Measured> {
  const begun = performance.now();
  expectOk(await simulate(database, { code: 'bench', policies, seed }));
  const simulateSeconds = (performance.now() - begun) / 1000;
  const insurer = expectOk(await insurerByCode(database, 'bench'));
  const businessDate = businessDateOf(insurer, clockOf(insurer).now());
  await database.owner`checkpoint`;
  const processes = Array.from({ length: workers }, () => benchWorker(dataDirectory));
  let peakWorkerMb = 0;
  const watch = setInterval(() => { peakWorkerMb = Math.max(peakWorkerMb, ...processes.map(residentMb)); }, 100);
  try {
    // Learning is not the day's work, and neither is starting a process: both workers have played a small day before.
    await inInsurer(database.app, insurer.insurerId, (tx) => ensureChampion(tx, insurer.insurerId, businessDate));
    await warmUp(database, processes.length);
    await database.owner`checkpoint`;
    const stageEnds: Record<string, number> = {};
    const started = performance.now();
    let stage = '';
    let stageStarted = started;
    const status = expectOk(await runCycle(database, insurer, {
      businessDate, workHere: false,
      onProgress: (now) => {
        if (now.stage === stage) return;
        if (stage !== '') stageEnds[stage] = (performance.now() - stageStarted) / 1000;
        stage = now.stage;
        stageStarted = performance.now();
      },
    }));
    stageEnds[stage] = (performance.now() - stageStarted) / 1000;
    const seconds = (performance.now() - started) / 1000;
    const final = await inInsurer(database.app, insurer.insurerId, (tx) => cycleStatus(tx, insurer.insurerId)) ?? status;
    const floorSeconds = withFloor ? await floor(database, insurer, businessDate) : 0;
    return { policies, seconds, floorSeconds, peakWorkerMb, status: final, seconds2: stageEnds, simulateSeconds };
  } finally {
    clearInterval(watch);
    for (const one of processes) one.kill('SIGTERM');
    await Promise.all(processes.map((one) => new Promise((resolve) => { if (one.exitCode !== null || one.signalCode !== null) resolve(null); else one.once('exit', resolve); })));
  }
}

/** Plays days of a small insurer until every worker has done some of the work. */
async function warmUp(database: Database, workers: number): Promise<void> {
  expectOk(await simulate(database, { code: 'warm', policies: 6_000, seed: 9 }));
  const insurer = expectOk(await insurerByCode(database, 'warm'));
  let date = businessDateOf(insurer, clockOf(insurer).now());
  await inInsurer(database.app, insurer.insurerId, (tx) => ensureChampion(tx, insurer.insurerId, date));
  for (let day = 0; day < workers + 1; day += 1) {
    expectOk(await runCycle(database, insurer, { businessDate: date, workHere: false }));
    date = addDays(date, 1);
  }
}

/** Peak resident memory of a process as Linux counts it; 0 elsewhere. */
function residentMb({ pid }: ChildProcess): number {
  try {
    const line = /VmHWM:\s+(\d+) kB/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'));
    return Math.round((Number(line?.[1] ?? 0) * 1024) / MB);
  } catch {
    return 0;
  }
}

/** What the day has written, and the columns by which its rows are found. */
const WRITTEN = [
  { table: 'bills', on: 'issued_on' }, { table: 'postings', on: 'booked_on' }, { table: 'scores', on: 'scored_on' }, { table: 'decisions', on: 'decided_on' },
  { table: 'gate_answers', on: 'asked_on' }, { table: 'contacts', on: 'queued_on' },
] as const;

/**
 * The floor: what the cycle's stages read is read through COPY by one connection, and what they wrote is written once more into tables of the same form with the
 * same indexes and checks, row updates on the same rows included; nothing is decided. Plain SQL of the owner, without row-level security.
 */
async function floor(database: Database, { insurerId }: Insurer, businessDate: PlainDate): Promise<number> {
  const sql = database.owner;
  for (const { table } of WRITTEN) await sql.unsafe(`create table floor_${table} (like ${table} including all)`);
  await sql`checkpoint`;
  const started = performance.now();
  const read = async (query: string): Promise<void> => {
    const stream = await sql.unsafe(`copy (${query}) to stdout`).readable();
    for await (const chunk of stream) void chunk;
  };
  const open = `from bills b join policies p using (insurer_id, holder_id, policy_id) join holders h using (insurer_id, holder_id) where b.insurer_id = ${insurerId} and b.state = 'open'`;
  await read(`select p.* from policies p where insurer_id = ${insurerId} and next_due_on <= '${businessDate}'::date + 30`);
  await read(`select b.*, p.state, p.market, p.line, h.time_zone, h.flags ${open}`);
  await read(`select p.*, h.income_monthly_minor, h.born_on from policies p join holders h using (insurer_id, holder_id) where p.insurer_id = ${insurerId} and p.next_due_on <= '${businessDate}'::date + 90`);
  await read(`select b.*, p.premium_minor, p.mode, h.opted_out, h.flags, s.* ${open.replace('where', "left join lateral (select probability_late, tier from scores s where s.insurer_id = b.insurer_id and s.holder_id = b.holder_id and s.policy_id = b.policy_id and s.due_on = b.due_on limit 1) s on true where")}`);
  for (const { table, on } of WRITTEN) await sql.unsafe(`insert into floor_${table} overriding system value select * from ${table} where insurer_id = ${insurerId} and ${on} = '${businessDate}'`);
  await sql.begin(async (tx) => {
    await tx`update bills set stage = stage, stage_since = stage_since, next_change_on = next_change_on where insurer_id = ${insurerId} and state = 'open'`;
  });
  await sql.unsafe(`update policies set next_due_on = next_due_on where insurer_id = ${insurerId} and policy_id in (select policy_id from bills where insurer_id = ${insurerId} and issued_on = '${businessDate}')`);
  await read(`select b.state, b.paid_on, b.due_on, p.market, p.line from bills b join policies p using (insurer_id, holder_id, policy_id) where b.insurer_id = ${insurerId} and b.due_on > '${businessDate}'::date - 30`);
  return (performance.now() - started) / 1000;
}

function print({ policies, seconds, floorSeconds, peakWorkerMb, status, seconds2, simulateSeconds }: Measured): void {
  console.log(`\n${count(policies)} policies (history built in ${simulateSeconds.toFixed(1)} s); two workers`);
  console.log(`${'stage'.padEnd(10)}${'rows read'.padStart(12)}${'written'.padStart(12)}${'seconds'.padStart(10)}${'policies/s'.padStart(14)}`);
  for (const stage of status.stages) {
    const s = seconds2[stage.stage] ?? 0;
    console.log(`${stage.stage.padEnd(10)}${count(stage.rows_read).padStart(12)}${count(stage.rows_written).padStart(12)}${s.toFixed(2).padStart(10)}${count(Math.round(policies / Math.max(s, 0.001))).padStart(14)}`);
  }
  console.log(`${'all'.padEnd(34)}${seconds.toFixed(2).padStart(10)}${count(Math.round(policies / seconds)).padStart(14)}`);
  console.log(`floor (plain SQL) ${floorSeconds.toFixed(2)} s · ratio ${(seconds / floorSeconds).toFixed(2)} · peak memory of a worker ${peakWorkerMb} MB`);
}
