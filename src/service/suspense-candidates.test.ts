import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type PlainDate } from '../kernel/index.ts';
import { type Homeless, rankCandidates } from './suspense-candidates.ts';

const money: Homeless = { amountMinor: 120_120n, currency: 'HKD', reference: 'premium HL-HK-004410', payer: 'CHAN M L', holderId: null, receivedOn: '2026-11-24' as PlainDate };
const bill = { holder_id: 7, holder_name: 'Chan M. L.', bill_id: 70, policy_number: 'XX-1', due_on: '2026-01-01' as PlainDate, owed_minor: 5n, currency: 'HKD' };

describe('candidates for money without a home', () => {
  test('come with what speaks for them, the likeliest first; other currencies and strangers never', () => {
    const found = rankCandidates(money, [
      { ...bill, bill_id: 1, currency: 'CNY', owed_minor: 120_120n }, { ...bill, bill_id: 2 }, { ...bill, bill_id: 3, policy_number: 'HL-HK-004410', holder_name: 'Wong' },
      { ...bill, bill_id: 4, owed_minor: 120_120n, due_on: '2026-11-30' as PlainDate }, { ...bill, bill_id: 5, holder_name: 'Nobody' },
    ]);
    assert.deepEqual(found.map(({ bill_id: id, reasons }) => [id, reasons]), [[4, ['amount', 'name', 'due_near']], [3, ['policy_number']], [2, ['name']]]);
  });
  test('of a known holder are that holder’s bills, the oldest first', () => {
    const found = rankCandidates({ ...money, holderId: 7, payer: '', reference: '' }, [{ ...bill, bill_id: 2, due_on: '2026-03-01' as PlainDate }, bill]);
    assert.deepEqual(found.map(({ bill_id: id }) => id), [70, 2]);
  });
});
