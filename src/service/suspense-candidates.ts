/** Which bills money without a home may be for, the likeliest first, and why. */

import { z } from 'zod';
import { type Tx } from '../database/index.ts';
import { daysBetween, type PlainDate } from '../kernel/index.ts';
import { amountMinor, plainDate } from './shapes.ts';

/** What speaks for a bill, with its weight: one that two things speak for comes before one with a single stronger one less. The house's own, never calibrated. */
const WEIGHTS = { bill_number: 8, policy_number: 6, amount: 5, name: 3, holder: 2, due_near: 1 } as const;
export const CANDIDATE_REASONS = ['bill_number', 'policy_number', 'amount', 'name', 'holder', 'due_near'] as const satisfies readonly (keyof typeof WEIGHTS)[];
const NEAR_DAYS = 31;
const SHOWN_MAX = 12;
const OF_HOLDERS_MAX = 40;

const candidate = z.object({
  holder_id: z.int(), holder_name: z.string(), bill_id: z.int(), policy_number: z.string(), due_on: plainDate, owed_minor: amountMinor, currency: z.string(), reasons: z.array(z.enum(CANDIDATE_REASONS)),
});
export const candidatesShape = z.object({ candidates: z.array(candidate) });
export type Candidate = z.output<typeof candidate>;
export type Homeless = { readonly amountMinor: bigint; readonly currency: string; readonly reference: string; readonly payer: string; readonly holderId: number | null; readonly receivedOn: PlainDate };

const plain = (text: string): string => text.normalize('NFKC').toUpperCase().replaceAll(/[^\p{L}\p{N}]/gu, '');

/** Pure. Only bills in the money's own currency. */
export function rankCandidates(money: Homeless, bills: readonly Omit<Candidate, 'reasons'>[]): Candidate[] {
  const reference = plain(money.reference);
  const payer = plain(money.payer);
  const ranked = bills.filter(({ currency }) => currency === money.currency).map((bill) => {
    const reasons = CANDIDATE_REASONS.filter((reason) => {
      switch (reason) {
        case 'bill_number': return reference.includes(plain(`${bill.holder_id}-${bill.bill_id}`));
        case 'policy_number': return plain(bill.policy_number) !== '' && reference.includes(plain(bill.policy_number));
        case 'amount': return bill.owed_minor === money.amountMinor;
        case 'name': return payer !== '' && plain(bill.holder_name) === payer;
        case 'holder': return bill.holder_id === money.holderId;
        case 'due_near': return Math.abs(daysBetween(bill.due_on, money.receivedOn)) <= NEAR_DAYS;
      }
    });
    return { bill: { ...bill, reasons }, weight: reasons.reduce((sum, reason) => sum + WEIGHTS[reason], 0) };
  });
  return ranked.filter(({ weight }) => weight > 0)
    .toSorted((a, b) => b.weight - a.weight || (a.bill.due_on < b.bill.due_on ? -1 : Number(a.bill.due_on > b.bill.due_on)) || a.bill.bill_id - b.bill.bill_id)
    .slice(0, SHOWN_MAX).map(({ bill }) => bill);
}

export type HomelessRef = { readonly kind: 'payment' | 'receipt'; readonly id: number; readonly holderId: number | null };

/** Null where it has a home meanwhile. */
export async function homelessMoney(tx: Tx, { kind, id, holderId }: HomelessRef): Promise<Homeless | null> {
  type Row = { amount_minor: bigint; currency: string; reference: string; payer: string; holder_id: number | null; received_on: PlainDate };
  const [row] = kind === 'payment' ? await tx<Row[]>`
    select (s.amount_minor - s.cleared_minor)::bigint as amount_minor, s.currency, coalesce(y.provider_reference, '') as reference, holder_name(h.family_name, h.given_name) as payer, s.holder_id, s.received_on
    from suspense_items s join payments y using (insurer_id, holder_id, payment_id) join holders h using (insurer_id, holder_id)
    where s.holder_id = ${holderId ?? 0} and s.suspense_id = ${id} and s.cleared_on is null` : await tx<Row[]>`
    select amount_minor, currency, reference, payer, null::bigint as holder_id, booked_on as received_on from unmatched_receipts where receipt_id = ${id} and resolved_on is null`;
  return row === undefined ? null : { amountMinor: row.amount_minor, currency: row.currency, reference: row.reference, payer: row.payer, holderId: row.holder_id, receivedOn: row.received_on };
}

/** What to look for in a reference and a name: at most so many searches for one receipt. */
const SEARCHES_MAX = 4;
export const searchesFor = ({ reference, payer }: Homeless): readonly string[] =>
  [...new Set([...reference.split(/[\s,;/]+/).filter((part) => /\d{4}/.test(part)), payer.trim()])].filter((part) => part !== '').slice(0, SEARCHES_MAX);

/** Open bills of these holders, with what is owed on each. */
export async function openBillsOf(tx: Tx, holderIds: readonly number[]): Promise<Omit<Candidate, 'reasons'>[]> {
  return tx<Omit<Candidate, 'reasons'>[]>`
    select b.holder_id, holder_name(h.family_name, h.given_name) as holder_name, b.bill_id, p.policy_number, b.due_on, (b.amount_minor - b.paid_minor)::bigint as owed_minor, b.currency
    from bills b join holders h using (insurer_id, holder_id) join policies p using (insurer_id, holder_id, policy_id)
    where b.holder_id = any(${holderIds.slice(0, OF_HOLDERS_MAX)}::bigint[]) and b.state = 'open' order by b.due_on, b.bill_id limit 500`;
}
