/**
 * What the parts “How they pay” and “What it brings” of the dashboard read, written by the stage `report`: payments by device, contacts against policies that ended,
 * reasons of lateness, the dearest policies, what each step did, and the level of the data. Each in sets; what could grow with the past is read along an index by day.
 */

import { type Tx } from '../../database/index.ts';
import { DEFAULT_RATES, maturity, MONTHS_BACK } from '../../insight/index.ts';
import { addDays, addMonths, type InsurerId, momentOf, type PlainDate } from '../../kernel/index.ts';

/** Contacts of so many days are set against the policies that ended in them. */
const PRESSURE_DAYS = 90;
/** The book is walked for it once in so many days: what it says changes slowly. */
const PRESSURE_EVERY_DAYS = 7;
/** Money that is booked so many days after it came still reaches its month. */
const LATE_BOOKING_DAYS = 7;
const YEAR_DAYS = 365;
/** The dearest of each market, line and currency; a person looks no further. */
const LOSS_POLICIES_MAX = 50;

/** `first`: the first of the days that are complete since the last cycle. */
type Days = { readonly asOf: PlainDate; readonly first: PlainDate; readonly isFirst: boolean };

export async function writeResultCells(tx: Tx, insurerId: InsurerId, timeZone: string, days: Days): Promise<number> {
  const written = [
    await writePayments(tx, insurerId, timeZone, days), await writePressure(tx, insurerId, timeZone, days.asOf), await writeReasons(tx, insurerId, days.asOf),
    await writeLosses(tx, insurerId, days.asOf), await writeSteps(tx, insurerId, timeZone, days), await writeLevel(tx, insurerId, days.asOf),
  ];
  return written.reduce((sum, count) => sum + count, 0);
}

const monthOf = (day: PlainDate): PlainDate => `${day.slice(0, 7)}-01` as PlainDate;

/** The months that the new days lie in, whole; an insurer's first report: all that the dashboard shows. */
async function writePayments(tx: Tx, insurerId: InsurerId, timeZone: string, { asOf, first, isFirst }: Days): Promise<number> {
  const from = isFirst ? addMonths(monthOf(asOf), -MONTHS_BACK) : monthOf(addDays(first, -LATE_BOOKING_DAYS));
  await tx`delete from payment_cells where insurer_id = ${insurerId} and month >= ${from}`;
  const written = await tx`
    with came as (
      select y.holder_id, y.bill_id, y.method, y.currency, y.amount_minor, coalesce(y.device, 'bank') as device, (y.settled_at at time zone ${timeZone})::date as on_day
      from payments y
      where y.insurer_id = ${insurerId} and y.state = 'succeeded' and y.provider <> 'inforce' and y.settled_at >= ${new Date(momentOf(from, 0, timeZone))} and y.settled_at < ${new Date(momentOf(asOf, 0, timeZone))})
    insert into payment_cells (insurer_id, month, market, line, currency, method, device, payments, days_to_cash, amount_minor)
    select ${insurerId}, date_trunc('month', c.on_day::timestamp)::date, p.market, p.line, c.currency, c.method, c.device, count(*), sum(c.on_day - b.issued_on), sum(c.amount_minor)
    from came c join bills b on b.insurer_id = ${insurerId} and b.holder_id = c.holder_id and b.bill_id = c.bill_id
      join policies p on p.insurer_id = ${insurerId} and p.holder_id = c.holder_id and p.policy_id = b.policy_id
    group by 2, p.market, p.line, c.currency, c.method, c.device`;
  return written.count;
}

/** Policies that were in force when the days began; a policy ends by lapse, cancellation or without renewal. Receipts are no pressure. */
async function writePressure(tx: Tx, insurerId: InsurerId, timeZone: string, asOf: PlainDate): Promise<number> {
  const from = addDays(asOf, -PRESSURE_DAYS);
  const [known] = await tx<{ fresh: boolean }[]>`
    select exists (select from pressure_cells where insurer_id = ${insurerId} and as_of > ${addDays(asOf, -PRESSURE_EVERY_DAYS)} and as_of < ${asOf}) as fresh`;
  if (known?.fresh === true) return 0;
  await tx`delete from pressure_cells where insurer_id = ${insurerId}`;
  const written = await tx`
    with touched as (
      select holder_id, count(*) as contacts from contacts
      where insurer_id = ${insurerId} and sent_at >= ${new Date(momentOf(from, 0, timeZone))} and sent_at < ${new Date(momentOf(asOf, 0, timeZone))} and state in ('sent', 'delivered', 'done', 'unconfirmed') and purpose not in ('receipt', 'bill') group by holder_id),
    policies_then as (
      select holder_id, market, line, state in ('lapsed', 'cancelled', 'ended') as ended from policies
      where insurer_id = ${insurerId} and cover_from <= ${from} and (state in ('in_force', 'grace', 'suspended') or (state in ('lapsed', 'cancelled', 'ended') and state_since > ${from})))
    insert into pressure_cells (insurer_id, market, line, contacts, as_of, policies, ended)
    select ${insurerId}, p.market, p.line, least(5, coalesce(t.contacts, 0)), ${asOf}, count(*), count(*) filter (where p.ended)
    from policies_then p left join touched t on t.holder_id = p.holder_id group by p.market, p.line, 4`;
  return written.count;
}

async function writeReasons(tx: Tx, insurerId: InsurerId, asOf: PlainDate): Promise<number> {
  await tx`delete from reason_cells where insurer_id = ${insurerId}`;
  const written = await tx`
    insert into reason_cells (insurer_id, market, line, currency, reason, as_of, bills, amount_minor)
    select ${insurerId}, p.market, p.line, b.currency, r.reason, ${asOf}, count(*), sum(b.amount_minor)
    from late_reasons r join bills b on b.insurer_id = ${insurerId} and b.holder_id = r.holder_id and b.bill_id = r.bill_id
      join policies p on p.insurer_id = ${insurerId} and p.holder_id = b.holder_id and p.policy_id = b.policy_id
    where r.insurer_id = ${insurerId} and r.coded_at >= ${addDays(asOf, -YEAR_DAYS)}::date and b.state not in ('cancelled', 'held') and b.due_on < ${asOf} and (b.paid_on is null or b.paid_on > b.due_on)
    group by p.market, p.line, b.currency, r.reason`;
  return written.count;
}

/** By what they cost at the usual rate for capital; the page reckons with the insurer's own. */
async function writeLosses(tx: Tx, insurerId: InsurerId, asOf: PlainDate): Promise<number> {
  const yearAgo = addDays(asOf, -YEAR_DAYS);
  await tx`delete from loss_policies where insurer_id = ${insurerId}`;
  const written = await tx`
    with lost as (
      select holder_id, policy_id, currency, amount_minor - paid_minor as late, (amount_minor - paid_minor)::numeric * (${asOf}::date - due_on) as late_days, 0::bigint as written_off
      from bills where insurer_id = ${insurerId} and state = 'open' and due_on < ${asOf}
      union all
      select holder_id, policy_id, currency, 0, 0, amount_minor - paid_minor from bills where insurer_id = ${insurerId} and closed_on > ${yearAgo} and state = 'written_off'),
    by_policy as (select holder_id, policy_id, currency, sum(late) as late, sum(late_days) as late_days, sum(written_off) as written_off from lost group by 1, 2, 3),
    ranked as (
      select l.*, p.market, p.line, row_number() over (partition by p.market, p.line, l.currency order by l.late_days * ${DEFAULT_RATES.capital_annual}::numeric / ${YEAR_DAYS}::int + l.written_off desc, l.holder_id, l.policy_id) as place
      from by_policy l join policies p on p.insurer_id = ${insurerId} and p.holder_id = l.holder_id and p.policy_id = l.policy_id)
    insert into loss_policies (insurer_id, holder_id, policy_id, as_of, currency, market, line, late_minor, late_days_minor, written_off_minor, operating_minor)
    select ${insurerId}, r.holder_id, r.policy_id, ${asOf}, r.currency, r.market, r.line, r.late, r.late_days, r.written_off, d.cost
    from ranked r cross join lateral (
      select coalesce(sum(cost_minor), 0) as cost from decisions d
      where d.insurer_id = ${insurerId} and d.holder_id = r.holder_id and d.policy_id = r.policy_id and d.currency = r.currency and d.decided_on > ${yearAgo} and d.action <> 'nothing') d
    where r.place <= ${LOSS_POLICIES_MAX}`;
  return written.count;
}

/** What the cycle did is known for all markets together, what left and what came in for each. */
async function writeSteps(tx: Tx, insurerId: InsurerId, timeZone: string, { asOf, first }: Days): Promise<number> {
  const last = addDays(asOf, -1);
  const [from, until] = [new Date(momentOf(first, 0, timeZone)), new Date(momentOf(asOf, 0, timeZone))];
  await tx`delete from step_days where insurer_id = ${insurerId} and on_date between ${first} and ${last}`;
  const written = await tx`
    with steps as (
      select business_date as on_date, '' as market, case stage when 'bill' then 'bills_issued' else 'contacts_queued' end as step, sum(rows_written) as done from cycle_partitions
      where insurer_id = ${insurerId} and business_date between ${first} and ${last} and stage in ('bill', 'dispatch') and done_at is not null group by 1, 3
      union all
      select sent_on, market, step, sum(done) from contact_cells cross join lateral (values ('messages_sent', sent), ('messages_delivered', delivered)) s (step, done)
      where insurer_id = ${insurerId} and sent_on between ${first} and ${last} and channel in ('email', 'sms', 'push', 'wechat') group by 1, 2, 3
      union all
      select y.on_date, h.market, y.step, count(*) from (
        select holder_id, (created_at at time zone ${timeZone})::date as on_date, 'checkouts_opened' as step from payments
        where insurer_id = ${insurerId} and state in ('created', 'pending', 'succeeded', 'failed', 'refunded') and created_at >= ${from} and created_at < ${until} and provider not in ('bank', 'inforce')
        union all
        select holder_id, (settled_at at time zone ${timeZone})::date, case provider when 'bank' then 'bank_lines' else 'payments_received' end from payments
        where insurer_id = ${insurerId} and state = 'succeeded' and provider <> 'inforce' and settled_at >= ${from} and settled_at < ${until}) y
      join holders h on h.insurer_id = ${insurerId} and h.holder_id = y.holder_id group by 1, 2, 3)
    insert into step_days (insurer_id, on_date, market, step, done)
    select ${insurerId}, on_date, market, step, coalesce(done, 0) from steps`;
  return written.count;
}

/** Written when it changes. */
async function writeLevel(tx: Tx, insurerId: InsurerId, asOf: PlainDate): Promise<number> {
  const { level } = await maturity(tx);
  const written = await tx`
    insert into maturity_levels (insurer_id, from_on, level)
    select ${insurerId}, ${asOf}::date, ${level}::smallint
    where ${level}::int is distinct from (select level from maturity_levels where insurer_id = ${insurerId} and from_on < ${asOf} order by from_on desc limit 1)
    on conflict (insurer_id, from_on) do update set level = excluded.level`;
  return written.count;
}
