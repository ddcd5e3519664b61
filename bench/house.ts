/** A house for one benchmark: an embedded database in a folder of its own, gone at the end, also after Ctrl-C. */

import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { connect, type Database } from '../src/database/index.ts';
import { expectOk } from '../src/kernel/index.ts';
import { type Insurer, insurerById, registerInsurer } from '../src/portfolio/index.ts';

export type BenchHouse = { readonly database: Database; readonly dataDirectory: string };

/** Opens a house, works in it, and clears it away whatever happens. */
export async function inBenchHouse<T>(work: (house: BenchHouse) => Promise<T>): Promise<T> {
  const dataDirectory = fs.mkdtempSync(path.join(os.tmpdir(), 'inforce-bench-'));
  // As root the server runs as nobody and must be able to walk in.
  fs.chmodSync(dataDirectory, 0o755);
  let database: Database | null = null;
  const clear = async (): Promise<void> => {
    await database?.close();
    fs.rmSync(dataDirectory, { recursive: true, force: true });
  };
  const interrupted = (): void => {
    void clear().finally(() => process.exit(130));
  };
  process.once('SIGINT', interrupted);
  process.once('SIGTERM', interrupted);
  try {
    database = expectOk(await connect({ dataDirectory, databaseUrl: '' }));
    return await work({ database, dataDirectory });
  } finally {
    process.off('SIGINT', interrupted);
    process.off('SIGTERM', interrupted);
    await clear();
  }
}

/** A real insurer without holders. */
export async function aBenchInsurer({ database }: BenchHouse, code: string, currency = 'INR', timeZone = 'Asia/Kolkata'): Promise<Insurer> {
  const insurerId = expectOk(await registerInsurer(database, {
    code, name: code, nameZhHans: code, nameZhHant: code, reportingCurrency: currency, timeZone, contactPhone: '', contactEmail: '', simulated: false, simulationSeed: null,
  }));
  return expectOk(await insurerById(database, insurerId));
}

/** The value after `--name` among a benchmark's arguments, as a whole number of at least one. */
export function countArgument(args: readonly string[], name: string, fallback: number): number {
  const at = args.indexOf(`--${name}`);
  if (at < 0) return fallback;
  const value = Number((args[at + 1] ?? '').replaceAll(/[_,]/g, ''));
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`--${name} wants a whole number, 1 or more`);
  return value;
}

/** Peak resident memory of this process, in MB of 1,048,576 bytes. */
export const peakMb = (): number => Math.round(process.resourceUsage().maxRSS / 1024);

/** A worker of the cycle in a process of its own. */
export function benchWorker(dataDirectory: string): ChildProcess {
  return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', path.join(import.meta.dirname, '..', 'scripts', 'inforce.ts'), 'worker'], {
    stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, INFORCE_DATA: dataDirectory, DATABASE_URL: '', INFORCE_SMTP_URL: '', INFORCE_SMPP_URL: '' },
  });
}
