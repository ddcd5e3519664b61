/** The numbers of `parameters.json`, checked when they are loaded and in the form in which decisions use them. */

import { z } from 'zod';
import { fail, ok, type Result } from '../kernel/index.ts';
import { type Stage, type Treatment } from './decision.ts';
import file from './parameters.json' with { type: 'json' };

const origin = { unit: z.string().min(1), origin: z.string().min(1), verified: z.boolean() };
const amount = z.strictObject({ value: z.number().nonnegative(), ...origin });
const treatment = z.strictObject({ cost: amount, minutes: amount, effect: amount, annoyance: amount });
const byStage = z.strictObject({
  value: z.strictObject({
    not_due: z.number().nonnegative(), due: z.number().nonnegative(), grace: z.number().nonnegative(), late: z.number().nonnegative(),
    suspended: z.number().nonnegative(), lapsed: z.number().nonnegative(),
  }), ...origin,
});

const schema = z.strictObject({
  about: z.string(),
  exchange_rates_to_usd: z.strictObject({ value: z.record(z.string(), z.number().positive()), ...origin }),
  treatments: z.strictObject({
    email: treatment, sms: treatment, push: treatment, wechat: treatment, call: treatment, letter: treatment, offer_plan: treatment, escalate: treatment,
  }),
  reference_late_share: amount, wording_effect: amount, hardship_plan_factor: amount, preferred_channel_factor: amount, repeat_factor: amount,
  capital_cost_30_days: amount, recovery_fall_30_days: amount, expected_delay_days: byStage, lapse_share_of_late: byStage,
  lifetime_value_multiple: amount, annoyance_growth: amount, contacts_7_days_max: amount,
  daily_budget: z.strictObject({ value: z.strictObject({ call_minutes: z.number().nonnegative(), messages: z.number().nonnegative() }), ...origin }),
});

type TreatmentParameters = {
  /** US cents. */
  readonly cost: number;
  readonly minutes: number;
  /** Change of the chance of being late at the reference share, 0..1. */
  readonly effect: number;
  /** US cents. */
  readonly annoyance: number;
};

export type Parameters = {
  readonly usdPer: Readonly<Record<string, number>>;
  readonly treatments: Readonly<Record<Treatment, TreatmentParameters>>;
  readonly referenceLateShare: number;
  readonly wordingEffect: number;
  readonly hardshipPlanFactor: number;
  readonly preferredChannelFactor: number;
  readonly repeatFactor: number;
  readonly capitalCost30Days: number;
  readonly recoveryFall30Days: number;
  readonly expectedDelayDays: Readonly<Record<Stage, number>>;
  readonly lapseShareOfLate: Readonly<Record<Stage, number>>;
  readonly lifetimeValueMultiple: number;
  readonly annoyanceGrowth: number;
  readonly contacts7DaysMax: number;
  readonly dailyBudget: { readonly callMinutes: number; readonly messages: number };
};

/** Reads the JSON of a parameters file. Problem: `parameters_not_readable` with the place and the reason. */
export function readParameters(json: unknown): Result<Parameters> {
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return fail('parameters_not_readable', { at: issue?.path.join('.') ?? '', reason: issue?.message ?? '' });
  }
  const p = parsed.data;
  const of = (t: z.infer<typeof treatment>): TreatmentParameters => ({
    cost: t.cost.value, minutes: t.minutes.value, effect: t.effect.value / 100, annoyance: t.annoyance.value,
  });
  const { email, sms, push, wechat, call, letter, offer_plan: offerPlan, escalate } = p.treatments;
  return ok({
    usdPer: p.exchange_rates_to_usd.value,
    treatments: {
      email: of(email), sms: of(sms), push: of(push), wechat: of(wechat), call: of(call), letter: of(letter), offer_plan: of(offerPlan), escalate: of(escalate),
    },
    referenceLateShare: p.reference_late_share.value, wordingEffect: p.wording_effect.value / 100, hardshipPlanFactor: p.hardship_plan_factor.value,
    preferredChannelFactor: p.preferred_channel_factor.value, repeatFactor: p.repeat_factor.value, capitalCost30Days: p.capital_cost_30_days.value,
    recoveryFall30Days: p.recovery_fall_30_days.value, expectedDelayDays: p.expected_delay_days.value, lapseShareOfLate: p.lapse_share_of_late.value,
    lifetimeValueMultiple: p.lifetime_value_multiple.value, annoyanceGrowth: p.annoyance_growth.value, contacts7DaysMax: p.contacts_7_days_max.value,
    dailyBudget: { callMinutes: p.daily_budget.value.call_minutes, messages: p.daily_budget.value.messages },
  });
}

function loaded(): Parameters {
  const read = readParameters(file);
  if (!read.ok) throw new Error(`parameters.json: ${JSON.stringify(read.problem.details)}`);
  return read.value;
}

export const PARAMETERS: Parameters = loaded();
