/**
 * What happens when money arrives, in one transaction: the event is taken once, the payment settled and booked, waiting reminders die, the receipt
 * is asked for, open screens are told. A crash anywhere leaves nothing, and the provider's next try finds nothing done.
 */

import { type RulePacks } from '../compliance/index.ts';
import { inInsurer, type Database, type Tx } from '../database/index.ts';
import { fail, localDate, ok, type Moment, type Result } from '../kernel/index.ts';
import { cancelReminders, queueReceipts } from '../outreach/index.ts';
import { bookStatement, retried, settle, type BookedStatement, type Outcome, type ProviderEvent, type Settled, type StatementSource } from '../payments/index.ts';
import { type Insurer } from '../portfolio/index.ts';

export type Arrived = { readonly outcome: Outcome | 'duplicate' };

/** A verified event of a provider; `at` on the insurer's clock. Problem: `payment_unknown`. */
export async function paymentArrived(database: Database, packs: RulePacks, insurer: Insurer, provider: string, event: ProviderEvent, at: Moment): Promise<Result<Arrived>> {
  const { eventId, kind, holderId, paymentId, providerReference, amountMinor, currency, failure } = event;
  const settled = await retried(() => inInsurer(database.app, insurer.insurerId, async (tx) => {
    const [payment] = await tx<{ bill_id: Settled['booked'][number]['billId']; method: string }[]>`
      select bill_id, method from payments where holder_id = ${holderId} and payment_id = ${paymentId} and provider = ${provider}`;
    if (payment === undefined) return null;
    const done = await settle(tx, insurer, [{
      provider, eventId, kind, holderId, paymentId, billId: payment.bill_id, method: payment.method, providerReference, amountMinor, currency, failure,
      occurredAt: at, bookedOn: localDate(at, insurer.timeZone),
    }], at);
    await followUp(tx, packs, insurer, done, at);
    return done;
  }));
  if (settled === null || settled.unknown.length > 0) return fail('payment_unknown');
  return ok({ outcome: settled.outcomes[0]?.outcome ?? 'duplicate' });
}

/** A bank's statement, batch by batch, with all that follows. Rows that were booked before change nothing. `at` on the insurer's clock. */
export const bankFileArrived = (database: Database, packs: RulePacks, insurer: Insurer, source: StatementSource, at: Moment): Promise<Result<BookedStatement>> =>
  bookStatement(database, insurer, source, at, (tx, settled) => followUp(tx, packs, insurer, settled, at));

async function followUp(tx: Tx, packs: RulePacks, insurer: Insurer, settled: Settled, at: Moment): Promise<void> {
  if (settled.paid.length > 0) await cancelReminders(tx, settled.paid, at);
  if (settled.booked.length > 0) await queueReceipts(tx, packs, insurer, settled.booked, at);
  await creditContacts(tx, insurer, settled, at);
  if (settled.outcomes.length > 0) await tx`select pg_notify('inforce_payment', ${JSON.stringify({ insurer_id: insurer.insurerId })})`;
}

/** The message whose link was used has brought the payment. */
async function creditContacts(tx: Tx, insurer: Insurer, { booked }: Settled, at: Moment): Promise<void> {
  const used = booked.filter(({ contactId }) => contactId !== null);
  if (used.length === 0) return;
  await tx`
    insert into contact_events (insurer_id, holder_id, contact_id, kind, occurred_at)
    select c.insurer_id, c.holder_id, c.contact_id, 'paid', ${new Date(at)}
    from unnest(${used.map(({ holderId }) => holderId)}::bigint[], ${used.map(({ contactId }) => contactId)}::bigint[]) as u(holder_id, contact_id)
    join contacts c on c.insurer_id = ${insurer.insurerId} and c.holder_id = u.holder_id and c.contact_id = u.contact_id on conflict do nothing`;
}
