/** What is left of a bill is given up by a person, or that is taken back. Money that comes for it afterwards lowers the loss. */

import { type Tx } from '../database/index.ts';
import { type BillId, type Currency, fail, type HolderId, type InsurerId, ok, type PlainDate, type PolicyId, type Result } from '../kernel/index.ts';
import { entry, reversal, standingPostings, writePostings } from '../ledger/index.ts';
import { lockHolders } from './store.ts';

type Named = { readonly holderId: HolderId; readonly billId: BillId };
type Row = { policy_id: PolicyId; currency: Currency; left_minor: bigint; state: string; in_flight: boolean; times: number };
export type WriteOff = { readonly leftMinor: bigint; readonly currency: Currency };

/** Problems: `not_found`, `bill_not_open`, `money_in_flight`. */
export async function previewWriteOff(tx: Tx, named: Named): Promise<Result<WriteOff>> {
  const row = await readBill(tx, named);
  return row.ok ? ok({ leftMinor: row.value.left_minor, currency: row.value.currency }) : row;
}

/** The bill is closed and what is left of it a loss. Problems: those of `previewWriteOff`. */
export async function writeOffBill(tx: Tx, { insurerId }: { readonly insurerId: InsurerId }, named: Named, on: PlainDate): Promise<Result<WriteOff>> {
  const { holderId, billId } = named;
  await lockHolders(tx, [holderId]);
  const row = await readBill(tx, named);
  if (!row.ok) return row;
  const { policy_id: policyId, currency, left_minor: leftMinor, times } = row.value;
  await tx`update bills set state = 'written_off', closed_on = ${on}, next_change_on = null, waits_for = null where holder_id = ${holderId} and bill_id = ${billId}`;
  const posted = entry('write_off', { holderId, policyId, billId, bookedOn: on, amountMinor: leftMinor, currency, sourceId: billId });
  // A bill that was given up before and taken back is given up under another name.
  await writePostings(tx, insurerId, [times === 0 ? posted : { ...posted, rule: `${posted.rule}:${times + 1}` }]);
  return ok({ leftMinor, currency });
}

/** The bill is owed again as if it had not been given up. Problems: `not_found`, `bill_not_written_off`, `write_off_recovered` where money has come for it since. */
export async function undoWriteOff(tx: Tx, { insurerId }: { readonly insurerId: InsurerId }, { holderId, billId }: Named, on: PlainDate): Promise<Result<WriteOff>> {
  await lockHolders(tx, [holderId]);
  const [bill] = await tx<{ state: string; currency: Currency; left_minor: bigint }[]>`
    select state, currency, (amount_minor - paid_minor)::bigint as left_minor from bills where holder_id = ${holderId} and bill_id = ${billId} for no key update`;
  if (bill === undefined) return fail('not_found');
  if (bill.state !== 'written_off') return fail('bill_not_written_off');
  const standing = await standingPostings(tx, tx`p.holder_id = ${holderId} and p.bill_id = ${billId} and (starts_with(p.rule, 'write_off') or starts_with(p.rule, 'recovery_received'))`);
  if (standing.some(({ rule }) => rule.startsWith('recovery_received'))) return fail('write_off_recovered');
  if (standing.length === 0) return fail('bill_not_written_off');
  await tx`update bills set state = 'open', closed_on = null, stage_since = null where holder_id = ${holderId} and bill_id = ${billId}`;
  await writePostings(tx, insurerId, standing.map((posted) => reversal(posted, 'undone', on)));
  return ok({ leftMinor: bill.left_minor, currency: bill.currency });
}

async function readBill(tx: Tx, { holderId, billId }: Named): Promise<Result<Row>> {
  const [row] = await tx<Row[]>`
    select policy_id, currency, (amount_minor - paid_minor)::bigint as left_minor, state, in_flight,
      (select count(*)::int from postings p where p.holder_id = b.holder_id and p.bill_id = b.bill_id and p.source_kind = 'bill' and starts_with(p.rule, 'write_off')) as times
    from bills b where holder_id = ${holderId} and bill_id = ${billId} for no key update`;
  if (row === undefined) return fail('not_found');
  if (row.state !== 'open') return fail('bill_not_open', { state: row.state });
  return row.in_flight ? fail('money_in_flight') : ok(row);
}
