/** One bill: what it is made of, what was paid, how it is booked, what was decided about it and why. */

import { type BillId, type HolderId, type InsurerId } from '../kernel/index.ts';
import { readTogether, type Sql } from '../database/index.ts';
import { BILL_COLUMNS, decisionsOf, gateAnswersOf, type BillRow, withReference } from './rows.ts';
import { type BillView } from './shapes.ts';

export { type BillView } from './shapes.ts';

const ROWS_MAX = 200;
type ChargesRow = { charges: { kind: string; rule?: string | null; amount_minor: number }[] | null };

/** Null where the insurer has no such bill of this holder. */
export async function billView(sql: Sql, insurerId: InsurerId, holderId: HolderId, billId: BillId): Promise<BillView | null> {
  const [bills, payments, postings, decisions, gate] = await readTogether(sql, insurerId, (tx) => [
    tx<(BillRow & ChargesRow)[]>`
      select ${tx.unsafe(BILL_COLUMNS)}, b.charges from bills b join policies p using (insurer_id, holder_id, policy_id)
      where b.holder_id = ${holderId} and b.bill_id = ${billId}`,
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
  if (row === undefined) return null;
  const { charges, ...bill } = row;
  return {
    bill: {
      ...withReference(bill),
      charges: (charges ?? []).map(({ kind, rule, amount_minor }) => ({ kind, rule: rule ?? null, amount_minor: BigInt(amount_minor) })),
    },
    payments: [...payments], postings: [...postings], decisions: [...decisions], gate: [...gate],
  };
}
