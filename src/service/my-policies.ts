/** What a holder sees of themselves after the one-time code: policies, bills, receipts, messages, and how they want to be reached. */

import { type Tx } from '../database/index.ts';
import { type BillId, type HolderId, type Language, type PaymentId, type PlainDate } from '../kernel/index.ts';

/** Two years of monthly bills of several policies; older ones are asked for by telephone. */
const LISTED_MAX = 60;

export type MyPolicy = {
  readonly policyNumber: string; readonly product: string; readonly line: string; readonly state: string; readonly coverFrom: PlainDate; readonly paidTo: PlainDate | null;
  readonly currency: string; readonly premiumMinor: bigint; readonly nextDueOn: PlainDate | null;
};
export type MyBill = {
  readonly billId: BillId; readonly policyNumber: string; readonly product: string; readonly line: string; readonly currency: string; readonly amountMinor: bigint; readonly leftMinor: bigint;
  readonly dueOn: PlainDate; readonly issuedOn: PlainDate; readonly periodFrom: PlainDate; readonly periodTo: PlainDate; readonly state: string; readonly inFlight: boolean;
  readonly premiumMinor: bigint; readonly charges: readonly { readonly kind: string; readonly amountMinor: bigint }[]; readonly paidOn: PlainDate | null; readonly graceEndsOn: PlainDate | null;
};
export type MyReceipt = {
  readonly paymentId: PaymentId; readonly amountMinor: bigint; readonly currency: string; readonly method: string; readonly reference: string; readonly settledAt: number;
  readonly bills: readonly { readonly policyNumber: string; readonly product: string; readonly line: string; readonly periodTo: PlainDate; readonly amountMinor: bigint }[];
};
export type MyMessage = { readonly channel: string; readonly purpose: string; readonly subject: string | null; readonly sentAt: number };
export type MyPreferences = { readonly order: readonly string[]; readonly reachable: readonly string[]; readonly fromMinutes: number | null; readonly toMinutes: number | null };
export type MySelf = { readonly names: readonly string[]; readonly language: Language; readonly timeZone: string };

export async function mySelf(tx: Tx, holderIds: readonly HolderId[]): Promise<MySelf> {
  const rows = await tx<{ name: string; language: Language; time_zone: string }[]>`
    select holder_name(family_name, given_name) as name, language, time_zone from holders where holder_id = any(${[...holderIds]}::bigint[]) order by holder_id`;
  return { names: rows.map(({ name }) => name), language: rows[0]?.language ?? 'en', timeZone: rows[0]?.time_zone ?? 'UTC' };
}

export async function myPolicies(tx: Tx, holderIds: readonly HolderId[]): Promise<MyPolicy[]> {
  const rows = await tx<(Omit<MyPolicy, 'premiumMinor'> & { premium_minor: bigint })[]>`
    select policy_number as "policyNumber", product, line, state, cover_from as "coverFrom", paid_to_on as "paidTo", currency, premium_minor, next_due_on as "nextDueOn"
    from policies where holder_id = any(${[...holderIds]}::bigint[]) order by state in ('cancelled', 'ended', 'lapsed'), holder_id, policy_id limit ${LISTED_MAX}`;
  return rows.map(({ premium_minor: premiumMinor, ...row }) => ({ ...row, premiumMinor }));
}

type BillRow = Omit<MyBill, 'amountMinor' | 'leftMinor' | 'premiumMinor' | 'charges'> & {
  amount_minor: bigint; left_minor: bigint; premium_minor: bigint; charges: { kind: string; amount_minor: number }[] | null;
};

/** Open ones by their due date, or all from the latest on; or one. */
export async function myBills(tx: Tx, holderIds: readonly HolderId[], which: 'open' | 'all' | BillId): Promise<MyBill[]> {
  const only = which === 'open' ? tx`and b.state = 'open'` : which === 'all' ? tx`and b.state <> 'held'` : tx`and b.state <> 'held' and b.bill_id = ${which}`;
  const rows = await tx<BillRow[]>`
    select b.bill_id as "billId", p.policy_number as "policyNumber", p.product, p.line, b.currency, b.amount_minor, b.amount_minor - b.paid_minor as left_minor, b.due_on as "dueOn",
      b.issued_on as "issuedOn", b.period_from as "periodFrom", b.period_to as "periodTo", b.state, b.in_flight as "inFlight", b.premium_minor, b.charges, b.paid_on as "paidOn",
      b.grace_ends_on as "graceEndsOn"
    from bills b join policies p using (insurer_id, holder_id, policy_id) where b.holder_id = any(${[...holderIds]}::bigint[]) ${only}
    order by ${which === 'open' ? tx`b.due_on, b.bill_id` : tx`b.due_on desc, b.bill_id desc`} limit ${LISTED_MAX}`;
  return rows.map(({ amount_minor: amountMinor, left_minor: leftMinor, premium_minor: premiumMinor, charges, ...row }) => ({
    ...row, amountMinor, leftMinor, premiumMinor, charges: (charges ?? []).map(({ kind, amount_minor: amount }) => ({ kind, amountMinor: BigInt(amount) })),
  }));
}

/** Which holder of the session a bill belongs to, while it is open. */
export async function holderOfOpenBill(tx: Tx, holderIds: readonly HolderId[], billId: BillId): Promise<HolderId | null> {
  const [row] = await tx<{ holder_id: HolderId }[]>`select holder_id from bills where holder_id = any(${[...holderIds]}::bigint[]) and bill_id = ${billId} and state = 'open'`;
  return row?.holder_id ?? null;
}

type ReceiptRow = {
  payment_id: PaymentId; amount_minor: bigint; currency: string; method: string; reference: string; settled_at: Date;
  bills: { policy_number: string; product: string; line: string; period_to: PlainDate; amount_minor: number }[] | null;
};

/** Payments that stand, the latest first; or one. */
export async function myReceipts(tx: Tx, holderIds: readonly HolderId[], only: PaymentId | null = null): Promise<MyReceipt[]> {
  const rows = await tx<ReceiptRow[]>`
    select y.payment_id, y.amount_minor, y.currency, y.method, coalesce(y.provider_reference, y.payment_id::text) as reference, y.settled_at, paid.bills
    from payments y left join lateral (
      select json_agg(json_build_object('policy_number', p.policy_number, 'product', p.product, 'line', p.line, 'period_to', b.period_to, 'amount_minor', a.amount_minor) order by b.due_on) as bills
      from allocations a join bills b using (insurer_id, holder_id, bill_id) join policies p using (insurer_id, holder_id, policy_id)
      where a.insurer_id = y.insurer_id and a.holder_id = y.holder_id and a.payment_id = y.payment_id) paid on true
    where y.holder_id = any(${[...holderIds]}::bigint[]) and y.state = 'succeeded' and y.settled_at is not null ${only === null ? tx`` : tx`and y.payment_id = ${only}`}
    order by y.settled_at desc limit ${LISTED_MAX}`;
  return rows.map((row) => ({
    paymentId: row.payment_id, amountMinor: row.amount_minor, currency: row.currency, method: row.method, reference: row.reference, settledAt: row.settled_at.getTime(),
    bills: (row.bills ?? []).map((bill) => ({ policyNumber: bill.policy_number, product: bill.product, line: bill.line, periodTo: bill.period_to, amountMinor: BigInt(bill.amount_minor) })),
  }));
}

export async function myMessages(tx: Tx, holderIds: readonly HolderId[]): Promise<MyMessage[]> {
  const rows = await tx<{ channel: string; purpose: string; subject: string | null; sent_at: Date }[]>`
    select channel, purpose, subject, sent_at from contacts
    where holder_id = any(${[...holderIds]}::bigint[]) and sent_at is not null and state in ('sent', 'delivered', 'done') order by sent_at desc limit ${LISTED_MAX}`;
  return rows.map(({ sent_at: at, ...row }) => ({ ...row, sentAt: at.getTime() }));
}

/** Channels that a holder may put in an order. */
export const PREFERRED_CHANNELS = ['email', 'sms', 'call', 'letter'] as const;
export type PreferredChannel = (typeof PREFERRED_CHANNELS)[number];

export async function myPreferences(tx: Tx, holderIds: readonly HolderId[]): Promise<MyPreferences> {
  const [row] = await tx<{ order: string[] | null; preferred: string | null; email: boolean; phone: boolean; letter: boolean; from_minutes: number | null; to_minutes: number | null }[]>`
    select channel_order as order, preferred_channel as preferred, coalesce(email, '') <> '' as email, coalesce(phone, '') <> '' as phone, coalesce(address, '') <> '' as letter,
      reach_from_minutes as from_minutes, reach_to_minutes as to_minutes
    from holders where holder_id = any(${[...holderIds]}::bigint[]) order by holder_id limit 1`;
  const can: Readonly<Record<PreferredChannel, boolean>> = { email: row?.email ?? false, sms: row?.phone ?? false, call: row?.phone ?? false, letter: row?.letter ?? false };
  return {
    order: row?.order ?? (row?.preferred == null ? [] : [row.preferred]), reachable: PREFERRED_CHANNELS.filter((channel) => can[channel]),
    fromMinutes: row?.from_minutes ?? null, toMinutes: row?.to_minutes ?? null,
  };
}

export type NewPreferences = { readonly order: readonly PreferredChannel[]; readonly fromMinutes: number | null; readonly toMinutes: number | null };

/** For every holder of the session; the first channel is the preferred one, by which the cycle decides. */
export const savePreferences = (tx: Tx, holderIds: readonly HolderId[], { order, fromMinutes, toMinutes }: NewPreferences) => tx`
  update holders set channel_order = ${order.length === 0 ? null : [...order]}::text[], preferred_channel = ${order[0] ?? null}, reach_from_minutes = ${fromMinutes}, reach_to_minutes = ${toMinutes}
  where holder_id = any(${[...holderIds]}::bigint[])`;
