/** What every command needs: the data folder, the database, one insurer, and how a problem is told. */

import path from 'node:path';
import { type Command } from 'commander';
import { connect, type Database, isConnectionError } from '../database/index.ts';
import { fail, type Language, ok, type Problem, type Result } from '../kernel/index.ts';
import { problemText } from '../kernel/problem-texts.ts';
import { allInsurers, type Insurer, insurerByCode } from '../portfolio/index.ts';

export const dataDirectory = (): string => path.resolve(process.env['INFORCE_DATA'] ?? '.inforce');

/** The language of the terminal, by LC_ALL or LANG. */
export function terminalLanguage(): Language {
  const locale = process.env['LC_ALL'] ?? process.env['LANG'] ?? '';
  if (!locale.startsWith('zh')) return 'en';
  return /^zh_(TW|HK|MO)|Hant/i.test(locale) ? 'zh-Hant' : 'zh-Hans';
}

export function tell(problem: Problem): void {
  console.error(problemText(problem, terminalLanguage()));
  process.exitCode = 1;
}

/** The insurer named by `--insurer`, or the only one there is. Problems: `insurer_unknown`, `insurer_needed`. */
export async function chooseInsurer(database: Database, code: string | undefined): Promise<Result<Insurer>> {
  if (code !== undefined) return insurerByCode(database, code);
  const all = await allInsurers(database);
  const [only] = all;
  if (only !== undefined && all.length === 1) return ok(only);
  return fail('insurer_needed', { known: all.map((insurer) => insurer.code).join(', ') || '—' });
}

/** Connects, runs the work, closes, and tells a problem in plain words. */
export async function withDatabase(work: (database: Database) => Promise<Result<unknown>>): Promise<void> {
  const database = await connect({ dataDirectory: dataDirectory() });
  if (!database.ok) {
    tell(database.problem);
    return;
  }
  try {
    const result = await work(database.value);
    if (!result.ok) tell(result.problem);
  } catch (error) {
    if (!isConnectionError(error)) throw error;
    tell({ code: 'database_unreachable', details: { reason: error instanceof Error ? error.message : String(error) } });
    // Whoever still waits for it would keep the process from ending.
    process.exit(1);
  } finally {
    await database.value.close();
  }
}

export const withInsurer = (code: string | undefined, work: (database: Database, insurer: Insurer) => Promise<Result<unknown>>): Promise<void> => (
  withDatabase(async (database) => {
    const insurer = await chooseInsurer(database, code);
    return insurer.ok ? work(database, insurer.value) : insurer;
  })
);

/** One Ctrl-C arrives twice, from the terminal and from the starter that passes it on; what comes later than this is a second one. */
const SAME_SIGNAL_MS = 1_000;

/** Stops at the first Ctrl-C in an orderly way; a second one ends the process. */
export function untilInterrupted(): AbortSignal {
  const stop = new AbortController();
  let first = 0;
  const stopOrEnd = (): void => {
    if (first !== 0 && performance.now() - first > SAME_SIGNAL_MS) process.exit(130);
    first ||= performance.now();
    stop.abort();
  };
  process.on('SIGINT', stopOrEnd);
  process.on('SIGTERM', stopOrEnd);
  return stop.signal;
}

export const insurerOption = (command: Command): Command => command.option('--insurer <code>', 'the insurer; needed where there are several');
