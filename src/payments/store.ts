/**
 * What settlement reads: a number of statements that does not grow with the number of events. The holders' rows are locked first and in order,
 * so that two webhooks, or a webhook and a bank file, about the same holder go one after the other and see each other's work.
 */

import { type Tx } from '../database/index.ts';
import { type BillId, type HolderId, type PaymentId, type PlainDate, type PolicyId } from '../kernel/index.ts';
import { isReversal, type SettlementFacts } from './decide-settlement.ts';
import { type BillFacts, billKey, eventKey, type MoneyReversal, type PaymentFacts, type PolicyFacts, policyKey, type Settlement } from './settlement.ts';

type Named = { readonly holderId: HolderId; readonly billId: BillId };

export async function lockHolders(tx: Tx, holderIds: readonly number[]): Promise<void> {
  await tx`select from holders where holder_id = any(${[...new Set(holderIds)]}::bigint[]) order by holder_id for no key update`;
}

type EventRow = { holder_id: HolderId; provider: string; event_id: string; payment_id: PaymentId; kind: string; outcome: string };

/** Locks the holders, then reads all that the decision needs. Statements of one connection run in the order in which they are sent, so nobody waits for the answer in between. */
export async function readSettlementFacts(tx: Tx, settlements: readonly Settlement[]): Promise<SettlementFacts> {
  const holderIds = [...new Set(settlements.map(({ holderId }) => holderId))];
  const paymentIds = settlements.flatMap(({ paymentId }) => (paymentId === null ? [] : [paymentId]));
  const [, events, receipts, payments, open, closed] = await Promise.all([
    lockHolders(tx, holderIds), readEvents(tx, holderIds, settlements, paymentIds), knownReceipts(tx, settlements.filter(({ paymentId }) => paymentId === null)),
    readPayments(tx, holderIds, paymentIds), readOpenBills(tx, holderIds), readNamedBills(tx, settlements, 'closed'),
  ]);
  const chosen = payments.flatMap(({ holderId, billIds }) => (billIds ?? []).map((billId) => ({ holderId, billId })));
  const bills = [...open, ...closed, ...(chosen.length === 0 ? [] : await readNamedBills(tx, chosen, 'closed'))];
  const [pending, policies] = await Promise.all([pendingPayments(tx, bills), readPolicies(tx, bills)]);
  const early = new Map<number, { kind: MoneyReversal; failure: null }>();
  for (const { payment_id: id, kind, outcome } of events) if (outcome === 'early' && isReversal(kind)) early.set(id, { kind, failure: null });
  const byId = new Map<number, PaymentFacts>();
  for (const payment of [...pending, ...payments]) if (payment.paymentId !== null) byId.set(payment.paymentId, payment);
  const seen = new Set(receipts);
  for (const { holder_id: holderId, provider, event_id: eventId } of events) seen.add(eventKey({ holderId, provider, eventId }));
  return { bills: new Map(bills.map((bill) => [billKey(bill), bill])), policies, payments: byId, early, seen };
}

const readEvents = (tx: Tx, holderIds: readonly number[], settlements: readonly Settlement[], paymentIds: readonly number[]) => tx<EventRow[]>`
  select holder_id, provider, event_id, payment_id, kind, outcome from provider_events
  where holder_id = any(${[...holderIds]}::bigint[])
    and (event_id = any(${settlements.map(({ eventId }) => eventId)}) or (outcome = 'early' and payment_id = any(${[...paymentIds]}::bigint[])))`;

/** Bank references that any holder's payment or an unmatched receipt carries already: `provider/reference`. */
async function knownReceipts(tx: Tx, fresh: readonly Settlement[]): Promise<string[]> {
  if (fresh.length === 0) return [];
  // One look into the index for each; as a set the planner, whose statistics lag behind a table that has just been filled, reads the whole of it.
  const rows = await tx<{ receipt: string }[]>`
    select r.provider || '/' || r.reference as receipt
    from unnest(${fresh.map(({ provider }) => provider)}::text[], ${fresh.map(({ providerReference }) => providerReference)}::text[]) as r(provider, reference)
    cross join lateral (
      select from payments p where p.provider = r.provider and p.provider_reference = r.reference limit 1) known
    union all
    select 'bank/' || r.reference from unnest(${fresh.filter(({ provider }) => provider === 'bank').map(({ providerReference }) => providerReference)}::text[]) as r(reference)
    cross join lateral (select from unmatched_receipts u where u.bank_reference = r.reference limit 1) known`;
  return rows.map(({ receipt }) => receipt);
}

export type PaymentRow = {
  holder_id: HolderId; payment_id: PaymentId; provider: string; provider_reference: string | null; method: string; bill_id: BillId; bill_ids: string[] | null; contact_id: number | null; caused_by: PaymentId | null;
  amount_minor: bigint; currency: string; state: PaymentFacts['state']; failure: string | null; settled_at: Date | null;
};
export const paymentOf = (row: PaymentRow): PaymentFacts => ({
  holderId: row.holder_id, paymentId: row.payment_id, provider: row.provider, providerReference: row.provider_reference, method: row.method, billId: row.bill_id,
  billIds: row.bill_ids?.map((id) => Number(id) as BillId) ?? null,
  contactId: row.contact_id, causedBy: row.caused_by, amountMinor: row.amount_minor, currency: row.currency, state: row.state, failure: row.failure, settledAt: row.settled_at?.getTime() ?? null,
});

export async function readPayments(tx: Tx, holderIds: readonly number[], paymentIds: readonly number[]): Promise<PaymentFacts[]> {
  if (paymentIds.length === 0) return [];
  const rows = await tx<PaymentRow[]>`select * from payments where holder_id = any(${holderIds}::bigint[]) and payment_id = any(${paymentIds}::bigint[])`;
  return rows.map(paymentOf);
}

async function pendingPayments(tx: Tx, bills: readonly BillFacts[]): Promise<PaymentFacts[]> {
  const rows = await tx<PaymentRow[]>`
    select p.* from unnest(${bills.map((b) => b.holderId)}::bigint[], ${bills.map((b) => b.billId)}::bigint[]) as b(holder_id, bill_id)
    join payments p on p.holder_id = b.holder_id and p.bill_id = b.bill_id where p.state = 'pending'
    union
    -- A payment for several bills, found from any of them.
    select p.* from payments p where p.holder_id = any(${bills.map((b) => b.holderId)}::bigint[]) and p.bill_ids is not null and p.state = 'pending'`;
  return rows.map(paymentOf);
}

type BillRow = {
  holder_id: HolderId; bill_id: BillId; policy_id: PolicyId; market: string; currency: string; amount_minor: bigint; fees_minor: bigint; paid_minor: bigint; due_on: PlainDate; period_to: PlainDate;
  stage: string; state: BillFacts['state']; paid_on: PlainDate | null; paid_by: string | null; in_flight: boolean; recoverable: boolean; discounts: readonly { until: PlainDate; amount_minor: number }[] | null;
};

/** The holders' open bills, locked. */
async function readOpenBills(tx: Tx, holderIds: readonly number[]): Promise<BillFacts[]> {
  const rows = await tx<BillRow[]>`
    select holder_id, bill_id, policy_id, market, currency, amount_minor, fees_minor, paid_minor, due_on, period_to, stage, state, paid_on, paid_by, in_flight, announced -> 'discounts' as discounts, false as recoverable
    from bills where state = 'open' and holder_id = any(${holderIds}::bigint[]) order by holder_id, bill_id for no key update`;
  return rows.map(billOf);
}

/** Bills by name, locked; all of them or those that are not open. */
export async function readNamedBills(tx: Tx, named: readonly Named[], which: 'all' | 'closed'): Promise<BillFacts[]> {
  const rows = await tx<BillRow[]>`
    select b.holder_id, b.bill_id, b.policy_id, b.market, b.currency, b.amount_minor, b.fees_minor, b.paid_minor, b.due_on, b.period_to, b.stage, b.state, b.paid_on, b.paid_by, b.in_flight, b.announced -> 'discounts' as discounts,
      b.closed_on is not null and exists (select from postings o where o.holder_id = b.holder_id and o.bill_id = b.bill_id and o.rule = 'write_off') as recoverable
    from (select distinct * from unnest(${named.map((b) => b.holderId)}::bigint[], ${named.map((b) => b.billId)}::bigint[])) as n(holder_id, bill_id)
    join bills b on b.holder_id = n.holder_id and b.bill_id = n.bill_id
    where ${which === 'all'} or b.state <> 'open'
    order by b.holder_id, b.bill_id for no key update of b`;
  return rows.map(billOf);
}

const billOf = (row: BillRow): BillFacts => ({
  holderId: row.holder_id, billId: row.bill_id, policyId: row.policy_id, market: row.market, currency: row.currency, amountMinor: row.amount_minor, feesMinor: row.fees_minor, paidMinor: row.paid_minor,
  dueOn: row.due_on, periodTo: row.period_to, stage: row.stage, state: row.state, paidOn: row.paid_on, paidBy: row.paid_by, inFlight: row.in_flight, recoverable: row.recoverable,
  ...(row.discounts === null || row.discounts.length === 0 ? {} : { discounts: row.discounts.map(({ until, amount_minor: amount }) => ({ until, amountMinor: BigInt(amount) })) }),
});

export async function readPolicies(tx: Tx, bills: readonly BillFacts[]): Promise<Map<string, PolicyFacts>> {
  const rows = await tx<PolicyFacts[]>`
    select p.holder_id as "holderId", p.policy_id as "policyId", p.state, p.state_since as "stateSince", p.premiums_paid as "premiumsPaid",
      p.late_1_to_30_days as "late1To30Days", p.late_31_to_90_days as "late31To90Days", p.late_over_90_days as "lateOver90Days", p.last_days_late as "lastDaysLate",
      p.days_late_total as "daysLateTotal", p.cash_share as "cashShare", p.digital_share as "digitalShare", p.paid_to_on as "paidToOn"
    from (select distinct * from unnest(${bills.map((b) => b.holderId)}::bigint[], ${bills.map((b) => b.policyId)}::bigint[])) as n(holder_id, policy_id)
    join policies p on p.holder_id = n.holder_id and p.policy_id = n.policy_id
    order by p.holder_id, p.policy_id for no key update of p`;
  return new Map(rows.map((policy) => [policyKey(policy), policy]));
}
