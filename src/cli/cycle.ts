/** `inforce cycle`, `inforce worker`: plays a business day, or lends a hand with it. */

import { spawn, type ChildProcess } from 'node:child_process';
import os from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Command } from 'commander';
import { type CycleStatus, runCycle, STAGES, segmentTask, startCourier, startWorker, syncTasks } from '../cycle/index.ts';
import { answered, AWAY_MAX_MS, type Database, readSecret } from '../database/index.ts';
import { fail, ok, parsePlainDate, type Result } from '../kernel/index.ts';
import { channelSettings, openChannels } from '../outreach/index.ts';
import { allInsurers, businessDateOf, clockOf, type Insurer } from '../portfolio/index.ts';
import { dataDirectory, insurerOption, tell, untilInterrupted, withDatabase, withInsurer } from './house.ts';

const WORKERS_DEFAULT = Math.min(2, os.availableParallelism());
const WORKERS_MAX = 64;
const ORIGIN_DEFAULT = 'http://localhost:4800';

export function registerCycle(program: Command): void {
  insurerOption(program.command('cycle').description('play the business day: bill, age, score, decide, gate, dispatch, segment, report'))
    .option('--date <date>', 'business date, YYYY-MM-DD (default: today by the insurer’s clock)')
    .option('--stage <stage>', `stop after this stage: ${STAGES.map((stage) => stage.name).join(', ')}`)
    .option('--resume', 'go on with a day that was stopped or failed (a day that was begun is gone on with anyway)')
    .option('--workers <n>', 'processes that share the work', String(WORKERS_DEFAULT))
    .addHelpText('after', '\nExample: inforce cycle --date 2026-12-01 --insurer harbour')
    .action((options: { date?: string; stage?: string; workers: string; insurer?: string }) => withInsurer(options.insurer, (database, insurer) => cycle(database, insurer, options)));
  program.command('worker').description('take work from the queue until stopped; start as many as you like, on any machine that reaches the database')
    .addHelpText('after', '\nExample: DATABASE_URL=postgres://… inforce worker')
    .action(() => withDatabase(work));
}

async function cycle(database: Database, insurer: Insurer, options: { date?: string; stage?: string; workers: string }): Promise<Result<unknown>> {
  const businessDate = options.date === undefined ? businessDateOf(insurer, clockOf(insurer).now()) : parsePlainDate(options.date);
  if (businessDate === null) return fail('date_invalid', { value: options.date ?? '' });
  const workers = Number(options.workers);
  if (!Number.isInteger(workers) || workers < 1 || workers > WORKERS_MAX) return fail('number_invalid', { option: '--workers', value: options.workers, min: 1, max: WORKERS_MAX });
  const helpers = Array.from({ length: workers - 1 }, spawnWorker);
  const show = progressBar();
  try {
    const started = performance.now();
    const done = await runCycle(database, insurer, { businessDate, stopAfter: options.stage ?? null, onProgress: show.update, signal: untilInterrupted() });
    show.end();
    if (!done.ok) return done;
    console.log(summary(done.value, (performance.now() - started) / 1000));
    return ok(null);
  } finally {
    for (const helper of helpers) helper.kill('SIGTERM');
  }
}

/** Another process of this command line that only works; it ends with us. */
export function spawnWorker(): ChildProcess {
  return spawn(process.execPath, [...process.execArgv, process.argv[1] ?? '', 'worker'], { stdio: ['ignore', 'ignore', 'inherit'] });
}

async function work(database: Database): Promise<Result<null>> {
  const sync = syncTasks({ database, secret: readSecret(dataDirectory()), now: Date.now, random: Math.random });
  const other = { ...sync, tasks: { ...sync.tasks, ...segmentTask({ database, now: Date.now }) } };
  const worker = await startWorker(database, async () => (await allInsurers(database)).map((insurer) => insurer.insurerId), other);
  const settings = channelSettings();
  const sends = settings.smtpUrl !== undefined || settings.smppUrl !== undefined;
  const courier = sends ? await startCourier(database, { channels: openChannels(settings), secret: readSecret(dataDirectory()), origin: process.env['INFORCE_URL'] ?? ORIGIN_DEFAULT, dataDirectory: dataDirectory() }) : null;
  console.log(`Working${sends ? ', and sending what is due' : ' (nothing is sent: INFORCE_SMTP_URL and INFORCE_SMPP_URL are not set)'}. Ctrl-C stops after the job at hand.`);
  const signal = untilInterrupted();
  const gone = await untilDatabaseGone(database, signal);
  if (gone !== null) {
    // Nothing can be closed in an orderly way any more; what was at hand was never committed, and other workers take it.
    tell({ code: 'database_unreachable', details: { reason: gone } });
    process.exit(1);
  }
  await courier?.stop();
  await worker.stop();
  return ok(null);
}

const LOOK_MS = 2_000;
/** The reason when the database has been away for too long: the worker ends, and whoever started it can start it again. Null when the signal came. */
async function untilDatabaseGone(database: Database, signal: AbortSignal): Promise<string | null> {
  let answeredAt = performance.now();
  while (!signal.aborted) {
    try {
      await answered(database.app`select 1`);
      answeredAt = performance.now();
    } catch (error) {
      if (performance.now() - answeredAt > AWAY_MAX_MS) return error instanceof Error ? error.message : String(error);
    }
    await sleep(LOOK_MS, null, { signal }).catch(() => {});
  }
  return null;
}

const BAR_WIDTH = 24;

/** One line that is written over on a terminal; one line for each stage elsewhere. */
function progressBar(): { update: (status: CycleStatus) => void; end: () => void } {
  const live = process.stdout.isTTY;
  let last = '';
  return {
    update: (status) => {
      const stage = status.stages.find((one) => one.stage === status.stage);
      const share = stage === undefined || stage.partitions === 0 ? 0 : stage.partitions_done / stage.partitions;
      if (live) process.stdout.write(`\r${status.business_date}  ${status.stage.padEnd(9)} ${'█'.repeat(Math.round(share * BAR_WIDTH)).padEnd(BAR_WIDTH, '░')} ${String(Math.round(share * 100)).padStart(3)} %  `);
      else if (last !== status.stage) console.log(`${status.business_date}  ${status.stage} …`);
      last = status.stage;
    },
    end: () => {
      if (live) process.stdout.write('\r\u001b[K');
    },
  };
}

function summary(status: CycleStatus, seconds: number): string {
  const count = (n: number): string => n.toLocaleString('en').padStart(12);
  return [
    `${status.business_date}: ${status.state === 'done' ? 'done' : `stopped before ${status.stage}`} in ${seconds.toFixed(1)} s`,
    `${'stage'.padEnd(10)}${'rows read'.padStart(12)}${'written'.padStart(12)}${'work, s'.padStart(10)}`,
    ...status.stages.filter((stage) => stage.partitions_done > 0).map((stage) => `${stage.stage.padEnd(10)}${count(stage.rows_read)}${count(stage.rows_written)}${stage.seconds.toFixed(1).padStart(10)}`),
  ].join('\n');
}
