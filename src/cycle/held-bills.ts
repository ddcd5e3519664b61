/** What a person does with bills that the review holds, each in one transaction: release, put right and release, withdraw; release all of one finding; and a bill made by hand, which is reviewed like any other. */

import { type BillablePolicy, billIdOf, billOfInstalment, type Check, decideHeld, type HeldAct, type HeldBill, type HeldDecision, instalmentCharges, type NewBill } from '../billing/index.ts';
import { type Tx } from '../database/index.ts';
import { type BillId, type Currency, fail, type HolderId, type InsurerId, type Moment, ok, type PlainDate, type PolicyId, type Result } from '../kernel/index.ts';
import { billPostings, chargesOfJson, type PostingRow } from '../ledger/index.ts';
import { aloneUpTo, askApproval } from '../service/index.ts';
import { settleHeld, writeBills } from './stages/bill-write.ts';

/** `policy`: the whole bill made again from its policy. A number: this premium, and what the law adds to it. */
export type Mending = 'policy' | bigint | null;
export type HeldOrder = {
  readonly insurerId: InsurerId; readonly holderId: HolderId; readonly billId: BillId; readonly act: HeldAct; readonly mending: Mending; readonly version: number; readonly note: string;
  readonly minutes: number | null; readonly by: string; readonly at: Moment; readonly on: PlainDate;
};
export type HeldPreview = HeldDecision & { readonly before: NewBill; readonly version: number; /** What will be booked when it leaves. */ readonly entries: readonly PostingRow[] };

/** Problems: `not_found` and those of `decideHeld`. */
export async function previewHeld(tx: Tx, order: Pick<HeldOrder, 'holderId' | 'billId' | 'act' | 'mending' | 'by' | 'on'>): Promise<Result<HeldPreview>> {
  const facts = await readHeld(tx, order.holderId, order.billId);
  return facts === null ? fail('not_found') : decided(facts, order, facts.held.version);
}

/** Problems: `not_found` and those of `decideHeld`. */
export async function answerHeld(tx: Tx, order: HeldOrder): Promise<Result<HeldPreview>> {
  const { insurerId, holderId, billId, by, at, on, note, minutes } = order;
  const facts = await readHeld(tx, holderId, billId);
  if (facts === null) return fail('not_found');
  const done = decided(facts, order, order.version);
  if (!done.ok) return done;
  await settleHeld(tx, insurerId, [{ bill: done.value.bill, before: facts.held.bill, state: done.value.state, hold: done.value.hold }], { by, at: new Date(at), on, note: note === '' ? null : note, minutes });
  if (done.value.hold === 'asked') {
    const asked = await ask(tx, order, done.value.bill);
    return asked.ok ? done : asked;
  }
  if (facts.held.state === 'asked') await answerAsked(tx, order, done.value.state === 'open' ? 'approved' : 'refused');
  return done;
}

function decided({ held, policy }: HeldFacts, { act, mending, by, on }: Pick<HeldOrder, 'act' | 'mending' | 'by' | 'on'>, version: number, approved = false): Result<HeldPreview> {
  const after = act === 'correct' ? mended(held.bill, policy, mending) : null;
  const done = decideHeld(held, { act, after, by, version, approved, aloneUpTo: (currency) => aloneUpTo('release_bill', currency) });
  return done.ok ? ok({ ...done.value, before: held.bill, version: held.version, entries: done.value.state === 'cancelled' ? [] : billPostings(done.value.bill, on) }) : done;
}

function mended(bill: NewBill, policy: BillablePolicy, mending: Mending): NewBill | null {
  if (mending === 'policy') return billOfInstalment(policy, bill.instalmentNo);
  if (mending === null) return null;
  const charges = instalmentCharges(policy, policy, { periodFrom: bill.periodFrom, periodTo: bill.periodTo, premiumMinor: mending, dueOn: bill.dueOn });
  return { ...bill, currency: policy.currency, premiumMinor: mending, charges, amountMinor: charges.reduce((sum, { amountMinor }) => sum + amountMinor, mending) };
}

type HeldFacts = { readonly held: HeldBill; readonly policy: BillablePolicy };
type HeldRow = Omit<BillablePolicy, 'premiumMinor' | 'yearPremiumMinor'> & {
  readonly year_premium_minor: bigint | null;
  readonly policy_premium_minor: bigint; readonly bill_id: BillId; readonly instalment_no: number; readonly period_from: PlainDate; readonly period_to: PlainDate; readonly due_on: PlainDate; readonly bill_market: string;
  readonly bill_currency: Currency; readonly premium_minor: bigint; readonly charges: readonly { kind: NewBill['charges'][number]['kind']; rule: string; amount_minor: number }[] | null; readonly amount_minor: bigint;
  readonly hold_state: HeldBill['state']; readonly version: number; readonly asked_by: string | null; readonly decided_by: string | null;
};

const heldColumns = (tx: Tx) => tx`
  p.holder_id as "holderId", p.policy_id as "policyId", p.market, p.subdivision, p.line, p.currency, p.mode, p.premium_minor as policy_premium_minor, p.year_premium_minor, p.instalment_charge_points as "instalmentChargePoints", p.cover_from as "coverFrom", p.cover_to as "coverTo", p.due_day as "dueDay",
  p.next_due_on as "nextDueOn", p.schedule_from as "scheduleFrom", p.schedule_no as "scheduleNo", b.bill_id, b.instalment_no, b.period_from, b.period_to, b.due_on, b.market as bill_market, b.currency as bill_currency,
  b.premium_minor, b.charges, b.amount_minor, w.version, w.asked_by, w.decided_by,
  -- A question that was answered with no is a question no more.
  case when w.state = 'asked' and not exists (
    select from approvals a where a.insurer_id = w.insurer_id and a.holder_id = w.holder_id and a.kind = 'release_bill' and a.state = 'waiting' and a.act = jsonb_build_object('bill_id', w.bill_id)) then 'held' else w.state end as hold_state
  from bill_holds w join bills b using (insurer_id, holder_id, bill_id) join policies p using (insurer_id, holder_id, policy_id)`;

async function readHeld(tx: Tx, holderId: HolderId, billId: BillId): Promise<HeldFacts | null> {
  const [row] = await tx<HeldRow[]>`select ${heldColumns(tx)} where w.holder_id = ${holderId} and w.bill_id = ${billId} for update of b, w`;
  return row === undefined ? null : heldOf(row);
}

function heldOf(row: HeldRow): HeldFacts {
  const charges = chargesOfJson(row.charges);
  return {
    policy: { ...row, premiumMinor: row.policy_premium_minor, yearPremiumMinor: row.year_premium_minor },
    held: {
      state: row.hold_state, version: row.version, askedBy: row.asked_by, lastBy: row.decided_by,
      bill: {
        billId: row.bill_id, holderId: row.holderId, policyId: row.policyId, instalmentNo: row.instalment_no, periodFrom: row.period_from, periodTo: row.period_to, dueOn: row.due_on, market: row.bill_market,
        currency: row.bill_currency, premiumMinor: row.premium_minor, charges, amountMinor: row.amount_minor,
      },
    },
  };
}

/** A second person is asked; whoever it is says yes among the approvals or on the review's page. What was asked for before figures were changed is asked for no more. */
async function ask(tx: Tx, order: HeldOrder, bill: NewBill): Promise<Result<unknown>> {
  const { insurerId, holderId, billId, note, by, at } = order;
  await answerAsked(tx, order, 'refused');
  return askApproval(tx, { insurerId, holderId, kind: 'release_bill', act: { bill_id: billId }, amountMinor: bill.amountMinor, currency: bill.currency, reason: note === '' ? 'four_eyes' : note, by, at });
}

/** For the approvals: the bill that waits for a second person. Problems: `not_found`, `bill_not_held`. */
export async function checkAskedRelease(tx: Tx, { holderId, billId }: Pick<HeldOrder, 'holderId' | 'billId'>): Promise<Result<{ readonly amountMinor: bigint; readonly currency: Currency }>> {
  const facts = await readHeld(tx, holderId, billId);
  if (facts === null) return fail('not_found');
  const { state, lastBy, bill } = facts.held;
  return state === 'asked' || state === 'held' ? ok({ amountMinor: bill.amountMinor, currency: bill.currency }) : fail('bill_not_held', { by: lastBy ?? '—' });
}

/** The second person's yes among the approvals, whose row is answered there; it leaves in the name of who asked. Problems: `not_found` and those of `decideHeld`. */
export async function carryOutRelease(tx: Tx, order: Pick<HeldOrder, 'insurerId' | 'holderId' | 'billId' | 'at' | 'on' | 'by'>): Promise<Result<HeldPreview>> {
  const facts = await readHeld(tx, order.holderId, order.billId);
  if (facts === null) return fail('not_found');
  const done = decided(facts, { act: 'release', mending: null, by: order.by, on: order.on }, facts.held.version, true);
  if (!done.ok) return done;
  await settleHeld(tx, order.insurerId, [{ bill: done.value.bill, before: facts.held.bill, state: done.value.state, hold: done.value.hold }], { by: order.by, at: new Date(order.at), on: order.on, note: null, minutes: null });
  return done;
}

const answerAsked = (tx: Tx, { holderId, billId, by, at, note }: HeldOrder, answer: 'approved' | 'refused') => tx`
  update approvals set state = case when asked_by = ${by} then 'withdrawn' else ${answer} end, decided_by = ${by}, decided_at = ${new Date(at)}, decision_note = ${note === '' ? null : note}
  where holder_id = ${holderId} and kind = 'release_bill' and state = 'waiting' and act = ${tx.json({ bill_id: billId })}`;

/** So many at once; more are released by doing it again. */
export const RELEASED_AT_ONCE_MAX = 5_000;

export type BulkRelease = { readonly insurerId: InsurerId; readonly check: Check; /** As the person has seen it. */ readonly count: number; readonly note: string; readonly by: string; readonly at: Moment; readonly on: PlainDate };

/** Releases every bill that waits for nothing but this finding. Problems: `held_count_changed` with the count that there is now; nothing is released then. */
export async function releaseAll(tx: Tx, { insurerId, check, count, note, by, at, on }: BulkRelease): Promise<Result<{ readonly released: number }>> {
  const rows = await tx<HeldRow[]>`
    select ${heldColumns(tx)}
    where w.state = 'held' and exists (select from bill_findings f where f.insurer_id = w.insurer_id and f.holder_id = w.holder_id and f.bill_id = w.bill_id and f.check_id = ${check} and f.answered_at is null)
      and not exists (select from bill_findings f where f.insurer_id = w.insurer_id and f.holder_id = w.holder_id and f.bill_id = w.bill_id and f.severity = 'hold' and f.check_id <> ${check} and f.answered_at is null)
    order by w.held_on, w.holder_id, w.bill_id limit ${RELEASED_AT_ONCE_MAX} for update of b, w`;
  const all = rows.map((row) => heldOf(row).held).filter(({ bill }) => bill.amountMinor <= aloneUpTo('release_bill', bill.currency));
  if (all.length !== count) return fail('held_count_changed', { seen: count, count: all.length });
  await settleHeld(tx, insurerId, all.map(({ bill }) => ({ bill, before: bill, state: 'open', hold: 'released' })), { by, at: new Date(at), on, note: note === '' ? null : note, minutes: null });
  return ok({ released: all.length });
}

/** Bills that are not of the schedule are numbered from here. */
const BESIDE_SCHEDULE_FROM = 2_048;

export type BillByHand = {
  readonly insurerId: InsurerId; readonly holderId: HolderId; readonly policyId: PolicyId; readonly premiumMinor: bigint; readonly periodFrom: PlainDate; readonly periodTo: PlainDate; readonly dueOn: PlainDate;
  readonly minutes: number; readonly by: string; readonly on: PlainDate;
};

/** A bill beside the schedule, with what the law adds; the review looks at it as at any other. Problem: `not_found`. */
export async function makeBillByHand(tx: Tx, { insurerId, holderId, policyId, premiumMinor, periodFrom, periodTo, dueOn, minutes, by, on }: BillByHand): Promise<Result<{ readonly billId: BillId; readonly held: boolean }>> {
  const [policy] = await tx<{ market: string; subdivision: string | null; line: string; currency: Currency; coverFrom: PlainDate; last: number | null }[]>`
    select p.market, p.subdivision, p.line, p.currency, p.cover_from as "coverFrom", (select max(b.instalment_no) from bills b where b.insurer_id = p.insurer_id and b.holder_id = p.holder_id and b.policy_id = p.policy_id and b.instalment_no >= ${BESIDE_SCHEDULE_FROM}) as last
    from policies p where p.holder_id = ${holderId} and p.policy_id = ${policyId} for update of p`;
  if (policy === undefined) return fail('not_found');
  const { last, market, currency, coverFrom } = policy;
  const instalmentNo = (last ?? BESIDE_SCHEDULE_FROM - 1) + 1;
  const charges = instalmentCharges(policy, { coverFrom }, { periodFrom, periodTo, premiumMinor, dueOn });
  const billId = billIdOf(policyId, instalmentNo);
  const bill: NewBill = { billId, holderId, policyId, instalmentNo, periodFrom, periodTo, dueOn, market, currency, premiumMinor, charges, amountMinor: charges.reduce((sum, { amountMinor }) => sum + amountMinor, premiumMinor) };
  await writeBills(tx, insurerId, on, { from: holderId, to: holderId }, [bill], { because: () => null, byHand: { by, minutes } });
  const [row] = await tx<{ held: boolean }[]>`select state = 'held' as held from bills where holder_id = ${holderId} and bill_id = ${billId}`;
  return ok({ billId, held: row?.held ?? false });
}
