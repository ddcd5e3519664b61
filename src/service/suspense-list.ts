/** Money without a home, oldest first: what payments left over, and receipts of the bank whose reference leads to no bill. */

import { z } from 'zod';
import { type Tx } from '../database/index.ts';
import { daysBetween, type PlainDate } from '../kernel/index.ts';
import { dayCursor, type DayKey } from './key-cursor.ts';
import { amountMinor, plainDate } from './shapes.ts';

const suspenseRow = z.object({
  /** `payment`: a payment's part that found no bill, of a known holder; `receipt`: nobody is known. */
  kind: z.enum(['payment', 'receipt']),
  id: z.int(), holder_id: z.int().nullable(), payment_id: z.int().nullable(), bill_id: z.int().nullable(), payer: z.string(), reference: z.string().nullable(),
  amount_minor: amountMinor, currency: z.string(), reason: z.string(), received_on: plainDate, age_days: z.int(), owner: z.string().nullable(),
});
export const suspenseShape = z.object({
  sums: z.array(z.object({ currency: z.string(), items: z.int(), amount_minor: amountMinor, oldest_days: z.int() })),
  items: z.array(suspenseRow),
  next_after: dayCursor.nullable(),
});

/** One page, and the sums of all. */
export async function listSuspense(tx: Tx, today: PlainDate, after: DayKey | null, limit: number): Promise<z.output<typeof suspenseShape>> {
  const { day = null, holderId = null, id = null } = after ?? {};
  type Row = Omit<z.output<typeof suspenseRow>, 'age_days'> & { sort_holder_id: number };
  // Nobody's receipts stand as holder 0, as in the ledger, so both kinds have one order.
  const [rows, sums] = await Promise.all([
    tx<Row[]>`
      select 'payment' as kind, s.suspense_id as id, s.holder_id as sort_holder_id, s.holder_id, s.payment_id, y.bill_id, holder_name(h.family_name, h.given_name) as payer,
        y.provider_reference as reference, (s.amount_minor - s.cleared_minor)::bigint as amount_minor, s.currency::text, s.reason, s.received_on, s.owner
      from suspense_items s join payments y using (insurer_id, holder_id, payment_id) join holders h using (insurer_id, holder_id)
      where s.cleared_on is null and (${day}::date is null or (s.received_on, s.holder_id, s.suspense_id) > (${day}::date, ${holderId}::bigint, ${id}::bigint))
      union all
      select 'receipt', r.receipt_id, 0, null, null, null, r.payer, r.reference, r.amount_minor::bigint, r.currency::text, r.reason, r.booked_on, r.owner
      from unmatched_receipts r
      where r.resolved_on is null and (${day}::date is null or (r.booked_on, 0::bigint, r.receipt_id) > (${day}::date, ${holderId}::bigint, ${id}::bigint))
      order by received_on, sort_holder_id, id limit ${limit}`,
    tx<{ currency: string; items: number; amount_minor: bigint; oldest_on: PlainDate }[]>`
      select currency, count(*) as items, sum(amount)::bigint as amount_minor, min(received_on) as oldest_on from (
        select currency::text, amount_minor - cleared_minor as amount, received_on from suspense_items where cleared_on is null
        union all select currency::text, amount_minor, booked_on from unmatched_receipts where resolved_on is null) open
      group by currency order by currency`,
  ]);
  const last = rows.at(-1);
  return {
    sums: sums.map(({ oldest_on: oldest, ...sum }) => ({ ...sum, oldest_days: daysBetween(oldest, today) })),
    items: rows.map(({ sort_holder_id: _sortHolderId, ...row }) => ({ ...row, age_days: daysBetween(row.received_on, today) })),
    next_after: rows.length < limit || last === undefined ? null : { day: last.received_on, holderId: last.sort_holder_id, id: last.id },
  };
}
