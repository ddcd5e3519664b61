/** Real policies come in: a file is read, its rows are checked, good rows go in by sets, bad rows come back with reason and remedy. */

import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { type CopyValue, type Database, inInsurer } from '../../database/index.ts';
import { type Language, ok, type PlainDate, type Result } from '../../kernel/index.ts';
import { problemText } from '../../kernel/problem-texts.ts';
import { type Insurer } from '../insurers.ts';
import { completeMapping, type Mapping, recognise } from './mapping.ts';
import { type Change, mergeBatch } from './merge.ts';
import { openSource, type SourceRow } from './read.ts';
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

const BATCH_ROWS = 50_000;
const ERRORS_SHOWN = 10;
const CHANGES_SHOWN = 20;
const SAMPLE_ROWS = 50;

/** Problems: those of the file (`openSource`) and of the mapping (`completeMapping`). Bad rows are no problem of the import; they are in its result. */
export async function importPolicies(database: Database, insurer: Insurer, file: string, options: ImportOptions): Promise<Result<ImportResult>> {
  const started = performance.now();
  const source = await openSource(file);
  if (!source.ok) return source;
  const { header, batches, format, bytes, bytesRead } = source.value;
  const rows = batches[Symbol.asyncIterator]();
  const first = await rows.next();
  const firstRows: readonly SourceRow[] = first.done === true ? [] : first.value;
  const complete = completeMapping(options.mapping ?? recognise(header, firstRows.slice(0, SAMPLE_ROWS).map((row) => row.cells)), options.market);
  if (!complete.ok) return complete;
  const mapping = complete.value;
  const reader = rowReader(header, mapping, options.today);
  const { insurerId } = insurer;
  const fresh = await inInsurer(database.app, insurerId, async (tx) => (await tx`select 1 from policies where insurer_id = ${insurerId} limit 1`).length === 0);
  const counts = { read: 0, new: 0, changed: 0, same: 0, bad: 0 };
  const changes: Change[] = [];
  const errors = errorsWriter(file, options.language);
  const merge = (batch: CopyValue[][]): Promise<void> => inInsurer(database.app, insurerId, async (tx) => {
    const merged = await mergeBatch(tx, { insurerId, today: options.today, columns: reader.columns, given: new Set(Object.values(mapping.columns)), fresh, changesMax: CHANGES_SHOWN - changes.length }, batch);
    counts.new += merged.rowsNew;
    counts.changed += merged.rowsChanged;
    counts.same += merged.rowsSame;
    changes.push(...merged.changes);
    if (options.dryRun === true) throw new DryRunEnds();
  }).catch((error: unknown) => {
    if (!(error instanceof DryRunEnds)) throw error;
  });

  /** Rows that were in when the planner last looked. */
  let analysed = 0;
  const freshStatistics = async (): Promise<void> => {
    if (counts.new <= analysed * 4) return;
    analysed = counts.new;
    await database.owner`analyze holders, policies`;
  };
  let batch: CopyValue[][] = [];
  // One batch is written while the next is read.
  let writing: Promise<void> = Promise.resolve();
  const take = async (some: readonly SourceRow[]): Promise<void> => {
    for (const row of some) {
      counts.read += 1;
      const bad: RowError[] = [];
      const values = reader.read(row, bad);
      if (values === null) {
        counts.bad += 1;
        errors.write(bad);
      } else batch.push(values);
    }
    if (batch.length < BATCH_ROWS) return;
    const full = batch;
    batch = [];
    await writing;
    writing = merge(full).then(() => freshStatistics());
    // A failure is thrown at the next await; until then it must not be taken for unhandled.
    writing.catch(() => {});
    options.onProgress?.({ rows: counts.read, bytesRead: bytesRead(), bytes, seconds: (performance.now() - started) / 1000 });
  };
  await take(firstRows);
  let stopped = false;
  for (let next = await rows.next(); next.done !== true; next = await rows.next()) {
    await take(next.value);
    stopped = options.signal?.aborted === true;
    if (stopped) break;
  }
  await writing;
  if (batch.length > 0) await merge(batch);
  analysed = 0;
  await freshStatistics();
  const errorsFile = errors.close();
  await inInsurer(database.app, insurerId, (tx) => tx`
    insert into imports (insurer_id, file_name, file_hash, mapping, dry_run, rows_read, rows_new, rows_changed, rows_same, rows_bad, started_at, finished_at)
    values (${insurerId}, ${path.basename(file)}, ${hashOfFile(file)}, ${tx.json(mapping)}, ${options.dryRun === true}, ${counts.read}, ${counts.new}, ${counts.changed},
      ${counts.same}, ${counts.bad}, now() - make_interval(secs => ${(performance.now() - started) / 1000}), now())`);
  return ok({
    format, mapping, unused: header.filter((column) => mapping.columns[column] === undefined), rowsRead: counts.read, rowsNew: counts.new, rowsChanged: counts.changed,
    rowsSame: counts.same, rowsBad: counts.bad, errors: errors.first, errorsFile, changes, stopped, seconds: (performance.now() - started) / 1000,
  });
}

/** Rolls a dry run's batch back. */
class DryRunEnds extends Error {}

function hashOfFile(file: string): string {
  const hash = createHash('sha256');
  const handle = fs.openSync(file, 'r');
  const buffer = Buffer.alloc(1 << 20);
  for (let read = fs.readSync(handle, buffer); read > 0; read = fs.readSync(handle, buffer)) hash.update(buffer.subarray(0, read));
  fs.closeSync(handle);
  return hash.digest('hex');
}

type ErrorsWriter = { readonly first: RowError[]; readonly write: (errors: readonly RowError[]) => void; readonly close: () => string | null };

/** `portfolio-errors.csv` beside the file, made when the first bad row comes. */
function errorsWriter(file: string, language: Language): ErrorsWriter {
  const target = path.join(path.dirname(file), `${path.basename(file, path.extname(file))}-errors.csv`);
  const fallback = path.resolve(path.basename(target));
  const first: RowError[] = [];
  let handle: { readonly fd: number; readonly name: string } | null = null;
  const open = (): { fd: number; name: string } => {
    const header = '\ufeffrow,field,value,reason,remedy\r\n';
    for (const name of [target, fallback]) {
      try {
        const fd = fs.openSync(name, 'w');
        fs.writeSync(fd, header);
        return { fd, name };
      } catch (error) {
        // A folder that cannot be written to, as with data on a read-only medium: the working folder takes it.
        if (name === fallback) throw error;
      }
    }
    throw new Error('unreachable');
  };
  return {
    first,
    write: (errors) => {
      first.push(...errors.slice(0, ERRORS_SHOWN - first.length));
      handle ??= open();
      fs.writeSync(handle.fd, errors.map((error) => {
        const [reason, remedy] = reasonAndRemedy(error, language);
        return `${[String(error.line), error.field, error.value, reason, remedy].map(csvCell).join(',')}\r\n`;
      }).join(''));
    },
    close: () => {
      if (handle !== null) fs.closeSync(handle.fd);
      return handle?.name ?? null;
    },
  };
}

/** The problem's first sentence says what is wrong, the rest what to do. */
export function reasonAndRemedy(error: RowError, language: Language): [string, string] {
  const text = problemText(error.problem, language);
  const cut = /^(.*?(?:[.。](?=\s|$)|。))\s*(.*)$/s.exec(text);
  return [cut?.[1] ?? text, cut?.[2] ?? ''];
}

/** Quoted where needed; what a spreadsheet would take for a formula gets an apostrophe (OWASP: CSV injection). */
function csvCell(text: string): string {
  const safe = /^[=+@\t\r-]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
