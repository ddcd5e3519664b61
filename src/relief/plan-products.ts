/** Plans as data: which there are, from which amount on, and what may be agreed without a second person. */

import { z } from 'zod';
import { type Currency, decimalsOf } from '../kernel/index.ts';
import file from './plans.json' with { type: 'json' };

const byCurrency = z.object({ default: z.int().min(1) }).catchall(z.int().min(1));
const sourced = { verified: z.boolean(), source: z.string() };

export const PLAN_TERMS = z.strictObject({
  about: z.string(),
  guardrails: z.strictObject({ ...sourced, parts_max: z.int().min(2), days_max: z.int().min(1), deferral_days_max: z.int().min(1), affordable_points: z.int().min(1), least_part_minor: byCurrency }),
  interest_free: z.strictObject({ ...sourced, parts: z.array(z.int().min(2)), threshold_minor: byCurrency, funding_points_a_year: z.int().min(0) }),
  spread: z.strictObject({ ...sourced, parts: z.array(z.int().min(2)), charge_points: z.record(z.string(), z.int().min(0)) }),
  deferral: z.strictObject({ ...sourced, days: z.array(z.int().min(1)) }),
  review_broken_parts: z.int().min(1),
  broken_after_review_days: z.int().min(1),
  options_max: z.int().min(3),
}).parse(file);

/** The default is said in hundredths. */
export function amountFor(amounts: z.output<typeof byCurrency>, currency: Currency): bigint {
  const own = amounts[currency];
  if (own !== undefined) return BigInt(own);
  const decimals = decimalsOf(currency);
  return decimals >= 2 ? BigInt(amounts.default) * 10n ** BigInt(decimals - 2) : BigInt(amounts.default) / 10n ** BigInt(2 - decimals);
}
