/** The journal and the balances of a period as files: CSV and Parquet, page by page, so that a million entries never stand in memory. */

import { ByteWriter, parquetWriteRows } from 'hyparquet-writer';
import { inInsurer, type Scope, type Sql, type Tx } from '../database/index.ts';
import { csvCell, decimalText, fail, ok, type PlainDate, type Result } from '../kernel/index.ts';
import { chart } from './rates.ts';
import { trialBalance } from './read.ts';

export const EXPORT_FORMATS = ['csv', 'parquet'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];
export const EXPORT_KINDS = ['journal', 'balances'] as const;
export type ExportKind = (typeof EXPORT_KINDS)[number];
export type ExportAsked = { readonly kind: ExportKind; readonly format: ExportFormat; readonly from: PlainDate; readonly to: PlainDate };

/** Each page is a short transaction: entries are never changed, so the pages fit together. */
const PAGE_ROWS = 20_000;
const GROUP_ROWS = 50_000;

type Cell = string | bigint | null;
type Row = Readonly<Record<string, Cell>>;
type Column = { readonly name: string; readonly type: 'STRING' | 'INT64' };
const text = (name: string): Column => ({ name, type: 'STRING' });
const whole = (name: string): Column => ({ name, type: 'INT64' });

const COLUMNS = {
  journal: [
    text('booked_on'), whole('entry'), text('debit_account'), text('debit_code'), text('credit_account'), text('credit_code'), whole('amount_minor'), text('amount'), text('currency'), text('rule'), text('source_kind'),
    whole('source_id'), whole('holder_id'), whole('policy_id'), whole('bill_id'), whole('reverses_entry'),
  ],
  balances: [text('on'), text('account'), text('code'), text('name'), text('currency'), whole('debit_minor'), whole('credit_minor'), whole('balance_minor'), text('balance')],
} as const satisfies Record<ExportKind, readonly Column[]>;

type Chart = ReadonlyMap<string, { readonly code: string; readonly name: string }>;

/** Where the insurer has named one of our accounts, all that are used must have a name. Problem: `chart_incomplete` with the `accounts`. */
export async function chartFor(tx: Tx, to: PlainDate): Promise<Result<Chart>> {
  const [rows, balance] = [await chart(tx), await trialBalance(tx, to)];
  const known = new Map(rows.filter(({ version }) => version > 0).map(({ account, code, name }) => [account as string, { code, name }]));
  const missing = known.size === 0 ? [] : [...new Set(balance.map(({ account }) => account))].filter((account) => !known.has(account));
  return missing.length === 0 ? ok(known) : fail('chart_incomplete', { accounts: missing.join(', ') });
}

/** The file in parts, in its order. */
export function exportFile(sql: Sql, whose: Scope, asked: ExportAsked, known: Chart): AsyncGenerator<Uint8Array> {
  const rows = asked.kind === 'journal' ? journalRows(sql, whose, asked, known) : balanceRows(sql, whose, asked, known);
  return asked.format === 'csv' ? csvParts(COLUMNS[asked.kind], rows) : parquetParts(COLUMNS[asked.kind], rows);
}

type Posting = {
  booked_on: PlainDate; posting_id: number; holder_id: number; debit_account: string; credit_account: string; amount_minor: bigint; currency: string; rule: string; source_kind: string; source_id: number;
  policy_id: number | null; bill_id: number | null; reverses_id: number | null;
};

async function* journalRows(sql: Sql, whose: Scope, { from, to }: ExportAsked, known: Chart): AsyncGenerator<readonly Row[]> {
  let after: Posting | undefined;
  for (;;) {
    const key = after;
    const page: readonly Posting[] = await inInsurer(sql, whose, (tx) => tx<Posting[]>`
      select booked_on, posting_id, holder_id, debit_account, credit_account, amount_minor, currency, rule, source_kind, source_id, policy_id, bill_id, reverses_id from postings
      where booked_on between ${from} and ${to} and (booked_on, holder_id, posting_id) > (${key?.booked_on ?? from}::date, ${key?.holder_id ?? -1}::bigint, ${key?.posting_id ?? 0}::bigint)
      order by booked_on, holder_id, posting_id limit ${PAGE_ROWS}`);
    yield page.map((one) => ({
      booked_on: one.booked_on, entry: BigInt(one.posting_id), debit_account: one.debit_account, debit_code: known.get(one.debit_account)?.code ?? null, credit_account: one.credit_account,
      credit_code: known.get(one.credit_account)?.code ?? null, amount_minor: one.amount_minor, amount: decimalText(one.amount_minor, one.currency), currency: one.currency, rule: one.rule, source_kind: one.source_kind,
      source_id: BigInt(one.source_id), holder_id: BigInt(one.holder_id), policy_id: numbered(one.policy_id), bill_id: numbered(one.bill_id), reverses_entry: numbered(one.reverses_id),
    }));
    after = page.at(-1);
    if (page.length < PAGE_ROWS) return;
  }
}

const numbered = (id: number | null): bigint | null => (id === null ? null : BigInt(id));

async function* balanceRows(sql: Sql, whose: Scope, { to }: ExportAsked, known: Chart): AsyncGenerator<readonly Row[]> {
  const balance = await inInsurer(sql, whose, (tx) => trialBalance(tx, to));
  yield balance.map(({ account, currency, debitMinor, creditMinor, balanceMinor }) => ({
    on: to, account, code: known.get(account)?.code ?? null, name: known.get(account)?.name ?? null, currency, debit_minor: debitMinor, credit_minor: creditMinor, balance_minor: balanceMinor,
    balance: decimalText(balanceMinor, currency),
  }));
}

const UTF8 = new TextEncoder();

/** With a byte order mark: spreadsheets then read Chinese names of accounts. */
async function* csvParts(columns: readonly Column[], pages: AsyncGenerator<readonly Row[]>): AsyncGenerator<Uint8Array> {
  yield UTF8.encode(`\ufeff${columns.map(({ name }) => name).join(',')}\r\n`);
  for await (const page of pages) {
    // An amount is a number and stands bare, its sign included; a text is quoted, and never a formula.
    const lines = page.map((row) => columns.map(({ name, type }) => (type === 'INT64' || name === 'amount' || name === 'balance' ? String(row[name] ?? '') : csvCell(row[name] === undefined ? null : String(row[name] ?? '')))).join(','));
    if (lines.length > 0) yield UTF8.encode(`${lines.join('\r\n')}\r\n`);
  }
}

/** A group of rows is written when it is full, and handed on before the next is begun. */
async function* parquetParts(columns: readonly Column[], pages: AsyncGenerator<readonly Row[]>): AsyncGenerator<Uint8Array> {
  const schema = [{ name: 'root', num_children: columns.length }, ...columns.map(({ name, type }) => (type === 'INT64'
    ? { name, type: 'INT64' as const, repetition_type: 'OPTIONAL' as const } : { name, type: 'BYTE_ARRAY' as const, converted_type: 'UTF8' as const, repetition_type: 'OPTIONAL' as const }))];
  const parts: Uint8Array[] = [];
  let wake = (): void => {};
  let taken = (): void => {};
  const writer = new ByteWriter();
  const hand = async (): Promise<void> => {
    if (writer.index === 0) return;
    parts.push(new Uint8Array(writer.buffer.slice(0, writer.index)));
    writer.index = 0;
    const seen = new Promise<void>((resolve) => { taken = resolve; });
    wake();
    await seen;
  };
  const state: { ended: boolean; failed: unknown } = { ended: false, failed: null };
  const sink = Object.assign(writer, { flush: hand, finish: () => {} });
  const writing = Promise.resolve(parquetWriteRows({ writer: sink, rows: rowsOf(pages), columns: columns.map(({ name }) => ({ name })), schema, rowGroupSize: GROUP_ROWS }))
    .then(hand).catch((error: unknown) => { state.failed = error; }).finally(() => { state.ended = true; wake(); });
  for (;;) {
    const part = parts.shift();
    if (part !== undefined) {
      yield part;
      taken();
      continue;
    }
    if (state.ended) break;
    await new Promise<void>((resolve) => { wake = resolve; if (state.ended || parts.length > 0) resolve(); });
  }
  await writing;
  if (state.failed !== null) throw state.failed;
}

async function* rowsOf(pages: AsyncGenerator<readonly Row[]>): AsyncGenerator<Record<string, Cell>> {
  for await (const page of pages) yield* page;
}
