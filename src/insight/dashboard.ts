/** Where do we stand, where does it leak? The dashboard's answer: figures against target, industry and leader, and the charts below them, each with its SQL. */

import { type Tx } from '../database/index.ts';
import { addMonths, type PlainDate } from '../kernel/index.ts';
import file from './benchmarks.json' with { type: 'json' };
import {
  ageing, BILL_FIGURES, cohorts, figureOf, heatMap, MONTHS_BACK, recovery, recoveryCurve, rollRates, ways,
  type AgeingRow, type BillFigure, type Cell, type CohortRow, type CurveRow, type Fraction, type HeatRow, type RecoveryRow, type RollRow, type WayRow,
} from './cells.ts';
import {
  ageingSql, automatedSql, cellsWhere, cohortSql, costSql, curveSql, figureSql, funnelSql, heatSql, recoverySql, rollSql, waysSql, type DashboardFilter, type FunnelStep,
} from './dashboard-sql.ts';

export type Benchmark = {
  readonly unit: 'share' | 'days'; readonly better: 'more' | 'less'; readonly target: number | null; readonly industry: number | null; readonly leader: number | null;
  readonly source: string; readonly verified: boolean;
};
export type DashboardFigure = BillFigure | 'automated';
const BENCHMARKS = file.figures as Readonly<Record<DashboardFigure, Benchmark>>;

export type Figure = Benchmark & Fraction & {
  readonly figure: DashboardFigure; readonly value: number | null;
  /** To the leader, else the target, else the industry: percentage points of a share, days of days; positive is ahead. */
  readonly gap: number | null; readonly gap_to: 'leader' | 'target' | 'industry' | null; readonly sql: string;
};
export type Block<Row> = { readonly rows: readonly Row[]; readonly sql: string };
type FunnelRow = { readonly step: FunnelStep; readonly contacts: number };
type CostRow = { readonly currency: string; readonly spent_minor: bigint; readonly received_minor: bigint };

export type Dashboard = {
  /** The business day whose report wrote the cube; null before the first. */
  readonly as_of: PlainDate | null;
  readonly from: PlainDate | null;
  readonly to: PlainDate | null;
  readonly figures: readonly Figure[];
  readonly ageing: Block<AgeingRow>; readonly roll: Block<RollRow>; readonly cohorts: Block<CohortRow>; readonly funnel: Block<FunnelRow>; readonly heat: Block<HeatRow>;
  readonly by_market: Block<RecoveryRow>; readonly by_line: Block<RecoveryRow>; readonly curve: Block<CurveRow>; readonly ways: Block<WayRow>; readonly cost: Block<CostRow>;
  readonly choices: { readonly market: readonly string[]; readonly line: readonly string[]; readonly currency: readonly string[]; readonly segment: readonly string[]; readonly month: readonly PlainDate[] };
};

export type DashboardAsk = {
  readonly market: string | null; readonly line: string | null; readonly currency: string | null; readonly segment: string | null;
  readonly from: PlainDate | null; readonly to: PlainDate | null;
};

/** A figure beside what it is held against. */
export function figureAgainst(figure: DashboardFigure, { numerator, denominator }: Fraction, sql: string, benchmark: Benchmark = BENCHMARKS[figure]): Figure {
  const value = denominator === 0 ? null : numerator / denominator;
  const to = (['leader', 'target', 'industry'] as const).find((name) => benchmark[name] !== null) ?? null;
  const line = to === null ? null : benchmark[to];
  const ahead = value === null || line === null ? null : (value - line) * (benchmark.better === 'more' ? 1 : -1);
  const gap = ahead === null ? null : Math.round(ahead * (benchmark.unit === 'share' ? 1_000 : 10)) / 10;
  return { figure, numerator, denominator, value, ...benchmark, gap, gap_to: to, sql };
}

const NO_FRACTION: Fraction = { numerator: 0, denominator: 0 };

/** Changes whenever a report has written: the cube and the daily figures change with nothing else. */
export async function figuresVersion(tx: Tx): Promise<string> {
  const [row] = await tx<{ version: string }[]>`
    select concat((select max(as_of) from bill_cells), ' ', max(business_date), ' ', max(finished_at)) as version from cycle_runs`;
  return row?.version ?? '';
}

export async function dashboard(tx: Tx, ask: DashboardAsk): Promise<Dashboard> {
  const [written] = await tx<{ as_of: PlainDate | null }[]>`select max(as_of) as as_of from bill_cells`;
  const asOf = written?.as_of ?? null;
  const first = asOf === null ? null : addMonths(`${asOf.slice(0, 7)}-01` as PlainDate, -MONTHS_BACK);
  // Of what was due before, only what is open is in the cube: no share can be made of it.
  const from = ask.from !== null && (first === null || ask.from > first) ? ask.from : first;
  const filter: DashboardFilter = { ...ask, from: from ?? ask.from ?? ('1970-01-01' as PlainDate), fromAsked: ask.from !== null };
  // What is owed is shown of all months, so all cells are read and the other figures leave the early ones out.
  const [all, automated, funnel, cost, choices] = await Promise.all([
    tx.unsafe<Cell[]>(`select due_month, market, line, currency, segment, outcome, bills, amount_minor, paid_minor, days_late, days_to_pay, digital_bills, digital_days_to_pay,
        part_on_time_bills, reminded_bills, asked_bills, answered_bills
      from bill_cells where ${cellsWhere(filter, true)}`),
    tx.unsafe<Fraction[]>(automatedSql(filter)),
    tx.unsafe<FunnelRow[]>(funnelSql(filter)),
    tx.unsafe<CostRow[]>(costSql(filter)),
    tx<{ market: string[]; line: string[]; currency: string[]; segment: string[]; month: PlainDate[] }[]>`
      select coalesce(array_agg(distinct market), '{}') as market, coalesce(array_agg(distinct line::text), '{}') as line, coalesce(array_agg(distinct currency::text), '{}') as currency,
        coalesce(array_agg(distinct segment), '{}') as segment, coalesce(array_agg(distinct due_month::text) filter (where due_month >= ${filter.from}), '{}') as month
      from bill_cells`,
  ]);
  const cells = all.filter((cell) => cell.due_month >= filter.from);
  const day = asOf ?? filter.from;
  return {
    as_of: asOf, from: asOf === null ? null : filter.from, to: filter.to,
    figures: asOf === null ? [] : [
      ...BILL_FIGURES.map((figure) => figureAgainst(figure, figureOf(figure, cells), figureSql(figure, filter))),
      figureAgainst('automated', automated[0] ?? NO_FRACTION, automatedSql(filter)),
    ],
    ageing: { rows: ageing(all), sql: ageingSql(filter) },
    roll: { rows: rollRates(cells, day), sql: rollSql(filter) },
    cohorts: { rows: cohorts(cells, day), sql: cohortSql(filter) },
    funnel: { rows: [...funnel], sql: funnelSql(filter) },
    heat: { rows: heatMap(cells), sql: heatSql(filter) },
    by_market: { rows: recovery('market', cells), sql: recoverySql('market', filter) },
    by_line: { rows: recovery('line', cells), sql: recoverySql('line', filter) },
    curve: { rows: recoveryCurve(cells, day), sql: curveSql(filter) },
    ways: { rows: ways(cells), sql: waysSql(filter) },
    cost: { rows: [...cost], sql: costSql(filter) },
    choices: choices[0] ?? { market: [], line: [], currency: [], segment: [], month: [] },
  };
}
