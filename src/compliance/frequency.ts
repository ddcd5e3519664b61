/** How often a holder may be contacted: rolling windows of N × 24 hours, windows of local calendar dates, pauses after an outcome. */

import { type Moment, type PlainDate, addDays, localDate, momentOf } from '../kernel/index.ts';
import { type PastContact } from './facts.ts';
import { type ClauseOf } from './rule.ts';

/** The first moment at or after `at` that the clause allows, looking at what happened until then. */
export type FrequencyFunction = (history: readonly PastContact[], at: Moment, zone: string) => Moment;

const MS_PER_DAY = 86_400_000;

export const matches = (list: readonly string[] | undefined, value: string | null | undefined): boolean =>
  list === undefined || list[0] === '*' || (value !== undefined && value !== null && list.includes(value));

export function compileFrequency(clause: ClauseOf<'frequency'>): FrequencyFunction {
  const { contacts_max: max, window_days: days = 1, window = 'rolling_hours', counts, pause } = clause;
  /** A contact whose purpose nobody recorded counts: the cautious reading. */
  const counted = (entry: PastContact, since: Moment): boolean =>
    counts !== undefined && matches(counts.channels, entry.channel) && entry.at >= since
    && (counts.outcomes === undefined || matches(counts.outcomes, entry.outcome))
    && (entry.purpose === undefined || entry.purpose === null
      || ((counts.purposes === undefined || counts.purposes.includes(entry.purpose)) && counts.purposes_not?.includes(entry.purpose) !== true));

  const windowOpens = (history: readonly PastContact[], at: Moment, zone: string): Moment => {
    if (max === undefined || counts === undefined || history.length < max) return at;
    const talked = counts.after_outcome === undefined ? Number.NEGATIVE_INFINITY
      : history.reduce((first, entry) => (entry.outcome === counts.after_outcome && entry.at < first ? entry.at : first), Number.POSITIVE_INFINITY);
    const before = history.filter((entry) => entry.at <= at && entry.at > talked && counted(entry, at - (days + 1) * MS_PER_DAY)).map((entry) => entry.at).sort((a, b) => b - a);
    const decisive = before[max - 1];
    if (decisive === undefined) return at;
    return window === 'rolling_hours' ? Math.max(at, decisive + days * MS_PER_DAY) : startOfDay(addDays(localDate(decisive, zone), days), at, zone);
  };
  const pauseEnds = (history: readonly PastContact[], at: Moment, zone: string): Moment => {
    if (pause === undefined) return at;
    let until = at;
    for (const entry of history) {
      if (entry.at > at || entry.outcome !== pause.outcome || !matches(pause.channels, entry.channel)) continue;
      if (counts?.purposes !== undefined && entry.purpose !== undefined && entry.purpose !== null && !counts.purposes.includes(entry.purpose)) continue;
      until = Math.max(until, startOfDay(addDays(localDate(entry.at, zone), pause.barred_days_after + 1), at, zone));
    }
    return until;
  };
  return (history, at, zone) => (history.length === 0 ? at : Math.max(windowOpens(history, at, zone), pauseEnds(history, at, zone)));
}

const startOfDay = (date: PlainDate, at: Moment, zone: string): Moment => Math.max(at, momentOf(date, 0, zone));
