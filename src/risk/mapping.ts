/** A mapping gives an insurer's columns the names that the product uses, and its units. */

import { z } from 'zod';
import { fail, ok, type Result } from '../kernel/index.ts';
import { type Column, isText } from './column.ts';

const schema = z.strictObject({
  /** A sentence on where the file comes from. */
  about: z.string().optional(),
  columns: z.record(z.string(), z.union([
    z.string().min(1),
    /** The value is divided: days by 365.25 are years. */
    z.strictObject({ name: z.string().min(1), divide_by: z.number().positive() }),
  ])),
});

export type Mapping = z.infer<typeof schema>;

/** Problem: `mapping_not_readable` with the place and the reason. */
export function readMapping(json: unknown): Result<Mapping> {
  const parsed = schema.safeParse(json);
  if (parsed.success) return ok(parsed.data);
  const issue = parsed.error.issues[0];
  return fail('mapping_not_readable', { at: issue?.path.join('.') ?? '', reason: issue?.message ?? '' });
}

/** Renames and rescales columns; those that the mapping does not name stay. */
export function applyMapping(columns: Readonly<Record<string, Column>>, mapping: Mapping): Record<string, Column> {
  const mapped: Record<string, Column> = {};
  for (const [name, column] of Object.entries(columns)) {
    const to = mapping.columns[name];
    if (to === undefined) mapped[name] = column;
    else if (typeof to === 'string') mapped[to] = column;
    else mapped[to.name] = isText(column) ? column : column.map((value) => value / to.divide_by);
  }
  return mapped;
}
