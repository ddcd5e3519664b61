/**
 * A bank's statement: `reference,amount,currency,booked_on,bank_reference,payer`, where the reference is the bill's number as it stands on the bill
 * (`holder-bill`). Read as a stream and booked in batches of one transaction each; a line is known by the bank's own reference, so the same file
 * twice changes nothing. A line that leads to no bill is kept and booked into suspense until a person finds whose it is.
 */

import { parse } from 'csv-parse';
import { Readable } from 'node:stream';
import { inInsurer, type Database, type Tx } from '../database/index.ts';
import {
  type BillId, fail, type HolderId, type InsurerId, isCurrency, localDate, type Moment, momentOf, ok, parseAmount, parsePlainDate, type PlainDate, type Problem, type Result,
} from '../kernel/index.ts';
import { problemText } from '../kernel/problem-texts.ts';
import { entry, writePostings } from '../ledger/index.ts';
import { retried } from './retried.ts';
import { settle, type Settled } from './settle.ts';
import { type Settlement } from './settlement.ts';

export type StatementSource = {
  readonly fileName: string;
  readonly content: string | AsyncIterable<string | Buffer>;
  /** How these lines were paid: `bank_transfer` unless the file is one of standing orders or automatic payments. */
  readonly method?: string;
};

export type BadLine = { readonly row: number; readonly field: string; readonly value: string; readonly problem: Problem; readonly reason: string; readonly remedy: string };
export type UnmatchedLine = { readonly row: number; readonly reference: string; readonly bankReference: string; readonly amountMinor: bigint; readonly currency: string; readonly payer: string };

export type BookedStatement = {
  readonly lines: number;
  readonly booked: number;
  /** Booked before. */
  readonly duplicates: number;
  readonly billsPaid: number;
  /** The first thousand of each; `…Count` says how many there are. */
  readonly unmatched: readonly UnmatchedLine[];
  readonly unmatchedCount: number;
  readonly bad: readonly BadLine[];
  readonly badCount: number;
};

type BankInsurer = { readonly insurerId: InsurerId; readonly timeZone: string };
type Line = UnmatchedLine & { readonly bookedOn: PlainDate; readonly bill: { readonly holderId: HolderId; readonly billId: BillId } | null };

const COLUMNS = ['reference', 'amount', 'currency', 'booked_on', 'bank_reference', 'payer'] as const;
type Field = (typeof COLUMNS)[number];
/** One transaction each: long enough for sets to pay, short enough that a webhook for one of the holders does not wait. */
const BATCH_LINES = 2_000;
const LISTED_MAX = 1_000;
const LINE_BYTES_MAX = 64 * 1024;
const NOON_MINUTES = 720;
const REMEDY = 'Correct the line and load the file again; lines that are booked are not booked twice.';

/** Books a statement; `afterBatch` runs in each batch's transaction. `at` on the insurer's clock. Problems: `statement_columns_missing`, `statement_unreadable`. */
export async function bookStatement(
  database: Database, insurer: BankInsurer, source: StatementSource, at: Moment, afterBatch: (tx: Tx, settled: Settled) => Promise<void>,
): Promise<Result<BookedStatement>> {
  const sum = { lines: 0, booked: 0, duplicates: 0, billsPaid: 0, unmatchedCount: 0, badCount: 0 };
  const [unmatched, bad]: [UnmatchedLine[], BadLine[]] = [[], []];
  const today = localDate(at, insurer.timeZone);
  let batch: Line[] = [];
  const flush = async (): Promise<void> => {
    if (batch.length === 0) return;
    const lines = batch;
    batch = [];
    const done = await retried(() => inInsurer(database.app, insurer.insurerId, (tx) => bookBatch(tx, insurer, source, lines, at, afterBatch)));
    sum.booked += done.settled.booked.length;
    sum.billsPaid += done.settled.paid.length;
    sum.duplicates += done.settled.duplicates + done.known;
    sum.unmatchedCount += done.unmatched.length;
    unmatched.push(...done.unmatched.slice(0, LISTED_MAX - unmatched.length));
  };
  const parser = parse({ bom: true, columns: false, relax_column_count: true, skip_empty_lines: true, trim: true, max_record_size: LINE_BYTES_MAX, relax_quotes: true });
  const input = Readable.from(typeof source.content === 'string' ? [source.content] : source.content);
  input.on('error', (error) => parser.destroy(error));
  input.pipe(parser);
  let header: readonly Field[] | null = null;
  let row = 0;
  try {
    for await (const cells of parser as AsyncIterable<string[]>) {
      row += 1;
      if (header === null) {
        const names = cells.map((name) => name.toLowerCase());
        const missing = COLUMNS.filter((name) => name !== 'payer' && !names.includes(name));
        if (missing.length > 0) return fail('statement_columns_missing', { columns: missing.join(', ') });
        header = names as Field[];
        continue;
      }
      sum.lines += 1;
      const line = readLine(header, cells, row, today);
      if (line.ok) batch.push(line.value);
      else {
        sum.badCount += 1;
        if (bad.length < LISTED_MAX) bad.push(line.problem);
      }
      if (batch.length >= BATCH_LINES) await flush();
    }
    await flush();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_'))) throw error;
    return fail('statement_unreadable', { row: row + 1, reason: error.message, booked: sum.booked });
  }
  if (header === null) return fail('statement_columns_missing', { columns: COLUMNS.join(', ') });
  return ok({ ...sum, unmatched, bad });
}

type ReadLine = { readonly ok: true; readonly value: Line } | { readonly ok: false; readonly problem: BadLine };

function readLine(header: readonly Field[], cells: readonly string[], row: number, today: PlainDate): ReadLine {
  // Characters that no text column can hold are not part of anybody's name.
  const of = (field: Field): string => (cells[header.indexOf(field)] ?? '').replaceAll('\0', '');
  const refuse = (field: Field, problem: Problem): ReadLine => {
    const [reason = '', ...remedy] = problemText(problem, 'en').split(/(?<=[.”])\s+(?=[A-Z])/);
    return { ok: false, problem: { row, field, value: of(field).slice(0, 100), problem, reason, remedy: remedy.join(' ') || REMEDY } };
  };
  const currency = of('currency').toUpperCase();
  if (!isCurrency(currency)) return refuse('currency', { code: 'currency_unknown', details: { value: of('currency').slice(0, 20) } });
  const amount = parseAmount(of('amount'), currency);
  if (!amount.ok) return refuse('amount', amount.problem);
  if (amount.value <= 0n) return refuse('amount', { code: 'amount_not_positive', details: { value: of('amount') } });
  const bookedOn = parsePlainDate(of('booked_on'));
  if (bookedOn === null) return refuse('booked_on', { code: 'date_invalid', details: { value: of('booked_on').slice(0, 20) } });
  if (bookedOn > today) return refuse('booked_on', { code: 'date_in_future', details: { value: bookedOn } });
  const bankReference = of('bank_reference');
  if (bankReference === '' || bankReference.length > 100) return refuse('bank_reference', { code: 'bank_reference_missing' });
  const reference = of('reference').slice(0, 200);
  return { ok: true, value: { row, reference, bill: billOf(reference), bankReference, amountMinor: amount.value, currency, bookedOn, payer: of('payer').slice(0, 200) } };
}

/** `1234-987` as the bill says it (service/masking.ts); a bank may put words around it. */
function billOf(reference: string): Line['bill'] {
  const match = /(?:^|[^\d-])(\d{1,15})-(\d{1,15})(?:$|[^\d-])/.exec(reference);
  return match === null ? null : { holderId: Number(match[1]) as HolderId, billId: Number(match[2]) as BillId };
}

type Batch = { readonly settled: Settled; readonly unmatched: readonly UnmatchedLine[]; readonly known: number };

async function bookBatch(
  tx: Tx, insurer: BankInsurer, source: StatementSource, lines: readonly Line[], at: Moment, afterBatch: (tx: Tx, settled: Settled) => Promise<void>,
): Promise<Batch> {
  // Two statements at once could bring the same line to two holders; one statement of an insurer is booked at a time.
  await tx`select pg_advisory_xact_lock(4800100, ${insurer.insurerId})`;
  const found = await knownBills(tx, lines);
  const today = localDate(at, insurer.timeZone);
  const [settlements, homeless]: [Settlement[], Line[]] = [[], []];
  for (const line of lines) {
    const { bill, bankReference, amountMinor, currency, bookedOn } = line;
    if (bill === null || !found.has(`${bill.holderId}/${bill.billId}`)) homeless.push(line);
    else settlements.push({
      provider: 'bank', eventId: bankReference, kind: 'succeeded', holderId: bill.holderId, billId: bill.billId, paymentId: null, providerReference: bankReference,
      method: source.method ?? 'bank_transfer', amountMinor, currency, bookedOn, occurredAt: today === bookedOn ? at : momentOf(bookedOn, NOON_MINUTES, insurer.timeZone), failure: null,
    });
  }
  const settled = await settle(tx, insurer, settlements, at);
  const kept = await keepUnmatched(tx, insurer.insurerId, source.fileName, homeless, at);
  await afterBatch(tx, settled);
  return { settled, unmatched: kept, known: homeless.length - kept.length };
}

async function knownBills(tx: Tx, lines: readonly Line[]): Promise<ReadonlySet<string>> {
  const named = lines.flatMap(({ bill }) => (bill === null ? [] : [bill]));
  const rows = await tx<{ key: string }[]>`
    select b.holder_id || '/' || b.bill_id as key
    from unnest(${named.map(({ holderId }) => holderId)}::bigint[], ${named.map(({ billId }) => billId)}::bigint[]) as n(holder_id, bill_id)
    join bills b on b.holder_id = n.holder_id and b.bill_id = n.bill_id`;
  return new Set(rows.map(({ key }) => key));
}

/** Returns the lines that are new. */
async function keepUnmatched(tx: Tx, insurerId: InsurerId, fileName: string, lines: readonly Line[], at: Moment): Promise<UnmatchedLine[]> {
  if (lines.length === 0) return [];
  const rows = lines.map((line) => ({ n: line.bankReference, r: line.reference, p: line.payer, a: String(line.amountMinor), c: line.currency, d: line.bookedOn, w: line.bill === null ? 'no_reference' : 'unknown_bill' }));
  const written = await tx<{ receipt_id: number; bank_reference: string }[]>`
    insert into unmatched_receipts (insurer_id, bank_reference, reference, payer, amount_minor, currency, booked_on, reason, file_name, received_at)
    select ${insurerId}::int, n, r, p, a, c, d, w, ${fileName}, ${new Date(at)}::timestamptz
    from jsonb_to_recordset(${tx.json(rows)}) as x(n text, r text, p text, a bigint, c text, d date, w text)
    where not exists (select from payments y where y.provider = 'bank' and y.provider_reference = x.n)
    on conflict do nothing returning receipt_id, bank_reference`;
  const ids = new Map(written.map((row) => [row.bank_reference, row.receipt_id]));
  const first = new Map(lines.toReversed().map((line) => [line.bankReference, line]));
  const kept = [...first.values()].filter(({ bankReference }) => ids.has(bankReference));
  await writePostings(tx, insurerId, kept.map((line) => entry('receipt_unmatched', {
    holderId: 0 as HolderId, bookedOn: line.bookedOn, amountMinor: line.amountMinor, currency: line.currency, sourceId: ids.get(line.bankReference) ?? 0, policyId: null, billId: null,
  })));
  return kept.map(({ row, reference, bankReference, amountMinor, currency, payer }) => ({ row, reference, bankReference, amountMinor, currency, payer }));
}
