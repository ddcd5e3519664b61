/** Sums out of the table `postings`, and the entries behind a sum. */

import { type Tx } from '../database/index.ts';
import { type BillId, type Currency, type HolderId, type PlainDate, type PolicyId } from '../kernel/index.ts';
import { type Account, type SourceKind } from './posting-rules.ts';

export type TrialBalanceRow = {
  readonly account: Account;
  readonly currency: Currency;
  readonly debitMinor: bigint;
  readonly creditMinor: bigint;
  /** Debits less credits: above zero for what we own or are owed, below for what we owe or have earned. */
  readonly balanceMinor: bigint;
};

/** Every account at the end of a day; per currency the balances sum to zero. Days that are over are read from their sums, the rest from the entries. */
export async function trialBalance(tx: Tx, on: PlainDate): Promise<TrialBalanceRow[]> {
  const [state] = await tx<{ summed_to: PlainDate | null }[]>`select max(summed_to) as summed_to from ledger_state`;
  // Both as values: only then does the planner see how few days are left to sum.
  const summed = state?.summed_to ?? null;
  const rows = await tx<{ account: Account; currency: Currency; debit: string; credit: string }[]>`
    with pairs as materialized (
      select debit_account::text as debited, credit_account::text as credited, currency::text as currency, amount_minor as amount from ledger_days
      where booked_on = (select max(booked_on) from ledger_days where booked_on <= least(${on}::date, ${summed}::date)) and ${summed !== null}
      union all
      select debit_account::text, credit_account::text, currency::text, sum(amount_minor) from postings
      where booked_on > coalesce(${summed}::date, '-infinity') and booked_on <= ${on} group by 1, 2, 3),
    sides as (
      select debited as account, currency, amount as debit, 0 as credit from pairs
      union all
      select credited, currency, 0, amount from pairs)
    select account, currency, sum(debit)::text as debit, sum(credit)::text as credit from sides group by 1, 2 order by 1, 2`;
  return rows.map(({ account, currency, debit, credit }) => ({
    account, currency, debitMinor: BigInt(debit), creditMinor: BigInt(credit), balanceMinor: BigInt(debit) - BigInt(credit),
  }));
}

/** Where a page of entries ended. */
export type EntryKey = { readonly day: PlainDate; readonly holderId: number; readonly id: number };

export type EntryFilter = {
  readonly account: Account;
  readonly currency: Currency;
  /** Null: both. */
  readonly side: 'debit' | 'credit' | null;
  readonly from: PlainDate | null;
  readonly to: PlainDate;
  readonly after: EntryKey | null;
  readonly limit: number;
};

export type LedgerEntry = {
  readonly postingId: number;
  readonly bookedOn: PlainDate;
  /** Null where nobody is known: a receipt of the bank that leads to no bill. */
  readonly holderId: HolderId | null;
  readonly holderName: string | null;
  readonly policyId: PolicyId | null;
  readonly policyNumber: string | null;
  readonly billId: BillId | null;
  readonly debit: Account;
  readonly credit: Account;
  readonly amountMinor: bigint;
  readonly currency: Currency;
  readonly rule: string;
  readonly sourceKind: SourceKind;
  readonly sourceId: number;
  readonly reversesId: number | null;
};

/** Accounts whose entries have an index of their own (`postings_of_rare_accounts`), because a walk over all entries would meet them too seldom. */
const RARE: ReadonlySet<Account> = new Set(['bank', 'suspense', 'refunds_payable', 'write_offs']);
const RARE_SQL = `(p.debit_account in ('bank', 'suspense', 'refunds_payable', 'write_offs') or p.credit_account in ('bank', 'suspense', 'refunds_payable', 'write_offs'))`;
/** A page looks at so many entries at most, and may then be shorter than asked, with a key to go on from: an index by account would cost every posting two entries. */
const WALK_MAX = 20_000;

/** The entries of an account, newest first; `next` is null at the end. */
export async function ledgerEntries(tx: Tx, filter: EntryFilter): Promise<{ readonly entries: readonly LedgerEntry[]; readonly next: EntryKey | null }> {
  const { account, currency, side, limit } = filter;
  const walked = tx`
    select p.* from postings p
    where p.booked_on >= coalesce(${filter.from}::date, '-infinity') and p.booked_on <= ${filter.to} and ${RARE.has(account) ? tx.unsafe(RARE_SQL) : tx`true`}
      and (${filter.after?.day ?? null}::date is null
        or (p.booked_on, p.holder_id, p.posting_id) < (${filter.after?.day ?? null}::date, ${filter.after?.holderId ?? null}::bigint, ${filter.after?.id ?? null}::bigint))
    order by p.booked_on desc, p.holder_id desc, p.posting_id desc limit ${WALK_MAX}`;
  const rows = await tx<(Omit<LedgerEntry, 'amountMinor'> & { amount_minor: bigint; sortHolderId: number })[]>`
    with page as (
      select * from (${walked}) w
      where w.currency = ${currency} and (w.debit_account = ${account} and ${side !== 'credit'} or w.credit_account = ${account} and ${side !== 'debit'})
      order by w.booked_on desc, w.holder_id desc, w.posting_id desc limit ${limit})
    select page.posting_id as "postingId", page.booked_on as "bookedOn", h.holder_id as "holderId", holder_name(h.family_name, h.given_name) as "holderName",
      page.policy_id as "policyId", p.policy_number as "policyNumber", page.bill_id as "billId", page.debit_account as debit, page.credit_account as credit,
      page.amount_minor, page.currency, page.rule, page.source_kind as "sourceKind", page.source_id as "sourceId", page.reverses_id as "reversesId",
      page.holder_id as "sortHolderId"
    from page left join holders h using (insurer_id, holder_id) left join policies p using (insurer_id, holder_id, policy_id)
    order by page.booked_on desc, page.holder_id desc, page.posting_id desc`;
  const entries = rows.map(({ amount_minor: amountMinor, sortHolderId: _sortHolderId, ...entry }): LedgerEntry => ({ ...entry, amountMinor }));
  const last = rows.at(-1);
  if (rows.length === limit && last !== undefined) return { entries, next: { day: last.bookedOn, holderId: last.sortHolderId, id: last.postingId } };
  const [end] = await tx<{ booked_on: PlainDate; holder_id: number; posting_id: number }[]>`select booked_on, holder_id, posting_id from (${walked}) w offset ${WALK_MAX - 1}`;
  return { entries, next: end === undefined ? null : { day: end.booked_on, holderId: end.holder_id, id: end.posting_id } };
}

export type AccountBalance = { readonly debitMinor: bigint; readonly creditMinor: bigint };

/** What an account had been debited and credited by the end of a day, in minor units of `currency`; read as the trial balance is. */
export async function accountBalance(tx: Tx, account: Account, currency: Currency, on: PlainDate): Promise<AccountBalance> {
  const [state] = await tx<{ summed_to: PlainDate | null }[]>`select max(summed_to) as summed_to from ledger_state`;
  const summed = state?.summed_to ?? null;
  const whole = summed === null || on > summed;
  const rows = await tx<{ debited: boolean; amount: string }[]>`
    select (debit_account = ${account}) as debited, sum(amount_minor)::text as amount from (
      select debit_account, amount_minor from ledger_days
      where booked_on = (select max(booked_on) from ledger_days where booked_on <= least(${on}::date, ${summed}::date))
        and currency = ${currency} and (debit_account = ${account} or credit_account = ${account})
      ${whole ? tx`union all
      select debit_account, amount_minor from postings
      where booked_on > coalesce(${summed}::date, '-infinity') and booked_on <= ${on} and currency = ${currency} and (debit_account = ${account} or credit_account = ${account})` : tx``}) moved
    group by 1`;
  const of = (debited: boolean): bigint => BigInt(rows.find((row) => row.debited === debited)?.amount ?? '0');
  return { debitMinor: of(true), creditMinor: of(false) };
}
