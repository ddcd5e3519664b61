/** What comes back over a channel: delivery receipts, and "STOP". Events are written in small batches, by sets. */

import { inInsurer, type Database } from '../database/index.ts';
import { type Insurer } from '../portfolio/index.ts';
import { type HolderId, type InsurerId, type Moment } from '../kernel/index.ts';
import { type ChannelEvent } from './channels/channel.ts';
import { type Channels } from './channels/index.ts';
import { senderIdOf } from './channels/sms.ts';
import { optOut } from './opt-out.ts';

/** Events gather this long before they are written. */
const GATHER_MS = 100;
const BATCH_MAX = 1_000;
/** How often a receipt that overtook its own message is looked at again. */
const TRIES_MAX = 5;

/** Words that end text messages, alone or at the beginning of a reply (CTIA; 工信部: T, TD, 退订). */
const STOP = /^\s*(?:stop(?:\s*all)?|unsubscribe|end|quit|cancel|opt[\s-]?out|t|td|0000|退订|退訂|停止|取消)\s*[.!。！]*\s*$/iu;
export const isStop = (text: string): boolean => STOP.test(text.normalize('NFKC'));

export type FollowWorld = {
  readonly database: Database;
  readonly channels: Channels;
  /** Insurers of this installation; asked again for each batch, because there may be new ones. */
  readonly insurers: () => Promise<readonly Insurer[]>;
  readonly now: (insurer: Insurer) => Moment;
};
type Waiting = { readonly event: ChannelEvent; tries: number };
type Receipt = Extract<ChannelEvent, { readonly ref: string }>;

/** Listens until `close`, which writes what has come so far. */
export function followChannels(world: FollowWorld): { readonly close: () => Promise<void> } {
  let waiting: Waiting[] = [];
  let timer: NodeJS.Timeout | null = null;
  let writing: Promise<void> = Promise.resolve();
  const later = (): void => { timer ??= setTimeout(() => { timer = null; writing = writing.then(flush); }, GATHER_MS); };
  const flush = async (): Promise<void> => {
    const batch = waiting.splice(0, BATCH_MAX);
    if (batch.length === 0) return;
    // What could not be written now (the message itself is not recorded yet, the database is away) is tried again.
    const left = await write(world, batch).catch(() => batch);
    for (const one of left) if ((one.tries += 1) < TRIES_MAX) waiting.push(one);
    if (waiting.length > 0) later();
  };
  const end = world.channels.onEvent((event) => {
    waiting.push({ event, tries: 0 });
    later();
  });
  return {
    close: async () => {
      end();
      if (timer !== null) clearTimeout(timer);
      await writing;
      await flush();
      if (timer !== null) clearTimeout(timer);
      waiting = [];
    },
  };
}

async function write(world: FollowWorld, batch: readonly Waiting[]): Promise<Waiting[]> {
  const left = new Set(batch);
  for (const insurer of await world.insurers()) {
    const at = world.now(insurer);
    const receipts = batch.filter(({ event }) => event.kind !== 'reply' && (event.contact === null || event.contact.insurerId === insurer.insurerId));
    const found = receipts.length === 0 ? new Set<string>() : await writeReceipts(world.database, insurer.insurerId, receipts.map(({ event }) => event as Receipt), at);
    for (const one of receipts) if (found.has((one.event as Receipt).ref)) left.delete(one);
    for (const one of batch) {
      if (one.event.kind !== 'reply') continue;
      left.delete(one);
      if (isStop(one.event.text) && speaksTo(insurer, one.event.to)) await stopTexts(world.database, insurer.insurerId, one.event.from, at);
    }
  }
  return [...left];
}

/** A reply is for the insurer whose sender it answers; one that answers a shared number is for all: the cautious reading. */
const speaksTo = (insurer: Insurer, to: string): boolean => to === '' || /^\+?\d+$/.test(to) || to.toUpperCase() === senderIdOf(insurer.code);

/** Returns the references that were found. */
async function writeReceipts(database: Database, insurerId: InsurerId, receipts: readonly Receipt[], at: Moment): Promise<Set<string>> {
  const rows = receipts.map((event) => ({ ref: event.ref, delivered: event.kind === 'delivered', holder_id: event.contact?.holderId ?? null, contact_id: event.contact?.contactId ?? null }));
  const found = await inInsurer(database.app, insurerId, (tx) => tx<{ ref: string }[]>`
    with told as (
      select ref, delivered, holder_id, contact_id from jsonb_to_recordset(${tx.json(rows)}) as r (ref text, delivered boolean, holder_id bigint, contact_id bigint)
    ), matched as (
      -- By its key where this process has sent it, by the operator's reference otherwise (index contacts_by_sms_ref).
      select t.ref, t.delivered, c.holder_id, c.contact_id from told t join contacts c on c.insurer_id = ${insurerId} and c.holder_id = t.holder_id and c.contact_id = t.contact_id
      where t.contact_id is not null
      union all
      select t.ref, t.delivered, c.holder_id, c.contact_id from told t join contacts c on c.insurer_id = ${insurerId} and c.channel = 'sms' and c.message_ref = t.ref
      where t.contact_id is null
    ), events as (
      insert into contact_events (insurer_id, holder_id, contact_id, kind, occurred_at)
      select ${insurerId}, holder_id, contact_id, case when delivered then 'delivered' else 'bounced' end, ${new Date(at)} from matched on conflict do nothing
    ), changed as (
      update contacts c set state = case when m.delivered then 'delivered' else 'failed' end, failure = case when m.delivered then c.failure else 'undelivered' end, closed_at = ${new Date(at)}
      from matched m where c.insurer_id = ${insurerId} and c.holder_id = m.holder_id and c.contact_id = m.contact_id and c.state in ('sending', 'sent', 'unconfirmed')
    )
    select ref from matched`);
  return new Set(found.map((row) => row.ref));
}

/** All holders of this number get no more texts; the event stands beside the last one that they got. */
async function stopTexts(database: Database, insurerId: InsurerId, from: string, at: Moment): Promise<void> {
  const digits = from.replace(/\D/g, '');
  if (digits === '') return;
  await inInsurer(database.app, insurerId, async (tx) => {
    const holders = await tx<{ holder_id: HolderId; contact_id: number | null }[]>`
      select h.holder_id, (select max(c.contact_id) from contacts c where c.insurer_id = h.insurer_id and c.holder_id = h.holder_id and c.channel = 'sms' and c.sent_at is not null) as contact_id
      from holders h where h.insurer_id = ${insurerId} and h.phone = any(${[digits, `+${digits}`]})`;
    for (const { holder_id: holderId, contact_id: contactId } of holders) await optOut(tx, { insurerId, holderId, contactId, channel: 'sms' }, at);
  });
}
