/** Stage `dispatch`: each allowed act becomes a contact that waits for its moment: a message, a letter, or a call task for a person. */

import { type Tx } from '../../database/index.ts';
import { type HolderRange, type Stage, type StageContext, type StageCounts } from '../stage.ts';

export const dispatchStage: Stage = { name: 'dispatch', partitioned: true, work: dispatch };

async function dispatch(tx: Tx, { insurer: { insurerId }, businessDate }: StageContext, { from, to }: HolderRange): Promise<StageCounts> {
  const [counts] = await tx<{ read: number; written: number }[]>`
    with allowed as (
      select g.*, d.step, d.tone, d.action as chosen from gate_answers g
      left join decisions d on d.insurer_id = ${insurerId} and d.holder_id between ${from} and ${to} and d.holder_id = g.holder_id and d.bill_id = g.bill_id and d.decided_on = g.asked_on
      where g.insurer_id = ${insurerId} and g.holder_id between ${from} and ${to} and g.asked_on = ${businessDate} and g.answer = 'allow'
        and g.ask_key like ${`${businessDate}:%`}),
    queued as (
      insert into contacts (insurer_id, holder_id, ask_key, bill_id, policy_id, purpose, channel, template, tone, language, queued_on, not_before, state)
      select a.insurer_id, a.holder_id, a.ask_key, a.bill_id, b.policy_id, a.purpose, a.channel,
        case when a.purpose <> 'premium_reminder' then a.purpose when a.chosen in ('offer_plan', 'escalate') then a.chosen else coalesce(a.step, a.chosen) end,
        case a.purpose when 'legal_notice' then 'direct' when 'welcome' then 'friendly' when 'bill' then 'direct' else a.tone end, h.language, ${businessDate}, a.asked_for_at, 'queued'
      from allowed a
        join bills b on b.insurer_id = ${insurerId} and b.holder_id between ${from} and ${to} and b.holder_id = a.holder_id and b.bill_id = a.bill_id
        join holders h on h.insurer_id = ${insurerId} and h.holder_id between ${from} and ${to} and h.holder_id = a.holder_id
      where b.state = 'open'
      order by a.holder_id, a.ask_key
      on conflict do nothing returning purpose, holder_id, bill_id),
    reminded as (
      update bills b set first_reminded_on = ${businessDate} from queued q
      where b.insurer_id = ${insurerId} and b.holder_id between ${from} and ${to} and b.holder_id = q.holder_id and b.bill_id = q.bill_id and b.first_reminded_on is null and q.purpose = 'premium_reminder')
    select (select count(*) from allowed)::int as read, (select count(*) from queued)::int as written`;
  return counts ?? { read: 0, written: 0 };
}
