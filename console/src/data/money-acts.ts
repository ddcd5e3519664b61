/** Money without a home, refunds, and what waits for a second person, as the pages ask for them; each act is shown before it is done. */

import { queryOptions } from '@tanstack/react-query';
import { call, withQuery, type Data } from './api.ts';

export type Item = Data['suspense']['items'][number];
export type Booked = Data['booked']['booked'];
/** What an act did or, of a preview, would do. `state` only of acts that may need a second person. */
export type Acted = { readonly booked: Booked; readonly state?: 'done' | 'waits' };
export type Refund = Data['refunds']['refunds'][number];
export type Approval = Data['approvals']['approvals'][number];

const ref = ({ kind, id, holder_id: holderId }: Item) => ({ kind, id, holder_id: holderId ?? undefined });
export const candidatesQuery = (item: Item) => queryOptions({
  queryKey: ['payments', 'candidates', item.kind, item.id, item.amount_minor], queryFn: () => call<Data['candidates']>('GET', withQuery('/api/suspense/candidates', ref(item))),
});
export const refundsQuery = queryOptions({ queryKey: ['payments', 'refunds'], queryFn: () => call<Data['refunds']>('GET', '/api/refunds') });
export const approvalsQuery = queryOptions({ queryKey: ['approvals'], queryFn: () => call<Data['approvals']>('GET', '/api/approvals') });

export const ownItem = (item: Item, mine: boolean) => call<{ owner: string | null }>('PUT', '/api/suspense/owner', { ...ref(item), mine, seen: item.owner });
/** `amountMinor` null: as much as waits and is owed. */
export const spendItem = (item: Item, bill: { holder_id: number; bill_id: number }, amountMinor: number | null, preview: boolean) => (item.kind === 'receipt'
  ? call<Acted>('POST', `/api/receipts/${item.id}/give`, { ...bill, preview })
  : call<Acted>('POST', `/api/suspense/${item.id}/use`, { ...bill, amount_minor: amountMinor, preview }));
export const refundItem = (item: Item, amountMinor: number | null, reason: string, preview: boolean) =>
  call<Acted>('POST', `/api/suspense/${item.id}/refund`, { holder_id: item.holder_id, amount_minor: amountMinor, reason, preview });
export const refundSent = ({ refund_id: id, holder_id }: Refund, bank_reference: string, preview: boolean) => call<Acted>('POST', `/api/refunds/${id}/paid`, { holder_id, bank_reference, preview });
export const refundUndone = ({ refund_id: id, holder_id }: Refund, preview: boolean) => call<Acted>('POST', `/api/refunds/${id}/undo`, { holder_id, preview });
export const writeOff = (holder_id: number, billId: number, reason: string, preview: boolean) => call<Acted>('POST', `/api/bills/${billId}/write-off`, { holder_id, reason, preview });
export const askAgain = (holder_id: number, billId: number, preview: boolean) => call<Acted>('POST', `/api/bills/${billId}/write-off/undo`, { holder_id, preview });
export const takeBack = (holder_id: number, paymentId: number, preview: boolean) => call<Acted>('POST', `/api/payments/${paymentId}/take-back`, { holder_id, preview });
export const previewYes = ({ approval_id: id, holder_id }: Approval) => call<Acted>('POST', `/api/approvals/${id}/preview`, { holder_id });
export const answerRequest = ({ approval_id: id, holder_id }: Approval, answer: 'approved' | 'refused' | 'withdrawn', note: string) =>
  call<{ answer: string }>('POST', `/api/approvals/${id}/answer`, { holder_id, answer, note });
