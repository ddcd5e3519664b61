import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type PlainDate } from '../kernel/index.ts';
import { crossings, type Own, stateOf, type Target, targetInForce, targetRows } from './targets.ts';

const TODAY = '2026-11-24' as PlainDate;
const aTarget = (changes: Partial<Target> = {}): Target => ({
  target_id: 1, figure: 'paid_on_time', market: null, line: null, term: 'short', goal: 0.85, warning: 0.8, owner_id: null, owner: null, from_on: '2026-10-01' as PlainDate, until_on: '2027-03-31' as PlainDate,
  version: 1, changed_by: 'Mei Chan', changed_at: new Date(0), ...changes,
});
const own = (numerator: number, changes: Partial<Own> = {}): Own => ({ figure: 'paid_on_time', market: 'HK', line: 'life', numerator, denominator: 1_000, ...changes });

describe('a target', () => {
  test('920 of 1,000 are green against 92 %, 919 amber, and far below it is red', () => {
    assert.deepEqual([920, 919, 800].map((paid) => stateOf('more', 0.92, null, paid / 1_000)), ['green', 'amber', 'red']);
    assert.deepEqual([18, 18.5, 30].map((days) => stateOf('less', 18, 20, days)), ['green', 'amber', 'red']);
  });
  test('of three steps the one now in force counts, and the nearest scope before a wider one', () => {
    const steps = [aTarget({ target_id: 3, term: 'long', goal: 0.93, until_on: '2029-09-30' as PlainDate }), aTarget(), aTarget({ target_id: 2, term: 'middle', goal: 0.9, until_on: '2027-09-30' as PlainDate })];
    assert.equal(targetInForce(steps, 'paid_on_time', 'HK', 'life', TODAY)?.target_id, 1);
    assert.equal(targetInForce(steps, 'paid_on_time', 'HK', 'life', '2027-04-01' as PlainDate)?.target_id, 2);
    assert.equal(targetInForce(steps, 'paid_on_time', null, null, '2026-09-30' as PlainDate), null);
    const near = [...steps, aTarget({ target_id: 4, market: 'HK', line: 'life', until_on: '2029-01-01' as PlainDate })];
    assert.equal(targetInForce(near, 'paid_on_time', 'HK', 'life', TODAY)?.target_id, 4);
    assert.equal(targetInForce(near, 'paid_on_time', 'HK', 'motor', TODAY)?.target_id, 1);
  });
  test('own 80, leader 93: the gap is 13.0 points behind; without a target the goal is the benchmark’s', () => {
    const row = targetRows([own(800)], [], null, TODAY).find(({ figure, line }) => figure === 'paid_on_time' && line === 'life');
    assert.deepEqual([row?.industry, row?.leader, row?.gap_to_leader, row?.goal, row?.target_id, row?.state], [0.8, 0.93, -13, 0.92, null, 'red']);
  });
  test('is crossed by its own scope alone, and only where it has a warning line', () => {
    const targets = [aTarget(), aTarget({ target_id: 2, market: 'DE' }), aTarget({ target_id: 3, market: 'HK', warning: null })];
    const { beyond, within } = crossings([own(900), own(700, { market: 'DE' })], targets, TODAY);
    assert.deepEqual([beyond.map(({ target, value }) => [target.target_id, value]), within], [[[2, 0.7]], [1]]);
  });
});
