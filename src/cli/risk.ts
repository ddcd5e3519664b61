/** `inforce risk …`: trains, measures and explains the model of late payment on any CSV. */

import { createReadStream, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { type Command } from 'commander';
import { fail, ok, type Result } from '../kernel/index.ts';
import {
  absentColumns, applyMapping, type Columns, explainRow, featureName, featureValue, lateRowsOf, type Mapping, type Metrics, metricsOf,
  type ParsedTable, parseModel, readMapping, reasonText, REASONS_PER_ROW, type RiskModel, riskProblemText, type Scores, scoreColumns,
  tableParser, takeRows, tierOf, TIERS, type TierShare, tierShares, trainModel,
} from '../risk/index.ts';

type Common = { readonly mapping?: string; readonly id: string };

const BAD_ROWS_SHOWN = 5;

export function registerRisk(program: Command): void {
  const risk = program.command('risk').description('foresee late payment: train, measure and explain the model');
  risk.command('train').argument('<file>', 'CSV or TSV of past premiums')
    .description('Train a model, and measure it on rows it has not seen')
    .requiredOption('--target <column>', 'column that says what happened')
    .requiredOption('--late <value>', 'value of the target that means “paid late”')
    .option('--out <file>', 'where to write the model (JSON)')
    .option('--mapping <file>', 'JSON { "columns": { "name in the file": "name in Inforce" } }')
    .option('--seed <number>', 'the same seed gives the same model', '1')
    .option('--id <column>', 'column that names the row and is not learnt from', 'id')
    .addHelpText('after', '\nExample:\n  inforce risk train train.csv --target target --late 0 --out model.json')
    .action((file: string, options: Common & TrainOptionsText) => settle(train(file, options)));
  risk.command('score').argument('<model>', 'model (JSON)').argument('<file>', 'CSV or TSV to score')
    .description('Write probability, tier and three reasons for every row')
    .requiredOption('--out <file>', 'where to write the scores (CSV)')
    .option('--mapping <file>', 'JSON that renames columns')
    .option('--id <column>', 'column that names the row', 'id')
    .option('--language <language>', 'en, zh-Hans or zh-Hant', 'en')
    .addHelpText('after', '\nExample:\n  inforce risk score model.json portfolio.csv --out scores.csv')
    .action((model: string, file: string, options: Common & { out: string; language: string }) => settle(score(model, file, options)));
  risk.command('evaluate').argument('<model>', 'model (JSON)').argument('<file>', 'CSV or TSV with the outcome')
    .description('Measure a model on rows whose outcome is known')
    .option('--target <column>', 'column that says what happened (default: the model’s)')
    .option('--late <value>', 'value that means “paid late” (default: the model’s)')
    .option('--mapping <file>', 'JSON that renames columns')
    .option('--id <column>', 'column that names the row', 'id')
    .addHelpText('after', '\nExample:\n  inforce risk evaluate model.json newer.csv')
    .action((model: string, file: string, options: Common & { target?: string; late?: string }) => settle(evaluate(model, file, options)));
  risk.command('explain').argument('<model>', 'model (JSON)').argument('<file>', 'CSV or TSV')
    .description('Show all that went into the score of one row')
    .requiredOption('--row <id>', 'id of the row')
    .option('--mapping <file>', 'JSON that renames columns')
    .option('--id <column>', 'column that names the row', 'id')
    .option('--language <language>', 'en, zh-Hans or zh-Hant', 'en')
    .addHelpText('after', '\nExample:\n  inforce risk explain model.json portfolio.csv --row 110936')
    .action((model: string, file: string, options: Common & { row: string; language: string }) => settle(explain(model, file, options)));
}

type TrainOptionsText = { readonly target: string; readonly late: string; readonly out?: string; readonly seed: string };

async function settle(done: Promise<Result<string>>): Promise<void> {
  const result = await done;
  if (result.ok) {
    console.log(result.value);
    return;
  }
  console.error(riskProblemText(result.problem, 'en'));
  process.exitCode = 1;
}

async function train(file: string, options: Common & TrainOptionsText): Promise<Result<string>> {
  const read = await readColumns(file, options, options.target, null);
  if (!read.ok) return read;
  const { parsed, columns } = read.value;
  const seed = Number.parseInt(options.seed, 10) || 1;
  const table = { rows: parsed.table.rows, columns };
  const started = performance.now();
  const trained = trainModel(table, { target: mappedName(options.target, read.value.mapping), late: options.late, seed });
  if (!trained.ok) return trained;
  const model = trained.value;
  const seconds = (performance.now() - started) / 1000;
  const lines = [
    ...badRowLines(parsed),
    ...model.warnings.map((warning) => `! ${riskProblemText({ code: warning.code, details: { column: warning.column } }, 'en')}`),
    `Learnt from ${count(model.trainedOn.rows)} rows, ${count(model.trainedOn.lateRows)} of them late, in ${seconds.toFixed(1)} s (seed ${seed}).`,
    ...(model.metrics === null ? [] : ['', `Measured on ${count(model.metrics.rows)} rows held out:`, ...metricLines(model.metrics)]),
    ...(model.heldOutTiers === null ? [] : ['', ...tierLines(model.heldOutTiers)]),
  ];
  if (options.out === undefined) return ok(lines.join('\n'));
  const written = await write(options.out, `${JSON.stringify(model)}\n`);
  return written.ok ? ok([...lines, '', `The model is in ${options.out}.`].join('\n')) : written;
}

async function score(modelFile: string, file: string, options: Common & { out: string; language: string }): Promise<Result<string>> {
  const loaded = await load(modelFile, file, options);
  if (!loaded.ok) return loaded;
  const { model, parsed, columns } = loaded.value;
  const rows = parsed.table.rows;
  const scores = scoreColumns(model, columns, rows);
  const language = languageOf(options.language);
  const text = [`${options.id},probability_late,tier,reason_1,reason_2,reason_3`];
  for (let row = 0; row < rows; row += 1) {
    const p = scores.probabilityLate[row] ?? 0;
    const reasons = reasonsOf(model, scores, columns, row, language).map(csvCell);
    text.push([csvCell(parsed.ids?.[row] ?? String(row + 1)), p.toFixed(6), tierOf(model, p), ...reasons].join(','));
  }
  const written = await write(options.out, `${text.join('\n')}\n`);
  if (!written.ok) return written;
  const perTier = TIERS.map((tier) => `${tier} ${count(scores.probabilityLate.reduce((n, p) => n + (tierOf(model, p) === tier ? 1 : 0), 0))}`);
  return ok([...badRowLines(parsed), ...absentLines(model, columns), `${count(rows)} rows scored to ${options.out}: ${perTier.join(', ')}.`].join('\n'));
}

async function evaluate(modelFile: string, file: string, options: Common & { target?: string; late?: string }): Promise<Result<string>> {
  const loaded = await load(modelFile, file, options, options.target);
  if (!loaded.ok) return loaded;
  const { model, parsed, columns, mapping } = loaded.value;
  const name = options.target === undefined ? model.trainedOn.target : mappedName(options.target, mapping);
  const target = columns[name];
  if (target === undefined) return fail('target_missing', { column: name, columns: Object.keys(columns).join(', ') });
  const outcome = lateRowsOf(target, options.late ?? model.trainedOn.lateValue);
  const known = Int32Array.from(outcome.keys()).filter((row) => outcome[row] !== 255);
  if (known.length === 0) return fail('table_empty');
  const scored = takeRows({ rows: parsed.table.rows, columns }, known);
  const late = Uint8Array.from(known, (row) => outcome[row] ?? 0);
  const { probabilityLate } = scoreColumns(model, scored.columns, scored.rows, false);
  const lines = [...badRowLines(parsed), ...absentLines(model, columns), `${count(scored.rows)} rows with a known outcome:`];
  return ok([...lines, ...metricLines(metricsOf(late, probabilityLate)), '', ...tierLines(tierShares(model, probabilityLate, late))].join('\n'));
}

async function explain(modelFile: string, file: string, options: Common & { row: string; language: string }): Promise<Result<string>> {
  const loaded = await load(modelFile, file, options);
  if (!loaded.ok) return loaded;
  const { model, parsed, columns } = loaded.value;
  if (parsed.ids === null) return fail('id_missing', { column: options.id });
  const row = parsed.ids.indexOf(options.row);
  if (row < 0) return fail('row_not_found', { id: options.row });
  const language = languageOf(options.language);
  const { probabilityLate, logOdds, intercept, contributions } = explainRow(model, columns, row);
  const lines = [
    `${options.id} ${options.row}: probability of paying late ${percent(probabilityLate)}, tier ${tierOf(model, probabilityLate)}`, '',
    `${signed(intercept)}  an average row (${percent(1 / (1 + Math.exp(-intercept)))})`,
    ...contributions.map((c) => `${signed(c.contribution)}  ${featureName(c.feature, language)}: ${reasonText(c.feature, c.value, c.contribution, language)}`),
    `${signed(logOdds)}  log-odds, the sum of the above`,
  ];
  return ok([...absentLines(model, columns), ...lines].join('\n'));
}

// ---- reading ----

type Read = { readonly parsed: ParsedTable; readonly columns: Columns; readonly mapping: Mapping | null };

async function readColumns(file: string, options: Common, target: string | undefined, model: RiskModel | null): Promise<Result<Read>> {
  const mapping = options.mapping === undefined ? ok(null) : mappingFrom(options.mapping);
  if (!mapping.ok) return mapping;
  const kinds = new Map(model?.features.map((feature) => [feature.name, feature.bins.kind]) ?? []);
  const parser = tableParser({
    id: options.id,
    kindOf: (name) => (name === target || mappedName(name, mapping.value) === model?.trainedOn.target ? 'text' : kinds.get(mappedName(name, mapping.value))),
  });
  try {
    for await (const chunk of createReadStream(file, { encoding: 'utf8', highWaterMark: 1 << 20 })) parser.push(String(chunk));
  } catch (error) {
    return fail('file_unreadable', { file, reason: reasonOf(error) });
  }
  const parsed = parser.finish();
  if (!parsed.ok) return parsed;
  const { columns } = parsed.value.table;
  return ok({ parsed: parsed.value, columns: mapping.value === null ? columns : applyMapping(columns, mapping.value), mapping: mapping.value });
}

async function load(modelFile: string, file: string, options: Common, target?: string): Promise<Result<Read & { model: RiskModel }>> {
  const json = jsonFrom(modelFile);
  if (!json.ok) return json;
  const model = parseModel(json.value);
  if (!model.ok) return model;
  const read = await readColumns(file, options, target, model.value);
  if (!read.ok) return read;
  return read.value.parsed.table.rows === 0 ? fail('table_empty') : ok({ ...read.value, model: model.value });
}

function jsonFrom(file: string): Result<unknown> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return fail('file_unreadable', { file, reason: reasonOf(error) });
  }
  try {
    const json: unknown = JSON.parse(text);
    return ok(json);
  } catch (error) {
    return fail('json_unreadable', { file, reason: reasonOf(error) });
  }
}

function mappingFrom(file: string): Result<Mapping> {
  const json = jsonFrom(file);
  return json.ok ? readMapping(json.value) : json;
}

function mappedName(name: string, mapping: Mapping | null): string {
  const to = mapping?.columns[name];
  return to === undefined ? name : typeof to === 'string' ? to : to.name;
}

async function write(file: string, text: string): Promise<Result<null>> {
  try {
    await writeFile(file, text);
    return ok(null);
  } catch (error) {
    return fail('file_unwritable', { file, reason: reasonOf(error) });
  }
}

// ---- writing ----

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const languageOf = (text: string): 'en' | 'zh-Hans' | 'zh-Hant' => (text === 'zh-Hans' || text === 'zh-Hant' ? text : 'en');
const count = (value: number): string => value.toLocaleString('en');
const percent = (value: number): string => `${(value * 100).toFixed(2)}%`;
const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`.padStart(9);

/** Quotes what needs it; a cell that a spreadsheet would take for a formula gets an apostrophe. */
function csvCell(text: string): string {
  const safe = /^[=+@\t\r]|^-(?!\d)/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function reasonsOf(model: RiskModel, scores: Scores, columns: Columns, row: number, language: 'en' | 'zh-Hans' | 'zh-Hant'): string[] {
  return Array.from({ length: REASONS_PER_ROW }, (_, k) => {
    const feature = model.features[scores.reasonFeature[row * REASONS_PER_ROW + k] ?? -1]?.name;
    const contribution = scores.reasonContribution[row * REASONS_PER_ROW + k] ?? 0;
    return feature === undefined ? '' : reasonText(feature, featureValue(model, feature, columns, row), contribution, language);
  });
}

function badRowLines(parsed: ParsedTable): string[] {
  if (parsed.badRowCount === 0) return [];
  const shown = parsed.badRows.slice(0, BAD_ROWS_SHOWN).map(({ line, field, value, reason }) => (
    `  line ${line}: ${riskProblemText({ code: reason, details: { field, value } }, 'en')}`
  ));
  return [`! ${count(parsed.badRowCount)} row(s) could not be read and were left out:`, ...shown, ...(parsed.badRowCount > shown.length ? ['  …'] : [])];
}

function absentLines(model: RiskModel, columns: Columns): string[] {
  const absent = absentColumns(model, columns);
  return absent.length === 0 ? [] : [`! The file lacks ${absent.join(', ')}; each counts as not known. A --mapping can name them.`];
}

function metricLines(m: Metrics): string[] {
  return [
    `  AUC                      ${m.auc.toFixed(4)}`,
    `  log-loss                 ${m.logLoss.toFixed(4)}`,
    `  Brier score              ${m.brier.toFixed(4)}`,
    `  calibration error (ECE)  ${m.calibrationError.toFixed(4)}`,
    `  accuracy                 ${percent(m.accuracy)}  (always saying the commoner outcome: ${percent(m.majorityAccuracy)})`,
  ];
}

function tierLines(tiers: readonly TierShare[]): string[] {
  return ['Tier           rows   foreseen late   observed late', ...tiers.map((t) => (
    `${t.tier.padEnd(12)} ${count(t.rows).padStart(6)} ${percent(t.foreseenLate).padStart(15)} ${percent(t.observedLate).padStart(15)}`
  ))];
}
