/** A day of a table that is read by days, and the days beside it. */

import { type Tx } from '../database/index.ts';
import { type PlainDate } from '../kernel/index.ts';

/** A day, and the days before and after it on which there is something; null where there is none. */
export type DayOf = { readonly on: PlainDate | null; readonly previous: PlainDate | null; readonly next: PlainDate | null };

const DAYS = { decisions: 'decided_on', gate_answers: 'asked_on' } as const;
export type DayTable = keyof typeof DAYS;

/** The latest day that has any row. */
export async function latestDay(tx: Tx, table: DayTable): Promise<PlainDate | null> {
  const [row] = await tx<{ on: PlainDate | null }[]>`select max(${tx(DAYS[table])}) as on from ${tx(table)}`;
  return row?.on ?? null;
}

/** The named day, or the latest. The day is known before its neighbours are looked for: only against a value does the index find them at once. */
export async function dayOf(tx: Tx, table: DayTable, asked: PlainDate | null): Promise<DayOf> {
  const on = asked ?? await latestDay(tx, table);
  if (on === null) return { on, previous: null, next: null };
  const [around] = await tx<Omit<DayOf, 'on'>[]>`
    select (select max(${tx(DAYS[table])}) from ${tx(table)} where ${tx(DAYS[table])} < ${on}) as previous, (select min(${tx(DAYS[table])}) from ${tx(table)} where ${tx(DAYS[table])} > ${on}) as next`;
  return { on, previous: around?.previous ?? null, next: around?.next ?? null };
}
