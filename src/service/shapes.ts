/**
 * What the service's views look like, once: the types come from these schemas, and so does the API's documentation.
 * On the wire an amount is a JSON integer of minor units, a moment an ISO 8601 string.
 */

import { z } from 'zod';
import { parsePlainDate, type PlainDate } from '../kernel/index.ts';

/** JSON integer ⇄ bigint; every amount is below 2^53 (see AMOUNT_MINOR_MAX). */
export const marketCode = z.string().regex(/^[A-Z]{2}$/, 'expected a market of two capital letters');
export const currencyCode = z.string().regex(/^[A-Z]{3}$/, 'expected a currency of three capital letters');
export const amountMinor = z.codec(z.int(), z.bigint(), { decode: (wire) => BigInt(wire), encode: (minor) => Number(minor) });
/** ISO 8601 in UTC ⇄ Date. */
export const moment = z.codec(z.iso.datetime(), z.date(), { decode: (wire) => new Date(wire), encode: (date) => date.toISOString() });
export const plainDate = z.custom<PlainDate>((value) => typeof value === 'string' && parsePlainDate(value) !== null, 'expected a date YYYY-MM-DD');
export const language = z.enum(['en', 'zh-Hans', 'zh-Hant']);

export const POLICY_STATES = ['pending', 'in_force', 'grace', 'suspended', 'lapsed', 'cancelled', 'ended'] as const;
export const BILL_STATES = ['held', 'open', 'paid', 'written_off', 'cancelled'] as const;
export const BILL_STAGES = ['not_due', 'due', 'grace', 'late', 'suspended', 'lapsed'] as const;
export const TIERS = ['low', 'medium_low', 'medium_high', 'high'] as const;

/** One contribution to the log-odds of late payment; positive means later. */
const reason = z.object({ feature: z.string(), value: z.string(), contribution: z.number(), text: z.string() });

export const risk = z.object({
  policy_id: z.int(), due_on: plainDate, horizon_days: z.int(), scored_on: plainDate,
  probability_late: z.number(), tier: z.enum(TIERS), reasons: z.array(reason),
});

/** What else was possible, best first, and why it was not chosen. */
const alternative = z.object({ action: z.string(), value_minor: z.number(), why: z.string() });

export const decision = z.object({
  bill_id: z.int(), decided_on: plainDate, action: z.string(), channel: z.string().nullable(), step: z.string().nullable(), tone: z.string(),
  reason: z.string(), probability_late: z.number(), tier: z.string(), currency: z.string(), value_minor: amountMinor, cost_minor: amountMinor,
  minutes: z.number(), alternatives: z.array(alternative),
});

export const gateAnswer = z.object({
  ask_key: z.string(), asked_on: plainDate, bill_id: z.int().nullable(), action: z.string(), purpose: z.string().nullable(),
  channel: z.string().nullable(), asked_for_at: moment, answer: z.enum(['allow', 'defer', 'refuse']), deferred_until: moment.nullable(),
  rule: z.string().nullable(), article: z.string().nullable(), law_version: z.string(),
});

export const policy = z.object({
  policy_id: z.int(), policy_number: z.string(), product: z.string(), line: z.string(), market: z.string(), currency: z.string(),
  premium_minor: amountMinor, mode: z.string(), state: z.enum(POLICY_STATES), state_since: plainDate.nullable(), cover_from: plainDate,
  cover_to: plainDate.nullable(), next_due_on: plainDate.nullable(), next_bill_on: plainDate.nullable(), paid_to_on: plainDate.nullable(), autopay: z.boolean(),
  premiums_paid: z.int(),
});

export const bill = z.object({
  bill_id: z.int(), reference: z.string(), policy_id: z.int(), policy_number: z.string(), instalment_no: z.int(), period_from: plainDate,
  period_to: plainDate, due_on: plainDate, issued_on: plainDate, currency: z.string(), premium_minor: amountMinor, amount_minor: amountMinor,
  paid_minor: amountMinor, outstanding_minor: amountMinor, state: z.enum(BILL_STATES), stage: z.enum(BILL_STAGES), stage_since: plainDate.nullable(),
  stage_rule: z.string().nullable(), grace_ends_on: plainDate.nullable(), next_change_on: plainDate.nullable(), waits_for: z.string().nullable(),
  disputed: z.boolean(), in_flight: z.boolean(), paid_on: plainDate.nullable(), paid_by: z.string().nullable(),
  left_because: z.string().nullable().describe('Why it left on its day: `payday:10`, `month_start`, `notice`'),
});

/** What happened, newest first. Each entry names its rows by id, so that it can be opened. */
export const timeLineEntry = z.object({
  kind: z.enum(['bill_issued', 'bill_paid', 'payment', 'contact', 'gate', 'decision', 'dispute_opened', 'dispute_closed', 'promise', 'hand_over', 'hand_over_closed', 'survey', 'bill_corrected']),
  on: plainDate,
  at: moment.nullable(),
  id: z.string(),
  bill_id: z.int().nullable(),
  state: z.string(),
  channel: z.string().nullable(),
  title: z.string(),
  detail: z.string().nullable(),
  rule: z.string().nullable(),
  article: z.string().nullable(),
  currency: z.string().nullable(),
  amount_minor: amountMinor.nullable(),
});

export const holderViewShape = z.object({
  holder: z.object({
    holder_id: z.int(), external_ref: z.string(), name: z.string(), kind: z.string(), language, time_zone: z.string(), market: z.string(),
    subdivision: z.string().nullable(), city: z.string().nullable(), email_masked: z.string().nullable(), phone_masked: z.string().nullable(),
    preferred_channel: z.string().nullable(), since: plainDate.nullable(),
  }),
  consent: z.object({ consents: z.array(z.string()), opted_out: z.array(z.string()), flags: z.array(z.string()) }),
  policies: z.array(policy),
  open_bills: z.array(bill),
  owes: z.array(z.object({ currency: z.string(), outstanding_minor: amountMinor, overdue_minor: amountMinor })),
  next_due: z.object({ bill_id: z.int(), due_on: plainDate, currency: z.string(), outstanding_minor: amountMinor }).nullable(),
  risk: z.array(risk),
  decisions: z.array(decision),
  gate: z.array(gateAnswer),
  calls: z.array(z.object({ contact_id: z.int(), bill_id: z.int().nullable(), not_before: moment, template: z.string() })),
  time_line: z.array(timeLineEntry),
});

export type HolderView = z.output<typeof holderViewShape>;
export type OpenBill = z.output<typeof bill>;
export type TimeLineEntry = z.output<typeof timeLineEntry>;

export const holderRow = z.object({
  holder_id: z.int(), external_ref: z.string(), name: z.string(), market: z.string(), language, policies: z.int(), lines: z.array(z.string()),
  state: z.enum(POLICY_STATES).nullable(), open_bills: z.int(), currency: z.string().nullable(), outstanding_minor: amountMinor.nullable(),
  due_on: plainDate.nullable(), stage: z.enum(BILL_STAGES).nullable(), tier: z.enum(TIERS).nullable(), probability_late: z.number().nullable(),
});
export type HolderRow = z.output<typeof holderRow>;

const charges = z.array(z.object({ kind: z.string(), rule: z.string().nullable(), amount_minor: amountMinor }));

export const billViewShape = z.object({
  holder: z.object({ holder_id: z.int(), name: z.string(), time_zone: z.string() }),
  bill: bill.extend({ charges }),
  /** What the bill keeps in force, how sure its payment is, and what its holder is worth to the insurer. */
  policy: z.object({
    policy_number: z.string(), product: z.string(), line: z.string(), market: z.string(), state: z.enum(POLICY_STATES), cover_from: plainDate, cover_to: plainDate.nullable(), paid_to_on: plainDate.nullable(),
    currency: z.string(), annual_premium_minor: amountMinor,
    /** Years of premium that a kept policy is worth, as the decisions reckon, and the amount that this makes. */
    worth_years: z.number(), worth_minor: amountMinor,
    holder_policies: z.int(), risk: risk.nullable(),
  }),
  /** Why it is late, as the holder told it. */
  late_reason: z.object({ reason: z.string(), coded_by: z.string(), coded_at: moment }).nullable(),
  /** The policy's bill before this one, to compare with. */
  previous: z.object({
    bill_id: z.int(), reference: z.string(), due_on: plainDate, currency: z.string(), premium_minor: amountMinor, amount_minor: amountMinor, charges,
  }).nullable(),
  /** The newest first; their number is the version that a correction names. */
  corrections: z.array(z.object({
    correction_id: z.int(), corrected_at: moment, corrected_by: z.string(), reason: z.string(), note: z.string(), before_minor: amountMinor,
    after_minor: amountMinor.nullable().describe('Null: withdrawn'), surplus_minor: amountMinor,
  })),
  payments: z.array(z.object({
    payment_id: z.int(), provider: z.string(), provider_reference: z.string().nullable(), method: z.string(), amount_minor: amountMinor,
    currency: z.string(), state: z.string(), failure: z.string().nullable(), created_at: moment, settled_at: moment.nullable(),
  })),
  postings: z.array(z.object({
    posting_id: z.int(), booked_on: plainDate, debit_account: z.string(), credit_account: z.string(), amount_minor: amountMinor,
    currency: z.string(), rule: z.string(),
  })),
  decisions: z.array(decision),
  gate: z.array(gateAnswer),
});
export type BillView = z.output<typeof billViewShape>;
