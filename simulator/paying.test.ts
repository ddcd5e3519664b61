import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dayNumber, plainDateOf, type PlainDate } from '../src/kernel/index.ts';
import { BEHAVIOUR } from './behaviour.ts';
import { holderOf } from './holder.ts';
import { intentionOf, isoDay, payDayOf } from './paying.ts';
import { traitsOf } from './traits.ts';

const DUE = dayNumber('2026-06-15' as PlainDate);
const PEOPLE = Array.from({ length: 6_000 }, (_, number) => {
  const holder = holderOf(BEHAVIOUR, 3, number, number, 1, DUE + 100);
  const traits = traitsOf(BEHAVIOUR, 3, number, holder.market, holder.born);
  return holder.policies.map((policy) => ({ traits, policy, intention: intentionOf(BEHAVIOUR, traits, policy, 5, DUE) }));
}).flat().filter(({ policy }) => policy.coverFrom < DUE - 100);
const payDay = (one: (typeof PEOPLE)[number], shift: number) => payDayOf(one.intention, one.traits, one.policy, DUE - 30, DUE, shift);
const lateShare = (shift: number, people = PEOPLE): number => people.filter((one) => (payDay(one, shift) ?? Infinity) > DUE).length / people.length;

void describe('a holder with a bill', () => {
  test('means the same thing whenever it is asked', () => {
    const [one] = PEOPLE;
    assert.deepEqual(intentionOf(BEHAVIOUR, one!.traits, one!.policy, 5, DUE), one!.intention);
  });
  test('is late in some six to nine of a hundred cases', () => {
    const share = lateShare(0);
    assert.ok(share > 0.05 && share < 0.1, String(share));
  });
  test('is moved by a reminder by tenths of a point, as trials find, and never the wrong way', () => {
    const moved = (lateShare(0) - lateShare(BEHAVIOUR.reminders.before_due)) * 100;
    assert.ok(moved > 0.2 && moved < 1.2, `${moved} points`);
    for (const one of PEOPLE) if ((payDay(one, 0) ?? Infinity) <= DUE) assert.ok((payDay(one, BEHAVIOUR.reminders.before_due) ?? Infinity) <= DUE);
  });
  test('is late more often when the premium weighs more, in cash, and without a mandate', () => {
    const heavy = PEOPLE.filter(({ policy }) => policy.burden > 2);
    const light = PEOPLE.filter(({ policy }) => policy.burden < 0.5);
    assert.ok(lateShare(0, heavy) > 2 * lateShare(0, light));
    assert.ok(lateShare(0, PEOPLE.filter(({ policy }) => policy.autopay)) < lateShare(0, PEOPLE.filter(({ policy }) => !policy.autopay)) / 2);
    const manual = PEOPLE.filter(({ policy }) => !policy.autopay);
    assert.ok(lateShare(0, manual.filter(({ traits }) => traits.way === 'cash')) > lateShare(0, manual.filter(({ traits }) => traits.way === 'online')));
  });
  test('on time pays between the bill and its due date; a mandate pays on a bank day', () => {
    for (const one of PEOPLE) {
      const day = payDay(one, 0);
      if (day === null || day > DUE) continue;
      assert.ok(day >= DUE - 30, plainDateOf(day));
      if (one.policy.autopay) assert.ok(isoDay(day) <= 5 && day >= DUE - 2);
    }
  });
});
