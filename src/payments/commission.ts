/** A producer's commission is earned when a premium is paid, in the payment's own transaction, and goes back with the payment. */

import { type Tx } from '../database/index.ts';
import { type BillId, type Currency, type HolderId, type InsurerId, type PlainDate, type PolicyId } from '../kernel/index.ts';
import { entry, turnRound, writePostings } from '../ledger/index.ts';
import { type Settled } from './settle.ts';

type Insurer = { readonly insurerId: InsurerId };
/** What we give up or discount ourselves is no premium that a producer has brought. */
const EARNS_NOTHING = ['small_balance', 'early_discount'];

type Earned = { commission_id: number; holder_id: HolderId; policy_id: PolicyId; bill_id: BillId; amount_minor: bigint; currency: Currency; earned_on: PlainDate };

/** For payments that were booked now, in sets: of each part the premium's share, at the rate that held when the bill fell due. Each part is rounded half up by itself. */
export async function earnCommission(tx: Tx, { insurerId }: Insurer, { booked }: Settled): Promise<void> {
  if (booked.length === 0) return;
  const earned = await tx<Earned[]>`
    with parts as (
      select a.holder_id, a.payment_id, a.bill_id, b.policy_id, s.producer_id, b.currency, a.booked_on, round(a.amount_minor::numeric * b.premium_minor / b.amount_minor)::bigint as premium, r.rate_ppm
      from unnest(${booked.map(({ holderId }) => holderId)}::bigint[], ${booked.map(({ paymentId }) => paymentId)}::bigint[]) as n(holder_id, payment_id)
        join payments y on y.insurer_id = ${insurerId} and y.holder_id = n.holder_id and y.payment_id = n.payment_id and y.state = 'succeeded' and y.method <> all(${EARNS_NOTHING})
        join allocations a on a.insurer_id = y.insurer_id and a.holder_id = y.holder_id and a.payment_id = y.payment_id
        join bills b on b.insurer_id = a.insurer_id and b.holder_id = a.holder_id and b.bill_id = a.bill_id and b.amount_minor > 0
        join policies p on p.insurer_id = b.insurer_id and p.holder_id = b.holder_id and p.policy_id = b.policy_id
        join policy_producers s on s.insurer_id = p.insurer_id and s.holder_id = p.holder_id and s.policy_id = p.policy_id and s.since <= b.due_on
        join lateral (
          select rate_ppm from commission_rates c where c.insurer_id = p.insurer_id and c.line = p.line and c.from_on <= b.due_on and (c.producer_id is null or c.producer_id = s.producer_id)
            and c.policy_year = case when b.period_from < p.cover_from + interval '1 year' then 'first' else 'renewal' end
          order by c.producer_id is null, c.from_on desc limit 1) r on true)
    insert into commissions (insurer_id, holder_id, payment_id, bill_id, policy_id, producer_id, premium_minor, rate_ppm, amount_minor, currency, earned_on)
    select ${insurerId}::int, holder_id, payment_id, bill_id, policy_id, producer_id, premium, rate_ppm, round(premium::numeric * rate_ppm / 1000000)::bigint, currency, booked_on
    from parts where round(premium::numeric * rate_ppm / 1000000) > 0 on conflict (insurer_id, holder_id, payment_id, bill_id) do nothing
    returning commission_id, holder_id, policy_id, bill_id, amount_minor, currency, earned_on`;
  await writePostings(tx, insurerId, earned.map((row) => entry('commission_earned', {
    holderId: row.holder_id, policyId: row.policy_id, billId: row.bill_id, bookedOn: row.earned_on, amountMinor: row.amount_minor, currency: row.currency, sourceId: row.commission_id })));
}

/** Of payments of these holders that do not stand any more. */
export async function clawBackCommission(tx: Tx, { insurerId }: Insurer, holderIds: readonly HolderId[], on: PlainDate): Promise<void> {
  if (holderIds.length === 0) return;
  const gone = await tx<{ commission_id: number; holder_id: HolderId }[]>`
    update commissions c set reversed_on = ${on} from payments y
    where c.holder_id = any(${[...new Set(holderIds)]}::bigint[]) and c.reversed_on is null and y.insurer_id = c.insurer_id and y.holder_id = c.holder_id and y.payment_id = c.payment_id and y.state <> 'succeeded'
    returning c.commission_id, c.holder_id`;
  if (gone.length === 0) return;
  await turnRound(tx, insurerId, tx`p.holder_id = any(${gone.map((one) => one.holder_id)}::bigint[]) and p.source_kind = 'commission' and p.rule = 'commission_earned' and p.source_id = any(${gone.map((one) => one.commission_id)}::bigint[])`, 'returned', on);
}
