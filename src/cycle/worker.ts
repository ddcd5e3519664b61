/** Takes jobs from the queue: any number of these share the work, on any machine that reaches the database. */

import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Logger, Logger as GraphileLogger, run, type Runner, type TaskList, type WorkerEvents } from 'graphile-worker';
import { type Database } from '../database/index.ts';
import { markFailed, PARTITION_TASK, type PartitionJob, rescueOrphans, workPartition } from './run.ts';

/** Without news over LISTEN a worker looks by itself. */
const POLL_MS = 1_000;
/** Looking for ranges that were left behind costs one look at the queue. */
const RESCUE_MS = 1_000;
/** Until the queue is tried again after it has ended by itself. */
const AGAIN_MS = 1_000;
/**
 * A queue looks for work every second. One that works on nothing and was not told for so long what there is, is begun anew: graphile-worker 0.17 keeps the
 * first error of an outage in mind and answers with it ever after (`getTaskDetails`).
 */
const SILENT_MAX_MS = 5_000;
/** A range at hand is finished in this time; nothing is lost where it is not. */
const STOP_MS = 20_000;

/** Work beside the cycle's: `tasks` by name, `crontab` for those that come by themselves. */
export type OtherWork = { readonly tasks: TaskList; readonly crontab: string };

export type Worker = { readonly stop: () => Promise<void> };

// It writes a worker's last error to the console as well; whoever waits is told in a sentence.
console.trace = () => {};
const quiet: Logger = new GraphileLogger(() => () => {});

type Queue = {
  readonly ended: Promise<void>;
  readonly stop: () => Promise<void>;
};

/**
 * One range at a time: the work is the processor's, and another worker is another process. A queue that ended because the database went away, or that
 * fell silent over it, is begun anew.
 */
export async function startWorker(database: Database, insurerIds: () => Promise<readonly PartitionJob['insurer_id'][]>, other?: OtherWork): Promise<Worker> {
  const stopped = new AbortController();
  let queue = await takeJobs(database, other);
  const working = (async () => {
    for (;;) {
      await queue.ended;
      if (stopped.signal.aborted) return;
      await sleep(AGAIN_MS, null, { signal: stopped.signal }).catch(() => {});
      if (stopped.signal.aborted) return;
      const again = await takeJobs(database, other).catch(() => null);
      if (again === null) continue;
      queue = again;
      if (stopped.signal.aborted) await queue.stop();
    }
  })();
  let rescuing = false;
  const timer = setInterval(() => {
    if (rescuing) return;
    rescuing = true;
    void (async () => {
      for (const insurerId of await insurerIds()) await rescueOrphans(database, insurerId);
    })().catch(() => {
      // The database is away; the next look will see.
    }).finally(() => { rescuing = false; });
  }, RESCUE_MS);
  return {
    stop: async () => {
      clearInterval(timer);
      stopped.abort();
      // One that has ended by itself needs no stopping; one whose database has gone would wait for it.
      await Promise.race([queue.stop().then(() => working), sleep(STOP_MS, null, { ref: false })]);
    },
  };
}

async function takeJobs(database: Database, other?: OtherWork): Promise<Queue> {
  const events: WorkerEvents = new EventEmitter();
  let heardAt = performance.now();
  let working = false;
  const given = Promise.withResolvers<void>();
  events.on('worker:getJob:empty', () => { heardAt = performance.now(); });
  events.on('job:start', () => { working = true; });
  // A page that shows failing jobs is told; a day's success is told by the day itself.
  events.on('job:error', ({ job: { payload } }) => {
    if (typeof payload === 'object' && payload !== null && 'insurer_id' in payload) {
      database.app.notify('inforce_change', JSON.stringify({ insurer_id: payload.insurer_id, what: 'jobs' })).catch(() => {});
    }
  });
  events.on('job:complete', () => {
    working = false;
    heardAt = performance.now();
  });
  const runner = await runQueue(database, events, other);
  const stop = (): Promise<void> => runner.stop().catch(() => {});
  const watch = setInterval(() => { if (!working && performance.now() - heardAt > SILENT_MAX_MS) given.resolve(); }, POLL_MS);
  return {
    ended: Promise.race([runner.promise.catch(() => {}), given.promise]).finally(() => {
      clearInterval(watch);
      void stop();
    }),
    stop: async () => {
      given.resolve();
      await stop();
    },
  };
}

const runQueue = (database: Database, events: WorkerEvents, other?: OtherWork): Promise<Runner> => run({
  connectionString: database.ownerUrl, concurrency: 1, pollInterval: POLL_MS, noHandleSignals: true, logger: quiet, maxPoolSize: 3, events,
  // What became of a job is written down in batches of what is there: only so are its errors handled, and a database that goes away does not end the process.
  preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
  ...(other === undefined ? {} : { crontab: other.crontab }),
  taskList: {
    ...other?.tasks,
    [PARTITION_TASK]: async (payload, helpers) => {
      const job = payload as PartitionJob;
      try {
        await workPartition(database, job);
      } catch (error) {
        if (helpers.job.attempts >= helpers.job.max_attempts) await markFailed(database, job, error instanceof Error ? error.message : String(error));
        throw error;
      }
    },
  },
});
