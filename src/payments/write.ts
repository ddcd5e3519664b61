/** What settlement writes: one statement for each table, however many events. */

import { type Tx } from '../database/index.ts';
import { type InsurerId, type Moment, type PaymentId } from '../kernel/index.ts';
import { type Allocation, type SettlementDecision, type Surplus } from './decide-settlement.ts';
import { type BillFacts, type PaymentFacts, type PolicyFacts } from './settlement.ts';

const minor = (value: bigint): string => String(value);
const moment = (at: Moment | null): string | null => (at === null ? null : new Date(at).toISOString());

/** Writes payments that began at the bank and gives them their numbers; brings the others up to date. */
export async function writePayments(tx: Tx, insurerId: InsurerId, payments: readonly PaymentFacts[]): Promise<void> {
  const fresh = payments.filter(({ paymentId }) => paymentId === null);
  const known = payments.filter(({ paymentId }) => paymentId !== null);
  if (fresh.length > 0) {
    const rows = fresh.map((p) => ({ h: p.holderId, p: p.provider, r: p.providerReference, m: p.method, a: minor(p.amountMinor), c: p.currency, s: p.state, b: p.billId, t: moment(p.settledAt), k: p.causedBy }));
    const written = await tx<{ payment_id: PaymentId; provider: string; provider_reference: string }[]>`
      insert into payments (insurer_id, holder_id, provider, provider_reference, method, amount_minor, currency, state, bill_id, created_at, settled_at, caused_by)
      select ${insurerId}::int, h, p, r, m, a, c, s, b, t, t, k
      from jsonb_to_recordset(${tx.json(rows)}) as x(h bigint, p text, r text, m text, a bigint, c text, s text, b bigint, t timestamptz, k bigint)
      returning payment_id, provider, provider_reference`;
    const ids = new Map(written.map((row) => [`${row.provider}/${row.provider_reference}`, row.payment_id]));
    for (const payment of fresh) payment.paymentId = ids.get(`${payment.provider}/${payment.providerReference ?? ''}`) ?? null;
  }
  if (known.length > 0) {
    const rows = known.map((p) => ({ h: p.holderId, i: p.paymentId, a: minor(p.amountMinor), c: p.currency, s: p.state, f: p.failure, t: moment(p.settledAt) }));
    await tx`
      update payments p set amount_minor = x.a, currency = x.c, state = x.s, failure = x.f, settled_at = x.t
      from jsonb_to_recordset(${tx.json(rows)}) as x(h bigint, i bigint, a bigint, c text, s text, f text, t timestamptz)
      where p.holder_id = x.h and p.payment_id = x.i`;
  }
}

/** The payment's number, which it has once it is written. */
export function idOf(payment: PaymentFacts): PaymentId {
  if (payment.paymentId === null) throw new Error('a payment is used before it is written');
  return payment.paymentId;
}

export async function writeEvents(tx: Tx, insurerId: InsurerId, events: SettlementDecision['events'], receivedAt: Moment): Promise<void> {
  if (events.length === 0) return;
  const rows = events.map(({ settlement: s, payment, outcome }) => ({ h: s.holderId, p: s.provider, e: s.eventId, i: idOf(payment), k: s.kind, t: moment(s.occurredAt), o: outcome }));
  await tx`
    insert into provider_events (insurer_id, holder_id, provider, event_id, payment_id, kind, occurred_at, received_at, outcome)
    select ${insurerId}::int, h, p, e, i, k, t, ${new Date(receivedAt)}::timestamptz, o
    from jsonb_to_recordset(${tx.json(rows)}) as x(h bigint, p text, e text, i bigint, k text, t timestamptz, o text)`;
}

export async function writeAllocations(tx: Tx, insurerId: InsurerId, allocations: readonly Allocation[]): Promise<void> {
  if (allocations.length === 0) return;
  const rows = allocations.map(({ payment, bill, amountMinor, bookedOn, policyBefore }) => ({
    h: bill.holderId, i: idOf(payment), b: bill.billId, a: minor(amountMinor), c: bill.currency, d: bookedOn, m: policyBefore,
  }));
  await tx`
    insert into allocations (insurer_id, holder_id, payment_id, bill_id, amount_minor, currency, booked_on, policy_before)
    select ${insurerId}::int, h, i, b, a, c, d, m from jsonb_to_recordset(${tx.json(rows)}) as x(h bigint, i bigint, b bigint, a bigint, c text, d date, m jsonb)`;
  const parts = allocations.filter(({ bill, amountMinor }) => amountMinor < bill.amountMinor);
  if (parts.length === 0) return;
  await tx`
    update bills b set first_part_on = least(b.first_part_on, x.d)
    from (select h, b, min(d) as d from jsonb_to_recordset(${tx.json(parts.map(({ bill, bookedOn }) => ({ h: bill.holderId, b: bill.billId, d: bookedOn })))}) as y(h bigint, b bigint, d date) group by h, b) x
    where b.holder_id = x.h and b.bill_id = x.b`;
}

export async function writeSurpluses(tx: Tx, insurerId: InsurerId, surpluses: readonly Surplus[]): Promise<void> {
  if (surpluses.length === 0) return;
  const rows = surpluses.map(({ payment, amountMinor, reason, receivedOn }) => ({ h: payment.holderId, i: idOf(payment), a: minor(amountMinor), c: payment.currency, r: reason, d: receivedOn }));
  await tx`
    insert into suspense_items (insurer_id, holder_id, payment_id, amount_minor, currency, reason, received_on)
    select ${insurerId}::int, h, i, a, c, r, d from jsonb_to_recordset(${tx.json(rows)}) as x(h bigint, i bigint, a bigint, c text, r text, d date)`;
}

export async function writeBills(tx: Tx, bills: readonly BillFacts[]): Promise<void> {
  if (bills.length === 0) return;
  const rows = bills.map((b) => ({ h: b.holderId, b: b.billId, p: minor(b.paidMinor), s: b.state, d: b.paidOn, m: b.paidBy, f: b.inFlight }));
  await tx`
    update bills b set paid_minor = x.p, state = x.s, paid_on = x.d, paid_by = x.m, in_flight = x.f
    from jsonb_to_recordset(${tx.json(rows)}) as x(h bigint, b bigint, p bigint, s text, d date, m text, f boolean)
    where b.holder_id = x.h and b.bill_id = x.b`;
}

export async function writePolicies(tx: Tx, policies: readonly PolicyFacts[]): Promise<void> {
  if (policies.length === 0) return;
  await tx`
    update policies p set state = x.state, state_since = x."stateSince", premiums_paid = x."premiumsPaid", late_1_to_30_days = x."late1To30Days",
      late_31_to_90_days = x."late31To90Days", late_over_90_days = x."lateOver90Days", last_days_late = x."lastDaysLate", days_late_total = x."daysLateTotal",
      cash_share = x."cashShare", digital_share = x."digitalShare", paid_to_on = x."paidToOn"
    from jsonb_to_recordset(${tx.json(policies.map((policy) => ({ ...policy })))}) as x("holderId" bigint, "policyId" bigint, state text, "stateSince" date, "premiumsPaid" int,
      "late1To30Days" int, "late31To90Days" int, "lateOver90Days" int, "lastDaysLate" int, "daysLateTotal" int, "cashShare" real, "digitalShare" real, "paidToOn" date)
    where p.holder_id = x."holderId" and p.policy_id = x."policyId"`;
}

/** A promise is kept when its bill is paid by the day that was named, broken when it is paid later. */
export async function keepPromises(tx: Tx, paid: SettlementDecision['paid']): Promise<void> {
  if (paid.length === 0) return;
  await tx`
    update promises p set state = case when x.d <= p.pay_by then 'kept' else 'broken' end
    from jsonb_to_recordset(${tx.json(paid.map(({ holderId, billId, on }) => ({ h: holderId, b: billId, d: on })))}) as x(h bigint, b bigint, d date)
    where p.holder_id = x.h and p.bill_id = x.b and p.state = 'open'`;
}

/** A promise that this money had kept is open again until its day. */
export async function reopenPromises(tx: Tx, reopened: readonly BillFacts[]): Promise<void> {
  if (reopened.length === 0) return;
  await tx`
    update promises p set state = 'open'
    from (select * from unnest(${reopened.map((b) => b.holderId)}::bigint[], ${reopened.map((b) => b.billId)}::bigint[])) as x(holder_id, bill_id)
    where p.holder_id = x.holder_id and p.bill_id = x.bill_id and p.state = 'kept'`;
}
