import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { feedOf, gatesOf, levelOf, type MaturityFacts } from './maturity.ts';

const ALL: MaturityFacts = { bills: 1, reachable: 0.95, birth_date: 0.9, contact_history: 0.6, outcomes: 0.8, income: 0.6, payday: 0.4, model: 1, experiments: 1 };
const level = (changes: Partial<MaturityFacts>): number => levelOf(gatesOf({ ...ALL, ...changes }));

describe('the maturity of data', () => {
  test('is the highest level whose gates are all open', () => {
    assert.deepEqual([level({}), level({ experiments: 0 }), level({ payday: 0.1 }), level({ birth_date: 0.5 }), level({ reachable: 0.5 })], [5, 4, 3, 2, 1]);
  });
  test('is not raised by a gate above one that is shut', () => {
    assert.equal(level({ contact_history: 0, experiments: 1 }), 2);
  });
  test('a feed fails where fewer than 95 of 100 events are complete, and not where none came', () => {
    assert.deepEqual([feedOf('calls', 100, 94).failing, feedOf('calls', 100, 95).failing, feedOf('calls', 0, 0).failing], [true, false, false]);
  });
});
