import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type BillId, type PlainDate } from '../kernel/index.ts';
import { decidePlan, type PlanBill, type PlanFacts, plansFor } from './index.ts';

const date = (text: string): PlainDate => text as PlainDate;
const aBill = (some: Partial<PlanBill> = {}): PlanBill => ({
  billId: 1 as BillId, kind: 'instalment', state: 'open', isFixed: false, takenOver: false, premiumMinor: 120_000n, charges: [{ kind: 'levy', rule: 'l', amountMinor: 120n }], amountMinor: 120_120n, paidMinor: 0n,
  dueOn: date('2026-11-29'), periodFrom: date('2026-11-29'), periodTo: date('2027-11-29'), graceEndsOn: date('2026-12-30'), ...some,
});
const facts = (some: Partial<PlanFacts> = {}, bill: Partial<PlanBill> = {}): PlanFacts => ({
  today: date('2026-11-24'), currency: 'HKD', policyState: 'in_force', mode: 'annual', bill: aBill(bill), incomeMonthMinor: null, dueMonthlyMinor: 0n, lastDifferenceNo: 2_047, ...some,
});
const whole = (minor: bigint): Partial<PlanBill> => ({ premiumMinor: minor, charges: [], amountMinor: minor });

describe('plans', () => {
  test('a premium above the threshold is offered in 3, 4, 5 and 6 months free of interest, and below it is not (S219)', () => {
    const offered = (minor: bigint): string[] => { const all = plansFor(facts({}, whole(minor))); return all.ok ? all.value.map(({ order }) => `${order.kind} ${order.kind === 'deferral' ? order.days : order.parts}`) : []; };
    assert.deepEqual(offered(1_000_000n), ['deferral 21', 'interest_free 3', 'interest_free 4', 'interest_free 5', 'interest_free 6']);
    assert.deepEqual(offered(999_999n), ['deferral 14', 'deferral 21', 'spread 2', 'spread 3', 'spread 4']);
    const three = decidePlan(facts({}, whole(1_000_000n)), { kind: 'interest_free', parts: 3, days: 0 });
    assert.ok(three.ok);
    // Waits from 29 November: the first part on 1 December (2 days), then 33 and 64 days; 5 % a year.
    assert.deepEqual(three.value.parts.map(({ dueOn, amountMinor }) => [dueOn, amountMinor]), [['2026-12-01', 333_334n], ['2027-01-01', 333_333n], ['2027-02-01', 333_333n]]);
    assert.equal(three.value.fundingMinor, 4_521n);
    assert.equal(three.value.totalMinor, 1_000_000n);
  });

  test('parts that the income bears come first', () => {
    const all = plansFor(facts({ incomeMonthMinor: 500_000n }));
    assert.ok(all.ok);
    assert.deepEqual(all.value.map(({ affordable, parts }) => [affordable, parts.length]), [[true, 3], [true, 4], [false, 1], [false, 1], [false, 2]]);
  });

  test('a deferral moves the day on which cover would end by as many days', () => {
    const one = decidePlan(facts(), { kind: 'deferral', parts: 1, days: 14 });
    assert.ok(one.ok);
    assert.deepEqual([one.value.parts[0]?.dueOn, one.value.coverUntilBefore, one.value.coverUntilAfter], ['2026-12-13', '2026-12-30', '2027-01-13']);
    const longer = decidePlan(facts(), { kind: 'deferral', parts: 1, days: 60 });
    assert.ok(longer.ok && longer.value.needsApproval);
  });

  test('what cannot be planned is refused by its reason', () => {
    const code = (f: PlanFacts, parts = 2): string => { const one = decidePlan(f, { kind: 'spread', parts, days: 0 }); return one.ok ? 'ok' : one.problem.code; };
    assert.equal(code(facts({}, { isFixed: true })), 'plan_not_possible');
    assert.equal(code(facts({}, { state: 'paid' })), 'plan_not_possible');
    assert.equal(code(facts({ policyState: 'lapsed' })), 'plan_policy_not_in_force');
    assert.equal(code(facts({}, whole(19_999n))), 'plan_part_too_small');
    assert.equal(code(facts(), 1), 'plan_not_offered');
  });

  test('whatever was paid and however many parts, lines and parts sum to what is owed and charged', () => {
    fc.assert(fc.property(fc.bigInt(1n, 10n ** 12n), fc.bigInt(0n, 10n ** 9n), fc.bigInt(0n, 10n ** 6n), fc.integer({ min: 0, max: 99 }), fc.integer({ min: 2, max: 12 }), fc.constantFrom('HKD', 'JPY', 'KWD'), (premium, levy, fee, share, parts, currency) => {
      const amountMinor = premium + levy + fee;
      const paidMinor = (amountMinor * BigInt(share)) / 100n;
      const charges = [{ kind: 'levy' as const, rule: 'l', amountMinor: levy }, { kind: 'late_fee' as const, rule: 'f', amountMinor: fee }];
      const one = decidePlan(facts({ currency }, { premiumMinor: premium, charges, amountMinor, paidMinor }), { kind: 'spread', parts, days: 0 });
      if (!one.ok) return one.problem.code === 'plan_part_too_small';
      const { value } = one;
      const sum = (of: (part: (typeof value.parts)[number]) => bigint): bigint => value.parts.reduce((total, part) => total + of(part), 0n);
      const line = (lines: readonly { kind: string; amountMinor: bigint }[], kind: string): bigint => lines.filter((c) => c.kind === kind).reduce((total, c) => total + c.amountMinor, 0n);
      assert.equal(sum((part) => part.amountMinor), amountMinor - paidMinor + value.chargeMinor);
      assert.equal(sum((part) => part.premiumMinor) + (value.kept?.premiumMinor ?? 0n), premium);
      for (const kind of ['levy', 'late_fee']) assert.equal(sum((part) => line(part.charges, kind)) + line(value.kept?.charges ?? [], kind), line(charges, kind));
      assert.equal(value.kept?.amountMinor ?? 0n, paidMinor);
      assert.ok(value.parts.every((part) => part.premiumMinor >= 0n && part.amountMinor === part.premiumMinor + part.charges.reduce((total, c) => total + c.amountMinor, 0n)));
      return true;
    }));
  });
});
