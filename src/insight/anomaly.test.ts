import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { addDays, type PlainDate } from '../kernel/index.ts';
import { anomalies, type FigureDay } from './anomaly.ts';

const YESTERDAY = '2026-11-23' as PlainDate;

/** 28 days near `usual`, then one of `last`. */
function days(market: string, usual: number, last: number, bills = 1_000, figure = 'paid_on_time'): FigureDay[] {
  return Array.from({ length: 29 }, (_, back) => ({
    figure, market, line: 'life', currency: 'HKD', on_date: addDays(YESTERDAY, -back), denominator: bills, numerator: Math.round((back === 0 ? last : usual + ((back % 5) - 2) * 0.004) * bills),
  }));
}

describe('an anomaly', () => {
  test('is a drop of one branch that names branch, line and figure', () => {
    const found = anomalies([...days('HK', 0.9, 0.9), ...days('DE', 0.9, 0.82)], YESTERDAY);
    assert.deepEqual(found.map(({ market, line, figure, value }) => [market, line, figure, value]), [['DE', 'life', 'paid_on_time', 0.82]]);
    assert.ok((found[0]?.z ?? 0) <= -3);
  });
  test('needs 30 bills, two weeks of past, and a day that was reported', () => {
    assert.deepEqual(anomalies(days('DE', 0.9, 0.2, 29), YESTERDAY), []);
    assert.deepEqual(anomalies(days('DE', 0.9, 0.2).slice(0, 10), YESTERDAY), []);
    assert.deepEqual(anomalies(days('DE', 0.9, 0.2), addDays(YESTERDAY, 1)), []);
  });
  test('is not made by one bad day in the past, nor by what chance alone would do', () => {
    const past = days('DE', 0.9, 0.9);
    const struck = past.map((day, back) => (back === 9 ? { ...day, numerator: 100 } : day));
    assert.deepEqual(anomalies(struck, YESTERDAY), []);
    assert.deepEqual(anomalies(days('DE', 0.9, 0.84, 100), YESTERDAY), [], 'two deviations of a hundred bills');
  });
  test('of cash is looked for in each currency alone', () => {
    const cash = (currency: string, last: number): FigureDay[] => days('HK', 10_000, last, 40, 'cash').map((day) => ({ ...day, currency, numerator: day.on_date === YESTERDAY ? last : 400_000 }));
    assert.deepEqual(anomalies([...cash('HKD', 400_000), ...cash('USD', 1_000)], YESTERDAY).map(({ currency }) => currency), ['USD']);
  });
});
