/** What holders keep in mind about a bill: messages read, a link at hand, a day on which they mean to pay. In the simulator's own schema; the product's role cannot read it. */

import { type Database } from '../../src/database/index.ts';
import { type InsurerId, type PlainDate } from '../../src/kernel/index.ts';

export type Memory = {
  /** What messages read before the due date have changed, in log-odds. */
  shift: number;
  /** Messages read about this bill. */
  touches: number;
  /** Messages that came, read or not. */
  received: number;
  payOn: PlainDate | null;
  link: string | null;
  disputed: boolean;
};
export type Memories = {
  /** Of the last message that was looked at. */
  cursor: number;
  readonly of: Map<number, Memory>;
  readonly changed: Set<number>;
};

export const NOTHING_IN_MIND: Readonly<Memory> = { shift: 0, touches: 0, received: 0, payOn: null, link: null, disputed: false };

/** The memory of a bill, to be changed. */
export function recall(memories: Memories, billId: number): Memory {
  let memory = memories.of.get(billId);
  if (memory === undefined) memories.of.set(billId, (memory = { ...NOTHING_IN_MIND }));
  memories.changed.add(billId);
  return memory;
}

export async function loadMemories({ owner }: Database, insurerId: InsurerId): Promise<Memories> {
  await owner.unsafe(`
    create schema if not exists simulator;
    create table if not exists simulator.cursors (insurer_id int primary key, message_id bigint not null);
    create table if not exists simulator.memories (
      insurer_id int not null, bill_id bigint not null, shift float8 not null, touches int not null, received int not null, pay_on date, link text, disputed boolean not null,
      primary key (insurer_id, bill_id))`);
  const [cursor] = await owner<{ message_id: number }[]>`select message_id from simulator.cursors where insurer_id = ${insurerId}`;
  const rows = await owner<{ bill_id: number; shift: number; touches: number; received: number; pay_on: PlainDate | null; link: string | null; disputed: boolean }[]>`
    select bill_id, shift, touches, received, pay_on, link, disputed from simulator.memories where insurer_id = ${insurerId}`;
  return {
    cursor: cursor?.message_id ?? 0, changed: new Set(),
    of: new Map(rows.map(({ bill_id: billId, shift, touches, received, pay_on: payOn, link, disputed }) => [billId, { shift, touches, received, payOn, link, disputed }])),
  };
}

/** At the end of a day; bills that are no longer open are forgotten. */
export async function saveMemories({ owner }: Database, insurerId: InsurerId, memories: Memories, open: ReadonlySet<number>): Promise<void> {
  const gone = [...memories.of.keys()].filter((billId) => !open.has(billId));
  for (const billId of gone) memories.of.delete(billId);
  const rows = [...memories.changed].flatMap((billId) => {
    const memory = memories.of.get(billId);
    return memory === undefined ? [] : [{ bill_id: billId, shift: memory.shift, touches: memory.touches, received: memory.received, pay_on: memory.payOn, link: memory.link, disputed: memory.disputed }];
  });
  memories.changed.clear();
  await owner.begin(async (tx) => {
    await tx`delete from simulator.memories where insurer_id = ${insurerId} and bill_id = any(${gone}::bigint[])`;
    await tx`
      insert into simulator.memories (insurer_id, bill_id, shift, touches, received, pay_on, link, disputed)
      select ${insurerId}::int, * from jsonb_to_recordset(${tx.json(rows)}) as r (bill_id bigint, shift float8, touches int, received int, pay_on date, link text, disputed boolean)
      on conflict (insurer_id, bill_id) do update set shift = excluded.shift, touches = excluded.touches, received = excluded.received, pay_on = excluded.pay_on, link = excluded.link,
        disputed = excluded.disputed`;
    await tx`
      insert into simulator.cursors (insurer_id, message_id) values (${insurerId}, ${memories.cursor})
      on conflict (insurer_id) do update set message_id = excluded.message_id`;
  });
}
