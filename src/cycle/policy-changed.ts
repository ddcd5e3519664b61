/**
 * What happens when a policy is changed, in one transaction: its terms, the bills for the difference, the bills that ask for less, their entries and reminders. The decision is `decideChange`'s;
 * the preview shows it, the act decides again under the holder's lock, and undoing turns round what it did.
 */

import {
  billIdOf, type BilledPeriod, type ChangeFacts, type ChangeOrder, type ChangePlan, decideChange, DIFFERENCE_NO_MIN, type PlannedBill, type ScheduledBill, scheduledBills, type Terms, unbilledFrom,
  yearPremiumOf,
} from '../billing/index.ts';
import { type Tx } from '../database/index.ts';
import { addMonths, type BillId, type Currency, fail, type HolderId, type InsurerId, type Moment, ok, type PlainDate, type PolicyId, type Result } from '../kernel/index.ts';
import { type Account, billPostings, type ChargeKind, chargesColumn, chargesOfJson, chargesText, chargesToJson, feesIn, feesOf, openingPosting, POSTING_RULES, type PostingRow, type PostingRuleId, writePostings } from '../ledger/index.ts';
import { cancelReminders } from '../outreach/index.ts';
import { type Correction, correctBill, previewCorrection } from '../payments/index.ts';

export type ChangeAsked = { readonly insurerId: InsurerId; readonly holderId: HolderId; readonly policyId: PolicyId; readonly order: ChangeOrder; readonly on: PlainDate };
export type ChangeActed = ChangeAsked & { readonly version: string; readonly by: string; readonly byHolder?: boolean; readonly note: string; readonly at: Moment };

/** One movement between two accounts, as the change will book it in all. */
export type PreviewedEntry = { readonly rule: string; readonly debit: Account; readonly credit: Account; readonly amountMinor: bigint; readonly billId: BillId };
/** A bill or instalment to come, before or after the change. */
export type ScheduleLine = Pick<PlannedBill, 'instalmentNo' | 'kind' | 'dueOn' | 'periodFrom' | 'periodTo' | 'premiumMinor' | 'charges' | 'amountMinor'> & { readonly state: BilledPeriod['state'] | 'to_come'; readonly paidMinor: bigint };
export type CorrectionPreview = ChangePlan['corrections'][number] & { readonly surplusMinor: bigint };
export type ChangePreview = {
  readonly plan: ChangePlan;
  readonly currency: Currency;
  readonly version: string;
  readonly corrections: readonly CorrectionPreview[];
  readonly entries: readonly PreviewedEntry[];
  readonly before: readonly ScheduleLine[];
  readonly after: readonly ScheduleLine[];
  readonly yearPremiumBeforeMinor: bigint;
  readonly yearPremiumAfterMinor: bigint;
  /** Billed now beyond what is billed already, and asked for less. */
  readonly billedMinor: bigint;
  readonly creditedMinor: bigint;
};

type Read = { readonly facts: ChangeFacts; readonly policy: PolicyRow; readonly policyId: PolicyId; readonly holderId: HolderId; readonly version: string; readonly corrections: ReadonlyMap<BillId, number> };

/** Months of instalments that stand side by side before and after. */
const SHOWN_MONTHS = 18;

/** Nothing is written. Problems: `not_found` and those of `decideChange` and of a bill's correction. */
export async function previewChange(tx: Tx, { holderId, policyId, order, on }: ChangeAsked): Promise<Result<ChangePreview>> {
  const read = await readPolicy(tx, holderId, policyId, on);
  if (read === null) return fail('not_found');
  const decided = decideChange(read.facts, order);
  if (!decided.ok) return decided;
  const plan = decided.value;
  const amounts = plan.corrections.filter(changesAmounts);
  // The few bills of the days concerned: their questions go out together.
  const previews = await Promise.all(amounts.map(({ billId, after }) => previewCorrection(tx, { holderId, billId, after })));
  const refused = previews.find((one) => !one.ok);
  if (refused !== undefined && !refused.ok) return refused;
  const done = new Map(amounts.map(({ billId }, i) => [billId, previews[i]]));
  const corrections = plan.corrections.map((one) => { const preview = done.get(one.billId); return { ...one, surplusMinor: preview?.ok === true ? preview.value.surplusMinor : 0n }; });
  const { terms, place, bills, today, nextDueOn } = read.facts;
  const until = addMonths(today, SHOWN_MONTHS);
  const kept = bills.flatMap((bill) => {
    const correction = plan.corrections.find(({ billId }) => billId === bill.billId);
    const dueOn = plan.askedAgain.find(({ billId }) => billId === bill.billId)?.dueOn ?? bill.dueOn;
    if (correction === undefined) return [{ ...bill, dueOn }];
    if (correction.after === null) return [];
    const { amountMinor } = correction.after;
    return [{ ...bill, dueOn, ...correction.after, paidMinor: bill.paidMinor < amountMinor ? bill.paidMinor : amountMinor, state: bill.paidMinor < amountMinor ? 'open' as const : 'paid' as const }];
  });
  const made = plan.bills.map((bill) => ({ ...bill, state: 'open' as const, paidMinor: 0n }));
  return ok({
    plan, currency: place.currency, version: read.version, corrections,
    entries: [
      ...plan.bills.flatMap((bill) => issued(read, bill, today).map((row): PreviewedEntry => ({ rule: row.rule, debit: row.debit, credit: row.credit, amountMinor: row.amountMinor, billId: billIdOf(policyId, bill.instalmentNo) }))),
      ...corrections.flatMap((one) => { const preview = done.get(one.billId); return preview?.ok === true ? correctionEntries(one, preview.value) : []; }),
    ],
    before: linesOf(bills, terms, place, nextDueOn, today, until),
    after: linesOf([...kept, ...made], plan.terms, place, CLOSING.has(plan.state ?? '') ? null : plan.nextDueOn, today, until),
    yearPremiumBeforeMinor: yearPremiumOf(terms), yearPremiumAfterMinor: plan.kind === 'cancellation' ? 0n : yearPremiumOf(plan.terms),
    billedMinor: plan.bills.reduce((sum, { amountMinor }) => sum + amountMinor, 0n),
    creditedMinor: corrections.reduce((sum, { before, after }) => sum + before.amountMinor - (after?.amountMinor ?? 0n), 0n),
  });
}

const CLOSING: ReadonlySet<string> = new Set(['cancelled']);
const changesAmounts = ({ before, after }: ChangePlan['corrections'][number]): boolean =>
  after === null || after.amountMinor !== before.amountMinor || after.premiumMinor !== before.premiumMinor || chargesText(after.charges) !== chargesText(before.charges);

function linesOf(bills: readonly (Omit<BilledPeriod, 'billId'>)[], terms: Terms, place: ChangeFacts['place'], nextDueOn: PlainDate | null, today: PlainDate, until: PlainDate): ScheduleLine[] {
  const billed = bills.filter((bill) => bill.periodTo > today || bill.state === 'open').map((bill): ScheduleLine => bill);
  const ahead = scheduledBills({ ...terms, ...place, nextDueOn }, (dueOn) => dueOn <= until).bills.map((bill: ScheduledBill): ScheduleLine => ({ ...bill, kind: 'instalment', state: 'to_come', paidMinor: 0n }));
  return [...billed, ...ahead].toSorted((a, b) => (a.dueOn === b.dueOn ? a.instalmentNo - b.instalmentNo : a.dueOn < b.dueOn ? -1 : 1));
}

const issued = ({ holderId, policyId, facts: { place } }: Read, bill: PlannedBill, on: PlainDate): PostingRow[] =>
  billPostings({ billId: billIdOf(policyId, bill.instalmentNo), holderId, policyId, premiumMinor: bill.premiumMinor, charges: bill.charges, currency: place.currency }, on);

/** A correction turns round all entries of a bill and books it anew: line by line that moves the difference. */
export function correctionEntries({ billId, before, after }: ChangePlan['corrections'][number], { openingMinor, surplusMinor, paidElsewhereMinor }: Correction): PreviewedEntry[] {
  const moved = (rule: PostingRuleId, name: string, minor: bigint): PreviewedEntry[] => {
    const { debit, credit } = POSTING_RULES[rule];
    return minor === 0n ? [] : [minor > 0n ? { rule: name, debit, credit, amountMinor: minor, billId } : { rule: name, debit: credit, credit: debit, amountMinor: -minor, billId }];
  };
  const surplus = moved('correction_surplus', 'correction_surplus', surplusMinor);
  const rules = new Map<string, { kind: ChargeKind; minor: bigint }>();
  const add = (charges: BilledPeriod['charges'], sign: bigint): void => {
    for (const { kind, rule, amountMinor } of charges) rules.set(`${kind}:${rule}`, { kind, minor: (rules.get(`${kind}:${rule}`)?.minor ?? 0n) + sign * amountMinor });
  };
  const ours = (charges: BilledPeriod['charges']): BilledPeriod['charges'] => (openingMinor === null ? charges : feesIn(charges));
  add(ours(before.charges), -1n);
  add(ours(after?.charges ?? []), 1n);
  const lines = (): PreviewedEntry[] => [...rules].flatMap(([name, { kind, minor }]) => moved(kind, name, minor));
  // Of a former system's bill only what was charged since is ours.
  const openingOf = (one: { readonly amountMinor: bigint; readonly charges: BilledPeriod['charges'] } | null): bigint => (one === null ? 0n : feesIn(one.charges).reduce((rest, { amountMinor }) => rest - amountMinor, one.amountMinor));
  if (openingMinor !== null) return [...moved('opening_balance', 'opening_balance', openingOf(after) - openingOf(before)), ...lines(), ...surplus];
  const taken = paidElsewhereMinor === 0n ? [] : [
    ...moved('bill_issued', 'bill_issued', before.premiumMinor), ...before.charges.flatMap(({ kind, rule, amountMinor }) => moved(kind, `${kind}:${rule}`, amountMinor)), ...moved('paid_before', 'paid_before', paidElsewhereMinor),
  ];
  return [...taken, ...moved('bill_issued', 'bill_issued', (after?.premiumMinor ?? 0n) - before.premiumMinor), ...lines(), ...surplus];
}

/** Problems: `not_found`, `changed_meanwhile` where the policy or its bills are no longer what the person saw, and those of `previewChange`. */
export async function applyChange(tx: Tx, asked: ChangeActed): Promise<Result<{ readonly changeId: number; readonly plan: ChangePlan }>> {
  const { insurerId, holderId, policyId, order, on, at, by, note } = asked;
  await tx`select from holders where holder_id = ${holderId} for no key update`;
  const read = await readPolicy(tx, holderId, policyId, on);
  if (read === null) return fail('not_found');
  if (read.version !== asked.version) return fail('changed_meanwhile', { by: read.policy.last_by ?? '—' });
  const decided = decideChange(read.facts, order);
  if (!decided.ok) return decided;
  const plan = decided.value;
  const corrected: Corrected[] = [];
  // One after the other: each is a whole act of its bill, and a change meets a handful of bills.
  for (const one of plan.corrections) {
    const correctionId = changesAmounts(one) ? await correct(tx, asked, read, one) : ok(null);
    if (!correctionId.ok) return correctionId;
    corrected.push({ bill_id: one.billId, correction_id: correctionId.value, before: billJson(one.before) });
  }
  await writeBills(tx, insurerId, read, plan, on);
  await writePeriods(tx, holderId, plan.corrections.flatMap(({ billId, before, after }) => (after === null || after.periodTo === before.periodTo ? [] : [{ billId, periodTo: after.periodTo }])));
  await askAgain(tx, holderId, plan.askedAgain);
  await writeTerms(tx, read, plan, on);
  const withdrawn = plan.corrections.filter(({ after }) => after === null);
  await cancelReminders(tx, [...withdrawn, ...plan.askedAgain].map(({ billId }) => ({ holderId, billId })), at, 'withdrawn');
  const [row] = await tx<{ change_id: number }[]>`
    insert into policy_changes (insurer_id, holder_id, policy_id, kind, effective_on, holds_from, asked, terms_before, terms_after, holiday_from, holiday_to, holiday_cover, bill_ids, corrected, asked_again,
      asked_by, by_holder, asked_at, note)
    select ${insurerId}::int, holder_id, policy_id, ${plan.kind}, ${plan.effectiveOn}::date, ${plan.holdsFrom}::date, ${tx.json(plain(order))}, ${tx.json(read.policy.terms)}, ${tx.unsafe(TERMS_SQL)},
      ${plan.holiday?.from ?? null}::date, ${plan.holiday?.to ?? null}::date, ${plan.holiday?.cover ?? null}, ${plan.bills.map((bill) => Number(billIdOf(policyId, bill.instalmentNo)))}::bigint[],
      ${tx.json(corrected)}, ${tx.json(read.facts.bills.filter(({ billId }) => plan.askedAgain.some((one) => one.billId === billId)).map(({ billId, dueOn }) => ({ bill_id: billId, due_on: dueOn })))},
      ${by}, ${asked.byHolder ?? false}, ${new Date(at)}::timestamptz, ${note}
    from policies p where p.holder_id = ${holderId} and p.policy_id = ${policyId} returning change_id`;
  await tx`select pg_notify('inforce_payment', ${JSON.stringify({ insurer_id: insurerId })})`;
  return ok({ changeId: row?.change_id ?? 0, plan });
}

type BillJson = ReturnType<typeof billJson>;
type Corrected = { readonly bill_id: number; readonly correction_id: number | null; readonly before: BillJson };
const billJson = ({ premiumMinor, charges, amountMinor, periodTo, dueOn, kind }: BilledPeriod) => ({
  premium_minor: Number(premiumMinor), amount_minor: Number(amountMinor), period_to: periodTo, due_on: dueOn, kind, charges: chargesToJson(charges),
});
/** An order or plan as JSON keeps it. */
const plain = (order: ChangeOrder): Readonly<Record<string, string | number | boolean | null>> =>
  Object.fromEntries(Object.entries(order).map(([name, value]) => [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), typeof value === 'bigint' ? Number(value) : value]));

async function correct(tx: Tx, { insurerId, holderId, by, at, on, note }: Omit<ChangeActed, 'order' | 'version'>, read: Pick<Read, 'corrections'>, { billId, after }: Pick<ChangePlan['corrections'][number], 'billId' | 'after'>): Promise<Result<number>> {
  const done = await correctBill(tx, { insurerId, holderId, billId, after, version: read.corrections.get(billId) ?? 0, reason: after === null ? 'not_due' : 'premium', note: note === '' ? CHANGE_NOTE : note, by, at, on });
  return done.ok ? ok(done.value.correctionId) : done;
}
const CHANGE_NOTE = 'The policy was changed.';

async function writeBills(tx: Tx, insurerId: InsurerId, read: Read, { bills }: ChangePlan, on: PlainDate): Promise<void> {
  if (bills.length === 0) return;
  const { holderId, policyId, facts: { place } } = read;
  const rows = bills.map((bill) => ({
    id: billIdOf(policyId, bill.instalmentNo), no: bill.instalmentNo, kind: bill.kind, from: bill.periodFrom, to: bill.periodTo, due: bill.dueOn, premium: Number(bill.premiumMinor), amount: Number(bill.amountMinor),
    fees: Number(bill.feesMinor), charges: chargesColumn(bill.charges),
  }));
  await tx`
    insert into bills (insurer_id, holder_id, bill_id, policy_id, instalment_no, kind, period_from, period_to, due_on, issued_on, market, currency, premium_minor, charges, amount_minor, fees_minor)
    select ${insurerId}::int, ${holderId}::bigint, id, ${policyId}::bigint, no, kind, "from", "to", due, ${on}::date, ${place.market}, ${place.currency}, premium, charges, amount, fees
    from jsonb_to_recordset(${tx.json(rows)}) as b(id bigint, no int, kind text, "from" date, "to" date, due date, premium bigint, charges jsonb, amount bigint, fees bigint)`;
  await writePostings(tx, insurerId, bills.flatMap((bill) => issued(read, bill, on)));
}

async function writePeriods(tx: Tx, holderId: HolderId, periods: readonly { readonly billId: BillId; readonly periodTo: PlainDate }[]): Promise<void> {
  if (periods.length === 0) return;
  await tx`
    update bills b set period_to = n.to from jsonb_to_recordset(${tx.json(periods.map(({ billId, periodTo }) => ({ id: billId, to: periodTo })))}) as n(id bigint, "to" date)
    where b.holder_id = ${holderId} and b.bill_id = n.id`;
}

/** A bill that is asked for by another day begins its way through the law anew. */
async function askAgain(tx: Tx, holderId: HolderId, bills: ChangePlan['askedAgain']): Promise<void> {
  if (bills.length === 0) return;
  await tx`
    update bills b set due_on = n.due, stage = 'not_due', stage_since = null, stage_rule = null, grace_ends_on = null, next_change_on = null, waits_for = null
    from jsonb_to_recordset(${tx.json(bills.map(({ billId, dueOn }) => ({ id: billId, due: dueOn })))}) as n(id bigint, due date)
    where b.holder_id = ${holderId} and b.bill_id = n.id`;
}

async function writeTerms(tx: Tx, { holderId, policyId, facts }: Read, { terms, state, nextDueOn, effectiveOn, corrections }: ChangePlan, on: PlainDate): Promise<void> {
  const cutTo = corrections.some(({ before, after }) => after === null || after.periodTo < before.periodTo) ? effectiveOn : null;
  await tx`
    update policies set premium_minor = ${String(terms.premiumMinor)}, year_premium_minor = ${terms.yearPremiumMinor == null ? null : String(terms.yearPremiumMinor)}, mode = ${terms.mode}, due_day = ${terms.dueDay},
      instalment_charge_points = ${terms.instalmentChargePoints ?? 0}, cover_from = ${terms.coverFrom}, cover_to = ${terms.coverTo}, schedule_from = ${terms.scheduleFrom ?? null}, schedule_no = ${terms.scheduleNo ?? null},
      next_due_on = ${nextDueOn}, next_bill_on = null, state = coalesce(${state}, state), state_since = case when ${state}::text is null or ${state} = ${facts.state} then state_since else ${on}::date end,
      paid_to_on = least(paid_to_on, ${cutTo}::date)
    where holder_id = ${holderId} and policy_id = ${policyId}`;
}

/** A policy's terms as a change keeps them. */
const TERMS_SQL = `jsonb_build_object('premium_minor', p.premium_minor, 'year_premium_minor', p.year_premium_minor, 'instalment_charge_points', p.instalment_charge_points, 'mode', p.mode, 'due_day', p.due_day,
  'cover_from', p.cover_from, 'cover_to', p.cover_to, 'schedule_from', p.schedule_from, 'schedule_no', p.schedule_no, 'next_due_on', p.next_due_on, 'state', p.state, 'state_since', p.state_since, 'paid_to_on', p.paid_to_on)`;
export type TermsJson = {
  premium_minor: number; year_premium_minor: number | null; instalment_charge_points: number; mode: Terms['mode']; due_day: number; cover_from: PlainDate; cover_to: PlainDate | null;
  schedule_from: PlainDate | null; schedule_no: number | null; next_due_on: PlainDate | null; state: string; state_since: PlainDate | null; paid_to_on: PlainDate | null;
};
type PolicyRow = {
  market: string; subdivision: string | null; line: string; currency: Currency; terms: TermsJson; last_no: number; last_difference_no: number; not_before: PlainDate | null; last_change: number | null; last_by: string | null;
  version: string;
};
type BillRow = {
  bill_id: BillId; instalment_no: number; kind: BilledPeriod['kind']; state: BilledPeriod['state']; period_from: PlainDate; period_to: PlainDate; due_on: PlainDate; premium_minor: bigint;
  charges: readonly { kind: ChargeKind; rule: string; amount_minor: number }[] | null; amount_minor: bigint; paid_minor: bigint; corrections: number;
};

const termsOf = (of: TermsJson): Terms => ({
  mode: of.mode, coverFrom: of.cover_from, coverTo: of.cover_to, dueDay: of.due_day, scheduleFrom: of.schedule_from, scheduleNo: of.schedule_no, premiumMinor: BigInt(of.premium_minor),
  yearPremiumMinor: of.year_premium_minor === null ? null : BigInt(of.year_premium_minor), instalmentChargePoints: of.instalment_charge_points,
});

async function readPolicy(tx: Tx, holderId: HolderId, policyId: PolicyId, today: PlainDate): Promise<Read | null> {
  const [[policy], bills] = await Promise.all([
    tx<PolicyRow[]>`
      select p.market, p.subdivision, p.line, p.currency, ${tx.unsafe(TERMS_SQL)} as terms, n.last_no, n.last_difference_no, c.not_before, c.last_change, c.last_by,
        concat_ws('.', c.changes, n.bills, n.paid, n.corrections, md5(${tx.unsafe(TERMS_SQL)}::text)) as version
      from policies p
        cross join lateral (
          select coalesce(max(instalment_no) filter (where instalment_no < ${DIFFERENCE_NO_MIN}), 0) as last_no, coalesce(max(instalment_no) filter (where instalment_no >= ${DIFFERENCE_NO_MIN}), ${DIFFERENCE_NO_MIN - 1}) as last_difference_no,
            count(*) as bills, coalesce(sum(paid_minor), 0) as paid, (select count(*) from bill_corrections k join bills o using (insurer_id, holder_id, bill_id) where o.holder_id = p.holder_id and o.policy_id = p.policy_id) as corrections
          from bills b where b.holder_id = p.holder_id and b.policy_id = p.policy_id) n
        cross join lateral (
          select count(*) + count(undone_at) as changes, max(holds_from) filter (where undone_at is null) as not_before, max(change_id) filter (where undone_at is null) as last_change,
            (array_agg(coalesce(undone_by, asked_by) order by change_id desc))[1] as last_by
          from policy_changes c where c.holder_id = p.holder_id and c.policy_id = p.policy_id) c
      where p.holder_id = ${holderId} and p.policy_id = ${policyId}`,
    tx<BillRow[]>`
      select bill_id, instalment_no, kind, state, period_from, period_to, due_on, premium_minor, charges, amount_minor, paid_minor,
        (select count(*)::int from bill_corrections c where c.insurer_id = b.insurer_id and c.holder_id = b.holder_id and c.bill_id = b.bill_id) as corrections
      from bills b where holder_id = ${holderId} and policy_id = ${policyId} and state <> 'cancelled' order by due_on, bill_id`,
  ]);
  if (policy === undefined) return null;
  return {
    policy, holderId, policyId, version: policy.version, corrections: new Map(bills.map((bill) => [bill.bill_id, bill.corrections])),
    facts: {
      place: { market: policy.market, subdivision: policy.subdivision, line: policy.line, currency: policy.currency }, terms: termsOf(policy.terms), state: policy.terms.state, nextDueOn: policy.terms.next_due_on,
      lastNo: policy.last_no, lastDifferenceNo: policy.last_difference_no, notBefore: policy.not_before, today,
      bills: bills.map((bill) => ({
        billId: bill.bill_id, instalmentNo: bill.instalment_no, kind: bill.kind, state: bill.state, periodFrom: bill.period_from, periodTo: bill.period_to, dueOn: bill.due_on, premiumMinor: bill.premium_minor,
        charges: chargesOfJson(bill.charges), amountMinor: bill.amount_minor, paidMinor: bill.paid_minor,
      })),
    },
  };
}

// ---- taking a change back ----

export type UndoAsked = { readonly insurerId: InsurerId; readonly holderId: HolderId; readonly policyId: PolicyId; readonly changeId: number; readonly by: string; readonly at: Moment; readonly on: PlainDate };
type ChangeRow = { terms_before: TermsJson; terms_after: TermsJson; bill_ids: string[]; corrected: Corrected[]; asked_again: { bill_id: BillId; due_on: PlainDate }[]; undone_by: string | null; newest: boolean; followers: number };

/**
 * The newest change, while nothing depends on it: what it billed is withdrawn, what it lowered asks again for what it did, and the terms are as before. Money that a bill no longer takes waits as
 * the holder's. Problems: `not_found`, `change_undone_already`, `change_not_newest`, `change_has_followers`, and those of a bill's correction.
 */
export async function undoChange(tx: Tx, asked: UndoAsked): Promise<Result<{ readonly withdrawn: number; readonly restored: number }>> {
  const { insurerId, holderId, policyId, changeId, by, at, on } = asked;
  await tx`select from holders where holder_id = ${holderId} for no key update`;
  const [[change], read] = await Promise.all([
    tx<ChangeRow[]>`
      select terms_before, terms_after, bill_ids::text[] as bill_ids, corrected, asked_again, undone_by,
        not exists (select from policy_changes n where n.holder_id = c.holder_id and n.policy_id = c.policy_id and n.change_id > c.change_id and n.undone_at is null) as newest,
        (select count(*)::int from bills b where b.holder_id = c.holder_id and b.policy_id = c.policy_id and b.state <> 'cancelled' and b.kind = 'instalment' and not b.bill_id = any(c.bill_ids)
          and b.instalment_no < ${DIFFERENCE_NO_MIN} and b.due_on >= (c.terms_after ->> 'next_due_on')::date) as followers
      from policy_changes c where holder_id = ${holderId} and policy_id = ${policyId} and change_id = ${changeId}`,
    readPolicy(tx, holderId, policyId, on),
  ]);
  if (change === undefined || read === null) return fail('not_found');
  if (change.undone_by !== null) return fail('change_undone_already', { by: change.undone_by });
  if (!change.newest) return fail('change_not_newest');
  if (change.followers > 0) return fail('change_has_followers', { bills: change.followers });
  const made = new Set(change.bill_ids.map(Number));
  const order = { ...asked, note: `Change ${changeId} of the policy was taken back.` };
  for (const bill of read.facts.bills) {
    if (!made.has(bill.billId)) continue;
    const done = await correct(tx, order, read, { billId: bill.billId, after: null });
    if (!done.ok) return done;
  }
  const standing = new Set<number>(read.facts.bills.map(({ billId }) => billId));
  for (const { bill_id: billId, correction_id: correctionId, before } of change.corrected) {
    if (correctionId === null) continue;
    const after = { premiumMinor: BigInt(before.premium_minor), charges: chargesOfJson(before.charges), amountMinor: BigInt(before.amount_minor), periodTo: before.period_to };
    if (standing.has(billId)) {
      const done = await correct(tx, order, read, { billId: billId as BillId, after });
      if (!done.ok) return done;
    } else await reopen(tx, asked, read, billId as BillId, after);
  }
  await writePeriods(tx, holderId, change.corrected.map(({ bill_id: billId, before }) => ({ billId: billId as BillId, periodTo: before.period_to })));
  await askAgain(tx, holderId, change.asked_again.map(({ bill_id: billId, due_on: dueOn }) => ({ billId, dueOn })));
  await restoreTerms(tx, read, change, made.size > 0);
  await tx`update policy_changes set undone_at = ${new Date(at)}, undone_by = ${by} where holder_id = ${holderId} and policy_id = ${policyId} and change_id = ${changeId}`;
  await tx`select pg_notify('inforce_payment', ${JSON.stringify({ insurer_id: insurerId })})`;
  return ok({ withdrawn: made.size, restored: change.corrected.length });
}

/** A bill that the change had withdrawn asks again for all of it: what had been paid of it waits as the holder's money. */
async function reopen(tx: Tx, { insurerId, holderId, changeId, on }: UndoAsked, { facts: { place }, policyId }: Read, billId: BillId, after: { readonly premiumMinor: bigint; readonly charges: BilledPeriod['charges']; readonly amountMinor: bigint }): Promise<void> {
  const [row] = await tx<{ taken_over: boolean }[]>`
    update bills b set state = 'open', premium_minor = ${String(after.premiumMinor)}, amount_minor = ${String(after.amountMinor)},
      fees_minor = ${String(feesOf(after.charges))}, paid_minor = 0, paid_on = null, paid_by = null, closed_on = null, stage = 'not_due', stage_since = null,
      next_change_on = null, charges = ${after.charges.length === 0 ? null : tx.json(chargesToJson(after.charges))}
    where b.holder_id = ${holderId} and b.bill_id = ${billId}
    returning exists (select from postings p where p.insurer_id = b.insurer_id and p.holder_id = b.holder_id and p.bill_id = b.bill_id and p.rule = 'opening_balance') as taken_over`;
  const about = { billId, holderId, policyId, currency: place.currency };
  const rows = row?.taken_over === true ? [openingPosting({ ...about, owedMinor: after.amountMinor }, on)] : billPostings({ ...about, ...after }, on);
  await writePostings(tx, insurerId, rows.map((posting) => ({ ...posting, rule: `${posting.rule}:change-${changeId}-undone` })));
}

/** Numbers of bills that were withdrawn are used up: the former schedule goes on under the next free one. */
async function restoreTerms(tx: Tx, { holderId, policyId, policy, facts }: Read, { terms_before: before }: ChangeRow, billed: boolean): Promise<void> {
  const terms = termsOf(before);
  const from = unbilledFrom(terms, facts.place.currency, before.next_due_on);
  const anew = billed && from !== null ? { from, no: policy.last_no + 1, next: from } : { from: before.schedule_from, no: before.schedule_no, next: before.next_due_on };
  await tx`
    update policies set premium_minor = ${before.premium_minor}, year_premium_minor = ${before.year_premium_minor}, mode = ${before.mode}, due_day = ${before.due_day}, instalment_charge_points = ${before.instalment_charge_points},
      cover_from = ${before.cover_from}, cover_to = ${before.cover_to}, schedule_from = ${anew.from}, schedule_no = ${anew.no}, next_due_on = ${anew.next}, state = ${before.state}, state_since = ${before.state_since}
    where holder_id = ${holderId} and policy_id = ${policyId}`;
}
