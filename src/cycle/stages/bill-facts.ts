/** What the review needs to know around bills, for a set of them by one statement. */

import { type BillFacts, type PastBill, REVIEW_SETTINGS, type ReviewedPolicy } from '../../billing/index.ts';
import { type Tx } from '../../database/index.ts';
import { type BillId, type HolderId, type InsurerId, type PlainDate } from '../../kernel/index.ts';
import { type HolderRange } from '../stage.ts';

type Row = Omit<ReviewedPolicy, 'premiumMinor'> & {
  readonly n: number; readonly premium_minor: bigint; readonly deceased: boolean; readonly reachable: boolean; readonly scheme: string | null; readonly last4: string | null; readonly check_passed: boolean | null;
  /** Bills as text, fields by spaces and rows by semicolons: a tenth of what rows or JSON cost. */
  readonly past: string | null;
};

/** @param table a temporary one with n, holder_id, policy_id and bill_id; the answers stand in the order of n */
export async function readBillFacts(tx: Tx, insurerId: InsurerId, { from, to }: HolderRange, table: 'new_bills' | 'held_bills', count: number): Promise<BillFacts[]> {
  const rows = await tx<Row[]>`
    select x.n, p.policy_id as "policyId", p.holder_id as "holderId", p.market, p.line, p.product, p.currency, p.mode, p.premium_minor, p.cover_from as "coverFrom", p.cover_to as "coverTo",
      p.due_day as "dueDay", p.state, p.schedule_from as "scheduleFrom", p.schedule_no as "scheduleNo", p.autopay, 'deceased' = any(h.flags) as deceased,
      p.autopay or coalesce(h.email, '') <> '' or coalesce(h.phone, '') <> '' or coalesce(h.address, '') <> '' as reachable, a.scheme, a.last4, a.check_passed, o.past
    from ${tx(table)} x
      -- The range stands at each table: the planner then walks the range of each, not the whole book of one.
      join policies p on p.insurer_id = ${insurerId} and p.holder_id between ${from} and ${to} and p.holder_id = x.holder_id and p.policy_id = x.policy_id
      join holders h on h.insurer_id = ${insurerId} and h.holder_id between ${from} and ${to} and h.holder_id = x.holder_id
      left join lateral (
        select scheme, last4, check_passed from payer_accounts a
        where a.insurer_id = ${insurerId} and a.holder_id = x.holder_id and a.closed_at is null order by a.added_at desc limit 1) a on true
      left join lateral (
        select string_agg(concat_ws(' ', l.bill_id, l.instalment_no, l.period_from, l.period_to, l.due_on, l.premium_minor, l.amount_minor), ';' order by l.due_on desc) as past from (
          select b.* from bills b
          where b.insurer_id = ${insurerId} and b.holder_id = x.holder_id and b.policy_id = x.policy_id and b.kind = 'instalment' and b.state not in ('cancelled', 'held') and b.bill_id <> x.bill_id
          order by b.due_on desc limit ${REVIEW_SETTINGS.jump_history_bills}) l) o on true`;
  const facts = Array.from({ length: count }, (): BillFacts => ({ policy: null, payer: null, account: null, past: [] }));
  for (const { n, premium_minor: premiumMinor, deceased, reachable, scheme, last4, check_passed: checkPassed, past, ...policy } of rows) {
    facts[n] = {
      policy: { ...policy, premiumMinor }, payer: { holderId: policy.holderId as HolderId, deceased, reachable },
      account: scheme === null ? null : { scheme, last4: last4 ?? '', checkPassed: checkPassed ?? true }, past: past === null ? [] : past.split(';').map(pastOf),
    };
  }
  return facts;
}

function pastOf(text: string): PastBill {
  const [id = '0', no = '0', from = '', to = '', due = '', premium = '0', amount = '0'] = text.split(' ');
  return {
    billId: Number(id) as BillId, instalmentNo: Number(no), periodFrom: from as PlainDate, periodTo: to as PlainDate, dueOn: due as PlainDate, premiumMinor: BigInt(premium), amountMinor: BigInt(amount),
  };
}
