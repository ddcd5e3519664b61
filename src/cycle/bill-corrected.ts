/** What happens when finance puts a bill right, in one transaction: figures and books, waiting reminders of a bill that asks for nothing more, and the dispute that asked for it. */

import { chargesOf, type PremiumMode } from '../billing/index.ts';
import { type Tx } from '../database/index.ts';
import { type BillId, type Currency, fail, type HolderId, type InsurerId, type Moment, ok, type PlainDate, type Result } from '../kernel/index.ts';
import { type ChargeKind, isFee } from '../ledger/index.ts';
import { cancelReminders } from '../outreach/index.ts';
import { type BillCorrection, type Correction, correctBill, previewCorrection } from '../payments/index.ts';
import { closeDispute, disputeOf } from '../service/index.ts';

/** `premiumMinor` null: the bill is withdrawn. */
export type CorrectionAsked = { readonly insurerId: InsurerId; readonly holderId: HolderId; readonly billId: BillId; readonly premiumMinor: bigint | null };
type Previewed = Correction & { readonly version: number };

/** What the correction would do; levies and taxes are the law's on the new premium. Problems: those of `correctBill`. */
export async function correctionPreview(tx: Tx, { holderId, billId, premiumMinor }: CorrectionAsked): Promise<Result<Previewed>> {
  const after = await afterOf(tx, holderId, billId, premiumMinor);
  return after === undefined ? fail('not_found') : previewCorrection(tx, { holderId, billId, after });
}

export type CorrectionOrder = CorrectionAsked & Pick<BillCorrection, 'version' | 'reason' | 'note' | 'by'> & { readonly at: Moment; readonly on: PlainDate };

/** Corrects, and answers an open dispute of the bill with it. Problems: those of `correctBill`. */
export async function billCorrected(tx: Tx, order: CorrectionOrder): Promise<Result<Correction & { readonly correctionId: number; readonly disputeAnswered: boolean }>> {
  const { holderId, billId, premiumMinor, at, by, note } = order;
  const after = await afterOf(tx, holderId, billId, premiumMinor);
  if (after === undefined) return fail('not_found');
  const done = await correctBill(tx, { ...order, after });
  if (!done.ok) return done;
  if (done.value.state !== 'open') await cancelReminders(tx, [{ holderId, billId }], at, done.value.state === 'paid' ? 'paid' : 'withdrawn');
  const dispute = await disputeOf(tx, holderId, billId);
  if (dispute === null || dispute.closedAt !== null) return ok({ ...done.value, disputeAnswered: false });
  const closed = await closeDispute(tx, { holderId, disputeId: dispute.disputeId, resolution: 'corrected', note, closedBy: by, closedAt: at });
  return ok({ ...done.value, disputeAnswered: closed.ok });
}

/** Undefined where there is no such bill. */
async function afterOf(tx: Tx, holderId: HolderId, billId: BillId, premiumMinor: bigint | null): Promise<BillCorrection['after'] | undefined> {
  const [bill] = await tx<{ market: string; line: string; currency: Currency; mode: PremiumMode; due_on: PlainDate; charges: readonly { kind: ChargeKind; rule: string; amount_minor: number }[] | null }[]>`
    select b.market, p.line, b.currency, p.mode, b.due_on, b.charges from bills b join policies p using (insurer_id, holder_id, policy_id) where b.holder_id = ${holderId} and b.bill_id = ${billId}`;
  if (bill === undefined) return undefined;
  if (premiumMinor === null) return null;
  const { due_on: on, charges: kept, ...of } = bill;
  // What was charged for being late was charged by its own announcement, and stays.
  return { premiumMinor, charges: [...chargesOf({ ...of, premiumMinor, on }), ...(kept ?? []).map(({ kind, rule, amount_minor }) => ({ kind, rule, amountMinor: BigInt(amount_minor) })).filter(({ kind }) => isFee(kind))] };
}
