import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { addDays, addMonths, daysInMonth, type HolderId, partsOf, plainDateOf, type PlainDate, type PolicyId } from '../kernel/index.ts';
import {
  type BillablePolicy, billedInstalment, billIdOf, chargesOf, dueDateOf, instalmentNoAt, instalmentOf, issueBills, issueDaysAhead, monthsBetweenInstalments, nextInstalment, premiumOver, type PremiumMode,
  type Schedule, type Terms, termsInMode, unbilledFrom,
} from './index.ts';

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
  const year = { coverFrom: on, from: on, to: date('2027-03-01'), on };
  test('of Hong Kong: 0.1 %, capped at HK$100 a year for life, shared by the instalments so that the year’s parts sum to the cap', () => {
    const levy = (premiumMinor: bigint, to: string, from = '2026-03-01'): bigint | undefined =>
      chargesOf({ market: 'HK', line: 'life', currency: 'HKD', premiumMinor, ...year, from: date(from), to: date(to) })[0]?.amountMinor;
    assert.deepEqual([levy(1_200_000n, '2027-03-01'), levy(50_000_000n, '2027-03-01'), levy(50_000_000n, '2026-04-01'), levy(50_000_000n, '2026-05-01', '2026-04-01')], [1_200n, 10_000n, 833n, 834n]);
  });
  test('a year’s cap is shared to the cent by whatever periods the year is cut into', () => {
    fc.assert(fc.property(fc.integer({ min: 14_000, max: 25_000 }).map(plainDateOf), fc.uniqueArray(fc.integer({ min: 1, max: 364 }), { maxLength: 20 }), (coverFrom, cuts) => {
      const days = [coverFrom, ...cuts.toSorted((a, b) => a - b).map((n) => addDays(coverFrom, n)), addMonths(coverFrom, 12)];
      const parts = days.slice(1).map((to, i) => chargesOf({ market: 'HK', line: 'life', currency: 'HKD', premiumMinor: 9_000_000_000n, coverFrom, from: days[i] ?? coverFrom, to, on })[0]?.amountMinor ?? 0n);
      assert.equal(parts.reduce((sum, part) => sum + part, 0n), 10_000n);
    }));
  });
  test('of Germany: 19 % on motor, nothing on life; none before their day', () => {
    const tax = (line: string, day: PlainDate): bigint => chargesOf({ market: 'DE', line, currency: 'EUR', premiumMinor: 10_000n, ...year, on: day }).reduce((sum, c) => sum + c.amountMinor, 0n);
    assert.deepEqual([tax('motor', on), tax('life', on), tax('motor', date('2006-12-31'))], [1_900n, 0n, 0n]);
  });
  test('of France: a share of the premium, and a fixed amount of the year that two half-years share; of Canada by province', () => {
    const of = (market: string, line: string, currency: string, from: string, to: string, subdivision: string | null = null): (string | bigint)[] =>
      chargesOf({ market, subdivision, line, currency, premiumMinor: 50_000n, coverFrom: on, from: date(from), to: date(to), on }).flatMap(({ rule, amountMinor }) => [rule, amountMinor]);
    assert.deepEqual(of('FR', 'property', 'EUR', '2026-03-01', '2026-09-01'), ['fr-tsca-general', 4_500n, 'fr-terrorism', 325n]);
    assert.deepEqual(of('CA', 'property', 'CAD', '2026-03-01', '2027-03-01', 'QC'), ['ca-qc-premium-tax', 4_500n]);
    assert.deepEqual(of('CA', 'motor', 'CAD', '2026-03-01', '2027-03-01', 'ON'), []);
    assert.deepEqual(of('IT', 'motor', 'EUR', '2026-03-01', '2027-03-01'), ['it-rc-auto', 6_250n, 'it-ssn', 5_250n]);
  });
  test('a market that is not in the file has none and the house’s days ahead', () => {
    assert.deepEqual(chargesOf({ market: 'JP', line: 'motor', currency: 'JPY', premiumMinor: 10_000n, ...year }), []);
    assert.equal(issueDaysAhead('JP'), 21);
  });
});

describe('premiums', () => {
  const anyTerms = fc.record({
    mode: fc.constantFrom<PremiumMode>('annual', 'half_yearly', 'quarterly', 'monthly'), coverFrom: fc.integer({ min: 14_000, max: 25_000 }).map(plainDateOf), dueDay: fc.integer({ min: 1, max: 31 }),
    premiumMinor: fc.bigInt({ min: 1n, max: 10_000_000n }), year: fc.option(fc.bigInt({ min: 12n, max: 100_000_000n })), ends: fc.option(fc.integer({ min: 1, max: 1_200 })),
  }).map(({ year, ends, ...terms }) => ({ ...terms, coverTo: ends === null ? null : addDays(terms.coverFrom, ends), yearPremiumMinor: year }));

  test('1,200.00 a year is paid as 1,200.00 by every mode, and what cannot be divided is shared to the cent', () => {
    for (const yearMinor of [120_000n, 100_000n, 99_999n, 1_001n, 7n]) {
      const annual: Terms = { mode: 'annual', coverFrom: date('2026-01-31'), coverTo: null, dueDay: 31, premiumMinor: yearMinor };
      for (const mode of ['annual', 'half_yearly', 'quarterly', 'monthly'] as const) {
        const terms = termsInMode(annual, mode);
        const parts = Array.from({ length: 12 / monthsBetweenInstalments(mode) }, (_, i) => instalmentOf(terms, i + 1)).map((one) => premiumOver(terms, one?.periodFrom ?? annual.coverFrom, one?.periodTo ?? annual.coverFrom));
        assert.equal(parts.reduce((sum, part) => sum + part, 0n), yearMinor);
        assert.ok(Number(parts.toSorted((a, b) => Number(b - a))[0]) - Number(parts.toSorted((a, b) => Number(a - b))[0]) <= 1);
      }
    }
  });
  test('of any days sum to the whole, however they are cut', () => {
    fc.assert(fc.property(anyTerms, fc.uniqueArray(fc.integer({ min: 1, max: 799 }), { maxLength: 12 }), (terms, cuts) => {
      const days = [0, ...cuts.toSorted((a, b) => a - b), 800].map((n) => addDays(terms.coverFrom, n));
      const parts = days.slice(1).map((to, i) => premiumOver(terms, days[i] ?? to, to));
      assert.equal(parts.reduce((sum, part) => sum + part, 0n), premiumOver(terms, terms.coverFrom, days.at(-1) ?? terms.coverFrom));
    }));
  });
  test('of a first period are its share of the days of the regular period, and of a whole one the premium', () => {
    const terms: Terms = { mode: 'monthly', coverFrom: date('2026-01-10'), coverTo: null, dueDay: 1, premiumMinor: 31_000n };
    assert.deepEqual([1, 2, 3].map((no) => billedInstalment(terms, 'HKD', no)), [
      { no: 1, dueOn: '2026-01-10', periodFrom: '2026-01-10', periodTo: '2026-02-01', premiumMinor: 22_000n },
      { no: 2, dueOn: '2026-02-01', periodFrom: '2026-02-01', periodTo: '2026-03-01', premiumMinor: 31_000n },
      { no: 3, dueOn: '2026-03-01', periodFrom: '2026-03-01', periodTo: '2026-04-01', premiumMinor: 31_000n },
    ]);
  });
  test('too small to be asked for alone are paid with the next instalment, the last with the one before', () => {
    const terms: Terms = { mode: 'monthly', coverFrom: date('2026-01-31'), coverTo: date('2026-04-02'), dueDay: 1, premiumMinor: 3_100n };
    assert.equal(billedInstalment(terms, 'EUR', 1), 'with_next');
    assert.deepEqual(billedInstalment(terms, 'EUR', 2), { no: 2, dueOn: '2026-02-01', periodFrom: '2026-01-31', periodTo: '2026-03-01', premiumMinor: 3_200n });
    assert.deepEqual(billedInstalment(terms, 'EUR', 3), { no: 3, dueOn: '2026-03-01', periodFrom: '2026-03-01', periodTo: '2026-04-02', premiumMinor: 3_203n });
    assert.equal(billedInstalment(terms, 'EUR', 4), null);
    assert.deepEqual(issueBills([{ ...aPolicy(), ...terms, market: 'DE', currency: 'EUR', nextDueOn: terms.coverFrom }], date('2026-06-01')).bills.map(({ instalmentNo, premiumMinor }) => [instalmentNo, premiumMinor]), [[2, 3_200n], [3, 3_203n]]);
  });
  test('the bills of a schedule lie side by side and sum to the premium of the cover', () => {
    fc.assert(fc.property(anyTerms, fc.constantFrom('JPY', 'EUR', 'KWD', 'HKD'), (terms, currency) => {
      const policy = { ...aPolicy(), ...terms, market: 'JP', currency, nextDueOn: terms.coverFrom };
      const { bills, nextDueOn: [next] } = issueBills([policy], addDays(terms.coverFrom, 1_300));
      assert.equal(bills[0]?.periodFrom, terms.coverFrom);
      for (const [i, bill] of bills.entries()) if (i > 0) assert.equal(bill.periodFrom, bills[i - 1]?.periodTo);
      if (terms.coverTo !== null) assert.deepEqual([bills.at(-1)?.periodTo, next], [terms.coverTo, null]);
      else assert.equal(unbilledFrom(policy, currency, next ?? null), bills.at(-1)?.periodTo);
      assert.equal(bills.reduce((sum, bill) => sum + bill.premiumMinor, 0n), premiumOver(policy, terms.coverFrom, bills.at(-1)?.periodTo ?? terms.coverFrom));
    }));
  });
  test('after a change the schedule counts from its anchor', () => {
    const terms: Terms = { mode: 'quarterly', coverFrom: date('2025-01-01'), coverTo: null, dueDay: 15, premiumMinor: 9_000n, scheduleFrom: date('2026-05-15'), scheduleNo: 7 };
    assert.deepEqual([6, 7, 8].map((no) => instalmentOf(terms, no)), [null, { no: 7, dueOn: '2026-05-15', periodFrom: '2026-05-15', periodTo: '2026-08-15' }, { no: 8, dueOn: '2026-08-15', periodFrom: '2026-08-15', periodTo: '2026-11-15' }]);
    assert.deepEqual([instalmentNoAt(terms, date('2026-11-15')), nextInstalment(terms, date('2026-05-16'))?.no], [9, 8]);
  });
});
