import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { matchReport, PART_ORDERS, shareOut } from './list-bill.ts';

const owed = fc.record({ owedMinor: fc.bigInt({ min: 0n, max: 10n ** 9n }), dueOn: fc.constantFrom('2026-10-01', '2026-11-01', '2026-12-01') });

describe('a payer’s money', () => {
  test('is shared to the cent, no member’s bill is overpaid, and in proportion nobody is off by a whole unit', () => {
    fc.assert(fc.property(fc.array(owed, { maxLength: 30 }), fc.bigInt({ min: 0n, max: 10n ** 10n }), fc.constantFrom(...PART_ORDERS), (bills, amount, order) => {
      const shares = shareOut(amount, bills, order);
      const whole = bills.reduce((sum, bill) => sum + bill.owedMinor, 0n);
      assert.equal(shares.reduce((sum, one) => sum + one, 0n), amount < whole ? amount : whole);
      bills.forEach((bill, i) => assert.ok((shares[i] ?? -1n) >= 0n && (shares[i] ?? 0n) <= bill.owedMinor));
      if (order === 'pro_rata' && amount < whole) bills.forEach((bill, i) => assert.ok(Math.abs(Number(shares[i]) - (Number(amount) * Number(bill.owedMinor)) / Number(whole)) < 1.001));
      // The oldest first: whoever gets less than is owed leaves nothing to a younger bill.
      if (order === 'oldest_first') bills.forEach((bill, i) => { if ((shares[i] ?? 0n) < bill.owedMinor) bills.forEach((other, j) => assert.ok(other.dueOn <= bill.dueOn || shares[j] === 0n)); });
    }));
  });
  test('pays the oldest bills first where that is agreed', () => {
    assert.deepEqual(shareOut(150n, [{ owedMinor: 100n, dueOn: '2026-12-01' }, { owedMinor: 100n, dueOn: '2026-11-01' }], 'oldest_first'), [50n, 100n]);
    assert.deepEqual(shareOut(100n, [{ owedMinor: 100n, dueOn: '2026-12-01' }, { owedMinor: 200n, dueOn: '2026-11-01' }], 'pro_rata'), [33n, 67n]);
  });
});

describe('what a payer reports', () => {
  const lines = [{ policyNumber: 'A', amountMinor: 100n }, { policyNumber: 'A', amountMinor: 100n }, { policyNumber: 'B', amountMinor: 50n }, { policyNumber: 'C', amountMinor: 70n }];
  test('is compared line by line: who is missing, whose amount differs, who is unknown or has left', () => {
    const matched = matchReport(lines, [
      { employee: '1', policyNumber: 'A', amountMinor: 150n }, { employee: '2', policyNumber: 'C', amountMinor: 70n }, { employee: '3', policyNumber: 'D', amountMinor: 9n }, { employee: '4', policyNumber: 'E', amountMinor: 8n },
    ], new Set(['D']));
    assert.deepEqual(matched.lines.map((line) => [line.reportedMinor, line.mismatch]), [[100n, null], [50n, 'amount_differs'], [0n, 'missing'], [70n, null]]);
    assert.deepEqual(matched.strangers.map((row) => [row.policyNumber, row.mismatch]), [['D', 'left'], ['E', 'unknown']]);
  });
  test('is never lost or made: what was reported stands on the lines and the strangers', () => {
    fc.assert(fc.property(fc.array(fc.record({ policyNumber: fc.constantFrom('A', 'B', 'C', 'D'), amountMinor: fc.bigInt({ min: 1n, max: 500n }), employee: fc.constant('') })), (reported) => {
      const { lines: found, strangers } = matchReport(lines, reported, new Set());
      const sum = (rows: readonly bigint[]): bigint => rows.reduce((total, one) => total + one, 0n);
      assert.equal(sum(found.map((line) => line.reportedMinor)) + sum(strangers.map((row) => row.amountMinor)), sum(reported.map((row) => row.amountMinor)));
    }));
  });
});
