/** Periods of law: how a date follows from another one. Counting rules are in the rule's own parameters, see `rule.ts`. */

import { type PlainDate, addDays, addMonths, addYears, daysInMonth, partsOf, plainDate } from '../kernel/index.ts';
import { dateSource, earliest, firstDate, getter, latest } from './condition.ts';
import { type Context } from './facts.ts';
import { addWorkingDays, movedOffWeekend } from './holidays.ts';
import { type DateExpression, type DateOf, type Length } from './rule.ts';

/** Null where the facts do not yet fix the date. `region` is the market (and subdivision) whose holidays count. */
export type DateFunction = (context: Context, region: string) => PlainDate | null;

export function compileDateOf(date: DateOf): DateFunction {
  if ('earliest_of' in date) return among(date.earliest_of, earliest);
  if ('latest_of' in date) return among(date.latest_of, latest);
  return compileDate(date);
}

function among(expressions: readonly DateExpression[], pick: (dates: readonly PlainDate[]) => PlainDate | null): DateFunction {
  const dates = expressions.map(compileDate);
  return (context, region) => pick(dates.map((date) => date(context, region)).filter((date) => date !== null));
}

function compileDate(e: DateExpression): DateFunction {
  const reads = e.from.map((source) => dateSource(source, e.by));
  const bound = (sources: readonly string[] | undefined): ((context: Context) => PlainDate | null) => (sources === undefined ? () => null : firstDate(sources));
  const [after, notBefore, notAfter] = [bound(e.after), bound(e.not_before), bound(e.not_after)];
  const [years, months, days, workingDays] = [lengthOf(e.years), lengthOf(e.months), lengthOf(e.days), lengthOf(e.working_days)];
  const pick = e.pick === 'latest' ? latest : earliest;
  const dayOf = e.day_of_month === undefined ? null : e.day_of_month.map(getter);
  return (context, region) => {
    const [a, b, c] = [after(context), notBefore(context), notAfter(context)];
    const fits = (date: PlainDate): boolean => (a === null || date > a) && (b === null || date >= b) && (c === null || date <= c);
    let start: PlainDate | null = null;
    for (const read of reads) {
      const found = pick(read(context).filter(fits));
      if (found === null) continue;
      start = start === null ? found : pick([start, found]);
      if (e.pick === 'first_known') break;
    }
    if (start === null) return null;
    const holidays = e.holidays ?? region;
    let date = start;
    if (years !== null) date = addYears(date, years(context));
    if (months !== null) date = addMonths(date, months(context));
    if (days !== null) date = addDays(date, days(context));
    if (workingDays !== null) date = addWorkingDays(date, workingDays(context), holidays);
    if (e.first_day_counted === true) date = addDays(date, -1);
    if (dayOf !== null) date = onDay(date, start, dayOf.map((read) => dayNumberIn(read(context))).find((day) => day !== null) ?? partsOf(start).day, e.month_end_where_day_ends_months ?? []);
    date = aligned(date, e.align);
    return e.last_day_moves_off_weekend_and_holiday === true ? movedOffWeekend(date, holidays) : date;
  };
}

function lengthOf(length: Length | undefined): ((context: Context) => number) | null {
  if (length === undefined) return null;
  if (typeof length === 'number') return () => length;
  const read = getter(length.field);
  const floor = length.at_least ?? Number.NEGATIVE_INFINITY;
  return (context) => {
    const value = read(context);
    return Math.max(floor, typeof value === 'number' ? value : length.else);
  };
}

const dayNumberIn = (value: unknown): number | null =>
  typeof value === 'number' ? value : typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) ? Number(value.slice(8, 10)) : null;

/** A day number in the month of `date`, or that month's last day; some contracts keep the month's end where the anniversary ends a month. */
function onDay(date: PlainDate, start: PlainDate, day: number, endsMonths: readonly number[]): PlainDate {
  const { year, month } = partsOf(date);
  const began = partsOf(start);
  const endsMonth = endsMonths.includes(began.month) && day >= daysInMonth(began.year, began.month);
  return plainDate(year, month, endsMonth ? daysInMonth(year, month) : Math.min(day, daysInMonth(year, month)));
}

function aligned(date: PlainDate, align: DateExpression['align']): PlainDate {
  if (align === undefined) return date;
  const { year, month } = partsOf(date);
  if (align === 'month_end') return plainDate(year, month, daysInMonth(year, month));
  return align === 'month_start' ? plainDate(year, month, 1) : addMonths(plainDate(year, month, 1), 1);
}
