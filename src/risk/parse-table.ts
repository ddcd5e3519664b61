/**
 * Reads a CSV or TSV into typed columns as it streams in: quotes, BOM, CRLF, comma, semicolon or tab. Rows that do not fit are set aside
 * with their line and reason; the others are kept.
 */

import { fail, ok, type Result } from '../kernel/index.ts';
import { type Column, type Table } from './column.ts';
import { type ColumnBuilder, type ColumnKind, isMissing, isNumber, numberBuilder, textBuilder } from './column-builder.ts';

export type BadRow = {
  /** Line of the file, the header is 1. */
  readonly line: number;
  readonly field: string;
  readonly value: string;
  readonly reason: 'wrong_number_of_fields' | 'not_a_number' | 'quote_not_closed';
};

export type ParsedTable = {
  readonly table: Table;
  /** The id column's cells, when one was asked for and is there. */
  readonly ids: readonly string[] | null;
  readonly header: readonly string[];
  /** The first of the rows that were set aside; `badRowCount` counts all. */
  readonly badRows: readonly BadRow[];
  readonly badRowCount: number;
};

export type ParseOptions = {
  /** Column kept as ids and not as a feature. */
  readonly id?: string;
  /** What a column must be, by its name; undefined lets its first rows decide. */
  readonly kindOf?: (name: string) => ColumnKind | undefined;
};

/** The first rows decide what is a number: a column of which nearly all filled cells are. */
const SAMPLE_ROWS = 1000;
const NUMBER_SHARE_MIN = 0.95;
/** A quoted cell longer than this is a quote that nobody closed: its line is bad, the file goes on. */
const RECORD_CHARACTERS_MAX = 65_536;
const BAD_ROWS_KEPT_MAX = 10_000;
const COLUMNS_MAX = 2000;

export type TableParser = { readonly push: (chunk: string) => void; readonly finish: () => Result<ParsedTable> };

/** Problems of `finish`: `file_empty`, `header_duplicate` (column), `too_many_columns` (columns, columns_max). */
export function tableParser(options: ParseOptions = {}): TableParser {
  let rest = '';
  let line = 0;
  let reader: ReturnType<typeof rowReader> | null = null;
  const take = (text: string, isLast: boolean): void => {
    let at = 0;
    while (at < text.length) {
      const record = nextRecord(text, at, isLast);
      if (record === null) break;
      at = record.next;
      line += 1;
      if (reader === null) {
        if (record.text.trim() !== '') reader = rowReader(record.text, options);
      } else if (record.text !== '') reader.read(record.text, line, record.closed);
      line += record.lines - 1;
    }
    rest = text.slice(at);
  };
  return {
    push: (chunk) => take(line === 0 && rest === '' ? chunk.replace(/^\uFEFF/, '') : rest + chunk, false),
    finish: () => {
      take(rest, true);
      return reader === null ? fail('file_empty') : reader.finish();
    },
  };
}

/** Parses a text that is in memory. */
export function parseTable(text: string, options: ParseOptions = {}): Result<ParsedTable> {
  const parser = tableParser(options);
  parser.push(text);
  return parser.finish();
}

type FoundRecord = { text: string; next: number; lines: number; closed: boolean };

/** The record that begins at `at`, or null when its end has not come yet. */
function nextRecord(text: string, at: number, isLast: boolean): FoundRecord | null {
  const firstEnd = lineEnd(text, at, isLast);
  if (firstEnd < 0) return null;
  let end = firstEnd;
  let lines = 1;
  let quotes = countQuotes(text, at, end);
  while (quotes % 2 === 1) {
    const nextEnd = end < text.length ? lineEnd(text, end + 1, isLast) : -1;
    if (end - at > RECORD_CHARACTERS_MAX || (nextEnd < 0 && (isLast || text.length - at > RECORD_CHARACTERS_MAX))) {
      return { text: withoutReturn(text.slice(at, firstEnd)), next: firstEnd + 1, lines: 1, closed: false };
    }
    if (nextEnd < 0) return null;
    quotes += countQuotes(text, end + 1, nextEnd);
    end = nextEnd;
    lines += 1;
  }
  return { text: withoutReturn(text.slice(at, end)), next: end + 1, lines, closed: true };
}

function lineEnd(text: string, from: number, isLast: boolean): number {
  const end = text.indexOf('\n', from);
  return end >= 0 ? end : isLast ? text.length : -1;
}

/** Looks at [from, to) only: `indexOf` would run on to the end of a file that has no quotes, once for every line. */
function countQuotes(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; at += 1) if (text.charCodeAt(at) === 34) count += 1;
  return count;
}

const withoutReturn = (text: string): string => (text.endsWith('\r') ? text.slice(0, -1) : text);

function fieldsOf(record: string, delimiter: string): string[] {
  if (!record.includes('"')) return record.split(delimiter);
  const fields: string[] = [];
  let at = 0;
  while (at <= record.length) {
    if (record[at] !== '"') {
      const end = record.indexOf(delimiter, at);
      fields.push(record.slice(at, end < 0 ? record.length : end));
      if (end < 0) break;
      at = end + 1;
      continue;
    }
    let end = record.indexOf('"', at + 1);
    while (end >= 0 && record[end + 1] === '"') end = record.indexOf('"', end + 2);
    const close = end < 0 ? record.length : end;
    const next = record.indexOf(delimiter, close);
    fields.push(record.slice(at + 1, close).replaceAll('""', '"') + record.slice(close + 1, next < 0 ? record.length : next));
    if (next < 0) break;
    at = next + 1;
  }
  return fields;
}

function rowReader(headerRecord: string, options: ParseOptions): {
  read: (record: string, line: number, closed: boolean) => void; finish: () => Result<ParsedTable>;
} {
  const delimiter = [',', '\t', ';'].toSorted((a, b) => headerRecord.split(b).length - headerRecord.split(a).length)[0] ?? ',';
  const header = fieldsOf(headerRecord, delimiter).map((name) => name.trim());
  const idIndex = options.id === undefined ? -1 : header.indexOf(options.id);
  const ids: string[] = [];
  const badRows: BadRow[] = [];
  let badRowCount = 0;
  let rows = 0;
  let waiting: { fields: string[]; line: number }[] = [];
  let builders: ColumnBuilder[] | null = null;
  const bad = (row: BadRow): void => {
    badRowCount += 1;
    if (badRows.length < BAD_ROWS_KEPT_MAX) badRows.push(row);
  };
  const keep = (built: readonly ColumnBuilder[], fields: readonly string[], line: number): void => {
    const wrong = built.findIndex((builder, index) => index !== idIndex && !builder.accepts(fields[index] ?? ''));
    if (wrong >= 0) {
      bad({ line, field: header[wrong] ?? '', value: fields[wrong] ?? '', reason: 'not_a_number' });
      return;
    }
    for (let index = 0; index < built.length; index += 1) if (index !== idIndex) built[index]?.add(fields[index] ?? '');
    if (idIndex >= 0) ids.push(fields[idIndex] ?? '');
    rows += 1;
  };
  const settle = (): ColumnBuilder[] => {
    if (builders !== null) return builders;
    const built = header.map((name, index) => (
      (options.kindOf?.(name) ?? guessKind(waiting, index)) === 'number' ? numberBuilder() : textBuilder()
    ));
    builders = built;
    for (const { fields, line } of waiting) keep(built, fields, line);
    waiting = [];
    return built;
  };
  return {
    read: (record, line, closed) => {
      const fields = closed ? fieldsOf(record, delimiter) : [];
      if (!closed) bad({ line, field: '', value: record.slice(0, 100), reason: 'quote_not_closed' });
      else if (fields.length !== header.length) bad({ line, field: '', value: String(fields.length), reason: 'wrong_number_of_fields' });
      else if (builders !== null) keep(builders, fields, line);
      else if (waiting.push({ fields, line }) >= SAMPLE_ROWS) settle();
    },
    finish: () => {
      const duplicate = header.find((name, index) => header.indexOf(name) !== index);
      if (duplicate !== undefined) return fail('header_duplicate', { column: duplicate });
      if (header.length > COLUMNS_MAX) return fail('too_many_columns', { columns: header.length, columns_max: COLUMNS_MAX });
      const columns: Record<string, Column> = {};
      settle().forEach((builder, index) => {
        if (index !== idIndex) columns[header[index] ?? ''] = builder.finish();
      });
      badRows.sort((a, b) => a.line - b.line);
      return ok({ table: { rows, columns }, ids: idIndex >= 0 ? ids : null, header, badRows, badRowCount });
    },
  };
}

function guessKind(sample: readonly { readonly fields: readonly string[] }[], index: number): ColumnKind {
  const filled = sample.map(({ fields }) => fields[index] ?? '').filter((cell) => !isMissing(cell));
  return filled.length > 0 && filled.filter(isNumber).length >= NUMBER_SHARE_MIN * filled.length ? 'number' : 'text';
}
