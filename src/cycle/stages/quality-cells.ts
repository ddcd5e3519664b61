/**
 * How right bills are, written by the stage `report`: for each month, market and maker the bills made, those that were wrong (corrected or withdrawn after they left, or held and then not simply
 * released), the working days from issue to detection and from there to correction by the market's own holidays, the minutes they took, and overdue ones with a complaint or a correction. And the night's
 * reconciliation: every instalment that was due to leave has its bill.
 */

import { noticeDays } from '../../billing/index.ts';
import { workingDaysBetween } from '../../compliance/index.ts';
import { type Tx } from '../../database/index.ts';
import { addMonths, type InsurerId, type PlainDate } from '../../kernel/index.ts';

const MONTHS = 12;
const EXCEPTIONS_SHOWN = 100;

type Wrong = { readonly market: string; readonly month: PlainDate; readonly made: string; readonly from_on: PlainDate; readonly detected_on: PlainDate; readonly mended_on: PlainDate };

export async function writeQualityCells(tx: Tx, insurerId: InsurerId, timeZone: string, asOf: PlainDate): Promise<number> {
  const from = addMonths(`${asOf.slice(0, 7)}-01` as PlainDate, 1 - MONTHS);
  // A correction once for each bill; what asked for it first is when it was found. A dispute that was opened after the correction did not find it.
  const wrong = await tx<Wrong[]>`
    with corrected as (
      select c.holder_id, c.bill_id, min(c.corrected_at) as mended_at from bill_corrections c where c.insurer_id = ${insurerId} and c.reason <> 'fee_waived' group by 1, 2),
    mended as (
      select b.market, date_trunc('month', b.issued_on::timestamp)::date as month, case when b.made_by is null then 'cycle' else 'hand' end as made, b.issued_on as from_on,
        (least(c.mended_at, (select min(d.opened_at) from disputes d where d.insurer_id = ${insurerId} and d.holder_id = c.holder_id and d.bill_id = c.bill_id)) at time zone ${timeZone})::date as detected_on,
        (c.mended_at at time zone ${timeZone})::date as mended_on
      from corrected c join bills b on b.insurer_id = ${insurerId} and b.holder_id = c.holder_id and b.bill_id = c.bill_id
      where b.issued_on >= ${from}),
    held as (
      select w.market, date_trunc('month', w.held_on::timestamp)::date as month, case when b.made_by is null then 'cycle' else 'hand' end as made, w.held_on as from_on, w.held_on as detected_on, w.decided_on as mended_on
      from bill_holds w join bills b on b.insurer_id = ${insurerId} and b.holder_id = w.holder_id and b.bill_id = w.bill_id
      where w.insurer_id = ${insurerId} and w.held_on >= ${from} and w.state in ('corrected', 'withdrawn', 'mended'))
    select * from mended union all select * from held`;
  const sums = new Map<string, { market: string; month: PlainDate; made: string; wrong: number; detect: number; mend: number }>();
  for (const { market, month, made, from_on: start, detected_on: detected, mended_on: mended } of wrong) {
    const key = `${market} ${month} ${made}`;
    const sum = sums.get(key) ?? { market, month, made, wrong: 0, detect: 0, mend: 0 };
    sums.set(key, { ...sum, wrong: sum.wrong + 1, detect: sum.detect + workingDaysBetween(start, detected, market), mend: sum.mend + workingDaysBetween(detected, mended, market) });
  }
  await tx`delete from bill_quality_cells where insurer_id = ${insurerId}`;
  // The report's own cells have every bill that stands by market and month: the book is not read again. Overdue ones count in the month in which they fell due.
  const written = await tx`
    with standing as (
      select market, issued_month as month, sum(bills) as bills from receivable_cells where insurer_id = ${insurerId} and issued_month >= ${from} group by 1, 2),
    by_hand as (
      select market, date_trunc('month', issued_on::timestamp)::date as month, count(*) filter (where state not in ('held', 'cancelled')) as standing, count(*) as bills, sum(made_minutes) as minutes
      from bills where insurer_id = ${insurerId} and made_by is not null and issued_on >= ${from} group by 1, 2),
    -- Held and withdrawn ones stand nowhere else.
    besides as (
      select b.market, date_trunc('month', b.issued_on::timestamp)::date as month, count(*) as bills
      from (select holder_id, bill_id from bill_holds where insurer_id = ${insurerId} and held_on >= ${from} union select holder_id, bill_id from bill_corrections where insurer_id = ${insurerId} and reason <> 'fee_waived') x
        join bills b on b.insurer_id = ${insurerId} and b.holder_id = x.holder_id and b.bill_id = x.bill_id
      where b.state in ('held', 'cancelled') and b.made_by is null and b.issued_on >= ${from} group by 1, 2),
    made as (
      select market, month, 'hand' as made, bills, coalesce(minutes, 0) as minutes from by_hand
      union all
      select coalesce(s.market, x.market), coalesce(s.month, x.month), 'cycle', coalesce(s.bills, 0) + coalesce(x.bills, 0) - coalesce(h.standing, 0), 0
      from standing s full join besides x on x.market = s.market and x.month = s.month left join by_hand h on h.market = s.market and h.month = s.month),
    late as (
      select market, due_month as month, sum(bills) as bills from bill_cells
      where insurer_id = ${insurerId} and due_month >= ${from} and outcome not in ('on_time', 'paid_not_due', 'open_not_due') group by 1, 2),
    doubted as (
      select b.market, date_trunc('month', b.due_on::timestamp)::date as month, count(*) as bills
      from (select holder_id, bill_id from disputes where insurer_id = ${insurerId} union select holder_id, bill_id from bill_corrections where insurer_id = ${insurerId} and reason <> 'fee_waived') x
        join bills b on b.insurer_id = ${insurerId} and b.holder_id = x.holder_id and b.bill_id = x.bill_id
      where b.due_on >= ${from} and b.due_on < ${asOf} and (b.state in ('open', 'written_off') or b.paid_on > b.due_on) group by 1, 2),
    overdue as (
      select l.market, l.month, l.bills, coalesce(d.bills, 0) as doubted from late l left join doubted d using (market, month)),
    handled as (
      select w.market, date_trunc('month', w.held_on::timestamp)::date as month, case when b.made_by is null then 'cycle' else 'hand' end as made, sum(w.minutes) as minutes
      from bill_holds w join bills b on b.insurer_id = ${insurerId} and b.holder_id = w.holder_id and b.bill_id = w.bill_id where w.insurer_id = ${insurerId} and w.held_on >= ${from} and w.minutes > 0 group by 1, 2, 3),
    worked as (
      select date_trunc('month', business_date::timestamp)::date as month, sum(duration_ms) as ms from cycle_partitions where insurer_id = ${insurerId} and stage = 'bill' and business_date >= ${from} group by 1),
    wrongs as (
      select * from jsonb_to_recordset(${tx.json([...sums.values()].map(({ market, month, made, wrong: count, detect, mend }) => ({ k: market, m: month, d: made, w: count, e: detect, f: mend })))}) as x(k text, m date, d text, w int, e int, f int)),
    keys as (
      select market, month, made from made union select k, m, d from wrongs union select market, month, 'cycle' from overdue)
    insert into bill_quality_cells (insurer_id, month, market, made, as_of, bills, wrong, detect_days, detected, mend_days, mended, minutes, duration_ms, overdue, overdue_wrong)
    select ${insurerId}, y.month, y.market, y.made, ${asOf}, coalesce(c.bills, 0), coalesce(w.w, 0), coalesce(w.e, 0), coalesce(w.w, 0), coalesce(w.f, 0), coalesce(w.w, 0), coalesce(c.minutes, 0) + coalesce(h.minutes, 0),
      case y.made when 'cycle' then coalesce(k.ms, 0) * coalesce(c.bills, 0) / nullif(sum(c.bills) over (partition by y.month, y.made), 0) end, case y.made when 'cycle' then coalesce(o.bills, 0) else 0 end,
      case y.made when 'cycle' then coalesce(o.doubted, 0) else 0 end
    from keys y left join made c using (market, month, made) left join wrongs w on w.k = y.market and w.m = y.month and w.d = y.made left join overdue o on o.market = y.market and o.month = y.month
      left join handled h on h.market = y.market and h.month = y.month and h.made = y.made left join worked k on k.month = y.month`;
  return written.count;
}

/** The night's bills against what was due to leave. Run again on the same day it writes the same. */
export async function reconcileBills(tx: Tx, insurerId: InsurerId, on: PlainDate): Promise<number> {
  const markets = await tx<{ market: string }[]>`select distinct market from bills where insurer_id = ${insurerId} and issued_on = ${on}`;
  const notices = markets.map(({ market }) => ({ k: market, d: noticeDays(market).days }));
  const written = await tx`
    with made as (
      select b.state, b.market, b.due_on, b.instalment_no, coalesce(w.held_on, b.issued_on) = ${on} as tonight, coalesce(w.decided_on = ${on} and w.decided_by = 'review', false) as let_go
      from bills b left join bill_holds w on w.insurer_id = ${insurerId} and w.holder_id = b.holder_id and w.bill_id = b.bill_id
      where b.insurer_id = ${insurerId} and b.issued_on = ${on} and b.kind = 'instalment' and b.made_by is null),
    left_over as (
      select holder_id, policy_id, policy_number, next_due_on, case when next_bill_on is null then 'no_day' else 'not_made' end as reason from policies
      where insurer_id = ${insurerId} and state in ('pending', 'in_force', 'grace') and next_due_on is not null and next_bill_on <= ${on}),
    shown as (select * from left_over order by next_due_on, policy_id limit ${EXCEPTIONS_SHOWN})
    insert into bill_runs (insurer_id, on_date, due, issued, held, released, short_notice, exceptions, exception_count)
    select ${insurerId}, ${on}, (select count(*) from made where tonight) + (select count(*) from left_over), (select count(*) from made where tonight and state <> 'held'), (select count(*) from made where tonight and state = 'held'),
      (select count(*) from made where let_go),
      (select count(*) from made join jsonb_to_recordset(${tx.json(notices)}) as n(k text, d int) on n.k = made.market where tonight and instalment_no > 1 and due_on - ${on}::date < n.d),
      coalesce((select jsonb_agg(jsonb_build_object('holder_id', holder_id, 'policy_id', policy_id, 'policy_number', policy_number, 'due_on', next_due_on, 'reason', reason)) from shown), '[]'), (select count(*) from left_over)
    on conflict (insurer_id, on_date) do update set due = excluded.due, issued = excluded.issued, held = excluded.held, released = excluded.released, short_notice = excluded.short_notice,
      exceptions = excluded.exceptions, exception_count = excluded.exception_count`;
  return written.count;
}

