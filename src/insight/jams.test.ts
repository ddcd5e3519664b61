import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { addDays, type PlainDate } from '../kernel/index.ts';
import { jamsOf, monthReportOn, type StepDay } from './jams.ts';

const FIFTH = '2026-11-05' as PlainDate;
/** A step's counts up to a day, the oldest first. */
const until = (on: PlainDate, counts: readonly number[], market = 'HK'): readonly StepDay[] =>
  counts.map((done, place) => ({ on_date: addDays(on, place - counts.length + 1), market, step: 'messages_delivered', done }));

describe('a jam', () => {
  test('on the fifth is found from four days of past, and a report of the month would have told it on the thirtieth', () => {
    const [jam, ...others] = jamsOf(until(FIFTH, [100, 104, 97, 101, 3]), FIFTH);
    assert.deepEqual([jam?.step, jam?.market, jam?.done, jam?.usual, others.length], ['messages_delivered', 'HK', 3, 100.5, 0]);
    assert.equal(monthReportOn(FIFTH), '2026-11-30');
    assert.equal(monthReportOn('2028-02-01' as PlainDate), '2028-02-29');
  });
  test('is a day without a row, too, and of all markets where the step knows none', () => {
    assert.deepEqual(jamsOf(until(addDays(FIFTH, -1), [100, 104, 97, 101], ''), FIFTH).map(({ market, done }) => [market, done]), [[null, 0]]);
  });
  test('is none where it is as usual on that weekday, where little is done, or where too few days are known', () => {
    const sunday = '2026-11-29' as PlainDate;
    const weeks = Array.from({ length: 36 }, (_, place) => (new Date(`${addDays(sunday, place - 35)}T00:00:00Z`).getUTCDay() === 0 ? 2 : 100));
    assert.deepEqual(jamsOf(until(sunday, weeks), sunday), []);
    assert.equal(jamsOf(until(sunday, weeks), addDays(sunday, -1)).length, 0);
    assert.equal(jamsOf(until(addDays(sunday, 1), [...weeks, 2]), addDays(sunday, 1)).length, 1, 'a Monday like a Sunday');
    assert.deepEqual(jamsOf(until(sunday, weeks.slice(-9)), sunday), [], 'the second Sunday that is known');
    assert.deepEqual(jamsOf(until(FIFTH, [9, 11, 10, 12, 0]), FIFTH), []);
    assert.deepEqual(jamsOf(until(FIFTH, [100, 100, 0]), FIFTH), []);
  });
  test('is never a day that did more than half of the usual', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 5, maxLength: 60 }), (counts) =>
      jamsOf(until(FIFTH, counts), FIFTH).every((jam) => jam.done <= jam.usual / 2 && jam.usual >= 20)));
  });
});
