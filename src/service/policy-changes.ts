/** A policy's terms as they are, and what was changed before: for the page that changes them. */

import { z } from 'zod';
import { CHANGE_KINDS, changeRulesOf, instalmentChargePoints, shortRateOf } from '../billing/index.ts';
import { type Tx } from '../database/index.ts';
import { type HolderId, type PolicyId } from '../kernel/index.ts';
import { amountMinor, moment, plainDate, POLICY_STATES } from './shapes.ts';

/** More changes of one policy than people make in its life; older ones stay in the database. */
const LISTED_MAX = 100;

export const policyChangesShape = z.object({
  policy: z.object({
    policy_id: z.int(), policy_number: z.string(), product: z.string(), line: z.string(), market: z.string(), currency: z.string(), premium_minor: amountMinor, year_premium_minor: amountMinor.nullable(), mode: z.string(),
    due_day: z.int(), cover_from: plainDate, cover_to: plainDate.nullable(), next_due_on: plainDate.nullable(), state: z.enum(POLICY_STATES), holder_name: z.string(), time_zone: z.string(),
  }),
  /** What billing's data say for the policy's market, with where they come from. */
  rules: z.object({
    difference_due_days: z.int(), due_day_window_days: z.int(), reinstatement_basis_points: z.int(), short_rate: z.object({ allowed: z.boolean(), source: z.string(), verified: z.boolean() }),
    instalment_charges: z.object({ half_yearly: z.int(), quarterly: z.int(), monthly: z.int() }),
  }),
  changes: z.array(z.object({
    change_id: z.int(), kind: z.enum(CHANGE_KINDS), effective_on: plainDate, asked: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])), bills: z.int(), corrected: z.int(),
    premium_before_minor: amountMinor, premium_after_minor: amountMinor, mode_before: z.string(), mode_after: z.string(), due_day_before: z.int(), due_day_after: z.int(),
    asked_by: z.string(), by_holder: z.boolean(), asked_at: moment, note: z.string(), undone_at: moment.nullable(), undone_by: z.string().nullable(),
  })),
});
export type PolicyChanges = z.output<typeof policyChangesShape>;
type Row = PolicyChanges['policy'] & { changes: null };

export async function policyChanges(tx: Tx, holderId: HolderId, policyId: PolicyId): Promise<PolicyChanges | null> {
  const [[policy], changes] = await Promise.all([
    tx<Row[]>`
      select p.policy_id, p.policy_number, p.product, p.line, p.market, p.currency, p.premium_minor, p.year_premium_minor, p.mode, p.due_day::int as due_day, p.cover_from, p.cover_to, p.next_due_on, p.state,
        holder_name(h.family_name, h.given_name) as holder_name, h.time_zone
      from policies p join holders h using (insurer_id, holder_id) where p.holder_id = ${holderId} and p.policy_id = ${policyId}`,
    tx<PolicyChanges['changes']>`
      select change_id, kind, effective_on, asked, cardinality(bill_ids) as bills, jsonb_array_length(corrected) as corrected, (terms_before ->> 'premium_minor')::bigint as premium_before_minor,
        (terms_after ->> 'premium_minor')::bigint as premium_after_minor, terms_before ->> 'mode' as mode_before, terms_after ->> 'mode' as mode_after, (terms_before ->> 'due_day')::int as due_day_before,
        (terms_after ->> 'due_day')::int as due_day_after, asked_by, by_holder, asked_at, note, undone_at, undone_by
      from policy_changes where holder_id = ${holderId} and policy_id = ${policyId} order by change_id desc limit ${LISTED_MAX}`,
  ]);
  if (policy === undefined) return null;
  const rules = changeRulesOf(policy.market);
  const { allowed, source, verified } = shortRateOf(policy.market);
  const points = (mode: 'half_yearly' | 'quarterly' | 'monthly'): number => instalmentChargePoints(policy.market, mode);
  return {
    policy, changes: [...changes],
    rules: {
      difference_due_days: rules.differenceDueDays, due_day_window_days: rules.dueDayWindowDays, reinstatement_basis_points: rules.reinstatementPoints, short_rate: { allowed, source, verified },
      instalment_charges: { half_yearly: points('half_yearly'), quarterly: points('quarterly'), monthly: points('monthly') },
    },
  };
}
