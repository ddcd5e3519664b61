/** Promises to pay, by their day: what is due today, what its day has passed, what was kept. A promise is broken when its bill is paid after the day. */

import { z } from 'zod';
import { addDays, type PlainDate } from '../kernel/index.ts';
import { type Tx } from '../database/index.ts';
import { amountMinor, BILL_STATES, plainDate } from './shapes.ts';

export const PROMISE_STATES = ['open', 'kept', 'broken'] as const;
/** Kept and broken promises are counted whose day was in so many days. */
const COUNTED_DAYS = 30;

const promiseRow = z.object({
  promise_id: z.int(), holder_id: z.int(), holder_name: z.string(), market: z.string(), bill_id: z.int(), policy_number: z.string(), promised_on: plainDate,
  pay_by: plainDate, amount_minor: amountMinor, currency: z.string(), made_by: z.string(), state: z.enum(PROMISE_STATES), bill_state: z.enum(BILL_STATES),
  outstanding_minor: amountMinor, days_overdue: z.int().describe('Of an open promise; 0 where its day has not passed'),
});
const dueSum = z.object({ currency: z.string(), promises: z.int(), amount_minor: amountMinor });

export const promisesShape = z.object({
  business_date: plainDate,
  due_today: z.array(dueSum),
  overdue: z.array(dueSum),
  kept_30_days: z.int(),
  broken_30_days: z.int(),
  promises: z.array(promiseRow),
  next_after: z.string().nullable(),
});
export type PromisesView = z.output<typeof promisesShape>;

/** The last row of a page: its day and its number. */
export type DayCursor = { readonly on: PlainDate; readonly id: number };
export type PromiseFilter = { readonly state: (typeof PROMISE_STATES)[number]; readonly after: DayCursor | null; readonly limit: number; readonly today: PlainDate };

type SumRow = { state: string; today: boolean; currency: string; promises: number; amount_minor: bigint };

/** One page of promises: open ones the oldest day first, the others the latest first; the figures beside it are of the whole insurer. */
export async function listPromises(tx: Tx, filter: PromiseFilter): Promise<Omit<PromisesView, 'next_after'>> {
  const { state, after, limit, today } = filter;
  const further = after === null ? tx`` : state === 'open' ? tx`and (r.pay_by, r.promise_id) > (${after.on}, ${after.id})` : tx`and (r.pay_by, r.promise_id) < (${after.on}, ${after.id})`;
  const order = state === 'open' ? tx`r.pay_by, r.promise_id` : tx`r.pay_by desc, r.promise_id desc`;
  const [rows, sums] = await Promise.all([
    tx<PromisesView['promises']>`
      with r as (select * from promises r where r.state = ${state} ${further} order by ${order} limit ${limit})
      select r.promise_id, r.holder_id, holder_name(h.family_name, h.given_name) as holder_name, h.market, r.bill_id, p.policy_number, r.promised_on, r.pay_by, r.amount_minor,
        r.currency, r.made_by, r.state, b.state as bill_state, (b.amount_minor - b.paid_minor)::bigint as outstanding_minor,
        case when r.state = 'open' then greatest(0, ${today}::date - r.pay_by) else 0 end as days_overdue
      from r join holders h using (insurer_id, holder_id) join bills b using (insurer_id, holder_id, bill_id)
        join policies p on p.insurer_id = b.insurer_id and p.holder_id = b.holder_id and p.policy_id = b.policy_id
      order by ${order}`,
    tx<SumRow[]>`
      select state, pay_by = ${today} as today, currency, count(*)::int as promises, sum(amount_minor)::bigint as amount_minor from promises
      where (state = 'open' and pay_by <= ${today}) or (state in ('kept', 'broken') and pay_by > ${addDays(today, -COUNTED_DAYS)})
      group by 1, 2, 3 order by currency`,
  ]);
  const sumsOf = (wanted: boolean) =>
    sums.filter((sum) => sum.state === 'open' && sum.today === wanted).map(({ currency, promises, amount_minor }) => ({ currency, promises, amount_minor }));
  const countOf = (wanted: string): number => sums.filter((sum) => sum.state === wanted).reduce((total, { promises }) => total + promises, 0);
  return { business_date: today, due_today: sumsOf(true), overdue: sumsOf(false), kept_30_days: countOf('kept'), broken_30_days: countOf('broken'), promises: [...rows] };
}
