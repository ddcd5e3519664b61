/**
 * Each figure and chart of the dashboard as one statement that anybody may run: read-only, over the cubes alone, the filters written out. What it gives is what
 * the page shows; `src/api/dashboard.db.test.ts` runs every one of them.
 */

import { type PlainDate } from '../kernel/index.ts';
import { AGES, type BillFigure, COHORT_DAYS, CURVE, CURVE_ENDS, type CellOutcome, DUE, DUE_LATER, MONTHS_BACK, NOT_DUE, OPEN_LATE, PAID, PAID_BY, PAID_LATE, ROLL_DAYS } from './cells.ts';

export type DashboardFilter = {
  readonly market: string | null; readonly line: string | null; readonly currency: string | null; readonly segment: string | null;
  /** First days of months, both included. Without an end: to the last month that has bills. */
  readonly from: PlainDate; readonly to: PlainDate | null;
  /** Whether `from` was asked for; what is owed now is shown of all months otherwise. */
  readonly fromAsked: boolean;
};

/** Filters are words, codes and dates by their schema; written out doubled all the same. */
const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;
const list = (outcomes: readonly CellOutcome[]): string => `(${outcomes.map(text).join(', ')})`;
const bills = (outcomes: readonly CellOutcome[]): string => `coalesce(sum(bills) filter (where outcome in ${list(outcomes)}), 0)::int`;
const counted = (column: string, outcomes: readonly CellOutcome[]): string => `coalesce(sum(${column}) filter (where outcome in ${list(outcomes)}), 0)::int`;
const maturity = (days: number): string => `(due_month + interval '1 month')::date + ${days} <= as_of`;
const indent = (conditions: readonly string[]): string => conditions.join('\n  and ');

function equalities(filter: DashboardFilter, names: readonly ('market' | 'line' | 'currency' | 'segment')[]): string[] {
  return names.flatMap((name) => {
    const value = filter[name];
    return value === null ? [] : [`${name} = ${text(value)}`];
  });
}

/** The condition on `bill_cells`. */
export function cellsWhere(filter: DashboardFilter, withAllOpen = false): string {
  const from = withAllOpen && !filter.fromAsked ? [] : [`due_month >= ${text(filter.from)}`];
  return indent(['true', ...equalities(filter, ['market', 'line', 'currency', 'segment']), ...from, ...(filter.to === null ? [] : [`due_month <= ${text(filter.to)}`])]);
}
const daysWhere = (filter: DashboardFilter, column: string, names: readonly ('market' | 'line' | 'currency')[]): string =>
  indent(['true', ...equalities(filter, names), `${column} >= ${text(filter.from)}`, ...(filter.to === null ? [] : [`${column} < (date ${text(filter.to)} + interval '1 month')::date`])]);

const fraction = (numerator: string, denominator: string, from: string): string => `select ${numerator} as numerator,
  ${denominator} as denominator,
  (${numerator})::float8 / nullif(${denominator}, 0) as value
${from}`;

const FIGURE_SQL: Readonly<Record<BillFigure, readonly [numerator: string, denominator: string]>> = {
  paid_on_time: [bills(['on_time']), `coalesce(sum(bills) filter (where outcome not in ${list(NOT_DUE)}), 0)::int`],
  days_to_collect: [`coalesce(sum(days_to_pay) filter (where outcome in ${list(PAID)}), 0)::float8`, bills(PAID)],
  uncollectible: [bills(['written_off']), bills([...PAID, 'written_off'])],
  mean_days_late: [`coalesce(sum(days_late) filter (where outcome in ${list(PAID_LATE)}), 0)::float8`, bills(PAID_LATE)],
  on_time_any: [`(${bills(['on_time'])} + ${counted('part_on_time_bills', DUE_LATER)})`, `coalesce(sum(bills) filter (where outcome not in ${list(NOT_DUE)}), 0)::int`],
  in_full: [bills(['on_time', ...PAID_LATE]), `coalesce(sum(bills) filter (where outcome not in ${list(NOT_DUE)}), 0)::int`],
  reminded_on_time: [counted('reminded_bills', ['on_time']), counted('reminded_bills', DUE)],
  reminder_response: ['coalesce(sum(answered_bills), 0)::int', 'coalesce(sum(asked_bills), 0)::int'],
  digital: [`coalesce(sum(digital_bills) filter (where outcome in ${list(PAID)}), 0)::int`, bills(PAID)],
};

export const figureSql = (figure: BillFigure, filter: DashboardFilter): string => fraction(...FIGURE_SQL[figure], `from bill_cells\nwhere ${cellsWhere(filter)}`);

/** By market and line, of the thirteen months of the cube. */
export const figureSums = (figure: BillFigure): string => {
  const [numerator, denominator] = FIGURE_SQL[figure];
  return `select '${figure}', market, line, (${numerator})::float8, (${denominator})::float8 from bill_cells where due_month >= (date_trunc('month', as_of::timestamp) - interval '${MONTHS_BACK} months') group by 2, 3`;
};

/** Calls are made by people, everything else goes out by itself. */
export const automatedSql = (filter: DashboardFilter): string =>
  fraction("coalesce(sum(sent) filter (where channel not in ('call', 'voicemail')), 0)::int", 'coalesce(sum(sent), 0)::int', `from contact_cells\nwhere ${daysWhere(filter, 'sent_on', ['market'])}`);

const AGE_CASE = `case ${Object.entries(AGES).map(([age, outcomes]) => `when outcome in ${list(outcomes)} then ${text(age)}`).join(' ')} end`;

export const ageingSql = (filter: DashboardFilter): string => `select currency, ${AGE_CASE} as age,
  sum(bills)::int as bills, sum(amount_minor - paid_minor)::bigint as outstanding_minor
from bill_cells
where ${cellsWhere(filter, true)}
  and outcome like 'open%'
group by 1, 2
order by currency, min(case outcome when 'open_not_due' then 0 when 'open_1_7' then 1 when 'open_8_30' then 1 when 'open_31_60' then 2 when 'open_61_90' then 3 else 4 end)`;

export const rollSql = (filter: DashboardFilter): string => ROLL_DAYS.map((days) => `select currency, ${days} as days,
  sum(bills)::int as late_bills, ${billsBut(PAID_BY[days])} as unpaid_bills,
  sum(amount_minor)::bigint as late_minor, coalesce(sum(amount_minor) filter (where outcome not in ${list(PAID_BY[days])}), 0)::bigint as unpaid_minor
from bill_cells
where ${cellsWhere(filter)}
  and outcome not in ${list([...PAID_BY[0], ...NOT_DUE])}
  and ${maturity(days)}
group by currency`).join('\nunion all\n') + '\norder by currency, days';

function billsBut(outcomes: readonly CellOutcome[]): string {
  return `coalesce(sum(bills) filter (where outcome not in ${list(outcomes)}), 0)::int`;
}

export const cohortSql = (filter: DashboardFilter): string => `select due_month, sum(bills)::int as bills,
  ${COHORT_DAYS.map((days) => `case when ${maturity(days)} then ${bills(PAID_BY[days])} end as paid_by_${days}`).join(',\n  ')}
from bill_cells
where ${cellsWhere(filter)}
  and ${maturity(0)}
group by due_month, as_of
order by due_month`;

export const FUNNEL_STEPS = ['sent', 'delivered', 'opened', 'clicked', 'started', 'paid'] as const;
export type FunnelStep = (typeof FUNNEL_STEPS)[number];

/** Messages only: a call is not opened and a letter tells nothing. */
export const funnelSql = (filter: DashboardFilter): string => `select step, coalesce(sum(contacts), 0)::int as contacts
from contact_cells, lateral (values ${FUNNEL_STEPS.map((step, place) => `(${place}, ${text(step)}, ${step})`).join(', ')}) steps (place, step, contacts)
where ${daysWhere(filter, 'sent_on', ['market'])}
  and channel in ('email', 'sms', 'push', 'wechat')
group by place, step
order by place`;

export const heatSql = (filter: DashboardFilter): string => `select segment, line, sum(bills)::int as bills, ${bills(['on_time'])} as on_time
from bill_cells
where ${cellsWhere(filter)}
  and outcome not in ${list(NOT_DUE)}
group by segment, line
order by segment collate "C", line collate "C"`;

export const recoverySql = (by: 'market' | 'line', filter: DashboardFilter): string => `select ${by} as name,
  sum(bills)::int as late, ${bills(PAID_LATE)} as recovered, ${bills(['written_off'])} as written_off
from bill_cells
where ${cellsWhere(filter)}
  and outcome in ${list([...PAID_LATE, ...OPEN_LATE, 'written_off'])}
group by 1
order by 1`;

export const curveSql = (filter: DashboardFilter): string => `select age, unpaid, paid from (
${(Object.keys(CURVE) as (keyof typeof CURVE)[]).map((age, place) => `select ${place} as place, ${text(age)} as age, sum(bills)::int as unpaid, ${bills(CURVE[age].paid)} as paid
from bill_cells
where ${cellsWhere(filter)}
  and outcome not in ${list([...PAID_BY[CURVE[age].after], ...NOT_DUE])}
  and ${maturity(CURVE_ENDS[age])}
having sum(bills) > 0`).join('\nunion all\n')}) ages
order by place`;

export const waysSql = (filter: DashboardFilter): string => `select way, sum(paid_bills)::int as bills, sum(days)::float8 as days_to_pay
from bill_cells, lateral (values ('digital', digital_bills, digital_days_to_pay), ('other', bills - digital_bills, days_to_pay - digital_days_to_pay)) ways (way, paid_bills, days)
where ${cellsWhere(filter)}
  and outcome in ${list(PAID)}
group by way
having sum(paid_bills) > 0
order by way`;

/** Cost and money received are written by day, market and line, not by segment. */
export const costSql = (filter: DashboardFilter): string => `select currency, sum(numerator)::bigint as spent_minor, sum(denominator)::bigint as received_minor
from daily_figures
where ${daysWhere(filter, 'on_date', ['market', 'line', 'currency'])}
  and figure = 'cost_to_collect'
group by currency
order by currency`;
