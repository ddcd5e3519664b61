/** Messages in schema `simulator`: not the product's rows, so the owner's connection, and each query names its insurer. */

import { type Database } from '../../src/database/index.ts';
import { type HolderId, type InsurerId } from '../../src/kernel/index.ts';
import { type Received } from './received.ts';

/** More rows in one INSERT bring nothing. */
const BATCH_MAX = 500;

export type InboxStore = {
  /** Resolves when the message is in the database, so that accepting it means keeping it. */
  readonly keep: (message: Received) => Promise<void>;
  readonly close: () => Promise<void>;
};

export async function openStore(database: Database): Promise<InboxStore> {
  await createTables(database);
  const waiting: { readonly message: Received; readonly kept: () => void; readonly lost: (error: unknown) => void }[] = [];
  let writing: Promise<void> | null = null;
  // One INSERT at a time, which takes all that came in meanwhile: ids are in the order of commits, so a reader with a cursor misses none.
  const write = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, BATCH_MAX);
      try {
        await insert(database, batch.map(({ message }) => message));
        for (const { kept } of batch) kept();
      } catch (error) {
        for (const { lost } of batch) lost(error);
      }
    }
  };
  return {
    keep: (message) => new Promise((kept, lost) => {
      waiting.push({ message, kept, lost });
      writing ??= write().finally(() => { writing = null; });
    }),
    close: async () => {
      // Ends when nothing waits any more.
      await writing;
    },
  };
}

const LOCK = 7_203_114;

async function createTables({ owner }: Database): Promise<void> {
  await owner.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${LOCK})`;
    await tx`create schema if not exists simulator`;
    await tx`
      create table if not exists simulator.inbox (
        message_id  bigint generated always as identity primary key,
        insurer_code text not null,
        holder_id   bigint,
        contact_id  bigint,
        channel     text not null check (channel in ('email', 'sms')),
        to_address  text not null,
        from_address text not null,
        subject     text,
        received_at timestamptz not null,
        language    text not null,
        text        text not null,
        html        text,
        pay_link    text,
        smtp_message_id text not null
      )`;
    await tx`create index if not exists inbox_by_insurer on simulator.inbox (insurer_code, message_id)`;
    await tx`create index if not exists inbox_by_holder on simulator.inbox (insurer_code, holder_id, message_id)`;
  });
}

export const payLinkIn = (text: string): string | null => /https?:\/\/\S+?\/pay\/[\w-]+/.exec(text)?.[0] ?? null;

async function insert({ owner }: Database, messages: readonly Received[]): Promise<void> {
  const rows = messages.map((message) => ({
    insurer_code: message.insurerCode, holder_id: message.holderId, contact_id: message.contactId, channel: message.channel, to_address: message.to, from_address: message.from,
    subject: message.subject, received_at: new Date(message.receivedAt).toISOString(), language: message.language, text: message.text, html: message.html,
    pay_link: payLinkIn(message.text), smtp_message_id: message.messageId,
  }));
  await owner`
    insert into simulator.inbox (insurer_code, holder_id, contact_id, channel, to_address, from_address, subject, received_at, language, text, html, pay_link, smtp_message_id)
    select r.* from jsonb_to_recordset(${owner.json(rows)}) as r (insurer_code text, holder_id bigint, contact_id bigint, channel text, to_address text, from_address text, subject text,
      received_at timestamptz, language text, text text, html text, pay_link text, smtp_message_id text),
      -- A simulated mailbox need not wait for the disk: a crash of the machine may cost it its last messages, never the product's.
      (select set_config('synchronous_commit', 'off', true) offset 0) as at_once`;
}

export type StoredMessage = {
  readonly message_id: number; readonly holder_id: number | null; readonly contact_id: number | null; readonly channel: 'email' | 'sms'; readonly to_address: string;
  readonly from_address: string; readonly subject: string | null; readonly received_at: Date; readonly language: string; readonly text: string; readonly html: string | null; readonly pay_link: string | null;
};

export type InboxQuery = { readonly holderId: number | null; readonly channel: 'email' | 'sms' | null; readonly before: number | null; readonly limit: number };

/** One insurer's messages, newest first. */
export const readInbox = ({ owner }: Database, insurerCode: string, { holderId, channel, before, limit }: InboxQuery): Promise<StoredMessage[]> => owner<StoredMessage[]>`
  select message_id, holder_id, contact_id, channel, to_address, from_address, subject, received_at, language, text, html, pay_link
  from simulator.inbox
  where insurer_code = ${insurerCode} ${holderId === null ? owner`` : owner`and holder_id = ${holderId}`} ${channel === null ? owner`` : owner`and channel = ${channel}`}
    ${before === null ? owner`` : owner`and message_id < ${before}`}
  order by message_id desc limit ${limit}`;

export type NewMessage = {
  readonly messageId: number; readonly holderId: HolderId | null; readonly contactId: number | null; readonly channel: 'email' | 'sms';
  /** Number or address, for a reply. */
  readonly from: string; readonly to: string; readonly subject: string | null; readonly receivedAt: Date; readonly language: string; readonly text: string; readonly payLink: string | null;
};

/** What came in after a cursor, oldest first, for the simulator's holders to read; `afterId` 0 is the beginning. */
export const newMessages = ({ owner }: Database, insurerId: InsurerId, afterId: number, limit: number): Promise<NewMessage[]> => owner<NewMessage[]>`
  select message_id as "messageId", holder_id as "holderId", contact_id as "contactId", channel, from_address as "from", to_address as "to", subject, received_at as "receivedAt",
    language, text, pay_link as "payLink"
  from simulator.inbox
  where insurer_code = (select code from insurer_codes() where insurer_id = ${insurerId}) and message_id > ${afterId}
  order by message_id limit ${limit}`;
