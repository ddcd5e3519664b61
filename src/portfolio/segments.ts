/**
 * A segment is a set of policies, picked out by conditions of which all must hold; a holder is in it with any of their policies. The conditions stand here twice, as a
 * function of one policy's facts and as SQL; a property test against real rows shows that the two agree.
 */

import { z } from 'zod';
import { instalmentsPerYear, type PremiumMode } from '../billing/index.ts';
import { addYears, type PlainDate } from '../kernel/index.ts';
import { type Tier, TIERS } from '../risk/index.ts';

/**
 * How a policy has paid so far, from its own counters: never yet, always on time, or the worst delay. No scan of scores is needed, and unlike a score each policy
 * has it.
 */
export const BEHAVIOURS = ['punctual', 'new', 'late_1_30', 'late_31_90', 'late_over_90'] as const;
export type Behaviour = (typeof BEHAVIOURS)[number];
/** Of the holder, in whole years. A company, or who told no day of birth: unknown. */
export const AGE_BANDS = ['under_35', '35_54', '55_over', 'unknown'] as const;
export type AgeBand = (typeof AGE_BANDS)[number];
/** How the holder wants to be reached; `none`: they have not said. */
export const PREFERRED_CHANNELS = ['email', 'sms', 'push', 'wechat', 'call', 'letter', 'none'] as const;
export type PreferredChannel = (typeof PREFERRED_CHANNELS)[number];
export const SEGMENT_LINES = ['life', 'health', 'accident', 'motor', 'property', 'liability', 'commercial'] as const;

const AGE_FROM = { '35_54': 35, '55_over': 55 } as const;
const AMOUNT_MAX = 9_000_000_000_000_000;
const LIST_MAX = 40;

const amount = z.int().min(0).max(AMOUNT_MAX).nullable().default(null);
const anyOf = <T extends z.ZodType>(one: T) => z.array(one).max(LIST_MAX).default([]).readonly();
/**
 * Annual premium from `at_least_minor` on and below `below_minor`, in one currency; money is never compared across currencies, so a policy whose currency is not named does not match.
 * JSON integers of minor units, as everywhere on the wire.
 */
const premiumBounds = z.object({ currency: z.string().regex(/^[A-Z]{3}$/), at_least_minor: amount, below_minor: amount })
  .refine(({ at_least_minor: from, below_minor: to }) => from !== null || to !== null, { error: 'expected a bound', path: ['at_least_minor'] })
  .refine(({ at_least_minor: from, below_minor: to }) => from === null || to === null || from < to, { error: 'must be above at_least_minor', path: ['below_minor'] });

/** An empty list asks for nothing; of a list any one must hold. At least one condition. */
export const segmentConditions = z.object({
  premium: anyOf(premiumBounds).refine((bounds) => new Set(bounds.map(({ currency }) => currency)).size === bounds.length, 'a currency stands here twice'),
  tiers: anyOf(z.enum(TIERS)), behaviours: anyOf(z.enum(BEHAVIOURS)), ages: anyOf(z.enum(AGE_BANDS)), channels: anyOf(z.enum(PREFERRED_CHANNELS)),
  markets: anyOf(z.string().regex(/^[A-Z]{2}$/)), lines: anyOf(z.enum(SEGMENT_LINES)),
});
export type SegmentConditions = z.output<typeof segmentConditions>;
export const NO_CONDITIONS: SegmentConditions = { premium: [], tiers: [], behaviours: [], ages: [], channels: [], markets: [], lines: [] };

export const asksNothing = (conditions: SegmentConditions): boolean => Object.values(conditions).every((list) => list.length === 0);

/** What is known of one policy. */
export type SegmentFacts = {
  readonly annualPremiumMinor: bigint; readonly currency: string;
  /** Of the instalment that is looked at; of the policy as a whole its latest scored one. Null: never scored. */
  readonly tier: Tier | null;
  readonly behaviour: Behaviour; readonly ageBand: AgeBand; readonly channel: PreferredChannel; readonly market: string; readonly line: string;
};

export function matchesSegment(conditions: SegmentConditions, facts: SegmentFacts): boolean {
  const { premium, tiers, behaviours, ages, channels, markets, lines } = conditions;
  const inList = (list: readonly string[], value: string | null): boolean => list.length === 0 || (value !== null && list.includes(value));
  return inList(tiers, facts.tier) && inList(behaviours, facts.behaviour) && inList(ages, facts.ageBand) && inList(channels, facts.channel) && inList(markets, facts.market)
    && inList(lines, facts.line) && (premium.length === 0 || premium.some(({ currency, at_least_minor: from, below_minor: to }) =>
    currency === facts.currency && (from === null || facts.annualPremiumMinor >= BigInt(from)) && (to === null || facts.annualPremiumMinor < BigInt(to))));
}

/** The facts as they lie in the columns of `policies`, `holders` and the newest of `scores`. */
export type SegmentRow = {
  readonly premium_minor: bigint; readonly mode: PremiumMode; readonly currency: string; readonly tier: Tier | null; readonly market: string; readonly line: string;
  readonly premiums_paid: number; readonly late_1_to_30_days: number; readonly late_31_to_90_days: number; readonly late_over_90_days: number;
  readonly born_on: PlainDate | null; readonly preferred_channel: string | null;
};

export const segmentFacts = (row: SegmentRow, on: PlainDate): SegmentFacts => ({
  annualPremiumMinor: row.premium_minor * BigInt(instalmentsPerYear(row.mode)), currency: row.currency, tier: row.tier, market: row.market, line: row.line,
  behaviour: behaviourOf(row), ageBand: ageBandOf(row.born_on, on), channel: (PREFERRED_CHANNELS as readonly string[]).includes(row.preferred_channel ?? '') ? row.preferred_channel as PreferredChannel : 'none',
});

export function behaviourOf(row: Pick<SegmentRow, 'premiums_paid' | 'late_1_to_30_days' | 'late_31_to_90_days' | 'late_over_90_days'>): Behaviour {
  if (row.late_over_90_days > 0) return 'late_over_90';
  if (row.late_31_to_90_days > 0) return 'late_31_90';
  if (row.late_1_to_30_days > 0) return 'late_1_30';
  return row.premiums_paid > 0 ? 'punctual' : 'new';
}

export function ageBandOf(bornOn: PlainDate | null, on: PlainDate): AgeBand {
  if (bornOn === null) return 'unknown';
  if (bornOn > addYears(on, -AGE_FROM['35_54'])) return 'under_35';
  return bornOn > addYears(on, -AGE_FROM['55_over']) ? '35_54' : '55_over';
}

// ---- the same as SQL ----

/** Written out, because what makes a temporary table takes no parameters. Values are words, codes and numbers by their schema; quoted all the same. */
const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;
const list = (values: readonly string[]): string => `(${values.map(text).join(', ')})`;

export const BEHAVIOUR_SQL = `case when p.late_over_90_days > 0 then 'late_over_90' when p.late_31_to_90_days > 0 then 'late_31_90' when p.late_1_to_30_days > 0 then 'late_1_30'
        when p.premiums_paid > 0 then 'punctual' else 'new' end`;
export const ANNUAL_PREMIUM_SQL = `p.premium_minor * case p.mode when 'monthly' then 12 when 'quarterly' then 4 when 'half_yearly' then 2 else 1 end`;
export const PREFERRED_CHANNEL_SQL = `case when h.preferred_channel in ${list(PREFERRED_CHANNELS)} then h.preferred_channel else 'none' end`;
export const ageBandSql = (on: PlainDate): string => `case when h.born_on is null then 'unknown' when h.born_on > date ${text(addYears(on, -AGE_FROM['35_54']))} then 'under_35'
        when h.born_on > date ${text(addYears(on, -AGE_FROM['55_over']))} then '35_54' else '55_over' end`;
/** Joins to `p` as `s` the newest scoring of each policy: of its last instalment that was scored, the one nearest to the due date. The primary key, read from its end, gives it. */
export const LATEST_SCORE_SQL = `left join lateral (
        select due_on, probability_late, tier from scores
        where insurer_id = p.insurer_id and holder_id = p.holder_id and policy_id = p.policy_id order by due_on desc, horizon_days limit 1) s on true`;

/** True for a policy `p` of the holder `h` that is in the segment; `s` is its latest score. */
export function segmentSql(conditions: SegmentConditions, on: PlainDate): string {
  const { premium, tiers, behaviours, ages, channels, markets, lines } = conditions;
  const inList = (expression: string, values: readonly string[]): string[] => (values.length === 0 ? [] : [`${expression} in ${list(values)}`]);
  const bounds = premium.map(({ currency, at_least_minor: from, below_minor: to }) => [
    `p.currency = ${text(currency)}`, ...(from === null ? [] : [`${ANNUAL_PREMIUM_SQL} >= ${from}`]), ...(to === null ? [] : [`${ANNUAL_PREMIUM_SQL} < ${to}`]),
  ].join(' and '));
  const all = [
    ...inList('p.market', markets), ...inList('p.line', lines), ...(bounds.length === 0 ? [] : [`(${bounds.join(' or ')})`]), ...inList(BEHAVIOUR_SQL, behaviours),
    ...inList(ageBandSql(on), ages), ...inList(PREFERRED_CHANNEL_SQL, channels), ...inList("coalesce(s.tier, '')", tiers),
  ];
  return all.length === 0 ? 'true' : all.join(' and ');
}
