/**
 * Rows that PostgreSQL sends as one JSON value: many rows cost the driver a tenth of what they cost one by one (measured: 18 bills of 25 columns 0.7 ms as rows).
 * Money is a number there and a moment a text; by their names both become what the rest of the house knows.
 */

const MOMENT_NAMES = new Set(['deferred_until', 'not_before', 'asked_for_at']);
const isMoment = (name: string): boolean => name.endsWith('_at') || MOMENT_NAMES.has(name);

/** Changes the rows in place: `…_minor` to bigint, `…_at` and the other moments to Date. Values inside nested JSON stay as they are. */
export function fromJson<Row extends object>(rows: readonly object[] | null): Row[] {
  const known = (rows ?? []) as Record<string, unknown>[];
  const names = Object.keys(known[0] ?? {});
  const amounts = names.filter((name) => name.endsWith('_minor'));
  const moments = names.filter(isMoment);
  for (const row of known) {
    for (const name of amounts) if (typeof row[name] === 'number') row[name] = BigInt(row[name]);
    for (const name of moments) if (typeof row[name] === 'string') row[name] = new Date(row[name]);
  }
  return known as Row[];
}
