/** Rows of text become rows of fields, or errors that say row, field, value, reason and remedy. */

import { dueDateOf, instalmentNoAt, monthsBetweenInstalments, nextInstalment, type PremiumMode, type Schedule } from '../../billing/index.ts';
import { type CopyValue } from '../../database/index.ts';
import { addDays, addMonths, fail, ok, type PlainDate, type Problem, type Result } from '../../kernel/index.ts';
import { type Field, FIELDS, fieldNamed, type RowFacts } from './fields.ts';
import { type Mapping } from './mapping.ts';
import { type SourceRow } from './read.ts';

export type RowError = { readonly line: number; readonly field: string; readonly value: string; readonly problem: Problem };

export type RowReader = {
  /** Columns of the staging table in the order of the rows' values: `name type`. */
  readonly columns: readonly { readonly name: string; readonly type: string; readonly target: Field['target'] }[];
  /** The row's values, or null where it has errors, which are added to the list. */
  readonly read: (row: SourceRow, errors: RowError[]) => CopyValue[] | null;
};

type Cell = { readonly field: Field; readonly index: number; readonly column: string; readonly fallback: string | null };

const REQUIRED = new Set(['policy_number', 'market', 'line', 'currency', 'premium', 'mode', 'language', 'time_zone']);
/** Digits of a premium in minor units: a billion and more is a slip of the decimal point, and a person should look. */
const PREMIUM_DIGITS_MAX = 11;
/** Values remembered of one column. */
const CACHE_MAX = 50_000;
/** Cover is taken to have begun so many instalments ago at most where the file does not say. */
const PREMIUMS_PAID_MAX = 600;

/** Compiles a complete mapping (see `completeMapping`) for a header. `today` is the insurer's business date. */
export function rowReader(header: readonly string[], mapping: Mapping, today: PlainDate): RowReader {
  const cells: Cell[] = FIELDS.flatMap((field): Cell[] => {
    const column = header.find((name) => mapping.columns[name] === field.name);
    const fallback = mapping.defaults[field.name] ?? null;
    return column === undefined && fallback === null ? [] : [{ field, index: column === undefined ? -1 : header.indexOf(column), column: column ?? field.name, fallback }];
  });
  const position = new Map(cells.map((cell, i) => [cell.field.name, i]));
  const extra = ['next_due_on', 'cover_from', 'email', 'due_day', 'holder_ref'].filter((name) => !position.has(name));
  const columns = [...cells.map(({ field }) => field), ...extra.map((name) => fieldNamed(name)).filter((field) => field !== undefined)]
    .map(({ name, type, target }) => ({ name, type, target }));
  const at = (name: string): number => columns.findIndex((column) => column.name === name);
  const [number, premium, mode, next, from, to, dueDay, paid, email, holderRef] = (
    ['policy_number', 'premium', 'mode', 'next_due_on', 'cover_from', 'cover_to', 'due_day', 'premiums_paid', 'email', 'holder_ref'] as const).map(at) as
    [number, number, number, number, number, number, number, number, number, number];
  const currencyCell = cells.find((cell) => cell.field.name === 'currency');
  const caches = cells.map(() => new Map<string, Result<string>>());
  /** What holds for every row is read once. */
  const constants = cells.map((cell) => {
    if (cell.index >= 0 || cell.field.perCurrency || cell.fallback === null) return null;
    const value = cell.field.read(cell.fallback, { currency: 'USD' });
    return value.ok ? value.value : null;
  });
  const assumedDays = Array.from({ length: mapping.assume.next_due_within_days ?? 0 }, (_, n) => addDays(today, 1 + n));
  const seen = new Set<string>();
  const dates = new Map<string, Result<Dates>>();

  /** Most cells of a file hold one of few values, which are read once. */
  const readCell = (cell: Cell, i: number, text: string, facts: RowFacts): Result<string> => {
    const key = cell.field.perCurrency ? `${facts.currency} ${text}` : text;
    const cache = caches[i]!;
    const known = cache.get(key);
    if (known !== undefined) return known;
    const value = cell.field.read(text, facts);
    if (cache.size >= CACHE_MAX) cache.clear();
    cache.set(key, value);
    return value;
  };

  const read = (row: SourceRow, errors: RowError[]): CopyValue[] | null => {
    if (row.cells.length !== header.length) {
      errors.push({ line: row.line, field: '', value: row.cells.join(' ').slice(0, 60), problem: { code: 'row_torn', details: { cells: row.cells.length, columns: header.length } } });
      return null;
    }
    const before = errors.length;
    const facts = { currency: textOf(row, currencyCell) ?? 'USD' };
    const values: CopyValue[] = [];
    for (let i = 0; i < cells.length; i += 1) {
      const constant = constants[i]!;
      if (constant !== null) {
        values.push(constant);
        continue;
      }
      const cell = cells[i]!;
      const text = textOf(row, cell);
      if (text === null) {
        if (REQUIRED.has(cell.field.name)) errors.push({ line: row.line, field: cell.column, value: '', problem: { code: 'value_missing', details: { field: cell.field.name } } });
        values.push(null);
        continue;
      }
      const value = cell.field.distinct ? cell.field.read(text, facts) : readCell(cell, i, text, facts);
      if (value.ok) values.push(value.value);
      else {
        errors.push({ line: row.line, field: cell.column, value: text, problem: value.problem });
        values.push(null);
      }
    }
    if (errors.length > before) return null;
    for (let i = values.length; i < columns.length; i += 1) values.push(null);
    const problem = complete(values);
    if (problem === null) return values;
    errors.push({ line: row.line, field: problem.field, value: problem.value, problem: problem.problem });
    return null;
  };

  const text = (values: CopyValue[], i: number): string | null => (i < 0 ? null : values[i] as string | null);

  /** What spans several fields: the number once in a file, dates that belong together, what had to be assumed. */
  function complete(values: CopyValue[]): Refused | null {
    const policyNumber = text(values, number) ?? '';
    const amount = text(values, premium) ?? '0';
    if (amount.length > PREMIUM_DIGITS_MAX) return { field: 'premium', value: amount, problem: { code: 'premium_improbable' } };
    if (seen.has(policyNumber)) return { field: 'policy_number', value: policyNumber, problem: { code: 'policy_number_twice', details: { value: policyNumber } } };
    if (assumedDays.length > 0 && text(values, next) === null) values[next] = assumedDays[hashOf(policyNumber) % assumedDays.length];
    const address = mapping.assume.email;
    if (address !== undefined && text(values, email) === null) values[email] = address.replace('{policy_number}', /^[\w.-]+$/.test(policyNumber) ? policyNumber : policyNumber.replace(/[^\w.-]/g, '-'));
    const key = `${text(values, mode)} ${text(values, next)} ${text(values, from)} ${text(values, to)} ${text(values, dueDay)} ${text(values, paid)}`;
    let dated = dates.get(key);
    if (dated === undefined) {
      dated = datesOf(text(values, mode) as PremiumMode, text(values, next) as PlainDate | null, text(values, from) as PlainDate | null, text(values, to) as PlainDate | null, text(values, dueDay), Number(text(values, paid) ?? 0), today);
      if (dates.size >= CACHE_MAX) dates.clear();
      dates.set(key, dated);
    }
    if (!dated.ok) return { field: 'next_due_on', value: text(values, next) ?? '', problem: dated.problem };
    values[next] = dated.value.nextDueOn;
    values[from] = dated.value.coverFrom;
    values[dueDay] = dated.value.dueDay;
    if (text(values, holderRef) === null) values[holderRef] = policyNumber;
    seen.add(policyNumber);
    return null;
  }
  return { columns, read };
}

type Refused = { readonly field: string; readonly value: string; readonly problem: Problem };
type Dates = { readonly coverFrom: PlainDate; readonly nextDueOn: PlainDate | null; readonly dueDay: number };

function datesOf(mode: PremiumMode, next: PlainDate | null, from: PlainDate | null, to: PlainDate | null, day: string | null, premiumsPaid: number, today: PlainDate): Result<Dates> {
  if (next === null && from === null) return fail('value_missing', { field: 'next_due_on | cover_from' });
  const dueDay = Number(day ?? (next ?? from ?? '').slice(8, 10));
  const coverFrom = from ?? addMonths(next ?? today, -Math.min(PREMIUMS_PAID_MAX, premiumsPaid) * monthsBetweenInstalments(mode), dueDay);
  if (to !== null && to <= coverFrom) return fail('cover_ends_before_it_begins', { from: coverFrom, to });
  if (next !== null && next < coverFrom) return fail('due_before_cover', { next, from: coverFrom });
  const schedule: Schedule = { mode, coverFrom, coverTo: to, dueDay };
  if (next !== null) {
    const expected = dueDateOf(schedule, instalmentNoAt(schedule, next));
    if (expected !== next) return fail('due_off_schedule', { next, expected });
  }
  return ok({ coverFrom, nextDueOn: next ?? nextInstalment(schedule, today)?.dueOn ?? null, dueDay });
}

function textOf(row: SourceRow, cell: Cell | undefined): string | null {
  if (cell === undefined) return null;
  const text = cell.index < 0 ? '' : row.cells[cell.index]?.trim() ?? '';
  return text === '' || text === 'NULL' || text === '\\N' ? cell.fallback : text;
}

/** FNV-1a, so that a policy's assumed day does not depend on where in the file it stands. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

