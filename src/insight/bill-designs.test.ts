import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { medianMinutes, wilson } from './bill-designs.ts';

describe('what a design brings', () => {
  test('an interval holds its share, stays within nothing and everything, and is narrower with more bills', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 100_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (all, part) => {
      const good = Math.round(all * part);
      const found = wilson(good, all);
      const more = wilson(good * 10, all * 10);
      assert.ok(found !== null && more !== null && found.low >= 0 && found.high <= 1 && found.low <= found.share + 1e-12 && found.share <= found.high + 1e-12);
      assert.ok(more.high - more.low <= found.high - found.low + 1e-12);
    }));
    assert.equal(wilson(0, 0), null);
    // Newcombe 1998, table I: 81 of 263 by the score method without continuity correction.
    const known = wilson(81, 263);
    assert.deepEqual([known?.low.toFixed(4), known?.high.toFixed(4)], ['0.2553', '0.3662']);
  });

  test('the median of buckets is within a twelfth of a doubling of the median of the minutes', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 100_000 }), { minLength: 1, maxLength: 50 }), (minutes) => {
      const buckets = new Map<number, number>();
      for (const one of minutes) {
        const bucket = Math.floor(12 * Math.log2(one + 1));
        buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1);
      }
      const middle = minutes.toSorted((a, b) => a - b)[Math.ceil(minutes.length / 2) - 1] ?? 0;
      const found = medianMinutes([...buckets].map(([bucket, clicks]) => ({ bucket, clicks }))) ?? 0;
      assert.ok((found + 1) / (middle + 1) < 2 ** (1 / 12) && (middle + 1) / (found + 1) < 2 ** (1 / 12));
    }));
    assert.equal(medianMinutes([]), null);
  });
});
