/**
 * Cash of the next 90 days by currency and week, with a band in which four weeks of five should fall.
 *
 * A cohort is the bills of one market, line and currency that are due on one day and unpaid now. Its curve gives h(k), the share of those still unpaid that pay on day k
 * from the due date (Kaplan and Meier 1958; markets and lines with few bills fall back on their market, then on all). A cohort at age a pays in a week with probability
 *   q = Σ over the week's days of S(k − 1) · h(k),   S(k) = Π from a to k of (1 − h(j)),
 * so with n bills of mean amount m it brings  E = n · m · q,  with the variance  n · m² · q · (1 − q) · (1 + (n − 1) · ρ):  binomial, and wider where bills of one day
 * behave alike (beta-binomial, Skellam 1948). A week is the sum of its cohorts, plus a shock that all of them share: (COMMON_SHOCK · E)². Band: E ± 1.2816 · √variance.
 *
 * The curve is not cut by customer group: the group says how a policy has paid up to today, so it knows the answer for the very bills that the curve is made of.
 * Debts older than 90 days are left out: a curve of them would be made of too few payments.
 */

import { type Tx } from '../database/index.ts';
import { addDays, daysBetween, type PlainDate } from '../kernel/index.ts';

export const FORECAST_DAYS = 90;
export const BACK_TEST_DAYS = 28;
export const CURVE_FIRST = -30;
export const CURVE_LAST = 90;
const WEEK_DAYS = 7;
/** Two-sided 80 % of a normal distribution. */
const BAND_DEVIATIONS = 1.2816;
/** Likeness of bills due on one day: chosen small, and shown to hold by the back-test beside the forecast. */
const LIKENESS = 0.002;
/** What all cohorts of a week share (weather, holidays, a bank that stands still): 4 % of the week. Chosen; the back-test says whether it is enough. */
const COMMON_SHOCK = 0.04;
const AT_RISK_MIN = 50;

export type CurveCell = { readonly market: string; readonly line: string; readonly day: number; readonly at_risk: number; readonly paid: number };
export type Cohort = { readonly market: string; readonly line: string; readonly currency: string; readonly due_on: PlainDate; readonly bills: number; readonly amount_minor: number };
export type ForecastWeek = {
  readonly currency: string; readonly from_on: PlainDate; readonly to_on: PlainDate; readonly expected_minor: number; readonly low_minor: number; readonly high_minor: number;
};
export type CheckedWeek = ForecastWeek & { readonly actual_minor: number; readonly within: boolean };
export type CurvePoint = { readonly day: number; readonly paid_by: number; readonly at_risk: number };
export type Forecast = {
  readonly as_of: PlainDate | null; readonly weeks: readonly ForecastWeek[]; readonly checks: readonly CheckedWeek[]; readonly curve: readonly CurvePoint[];
  /** Open, but too old for the curve. */
  readonly left_out: readonly { readonly currency: string; readonly bills: number; readonly amount_minor: number }[];
};

type Hazards = (market: string, line: string) => Float64Array;
const DAYS = CURVE_LAST - CURVE_FIRST + 1;

/** h(k) at the place k − CURVE_FIRST. */
export function hazardsOf(cells: readonly CurveCell[]): Hazards {
  const groups = new Map<string, { readonly risk: Float64Array; readonly paid: Float64Array }>();
  for (const cell of cells) {
    for (const key of ['', cell.market, `${cell.market} ${cell.line}`]) {
      const group = groups.get(key) ?? { risk: new Float64Array(DAYS), paid: new Float64Array(DAYS) };
      groups.set(key, group);
      const place = cell.day - CURVE_FIRST;
      group.risk[place] = (group.risk[place] ?? 0) + cell.at_risk;
      group.paid[place] = (group.paid[place] ?? 0) + cell.paid;
    }
  }
  const known = new Map<string, Float64Array>();
  return (market, line) => {
    const key = `${market} ${line}`;
    const found = known.get(key) ?? Float64Array.from({ length: DAYS }, (_, place) => {
      for (const name of [key, market, '']) {
        const group = groups.get(name);
        const risk = group?.risk[place] ?? 0;
        if (risk >= AT_RISK_MIN || (name === '' && risk > 0)) return (group?.paid[place] ?? 0) / risk;
      }
      return 0;
    });
    known.set(key, found);
    return found;
  };
}

/** Share of all bills paid by each day, pooled: the picture of the curve. */
export function curveOf(cells: readonly CurveCell[]): readonly CurvePoint[] {
  const byDay = Map.groupBy(cells, ({ day }) => day);
  let unpaid = 1;
  return Array.from({ length: DAYS }, (_, place) => place + CURVE_FIRST).flatMap((day) => {
    const own = byDay.get(day) ?? [];
    const risk = own.reduce((sum, cell) => sum + cell.at_risk, 0);
    if (risk === 0) return [];
    unpaid *= 1 - own.reduce((sum, cell) => sum + cell.paid, 0) / risk;
    return [{ day, paid_by: 1 - unpaid, at_risk: risk }];
  });
}

/** Whole weeks from `asOf` on; the last may be shorter. */
export function forecastWeeks(cohorts: readonly Cohort[], hazards: Hazards, asOf: PlainDate, days: number): readonly ForecastWeek[] {
  const weeks = Math.ceil(days / WEEK_DAYS);
  const byCurrency = new Map<string, { readonly expected: Float64Array; readonly variance: Float64Array }>();
  for (const cohort of cohorts) {
    const age = daysBetween(cohort.due_on, asOf);
    if (age > CURVE_LAST) continue;
    const sums = byCurrency.get(cohort.currency) ?? { expected: new Float64Array(weeks), variance: new Float64Array(weeks) };
    byCurrency.set(cohort.currency, sums);
    const hazard = hazards(cohort.market, cohort.line);
    const mean = cohort.amount_minor / cohort.bills;
    let unpaid = 1;
    for (let week = 0; week < weeks; week += 1) {
      const before = unpaid;
      for (let day = week * WEEK_DAYS; day < Math.min(days, (week + 1) * WEEK_DAYS); day += 1) {
        const k = age + day;
        if (k >= CURVE_FIRST && k <= CURVE_LAST) unpaid *= 1 - (hazard[k - CURVE_FIRST] ?? 0);
      }
      const q = before - unpaid;
      sums.expected[week] = (sums.expected[week] ?? 0) + cohort.amount_minor * q;
      sums.variance[week] = (sums.variance[week] ?? 0) + cohort.bills * mean ** 2 * q * (1 - q) * (1 + (cohort.bills - 1) * LIKENESS);
    }
  }
  return [...byCurrency].toSorted(([a], [b]) => (a < b ? -1 : 1)).flatMap(([currency, { expected, variance }]) => Array.from({ length: weeks }, (_, week): ForecastWeek => {
    const mean = expected[week] ?? 0;
    const half = BAND_DEVIATIONS * Math.sqrt((variance[week] ?? 0) + (COMMON_SHOCK * mean) ** 2);
    return {
      currency, from_on: addDays(asOf, week * WEEK_DAYS), to_on: addDays(asOf, Math.min(days, (week + 1) * WEEK_DAYS) - 1),
      expected_minor: Math.round(mean), low_minor: Math.round(Math.max(0, mean - half)), high_minor: Math.round(mean + half),
    };
  }));
}

export type PaidDay = { readonly currency: string; readonly on_date: PlainDate; readonly amount_minor: number };
export function checkWeeks(weeks: readonly ForecastWeek[], paid: readonly PaidDay[]): readonly CheckedWeek[] {
  return weeks.map((week) => {
    const actual = paid.filter((row) => row.currency === week.currency && row.on_date >= week.from_on && row.on_date <= week.to_on).reduce((sum, row) => sum + row.amount_minor, 0);
    return { ...week, actual_minor: actual, within: actual >= week.low_minor && actual <= week.high_minor };
  });
}

type CashRow = Cohort & { readonly as_of: PlainDate; readonly kind: 'open' | 'to_issue' | 'paid' };

export async function forecast(tx: Tx, { market, line, currency }: { readonly market: string | null; readonly line: string | null; readonly currency: string | null }): Promise<Forecast> {
  const [cells, rows] = await Promise.all([
    tx<(CurveCell & { as_of: PlainDate })[]>`
      select as_of, market, line, day, at_risk, paid from payment_curve_cells
      where (${market}::text is null or market = ${market}) and (${line}::text is null or line = ${line})`,
    tx<CashRow[]>`
      select as_of, market, line, currency, kind, on_date as due_on, bills, amount_minor::float8 as amount_minor from cash_cells
      where (${market}::text is null or market = ${market}) and (${line}::text is null or line = ${line}) and (${currency}::text is null or currency = ${currency})`,
  ]);
  const asOf = [...cells, ...rows].reduce<PlainDate | null>((latest, { as_of: day }) => (latest === null || day > latest ? day : latest), null);
  if (asOf === null) return { as_of: null, weeks: [], checks: [], curve: [], left_out: [] };
  const then = addDays(asOf, -BACK_TEST_DAYS);
  const of = <Row extends { readonly as_of: PlainDate }>(all: readonly Row[], day: PlainDate): Row[] => all.filter(({ as_of: on }) => on === day);
  const now = of(rows, asOf);
  const before = of(rows, then);
  const old = Map.groupBy(now.filter(({ due_on: due }) => daysBetween(due, asOf) > CURVE_LAST), (row) => row.currency);
  return {
    as_of: asOf, curve: curveOf(of(cells, asOf)),
    weeks: forecastWeeks(now, hazardsOf(of(cells, asOf)), asOf, FORECAST_DAYS),
    checks: checkWeeks(
      forecastWeeks(before.filter(({ kind }) => kind === 'open'), hazardsOf(of(cells, then)), then, BACK_TEST_DAYS),
      before.filter(({ kind }) => kind === 'paid').map(({ currency: in_, due_on: on, amount_minor: minor }) => ({ currency: in_, on_date: on, amount_minor: minor })),
    ),
    left_out: [...old].map(([in_, own]) => ({ currency: in_, bills: own.reduce((sum, row) => sum + row.bills, 0), amount_minor: own.reduce((sum, row) => sum + row.amount_minor, 0) })),
  };
}
