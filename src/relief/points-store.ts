/** Points in the database and in the books: earned with a payment, taken back with it, spent on a bill, expired by day, given for healthy days. Everything by sets. */

import { type Tx } from '../database/index.ts';
import { type BillId, type Currency, fail, type HolderId, type InsurerId, type Moment, ok, type PaymentId, type PlainDate, type PolicyId, type Result } from '../kernel/index.ts';
import { entry, turnRound, writePostings } from '../ledger/index.ts';
import { payOwnMoney } from '../payments/index.ts';
import { earnedBy, expiryOf, isHeldOut, tierOf } from './points.ts';
import { type PointTerms, readTerms } from './terms.ts';

const HABITS_CONSENT = 'healthy_habits';

type Named = { readonly holderId: HolderId; readonly billId: BillId };
type NewEntry = { readonly holderId: HolderId; readonly kind: 'earned' | 'expired'; readonly source: string; readonly points: number; readonly amountMinor: bigint; readonly currency: Currency; readonly expiresOn: PlainDate | null; readonly paymentId: PaymentId | null; readonly billId: BillId | null };

type PaidRow = {
  holder_id: HolderId; bill_id: BillId; policy_id: PolicyId; currency: Currency; due_on: PlainDate; paid_on: PlainDate; paid_by: string | null; payment_id: PaymentId; own_parts: number; on_time: number; in_a_row: number;
};
const AUTOMATIC = new Set(['autopay', 'direct_debit']);

/** What bills that were paid just now earn. Returns how many entries are new. */
export async function earnPoints(tx: Tx, insurerId: InsurerId, paid: readonly Named[], on: PlainDate): Promise<number> {
  if (paid.length === 0) return 0;
  const { points: { terms } } = await readTerms(tx, insurerId);
  if (!terms.on) return 0;
  const rows = await tx<PaidRow[]>`
    select b.holder_id, b.bill_id, b.policy_id, b.currency, b.due_on, b.paid_on, b.paid_by, last.payment_id, last.own_parts, on_time.count as on_time,
      (select count(*)::int from bills r where r.insurer_id = b.insurer_id and r.holder_id = b.holder_id and r.state = 'paid' and r.paid_on <= r.due_on and r.due_on <= b.due_on
        and r.due_on > coalesce((
          select max(l.due_on) from bills l where l.insurer_id = b.insurer_id and l.holder_id = b.holder_id and l.due_on < b.due_on and l.state <> 'cancelled' and (l.paid_on is null or l.paid_on > l.due_on)), '-infinity')) as in_a_row
    from (select distinct * from unnest(${paid.map(({ holderId }) => holderId)}::bigint[], ${paid.map(({ billId }) => billId)}::bigint[])) as n(holder_id, bill_id)
      join bills b on b.insurer_id = ${insurerId} and b.holder_id = n.holder_id and b.bill_id = n.bill_id and b.state = 'paid'
      join lateral (
        select max(y.payment_id) as payment_id, count(*)::int as own_parts from allocations a join payments y using (insurer_id, holder_id, payment_id)
        where a.insurer_id = b.insurer_id and a.holder_id = b.holder_id and a.bill_id = b.bill_id and y.state = 'succeeded' and y.provider <> 'inforce') last on last.payment_id is not null
      join lateral (
        select count(*)::int from bills t where t.insurer_id = b.insurer_id and t.holder_id = b.holder_id and t.state = 'paid' and t.paid_on <= t.due_on) on_time on true`;
  const entries = rows.filter((row) => !isHeldOut(row.holder_id, terms.hold_out_percent)).flatMap((row) => earnedBy(terms, {
    dueOn: row.due_on, paidOn: row.paid_on, inFull: row.own_parts === 1, autopay: AUTOMATIC.has(row.paid_by ?? ''), onTime: row.on_time, inARow: row.in_a_row,
  }).map(({ rule, points }): NewEntry => ({
    holderId: row.holder_id, kind: 'earned', source: `payment:${row.payment_id}:bill:${row.bill_id}:${rule}`, points, amountMinor: BigInt(points * terms.value_minor), currency: row.currency, expiresOn: expiryOf(terms, on),
    paymentId: row.payment_id, billId: row.bill_id,
  })));
  return writeEntries(tx, insurerId, entries, on);
}

async function writeEntries(tx: Tx, insurerId: InsurerId, entries: readonly NewEntry[], on: PlainDate): Promise<number> {
  if (entries.length === 0) return 0;
  const rows = entries.map((e) => ({ h: e.holderId, k: e.kind, s: e.source, p: e.points, a: String(e.amountMinor), c: e.currency, x: e.expiresOn, y: e.paymentId, b: e.billId }));
  const written = await tx<{ entry_id: number; holder_id: HolderId; kind: 'earned' | 'expired'; amount_minor: bigint; currency: Currency; bill_id: BillId | null }[]>`
    insert into point_entries (insurer_id, holder_id, kind, source, points, amount_minor, currency, on_date, expires_on, payment_id, bill_id)
    select ${insurerId}::int, h, k, s, p, a, c, ${on}::date, x, y, b from jsonb_to_recordset(${tx.json(rows)}) as r(h bigint, k text, s text, p int, a bigint, c text, x date, y bigint, b bigint)
    on conflict do nothing returning entry_id, holder_id, kind, amount_minor, currency, bill_id`;
  await writePostings(tx, insurerId, written.map((row) => entry(row.kind === 'earned' ? 'points_earned' : 'points_expired', {
    holderId: row.holder_id, policyId: null, billId: row.bill_id, bookedOn: on, amountMinor: row.amount_minor, currency: row.currency, sourceId: row.entry_id,
  })));
  return written.length;
}

/** Points whose payment has gone back, or whose bill is no longer paid, go back too; what has expired since is gone already. */
export async function takeBackPoints(tx: Tx, insurerId: InsurerId, holderIds: readonly number[], on: PlainDate): Promise<number> {
  if (holderIds.length === 0) return 0;
  const back = await tx<{ entry_id: number }[]>`
    update point_entries e set reversed_on = ${on}
    from payments y, bills b
    where e.insurer_id = ${insurerId} and e.holder_id = any(${[...new Set(holderIds)]}::bigint[]) and e.kind = 'earned' and e.reversed_on is null and e.payment_id is not null and e.expires_on > ${on}
      and y.insurer_id = e.insurer_id and y.holder_id = e.holder_id and y.payment_id = e.payment_id and b.insurer_id = e.insurer_id and b.holder_id = e.holder_id and b.bill_id = e.bill_id
      and (y.state <> 'succeeded' or b.state <> 'paid') returning e.entry_id`;
  if (back.length === 0) return 0;
  await turnRound(tx, insurerId, tx`p.holder_id = any(${[...new Set(holderIds)]}::bigint[]) and p.source_kind = 'points' and p.source_id = any(${back.map(({ entry_id: id }) => id)}::bigint[])`, 'returned', on);
  return back.length;
}

/** What has expired by the day, of holders in a range. Run again it finds nothing. */
export async function expirePoints(tx: Tx, insurerId: InsurerId, on: PlainDate, range: { readonly from: number; readonly to: number }): Promise<number> {
  const lost = await tx<{ holder_id: HolderId; currency: Currency; points: number; amount_minor: bigint }[]>`
    with old as (
      select holder_id, currency, sum(points)::int as points, sum(amount_minor) / sum(points) as each from point_entries
      where insurer_id = ${insurerId} and holder_id between ${range.from} and ${range.to} and kind = 'earned' and reversed_on is null and expires_on <= ${on} group by 1, 2),
    used as (
      select e.holder_id, e.currency, sum(e.points)::int as points from point_entries e
        left join payments y on y.insurer_id = ${insurerId} and y.holder_id between ${range.from} and ${range.to} and y.holder_id = e.holder_id and y.payment_id = e.payment_id
      where e.insurer_id = ${insurerId} and e.holder_id between ${range.from} and ${range.to} and e.holder_id in (select holder_id from old) and (e.kind = 'expired' or (e.kind = 'spent' and y.state = 'succeeded'))
      group by 1, 2)
    select o.holder_id, o.currency, o.points - coalesce(u.points, 0) as points, round((o.points - coalesce(u.points, 0)) * o.each)::bigint as amount_minor
    from old o left join used u using (holder_id, currency) where o.points > coalesce(u.points, 0) order by 1, 2`;
  return writeEntries(tx, insurerId, lost.map((row) => ({
    holderId: row.holder_id, kind: 'expired', source: `expired:${on}:${row.currency}`, points: row.points, amountMinor: row.amount_minor, currency: row.currency, expiresOn: null, paymentId: null, billId: null,
  })), on);
}

export type PointLine = {
  readonly entry_id: number; readonly kind: 'earned' | 'spent' | 'expired'; readonly source: string; readonly points: number; readonly amount_minor: bigint; readonly currency: Currency; readonly on_date: PlainDate; readonly expires_on: PlainDate | null;
  readonly bill_id: BillId | null; readonly void: boolean;
};
export type PointAccount = {
  readonly on: boolean; readonly value_minor: number; readonly balances: readonly { readonly currency: Currency; readonly points: number; readonly amount_minor: bigint }[];
  readonly tier: string; readonly on_time: number; readonly next_tier_in: number | null; readonly lines: readonly PointLine[];
};
const LINES_MAX = 100;

export async function pointAccount(tx: Tx, insurerId: InsurerId, holderId: HolderId): Promise<PointAccount> {
  const [{ points: { terms } }, lines, balances, [counted]] = await Promise.all([
    readTerms(tx, insurerId),
    tx<PointLine[]>`
      select e.entry_id, e.kind, e.source, e.points, e.amount_minor, e.currency, e.on_date, e.expires_on, e.bill_id, (e.reversed_on is not null or (e.kind = 'spent' and y.state is distinct from 'succeeded')) as void
      from point_entries e left join payments y using (insurer_id, holder_id, payment_id) where e.holder_id = ${holderId} order by e.entry_id desc limit ${LINES_MAX}`,
    readBalances(tx, holderId),
    tx<{ on_time: number }[]>`select count(*)::int as on_time from bills where holder_id = ${holderId} and state = 'paid' and paid_on <= due_on`,
  ]);
  const onTime = counted?.on_time ?? 0;
  const { name, next } = tierOf(terms, onTime);
  return { on: terms.on, value_minor: terms.value_minor, balances: balances.map(({ currency, points }) => ({ currency, points, amount_minor: BigInt(points * terms.value_minor) })), tier: name, on_time: onTime, next_tier_in: next, lines };
}

const readBalances = (tx: Tx, holderId: HolderId) => tx<{ currency: Currency; points: number }[]>`
  select e.currency, sum(case when e.kind = 'earned' then e.points else -e.points end)::int as points
  from point_entries e left join payments y using (insurer_id, holder_id, payment_id)
  where e.holder_id = ${holderId} and e.reversed_on is null and (e.kind <> 'spent' or y.state = 'succeeded') group by 1 order by 1`;

export type SpendPoints = { readonly holderId: HolderId; readonly billId: BillId; readonly points: number; readonly at: Moment; readonly on: PlainDate };

/** Points pay part of a bill. Problems: `points_are_off`, `not_found`, `points_too_few` with `points`, and those of `payOwnMoney`. */
export async function spendPoints(tx: Tx, insurerId: InsurerId, { holderId, billId, points, at, on }: SpendPoints): Promise<Result<{ readonly amountMinor: bigint; readonly currency: Currency; readonly leftPoints: number }>> {
  await tx`select from holders where holder_id = ${holderId} for no key update`;
  const { points: { terms } } = await readTerms(tx, insurerId);
  if (!terms.on) return fail('points_are_off');
  const [bill] = await tx<{ currency: Currency; times: number }[]>`
    select b.currency, (select count(*)::int from point_entries e where e.holder_id = b.holder_id and e.bill_id = b.bill_id and e.kind = 'spent') as times from bills b where b.holder_id = ${holderId} and b.bill_id = ${billId}`;
  if (bill === undefined) return fail('not_found');
  const { currency, times } = bill;
  const held = (await readBalances(tx, holderId)).find((one) => one.currency === currency)?.points ?? 0;
  if (points > held) return fail('points_too_few', { points: held, currency });
  const amountMinor = BigInt(points * terms.value_minor);
  const source = `spent:${billId}:${times + 1}`;
  const done = await payOwnMoney(tx, { insurerId }, [{ holderId, billId, method: 'points_spent', amountMinor, currency, reference: source }], { at, on });
  if (!done.ok) return done;
  const paymentId = done.value.booked[0]?.paymentId;
  if (paymentId === undefined) throw new Error('points were spent before under this name');
  await tx`
    insert into point_entries (insurer_id, holder_id, kind, source, points, amount_minor, currency, on_date, payment_id, bill_id)
    values (${insurerId}, ${holderId}, 'spent', ${source}, ${points}, ${String(amountMinor)}, ${currency}, ${on}, ${paymentId}, ${billId})`;
  return ok({ amountMinor, currency, leftPoints: held - points });
}

/** A day's steps of a holder who agreed to it; a goal that is reached earns points once. Problems: `not_found`, `consent_missing`. */
export async function recordHabitDay(tx: Tx, insurerId: InsurerId, { holderId, on, steps }: { readonly holderId: HolderId; readonly on: PlainDate; readonly steps: number }): Promise<Result<{ readonly points: number }>> {
  const { points: { terms } } = await readTerms(tx, insurerId);
  const [holder] = await tx<{ agreed: boolean; currency: Currency | null }[]>`
    select ${HABITS_CONSENT} = any(h.consents) as agreed, (select p.currency from policies p where p.holder_id = h.holder_id order by p.policy_id limit 1) as currency from holders h where h.holder_id = ${holderId} for no key update`;
  if (holder === undefined) return fail('not_found');
  if (!holder.agreed) return fail('consent_missing', { purpose: HABITS_CONSENT });
  const fresh = await tx`insert into habit_days (insurer_id, holder_id, on_date, steps) values (${insurerId}, ${holderId}, ${on}, ${steps}) on conflict do nothing`;
  const points = healthyPoints(terms, steps);
  if (fresh.count === 0 || points === 0 || holder.currency === null || isHeldOut(holderId, terms.hold_out_percent)) return ok({ points: 0 });
  const written = await writeEntries(tx, insurerId, [{
    holderId, kind: 'earned', source: `habit:${on}`, points, amountMinor: BigInt(points * terms.value_minor), currency: holder.currency, expiresOn: expiryOf(terms, on), paymentId: null, billId: null,
  }], on);
  return ok({ points: written === 0 ? 0 : points });
}

const healthyPoints = ({ on, earn: { healthy_day: day } }: PointTerms, steps: number): number => (on && steps >= day.steps ? day.points : 0);

/** The holder agrees no more: the days are deleted, what was earned for them stays without saying when. */
export async function forgetHabits(tx: Tx, holderId: HolderId): Promise<{ readonly days: number }> {
  await tx`update holders set consents = array_remove(consents, ${HABITS_CONSENT}) where holder_id = ${holderId}`;
  const gone = await tx`delete from habit_days where holder_id = ${holderId}`;
  await tx`update point_entries set source = 'habit:' || entry_id where holder_id = ${holderId} and source ~ '^habit:\\d{4}-'`;
  return { days: gone.count };
}
