/**
 * What late premium costs: capital, operating cost and write-offs by currency, what a shorter cycle would free, and what a better recovery would bring. Rates are the
 * insurer's own; the defaults come from the project's brief and were not verified. Amounts in minor units; currencies are never summed.
 */

import { type Tx } from '../database/index.ts';
import { daysBetween, fail, ok, type PlainDate, type Result } from '../kernel/index.ts';
import { type Editor } from './targets.ts';

const YEAR_DAYS = 365;
const MONTH_DAYS = 30;
const CURVE_TO = 180;
const CURVE_STEP = 10;
export const COST_AGES = ['1_30', '31_60', '61_90', 'over_90'] as const;
export type CostAge = (typeof COST_AGES)[number];

export type Rates = {
  readonly capital_annual: number; readonly opportunity_annual: number; readonly delay_30_days: number; readonly delay_to_profit: number;
  readonly funds_per_point: number; readonly return_per_point: number; readonly cost_baseline: number | null;
};
/** For 30 days 2.5 % (S46), profit 8.5 % (S13), five points of recovery bring 7 % more funds and 3 % more return (S45): from the project's brief, unverified. */
export const DEFAULT_RATES: Rates = {
  capital_annual: 0.025, opportunity_annual: 0.04, delay_30_days: 0.025, delay_to_profit: 0.085, funds_per_point: 0.014, return_per_point: 0.006, cost_baseline: null,
};
export type KeptRates = Rates & { readonly version: number; readonly changed_by: string | null; readonly changed_at: Date | null };

// ---- pure ----

export const costOfDays = (amountMinor: number, annual: number, days: number): number => (amountMinor * annual * days) / YEAR_DAYS;
/** At a rate for 30 days: 10,000 that come 30 days late at 2.5 % cost 250. */
export const costOfDelay = (amountMinor: number, rateFor30Days: number, days: number): number => (amountMinor * rateFor30Days * days) / MONTH_DAYS;
/** Cash that comes in `days` earlier stays with the insurer for good: one day's premium for each. */
export const freedBy = (annualPremiumMinor: number, days: number): number => (annualPremiumMinor / YEAR_DAYS) * days;
export const ageOfDays = (days: number): CostAge => (days <= 30 ? '1_30' : days <= 60 ? '31_60' : days <= 90 ? '61_90' : 'over_90');

export type OpenDay = { readonly currency: string; readonly due_on: PlainDate; readonly bills: number; readonly amount_minor: number };
export type AgeCost = {
  readonly age: CostAge; readonly bills: number; readonly amount_minor: number; readonly mean_days: number; readonly capital_minor: number; readonly opportunity_minor: number; readonly delay_minor: number;
};
export function costsByAge(days: readonly OpenDay[], rates: Rates, asOf: PlainDate): readonly AgeCost[] {
  const late = days.map((row) => ({ ...row, days: daysBetween(row.due_on, asOf) })).filter((row) => row.days > 0);
  return COST_AGES.flatMap((age) => {
    const own = late.filter((row) => ageOfDays(row.days) === age);
    if (own.length === 0) return [];
    const sum = (value: (row: (typeof own)[number]) => number): number => own.reduce((total, row) => total + value(row), 0);
    const amount = sum((row) => row.amount_minor);
    return [{
      age, bills: sum((row) => row.bills), amount_minor: amount, mean_days: sum((row) => row.amount_minor * row.days) / Math.max(1, amount),
      capital_minor: Math.round(sum((row) => costOfDays(row.amount_minor, rates.capital_annual, row.days))),
      opportunity_minor: Math.round(sum((row) => costOfDays(row.amount_minor, rates.opportunity_annual, row.days))),
      delay_minor: Math.round(sum((row) => costOfDelay(row.amount_minor, rates.delay_30_days, row.days))),
    }];
  });
}

export type CostPoint = { readonly days: number; readonly capital_minor: number; readonly opportunity_minor: number };
/** What an amount costs when it stays out for so many days. */
export const costCurve = (amountMinor: number, rates: Rates): readonly CostPoint[] => Array.from({ length: CURVE_TO / CURVE_STEP + 1 }, (_, place) => ({
  days: place * CURVE_STEP, capital_minor: Math.round(costOfDays(amountMinor, rates.capital_annual, place * CURVE_STEP)),
  opportunity_minor: Math.round(costOfDays(amountMinor, rates.opportunity_annual, place * CURVE_STEP)),
}));

/** `-0.4`: 40 % below what it was. */
export const againstBaseline = (current: number, baseline: number): number => current / baseline - 1;

// ---- rows ----

export type EffortRow = { readonly month: PlainDate; readonly currency: string; readonly minutes: number; readonly cash_minor: bigint };
export type CurrencyCost = {
  readonly currency: string; readonly ages: readonly AgeCost[]; readonly late_minor: number; readonly capital_minor: number; readonly opportunity_minor: number; readonly delay_minor: number;
  readonly profit_minor: number; readonly operating_minor: number; readonly received_minor: number; readonly cost_share: number | null; readonly against_baseline: number | null;
  readonly written_off_minor: number; readonly annual_premium_minor: number; readonly curve: readonly CostPoint[];
};
export type CostOfDelay = {
  readonly as_of: PlainDate | null; readonly rates: KeptRates; readonly defaults: Rates; readonly currencies: readonly CurrencyCost[];
  readonly effort: { readonly rows: readonly EffortRow[]; readonly sql: string };
};
export type CostFilter = { readonly market: string | null; readonly line: string | null };

const effortSql = (market: string | null): string => `select to_char(on_date, 'YYYY-MM-01') as month, currency, sum(minutes)::float8 as minutes, sum(cash_minor)::bigint as cash_minor
from effort_cells
where on_date >= (select max(on_date) from effort_cells) - 365${market === null ? '' : `\n  and market = '${market.replaceAll("'", "''")}'`}
group by 1, 2
order by 1, 2`;

export async function costOfDelayView(tx: Tx, { market, line }: CostFilter): Promise<CostOfDelay> {
  const within = tx`(${market}::text is null or market = ${market}) and (${line}::text is null or line = ${line})`;
  const [rates, open, spent, bills, effort] = await Promise.all([
    ratesOf(tx),
    tx<(OpenDay & { as_of: PlainDate })[]>`
      select as_of, currency, on_date as due_on, sum(bills)::int as bills, sum(amount_minor)::float8 as amount_minor from cash_cells
      where kind = 'open' and as_of = (select max(as_of) from cash_cells) and ${within} group by 1, 2, 3`,
    tx<{ currency: string; spent: number; received: number }[]>`
      select currency, sum(numerator)::float8 as spent, sum(denominator)::float8 as received from daily_figures
      where figure = 'cost_to_collect' and on_date > (select max(on_date) from daily_figures) - 365 and ${within} group by 1`,
    tx<{ currency: string; annual: number; written_off: number; as_of: PlainDate }[]>`
      select currency, coalesce(sum(amount_minor) filter (where due_month < date_trunc('month', as_of::timestamp) and due_month >= date_trunc('month', as_of::timestamp) - interval '12 months'), 0)::float8 as annual,
        coalesce(sum(amount_minor - paid_minor) filter (where outcome = 'written_off'), 0)::float8 as written_off, max(as_of) as as_of
      from bill_cells where ${within} group by 1 order by 1`,
    tx.unsafe<EffortRow[]>(effortSql(market)),
  ]);
  const asOf = bills[0]?.as_of ?? null;
  return {
    as_of: asOf, rates, defaults: DEFAULT_RATES, effort: { rows: [...effort], sql: effortSql(market) },
    currencies: asOf === null ? [] : bills.map((row): CurrencyCost => {
      const ages = costsByAge(open.filter(({ currency }) => currency === row.currency), rates, asOf);
      const sum = (name: 'amount_minor' | 'capital_minor' | 'opportunity_minor' | 'delay_minor'): number => ages.reduce((total, age) => total + age[name], 0);
      const cost = spent.find(({ currency }) => currency === row.currency);
      const share = cost === undefined || cost.received === 0 ? null : cost.spent / cost.received;
      return {
        currency: row.currency, ages, late_minor: sum('amount_minor'), capital_minor: sum('capital_minor'), opportunity_minor: sum('opportunity_minor'), delay_minor: sum('delay_minor'),
        profit_minor: Math.round(sum('amount_minor') * rates.delay_to_profit), operating_minor: Math.round(cost?.spent ?? 0), received_minor: Math.round(cost?.received ?? 0), cost_share: share,
        against_baseline: share === null || rates.cost_baseline === null ? null : againstBaseline(share, rates.cost_baseline), written_off_minor: row.written_off,
        annual_premium_minor: row.annual, curve: costCurve(sum('amount_minor'), rates),
      };
    }),
  };
}

export async function ratesOf(tx: Tx): Promise<KeptRates> {
  const [row] = await tx<KeptRates[]>`
    select capital_annual, opportunity_annual, delay_30_days, delay_to_profit, funds_per_point, return_per_point, cost_baseline, version, changed_by, changed_at from finance_rates`;
  return row ?? { ...DEFAULT_RATES, version: 0, changed_by: null, changed_at: null };
}

/** On the version that was seen; 0: nobody has changed the defaults. Problem: `changed_meanwhile`. */
export async function changeRates(tx: Tx, { insurerId, name, at }: Editor, version: number, rates: Rates): Promise<Result<KeptRates>> {
  const changed = await tx`
    insert into finance_rates (insurer_id, capital_annual, opportunity_annual, delay_30_days, delay_to_profit, funds_per_point, return_per_point, cost_baseline, changed_by, changed_at)
    select ${insurerId}, ${rates.capital_annual}, ${rates.opportunity_annual}, ${rates.delay_30_days}, ${rates.delay_to_profit}, ${rates.funds_per_point}, ${rates.return_per_point},
      ${rates.cost_baseline}, ${name}, ${new Date(at)}
    where ${version}::int = 0 or exists (select from finance_rates)
    on conflict (insurer_id) do update set capital_annual = excluded.capital_annual, opportunity_annual = excluded.opportunity_annual, delay_30_days = excluded.delay_30_days,
      delay_to_profit = excluded.delay_to_profit, funds_per_point = excluded.funds_per_point, return_per_point = excluded.return_per_point, cost_baseline = excluded.cost_baseline,
      version = finance_rates.version + 1, changed_by = excluded.changed_by, changed_at = excluded.changed_at
    where finance_rates.version = ${version}`;
  const kept = await ratesOf(tx);
  return changed.count > 0 ? ok(kept) : fail('changed_meanwhile', { by: kept.changed_by ?? '?', at: kept.changed_at?.toISOString() ?? null, version: kept.version });
}
