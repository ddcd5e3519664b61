import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { AMOUNT_MINOR_MAX, decimalText, formatMoney, parseAmount, shareOf, splitByWeights } from './money.ts';

const minor = fc.bigInt({ min: -AMOUNT_MINOR_MAX, max: AMOUNT_MINOR_MAX });
const currency = fc.constantFrom('HKD', 'JPY', 'KWD', 'EUR', 'CNY');

describe('amounts', () => {
  test('are read back as they were written, in currencies of 0, 2 and 3 decimals', () => {
    fc.assert(fc.property(minor, currency, (amount, code) => {
      assert.deepEqual(parseAmount(decimalText(amount, code), code), { ok: true, value: amount });
      assert.deepEqual(parseAmount(formatMoney(amount, code).replace('−', '-').replace('JP', ''), code), { ok: true, value: amount });
    }));
  });

  test('are read as people write them', () => {
    for (const [text, code, expected] of [['HK$1,200.50', 'HKD', 120_050n], ['(12.00)', 'EUR', -1_200n], ['￥1 234.5', 'CNY', 123_450n], ['1200', 'JPY', 1_200n], ['USD 5', 'USD', 500n]] as const) {
      assert.deepEqual(parseAmount(text, code), { ok: true, value: expected }, text);
    }
  });

  test('that are no amounts, too precise or too large are refused with a code', () => {
    for (const [text, code, problem] of [['abc', 'HKD', 'amount_not_a_number'], ['1.005', 'HKD', 'amount_too_precise'], ['1.5', 'JPY', 'amount_too_precise'],
      ['99999999999999999', 'HKD', 'amount_too_large'], ['=1+1', 'HKD', 'amount_not_a_number'], ['1,2', 'HKD', 'amount_not_a_number'], ['', 'HKD', 'amount_not_a_number']] as const) {
      const read = parseAmount(text, code);
      assert.equal(read.ok ? 'read' : read.problem.code, problem, text);
    }
  });

  test('are split so that the parts sum to the whole, each within one unit of its share', () => {
    fc.assert(fc.property(minor, fc.array(fc.bigInt({ min: 0n, max: 1_000n }), { minLength: 1, maxLength: 40 }).filter((w) => w.some((x) => x > 0n)), (amount, weights) => {
      const parts = splitByWeights(amount, weights);
      const total = weights.reduce((a, b) => a + b, 0n);
      assert.equal(parts.reduce((a, b) => a + b, 0n), amount);
      parts.forEach((part, i) => {
        const off = part * total - amount * (weights[i] ?? 0n);
        assert.ok((off < 0n ? -off : off) < total);
      });
    }));
  });

  test('are shared half to even', () => {
    assert.deepEqual([shareOf(5n, 1n, 2n), shareOf(15n, 1n, 10n), shareOf(25n, 1n, 10n), shareOf(-5n, 1n, 2n), shareOf(7n, 1n, 2n)], [2n, 2n, 2n, -2n, 4n]);
    fc.assert(fc.property(minor, fc.bigInt({ min: 1n, max: 10_000n }), (amount, points) => {
      const share = shareOf(amount, points, 10_000n);
      const off = share * 10_000n - amount * points;
      assert.ok((off < 0n ? -off : off) * 2n <= 10_000n);
    }));
  });
});
