/** Words of figures, scopes and alerts, for the dashboard and the meeting alike. */

import type { TFunction } from 'i18next';
import type { Alert, Targets } from '../data/know.ts';
import type { Kpi } from '../data/results.ts';
import { word } from '../language.ts';
import { count, day, decimal, percent } from '../parts/format.ts';
import { GUARDS, metricText, strategyName } from './strategy-words.ts';

type Unit = Targets['rows'][number]['unit'];

export const valueText = (t: TFunction, unit: Unit, value: number | null): string => (value === null ? '—' : unit === 'share' ? percent(value) : t('dashboard.days', { days: decimal(value) }));
const DECIMALS = [1, 2, 3] as const;
/** A value that misses its goal by little is shown exactly enough to be told from it: 91.97 % beside 92.0 %, never 92.0 % and missed. */
export function valueBeside(t: TFunction, unit: Unit, value: number | null, goal: number | null): string {
  if (value === null || goal === null || value === goal) return valueText(t, unit, value);
  const shown = (one: number, decimals: number): string => (unit === 'share' ? percent(one, decimals) : t('dashboard.days', { days: decimal(one, decimals) }));
  const decimals = DECIMALS.find((some) => shown(value, some) !== shown(goal, some)) ?? 3;
  return shown(value, decimals);
}
export const unitOf = (figure: string): Unit => (figure === 'days_to_collect' || figure === 'mean_days_late' ? 'days' : 'share');
export const scopeText = (t: TFunction, { market, line }: { market: string | null; line: string | null }): string =>
  [market === null ? t('target.all_markets') : word('market', market), line === null ? t('target.all_lines') : word('line', line)].join(' · ');
export const figureText = (figure: string): string => word('dashboard.figure', figure);

/** An alert of a jam names the step that jams; one of a strategy, the strategy. */
export function alertName(t: TFunction, alert: Alert): string {
  if (alert.month_report_on !== null) return `${t('alert.jam', { step: word('step', alert.figure) })} · ${scopeText(t, alert)}`;
  if (alert.strategy_id === null) return `${figureText(alert.figure)} · ${scopeText(t, alert)}`;
  return `${alert.figure === 'contact_floor' ? t('alert.floor') : word('metric', alert.figure)} · ${strategyName(t, { strategy_id: alert.strategy_id, name: alert.strategy ?? '—' })}`;
}

export function alertText(t: TFunction, { figure, on_date: on, value, warning, month_report_on: monthReportOn }: Alert): string {
  if (monthReportOn !== null) return t('alert.jam_line', { day: day(on), done: count(value), usual: count(Math.round(warning)), month: day(monthReportOn) });
  const guard = GUARDS.find((one) => one === figure);
  if (guard !== undefined) return t('alert.guard_line', { day: day(on), value: metricText(guard, value), limit: metricText(guard, warning) });
  if (figure === 'contact_floor') return t('alert.floor_line', { day: day(on), number: count(value), floor: count(warning) });
  return t('alert.line', { day: day(on), value: valueText(t, unitOf(figure), value), warning: valueText(t, unitOf(figure), warning) });
}

export function kpiText(t: TFunction, unit: Kpi['unit'], value: number, currency: string): string {
  switch (unit) {
    case 'share': return percent(value);
    case 'minutes': return t('results.minutes', { minutes: decimal(value, 2) });
    case 'per_hundred': return t('results.per_hundred', { amount: decimal(value, 2), currency });
  }
}
/** `+12%`, `−40%`. */
export const changeText = (change: number): string => `${change > 0 ? '+' : change < 0 ? '−' : ''}${percent(Math.abs(change), 0)}`;
