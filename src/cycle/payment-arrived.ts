/**
 * What happens when money arrives, in one transaction: each event is taken once, its payment settled and booked, waiting reminders die, the receipt
 * is asked for, open screens are told. A crash anywhere leaves nothing, and the provider's next try finds nothing done.
 */

import { type RulePacks } from '../compliance/index.ts';
import { inInsurer, type Database, type Tx } from '../database/index.ts';
import { fail, type HolderId, type InsurerId, localDate, ok, type Moment, type PlainDate, type Result } from '../kernel/index.ts';
import { cancelReminders, queueReceipts } from '../outreach/index.ts';
import { bookStatement, clawBackCommission, earnCommission, retried, settle, takeBackListsOf, type BookedStatement, type Outcome, type ProviderEvent, type Settled, type Settlement, type StatementSource } from '../payments/index.ts';
import { type Insurer, insurerById } from '../portfolio/index.ts';
import { earnPoints, takeBackPoints } from '../relief/index.ts';

export type Arrived = { readonly outcome: Outcome | 'duplicate' };

/** Events of one transaction at most: a burst is then written in some hundred milliseconds, and nobody waits longer for an answer. */
const TOGETHER_MAX = 100;

type Waiting = { readonly provider: string; readonly event: ProviderEvent; readonly resolve: (arrived: Result<Arrived>) => void; readonly reject: (error: unknown) => void };
/** What waits for each insurer whose events are being booked now. */
const queues = new WeakMap<Database, Map<InsurerId, Waiting[]>>();

/** Moments on an insurer's clock. */
type NowOf = (insurer: Insurer) => Moment;

/**
 * A verified event of a provider. What arrives while others are being booked is booked with the next ones, in one transaction: its statements cost the database as much
 * for a hundred events as for one. Resolved when it is committed. Problem: `payment_unknown`.
 */
export function paymentArrived(database: Database, packs: RulePacks, provider: string, event: ProviderEvent, nowOf: NowOf): Promise<Result<Arrived>> {
  const open = queues.get(database) ?? new Map<InsurerId, Waiting[]>();
  queues.set(database, open);
  return new Promise((resolve, reject) => {
    const one = { provider, event, resolve, reject };
    const queue = open.get(event.insurerId);
    if (queue !== undefined) {
      queue.push(one);
      return;
    }
    open.set(event.insurerId, [one]);
    void work(database, packs, event.insurerId, open, nowOf);
  });
}

async function work(database: Database, packs: RulePacks, insurerId: InsurerId, open: Map<InsurerId, Waiting[]>, nowOf: NowOf): Promise<void> {
  for (let batch = open.get(insurerId)?.splice(0, TOGETHER_MAX) ?? []; batch.length > 0; batch = open.get(insurerId)?.splice(0, TOGETHER_MAX) ?? []) {
    const broken = await tryTogether(database, packs, insurerId, batch, nowOf);
    // What one event has broken is not broken for the others: each is then tried by itself.
    for (const one of broken) await tryTogether(database, packs, insurerId, [one], nowOf);
  }
  open.delete(insurerId);
}

/** SQLSTATE of what lies in the rows (data, constraints, our own refusals) and not in the line or the server. */
const OF_THE_ROWS = /^(?:22|23|P0)/;

/** Returns what is to be tried one by one; nothing of it was booked. */
async function tryTogether(database: Database, packs: RulePacks, insurerId: InsurerId, batch: readonly Waiting[], nowOf: NowOf): Promise<readonly Waiting[]> {
  try {
    const arrived = await bookTogether(database, packs, insurerId, batch, nowOf);
    batch.forEach(({ resolve }, i) => { resolve(arrived[i] ?? fail('payment_unknown')); });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (batch.length > 1 && OF_THE_ROWS.test(code)) return batch;
    for (const { reject } of batch) reject(error);
  }
  return [];
}

/** In the order of the batch. */
async function bookTogether(database: Database, packs: RulePacks, insurerId: InsurerId, batch: readonly Waiting[], nowOf: NowOf): Promise<Result<Arrived>[]> {
  const found = await insurerById(database, insurerId);
  if (!found.ok) return batch.map(() => fail('payment_unknown'));
  const insurer = found.value;
  const at = nowOf(insurer);
  return retried(() => inInsurer(database.app, insurerId, async (tx) => {
    const settlements = await settlementsOf(tx, insurer, batch, at);
    const known = settlements.filter((one) => one !== null);
    const settled = await settle(tx, insurer, known, at);
    if (known.length > 0) await followUp(tx, packs, insurer, settled, at);
    const outcomes = new Map(settled.outcomes.map(({ eventId, paymentId, outcome }) => [`${paymentId} ${eventId}`, outcome]));
    return settlements.map((one) => {
      if (one === null || settled.unknown.includes(one)) return fail('payment_unknown');
      const key = `${one.paymentId} ${one.eventId}`;
      const outcome = outcomes.get(key);
      // Of the same event twice in a batch the second is the duplicate.
      outcomes.delete(key);
      return ok({ outcome: outcome ?? 'duplicate' });
    });
  }));
}

/** Null for a payment that nobody began here. */
async function settlementsOf(tx: Tx, insurer: Insurer, batch: readonly Waiting[], at: Moment): Promise<(Settlement | null)[]> {
  const payments = await tx<{ n: number; bill_id: Settlement['billId']; method: string }[]>`
    select asked.n::int, p.bill_id, p.method
    from unnest(${batch.map(({ event }) => event.holderId)}::bigint[], ${batch.map(({ event }) => event.paymentId)}::bigint[], ${batch.map(({ provider }) => provider)}::text[])
      with ordinality as asked (holder_id, payment_id, provider, n)
    join payments p on p.insurer_id = ${insurer.insurerId} and p.holder_id = asked.holder_id and p.payment_id = asked.payment_id and p.provider = asked.provider`;
  const byPlace = new Map(payments.map((payment) => [payment.n - 1, payment]));
  return batch.map(({ provider, event: { eventId, kind, holderId, paymentId, providerReference, amountMinor, currency, failure } }, place) => {
    const payment = byPlace.get(place);
    return payment === undefined ? null : {
      provider, eventId, kind, holderId, paymentId, billId: payment.bill_id, method: payment.method, providerReference, amountMinor, currency, failure,
      occurredAt: at, bookedOn: localDate(at, insurer.timeZone),
    };
  });
}

/** A bank's statement, batch by batch, with all that follows. Rows that were booked before change nothing. `at` on the insurer's clock. */
export const bankFileArrived = (database: Database, packs: RulePacks, insurer: Insurer, source: StatementSource, at: Moment): Promise<Result<BookedStatement>> =>
  bookStatement(database, insurer, source, at, (tx, settled) => followUp(tx, packs, insurer, settled, at));

/** What follows when a person has moved money: reminders die, screens are told. */
export async function moneyMoved(tx: Tx, insurer: { readonly insurerId: InsurerId }, settled: Settled, { at, on }: { readonly at: Moment; readonly on: PlainDate }): Promise<void> {
  await earnCommission(tx, insurer, settled);
  await clawBackCommission(tx, insurer, holdersOfGone(settled), on);
  if (settled.paid.length > 0) await cancelReminders(tx, settled.paid, at);
  if (settled.outcomes.length > 0) await tx`select pg_notify('inforce_payment', ${JSON.stringify({ insurer_id: insurer.insurerId })})`;
}

const holdersOfGone = ({ outcomes }: Settled): readonly HolderId[] => outcomes.flatMap(({ outcome, holderId }) => (outcome === 'unwound' ? [holderId] : []));

async function followUp(tx: Tx, packs: RulePacks, insurer: Insurer, settled: Settled, at: Moment): Promise<void> {
  if (settled.paid.length > 0) await cancelReminders(tx, settled.paid, at);
  if (settled.booked.length > 0) await queueReceipts(tx, packs, insurer, settled.booked, at);
  await creditContacts(tx, insurer, settled, at);
  const on = localDate(at, insurer.timeZone);
  if (settled.reopened.length > 0) await takeBackPoints(tx, insurer.insurerId, settled.reopened.map(({ holderId }) => holderId), on);
  await earnPoints(tx, insurer.insurerId, settled.paid, on);
  const gone = settled.outcomes.flatMap(({ outcome, paymentId }) => (outcome === 'unwound' ? [paymentId] : []));
  const { holderIds } = await takeBackListsOf(tx, insurer, gone, { at, on });
  await earnCommission(tx, insurer, settled);
  await clawBackCommission(tx, insurer, [...holdersOfGone(settled), ...holderIds], on);
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
