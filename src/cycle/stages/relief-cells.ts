/** What fees, discounts and points do, written by the stage `report`: on-time shares of holders who earn points and of those held out, early payment with and without a discount, cover that ended by fee level. */

import { type Tx } from '../../database/index.ts';
import { addDays, type InsurerId, type PlainDate } from '../../kernel/index.ts';
import { readTerms } from '../../relief/index.ts';

const WINDOW_DAYS = 365;
/** Paid so many days before its due date a bill counts as paid early, with or without a discount. */
const EARLY_DAYS = 5;

export async function writeReliefCells(tx: Tx, insurerId: InsurerId, asOf: PlainDate): Promise<number> {
  const { points: { terms, changedAt } } = await readTerms(tx, insurerId);
  const from = addDays(asOf, -WINDOW_DAYS);
  await tx`delete from relief_cells where insurer_id = ${insurerId}`;
  const written = await tx`
    with due as (
      select holder_id, bill_id, policy_id, currency, amount_minor, due_on, issued_on, paid_on, jsonb_array_length(coalesce(announced -> 'discounts', '[]')) > 0 as offered from bills
      where insurer_id = ${insurerId} and due_on >= ${from} and due_on < ${asOf} and state not in ('cancelled', 'held')),
    points as (
      select 'points' as kind, case when (holder_id * 2654435761 % 4294967296) * 100 / 4294967296 < ${terms.hold_out_percent} then 'held_out' else 'given' end as part, currency, 1 as counted, (paid_on <= due_on)::int as hit, 0::numeric as amount, 0::numeric as money_days
      from due where ${terms.on} and due_on >= ${changedAt === null ? asOf : changedAt.toISOString().slice(0, 10)}::date),
    early as (
      select 'early', case when offered then 'offered' else 'not_offered' end, currency, 1, coalesce((paid_on <= due_on - ${EARLY_DAYS}::int)::int, 0), 0::numeric,
        case when paid_on < due_on then amount_minor::numeric * (due_on - paid_on) else 0 end from due),
    given as (
      select 'early', 'offered', currency, 0, 0, amount_minor::numeric, 0::numeric from payments
      where insurer_id = ${insurerId} and provider = 'inforce' and method = 'early_discount' and state = 'succeeded' and settled_at >= ${from}::date),
    charged as (
      select f.holder_id, f.bill_id, f.currency, count(*) filter (where f.amount_minor > 0 and f.waived_on is null) as steps, sum(f.amount_minor) filter (where f.waived_on is null) as amount
      from late_fees f where f.insurer_id = ${insurerId} and f.charged_on >= ${from} group by 1, 2, 3),
    fee_levels as (
      select 'fee_level', 'steps_' || c.steps, c.currency, 1, (p.state in ('lapsed', 'cancelled'))::int, coalesce(c.amount, 0)::numeric, 0::numeric
      from charged c join bills b on b.insurer_id = ${insurerId} and b.holder_id = c.holder_id and b.bill_id = c.bill_id
        join policies p on p.insurer_id = ${insurerId} and p.holder_id = b.holder_id and p.policy_id = b.policy_id),
    without as (
      select 'fee_level', 'none', d.currency, 1, (p.state in ('lapsed', 'cancelled'))::int, 0::numeric, 0::numeric
      from due d join policies p on p.insurer_id = ${insurerId} and p.holder_id = d.holder_id and p.policy_id = d.policy_id
      where coalesce(d.paid_on, ${asOf}::date) > d.due_on + 10 and not exists (select from charged c where c.holder_id = d.holder_id and c.bill_id = d.bill_id)),
    facts as (select * from points union all select * from early union all select * from given union all select * from fee_levels union all select * from without)
    insert into relief_cells (insurer_id, kind, part, currency, counted, hit, amount_minor, money_days, as_of)
    select ${insurerId}, kind, part, currency, sum(counted), sum(coalesce(hit, 0)), sum(amount), sum(money_days), ${asOf} from facts group by kind, part, currency`;
  return written.count;
}
