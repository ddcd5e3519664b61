/**
 * One business day of one insurer, stage by stage. A run and its ranges are rows, so any process can start it, work on it, watch it, or go on with it
 * after a crash. Whoever finishes the last range of a stage begins the next one in the same transaction.
 */

import { loadRulePacks, type RulePacks } from '../compliance/index.ts';
import { type Database, inInsurer, type Tx } from '../database/index.ts';
import { fail, type InsurerId, ok, type PlainDate, type Result } from '../kernel/index.ts';
import { type Insurer, insurerById, insurerIn } from '../portfolio/index.ts';
import { type HolderRange, NOTHING_SHARED, type Shared, type StageContext } from './stage.ts';
import { STAGES } from './stages/index.ts';

/** A range is large enough that its statements cost little beside its rows, and small enough for a process's memory and for many workers. */
const RANGE_HOLDERS_MAX = 12_000;
const RANGE_HOLDERS_MIN = 500;
const RANGES_WANTED = 12;
export const PARTITION_TASK = 'cycle_partition';

let packs: RulePacks | null = null;
/** The law as this process knows it; read once. */
export const rulePacks = (): RulePacks => (packs ??= loadRulePacks());

export type Started = { readonly businessDate: PlainDate; readonly state: 'started' | 'resumed' | 'already_done' };
export type RunState = 'running' | 'stopped' | 'done' | 'failed';

/**
 * Starts the cycle of a day, or goes on with the oldest one that is not finished: a day is only begun when the days before it are done.
 * Problems: `business_date_before_last_cycle`, `stage_unknown`.
 * @param stopAfter name of the stage after which the day stops until it is resumed
 */
export async function startCycle(database: Database, insurer: Insurer, businessDate: PlainDate, stopAfter: string | null = null): Promise<Result<Started>> {
  if (stopAfter !== null && !STAGES.some((stage) => stage.name === stopAfter)) {
    return fail('stage_unknown', { stage: stopAfter, known: STAGES.map((stage) => stage.name).join(', ') });
  }
  return inInsurer(database.app, insurer.insurerId, async (tx) => {
    const { insurerId } = insurer;
    // Two who start at once: one writes the row, the other waits here and then finds it.
    await tx`select pg_advisory_xact_lock(hashtextextended('inforce cycle', ${insurerId}))`;
    const runs = await tx<{ business_date: PlainDate; state: RunState; stage: string }[]>`
      select business_date, state, stage from cycle_runs where insurer_id = ${insurerId} order by business_date desc limit 60`;
    const unfinished = runs.findLast((run) => run.state !== 'done');
    if (unfinished !== undefined && unfinished.business_date <= businessDate) {
      await resume(tx, insurerId, unfinished.business_date, stopAfter);
      return ok({ businessDate: unfinished.business_date, state: 'resumed' });
    }
    const last = runs[0]?.business_date ?? null;
    if (last === businessDate) return ok({ businessDate, state: 'already_done' });
    if (last !== null && last > businessDate) return fail('business_date_before_last_cycle', { business_date: businessDate, last });
    const first = STAGES[0]?.name ?? '';
    const shared: Shared = { ...NOTHING_SHARED, previousDate: last };
    await tx`
      insert into cycle_runs (insurer_id, business_date, state, stage, shared, started_at, stop_after)
      values (${insurerId}, ${businessDate}, 'running', ${first}, ${tx.json(shared)}, now(), ${stopAfter})`;
    await beginStage(tx, { insurer, businessDate, packs: rulePacks(), shared }, first);
    return ok({ businessDate, state: 'started' });
  });
}

/** Puts the ranges that are not done back into the queue; one that is being worked on is done once all the same. */
async function resume(tx: Tx, insurerId: InsurerId, businessDate: PlainDate, stopAfter: string | null): Promise<void> {
  const [run] = await tx<{ stage: string; state: RunState }[]>`
    update cycle_runs set state = 'running', failure = null, finished_at = null, stop_after = ${stopAfter}
    where insurer_id = ${insurerId} and business_date = ${businessDate} returning stage, state`;
  if (run === undefined) return;
  const left = await tx<{ partition_no: number }[]>`
    select partition_no from cycle_partitions where insurer_id = ${insurerId} and business_date = ${businessDate} and stage = ${run.stage} and done_at is null`;
  if (left.length === 0) await advance(tx, insurerId, businessDate, run.stage);
  await enqueue(tx, insurerId, businessDate, run.stage);
}

async function beginStage(tx: Tx, context: StageContext, name: string): Promise<void> {
  const stage = STAGES.find((one) => one.name === name);
  if (stage === undefined) throw new Error(`no stage ${name}`);
  const { insurer: { insurerId }, businessDate } = context;
  if (stage.prepare !== undefined) {
    const shared = { ...context.shared, ...await stage.prepare(tx, context) };
    await tx`update cycle_runs set shared = ${tx.json(shared)} where insurer_id = ${insurerId} and business_date = ${businessDate}`;
  }
  if (stage.partitioned) await cutRanges(tx, insurerId, businessDate, name);
  else {
    await tx`
      insert into cycle_partitions (insurer_id, business_date, stage, partition_no, holder_from, holder_to)
      values (${insurerId}, ${businessDate}, ${name}, 1, 0, ${Number.MAX_SAFE_INTEGER})`;
  }
  await enqueue(tx, insurerId, businessDate, name);
}

/** Ranges of equal numbers of holders. The first stage counts them; the others take the same ranges, so that all of a day see the same holders. */
async function cutRanges(tx: Tx, insurerId: InsurerId, businessDate: PlainDate, stage: string): Promise<void> {
  const copied = await tx`
    insert into cycle_partitions (insurer_id, business_date, stage, partition_no, holder_from, holder_to)
    select insurer_id, business_date, ${stage}, partition_no, holder_from, holder_to from cycle_partitions
    where insurer_id = ${insurerId} and business_date = ${businessDate} and stage = ${STAGES[0]?.name ?? ''} and stage <> ${stage}`;
  if (copied.count > 0) return;
  const [size] = await tx<{ holders: number }[]>`select count(*)::int as holders from holders where insurer_id = ${insurerId}`;
  const step = Math.min(RANGE_HOLDERS_MAX, Math.max(RANGE_HOLDERS_MIN, Math.ceil((size?.holders ?? 0) / RANGES_WANTED)));
  await tx`
    insert into cycle_partitions (insurer_id, business_date, stage, partition_no, holder_from, holder_to)
    select ${insurerId}, ${businessDate}, ${stage}, 1 + (n - 1) / ${step}, min(holder_id), max(holder_id)
    from (select holder_id, row_number() over (order by holder_id) as n from holders where insurer_id = ${insurerId}) numbered
    group by 4`;
}

async function enqueue(tx: Tx, insurerId: InsurerId, businessDate: PlainDate, stage: string): Promise<void> {
  await tx`
    select enqueue_job(${PARTITION_TASK}, json_build_object('insurer_id', insurer_id, 'business_date', business_date, 'stage', stage, 'partition_no', partition_no),
      format('cycle:%s:%s:%s:%s', insurer_id, business_date, stage, partition_no))
    from cycle_partitions where insurer_id = ${insurerId} and business_date = ${businessDate} and stage = ${stage} and done_at is null order by partition_no`;
}

export type PartitionJob = { readonly insurer_id: InsurerId; readonly business_date: PlainDate; readonly stage: string; readonly partition_no: number };
type PartitionRow = { readonly holder_from: number; readonly holder_to: number; readonly done_at: Date | null };

/** Does one range in one transaction. Asked twice, or by two at once, it is done once. */
export async function workPartition(database: Database, job: PartitionJob): Promise<void> {
  const insurer = await insurerById(database, job.insurer_id);
  if (!insurer.ok) return;
  await inInsurer(database.app, job.insurer_id, async (tx) => {
    const { insurer_id: insurerId, business_date: businessDate, stage: name, partition_no: no } = job;
    // Held until the end: it says that somebody is working on this range, and a second one waits for it.
    const [range] = await tx<PartitionRow[]>`
      select holder_from, holder_to, done_at from cycle_partitions
      where insurer_id = ${insurerId} and business_date = ${businessDate} and stage = ${name} and partition_no = ${no} for update`;
    if (range === undefined || range.done_at !== null) return;
    const [run] = await tx<{ shared: Shared; state: RunState }[]>`
      select shared, state from cycle_runs where insurer_id = ${insurerId} and business_date = ${businessDate}`;
    if (run === undefined || run.state !== 'running') return;
    const stage = STAGES.find((one) => one.name === name);
    if (stage === undefined) throw new Error(`no stage ${name}`);
    const started = performance.now();
    const holders: HolderRange = { from: range.holder_from, to: range.holder_to };
    const counts = await stage.work(tx, { insurer: insurer.value, businessDate, packs: rulePacks(), shared: run.shared }, holders);
    await tx`
      update cycle_partitions set done_at = clock_timestamp(), rows_read = ${counts.read}, rows_written = ${counts.written}, duration_ms = ${Math.round(performance.now() - started)}
      where insurer_id = ${insurerId} and business_date = ${businessDate} and stage = ${name} and partition_no = ${no}`;
    await advance(tx, insurerId, businessDate, name);
    await tx`select pg_notify('inforce_cycle', ${JSON.stringify({ insurer_id: insurerId })})`;
  });
}

/** Begins the next stage when this one is done. The run's row is locked first, so of two who finish last one sees the other. */
async function advance(tx: Tx, insurerId: InsurerId, businessDate: PlainDate, finished: string): Promise<void> {
  const [run] = await tx<{ shared: Shared; stage: string; state: RunState; stop_after: string | null }[]>`
    select shared, stage, state, stop_after from cycle_runs where insurer_id = ${insurerId} and business_date = ${businessDate} for update`;
  if (run?.stage !== finished) return;
  const [left] = await tx<{ left: number }[]>`
    select count(*)::int as left from cycle_partitions where insurer_id = ${insurerId} and business_date = ${businessDate} and stage = ${finished} and done_at is null`;
  if ((left?.left ?? 0) > 0) return;
  const next = STAGES[STAGES.findIndex((stage) => stage.name === finished) + 1];
  if (next === undefined) {
    await tx`update cycle_runs set state = 'done', finished_at = now() where insurer_id = ${insurerId} and business_date = ${businessDate}`;
    return;
  }
  // A day that was stopped while its last range was worked on stays stopped.
  const state = run.stop_after === finished ? 'stopped' : run.state;
  await tx`update cycle_runs set stage = ${next.name}, state = ${state} where insurer_id = ${insurerId} and business_date = ${businessDate}`;
  const row = await insurerIn(tx, insurerId);
  if (row === undefined) throw new Error(`insurer ${insurerId} is gone`);
  await beginStage(tx, { insurer: row, businessDate, packs: rulePacks(), shared: run.shared }, next.name);
}

/** After the last try of a range: the day stands still until somebody resumes it, and says why. */
export async function markFailed(database: Database, job: PartitionJob, reason: string): Promise<void> {
  await inInsurer(database.app, job.insurer_id, async (tx) => {
    await tx`
      update cycle_runs set state = 'failed', failure = ${reason.slice(0, 1_000)}
      where insurer_id = ${job.insurer_id} and business_date = ${job.business_date} and state = 'running'`;
    await tx`select pg_notify('inforce_cycle', ${JSON.stringify({ insurer_id: job.insurer_id })})`;
  });
}

/** Stops a running day after the ranges that are being worked on. */
export async function stopCycle(database: Database, insurerId: InsurerId): Promise<void> {
  await inInsurer(database.app, insurerId, (tx) => tx`update cycle_runs set state = 'stopped' where insurer_id = ${insurerId} and state = 'running'`);
}

/**
 * Ranges whose job somebody took and who then died: the queue still thinks it is being worked on, but nobody holds the range's lock. They are queued
 * anew. Called by every worker every second.
 */
export async function rescueOrphans(database: Database, insurerId: InsurerId): Promise<number> {
  const taken = await database.owner<{ key: string }[]>`
    select key from graphile_worker.jobs where task_identifier = ${PARTITION_TASK} and locked_at < now() - interval '1 second' and key like ${`cycle:${insurerId}:%`}`;
  if (taken.length === 0) return 0;
  return inInsurer(database.app, insurerId, async (tx) => {
    // Who starts or resumes a day queues the same ranges: one of us at a time, or they wait for each other.
    const [turn] = await tx<{ ours: boolean }[]>`select pg_try_advisory_xact_lock(hashtextextended('inforce cycle', ${insurerId})) as ours`;
    if (turn?.ours !== true) return 0;
    const orphans = await tx<{ n: number }[]>`
      with free as (
        select p.* from cycle_partitions p
        where p.insurer_id = ${insurerId} and p.done_at is null
          and format('cycle:%s:%s:%s:%s', p.insurer_id, p.business_date, p.stage, p.partition_no) in ${tx(taken.map((row) => row.key))}
        for update skip locked)
      select count(enqueue_job(${PARTITION_TASK}, json_build_object('insurer_id', insurer_id, 'business_date', business_date, 'stage', stage, 'partition_no', partition_no),
        format('cycle:%s:%s:%s:%s', insurer_id, business_date, stage, partition_no)))::int as n from free`;
    return orphans[0]?.n ?? 0;
  });
}

export type StageStatus = { readonly stage: string; readonly partitions: number; readonly partitions_done: number; readonly rows_read: number; readonly rows_written: number; readonly seconds: number };
export type CycleStatus = {
  readonly business_date: PlainDate;
  readonly state: RunState;
  readonly stage: string;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
  readonly failure: string | null;
  readonly stages: readonly StageStatus[];
};

/** How far a day is; the latest where none is named, null before the first. `seconds` is work, summed over the workers. */
export async function cycleStatus(tx: Tx, insurerId: InsurerId, businessDate: PlainDate | null = null): Promise<CycleStatus | null> {
  const [run] = await tx<Omit<CycleStatus, 'stages'>[]>`
    select business_date, state, stage, started_at, finished_at, failure from cycle_runs
    where insurer_id = ${insurerId} and (${businessDate}::date is null or business_date = ${businessDate}) order by business_date desc limit 1`;
  if (run === undefined) return null;
  const rows = await tx<StageStatus[]>`
    select stage, count(*)::int as partitions, count(done_at)::int as partitions_done, coalesce(sum(rows_read), 0)::int as rows_read,
      coalesce(sum(rows_written), 0)::int as rows_written, (coalesce(sum(duration_ms), 0) / 1000.0)::float8 as seconds
    from cycle_partitions where insurer_id = ${insurerId} and business_date = ${run.business_date} group by stage`;
  const stages = STAGES.flatMap((stage) => rows.filter((row) => row.stage === stage.name));
  return { ...run, stages };
}
