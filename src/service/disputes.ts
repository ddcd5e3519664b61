/** "Something is wrong with this bill": from the moment it is said until it is answered, collection of the bill pauses. */

import {
  addDays,
  fail,
  ok,
  type BillId,
  type HolderId,
  type InsurerId,
  type Moment,
  type PlainDate,
  type Result,
} from '../kernel/index.ts';
import { type Tx } from '../database/index.ts';

/** The house's own promise, stricter than most: an answer within ten days. */
const ANSWER_DAYS = 10;
const REASON_LENGTH_MAX = 2_000;

export type NewDispute = {
  readonly insurerId: InsurerId;
  readonly holderId: HolderId;
  readonly billId: BillId;
  readonly reason: string;
  readonly openedAt: Moment;
  readonly openedOn: PlainDate;
};

export type BillDispute = { readonly disputeId: number; readonly answerBy: PlainDate; readonly closedAt: Moment | null; readonly resolution: string | null };

/** The open dispute of a bill, else the one that was answered last; null where there is none. */
export async function disputeOf(tx: Tx, holderId: HolderId, billId: BillId): Promise<BillDispute | null> {
  const [row] = await tx<{ dispute_id: number; answer_by: PlainDate; closed_at: Date | null; resolution: string | null }[]>`
    select dispute_id, answer_by, closed_at, resolution from disputes where holder_id = ${holderId} and bill_id = ${billId}
    order by closed_at desc nulls first, dispute_id limit 1`;
  return row === undefined ? null : { disputeId: row.dispute_id, answerBy: row.answer_by, closedAt: row.closed_at?.getTime() ?? null, resolution: row.resolution };
}

/** Opens a dispute and marks the bill. Problems: `not_found`, `dispute_exists`. */
export async function openDispute(tx: Tx, dispute: NewDispute): Promise<Result<{ disputeId: number; answerBy: PlainDate }>> {
  const { insurerId, holderId, billId } = dispute;
  const [bill] = await tx<
    { bill_id: number }[]
  >`select bill_id from bills where holder_id = ${holderId} and bill_id = ${billId} for update`;
  if (bill === undefined) return fail('not_found');
  const [open] = await tx<{ dispute_id: number; answer_by: PlainDate }[]>`
    select dispute_id, answer_by from disputes where holder_id = ${holderId} and bill_id = ${billId} and closed_at is null`;
  if (open !== undefined) return fail('dispute_exists', { dispute_id: open.dispute_id, answer_by: open.answer_by });
  const answerBy = addDays(dispute.openedOn, ANSWER_DAYS);
  const [row] = await tx<{ dispute_id: number }[]>`
    insert into disputes (insurer_id, holder_id, bill_id, reason, opened_at, answer_by)
    values (${insurerId}, ${holderId}, ${billId}, ${dispute.reason.slice(0, REASON_LENGTH_MAX)}, ${new Date(dispute.openedAt)}, ${answerBy}) returning dispute_id`;
  await tx`update bills set disputed = true where holder_id = ${holderId} and bill_id = ${billId}`;
  return ok({ disputeId: row?.dispute_id ?? 0, answerBy });
}

/** What the answer was: the holder is right; the bill was wrong and is put right; the bill stands; the holder takes it back. */
export const DISPUTE_RESOLUTIONS = ['upheld', 'corrected', 'rejected', 'withdrawn'] as const;
export type DisputeResolution = (typeof DISPUTE_RESOLUTIONS)[number];

export type DisputeAnswer = {
  readonly holderId: HolderId;
  readonly disputeId: number;
  readonly resolution: DisputeResolution;
  readonly note: string;
  readonly closedBy: string;
  readonly closedAt: Moment;
};

/**
 * Closes a dispute; collection of its bill goes on when no other dispute of the bill is open. The bill is locked first, as by whoever opens one, so
 * that of two people at once the second is told. “Corrected” is an answer only where the bill was corrected since the dispute was opened. Problems: `not_found`,
 * `dispute_closed`, `bill_not_corrected`.
 */
export async function closeDispute(tx: Tx, answer: DisputeAnswer): Promise<Result<{ billId: number; collectionGoesOn: boolean }>> {
  const { holderId, disputeId } = answer;
  const [bill] = await tx<{ bill_id: number }[]>`
    select b.bill_id from disputes d join bills b using (insurer_id, holder_id, bill_id)
    where d.holder_id = ${holderId} and d.dispute_id = ${disputeId} for update of b`;
  if (bill === undefined) return fail('not_found');
  if (answer.resolution === 'corrected' && !await wasCorrected(tx, holderId, disputeId)) return fail('bill_not_corrected');
  const closed = await tx`
    update disputes set closed_at = ${new Date(answer.closedAt)}, closed_by = ${answer.closedBy}, resolution = ${answer.resolution},
      resolution_note = ${answer.note === '' ? null : answer.note.slice(0, REASON_LENGTH_MAX)}
    where holder_id = ${holderId} and dispute_id = ${disputeId} and closed_at is null returning dispute_id`;
  if (closed.length === 0) {
    const [earlier] = await tx<{ closed_by: string | null }[]>`select closed_by from disputes where holder_id = ${holderId} and dispute_id = ${disputeId}`;
    return fail('dispute_closed', { closed_by: earlier?.closed_by ?? '—' });
  }
  const freed = await tx`
    update bills b set disputed = false where b.holder_id = ${holderId} and b.bill_id = ${bill.bill_id}
      and not exists (select from disputes d where d.insurer_id = b.insurer_id and d.holder_id = b.holder_id and d.bill_id = b.bill_id and d.closed_at is null)
    returning b.bill_id`;
  return ok({ billId: bill.bill_id, collectionGoesOn: freed.length > 0 });
}

/** A dispute that somebody has closed already is told as such, whatever was corrected. */
async function wasCorrected(tx: Tx, holderId: HolderId, disputeId: number): Promise<boolean> {
  const [row] = await tx<{ corrected: boolean }[]>`
    select d.closed_at is not null or exists (
      select from bill_corrections c where c.insurer_id = d.insurer_id and c.holder_id = d.holder_id and c.bill_id = d.bill_id and c.corrected_at >= d.opened_at) as corrected
    from disputes d where d.holder_id = ${holderId} and d.dispute_id = ${disputeId}`;
  return row?.corrected ?? false;
}
