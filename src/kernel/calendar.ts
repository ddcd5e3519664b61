/**
 * Business dates have no time. A `PlainDate` is an ISO string, so that it compares, sorts, and goes to SQL and JSON as it is;
 * arithmetic is on day numbers (Howard Hinnant, "chrono-compatible low-level date algorithms"), some thirty times faster than
 * parsing Temporal objects, which a million policies would feel. Zones come from the runtime's own time zone data.
 */

import { type Branded } from './ids.ts';
import { type Language } from './money.ts';

/** `YYYY-MM-DD`. */
export type PlainDate = Branded<string, 'PlainDate'>;

/** Days since 1970-01-01. */
export type DayNumber = number;

const MS_PER_DAY = 86_400_000;

export function dayNumber(date: PlainDate): DayNumber {
  return dayNumberOf(Number(date.slice(0, 4)), Number(date.slice(5, 7)), Number(date.slice(8, 10)));
}

export function dayNumberOf(year: number, month: number, day: number): DayNumber {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

export type DateParts = { readonly year: number; readonly month: number; readonly day: number };

export function datePartsOf(number: DayNumber): DateParts {
  const z = number + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor((dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const mp = Math.floor((5 * dayOfYear + 2) / 153);
  const month = mp < 10 ? mp + 3 : mp - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day: dayOfYear - Math.floor((153 * mp + 2) / 5) + 1 };
}

export const partsOf = (date: PlainDate): DateParts => ({
  year: Number(date.slice(0, 4)),
  month: Number(date.slice(5, 7)),
  day: Number(date.slice(8, 10)),
});

export function plainDateOf(number: DayNumber): PlainDate {
  const { year, month, day } = datePartsOf(number);
  return plainDate(year, month, day);
}

/** Formats without checking; use `parsePlainDate` for what comes from outside. */
export function plainDate(year: number, month: number, day: number): PlainDate {
  return `${String(year).padStart(4, '0')}-${month < 10 ? '0' : ''}${month}-${day < 10 ? '0' : ''}${day}` as PlainDate;
}

/** A real calendar date `YYYY-MM-DD` between the years 1900 and 2199, or null (2026-02-29 is null). */
export function parsePlainDate(text: string): PlainDate | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (match === null) return null;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (year < 1900 || year > 2199 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null;
  return text as PlainDate;
}

export const isLeapYear = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

export const addDays = (date: PlainDate, days: number): PlainDate => plainDateOf(dayNumber(date) + days);

/** The same day number `months` later, or the month's last day; `anchorDay` keeps the 31st a 31st after a short month. */
export function addMonths(date: PlainDate, months: number, anchorDay: number = partsOf(date).day): PlainDate {
  const { year, month } = partsOf(date);
  const index = year * 12 + (month - 1) + months;
  const y = Math.floor(index / 12);
  const m = (index % 12) + 1;
  return plainDate(y, m, Math.min(anchorDay, daysInMonth(y, m)));
}

/** Anniversaries of 29 February fall on 28 February. */
export const addYears = (date: PlainDate, years: number): PlainDate => addMonths(date, years * 12);

/** Days from `from` to `to`; negative when `to` is earlier. */
export const daysBetween = (from: PlainDate, to: PlainDate): number => dayNumber(to) - dayNumber(from);

/** 1 = Monday … 7 = Sunday (ISO 8601). */
export const dayOfWeek = (date: PlainDate): number => ((((dayNumber(date) + 3) % 7) + 7) % 7) + 1;

// ---- zones ----

type ZoneFormat = Intl.DateTimeFormat;
const zoneFormats = new Map<string, ZoneFormat>();
/** Offsets change at most hourly; caching by zone and hour makes a million look-ups cheap. */
const offsets = new Map<string, Map<number, number>>();
const OFFSET_CACHE_HOURS_MAX = 20_000;

export function isTimeZone(name: string): boolean {
  try {
    zoneFormat(name);
    return true;
  } catch {
    return false;
  }
}

function zoneFormat(timeZone: string): ZoneFormat {
  let format = zoneFormats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit',
    });
    zoneFormats.set(timeZone, format);
  }
  return format;
}

/** Milliseconds that local time in the zone is ahead of UTC at a moment. */
export function zoneOffsetMs(moment: number, timeZone: string): number {
  const quarter = Math.floor(moment / 900_000);
  let byQuarter = offsets.get(timeZone);
  if (byQuarter === undefined) offsets.set(timeZone, (byQuarter = new Map()));
  const known = byQuarter.get(quarter);
  if (known !== undefined) return known;
  const parts: Record<string, number> = {};
  for (const part of zoneFormat(timeZone).formatToParts(quarter * 900_000)) {
    if (part.type !== 'literal') parts[part.type] = Number(part.value);
  }
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = parts;
  const offset = Date.UTC(year, month - 1, day, hour, minute, second) - quarter * 900_000;
  if (byQuarter.size > OFFSET_CACHE_HOURS_MAX) byQuarter.clear();
  byQuarter.set(quarter, offset);
  return offset;
}

/** The calendar date at a moment in a zone. */
export function localDate(moment: number, timeZone: string): PlainDate {
  return plainDateOf(Math.floor((moment + zoneOffsetMs(moment, timeZone)) / MS_PER_DAY));
}

/** Minutes after local midnight at a moment in a zone, 0..1439. */
export function localMinutes(moment: number, timeZone: string): number {
  const local = moment + zoneOffsetMs(moment, timeZone);
  return Math.floor((((local % MS_PER_DAY) + MS_PER_DAY) % MS_PER_DAY) / 60_000);
}

/** The moment of a local time in a zone; a time that a clock change skips is moved forward by the change. */
export function momentOf(date: PlainDate, minutes: number, timeZone: string): number {
  const local = dayNumber(date) * MS_PER_DAY + minutes * 60_000;
  const first = local - zoneOffsetMs(local, timeZone);
  const second = local - zoneOffsetMs(first, timeZone);
  return zoneOffsetMs(second, timeZone) === zoneOffsetMs(first, timeZone) ? second : Math.max(first, second);
}

/** `2026-03-06T08:00:00+08:00`: a moment as it is written in its zone. */
export function formatMoment(moment: number, timeZone: string): string {
  const offset = zoneOffsetMs(moment, timeZone);
  const local = new Date(moment + offset).toISOString().slice(0, 19);
  const minutes = Math.round(Math.abs(offset) / 60_000);
  const pad = (n: number): string => String(n).padStart(2, '0');
  return `${local}${offset < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
}

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];

/** `1 March 2027` or `2027年3月1日`: a date as it stands on pages, letters and bills. */
export function dateText(date: PlainDate, language: Language): string {
  const { year, month, day } = partsOf(date);
  return language === 'en' ? `${day} ${MONTHS[month - 1] ?? ''} ${year}` : `${year}年${month}月${day}日`;
}
