import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type BillId, type HolderId, type PlainDate, type PolicyId } from '../kernel/index.ts';
import { ACCOUNTS, billPostings, entry, openingPosting, POSTING_RULES, reversal, type PostingRow, type PostingRuleId } from './index.ts';

const DAY = '2026-11-24' as PlainDate;
const ids = { holderId: 7 as HolderId, policyId: 9 as PolicyId, billId: 36_865 as BillId };
const rules = Object.keys(POSTING_RULES) as PostingRuleId[];

/** Debits less credits of each account. */
function balances(rows: readonly PostingRow[]): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const { debit, credit, amountMinor } of rows) {
    sums.set(debit, (sums.get(debit) ?? 0n) + amountMinor);
    sums.set(credit, (sums.get(credit) ?? 0n) - amountMinor);
  }
  return sums;
}
const sumOf = (rows: readonly PostingRow[]): bigint => [...balances(rows).values()].reduce((a, b) => a + b, 0n);
const anAmount = fc.bigInt({ min: 1n, max: 9_000_000_000_000_000n });

describe('a posting rule', () => {
  test('moves an amount between two different accounts that there are', () => {
    for (const id of rules) {
      const { debit, credit, when } = POSTING_RULES[id];
      assert.ok(debit !== credit && ACCOUNTS.includes(debit) && ACCOUNTS.includes(credit) && when.endsWith('.'), id);
    }
  });
  test('makes entries that balance, and their reversals bring every account back to nothing', () => {
    fc.assert(fc.property(fc.constantFrom(...rules), anAmount, (id, amountMinor) => {
      const row = entry(id, { ...ids, bookedOn: DAY, amountMinor, currency: 'HKD', sourceId: 1 });
      assert.equal(sumOf([row]), 0n);
      const back = reversal({ ...row, postingId: 5 }, 'refunded', DAY);
      assert.ok([...balances([row, back]).values()].every((balance) => balance === 0n));
      assert.equal(back.reversesId, 5);
    }));
  });
});

describe('a bill', () => {
  test('is booked with its premium, each levy and each tax, which together are what the holder owes', () => {
    const charges = fc.array(fc.record({ kind: fc.constantFrom('levy' as const, 'premium_tax' as const), amountMinor: fc.bigInt({ min: 0n, max: 1_000_000n }) }), { maxLength: 4 });
    fc.assert(fc.property(anAmount, charges, (premiumMinor, some) => {
      const named = some.map((charge, index) => ({ ...charge, rule: `r${index}` }));
      const rows = billPostings({ ...ids, premiumMinor, charges: named, currency: 'HKD' }, DAY);
      const of = (kind: string): bigint => named.filter((charge) => charge.kind === kind).reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
      const at = balances(rows);
      assert.equal(at.get('premium_receivable'), premiumMinor + of('levy') + of('premium_tax'));
      assert.deepEqual([at.get('premium_income'), at.get('levy_payable') ?? 0n, at.get('premium_tax_payable') ?? 0n], [-premiumMinor, -of('levy'), -of('premium_tax')]);
      assert.equal(new Set(rows.map(({ rule }) => rule)).size, rows.length);
      assert.ok(rows.every(({ sourceKind, sourceId, billId }) => sourceKind === 'bill' && sourceId === ids.billId && billId === ids.billId));
    }));
  });
  test('taken over from a former system opens with what is still owed', () => {
    const row = openingPosting({ ...ids, currency: 'CNY', owedMinor: 40n }, DAY);
    assert.deepEqual([row.debit, row.credit, row.amountMinor, row.rule], ['premium_receivable', 'opening_balance', 40n, 'opening_balance']);
  });
});
