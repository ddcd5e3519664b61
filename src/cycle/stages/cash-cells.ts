/**
 * What the forecast of cash and the cost of delay are made of, written by the stage `report`: open bills by due date, those that policies in force will bring, the curve
 * of payment as of today and as of four weeks ago, and what came in since. A curve needs no whole book: of a large one a sample of its pages is read.
 */

import { type Tx } from '../../database/index.ts';
import { BACK_TEST_DAYS, CURVE_FIRST, CURVE_LAST, FORECAST_DAYS } from '../../insight/index.ts';
import { addDays, type InsurerId, momentOf, type PlainDate } from '../../kernel/index.ts';

/** Due dates behind the curve: the last of them have had their 90 days, and four weeks ago as well. */
const DUE_BACK_DAYS = 210;
/** Half a million bills give each market's and line's day some hundreds: a share known to a point. */
const SAMPLE_ROWS = 500_000;
/** Older debts are counted with this day. */
const OLDEST_DAYS = 730;
/** Cash within so many days of a person's work on a bill is taken for its effect. */
const EFFORT_DAYS = 14;

export async function writeCashCells(tx: Tx, insurerId: InsurerId, timeZone: string, asOf: PlainDate): Promise<number> {
  const then = addDays(asOf, -BACK_TEST_DAYS);
  await sampleBills(tx, insurerId, asOf);
  await tx`delete from payment_curve_cells where insurer_id = ${insurerId}`;
  await tx`delete from cash_cells where insurer_id = ${insurerId}`;
  const written = [
    await writeCurve(tx, insurerId, asOf), await writeCurve(tx, insurerId, then), await writeOpen(tx, insurerId, asOf), await writeToIssue(tx, insurerId, asOf),
    await writeThen(tx, insurerId, then, asOf), await writeEffort(tx, insurerId, timeZone, addDays(asOf, -1)),
  ];
  await tx`drop table if exists pg_temp.sampled_bills`;
  return written.reduce((sum, count) => sum + count, 0);
}

/** `repeatable`, so that a report written twice writes the same. Its literals are numbers and dates of ours: such a statement takes no parameters. */
async function sampleBills(tx: Tx, insurerId: InsurerId, asOf: PlainDate): Promise<void> {
  const [size] = await tx<{ rows: number }[]>`select greatest(reltuples, 0)::float8 as rows from pg_class where oid = 'bills'::regclass`;
  const share = Math.min(100, (100 * SAMPLE_ROWS) / Math.max(1, size?.rows ?? 0));
  await tx`drop table if exists pg_temp.sampled_bills`;
  await tx.unsafe(`
    create temporary table sampled_bills on commit drop as
    select p.market, p.line, b.currency, b.due_on, b.paid_on, b.amount_minor
    from bills b ${share < 100 ? `tablesample system (${share.toFixed(4)}) repeatable (1)` : ''} join policies p on p.insurer_id = ${insurerId} and p.holder_id = b.holder_id and p.policy_id = b.policy_id
    where b.insurer_id = ${insurerId} and b.state not in ('cancelled', 'held') and b.due_on >= date '${addDays(asOf, -DUE_BACK_DAYS)}' and b.due_on <= date '${addDays(asOf, BACK_TEST_DAYS)}'`);
}

/**
 * Kaplan and Meier, "Nonparametric Estimation from Incomplete Observations" (1958): a bill counts as at risk until it is paid or no longer seen, so that young bills
 * speak too, each for the days that it has had. What was paid earlier than the first day counts with it.
 */
async function writeCurve(tx: Tx, insurerId: InsurerId, asOf: PlainDate): Promise<number> {
  const written = await tx`
    with told as (
      select market, line, least(${asOf}::date - 1 - due_on, ${CURVE_LAST}::int) as seen_to, case when paid_on < ${asOf} then greatest(paid_on - due_on, ${CURVE_FIRST}::int) end as paid_on_day
      from sampled_bills where due_on < ${asOf}::date - ${CURVE_FIRST}::int),
    left_on as (
      select market, line, least(seen_to, coalesce(paid_on_day, seen_to)) as day, count(*) as gone, count(*) filter (where paid_on_day <= seen_to) as paid
      from told where seen_to >= ${CURVE_FIRST}::int group by 1, 2, 3),
    -- On a day on which nobody paid all the same bills were at risk.
    days as (
      select c.market, c.line, d.day, sum(coalesce(l.gone, 0)) over (partition by c.market, c.line order by d.day desc) as at_risk, coalesce(l.paid, 0) as paid
      from (select distinct market, line from left_on) c cross join generate_series(${CURVE_FIRST}::int, ${CURVE_LAST}::int) d (day)
        left join left_on l on l.market = c.market and l.line = c.line and l.day = d.day)
    insert into payment_curve_cells (insurer_id, as_of, market, line, day, at_risk, paid)
    select ${insurerId}, ${asOf}, market, line, day, at_risk, paid from days where at_risk > 0`;
  return written.count;
}

async function writeOpen(tx: Tx, insurerId: InsurerId, asOf: PlainDate): Promise<number> {
  const written = await tx`
    insert into cash_cells (insurer_id, as_of, market, line, currency, kind, on_date, bills, amount_minor)
    select ${insurerId}, ${asOf}, p.market, p.line, b.currency, 'open', greatest(b.due_on, ${addDays(asOf, -OLDEST_DAYS)}::date), count(*), sum(b.amount_minor - b.paid_minor)
    from bills b join policies p on p.insurer_id = ${insurerId} and p.holder_id = b.holder_id and p.policy_id = b.policy_id
    where b.insurer_id = ${insurerId} and b.state = 'open' group by p.market, p.line, b.currency, 7`;
  return written.count;
}

/** Policies by their next due date and mode first, then each class's instalments: premiums alone, because levies are known when a bill is issued. */
async function writeToIssue(tx: Tx, insurerId: InsurerId, asOf: PlainDate): Promise<number> {
  const last = addDays(asOf, FORECAST_DAYS - CURVE_FIRST);
  const written = await tx`
    with classes as (
      select market, line, currency, next_due_on, mode, count(*) as bills, sum(premium_minor) as amount from policies
      where insurer_id = ${insurerId} and state in ('in_force', 'grace', 'pending') and next_due_on between ${asOf} and ${last} group by 1, 2, 3, 4, 5),
    instalments as (
      select market, line, currency, bills, amount, (next_due_on + make_interval(months => step * case mode when 'monthly' then 1 when 'quarterly' then 3 else 6 end))::date as due_on
      from classes cross join generate_series(0, 4) step where step = 0 or mode in ('monthly', 'quarterly'))
    insert into cash_cells (insurer_id, as_of, market, line, currency, kind, on_date, bills, amount_minor)
    select ${insurerId}, ${asOf}, market, line, currency, 'to_issue', due_on, sum(bills), sum(amount) from instalments where due_on <= ${last} group by market, line, currency, due_on`;
  return written.count;
}

/** The back-test's side: what was unpaid four weeks ago, and what of it was paid since, day by day. Of the same sample, so that both can be compared. */
async function writeThen(tx: Tx, insurerId: InsurerId, then: PlainDate, asOf: PlainDate): Promise<number> {
  const written = await tx`
    insert into cash_cells (insurer_id, as_of, market, line, currency, kind, on_date, bills, amount_minor)
    select ${insurerId}::int, ${then}::date, market, line, currency, 'open', due_on, count(*), sum(amount_minor) from sampled_bills
    where (paid_on is null or paid_on >= ${then}) and due_on <= ${then}::date + ${BACK_TEST_DAYS - CURVE_FIRST}::int group by market, line, currency, due_on
    union all
    select ${insurerId}::int, ${then}::date, market, line, currency, 'paid', paid_on, count(*), sum(amount_minor) from sampled_bills
    where paid_on >= ${then} and paid_on < ${asOf} and due_on >= ${then}::date - ${CURVE_LAST}::int group by market, line, currency, paid_on`;
  return written.count;
}

async function writeEffort(tx: Tx, insurerId: InsurerId, timeZone: string, day: PlainDate): Promise<number> {
  const [from, until] = [new Date(momentOf(day, 0, timeZone)), new Date(momentOf(addDays(day, 1), 0, timeZone))];
  await tx`delete from effort_cells where insurer_id = ${insurerId} and on_date = ${day}`;
  const written = await tx`
    with facts as (
      select holder_id, currency, minutes::float8 as minutes, 0::bigint as cash from decisions where insurer_id = ${insurerId} and decided_on = ${day} and minutes > 0
      union all
      select y.holder_id, y.currency, 0, y.amount_minor from payments y
      where y.insurer_id = ${insurerId} and y.state = 'succeeded' and y.provider <> 'inforce' and y.settled_at >= ${from} and y.settled_at < ${until}
        and exists (select from decisions d where d.insurer_id = ${insurerId} and d.holder_id = y.holder_id and d.bill_id = y.bill_id and d.minutes > 0
          and d.decided_on between ${day}::date - ${EFFORT_DAYS}::int and ${day}::date))
    insert into effort_cells (insurer_id, on_date, market, currency, minutes, cash_minor)
    select ${insurerId}, ${day}, h.market, f.currency, sum(f.minutes), sum(f.cash) from facts f join holders h on h.insurer_id = ${insurerId} and h.holder_id = f.holder_id group by h.market, f.currency`;
  return written.count;
}
