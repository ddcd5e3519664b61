/** Entries into the table `postings`. */

import { copyToTemporary, type Statement, type Tx } from '../database/index.ts';
import { type InsurerId, type PlainDate } from '../kernel/index.ts';
import { type BookedPosting, type PostingRow, reversal } from './posting.ts';
import { type ReversalId, type SourceKind } from './posting-rules.ts';

/** From here on COPY is faster than JSON. */
const COPY_ROWS_MIN = 500;
const COLUMNS = ['holder_id bigint', 'booked_on date', 'debit_account text', 'credit_account text', 'amount_minor bigint', 'currency text', 'rule text', 'source_kind text', 'source_id bigint', 'policy_id bigint', 'bill_id bigint', 'reverses_id bigint'];
let temporaryTables = 0;

/**
 * Books a set of entries in one statement; one that is booked already is not booked again, and one of a day that is closed is booked on the first open one.
 * Returns how many were new.
 */
export async function writePostings(tx: Tx, insurerId: InsurerId, rows: readonly PostingRow[]): Promise<number> {
  if (rows.length === 0) return 0;
  // A statement of its own, sent without waiting for its answer: the next one must see what whoever closes a day has written.
  const held = tx`select hold_books(${insurerId}, false)`.execute();
  const [, count] = await Promise.all([held, write(tx, insurerId, rows)]);
  return count;
}

export type StandingPosting = BookedPosting & { readonly rule: string; readonly sourceKind: SourceKind; readonly sourceId: number };

/** Entries that nothing has turned round. @param which of `postings p`; it names the holders, by whom entries lie together */
export async function standingPostings(tx: Tx, which: Statement<readonly Record<string, unknown>[]>): Promise<StandingPosting[]> {
  const rows = await tx<(Omit<StandingPosting, 'amountMinor'> & { amount_minor: bigint })[]>`
    select p.posting_id as "postingId", p.holder_id as "holderId", p.debit_account as debit, p.credit_account as credit, p.amount_minor, p.currency, p.policy_id as "policyId", p.bill_id as "billId", p.rule,
      p.source_kind as "sourceKind", p.source_id as "sourceId"
    from postings p where ${which} and not exists (select from postings r where r.insurer_id = p.insurer_id and r.holder_id = p.holder_id and r.reverses_id = p.posting_id)`;
  return rows.map(({ amount_minor: amountMinor, ...row }) => ({ ...row, amountMinor }));
}

/** Turns round what of these entries stands. Returns how many they were. */
export async function turnRound(tx: Tx, insurerId: InsurerId, which: Statement<readonly Record<string, unknown>[]>, why: ReversalId, on: PlainDate): Promise<number> {
  return writePostings(tx, insurerId, (await standingPostings(tx, which)).map((posted) => reversal(posted, why, on)));
}

const openDay = (tx: Tx, insurerId: InsurerId, bookedOn: string): Statement<readonly Record<string, unknown>[]> =>
  tx`greatest(${tx.unsafe(bookedOn)}, (select closed_to + 1 from ledger_state where insurer_id = ${insurerId}))`;

async function write(tx: Tx, insurerId: InsurerId, rows: readonly PostingRow[]): Promise<number> {
  if (rows.length >= COPY_ROWS_MIN) {
    temporaryTables += 1;
    const name = `new_postings_${temporaryTables}`;
    await copyToTemporary(tx, name, COLUMNS, valuesOf(rows));
    const inserted = await tx`
      insert into postings (insurer_id, holder_id, booked_on, debit_account, credit_account, amount_minor, currency, rule, source_kind, source_id, policy_id, bill_id, reverses_id)
      select ${insurerId}::int, holder_id, ${openDay(tx, insurerId, 'booked_on')}, debit_account, credit_account, amount_minor, currency, rule, source_kind, source_id, policy_id, bill_id, reverses_id
      from ${tx(name)} on conflict do nothing`;
    return inserted.count;
  }
  const json = rows.map((row) => ({ ...row, amountMinor: String(row.amountMinor) }));
  const inserted = await tx`
    insert into postings (insurer_id, holder_id, booked_on, debit_account, credit_account, amount_minor, currency, rule, source_kind, source_id, policy_id, bill_id, reverses_id)
    select ${insurerId}::int, "holderId", ${openDay(tx, insurerId, '"bookedOn"')}, debit, credit, "amountMinor", currency, rule, "sourceKind", "sourceId", "policyId", "billId", "reversesId"
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
