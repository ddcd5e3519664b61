/**
 * What happens when a plan is agreed instead of a bill, in one transaction: the bill keeps what was paid of it, its rest becomes parts with their entries, reminders of it are withdrawn. The decision
 * is `decidePlan`'s; the preview shows it, the act decides again under the holder's lock. An adjustment replaces the unpaid parts by new ones and is a new version of the same plan.
 */

import { type BilledPeriod, billIdOf, DIFFERENCE_NO_MIN } from '../billing/index.ts';
import { type Tx } from '../database/index.ts';
import { type BillId, type Currency, fail, type HolderId, type InsurerId, type Moment, ok, type PlainDate, type PolicyId, type Result } from '../kernel/index.ts';
import { billPostings, type ChargeJson, chargesColumn, chargesOfJson, entry, feesIn, openingPosting, type PostableBill, POSTING_RULES, type PostingRow, turnRound, writePostings } from '../ledger/index.ts';
import { cancelReminders } from '../outreach/index.ts';
import { correctBill, previewCorrection } from '../payments/index.ts';
import { decidePlan, type PlanBill, type PlanChange, type PlanFacts, type PlanOrder, plansFor } from '../relief/index.ts';
import { correctionEntries, type PreviewedEntry } from './policy-changed.ts';

type Key = { readonly holderId: HolderId; readonly billId: BillId };
export type PlanAsked = Key & { readonly insurerId: InsurerId; readonly order: PlanOrder; readonly on: PlainDate };
export type PlanActed = PlanAsked & {
  readonly version: string; readonly by: string; readonly byHolder: boolean; readonly note: string; readonly at: Moment;
  /** A second person has said yes to what lies outside the guardrails. */
  readonly approved: boolean;
};
export type PlanPreview = { readonly change: PlanChange; readonly bill: PlanBill; readonly currency: Currency; readonly policyId: PolicyId; readonly version: string; readonly entries: readonly PreviewedEntry[] };
export type PlanOptions = { readonly options: readonly PlanPreview[]; readonly bill: PlanBill; readonly currency: Currency; readonly policyId: PolicyId; readonly version: string };

type Row = {
  policy_id: PolicyId; kind: PlanBill['kind']; state: string; is_fixed: boolean; taken_over: boolean; premium_minor: bigint; charges: readonly ChargeJson[] | null; amount_minor: bigint; paid_minor: bigint; fees_minor: bigint; due_on: PlainDate; period_from: PlainDate;
  period_to: PlainDate; grace_ends_on: PlainDate | null; stage: string; stage_since: PlainDate | null; currency: Currency; market: string; mode: string; policy_state: string; income_minor: bigint | null; monthly_minor: bigint;
  last_no: number; corrections: number; plan_id: number | null; plan_version: number | null; last_by: string | null;
};
type Read = { readonly row: Row; readonly facts: PlanFacts; readonly version: string };


async function readFacts(tx: Tx, { holderId, billId }: Key, today: PlainDate): Promise<Read | null> {
  const [row] = await tx<Row[]>`
    select b.policy_id, b.kind, b.state, b.premium_minor, b.charges, b.amount_minor, b.paid_minor, b.fees_minor, b.due_on, b.period_from, b.period_to, b.grace_ends_on, b.stage, b.stage_since, b.currency, b.market,
      p.mode, p.state as policy_state, case when h.income_currency = b.currency then h.income_monthly_minor end as income_minor,
      b.disputed or b.in_flight as is_fixed, exists (select from postings o where o.insurer_id = b.insurer_id and o.holder_id = b.holder_id and o.bill_id = b.bill_id and o.rule = 'opening_balance') as taken_over,
      (select coalesce(sum(q.premium_minor / case q.mode when 'monthly' then 1 when 'quarterly' then 3 when 'half_yearly' then 6 else 12 end), 0)::bigint from policies q
        where q.insurer_id = b.insurer_id and q.holder_id = b.holder_id and q.policy_id <> b.policy_id and q.currency = b.currency and q.state in ('in_force', 'grace') and q.mode <> 'single') as monthly_minor,
      (select coalesce(max(n.instalment_no), ${DIFFERENCE_NO_MIN - 1}) from bills n where n.insurer_id = b.insurer_id and n.holder_id = b.holder_id and n.policy_id = b.policy_id and n.instalment_no >= ${DIFFERENCE_NO_MIN}) as last_no,
      c.corrections, c.last_by, l.plan_id, l.version as plan_version
    from bills b join policies p using (insurer_id, holder_id, policy_id) join holders h using (insurer_id, holder_id)
      cross join lateral (select count(*)::int as corrections, (array_agg(corrected_by order by correction_id desc))[1] as last_by from bill_corrections c
        where c.insurer_id = b.insurer_id and c.holder_id = b.holder_id and c.bill_id = b.bill_id) c
      left join plans l on l.insurer_id = b.insurer_id and l.holder_id = b.holder_id and b.kind = 'plan' and b.bill_id = any(l.bill_ids) and l.state <> 'undone'
    where b.holder_id = ${holderId} and b.bill_id = ${billId} and b.state <> 'held'`;
  if (row === undefined) return null;
  const bill: PlanBill = {
    billId, kind: row.kind, state: row.state, isFixed: row.is_fixed, takenOver: row.taken_over, premiumMinor: row.premium_minor, charges: chargesOfJson(row.charges), amountMinor: row.amount_minor, paidMinor: row.paid_minor, dueOn: row.due_on,
    periodFrom: row.period_from, periodTo: row.period_to, graceEndsOn: row.grace_ends_on,
  };
  return {
    row, version: [row.corrections, row.state, row.paid_minor, row.amount_minor, row.due_on, row.last_no, row.policy_state].join('.'),
    facts: { today, currency: row.currency, policyState: row.policy_state, mode: row.mode, bill, incomeMonthMinor: row.income_minor, dueMonthlyMinor: row.monthly_minor, lastDifferenceNo: row.last_no },
  };
}

const issued = ({ holderId, billId }: Key, { row }: Read, change: PlanChange, on: PlainDate): PostingRow[] =>
  change.parts.flatMap((part) => booked({ ...part, billId: partId(row, part), holderId, policyId: row.policy_id, currency: row.currency }, row.taken_over, on)).map((posting) => ({ ...posting, billId: posting.billId ?? billId }));
/** What was taken over from a former system stays an opening balance; what is charged for being late is ours. */
function booked(bill: PostableBill & { readonly amountMinor: bigint }, takenOver: boolean, on: PlainDate): PostingRow[] {
  if (!takenOver) return billPostings(bill, on);
  const fees = feesIn(bill.charges);
  const owedMinor = bill.amountMinor - fees.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  return [...(owedMinor > 0n ? [openingPosting({ ...bill, owedMinor }, on)] : []), ...billPostings({ ...bill, premiumMinor: 0n, charges: fees }, on)];
}
const partId = (row: Pick<Row, 'policy_id'>, part: { readonly instalmentNo: number }): BillId => billIdOf(row.policy_id, part.instalmentNo);

async function shown(tx: Tx, key: Key, read: Read, change: PlanChange, on: PlainDate): Promise<Result<PlanPreview>> {
  const { facts: { bill, currency }, row } = read;
  const correction = await previewCorrection(tx, { ...key, after: change.kept });
  if (!correction.ok) return correction;
  const before = { ...bill, instalmentNo: 0, state: 'open' } as BilledPeriod;
  const funding = POSTING_RULES.funding;
  return ok({
    change, bill, currency, policyId: row.policy_id, version: read.version,
    entries: [
      ...correctionEntries({ billId: bill.billId, before, after: change.kept }, correction.value),
      ...issued(key, read, change, on).map(({ rule, debit, credit, amountMinor, billId }): PreviewedEntry => ({ rule, debit, credit, amountMinor, billId: billId ?? bill.billId })),
      ...(change.fundingMinor > 0n ? [{ rule: 'funding', debit: funding.debit, credit: funding.credit, amountMinor: change.fundingMinor, billId: bill.billId }] : []),
    ],
  });
}

/** Three to five plans for one open bill; nothing is written. Problems: `not_found` and those of `plansFor`. */
export async function planOptions(tx: Tx, { holderId, billId, on }: Key & { readonly on: PlainDate }): Promise<Result<PlanOptions>> {
  const key = { holderId, billId };
  const read = await readFacts(tx, key, on);
  if (read === null) return fail('not_found');
  if (read.row.plan_id !== null) return fail('plan_runs_already');
  const plans = plansFor(read.facts);
  if (!plans.ok) return plans;
  const previews = await Promise.all(plans.value.map((change) => shown(tx, key, read, change, on)));
  const options = previews.flatMap((one) => (one.ok ? [one.value] : []));
  return options.length === previews.length ? ok({ options, bill: read.facts.bill, currency: read.row.currency, policyId: read.row.policy_id, version: read.version }) : fail('plan_not_possible');
}

/** Nothing is written. Problems: `not_found`, those of `decidePlan` and of a bill's correction. */
export async function previewPlan(tx: Tx, { holderId, billId, order, on }: Omit<PlanAsked, 'insurerId'>): Promise<Result<PlanPreview>> {
  const key = { holderId, billId };
  const read = await readFacts(tx, key, on);
  if (read === null) return fail('not_found');
  const decided = decidePlan(read.facts, order);
  return decided.ok ? shown(tx, key, read, decided.value, on) : decided;
}

/**
 * Of a part of a plan: the plan's next version. Problems: `changed_meanwhile` where the bill is no longer what the person saw, `plan_needs_approval` outside the guardrails, and those of `previewPlan`.
 */
export async function applyPlan(tx: Tx, asked: PlanActed): Promise<Result<{ readonly planId: number; readonly firstBillId: BillId }>> {
  const { insurerId, holderId, billId, order, on, at, by, note } = asked;
  await tx`select from holders where holder_id = ${holderId} for no key update`;
  const read = await readFacts(tx, asked, on);
  if (read === null) return fail('not_found');
  if (read.version !== asked.version) return fail('changed_meanwhile', { by: read.row.last_by ?? '—' });
  const decided = decidePlan(read.facts, order);
  if (!decided.ok) return decided;
  const { row } = read;
  const change = decided.value;
  if (change.needsApproval && !asked.approved) return fail('plan_needs_approval');
  const done = await correctBill(tx, { insurerId, holderId, billId, after: change.kept, version: row.corrections, reason: 'other', note: note === '' ? PLAN_NOTE : note, by, at, on });
  if (!done.ok) return done;
  if (change.kept !== null) await tx`update bills set period_to = ${change.kept.periodTo} where holder_id = ${holderId} and bill_id = ${billId}`;
  const parts = change.parts.map((part) => ({
    id: partId(row, part), no: part.instalmentNo, from: part.periodFrom, to: part.periodTo, due: part.dueOn, premium: Number(part.premiumMinor), amount: Number(part.amountMinor), fees: Number(part.feesMinor), charges: chargesColumn(part.charges),
  }));
  await tx`
    insert into bills (insurer_id, holder_id, bill_id, policy_id, instalment_no, kind, period_from, period_to, due_on, issued_on, market, currency, premium_minor, charges, amount_minor, fees_minor)
    select ${insurerId}::int, ${holderId}::bigint, id, ${row.policy_id}::bigint, no, 'plan', "from", "to", due, ${on}::date, ${row.market}, ${row.currency}, premium, charges, amount, fees
    from jsonb_to_recordset(${tx.json(parts)}) as b(id bigint, no int, "from" date, "to" date, due date, premium bigint, charges jsonb, amount bigint, fees bigint)`;
  await writePostings(tx, insurerId, issued(asked, read, change, on));
  const planId = await writePlan(tx, asked, read, change, done.value.correctionId, parts.map(({ id }) => id));
  const version = (row.plan_version ?? 0) + 1;
  await tx`
    insert into plan_versions (insurer_id, holder_id, plan_id, version, asked, parts, charge_minor, funding_minor, made_by, made_at, note)
    values (${insurerId}, ${holderId}, ${planId}, ${version}, ${tx.json({ ...order })}, ${tx.json(parts.map(({ id, due, amount }) => ({ bill_id: id, due_on: due, amount_minor: amount })))}, ${String(change.chargeMinor)}, ${String(change.fundingMinor)},
      ${by}, ${new Date(at)}, ${note})`;
  if (change.fundingMinor > 0n) {
    const posting = entry('funding', { holderId, bookedOn: on, amountMinor: change.fundingMinor, currency: row.currency, sourceId: planId, policyId: row.policy_id, billId });
    await writePostings(tx, insurerId, [version === 1 ? posting : { ...posting, rule: `${posting.rule}:version-${version}` }]);
  }
  await cancelReminders(tx, [{ holderId, billId }], at, 'withdrawn');
  await settleState(tx, holderId, row.policy_id, on);
  await tx`select pg_notify('inforce_payment', ${JSON.stringify({ insurer_id: insurerId })})`;
  return ok({ planId, firstBillId: parts[0]?.id ?? billId });
}
const PLAN_NOTE = 'A plan was agreed instead.';

async function writePlan(tx: Tx, { insurerId, holderId, billId, order, on, at, by, byHolder, note }: PlanActed, { row }: Read, change: PlanChange, correctionId: number, parts: readonly BillId[]): Promise<number> {
  if (row.plan_id !== null) {
    await tx`
      update plans set version = version + 1, state = 'agreed', state_since = ${on}, kind = ${order.kind}, total_minor = total_minor + ${String(change.chargeMinor)}, charge_minor = charge_minor + ${String(change.chargeMinor)},
        funding_minor = funding_minor + ${String(change.fundingMinor)}, bill_ids = bill_ids || ${parts.map(Number)}::bigint[]
      where holder_id = ${holderId} and plan_id = ${row.plan_id}`;
    return row.plan_id;
  }
  const before = { premium_minor: Number(row.premium_minor), charges: chargesColumn(chargesOfJson(row.charges)), amount_minor: Number(row.amount_minor), period_to: row.period_to, policy_state: row.policy_state };
  const [plan] = await tx<{ plan_id: number }[]>`
    insert into plans (insurer_id, holder_id, policy_id, bill_id, bill_before, due_on, stage, stage_since, grace_ends_on, correction_id, kind, state_since, currency, total_minor, charge_minor, funding_minor, bill_ids,
      agreed_by, by_holder, agreed_at, note)
    values (${insurerId}, ${holderId}, ${row.policy_id}, ${billId}, ${tx.json(before)}, ${row.due_on}, ${row.stage}, ${row.stage_since}, ${row.grace_ends_on}, ${correctionId}, ${order.kind}, ${on}, ${row.currency},
      ${String(change.totalMinor)}, ${String(change.chargeMinor)}, ${String(change.fundingMinor)}, ${parts.map(Number)}::bigint[], ${by}, ${byHolder}, ${new Date(at)}, ${note})
    returning plan_id`;
  return plan?.plan_id ?? 0;
}

/** A policy in grace for nothing but what is planned now is in force again. */
async function settleState(tx: Tx, holderId: HolderId, policyId: PolicyId, on: PlainDate): Promise<void> {
  await tx`
    update policies p set state = 'in_force', state_since = ${on}
    where p.holder_id = ${holderId} and p.policy_id = ${policyId} and p.state = 'grace' and not exists (
      select from bills b where b.holder_id = p.holder_id and b.policy_id = p.policy_id and b.state = 'open' and b.stage in ('grace', 'late', 'suspended', 'lapsed') and b.paid_minor < b.amount_minor - b.fees_minor)`;
}

type PlanRow = {
  policy_id: PolicyId; bill_id: BillId; state: string; version: number; undone_by: string | null; bill_ids: string[]; bill_before: { premium_minor: number; charges: readonly ChargeJson[] | null; amount_minor: number; period_to: PlainDate; policy_state: string };
  currency: Currency; bill_state: string; taken_over: boolean; paid: boolean; corrections: number;
};
export type PlanUndone = { readonly insurerId: InsurerId; readonly holderId: HolderId; readonly planId: number; readonly by: string; readonly at: Moment; readonly on: PlainDate };

/** While no part is paid and nothing was adjusted: the bill asks again for all of it, with its clock as it stood. Problems: `not_found`, `plan_undone_already`, `plan_part_paid`, and those of a bill's correction. */
export async function undoPlan(tx: Tx, { insurerId, holderId, planId, by, at, on }: PlanUndone): Promise<Result<{ readonly billId: BillId }>> {
  await tx`select from holders where holder_id = ${holderId} for no key update`;
  const [plan] = await tx<PlanRow[]>`
    select l.policy_id, l.bill_id, l.state, l.version, l.undone_by, l.bill_ids::text[] as bill_ids, l.bill_before, l.currency, b.state as bill_state,
      exists (select from postings o where o.insurer_id = b.insurer_id and o.holder_id = b.holder_id and o.bill_id = b.bill_id and o.rule = 'opening_balance') as taken_over,
      exists (select from bills x where x.holder_id = l.holder_id and x.bill_id = any(l.bill_ids) and x.paid_minor > 0) as paid,
      (select count(*)::int from bill_corrections c where c.insurer_id = b.insurer_id and c.holder_id = b.holder_id and c.bill_id = b.bill_id) as corrections
    from plans l join bills b using (insurer_id, holder_id, bill_id) where l.holder_id = ${holderId} and l.plan_id = ${planId}`;
  if (plan === undefined) return fail('not_found');
  if (plan.undone_by !== null) return fail('plan_undone_already', { by: plan.undone_by });
  if (plan.paid || plan.state !== 'agreed' || plan.version > 1) return fail('plan_part_paid');
  const note = `Plan ${planId} was taken back.`;
  // A plan has a handful of parts; each is withdrawn as a whole act of its bill.
  for (const part of plan.bill_ids) {
    const done = await correctBill(tx, { insurerId, holderId, billId: Number(part) as BillId, after: null, version: 0, reason: 'not_due', note, by, at, on });
    if (!done.ok) return done;
  }
  const { bill_before: before, bill_id: billId } = plan;
  const charges = chargesOfJson(before.charges);
  if (plan.bill_state === 'cancelled') {
    await tx`update bills set state = 'open', closed_on = null, paid_on = null, paid_by = null where holder_id = ${holderId} and bill_id = ${billId}`;
    const rows = booked({ billId, holderId, policyId: plan.policy_id, premiumMinor: BigInt(before.premium_minor), amountMinor: BigInt(before.amount_minor), charges, currency: plan.currency }, plan.taken_over, on);
    await writePostings(tx, insurerId, rows.map((posting) => ({ ...posting, rule: `${posting.rule}:plan-${planId}-undone` })));
  } else {
    const done = await correctBill(tx, { insurerId, holderId, billId, after: { premiumMinor: BigInt(before.premium_minor), charges }, version: plan.corrections, reason: 'other', note, by, at, on });
    if (!done.ok) return done;
    await tx`update bills set period_to = ${before.period_to} where holder_id = ${holderId} and bill_id = ${billId}`;
  }
  await turnRound(tx, insurerId, tx`p.holder_id = ${holderId} and p.source_kind = 'plan' and p.source_id = ${planId}`, 'undone', on);
  await tx`update policies set state = ${before.policy_state}, state_since = ${on} where holder_id = ${holderId} and policy_id = ${plan.policy_id} and state = 'in_force' and state <> ${before.policy_state}`;
  await tx`update plans set state = 'undone', state_since = ${on}, undone_at = ${new Date(at)}, undone_by = ${by} where holder_id = ${holderId} and plan_id = ${planId}`;
  await cancelReminders(tx, plan.bill_ids.map((id) => ({ holderId, billId: Number(id) as BillId })), at, 'withdrawn');
  await tx`select pg_notify('inforce_payment', ${JSON.stringify({ insurer_id: insurerId })})`;
  return ok({ billId });
}
