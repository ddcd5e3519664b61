/** Stage `age`: open bills move along their policy's legal timeline: due, grace, late, suspended, lapsed; the policy follows its worst bill; and what being late costs by what its bill announced. */

import { ageingStateOf } from '../../compliance/index.ts';
import { copyToTemporary, type Tx } from '../../database/index.ts';
import { addDays, type BillId, type HolderId, type PlainDate, type PolicyId } from '../../kernel/index.ts';
import { entry, writePostings } from '../../ledger/index.ts';
import { gateColumns, gateFactsOf, type GateRow } from '../../outreach/index.ts';
import { legalEventsOf, type SentContact } from '../legal-events.ts';
import { expirePoints } from '../../relief/index.ts';
import { movePlans } from '../plans-moved.ts';
import { type HolderRange, type Stage, type StageContext, type StageCounts } from '../stage.ts';
import { chargeLateFees } from './late-fees.ts';
import { clearSmallBalances } from './small-balances.ts';

/** House rule: what has been lapsed for so long is written off; recovery stays possible. */
const WRITE_OFF_DAYS = 90;

export const ageStage: Stage = { name: 'age', partitioned: true, work: age };

type AgeRow = GateRow & { readonly stage: string; readonly stage_since: PlainDate | null; readonly sent: readonly SentContact[] | null };

async function age(tx: Tx, context: StageContext, range: HolderRange): Promise<StageCounts> {
  const { insurer: { insurerId }, businessDate, packs } = context;
  const { from, to } = range;
  const plans = await movePlans(tx, insurerId, range, businessDate);
  const rows = await tx<AgeRow[]>`
    with moving as (
      select * from bills
      where insurer_id = ${insurerId} and holder_id between ${from} and ${to} and state = 'open'
        and (stage_since is null or next_change_on <= ${businessDate} or waits_for is not null)
        -- No cover ends for late fees and interest.
        and paid_minor < amount_minor - fees_minor),
    sent as (
      select c.holder_id, c.bill_id, json_agg(json_build_object('purpose', c.purpose, 'channel', c.channel, 'sent_on', (c.sent_at at time zone h.time_zone)::date)) as sent
      from contacts c join holders h on h.insurer_id = c.insurer_id and h.holder_id = c.holder_id and h.holder_id between ${from} and ${to}
      where c.insurer_id = ${insurerId} and c.holder_id between ${from} and ${to} and c.sent_at is not null and c.purpose in ('premium_reminder', 'legal_notice')
        and (c.sent_at at time zone h.time_zone)::date <= ${businessDate}
      group by c.holder_id, c.bill_id)
    select ${gateColumns(tx)}, b.stage, b.stage_since, sent.sent
    from moving b
      -- The range stands at each table: the planner then walks the range of each, not the whole book of one.
      join policies p on p.insurer_id = ${insurerId} and p.holder_id between ${from} and ${to} and p.holder_id = b.holder_id and p.policy_id = b.policy_id
      join holders h on h.insurer_id = ${insurerId} and h.holder_id between ${from} and ${to} and h.holder_id = b.holder_id
      left join sent on sent.holder_id = b.holder_id and sent.bill_id = b.bill_id
    order by b.holder_id, b.bill_id`;
  const aged = rows.map((row) => {
    const { policy, bill } = gateFactsOf(row);
    const ageing = ageingStateOf(packs, policy, bill, legalEventsOf(row.sent ?? [], businessDate), businessDate);
    const since = ageing.state === row.stage && row.stage_since !== null ? row.stage_since : businessDate;
    return [row.holder_id, row.bill_id, ageing.state, since, ageing.rule, ageing.graceEndsOn, ageing.nextChangeOn, ageing.waitsFor] as const;
  });
  await copyToTemporary(tx, 'aged', ['holder_id bigint', 'bill_id bigint', 'stage text', 'stage_since date', 'stage_rule text', 'grace_ends_on date', 'next_change_on date', 'waits_for text'], aged);
  const changed = await tx`
    update bills b set stage = a.stage, stage_since = a.stage_since, stage_rule = a.stage_rule, grace_ends_on = a.grace_ends_on, next_change_on = a.next_change_on,
      waits_for = a.waits_for
    from aged a where b.insurer_id = ${insurerId} and b.holder_id between ${from} and ${to} and b.holder_id = a.holder_id and b.bill_id = a.bill_id`;
  await followWorstBill(tx, context, range);
  const charged = await chargeLateFees(tx, context, range);
  const cleared = await clearSmallBalances(tx, context, range);
  const expired = await expirePoints(tx, insurerId, businessDate, range);
  const written = await writeOff(tx, context, range) + cleared + expired;
  return { read: rows.length + charged.read, written: plans + changed.count + charged.written + written };
}

/** A policy is where its worst open bill is; without one that is late it is in force. Cover that has ended by itself stays as it is. */
async function followWorstBill(tx: Tx, { insurer: { insurerId }, businessDate }: StageContext, { from, to }: HolderRange): Promise<void> {
  await tx`
    with worst as (
      select holder_id, policy_id, max(case stage when 'lapsed' then 3 when 'suspended' then 2 when 'grace' then 1 when 'late' then 1 else 0 end) as rank
      from bills where insurer_id = ${insurerId} and holder_id between ${from} and ${to} and state = 'open' and paid_minor < amount_minor - fees_minor group by holder_id, policy_id),
    wanted as (select holder_id, policy_id, (array['in_force', 'grace', 'suspended', 'lapsed'])[rank + 1] as state from worst)
    update policies p set state = w.state, state_since = ${businessDate}
    from wanted w
    where p.insurer_id = ${insurerId} and p.holder_id between ${from} and ${to} and p.holder_id = w.holder_id and p.policy_id = w.policy_id and p.state <> w.state
      and p.state in ('in_force', 'grace', 'suspended', 'lapsed')`;
}

async function writeOff(tx: Tx, { insurer: { insurerId }, businessDate }: StageContext, { from, to }: HolderRange): Promise<number> {
  const lost = await tx<{ holderId: HolderId; billId: BillId; policyId: PolicyId; currency: string; outstanding_minor: bigint }[]>`
    update bills set state = 'written_off', closed_on = ${businessDate}, next_change_on = null, waits_for = null
    where insurer_id = ${insurerId} and holder_id between ${from} and ${to} and state = 'open' and stage = 'lapsed' and not disputed and not in_flight
      and stage_since <= ${addDays(businessDate, -WRITE_OFF_DAYS)}
    returning holder_id as "holderId", bill_id as "billId", policy_id as "policyId", currency, (amount_minor - paid_minor)::bigint as outstanding_minor`;
  await writePostings(tx, insurerId, lost.map((row) => (
    entry('write_off', { ...row, bookedOn: businessDate, amountMinor: row.outstanding_minor, sourceId: row.billId })
  )));
  return lost.length;
}
