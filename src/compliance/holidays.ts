/** Public holidays by region (`DE`, `GB-ENG`, `CA-ON`), from the library `date-holidays`, computed once for each region and year. */

import Holidays from 'date-holidays';
import { type PlainDate, dayOfWeek, plainDateOf, dayNumber, type DayNumber, addDays } from '../kernel/index.ts';

const years = new Map<string, ReadonlySet<string>>();

function holidaysOf(region: string, year: number): ReadonlySet<string> {
  const key = `${region}:${year}`;
  const known = years.get(key);
  if (known !== undefined) return known;
  const [country = '', state] = region.split('-');
  const calendar = state === undefined || state === '' ? new Holidays(country) : new Holidays(country, state);
  const days = new Set<string>();
  for (const holiday of calendar.getHolidays(year)) {
    // Half-days (a women's afternoon off, say) close no office.
    const length = Math.floor((holiday.end.getTime() - holiday.start.getTime()) / 86_400_000);
    if (holiday.type !== 'public' || length < 1) continue;
    const first = dayNumber(holiday.date.slice(0, 10) as PlainDate);
    for (let day: DayNumber = first; day < first + length; day += 1) days.add(plainDateOf(day));
  }
  years.set(key, days);
  return days;
}

export const isPublicHoliday = (date: PlainDate, region: string): boolean => holidaysOf(region, Number(date.slice(0, 4))).has(date);
export const isWorkingDay = (date: PlainDate, region: string): boolean => dayOfWeek(date) <= 5 && !isPublicHoliday(date, region);

/** The date, or the next working day where it falls on a weekend or holiday. */
export function movedOffWeekend(date: PlainDate, region: string): PlainDate {
  let day = date;
  while (!isWorkingDay(day, region)) day = addDays(day, 1);
  return day;
}

/** The nth working day after (n > 0) or before (n < 0) a date. */
export function addWorkingDays(date: PlainDate, count: number, region: string): PlainDate {
  const step = count < 0 ? -1 : 1;
  let day = date;
  for (let left = Math.abs(count); left > 0;) {
    day = addDays(day, step);
    if (isWorkingDay(day, region)) left -= 1;
  }
  return day;
}

/** Working days after `from` up to and with `to`; 0 where `to` is not later. */
export function workingDaysBetween(from: PlainDate, to: PlainDate, region: string): number {
  let count = 0;
  for (let day = addDays(from, 1); day <= to; day = addDays(day, 1)) if (isWorkingDay(day, region)) count += 1;
  return count;
}
