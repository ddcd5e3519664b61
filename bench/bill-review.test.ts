import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { heldOf, reviewBills } from '../src/billing/index.ts';
import { FAULTS, generate } from './bill-faults.ts';

const SEED = Number(process.env['INFORCE_SEED'] ?? 21);

describe('the review of bills that it does not know', () => {
  test('stops 12 faulty bills of 1,000 and lets 988 go', () => {
    const made = generate(SEED, 1_000, 83);
    const faulty = made.filter(({ fault }) => fault !== null);
    assert.deepEqual(new Set(faulty.map(({ fault }) => fault)), new Set(FAULTS), 'every class of faults is among them');
    const held = heldOf(reviewBills(made.map(({ bill }) => bill), made.map(({ facts }) => facts), SEED));
    const missed = made.filter(({ fault }, at) => fault !== null && !held.has(at));
    const forNothing = made.filter(({ fault }, at) => fault === null && held.has(at));
    assert.deepEqual([faulty.length, missed.map(({ fault }) => fault), forNothing.map(({ bill }) => bill.billId)], [12, [], []], `seed ${SEED}`);
    assert.ok(made.length - held.size >= 988);
  });

  test('stops at least 99.5 % of the faults of any seed, and holds at most 0.1 % for nothing', () => {
    for (const seed of [SEED, SEED + 1, SEED + 2]) {
      const made = generate(seed, 12_000, 10);
      const held = heldOf(reviewBills(made.map(({ bill }) => bill), made.map(({ facts }) => facts), seed));
      const [stopped, faulty, clean] = made.reduce(([s, f, c], { fault }, at) => [s + Number(fault !== null && held.has(at)), f + Number(fault !== null), c + Number(fault === null && held.has(at))], [0, 0, 0] as [number, number, number]);
      assert.ok(stopped / faulty >= 0.995, `${stopped} of ${faulty} stopped, seed ${seed}`);
      assert.ok(clean / (made.length - faulty) <= 0.001, `${clean} held for nothing, seed ${seed}`);
    }
  });
});
