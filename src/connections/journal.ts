/** The day's postings as journal entries: sums by account, one entry for each currency. A day that was sent is only ever corrected: taken back as a whole and sent anew. */

import { type Tx } from '../database/index.ts';
import { addDays, type InsurerId, type PlainDate } from '../kernel/index.ts';
import { type Acknowledgement, type JournalEntry, type JournalLine } from './erp.ts';

/** So many new days in one run; the rest follows in the next. */
const DAYS_MAX = 31;
/** Bank files are booked on the day of their value, which may be some days ago. */
export const LATE_DAYS = 7;

type Line = { readonly account: string; readonly debit_minor: string; readonly credit_minor: string };
type Sum = { readonly booked_on: PlainDate; readonly currency: string; readonly account: string; readonly debit: string; readonly credit: string };
type Written = { readonly entry_id: string; readonly booked_on: PlainDate; readonly currency: string; readonly revision: number; readonly lines: readonly Line[]; readonly total_minor: bigint };
type NewEntry = Written & { readonly reversal: boolean };

/** Writes down what is to be sent of all days that are complete, from `sentTo` on. Returns the last day that is written down now. */
export async function writeJournal(tx: Tx, insurerId: InsurerId, code: string, sentTo: PlainDate, today: PlainDate): Promise<PlainDate> {
  const complete = addDays(today, -1);
  const furthest = addDays(sentTo, DAYS_MAX);
  const to = complete < furthest ? complete : furthest;
  const last = to < sentTo ? sentTo : to;
  const from = addDays(sentTo, 1 - LATE_DAYS);
  const sums = await sumsOf(tx, from, last);
  const written = await tx<Written[]>`
    select distinct on (booked_on, currency) entry_id, booked_on, currency, revision, lines, total_minor from journal_entries
    where booked_on between ${from} and ${last} and not reversal order by booked_on, currency, revision desc`;
  // Days before the first that was ever sent belong to whoever kept the books then.
  const [first] = await tx<{ day: PlainDate | null }[]>`select min(booked_on) as day from journal_entries`;
  const since = first?.day ?? addDays(sentTo, 1);
  await keep(tx, insurerId, entriesOf(code, sums.filter(({ booked_on: on }) => on >= since), written));
  return last;
}

const sumsOf = async (tx: Tx, from: PlainDate, to: PlainDate): Promise<readonly Sum[]> => {
  return tx<Sum[]>`
    with sides as (
      select booked_on, currency::text as currency, debit_account::text as account, sum(amount_minor) as debit, 0 as credit from postings
      where booked_on between ${from} and ${to} group by 1, 2, 3
      union all
      select booked_on, currency::text, credit_account::text, 0, sum(amount_minor) from postings where booked_on between ${from} and ${to} group by 1, 2, 3)
    select booked_on, currency, account, sum(debit)::text as debit, sum(credit)::text as credit from sides group by 1, 2, 3 order by 1, 2, 3`;
};

/** Pure: what has to be sent so that the other side has what the books say. */
export function entriesOf(code: string, sums: readonly Sum[], written: readonly Written[]): readonly NewEntry[] {
  const days = Map.groupBy(sums, ({ booked_on: on, currency }) => `${on} ${currency}`);
  const sent = new Map(written.map((one) => [`${one.booked_on} ${one.currency}`, one]));
  return [...days].flatMap(([key, rows]): NewEntry[] => {
    const [first] = rows;
    if (first === undefined) return [];
    const lines = rows.map(({ account, debit, credit }) => ({ account, debit_minor: debit, credit_minor: credit }));
    const before = sent.get(key);
    if (before !== undefined && sameLines(before.lines, lines)) return [];
    const revision = (before?.revision ?? 0) + 1;
    const entryId = `${code}-${first.booked_on}-${first.currency}-${revision}`;
    const fresh = { entry_id: entryId, booked_on: first.booked_on, currency: first.currency, revision, lines, total_minor: lines.reduce((sum, line) => sum + BigInt(line.debit_minor), 0n), reversal: false };
    if (before === undefined) return [fresh];
    return [{
      ...before, entry_id: `${before.entry_id}-reversal`, reversal: true,
      lines: before.lines.map(({ account, debit_minor: debit, credit_minor: credit }) => ({ account, debit_minor: credit, credit_minor: debit })),
    }, fresh];
  });
}

const sameLines = (a: readonly Line[], b: readonly Line[]): boolean => textOf(a) === textOf(b);
const textOf = (lines: readonly Line[]): string => lines.map((line) => `${line.account} ${line.debit_minor} ${line.credit_minor}`).toSorted().join('\n');

async function keep(tx: Tx, insurerId: InsurerId, entries: readonly NewEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const rows = entries.map(({ entry_id, booked_on, currency, revision, reversal, lines, total_minor: total }, place) => ({
    place, entry_id, booked_on, currency, revision, reversal, total: String(total), lines: lines.map((line) => ({ ...line })),
  }));
  await tx`
    insert into journal_entries (insurer_id, entry_id, booked_on, currency, revision, reversal, lines, total_minor)
    select ${insurerId}::int, entry_id, booked_on, currency, revision, reversal, lines, total::bigint
    from jsonb_to_recordset(${tx.json(rows)}::jsonb) as r(entry_id text, booked_on date, currency text, revision int, reversal boolean, lines jsonb, total text)
    on conflict do nothing`;
  await tx`
    insert into sync_items (insurer_id, kind, task, key)
    select ${insurerId}::int, 'erp', 'push_journal', entry_id from jsonb_to_recordset(${tx.json(rows)}::jsonb) as r(place int, entry_id text) order by place
    on conflict do nothing`;
}

export async function journalEntry(tx: Tx, entryId: string): Promise<JournalEntry | null> {
  const [row] = await tx<(Written & { reversal: boolean })[]>`
    select entry_id, booked_on, currency, revision, reversal, lines, total_minor from journal_entries where entry_id = ${entryId}`;
  return row === undefined ? null : {
    entryId: row.entry_id, bookedOn: row.booked_on, currency: row.currency, reverses: row.reversal ? row.entry_id.replace(/-reversal$/, '') : null,
    lines: row.lines.map(lineOf), totalMinor: row.total_minor,
  };
}
const lineOf = (line: Line): JournalLine => ({ account: line.account, debitMinor: BigInt(line.debit_minor), creditMinor: BigInt(line.credit_minor) });

export async function noteAcknowledged(tx: Tx, insurerId: InsurerId, found: readonly Acknowledgement[]): Promise<void> {
  if (found.length === 0) return;
  const rows = found.map(({ entryId, totalMinor, at, difference }) => ({ entry_id: entryId, total: String(totalMinor), at: at.toISOString(), difference }));
  await tx`
    update journal_entries j set acknowledged_at = r.at, acknowledged_minor = r.total::bigint, difference = r.difference
    from jsonb_to_recordset(${tx.json(rows)}::jsonb) as r(entry_id text, total text, at timestamptz, difference text)
    where j.insurer_id = ${insurerId} and j.entry_id = r.entry_id`;
}

export type JournalDifference = {
  readonly entry_id: string; readonly booked_on: PlainDate; readonly currency: string; readonly total_minor: bigint; readonly acknowledged_minor: bigint | null;
  readonly acknowledged_at: Date; readonly difference: string | null;
};
const SHOWN_MAX = 100;

/** Days of which the ERP has another total than the books. */
export async function journalDifferences(tx: Tx): Promise<readonly JournalDifference[]> {
  return tx<JournalDifference[]>`
    select entry_id, booked_on, currency, total_minor, acknowledged_minor, acknowledged_at, difference from journal_entries
    where acknowledged_at is not null and acknowledged_minor is distinct from total_minor order by booked_on desc, entry_id limit ${SHOWN_MAX}`;
}

/** For systems without an API: all lines of these days, as one CSV. Where no ERP is connected nothing was written down, and the days are summed now. */
export async function journalCsv(tx: Tx, code: string, from: PlainDate, to: PlainDate): Promise<string> {
  const [erp] = await tx<{ connected: boolean }[]>`select exists (select from connections where kind = 'erp') as connected`;
  const rows = erp?.connected === true ? await writtenBetween(tx, from, to) : entriesOf(code, await sumsOf(tx, from, to), []);
  const lines = rows.flatMap((row) => row.lines.map((line) =>
    [row.entry_id, row.booked_on, row.currency, row.reversal ? row.entry_id.replace(/-reversal$/, '') : '', line.account, line.debit_minor, line.credit_minor].join(',')));
  return `${['entry_id,booked_on,currency,reverses,account,debit_minor,credit_minor', ...lines].join('\r\n')}\r\n`;
}
/** A year of a dozen currencies, with corrections. */
const JOURNAL_ROWS_MAX = 10_000;

const writtenBetween = async (tx: Tx, from: PlainDate, to: PlainDate): Promise<readonly NewEntry[]> => tx<NewEntry[]>`
  select entry_id, booked_on, currency, revision, reversal, lines, total_minor from journal_entries
  where booked_on between ${from} and ${to} order by booked_on, currency, revision, reversal desc limit ${JOURNAL_ROWS_MAX}`;
