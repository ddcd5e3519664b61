/** "Another day": a holder promises to pay a bill by a day of their own; until it is over nobody reminds them of that bill. */

import { addDays, fail, ok, type BillId, type HolderId, type InsurerId, type Moment, type PlainDate, type Result } from '../kernel/index.ts';
import { type Tx } from '../database/index.ts';

/** From the first promise for a bill: the day may be moved within these, not moved on for ever. */
const HOLDER_PROMISE_DAYS = 14;
const MADE_BY = 'holder';

export type BillPromises = {
  /** Of the open promise, whoever took it down. */
  readonly payBy: PlainDate | null;
  /** Of the first promise that the holder made alone. */
  readonly firstOn: PlainDate | null;
};
type Days = { readonly from: PlainDate; readonly to: PlainDate };

export async function promisesOf(tx: Tx, holderId: HolderId, billId: BillId): Promise<BillPromises> {
  const [row] = await tx<BillPromises[]>`
    select max(pay_by) filter (where state = 'open') as "payBy", min(promised_on) filter (where made_by = ${MADE_BY}) as "firstOn"
    from promises where holder_id = ${holderId} and bill_id = ${billId}`;
  return row ?? { payBy: null, firstOn: null };
}

/** The days that may be promised today: tomorrow to the end of grace or the fourteenth day, whichever is earlier. Null: there is none. */
export function promiseDays(today: PlainDate, graceEndsOn: PlainDate | null, { firstOn }: Pick<BillPromises, 'firstOn'>): Days | null {
  const from = addDays(today, 1);
  const fortnight = addDays(firstOn ?? today, HOLDER_PROMISE_DAYS);
  const to = graceEndsOn !== null && graceEndsOn < fortnight ? graceEndsOn : fortnight;
  return from > to ? null : { from, to };
}

export type HolderPromise = {
  readonly insurerId: InsurerId; readonly holderId: HolderId; readonly billId: BillId; readonly payBy: PlainDate; readonly today: PlainDate; readonly at: Moment;
};

/** Replaces an open promise of the bill, and takes back the reminders of it that wait. Problems: `not_found`, `bill_not_open`, `promise_date_invalid`. */
export async function promiseByHolder(tx: Tx, { insurerId, holderId, billId, payBy, today, at }: HolderPromise): Promise<Result<{ promiseId: number }>> {
  const [bill] = await tx<{ state: string; left_minor: bigint; currency: string; grace_ends_on: PlainDate | null }[]>`
    select state, amount_minor - paid_minor as left_minor, currency, grace_ends_on from bills where holder_id = ${holderId} and bill_id = ${billId} for no key update`;
  if (bill === undefined) return fail('not_found');
  if (bill.state !== 'open') return fail('bill_not_open', { state: bill.state });
  const days = promiseDays(today, bill.grace_ends_on, await promisesOf(tx, holderId, billId));
  if (days === null || payBy < days.from || payBy > days.to) return fail('promise_date_invalid', { days_max: HOLDER_PROMISE_DAYS });
  await tx`update promises set state = 'withdrawn' where holder_id = ${holderId} and bill_id = ${billId} and state = 'open'`;
  const [row] = await tx<{ promise_id: number }[]>`
    insert into promises (insurer_id, holder_id, bill_id, promised_on, pay_by, amount_minor, currency, made_by)
    values (${insurerId}, ${holderId}, ${billId}, ${today}, ${payBy}, ${String(bill.left_minor)}, ${bill.currency}, ${MADE_BY}) returning promise_id`;
  await tx`
    update contacts set state = 'cancelled', outcome = 'promise_open', closed_at = ${new Date(at)}
    where holder_id = ${holderId} and bill_id = ${billId} and state = 'queued' and purpose = 'premium_reminder'`;
  return ok({ promiseId: row?.promise_id ?? 0 });
}
