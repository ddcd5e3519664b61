/** Trains a risk model from a table whose target says who paid late. */

import { createHash } from 'node:crypto';
import { fail, mixSeed, ok, type Result, seededRandom } from '../kernel/index.ts';
import { type Binned, type Bins, binCount, BIN_ROWS_MIN, numberBinner, numberBins, textBinOfCode, textBins } from './bins.ts';
import { type Direction } from './boost.ts';
import { asText, type Column, type Columns, isText, type Table, takeRows } from './column.ts';
import { declareDerived, derivedColumn } from './derive.ts';
import { dealt, fit, FIT_SETTINGS, type FitSettings } from './fit.ts';
import { metricsOf } from './metrics.ts';
import { type RiskModel, type Warning } from './model.ts';
import { scoreColumns } from './score.ts';
import { tierCutsOf, tierShares } from './tiers.ts';

export type TrainOptions = {
  /** Column that says what happened. */
  readonly target: string;
  /** Value of the target that means "paid late". */
  readonly late: string;
  readonly seed: number;
  /** Columns that are no features, ids for example. */
  readonly ignore?: readonly string[];
  /** 1: a larger value never lowers the probability of paying late; −1: never raises it. Names of features, derived ones included. */
  readonly monotone?: Readonly<Record<string, 1 | -1>>;
  /**
   * Fifths of the rows on which it is measured, each by a model that has not seen them; 0 skips it. Default: all five, or one where the
   * rows are many and one says enough.
   */
  readonly measuredFifths?: 0 | 1 | 2 | 3 | 4 | 5;
  readonly settings?: Partial<FitSettings>;
};

/** Fewer rows of either outcome teach nothing that would hold on others. */
const OUTCOME_ROWS_MIN = 20;
/** One fifth of more rows than these measures the AUC to 0.003. */
const MEASURED_FULLY_ROWS_MAX = 100_000;
/** More rows than these are sampled: beyond them the model gains nothing that can be measured, and the time grows. */
const TRAINING_ROWS_MAX = 300_000;
/** A text column with more categories than this share of its rows is a name or an id, not a feature. */
const CATEGORY_SHARE_MAX = 0.1;
const LEAK_AUC = 0.99;

/**
 * Problems: `table_empty`, `target_missing` (column), `target_one_value` (no or only late rows), `too_few_rows` (rows of the rarer
 * outcome, needed), `no_features`.
 */
export function trainModel(table: Table, options: TrainOptions): Result<RiskModel> {
  const target = table.columns[options.target];
  if (table.rows === 0) return fail('table_empty');
  if (target === undefined) return fail('target_missing', { column: options.target, columns: Object.keys(table.columns).join(', ') });
  const allLate = lateRowsOf(target, options.late);
  const known = Int32Array.from(allLate.keys()).filter((row) => allLate[row] !== 255);
  const sampled = sample(known, options.seed);
  const rows = takeRows(table, sampled);
  const late = Uint8Array.from(sampled, (row) => allLate[row] ?? 0);
  const lateRows = late.reduce((sum, value) => sum + value, 0);
  if (lateRows === 0 || lateRows === late.length) {
    return fail('target_one_value', { column: options.target, late: options.late, late_rows: lateRows, rows: late.length });
  }
  const rarer = Math.min(lateRows, late.length - lateRows);
  if (rarer < OUTCOME_ROWS_MIN) return fail('too_few_rows', { rows: rarer, needed: OUTCOME_ROWS_MIN });
  const { features, warnings } = chooseFeatures(rows, options);
  if (Object.keys(features).length === 0) return fail('no_features', { columns: Object.keys(table.columns).join(', ') });
  const fifths = options.measuredFifths ?? (late.length <= MEASURED_FULLY_ROWS_MAX ? 5 : 1);
  const heldOut = fifths > 0 ? holdOut(features, late, options, fifths) : NOTHING_HELD_OUT;
  const { model, leaks } = build(features, late, options, heldOut);
  return ok({ ...model, warnings: [...warnings, ...leaks] });
}

/** 1 late, 0 on time, 255 unknown. `0`, `0.0` and `00` are one value. */
export function lateRowsOf(target: Column, lateValue: string): Uint8Array {
  const wanted = lateValue.trim().toLowerCase();
  const isLate = (value: string): boolean => {
    const plain = value.trim().toLowerCase();
    return plain === wanted || (plain !== '' && wanted !== '' && Number(plain) === Number(wanted));
  };
  if (!isText(target)) return Uint8Array.from(target, (value) => (Number.isNaN(value) ? 255 : isLate(String(value)) ? 1 : 0));
  const lateCodes = target.dictionary.map(isLate);
  return Uint8Array.from(target.codes, (code) => (code < 0 ? 255 : lateCodes[code] === true ? 1 : 0));
}

function sample(rows: Int32Array, seed: number): Int32Array {
  if (rows.length <= TRAINING_ROWS_MAX) return rows;
  const random = seededRandom(mixSeed(seed, 13));
  const share = TRAINING_ROWS_MAX / rows.length;
  // Each row by its own chance: the share of late rows stays, but for luck that so many rows do not have.
  return rows.filter(() => random.chance(share));
}

function chooseFeatures(table: Table, options: TrainOptions): { features: Columns; warnings: Warning[] } {
  const ignored = new Set([options.target, ...options.ignore ?? []]);
  const features: Record<string, Column> = {};
  const warnings: Warning[] = [];
  for (const [column, values] of Object.entries(table.columns)) {
    if (ignored.has(column)) continue;
    const code = whyUseless(values, table.rows);
    if (code === null) features[column] = values;
    else warnings.push({ code, column });
  }
  return { features, warnings };
}

function whyUseless(column: Column, rows: number): string | null {
  const distinct = isText(column) ? new Set(column.codes.filter((code) => code >= 0)).size : distinctNumbers(column);
  const missing = isText(column) ? column.codes.some((code) => code < 0) : column.some((value) => Number.isNaN(value));
  if (distinct === 0 || (distinct === 1 && !missing)) return 'constant_column';
  if (isText(column) && distinct > Math.max(BIN_ROWS_MIN, rows * CATEGORY_SHARE_MAX)) return 'too_many_categories';
  return null;
}

function distinctNumbers(values: Float64Array): number {
  const first = values.find((value) => !Number.isNaN(value));
  if (first === undefined) return 0;
  return values.some((value) => !Number.isNaN(value) && value !== first) ? 2 : 1;
}

type HeldOut = Pick<RiskModel, 'metrics' | 'heldOutTiers'>;
const NOTHING_HELD_OUT: HeldOut = { metrics: null, heldOutTiers: null };

/** Predictions of the first `fifths` of five stratified folds, each by a model of the other four. */
function holdOut(features: Columns, late: Uint8Array, options: TrainOptions, fifths: number): HeldOut {
  const foldOf = dealt(late, 5, mixSeed(options.seed, 11));
  const all = Int32Array.from(late.keys());
  const probability = new Float64Array(late.length);
  let cuts: RiskModel['tierCuts'] | null = null;
  for (let fold = 0; fold < fifths; fold += 1) {
    const rest = all.filter((row) => foldOf[row] !== fold);
    const training = takeRows({ rows: late.length, columns: features }, rest);
    const { model } = build(training.columns, Uint8Array.from(rest, (row) => late[row] ?? 0), options, NOTHING_HELD_OUT);
    const rows = all.filter((row) => foldOf[row] === fold);
    const { probabilityLate } = scoreColumns(model, takeRows({ rows: late.length, columns: features }, rows).columns, rows.length, false);
    rows.forEach((row, index) => {
      probability[row] = probabilityLate[index] ?? 0;
    });
    cuts ??= model.tierCuts;
  }
  const measured = all.filter((row) => (foldOf[row] ?? 5) < fifths);
  const heldLate = Uint8Array.from(measured, (row) => late[row] ?? 0);
  const foreseen = Float64Array.from(measured, (row) => probability[row] ?? 0);
  return { metrics: metricsOf(heldLate, foreseen), heldOutTiers: cuts === null ? null : tierShares({ tierCuts: cuts }, foreseen, heldLate) };
}

type Prepared = { readonly name: string; readonly bins: Bins; readonly column: Uint8Array };

function build(columns: Columns, late: Uint8Array, options: TrainOptions, heldOut: HeldOut): { model: RiskModel; leaks: Warning[] } {
  const derived = declareDerived(columns);
  const prepared = [
    ...Object.entries(columns).map(([name, column]) => prepare(name, column, late)),
    ...derived.map((d) => prepare(d.name, derivedColumn(d, columns, late.length), late)),
  ];
  const data: Binned = { columns: prepared.map((p) => p.column), binCounts: prepared.map((p) => binCount(p.bins)), rows: late.length };
  const monotone = prepared.map(({ name, bins }): Direction => (bins.kind === 'number' ? options.monotone?.[name] ?? 0 : 0));
  const fitted = fit(data, late, monotone, options.seed, { ...FIT_SETTINGS, ...options.settings });
  const probabilities = fitted.logOdds.map((value) => 1 / (1 + Math.exp(-value)));
  const raw = new Set(Object.keys(columns));
  return {
    model: {
      schema: 'inforce-risk-model', version: 1,
      trainedOn: {
        rows: late.length, lateRows: late.reduce((sum, value) => sum + value, 0), fingerprint: fingerprintOf(columns, late),
        target: options.target, lateValue: options.late, seed: options.seed,
      },
      derived,
      features: prepared.map(({ name, bins }, k) => ({ name, monotone: monotone[k] ?? 0, bins, shape: Array.from(fitted.shapes[k] ?? []) })),
      pairs: fitted.pairs.map(({ first, second, table }) => ({ first, second, table: Array.from(table) })),
      intercept: fitted.intercept, calibration: { slope: 1, shift: fitted.shift }, tierCuts: tierCutsOf(probabilities), ...heldOut,
      warnings: [],
    },
    leaks: prepared.filter(({ name }) => raw.has(name)).filter((p) => singleAuc(p, late) > LEAK_AUC)
      .map(({ name }) => ({ code: 'leak_suspected', column: name })),
  };
}

function prepare(name: string, column: Column, late: Uint8Array): Prepared {
  const out = new Uint8Array(late.length);
  if (!isText(column)) {
    const bins = numberBins(column);
    numberBinner(bins)(column, 0, late.length, out);
    return { name, bins, column: out };
  }
  const { codes, dictionary } = asText(column);
  const bins = textBins(column, late);
  const binOf = textBinOfCode(bins, dictionary);
  codes.forEach((code, row) => {
    out[row] = binOf[code + 1] ?? 0;
  });
  return { name, bins, column: out };
}

/** AUC of one feature alone, each bin scored by its own share of late rows. */
function singleAuc({ column, bins }: Prepared, late: Uint8Array): number {
  const counts = Array.from({ length: binCount(bins) }, () => ({ rows: 0, late: 0 }));
  column.forEach((bin, row) => {
    const entry = counts[bin];
    if (entry === undefined) return;
    entry.rows += 1;
    entry.late += late[row] ?? 0;
  });
  counts.sort((a, b) => a.late * b.rows - b.late * a.rows);
  let won = 0;
  let onTime = 0;
  let lateRows = 0;
  for (const entry of counts) {
    won += entry.late * (onTime + (entry.rows - entry.late) / 2);
    onTime += entry.rows - entry.late;
    lateRows += entry.late;
  }
  return won / (lateRows * onTime);
}

function fingerprintOf(columns: Columns, late: Uint8Array): string {
  const hash = createHash('sha256');
  for (const [name, column] of Object.entries(columns)) {
    hash.update(JSON.stringify(name));
    if (isText(column)) hash.update(JSON.stringify(column.dictionary)).update(new Uint8Array(column.codes.buffer, column.codes.byteOffset, column.codes.byteLength));
    else hash.update(new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
  }
  return hash.update(late).digest('hex');
}
