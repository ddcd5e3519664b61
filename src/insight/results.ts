/**
 * What collecting brings, against what it was before: cost, people's minutes, answers to first reminders, turnover of receivables, what is recovered beyond a baseline cohort,
 * and what each level of the data's maturity brought. From the small tables of the reports; amounts in minor units, each currency by itself.
 */

import { type Tx } from '../database/index.ts';
import { fail, ok, type PlainDate, type Result } from '../kernel/index.ts';
import { DUE_LATER, isMature, MONTHS_BACK, PAID_BY } from './cells.ts';
import { againstBaseline } from './cost-of-delay.ts';
import { type Block } from './dashboard.ts';
import { type HowPaidAsk, where } from './how-paid.ts';
import { type Editor } from './targets.ts';

export const BASELINES = ['management_cost', 'minutes_per_account', 'reminder_response', 'recovered_60'] as const;
export type BaselineFigure = (typeof BASELINES)[number];
/** Days after the due date by which a late bill counts as recovered. */
export const RECOVERED_DAYS = 60;
/** Without a baseline of its own: the first months that are old enough. */
const BASELINE_MONTHS = 3;
const LEVELS = [1, 2, 3, 4, 5] as const;

export type Baseline = { readonly figure: BaselineFigure; readonly value: number; readonly version: number; readonly changed_by: string; readonly changed_at: Date };
export type Kpi = {
  readonly figure: Exclude<BaselineFigure, 'recovered_60'>; readonly unit: 'share' | 'minutes' | 'per_hundred'; readonly better: 'more' | 'less'; readonly numerator: number; readonly denominator: number;
  readonly value: number | null; readonly baseline: number | null;
  /** −0.4: 40 % below the baseline. */
  readonly change: number | null; readonly sql: string;
};
export type CohortMoney = { readonly due_month: PlainDate; readonly currency: string; readonly late_minor: bigint; readonly recovered_minor: bigint };
export type ExtraRow = CohortMoney & { readonly share: number; readonly baseline: number; readonly extra_minor: number; readonly is_baseline: boolean };
export type TurnoverRow = {
  readonly quarter: PlainDate; readonly currency: string; readonly billed_minor: bigint; readonly opening_minor: bigint; readonly closing_minor: bigint; readonly complete: boolean;
  readonly turnover: number | null; readonly days: number | null;
};
export type LevelResult = {
  readonly level: number; readonly from_on: PlainDate | null; readonly recovered: number | null; readonly cost: number | null;
  /** Against the level measured before: points of recovery, and the share by which a unit received costs less. */
  readonly recovery_gain: number | null; readonly cost_reduction: number | null;
};

// ---- pure ----

/** Late bills recovered within sixty days, month by month, against the share of the baseline. */
export function extraRecovered(cohorts: readonly CohortMoney[], set: number | null, asOf: PlainDate): readonly ExtraRow[] {
  return [...Map.groupBy(cohorts, ({ currency }) => currency).values()].flatMap((rows) => {
    const old = rows.filter((row) => row.late_minor > 0n && isMature(row.due_month, RECOVERED_DAYS, asOf)).toSorted((a, b) => (a.due_month < b.due_month ? -1 : 1));
    const first = set === null ? old.slice(0, BASELINE_MONTHS) : [];
    const sum = (name: 'late_minor' | 'recovered_minor'): number => first.reduce((total, row) => total + Number(row[name]), 0);
    const baseline = set ?? (sum('late_minor') === 0 ? null : sum('recovered_minor') / sum('late_minor'));
    return baseline === null ? [] : old.map((row) => {
      const [late, recovered] = [Number(row.late_minor), Number(row.recovered_minor)];
      return { ...row, share: recovered / late, baseline, extra_minor: Math.round(recovered - baseline * late), is_baseline: first.includes(row) };
    });
  });
}

/** How often receivables turn into cash in a quarter: what was billed over the mean of what was owed at its beginning and its end. */
export function turnoverOf(billedMinor: number, openingMinor: number, closingMinor: number): number | null {
  const mean = (openingMinor + closingMinor) / 2;
  return mean <= 0 ? null : billedMinor / mean;
}

export type Reached = { readonly from_on: PlainDate; readonly level: number };
type CostDay = { readonly on_date: PlainDate; readonly spent: number; readonly received: number };
/** Each level with what was measured while the data stood there. A month belongs to the level of its first day, or to the first that is known. */
export function levelResults(reached: readonly Reached[], cohorts: readonly CohortMoney[], costs: readonly CostDay[], asOf: PlainDate): readonly LevelResult[] {
  const known = reached.toSorted((a, b) => (a.from_on < b.from_on ? -1 : 1));
  const levelOn = (day: PlainDate): number | null => (known.findLast(({ from_on: from }) => from <= day) ?? known[0])?.level ?? null;
  let before: { recovered: number | null; cost: number | null } = { recovered: null, cost: null };
  return LEVELS.map((level) => {
    const own = cohorts.filter((row) => levelOn(row.due_month) === level && isMature(row.due_month, RECOVERED_DAYS, asOf));
    const days = costs.filter((row) => levelOn(row.on_date) === level);
    const late = own.reduce((sum, row) => sum + Number(row.late_minor), 0);
    const received = days.reduce((sum, row) => sum + row.received, 0);
    const recovered = late === 0 ? null : own.reduce((sum, row) => sum + Number(row.recovered_minor), 0) / late;
    const cost = received === 0 ? null : days.reduce((sum, row) => sum + row.spent, 0) / received;
    const result = {
      level, from_on: known.find((one) => one.level === level)?.from_on ?? null, recovered, cost,
      recovery_gain: recovered === null || before.recovered === null ? null : recovered - before.recovered,
      cost_reduction: cost === null || before.cost === null || before.cost === 0 ? null : 1 - cost / before.cost,
    };
    before = { recovered: recovered ?? before.recovered, cost: cost ?? before.cost };
    return result;
  });
}

// ---- rows ----

const outcomes = (names: readonly string[]): string => `(${names.map((name) => `'${name}'`).join(', ')})`;
const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;
const share = (numerator: string, denominator: string, from: string): string => `select ${numerator} as numerator,\n  ${denominator} as denominator\n${from}`;

/** In one currency: money of two is never summed. */
const costSql = (ask: HowPaidAsk, currency: string): string => share('coalesce(sum(numerator), 0)::float8', 'coalesce(sum(denominator), 0)::float8',
  `from daily_figures\nwhere ${where({ ...ask, currency })}\n  and figure = 'cost_to_collect'\n  and on_date > (select max(on_date) from daily_figures) - 365`);
/** Minutes of people's work in thirty days for each bill that fell due in them; minutes are not kept by line. */
const minutesSql = ({ market }: HowPaidAsk): string => `select coalesce((
  select sum(minutes) from effort_cells
  where ${where({ market })}
    and on_date > (select max(on_date) from daily_figures where figure = 'paid_on_time') - 30), 0)::float8 as numerator,
  coalesce(sum(denominator), 0)::float8 as denominator
from daily_figures
where ${where({ market })}
  and figure = 'paid_on_time'
  and on_date = (select max(on_date) from daily_figures where figure = 'paid_on_time')`;
const responseSql = (ask: HowPaidAsk): string => share('coalesce(sum(answered_bills), 0)::float8', 'coalesce(sum(asked_bills), 0)::float8',
  `from bill_cells\nwhere ${where(ask)}\n  and due_month >= date_trunc('month', as_of::timestamp) - interval '${MONTHS_BACK} months'`);

export const cohortSql = (ask: HowPaidAsk): string => `select due_month, currency, sum(amount_minor)::bigint as late_minor,
  coalesce(sum(amount_minor) filter (where outcome in ${outcomes(PAID_BY[60].filter((outcome) => outcome !== 'on_time'))}), 0)::bigint as recovered_minor
from bill_cells
where ${where(ask)}
  and outcome in ${outcomes(DUE_LATER)}
  and due_month >= date_trunc('month', as_of::timestamp) - interval '${MONTHS_BACK} months'
  and (due_month + interval '1 month')::date + ${RECOVERED_DAYS} <= as_of
group by due_month, currency
order by currency, due_month`;

/** Bills that fell due more than a year ago and were closed since are not known: of the first quarter too little would be owed. */
const QUARTERS = 4;
export const turnoverSql = (ask: HowPaidAsk): string => `with quarters as (
  select (date_trunc('quarter', day::timestamp) - make_interval(months => 3 * back))::date as begins, (date_trunc('quarter', day::timestamp) - make_interval(months => 3 * back - 3))::date as ends, day
  from (select max(as_of) as day from receivable_cells) written cross join generate_series(${QUARTERS - 1}, 0, -1) back)
select begins as quarter, currency, ends <= day as complete,
  coalesce(sum(billed_minor) filter (where issued_month >= begins and issued_month < ends), 0)::bigint as billed_minor,
  coalesce(sum(owed_minor) filter (where issued_month < begins and closed_month >= begins), 0)::bigint as opening_minor,
  coalesce(sum(owed_minor) filter (where issued_month < ends and closed_month >= ends), 0)::bigint as closing_minor
from quarters cross join receivable_cells
where ${where(ask)}
group by begins, ends, day, currency
order by currency, begins`;

export type Results = {
  readonly as_of: PlainDate | null; readonly currency: string; readonly kpis: readonly Kpi[]; readonly baselines: readonly Baseline[];
  readonly turnover: Block<TurnoverRow>; readonly extra: Block<ExtraRow>; readonly levels: readonly LevelResult[];
};

export async function results(tx: Tx, ask: HowPaidAsk, mainCurrency: string): Promise<Results> {
  const currency = ask.currency ?? mainCurrency;
  const sql = { management_cost: costSql(ask, currency), minutes_per_account: minutesSql(ask), reminder_response: responseSql(ask) };
  type Sums = { numerator: number; denominator: number };
  const [[written], [cost], [minutes], [response], baselines, turnover, cohorts, reached, costs] = await Promise.all([
    tx<{ as_of: PlainDate | null }[]>`select max(as_of) as as_of from bill_cells`, tx.unsafe<Sums[]>(sql.management_cost), tx.unsafe<Sums[]>(sql.minutes_per_account), tx.unsafe<Sums[]>(sql.reminder_response),
    tx<Baseline[]>`select figure, value, version, changed_by, changed_at from baselines order by figure`, tx.unsafe<Omit<TurnoverRow, 'turnover' | 'days'>[]>(turnoverSql(ask)), tx.unsafe<CohortMoney[]>(cohortSql(ask)),
    tx<Reached[]>`select from_on, level from maturity_levels order by from_on`,
    tx.unsafe<CostDay[]>(`select on_date, sum(numerator)::float8 as spent, sum(denominator)::float8 as received from daily_figures where figure = 'cost_to_collect' and currency = ${text(currency)} group by on_date`),
  ]);
  const asOf = written?.as_of ?? null;
  const set = (figure: BaselineFigure): number | null => baselines.find((one) => one.figure === figure)?.value ?? null;
  const kpi = (figure: Kpi['figure'], unit: Kpi['unit'], better: Kpi['better'], { numerator, denominator }: Sums = { numerator: 0, denominator: 0 }): Kpi => {
    const value = denominator === 0 ? null : (numerator / denominator) * (unit === 'per_hundred' ? 100 : 1);
    const baseline = set(figure);
    return { figure, unit, better, numerator, denominator, value, baseline, change: value === null || baseline === null ? null : againstBaseline(value, baseline), sql: sql[figure] };
  };
  return {
    as_of: asOf, currency, baselines: [...baselines],
    kpis: [kpi('management_cost', 'per_hundred', 'less', cost), kpi('minutes_per_account', 'minutes', 'less', minutes), kpi('reminder_response', 'share', 'more', response)],
    turnover: { rows: turnover.map((row) => withTurnover(row)), sql: turnoverSql(ask) },
    extra: { rows: asOf === null ? [] : extraRecovered(cohorts, set('recovered_60'), asOf), sql: cohortSql(ask) },
    levels: asOf === null ? [] : levelResults(reached, cohorts.filter((row) => row.currency === currency), costs, asOf),
  };
}

const QUARTER_DAYS = 91.25;
function withTurnover(row: Omit<TurnoverRow, 'turnover' | 'days'>): TurnoverRow {
  const turnover = turnoverOf(Number(row.billed_minor), Number(row.opening_minor), Number(row.closing_minor));
  return { ...row, turnover, days: turnover === null || turnover === 0 ? null : QUARTER_DAYS / turnover };
}

/** On the version that was seen; 0: none was set. `value` null takes it away. Problem: `changed_meanwhile`. */
export async function changeBaseline(tx: Tx, { insurerId, name, at }: Editor, figure: BaselineFigure, version: number, value: number | null): Promise<Result<number>> {
  const changed = value === null
    ? await tx`delete from baselines where figure = ${figure} and version = ${version}`
    : await tx`
      insert into baselines (insurer_id, figure, value, changed_by, changed_at)
      select ${insurerId}, ${figure}, ${value}, ${name}, ${new Date(at)} where ${version}::int = 0 or exists (select from baselines where figure = ${figure})
      on conflict (insurer_id, figure) do update set value = excluded.value, version = baselines.version + 1, changed_by = excluded.changed_by, changed_at = excluded.changed_at
      where baselines.version = ${version}`;
  if (changed.count > 0) return ok(value === null ? 0 : version + 1);
  const [kept] = await tx<Baseline[]>`select figure, value, version, changed_by, changed_at from baselines where figure = ${figure}`;
  return fail('changed_meanwhile', { by: kept?.changed_by ?? '?', at: kept?.changed_at.toISOString() ?? null, version: kept?.version ?? 0 });
}
