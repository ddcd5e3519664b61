/**
 * What is counted of segments, for all of them in one pass over the book: each policy is marked with its segments in the bits of one number, whatever hangs on it is summed
 * by that number, and the sums are handed to the segments at the end. The first bit is the whole book, as segment 0.
 */

import { type Tx } from '../database/index.ts';
import { addMonths, type InsurerId, type PlainDate } from '../kernel/index.ts';
import { LATEST_SCORE_SQL, ANNUAL_PREMIUM_SQL, liveSegments, type Segment, type SegmentConditions, segmentSql } from '../portfolio/index.ts';

export const WHOLE_BOOK = 0;
/** Bills that fell due in so many months before the report. */
export const DUE_MONTHS = 12;
export const AHEAD_DAYS = [30, 90] as const;
/** Reasons for which nothing is done today though a premium is owed and something could be: a limit stands in the way. */
export const LIMITS = ['budget_used_up', 'contact_cap_reached', 'no_channel'] as const;

/**
 * The names in `segment_cells.figure`, with what `part` is and what is counted in `items`; amounts are of these, in minor units.
 * holders: those with at least one policy that is neither ended nor cancelled. policies: by state, with their annual premium. lapsed: policies that lapsed in the twelve months.
 * due: bills that fell due in the twelve months, by what became of them (on_time, late, open, written_off); `days` after the due date.
 * way: of these the paid ones, by the way to pay; `days` from issue to payment.
 * ahead: open bills and next instalments due in so many days that were scored, with how many and how much of them is expected late. unscored: those that were not.
 * act: decisions of the day by action; the amount is their value. wait: bills for which nothing is done, by reason; the amount is the value of the best that could be.
 * law: answers of the gate on that day that deferred or refused, by answer and rule.
 */
export type SegmentFigure = 'holders' | 'policies' | 'lapsed' | 'due' | 'way' | 'ahead' | 'unscored' | 'act' | 'wait' | 'law';

/** As they are counted: kept with the day, so that all ranges count the same. */
export type CountedSegment = { readonly segment_id: number; readonly conditions: SegmentConditions };
export const countedSegments = async (tx: Tx): Promise<readonly CountedSegment[]> => (await liveSegments(tx)).map(({ segment_id, conditions }: Segment) => ({ segment_id, conditions }));

export type HolderSpan = { readonly from: number; readonly to: number };
/** All ranges of a day; and the whole book as one range, beside those of a day that may be counted at the same time. */
const DAYS_RANGES: HolderSpan = { from: 0, to: Number.MAX_SAFE_INTEGER };
const ONE_PIECE: HolderSpan = { from: -1, to: Number.MAX_SAFE_INTEGER };

/** Counts one range of holders as of a day, anew. Returns the policies read and the rows written. */
export async function countRange(tx: Tx, insurerId: InsurerId, asOf: PlainDate, segments: readonly CountedSegment[], { from, to }: HolderSpan): Promise<{ read: number; written: number }> {
  await tx`delete from segment_range_cells where insurer_id = ${insurerId} and as_of = ${asOf} and holder_from = ${from}`;
  const range = (table: string) => tx.unsafe(`${table}.insurer_id = ${insurerId} and ${table}.holder_id between ${from} and ${to}`);
  const mask = ['1::bigint', ...segments.map(({ conditions }, place) => `case when ${segmentSql(conditions, asOf)} then ${2n ** BigInt(place + 1)} else 0 end`)].join(' | ');
  const [counted] = await tx<{ read: number; written: number }[]>`
    with marked as materialized (
      select p.holder_id, p.policy_id, h.market, p.currency, p.state, p.state_since, p.next_due_on, p.premium_minor, ${tx.unsafe(ANNUAL_PREMIUM_SQL)} as annual_minor,
        s.due_on as scored_due_on, s.probability_late::numeric as probability_late, ${tx.unsafe(mask)} as mask
      from policies p
        -- The range stands at each table: the planner then walks the range of each, not the whole book of one.
        join holders h on ${range('h')} and h.holder_id = p.holder_id
        ${tx.unsafe(LATEST_SCORE_SQL)}
      where ${range('p')} and p.state not in ('ended', 'cancelled')),
    due as materialized (
      select m.mask, m.market, b.currency, coalesce(b.paid_by, 'unknown') as way, b.state = 'paid' as paid,
        case b.state when 'open' then 'open' when 'written_off' then 'written_off' else case when b.paid_on <= b.due_on then 'on_time' else 'late' end end as outcome,
        count(*) as items, sum(b.amount_minor) as amount, coalesce(sum(greatest(0, b.paid_on - b.due_on)), 0) as days_late, coalesce(sum(b.paid_on - b.issued_on), 0) as days_to_pay
      from bills b join marked m on m.holder_id = b.holder_id and m.policy_id = b.policy_id
      where ${range('b')} and b.state not in ('cancelled', 'held') and b.due_on >= ${addMonths(asOf, -DUE_MONTHS)} and b.due_on < ${asOf} group by 1, 2, 3, 4, 5, 6),
    instalments as (
      select m.mask, m.market, b.currency, b.due_on, b.amount_minor - b.paid_minor as amount, s.probability_late::numeric as probability_late
      from bills b join marked m on m.holder_id = b.holder_id and m.policy_id = b.policy_id
        left join lateral (
          select probability_late from scores o
          where ${range('o')} and o.holder_id = b.holder_id and o.policy_id = b.policy_id and o.due_on = b.due_on order by o.horizon_days limit 1) s on true
      where ${range('b')} and b.state = 'open' and b.due_on >= ${asOf} and b.due_on < ${asOf}::date + ${AHEAD_DAYS[1]}::int
      union all
      select mask, market, currency, next_due_on, premium_minor, case when scored_due_on = next_due_on then probability_late end
      from marked where next_due_on >= ${asOf} and next_due_on < ${asOf}::date + ${AHEAD_DAYS[1]}::int and state in ('in_force', 'grace', 'pending')),
    ahead as (
      select i.mask, i.market, i.currency, days.ahead, i.probability_late is not null as scored, count(*) as items, sum(i.amount) as amount, coalesce(sum(i.probability_late), 0) as expected,
        coalesce(sum(round(i.probability_late * i.amount)), 0) as expected_amount
      from instalments i join (values (${AHEAD_DAYS[0]}::int), (${AHEAD_DAYS[1]}::int)) days (ahead) on i.due_on < ${asOf}::date + days.ahead group by 1, 2, 3, 4, 5),
    decided as (
      select m.mask, m.market, d.currency, d.action, d.reason, d.value_minor, d.cost_minor, (d.alternatives -> 0 ->> 'value_minor')::numeric as best
      from decisions d join marked m on m.holder_id = d.holder_id and m.policy_id = d.policy_id where ${range('d')} and d.decided_on = ${asOf}),
    answers as (
      select m.mask, m.market, m.currency, g.answer || ' ' || g.rule as part
      from gate_answers g join bills b on ${range('b')} and b.holder_id = g.holder_id and b.bill_id = g.bill_id join marked m on m.holder_id = b.holder_id and m.policy_id = b.policy_id
      where ${range('g')} and g.asked_on = ${asOf} and g.answer <> 'allow'),
    facts (mask, market, figure, part, currency, items, amount, days, expected, expected_amount, cost) as (
      -- XXX: of no currency (ISO 4217).
      select mask, market, 'holders', '', 'XXX', count(*), 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric
        from (select market, bit_or(mask) as mask from marked group by holder_id, market) each_holder group by 1, 2
      union all select mask, market, 'policies', state, currency, count(*), sum(annual_minor), 0, 0, 0, 0 from marked group by 1, 2, 4, 5
      union all select mask, market, 'lapsed', '', currency, count(*), sum(annual_minor), 0, 0, 0, 0 from marked
        where state = 'lapsed' and state_since >= ${addMonths(asOf, -DUE_MONTHS)} group by 1, 2, 5
      union all select mask, market, 'due', outcome, currency, items, amount, days_late, 0, 0, 0 from due
      union all select mask, market, 'way', way, currency, items, amount, days_to_pay, 0, 0, 0 from due where paid
      union all select mask, market, case when scored then 'ahead' else 'unscored' end, ahead::text, currency, items, amount, 0, expected, expected_amount, 0 from ahead
      union all select mask, market, 'act', action, currency, count(*), sum(value_minor), 0, 0, 0, sum(cost_minor) from decided where action <> 'nothing' group by 1, 2, 4, 5
      union all select mask, market, 'wait', reason, currency, count(*), coalesce(sum(greatest(best, 0)), 0), 0, 0, 0, 0 from decided
        where action = 'nothing' and reason = any(${[...LIMITS]}) group by 1, 2, 4, 5
      union all select mask, market, 'law', part, currency, count(*), 0, 0, 0, 0, 0 from answers group by 1, 2, 4, 5),
    written as (
      insert into segment_range_cells (insurer_id, as_of, holder_from, segment_id, market, figure, part, currency, items, amount_minor, days, expected, expected_minor, cost_minor)
      select ${insurerId}, ${asOf}, ${from}, k.segment_id, f.market, f.figure, f.part, f.currency, sum(f.items), sum(f.amount), sum(f.days), sum(f.expected), sum(f.expected_amount), sum(f.cost)
      from facts f join unnest(${[WHOLE_BOOK, ...segments.map((one) => one.segment_id)]}::bigint[]) with ordinality as k (segment_id, place) on f.mask & (1::bigint << (k.place - 1)::int) <> 0
      group by k.segment_id, f.market, f.figure, f.part, f.currency returning 1)
    select (select count(*) from marked)::int as read, (select count(*) from written)::int as written`;
  return counted ?? { read: 0, written: 0 };
}

/** Sums a day's ranges into what the pages read; those of days before have served. */
export async function sumRanges(tx: Tx, insurerId: InsurerId, asOf: PlainDate, segments: readonly CountedSegment[]): Promise<number> {
  await tx`delete from segment_range_cells where insurer_id = ${insurerId} and as_of < ${asOf}`;
  return segments.length === 0 ? 0 : sumCells(tx, insurerId, asOf, segments, DAYS_RANGES);
}

/** Counts those that are new or were changed at once, beside the whole book, as of the last day that was played. Returns how many. */
export async function countChanged(tx: Tx, insurerId: InsurerId, today: PlainDate): Promise<number> {
  const live = await liveSegments(tx);
  const waiting = live.filter(({ counted_on: counted }) => counted === null).map(({ segment_id, conditions }) => ({ segment_id, conditions }));
  if (waiting.length === 0) return 0;
  const [last] = await tx<{ day: PlainDate | null }[]>`select max(business_date) as day from cycle_runs where insurer_id = ${insurerId} and state = 'done'`;
  const asOf = last?.day ?? today;
  await tx`select set_config('work_mem', '256MB', true)`;
  await countRange(tx, insurerId, asOf, waiting, ONE_PIECE);
  await sumCells(tx, insurerId, asOf, waiting, { from: ONE_PIECE.from, to: ONE_PIECE.from });
  await tx`delete from segment_range_cells where insurer_id = ${insurerId} and holder_from = ${ONE_PIECE.from}`;
  return waiting.length;
}

/** What was changed or put away since it was counted is left as it is: it is counted by itself. */
async function sumCells(tx: Tx, insurerId: InsurerId, asOf: PlainDate, segments: readonly CountedSegment[], { from, to }: HolderSpan): Promise<number> {
  await tx`select pg_advisory_xact_lock(hashtextextended('inforce segments', ${insurerId}))`;
  const told = await tx<{ segment_id: number }[]>`
    update segments s set counted_on = ${asOf}
    from jsonb_to_recordset(${tx.json(segments)}) c (segment_id bigint, conditions jsonb)
    where s.insurer_id = ${insurerId} and s.segment_id = c.segment_id and s.conditions = c.conditions and s.archived_at is null returning s.segment_id`;
  const ids = [WHOLE_BOOK, ...told.map((one) => one.segment_id)];
  await tx`delete from segment_cells where insurer_id = ${insurerId} and segment_id = any(${ids}::bigint[])`;
  const written = await tx`
    insert into segment_cells (insurer_id, segment_id, market, figure, part, currency, items, amount_minor, days, expected, expected_minor, cost_minor)
    select ${insurerId}, segment_id, market, figure, part, currency, sum(items), sum(amount_minor), sum(days), sum(expected), sum(expected_minor), sum(cost_minor)
    from segment_range_cells where insurer_id = ${insurerId} and as_of = ${asOf} and holder_from between ${from} and ${to} and segment_id = any(${ids}::bigint[])
    group by segment_id, market, figure, part, currency`;
  return written.count;
}

export const SEGMENTS_TASK = 'segments';
export type SegmentsJob = { readonly insurer_id: InsurerId };

/** In the transaction that has changed one: counted as soon as a worker is free. */
export async function queueSegments(tx: Tx, insurerId: InsurerId): Promise<void> {
  await tx`select enqueue_job(${SEGMENTS_TASK}, ${tx.json({ insurer_id: insurerId })}::json, ${`cycle:${insurerId}:segments`})`;
}
