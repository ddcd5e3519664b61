import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { addDays, type PlainDate, seededRandom } from '../kernel/index.ts';
import { checkWeeks, type Cohort, curveOf, type CurveCell, forecastWeeks, hazardsOf } from './forecast.ts';

const TODAY = '2026-11-24' as PlainDate;
/** A tenth of what is unpaid is paid on each day. */
const TENTH: readonly CurveCell[] = Array.from({ length: 121 }, (_, place) => ({ market: 'HK', line: 'life', day: place - 30, at_risk: 1_000, paid: 100 }));
const aCohort = (changes: Partial<Cohort> = {}): Cohort => ({ market: 'HK', line: 'life', currency: 'HKD', due_on: TODAY, bills: 100, amount_minor: 1_000_000, ...changes });
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe('the forecast of cash', () => {
  test('is what is unpaid times the chance of each week', () => {
    const [first, second] = forecastWeeks([aCohort()], hazardsOf(TENTH), TODAY, 14);
    assert.equal(first?.expected_minor, Math.round(1_000_000 * (1 - 0.9 ** 7)));
    assert.equal(second?.expected_minor, Math.round(1_000_000 * (0.9 ** 7 - 0.9 ** 14)));
    assert.deepEqual([first?.from_on, first?.to_on, second?.from_on], [TODAY, addDays(TODAY, 6), addDays(TODAY, 7)]);
    assert.ok(first !== undefined && first.low_minor < first.expected_minor && first.expected_minor < first.high_minor);
  });
  test('never brings more than is owed, keeps currencies apart, and leaves out debts older than the curve', () => {
    const weeks = forecastWeeks([aCohort(), aCohort({ currency: 'USD', amount_minor: 500_000 }), aCohort({ due_on: addDays(TODAY, -91) })], hazardsOf(TENTH), TODAY, 90);
    assert.equal(weeks.length, 26);
    assert.ok(sum(weeks.filter(({ currency }) => currency === 'HKD').map((week) => week.expected_minor)) <= 1_000_000);
    assert.ok(sum(weeks.filter(({ currency }) => currency === 'USD').map((week) => week.expected_minor)) <= 500_000);
  });
  test('takes the curve of the market where a line has few bills, and of all where a market has', () => {
    const hazards = hazardsOf([...TENTH, { market: 'HK', line: 'motor', day: 0, at_risk: 3, paid: 3 }, { market: 'DE', line: 'life', day: 0, at_risk: 4, paid: 0 }]);
    assert.ok(Math.abs((hazards('HK', 'motor')[30] ?? 0) - 103 / 1_003) < 1e-12);
    assert.ok(Math.abs((hazards('DE', 'life')[30] ?? 0) - 103 / 1_007) < 1e-12);
  });
  test('has a band that holds about four weeks of five when bills are paid as its curve says', () => {
    const random = seededRandom(7);
    const cohorts = Array.from({ length: 30 }, (_, day) => aCohort({ due_on: addDays(TODAY, -day), bills: 60, amount_minor: 60_000 }));
    const [week] = forecastWeeks(cohorts, hazardsOf(TENTH), TODAY, 7);
    assert.ok(week !== undefined);
    let within = 0;
    for (let round = 0; round < 400; round += 1) {
      const paid = sum(cohorts.map(({ bills }) => Array.from({ length: bills }, () => random.next()).filter((one) => one < 1 - 0.9 ** 7).length)) * 1_000;
      if (paid >= week.low_minor && paid <= week.high_minor) within += 1;
    }
    assert.ok(within / 400 > 0.8, `${within} of 400`);
  });
  test('is held against what came in, week by week', () => {
    const weeks = forecastWeeks([aCohort()], hazardsOf(TENTH), TODAY, 14);
    const checks = checkWeeks(weeks, [{ currency: 'HKD', on_date: TODAY, amount_minor: weeks[0]?.expected_minor ?? 0 }, { currency: 'HKD', on_date: addDays(TODAY, 8), amount_minor: 1 }]);
    assert.deepEqual(checks.map(({ actual_minor: actual, within }) => [actual, within]), [[weeks[0]?.expected_minor, true], [1, false]]);
  });
  test('draws the curve as the share paid by each day', () => {
    const curve = curveOf(TENTH);
    assert.ok(Math.abs((curve.at(1)?.paid_by ?? 0) - 0.19) < 1e-12);
    assert.equal(curve.length, 121);
  });
});
