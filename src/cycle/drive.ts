/** Runs a day to its end and tells how far it is. */

import { setTimeout as sleep } from 'node:timers/promises';
import { answered, AWAY_MAX_MS, type Database, inInsurer, isConnectionError } from '../database/index.ts';
import { fail, ok, type PlainDate, type Result } from '../kernel/index.ts';
import { type Insurer } from '../portfolio/index.ts';
import { type CycleStatus, cycleStatus, startCycle, stopCycle } from './run.ts';
import { startWorker } from './worker.ts';

const LOOK_MS = 100;
/** While the database does not answer. */
const LOOK_AWAY_MS = 500;

export type CycleOptions = {
  readonly businessDate: PlainDate;
  readonly stopAfter?: string | null;
  /** False where other processes do the work. */
  readonly workHere?: boolean;
  readonly onProgress?: (status: CycleStatus) => void;
  /** Stops the day after the ranges that are being worked on; it can be resumed. */
  readonly signal?: AbortSignal;
};

/**
 * Plays the day, after any earlier day that was not finished. Problems: those of `startCycle`; `cycle_failed` with stage and reason,
 * `cycle_stopped`, `database_unreachable`.
 */
export async function runCycle(database: Database, insurer: Insurer, options: CycleOptions): Promise<Result<CycleStatus>> {
  const worker = options.workHere === false ? null : await startWorker(database, async () => [insurer.insurerId]);
  try {
    for (;;) {
      const started = await startCycle(database, insurer, options.businessDate, options.stopAfter ?? null);
      if (!started.ok) return started;
      const ended = await untilEnd(database, insurer, started.value.businessDate, options);
      if (!ended.ok || started.value.businessDate === options.businessDate) return ended;
    }
  } finally {
    await worker?.stop();
  }
}

async function untilEnd(database: Database, insurer: Insurer, businessDate: PlainDate, options: CycleOptions): Promise<Result<CycleStatus>> {
  let answeredAt = performance.now();
  for (;;) {
    let status: CycleStatus | null;
    try {
      status = await answered(inInsurer(database.app, insurer.insurerId, (tx) => cycleStatus(tx, insurer.insurerId, businessDate)));
      answeredAt = performance.now();
    } catch (error) {
      if (!isConnectionError(error)) throw error;
      if (performance.now() - answeredAt > AWAY_MAX_MS) return fail('database_unreachable', { reason: error instanceof Error ? error.message : String(error) });
      await sleep(LOOK_AWAY_MS);
      continue;
    }
    if (status === null) throw new Error(`the cycle of ${businessDate} vanished`);
    options.onProgress?.(status);
    if (status.state === 'done') return ok(status);
    if (status.state === 'failed') return fail('cycle_failed', { business_date: businessDate, stage: status.stage, reason: status.failure ?? '' });
    if (status.state === 'stopped') return options.stopAfter === undefined || options.stopAfter === null ? fail('cycle_stopped', { business_date: businessDate, stage: status.stage }) : ok(status);
    if (options.signal?.aborted === true) {
      await stopCycle(database, insurer.insurerId);
      return fail('cycle_stopped', { business_date: businessDate, stage: status.stage });
    }
    await sleep(LOOK_MS);
  }
}
