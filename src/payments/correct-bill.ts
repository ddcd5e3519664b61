/**
 * A bill that was wrong is put right, or withdrawn, in one transaction: its figures, its entries in the ledger turned round and booked anew, and what had been paid for more
 * than is owed waits as the holder's money. What it said before is kept.
 */

import { type Tx } from '../database/index.ts';
import { type BillId, type Currency, fail, type HolderId, type InsurerId, type Moment, ok, type PaymentId, type PlainDate, type Result } from '../kernel/index.ts';
import { billPostings, type Charge, CHARGE_KINDS, chargesOfJson, chargesToJson, entry, feesIn, feesOf, openingPosting, type PostingRow, reversal, standingPostings, writePostings } from '../ledger/index.ts';
import { type BillAmounts, type CorrectableBill, type Correction, type CorrectionReason, decideCorrection, type PaidPart } from './decide-correction.ts';
import { OWN_PROVIDER } from './own-methods.ts';
import { forgetPaid, type PolicyBefore, rememberPaid } from './policy-memory.ts';
import { type BillFacts, isCovered, policyKey } from './settlement.ts';
import { lockHolders, readNamedBills, readPolicies } from './store.ts';
import { keepPromises, reopenPromises, writePolicies } from './write.ts';

export type BillCorrection = {
  readonly insurerId: InsurerId;
  readonly holderId: HolderId;
  readonly billId: BillId;
  /** The new premium and what the law adds to it; null withdraws the bill. */
  readonly after: { readonly premiumMinor: bigint; readonly charges: readonly Charge[] } | null;
  /** Corrections of the bill that the person has seen. */
  readonly version: number;
  readonly reason: CorrectionReason;
  readonly note: string;
  readonly by: string;
  readonly at: Moment;
  readonly on: PlainDate;
};

type Part = PaidPart & { readonly before: PolicyBefore | null };
type Facts = { readonly bill: BillFacts; readonly correctable: CorrectableBill; readonly parts: readonly Part[]; readonly version: number; readonly lastBy: string | null };

const amountsOf = (after: BillCorrection['after']): BillAmounts | null => (after === null ? null
  : { ...after, amountMinor: after.charges.reduce((sum, { amountMinor }) => sum + amountMinor, after.premiumMinor) });

/** What a correction would do; nothing is written. Problems: `not_found` and those of `decideCorrection`. */
export async function previewCorrection(tx: Tx, { holderId, billId, after }: Pick<BillCorrection, 'holderId' | 'billId' | 'after'>): Promise<Result<Correction & { readonly version: number }>> {
  const facts = await readFacts(tx, holderId, billId);
  if (facts === null) return fail('not_found');
  const decided = decideCorrection(facts.correctable, facts.parts, amountsOf(after));
  return decided.ok ? ok({ ...decided.value, version: facts.version }) : decided;
}

/** Problems: `not_found`, `changed_meanwhile` where somebody has corrected it since, and those of `decideCorrection`. */
export async function correctBill(tx: Tx, correction: BillCorrection): Promise<Result<Correction & { readonly correctionId: number; readonly bill: BillFacts }>> {
  const { holderId, billId } = correction;
  await lockHolders(tx, [holderId]);
  const facts = await readFacts(tx, holderId, billId);
  if (facts === null) return fail('not_found');
  if (facts.version !== correction.version) return fail('changed_meanwhile', { by: facts.lastBy ?? '—' });
  const decided = decideCorrection(facts.correctable, facts.parts, amountsOf(correction.after));
  if (!decided.ok) return decided;
  if (facts.correctable.paidElsewhereMinor > 0n) {
    await takeIntoBooks(tx, correction, facts);
    const taken = await readFacts(tx, holderId, billId);
    if (taken === null) return fail('not_found');
    return correctRead(tx, correction, taken);
  }
  return correctRead(tx, correction, facts);
}

async function correctRead(tx: Tx, correction: BillCorrection, facts: Facts): Promise<Result<Correction & { readonly correctionId: number; readonly bill: BillFacts }>> {
  const { insurerId, holderId, billId, on } = correction;
  const decided = decideCorrection(facts.correctable, facts.parts, amountsOf(correction.after));
  if (!decided.ok) return decided;
  const { bill } = facts;
  const correctionId = await writeCorrection(tx, correction, facts.correctable, decided.value);
  await remember(tx, correctionId, facts, decided.value);
  await tx`
    update bills set premium_minor = ${String(decided.value.after?.premiumMinor ?? facts.correctable.premiumMinor)}, amount_minor = ${String(decided.value.after?.amountMinor ?? bill.amountMinor)},
      charges = ${chargesJson(tx, decided.value.after?.charges ?? facts.correctable.charges)},
      fees_minor = ${String(feesOf(decided.value.after?.charges ?? facts.correctable.charges))}, paid_minor = ${String(decided.value.paidMinor)}, state = ${decided.value.state},
      paid_on = ${decided.value.paidOn}, paid_by = ${decided.value.paidBy}, closed_on = ${decided.value.state === 'cancelled' ? on : null}
    where holder_id = ${holderId} and bill_id = ${billId}`;
  await release(tx, correction, correctionId, bill.currency, decided.value);
  await book(tx, correction, correctionId, facts, decided.value);
  if (decided.value.state === 'paid') await keepPromises(tx, [{ holderId, billId, on: decided.value.paidOn ?? on }]);
  if (bill.state === 'paid' && decided.value.state === 'open') await reopenPromises(tx, [bill]);
  await tx`select pg_notify('inforce_payment', ${JSON.stringify({ insurer_id: insurerId })})`;
  return ok({ ...decided.value, correctionId, bill });
}

type BillRow = {
  premium_minor: bigint; charges: readonly { kind: Charge['kind']; rule: string; amount_minor: number }[] | null; taken_over: boolean; given_up: boolean; issued: boolean; version: number; last_by: string | null;
};

async function readFacts(tx: Tx, holderId: HolderId, billId: BillId): Promise<Facts | null> {
  const [[bill], [row], parts] = await Promise.all([
    readNamedBills(tx, [{ holderId, billId }], 'all'),
    tx<BillRow[]>`
      select premium_minor, charges, c.version, c.last_by,
        exists (select from postings p where p.insurer_id = b.insurer_id and p.holder_id = b.holder_id and p.bill_id = b.bill_id and p.rule = 'opening_balance') as taken_over,
        exists (select from postings p where p.insurer_id = b.insurer_id and p.holder_id = b.holder_id and p.bill_id = b.bill_id and p.rule = 'write_off') as given_up,
        exists (select from postings p where p.insurer_id = b.insurer_id and p.holder_id = b.holder_id and p.source_kind = 'bill' and p.source_id = b.bill_id) as issued
      from bills b cross join lateral (
        select count(*)::int as version, (array_agg(corrected_by order by correction_id desc))[1] as last_by from bill_corrections c
        where c.insurer_id = b.insurer_id and c.holder_id = b.holder_id and c.bill_id = b.bill_id) c
      where b.holder_id = ${holderId} and b.bill_id = ${billId}`,
    tx<{ payment_id: PaymentId; amount_minor: bigint; method: string; booked_on: PlainDate; policy_before: PolicyBefore | null }[]>`
      select a.payment_id, a.amount_minor, p.method, a.booked_on, a.policy_before from allocations a join payments p using (insurer_id, holder_id, payment_id)
      where a.holder_id = ${holderId} and a.bill_id = ${billId} and p.state = 'succeeded' order by a.booked_on desc, a.payment_id desc`,
  ]);
  if (bill === undefined || row === undefined) return null;
  const charges = chargesOfJson(row.charges);
  const elsewhere = bill.state === 'paid' && !row.issued && parts.length === 0 ? bill.paidMinor : 0n;
  return {
    bill, version: row.version, lastBy: row.last_by,
    correctable: { premiumMinor: row.premium_minor, charges, amountMinor: bill.amountMinor, state: bill.state, paidMinor: bill.paidMinor, paidOn: bill.paidOn, paidBy: bill.paidBy, takenOver: row.taken_over, givenUp: row.given_up, paidElsewhereMinor: elsewhere },
    parts: elsewhere > 0n ? [{ paymentId: NOT_YET, amountMinor: elsewhere, method: bill.paidBy ?? '', bookedOn: bill.paidOn ?? bill.dueOn, before: null }]
      : parts.map((part) => ({ paymentId: part.payment_id, amountMinor: part.amount_minor, method: part.method, bookedOn: part.booked_on, before: part.policy_before })),
  };
}

/** What a former system's payment is called until it is in our books. */
const NOT_YET = 0 as PaymentId;

/** A bill that was paid in a former system comes into our books as it was, with its payment: what is put right then has entries to turn round, and what is left over a payment to wait with. */
async function takeIntoBooks(tx: Tx, { insurerId, holderId, billId, at, on }: BillCorrection, { bill, correctable: { premiumMinor, charges, paidElsewhereMinor } }: Facts): Promise<void> {
  const [payment] = await tx<{ payment_id: PaymentId }[]>`
    insert into payments (insurer_id, holder_id, provider, provider_reference, method, amount_minor, currency, state, bill_id, created_at, settled_at)
    values (${insurerId}, ${holderId}, ${OWN_PROVIDER}, ${`paid-before:${billId}`}, 'paid_before', ${String(paidElsewhereMinor)}, ${bill.currency}, 'succeeded', ${billId}, ${new Date(at)}, ${new Date(at)}) returning payment_id`;
  const sourceId = payment?.payment_id ?? NOT_YET;
  await tx`
    insert into allocations (insurer_id, holder_id, payment_id, bill_id, amount_minor, currency, booked_on)
    values (${insurerId}, ${holderId}, ${sourceId}, ${billId}, ${String(paidElsewhereMinor)}, ${bill.currency}, ${bill.paidOn ?? bill.dueOn})`;
  const about = { billId, holderId, policyId: bill.policyId, currency: bill.currency };
  await writePostings(tx, insurerId, [...billPostings({ ...about, premiumMinor, charges }, on), entry('paid_before', { ...about, bookedOn: on, amountMinor: paidElsewhereMinor, sourceId })]);
}

const chargesJson = (tx: Tx, charges: readonly Charge[]) => (charges.length === 0 ? null : tx.json(chargesToJson(charges)));
const amountsJson = ({ premiumMinor, charges, amountMinor }: BillAmounts) => ({ premium_minor: Number(premiumMinor), charges: chargesToJson(charges), amount_minor: Number(amountMinor) });

async function writeCorrection(tx: Tx, { insurerId, holderId, billId, reason, note, by, at }: BillCorrection, before: BillAmounts, { after, surplusMinor }: Correction): Promise<number> {
  const [row] = await tx<{ correction_id: number }[]>`
    insert into bill_corrections (insurer_id, holder_id, bill_id, corrected_at, corrected_by, reason, note, before, after, surplus_minor)
    values (${insurerId}, ${holderId}, ${billId}, ${new Date(at)}, ${by}, ${reason}, ${note}, ${tx.json(amountsJson(before))}, ${after === null ? null : tx.json(amountsJson(after))}, ${String(surplusMinor)})
    returning correction_id`;
  return row?.correction_id ?? 0;
}

/** The policy's memory of its payments, where the bill is paid now and was not, or was and is not. */
async function remember(tx: Tx, correctionId: number, { bill, parts }: Facts, { after, state, paidMinor, paidOn, paidBy }: Correction): Promise<void> {
  const wasPaid = isCovered(bill) && bill.state !== 'cancelled';
  const isPaid = after !== null && state !== 'cancelled' && paidMinor >= after.amountMinor - feesOf(after.charges);
  if (wasPaid === isPaid) return;
  const policies = await readPolicies(tx, [bill]);
  const policy = policies.get(policyKey(bill));
  if (policy === undefined) return;
  if (wasPaid) {
    const before = parts.find((part) => part.before !== null)?.before ?? null;
    const coveredOn = before?.on ?? bill.paidOn;
    if (before === null || coveredOn === null) return;
    forgetPaid(policy, { ...bill, paidOn: coveredOn }, bill.paidBy ?? '', before);
  } else {
    const open = await tx<{ stage: string }[]>`select stage from bills where holder_id = ${bill.holderId} and policy_id = ${bill.policyId} and state = 'open' and bill_id <> ${bill.billId}`;
    const before = rememberPaid(policy, bill, paidBy ?? '', paidOn ?? bill.dueOn, open.map(({ stage }) => ({ ...bill, stage })));
    const [newest] = parts;
    if (newest !== undefined) await tx`select remember_policy(${bill.holderId}, ${correctionId}, ${newest.paymentId}, ${tx.json({ ...before })})`;
  }
  await writePolicies(tx, [policy]);
}

/** Money that no longer pays this bill waits in the suspense item of its payment. */
async function release(tx: Tx, { insurerId, holderId, on }: BillCorrection, correctionId: number, currency: Currency, { released }: Correction): Promise<void> {
  if (released.length === 0) return;
  const parts = tx`jsonb_to_recordset(${tx.json(released.map(({ paymentId, amountMinor }) => ({ i: paymentId, a: String(amountMinor) })))}) as x(i bigint, a bigint)`;
  await tx`select release_allocation(${holderId}, ${correctionId}, x.i, x.a) from ${parts}`;
  await tx`
    insert into suspense_items as s (insurer_id, holder_id, payment_id, amount_minor, currency, reason, received_on)
    select ${insurerId}::int, ${holderId}::bigint, x.i, x.a, ${currency}, 'bill_corrected', ${on}::date from ${parts}
    on conflict (insurer_id, holder_id, payment_id) do update set amount_minor = s.amount_minor + excluded.amount_minor, cleared_on = null, reason = excluded.reason`;
}

/** What a bill's issue is booked by. */
const ISSUING_RULES = ['bill_issued', ...CHARGE_KINDS, 'opening_balance'] as const;

/** Every entry of the bill's issue that stands is turned round, and what it says now is booked; each under a name that carries the correction's number. */
async function book(tx: Tx, { insurerId, holderId, billId, on }: BillCorrection, correctionId: number, { bill }: Facts, { after, released, openingMinor }: Correction): Promise<void> {
  const posted = await standingPostings(tx, tx`p.holder_id = ${holderId} and p.source_kind = 'bill' and p.source_id = ${billId} and split_part(p.rule, ':', 1) in ${tx([...ISSUING_RULES])}`);
  const turned = posted.map((row) => reversal(row, 'bill_corrected', on));
  const about = { billId, holderId, policyId: bill.policyId, currency: bill.currency };
  const issued = openingMinor !== null ? [openingPosting({ ...about, owedMinor: openingMinor }, on), ...billPostings({ ...about, premiumMinor: 0n, charges: feesIn(after?.charges ?? []) }, on)].filter(({ amountMinor }) => amountMinor > 0n)
    : after === null ? [] : billPostings({ ...about, ...after }, on);
  const surplus = released.map(({ paymentId, amountMinor }) => entry('correction_surplus', { ...about, bookedOn: on, amountMinor, sourceId: paymentId }));
  const named = (row: PostingRow): PostingRow => ({ ...row, rule: `${row.rule}:correction-${correctionId}` });
  await writePostings(tx, insurerId, [...turned, ...issued.map(named), ...surplus.map(named)]);
}
