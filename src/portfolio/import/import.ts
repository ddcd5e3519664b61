/** Real policies come in: a file is read, its rows are checked, good rows go in by sets, bad rows come back with reason and remedy. */

import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { type Database, inInsurer, type Tx } from '../../database/index.ts';
import { fail, type InsurerId, type Language, ok, type PlainDate, type Result } from '../../kernel/index.ts';
import { type Insurer } from '../insurers.ts';
import { errorsFile } from './errors-file.ts';
import { completeMapping, type Mapping, recognise } from './mapping.ts';
import { type Batch, type Change, mergeBatch, type MergeCounts, newBatch } from './merge.ts';
import { openSource } from './read.ts';
import { type Source } from './source.ts';
import { type SourceRow } from './split.ts';
import { type RowError, rowReader } from './rows.ts';

export type ImportOptions = {
  readonly mapping?: Mapping;
  readonly market?: string;
  readonly dryRun?: boolean;
  /** The insurer's business date. */
  readonly today: PlainDate;
  readonly language: Language;
  readonly onProgress?: (progress: ImportProgress) => void;
  /** Stops after the batch at hand; what is in stays in, and the same file goes on from there. */
  readonly signal?: AbortSignal;
  /** True where the caller keeps a record of the import; else a row of `imports` is written at its end. */
  readonly recorded?: boolean;
};
export type ImportProgress = { readonly rows: number; readonly bytesRead: number; readonly bytes: number; readonly seconds: number };
export type ImportResult = {
  readonly format: string;
  readonly mapping: Mapping;
  /** Columns of the file that no field takes. */
  readonly unused: readonly string[];
  readonly rowsRead: number;
  readonly rowsNew: number;
  readonly rowsChanged: number;
  readonly rowsSame: number;
  readonly rowsBad: number;
  /** The first of them; all are in `errorsFile`. */
  readonly errors: readonly RowError[];
  readonly errorsFile: string | null;
  readonly changes: readonly Change[];
  readonly stopped: boolean;
  readonly seconds: number;
};

/** Enough for the statements' own cost to vanish, few enough that three batches in memory are some ten megabytes. */
const BATCH_ROWS = 25_000;
const CHANGES_SHOWN = 20;
const SAMPLE_ROWS = 50;
/** Advisory locks of this kind: one import of an insurer at a time. */
const LOCK_KIND = 4_800_002;

/**
 * Problems: those of the file (`openSource`) and of the mapping (`completeMapping`, `rowReader`), `import_running`. Bad rows are no problem of the import;
 * they are in its result.
 */
export async function importPolicies(database: Database, insurer: Insurer, file: string, options: ImportOptions): Promise<Result<ImportResult>> {
  const source = await openSource(file);
  if (!source.ok) return source;
  // A connection of its own holds the lock; should this process die, the lock dies with it.
  const lock = await database.app.reserve();
  try {
    const [taken] = await lock<{ ok: boolean }[]>`select pg_try_advisory_lock(${LOCK_KIND}, ${insurer.insurerId}) as ok`;
    if (taken?.ok !== true) return fail('import_running', { code: insurer.code });
    const result = await load(database, insurer, file, source.value, options);
    await lock`select pg_advisory_unlock(${LOCK_KIND}, ${insurer.insurerId})`;
    return result;
  } finally {
    lock.release();
    await source.value.close();
  }
}

async function load(database: Database, { insurerId }: Insurer, file: string, source: Source, options: ImportOptions): Promise<Result<ImportResult>> {
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1000;
  const { header, batches, format, bytes, bytesRead } = source;
  const dryRun = options.dryRun === true;
  const pieces = batches[Symbol.asyncIterator]();
  const first = await pieces.next();
  if (first.done === true) return fail('file_empty', { file: path.basename(file) });
  const complete = completeMapping(options.mapping ?? recognise(header, first.value.slice(0, SAMPLE_ROWS).map((row) => row.cells)), options.market);
  if (!complete.ok) return complete;
  const mapping = complete.value;
  const compiled = rowReader(header, mapping, options.today);
  if (!compiled.ok) return compiled;
  const reader = compiled.value;
  const given = new Set(Object.values(mapping.columns));
  const fresh = await inInsurer(database.app, insurerId, async (tx) => (await tx`select 1 from policies where insurer_id = ${insurerId} limit 1`).length === 0);
  const counts = { read: 0, new: 0, changed: 0, same: 0, bad: 0 };
  const changes: Change[] = [];
  const errors = errorsFile(file, options.language);
  const merge = async (batch: Batch): Promise<void> => {
    const merged = await inBatch(database, insurerId, dryRun, (tx) => mergeBatch(
      tx, { insurerId, today: options.today, columns: reader.columns, constants: reader.constants, given, fresh, changesMax: CHANGES_SHOWN - changes.length }, batch));
    counts.new += merged.rowsNew;
    counts.changed += merged.rowsChanged;
    counts.same += merged.rowsSame;
    changes.push(...merged.changes);
  };
  // While batches are written the next is read. Two are written at once where they cannot meet: new policies, each with a holder of its own.
  const lanes = writers(fresh && !given.has('holder_ref') ? 2 : 1);
  /** Rows that were in when the planner last looked; where nothing is looked up, it need not look before the end. */
  let analysed = 0;
  const analyse = async (): Promise<void> => {
    if (dryRun || counts.new <= analysed * 4) return;
    analysed = counts.new;
    await database.owner`analyze holders, policies`;
  };
  if (!fresh) await analyseIfStale(database);
  let batch = newBatch();
  const take = async (rows: readonly SourceRow[]): Promise<void> => {
    for (const row of rows) {
      counts.read += 1;
      const bad: RowError[] = [];
      const values = reader.read(row, bad);
      if (values === null) {
        counts.bad += 1;
        errors.write(bad);
      } else batch.add(values);
    }
    if (batch.rows < BATCH_ROWS) return;
    const full = batch;
    batch = newBatch();
    await lanes.write(() => merge(full).then(() => (given.has('holder_ref') || !fresh ? analyse() : undefined)));
    options.onProgress?.({ rows: counts.read, bytesRead: bytesRead(), bytes, seconds: seconds() });
  };
  let stopped = false;
  for (let next: IteratorResult<readonly SourceRow[]> = first; next.done !== true && !stopped; next = await pieces.next()) {
    await take(next.value);
    stopped = options.signal?.aborted === true;
  }
  await lanes.end();
  if (batch.rows > 0) await merge(batch);
  const badRows = errors.close();
  analysed = 0;
  await analyse();
  if (options.recorded !== true) await inInsurer(database.app, insurerId, (tx) => tx`
    insert into imports (insurer_id, file_name, file_hash, mapping, dry_run, rows_read, rows_new, rows_changed, rows_same, rows_bad, started_at, finished_at)
    values (${insurerId}, ${path.basename(file)}, ${hashOfFile(file)}, ${tx.json(mapping)}, ${dryRun}, ${counts.read}, ${counts.new}, ${counts.changed},
      ${counts.same}, ${counts.bad}, now() - make_interval(secs => ${seconds()}), now())`);
  return ok({
    format, mapping, unused: header.filter((column) => mapping.columns[column] === undefined), rowsRead: counts.read, rowsNew: counts.new, rowsChanged: counts.changed,
    rowsSame: counts.same, rowsBad: counts.bad, errors: errors.first, errorsFile: badRows, changes, stopped, seconds: seconds(),
  });
}

/** After a killed import the planner may still take the tables for empty, and would walk them once for every row. */
async function analyseIfStale({ owner }: Database): Promise<void> {
  const [stale] = await owner`
    select 1 from pg_stat_user_tables s join pg_class c on c.oid = s.relid
    where s.relname in ('holders', 'policies') and (c.reltuples < 0 or s.n_mod_since_analyze > 1000 + c.reltuples / 5)`;
  if (stale !== undefined) await owner`analyze holders, policies`;
}

/** Rolls a dry run's batch back. */
class DryRunEnds extends Error {
  readonly merged: MergeCounts;
  constructor(merged: MergeCounts) {
    super('dry run');
    this.merged = merged;
  }
}

async function inBatch(database: Database, insurerId: InsurerId, dryRun: boolean, work: (tx: Tx) => Promise<MergeCounts>): Promise<MergeCounts> {
  try {
    return await inInsurer(database.app, insurerId, async (tx) => {
      const merged = await work(tx);
      if (dryRun) throw new DryRunEnds(merged);
      return merged;
    });
  } catch (error) {
    if (error instanceof DryRunEnds) return error.merged;
    throw error;
  }
}

type Writers = { readonly write: (work: () => Promise<void>) => Promise<void>; readonly end: () => Promise<void> };

/** At most `most` writings at once; the next waits for a free one. A failure is thrown at the next call. */
function writers(most: number): Writers {
  const running = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | null = null;
  const check = (): void => {
    if (failure !== null) throw failure.error;
  };
  return {
    write: async (work) => {
      while (running.size >= most) await Promise.race(running);
      check();
      const one: Promise<void> = work().catch((error: unknown) => { failure ??= { error }; }).finally(() => running.delete(one));
      running.add(one);
    },
    end: async () => {
      await Promise.all(running);
      check();
    },
  };
}

function hashOfFile(file: string): string {
  const hash = createHash('sha256');
  const handle = fs.openSync(file, 'r');
  const buffer = Buffer.alloc(1 << 20);
  for (let read = fs.readSync(handle, buffer); read > 0; read = fs.readSync(handle, buffer)) hash.update(buffer.subarray(0, read));
  fs.closeSync(handle);
  return hash.digest('hex');
}
