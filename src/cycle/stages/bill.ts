/** Stage `bill`: what falls due within the market's days ahead gets its bill, and the ledger its receivable. */

import { type BillablePolicy, ISSUE_DAYS_AHEAD_MAX, issueBills } from '../../billing/index.ts';
import { copyToTemporary, type Tx } from '../../database/index.ts';
import { addDays } from '../../kernel/index.ts';
import { billPostings, writePostings } from '../../ledger/index.ts';
import { type HolderRange, type Stage, type StageContext, type StageCounts } from '../stage.ts';

/** Cover that is suspended or has ended gets no further bills; what is owed stays owed. */
const BILLED_STATES = ['pending', 'in_force', 'grace'];

export const billStage: Stage = { name: 'bill', partitioned: true, work: bill };

async function bill(tx: Tx, { insurer: { insurerId }, businessDate }: StageContext, { from, to }: HolderRange): Promise<StageCounts> {
  const policies = await tx<(Omit<BillablePolicy, 'premiumMinor' | 'yearPremiumMinor'> & { readonly premium_minor: bigint; readonly year_premium_minor: bigint | null })[]>`
    select holder_id as "holderId", policy_id as "policyId", market, subdivision, line, currency, mode, premium_minor, year_premium_minor, cover_from as "coverFrom", cover_to as "coverTo",
      due_day as "dueDay", schedule_from as "scheduleFrom", schedule_no as "scheduleNo", instalment_charge_points as "instalmentChargePoints", next_due_on as "nextDueOn"
    from policies
    where insurer_id = ${insurerId} and holder_id between ${from} and ${to} and next_due_on <= ${addDays(businessDate, ISSUE_DAYS_AHEAD_MAX)}
      and state in ${tx(BILLED_STATES)}
    order by holder_id, policy_id`;
  const due = policies.map((policy) => ({ ...policy, premiumMinor: policy.premium_minor, yearPremiumMinor: policy.year_premium_minor }));
  const { bills, nextDueOn } = issueBills(due, businessDate);
  if (bills.length === 0 && due.every((policy, i) => nextDueOn[i] === policy.nextDueOn)) return { read: policies.length, written: 0 };
  await copyToTemporary(tx, 'new_bills', ['holder_id bigint', 'bill_id bigint', 'policy_id bigint', 'instalment_no int', 'period_from date', 'period_to date', 'due_on date',
    'market text', 'currency text', 'premium_minor bigint', 'charges jsonb', 'amount_minor bigint'], bills.map((b) => [
    b.holderId, b.billId, b.policyId, b.instalmentNo, b.periodFrom, b.periodTo, b.dueOn, b.market, b.currency, b.premiumMinor,
    b.charges.length === 0 ? null : JSON.stringify(b.charges.map((c) => ({ kind: c.kind, rule: c.rule, amount_minor: Number(c.amountMinor) }))), b.amountMinor,
  ]));
  const issued = await tx<{ bill_id: number }[]>`
    insert into bills (insurer_id, holder_id, bill_id, policy_id, instalment_no, period_from, period_to, due_on, issued_on, market, currency, premium_minor, charges, amount_minor)
    select ${insurerId}, holder_id, bill_id, policy_id, instalment_no, period_from, period_to, due_on, ${businessDate}, market, currency, premium_minor, charges, amount_minor
    from new_bills order by holder_id, bill_id
    on conflict do nothing returning bill_id`;
  const isNew = new Set(issued.map((row) => row.bill_id));
  await writePostings(tx, insurerId, bills.filter((b) => isNew.has(b.billId)).flatMap((b) => billPostings(b, businessDate)));
  await copyToTemporary(tx, 'next_due', ['holder_id bigint', 'policy_id bigint', 'next_due_on date'],
    due.flatMap((policy, i) => (nextDueOn[i] === policy.nextDueOn ? [] : [[policy.holderId, policy.policyId, nextDueOn[i] ?? null]])));
  await tx`
    update policies p set next_due_on = n.next_due_on from next_due n
    where p.insurer_id = ${insurerId} and p.holder_id between ${from} and ${to} and p.holder_id = n.holder_id and p.policy_id = n.policy_id`;
  return { read: policies.length, written: isNew.size };
}
