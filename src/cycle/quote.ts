/** The payment risk of a policy that is not there yet: the champion's score of what is known, with its reasons and what is asked in advance. Reads only; nothing about anybody is kept. */

import { instalmentChargePoints, instalmentsPerYear, type PremiumMode, scheduledBills } from '../billing/index.ts';
import { type Tx } from '../database/index.ts';
import { addYears, fail, type InsurerId, type Language, ok, partsOf, type PlainDate, type Result } from '../kernel/index.ts';
import { type Columns, featureValue, numberColumn, reasonText, REASONS_PER_ROW, scoreColumns, textColumn, type Tier, tierOf } from '../risk/index.ts';
import { quoteRuleOf, type QuoteRule } from '../strategy/index.ts';
import { modelById } from './models.ts';

/** A quote is scored as what falls due in a month. */
const DAYS_TO_DUE = 30;

export type QuoteAsk = {
  readonly insurerId: InsurerId; readonly market: string; readonly line: string; readonly mode: PremiumMode; readonly ageYears: number | null; readonly premiumMinor: bigint; readonly currency: string;
  readonly incomeMonthlyMinor: bigint | null; readonly autopay: boolean;
  /** The insurer's own number of a holder, or of one of their policies; null: nobody known. */
  readonly holder: string | null; readonly language: Language;
};
export type Quote = {
  readonly probability_late: number; readonly tier: Tier; readonly reasons: readonly { readonly feature: string; readonly value: string; readonly contribution: number; readonly text: string }[];
  readonly known: { readonly holder_id: number; readonly name: string; readonly policies: number } | null; readonly rule: QuoteRule; readonly in_advance_minor: bigint; readonly currency: string;
};
type Known = {
  holder_id: number; name: string; policies: number; paid: number; few: number; more: number; most: number; last: number | null; total: number; cash: number | null; digital: number | null;
  age: number | null; income: bigint | null;
};

/** Problems: `no_model`, `holder_unknown`. */
export async function quoteRisk(tx: Tx, ask: QuoteAsk): Promise<Result<Quote>> {
  const [champion] = await tx<{ model_id: number }[]>`select model_id from risk_models where champion`;
  const stored = champion === undefined ? null : await modelById(tx, ask.insurerId, champion.model_id);
  if (stored === null) return fail('no_model');
  const known = ask.holder === null ? null : await knownHolder(tx, ask.holder);
  if (ask.holder !== null && known === null) return fail('holder_unknown');
  const { model } = stored;
  const columns = columnsOf(ask, known);
  const scores = scoreColumns(model, columns, 1);
  const probability = scores.probabilityLate[0] ?? 0;
  const tier = tierOf(model, probability);
  const reasons = Array.from({ length: REASONS_PER_ROW }, (_, place) => place).flatMap((place) => {
    const feature = model.features[scores.reasonFeature[place] ?? -1]?.name;
    if (feature === undefined) return [];
    const value = featureValue(model, feature, columns, 0);
    const text = value === null ? null : String(typeof value === 'number' ? Number(value.toPrecision(6)) : value);
    const contribution = scores.reasonContribution[place] ?? 0;
    return [{ feature, value: text ?? '', contribution, text: reasonText(feature, text, contribution, ask.language) }];
  });
  const rule = quoteRuleOf(tier, instalmentsPerYear(ask.mode));
  return ok({
    probability_late: probability, tier, reasons, known: known === null ? null : { holder_id: known.holder_id, name: known.name, policies: known.policies }, rule,
    in_advance_minor: ask.premiumMinor * BigInt(rule.instalments), currency: ask.currency,
  });
}

/** The instalments of the first year as a policy with these terms would be billed. Pure. */
export function firstYearOf({ market, line, currency, mode, premiumMinor }: Pick<QuoteAsk, 'market' | 'line' | 'currency' | 'mode' | 'premiumMinor'>, coverFrom: PlainDate) {
  const policy = { market, line, currency, mode, premiumMinor, coverFrom, coverTo: null, dueDay: partsOf(coverFrom).day, instalmentChargePoints: instalmentChargePoints(market, mode), nextDueOn: coverFrom };
  return scheduledBills(policy, (dueOn) => dueOn < addYears(coverFrom, 1)).bills.map(({ instalmentNo: no, dueOn, periodFrom, periodTo, premiumMinor: premium, charges }) => ({
    no, dueOn, from: periodFrom, to: periodTo, premiumMinor: premium, chargesMinor: charges.reduce((sum, { amountMinor }) => sum + amountMinor, 0n),
  }));
}

/** By the number of the holder or of a policy; what all of their policies together remember. */
async function knownHolder(tx: Tx, number: string): Promise<Known | null> {
  const [row] = await tx<Known[]>`
    with found as (
      select holder_id from holders where external_ref = ${number} union all select holder_id from policies where policy_number = ${number} limit 1)
    select h.holder_id, holder_name(h.family_name, h.given_name) as name, count(p.policy_id)::int as policies, coalesce(sum(p.premiums_paid), 0)::int as paid,
      coalesce(sum(p.late_1_to_30_days), 0)::int as few, coalesce(sum(p.late_31_to_90_days), 0)::int as more, coalesce(sum(p.late_over_90_days), 0)::int as most, max(p.last_days_late) as last,
      coalesce(sum(p.days_late_total), 0)::int as total, avg(p.cash_share)::float8 as cash, avg(p.digital_share)::float8 as digital,
      extract(year from age(h.born_on))::int as age, h.income_monthly_minor as income
    from found f join holders h using (holder_id) left join policies p on p.insurer_id = h.insurer_id and p.holder_id = h.holder_id
    group by h.holder_id, h.family_name, h.given_name, h.born_on, h.income_monthly_minor`;
  return row ?? null;
}

/** What is not known is left out: the model counts it as not known. */
function columnsOf(ask: QuoteAsk, known: Known | null): Columns {
  const perMonth = Number(ask.premiumMinor) * instalmentsPerYear(ask.mode) / 12;
  const income = ask.incomeMonthlyMinor ?? known?.income ?? null;
  const paidBefore = known !== null && known.paid > 0;
  const numbers: Readonly<Record<string, number | null>> = {
    age_years: ask.ageYears ?? known?.age ?? null, income_monthly: income === null ? null : Number(income) / 100, premium_to_income: income === null || income === 0n ? null : perMonth / Number(income),
    autopay: Number(ask.autopay), days_to_due: DAYS_TO_DUE, tenure_months: 0, premiums_paid: known?.paid ?? 0, late_1_to_30_days: known?.few ?? 0, late_31_to_90_days: known?.more ?? 0,
    late_over_90_days: known?.most ?? 0, last_days_late: known?.last ?? null, mean_days_late: paidBefore ? known.total / known.paid : null, cash_share: known?.cash ?? null, digital_share: known?.digital ?? null,
  };
  return {
    ...Object.fromEntries(Object.entries(numbers).flatMap(([name, value]) => (value === null ? [] : [[name, numberColumn([value])]]))),
    mode: textColumn([ask.mode]), line: textColumn([ask.line]), market: textColumn([ask.market]),
  };
}
