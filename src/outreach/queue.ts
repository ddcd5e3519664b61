/** What waits to leave: queued with the gate's "allow" beside it, cancelled when the reason has gone. */

import { type Tx } from '../database/index.ts';
import { type BillId, type HolderId, type Language, type Moment, type PlainDate } from '../kernel/index.ts';
import { type Insurer } from '../portfolio/index.ts';
import { type Channel, type Purpose } from './message.ts';

export type QueuedContact = {
  readonly holderId: HolderId;
  readonly billId: number | null;
  readonly policyId: number | null;
  readonly paymentId: number | null;
  readonly askKey: string;
  readonly purpose: Purpose;
  readonly channel: Channel;
  readonly template: string;
  readonly tone: string;
  readonly language: Language;
  readonly queuedOn: PlainDate;
  readonly notBefore: Moment;
};

/** Queues contacts whose `allow` has been written; one that is there already stays as it is. Returns how many are new. */
export async function queueContacts(tx: Tx, insurer: Pick<Insurer, 'insurerId'>, contacts: readonly QueuedContact[]): Promise<number> {
  if (contacts.length === 0) return 0;
  const rows = contacts.map((contact) => ({
    holder_id: contact.holderId, ask_key: contact.askKey, bill_id: contact.billId, policy_id: contact.policyId, payment_id: contact.paymentId, purpose: contact.purpose,
    channel: contact.channel, template: contact.template, tone: contact.tone, language: contact.language, queued_on: contact.queuedOn, not_before: new Date(contact.notBefore).toISOString(),
  }));
  const queued = await tx`
    insert into contacts (insurer_id, holder_id, ask_key, bill_id, policy_id, payment_id, purpose, channel, template, tone, language, queued_on, not_before, state)
    select ${insurer.insurerId}, holder_id, ask_key, bill_id, policy_id, payment_id, purpose, channel, template, tone, language, queued_on, not_before, 'queued'
    from jsonb_to_recordset(${tx.json(rows as never)}) as r (holder_id bigint, ask_key text, bill_id bigint, policy_id bigint, payment_id bigint, purpose text, channel text,
      template text, tone text, language text, queued_on date, not_before timestamptz)
    on conflict (insurer_id, holder_id, ask_key) do nothing`;
  return queued.count;
}

/** Reminders, notices and calls of these bills that have not left are cancelled: the bills are paid. Returns how many. */
export async function cancelReminders(tx: Tx, bills: readonly { readonly holderId: HolderId; readonly billId: BillId }[], at: Moment, why: 'paid' | 'withdrawn' = 'paid'): Promise<number> {
  if (bills.length === 0) return 0;
  const cancelled = await tx`
    update contacts c set state = 'cancelled', outcome = ${why}, closed_at = ${new Date(at)}
    from unnest(${bills.map(({ holderId }) => Number(holderId))}::bigint[], ${bills.map(({ billId }) => Number(billId))}::bigint[]) as paid (holder_id, bill_id)
    where c.insurer_id = (select current_insurer()) and c.holder_id = paid.holder_id and c.bill_id = paid.bill_id
      and c.state = 'queued' and c.purpose in ('premium_reminder', 'legal_notice')`;
  return cancelled.count;
}
