/** A file before it is imported: its columns with some of their values, the mapping that is recognised, and what is still missing. */

import { fail, ok, type PlainDate, type Result } from '../../kernel/index.ts';
import { FIELDS, type Target } from './fields.ts';
import { completeMapping, type Mapping, recognise } from './mapping.ts';
import { openSource } from './read.ts';
import { rowReader } from './rows.ts';
import { type SourceRow } from './split.ts';

export type ImportPreview = {
  readonly format: string;
  readonly columns: readonly { readonly name: string; readonly samples: readonly string[] }[];
  readonly mapping: Mapping;
};

const SAMPLE_ROWS = 50;
const SAMPLES_SHOWN = 3;
const SAMPLE_CHARACTERS_MAX = 80;

/** What a column may be mapped to. */
export const IMPORT_FIELDS: readonly { readonly name: string; readonly target: Target }[] = FIELDS.map(({ name, target }) => ({ name, target }));

/** Reads the beginning of a file. Problems: those of `openSource`. */
export async function previewFile(file: string): Promise<Result<ImportPreview>> {
  const source = await openSource(file);
  if (!source.ok) return source;
  const { header, format, batches, close } = source.value;
  const rows: SourceRow[] = [];
  try {
    for await (const batch of batches) {
      rows.push(...batch.slice(0, SAMPLE_ROWS - rows.length));
      if (rows.length >= SAMPLE_ROWS) break;
    }
  } finally {
    await close();
  }
  const columns = header.map((name, at) => ({ name, samples: samplesOf(rows.map(({ cells }) => cells[at]?.trim() ?? '')) }));
  return ok({ format, columns, mapping: recognise(header, rows.map(({ cells }) => cells)) });
}

/** Values that tell most: the first different ones. */
const samplesOf = (values: readonly string[]): string[] =>
  [...new Set(values.filter((value) => value !== ''))].slice(0, SAMPLES_SHOWN).map((value) => value.slice(0, SAMPLE_CHARACTERS_MAX));

/** Required fields that neither a column nor a default fills; `next_due_on | cover_from`: one of the two. */
export function missingFields(mapping: Mapping): readonly string[] {
  const complete = completeMapping(mapping, undefined);
  return complete.ok ? [] : String(complete.problem.details?.['fields'] ?? '').split(', ');
}

/**
 * Whether a file with this header can be read so; what is still missing is no problem here.
 * Problems: `mapping_column_unknown`, `mapping_field_twice`, `mapping_default_invalid`.
 */
export function checkMapping(header: readonly string[], mapping: Mapping, today: PlainDate): Result<null> {
  const [unknown] = Object.keys(mapping.columns).filter((column) => !header.includes(column));
  if (unknown !== undefined) return fail('mapping_column_unknown', { column: unknown });
  const fields = Object.values(mapping.columns);
  const [twice] = fields.filter((field, at) => fields.indexOf(field) !== at);
  if (twice !== undefined) return fail('mapping_field_twice', { field: twice });
  const complete = completeMapping(mapping, undefined);
  const reader = rowReader(header, complete.ok ? complete.value : mapping, today);
  return reader.ok ? ok(null) : reader;
}
