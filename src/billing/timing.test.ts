import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { addDays, dayOfWeek, partsOf, plainDateOf, type PlainDate } from '../kernel/index.ts';
import { learnPayday, leavingOf, leavingText, leavingWindow, type Recipient } from './index.ts';

const date = (text: string): PlainDate => text as PlainDate;
const person = (changes: Partial<Recipient> = {}): Recipient => ({ kind: 'person', payday: null, closeDay: null, paidOn: [], spread: 1, ...changes });
const weekday = (day: PlainDate): boolean => dayOfWeek(day) <= 5;
const leaves = (dueOn: string, recipient: Recipient, market = 'HK'): string => {
  const leaving = leavingOf(market, date(dueOn), recipient, weekday);
  return `${leaving.on} ${leavingText(leaving)}`;
};

describe('the day on which a bill leaves', () => {
  test('is one of the three after pay day, the first that is worked', () => {
    assert.equal(leaves('2026-12-08', person({ payday: 10 })), '2026-11-11 payday:10');
    // The 11th and 12th are a weekend.
    assert.equal(leaves('2026-08-01', person({ payday: 10 })), '2026-07-13 payday:10');
    for (let offset = 0; offset < 60; offset += 1) {
      const { on, reason } = leavingOf('CN', addDays(date('2026-12-01'), offset), person({ payday: 10 }), weekday);
      if (reason === 'payday') assert.ok([11, 12, 13].includes(partsOf(on).day), on);
    }
  });

  test('is at the month’s begin where no pay day is known, spread over its three days', () => {
    const days = new Set(Array.from({ length: 40 }, (_, spread) => leaves('2026-12-20', person({ spread }))));
    assert.deepEqual([...days].sort(), ['2026-12-01 month_start', '2026-12-02 month_start', '2026-12-03 month_start']);
  });

  test('of a company is in the week after its month’s close', () => {
    const company = person({ kind: 'company', closeDay: 25 });
    for (let offset = 0; offset < 60; offset += 1) {
      const { on, reason } = leavingOf('CN', addDays(date('2026-12-01'), offset), company, weekday);
      if (reason !== 'month_close') continue;
      const { day } = partsOf(on);
      assert.ok(day >= 26 || day <= 2, on);
    }
    assert.equal(leaves('2026-12-20', person({ kind: 'company' })), '2026-12-01 month_close:31');
    assert.equal(leaves('2026-12-18', company), '2026-11-26 month_close:25');
  });

  test('is the last that leaves the law’s notice, where no wished day lies in the window', () => {
    // New York asks for fifteen days; the window is 20 to 30 November.
    assert.equal(leaves('2026-12-15', person({ payday: 15 }), 'US'), '2026-11-30 notice');
  });

  test('is never before the market’s earliest day, never later than the notice, and always the same', () => {
    const recipient = fc.record({
      kind: fc.constantFrom('person' as const, 'company' as const), payday: fc.option(fc.integer({ min: 1, max: 31 })), closeDay: fc.option(fc.integer({ min: 1, max: 31 })),
      paidOn: fc.array(fc.integer({ min: 19_000, max: 20_700 }).map(plainDateOf), { maxLength: 14 }), spread: fc.nat(),
    });
    fc.assert(fc.property(fc.constantFrom('CN', 'HK', 'TW', 'PH', 'DE', 'US', 'JP'), fc.integer({ min: 19_000, max: 25_000 }).map(plainDateOf), recipient, (market, dueOn, who) => {
      const leaving = leavingOf(market, dueOn, who, weekday);
      const { earliest, latest } = leavingWindow(market, dueOn);
      assert.ok(earliest <= latest && latest <= dueOn);
      assert.ok(leaving.on >= earliest && leaving.on <= latest, `${leaving.on} of ${earliest} – ${latest}`);
      assert.deepEqual(leavingOf(market, dueOn, { ...who, paidOn: who.paidOn.toReversed() }, weekday), leaving);
    }));
  });
});

describe('an unknown pay day', () => {
  const paid = (...days: readonly number[]): PlainDate[] => days.map((day, i) => date(`2026-${String(i + 1).padStart(2, '0')}-${String(day).padStart(2, '0')}`));

  test('is learnt from payments that come on the same days of the month', () => {
    assert.equal(learnPayday(paid(10, 11, 10, 12, 10, 10, 11, 25, 10, 10, 11, 10))?.day, 10);
    assert.equal(learnPayday(paid(28, 28, 27, 28, 28, 27, 28))?.day, 27);
    const learnt = learnPayday(paid(10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10));
    assert.ok((learnt?.confidence ?? 0) > 0.8 && (learnPayday(paid(10, 10, 10, 10, 10))?.confidence ?? 1) < (learnt?.confidence ?? 0), 'more payments make it surer');
  });

  test('stays unknown where payments are few, or spread over the month', () => {
    assert.equal(learnPayday(paid(10, 10, 10, 10)), null);
    assert.equal(learnPayday(paid(1, 8, 15, 22, 3, 28, 11, 19, 25, 6, 14, 30)), null);
    fc.assert(fc.property(fc.integer({ min: 0, max: 30 }), (start) => {
      assert.equal(learnPayday(Array.from({ length: 12 }, (_, i) => date(`2026-${String(i + 1).padStart(2, '0')}-${String(((start + i * 7) % 28) + 1).padStart(2, '0')}`))), null);
    }));
  });

  test('leads the bill', () => {
    assert.equal(leaves('2026-12-08', person({ paidOn: paid(10, 11, 10, 12, 10, 10, 11, 25, 10, 10, 11, 10) })), '2026-11-11 payday_learnt:10');
  });
});
