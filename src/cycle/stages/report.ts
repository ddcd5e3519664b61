/**
 * Stage `report`: writes down the figures of the days that are complete since the last cycle, by market, line and currency; an insurer's first report writes
 * the last 30, as far as its bills tell. What the figures mean stands in `insight`; each is a plain query over the rows, and one run twice writes the same.
 */

import { type Tx } from '../../database/index.ts';
import { raiseAlerts, raiseJams, sumRanges } from '../../insight/index.ts';
import { addDays, type InsurerId, momentOf, type PlainDate } from '../../kernel/index.ts';
import { auditDay, sumDays } from '../../ledger/index.ts';
import { type HolderRange, type Stage, type StageContext, type StageCounts } from '../stage.ts';
import { writeCashCells } from './cash-cells.ts';
import { writeCells } from './cells.ts';
import { writeDesignCells } from './design-cells.ts';
import { reconcileBills, writeQualityCells } from './quality-cells.ts';
import { writeResultCells } from './result-cells.ts';
import { writeFloorCells, writeStrategyCells } from './strategy-cells.ts';

/** Days that an insurer's first report looks back. */
const FIRST_REPORT_DAYS = 30;
/** Figures over a window of days that ends on the figure's day. */
const RATIO_DAYS = 30;
const LOSS_DAYS = 365;

export const reportStage: Stage = { name: 'report', partitioned: false, work: report };

async function report(tx: Tx, { insurer: { insurerId, timeZone }, businessDate, shared }: StageContext, _range: HolderRange): Promise<StageCounts> {
  const last = addDays(businessDate, -1);
  // The day of the last cycle was not complete when its report was written, so it is the first of the new ones.
  const first = shared.previousDate ?? addDays(last, 1 - FIRST_REPORT_DAYS);
  // A million policies fit into a hash of this size; and the planner, which takes a join over two columns for nearly empty, would sort a year of bills.
  await tx`select set_config('work_mem', '256MB', true), set_config('enable_sort', 'off', true)`;
  await tx`delete from daily_figures where insurer_id = ${insurerId} and on_date between ${first} and ${last}`;
  const ratios = await writeRatios(tx, insurerId, first, last);
  const amounts = await writeAmounts(tx, insurerId, timeZone, last);
  const cells = await writeCells(tx, insurerId, timeZone, businessDate, first);
  const cash = await writeCashCells(tx, insurerId, timeZone, businessDate);
  const results = await writeResultCells(tx, insurerId, timeZone, { asOf: businessDate, first, isFirst: shared.previousDate === null });
  const strategies = await writeStrategyCells(tx, insurerId, timeZone, first, last);
  const designs = await writeDesignCells(tx, insurerId, timeZone, first, last);
  const floors = await writeFloorCells(tx, insurerId, businessDate);
  const quality = await writeQualityCells(tx, insurerId, timeZone, businessDate) + await reconcileBills(tx, insurerId, businessDate);
  const alerts = await raiseAlerts(tx, insurerId, timeZone, businessDate) + await raiseJams(tx, insurerId, timeZone, businessDate);
  const segments = await sumRanges(tx, insurerId, businessDate, shared.segments ?? []);
  await auditDay(tx, insurerId, businessDate);
  const all = ratios + amounts + cells + cash + results + strategies + designs + floors + alerts + segments + quality;
  await tx`select tell_planner()`;
  // Last, because it holds the books.
  await sumDays(tx, insurerId, last);
  return { read: all, written: all };
}

/** Shares and means of moving windows: counted once for each day, market and line, then summed over the days of each window. */
async function writeRatios(tx: Tx, insurerId: InsurerId, first: PlainDate, last: PlainDate): Promise<number> {
  const written = await tx`
    with events as (
      select 'paid_on_time' as figure, due_on as on_day, holder_id, policy_id, (paid_on <= due_on)::int as numerator from bills
      where insurer_id = ${insurerId} and due_on > ${addDays(first, -RATIO_DAYS)} and due_on <= ${last} and state not in ('cancelled', 'held')
      union all
      select 'days_to_collect', paid_on, holder_id, policy_id, paid_on - issued_on from bills
      where insurer_id = ${insurerId} and paid_on > ${addDays(first, -RATIO_DAYS)} and paid_on <= ${last}
      union all
      select 'uncollectible', paid_on, holder_id, policy_id, 0 from bills
      where insurer_id = ${insurerId} and paid_on > ${addDays(first, -LOSS_DAYS)} and paid_on <= ${last}
      union all
      select 'uncollectible', closed_on, holder_id, policy_id, 1 from bills
      where insurer_id = ${insurerId} and closed_on > ${addDays(first, -LOSS_DAYS)} and closed_on <= ${last} and state = 'written_off'),
    by_day as (
      select e.figure, p.market, p.line, p.currency, e.on_day, sum(coalesce(e.numerator, 0)) as numerator, count(*) as denominator
      from events e join policies p on p.insurer_id = ${insurerId} and p.holder_id = e.holder_id and p.policy_id = e.policy_id
      group by 1, 2, 3, 4, 5),
    classes as (select distinct figure, market, line, currency from by_day),
    days as (select generate_series(${first}::date, ${last}::date, '1 day')::date as on_date)
    insert into daily_figures (insurer_id, on_date, market, line, currency, figure, numerator, denominator)
    select ${insurerId}, d.on_date, c.market, c.line, c.currency, c.figure, sum(b.numerator), sum(b.denominator)
    from days d cross join classes c
      join by_day b on b.figure = c.figure and b.market = c.market and b.line = c.line and b.currency = c.currency
        and b.on_day <= d.on_date and b.on_day > d.on_date - (case c.figure when 'uncollectible' then ${LOSS_DAYS}::int else ${RATIO_DAYS}::int end)
    group by d.on_date, c.market, c.line, c.currency, c.figure`;
  return written.count;
}

/**
 * What was owed at the end of the last complete day, received on it, and spent on it. The day is over, but money that came since, and what this
 * morning's stage `age` has written off, were still owed then.
 */
async function writeAmounts(tx: Tx, insurerId: InsurerId, timeZone: string, day: PlainDate): Promise<number> {
  const from = new Date(momentOf(day, 0, timeZone));
  const until = new Date(momentOf(addDays(day, 1), 0, timeZone));
  const written = await tx`
    with paid_since as (
      select a.holder_id, a.bill_id, sum(a.amount_minor) as amount
      from payments y join allocations a using (insurer_id, holder_id, payment_id)
      where y.insurer_id = ${insurerId} and y.state = 'succeeded' and y.settled_at >= ${until} group by a.holder_id, a.bill_id),
    outstanding as (
      select b.holder_id, b.policy_id, b.currency,
        case when due_on >= ${day} then 'ageing_not_due' when due_on >= ${day}::date - 30 then 'ageing_1_30' when due_on >= ${day}::date - 60 then 'ageing_31_60'
          when due_on >= ${day}::date - 90 then 'ageing_61_90' else 'ageing_over_90' end as figure,
        b.amount_minor - b.paid_minor + coalesce(s.amount, 0) as numerator, 1::numeric as denominator
      from bills b left join paid_since s using (holder_id, bill_id)
      where b.insurer_id = ${insurerId} and issued_on <= ${day} and (closed_on is null or closed_on > ${day}) and (state in ('open', 'written_off') or (state = 'paid' and paid_on > ${day}))),
    received as (
      select y.holder_id, b.policy_id, y.currency, 'cash', y.amount_minor, 1 from payments y join bills b using (insurer_id, holder_id, bill_id)
      where y.insurer_id = ${insurerId} and y.state = 'succeeded' and y.provider <> 'inforce' and y.settled_at >= ${from} and y.settled_at < ${until}),
    spent as (
      select holder_id, policy_id, currency, 'cost_to_collect', cost_minor, 0 from decisions
      where insurer_id = ${insurerId} and decided_on = ${day} and action <> 'nothing'
      union all
      select holder_id, policy_id, currency, 'cost_to_collect', 0, amount_minor from received),
    facts as (select * from outstanding union all select * from received union all select * from spent)
    insert into daily_figures (insurer_id, on_date, market, line, currency, figure, numerator, denominator)
    select ${insurerId}, ${day}, p.market, p.line, f.currency, f.figure, sum(f.numerator), sum(f.denominator)
    from facts f join policies p on p.insurer_id = ${insurerId} and p.holder_id = f.holder_id and p.policy_id = f.policy_id
    group by p.market, p.line, f.currency, f.figure`;
  return written.count;
}
