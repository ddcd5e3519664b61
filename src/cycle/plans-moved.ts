/** Plans from one business day to the next: kept when all is paid, in review after so many broken parts, broken after so many days there; then the clock of the bill goes on where it stood. */

import { type Tx } from '../database/index.ts';
import { addDays, type InsurerId, type PlainDate } from '../kernel/index.ts';
import { PLAN_TERMS } from '../relief/index.ts';
import { type HolderRange } from './stage.ts';

export async function movePlans(tx: Tx, insurerId: InsurerId, { from, to }: HolderRange, businessDate: PlainDate): Promise<number> {
  const moved = await tx`
    with standing as (
      select l.holder_id, l.plan_id, l.state, l.state_since, n.broken, n.open
      from plans l cross join lateral (
        select count(*) filter (where b.state = 'open') as open, count(*) filter (where b.state = 'open' and b.due_on < ${businessDate}) as broken
        from bills b where b.insurer_id = l.insurer_id and b.holder_id = l.holder_id and b.bill_id = any(l.bill_ids)) n
      where l.insurer_id = ${insurerId} and l.holder_id between ${from} and ${to} and l.state in ('agreed', 'review', 'kept')),
    wanted as (
      select holder_id, plan_id, state as was, case
        when open = 0 then 'kept'
        when state = 'review' and broken > 0 and state_since <= ${addDays(businessDate, -PLAN_TERMS.broken_after_review_days)} then 'broken'
        -- A deferral has one part, and breaking it is breaking all of it.
        when broken >= least(${PLAN_TERMS.review_broken_parts}::int, open) or (state = 'review' and broken > 0) then 'review'
        else 'agreed' end as state
      from standing)
    update plans l set state = w.state, state_since = ${businessDate}
    from wanted w where l.insurer_id = ${insurerId} and l.holder_id = w.holder_id and l.plan_id = w.plan_id and w.state <> w.was`;
  if (moved.count === 0) return 0;
  await tx`
    update bills b set due_on = l.due_on, stage = l.stage, stage_since = l.stage_since, grace_ends_on = l.grace_ends_on, next_change_on = ${businessDate}
    from plans l
    where l.insurer_id = ${insurerId} and l.holder_id between ${from} and ${to} and l.state = 'broken' and l.state_since = ${businessDate}
      and b.insurer_id = l.insurer_id and b.holder_id = l.holder_id and b.bill_id = any(l.bill_ids) and b.state = 'open'`;
  return moved.count;
}
