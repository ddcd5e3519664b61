/**
 * The form of a rule file: what a lawyer reads and edits. A rule says where its text comes from, and its `clauses` say what a program
 * must do with it. Clauses know kinds of duties only (hours, frequencies, periods, required facts), never a market's name.
 */

import { z } from 'zod';

/** `bill.due_on`, `ask.notice_by`, `policy.grace_days_agreed`, `holder.flags`, `event:notice_sent`, `=suspended_from` (a word computed before). */
const source = z.string().regex(/^(?:(?:policy|holder|bill|ask)\.[a-z_0-9.]+|event:[a-z_0-9]+|=[a-z_0-9]+)$/, 'a source is policy.x, holder.x, bill.x, ask.x, event:x or =word');
const sources = z.array(source).min(1);
const field = z.string().regex(/^(?:policy|holder|bill|ask)\.[a-z_0-9.{}]+$/, 'a field is policy.x, holder.x, bill.x or ask.x');
const scalar = z.union([z.string(), z.number(), z.boolean()]);

/** A condition on the facts. Where the fact is unknown it does not hold, unless `missing: true`. `{channel}` stands for the ask's channel. */
export type Condition =
  | { readonly field: string; readonly is?: Scalar | undefined; readonly in?: readonly Scalar[] | undefined; readonly not_in?: readonly Scalar[] | undefined;
      readonly has?: readonly string[] | undefined; readonly has_any?: readonly string[] | undefined; readonly lacks?: readonly string[] | undefined;
      readonly at_least?: number | undefined; readonly below?: number | undefined; readonly differs_from?: string | undefined;
      readonly known?: boolean | undefined; readonly missing?: boolean | undefined }
  | { readonly consent: string }
  | { readonly date: readonly string[]; readonly on_or_before?: readonly string[] | undefined; readonly on_or_after?: readonly string[] | undefined;
      readonly before?: readonly string[] | undefined; readonly after?: readonly string[] | undefined; readonly known?: boolean | undefined;
      readonly by?: readonly string[] | undefined; readonly days_since_at_least?: number | undefined }
  | { readonly any: readonly Condition[] }
  | { readonly all: readonly Condition[] }
  | { readonly not: Condition };
export type Scalar = string | number | boolean;

const condition: z.ZodType<Condition> = z.lazy(() => z.union([
  z.strictObject({
    field, is: scalar.optional(), in: z.array(scalar).optional(), not_in: z.array(scalar).optional(), has: z.array(z.string()).optional(),
    has_any: z.array(z.string()).optional(), lacks: z.array(z.string()).optional(), at_least: z.number().optional(), below: z.number().optional(),
    differs_from: field.optional(), known: z.boolean().optional(), missing: z.boolean().optional(),
  }),
  z.strictObject({ consent: z.string() }),
  z.strictObject({
    date: sources, on_or_before: sources.optional(), on_or_after: sources.optional(), before: sources.optional(), after: sources.optional(),
    known: z.boolean().optional(), by: z.array(z.string()).optional(), days_since_at_least: z.number().int().optional(),
  }),
  z.strictObject({ any: z.array(condition).min(1) }),
  z.strictObject({ all: z.array(condition).min(1) }),
  z.strictObject({ not: condition }),
]));

/** `when`: all must hold for the clause to apply; `unless`: any one that holds switches it off. */
const scope = { when: z.array(condition).optional(), unless: z.array(condition).optional() };
const acts = { actions: z.array(z.string()).min(1), purposes: z.array(z.string()).optional(), channels: z.array(z.string()).optional(), ...scope };
const clock = z.string().regex(/^(?:[01]\d|2[0-4]):[0-5]\d$/, 'a local time is HH:MM');
const dayName = z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun', 'public_holiday', 'day_before_public_holiday']);
export type DayName = z.infer<typeof dayName>;

/** A length: a number, or a fact that may replace it (`else` where it is unknown; `at_least` where the law sets a floor). */
const length = z.union([z.number().int(), z.strictObject({ field, else: z.number().int(), at_least: z.number().int().optional() })]);
export type Length = z.infer<typeof length>;

/** A date that follows from other dates. `pick` chooses among all known `from` dates (`first_known`: those of the first source that has any); filters drop notices sent too early or too late. */
const dateExpression = z.strictObject({
  from: sources, pick: z.enum(['earliest', 'latest', 'first_known']).optional(), by: z.array(z.string()).optional(),
  after: sources.optional(), not_before: sources.optional(), not_after: sources.optional(),
  days: length.optional(), months: length.optional(), years: length.optional(), working_days: length.optional(), holidays: z.string().optional(),
  first_day_counted: z.boolean().optional(), align: z.enum(['month_end', 'month_start', 'next_month_start']).optional(),
  day_of_month: sources.optional(), month_end_where_day_ends_months: z.array(z.number().int()).optional(),
  last_day_moves_off_weekend_and_holiday: z.boolean().optional(),
});
export type DateExpression = z.infer<typeof dateExpression>;
const dateOf = z.union([
  dateExpression,
  z.strictObject({ earliest_of: z.array(dateExpression).min(1) }),
  z.strictObject({ latest_of: z.array(dateExpression).min(1) }),
]);
export type DateOf = z.infer<typeof dateOf>;

/** An amount in minor units. */
export type Amount =
  | { readonly minor: number }
  | { readonly field: string }
  | { readonly percent: number; readonly of: string; readonly per?: 'year' | 'month_begun' | undefined; readonly since?: readonly string[] | undefined;
      readonly days_max?: number | undefined; readonly at_most_minor?: number | undefined }
  | { readonly bands: readonly { readonly below_minor: number | null; readonly minor: number }[]; readonly of: string }
  | { readonly sum: readonly Amount[] }
  | { readonly from_minor: number; readonly less: string };
const amount: z.ZodType<Amount> = z.lazy(() => z.union([
  z.strictObject({ minor: z.number().int() }),
  z.strictObject({ field }),
  z.strictObject({ percent: z.number(), of: field, per: z.enum(['year', 'month_begun']).optional(), since: sources.optional(), days_max: z.number().optional(), at_most_minor: z.number().int().optional() }),
  z.strictObject({ bands: z.array(z.strictObject({ below_minor: z.number().int().nullable(), minor: z.number().int() })).min(1), of: field }),
  z.strictObject({ sum: z.array(amount).min(1) }),
  z.strictObject({ from_minor: z.number().int(), less: field }),
]));

const clause = z.discriminatedUnion('kind', [
  /** The act is refused. */
  z.strictObject({ kind: z.literal('forbid'), ...acts }),
  /** The act is refused unless every need is fulfilled. */
  z.strictObject({ kind: z.literal('require'), ...acts, needs: z.array(condition).min(1) }),
  /** Contact only inside the windows of the holder's local time, or of the wish in `window_field` where it can be read; `default` steps back where another hours clause covers the contact. */
  z.strictObject({
    kind: z.literal('hours'), purposes: z.array(z.string()), channels: z.array(z.string()), ...scope,
    windows: z.array(z.strictObject({ days: z.array(dayName).optional(), from_local: clock, to_local: clock })).optional(),
    closed: z.array(dayName).optional(), window_field: field.optional(), default: z.boolean().optional(), lifted_by_consent: z.string().optional(),
  }),
  /** At most so many contacts in a window of days; a pause after an outcome. */
  z.strictObject({
    kind: z.literal('frequency'), purposes: z.array(z.string()).optional(), purposes_not: z.array(z.string()).optional(), channels: z.array(z.string()), ...scope,
    contacts_max: z.number().int().optional(), window_days: z.number().int().optional(), window: z.enum(['rolling_hours', 'calendar_days']).optional(),
    counts: z.strictObject({
      channels: z.array(z.string()), purposes: z.array(z.string()).optional(), purposes_not: z.array(z.string()).optional(),
      outcomes: z.array(z.string()).optional(), after_outcome: z.string().optional(),
    }).optional(),
    pause: z.strictObject({ outcome: z.string(), channels: z.array(z.string()), barred_days_after: z.number().int() }).optional(),
  }),
  /** The act waits for the day (or moment) of a word of the legal timeline; where the word is unknown it is refused or passes. */
  z.strictObject({ kind: z.literal('not_before'), ...acts, word: z.string(), minutes_after_midnight: z.number().int().optional(), unknown: z.enum(['refuse', 'pass']) }),
  /** The act is refused after the day of a word. */
  z.strictObject({ kind: z.literal('not_after'), ...acts, word: z.string() }),
  /** The act's amount may not exceed a cap. */
  z.strictObject({ kind: z.literal('cap'), ...acts, amount: field, max: amount }),
  /** Elements that a message must contain. */
  z.strictObject({ kind: z.literal('content'), purposes: z.array(z.string()), channels: z.array(z.string()).optional(), ...scope, elements: z.array(z.string()).min(1) }),
  /** Wording that no message may contain. */
  z.strictObject({ kind: z.literal('wording'), findings: z.array(z.string()).min(1) }),
  /** A date of the legal timeline: `gives` names the date, `gives_next` the day after it, `gives_at` a local time of it. */
  z.strictObject({
    kind: z.literal('period'), ...scope, date: dateOf, gives: z.string().optional(), gives_next: z.string().optional(),
    gives_at: z.strictObject({ word: z.string(), minutes_after_midnight: z.number().int() }).optional(),
    /** The date is a floor for a word that another clause gives, and means nothing alone. */
    floor_of: z.string().optional(),
  }),
  /** A moment so many hours after an event's moment. */
  z.strictObject({ kind: z.literal('hours_after'), ...scope, event: z.string(), hours: z.number().int(), gives: z.string() }),
  z.strictObject({ kind: z.literal('flag'), ...scope, word: z.string(), value: z.boolean() }),
  /** These words do not come about (no lapse without its notice). */
  z.strictObject({ kind: z.literal('block'), ...scope, words: z.array(z.string()).min(1) }),
  /** Ageing (not the timeline) goes on to these words only when one of the events is there. */
  z.strictObject({ kind: z.literal('needs_event'), ...scope, words: z.array(z.string()).min(1), events: z.array(z.string()).min(1) }),
  /** Consents that came in these ways are none. */
  z.strictObject({ kind: z.literal('consent_quality'), invalid_sources: z.array(z.string()).min(1) }),
  /** The language in which the holder is written to. */
  z.strictObject({ kind: z.literal('language'), language: z.string() }),
]);
export type Clause = z.infer<typeof clause>;
export type ClauseOf<K extends Clause['kind']> = Extract<Clause, { readonly kind: K }>;

const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'a date is YYYY-MM-DD').nullable();
const rule = z.strictObject({
  id: z.string().regex(/^[A-Z]{2,5}(?:-[A-Za-z0-9]+)+$/), governs: z.string(), binds: z.enum(['insurer', 'collector', 'both']), lines: z.array(z.string()).min(1),
  subdivision: z.string().nullable(), participants: z.array(z.string()).nullable(), text: z.string().min(1), law: z.string(), article: z.string(),
  source: z.string(), effective_from: date, effective_to: date, verified: z.boolean(), verified_by: z.string(), clauses: z.array(clause),
});
export type Rule = z.infer<typeof rule>;

const pack = z.strictObject({
  market: z.string(), name: z.string(), version: z.string(), effective_from: z.string(),
  /** Packs whose rules apply too, the nearer first; a nearer pack's date beats a farther one's. */
  extends: z.array(z.string()),
  /** IANA zone for moments where no holder is known. */
  time_zone: z.string(), rules: z.array(rule),
});
export type RulePack = z.infer<typeof pack>;

/** Reads one pack. A pack that does not fit the form is a defect of the installation, so it throws, naming each place and reason. */
export function parseRulePack(name: string, value: unknown): RulePack {
  const parsed = pack.safeParse(value);
  if (!parsed.success) throw new Error(`rule pack ${name}: ${z.prettifyError(parsed.error)}`);
  const ids = new Set<string>();
  for (const { id } of parsed.data.rules) {
    if (ids.has(id)) throw new Error(`rule pack ${name}: rule ${id} stands there twice`);
    ids.add(id);
  }
  return parsed.data;
}
