/** What people mark a holder with, because the law and the house then treat them otherwise: rules ask for these (`holder.flags`). */

import { type Tx } from '../database/index.ts';
import { fail, type HolderId, ok, type Result } from '../kernel/index.ts';

export const MARKS = ['vulnerable', 'deceased', 'represented', 'do_not_call'] as const;
export type Mark = (typeof MARKS)[number];

/** `seen`: the marks that the person has seen. Problems: `not_found`, `changed_meanwhile`. */
export async function markHolder(tx: Tx, holderId: HolderId, seen: readonly string[], marks: readonly Mark[]): Promise<Result<readonly string[]>> {
  const [holder] = await tx<{ flags: string[] }[]>`select flags from holders where holder_id = ${holderId} for update`;
  if (holder === undefined) return fail('not_found');
  const ours = (flags: readonly string[]): string => MARKS.filter((mark) => flags.includes(mark)).join();
  if (ours(holder.flags) !== ours(seen)) return fail('changed_meanwhile', { by: '—' });
  const flags = [...holder.flags.filter((flag) => !MARKS.some((mark) => mark === flag)), ...MARKS.filter((mark) => marks.includes(mark))];
  await tx`update holders set flags = ${flags} where holder_id = ${holderId}`;
  return ok(flags);
}

/** A call has found that the holder has died: no reminder goes out any more (rule HOUSE-deceased). */
export async function markDeceased(tx: Tx, holderId: HolderId): Promise<void> {
  await tx`update holders set flags = flags || '{deceased}' where holder_id = ${holderId} and not flags @> '{deceased}'`;
}
