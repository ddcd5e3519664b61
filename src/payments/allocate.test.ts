import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type BillId, type HolderId, type PlainDate, type PolicyId } from '../kernel/index.ts';
import { allocate } from './allocate.ts';
import { type BillFacts } from './settlement.ts';

const TODAY = '2026-11-24' as PlainDate;
let bills = 0;
function aBill(changes: Partial<BillFacts> = {}): BillFacts {
  bills += 1;
  return {
    holderId: 1 as HolderId, billId: bills as BillId, policyId: 1 as PolicyId, market: 'HK', currency: 'HKD', amountMinor: 100n, feesMinor: 0n, dueOn: TODAY, periodTo: TODAY, stage: 'due', paidMinor: 0n, state: 'open',
    paidOn: null, paidBy: null, inFlight: false, recoverable: false, ...changes,
  };
}
const hkd = (amountMinor: bigint) => ({ amountMinor, currency: 'HKD' });

describe('a payment', () => {
  test('pays the premiums of all bills that are due before the late fee of any, and that before what is not due', () => {
    const notDue = aBill({ amountMinor: 90n, dueOn: '2026-12-01' as PlainDate });
    const [late, later] = [aBill({ amountMinor: 120n, feesMinor: 20n, dueOn: '2026-10-01' as PlainDate }), aBill({ amountMinor: 105n, feesMinor: 5n })];
    assert.deepEqual(allocate(hkd(226n), late, [later, notDue], TODAY).parts.map(({ bill, amountMinor }) => [bill, amountMinor]), [[late, 120n], [later, 105n], [notDue, 1n]]);
    assert.deepEqual(allocate(hkd(210n), late, [later], TODAY).parts.map(({ amountMinor }) => amountMinor), [110n, 100n]);
    const begun = aBill({ amountMinor: 120n, feesMinor: 20n, paidMinor: 110n });
    assert.deepEqual(allocate(hkd(103n), begun, [later], TODAY).parts, [{ bill: later, amountMinor: 100n }, { bill: begun, amountMinor: 3n }]);
  });
  test('pays the bill that was named before an older one', () => {
    const [named, older] = [aBill(), aBill({ dueOn: '2026-10-01' as PlainDate })];
    assert.deepEqual(allocate(hkd(100n), named, [older, named], TODAY).parts, [{ bill: named, amountMinor: 100n }]);
  });
  test('goes on to what is due of the policy, then of other policies, then to the policy’s next bill, and waits with the rest', () => {
    const named = aBill();
    const [next, oldest] = [aBill({ dueOn: '2026-12-24' as PlainDate }), aBill({ dueOn: '2026-09-24' as PlainDate })];
    const [otherDue, otherNotDue] = [aBill({ policyId: 2 as PolicyId, dueOn: '2026-01-01' as PlainDate }), aBill({ policyId: 2 as PolicyId, dueOn: '2026-12-01' as PlainDate })];
    const { parts, surplusMinor } = allocate(hkd(450n), named, [otherNotDue, otherDue, next, named, oldest], TODAY);
    assert.deepEqual(parts.map(({ bill }) => bill), [named, oldest, otherDue, next]);
    assert.equal(surplusMinor, 50n);
  });
  test('never pays a bill of another currency', () => {
    const named = aBill();
    assert.equal(allocate(hkd(150n), named, [aBill({ currency: 'USD' })], TODAY).surplusMinor, 50n);
    assert.equal(allocate({ amountMinor: 10n, currency: 'USD' }, named, [], TODAY).reason, 'currency_differs');
  });
  test('waits whole where the named bill is paid, written off or cancelled', () => {
    for (const [state, reason] of [['paid', 'bill_paid_already'], ['written_off', 'bill_closed'], ['cancelled', 'bill_closed']] as const) {
      assert.deepEqual(allocate(hkd(70n), aBill({ state }), [aBill()], TODAY), { parts: [], surplusMinor: 70n, reason });
    }
  });
  test('recovers a bill that we have given up, and what is beyond it goes on as ever', () => {
    const [named, older] = [aBill({ state: 'written_off', recoverable: true }), aBill({ dueOn: '2026-10-01' as PlainDate })];
    assert.deepEqual(allocate(hkd(130n), named, [older], TODAY).parts, [{ bill: named, amountMinor: 100n }, { bill: older, amountMinor: 30n }]);
    assert.deepEqual(allocate(hkd(130n), older, [named], TODAY).parts, [{ bill: older, amountMinor: 100n }], 'never unasked');
  });
  test('for chosen bills pays exactly these, the oldest due first, and waits with what is left', () => {
    const [named, older] = [aBill(), aBill({ dueOn: '2026-10-01' as PlainDate, policyId: 2 as PolicyId })];
    const notChosen = aBill({ dueOn: '2026-09-01' as PlainDate });
    const { parts, surplusMinor, reason } = allocate(hkd(230n), named, [notChosen, older, named], TODAY, [named, older]);
    assert.deepEqual(parts, [{ bill: older, amountMinor: 100n }, { bill: named, amountMinor: 100n }]);
    assert.deepEqual([surplusMinor, reason], [30n, 'overpaid']);
  });
  test('for chosen bills of which one was paid meanwhile pays the others, and the rest waits', () => {
    const [named, other] = [aBill({ state: 'paid', paidMinor: 100n }), aBill()];
    assert.deepEqual(allocate(hkd(200n), named, [other], TODAY, [named, other]), { parts: [{ bill: other, amountMinor: 100n }], surplusMinor: 100n, reason: 'bill_paid_already' });
  });
  test('for chosen bills is used to the cent, touches no other bill, and fills the older before the younger', () => {
    const some = fc.array(fc.record({
      amount: fc.bigInt({ min: 1n, max: 500n }), paid: fc.bigInt({ min: 0n, max: 500n }), policy: fc.integer({ min: 1, max: 3 }), day: fc.integer({ min: 1, max: 28 }), chosen: fc.boolean(),
      state: fc.constantFrom('open' as const, 'open' as const, 'open' as const, 'paid' as const, 'cancelled' as const),
    }), { minLength: 1, maxLength: 7 });
    fc.assert(fc.property(some, fc.bigInt({ min: 1n, max: 3_000n }), (specs, amount) => {
      const all = specs.map(({ amount: amountMinor, paid, policy, day, state }) => aBill({
        amountMinor, paidMinor: paid < amountMinor ? paid : amountMinor - 1n, policyId: policy as PolicyId, dueOn: `2026-11-${String(day).padStart(2, '0')}` as PlainDate, state,
      }));
      const chosen = all.filter((_, index) => index === 0 || specs[index]?.chosen === true);
      const { parts, surplusMinor } = allocate(hkd(amount), all[0]!, all.filter(({ state }) => state === 'open'), TODAY, chosen);
      assert.equal(parts.reduce((sum, part) => sum + part.amountMinor, surplusMinor), amount);
      assert.ok(parts.every(({ bill, amountMinor }) => chosen.includes(bill) && bill.state === 'open' && amountMinor > 0n && amountMinor <= bill.amountMinor - bill.paidMinor));
      assert.equal(new Set(parts.map(({ bill }) => bill)).size, parts.length);
      // All but the last are paid in full, and none that is older was left out.
      assert.ok(parts.slice(0, -1).every(({ bill, amountMinor }) => amountMinor === bill.amountMinor - bill.paidMinor));
      const open = chosen.filter(({ state }) => state === 'open').sort((a, b) => (a.dueOn < b.dueOn ? -1 : a.dueOn > b.dueOn ? 1 : a.billId - b.billId));
      assert.deepEqual(parts.map(({ bill }) => bill), open.slice(0, parts.length));
      if (surplusMinor > 0n) assert.equal(parts.length, open.length);
    }));
  });
  test('is used to the cent, and no bill gets more than it asks for', () => {
    const some = fc.array(fc.record({ amount: fc.bigInt({ min: 1n, max: 500n }), paid: fc.bigInt({ min: 0n, max: 500n }), policy: fc.integer({ min: 1, max: 3 }) }), { minLength: 1, maxLength: 6 });
    fc.assert(fc.property(some, fc.bigInt({ min: 1n, max: 3_000n }), (specs, amount) => {
      const all = specs.map(({ amount: amountMinor, paid, policy }) => aBill({ amountMinor, paidMinor: paid < amountMinor ? paid : amountMinor - 1n, policyId: policy as PolicyId }));
      const { parts, surplusMinor } = allocate(hkd(amount), all[0]!, all, TODAY);
      assert.equal(parts.reduce((sum, part) => sum + part.amountMinor, surplusMinor), amount);
      assert.ok(parts.every(({ bill, amountMinor }) => amountMinor > 0n && amountMinor <= bill.amountMinor - bill.paidMinor));
      assert.equal(new Set(parts.map(({ bill }) => bill)).size, parts.length);
    }));
  });
});
