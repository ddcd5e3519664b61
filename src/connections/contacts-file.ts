/** Contact changes by file, for systems without an API: the same merge, with its sources and conflicts. */

import { parse } from 'csv-parse/sync';
import { type Tx } from '../database/index.ts';
import { fail, ok, type InsurerId, type Result } from '../kernel/index.ts';
import { CONTACT_FIELDS, listText, type Contact, type ContactField, type Source } from './contact.ts';
import { takeIn, type Incoming } from './take-in.ts';

export const FILE_BYTES_MAX = 10 * 1024 * 1024;
const ROWS_MAX = 50_000;
const BATCH_ROWS = 1_000;
const BAD_SHOWN_MAX = 100;

export type FileTaken = {
  readonly rows: number; readonly changed: number; readonly conflicts: number; readonly skipped: number;
  readonly bad: readonly { readonly external_ref: string; readonly field: string; readonly value: string }[];
};

/** Problem: `contacts_file_invalid` with what is wrong. An empty cell says nothing of its field. */
export async function takeInFile(tx: Tx, insurerId: InsurerId, source: Source, csv: string, at: Date): Promise<Result<FileTaken>> {
  const incoming = readFile(csv, at);
  if (!incoming.ok) return incoming;
  const total = { rows: incoming.value.length, changed: 0, conflicts: 0, skipped: 0 };
  const bad: FileTaken['bad'][number][] = [];
  for (let from = 0; from < incoming.value.length; from += BATCH_ROWS) {
    const taken = await takeIn(tx, insurerId, source, incoming.value.slice(from, from + BATCH_ROWS), at);
    total.changed += taken.changed;
    total.conflicts += taken.conflicts;
    total.skipped += taken.skipped;
    bad.push(...taken.invalid.map(({ externalRef, field, value }) => ({ external_ref: externalRef, field, value: value.slice(0, 100) })));
  }
  return ok({ ...total, bad: bad.slice(0, BAD_SHOWN_MAX) });
}

function readFile(csv: string, at: Date): Result<readonly Incoming[]> {
  let rows: Record<string, string>[];
  try {
    rows = parse(csv, { columns: true, bom: true, trim: true, skip_empty_lines: true, relax_column_count: false, to: ROWS_MAX + 1 });
  } catch (error) {
    return fail('contacts_file_invalid', { detail: error instanceof Error ? error.message.slice(0, 300) : '' });
  }
  if (rows.length > ROWS_MAX) return fail('contacts_file_invalid', { detail: `> ${ROWS_MAX}` });
  if (rows[0] !== undefined && !('external_ref' in rows[0])) return fail('contacts_file_invalid', { detail: 'external_ref' });
  return ok(rows.flatMap((row): Incoming[] => {
    const externalRef = row['external_ref'] ?? '';
    if (externalRef === '') return [];
    const said = Date.parse(row['changed_at'] ?? '');
    const contact: Contact = Object.fromEntries(CONTACT_FIELDS.flatMap((field) => ((row[field] ?? '') === '' ? [] : [[field, valueOf(field, row[field] ?? '')]])));
    return [{ externalRef, changedAt: Number.isNaN(said) ? at : new Date(said), contact }];
  }));
}

/** Lists are separated by `;` or spaces within their cell. */
const valueOf = (field: ContactField, text: string): string => (field === 'consents' || field === 'opted_out' ? listText(text.split(/[;\s]+/).filter((one) => one !== '')) : text);
