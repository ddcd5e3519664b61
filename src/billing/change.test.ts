import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { addDays, addMonths, type BillId, type Currency, daysBetween, type HolderId, plainDateOf, type PlainDate, type PolicyId, type Result } from '../kernel/index.ts';
import { type BilledPeriod, type ChangeFacts, type ChangeOrder, type ChangePlan, decideChange, DIFFERENCE_NO_MIN, issueBills, issueDaysAhead, type PremiumMode, type Terms, yearPremiumOf } from './index.ts';

const date = (text: string): PlainDate => text as PlainDate;

/** A policy as it lives: days pass, bills are issued, changes come. Bills are kept as the database would keep them. */
type Life = { readonly place: ChangeFacts['place']; terms: Terms; state: string; nextDueOn: PlainDate | null; bills: BilledPeriod[]; lastNo: number; lastDifferenceNo: number; notBefore: PlainDate | null; today: PlainDate };

const born = (place: ChangeFacts['place'], terms: Terms, today: PlainDate): Life =>
  ({ place, terms, state: 'in_force', nextDueOn: terms.coverFrom, bills: [], lastNo: 0, lastDifferenceNo: DIFFERENCE_NO_MIN - 1, notBefore: null, today });

function passDays(life: Life, days: number): void {
  life.today = addDays(life.today, days);
  const { bills, nextDueOn } = issueBills([{ ...life.place, ...life.terms, holderId: 1 as HolderId, policyId: 1 as PolicyId, nextDueOn: life.state === 'in_force' ? life.nextDueOn : null }], life.today);
  if (life.state === 'in_force') life.nextDueOn = nextDueOn[0] ?? null;
  for (const { billId, instalmentNo, periodFrom, periodTo, dueOn, premiumMinor, charges, amountMinor } of bills) {
    assert.ok(instalmentNo > life.lastNo, 'a number is used once');
    life.lastNo = instalmentNo;
    life.bills.push({ billId, instalmentNo, kind: 'instalment', state: 'open', periodFrom, periodTo, dueOn, premiumMinor, charges, amountMinor, paidMinor: 0n });
  }
}

function change(life: Life, order: ChangeOrder): Result<ChangePlan> {
  const decided = decideChange(life, order);
  if (!decided.ok) return decided;
  const { terms, state, nextDueOn, bills, corrections, holdsFrom } = decided.value;
  life.terms = terms;
  life.state = state ?? life.state;
  life.nextDueOn = nextDueOn;
  life.notBefore = holdsFrom;
  life.bills = life.bills.flatMap((bill) => {
    const correction = corrections.find(({ billId }) => billId === bill.billId);
    if (correction === undefined) return [bill];
    return correction.after === null ? [] : [{ ...bill, ...correction.after }];
  });
  for (const bill of bills) {
    if (bill.instalmentNo < DIFFERENCE_NO_MIN) life.lastNo = Math.max(life.lastNo, bill.instalmentNo);
    else life.lastDifferenceNo = bill.instalmentNo;
    life.bills.push({ ...bill, billId: bill.instalmentNo as BillId, state: 'open', paidMinor: 0n });
  }
  return decided;
}

// ---- the oracle: each day by itself ----

const MONTHS = { annual: 12, half_yearly: 6, quarterly: 3, monthly: 1 } as const;
const half = (a: bigint, b: bigint): bigint => { const q = a / b; const r = (a % b) * 2n; return r > b || (r === b && q % 2n === 1n) ? q + 1n : q; };

/** What one day costs by the terms that hold on it: its regular period is looked for from the anchor, month by month; the period's premium is rounded up to the day's end less up to its beginning. */
function priceOfDay(terms: Terms, day: PlainDate): bigint {
  assert.ok(terms.mode !== 'single');
  const step = MONTHS[terms.mode];
  const anchor = terms.scheduleFrom ?? terms.coverFrom;
  let k = 0;
  while (addMonths(anchor, k * step, terms.dueDay) > day) k -= 1;
  while (addMonths(anchor, (k + 1) * step, terms.dueDay) <= day) k += 1;
  const [from, to] = [addMonths(anchor, k * step, terms.dueDay), addMonths(anchor, (k + 1) * step, terms.dueDay)];
  const year = terms.yearPremiumMinor ?? null;
  const n = BigInt(12 / step);
  // The year's sum by k instalments; of a negative k as of its mirror.
  const sum = (i: bigint): bigint => (i >= 0n ? half((year ?? 0n) * i, n) : -half((year ?? 0n) * -i, n));
  const premium = year === null ? terms.premiumMinor : sum(BigInt(k) + 1n) - sum(BigInt(k));
  const [gone, all] = [BigInt(daysBetween(from, day)), BigInt(daysBetween(from, to))];
  return half(premium * (gone + 1n), all) - half(premium * gone, all);
}

const anyMode = fc.constantFrom<Exclude<PremiumMode, 'single'>>('annual', 'half_yearly', 'quarterly', 'monthly');
/** An order relative to the day on which it is given. */
const anyStep = fc.record({
  wait: fc.integer({ min: 1, max: 90 }), kind: fc.constantFrom('increase', 'reduction', 'due_day', 'mode', 'mode_now', 'premium_holiday', 'cancellation'), offset: fc.integer({ min: -60, max: 50 }),
  percent: fc.integer({ min: 1, max: 95 }), day: fc.integer({ min: 1, max: 31 }), length: fc.integer({ min: 1, max: 120 }), mode: anyMode,
});

function orderOf({ kind, offset, percent, day, length, mode }: { readonly kind: string; readonly offset: number; readonly percent: number; readonly day: number; readonly length: number; readonly mode: Exclude<PremiumMode, 'single'> }, life: Life): ChangeOrder {
  const on = addDays(life.today, offset);
  const { premiumMinor } = life.terms;
  switch (kind) {
    case 'increase': return { kind, effectiveOn: on, premiumMinor: premiumMinor + (premiumMinor * BigInt(percent)) / 100n + 1n };
    case 'reduction': return { kind, effectiveOn: on, premiumMinor: (premiumMinor * BigInt(100 - percent)) / 100n };
    case 'due_day': return { kind, dueDay: day };
    case 'mode': return { kind, mode, effectiveOn: null };
    case 'mode_now': return { kind: 'mode', mode, effectiveOn: on };
    case 'premium_holiday': return { kind, from: on, to: addDays(on, length), cover: 'continues' };
    default: return { kind: 'cancellation', effectiveOn: on, method: 'pro_rata' };
  }
}

describe('changes of a policy', () => {
  test('leave no gap and no overlap in cover, and bill each day by the terms that held on it, whatever comes after whatever, in currencies of 0, 2 and 3 decimals', () => {
    let done = 0;
    const kinds = new Set<string>();
    fc.assert(fc.property(
      fc.constantFrom<readonly [string, Currency]>(['JP', 'JPY'], ['HK', 'HKD'], ['DE', 'EUR'], ['KW', 'KWD']), anyMode, fc.integer({ min: 18_000, max: 22_000 }).map(plainDateOf), fc.integer({ min: 1, max: 31 }),
      fc.bigInt({ min: 100_000n, max: 5_000_000n }), fc.array(anyStep, { minLength: 1, maxLength: 8 }),
      ([market, currency], mode, coverFrom, dueDay, premiumMinor, steps) => {
        const life = born({ market, line: 'motor', currency }, { mode, coverFrom, coverTo: null, dueDay, premiumMinor }, coverFrom);
        /** From which day on which terms hold; days of a holiday cost nothing. */
        const held: { from: PlainDate; terms: Terms | null }[] = [{ from: coverFrom, terms: life.terms }];
        passDays(life, 0);
        for (const step of steps) {
          passDays(life, step.wait);
          const decided = change(life, orderOf(step, life));
          if (!decided.ok) continue;
          done += 1;
          kinds.add(decided.value.kind);
          const { effectiveOn, terms, holiday, kind } = decided.value;
          if (holiday !== null) held.push({ from: holiday.from, terms: null }, { from: holiday.to, terms });
          else held.push({ from: effectiveOn, terms: kind === 'cancellation' ? null : terms });
          if (kind === 'cancellation') break;
        }
        passDays(life, 200);
        const ofSchedule = life.bills.filter(({ kind }) => kind === 'instalment').toSorted((a, b) => (a.periodFrom < b.periodFrom ? -1 : 1));
        const end = ofSchedule.at(-1)?.periodTo ?? coverFrom;
        const freeOn = (day: PlainDate): boolean => held.findLast(({ from }) => from <= day)?.terms === null;
        // Each day of cover has exactly one bill of the schedule, or is free.
        let day = coverFrom;
        for (const bill of ofSchedule) {
          while (day < bill.periodFrom) {
            assert.ok(freeOn(day), `${day} has no bill`);
            day = addDays(day, 1);
          }
          assert.equal(day, bill.periodFrom, 'no day is billed twice');
          while (day < bill.periodTo) {
            assert.ok(!freeOn(day), `${day} is free and billed`);
            day = addDays(day, 1);
          }
        }
        let owed = 0n;
        for (let on = coverFrom; on < end; on = addDays(on, 1)) {
          const terms = held.findLast(({ from }) => from <= on)?.terms ?? null;
          if (terms !== null) owed += priceOfDay(terms, on);
        }
        assert.equal(life.bills.reduce((sum, bill) => sum + bill.premiumMinor, 0n), owed);
        for (const bill of life.bills) assert.equal(bill.amountMinor, bill.charges.reduce((sum, { amountMinor }) => sum + amountMinor, bill.premiumMinor));
      },
    ), { numRuns: 400 });
    assert.ok(done > 400, `${done} changes were made`);
    assert.deepEqual([...kinds].sort(), ['cancellation', 'due_day', 'increase', 'mode', 'premium_holiday', 'reduction']);
  });

  const annual: Terms = { mode: 'annual', coverFrom: date('2026-01-01'), coverTo: null, dueDay: 1, premiumMinor: 36_500n };
  const life = (changes: Partial<Life> = {}, terms: Terms = annual, place: ChangeFacts['place'] = { market: 'DE', line: 'motor', currency: 'EUR' }): Life => {
    const one = { ...born(place, terms, terms.coverFrom), ...changes };
    passDays(one, 0);
    return one;
  };

  test('refuse what cannot be, and say why', () => {
    const codes = (of: Partial<Life>, order: ChangeOrder): string => { const decided = decideChange(life(of), order); return decided.ok ? 'ok' : decided.problem.code; };
    const on = date('2026-03-01');
    const cases: [Partial<Life>, ChangeOrder, string][] = [
      [{ state: 'cancelled' }, { kind: 'increase', effectiveOn: on, premiumMinor: 40_000n }, 'policy_closed'],
      [{ state: 'lapsed' }, { kind: 'due_day', dueDay: 3 }, 'policy_not_in_force'],
      [{}, { kind: 'increase', effectiveOn: date('2025-12-31'), premiumMinor: 40_000n }, 'change_before_cover'],
      [{ notBefore: date('2026-04-01') }, { kind: 'increase', effectiveOn: on, premiumMinor: 40_000n }, 'change_before_last_change'],
      [{}, { kind: 'increase', effectiveOn: on, premiumMinor: 30_000n }, 'change_changes_nothing'],
      [{}, { kind: 'reduction', effectiveOn: on, premiumMinor: 36_500n }, 'change_changes_nothing'],
      [{}, { kind: 'increase', effectiveOn: date('2027-09-01'), premiumMinor: 40_000n }, 'change_too_far_ahead'],
      [{}, { kind: 'due_day', dueDay: 32 }, 'due_day_not_possible'], [{}, { kind: 'due_day', dueDay: 29, byHolder: true }, 'due_day_not_possible'],
      [{}, { kind: 'due_day', dueDay: 20, byHolder: true }, 'due_day_outside_grace'], [{}, { kind: 'due_day', dueDay: 1 }, 'change_changes_nothing'],
      [{}, { kind: 'cancellation', effectiveOn: on, method: 'short_rate' }, 'short_rate_not_allowed'],
      [{}, { kind: 'premium_holiday', from: on, to: on, cover: 'pauses' }, 'holiday_too_long'], [{}, { kind: 'reinstatement', effectiveOn: on }, 'not_lapsed'],
      [{}, { kind: 'mode', mode: 'annual', effectiveOn: null }, 'change_changes_nothing'], [{ nextDueOn: null }, { kind: 'due_day', dueDay: 3 }, 'nothing_to_come'],
    ];
    for (const [of, order, code] of cases) assert.equal(codes(of, order), code, JSON.stringify(order, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value)));
    assert.equal((decideChange(life({}, { ...annual, premiumMinor: 1_200n }), { kind: 'mode', mode: 'monthly', effectiveOn: null }) as { problem: { code: string } }).problem.code, 'instalment_too_small');
  });

  test('a written-off bill of the days in question, and days that were billed before they came to us, are not lowered', () => {
    const order: ChangeOrder = { kind: 'reduction', effectiveOn: date('2026-03-01'), premiumMinor: 10_000n };
    const one = life();
    const lost = decideChange({ ...one, bills: one.bills.map((bill) => ({ ...bill, state: 'written_off' })) }, order);
    const before = decideChange({ ...one, bills: [] }, order);
    assert.deepEqual([lost.ok ? '' : lost.problem.code, before.ok ? '' : before.problem.code], ['change_meets_closed_bill', 'change_not_in_books']);
  });

  test('the year’s premium stays the same in every mode', () => {
    for (const mode of ['half_yearly', 'quarterly', 'monthly'] as const) {
      const one = life();
      assert.ok(change(one, { kind: 'mode', mode, effectiveOn: null }).ok);
      assert.equal(yearPremiumOf(one.terms), 36_500n);
    }
    assert.equal(issueDaysAhead('DE'), 21);
  });
});
