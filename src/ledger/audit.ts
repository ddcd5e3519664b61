/**
 * The auditor: what each account must hold, worked out from bills, payments, allocations and suspense alone, and compared with the postings to
 * the cent. Written apart from the code that posts, and never called by it, so that one mistake does not hide in both.
 *
 * A bill that was paid before its policy came to us has no allocation for that part; it is not in our books. A bill taken over open is in them
 * with what was owed (rule `opening_balance`).
 */

import { type Tx } from '../database/index.ts';
import { type Currency, type InsurerId, type PlainDate } from '../kernel/index.ts';
import { type Account } from './posting-rules.ts';

export type LedgerDifference = {
  /** An account, or the thing whose own figures do not agree. */
  readonly where: Account | 'payment' | 'bill';
  /** The payment's or the bill's number; null for an account. */
  readonly id: number | null;
  readonly currency: Currency;
  readonly expectedMinor: bigint;
  readonly foundMinor: bigint;
};

const DIFFERENCES_MAX = 100;

/** Empty when the books are right. */
export async function auditLedger(tx: Tx): Promise<LedgerDifference[]> {
  const differences = [...await accountDifferences(tx), ...await paymentDifferences(tx), ...await suspenseDifferences(tx), ...await billDifferences(tx)];
  return differences.map(({ where, id, currency, expected, found }) => ({ where, id, currency, expectedMinor: BigInt(expected), foundMinor: BigInt(found) }));
}

export type DailyAudit = { readonly on: PlainDate; readonly differences: number };
const KEPT_MAX = 20;

/** Audits and writes down what was found; the same day again writes the same row. */
export async function auditDay(tx: Tx, insurerId: InsurerId, on: PlainDate): Promise<number> {
  const found = await auditLedger(tx);
  const first = found.slice(0, KEPT_MAX).map(({ where, id, currency, expectedMinor, foundMinor }) => ({ where, id, currency, expected_minor: Number(expectedMinor), found_minor: Number(foundMinor) }));
  await tx`
    insert into ledger_audits (insurer_id, audited_on, differences, first_rows) values (${insurerId}, ${on}, ${found.length}, ${tx.json(first)})
    on conflict (insurer_id, audited_on) do update set differences = excluded.differences, first_rows = excluded.first_rows`;
  return found.length;
}

/** The audit of the last report; null before the first. */
export async function lastAudit(tx: Tx): Promise<DailyAudit | null> {
  const [row] = await tx<DailyAudit[]>`select audited_on as "on", differences from ledger_audits order by audited_on desc limit 1`;
  return row ?? null;
}

type Row = { where: LedgerDifference['where']; id: number | null; currency: Currency; expected: string; found: string };

const accountDifferences = (tx: Tx): Promise<Row[]> => tx<Row[]>`
  with settled as (
    select holder_id, payment_id, currency, provider, method from payments where state = 'succeeded'),
  allocated as (
    select a.holder_id, a.bill_id, sum(a.amount_minor) as paid from allocations a join settled using (holder_id, payment_id) group by 1, 2),
  taken_over as (
    select distinct holder_id, bill_id from postings where rule = 'opening_balance'),
  -- What of each bill is ours to collect: all of it, less what had been paid before our time.
  owned as (
    select b.currency, b.state, b.premium_minor, b.charges, b.fees_minor, b.amount_minor - b.paid_minor as unpaid, coalesce(a.paid, 0) as paid,
      b.amount_minor - b.paid_minor + coalesce(a.paid, 0) as booked, t.bill_id is not null as taken_over
    from bills b left join allocated a using (holder_id, bill_id) left join taken_over t using (holder_id, bill_id)
    where b.state not in ('cancelled', 'held')
      -- What a former system had given up before its open bills were taken over was never in our books.
      and (b.closed_on is null or b.closed_on > coalesce((select min(booked_on) from postings where rule = 'opening_balance'), '-infinity'))),
  issued as (
    select * from owned where not taken_over and booked > 0),
  -- What a former system had charged came over with its open bill; what is charged for being late since then is ours.
  charged as (
    select o.currency, a.account, sum(c.amount_minor) as amount
    from owned o cross join lateral jsonb_to_recordset(o.charges) as c(kind text, amount_minor bigint)
      join (values ('levy', 'levy_payable', false), ('premium_tax', 'premium_tax_payable', false), ('stamp_duty', 'premium_tax_payable', false), ('policy_fee', 'fee_income', false),
        ('instalment_charge', 'fee_income', false), ('late_fee', 'fee_income', true), ('interest', 'interest_income', true)) a(kind, account, for_being_late) on a.kind = c.kind
    where o.booked > 0 and jsonb_typeof(o.charges) = 'array' and (a.for_being_late or not o.taken_over) group by 1, 2),
  waiting as (
    select s.currency, s.payment_id, s.holder_id, s.amount_minor as whole from suspense_items s join settled using (holder_id, payment_id)),
  -- What left suspense: used for a bill, or owed back to its payer and perhaps sent.
  left_suspense as (
    select currency, sum(amount_minor) as amount from payments where state = 'succeeded' and provider = 'inforce' and method = 'waiting_money_used' group by 1
    union all select currency, sum(amount_minor) from refunds where state <> 'undone' group by 1
    union all select currency, sum(amount_minor) from group_payments where undone_on is null group by 1),
  -- Everything that settled money is used for stands on one side, where it came from on the other.
  received as (
    select case s.provider when 'bank' then 'bank' when 'inforce' then o.account else 'provider_clearing' end as account, s.currency, sum(x.amount) as amount
    from settled s join (
      select holder_id, payment_id, amount_minor as amount from allocations union all select holder_id, payment_id, whole from waiting) x using (holder_id, payment_id)
      left join (values ('early_discount', 'discounts_allowed'), ('points_spent', 'points_liability'), ('claim_offset', 'claims_payable'), ('premium_loan', 'policy_loans'),
        ('group_share', 'group_clearing'), ('producer_share', 'producer_clearing'), ('exchanged', 'exchange_clearing'), ('small_balance', 'write_offs'), ('paid_before', 'opening_balance')) o(method, account)
        on s.provider = 'inforce' and o.method = s.method
    where not (s.provider = 'inforce' and s.method = 'waiting_money_used')
    group by 1, 2),
  unmatched as (
    select currency, sum(amount_minor) as amount from unmatched_receipts where resolved_on is null group by 1),
  expected as (
    select 'premium_receivable' as account, currency, sum(case when state = 'written_off' then 0 else unpaid end) as balance from owned where booked > 0 group by 2
    union all select 'write_offs', currency, sum(unpaid) from owned where state = 'written_off' group by 2
    union all select 'premium_income', currency, -sum(premium_minor) from issued group by 2
    union all select account, currency, -amount from charged
    union all select 'opening_balance', currency, -sum(booked - fees_minor) from owned where taken_over group by 2
    union all select account, currency, amount from received
    -- Points at their value in money; what was spent is a payment of our own, above.
    union all select a.account, e.currency, sum(case when (e.kind = 'earned') = (a.account = 'points_cost') then e.amount_minor else -e.amount_minor end)
      from point_entries e cross join (values ('points_cost'), ('points_liability')) a(account) where e.kind in ('earned', 'expired') and e.reversed_on is null group by 1, 2
    union all select 'bank', currency, amount from unmatched
    union all select 'suspense', currency, -amount from unmatched
    union all select 'suspense', currency, -sum(whole) from waiting group by 2
    union all select 'suspense', currency, amount from left_suspense
    union all select 'group_clearing', currency, -sum(amount_minor) from group_payments where undone_on is null group by 2
    union all select a.account, c.currency, case a.account when 'commission_cost' then sum(c.amount_minor) else -sum(c.amount_minor) end
      from commissions c join payments y using (insurer_id, holder_id, payment_id) cross join (values ('commission_cost'), ('commission_payable')) a(account) where y.state = 'succeeded' group by 1, 2
    union all select 'refunds_payable', currency, -sum(amount_minor) from refunds where state = 'due' group by 2
    union all select 'bank', currency, -sum(amount_minor) from refunds where state = 'paid' group by 2
    union all select 'funding_cost', currency, sum(funding_minor) from plans where state <> 'undone' group by 2
    union all select 'funding_accrued', currency, -sum(funding_minor) from plans where state <> 'undone' group by 2),
  posted as (
    select debit_account::text as account, currency::text, amount_minor::numeric as balance from postings
    union all select credit_account::text, currency::text, -amount_minor::numeric from postings),
  both_sides as (
    select account, currency::text, balance as expected, 0 as found from expected union all select account, currency, 0, balance from posted)
  select account as where, null::bigint as id, currency, sum(expected)::text as expected, sum(found)::text as found
  from both_sides group by account, currency having sum(expected) <> sum(found) order by 1, 3`;

/** A settled payment that we have booked is used to the cent: for bills, or waiting in suspense. */
const paymentDifferences = (tx: Tx): Promise<Row[]> => tx<Row[]>`
  select 'payment' as where, p.payment_id as id, p.currency::text, p.amount_minor::text as expected, sum(x.amount)::text as found
  from payments p join (
    select holder_id, payment_id, amount_minor as amount from allocations
    union all select holder_id, payment_id, amount_minor from suspense_items) x using (holder_id, payment_id)
  where p.state = 'succeeded'
  group by p.payment_id, p.currency, p.amount_minor having sum(x.amount) <> p.amount_minor order by 2 limit ${DIFFERENCES_MAX}`;

/** What an item of suspense says has left it is what was used of it and what went back. */
const suspenseDifferences = (tx: Tx): Promise<Row[]> => tx<Row[]>`
  with gone as (
    select holder_id, suspense_id, sum(amount) as amount from (
      select s.holder_id, s.suspense_id, u.amount_minor as amount from suspense_items s join payments u on u.holder_id = s.holder_id and u.caused_by = s.payment_id
      where u.provider = 'inforce' and u.method = 'waiting_money_used' and u.state = 'succeeded'
      union all select holder_id, suspense_id, amount_minor from refunds where state <> 'undone'
      union all select holder_id, suspense_id, amount_minor from group_payments where undone_on is null) x group by 1, 2)
  select 'payment' as where, s.payment_id as id, s.currency::text, coalesce(g.amount, 0)::text as expected, s.cleared_minor::text as found
  from suspense_items s join payments p using (holder_id, payment_id) left join gone g using (holder_id, suspense_id)
  where p.state = 'succeeded' and s.cleared_minor <> coalesce(g.amount, 0) order by 2 limit ${DIFFERENCES_MAX}`;

/** A bill's own figure of what was paid is not below what payments say, and its parts make its amount. */
const billDifferences = (tx: Tx): Promise<Row[]> => tx<Row[]>`
  with allocated as (
    select a.holder_id, a.bill_id, sum(a.amount_minor) as paid
    from allocations a join payments p using (holder_id, payment_id) where p.state = 'succeeded' group by 1, 2)
  select 'bill' as where, b.bill_id as id, b.currency::text, a.paid::text as expected, b.paid_minor::text as found
  from bills b join allocated a using (holder_id, bill_id) where a.paid > b.paid_minor
  union all
  select 'bill', b.bill_id, b.currency::text, b.amount_minor::text, b.paid_minor::text from bills b where (b.state = 'paid') <> (b.paid_minor = b.amount_minor) and b.state in ('paid', 'open')
  order by 2 limit ${DIFFERENCES_MAX}`;
