/** Stage `bill`: what is due to leave gets its bill; the review looks at it before it does; what leaves goes into the ledger. What was held in earlier nights is looked at again. */

import { type BillablePolicy, ISSUE_DAYS_AHEAD_MAX, issueBills, leavingOf, leavingText, type Leaving, type NewBill, type Recipient } from '../../billing/index.ts';
import { isWorkingDay } from '../../compliance/index.ts';
import { copyToTemporary, type Tx } from '../../database/index.ts';
import { addDays, type InsurerId, type PlainDate } from '../../kernel/index.ts';
import { type HolderRange, type Stage, type StageContext, type StageCounts } from '../stage.ts';
import { type Announcement, announceLeft, announcerOf } from './announce.ts';
import { writeBills } from './bill-write.ts';
import { lookAgain } from './held-again.ts';

/** Cover that is suspended or has ended gets no further bills; what is owed stays owed. */
const BILLED_STATES = ['pending', 'in_force', 'grace'];

export const billStage: Stage = { name: 'bill', partitioned: true, work: bill };

type DuePolicy = BillablePolicy & { readonly nextBillOn: PlainDate | null; readonly recipient: Recipient };

async function bill(tx: Tx, context: StageContext, range: HolderRange): Promise<StageCounts> {
  const { insurer: { insurerId }, businessDate } = context;
  const policies = await readDue(tx, insurerId, businessDate, range);
  const known = new Map<string, Leaving>();
  const leaving = (policy: DuePolicy, dueOn: PlainDate): Leaving => {
    const key = `${policy.policyId} ${dueOn}`;
    let found = known.get(key);
    if (found === undefined) known.set(key, (found = leavingOf(policy.market, dueOn, policy.recipient, (date) => isWorkingDay(date, policy.market))));
    return found;
  };
  // The day that was worked out when the bill before was made stands.
  const leavesOn = (policy: BillablePolicy, dueOn: PlainDate): PlainDate => {
    const due = policy as DuePolicy;
    return dueOn === due.nextDueOn && due.nextBillOn !== null ? due.nextBillOn : leaving(due, dueOn).on;
  };
  const { bills, nextDueOn } = issueBills(policies, businessDate, leavesOn);
  const byPolicy = new Map(policies.map((policy) => [policy.policyId, policy]));
  const because = (one: NewBill): string | null => {
    const policy = byPolicy.get(one.policyId);
    return policy === undefined ? null : leavingText(leaving(policy, one.dueOn));
  };
  const announcer = await announcerOf(tx, context);
  const announces = (one: NewBill): Announcement | null => {
    const policy = byPolicy.get(one.policyId);
    return policy === undefined || announcer === null ? null : announcer({ ...one, subdivision: policy.subdivision ?? null, line: policy.line }, businessDate);
  };
  const again = await lookAgain(tx, insurerId, businessDate, range);
  await announceLeft(tx, context, range, announcer);
  const written = bills.length === 0 ? 0 : await writeBills(tx, insurerId, businessDate, range, bills, { because, announces });
  await writeNext(tx, insurerId, range, policies.flatMap((policy, i) => {
    const next = nextDueOn[i] ?? null;
    const day = next === null ? null : leavesOn(policy, next);
    return next === policy.nextDueOn && day === policy.nextBillOn ? [] : [[policy.holderId, policy.policyId, next, day] as const];
  }));
  return { read: policies.length + again.read, written: written + again.written };
}

type PolicyRow = Omit<DuePolicy, 'premiumMinor' | 'yearPremiumMinor' | 'recipient'> & { readonly premium_minor: bigint; readonly year_premium_minor: bigint | null; readonly kind: Recipient['kind']; readonly payday: number | null; readonly close_day: number | null; readonly paid_on: PlainDate[] | null };

async function readDue(tx: Tx, insurerId: InsurerId, businessDate: PlainDate, { from, to }: HolderRange): Promise<DuePolicy[]> {
  const mine = tx`insurer_id = ${insurerId} and holder_id between ${from} and ${to} and state in ${tx(BILLED_STATES)}`;
  const rows = await tx<PolicyRow[]>`
    with due as (
      select * from policies where ${mine} and next_bill_on is not null and next_bill_on <= ${businessDate} and next_due_on is not null
      union all
      select * from policies where ${mine} and next_bill_on is null and next_due_on <= ${addDays(businessDate, ISSUE_DAYS_AHEAD_MAX)})
    select p.holder_id as "holderId", p.policy_id as "policyId", p.market, p.subdivision, p.line, p.currency, p.mode, p.premium_minor, p.year_premium_minor, p.cover_from as "coverFrom", p.cover_to as "coverTo",
      p.due_day as "dueDay", p.schedule_from as "scheduleFrom", p.schedule_no as "scheduleNo", p.instalment_charge_points as "instalmentChargePoints", p.next_due_on as "nextDueOn", p.next_bill_on as "nextBillOn", h.kind, h.payday, h.close_day,
      -- When money was there, learnt only of those whose pay day nobody has told us, and who pay by themselves.
      case when h.payday is null and h.kind = 'person' then (
        select array_agg(l.paid_on) from (
          select b.paid_on from bills b
          where b.insurer_id = ${insurerId} and b.holder_id = p.holder_id and b.policy_id = p.policy_id and b.paid_on is not null and b.paid_by not in ('autopay', 'direct_debit')
          order by b.due_on desc limit 12) l) end as paid_on
    from due p join holders h on h.insurer_id = ${insurerId} and h.holder_id between ${from} and ${to} and h.holder_id = p.holder_id
    order by p.holder_id, p.policy_id`;
  return rows.map(({ premium_minor: premiumMinor, year_premium_minor: yearPremiumMinor, kind, payday, close_day: closeDay, paid_on: paidOn, ...policy }) => ({
    ...policy, premiumMinor, yearPremiumMinor, recipient: { kind, payday, closeDay, paidOn: paidOn ?? [], spread: policy.policyId },
  }));
}

async function writeNext(tx: Tx, insurerId: InsurerId, { from, to }: HolderRange, next: readonly (readonly [number, number, PlainDate | null, PlainDate | null])[]): Promise<void> {
  if (next.length === 0) return;
  await copyToTemporary(tx, 'next_due', ['holder_id bigint', 'policy_id bigint', 'next_due_on date', 'next_bill_on date'], next);
  await tx`
    update policies p set next_due_on = n.next_due_on, next_bill_on = n.next_bill_on from next_due n
    where p.insurer_id = ${insurerId} and p.holder_id between ${from} and ${to} and p.holder_id = n.holder_id and p.policy_id = n.policy_id`;
}
