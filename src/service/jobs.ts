/** The queue's jobs of one insurer, and its last days with their stages. The queue itself is the owner's; two functions show and touch this insurer's part of it. */

import { z } from 'zod';
import { type Tx } from '../database/index.ts';
import { fail, ok, type PlainDate, type Result } from '../kernel/index.ts';
import { moment, plainDate } from './shapes.ts';

const JOB_STATES = ['waiting', 'running', 'retrying', 'failed'] as const;
export const jobsShape = z.object({
  jobs: z.array(z.object({
    job_id: z.int(), task: z.string(), stage: z.string().nullable(), business_date: plainDate.nullable(), partition_no: z.int().nullable(), state: z.enum(JOB_STATES),
    attempts: z.int(), max_attempts: z.int(), failure: z.string().nullable(), run_at: moment, created_at: moment,
  })).describe('Failing ones first'),
});
export const cycleListShape = z.object({
  cycles: z.array(z.object({
    business_date: plainDate, state: z.enum(['running', 'stopped', 'done', 'failed']), stage: z.string(), started_at: moment, finished_at: moment.nullable(),
    failure: z.string().nullable(),
    stages: z.array(z.object({
      stage: z.string(), partitions: z.int(), partitions_done: z.int(), rows_written: z.int(), seconds: z.number().describe('Work, summed over the workers'),
      done_at: moment.nullable(),
    })),
  })),
});
type Cycle = z.output<typeof cycleListShape>['cycles'][number];
type StageRow = Cycle['stages'][number] & { readonly business_date: PlainDate };

/** A stage of a large insurer has some hundred ranges. */
const JOBS_MAX = 300;
const CYCLES_SHOWN = 14;

export async function listJobs(tx: Tx): Promise<z.output<typeof jobsShape>> {
  return { jobs: await tx<z.output<typeof jobsShape>['jobs']>`select * from queue_jobs(${JOBS_MAX})` };
}

/** Puts a failing job back to the front of the queue with all its tries; a day that stood still because of it goes on. Problem: `job_not_failing`. */
export async function retryJob(tx: Tx, jobId: number): Promise<Result<{ readonly businessDate: PlainDate }>> {
  const [row] = await tx<{ day: PlainDate | null }[]>`select retry_job(${jobId}) as day`;
  const day = row?.day ?? null;
  if (day === null) return fail('job_not_failing');
  await tx`update cycle_runs set state = 'running', failure = null, finished_at = null where business_date = ${day} and state = 'failed'`;
  return ok({ businessDate: day });
}

/** The last days, newest first, each with its stages in the order in which they ran. */
export async function listCycles(tx: Tx): Promise<z.output<typeof cycleListShape>> {
  const runs = await tx<Omit<Cycle, 'stages'>[]>`
    select business_date, state, stage, started_at, finished_at, failure from cycle_runs order by business_date desc limit ${CYCLES_SHOWN}`;
  const last = runs.at(-1);
  if (last === undefined) return { cycles: [] };
  const stages = await tx<StageRow[]>`
    select business_date, stage, count(*)::int as partitions, count(done_at)::int as partitions_done, coalesce(sum(rows_written), 0)::int as rows_written,
      (coalesce(sum(duration_ms), 0) / 1000.0)::float8 as seconds, max(done_at) as done_at
    from cycle_partitions where business_date >= ${last.business_date} group by 1, 2 order by 1, min(done_at) nulls last, 2`;
  const stagesOf = (run: Omit<Cycle, 'stages'>): Cycle['stages'] =>
    stages.flatMap(({ business_date: on, ...stage }) => (on === run.business_date ? [stage] : []));
  return { cycles: runs.map((run) => ({ ...run, stages: stagesOf(run) })) };
}
