/** A file that is open, as the import reads it: its header, and its rows of text in batches. */

import path from 'node:path';
import { fail, type Result } from '../../kernel/index.ts';
import { type SourceRow } from './split.ts';

/** No table of policies is wider; a file of another kind often is. */
const COLUMNS_MAX = 500;

export type Source = {
  readonly header: readonly string[];
  readonly format: string;
  /** Rows in batches, as they are read; a row that is torn has `cells` of another length than the header. */
  readonly batches: AsyncIterable<readonly SourceRow[]>;
  /** Bytes of the file, and how many have been read. */
  readonly bytes: number;
  readonly bytesRead: () => number;
  /** Lets go of the file, read to its end or not. */
  readonly close: () => Promise<void>;
};

/** Why a first row names no columns, or null. Problems: `columns_too_many`, `file_not_a_table`, `column_twice`. */
export function badHeader(header: readonly string[], file: string): Result<never> | null {
  const name = path.basename(file);
  if (header.length > COLUMNS_MAX) return fail('columns_too_many', { file: name, columns: header.length, most: COLUMNS_MAX });
  if (header.length < 2 || header.every((column) => column === '')) return fail('file_not_a_table', { file: name });
  const twice = header.find((column, i) => column !== '' && header.indexOf(column) !== i);
  return twice === undefined ? null : fail('column_twice', { column: twice });
}
