/** The numbers of `behaviour.json`, checked when they are loaded; each must carry its unit and its sentence. */

import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { fail, ok, type Result } from '../src/kernel/index.ts';
import file from './behaviour.json' with { type: 'json' };

export const MARKETS = ['CN', 'HK', 'TW', 'PH', 'DE', 'US'] as const;
export type Market = (typeof MARKETS)[number];
export const LINES = ['life', 'health', 'motor', 'property'] as const;
export type Line = (typeof LINES)[number];
export const SOURCINGS = ['agent', 'bank', 'broker', 'online', 'phone'] as const;
export type Sourcing = (typeof SOURCINGS)[number];
const MODES = ['annual', 'half_yearly', 'quarterly', 'monthly'] as const;
export type PayingMode = (typeof MODES)[number];

const words = { unit: z.string().min(1), about: z.string().min(1) };
const entry = <T extends z.ZodType>(value: T): z.ZodPipe<z.ZodObject<{ value: T; unit: z.ZodString; about: z.ZodString }, z.core.$strict>, z.ZodTransform<z.output<T>>> =>
  z.strictObject({ value, ...words }).transform((given) => (given as { value: z.output<T> }).value);

const share = entry(z.number().min(0).max(1));
const logOdds = entry(z.number().min(-20).max(20));
const factor = entry(z.number().min(0).max(100));
const days = entry(z.number().positive().max(3_650));
const spread = entry(z.number().min(0).max(3));

const of = <K extends string, T extends z.ZodType>(keys: readonly K[], value: T): z.ZodObject<Record<K, T>, z.core.$strict> =>
  z.strictObject(Object.fromEntries(keys.map((key) => [key, value])) as Record<K, T>);
const SUM_TOLERANCE = 1e-6;
const sharesOf = <K extends string>(keys: readonly K[]) =>
  entry(of(keys, z.number().min(0).max(1)).refine((shares) => Math.abs(sum(Object.values(shares) as number[]) - 1) < SUM_TOLERANCE, 'shares must sum to 1'));
const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

const schema = z.strictObject({
  about: z.string().min(1),
  population: z.strictObject({
    market_shares: sharesOf(MARKETS), line_shares: sharesOf(LINES), mode_shares: sharesOf(MODES), monthly_share_where_usual: share,
    autopay_shares: entry(of(MARKETS, z.number().min(0).max(1))), policies_second_chance: entry(z.number().min(0).max(0.9)), company_share: share,
    income_spread: spread, premium_spread: spread, online_share: share, cash_shares: entry(of(MARKETS, z.number().min(0).max(1))),
  }),
  lateness: z.strictObject({
    base: logOdds, forgetful: logOdds, burden: logOdds, hard_up: logOdds, disengaged: logOdds, moved: logOdds, autopay: logOdds, cash: logOdds, offline: logOdds,
    monthly: logOdds, tenure: logOdds, young: logOdds, old: logOdds, rural: logOdds, first_premium: logOdds,
    by_market: entry(of(MARKETS, z.number().min(-20).max(20))), by_line: entry(of(LINES, z.number().min(-20).max(20))),
    by_sourcing: entry(of(SOURCINGS, z.number().min(-20).max(20))),
  }),
  timing: z.strictObject({
    early_days: days, payday_share: share, late_days_forgetful: days, late_days_strained: days, strained_share: share, never_share: share,
    never_share_hard_up: share, give_up_days: entry(z.int().min(60).max(700)),
  }),
  events: z.strictObject({ job_loss: share, job_loss_days: days, move: share, move_days: days, disengaged_share: share, dispute: share, dispute_late: share }),
  reminders: z.strictObject({
    before_due: logOdds, after_due: share, call_after_due: share, preferred_channel: factor, liked_hour: factor, fitting_tone: factor, offer_when_hard_up: factor,
    repeat: factor, history_reminder_share: share,
  }),
  reading: z.strictObject({ email: share, sms: share, other: share, disengaged: factor, stop: share, pays_at_once: share, payment_fails: share, pays_by_link: share }),
  calls: z.strictObject({
    answered: share, wrong_number: share, promises: share, promise_days: days, keeps_promise: share, will_not_pay: share, calls_a_day: entry(z.int().min(0).max(1_000_000)),
  }),
});

/** All values without their words: `behaviour.lateness.base`. Names stay those of the file. */
export type Behaviour = z.output<typeof schema>;

/** Reads the JSON of a behaviour file. Problem: `behaviour_not_readable` with the place and the reason. */
export function readBehaviour(json: unknown): Result<Behaviour> {
  const parsed = schema.safeParse(json);
  if (parsed.success) return ok(parsed.data);
  const issue = parsed.error.issues[0];
  return fail('behaviour_not_readable', { at: issue?.path.join('.') ?? '', reason: issue?.message ?? '' });
}

/** Problems: `behaviour_not_readable` (no such file, no JSON, or a number that is missing or odd). */
export function readBehaviourFile(path: string): Result<Behaviour> {
  try {
    return readBehaviour(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    return fail('behaviour_not_readable', { at: path, reason: error instanceof Error ? error.message : String(error) });
  }
}

function loaded(): Behaviour {
  const read = readBehaviour(file);
  if (!read.ok) throw new Error(`behaviour.json: ${JSON.stringify(read.problem.details)}`);
  return read.value;
}

export const BEHAVIOUR: Behaviour = loaded();
