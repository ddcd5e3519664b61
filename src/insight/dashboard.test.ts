import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type PlainDate } from '../kernel/index.ts';
import { ageing, type Cell, cohorts, figureOf, isMature, recovery, recoveryCurve, rollRates, ways } from './cells.ts';
import { figureAgainst } from './dashboard.ts';

const AS_OF = '2026-11-24' as PlainDate;
const OLD = '2026-03-01' as PlainDate;

function aCell(outcome: Cell['outcome'], bills: number, changes: Partial<Cell> = {}): Cell {
  return {
    due_month: OLD, market: 'HK', line: 'life', currency: 'HKD', segment: 'punctual', outcome, bills, amount_minor: BigInt(bills) * 100n, paid_minor: 0n, days_late: 0, days_to_pay: 0, digital_bills: 0,
    digital_days_to_pay: 0, part_on_time_bills: 0, reminded_bills: 0, asked_bills: 0, answered_bills: 0, ...changes,
  };
}

describe('figures', () => {
  test('920 of 1,000 paid on time are 92.0 % and reach the goal; bills not yet due count in neither', () => {
    const fraction = figureOf('paid_on_time', [aCell('on_time', 920), aCell('open_8_30', 30), aCell('late_1_7', 45), aCell('written_off', 5), aCell('open_not_due', 700), aCell('paid_not_due', 90)]);
    assert.deepEqual(fraction, { numerator: 920, denominator: 1_000 });
  });
  test('payments 10, 45 and 80 days late are 45.0 days late on average', () => {
    const { numerator, denominator } = figureOf('mean_days_late', [aCell('late_8_30', 1, { days_late: 10 }), aCell('late_31_60', 1, { days_late: 45 }), aCell('late_61_90', 1, { days_late: 80 }), aCell('on_time', 9)]);
    assert.equal(numerator / denominator, 45);
  });
  test('48 of 1,000 written off are 4.8 %', () => {
    assert.deepEqual(figureOf('uncollectible', [aCell('written_off', 48), aCell('on_time', 900), aCell('late_1_7', 52), aCell('open_1_7', 40)]), { numerator: 48, denominator: 1_000 });
  });
  test('a bill of which 90 % came on time is on time, not in full, and not both', () => {
    const cells = [aCell('open_8_30', 1, { part_on_time_bills: 1 })];
    assert.deepEqual([figureOf('on_time_any', cells).numerator, figureOf('in_full', cells).numerator, figureOf('paid_on_time', cells).numerator], [1, 0, 0]);
    const later = [aCell('late_1_7', 1, { part_on_time_bills: 1 })];
    assert.deepEqual([figureOf('on_time_any', later).numerator, figureOf('in_full', later).numerator, figureOf('paid_on_time', later).numerator], [1, 1, 0]);
  });
  test('of 1,000 bills that were reminded, those paid by their due date count; those that were not reminded, or are not due, in neither', () => {
    const cells = [aCell('on_time', 2_000, { reminded_bills: 920 }), aCell('late_1_7', 200, { reminded_bills: 50 }), aCell('open_8_30', 30, { reminded_bills: 30 }), aCell('open_not_due', 90, { reminded_bills: 90 })];
    assert.deepEqual(figureOf('reminded_on_time', cells), { numerator: 920, denominator: 1_000 });
  });
  test('what was written off and paid after all is no longer uncollectible', () => {
    const before = figureOf('uncollectible', [aCell('written_off', 48), aCell('on_time', 952)]);
    const after = figureOf('uncollectible', [aCell('written_off', 47), aCell('late_over_90', 1), aCell('on_time', 952)]);
    assert.deepEqual([before.numerator / before.denominator, after.numerator / after.denominator], [0.048, 0.047]);
  });
  test('35 of 100 paid by digital ways are 35 %', () => {
    assert.deepEqual(figureOf('digital', [aCell('on_time', 100, { digital_bills: 35 })]), { numerator: 35, denominator: 100 });
  });
  test('80 % are 13.0 points behind a leader at 93 %; 65 days against no leader are compared with the target', () => {
    const behind = figureAgainst('paid_on_time', { numerator: 80, denominator: 100 }, '');
    assert.deepEqual([behind.gap, behind.gap_to], [-13, 'leader']);
    const slow = figureAgainst('days_to_collect', { numerator: 650, denominator: 10 }, '');
    assert.deepEqual([slow.value, slow.industry, slow.gap, slow.gap_to], [65, 38, -47, 'target']);
    assert.equal(figureAgainst('uncollectible', { numerator: 0, denominator: 0 }, '').value, null);
  });
});

describe('months', () => {
  test('are looked at after so many days only when their last bill has had them', () => {
    assert.deepEqual([isMature('2026-10-01' as PlainDate, 0, AS_OF), isMature('2026-10-01' as PlainDate, 23, AS_OF), isMature('2026-10-01' as PlainDate, 24, AS_OF), isMature('2026-11-01' as PlainDate, 0, AS_OF)], [true, true, false, false]);
  });
  test('show null where a bill has not had its days yet, and the month itself not before it is over', () => {
    const rows = cohorts([aCell('on_time', 6, { due_month: '2026-10-01' as PlainDate }), aCell('open_1_7', 4, { due_month: '2026-10-01' as PlainDate }), aCell('on_time', 1, { due_month: '2026-11-01' as PlainDate })], AS_OF);
    assert.deepEqual(rows, [{ due_month: '2026-10-01', bills: 10, paid_by_0: 6, paid_by_7: 6, paid_by_30: null, paid_by_60: null, paid_by_90: null }]);
  });
});

describe('late bills', () => {
  const cells = [aCell('on_time', 100), aCell('late_1_7', 30), aCell('late_8_30', 31), aCell('late_31_60', 20), aCell('open_over_90', 10), aCell('written_off', 9)];
  test('roll on by currency, each with its whole amount, from those late on day 1', () => {
    const rows = rollRates([...cells, aCell('late_1_7', 5, { currency: 'EUR' })], AS_OF);
    assert.deepEqual(rows.filter(({ currency }) => currency === 'HKD').map(({ days, late_bills: late, unpaid_bills: unpaid, unpaid_minor: minor }) => [days, late, unpaid, minor]),
      [[0, 100, 100, 10_000n], [30, 100, 39, 3_900n], [60, 100, 19, 1_900n], [90, 100, 19, 1_900n]]);
    assert.deepEqual(rows.filter(({ currency }) => currency === 'EUR').map(({ unpaid_minor: minor }) => minor), [500n, 0n, 0n, 0n]);
  });
  test('are recovered less and less with age', () => {
    assert.deepEqual(recoveryCurve(cells, AS_OF), [{ age: '1_30', unpaid: 100, paid: 61 }, { age: '31_60', unpaid: 39, paid: 20 }, { age: '61_90', unpaid: 19, paid: 0 }, { age: 'over_90', unpaid: 19, paid: 0 }]);
  });
  test('are recovered or written off by market', () => {
    assert.deepEqual(recovery('market', cells), [{ name: 'HK', late: 100, recovered: 81, written_off: 9 }]);
  });
});

test('what is owed is by age and currency, less what was paid in part', () => {
  const rows = ageing([aCell('open_1_7', 2, { paid_minor: 50n }), aCell('open_8_30', 1), aCell('open_not_due', 1, { currency: 'EUR' }), aCell('on_time', 9)]);
  assert.deepEqual(rows, [{ currency: 'EUR', age: 'not_due', bills: 1, outstanding_minor: 100n }, { currency: 'HKD', age: '1_30', bills: 3, outstanding_minor: 250n }]);
});

test('days to pay are told apart by the way a bill was paid', () => {
  assert.deepEqual(ways([aCell('on_time', 10, { digital_bills: 4, days_to_pay: 100, digital_days_to_pay: 20 }), aCell('open_1_7', 5)]), [{ way: 'digital', bills: 4, days_to_pay: 20 }, { way: 'other', bills: 6, days_to_pay: 80 }]);
});
