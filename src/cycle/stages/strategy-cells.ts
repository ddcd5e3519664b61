/**
 * What happened under each strategy, written by the stage `report`: each thing on the day on which it happened, for the strategy of the decision that it followed. So a day is
 * read once, by the indexes of that day, and what comes late finds its decision by the bill's key.
 */

import { type Tx } from '../../database/index.ts';
import { EFFECT_DAYS } from '../../insight/index.ts';
import { addDays, type InsurerId, momentOf, type PlainDate } from '../../kernel/index.ts';

export async function writeStrategyCells(tx: Tx, insurerId: InsurerId, timeZone: string, first: PlainDate, last: PlainDate): Promise<number> {
  const start = (day: PlainDate): Date => new Date(momentOf(day, 0, timeZone));
  const [from, until] = [start(first), start(addDays(last, 1))];
  const [judgedFrom, judgedUntil] = [start(addDays(first, -EFFECT_DAYS)), start(addDays(last, 1 - EFFECT_DAYS))];
  // A contact that has left, or may have.
  const left = tx`purpose = 'premium_reminder' and bill_id is not null and state in ('sent', 'delivered', 'done', 'unconfirmed')`;
  /** The day of the last contact about the bill in the days before a moment. */
  const contactBefore = (moment: string) => tx`(
    select max(k.queued_on) as queued_on from contacts k
    where k.insurer_id = ${insurerId} and k.holder_id = o.holder_id and k.bill_id = o.bill_id and k.purpose = 'premium_reminder' and k.state in ('sent', 'delivered', 'done', 'unconfirmed')
      and k.queued_on >= (${tx.unsafe(moment)} at time zone ${timeZone})::date - ${EFFECT_DAYS}::int and k.sent_at <= ${tx.unsafe(moment)})`;
  await tx`delete from strategy_cells where insurer_id = ${insurerId} and on_date between ${first} and ${last}`;
  const written = await tx`
    with chosen as (
      select d.decided_on as on_day, d.strategy_id, d.strategy_version, d.holder_id, d.policy_id, d.currency, f.figure, f.amount
      from decisions d cross join lateral (values ('decided', 1::numeric), ('acts', (d.action <> 'nothing')::int), ('cost', case when d.action <> 'nothing' then d.cost_minor else 0 end),
        ('minutes', d.minutes::numeric), ('capped', (d.reason = 'contact_cap_reached')::int)) f (figure, amount)
      where d.insurer_id = ${insurerId} and d.decided_on between ${first} and ${last} and f.amount <> 0),
    sent as (
      select holder_id, bill_id, (sent_at at time zone ${timeZone})::date as on_day, queued_on, 'contacts' as figure, 1::numeric as amount
      from contacts where insurer_id = ${insurerId} and sent_at >= ${from} and sent_at < ${until} and ${left}),
    judged as (
      select c.holder_id, c.bill_id, (c.sent_at at time zone ${timeZone})::date + ${EFFECT_DAYS}::int as on_day, c.queued_on, f.figure, f.amount
      from (select * from contacts where insurer_id = ${insurerId} and sent_at >= ${judgedFrom} and sent_at < ${judgedUntil} and ${left}) c
        join bills b on b.insurer_id = ${insurerId} and b.holder_id = c.holder_id and b.bill_id = c.bill_id and b.state not in ('cancelled', 'held')
        cross join lateral (values ('judged', 1::numeric),
          ('judged_paid', (coalesce(b.paid_on <= (c.sent_at at time zone ${timeZone})::date + ${EFFECT_DAYS}::int, false))::int)) f (figure, amount)
      where f.amount <> 0 and not exists (
        select from contacts k where k.insurer_id = ${insurerId} and k.holder_id = c.holder_id and k.bill_id = c.bill_id and k.purpose = 'premium_reminder'
          and k.state in ('sent', 'delivered', 'done', 'unconfirmed') and k.queued_on >= c.queued_on and (k.sent_at, k.contact_id) > (c.sent_at, c.contact_id)
          and (k.sent_at at time zone ${timeZone})::date <= (c.sent_at at time zone ${timeZone})::date + ${EFFECT_DAYS}::int)),
    received as (
      select o.holder_id, o.bill_id, (o.settled_at at time zone ${timeZone})::date as on_day, k.queued_on, f.figure, f.amount
      from (
          select a.holder_id, a.bill_id, a.amount_minor, a.booked_on, y.settled_at from payments y
            join allocations a on a.insurer_id = ${insurerId} and a.holder_id = y.holder_id and a.payment_id = y.payment_id
          where y.insurer_id = ${insurerId} and y.state = 'succeeded' and y.provider <> 'inforce' and y.settled_at >= ${from} and y.settled_at < ${until}) o
        join bills b on b.insurer_id = ${insurerId} and b.holder_id = o.holder_id and b.bill_id = o.bill_id
        cross join lateral ${contactBefore('o.settled_at')} k
        cross join lateral (values ('recovered', o.amount_minor::numeric), ('recovered_bills', (coalesce(b.paid_on = o.booked_on, false))::int)) f (figure, amount)
      where k.queued_on is not null and f.amount <> 0),
    complained as (
      select o.holder_id, o.bill_id, (o.opened_at at time zone ${timeZone})::date as on_day, k.queued_on, 'complaints' as figure, 1::numeric as amount
      from disputes o cross join lateral ${contactBefore('o.opened_at')} k
      where o.insurer_id = ${insurerId} and o.opened_at >= ${from} and o.opened_at < ${until} and k.queued_on is not null
      union all
      select c.holder_id, c.bill_id, (e.occurred_at at time zone ${timeZone})::date, c.queued_on, case e.kind when 'complained' then 'complaints' else 'opt_outs' end, 1
      from contact_events e join contacts c on c.insurer_id = ${insurerId} and c.holder_id = e.holder_id and c.contact_id = e.contact_id
      where e.insurer_id = ${insurerId} and e.occurred_at >= ${from} and e.occurred_at < ${until} and e.kind in ('complained', 'opted_out') and c.purpose = 'premium_reminder' and c.bill_id is not null),
    after_contact as (
      select h.on_day, d.strategy_id, d.strategy_version, h.holder_id, d.policy_id, d.currency, h.figure, h.amount
      from (select * from sent union all select * from judged union all select * from received union all select * from complained) h
        cross join lateral (
          select strategy_id, strategy_version, policy_id, currency from decisions d
          where d.insurer_id = ${insurerId} and d.holder_id = h.holder_id and d.bill_id = h.bill_id and d.decided_on <= h.queued_on and d.action <> 'nothing' order by d.decided_on desc limit 1) d),
    reached as (
      select holder_id, bill_id, due_on as on_day, 'due' as figure, 'due_paid' as good, coalesce(paid_on <= due_on, false) as is_good from bills
      where insurer_id = ${insurerId} and due_on between ${first} and ${last} and state not in ('cancelled', 'held')
      union all
      select holder_id, bill_id, paid_on, 'ended', 'lost', false from bills where insurer_id = ${insurerId} and paid_on between ${first} and ${last}
      union all
      select holder_id, bill_id, closed_on, 'ended', 'lost', true from bills where insurer_id = ${insurerId} and closed_on between ${first} and ${last} and state = 'written_off'),
    after_decision as (
      select r.on_day, d.strategy_id, d.strategy_version, r.holder_id, d.policy_id, d.currency, f.figure, f.amount
      from reached r
        cross join lateral (
          select strategy_id, strategy_version, policy_id, currency from decisions d
          where d.insurer_id = ${insurerId} and d.holder_id = r.holder_id and d.bill_id = r.bill_id and d.decided_on <= r.on_day order by d.decided_on desc limit 1) d
        cross join lateral (values (r.figure, 1::numeric), (r.good, r.is_good::int)) f (figure, amount)
      where f.amount <> 0),
    facts as (select * from chosen union all select * from after_contact union all select * from after_decision)
    insert into strategy_cells (insurer_id, on_date, strategy_id, strategy_version, market, line, currency, decided, acts, cost_minor, minutes, capped, contacts, recovered_minor, recovered_bills, judged,
      judged_paid, due, due_paid, ended, lost, complaints, opt_outs)
    select ${insurerId}, f.on_day, f.strategy_id, f.strategy_version, p.market, p.line, f.currency,
      ${['decided', 'acts', 'cost', 'minutes', 'capped', 'contacts', 'recovered', 'recovered_bills', 'judged', 'judged_paid', 'due', 'due_paid', 'ended', 'lost', 'complaints', 'opt_outs']
        .map((figure, place) => tx`${place === 0 ? tx`` : tx`, `}coalesce(sum(f.amount) filter (where f.figure = ${figure}), 0)`)}
    from facts f join policies p on p.insurer_id = ${insurerId} and p.holder_id = f.holder_id and p.policy_id = f.policy_id
    group by f.on_day, f.strategy_id, f.strategy_version, p.market, p.line, f.currency`;
  return written.count;
}

/** Whom the day's own contacts have reached is taken out of those who heard too little; the others are counted. */
export async function writeFloorCells(tx: Tx, insurerId: InsurerId, asOf: PlainDate): Promise<number> {
  const written = await tx`
    with today as (
      select holder_id, count(*)::int as contacts from contacts
      where insurer_id = ${insurerId} and queued_on = ${asOf} and purpose not in ('receipt', 'legal_notice', 'bill') and state in ('queued', 'sending', 'sent', 'delivered', 'done', 'unconfirmed')
        and holder_id in (select holder_id from accounts_under_floor where insurer_id = ${insurerId})
      group by holder_id),
    heard as (
      delete from accounts_under_floor a using today
      where a.insurer_id = ${insurerId} and a.holder_id = today.holder_id and a.contacts_7_days + today.contacts >= a.floor returning a.holder_id, a.strategy_id),
    silent as (
      select a.strategy_id, h.market, count(*) as accounts from accounts_under_floor a join holders h on h.insurer_id = ${insurerId} and h.holder_id = a.holder_id
      where a.insurer_id = ${insurerId} and a.as_of = ${asOf} and not exists (select from heard where heard.holder_id = a.holder_id and heard.strategy_id = a.strategy_id)
      group by a.strategy_id, h.market),
    gone as (
      delete from floor_cells c where c.insurer_id = ${insurerId} and c.as_of = ${asOf} and not exists (select from silent s where s.strategy_id = c.strategy_id and s.market = c.market))
    insert into floor_cells (insurer_id, as_of, strategy_id, market, accounts) select ${insurerId}, ${asOf}, strategy_id, market, accounts from silent
    on conflict (insurer_id, as_of, strategy_id, market) do update set accounts = excluded.accounts`;
  return written.count;
}
