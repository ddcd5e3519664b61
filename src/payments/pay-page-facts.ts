/** What the pay page is told of a bill: enough to recognise it by, nothing that a stranger with the link could carry away. */

import { type Tx } from '../database/index.ts';
import { addDays, type BillId, type HolderId, type Language, type PaymentId, type PlainDate } from '../kernel/index.ts';
import { CHOSEN_BILLS_MAX, partMinimum } from './checkout.ts';
import { methodsOf } from './methods.ts';

type Row = {
  insurer_code: string; bill_id: BillId; insurer_name: string; name_zh_hans: string; name_zh_hant: string; contact_phone: string; simulated: boolean; family_name: string; given_name: string; language: Language;
  policy_number: string; product: string; line: string; market: string; currency: string; amount_minor: bigint; paid_minor: bigint; premium_minor: bigint;
  charges: { kind: string; amount_minor: number }[] | null; due_on: PlainDate; period_from: PlainDate; period_to: PlainDate; stage: string; state: 'open' | 'paid' | 'cancelled' | 'written_off';
  paid_on: PlainDate | null; grace_ends_on: PlainDate | null; last_method: string | null; payment_id: PaymentId | null; payment_state: string | null;
  payment_amount_minor: bigint | null; payment_method: string | null; payment_settled_at: Date | null; payment_reference: string | null;
  paid_bills: PaidRow[] | null;
  announced: { late_fees: { steps: { days: number; amount_minor: number }[] } | null; discounts: { until: PlainDate; amount_minor: number }[] } | null;
};
type PaidRow = { product: string; line: string; policy_number: string; period_to: PlainDate; amount_minor: number; whole: boolean };
type OtherRow = { bill_id: BillId; product: string; line: string; policy_number: string; left_minor: bigint; due_on: PlainDate };

/** More than can be paid at once need not be offered at once. */
const OTHERS_MAX = CHOSEN_BILLS_MAX - 1;

/** In the form of the portal's `PayPageFacts`, which the compiler checks where the two meet; no module knows the portal. */
type BillOnPage = ReturnType<typeof factsOf>;

/** Null where there is no such bill. The last try to pay; for a paid bill the payment that paid it. */
export async function payPageFacts(tx: Tx, holderId: HolderId, billId: BillId): Promise<BillOnPage | null> {
  const [[row], others] = await Promise.all([tx<Row[]>`
    select i.code as insurer_code, b.bill_id, i.name as insurer_name, i.name_zh_hans, i.name_zh_hant, i.contact_phone, i.simulated, h.family_name, h.given_name, h.language, p.policy_number, p.product, p.line, p.market,
      b.currency, b.amount_minor, b.paid_minor, b.premium_minor, b.charges, b.due_on, b.period_from, b.period_to, b.stage, b.state, b.paid_on, b.grace_ends_on, b.announced, used.method as last_method,
      try.payment_id, try.state as payment_state, try.amount_minor as payment_amount_minor, try.method as payment_method, try.settled_at as payment_settled_at,
      try.provider_reference as payment_reference, try.paid_bills
    from bills b join holders h using (insurer_id, holder_id) join policies p using (insurer_id, holder_id, policy_id) join insurers i using (insurer_id)
    left join lateral (
      select t.*, (
        select json_agg(json_build_object('product', q.product, 'line', q.line, 'policy_number', q.policy_number, 'period_to', z.period_to, 'amount_minor', a.amount_minor,
          'whole', z.state = 'paid') order by z.due_on, z.bill_id)
        from allocations a join bills z using (insurer_id, holder_id, bill_id) join policies q on q.insurer_id = z.insurer_id and q.holder_id = z.holder_id and q.policy_id = z.policy_id
        where a.insurer_id = t.insurer_id and a.holder_id = t.holder_id and a.payment_id = t.payment_id) as paid_bills
      from payments t where t.insurer_id = b.insurer_id and t.holder_id = b.holder_id and (t.bill_id = b.bill_id or b.bill_id = any(t.bill_ids))
        and t.provider <> 'inforce' and (b.state <> 'paid' or t.state = 'succeeded') order by t.payment_id desc limit 1) try on true
    left join lateral (
      select u.method from payments u where u.insurer_id = b.insurer_id and u.holder_id = b.holder_id and u.state = 'succeeded' and u.provider <> 'inforce'
      order by u.payment_id desc limit 1) used on true
    where b.holder_id = ${holderId} and b.bill_id = ${billId} and b.state <> 'held'`, otherBills(tx, holderId, billId)]);
  return row === undefined ? null : factsOf(row, others);
}

/** What else this holder could pay in the same payment, the oldest due first. */
const otherBills = (tx: Tx, holderId: HolderId, billId: BillId) => tx<OtherRow[]>`
  select b.bill_id, p.product, p.line, p.policy_number, b.amount_minor - b.paid_minor as left_minor, b.due_on
  from bills b join policies p using (insurer_id, holder_id, policy_id)
  where b.holder_id = ${holderId} and b.state = 'open' and b.bill_id <> ${billId} and not b.disputed and not b.in_flight
    and b.currency = (select n.currency from bills n where n.holder_id = ${holderId} and n.bill_id = ${billId})
  order by b.due_on, b.bill_id limit ${OTHERS_MAX}`;

function factsOf(row: Row, others: readonly OtherRow[]) {
  return {
    insurerCode: row.insurer_code, billId: row.bill_id, billMinor: row.amount_minor, partMinimumMinor: partMinimum(row.amount_minor, row.amount_minor - row.paid_minor),
    others: others.map((other) => ({
      billId: other.bill_id, product: other.product, line: other.line, policyNumberEnd: other.policy_number.slice(-4), amountMinor: other.left_minor, dueOn: other.due_on,
    })),
    paidBills: (row.paid_bills ?? []).map((paid) => ({
      product: paid.product, line: paid.line, policyNumberEnd: paid.policy_number.slice(-4), periodTo: paid.period_to, amountMinor: BigInt(paid.amount_minor), whole: paid.whole,
    })),
    insurerName: row.insurer_name, insurerNameZhHans: row.name_zh_hans, insurerNameZhHant: row.name_zh_hant, contactPhone: row.contact_phone,
    maskedName: maskName(row.family_name, row.given_name), language: row.language, policyNumberEnd: row.policy_number.slice(-4), product: row.product, line: row.line,
    market: row.market, currency: row.currency, amountMinor: row.amount_minor - row.paid_minor, premiumMinor: row.premium_minor,
    charges: (row.charges ?? []).map(({ kind, amount_minor: amount }) => ({ kind, amountMinor: BigInt(amount) })), dueOn: row.due_on, periodFrom: row.period_from,
    periodTo: row.period_to, stage: row.stage, state: row.state, paidOn: row.paid_on, graceEndsOn: row.grace_ends_on,
    methods: methodsOf(row.market).map(({ id, label }) => ({ id, label, lastUsed: id === row.last_method })),
    payment: row.payment_id === null ? null : {
      paymentId: row.payment_id, state: row.payment_state ?? '', amountMinor: row.payment_amount_minor ?? 0n, method: row.payment_method ?? '', settledAt: row.payment_settled_at?.getTime() ?? null,
      reference: row.payment_reference ?? String(row.payment_id),
    },
    discounts: (row.announced?.discounts ?? []).map(({ until, amount_minor: amount }) => ({ until, amountMinor: BigInt(amount) })),
    lateFees: (row.announced?.late_fees?.steps ?? []).map(({ days, amount_minor: amount }) => ({ from: addDays(row.due_on, days), amountMinor: BigInt(amount) })),
    simulated: row.simulated,
  };
}

const MASK_MAX = 5;

/** `陳**`, `J*** S*****`: the holder recognises it, a stranger learns no name. */
export function maskName(familyName: string, givenName: string): string {
  const chinese = /[㐀-鿿]/u.test(familyName);
  const words = chinese ? [familyName + givenName] : `${givenName} ${familyName}`.split(/\s+/);
  return words.filter((word) => word !== '').map((word) => {
    const letters = Array.from(word);
    return (letters[0] ?? '') + '*'.repeat(Math.min(letters.length - 1, MASK_MAX));
  }).join(' ');
}
