/**
 * A strategy: what may be done about whose bills, which goal in money it is to reach, and which limit of the relationship it must keep. Data that people change, version by
 * version. Pure: which one holds for a bill, and what its figures say.
 */

import { fail, ok, type PlainDate, type Result } from '../kernel/index.ts';
import { matchesSegment, type SegmentFacts } from '../portfolio/index.ts';
import { type StrategyScope, type Terms, TREATMENTS } from './decision.ts';
import { PARAMETERS } from './parameters.ts';

export const GOAL_METRICS = ['paid_on_time', 'recovery_rate', 'cost_to_collect'] as const;
export const GUARD_METRICS = ['complaints_per_1000_contacts', 'opt_outs_per_1000_contacts', 'non_renewal'] as const;
export const STRATEGY_STATES = ['draft', 'active', 'retired'] as const;
export type GoalMetric = (typeof GOAL_METRICS)[number];
export type GuardMetric = (typeof GUARD_METRICS)[number];
export type Metric = GoalMetric | GuardMetric;
export type StrategyState = (typeof STRATEGY_STATES)[number];

/** What a metric is counted in, and which way is better. */
export const METRICS: Readonly<Record<Metric, { readonly unit: 'share' | 'per_1000'; readonly better: 'more' | 'less' }>> = {
  paid_on_time: { unit: 'share', better: 'more' }, recovery_rate: { unit: 'share', better: 'more' }, cost_to_collect: { unit: 'share', better: 'less' },
  complaints_per_1000_contacts: { unit: 'per_1000', better: 'less' }, opt_outs_per_1000_contacts: { unit: 'per_1000', better: 'less' }, non_renewal: { unit: 'share', better: 'less' },
};

/** The house's strategy: everybody's from the first moment, and of every bill for which no other holds. */
export const HOUSE_STRATEGY = 1;
/** Of the calendar: the first contact after the due date comes within three days, whatever a strategy says. */
export const FIRST_DAY_MAX = 3;
export const FIRST_DAY_MIN = -30;
export const CONTACTS_7_DAYS_MAX = 14;

export type StrategyDraft = Omit<Terms, 'strategy_id' | 'version' | 'conditions'> & {
  readonly name: string; readonly goal_metric: GoalMetric; readonly goal_value: number; readonly guard_metric: GuardMetric | null; readonly guard_limit: number | null;
  readonly owner_id: number | null; readonly state: StrategyState;
};
export type Strategy = Omit<Terms, 'conditions'> & Omit<StrategyDraft, 'guard_metric' | 'guard_limit'> & {
  readonly guard_metric: GuardMetric; readonly guard_limit: number; readonly segment: string | null; readonly owner: string | null; readonly changed_by: string; readonly changed_at: Date;
};

/** Decisions as they were before there were strategies. */
export const HOUSE_TERMS: Terms = {
  strategy_id: HOUSE_STRATEGY, version: 1, market: null, line: null, segment_id: null, contacts_7_days_min: 0, contacts_7_days_max: PARAMETERS.contacts7DaysMax, treatments: TREATMENTS, first_day: null,
  tone_max: 'urgent', conditions: null,
};

/** `inSegment` tells whether the bill's policy is in the strategy's segment; asked only where it has one. */
type BillScope<T> = { readonly market: string; readonly line: string; readonly inSegment: (strategy: T) => boolean };
/** Who weighs more than what, and what more than where: the holder's own ways say most about how to collect. */
const narrowness = (scope: StrategyScope): number => Number(scope.segment_id !== null) * 4 + Number(scope.line !== null) * 2 + Number(scope.market !== null);

/** Of the active strategies that take in the bill the narrowest; of two as narrow the older. Null: none does. */
export function strategyFor<T extends StrategyScope & { readonly strategy_id: number }>(strategies: readonly T[], bill: BillScope<T>): T | null {
  let best: T | null = null;
  for (const one of strategies) {
    if ((one.market !== null && one.market !== bill.market) || (one.line !== null && one.line !== bill.line)) continue;
    const ahead = best === null ? 1 : narrowness(one) - narrowness(best);
    if (ahead < 0 || (ahead === 0 && best !== null && one.strategy_id > best.strategy_id)) continue;
    if (one.segment_id === null || bill.inSegment(one)) best = one;
  }
  return best;
}

/** The same for many bills: each market and line is looked up once, and a policy's facts are put together only where a segment could take it in. */
export function chooserOf<Row extends { readonly market: string; readonly line: string }>(strategies: readonly Terms[], factsOf: (row: Row) => SegmentFacts): (row: Row) => Terms {
  const open = strategies.filter(({ segment_id: segment }) => segment === null);
  const segmented = strategies.filter(({ segment_id: segment }) => segment !== null);
  const known = new Map<string, { readonly everybody: Terms; readonly segmented: readonly Terms[] }>();
  return (row) => {
    const { market, line } = row;
    const key = `${market} ${line}`;
    let found = known.get(key);
    if (found === undefined) {
      found = {
        everybody: strategyFor(open, { market, line, inSegment: () => false }) ?? HOUSE_TERMS,
        segmented: segmented.filter((one) => (one.market === null || one.market === market) && (one.line === null || one.line === line)),
      };
      known.set(key, found);
    }
    if (found.segmented.length === 0) return found.everybody;
    const facts = factsOf(row);
    // Any segment is narrower than none.
    return strategyFor(found.segmented, { market, line, inSegment: ({ conditions }) => conditions !== null && matchesSegment(conditions, facts) }) ?? found.everybody;
  };
}

export const sameScope = (a: StrategyScope, b: StrategyScope): boolean => a.market === b.market && a.line === b.line && a.segment_id === b.segment_id;

type Guarded = StrategyDraft & { readonly guard_metric: GuardMetric; readonly guard_limit: number };
/** Problems: `strategy_without_guard`, `strategy_floor_above_ceiling`, `strategy_without_treatment`. */
export function checkStrategy(draft: StrategyDraft): Result<Guarded> {
  const { guard_metric: metric, guard_limit: limit } = draft;
  if (metric === null || limit === null) return fail('strategy_without_guard');
  if (draft.contacts_7_days_min > draft.contacts_7_days_max) return fail('strategy_floor_above_ceiling', { min: draft.contacts_7_days_min, max: draft.contacts_7_days_max });
  if (draft.treatments.length === 0) return fail('strategy_without_treatment');
  return ok({ ...draft, guard_metric: metric, guard_limit: limit });
}

/** Whether a figure is on the right side of its goal or limit; null while it is not known. */
export const keeps = (metric: Metric, aim: number, value: number | null): boolean | null => (value === null ? null : METRICS[metric].better === 'more' ? value >= aim : value <= aim);

// ---- floor ----

export type OverdueBill = { readonly holderId: number; readonly billId: number; readonly dueOn: PlainDate; readonly contactsLast7Days: number; readonly terms: Terms };
/** Accounts that have heard from us less often than their strategy asks for, each with its oldest bill. An account of two strategies is held against both. */
export function underFloor(bills: readonly OverdueBill[]): readonly OverdueBill[] {
  const found = new Map<string, OverdueBill>();
  for (const bill of bills) {
    if (bill.contactsLast7Days >= bill.terms.contacts_7_days_min) continue;
    const key = `${bill.holderId} ${bill.terms.strategy_id}`;
    const other = found.get(key);
    if (other === undefined || bill.dueOn < other.dueOn || (bill.dueOn === other.dueOn && bill.billId < other.billId)) found.set(key, bill);
  }
  return [...found.values()];
}

// ---- figures ----

/** What is known of a strategy over some days. */
export type StrategyCounts = {
  readonly decided: number; readonly acts: number; readonly minutes: number; readonly capped: number; readonly contacts: number; readonly recovered_bills: number; readonly judged: number; readonly judged_paid: number;
  readonly due: number; readonly due_paid: number; readonly ended: number; readonly lost: number; readonly complaints: number; readonly opt_outs: number;
};
/** Amounts of one currency; two are never summed. */
export type StrategyMoney = { readonly currency: string; readonly cost_minor: number; readonly recovered_minor: number; readonly recovered_bills: number };

const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

/** Null: nothing happened yet from which it could be told. */
export function metricValue(metric: Metric, counts: StrategyCounts, money: readonly StrategyMoney[]): number | null {
  switch (metric) {
    case 'paid_on_time': return ratio(counts.due_paid, counts.due);
    case 'recovery_rate': return ratio(counts.judged_paid, counts.judged);
    case 'cost_to_collect': return costToCollect(money);
    case 'complaints_per_1000_contacts': return ratio(counts.complaints * 1000, counts.contacts);
    case 'opt_outs_per_1000_contacts': return ratio(counts.opt_outs * 1000, counts.contacts);
    case 'non_renewal': return ratio(counts.lost, counts.ended);
  }
}

/** Cost of each unit recovered: worked out in each currency, then the mean over the bills that were recovered. */
function costToCollect(money: readonly StrategyMoney[]): number | null {
  const told = money.filter((one) => one.recovered_minor > 0);
  return ratio(told.reduce((sum, one) => sum + (one.cost_minor / one.recovered_minor) * one.recovered_bills, 0), told.reduce((sum, one) => sum + one.recovered_bills, 0));
}

/** Recovered less its cost for each unit of cost; null where nothing was spent. */
export const returnOn = ({ cost_minor: cost, recovered_minor: recovered }: Pick<StrategyMoney, 'cost_minor' | 'recovered_minor'>): number | null => ratio(recovered - cost, cost);
