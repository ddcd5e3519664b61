/** Contact hours in the holder's own zone: a window includes its start and excludes its end. */

import { type Moment, type PlainDate, addDays, dayOfWeek, momentOf, plainDateOf, zoneOffsetMs } from '../kernel/index.ts';
import { getter } from './condition.ts';
import { type Context } from './facts.ts';
import { isPublicHoliday } from './holidays.ts';
import { type ClauseOf, type DayName } from './rule.ts';

type Window = { readonly from: number; readonly to: number };
/** The first moment at or after `at` that lies in a window. A clause without any window is a mistake of its file and throws. */
export type HoursFunction = (context: Context, at: Moment, region: string) => Moment;

const WEEKDAYS: readonly DayName[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const MS_PER_DAY = 86_400_000;
const MS_PER_MINUTE = 60_000;
const MINUTES_PER_DAY = 1_440;
/** No calendar closes longer; a rule that does is a mistake of its file. */
const SEARCH_DAYS_MAX = 31;

const minutesOf = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));

export function compileHours(clause: ClauseOf<'hours'>): HoursFunction {
  const closed = clause.closed ?? [];
  const listed = (clause.windows ?? []).map((window) => ({ days: window.days, from: minutesOf(window.from_local), to: minutesOf(window.to_local) }));
  const byWeekday = WEEKDAYS.map((day): readonly Window[] => (closed.includes(day) ? [] : listed.filter(({ days }) => days === undefined || days.includes(day))));
  const onEves = listed.filter(({ days }) => days?.includes('day_before_public_holiday') === true);
  const onHolidays = closed.includes('public_holiday') ? [] : null;
  const asksHolidays = onHolidays !== null || onEves.length > 0;
  const wish = clause.window_field === undefined ? null : getter(clause.window_field);

  const windowsOn = (date: PlainDate, weekday: number, region: string): readonly Window[] => {
    const usual = byWeekday[weekday - 1] ?? [];
    if (!asksHolidays || usual.length === 0) return usual;
    if (onHolidays !== null && isPublicHoliday(date, region)) return onHolidays;
    return onEves.length > 0 && isPublicHoliday(addDays(date, 1), region) ? onEves : usual;
  };

  return (context, at, region) => {
    const local = at + zoneOffsetMs(at, context.zone);
    const day = Math.floor(local / MS_PER_DAY);
    const minutes = (local - day * MS_PER_DAY) / MS_PER_MINUTE;
    const own = wish === null ? null : windowOf(wish(context));
    if (!asksHolidays && own === null) {
      const weekday = ((((day + 3) % 7) + 7) % 7) + 1;
      for (const window of byWeekday[weekday - 1] ?? []) if (minutes >= window.from && minutes < window.to) return at;
    }
    for (let ahead = 0; ahead <= SEARCH_DAYS_MAX; ahead += 1) {
      const date = plainDateOf(day + ahead);
      const windows = own ?? windowsOn(date, dayOfWeek(date), region);
      for (const window of windows) {
        if (ahead === 0 && minutes >= window.to) continue;
        if (ahead === 0 && minutes >= window.from) return at;
        return momentOf(date, window.from, context.zone);
      }
    }
    throw new Error('contact hours never open: the rule has no window');
  };
}

/** The holder's own wish, `{ from_local, to_local }`; one that runs over midnight is two windows, one that cannot be read is none. */
function windowOf(value: unknown): readonly Window[] | null {
  if (typeof value !== 'object' || value === null || !('fromLocal' in value) || !('toLocal' in value)) return null;
  const { fromLocal, toLocal } = value;
  if (typeof fromLocal !== 'string' || typeof toLocal !== 'string') return null;
  const [from, to] = [minutesOf(fromLocal), minutesOf(toLocal)];
  if (!(from >= 0 && to >= 0 && from <= MINUTES_PER_DAY && to <= MINUTES_PER_DAY) || from === to) return null;
  return from < to ? [{ from, to }] : [{ from: 0, to }, { from, to: MINUTES_PER_DAY }].filter((window) => window.from < window.to);
}
