import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Currency, type PlainDate } from '../kernel/index.ts';
import { convert, groupReport, type Rate } from './exchange.ts';

const rate = (from: string, to: string, text: string): Rate => ({ from: from as Currency, to: to as Currency, on: '2026-11-24' as PlainDate, rate: text, source: 'HKMA' });
const [HKD, CNY, JPY, PHP] = ['HKD', 'CNY', 'JPY', 'PHP'] as Currency[] as [Currency, Currency, Currency, Currency];

describe('an amount in another currency', () => {
  test('follows the stated rate, either way round, across currencies with other decimals', () => {
    assert.equal(convert(100_00n, HKD, CNY, rate('HKD', 'CNY', '0.9123')), 91_23n);
    assert.equal(convert(91_23n, CNY, HKD, rate('HKD', 'CNY', '0.9123')), 100_00n);
    assert.equal(convert(1_00n, HKD, JPY, rate('HKD', 'JPY', '19.85')), 20n);
    assert.equal(convert(20n, JPY, HKD, rate('JPY', 'HKD', '0.05')), 1_00n);
    assert.equal(convert(5n, HKD, CNY, null), null);
    assert.equal(convert(5n, HKD, CNY, rate('PHP', 'CNY', '1')), null);
  });
  test('is the nearest one, to half a unit, by whole numbers alone', () => {
    fc.assert(fc.property(fc.bigInt({ min: -(10n ** 14n), max: 10n ** 14n }), fc.bigInt({ min: 1n, max: 10n ** 14n }), (amount, units) => {
      const text = `${units / 10n ** 10n}.${(units % 10n ** 10n).toString().padStart(10, '0')}`;
      const found = convert(amount, HKD, CNY, rate('HKD', 'CNY', text)) ?? 0n;
      const off = (found * 10n ** 10n - amount * units) * 2n;
      assert.ok(off <= 10n ** 10n && off >= -(10n ** 10n));
    }));
  });
});

describe('all accounts in one currency', () => {
  const books = (currency: Currency, minor: bigint) => [
    { account: 'bank' as const, currency, debitMinor: minor, creditMinor: 0n, balanceMinor: minor }, { account: 'premium_income' as const, currency, debitMinor: 0n, creditMinor: minor, balanceMinor: -minor },
  ];
  test('reconcile to each currency’s trial balance, and say where no rate is stated', () => {
    const rates = new Map([[CNY, rate('CNY', 'HKD', '1.0961')], [PHP, rate('HKD', 'PHP', '7.3')]]);
    const report = groupReport([...books(HKD, 10_00n), ...books(CNY, 3_33n), ...books(PHP, 100_00n), ...books(JPY, 5n)], HKD, (from) => rates.get(from) ?? null);
    assert.deepEqual(report.accounts, [{ account: 'bank', inOneMinor: 10_00n + 3_65n + 13_70n }, { account: 'premium_income', inOneMinor: -(10_00n + 3_65n + 13_70n) }]);
    assert.deepEqual([report.roundingMinor, report.withoutRate], [0n, [JPY]]);
  });
  test('lose nothing but what rounding takes: half a unit a balance at most', () => {
    fc.assert(fc.property(fc.array(fc.bigInt({ min: -(10n ** 9n), max: 10n ** 9n }), { minLength: 1, maxLength: 12 }), (amounts) => {
      const accounts = ['bank', 'suspense', 'fee_income', 'write_offs'] as const;
      const rows = [...amounts, -amounts.reduce((sum, one) => sum + one, 0n)].map((balanceMinor, i) => ({ account: accounts[i % 4] ?? 'bank', currency: CNY, debitMinor: 0n, creditMinor: 0n, balanceMinor }));
      const { roundingMinor } = groupReport(rows, HKD, () => rate('CNY', 'HKD', '1.0961234567'));
      assert.ok((roundingMinor < 0n ? -roundingMinor : roundingMinor) * 2n <= BigInt(rows.length));
    }));
  });
});
