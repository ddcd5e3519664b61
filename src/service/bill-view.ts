/** One bill: what it is made of, what was paid, how it is booked, what was decided about it and why. */

import { instalmentsPerYear, type PremiumMode } from '../billing/index.ts';
import { type BillId, type Language, type HolderId, type InsurerId, type PlainDate } from '../kernel/index.ts';
import { readTogether, type Scope, type Sql } from '../database/index.ts';
import { reasonText } from '../risk/index.ts';
import { PARAMETERS } from '../strategy/index.ts';
import { billReference } from './masking.ts';
import { BILL_COLUMNS, decisionsOf, gateAnswersOf, type BillRow, withReference } from './rows.ts';
import { type BillView } from './shapes.ts';

export { type BillView } from './shapes.ts';

const ROWS_MAX = 200;
type ChargesRow = { charges: { kind: string; rule?: string | null; amount_minor: number }[] | null };
type HolderOfBill = { holder_name: string; time_zone: string };
type Risk = NonNullable<BillView['policy']['risk']>;
type PolicyRow = Omit<BillView['policy'], 'annual_premium_minor' | 'worth_years' | 'worth_minor' | 'risk'> & {
  premium_minor: bigint; mode: PremiumMode; policy_id: number; due_on: PlainDate; horizon_days: number | null; scored_on: PlainDate | null; probability_late: number | null; tier: Risk['tier'] | null;
  reason_features: string[] | null; reason_values: string[] | null; reason_contributions: number[] | null;
};
type PreviousRow = Omit<NonNullable<BillView['previous']>, 'reference' | 'charges'> & ChargesRow;

/** Null where the insurer has no such bill of this holder. */
export async function billView(sql: Sql, whose: InsurerId | Scope, holderId: HolderId, billId: BillId, language: Language): Promise<BillView | null> {
  const [bills, previous, corrections, policies, reasons, payments, postings, decisions, gate] = await readTogether(sql, whose, (tx) => [
    tx<(BillRow & ChargesRow & HolderOfBill)[]>`
      select ${tx.unsafe(BILL_COLUMNS)}, b.charges, holder_name(h.family_name, h.given_name) as holder_name, h.time_zone
      from bills b join policies p using (insurer_id, holder_id, policy_id) join holders h using (insurer_id, holder_id)
      where b.holder_id = ${holderId} and b.bill_id = ${billId}`,
    tx<PreviousRow[]>`
      select o.bill_id, o.due_on, o.currency, o.premium_minor, o.amount_minor, o.charges
      from bills b join bills o on o.insurer_id = b.insurer_id and o.holder_id = b.holder_id and o.policy_id = b.policy_id and o.due_on < b.due_on and o.state not in ('cancelled', 'held')
      where b.holder_id = ${holderId} and b.bill_id = ${billId} order by o.due_on desc limit 1`,
    tx<BillView['corrections']>`
      select correction_id, corrected_at, corrected_by, reason, note, (before->>'amount_minor')::bigint as before_minor, (after->>'amount_minor')::bigint as after_minor, surplus_minor
      from bill_corrections where holder_id = ${holderId} and bill_id = ${billId} order by correction_id desc limit ${ROWS_MAX}`,
    tx<PolicyRow[]>`
      select p.policy_number, p.product, p.line, p.market, p.state, p.cover_from, p.cover_to, p.paid_to_on, p.currency, p.premium_minor, p.mode, p.policy_id, b.due_on,
        (select count(*)::int from policies o where o.holder_id = b.holder_id) as holder_policies, s.*
      from bills b join policies p using (insurer_id, holder_id, policy_id)
        left join lateral (
          select horizon_days, scored_on, probability_late, tier, reason_features, reason_values, reason_contributions from scores s
          where s.insurer_id = b.insurer_id and s.holder_id = b.holder_id and s.policy_id = b.policy_id and s.due_on = b.due_on order by s.horizon_days limit 1) s on true
      where b.holder_id = ${holderId} and b.bill_id = ${billId}`,
    tx<NonNullable<BillView['late_reason']>[]>`select reason, coded_by, coded_at from late_reasons where holder_id = ${holderId} and bill_id = ${billId}`,
    tx<BillView['payments']>`
      select payment_id, provider, provider_reference, method, amount_minor, currency, state, failure, created_at, settled_at
      from payments where holder_id = ${holderId} and bill_id = ${billId} order by created_at desc limit ${ROWS_MAX}`,
    tx<BillView['postings']>`
      select posting_id, booked_on, debit_account, credit_account, amount_minor, currency, rule
      from postings where holder_id = ${holderId} and bill_id = ${billId} order by posting_id limit ${ROWS_MAX}`,
    decisionsOf(tx, holderId, billId, ROWS_MAX),
    gateAnswersOf(tx, holderId, billId, ROWS_MAX),
  ]);
  const row = bills[0];
  const policy = policies[0];
  if (row === undefined || policy === undefined) return null;
  const { charges, holder_name: name, time_zone: timeZone, ...bill } = row;
  const before = previous[0];
  return {
    holder: { holder_id: holderId, name, time_zone: timeZone },
    bill: { ...withReference(bill), charges: chargesOf(charges) },
    policy: policyOf(policy, language), late_reason: reasons[0] ?? null,
    previous: before === undefined ? null : { ...before, reference: billReference(holderId, before.bill_id), charges: chargesOf(before.charges) },
    corrections: [...corrections], payments: [...payments], postings: [...postings], decisions: [...decisions], gate: [...gate],
  };
}

function policyOf({ premium_minor: premium, mode, policy_id: policyId, due_on: dueOn, horizon_days: horizon, scored_on: scoredOn, probability_late: probability, tier, reason_features: features, reason_values: values,
  reason_contributions: contributions, ...policy }: PolicyRow, language: Language): BillView['policy'] {
  const annual = premium * BigInt(instalmentsPerYear(mode));
  return {
    ...policy, annual_premium_minor: annual, worth_years: PARAMETERS.lifetimeValueMultiple, worth_minor: BigInt(Math.round(Number(annual) * PARAMETERS.lifetimeValueMultiple)),
    risk: tier === null || scoredOn === null ? null : {
      policy_id: policyId, due_on: dueOn, horizon_days: horizon ?? 0, scored_on: scoredOn, probability_late: probability ?? 0, tier,
      reasons: (features ?? []).map((feature, i) => {
        const [value = '', contribution = 0] = [values?.[i], contributions?.[i]];
        return { feature, value, contribution, text: reasonText(feature, value === '' ? null : value, contribution, language) };
      }),
    },
  };
}

const chargesOf = (charges: ChargesRow['charges']): BillView['bill']['charges'] =>
  (charges ?? []).map(({ kind, rule, amount_minor: amount }) => ({ kind, rule: rule ?? null, amount_minor: BigInt(amount) }));
