/**
 * What came of each bill design, written by the stage `report`. Bills are counted on the day on which their document was made; a day is written again until everything it counts has happened,
 * and then stays. What left with a link to its bill is a document too: it is given its design here, in one statement for the day.
 */

import { type Tx } from '../../database/index.ts';
import { EXPERIMENT } from '../../document/index.ts';
import { addDays, type InsurerId, momentOf, type PlainDate } from '../../kernel/index.ts';
import { designsInUse } from '../../service/index.ts';

/** The longest that a bill is made before it is due, and the week in which it may still be paid late and be asked about. */
const REWRITTEN_DAYS = 60;

export async function writeDesignCells(tx: Tx, insurerId: InsurerId, timeZone: string, first: PlainDate, last: PlainDate): Promise<number> {
  const start = (day: PlainDate): Date => new Date(momentOf(day, 0, timeZone));
  const [from, until] = [start(first), start(addDays(last, 1))];
  await noteWhatLeft(tx, insurerId, timeZone, from, until);
  const oldest = addDays(last, -REWRITTEN_DAYS);
  await tx`delete from bill_design_cells where insurer_id = ${insurerId} and on_date between ${oldest} and ${last}`;
  await tx`delete from bill_click_cells where insurer_id = ${insurerId} and on_date between ${oldest} and ${last}`;
  const written = await tx`
    with documents as (
      select d.holder_id, d.bill_id, d.made_on, d.made_at, d.design_id, d.design_version, h.market, b.due_on, b.paid_on, b.state,
        min(e.occurred_at) filter (where e.kind = 'delivered') as delivered_at, min(e.occurred_at) filter (where e.kind = 'opened') as opened_at, min(e.occurred_at) filter (where e.kind = 'clicked') as clicked_at
      from bill_documents d
        join bills b on b.insurer_id = ${insurerId} and b.holder_id = d.holder_id and b.bill_id = d.bill_id
        join holders h on h.insurer_id = ${insurerId} and h.holder_id = d.holder_id
        left join bill_document_events e on e.insurer_id = ${insurerId} and e.holder_id = d.holder_id and e.bill_id = d.bill_id and e.occurred_at < ${until}
      where d.insurer_id = ${insurerId} and d.made_on between ${oldest} and ${last}
      group by d.holder_id, d.bill_id, d.made_on, d.made_at, d.design_id, d.design_version, h.market, b.due_on, b.paid_on, b.state),
    facts as (
      select d.*, s.settled_at, exists (select from disputes q where q.insurer_id = ${insurerId} and q.holder_id = d.holder_id and q.bill_id = d.bill_id and q.opened_at >= d.made_at and q.opened_at < ${until}) as asked
      from documents d left join lateral (
        select max(y.settled_at) as settled_at from allocations a join payments y on y.insurer_id = ${insurerId} and y.holder_id = a.holder_id and y.payment_id = a.payment_id
        where d.state = 'paid' and a.insurer_id = ${insurerId} and a.holder_id = d.holder_id and a.bill_id = d.bill_id and y.state = 'succeeded') s on true),
    judged as (
      -- Who had paid before it came cannot be moved by it.
      select f.*, f.delivered_at is not null and f.state <> 'cancelled' and coalesce(f.settled_at >= f.delivered_at, f.state <> 'paid') as counts from facts f),
    clicks as (
      insert into bill_click_cells (insurer_id, on_date, design_id, design_version, market, bucket, clicks)
      select ${insurerId}, made_on, design_id, design_version, market, floor(12 * ln(1 + greatest(extract(epoch from clicked_at - delivered_at), 0) / 60) / ln(2))::smallint, count(*)
      from documents where clicked_at is not null and delivered_at is not null group by 2, 3, 4, 5, 6)
    insert into bill_design_cells (insurer_id, on_date, design_id, design_version, market, made, delivered, opened, clicked, ripe_24h, paid_24h, ripe_7d, paid_7d, due, due_paid, questions)
    select ${insurerId}, made_on, design_id, design_version, market, count(*), count(delivered_at), count(opened_at), count(clicked_at),
      count(*) filter (where counts and delivered_at < ${until}::timestamptz - interval '24 hours'),
      count(*) filter (where counts and delivered_at < ${until}::timestamptz - interval '24 hours' and settled_at <= delivered_at + interval '24 hours'),
      count(*) filter (where counts and delivered_at < ${until}::timestamptz - interval '7 days'),
      count(*) filter (where counts and delivered_at < ${until}::timestamptz - interval '7 days' and settled_at <= delivered_at + interval '7 days'),
      count(*) filter (where due_on <= ${last} and state <> 'cancelled'), count(*) filter (where due_on <= ${last} and state <> 'cancelled' and paid_on <= due_on), count(*) filter (where asked)
    from judged group by made_on, design_id, design_version, market`;
  return written.count;
}

/** Messages about a bill carry the link behind which its document is. */
async function noteWhatLeft(tx: Tx, insurerId: InsurerId, timeZone: string, from: Date, until: Date): Promise<void> {
  const designs = (await designsInUse(tx)).filter(({ latest }) => latest).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const whole = designs.reduce((sum, { share }) => sum + share, 0);
  const uppers = designs.map((_, at) => designs.slice(0, at + 1).reduce((sum, { share }) => sum + share, 0));
  await tx`
    insert into bill_documents (insurer_id, holder_id, bill_id, design_id, design_version, made_on, made_at)
    select ${insurerId}, c.holder_id, c.bill_id, d.design_id, d.design_version, (c.sent_at at time zone ${timeZone})::date, c.sent_at
    from (
        select holder_id, bill_id, min(sent_at) as sent_at, ('x' || left(md5(concat(${insurerId}::int, ':', holder_id, ':', ${EXPERIMENT}::text)), 8))::bit(32)::bigint / 4294967296.0 * ${whole}::int as point
        from contacts
        where insurer_id = ${insurerId} and sent_at >= ${from} and sent_at < ${until} and bill_id is not null and purpose = 'premium_reminder' and channel not in ('call', 'voicemail')
          and state in ('sent', 'delivered', 'done', 'unconfirmed')
        group by holder_id, bill_id) c
      cross join lateral (
        select design_id, design_version from unnest(${designs.map(({ id }) => id)}::text[], ${designs.map(({ version }) => version)}::int[], ${uppers}::int[]) as d (design_id, design_version, upper)
        where c.point < d.upper order by d.upper limit 1) d
    on conflict do nothing`;
  await tx`
    insert into bill_document_events (insurer_id, holder_id, bill_id, kind, occurred_at)
    select ${insurerId}, c.holder_id, c.bill_id, e.kind, min(e.occurred_at)
    from contact_events e join contacts c on c.insurer_id = ${insurerId} and c.holder_id = e.holder_id and c.contact_id = e.contact_id
      join bill_documents d on d.insurer_id = ${insurerId} and d.holder_id = c.holder_id and d.bill_id = c.bill_id
    where e.insurer_id = ${insurerId} and e.occurred_at >= ${from} and e.occurred_at < ${until} and e.kind in ('delivered', 'clicked') and c.purpose = 'premium_reminder'
    group by c.holder_id, c.bill_id, e.kind
    on conflict do nothing`;
}
