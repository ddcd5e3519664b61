/** `inforce import policies FILE`: policies from a file, errors row by row. */

import fs from 'node:fs';
import { type Command } from 'commander';
import { type Database } from '../database/index.ts';
import { fail, ok, type Result } from '../kernel/index.ts';
import { problemText } from '../kernel/problem-texts.ts';
import { businessDateOf, clockOf, importPolicies, type ImportProgress, type ImportResult, type Insurer, readImportMapping } from '../portfolio/index.ts';
import { insurerOption, terminalLanguage, untilInterrupted, withInsurer } from './house.ts';

type Options = { readonly mapping?: string; readonly market?: string; readonly dryRun?: boolean; readonly saveMapping?: string; readonly insurer?: string };

export function registerImport(program: Command): void {
  const load = program.command('import').description('bring data in');
  insurerOption(load.command('policies').argument('<file>', 'CSV, TSV or XLSX; UTF-8, GB18030 and Big5 are found by themselves').description('load holders and policies; the same file twice changes nothing'))
    .option('--mapping <file>', 'JSON: columns, defaults, assume; without it columns are recognised by name and content')
    .option('--market <code>', 'market of policies that do not name theirs, e.g. HK')
    .option('--dry-run', 'check and show what would change; write nothing')
    .option('--save-mapping <file>', 'write the mapping that was used, to look at and use again')
    .addHelpText('after', `
Example: inforce import policies policies.csv --insurer lotus --market HK --dry-run
Bad rows come back in policies-errors.csv, each with row, field, value, reason and remedy; the good rows are in.
Look at what was recognised, correct it and use it again: --save-mapping lotus.json, then --mapping lotus.json.`)
    .action((file: string, options: Options) => withInsurer(options.insurer, (database, insurer) => loadPolicies(database, insurer, file, options)));
}

async function loadPolicies(database: Database, insurer: Insurer, file: string, options: Options): Promise<Result<null>> {
  const mapping = options.mapping === undefined ? null : readMappingFile(options.mapping);
  if (mapping !== null && !mapping.ok) return mapping;
  const live = process.stdout.isTTY;
  const done = await importPolicies(database, insurer, file, {
    today: businessDateOf(insurer, clockOf(insurer).now()), language: terminalLanguage(), dryRun: options.dryRun === true, signal: untilInterrupted(),
    ...(mapping === null ? {} : { mapping: mapping.value }), ...(options.market === undefined ? {} : { market: options.market }),
    onProgress: (progress) => {
      if (live) process.stdout.write(`\r${progressText(progress)}\u001b[K`);
    },
  });
  if (live) process.stdout.write('\r\u001b[K');
  if (!done.ok) return done;
  if (options.saveMapping !== undefined) {
    const saved = writeMapping(options.saveMapping, done.value);
    if (!saved.ok) return saved;
  }
  console.log(summary(done.value, options));
  return ok(null);
}

function readMappingFile(file: string): ReturnType<typeof readImportMapping> {
  try {
    return readImportMapping(JSON.parse(fs.readFileSync(file, 'utf8')));
  } catch (error) {
    return fail('mapping_not_readable', { at: file, reason: error instanceof Error ? error.message : String(error) });
  }
}

function writeMapping(file: string, { mapping }: ImportResult): Result<null> {
  try {
    fs.writeFileSync(file, `${JSON.stringify(mapping, null, 2)}\n`);
    return ok(null);
  } catch (error) {
    return fail('file_unwritable', { file, reason: error instanceof Error ? error.message : String(error) });
  }
}

const count = (n: number): string => n.toLocaleString('en');

function progressText({ rows, bytesRead, bytes, seconds }: ImportProgress): string {
  const share = bytes === 0 ? 0 : bytesRead / bytes;
  const left = share > 0 ? ` · ${Math.ceil(seconds / share - seconds)} s left` : '';
  return `${count(rows)} rows · ${count(Math.round(rows / Math.max(0.1, seconds)))} rows/s${left}`;
}

function summary(result: ImportResult, { dryRun }: Options): string {
  const lines = [
    `${result.format}: ${count(result.rowsRead)} rows in ${result.seconds.toFixed(1)} s (${count(Math.round(result.rowsRead / result.seconds))} rows/s)${dryRun === true ? '; dry run, nothing was written' : ''}`,
    `  new ${count(result.rowsNew)} · changed ${count(result.rowsChanged)} · same ${count(result.rowsSame)} · bad ${count(result.rowsBad)}`,
  ];
  if (result.stopped) lines.push('Stopped. What is in stays in; the same file goes on where it was.');
  const { assume } = result.mapping;
  if (assume.next_due_within_days !== undefined) lines.push(`Assumed, because the file does not say: next due dates are spread over ${assume.next_due_within_days} days.`);
  if (assume.email !== undefined) lines.push(`Assumed: addresses like ${assume.email}.`);
  if (result.unused.length > 0) lines.push(`Columns that no field takes: ${result.unused.join(', ')}`);
  for (const change of result.changes) lines.push(`  ${change.policy_number}: ${change.field} ${change.before ?? '—'} → ${change.after ?? '—'}`);
  if (result.errorsFile !== null) {
    lines.push(`Bad rows, with reason and remedy: ${result.errorsFile}`);
    for (const error of result.errors) lines.push(`  row ${error.line}${error.field === '' ? '' : `, ${error.field}`}: ${problemText(error.problem, terminalLanguage())}`);
  }
  return lines.join('\n');
}
