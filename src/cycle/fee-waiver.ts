/** Late fees of a bill are waived for a reason: its entries are turned round by a correction, and money that had paid them waits as the holder's. */

import { type Tx } from '../database/index.ts';
import { type BillId, type Currency, fail, type HolderId, type InsurerId, type Moment, ok, type PlainDate, type Result } from '../kernel/index.ts';
import { type ChargeKind, chargesOfJson, feesOf, isFee } from '../ledger/index.ts';
import { type BillCorrection, correctBill } from '../payments/index.ts';

type Named = { readonly holderId: HolderId; readonly billId: BillId };
type Waiver = { readonly amountMinor: bigint; readonly currency: Currency };
type Facts = Waiver & { readonly after: NonNullable<BillCorrection['after']>; readonly version: number };

/** Problems: `not_found`, `no_fee_to_waive`. */
export async function previewWaiver(tx: Tx, named: Named): Promise<Result<Waiver>> {
  const facts = await readFees(tx, named);
  return facts.ok ? ok({ amountMinor: facts.value.amountMinor, currency: facts.value.currency }) : facts;
}

type Order = Named & { readonly insurerId: InsurerId; readonly by: string; readonly reason: string; readonly at: Moment; readonly on: PlainDate };

/** Problems: those of `previewWaiver` and of a correction. */
export async function waiveFees(tx: Tx, { insurerId, holderId, billId, by, reason, at, on }: Order): Promise<Result<Waiver>> {
  await tx`select from holders where holder_id = ${holderId} for no key update`;
  const facts = await readFees(tx, { holderId, billId });
  if (!facts.ok) return facts;
  const { after, version, amountMinor, currency } = facts.value;
  const done = await correctBill(tx, { insurerId, holderId, billId, after, version, reason: 'fee_waived', note: reason, by, at, on });
  if (!done.ok) return done;
  await tx`
    update late_fees set waived_on = ${on}, waived_by = ${by}, waiver_reason = ${reason} where holder_id = ${holderId} and bill_id = ${billId} and waived_on is null and amount_minor > 0`;
  return ok({ amountMinor, currency });
}

async function readFees(tx: Tx, { holderId, billId }: Named): Promise<Result<Facts>> {
  const [bill] = await tx<{ premium_minor: bigint; currency: Currency; version: number; charges: { kind: ChargeKind; rule: string; amount_minor: number }[] | null }[]>`
    select b.premium_minor, b.currency, b.charges, (select count(*)::int from bill_corrections c where c.holder_id = b.holder_id and c.bill_id = b.bill_id) as version
    from bills b where b.holder_id = ${holderId} and b.bill_id = ${billId}`;
  if (bill === undefined) return fail('not_found');
  const charges = chargesOfJson(bill.charges);
  const amountMinor = feesOf(charges);
  if (amountMinor === 0n) return fail('no_fee_to_waive');
  return ok({ amountMinor, currency: bill.currency, version: bill.version, after: { premiumMinor: bill.premium_minor, charges: charges.filter(({ kind }) => !isFee(kind)) } });
}
