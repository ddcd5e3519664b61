import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type PlainDate } from '../kernel/index.ts';
import { againstBaseline, costCurve, costOfDays, costOfDelay, costsByAge, DEFAULT_RATES, freedBy } from './cost-of-delay.ts';

const TODAY = '2026-11-24' as PlainDate;

describe('the cost of delay', () => {
  test('10,000 that come 30 days late cost 250.00 at 2.5 % for 30 days, and 125.00 after 15', () => {
    assert.deepEqual([costOfDelay(1_000_000, 0.025, 30), costOfDelay(1_000_000, 0.025, 15)], [25_000, 12_500]);
  });
  test('at an annual rate is a 365th of it for each day', () => {
    assert.equal(costOfDays(36_500, 0.1, 10), 100);
  });
  test('an annual premium of 36.5 bn frees 500 M when the cycle is 5 days shorter', () => {
    assert.equal(freedBy(36_500_000_000_00, 5), 500_000_000_00);
  });
  test('counts each bill with its own days, and not what is not yet due', () => {
    const [young, old, ...rest] = costsByAge([
      { currency: 'HKD', due_on: '2026-11-14' as PlainDate, bills: 2, amount_minor: 1_000_000 }, { currency: 'HKD', due_on: '2026-08-16' as PlainDate, bills: 1, amount_minor: 365_000 },
      { currency: 'HKD', due_on: TODAY, bills: 9, amount_minor: 1 },
    ], { ...DEFAULT_RATES, capital_annual: 0.1 }, TODAY);
    assert.deepEqual([young?.age, young?.bills, young?.mean_days, young?.capital_minor], ['1_30', 2, 10, Math.round(1_000_000 * 0.1 * 10 / 365)]);
    assert.deepEqual([old?.age, old?.mean_days, old?.capital_minor], ['over_90', 100, 10_000]);
    assert.equal(rest.length, 0);
  });
  test('the curve has both series from 0 to 180 days', () => {
    const curve = costCurve(365_000, { ...DEFAULT_RATES, capital_annual: 0.1, opportunity_annual: 0.2 });
    assert.deepEqual([curve.length, curve[0], curve.at(-1)], [19, { days: 0, capital_minor: 0, opportunity_minor: 0 }, { days: 180, capital_minor: 18_000, opportunity_minor: 36_000 }]);
  });
  test('a cost of 60 against a baseline of 100 is 40 % less', () => {
    assert.equal(Math.round(againstBaseline(60, 100) * 100), -40);
  });
});
