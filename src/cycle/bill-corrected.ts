/** What happens when finance puts a bill right, in one transaction: figures and books, waiting reminders of a bill that asks for nothing more, and the dispute that asked for it. */

import { type ChargedTerms, instalmentCharges } from '../billing/index.ts';
import { type Tx } from '../database/index.ts';
import { type BillId, type Currency, fail, type HolderId, type InsurerId, type Moment, ok, type PlainDate, type Result } from '../kernel/index.ts';
import { type ChargeKind, chargesOfJson, feesIn } from '../ledger/index.ts';
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

/** Undefined where there is no such bill. Fees for being late stay as they are. */
async function afterOf(tx: Tx, holderId: HolderId, billId: BillId, premiumMinor: bigint | null): Promise<BillCorrection['after'] | undefined> {
  const [bill] = await tx<{ market: string; subdivision: string | null; line: string; currency: Currency; terms: ChargedTerms; from: PlainDate; to: PlainDate; due_on: PlainDate; fees: { kind: ChargeKind; rule: string; amount_minor: number }[] | null }[]>`
    select b.market, p.subdivision, p.line, b.currency, b.period_from as from, b.period_to as to, b.due_on, b.charges as fees,
      jsonb_build_object('coverFrom', p.cover_from, 'instalmentChargePoints', p.instalment_charge_points) as terms
    from bills b join policies p using (insurer_id, holder_id, policy_id) where b.holder_id = ${holderId} and b.bill_id = ${billId}`;
  if (bill === undefined) return undefined;
  if (premiumMinor === null) return null;
  const charges = instalmentCharges(bill, bill.terms, { periodFrom: bill.from, periodTo: bill.to, premiumMinor, dueOn: bill.due_on });
  return { premiumMinor, charges: [...charges, ...feesIn(chargesOfJson(bill.fees))] };
}
