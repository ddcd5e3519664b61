import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DISPUTE_REASONS } from '../../../portal/index.ts';
import { loadRulePacks } from '../../../src/compliance/index.ts';
import file from '../../../src/payments/methods.json' with { type: 'json' };
import { BILL_STAGES, CALL_OUTCOMES, ROLES, TIERS } from '../../../src/service/index.ts';
import { CONTACT_CALENDAR, type Action, type ReasonCode } from '../../../src/strategy/index.ts';
import { en } from './en.ts';
import { zhHans } from './zh-hans.ts';
import { zhHant } from './zh-hant.ts';

/** The compiler says when one is missing. */
const ACTIONS = { nothing: 0, email: 0, sms: 0, push: 0, wechat: 0, call: 0, letter: 0, offer_plan: 0, escalate: 0 } satisfies Record<Action, 0>;
const REASONS = {
  best_value: 0, hardship_support: 0, lower_value: 0, negative_expected_value: 0, no_step_due: 0, contact_cap_reached: 0, budget_used_up: 0, no_channel: 0, already_paid: 0,
  payment_in_flight: 0, disputed: 0, nothing_owed: 0, people_not_for_low_tier: 0, pressure_not_for_hardship: 0, not_in_strategy: 0,
} satisfies Record<ReasonCode, 0>;
const keys = Object.keys(en) as (keyof typeof en)[];
const placeholders = (text: string): string => [...text.matchAll(/\{\{\w+\}\}/g)].map(([name]) => name).sort().join();

describe('the console’s texts', () => {
  test('have the same placeholders in all three languages', () => {
    for (const key of keys) assert.deepEqual([placeholders(zhHans[key]), placeholders(zhHant[key])], [placeholders(en[key]), placeholders(en[key])], key);
  });
  test('are written in the script of their language', () => {
    // Characters that only simplified writing has, among those that a console is likely to use.
    const simplifiedOnly = new Set('账单缴费这时请从还择数显处设备关闭载话宽险额条链户类资认现发为无个选据');
    for (const key of keys) assert.deepEqual(Array.from(zhHant[key]).filter((character) => simplifiedOnly.has(character)), [], `${key}: ${zhHant[key]}`);
    const traditionalOnly = new Set('帳單繳費這時請從還擇數顯處設備關閉載話寬險額條鏈戶類資認現發為無個選據');
    for (const key of keys) assert.deepEqual(Array.from(zhHans[key]).filter((character) => traditionalOnly.has(character)), [], `${key}: ${zhHans[key]}`);
  });
  test('name every state, stage, tier, role and outcome that the server knows', () => {
    const governs = new Set([...loadRulePacks().packs.values()].flatMap((pack) => pack.rules.map((rule) => rule.governs)));
    const steps = CONTACT_CALENDAR.steps.map(({ id }) => id);
    const groups = {
      bill_stage: BILL_STAGES, tier: TIERS, role: ROLES, outcome: CALL_OUTCOMES, governs: [...governs], action: Object.keys(ACTIONS), reason: Object.keys(REASONS),
      why: Object.keys(REASONS), template: steps, method: file.methods.map(({ id }) => id), dispute_reason: DISPUTE_REASONS,
    };
    for (const [group, values] of Object.entries(groups)) for (const value of values) assert.ok(`${group}.${value}` in en, `${group}.${value}`);
  });
});
