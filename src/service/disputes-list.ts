/** Disputes of bills in the order in which they are to be answered, and one of them with its bill. */

import { z } from 'zod';
import { type HolderId, type PlainDate } from '../kernel/index.ts';
import { type Tx } from '../database/index.ts';
import { type DayCursor } from './promises-list.ts';
import { amountMinor, BILL_STAGES, BILL_STATES, moment, plainDate } from './shapes.ts';

export const DISPUTE_STATES = ['open', 'closed'] as const;

export const disputeShape = z.object({
  dispute_id: z.int(), holder_id: z.int(), holder_name: z.string(), market: z.string(),
  reason: z.string().describe('One of the pay page’s reasons, with more words after a colon, or whatever a person wrote'),
  opened_at: moment, answer_by: plainDate, days_overdue: z.int().describe('Of an open dispute; 0 where its day has not passed'),
  closed_at: moment.nullable(), closed_by: z.string().nullable(), resolution: z.string().nullable(), resolution_note: z.string().nullable(),
  bill_id: z.int(), policy_number: z.string(), line: z.string(), due_on: plainDate, currency: z.string(), amount_minor: amountMinor, outstanding_minor: amountMinor,
  bill_state: z.enum(BILL_STATES), bill_stage: z.enum(BILL_STAGES),
});
export type DisputeView = z.output<typeof disputeShape>;

export const disputesShape = z.object({
  business_date: plainDate, open: z.int(), overdue: z.int(), answer_today: z.int(), disputes: z.array(disputeShape), next_after: z.string().nullable(),
});
export type DisputesView = z.output<typeof disputesShape>;

export type DisputeFilter = { readonly state: (typeof DISPUTE_STATES)[number]; readonly after: DayCursor | null; readonly limit: number; readonly today: PlainDate };
type Counts = { open: number; overdue: number; answer_today: number };

const columns = (tx: Tx, today: PlainDate) => tx`
  d.dispute_id, d.holder_id, holder_name(h.family_name, h.given_name) as holder_name, h.market, d.reason, d.opened_at, d.answer_by,
  case when d.closed_at is null then greatest(0, ${today}::date - d.answer_by) else 0 end as days_overdue, d.closed_at, d.closed_by, d.resolution, d.resolution_note,
  d.bill_id, p.policy_number, p.line, b.due_on, b.currency, b.amount_minor, (b.amount_minor - b.paid_minor)::bigint as outstanding_minor, b.state as bill_state, b.stage as bill_stage`;
const sources = (tx: Tx) => tx`
  join holders h using (insurer_id, holder_id) join bills b using (insurer_id, holder_id, bill_id)
  join policies p on p.insurer_id = b.insurer_id and p.holder_id = b.holder_id and p.policy_id = b.policy_id`;

/** One page: open ones by the day on which they are to be answered, closed ones the latest such day first. */
export async function listDisputes(tx: Tx, filter: DisputeFilter): Promise<Omit<DisputesView, 'next_after'>> {
  const { state, after, limit, today } = filter;
  const open = state === 'open';
  const which = open ? tx`d.closed_at is null` : tx`d.closed_at is not null`;
  const further = after === null ? tx`` : open ? tx`and (d.answer_by, d.dispute_id) > (${after.on}, ${after.id})` : tx`and (d.answer_by, d.dispute_id) < (${after.on}, ${after.id})`;
  const order = open ? tx`d.answer_by, d.dispute_id` : tx`d.answer_by desc, d.dispute_id desc`;
  const [rows, counts] = await Promise.all([
    tx<DisputeView[]>`
      with d as (select * from disputes d where ${which} ${further} order by ${order} limit ${limit})
      select ${columns(tx, today)} from d ${sources(tx)} order by ${order}`,
    tx<Counts[]>`
      select count(*)::int as open, count(*) filter (where answer_by < ${today})::int as overdue, count(*) filter (where answer_by = ${today})::int as answer_today
      from disputes where closed_at is null`,
  ]);
  return { business_date: today, ...(counts[0] ?? { open: 0, overdue: 0, answer_today: 0 }), disputes: [...rows] };
}

/** Null where the holder has no such dispute. */
export async function disputeView(tx: Tx, holderId: HolderId, disputeId: number, today: PlainDate): Promise<DisputeView | null> {
  const [row] = await tx<DisputeView[]>`
    select ${columns(tx, today)} from disputes d ${sources(tx)} where d.holder_id = ${holderId} and d.dispute_id = ${disputeId}`;
  return row ?? null;
}
