/** Which column of a file is which field, and what holds for every row: recognised by name and content, or given in a mapping file. */

import { z } from 'zod';
import { fail, ok, type Result } from '../../kernel/index.ts';
import { type Field, fieldNamed, FIELDS, simple } from './fields.ts';

const schema = z.strictObject({
  /** A sentence on where the file comes from. */
  about: z.string().optional(),
  /** Column of the file → field. */
  columns: z.record(z.string(), z.string()),
  /** Field → value for every row that has none. */
  defaults: z.record(z.string(), z.string()).default({}),
  /** What the file does not say and must be assumed to bill at all; told after the import. */
  assume: z.strictObject({
    /** Next due dates are spread evenly over so many days from the day after the import, by the policy's number. */
    next_due_within_days: z.int().min(1).max(366).optional(),
    /** `policy-{policy_number}@…`: an address for trying things out. */
    email: z.string().max(200).optional(),
  }).default({}),
});
export type Mapping = z.output<typeof schema>;

/** Market → what holds there unless the file says something else. */
const MARKET_DEFAULTS: Readonly<Record<string, { readonly currency: string; readonly language: string; readonly time_zone: string }>> = {
  CN: { currency: 'CNY', language: 'zh-Hans', time_zone: 'Asia/Shanghai' }, HK: { currency: 'HKD', language: 'zh-Hant', time_zone: 'Asia/Hong_Kong' },
  TW: { currency: 'TWD', language: 'zh-Hant', time_zone: 'Asia/Taipei' }, PH: { currency: 'PHP', language: 'en', time_zone: 'Asia/Manila' },
  DE: { currency: 'EUR', language: 'en', time_zone: 'Europe/Berlin' }, FR: { currency: 'EUR', language: 'en', time_zone: 'Europe/Paris' },
  IT: { currency: 'EUR', language: 'en', time_zone: 'Europe/Rome' }, GB: { currency: 'GBP', language: 'en', time_zone: 'Europe/London' },
  US: { currency: 'USD', language: 'en', time_zone: 'America/New_York' }, CA: { currency: 'CAD', language: 'en', time_zone: 'America/Toronto' },
  SG: { currency: 'SGD', language: 'en', time_zone: 'Asia/Singapore' }, JP: { currency: 'JPY', language: 'en', time_zone: 'Asia/Tokyo' },
  IN: { currency: 'INR', language: 'en', time_zone: 'Asia/Kolkata' },
};

/** Reads a mapping file's JSON. Problems: `mapping_not_readable` (place, reason), `mapping_field_unknown`. */
export function readImportMapping(json: unknown): Result<Mapping> {
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return fail('mapping_not_readable', { at: issue?.path.join('.') ?? '', reason: issue?.message ?? '' });
  }
  const unknown = [...Object.values(parsed.data.columns), ...Object.keys(parsed.data.defaults)].find((name) => fieldNamed(name) === undefined);
  return unknown === undefined ? ok(parsed.data) : fail('mapping_field_unknown', { field: unknown, known: FIELDS.map((one) => one.name).join(', ') });
}

/** A mapping by the columns' names, and by their content where a name says nothing: addresses by their @. */
export function recognise(header: readonly string[], sample: readonly (readonly string[])[]): Mapping {
  const columns: Record<string, string> = {};
  const taken = new Set<string>();
  const take = (column: string, field: Field | undefined): void => {
    if (field === undefined || taken.has(field.name) || column in columns) return;
    columns[column] = field.name;
    taken.add(field.name);
  };
  // A field's own name wins over its other names, so that `policy_id` does not take what `policy_number` names.
  for (const column of header) take(column, FIELDS.find((one) => simple(one.name) === simple(column)));
  for (const column of header) take(column, FIELDS.find((one) => one.names.includes(simple(column))));
  header.forEach((column, index) => {
    const values = sample.map((row) => row[index]?.trim() ?? '').filter((value) => value !== '');
    if (values.length > 2 && values.every((value) => value.includes('@'))) take(column, fieldNamed('email'));
  });
  return { columns, defaults: {}, assume: {} };
}

const NEEDED = ['policy_number', 'market', 'line', 'currency', 'premium', 'mode', 'language', 'time_zone'] as const;

/** The mapping with the market's and house's defaults put in. Problem: `mapping_incomplete` with the fields that nothing fills. */
export function completeMapping(mapping: Mapping, market: string | undefined): Result<Mapping> {
  const mapped = new Set(Object.values(mapping.columns));
  const chosen = market ?? mapping.defaults['market'];
  const defaults = { ...(chosen === undefined ? {} : MARKET_DEFAULTS[chosen]), mode: 'annual', ...mapping.defaults, ...(market === undefined ? {} : { market }) };
  const missing = NEEDED.filter((name) => !mapped.has(name) && !(name in defaults));
  if (!mapped.has('next_due_on') && !mapped.has('cover_from') && mapping.assume.next_due_within_days === undefined) {
    return fail('mapping_incomplete', { fields: [...missing, 'next_due_on | cover_from'].join(', ') });
  }
  if (missing.length > 0) return fail('mapping_incomplete', { fields: missing.join(', ') });
  return ok({ ...mapping, defaults });
}
