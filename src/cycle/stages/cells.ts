/**
 * The dashboard's cubes, written by the stage `report`: bills by month, class and outcome in one pass over those of thirteen months, contacts of the last days by
 * channel. Written anew each time, so that a run twice writes the same, and what came late (a payment booked back, a link used after a week) is in it.
 */

import { type Tx } from '../../database/index.ts';
import { EFFECT_DAYS, MONTHS_BACK } from '../../insight/index.ts';
import { addDays, addMonths, type InsurerId, momentOf, type PlainDate } from '../../kernel/index.ts';
import { NOT_DIGITAL } from '../../payments/index.ts';
import { BEHAVIOUR_SQL } from '../../portfolio/index.ts';

/** A first reminder is answered by a payment within so many days. */
const ANSWER_DAYS = 14;

export async function writeCells(tx: Tx, insurerId: InsurerId, timeZone: string, asOf: PlainDate, firstContactDay: PlainDate): Promise<number> {
  const bills = await writeBillCells(tx, insurerId, asOf);
  return bills + await writeContactCells(tx, insurerId, timeZone, addDays(firstContactDay, -EFFECT_DAYS), addDays(asOf, -1));
}

/**
 * The query makes a temporary table, because only then does PostgreSQL read with several workers; and such a statement takes no parameters. Its literals are numbers
 * and dates of ours.
 */
async function writeBillCells(tx: Tx, insurerId: InsurerId, asOf: PlainDate): Promise<number> {
  const from = addMonths(`${asOf.slice(0, 7)}-01` as PlainDate, -MONTHS_BACK);
  await tx`drop table if exists pg_temp.fresh_cells`;
  await tx.unsafe(`
    create temporary table fresh_cells on commit drop as
    with of_each as (
      select date_trunc('month', b.due_on::timestamp)::date as due_month, b.holder_id, b.policy_id,
        case b.state
          when 'written_off' then 'written_off'
          when 'paid' then case
            when b.due_on >= date '${asOf}' then 'paid_not_due' when b.paid_on <= b.due_on then 'on_time' when b.paid_on <= b.due_on + 7 then 'late_1_7'
            when b.paid_on <= b.due_on + 30 then 'late_8_30' when b.paid_on <= b.due_on + 60 then 'late_31_60' when b.paid_on <= b.due_on + 90 then 'late_61_90' else 'late_over_90' end
          else case
            when b.due_on >= date '${asOf}' then 'open_not_due' when b.due_on >= date '${addDays(asOf, -7)}' then 'open_1_7' when b.due_on >= date '${addDays(asOf, -30)}' then 'open_8_30'
            when b.due_on >= date '${addDays(asOf, -60)}' then 'open_31_60' when b.due_on >= date '${addDays(asOf, -90)}' then 'open_61_90' else 'open_over_90' end
        end as outcome,
        date_trunc('month', b.issued_on::timestamp)::date as issued_month, coalesce(date_trunc('month', coalesce(b.closed_on, b.paid_on)::timestamp)::date, 'infinity') as closed_month,
        b.first_part_on <= b.due_on and (b.paid_on is null or b.paid_on > b.due_on) as part_on_time, b.first_reminded_on <= b.due_on as reminded,
        b.first_reminded_on < date '${addDays(asOf, -ANSWER_DAYS)}' as asked, b.paid_on <= b.first_reminded_on + ${ANSWER_DAYS} as answered,
        b.currency, b.amount_minor, b.paid_minor, greatest(0, b.paid_on - b.due_on) as days_late, b.paid_on - b.issued_on as days_to_pay,
        b.state = 'paid' and b.paid_by not in (${NOT_DIGITAL.map((way) => `'${way}'`).join(', ')}) as digital
      from bills b
      where b.insurer_id = ${insurerId} and b.state not in ('cancelled', 'held') and (b.due_on >= date '${from}' or b.state = 'open'))
    select e.due_month, p.market, p.line, e.currency,
      ${BEHAVIOUR_SQL} as segment,
      e.outcome, count(*)::int as bills, sum(e.amount_minor)::bigint as amount, sum(e.paid_minor)::bigint as paid, coalesce(sum(e.days_late) filter (where e.days_to_pay is not null), 0) as days_late,
      coalesce(sum(e.days_to_pay), 0) as days_to_pay, count(*) filter (where e.digital)::int as digital_bills, coalesce(sum(e.days_to_pay) filter (where e.digital), 0) as digital_days,
      e.issued_month, e.closed_month, count(*) filter (where e.part_on_time)::int as part_on_time, count(*) filter (where e.reminded)::int as reminded,
      count(*) filter (where e.asked)::int as asked, count(*) filter (where e.asked and e.answered)::int as answered
    from of_each e join policies p on p.insurer_id = ${insurerId} and p.holder_id = e.holder_id and p.policy_id = e.policy_id
    group by e.due_month, p.market, p.line, e.currency, segment, e.outcome, e.issued_month, e.closed_month`);
  await tx`delete from bill_cells where insurer_id = ${insurerId}`;
  const written = await tx`
    insert into bill_cells (insurer_id, due_month, market, line, currency, segment, outcome, as_of, bills, amount_minor, paid_minor, days_late, days_to_pay, digital_bills, digital_days_to_pay,
      part_on_time_bills, reminded_bills, asked_bills, answered_bills)
    select ${insurerId}, due_month, market, line, currency, segment, outcome, ${asOf}, sum(bills), sum(amount), sum(paid), sum(days_late), sum(days_to_pay), sum(digital_bills), sum(digital_days),
      sum(part_on_time), sum(reminded), sum(asked), sum(answered)
    from fresh_cells group by due_month, market, line, currency, segment, outcome`;
  await tx`delete from receivable_cells where insurer_id = ${insurerId}`;
  const owed = await tx`
    insert into receivable_cells (insurer_id, market, line, currency, issued_month, closed_month, as_of, bills, owed_minor, billed_minor)
    select ${insurerId}, market, line, currency, issued_month, closed_month, ${asOf}, sum(bills), sum(case when closed_month = 'infinity' then amount - paid else amount end), sum(amount)
    from fresh_cells group by market, line, currency, issued_month, closed_month`;
  await tx`drop table fresh_cells`;
  return written.count + owed.count;
}

/** A step is reached by whoever reached it or a later one: a click without a receipt of delivery was delivered all the same. */
async function writeContactCells(tx: Tx, insurerId: InsurerId, timeZone: string, first: PlainDate, last: PlainDate): Promise<number> {
  const from = new Date(momentOf(first, 0, timeZone));
  const until = new Date(momentOf(addDays(last, 1), 0, timeZone));
  await tx`delete from contact_cells where insurer_id = ${insurerId} and sent_on between ${first} and ${last}`;
  const written = await tx`
    with made as (
      select holder_id, contact_id, channel, state, sent_at from contacts
      where insurer_id = ${insurerId} and sent_at >= ${from} and sent_at < ${until} and state in ('sent', 'delivered', 'done', 'unconfirmed', 'failed')),
    events as (
      select holder_id, contact_id, case kind when 'delivered' then 1 when 'opened' then 2 when 'clicked' then 3 when 'paid' then 5 end as step, occurred_at
      from contact_events where insurer_id = ${insurerId} and occurred_at >= ${from} and kind in ('delivered', 'opened', 'clicked', 'paid')
      union all
      select holder_id, contact_id, 4, created_at from payments
      where insurer_id = ${insurerId} and state in ('created', 'pending', 'succeeded', 'failed', 'refunded') and created_at >= ${from} and contact_id is not null),
    reached as (
      select m.holder_id, m.contact_id, m.channel, (m.sent_at at time zone ${timeZone})::date as sent_on,
        greatest(case when m.state = 'delivered' then 1 else 0 end, coalesce(max(e.step), 0)) as step
      from made m left join events e on e.holder_id = m.holder_id and e.contact_id = m.contact_id and e.occurred_at < m.sent_at + make_interval(days => ${EFFECT_DAYS}::int)
      group by m.holder_id, m.contact_id, m.channel, m.state, m.sent_at)
    insert into contact_cells (insurer_id, sent_on, market, channel, sent, delivered, opened, clicked, started, paid)
    select ${insurerId}, r.sent_on, h.market, r.channel, count(*), count(*) filter (where step >= 1), count(*) filter (where step >= 2), count(*) filter (where step >= 3),
      count(*) filter (where step >= 4), count(*) filter (where step >= 5)
    from reached r join holders h on h.insurer_id = ${insurerId} and h.holder_id = r.holder_id
    group by r.sent_on, h.market, r.channel`;
  return written.count;
}
