/**
 * Stage `report`: writes down the figures of the last complete day, the one before the cycle's, by market, line and currency. What they mean stands in
 * `insight`; each is a plain query over the rows, and one run twice writes the same.
 */

import { type Tx } from '../../database/index.ts';
import { addDays, momentOf } from '../../kernel/index.ts';
import { type HolderRange, type Stage, type StageContext, type StageCounts } from '../stage.ts';

export const reportStage: Stage = { name: 'report', partitioned: false, work: report };

async function report(tx: Tx, { insurer: { insurerId, timeZone }, businessDate }: StageContext, _range: HolderRange): Promise<StageCounts> {
  const day = addDays(businessDate, -1);
  const from = new Date(momentOf(day, 0, timeZone));
  const until = new Date(momentOf(businessDate, 0, timeZone));
  await tx`delete from daily_figures where insurer_id = ${insurerId} and on_date = ${day}`;
  const written = await tx`
    with fallen_due as (
      select b.holder_id, b.policy_id, 'paid_on_time' as figure, (b.paid_on <= b.due_on)::int as numerator, 1 as denominator from bills b
      where b.insurer_id = ${insurerId} and b.due_on > ${addDays(day, -30)} and b.due_on <= ${day} and b.state <> 'cancelled'),
    collected as (
      select b.holder_id, b.policy_id, 'days_to_collect', b.paid_on - b.issued_on, 1 from bills b
      where b.insurer_id = ${insurerId} and b.paid_on > ${addDays(day, -30)} and b.paid_on <= ${day}),
    closed as (
      select b.holder_id, b.policy_id, 'uncollectible', 0, 1 from bills b
      where b.insurer_id = ${insurerId} and b.paid_on > ${addDays(day, -365)} and b.paid_on <= ${day}
      union all
      select b.holder_id, b.policy_id, 'uncollectible', (b.state = 'written_off')::int, 1 from bills b
      where b.insurer_id = ${insurerId} and b.closed_on > ${addDays(day, -365)} and b.closed_on <= ${day} and b.state = 'written_off'),
    outstanding as (
      select b.holder_id, b.policy_id,
        case when b.due_on >= ${day} then 'ageing_not_due' when b.due_on >= ${day}::date - 30 then 'ageing_1_30' when b.due_on >= ${day}::date - 60 then 'ageing_31_60'
          when b.due_on >= ${day}::date - 90 then 'ageing_61_90' else 'ageing_over_90' end,
        case when b.state = 'open' then b.amount_minor - b.paid_minor else b.amount_minor end, 1
      from bills b
      where b.insurer_id = ${insurerId} and b.issued_on <= ${day} and (b.state = 'open' or (b.paid_on > ${day} and b.state = 'paid'))),
    received as (
      select y.holder_id, b.policy_id, 'cash', y.amount_minor, 1 from payments y join bills b using (insurer_id, holder_id, bill_id)
      where y.insurer_id = ${insurerId} and y.state = 'succeeded' and y.settled_at >= ${from} and y.settled_at < ${until}),
    spent as (
      select d.holder_id, d.policy_id, 'cost_to_collect', d.cost_minor, 0 from decisions d
      where d.insurer_id = ${insurerId} and d.decided_on = ${day} and d.action <> 'nothing'
      union all
      select holder_id, policy_id, 'cost_to_collect', 0, amount_minor from received),
    facts as (
      select * from fallen_due union all select * from collected union all select * from closed union all select * from outstanding union all select * from received
      union all select * from spent)
    insert into daily_figures (insurer_id, on_date, market, line, currency, figure, numerator, denominator)
    select ${insurerId}, ${day}, p.market, p.line, p.currency, f.figure, sum(f.numerator), sum(f.denominator)
    from facts f join policies p on p.insurer_id = ${insurerId} and p.holder_id = f.holder_id and p.policy_id = f.policy_id
    group by p.market, p.line, p.currency, f.figure`;
  return { read: written.count, written: written.count };
}
