/** One day, side by side: what the bank and the providers say has come in, and what the books say; whatever is on one side alone is named. */

import { type Tx } from '../database/index.ts';
import { addDays, type Currency, momentOf, type PlainDate } from '../kernel/index.ts';

export const LEFT_REASONS = ['not_booked', 'other_day', 'amount_differs', 'not_reported'] as const;
export type DaySide = { readonly side: 'bank' | 'providers'; readonly currency: Currency; readonly reported: number; readonly reportedMinor: bigint; readonly booked: number; readonly bookedMinor: bigint };
export type DayLeft = {
  readonly side: DaySide['side']; readonly kind: 'payment' | 'receipt'; readonly id: number; readonly holderId: number | null; readonly currency: Currency; readonly reportedMinor: bigint; readonly bookedMinor: bigint;
  readonly reason: (typeof LEFT_REASONS)[number];
};
const LEFT_MAX = 200;

/** A payment counts on the day on which its provider or the bank settled it, whatever became of it later. */
export async function reconcileDay(tx: Tx, on: PlainDate, timeZone: string): Promise<{ readonly sides: readonly DaySide[]; readonly left: readonly DayLeft[]; readonly leftCount: number }> {
  const [from, to] = [new Date(momentOf(on, 0, timeZone)), new Date(momentOf(addDays(on, 1), 0, timeZone))];
  const matched = tx`
    with reported as (
      select case when provider = 'bank' then 'bank' else 'providers' end as side, 'payment' as kind, payment_id as id, holder_id, currency::text as currency, amount_minor::bigint as amount from payments
      where settled_at >= ${from} and settled_at < ${to} and provider <> 'inforce' and state in ('succeeded', 'refunded')
      union all
      select 'bank', 'receipt', receipt_id, null, currency::text, amount_minor from unmatched_receipts where booked_on = ${on} and times_given = 0),
    booked as (
      select case debit_account when 'bank' then 'bank' else 'providers' end as side, case source_kind when 'payment' then 'payment' else 'receipt' end as kind, source_id as id,
        min(nullif(holder_id, 0)) as holder_id, currency::text as currency, sum(amount_minor)::bigint as amount from postings p
      where booked_on = ${on} and debit_account in ('bank', 'provider_clearing') and source_kind in ('payment', 'suspense')
        and not (source_kind = 'suspense' and exists (select from unmatched_receipts u where u.receipt_id = p.source_id and u.times_given > 0)) group by 1, 2, 3, 5),
    matched as (
      select coalesce(r.side, b.side) as side, coalesce(r.kind, b.kind) as kind, coalesce(r.id, b.id) as id, coalesce(r.holder_id, b.holder_id) as holder_id, coalesce(r.currency, b.currency) as currency,
        coalesce(r.amount, 0) as reported, coalesce(b.amount, 0) as booked, r.id is not null as is_reported, b.id is not null as is_booked
      from reported r full join booked b on b.side = r.side and b.kind = r.kind and b.id = r.id and b.currency = r.currency)`;
  const sides = await tx<(Omit<DaySide, 'reportedMinor' | 'bookedMinor'> & { reported_minor: bigint; booked_minor: bigint })[]>`
    ${matched} select side, currency, (count(*) filter (where is_reported))::int as reported, sum(reported)::bigint as reported_minor, (count(*) filter (where is_booked))::int as booked, sum(booked)::bigint as booked_minor
    from matched group by side, currency order by side, currency`;
  const left = await tx<(Omit<DayLeft, 'reportedMinor' | 'bookedMinor' | 'holderId'> & { holder_id: number | null; reported_minor: bigint; booked_minor: bigint; n: number })[]>`
    ${matched} select m.side, m.kind, m.id, m.holder_id, m.currency, m.reported as reported_minor, m.booked as booked_minor, (count(*) over ())::int as n,
      case when m.is_reported and m.is_booked then 'amount_differs' when m.is_booked then 'not_reported'
        when exists (select from postings p where p.holder_id = coalesce(m.holder_id, 0) and p.source_kind = case m.kind when 'payment' then 'payment' else 'suspense' end and p.source_id = m.id) then 'other_day'
        else 'not_booked' end as reason
    from matched m where m.reported <> m.booked order by m.side, m.currency, m.kind, m.id limit ${LEFT_MAX}`;
  return {
    sides: sides.map(({ reported_minor: reportedMinor, booked_minor: bookedMinor, ...side }) => ({ ...side, reportedMinor, bookedMinor })),
    left: left.map(({ holder_id: holderId, reported_minor: reportedMinor, booked_minor: bookedMinor, n: _n, ...one }) => ({ ...one, holderId, reportedMinor, bookedMinor })), leftCount: left[0]?.n ?? 0,
  };
}
