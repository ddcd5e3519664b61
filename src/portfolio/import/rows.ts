/** Rows of text become rows of fields, or errors that say row, field, value, reason and remedy. */

import { dueDateOf, instalmentNoAt, monthsBetweenInstalments, nextInstalment, type PremiumMode, type Schedule } from '../../billing/index.ts';
import { type CopyValue } from '../../database/index.ts';
import { addDays, addMonths, fail, ok, type PlainDate, type Problem, type Result } from '../../kernel/index.ts';
import { initialsOf } from '../initials.ts';
import { type Field, FIELDS, fieldNamed, type RowFacts } from './fields.ts';
import { type Mapping } from './mapping.ts';
import { type SourceRow } from './split.ts';
import { hashOf, seenTexts } from './seen.ts';

export type RowError = { readonly line: number; readonly field: string; readonly value: string; readonly problem: Problem };
export type StagedColumn = { readonly name: string; readonly type: string };
export type Constant = { readonly value: string; readonly type: string };

export type RowReader = {
  /** Columns of the staging table in the order of the rows' values. */
  readonly columns: readonly StagedColumn[];
  /** Field → what holds for every row: a literal in SQL, not staged a million times. */
  readonly constants: ReadonlyMap<string, Constant>;
  /** The row's values, or null where it has errors, which are added to the list. */
  readonly read: (row: SourceRow, errors: RowError[]) => CopyValue[] | null;
};

type Cell = { readonly field: Field; readonly index: number; readonly column: string; readonly fallback: string | null };

const REQUIRED = new Set(['policy_number', 'market', 'line', 'currency', 'premium', 'mode', 'language', 'time_zone']);
/** What a row may be given besides its cells: dates worked out, an address made up, the policy's number in place of a holder's. */
const WORKED_OUT = ['next_due_on', 'cover_from', 'due_day'] as const;
const NAMES = new Set(['full_name', 'family_name', 'given_name']);
/** Digits of a premium in minor units: a billion and more is a slip of the decimal point, and a person should look. */
const PREMIUM_DIGITS_MAX = 11;
/** Values remembered of one column. */
const CACHE_MAX = 50_000;
/** Cover is taken to have begun so many instalments ago at most where the file does not say. */
const PREMIUMS_PAID_MAX = 600;
/** What an error repeats of a value. */
const VALUE_SHOWN = 60;

/** Compiles a complete mapping (see `completeMapping`) for a header. `today` is the insurer's business date. Problems: those of a default's value. */
export function rowReader(header: readonly string[], mapping: Mapping, today: PlainDate): Result<RowReader> {
  const all: Cell[] = FIELDS.flatMap((field): Cell[] => {
    const index = header.findIndex((name) => mapping.columns[name] === field.name);
    const fallback = mapping.defaults[field.name] ?? null;
    return index < 0 && fallback === null ? [] : [{ field, index, column: header[index] ?? field.name, fallback }];
  });
  const constants = new Map<string, Constant>();
  const currencyCell = all.find((cell) => cell.field.name === 'currency');
  const isConstant = ({ field, index }: Cell): boolean => index < 0 && !WORKED_OUT.some((name) => name === field.name) && !(field.perCurrency && (currencyCell?.index ?? -1) >= 0);
  for (const cell of all) {
    if (cell.fallback === null) continue;
    // A default that cannot be read would make every row bad: it is told once, before anything is read.
    const value = cell.field.read(cell.fallback, { currency: currencyCell?.fallback ?? 'USD' });
    if (!value.ok) return fail('mapping_default_invalid', { field: cell.field.name, value: cell.fallback });
    if (isConstant(cell)) constants.set(cell.field.name, { value: value.value, type: cell.field.type });
  }
  const cells = all.filter((cell) => !isConstant(cell));
  const extra = [...WORKED_OUT, ...(mapping.assume.email === undefined ? [] : ['email'])].filter((name) => !cells.some((cell) => cell.field.name === name) && !constants.has(name));
  const named = cells.some(({ field }) => NAMES.has(field.name));
  const columns = [
    ...[...cells.map(({ field }) => field), ...extra.map((name) => fieldNamed(name)).filter((field) => field !== undefined)].map(({ name, type }) => ({ name, type })),
    ...(named ? [{ name: 'initials', type: 'text' }] : []),
  ];
  const at = (name: string): number => columns.findIndex((column) => column.name === name);
  const [number, next, from, dueDay, email, holderRef] = (['policy_number', 'next_due_on', 'cover_from', 'due_day', 'email', 'holder_ref'] as const).map(at) as
    [number, number, number, number, number, number];
  /** A field's value in a row, whether staged or constant. */
  const valueOf = (name: string): ((values: CopyValue[]) => string | null) => {
    const [i, constant] = [at(name), constants.get(name)?.value ?? null];
    return (values) => (i < 0 ? constant : values[i] as string | null);
  };
  const [premiumOf, modeOf, toOf, paidOf] = ['premium', 'mode', 'cover_to', 'premiums_paid'].map(valueOf) as [ValueOf, ValueOf, ValueOf, ValueOf];
  const [fullName, familyName, givenName, initials] = [valueOf('full_name'), valueOf('family_name'), valueOf('given_name'), at('initials')];
  const columnOf = (name: string): string => all.find((cell) => cell.field.name === name)?.column ?? name;
  const caches = cells.map(() => new Map<string, Result<string>>());
  const assumedDays = Array.from({ length: mapping.assume.next_due_within_days ?? 0 }, (_, n) => addDays(today, 1 + n));
  const seen = seenTexts();
  const [holders, holderFacts] = [seenTexts(), seenTexts()];
  /** What the rows of one holder must agree on; the market and the currency of a policy are the policy's own. */
  const aboutHolder = cells.flatMap(({ field }, i) => (field.target === 'holder' && field.name !== 'holder_ref' ? [i] : []));
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
      errors.push({ line: row.line, field: '', value: row.cells.join(' ').slice(0, VALUE_SHOWN), problem: { code: 'row_torn', details: { cells: row.cells.length, columns: header.length } } });
      return null;
    }
    const before = errors.length;
    const facts = { currency: textOf(row, currencyCell) ?? 'USD' };
    const values: CopyValue[] = [];
    for (let i = 0; i < cells.length; i += 1) {
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
        errors.push({ line: row.line, field: cell.column, value: text.slice(0, VALUE_SHOWN), problem: value.problem });
        values.push(null);
      }
    }
    if (errors.length > before) return null;
    for (let i = values.length; i < columns.length; i += 1) values.push(null);
    const refused = complete(values);
    if (refused === null) return values;
    errors.push({ line: row.line, field: columnOf(refused.field), value: refused.value, problem: refused.problem });
    return null;
  };

  const text = (values: CopyValue[], i: number): string | null => (i < 0 ? null : values[i] as string | null);

  /** What spans several fields: the number once in a file, dates that belong together, what had to be assumed. */
  function complete(values: CopyValue[]): Refused | null {
    const policyNumber = text(values, number) ?? '';
    const amount = premiumOf(values) ?? '0';
    if (amount.length > PREMIUM_DIGITS_MAX) return { field: 'premium', value: amount, problem: { code: 'premium_improbable' } };
    if (seen.has(policyNumber)) return { field: 'policy_number', value: policyNumber, problem: { code: 'policy_number_twice', details: { value: policyNumber } } };
    if (assumedDays.length > 0 && text(values, next) === null) values[next] = assumedDays[hashOf(policyNumber) % assumedDays.length];
    const address = mapping.assume.email;
    if (address !== undefined && email >= 0 && text(values, email) === null) values[email] = address.replace('{policy_number}', /^[\w.-]+$/.test(policyNumber) ? policyNumber : policyNumber.replace(/[^\w.-]/g, '-'));
    const key = `${modeOf(values)} ${text(values, next)} ${text(values, from)} ${toOf(values)} ${text(values, dueDay)} ${paidOf(values)}`;
    let dated = dates.get(key);
    if (dated === undefined) {
      dated = datesOf({
        mode: modeOf(values) as PremiumMode, next: text(values, next) as PlainDate | null, from: text(values, from) as PlainDate | null, to: toOf(values) as PlainDate | null,
        day: text(values, dueDay), premiumsPaid: Number(paidOf(values) ?? 0), today,
      });
      if (dates.size >= CACHE_MAX) dates.clear();
      dates.set(key, dated);
    }
    if (!dated.ok) return { field: 'next_due_on', value: text(values, next) ?? '', problem: dated.problem };
    values[next] = dated.value.nextDueOn;
    values[from] = dated.value.coverFrom;
    values[dueDay] = dated.value.dueDay;
    if (holderRef >= 0) {
      const holder = text(values, holderRef) ?? policyNumber;
      values[holderRef] = holder;
      // Otherwise the holder would be what the last row says, and the same file twice would change it and change it back.
      const said = `${holder}\u0000${aboutHolder.map((i) => text(values, i) ?? '').join('\u0000')}`;
      if (!holderFacts.has(said)) {
        if (holders.has(holder)) return { field: 'holder_ref', value: holder, problem: { code: 'holder_rows_disagree', details: { value: holder } } };
        holders.add(holder);
        holderFacts.add(said);
      }
    }
    if (initials >= 0) values[initials] = initialsOf(familyName(values) ?? fullName(values), givenName(values));
    seen.add(policyNumber);
    return null;
  }
  return ok({ columns, constants, read });
}

type ValueOf = (values: CopyValue[]) => string | null;
type Refused = { readonly field: string; readonly value: string; readonly problem: Problem };
type Dates = { readonly coverFrom: PlainDate; readonly nextDueOn: PlainDate | null; readonly dueDay: number };
type DateFacts = {
  readonly mode: PremiumMode; readonly next: PlainDate | null; readonly from: PlainDate | null; readonly to: PlainDate | null; readonly day: string | null;
  readonly premiumsPaid: number; readonly today: PlainDate;
};

function datesOf({ mode, next, from, to, day, premiumsPaid, today }: DateFacts): Result<Dates> {
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
