/** Refunds: what is owed back, and what has been sent. */

import { z } from 'zod';
import { type Tx } from '../database/index.ts';
import { amountMinor, plainDate } from './shapes.ts';

export const REFUND_STATES = ['due', 'paid', 'undone'] as const;
export const refundShape = z.object({
  refund_id: z.int(), holder_id: z.int(), holder_name: z.string(), amount_minor: amountMinor, currency: z.string(), state: z.enum(REFUND_STATES), due_on: plainDate, asked_by: z.string(), reason: z.string(),
  paid_on: plainDate.nullable(), bank_reference: z.string().nullable(), undone_on: plainDate.nullable(), undone_by: z.string().nullable(),
});

/** What is due, the oldest first, then the last of the others. */
export async function listRefunds(tx: Tx, most: number): Promise<readonly z.output<typeof refundShape>[]> {
  const columns = tx`r.refund_id, r.holder_id, holder_name(h.family_name, h.given_name) as holder_name, r.amount_minor, r.currency, r.state, r.due_on, r.asked_by, r.reason, r.paid_on, r.bank_reference, r.undone_on, r.undone_by`;
  return tx<z.output<typeof refundShape>[]>`
    (select ${columns} from refunds r join holders h using (insurer_id, holder_id) where r.state = 'due' order by r.due_on, r.refund_id limit ${most})
    union all
    (select ${columns} from refunds r join holders h using (insurer_id, holder_id) where r.state <> 'due' order by r.refund_id desc limit ${most})`;
}
