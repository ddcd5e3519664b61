/** Plans that were agreed: which stand, which are broken, and the parts of each. */

import { z } from 'zod';
import { type Tx } from '../database/index.ts';
import { type HolderId } from '../kernel/index.ts';
import { amountMinor, moment, plainDate } from './shapes.ts';

export const PLAN_STATES = ['agreed', 'review', 'broken', 'kept', 'undone'] as const;
export type PlanState = (typeof PLAN_STATES)[number];

export const planShape = z.object({
  plan_id: z.int(), holder_id: z.int(), holder_name: z.string(), policy_id: z.int(), policy_number: z.string(), bill_id: z.int().describe('The bill that the plan is paid instead of'), kind: z.enum(['spread', 'interest_free', 'deferral']),
  version: z.int(), state: z.enum(PLAN_STATES), state_since: plainDate, currency: z.string(), total_minor: amountMinor, charge_minor: amountMinor, funding_minor: amountMinor, agreed_by: z.string(), by_holder: z.boolean(), agreed_at: moment,
  note: z.string(), broken_parts: z.int(),
  parts: z.array(z.object({ bill_id: z.int(), due_on: plainDate, amount_minor: amountMinor, paid_minor: amountMinor, state: z.string() })),
});
export type Plan = z.output<typeof planShape>;

/** In the order of holders, by pages; of one holder all. */
export async function listPlans(tx: Tx, { state, holderId, after, most, today }: { readonly state: PlanState | null; readonly holderId: HolderId | null; readonly after: number; readonly most: number; readonly today: string }): Promise<Plan[]> {
  type Row = Omit<Plan, 'parts'> & { parts: readonly (Omit<Plan['parts'][number], 'amount_minor' | 'paid_minor'> & { amount_minor: number; paid_minor: number })[] };
  const rows = await tx<Row[]>`
    with page as (
      select * from plans where ${state === null ? tx`true` : tx`state = ${state}`} and ${holderId === null ? tx`true` : tx`holder_id = ${holderId}`} and plan_id > ${after} order by plan_id limit ${most})
    select l.plan_id, l.holder_id, holder_name(h.family_name, h.given_name) as holder_name, l.policy_id, p.policy_number, l.bill_id, l.kind, l.version, l.state, l.state_since, l.currency, l.total_minor, l.charge_minor, l.funding_minor,
      l.agreed_by, l.by_holder, l.agreed_at, l.note, n.broken_parts, n.parts
    from page l join holders h using (insurer_id, holder_id) join policies p using (insurer_id, holder_id, policy_id)
      cross join lateral (
        select count(*) filter (where b.state = 'open' and b.due_on < ${today})::int as broken_parts,
          coalesce(json_agg(json_build_object('bill_id', b.bill_id, 'due_on', b.due_on, 'amount_minor', b.amount_minor, 'paid_minor', b.paid_minor, 'state', b.state) order by b.due_on, b.bill_id), '[]') as parts
        from bills b where b.insurer_id = l.insurer_id and b.holder_id = l.holder_id and b.bill_id = any(l.bill_ids) and (b.state <> 'cancelled' or l.state = 'undone')) n
    order by l.plan_id`;
  return rows.map((row) => ({ ...row, parts: row.parts.map((part) => ({ ...part, amount_minor: BigInt(part.amount_minor), paid_minor: BigInt(part.paid_minor) })) }));
}
