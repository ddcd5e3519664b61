/** What a decision is made from, and what it is. */

import { type Currency } from '../kernel/index.ts';
import { type SegmentConditions } from '../portfolio/index.ts';
import { type Tier } from '../risk/index.ts';

export type Channel = 'email' | 'sms' | 'push' | 'wechat' | 'call' | 'letter';
export type Treatment = Channel | 'offer_plan' | 'escalate';
export type Action = 'nothing' | Treatment;
export type Stage = 'not_due' | 'due' | 'grace' | 'late' | 'suspended' | 'lapsed';
export type Tone = 'friendly' | 'empathetic' | 'direct' | 'urgent';

export const TREATMENTS: readonly Treatment[] = ['email', 'sms', 'push', 'wechat', 'call', 'letter', 'offer_plan', 'escalate'];
export const STAGES: readonly Stage[] = ['not_due', 'due', 'grace', 'late', 'suspended', 'lapsed'];

/** From the softest. */
export const TONES_MAX = ['friendly', 'direct', 'urgent'] as const satisfies readonly Tone[];
export type ToneMax = (typeof TONES_MAX)[number];

/** Null: all. */
export type StrategyScope = { readonly market: string | null; readonly line: string | null; readonly segment_id: number | null };
/** What a decision about one bill needs of its strategy; kept with the day's run, so that a day that is resumed is decided by the same. */
export type Terms = StrategyScope & {
  readonly strategy_id: number; readonly version: number; readonly contacts_7_days_min: number; readonly contacts_7_days_max: number; readonly treatments: readonly Treatment[];
  readonly first_day: number | null; readonly tone_max: ToneMax;
  /** Of its segment, as they stood when the day began; null where it is for everybody. */
  readonly conditions: SegmentConditions | null;
};

export type DecisionInput = {
  readonly billId: number;
  readonly policyId: number;
  readonly holderId: number;
  /** Negative: days late. */
  readonly daysToDue: number;
  readonly outstandingMinor: bigint;
  readonly currency: Currency;
  readonly annualPremiumMinor: bigint;
  readonly probabilityLate: number;
  readonly tier: Tier;
  readonly stage: Stage;
  /** Channels for which there is an address and no refusal. */
  readonly channels: readonly Channel[];
  readonly preferredChannel: Channel | null;
  readonly contactsLast7Days: number;
  readonly daysSinceLastContact: number | null;
  readonly touchesOnThisBill: number;
  readonly hardship: boolean;
  readonly autopay: boolean;
  readonly blocked: 'paid' | 'in_flight' | 'disputed' | null;
  /** The step that somebody has set for this bill; null lets the calendar say. */
  readonly calendarStep: string | null;
  /** Of the strategy that holds for this bill. */
  readonly terms: Terms;
};

export type ReasonCode =
  | 'best_value' | 'hardship_support' | 'lower_value' | 'negative_expected_value' | 'no_step_due' | 'contact_cap_reached' | 'budget_used_up'
  | 'no_channel' | 'already_paid' | 'payment_in_flight' | 'disputed' | 'nothing_owed' | 'people_not_for_low_tier' | 'pressure_not_for_hardship'
  | 'not_in_strategy';

export type Alternative = {
  readonly action: Action;
  /** Expected value, budget prices included. */
  readonly valueMinor: bigint;
  readonly notChosen: ReasonCode;
};

/** Amounts in minor units of the bill's currency. */
export type Decision = {
  readonly billId: number;
  readonly action: Action;
  readonly channel: Channel | null;
  readonly valueMinor: bigint;
  readonly costMinor: bigint;
  /** Of a person. */
  readonly minutes: number;
  readonly tone: Tone;
  readonly reason: ReasonCode;
  /** The calendar's step, null when none was due. */
  readonly step: string | null;
  /** At most three, best first. */
  readonly alternatives: readonly Alternative[];
};

/** What one more unit of a budget is worth, US cents. */
export type BudgetPrices = { readonly callMinute: number; readonly message: number };
/** What may be used; null is no limit. */
export type Budgets = { readonly callMinutes: number | null; readonly messages: number | null };

export const NO_PRICES: BudgetPrices = { callMinute: 0, message: 0 };
export const NO_LIMITS: Budgets = { callMinutes: null, messages: null };
