/** What each strategy brings and what it costs the relationship: sums over the cells that the report writes, and who is told when accounts hear too little or a limit is not kept. */

import { type Tx } from '../database/index.ts';
import { addDays, addMonths, type InsurerId, type PlainDate } from '../kernel/index.ts';
import { liveSegments } from '../portfolio/index.ts';
import {
  allStrategies, keeps, metricValue, returnOn, strategyFor, versionsOfStrategy, type Strategy, type StrategyCounts, type StrategyMoney,
} from '../strategy/index.ts';
import { MONTHS_BACK } from './cells.ts';
import { figuresVersion } from './dashboard.ts';
import { recoverySql } from './dashboard-sql.ts';

/** What a holder does within so many days of a contact is taken for its effect. */
export const EFFECT_DAYS = 14;
/** A limit is judged over so many days: fewer have too few contacts, more would hide what a new version does. */
const GUARD_DAYS = 30;
/** Fewer contacts say nothing about complaints in a thousand. */
const GUARD_CONTACTS_MIN = 100;
export const FLOOR_ALERT = 'contact_floor';

export type StrategyFigures = {
  readonly counts: StrategyCounts; readonly money: readonly (StrategyMoney & { readonly return_on_cost: number | null })[];
  /** The last complete days on which it decided, and held back, anything: where that can be looked at. */
  readonly last_decided_on: PlainDate | null; readonly last_capped_on: PlainDate | null;
  readonly goal_now: number | null; readonly goal_reached: boolean | null; readonly guard_now: number | null; readonly guard_kept: boolean | null;
};
export type StrategyLine = {
  readonly line: string; readonly late: number; readonly recovered: number; readonly written_off: number;
  /** Of the line as a whole, and those that take a market or a segment out of it. */
  readonly strategy_id: number | null; readonly narrower: readonly number[];
};
export type StrategiesView = {
  readonly as_of: PlainDate | null; readonly from: PlainDate; readonly to: PlainDate;
  readonly strategies: readonly (Strategy & StrategyFigures & { readonly under_floor: number })[];
  readonly lines: readonly StrategyLine[];
  /** For which a strategy can be made. */
  readonly segments: readonly { readonly segment_id: number; readonly name: string }[];
  readonly sql: { readonly figures: string; readonly lines: string; readonly floor: string };
};

// ---- pure ----

type FigureRow = { readonly strategy_id: number; readonly strategy_version: number; readonly currency: string; readonly cost_minor: bigint; readonly recovered_minor: bigint; readonly last_decided_on: PlainDate | null; readonly last_capped_on: PlainDate | null } & StrategyCounts;
const COUNTS = ['decided', 'acts', 'minutes', 'capped', 'contacts', 'recovered_bills', 'judged', 'judged_paid', 'due', 'due_paid', 'ended', 'lost', 'complaints', 'opt_outs'] as const satisfies readonly (keyof StrategyCounts)[];

function figuresOf({ goal_metric: goal, goal_value: aim, guard_metric: guard, guard_limit: limit }: Strategy, rows: readonly FigureRow[]): StrategyFigures {
  const counts = Object.fromEntries(COUNTS.map((name) => [name, rows.reduce((sum, row) => sum + row[name], 0)])) as StrategyCounts;
  const money = [...Map.groupBy(rows, ({ currency }) => currency)].map(([currency, same]) => {
    const sum = (name: 'cost_minor' | 'recovered_minor'): number => Number(same.reduce((total, row) => total + row[name], 0n));
    const own = { currency, cost_minor: sum('cost_minor'), recovered_minor: sum('recovered_minor'), recovered_bills: same.reduce((total, row) => total + row.recovered_bills, 0) };
    return { ...own, return_on_cost: returnOn(own) };
  }).filter((one) => one.cost_minor > 0 || one.recovered_minor > 0);
  const [goalNow, guardNow] = [metricValue(goal, counts, money), metricValue(guard, counts, money)];
  const lastOf = (name: 'last_decided_on' | 'last_capped_on'): PlainDate | null => rows.flatMap((row) => row[name] ?? []).toSorted().at(-1) ?? null;
  return {
    counts, money, last_decided_on: lastOf('last_decided_on'), last_capped_on: lastOf('last_capped_on'), goal_now: goalNow, goal_reached: keeps(goal, aim, goalNow), guard_now: guardNow, guard_kept: keeps(guard, limit, guardNow),
  };
}

type RecoveryRow = { readonly name: string; readonly late: number; readonly recovered: number; readonly written_off: number };
/** Each line of business with bills or with a strategy of its own, and by what it is collected now. */
function strategiesByLine(strategies: readonly Strategy[], recovery: readonly RecoveryRow[]): readonly StrategyLine[] {
  const active = strategies.filter(({ state }) => state === 'active');
  const whole = active.filter((one) => one.market === null && one.segment_id === null);
  const lines = [...new Set([...recovery.map(({ name }) => name), ...active.flatMap(({ line }) => (line === null ? [] : [line]))])].toSorted();
  return lines.map((line) => {
    const { late, recovered, written_off } = recovery.find(({ name }) => name === line) ?? { late: 0, recovered: 0, written_off: 0 };
    const narrower = active.filter((one) => !whole.includes(one) && (one.line === null || one.line === line)).map(({ strategy_id: id }) => id);
    return { line, late, recovered, written_off, strategy_id: strategyFor(whole, { market: '', line, inSegment: () => false })?.strategy_id ?? null, narrower };
  });
}

// ---- rows ----

/** Run as it stands, and shown beside the figures. Its literals are dates of ours. */
const figuresSql = (from: PlainDate, to: PlainDate): string => `select strategy_id, strategy_version, currency,
  max(on_date) filter (where decided > 0) as last_decided_on, max(on_date) filter (where capped > 0) as last_capped_on, sum(cost_minor)::bigint as cost_minor, sum(recovered_minor)::bigint as recovered_minor, sum(minutes)::float8 as minutes,
  ${COUNTS.filter((name) => name !== 'minutes').map((name) => `sum(${name})::int as ${name}`).join(', ')}
from strategy_cells
where on_date between date '${from}' and date '${to}'
group by 1, 2, 3
order by 1, 2, 3`;

/** As the dashboard's own chart counts them: bills of thirteen months that were late or are. */
const linesSql = (on: PlainDate): string => recoverySql('line', {
  market: null, line: null, currency: null, segment: null, from: addMonths(`${on.slice(0, 7)}-01` as PlainDate, -MONTHS_BACK), to: null, fromAsked: false,
});

const FLOOR_SQL = `select strategy_id, sum(accounts)::int as accounts
from floor_cells
where as_of = (select max(business_date) from cycle_runs where state = 'done')
group by 1
order by 1`;

const spanOf = (on: PlainDate, days: number): { readonly from: PlainDate; readonly to: PlainDate } => ({ from: addDays(on, -days), to: addDays(on, -1) });

/** Changes when the answer does: with each report, and with each change of a strategy or of a segment's name. */
export async function strategiesVersion(tx: Tx): Promise<string> {
  const [row] = await tx<{ version: string }[]>`
    select concat(count(*), ' ', max(changed_at), ' ', (select concat(count(*), ' ', max(changed_at)) from segments)) as version from strategies`;
  return `${await figuresVersion(tx)} ${row?.version ?? ''}`;
}

/** @param on today; the figures end with the day before */
export async function strategiesView(tx: Tx, on: PlainDate, days: number): Promise<StrategiesView> {
  const { from, to } = spanOf(on, days);
  const sql = { figures: figuresSql(from, to), lines: linesSql(on), floor: FLOOR_SQL };
  const [strategies, rows, recovery, floors, segments, [last]] = await Promise.all([
    allStrategies(tx), tx.unsafe<FigureRow[]>(sql.figures), tx.unsafe<RecoveryRow[]>(sql.lines), tx.unsafe<{ strategy_id: number; accounts: number }[]>(sql.floor),
    liveSegments(tx), tx<{ as_of: PlainDate | null }[]>`select max(on_date) as as_of from strategy_cells`,
  ]);
  return {
    as_of: last?.as_of ?? null, from, to, sql, lines: strategiesByLine(strategies, recovery), segments: segments.map(({ segment_id, name }) => ({ segment_id, name })),
    strategies: strategies.map((one) => ({
      ...one, ...figuresOf(one, rows.filter(({ strategy_id: id }) => id === one.strategy_id)), under_floor: floors.find(({ strategy_id: id }) => id === one.strategy_id)?.accounts ?? 0,
    })),
  };
}

/** Each version with who made it when, and its own figures. Empty where there is no such strategy. */
export async function strategyVersions(tx: Tx, strategyId: number, on: PlainDate, days: number): Promise<readonly (Strategy & StrategyFigures)[]> {
  const { from, to } = spanOf(on, days);
  const [versions, rows] = await Promise.all([versionsOfStrategy(tx, strategyId), tx.unsafe<FigureRow[]>(figuresSql(from, to))]);
  return versions.map((one) => ({ ...one, ...figuresOf(one, rows.filter((row) => row.strategy_id === strategyId && row.strategy_version === one.version)) }));
}

/** After the cells of a day are written: one standing alert for each strategy and cause. Run twice it changes nothing. */
export async function raiseStrategyAlerts(tx: Tx, insurerId: InsurerId, businessDate: PlainDate, at: Date): Promise<number> {
  const { from, to } = spanOf(businessDate, GUARD_DAYS);
  const [strategies, rows, floors] = await Promise.all([
    allStrategies(tx), tx.unsafe<FigureRow[]>(figuresSql(from, to)),
    tx<{ strategy_id: number; accounts: number }[]>`select strategy_id, sum(accounts)::int as accounts from floor_cells where insurer_id = ${insurerId} and as_of = ${businessDate} group by 1`,
  ]);
  const beyond = strategies.filter(({ state }) => state === 'active').flatMap((one) => {
    const own = { strategy_id: one.strategy_id, market: one.market, line: one.line, owner_id: one.owner_id };
    const accounts = floors.find(({ strategy_id: id }) => id === one.strategy_id)?.accounts ?? 0;
    const { counts, guard_now: value, guard_kept: kept } = figuresOf(one, rows.filter(({ strategy_id: id }) => id === one.strategy_id));
    return [
      ...(accounts === 0 ? [] : [{ ...own, figure: FLOOR_ALERT as string, value: accounts, warning: one.contacts_7_days_min, on_date: businessDate }]),
      ...(kept !== false || value === null || counts.contacts < GUARD_CONTACTS_MIN ? [] : [{ ...own, figure: one.guard_metric as string, value, warning: one.guard_limit, on_date: to }]),
    ];
  });
  const recovered = await tx`
    update alerts a set recovered_on = ${businessDate} where insurer_id = ${insurerId} and strategy_id is not null and recovered_on is null
      and not exists (select from unnest(${beyond.map((one) => one.strategy_id)}::int[], ${beyond.map((one) => one.figure)}::text[]) b (strategy_id, figure)
        where b.strategy_id = a.strategy_id and b.figure = a.figure)`;
  if (beyond.length === 0) return recovered.count;
  const raised = await tx`
    insert into alerts ${tx(beyond.map((one) => ({ insurer_id: insurerId, ...one, raised_at: at })))} on conflict do nothing`;
  return recovered.count + raised.count;
}
