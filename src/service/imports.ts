/** Imports as rows: the file that came, how its columns are read, how far the run is, and what came of it. */

import { z } from 'zod';
import { type Tx } from '../database/index.ts';
import { fail, type InsurerId, type Language, ok, type Problem, type Result } from '../kernel/index.ts';
import { problemText } from '../kernel/problem-texts.ts';
import { IMPORT_FIELDS, type ImportPreview, type ImportResult, type Mapping, missingFields, reasonAndRemedy } from '../portfolio/index.ts';
import { moment } from './shapes.ts';

const IMPORT_STATES = ['uploading', 'ready', 'running', 'stopped', 'done', 'failed'] as const;

const rowShape = z.object({
  import_id: z.int(), file_name: z.string(), state: z.enum(IMPORT_STATES), dry_run: z.boolean().describe('Whether the last run was one that writes nothing'),
  received_bytes: z.int(), rows_read: z.int(), rows_new: z.int(), rows_changed: z.int(), rows_same: z.int(), rows_bad: z.int(),
  created_by: z.string().nullable().describe('Null: the command line'), created_at: moment, started_at: moment.nullable(), finished_at: moment.nullable(),
  failure: z.string().nullable().describe('In the asker’s language'),
  file_kept: z.boolean().describe('Whether the file is still there to be run'),
});
export const importListShape = z.object({ imports: z.array(rowShape), next_after: z.int().nullable() });
export const importViewShape = rowShape.extend({
  format: z.string().nullable(),
  columns: z.array(z.object({ name: z.string(), samples: z.array(z.string()), field: z.string().nullable() })),
  fields: z.array(z.object({ name: z.string(), target: z.enum(['holder', 'policy']) })),
  defaults: z.record(z.string(), z.string()).describe('Field → value for every row that has none'),
  assume: z.object({ next_due_within_days: z.int().optional(), email: z.string().optional() }),
  missing: z.array(z.string()).describe('Required fields that nothing fills; `a | b`: one of the two'),
  progress: z.object({ rows: z.int(), share: z.number(), seconds: z.number(), rows_per_second: z.number(), seconds_left: z.number().nullable() }).nullable(),
  errors: z.array(z.object({ row: z.int(), field: z.string(), value: z.string(), reason: z.string(), remedy: z.string() })),
  errors_file: z.boolean(),
  changes: z.array(z.object({ policy_number: z.string(), field: z.string(), before: z.string().nullable(), after: z.string().nullable(), currency: z.string().nullable() })),
});
export type ImportView = z.output<typeof importViewShape>;

export type ImportProgressRow = { readonly rows: number; readonly bytesRead: number; readonly bytes: number; readonly seconds: number };
/** What is kept of a run beside its counts. */
export type KeptResult = Pick<ImportResult, 'errors' | 'changes' | 'seconds'> & { readonly errorsFile: boolean };

type Row = Omit<z.output<typeof rowShape>, 'failure' | 'file_kept'> & { readonly failure: Problem | null; readonly file_gone_at: Date | null };
export type ImportRow = Row & {
  readonly preview: ImportPreview | null; readonly mapping: Mapping; readonly progress: ImportProgressRow | null; readonly result: KeptResult | null;
};

const COLUMNS = `import_id, file_name, state, dry_run, received_bytes, rows_read, rows_new, rows_changed, rows_same, rows_bad, created_by, created_at, started_at,
  finished_at, failure, file_gone_at`;
/** A run of which nothing was heard for so long has no process any more. */
const SILENT_SECONDS_MAX = 20;

/** Runs whose process has died are stopped, not running; called before imports are shown or begun. */
export async function markStopped(tx: Tx): Promise<void> {
  await tx`
    update imports set state = 'stopped', finished_at = beat_at, progress = null
    where state = 'running' and (beat_at is null or beat_at < now() - make_interval(secs => ${SILENT_SECONDS_MAX}))`;
}

/** Newest first, by pages. */
export async function listImports(tx: Tx, after: number | null, limit: number, language: Language): Promise<z.output<typeof importListShape>> {
  await markStopped(tx);
  const rows = await tx<Row[]>`
    select ${tx.unsafe(COLUMNS)} from imports where ${after}::bigint is null or import_id < ${after} order by import_id desc limit ${limit}`;
  return { imports: rows.map((row) => wireRow(row, language)), next_after: rows.length < limit ? null : (rows.at(-1)?.import_id ?? null) };
}

export async function importRow(tx: Tx, importId: number): Promise<ImportRow | undefined> {
  const [row] = await tx<ImportRow[]>`select ${tx.unsafe(COLUMNS)}, preview, mapping, progress, result from imports where import_id = ${importId}`;
  return row;
}

/** Null where there is none of this number. */
export async function importView(tx: Tx, importId: number, language: Language): Promise<ImportView | null> {
  await markStopped(tx);
  const row = await importRow(tx, importId);
  if (row === undefined) return null;
  const { preview, mapping, progress, result } = row;
  const columns = mapping.columns ?? {};
  return {
    ...wireRow(row, language), format: preview?.format ?? null, fields: [...IMPORT_FIELDS],
    columns: (preview?.columns ?? []).map(({ name, samples }) => ({ name, samples: [...samples], field: columns[name] ?? null })),
    defaults: { ...mapping.defaults }, assume: { ...mapping.assume }, missing: preview === null ? [] : [...missingFields(mapping)],
    progress: progress === null || row.state !== 'running' ? null : paceOf(progress),
    errors: (result?.errors ?? []).map((error) => {
      const [reason, remedy] = reasonAndRemedy(error, language);
      return { row: error.line, field: error.field, value: error.value, reason, remedy };
    }),
    errors_file: result?.errorsFile === true && row.file_gone_at === null,
    changes: await withCurrencies(tx, result?.changes ?? []),
  };
}

function paceOf({ rows, bytesRead, bytes, seconds }: ImportProgressRow): NonNullable<ImportView['progress']> {
  const share = bytes === 0 ? 0 : Math.min(1, bytesRead / bytes);
  return { rows, share, seconds, rows_per_second: rows / Math.max(0.1, seconds), seconds_left: share === 0 ? null : seconds / share - seconds };
}

/** Amounts are shown in the currency of their policy. */
async function withCurrencies(tx: Tx, changes: KeptResult['changes']): Promise<ImportView['changes']> {
  if (changes.length === 0) return [];
  const rows = await tx<{ policy_number: string; currency: string }[]>`
    select policy_number, currency from policies where insurer_id = current_insurer() and policy_number in ${tx(changes.map((change) => change.policy_number))}`;
  const currencies = new Map(rows.map((row) => [row.policy_number, row.currency]));
  return changes.map((change) => ({ ...change, currency: currencies.get(change.policy_number) ?? null }));
}

const wireRow = ({ file_gone_at: gone, failure, ...row }: Row, language: Language): z.output<typeof rowShape> => ({
  ...pick(row), failure: failure === null ? null : problemText(failure, language), file_kept: gone === null && row.created_by !== null && row.state !== 'uploading',
});
const pick = (row: Omit<Row, 'failure' | 'file_gone_at'>): Omit<Row, 'failure' | 'file_gone_at'> => ({
  import_id: row.import_id, file_name: row.file_name, state: row.state, dry_run: row.dry_run, received_bytes: row.received_bytes, rows_read: row.rows_read,
  rows_new: row.rows_new, rows_changed: row.rows_changed, rows_same: row.rows_same, rows_bad: row.rows_bad, created_by: row.created_by, created_at: row.created_at,
  started_at: row.started_at, finished_at: row.finished_at,
});

export async function newImport(tx: Tx, insurerId: InsurerId, fileName: string, createdBy: string): Promise<number> {
  const [row] = await tx<{ import_id: number }[]>`
    insert into imports (insurer_id, file_name, state, created_by) values (${insurerId}, ${fileName}, 'uploading', ${createdBy}) returning import_id`;
  if (row === undefined) throw new Error('an import was not written');
  return row.import_id;
}

export async function fileReceived(tx: Tx, importId: number, bytes: number): Promise<void> {
  await tx`update imports set received_bytes = ${bytes} where import_id = ${importId}`;
}

/** The whole file is there and was looked at. */
export async function fileComplete(tx: Tx, importId: number, looked: Result<ImportPreview>): Promise<void> {
  if (looked.ok) {
    await tx`
      update imports set state = 'ready', preview = ${tx.json({ format: looked.value.format, columns: looked.value.columns })}, mapping = ${tx.json(looked.value.mapping)}
      where import_id = ${importId}`;
  } else await tx`update imports set state = 'failed', failure = ${tx.json(looked.problem)}, file_gone_at = now() where import_id = ${importId}`;
}

/** Problem: `import_not_ready`. */
export async function changeMapping(tx: Tx, importId: number, mapping: Mapping): Promise<Result<null>> {
  const { count } = await tx`
    update imports set mapping = ${tx.json(mapping)} where import_id = ${importId} and state not in ('uploading', 'running') and file_gone_at is null and created_by is not null`;
  return count === 0 ? fail('import_not_ready') : ok(null);
}

/** Marks a run as begun; one of an insurer at a time. Problems: `import_running`, `import_not_ready`, `mapping_incomplete`. */
export async function beginRun(tx: Tx, insurerCode: string, importId: number, dryRun: boolean): Promise<Result<ImportRow>> {
  // Two who begin at once: the second waits here and then finds the first.
  await tx`select pg_advisory_xact_lock(hashtextextended('inforce import', current_insurer()))`;
  await markStopped(tx);
  const [other] = await tx`select 1 from imports where state = 'running'`;
  if (other !== undefined) return fail('import_running', { code: insurerCode });
  const row = await importRow(tx, importId);
  if (row === undefined || row.state === 'uploading' || row.file_gone_at !== null || row.created_by === null || row.preview === null) return fail('import_not_ready');
  const missing = missingFields(row.mapping);
  if (missing.length > 0) return fail('mapping_incomplete', { fields: missing.join(', ') });
  await tx`
    update imports set state = 'running', dry_run = ${dryRun}, started_at = now(), finished_at = null, beat_at = clock_timestamp(), stop_asked = false, failure = null,
      progress = null, result = null, rows_read = 0, rows_new = 0, rows_changed = 0, rows_same = 0, rows_bad = 0
    where import_id = ${importId}`;
  return ok(row);
}

/** Says that the run is alive; answers whether somebody asked for its end. */
export async function beat(tx: Tx, importId: number, progress: ImportProgressRow | null): Promise<boolean> {
  const [row] = await tx<{ stop_asked: boolean }[]>`
    update imports set beat_at = clock_timestamp(), progress = ${progress === null ? null : tx.json(progress)}, rows_read = ${progress?.rows ?? 0}
    where import_id = ${importId} and state = 'running' returning stop_asked`;
  return row?.stop_asked !== false;
}

export async function endRun(tx: Tx, importId: number, ended: Result<ImportResult>, fileHash: string): Promise<void> {
  if (!ended.ok) {
    await tx`update imports set state = 'failed', failure = ${tx.json(ended.problem)}, finished_at = now(), progress = null where import_id = ${importId}`;
    return;
  }
  const { rowsRead, rowsNew, rowsChanged, rowsSame, rowsBad, errors, errorsFile, changes, seconds, stopped } = ended.value;
  const kept: KeptResult = { errors, changes, seconds, errorsFile: errorsFile !== null };
  await tx`
    update imports set state = ${stopped ? 'stopped' : 'done'}, finished_at = now(), progress = null, file_hash = ${fileHash}, result = ${tx.json(kept)},
      rows_read = ${rowsRead}, rows_new = ${rowsNew}, rows_changed = ${rowsChanged}, rows_same = ${rowsSame}, rows_bad = ${rowsBad}
    where import_id = ${importId}`;
}

/** Problem: `import_not_running`. */
export async function askToStop(tx: Tx, importId: number): Promise<Result<null>> {
  const { count } = await tx`update imports set stop_asked = true where import_id = ${importId} and state = 'running'`;
  return count === 0 ? fail('import_not_running') : ok(null);
}

/** Files and samples hold personal data: they go a day after the import is done, and after a week where it never was. */
const KEPT_HOURS = 24;
const ABANDONED_HOURS = 7 * 24;

/** Marks the files of old imports as gone; whoever called removes them. */
export async function filesToRemove(tx: Tx): Promise<number[]> {
  await markStopped(tx);
  const rows = await tx<{ import_id: number }[]>`
    update imports set file_gone_at = now(), preview = null, result = null
    where file_gone_at is null and created_by is not null and state <> 'running' and coalesce(finished_at, created_at)
      < now() - make_interval(hours => case when state in ('done', 'failed') and not dry_run then ${KEPT_HOURS}::int else ${ABANDONED_HOURS}::int end)
    returning import_id`;
  return rows.map((row) => row.import_id);
}
