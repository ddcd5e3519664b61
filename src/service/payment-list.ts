/** The list of payments, newest first, by pages along an index; and the cash of a day. */

import { z } from 'zod';
import { type Tx } from '../database/index.ts';
import { addDays, momentOf, type Moment, type PlainDate } from '../kernel/index.ts';
import { DEVICES, type Device } from '../payments/index.ts';
import { momentCursor, type MomentKey } from './key-cursor.ts';
import { billReference } from './masking.ts';
import { amountMinor, moment } from './shapes.ts';

export const PAYMENT_STATES = ['created', 'pending', 'succeeded', 'failed', 'refunded'] as const;

const paymentRow = z.object({
  holder_id: z.int(), payment_id: z.int(), bill_id: z.int(), reference: z.string(), holder_name: z.string(), provider: z.string(), provider_reference: z.string().nullable(),
  method: z.string(), amount_minor: amountMinor, currency: z.string(), state: z.enum(PAYMENT_STATES), failure: z.string().nullable(), created_at: moment,
  settled_at: moment.nullable(), device: z.enum(DEVICES).nullable(),
});
export const paymentListShape = z.object({ payments: z.array(paymentRow), next_after: momentCursor.nullable() });

export type PaymentFilter = {
  readonly state: (typeof PAYMENT_STATES)[number] | null;
  readonly provider: string | null;
  readonly device: Device | null;
  /** The last payment of the page before. */
  readonly after: MomentKey | null;
  readonly limit: number;
};

/** No index knows the provider or the device in this order: a page looks at so many payments at most, and may then be shorter than asked. */
const WALK_MAX = 20_000;

/** One page; `next_after` is null at the end. */
export async function listPayments(tx: Tx, filter: PaymentFilter): Promise<z.output<typeof paymentListShape>> {
  const { state, provider, device, after, limit } = filter;
  const { atUs = null, holderId = null, id = null } = after ?? {};
  const walk = provider === null && device === null ? limit : WALK_MAX;
  // The index has each state's payments together, by time; the newest of each are merged.
  const walked = tx`
    select k.* from unnest(${state === null ? [...PAYMENT_STATES] : [state]}::text[]) as s(state)
    cross join lateral (
      select y.* from payments y
      where y.state = s.state and (${atUs}::bigint is null
        or (y.created_at, y.holder_id, y.payment_id) < (timestamptz 'epoch' + ${atUs}::bigint * interval '1 microsecond', ${holderId}::bigint, ${id}::bigint))
      order by y.created_at desc, y.holder_id desc, y.payment_id desc limit ${walk}) k
    order by k.created_at desc, k.holder_id desc, k.payment_id desc limit ${walk}`;
  const us = tx`(extract(epoch from created_at) * 1000000)::bigint as at_us`;
  const rows = await tx<(Omit<z.output<typeof paymentRow>, 'reference'> & { at_us: number })[]>`
    with page as (
      select * from (${walked}) w where (${provider}::text is null or w.provider = ${provider}) and (${device}::text is null or w.device = ${device})
      order by w.created_at desc, w.holder_id desc, w.payment_id desc limit ${limit})
    select page.holder_id, page.payment_id, page.bill_id, holder_name(h.family_name, h.given_name) as holder_name, page.provider, page.provider_reference, page.method,
      page.amount_minor, page.currency, page.state, page.failure, page.created_at, page.settled_at, page.device, (extract(epoch from page.created_at) * 1000000)::bigint as at_us
    from page join holders h using (insurer_id, holder_id)
    order by page.created_at desc, page.holder_id desc, page.payment_id desc`;
  const payments = rows.map(({ at_us: _atUs, ...row }) => ({ ...row, reference: billReference(row.holder_id, row.bill_id) }));
  const last = rows.at(-1);
  if (rows.length === limit && last !== undefined) return { payments, next_after: { atUs: last.at_us, holderId: last.holder_id, id: last.payment_id } };
  if (walk === limit) return { payments, next_after: null };
  const [end] = await tx<{ at_us: number; holder_id: number; payment_id: number }[]>`select ${us}, holder_id, payment_id from (${walked}) w offset ${walk - 1}`;
  return { payments, next_after: end === undefined ? null : { atUs: end.at_us, holderId: end.holder_id, id: end.payment_id } };
}

export const cashShape = z.object({
  cash: z.array(z.object({ currency: z.string(), today_minor: amountMinor, yesterday_minor: amountMinor, payments: z.int() })),
});

/** What came in on a business day and on the day before, by currency. */
export async function cashOf(tx: Tx, on: PlainDate, now: Moment, timeZone: string): Promise<z.output<typeof cashShape>> {
  const [start, before] = [new Date(momentOf(on, 0, timeZone)), new Date(momentOf(addDays(on, -1), 0, timeZone))];
  const cash = await tx<z.output<typeof cashShape>['cash']>`
    select currency, coalesce(sum(amount_minor) filter (where settled_at >= ${start}), 0)::bigint as today_minor,
      coalesce(sum(amount_minor) filter (where settled_at < ${start}), 0)::bigint as yesterday_minor, count(*) filter (where settled_at >= ${start}) as payments
    from payments where state = 'succeeded' and provider <> 'inforce' and settled_at >= ${before} and settled_at <= ${new Date(now)} group by currency order by currency`;
  return { cash: [...cash] };
}
