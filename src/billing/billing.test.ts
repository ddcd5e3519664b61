import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { addDays, addMonths, daysInMonth, type HolderId, partsOf, plainDateOf, type PlainDate, type PolicyId } from '../kernel/index.ts';
import { type BillablePolicy, billIdOf, chargesOf, dueDateOf, instalmentNoAt, instalmentOf, issueBills, issueDaysAhead, monthsBetweenInstalments, nextInstalment, type PremiumMode, type Schedule } from './index.ts';

const date = (text: string): PlainDate => text as PlainDate;
const aPolicy = (changes: Partial<BillablePolicy> = {}): BillablePolicy => ({
  holderId: 1 as HolderId, policyId: 7 as PolicyId, market: 'HK', line: 'life', currency: 'HKD', mode: 'monthly', premiumMinor: 120_000n, coverFrom: date('2026-01-31'),
  coverTo: null, dueDay: 31, nextDueOn: date('2026-01-31'), ...changes,
});
const anySchedule = fc.record({
  mode: fc.constantFrom<PremiumMode>('annual', 'half_yearly', 'quarterly', 'monthly'),
  coverFrom: fc.integer({ min: 14_000, max: 25_000 }).map(plainDateOf), coverTo: fc.constant(null), dueDay: fc.integer({ min: 1, max: 31 }),
});

describe('a schedule', () => {
  test('falls on the 31st, the month’s last day, and the 31st again; on 29 February in leap years', () => {
    const monthly: Schedule = { mode: 'monthly', coverFrom: date('2027-12-31'), coverTo: null, dueDay: 31 };
    assert.deepEqual([1, 2, 3, 4, 5].map((no) => dueDateOf(monthly, no)), ['2027-12-31', '2028-01-31', '2028-02-29', '2028-03-31', '2028-04-30']);
    const annual: Schedule = { mode: 'annual', coverFrom: date('2024-02-29'), coverTo: null, dueDay: 29 };
    assert.deepEqual([1, 2, 5].map((no) => dueDateOf(annual, no)), ['2024-02-29', '2025-02-28', '2028-02-29']);
  });

  test('covers every day once: a period ends where the next begins', () => {
    fc.assert(fc.property(anySchedule, fc.integer({ min: 1, max: 300 }), (schedule, no) => {
      const [one, next] = [instalmentOf(schedule, no), instalmentOf(schedule, no + 1)];
      assert.ok(one !== null && next !== null);
      assert.equal(one.periodTo, next.periodFrom);
      assert.ok(one.periodTo > one.periodFrom);
      assert.equal(instalmentNoAt(schedule, one.dueOn), no);
    }));
  });

  test('keeps the policy’s own day, or the last day of a shorter month, one period after another', () => {
    fc.assert(fc.property(anySchedule, fc.integer({ min: 2, max: 300 }), (schedule, no) => {
      const { year, month, day } = partsOf(dueDateOf(schedule, no));
      assert.equal(day, Math.min(schedule.dueDay, daysInMonth(year, month)));
      const months = monthsBetweenInstalments(schedule.mode) * (no - 1);
      assert.equal(dueDateOf(schedule, no).slice(0, 7), addMonths(schedule.coverFrom, months, 1).slice(0, 7));
    }));
  });

  test('of a single premium has one instalment, and none is due after cover has ended', () => {
    assert.deepEqual(instalmentOf({ mode: 'single', coverFrom: date('2026-05-01'), coverTo: date('2027-05-01'), dueDay: 1 }, 1), {
      no: 1, dueOn: '2026-05-01', periodFrom: '2026-05-01', periodTo: '2027-05-01',
    });
    assert.equal(instalmentOf({ mode: 'single', coverFrom: date('2026-05-01'), coverTo: null, dueDay: 1 }, 2), null);
    const year: Schedule = { mode: 'quarterly', coverFrom: date('2026-01-15'), coverTo: date('2026-12-31'), dueDay: 15 };
    assert.equal(instalmentOf(year, 4)?.periodTo, '2026-12-31');
    assert.equal(instalmentOf(year, 5), null);
    assert.equal(nextInstalment(year, date('2026-10-16')), null);
    assert.equal(nextInstalment(year, date('2026-04-16'))?.dueOn, '2026-07-15');
  });
});

describe('issuing', () => {
  test('bills what falls due within the market’s days ahead, once, and moves on to the next', () => {
    const today = date('2026-02-01');
    const first = issueBills([aPolicy()], today);
    assert.deepEqual(first.bills.map((bill) => [bill.instalmentNo, bill.dueOn, bill.amountMinor]), [[1, '2026-01-31', 120_120n], [2, '2026-02-28', 120_120n]]);
    assert.deepEqual(first.nextDueOn, ['2026-03-31']);
    assert.deepEqual(issueBills([aPolicy({ nextDueOn: first.nextDueOn[0] ?? null })], today).bills, []);
  });

  test('every instalment gets exactly one bill, however the days are played', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 3, maxLength: 30 }), (steps) => {
      let policy = aPolicy();
      let today = date('2026-01-01');
      const nos: number[] = [];
      for (const step of steps) {
        today = addDays(today, step);
        const { bills, nextDueOn } = issueBills([policy], today);
        nos.push(...bills.map((bill) => bill.instalmentNo));
        policy = { ...policy, nextDueOn: nextDueOn[0] ?? null };
      }
      assert.deepEqual(nos, nos.map((_, i) => i + 1));
      assert.ok((policy.nextDueOn ?? '') > addDays(today, issueDaysAhead('HK')));
    }));
  });

  test('ends with the policy', () => {
    const { bills, nextDueOn } = issueBills([aPolicy({ coverTo: date('2026-03-15') })], date('2026-06-01'));
    assert.deepEqual(bills.map((bill) => bill.periodTo), ['2026-02-28', '2026-03-15']);
    assert.deepEqual(nextDueOn, [null]);
  });

  test('numbers of bills follow from policy and instalment and never meet', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 1e9 }), fc.integer({ min: 1, max: 4_095 }), fc.integer({ min: 1, max: 1e9 }), fc.integer({ min: 1, max: 4_095 }), (p, n, q, m) => {
      assert.equal(billIdOf(p as PolicyId, n) === billIdOf(q as PolicyId, m), p === q && n === m);
      assert.ok(Number.isSafeInteger(billIdOf(p as PolicyId, n)));
    }));
    assert.throws(() => billIdOf(1 as PolicyId, 4_096));
  });
});

describe('levies and taxes', () => {
  const on = date('2026-03-01');
  test('of Hong Kong: 0.1 %, capped at HK$100 a year for life, shared by the instalments', () => {
    const levy = (premiumMinor: bigint, mode: PremiumMode): bigint | undefined => chargesOf({ market: 'HK', line: 'life', currency: 'HKD', mode, premiumMinor, on })[0]?.amountMinor;
    assert.deepEqual([levy(1_200_000n, 'annual'), levy(50_000_000n, 'annual'), levy(50_000_000n, 'monthly')], [1_200n, 10_000n, 833n]);
  });
  test('of Germany: 19 % on motor, nothing on life; none before their day', () => {
    const tax = (line: string, day: PlainDate): bigint => chargesOf({ market: 'DE', line, currency: 'EUR', mode: 'annual', premiumMinor: 10_000n, on: day }).reduce((sum, c) => sum + c.amountMinor, 0n);
    assert.deepEqual([tax('motor', on), tax('life', on), tax('motor', date('2006-12-31'))], [1_900n, 0n, 0n]);
  });
  test('a market that is not in the file has none and the house’s days ahead', () => {
    assert.deepEqual(chargesOf({ market: 'JP', line: 'motor', currency: 'JPY', mode: 'annual', premiumMinor: 10_000n, on }), []);
    assert.equal(issueDaysAhead('JP'), 21);
  });
});
