/** What a risk model is told about an instalment: one list of features for the past that it learns from and the future that it scores. */

import { type Column, type Columns, numberColumn, textColumn } from '../risk/index.ts';

/** As they come from SQL; counters are of the premiums before the instalment in question. */
export type FeatureRow = {
  readonly premiums_paid: number;
  readonly late_1_to_30_days: number;
  readonly late_31_to_90_days: number;
  readonly late_over_90_days: number;
  readonly late_3_to_6_months: number | null;
  readonly late_6_to_12_months: number | null;
  readonly late_over_12_months: number | null;
  readonly last_days_late: number | null;
  readonly mean_days_late: number | null;
  readonly cash_share: number | null;
  readonly digital_share: number | null;
  readonly underwriting_score: number | null;
  readonly sourcing_channel: string | null;
  readonly area_type: string | null;
  readonly mode: string;
  readonly line: string;
  readonly market: string;
  readonly autopay: boolean;
  readonly tenure_months: number;
  readonly age_years: number | null;
  /** Units of the income's currency. */
  readonly income_monthly: number | null;
  /** Premium of a month over income of a month, where both are in one currency. */
  readonly premium_to_income: number | null;
};

/** Facts of holder and policy that do not change with the instalment: columns of `policies p join holders h`. */
export const STANDING_FEATURES = `p.underwriting_score, p.sourcing_channel, p.area_type, p.mode, p.line, p.market, p.autopay,
  (h.income_monthly_minor / 100.0)::float8 as income_monthly,
  case when h.income_currency = p.currency and h.income_monthly_minor > 0 then
    p.premium_minor::float8 / (case p.mode when 'monthly' then 1 when 'quarterly' then 3 when 'half_yearly' then 6 else 12 end) / h.income_monthly_minor end as premium_to_income`;

/** The policy's counters as they stand. */
export const CURRENT_FEATURES = `p.premiums_paid, p.late_1_to_30_days, p.late_31_to_90_days, p.late_over_90_days, p.late_3_to_6_months, p.late_6_to_12_months,
  p.late_over_12_months, p.last_days_late, p.days_late_total::float8 / nullif(p.premiums_paid, 0) as mean_days_late, p.cash_share, p.digital_share`;

const NUMBERS = [
  'premiums_paid', 'late_1_to_30_days', 'late_31_to_90_days', 'late_over_90_days', 'late_3_to_6_months', 'late_6_to_12_months', 'late_over_12_months',
  'last_days_late', 'mean_days_late', 'cash_share', 'digital_share', 'underwriting_score', 'tenure_months', 'age_years', 'income_monthly', 'premium_to_income',
] as const satisfies readonly (keyof FeatureRow)[];
const TEXTS = ['sourcing_channel', 'area_type', 'mode', 'line', 'market'] as const satisfies readonly (keyof FeatureRow)[];

/** A column that is empty in every row is left out: the model counts it as not known. */
export function featureColumns(rows: readonly FeatureRow[]): Columns {
  const columns: Record<string, Column> = {};
  for (const name of NUMBERS) if (rows.some((row) => row[name] !== null)) columns[name] = numberColumn(rows.map((row) => row[name]));
  for (const name of TEXTS) if (rows.some((row) => row[name] !== null)) columns[name] = textColumn(rows.map((row) => row[name]));
  columns['autopay'] = numberColumn(rows.map((row) => (row.autopay ? 1 : 0)));
  return columns;
}
