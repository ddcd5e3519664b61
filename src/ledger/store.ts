/** Entries into and sums out of the table `postings`. */

import { copyToTemporary, type Tx } from '../database/index.ts';
import { type Currency, type InsurerId, type PlainDate } from '../kernel/index.ts';
import { type Account } from './posting-rules.ts';
import { type PostingRow } from './posting.ts';

/** From here on COPY is faster than JSON. */
const COPY_ROWS_MIN = 500;
const COLUMNS = ['holder_id bigint', 'booked_on date', 'debit_account text', 'credit_account text', 'amount_minor bigint', 'currency text', 'rule text', 'source_kind text', 'source_id bigint', 'policy_id bigint', 'bill_id bigint', 'reverses_id bigint'];
let temporaryTables = 0;

/** Books a set of entries in one statement; one that is booked already is not booked again. Returns how many were new. */
export async function writePostings(tx: Tx, insurerId: InsurerId, rows: readonly PostingRow[]): Promise<number> {
  if (rows.length === 0) return 0;
  if (rows.length >= COPY_ROWS_MIN) {
    temporaryTables += 1;
    const name = `new_postings_${temporaryTables}`;
    await copyToTemporary(tx, name, COLUMNS, valuesOf(rows));
    const inserted = await tx`
      insert into postings (insurer_id, holder_id, booked_on, debit_account, credit_account, amount_minor, currency, rule, source_kind, source_id, policy_id, bill_id, reverses_id)
      select ${insurerId}::int, * from ${tx(name)} on conflict do nothing`;
    return inserted.count;
  }
  const json = rows.map((row) => ({ ...row, amountMinor: String(row.amountMinor) }));
  const inserted = await tx`
    insert into postings (insurer_id, holder_id, booked_on, debit_account, credit_account, amount_minor, currency, rule, source_kind, source_id, policy_id, bill_id, reverses_id)
    select ${insurerId}::int, "holderId", "bookedOn", debit, credit, "amountMinor", currency, rule, "sourceKind", "sourceId", "policyId", "billId", "reversesId"
    from jsonb_to_recordset(${tx.json(json)}) as r("holderId" bigint, "bookedOn" date, debit text, credit text, "amountMinor" bigint, currency text, rule text,
      "sourceKind" text, "sourceId" bigint, "policyId" bigint, "billId" bigint, "reversesId" bigint)
    on conflict do nothing`;
  return inserted.count;
}

function* valuesOf(rows: readonly PostingRow[]): Generator<(string | number | bigint | null)[]> {
  for (const r of rows) {
    yield [r.holderId, r.bookedOn, r.debit, r.credit, r.amountMinor, r.currency, r.rule, r.sourceKind, r.sourceId, r.policyId, r.billId, r.reversesId];
  }
}

export type TrialBalanceRow = {
  readonly account: Account;
  readonly currency: Currency;
  readonly debitMinor: bigint;
  readonly creditMinor: bigint;
  /** Debits less credits: above zero for what we own or are owed, below for what we owe or have earned. */
  readonly balanceMinor: bigint;
};

/** Every account at the end of a day; per currency the balances sum to zero. */
export async function trialBalance(tx: Tx, on: PlainDate): Promise<TrialBalanceRow[]> {
  const rows = await tx<{ account: Account; currency: Currency; debit: string; credit: string }[]>`
    with sides as (
      select debit_account as account, currency, amount_minor as debit, 0::bigint as credit from postings where booked_on <= ${on}
      union all
      select credit_account, currency, 0, amount_minor from postings where booked_on <= ${on})
    select account::text, currency::text, sum(debit)::text as debit, sum(credit)::text as credit from sides group by 1, 2 order by 1, 2`;
  return rows.map(({ account, currency, debit, credit }) => ({
    account, currency, debitMinor: BigInt(debit), creditMinor: BigInt(credit), balanceMinor: BigInt(debit) - BigInt(credit),
  }));
}
