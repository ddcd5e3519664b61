/**
 * What the figures are to be: targets in steps, by market and line, where they stand, and who is told when one crosses its warning line. Without a target of its own
 * an insurer is held against the goals of `benchmarks.json`; those raise no alert, because nobody owns them.
 */

import { type Tx } from '../database/index.ts';
import { addDays, fail, type InsurerId, momentOf, type Moment, ok, type PlainDate, type Result } from '../kernel/index.ts';
import { anomalies, PAST_DAYS, type Anomaly, type FigureDay } from './anomaly.ts';
import file from './benchmarks.json' with { type: 'json' };
import { BILL_FIGURES, type BillFigure, type Fraction, PAID, PAID_LATE } from './cells.ts';
import { GUARD_METRICS } from '../strategy/index.ts';
import { type Benchmark } from './dashboard.ts';
import { figureSums } from './dashboard-sql.ts';
import { STEPS } from './jams.ts';
import { FLOOR_ALERT, raiseStrategyAlerts } from './strategies.ts';

export const TARGET_FIGURES = BILL_FIGURES;
export const TERMS = ['short', 'middle', 'long'] as const;
export type Term = (typeof TERMS)[number];
/** Unanswered for so long, an alert goes to all managers. */
const ESCALATE_MS = 86_400_000;
/** Without a warning line of its own a goal warns until it is missed by this share of itself. */
const WARNING_SHARE = 0.05;
const ALERTS_MAX = 100;
const BENCHMARKS = file.figures as Readonly<Record<BillFigure, Benchmark>>;

export type Target = {
  readonly target_id: number; readonly figure: BillFigure; readonly market: string | null; readonly line: string | null; readonly term: Term; readonly goal: number; readonly warning: number | null;
  readonly owner_id: number | null; readonly owner: string | null; readonly from_on: PlainDate; readonly until_on: PlainDate; readonly version: number; readonly changed_by: string; readonly changed_at: Date;
};
export type NewTarget = Omit<Target, 'target_id' | 'owner' | 'version' | 'changed_by' | 'changed_at'>;
export type Own = Fraction & { readonly figure: BillFigure; readonly market: string; readonly line: string };
export type TargetState = 'green' | 'amber' | 'red';

export type TargetRow = {
  readonly figure: BillFigure; readonly line: string | null; readonly unit: 'share' | 'days'; readonly better: 'more' | 'less'; readonly value: number | null; readonly bills: number;
  readonly industry: number | null; readonly leader: number | null; readonly goal: number | null; readonly warning: number | null;
  /** Null: the goal is the benchmark's. */
  readonly target_id: number | null; readonly term: Term | null; readonly until_on: PlainDate | null;
  /** To the goal and to the leader; points of a share, days of days; positive is ahead. */
  readonly gap: number | null; readonly gap_to_leader: number | null; readonly state: TargetState | null;
};
/** Of a target's figure, of a strategy's limit, or of accounts that a strategy leaves unheard. */
export const ALERT_FIGURES = [...TARGET_FIGURES, FLOOR_ALERT, ...GUARD_METRICS, ...STEPS] as const;
export type Alert = {
  readonly alert_id: number; readonly target_id: number | null; readonly strategy_id: number | null; readonly strategy: string | null; readonly figure: (typeof ALERT_FIGURES)[number]; readonly market: string | null; readonly line: string | null; readonly on_date: PlainDate; readonly value: number;
  readonly warning: number; readonly owner: string | null; readonly raised_at: Date; readonly acknowledged_at: Date | null; readonly acknowledged_by: string | null; readonly note: string;
  readonly recovered_on: PlainDate | null; readonly escalated: boolean;
  /** Of a jam: when a report at the end of the month would have told it. Such an alert has no target; `warning` is what is usual. */
  readonly month_report_on: PlainDate | null;
  /** Waits for the person who asks. */
  readonly mine: boolean;
};
type AlertRow = Omit<Alert, 'escalated' | 'mine'> & { owner_id: number | null; escalated_at: Date | null };
export type AlertAsker = { readonly userId: number; readonly manager: boolean; readonly now: Moment };

// ---- pure ----

const isBeyond = (better: 'more' | 'less', line: number, value: number): boolean => (better === 'more' ? value < line : value > line);

export const warningOf = (better: 'more' | 'less', goal: number): number => goal * (better === 'more' ? 1 - WARNING_SHARE : 1 + WARNING_SHARE);

export function stateOf(better: 'more' | 'less', goal: number, warning: number | null, value: number): TargetState {
  if (!isBeyond(better, goal, value)) return 'green';
  return isBeyond(better, warning ?? warningOf(better, goal), value) ? 'red' : 'amber';
}

/** The nearest scope wins, then the step that ends first. */
export function targetInForce<T extends NewTarget>(targets: readonly T[], figure: BillFigure, market: string | null, line: string | null, on: PlainDate): T | null {
  const breadth = (target: T): number => Number(target.market === null) + Number(target.line === null);
  return targets
    .filter((one) => one.figure === figure && one.from_on <= on && on <= one.until_on && (one.market === null || one.market === market) && (one.line === null || one.line === line))
    .toSorted((a, b) => breadth(a) - breadth(b) || (a.until_on < b.until_on ? -1 : 1))[0] ?? null;
}

export function ownOf(own: readonly Own[], figure: BillFigure, market: string | null, line: string | null): Fraction {
  const rows = own.filter((row) => row.figure === figure && (market === null || row.market === market) && (line === null || row.line === line));
  return { numerator: rows.reduce((sum, row) => sum + row.numerator, 0), denominator: rows.reduce((sum, row) => sum + row.denominator, 0) };
}

/** Each figure of all lines, then of each line. */
export function targetRows(own: readonly Own[], targets: readonly Target[], market: string | null, on: PlainDate): readonly TargetRow[] {
  const lines = [...new Set(own.filter((row) => market === null || row.market === market).map(({ line }) => line))].toSorted();
  return [null, ...lines].flatMap((line) => TARGET_FIGURES.map((figure): TargetRow => {
    const { unit, better, industry, leader, target: benchmark } = BENCHMARKS[figure];
    const { numerator, denominator } = ownOf(own, figure, market, line);
    const value = denominator === 0 ? null : numerator / denominator;
    const target = targetInForce(targets, figure, market, line, on);
    const goal = target?.goal ?? benchmark;
    const ahead = (of: number | null): number | null =>
      value === null || of === null ? null : Math.round((value - of) * (better === 'more' ? 1 : -1) * (unit === 'share' ? 1_000 : 10)) / 10;
    return {
      figure, line, unit, better, value, bills: denominator, industry, leader, goal, warning: target?.warning ?? (goal === null ? null : warningOf(better, goal)),
      target_id: target?.target_id ?? null, term: target?.term ?? null, until_on: target?.until_on ?? null, gap: ahead(goal), gap_to_leader: ahead(leader),
      state: value === null || goal === null ? null : stateOf(better, goal, target?.warning ?? null, value),
    };
  }));
}

export type Crossing = { readonly target: Target; readonly value: number };
/** Targets in force with a warning line: which figures are beyond it, and which are not. */
export function crossings(own: readonly Own[], targets: readonly Target[], on: PlainDate): { readonly beyond: readonly Crossing[]; readonly within: readonly number[] } {
  const judged = targets.flatMap((target) => {
    const { figure, market, line, warning } = target;
    if (warning === null || targetInForce(targets, figure, market, line, on) !== target) return [];
    const { numerator, denominator } = ownOf(own, figure, market, line);
    return denominator === 0 ? [] : [{ target, value: numerator / denominator, beyond: isBeyond(BENCHMARKS[figure].better, warning, numerator / denominator) }];
  });
  return { beyond: judged.filter(({ beyond }) => beyond), within: judged.filter(({ beyond }) => !beyond).map(({ target }) => target.target_id) };
}

// ---- rows ----

const list = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(', ');

/** The last report's figures by market and line: three over its moving windows, the others over the bills of the cube. */
export const ownFigures = (tx: Tx): Promise<readonly Own[]> => tx.unsafe<Own[]>(`
  select figure, market, line, sum(numerator)::float8 as numerator, sum(denominator)::float8 as denominator from daily_figures
  where figure in ('paid_on_time', 'days_to_collect', 'uncollectible') and on_date = (select max(on_date) from daily_figures where figure = 'paid_on_time') group by 1, 2, 3
  union all
  select 'mean_days_late', market, line, sum(days_late)::float8, sum(bills)::float8 from bill_cells where outcome in (${list(PAID_LATE)}) group by 2, 3
  union all
  select 'digital', market, line, sum(digital_bills)::float8, sum(bills)::float8 from bill_cells where outcome in (${list(PAID)}) group by 2, 3
  ${(['on_time_any', 'in_full', 'reminded_on_time', 'reminder_response'] as const).map((figure) => `union all ${figureSums(figure)}`).join('\n  ')}`);

const allTargets = (tx: Tx): Promise<readonly Target[]> => tx<Target[]>`
  select t.target_id, t.figure, t.market, t.line, t.term, t.goal, t.warning, t.owner_id, u.name as owner, t.from_on, t.until_on, t.version, t.changed_by, t.changed_at
  from targets t left join users u on u.insurer_id = t.insurer_id and u.user_id = t.owner_id order by t.figure, t.market nulls first, t.line nulls first, t.until_on`;

/** After the figures of a day are written: one standing alert for each target, and those of strategies. Run twice it changes nothing. */
export async function raiseAlerts(tx: Tx, insurerId: InsurerId, timeZone: string, businessDate: PlainDate): Promise<number> {
  const [own, targets, [run]] = await Promise.all([
    ownFigures(tx), allTargets(tx), tx<{ started_at: Date | null }[]>`select started_at from cycle_runs where insurer_id = ${insurerId} and business_date = ${businessDate}`,
  ]);
  const at = run?.started_at ?? new Date(momentOf(businessDate, 0, timeZone));
  const { beyond, within } = crossings(own, targets, businessDate);
  await tx`update alerts set recovered_on = ${addDays(businessDate, -1)} where insurer_id = ${insurerId} and recovered_on is null and target_id = any(${[...within]}::bigint[])`;
  const raised = await tx`
    insert into alerts (insurer_id, target_id, figure, market, line, on_date, value, warning, owner_id, raised_at)
    select ${insurerId}, t.target_id, t.figure, t.market, t.line, ${addDays(businessDate, -1)}, c.value, t.warning, t.owner_id, ${at}
    from unnest(${beyond.map(({ target }) => target.target_id)}::bigint[], ${beyond.map(({ value }) => value)}::float8[]) c (target_id, value)
      join targets t on t.insurer_id = ${insurerId} and t.target_id = c.target_id
    on conflict do nothing`;
  const ofStrategies = await raiseStrategyAlerts(tx, insurerId, businessDate, at);
  const escalated = await tx`
    update alerts set escalated_at = ${at}
    where insurer_id = ${insurerId} and recovered_on is null and acknowledged_at is null and escalated_at is null and raised_at <= ${new Date(at.getTime() - ESCALATE_MS)}`;
  return raised.count + ofStrategies + escalated.count;
}

export type TargetsView = {
  readonly rows: readonly TargetRow[]; readonly targets: readonly Target[]; readonly alerts: readonly Alert[]; readonly anomalies: readonly Anomaly[];
  readonly satisfaction: { readonly rows: readonly SatisfactionRow[]; readonly sql: string; readonly goal: number };
};

export async function targetsView(tx: Tx, market: string | null, on: PlainDate, asker: AlertAsker): Promise<TargetsView> {
  const [own, targets, alerts, days, satisfaction] = await Promise.all([ownFigures(tx), allTargets(tx), alertsOf(tx, asker, false), figureDays(tx, on), tx.unsafe<SatisfactionRow[]>(SATISFACTION_SQL)]);
  const last = days.reduce<PlainDate | null>((latest, { on_date: date }) => (latest === null || date > latest ? date : latest), null);
  const strange = last === null ? [] : anomalies(days, last).filter((one) => market === null || one.market === market);
  return { rows: targetRows(own, targets, market, on), targets, alerts, anomalies: strange, satisfaction: { rows: [...satisfaction], sql: SATISFACTION_SQL, goal: SATISFACTION_GOAL } };
}

const figureDays = (tx: Tx, on: PlainDate): Promise<readonly FigureDay[]> => tx<FigureDay[]>`
  select figure, market, line, currency, on_date, numerator::float8 as numerator, coalesce(denominator, 0)::float8 as denominator from daily_figures
  where on_date between ${addDays(on, -1 - PAST_DAYS)} and ${on} and figure in ('paid_on_time', 'days_to_collect', 'uncollectible', 'cash')`;

/** Newest first: those that stand, and where asked for not only those, the last that do not. */
export async function alertsOf(tx: Tx, { userId, manager, now }: AlertAsker, openOnly: boolean): Promise<readonly Alert[]> {
  const rows = await tx<AlertRow[]>`
    select a.alert_id, a.target_id, a.strategy_id, s.name as strategy, a.figure, a.market, a.line, a.on_date, a.value, a.warning, a.owner_id, u.name as owner, a.raised_at, a.escalated_at, a.acknowledged_at, a.acknowledged_by,
      a.note, a.recovered_on, a.month_report_on
    from alerts a left join users u on u.insurer_id = a.insurer_id and u.user_id = a.owner_id
      left join strategies s on s.insurer_id = a.insurer_id and s.strategy_id = a.strategy_id and s.latest
    where not ${openOnly} or (a.acknowledged_at is null and a.recovered_on is null)
    order by (a.acknowledged_at is null and a.recovered_on is null) desc, a.raised_at desc, a.alert_id desc limit ${ALERTS_MAX}`;
  return rows.map(({ owner_id: ownerId, escalated_at: escalatedAt, ...row }) => {
    const open = row.acknowledged_at === null && row.recovered_on === null;
    // Told by the clock, so that nobody waits for the next cycle; the report writes it down.
    const escalated = escalatedAt !== null || (open && row.raised_at.getTime() + ESCALATE_MS <= now);
    return { ...row, escalated, mine: open && (ownerId === userId || (manager && (escalated || ownerId === null))) };
  });
}

export type Editor = { readonly insurerId: InsurerId; readonly name: string; readonly at: Moment };

/** Problems: `target_exists`, `request_invalid`. */
export async function addTarget(tx: Tx, { insurerId, name, at }: Editor, target: NewTarget): Promise<Result<number>> {
  const [row] = await tx<{ target_id: number }[]>`
    insert into targets (insurer_id, figure, market, line, term, goal, warning, owner_id, from_on, until_on, changed_by, changed_at)
    select ${insurerId}, ${target.figure}, ${target.market}, ${target.line}, ${target.term}, ${target.goal}, ${target.warning}, ${target.owner_id}, ${target.from_on}, ${target.until_on}, ${name}, ${new Date(at)}
    where ${target.owner_id}::bigint is null or exists (select from users where user_id = ${target.owner_id} and disabled_at is null)
    on conflict do nothing returning target_id`;
  if (row !== undefined) return ok(row.target_id);
  const known = target.owner_id === null || (await tx`select 1 from users where user_id = ${target.owner_id} and disabled_at is null`).length > 0;
  return known ? fail('target_exists') : fail('not_found');
}

/** Problems: `not_found`, `changed_meanwhile`. */
export async function changeTarget(tx: Tx, { name, at }: Editor, targetId: number, version: number, to: Pick<NewTarget, 'goal' | 'warning' | 'owner_id' | 'from_on' | 'until_on'>): Promise<Result<number>> {
  const held = await heldTarget(tx, targetId, version);
  if (!held.ok) return held;
  if (to.owner_id !== null && (await tx`select 1 from users where user_id = ${to.owner_id}`).length === 0) return fail('not_found');
  await tx`
    update targets set goal = ${to.goal}, warning = ${to.warning}, owner_id = ${to.owner_id}, from_on = ${to.from_on}, until_on = ${to.until_on}, version = version + 1,
      changed_by = ${name}, changed_at = ${new Date(at)}
    where target_id = ${targetId}`;
  return ok(version + 1);
}

/** Problems: `not_found`, `changed_meanwhile`. */
export async function removeTarget(tx: Tx, targetId: number, version: number): Promise<Result<null>> {
  const held = await heldTarget(tx, targetId, version);
  if (!held.ok) return held;
  await tx`delete from targets where target_id = ${targetId}`;
  return ok(null);
}

async function heldTarget(tx: Tx, targetId: number, version: number): Promise<Result<null>> {
  const [row] = await tx<{ version: number; changed_by: string; changed_at: Date }[]>`select version, changed_by, changed_at from targets where target_id = ${targetId} for update`;
  if (row === undefined) return fail('not_found');
  return row.version === version ? ok(null) : fail('changed_meanwhile', { by: row.changed_by, at: row.changed_at.toISOString(), version: row.version });
}

/** Problems: `not_found`, `alert_closed`. */
export async function acknowledgeAlert(tx: Tx, { name, at }: Editor, alertId: number, note: string): Promise<Result<null>> {
  const done = await tx`update alerts set acknowledged_at = ${new Date(at)}, acknowledged_by = ${name}, note = ${note} where alert_id = ${alertId} and acknowledged_at is null`;
  return done.count > 0 ? ok(null) : fail((await tx`select 1 from alerts where alert_id = ${alertId}`).length === 0 ? 'not_found' : 'alert_closed');
}

/** Undo of one's own acknowledging. Problem: `not_found`. */
export async function reopenAlert(tx: Tx, { name }: Editor, alertId: number): Promise<Result<null>> {
  const done = await tx`update alerts set acknowledged_at = null, acknowledged_by = null, note = '' where alert_id = ${alertId} and acknowledged_by = ${name}`;
  return done.count > 0 ? ok(null) : fail('not_found');
}

// ---- satisfaction ----

/** Goal of the share that finds paying easy and the bill clear (S214, from the project's brief; unverified). */
const SATISFACTION_GOAL = 0.85;
export type SatisfactionRow = {
  readonly month: PlainDate; readonly answers: number; readonly ease_mean: number; readonly easy: number; readonly clarity_answers: number; readonly clarity_mean: number | null; readonly clear: number;
};
const SATISFACTION_SQL = `select to_char(answered_at, 'YYYY-MM-01') as month, count(*)::int as answers,
  avg(ease)::float8 as ease_mean, count(*) filter (where ease >= 4)::int as easy,
  count(clarity)::int as clarity_answers, avg(clarity)::float8 as clarity_mean, count(*) filter (where clarity >= 4)::int as clear
from survey_answers
where answered_at >= (select max(answered_at) from survey_answers) - interval '12 months'
group by 1
order by 1`;
