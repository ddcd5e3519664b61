/** Money that waits in an item of suspense: so much of it leaves, or waits again. Amounts in minor units of the item's currency; who asks has locked the holder and looked that there is enough. */

import { type Tx } from '../database/index.ts';
import { type HolderId, type PlainDate } from '../kernel/index.ts';

export type SuspenseItem = { readonly holderId: HolderId; readonly suspenseId: number };

export async function leaveSuspense(tx: Tx, { holderId, suspenseId }: SuspenseItem, amountMinor: bigint, on: PlainDate): Promise<void> {
  await tx`
    update suspense_items set cleared_minor = cleared_minor + ${String(amountMinor)}, cleared_on = case when cleared_minor + ${String(amountMinor)} = amount_minor then ${on}::date end
    where holder_id = ${holderId} and suspense_id = ${suspenseId}`;
}
