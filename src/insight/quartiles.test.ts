import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type PlainDate } from '../kernel/index.ts';
import { quartileOf, quartilesOf } from './quartiles.ts';
import { extraRecovered, levelResults, turnoverOf } from './results.ts';

const day = (text: string): PlainDate => text as PlainDate;

describe('quartiles', () => {
  test('of 1 to 20 are 5.75, 10.5 and 15.25, and each value stands in its quarter, whichever way is better', () => {
    const field = quartilesOf(Array.from({ length: 20 }, (_, place) => 20 - place));
    assert.deepEqual(field, { low: 5.75, middle: 10.5, high: 15.25 });
    assert.ok(field !== null);
    assert.deepEqual([20, 15, 10, 5].map((value) => quartileOf(value, field, 'more')), [1, 2, 3, 4]);
    assert.deepEqual([20, 15, 10, 5].map((value) => quartileOf(value, field, 'less')), [4, 3, 2, 1]);
    assert.equal(quartilesOf([1, 2, 3]), null);
  });
  test('each hold about a quarter of the field', () => {
    fc.assert(fc.property(fc.uniqueArray(fc.integer(), { minLength: 4, maxLength: 100 }), (values) => {
      const field = quartilesOf(values);
      assert.ok(field !== null && field.low <= field.middle && field.middle <= field.high);
      for (const quarter of [1, 2, 3, 4]) {
        const size = values.filter((value) => quartileOf(value, field, 'more') === quarter).length;
        assert.ok(Math.abs(size - values.length / 4) <= 1, `${size} of ${values.length} in ${quarter}`);
      }
    }));
  });
});

describe('results', () => {
  test('300 billed against 80 owed at the beginning and 120 at the end turn three times; nothing owed has no turnover', () => {
    assert.equal(turnoverOf(300, 80, 120), 3);
    assert.equal(turnoverOf(300, 0, 0), null);
  });
  test('of 1,000 late, 600 recovered against 50 % of the baseline are 100 more', () => {
    const month = (due: string, recovered: bigint) => ({ due_month: day(due), currency: 'HKD', late_minor: 1_000n, recovered_minor: recovered });
    const rows = extraRecovered([month('2026-01-01', 400n), month('2026-02-01', 500n), month('2026-03-01', 600n), month('2026-04-01', 600n), month('2026-09-01', 0n)], null, day('2026-10-15'));
    assert.deepEqual(rows.map(({ extra_minor: extra, is_baseline: is }) => [extra, is]), [[-100, true], [0, true], [100, true], [100, false]], 'September has not had its sixty days');
    assert.equal(extraRecovered([month('2026-01-01', 400n)], 0.25, day('2026-10-15'))[0]?.extra_minor, 150);
  });
  test('a level that brought 10 points more for half the cost says so; one that was never reached says nothing', () => {
    const month = (due: string, recovered: bigint) => ({ due_month: day(due), currency: 'HKD', late_minor: 100n, recovered_minor: recovered });
    const levels = levelResults([{ from_on: day('2026-01-01'), level: 2 }, { from_on: day('2026-04-01'), level: 3 }], [month('2025-12-01', 50n), month('2026-02-01', 50n), month('2026-05-01', 60n)],
      [{ on_date: day('2026-02-01'), spent: 4, received: 100 }, { on_date: day('2026-05-01'), spent: 2, received: 100 }], day('2026-10-15'));
    assert.deepEqual(levels.map(({ level, recovered, cost }) => [level, recovered, cost]), [[1, null, null], [2, 0.5, 0.04], [3, 0.6, 0.02], [4, null, null], [5, null, null]]);
    assert.ok(Math.abs((levels[2]?.recovery_gain ?? 0) - 0.1) < 1e-9);
    assert.equal(levels[2]?.cost_reduction, 0.5);
    assert.deepEqual([levels[1]?.recovery_gain, levels[1]?.cost_reduction], [null, null]);
  });
});
