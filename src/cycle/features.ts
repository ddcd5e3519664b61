/** What a risk model is told about an instalment: one list of features for the past that it learns from and the future that it scores. */

import { readColumns, type Tx } from '../database/index.ts';
import { type Column, type Columns, textColumn } from '../risk/index.ts';

/**
 * Features with the SQL by which each is known from `policies p join holders h` and a row `k` that says which instalment is meant (`k.due_on`), from how far (`k.horizon_days`) and, for those
 * of the past, what had happened until then.
 */
const STANDING = {
  underwriting_score: 'p.underwriting_score',
  tenure_months: '((k.due_on - p.cover_from) / 30.44)::real',
  age_years: '((k.due_on - h.born_on) / 365.25)::real',
  // Units of the income's currency.
  income_monthly: '(h.income_monthly_minor / 100.0)::real',
  // Premium of a month over income of a month, where both are in one currency.
  premium_to_income: `case when h.income_currency = p.currency and h.income_monthly_minor > 0 then
    (p.premium_minor::float8 / (case p.mode when 'monthly' then 1 when 'quarterly' then 3 when 'half_yearly' then 6 else 12 end) / h.income_monthly_minor)::real end`,
  autopay: 'p.autopay::int',
  days_to_due: 'k.horizon_days',
} as const;
const TEXTS = { sourcing_channel: 'p.sourcing_channel', area_type: 'p.area_type', mode: 'p.mode', line: 'p.line', market: 'p.market' } as const;
const HISTORY = [
  'premiums_paid', 'late_1_to_30_days', 'late_31_to_90_days', 'late_over_90_days', 'late_3_to_6_months', 'late_6_to_12_months', 'late_over_12_months', 'last_days_late',
  'mean_days_late', 'cash_share', 'digital_share',
] as const;
type HistoryFeature = (typeof HISTORY)[number];

/** The policy's counters as they stand. */
export const CURRENT_HISTORY: Readonly<Record<HistoryFeature, string>> = {
  premiums_paid: 'p.premiums_paid', late_1_to_30_days: 'p.late_1_to_30_days', late_31_to_90_days: 'p.late_31_to_90_days', late_over_90_days: 'p.late_over_90_days',
  late_3_to_6_months: 'p.late_3_to_6_months', late_6_to_12_months: 'p.late_6_to_12_months', late_over_12_months: 'p.late_over_12_months', last_days_late: 'p.last_days_late',
  mean_days_late: '(p.days_late_total::float8 / nullif(p.premiums_paid, 0))::real', cash_share: 'p.cash_share', digital_share: 'p.digital_share',
};

export type FeatureTable = {
  readonly rows: number;
  readonly columns: Columns;
  /** The columns that were asked for beside the features, as text. */
  readonly beside: readonly (readonly (string | null)[])[];
};

/**
 * Reads features by one statement.
 * @param history SQL of each feature of the past
 * @param beside SQL of further columns
 * @param from the rest of the statement, from `from` on; its literals are the caller's
 */
export async function readFeatures(tx: Tx, history: Readonly<Record<HistoryFeature, string>>, beside: readonly string[], from: string): Promise<FeatureTable> {
  const numbers: readonly (readonly [string, string])[] = [...HISTORY.map((name) => [name, history[name]] as const), ...Object.entries(STANDING)];
  const texts = Object.entries(TEXTS);
  const list = [...beside, ...numbers.map(([, sql]) => sql), ...texts.map(([, sql]) => sql)];
  const { rows, columns: read } = await readColumns(tx, `select ${list.join(', ')} ${from}`, list.length);
  const columns: Record<string, Column> = {};
  numbers.forEach(([name], i) => {
    const values = numbersOf(read[beside.length + i] ?? []);
    // A column that is empty in every row is left out: the model counts it as not known.
    if (values !== null) columns[name] = values;
  });
  texts.forEach(([name], i) => {
    const values = read[beside.length + numbers.length + i] ?? [];
    if (values.some((value) => value !== null)) columns[name] = textColumn(values);
  });
  return { rows, columns, beside: read.slice(0, beside.length) };
}

function numbersOf(values: readonly (string | null)[]): Float64Array | null {
  const numbers = new Float64Array(values.length);
  let known = false;
  for (let i = 0; i < numbers.length; i += 1) {
    const value = values[i]!;
    if (value !== null) known = true;
    numbers[i] = value === null ? Number.NaN : Number(value);
  }
  return known ? numbers : null;
}
