/**
 * Prediction on the public premium renewal data: five stratified folds, beside two baselines trained in the same run on the same columns,
 * and the time to score a million rows on one core. It learns again in every fold; nothing of a fold's held-out rows is seen.
 */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectOk, seededRandom } from '../src/kernel/index.ts';
import {
  asText, type Columns, isText, lateRowsOf, type Metrics, metricsOf, parseTable, scoreColumns, type Table, takeRows, trainModel,
} from '../src/risk/index.ts';

const DATA = join(import.meta.dirname, '../../shared/data/premium-renewal/train.csv');
const FOLDS = 5;
const MILLION = 1_000_000;
const SCORE_RUNS = 5;

type Fold = { readonly training: Table; readonly late: Uint8Array; readonly held: Table; readonly heldLate: Uint8Array };
type Measured = Metrics & { readonly seconds: number };

export async function run(options: { seed: number; args: readonly string[] }): Promise<{ figures: Record<string, number> }> {
  if (!existsSync(DATA)) {
    console.log(`The renewal data is not there (${DATA}); nothing was measured.`);
    return { figures: {} };
  }
  const { table } = expectOk(parseTable(readFileSync(DATA, 'utf8'), { id: 'id' }));
  const folds = foldsOf(table, options.seed);
  const learners: Record<string, (fold: Fold) => Float64Array> = {
    'additive with pairs': (fold) => byModel(fold, options.seed, {}),
    'additive, no pairs': (fold) => byModel(fold, options.seed, { pairsMax: 0 }),
    'logistic regression': logistic,
  };
  const results = Object.entries(learners).map(([name, learn]) => ({ name, folds: folds.map((fold) => measure(fold, learn)) }));
  console.log(`${table.rows} rows, ${FOLDS} folds, seed ${options.seed}`);
  console.log(`${'learner'.padEnd(21)} fold     AUC  log-loss     ECE   Brier  accuracy (majority)  train s`);
  for (const { name, folds: measured } of results) {
    measured.forEach((m, index) => console.log(line(name, String(index + 1), m)));
    console.log(line(name, 'mean', mean(measured)));
  }
  const ours = mean(results[0]?.folds ?? []);
  const seconds = scoreSeconds(table, options.seed);
  console.log(`1,000,000 rows scored in ${seconds.plain.toFixed(3)} s, with three reasons each in ${seconds.withReasons.toFixed(3)} s`);
  return {
    figures: {
      auc: round(ours.auc), logloss: round(ours.logLoss), ece: round(ours.calibrationError), brier: round(ours.brier), accuracy: round(ours.accuracy),
      majority_accuracy: round(ours.majorityAccuracy), train_s: round(ours.seconds), score_1m_s: round(seconds.plain),
      score_1m_with_reasons_s: round(seconds.withReasons), auc_no_pairs: round(mean(results[1]?.folds ?? []).auc),
      auc_logistic: round(mean(results[2]?.folds ?? []).auc),
    },
  };
}

const round = (value: number): number => Number(value.toFixed(5));

function line(name: string, fold: string, m: Measured): string {
  const cells = [m.auc.toFixed(4).padStart(7), m.logLoss.toFixed(5).padStart(9), m.calibrationError.toFixed(4).padStart(7), m.brier.toFixed(4).padStart(7)];
  return `${name.padEnd(21)} ${fold.padStart(4)} ${cells.join(' ')}   ${m.accuracy.toFixed(4)}   (${m.majorityAccuracy.toFixed(4)})  ${m.seconds.toFixed(2).padStart(7)}`;
}

function mean(measured: readonly Measured[]): Measured {
  const of = (key: keyof Measured): number => measured.reduce((sum, m) => sum + m[key], 0) / measured.length;
  return {
    rows: of('rows'), lateShare: of('lateShare'), auc: of('auc'), logLoss: of('logLoss'), brier: of('brier'), calibrationError: of('calibrationError'),
    accuracy: of('accuracy'), majorityAccuracy: of('majorityAccuracy'), seconds: of('seconds'),
  };
}

/** Deals the shuffled rows of each outcome out to the folds in turn, so that each has its share of late rows. */
function foldsOf(table: Table, seed: number): Fold[] {
  const target = table.columns['target'];
  if (target === undefined) throw new Error('the data has no target');
  const late = lateRowsOf(target, '0');
  const take = (rows: Int32Array): Uint8Array => Uint8Array.from(rows, (row) => late[row] ?? 0);
  const random = seededRandom(seed);
  const foldOf = new Uint8Array(late.length);
  for (const outcome of [0, 1]) {
    const keyed = Array.from(late.keys()).filter((row) => late[row] === outcome).map((row) => ({ row, key: random.next() }));
    keyed.sort((a, b) => a.key - b.key).forEach(({ row }, index) => {
      foldOf[row] = index % FOLDS;
    });
  }
  const all = Int32Array.from(late.keys());
  return Array.from({ length: FOLDS }, (_, fold) => {
    const training = all.filter((row) => foldOf[row] !== fold);
    const held = all.filter((row) => foldOf[row] === fold);
    return { training: takeRows(table, training), late: take(training), held: takeRows(table, held), heldLate: take(held) };
  });
}

function measure(fold: Fold, learn: (fold: Fold) => Float64Array): Measured {
  const started = performance.now();
  const probability = learn(fold);
  return { ...metricsOf(fold.heldLate, probability), seconds: (performance.now() - started) / 1000 };
}

function byModel(fold: Fold, seed: number, settings: { readonly pairsMax?: number }): Float64Array {
  const model = expectOk(trainModel(fold.training, { target: 'target', late: '0', seed, measuredFifths: 0, settings }));
  return scoreColumns(model, fold.held.columns, fold.held.rows, false).probabilityLate;
}

function scoreSeconds(table: Table, seed: number): { plain: number; withReasons: number } {
  const model = expectOk(trainModel(table, { target: 'target', late: '0', seed, measuredFifths: 0 }));
  const million = takeRows(table, Int32Array.from({ length: MILLION }, (_, row) => (row * 7919) % table.rows));
  const best = (withReasons: boolean): number => Math.min(...Array.from({ length: SCORE_RUNS }, () => {
    const started = performance.now();
    scoreColumns(model, million.columns, million.rows, withReasons);
    return (performance.now() - started) / 1000;
  }));
  return { plain: best(false), withReasons: best(true) };
}

// ---- logistic regression: Newton's method on standardised columns, categories as indicators, missing values as the mean ----

const NEWTON_STEPS = 12;
const RIDGE = 1;

function logistic(fold: Fold): Float64Array {
  const encode = encoderOf(fold.training.columns);
  const x = encode(fold.training.columns, fold.training.rows);
  const weights = newton(x, fold.late);
  const held = encode(fold.held.columns, fold.held.rows);
  return Float64Array.from({ length: fold.held.rows }, (_, row) => 1 / (1 + Math.exp(-dot(held, weights, row))));
}

function encoderOf(training: Columns): (columns: Columns, rows: number) => Float64Array[] {
  const features = Object.entries(training).filter(([name]) => name !== 'target').flatMap(([name, column]) => {
    if (isText(column)) {
      return column.dictionary.slice(1).map((category) => (columns: Columns, row: number): number => {
        const text = asText(columns[name] ?? column);
        return text.dictionary[text.codes[row] ?? -1] === category ? 1 : 0;
      });
    }
    const skewed = column.every((value) => Number.isNaN(value) || value > 1000);
    const scale = (value: number): number => (skewed ? Math.log(value) : value);
    const known = column.filter((value) => !Number.isNaN(value)).map(scale);
    const average = known.reduce((sum, value) => sum + value, 0) / known.length;
    const deviation = Math.sqrt(known.reduce((sum, value) => sum + (value - average) ** 2, 0) / known.length) || 1;
    return [(columns: Columns, row: number): number => {
      const values = columns[name];
      const value = values === undefined || isText(values) ? Number.NaN : scale(values[row] ?? Number.NaN);
      return Number.isNaN(value) ? 0 : (value - average) / deviation;
    }];
  });
  return (columns, rows) => [
    new Float64Array(rows).fill(1), ...features.map((feature) => Float64Array.from({ length: rows }, (_, row) => feature(columns, row))),
  ];
}

const dot = (x: readonly Float64Array[], weights: readonly number[], row: number): number => (
  weights.reduce((sum, weight, k) => sum + weight * (x[k]?.[row] ?? 0), 0)
);

function newton(x: readonly Float64Array[], late: Uint8Array): number[] {
  const size = x.length;
  let weights: number[] = x.map(() => 0);
  for (let step = 0; step < NEWTON_STEPS; step += 1) {
    const gradient = weights.map((weight, k) => (k === 0 ? 0 : -RIDGE * weight));
    const hessian = weights.map((_, k) => weights.map((__, j): number => (k === j && k > 0 ? RIDGE : 0)));
    for (let row = 0; row < late.length; row += 1) {
      const p = 1 / (1 + Math.exp(-dot(x, weights, row)));
      for (let k = 0; k < size; k += 1) {
        const value = x[k]?.[row] ?? 0;
        gradient[k] = (gradient[k] ?? 0) + value * ((late[row] ?? 0) - p);
        const line: number[] = hessian[k] ?? [];
        for (let j = 0; j <= k; j += 1) line[j] = (line[j] ?? 0) + value * (x[j]?.[row] ?? 0) * p * (1 - p);
      }
    }
    const change = solve(hessian, gradient);
    weights = weights.map((weight, k) => weight + (change[k] ?? 0));
  }
  return weights;
}

/** Solves a symmetric positive system given by its lower half (Cholesky). */
function solve(lower: readonly (readonly number[])[], right: readonly number[]): number[] {
  const size = right.length;
  const root = Array.from({ length: size }, () => new Float64Array(size));
  const at = (k: number, j: number): number => root[k]?.[j] ?? 0;
  const sumTo = (k: number, j: number): number => Array.from({ length: j }, (_, i) => at(k, i) * at(j, i)).reduce((a, b) => a + b, 0);
  for (let k = 0; k < size; k += 1) {
    for (let j = 0; j <= k; j += 1) {
      const value = (lower[k]?.[j] ?? 0) - sumTo(k, j);
      const row = root[k];
      if (row !== undefined) row[j] = k === j ? Math.sqrt(Math.max(value, 1e-12)) : value / at(j, j);
    }
  }
  const forward: number[] = [];
  for (let k = 0; k < size; k += 1) forward.push(((right[k] ?? 0) - forward.reduce((sum, value, j) => sum + at(k, j) * value, 0)) / at(k, k));
  const result = Array.from({ length: size }, () => 0);
  for (let k = size - 1; k >= 0; k -= 1) {
    const rest = result.reduce((sum, value, j) => (j > k ? sum + at(j, k) * value : sum), 0);
    result[k] = ((forward[k] ?? 0) - rest) / at(k, k);
  }
  return result;
}
