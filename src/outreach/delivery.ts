/** Delivery: what is queued leaves when its moment has come, once, judged by the facts of that moment. */

import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RulePacks } from '../compliance/index.ts';
import { inInsurer, type Database, type Tx } from '../database/index.ts';
import { localDate, type Clock, type Moment } from '../kernel/index.ts';
import { PAY_LINK_DAYS, payLinkToken, payLinkUrl } from '../payments/index.ts';
import { type Insurer } from '../portfolio/index.ts';
import { answerRows, deferralRow, writeAnswers } from './answers.ts';
import { type Sent } from './channels/channel.ts';
import { type Channels } from './channels/index.ts';
import { renderMessage } from './compose.ts';
import { messageFactsOf, readDue, type DeliveryRow } from './delivery-row.ts';
import { loadHistories } from './gate-facts.ts';
import { askFor, judge, nextChannelOf, type Verdict } from './judge.ts';
import { whileAlive } from './liveness.ts';
import { type Message } from './message.ts';
import { OPT_OUT_CHANNELS, optOutToken, optOutUrl } from './opt-out.ts';
import { queueContacts, type QueuedContact } from './queue.ts';

export type DeliveryWorld = {
  readonly database: Database;
  readonly insurer: Insurer;
  readonly packs: RulePacks;
  readonly channels: Channels;
  /** Signs links. */
  readonly secret: Buffer;
  /** Where holders open links: `https://pay.example.com`. */
  readonly origin: string;
  readonly dataDirectory: string;
  readonly clock: Clock;
};

/** Contacts, by what became of them in this run. `fallbacks` are new contacts on another channel. */
export type DeliveryCounts = {
  readonly claimed: number; readonly sent: number; readonly bounced: number; readonly failed: number; readonly retried: number; readonly unconfirmed: number;
  readonly cancelled: number; readonly deferred: number; readonly fallbacks: number;
};
type Counts = { -readonly [name in keyof DeliveryCounts]: DeliveryCounts[name] };

/** Enough to keep every connection busy, small enough that a dead process leaves few messages unconfirmed. */
const BATCH = 250;
/** Minutes until the next try after each that was certainly not accepted; then it is given up. */
const RETRY_MINUTES = [1, 5, 15, 60, 240] as const;
const MS_PER_MINUTE = 60_000;
const MS_PER_DAY = 86_400_000;

/**
 * Sends everything that is due, batch by batch, until nothing is left, `limit` is reached or `until` aborts. Any number of deliverers may run on
 * any machines: each contact is claimed by one, and its claim is committed before anything leaves.
 */
export function deliverDue(world: DeliveryWorld, options: { readonly limit?: number; readonly until?: AbortSignal } = {}): Promise<DeliveryCounts> {
  const { limit = Number.POSITIVE_INFINITY, until } = options;
  return whileAlive(world.database, async (lock) => {
    const total: Counts = { claimed: 0, sent: 0, bounced: 0, failed: 0, retried: 0, unconfirmed: 0, cancelled: 0, deferred: 0, fallbacks: 0 };
    let recording: Promise<unknown> = Promise.resolve();
    const claimMore = (): Promise<readonly Verdict[]> => {
      const claiming = until?.aborted === true || total.claimed >= limit ? Promise.resolve([]) : claim(world, lock, Math.min(BATCH, limit - total.claimed));
      claiming.catch(() => {});
      return claiming;
    };
    let next = claimMore();
    let refused = false;
    try {
      for (;;) {
        const verdicts = await next;
        total.claimed += verdicts.length;
        if (verdicts.length === 0) {
          const before = total.fallbacks;
          await recording;
          if (refused || total.fallbacks === before) break;
          next = claimMore();
          continue;
        }
        // One batch is claimed and the one before written down while this one is on its way.
        next = refused ? Promise.resolve([]) : claimMore();
        const outcomes = await sendAll(world, verdicts);
        await recording;
        recording = record(world, lock, outcomes, total);
        recording.catch(() => {});
        count(total, verdicts, outcomes);
        // A server that takes nothing is left alone until the next run.
        refused ||= outcomes.length > 0 && outcomes.every(({ sent }) => sent.kind === 'retry');
      }
    } finally {
      await recording;
    }
    return total;
  });
}

/** One transaction: lock, read, judge, write down what is decided. Only after its commit does anything leave. */
async function claim(world: DeliveryWorld, lock: number, limit: number): Promise<readonly Verdict[]> {
  const { database, insurer, packs, channels, clock } = world;
  const now = clock.now();
  return inInsurer(database.app, insurer.insurerId, async (tx) => {
    const rows = await readDue(tx, insurer.insurerId, channels.sending, now, limit);
    if (rows.length === 0) return [];
    const verdicts = judge(packs, rows, await loadHistories(tx, insurer.insurerId, rows.map((row) => row.holder_id), now), now);
    const answers = verdicts.flatMap((verdict) => {
      if (verdict.kind === 'defer') return [deferralRow(askedOf(verdict.row, now), verdict.answer, insurer.timeZone)];
      if (verdict.kind !== 'cancel' || verdict.answer === null) return [];
      return answerRows({ ...askedOf(verdict.row, now), askKey: `${verdict.row.ask_key}@${new Date(now).toISOString()}` }, verdict.answer, insurer.timeZone);
    });
    await writeAnswers(tx, packs, insurer.insurerId, answers);
    await tx`
      update contacts c set state = r.state, outcome = coalesce(r.outcome, c.outcome), failure = r.failure, not_before = coalesce(r.not_before, c.not_before),
        closed_at = case when r.state = 'cancelled' then ${new Date(now)} end, claimed_by = case when r.state = 'sending' then ${lock}::bigint end,
        message_ref = case when r.state = 'sending' then ${insurer.code} || '.' || c.holder_id || '.' || c.contact_id else c.message_ref end
      from jsonb_to_recordset(${tx.json(verdicts.map(claimRow))}) as r (holder_id bigint, contact_id bigint, state text, outcome text, failure text, not_before timestamptz)
      where c.insurer_id = ${insurer.insurerId} and c.holder_id = r.holder_id and c.contact_id = r.contact_id`;
    return verdicts;
  });
}

const askedOf = (row: DeliveryRow, at: Moment) => ({ holderId: row.holder_id, billId: row.bill_id, askKey: row.ask_key, purpose: row.purpose, channel: row.channel, at });

function claimRow(verdict: Verdict) {
  const key = { holder_id: verdict.row.holder_id, contact_id: verdict.row.contact_id, outcome: null, failure: null, not_before: null };
  switch (verdict.kind) {
    case 'send': case 'unreachable': return { ...key, state: 'sending' };
    case 'cancel': return { ...key, state: 'cancelled', outcome: verdict.outcome, failure: verdict.failure };
    case 'defer': return { ...key, state: 'queued', not_before: new Date(verdict.answer.until).toISOString() };
  }
}

type Outcome = { readonly row: DeliveryRow; readonly message: Message | null; readonly at: Moment; readonly sent: Sent };

async function sendAll(world: DeliveryWorld, verdicts: readonly Verdict[]): Promise<Outcome[]> {
  const outcomes = await Promise.all(verdicts.map(async (verdict): Promise<Outcome | null> => {
    switch (verdict.kind) {
      case 'send': return sendOne(world, verdict.row, verdict.to);
      case 'unreachable': return { row: verdict.row, message: null, at: world.clock.now(), sent: { kind: 'bounced', reason: verdict.failure } };
      case 'cancel': case 'defer': return null;
    }
  }));
  return outcomes.filter((outcome) => outcome !== null);
}

async function sendOne(world: DeliveryWorld, row: DeliveryRow, to: string): Promise<Outcome> {
  const { insurer, channels, clock, secret, origin } = world;
  const at = clock.now();
  const channel = OPT_OUT_CHANNELS.find((name) => name === row.channel);
  const mayOptOut = (row.purpose === 'premium_reminder' || row.purpose === 'welcome' || row.purpose === 'marketing') && channel !== undefined;
  const address = { insurerId: insurer.insurerId, holderId: row.holder_id, contactId: row.contact_id };
  const optOutLink = mayOptOut ? optOutUrl(origin, optOutToken(secret, { ...address, channel })) : null;
  const payLink = row.bill_id === null ? '' : payLinkUrl(origin, payLinkToken(secret, { ...address, billId: row.bill_id as never, expiresAt: at + PAY_LINK_DAYS * MS_PER_DAY }));
  const send = channels.of(row.channel)?.send;
  if (send === null || send === undefined) return { row, message: null, at, sent: { kind: 'failed', reason: 'no_channel' } };
  let message: Message;
  try {
    message = renderMessage(messageFactsOf(row, insurer, at, { payLink, optOutLink }));
  } catch (error) {
    // One row that cannot be written about must not hold up the others of its batch; it is set aside with its reason.
    return { row, message: null, at, sent: { kind: 'failed', reason: `cannot_render: ${error instanceof Error ? error.message : String(error)}` } };
  }
  const sending = send({
    ...address, insurerCode: insurer.code, to, sender: { name: insurer.name, email: insurer.contactEmail }, message, language: row.contact_language, at,
    on: localDate(at, insurer.timeZone), printDirectory: path.join(world.dataDirectory, 'letters', insurer.code), optOutLink,
  });
  // A channel that throws has told us nothing: the message may have left.
  const sent = await sending.catch((error: unknown): Sent => ({ kind: 'unconfirmed', reason: error instanceof Error ? error.message : String(error) }));
  return { row, message, at, sent };
}

/** What has left must be written down: a database that is away for a moment is waited for. */
const RECORD_AGAIN_MS = [500, 2_000, 8_000] as const;

async function record(world: DeliveryWorld, lock: number, outcomes: readonly Outcome[], total: Counts): Promise<void> {
  if (outcomes.length === 0) return;
  for (let tries = 0; ; tries += 1) {
    try {
      total.fallbacks += await recordOnce(world, lock, outcomes);
      return;
    } catch (error) {
      const wait_ms = RECORD_AGAIN_MS[tries];
      if (wait_ms === undefined) throw error;
      await sleep(wait_ms);
    }
  }
}

/** One transaction for a batch: what the channels said, and what goes out by another channel instead. Returns how many that are. */
function recordOnce(world: DeliveryWorld, lock: number, outcomes: readonly Outcome[]): Promise<number> {
  const { database, insurer } = world;
  return inInsurer(database.app, insurer.insurerId, async (tx) => {
    await tx`
      update contacts c set
        -- A receipt of the operator may have been faster than we are.
        state = case when c.state in ('sending', 'unconfirmed') then r.state else c.state end,
        message_ref = coalesce(r.message_ref, c.message_ref), subject = r.subject, body = r.body, sent_at = r.sent_at, closed_at = r.closed_at, failure = r.failure,
        outcome = coalesce(r.outcome, c.outcome), not_before = coalesce(r.not_before, c.not_before), attempts = c.attempts + 1, claimed_by = null
      from jsonb_to_recordset(${tx.json(outcomes.map(recordRow))}) as r (holder_id bigint, contact_id bigint, state text, message_ref text, subject text, body text, sent_at timestamptz,
        closed_at timestamptz, failure text, outcome text, not_before timestamptz)
      where c.insurer_id = ${insurer.insurerId} and c.holder_id = r.holder_id and c.contact_id = r.contact_id and c.claimed_by = ${lock}::bigint`;
    const bounced = outcomes.filter(({ sent }) => sent.kind === 'bounced');
    if (bounced.length === 0) return 0;
    await tx`
      insert into contact_events (insurer_id, holder_id, contact_id, kind, occurred_at)
      select ${insurer.insurerId}, holder_id, contact_id, 'bounced', at
      from jsonb_to_recordset(${tx.json(bounced.map(({ row, at }) => ({ holder_id: row.holder_id, contact_id: row.contact_id, at: new Date(at).toISOString() })))})
        as r (holder_id bigint, contact_id bigint, at timestamptz)
      on conflict do nothing`;
    return queueFallbacks(tx, world, bounced);
  });
}

function recordRow({ row, message, at, sent }: Outcome) {
  const when = new Date(at).toISOString();
  const base = {
    holder_id: row.holder_id, contact_id: row.contact_id, message_ref: null as string | null, subject: message === null || message.subject === '' ? null : message.subject,
    body: message?.text ?? null, sent_at: null as string | null, closed_at: null as string | null, failure: null as string | null, outcome: null as string | null, not_before: null as string | null,
  };
  if (sent.kind === 'sent') return { ...base, state: 'sent', message_ref: sent.ref, sent_at: when };
  const minutes = RETRY_MINUTES[row.attempts];
  if (sent.kind === 'retry' && minutes !== undefined) return { ...base, state: 'queued', failure: sent.reason, not_before: new Date(at + minutes * MS_PER_MINUTE).toISOString() };
  if (sent.kind === 'unconfirmed') return { ...base, state: 'unconfirmed', sent_at: when, closed_at: when, failure: sent.reason };
  return { ...base, state: 'failed', closed_at: when, failure: sent.reason, outcome: sent.kind === 'bounced' ? 'bounced' : null };
}

/** The same message on the next channel, if the gate allows it; its key is the first one's with `~` and the channel, so it exists once. */
async function queueFallbacks(tx: Tx, world: DeliveryWorld, bounced: readonly Outcome[]): Promise<number> {
  const { insurer, packs } = world;
  const at = world.clock.now();
  const histories = await loadHistories(tx, insurer.insurerId, bounced.map(({ row }) => row.holder_id), at);
  const contacts: QueuedContact[] = [];
  const answers: ReturnType<typeof answerRows>[number][] = [];
  for (const { row } of bounced) {
    const channel = nextChannelOf(row);
    if (channel === null) continue;
    const askKey = `${row.ask_key}~${channel}`;
    const answer = askFor(packs, row, channel, histories.get(row.holder_id), at);
    answers.push(...answerRows({ ...askedOf(row, at), askKey, channel }, answer, insurer.timeZone));
    if (answer.answer === 'refuse') continue;
    contacts.push({
      holderId: row.holder_id, billId: row.bill_id, policyId: row.policy_id, paymentId: row.payment_id, askKey, purpose: row.purpose, channel, template: row.template, tone: row.tone,
      language: row.contact_language, queuedOn: localDate(at, insurer.timeZone), notBefore: answer.answer === 'defer' ? answer.until : at,
    });
  }
  await writeAnswers(tx, packs, insurer.insurerId, answers);
  return queueContacts(tx, insurer, contacts);
}

function count(total: Counts, verdicts: readonly Verdict[], outcomes: readonly Outcome[]): void {
  for (const { kind } of verdicts) {
    if (kind === 'cancel') total.cancelled += 1;
    else if (kind === 'defer') total.deferred += 1;
  }
  for (const { row, sent } of outcomes) {
    if (sent.kind === 'retry') total[RETRY_MINUTES[row.attempts] === undefined ? 'failed' : 'retried'] += 1;
    else total[sent.kind] += 1;
  }
}

/**
 * At the start of a worker: contacts that a deliverer was sending when it died may or may not have left. They become `unconfirmed`, are never sent
 * again, and a person sees them. A deliverer that lives keeps its own. Returns how many.
 */
export function settleInterrupted(world: Pick<DeliveryWorld, 'database' | 'insurer' | 'clock'>): Promise<number> {
  const { database, insurer, clock } = world;
  return inInsurer(database.app, insurer.insurerId, async (tx) => {
    const dead = await tx<{ claimed_by: number }[]>`
      with claims as materialized (select distinct claimed_by from contacts where insurer_id = ${insurer.insurerId} and state = 'sending')
      select claimed_by from claims where pg_try_advisory_xact_lock(claimed_by)`;
    if (dead.length === 0) return 0;
    const settled = await tx`
      update contacts set state = 'unconfirmed', closed_at = ${new Date(clock.now())}, failure = 'interrupted'
      where insurer_id = ${insurer.insurerId} and state = 'sending' and claimed_by = any(${dead.map((row) => row.claimed_by)}::bigint[])`;
    return settled.count;
  });
}
