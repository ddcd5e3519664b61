import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { expectOk, seededRandom } from '../kernel/index.ts';
import {
  type Columns, explainRow, metricsOf, numberColumn, parseModel, parseTable, type RiskModel, scoreColumns, type Table, textColumn, tierOf, TIERS,
  trainModel,
} from './index.ts';

const SEED = Number(process.env['INFORCE_SEED'] ?? 7);
const RENEWALS = join(import.meta.dirname, '../../../shared/data/premium-renewal/train.csv');
const OPTIONS = { target: 'outcome', late: 'late', seed: SEED, measuredFifths: 0 } as const;

/** Rows whose lateness rises with `cash`, falls with `age` where the channel is B, and is missing more often than not for the late. */
function policies(rows: number, seed = SEED): Table {
  const random = seededRandom(seed);
  const cash: (number | null)[] = [];
  const age: number[] = [];
  const channel: string[] = [];
  const outcome: string[] = [];
  for (let row = 0; row < rows; row += 1) {
    const share = random.next();
    const years = random.integer(20, 80);
    const via = random.pick(['A', 'B', 'C']);
    const logOdds = -2 + 3 * share - (via === 'B' ? (years - 50) / 10 : 0);
    const isLate = random.chance(1 / (1 + Math.exp(-logOdds)));
    cash.push(random.chance(isLate ? 0.2 : 0.1) ? null : share);
    age.push(years);
    channel.push(via);
    outcome.push(isLate ? 'late' : 'on time');
  }
  return { rows, columns: { cash: numberColumn(cash), age: numberColumn(age), channel: textColumn(channel), outcome: textColumn(outcome) } };
}

const without = (columns: Columns, name: string): Columns => Object.fromEntries(Object.entries(columns).filter(([key]) => key !== name));
const table = policies(6000);
const model = expectOk(trainModel(table, OPTIONS));

test('the reasons of a row and the intercept add up to its score', () => {
  const { probabilityLate } = scoreColumns(model, table.columns, table.rows);
  for (let row = 0; row < 500; row += 1) {
    const { intercept, contributions, logOdds } = explainRow(model, table.columns, row);
    const sum = contributions.reduce((total, c) => total + c.contribution, intercept);
    const p = probabilityLate[row] ?? 0;
    assert.ok(Math.abs(sum - logOdds) < 1e-9);
    assert.ok(Math.abs(Math.log(p / (1 - p)) - logOdds) < 1e-9, `row ${row}, INFORCE_SEED=${SEED}`);
  }
});

test('the three reasons of a row are the strongest of those that explain it, in order', () => {
  const { reasonFeature, reasonContribution } = scoreColumns(model, table.columns, table.rows);
  for (let row = 0; row < 200; row += 1) {
    const { intercept, logOdds, contributions } = explainRow(model, table.columns, row);
    const sign = logOdds >= intercept ? 1 : -1;
    const expected = contributions.filter((c) => c.contribution * sign > 0).slice(0, 3);
    const told = [0, 1, 2].map((k) => model.features[reasonFeature[row * 3 + k] ?? -1]?.name).filter((name) => name !== undefined);
    assert.deepEqual(told, expected.map((c) => c.feature), `row ${row}, INFORCE_SEED=${SEED}`);
    expected.forEach((c, k) => assert.ok(Math.abs((reasonContribution[row * 3 + k] ?? 0) - c.contribution) < 1e-5));
  }
});

test('a model read back from its JSON scores exactly the same', () => {
  const json: unknown = JSON.parse(JSON.stringify(model));
  const again = expectOk(parseModel(json));
  assert.deepEqual(scoreColumns(again, table.columns, table.rows), scoreColumns(model, table.columns, table.rows));
});

test('the same seed gives the same model, another seed another', () => {
  assert.deepEqual(expectOk(trainModel(table, OPTIONS)), model);
  assert.notDeepEqual(expectOk(trainModel(table, { ...OPTIONS, seed: SEED + 1 })).features, model.features);
});

test('a monotone feature never moves the score against its direction, wherever the others stand', () => {
  const constrained = expectOk(trainModel(table, { ...OPTIONS, monotone: { cash: 1, age: -1 } }));
  const property = fc.property(
    fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 15, max: 90 }), fc.integer({ min: 15, max: 90 }),
    fc.constantFrom('A', 'B', 'C', 'D'),
    (cashA, cashB, ageA, ageB, channel) => {
      const [lower, higher] = [Math.min(cashA, cashB), Math.max(cashA, cashB)];
      const [older, younger] = [Math.max(ageA, ageB), Math.min(ageA, ageB)];
      const columns = { cash: numberColumn([lower, higher]), age: numberColumn([older, younger]), channel: textColumn([channel, channel]) };
      const [safe = 1, risky = 0] = scoreColumns(constrained, columns, 2, false).probabilityLate;
      // The tables are rounded to a millionth of log-odds.
      return risky >= safe - 1e-5;
    });
  fc.assert(property, { seed: SEED, numRuns: 300 });
  const free = Array.from(scoreColumns(model, { ...table.columns, age: numberColumn([20, 80]), cash: numberColumn([0.5, 0.5]), channel: textColumn(['B', 'B']) }, 2).probabilityLate);
  assert.ok((free[0] ?? 0) > (free[1] ?? 1) + 0.2, 'the data has an effect that the constraint could have broken');
});

test('pairs find what the features alone cannot tell: age matters in one channel only', () => {
  const held = policies(3000, SEED + 100);
  const late = Uint8Array.from(Array.from({ length: held.rows }, (_, row) => row), (row) => (outcomeOf(held, row) === 'late' ? 1 : 0));
  const auc = (m: RiskModel): number => metricsOf(late, scoreColumns(m, held.columns, held.rows, false).probabilityLate).auc;
  const alone = expectOk(trainModel(table, { ...OPTIONS, settings: { pairsMax: 0 } }));
  assert.ok(auc(model) > auc(alone) + 0.02, `${auc(model)} with pairs, ${auc(alone)} without, INFORCE_SEED=${SEED}`);
});

function outcomeOf(of: Table, row: number): string | undefined {
  const column = of.columns['outcome'];
  return column === undefined || column instanceof Float64Array ? undefined : column.dictionary[column.codes[row] ?? -1];
}

test('a missing value is a value of its own: here it raises the risk', () => {
  const columns = { cash: numberColumn([null, 0.5]), age: numberColumn([50, 50]), channel: textColumn(['A', 'A']) };
  const missing = explainRow(model, columns, 0).contributions.find((c) => c.feature === 'cash');
  assert.ok((missing?.contribution ?? 0) > 0.1, `INFORCE_SEED=${SEED}`);
});

test('a category that the model has not seen counts as other, and a column that is absent as missing', () => {
  const scored = scoreColumns(model, { cash: numberColumn([0.5]), age: numberColumn([50]), channel: textColumn(['Z']) }, 1);
  const absent = scoreColumns(model, { age: numberColumn([50]), channel: textColumn(['A']) }, 1);
  const missing = scoreColumns(model, { cash: numberColumn([null]), age: numberColumn([50]), channel: textColumn(['A']) }, 1);
  assert.ok((scored.probabilityLate[0] ?? Number.NaN) > 0);
  assert.deepEqual(absent, missing);
});

test('a copy of the target among the columns is reported as a leak', () => {
  const outcome = table.columns['outcome'];
  assert.ok(outcome !== undefined);
  const leaky = expectOk(trainModel({ ...table, columns: { ...table.columns, days_late_after: outcome } }, OPTIONS));
  assert.deepEqual(leaky.warnings, [{ code: 'leak_suspected', column: 'days_late_after' }]);
  assert.deepEqual(model.warnings, []);
});

test('constant columns and columns of names are left out and said so', () => {
  const columns = {
    ...table.columns, always: numberColumn(Array.from({ length: table.rows }, () => 3)),
    name: textColumn(Array.from({ length: table.rows }, (_, row) => `holder ${row}`)),
  };
  const trained = expectOk(trainModel({ rows: table.rows, columns }, OPTIONS));
  assert.deepEqual(trained.warnings, [{ code: 'constant_column', column: 'always' }, { code: 'too_many_categories', column: 'name' }]);
  assert.ok(!JSON.stringify(trained).includes('holder 1'));
});

test('what cannot be learnt from is refused with the reason', () => {
  const code = (from: Table, options = {}): string => {
    const result = trainModel(from, { ...OPTIONS, ...options });
    return result.ok ? 'ok' : result.problem.code;
  };
  assert.equal(code({ rows: 0, columns: {} }), 'table_empty');
  assert.equal(code({ ...table, columns: without(table.columns, 'outcome') }), 'target_missing');
  assert.equal(code(table, { late: 'never' }), 'target_one_value');
  assert.equal(code(policies(30), {}), 'too_few_rows');
  assert.equal(code({ rows: table.rows, columns: { outcome: table.columns['outcome'] ?? textColumn([]) } }), 'no_features');
  assert.equal(code(policies(300)), 'ok');
});

test('a damaged model is refused, not scored', () => {
  const json = JSON.stringify(model);
  assert.equal(parseModel({}).ok, false);
  assert.equal(parseModel(JSON.parse(json.replace('"shape":[', '"shape":[0,'))).ok, false);
  assert.equal(parseModel(JSON.parse(json.replace('"table":[', '"table":[0,'))).ok, false);
});

test('tiers are ordered by what was observed on rows held out', () => {
  const measured = expectOk(trainModel(table, { ...OPTIONS, measuredFifths: 5 }));
  const tiers = measured.heldOutTiers ?? [];
  assert.deepEqual(tiers.map((t) => t.tier), TIERS);
  assert.deepEqual(tiers.map((t) => t.observedLate), tiers.map((t) => t.observedLate).toSorted((a, b) => a - b), `INFORCE_SEED=${SEED}`);
  assert.equal(tierOf(measured, 0), 'low');
  assert.equal(tierOf(measured, 1), 'high');
});

test('on real renewals the model foresees late payment of rows it has not seen with an AUC of at least 0.835', (t) => {
  if (!existsSync(RENEWALS)) {
    t.skip(`the renewal data is not at ${RENEWALS}`);
    return;
  }
  const parsed = expectOk(parseTable(readFileSync(RENEWALS, 'utf8'), { id: 'id' }));
  const trained = expectOk(trainModel(parsed.table, { target: 'target', late: '0', seed: SEED }));
  const { auc = 0, calibrationError = 1, accuracy = 0, majorityAccuracy = 1 } = trained.metrics ?? {};
  assert.ok(auc >= 0.835, `AUC ${auc}, INFORCE_SEED=${SEED}`);
  assert.ok(calibrationError < 0.01, `ECE ${calibrationError}`);
  assert.ok(accuracy > majorityAccuracy, `accuracy ${accuracy} against ${majorityAccuracy}`);
});
