/** What came of a call, in one stroke: the task is closed, a promise is kept in mind. */

import { addDays, fail, ok, type HolderId, type InsurerId, type Moment, type PlainDate, type Result } from '../kernel/index.ts';
import { type Tx } from '../database/index.ts';
import { markDeceased } from './holder-marks.ts';

export const CALL_OUTCOMES = [
  'promised',
  'paid_already',
  'no_answer',
  'call_back',
  'cannot_pay',
  'will_not_pay',
  'wrong_number',
  'disputes_bill',
  'deceased',
] as const;
/** Why a payment is late, as the holder tells it. Extensible: a line here, its words in the console's texts. */
export const LATE_REASONS = ['liquidity', 'claim_dispute', 'low_value', 'payment_friction', 'forgot', 'other'] as const;
export type LateReason = (typeof LATE_REASONS)[number];
/** The holder was spoken to about the bill: without a reason the call is not closed. */
export const CODED_OUTCOMES: readonly string[] = ['promised', 'cannot_pay', 'will_not_pay', 'disputes_bill'] satisfies readonly (typeof CALL_OUTCOMES)[number][];

export type CallOutcome = (typeof CALL_OUTCOMES)[number];

/** A promise further away than this is a payment plan, not a promise. */
export const PROMISE_DAYS_MAX = 31;

export type CallResult = {
  readonly insurerId: InsurerId;
  readonly holderId: HolderId;
  readonly contactId: number;
  readonly outcome: CallOutcome;
  readonly lateReason: LateReason | null;
  readonly promise: { readonly payBy: PlainDate; readonly amountMinor: bigint | null } | null;
  readonly madeBy: string;
  readonly at: Moment;
  readonly on: PlainDate;
};

type CallContact = { bill_id: number | null; currency: string | null; outstanding_minor: bigint | null };

/** Problems: `not_found`, `contact_not_call`, `late_reason_needed`, `promise_date_invalid`, `bill_not_open`. */
export async function recordCallOutcome(tx: Tx, call: CallResult): Promise<Result<{ promiseId: number | null }>> {
  const [contact] = await tx<(CallContact & { channel: string; state: string })[]>`
    select c.channel, c.state, c.bill_id, b.currency, case when b.state = 'open' then (b.amount_minor - b.paid_minor)::bigint end as outstanding_minor
    from contacts c left join bills b using (insurer_id, holder_id, bill_id)
    where c.holder_id = ${call.holderId} and c.contact_id = ${call.contactId} for update of c`;
  if (contact === undefined) return fail('not_found');
  if (contact.channel !== 'call' || !['queued', 'sending'].includes(contact.state))
    return fail('contact_not_call', { state: contact.state });
  if (CODED_OUTCOMES.includes(call.outcome) && contact.bill_id !== null && call.lateReason === null) return fail('late_reason_needed');
  const promise = await keepPromise(tx, call, contact);
  if (!promise.ok) return promise;
  await tx`
    update contacts set state = 'done', outcome = ${call.outcome}, sent_at = coalesce(sent_at, ${new Date(call.at)}), closed_at = ${new Date(call.at)}
    where holder_id = ${call.holderId} and contact_id = ${call.contactId}`;
  if (call.outcome === 'deceased') await markDeceased(tx, call.holderId);
  if (contact.bill_id !== null && call.lateReason !== null) {
    await tx`
      insert into late_reasons (insurer_id, holder_id, bill_id, reason, coded_by, coded_at)
      values (${call.insurerId}, ${call.holderId}, ${contact.bill_id}, ${call.lateReason}, ${call.madeBy}, ${new Date(call.at)})
      on conflict (insurer_id, holder_id, bill_id) do update set reason = excluded.reason, coded_by = excluded.coded_by, coded_at = excluded.coded_at`;
  }
  return promise;
}

async function keepPromise(tx: Tx, call: CallResult, contact: CallContact): Promise<Result<{ promiseId: number | null }>> {
  if (call.promise === null) return ok({ promiseId: null });
  const { payBy, amountMinor } = call.promise;
  if (payBy < call.on || payBy > addDays(call.on, PROMISE_DAYS_MAX)) return fail('promise_date_invalid', { days_max: PROMISE_DAYS_MAX });
  if (contact.bill_id === null || contact.outstanding_minor === null || contact.currency === null)
    return fail('bill_not_open', { state: '—' });
  const amount = amountMinor ?? contact.outstanding_minor;
  const [row] = await tx<{ promise_id: number }[]>`
    insert into promises (insurer_id, holder_id, bill_id, promised_on, pay_by, amount_minor, currency, made_by)
    values (${call.insurerId}, ${call.holderId}, ${contact.bill_id}, ${call.on}, ${payBy}, ${String(amount)}, ${contact.currency}, ${call.madeBy})
    returning promise_id`;
  return ok({ promiseId: row?.promise_id ?? null });
}
