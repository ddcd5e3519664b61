/**
 * A figure of one market and line that is not what its own past would let expect. Pure. Median and median absolute deviation, because one bad day in the past must
 * not widen the band (Iglewicz and Hoaglin, "How to Detect and Handle Outliers", 1993); 1.4826 makes the deviation comparable with a standard deviation.
 */

import { type PlainDate } from '../kernel/index.ts';

export const PAST_DAYS = 28;
/** Fewer days of past say nothing. */
const PAST_DAYS_MIN = 14;
const BILLS_MIN = 30;
const Z_MIN = 3;
const MAD_TO_DEVIATION = 1.4826;
/** A past that stood still has no deviation of its own; a change below this share of its median is none. */
const QUIET_SHARE = 0.02;

export type FigureDay = {
  readonly figure: string; readonly market: string; readonly line: string; readonly currency: string; readonly on_date: PlainDate; readonly numerator: number; readonly denominator: number;
};
export type Anomaly = {
  readonly figure: string; readonly market: string; readonly line: string; readonly currency: string | null; readonly on_date: PlainDate;
  readonly value: number; readonly usual: number; readonly z: number; readonly bills: number;
};

/** Shares are bounded by chance as well: their deviation is never taken for less than that of so many bills. */
const SHARES: readonly string[] = ['paid_on_time', 'uncollectible'];
/** Amounts, not parts of a whole; one series for each currency. */
const AMOUNTS: readonly string[] = ['cash'];

/** The strangest first. */
export function anomalies(days: readonly FigureDay[], on: PlainDate): readonly Anomaly[] {
  const series = Map.groupBy(days, ({ figure, market, line, currency }) => `${figure} ${market} ${line} ${AMOUNTS.includes(figure) ? currency : ''}`);
  return [...series.values()].flatMap((rows) => {
    const [first] = rows;
    if (first === undefined) return [];
    const amount = AMOUNTS.includes(first.figure);
    const byDay = [...Map.groupBy(rows, ({ on_date: date }) => date)].map(([date, own]) => ({ date, numerator: sum(own, 'numerator'), bills: sum(own, 'denominator') }));
    const valueOf = (day: { numerator: number; bills: number }): number => (amount ? day.numerator : day.numerator / day.bills);
    const last = byDay.find(({ date }) => date === on);
    const past = byDay.filter(({ date, bills }) => date < on && bills > 0).map(valueOf);
    if (last === undefined || last.bills < BILLS_MIN || past.length < PAST_DAYS_MIN) return [];
    const usual = median(past);
    const chance = SHARES.includes(first.figure) ? Math.sqrt((usual * (1 - usual)) / last.bills) : 0;
    const deviation = Math.max(MAD_TO_DEVIATION * median(past.map((value) => Math.abs(value - usual))), chance, QUIET_SHARE * Math.abs(usual));
    const value = valueOf(last);
    const z = deviation === 0 ? 0 : (value - usual) / deviation;
    if (Math.abs(z) < Z_MIN) return [];
    return [{ figure: first.figure, market: first.market, line: first.line, currency: amount ? first.currency : null, on_date: on, value, usual, z, bills: last.bills }];
  }).toSorted((a, b) => Math.abs(b.z) - Math.abs(a.z));
}

const sum = (rows: readonly FigureDay[], name: 'numerator' | 'denominator'): number => rows.reduce((total, row) => total + row[name], 0);

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
