import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import {
  addDays, addMonths, addYears, datePartsOf, dayNumber, dayOfWeek, daysBetween, formatMoment, localDate, localMinutes, momentOf, parsePlainDate, plainDateOf, type PlainDate,
} from './calendar.ts';

const date = (text: string): PlainDate => text as PlainDate;
const anyDate = fc.integer({ min: dayNumber(date('1900-01-01')), max: dayNumber(date('2199-12-31')) });
const zones = fc.constantFrom('Asia/Hong_Kong', 'Europe/Berlin', 'America/New_York', 'America/Los_Angeles', 'Asia/Kolkata', 'Pacific/Apia', 'Australia/Lord_Howe');

describe('business dates', () => {
  test('agree with Temporal on every day, weekday and month', () => {
    fc.assert(fc.property(anyDate, fc.integer({ min: -600, max: 600 }), (number, months) => {
      const ours = plainDateOf(number);
      const theirs = Temporal.PlainDate.from(ours);
      assert.equal(theirs.toString(), ours);
      assert.equal(dayNumber(ours), number);
      assert.deepEqual(datePartsOf(number), { year: theirs.year, month: theirs.month, day: theirs.day });
      assert.equal(dayOfWeek(ours), theirs.dayOfWeek);
      assert.equal(addMonths(ours, months), theirs.add({ months }).toString());
      assert.equal(addDays(ours, months), theirs.add({ days: months }).toString());
      assert.equal(daysBetween(ours, addDays(ours, months)), months);
    }));
  });

  test('keep the 31st a 31st after a short month, and 29 February falls on the 28th', () => {
    assert.deepEqual([1, 2, 3].map((n) => addMonths(date('2027-01-31'), n, 31)), ['2027-02-28', '2027-03-31', '2027-04-30']);
    assert.equal(addYears(date('2024-02-29'), 1), '2025-02-28');
  });

  test('that do not exist are refused', () => {
    for (const text of ['2026-02-29', '2026-13-01', '2026-00-10', '2026-04-31', '1899-12-31', '26-01-01', '2026-1-1', '', '2026-01-01T00:00']) assert.equal(parsePlainDate(text), null, text);
    assert.equal(parsePlainDate('2028-02-29'), '2028-02-29');
  });
});

describe('moments in a zone', () => {
  test('agree with Temporal, clock changes included', () => {
    fc.assert(fc.property(anyDate, fc.integer({ min: 0, max: 1439 }), zones, (number, minutes, zone) => {
      const day = plainDateOf(Math.max(number, dayNumber(date('1990-01-01'))));
      const at = momentOf(day, minutes, zone);
      const theirs = Temporal.PlainDateTime.from(`${day}T00:00`).add({ minutes }).toZonedDateTime(zone, { disambiguation: 'compatible' });
      const back = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
      // An hour that comes twice may be either of the two; one that is skipped is moved forward.
      assert.ok(Math.abs(at - theirs.epochMilliseconds) <= 3_600_000, `${day} ${minutes} ${zone}`);
      assert.equal(localDate(at, zone), back.toPlainDate().toString());
      assert.equal(localMinutes(at, zone), back.hour * 60 + back.minute);
    }));
  });

  test('are written with their zone', () => {
    assert.equal(formatMoment(Date.parse('2026-03-06T00:00:00Z'), 'Asia/Shanghai'), '2026-03-06T08:00:00+08:00');
    assert.equal(formatMoment(Date.parse('2026-07-01T12:00:00Z'), 'America/New_York'), '2026-07-01T08:00:00-04:00');
  });
});
