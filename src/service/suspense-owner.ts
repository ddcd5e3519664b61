/** Who looks after money without a home. */

import { type Tx } from '../database/index.ts';
import { fail, ok, type Result } from '../kernel/index.ts';
import { type HomelessRef } from './suspense-candidates.ts';

/** `seen`: the owner whom the person saw. Problems: `not_found`, `changed_meanwhile` with `by`. */
export async function ownSuspense(tx: Tx, { kind, id, holderId }: HomelessRef, owner: string | null, seen: string | null): Promise<Result<{ readonly owner: string | null }>> {
  const at = kind === 'payment' ? tx`suspense_items where holder_id = ${holderId ?? 0} and suspense_id = ${id} and cleared_on is null` : tx`unmatched_receipts where receipt_id = ${id} and resolved_on is null`;
  const [row] = await tx<{ owner: string | null }[]>`select owner from ${at} for update`;
  if (row === undefined) return fail('not_found');
  if (row.owner !== seen) return fail('changed_meanwhile', { by: row.owner ?? '—' });
  if (kind === 'payment') await tx`update suspense_items set owner = ${owner} where holder_id = ${holderId ?? 0} and suspense_id = ${id}`;
  else await tx`update unmatched_receipts set owner = ${owner} where receipt_id = ${id}`;
  return ok({ owner });
}
