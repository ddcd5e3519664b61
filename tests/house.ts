/** A simulated insurer in a folder of its own, what its rows are, and the command line as a child process. Used by tests only. */

import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Database, inInsurer, openTestDatabase } from '../src/database/index.ts';
import { expectOk, type InsurerId, type PlainDate } from '../src/kernel/index.ts';
import { type Insurer, insurerByCode } from '../src/portfolio/index.ts';
import { simulate } from '../simulator/index.ts';

export { copyOf, newFolder } from '../src/database/index.ts';

export const ROOT = path.join(import.meta.dirname, '..');
export const SEED = Number(process.env['INFORCE_SEED'] ?? 1);
/** The first day that the cycle plays; the history of simulated insurers ends before it. */
export const FIRST_DAY = '2026-12-01' as PlainDate;

export type House = { readonly database: Database; readonly folder: string; readonly close: () => Promise<void> };

/** The embedded database of a folder, or of a new one; `close` removes the folder with it. */
export async function openHouse(folder?: string): Promise<House> {
  const { database, dataDirectory, close } = await openTestDatabase(folder);
  return { database, folder: dataDirectory, close };
}

export async function simulated(database: Database, code: string, policies: number, seed = SEED): Promise<Insurer> {
  expectOk(await simulate(database, { code, policies, seed, today: FIRST_DAY }));
  return expectOk(await insurerByCode(database, code));
}

export async function tablesOfInsurers({ owner }: Database): Promise<string[]> {
  const rows = await owner<{ name: string }[]>`
    select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'insurer_id'
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1`;
  return rows.map((row) => row.name);
}

/** One line for each table of an insurer; changes when any of its rows does. */
export async function fingerprint(database: Database, insurerId: InsurerId, except: readonly string[] = []): Promise<string> {
  const tables = (await tablesOfInsurers(database)).filter((table) => !except.includes(table));
  return inInsurer(database.app, insurerId, async (tx) => {
    const lines: string[] = [];
    for (const table of tables) {
      const [row] = await tx<{ hash: string }[]>`select count(*) || ' ' || md5(coalesce(string_agg(t::text, ';' order by t::text), '')) as hash from ${tx(table)} t`;
      lines.push(`${table} ${row?.hash ?? ''}`);
    }
    return lines.join('\n');
  });
}

/** When the work was done and by whom, and numbers that are given in the order of work: what two runs of the same day may differ in. */
const OF_THE_RUN = new Set([
  'created_at', 'started_at', 'finished_at', 'done_at', 'duration_ms', 'posting_id', 'contact_id', 'claimed_by', 'rows_read', 'rows_written', 'message_ref',
]);

/** Every row of an insurer as text, by table, without what belongs to the run: equal for two runs that came to the same result. */
export async function rowsOf(database: Database, insurerId: InsurerId, left: readonly string[] = []): Promise<Map<string, readonly string[]>> {
  const rows = new Map<string, readonly string[]>();
  for (const table of await tablesOfInsurers(database)) {
    if (['users', 'sessions', ...left].includes(table)) continue;
    const columns = await database.owner<{ name: string }[]>`select attname as name from pg_attribute where attrelid = ${table}::regclass and attnum > 0 and not attisdropped order by attnum`;
    const kept = columns.map(({ name }) => name).filter((name) => !OF_THE_RUN.has(name));
    const found = await inInsurer(database.app, insurerId, (tx) => tx<{ row: string }[]>`
      select row(${tx.unsafe(kept.map((name) => `t.${name}`).join(', '))})::text as row from ${tx(table)} t order by 1`);
    rows.set(table, found.map(({ row }) => row));
  }
  return rows;
}

/** The first rows in which two results differ, in words; empty when they are equal. */
export function differences(expected: ReadonlyMap<string, readonly string[]>, found: ReadonlyMap<string, readonly string[]>): string[] {
  const told: string[] = [];
  for (const table of new Set([...expected.keys(), ...found.keys()])) {
    const [a, b] = [expected.get(table) ?? [], found.get(table) ?? []];
    const [inA, inB] = [new Set(a), new Set(b)];
    const [missing, surplus] = [a.filter((row) => !inB.has(row)), b.filter((row) => !inA.has(row))];
    if (missing.length > 0 || surplus.length > 0 || a.length !== b.length) {
      told.push(`${table}: ${a.length} rows expected, ${b.length} found; ${missing.length} missing (${missing[0] ?? ''}), ${surplus.length} too many (${surplus[0] ?? ''})`);
    }
  }
  return told;
}

export type Ended = { readonly code: number | null; readonly signal: NodeJS.Signals | null; readonly output: string };
export type Command = { readonly process: ChildProcess; readonly output: () => string; readonly ended: Promise<Ended> };

/** A script of the checkout as a process of its own, as a user runs it. */
export function startScript(script: string, args: readonly string[], environment: NodeJS.ProcessEnv, identity: { readonly uid?: number; readonly gid?: number } = {}): Command {
  const env = { ...process.env, ...environment };
  delete env['DATABASE_URL'];
  delete env['NODE_TEST_CONTEXT'];
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', path.join(ROOT, 'scripts', script), ...args], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'], ...identity });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => { output += data.toString(); });
  const ended = new Promise<Ended>((resolve) => { child.once('close', (code, signal) => resolve({ code, signal, output })); });
  return { process: child, output: () => output, ended };
}

export const inforce = (folder: string, ...args: string[]): Command => startScript('inforce.ts', args, { INFORCE_DATA: folder });

/** Waits until something holds; fails with its name after `seconds`. */
export async function until(what: string, holds: () => Promise<boolean> | boolean, seconds = 30): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`waited ${seconds} s in vain: ${what}`);
    await sleep(20);
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
