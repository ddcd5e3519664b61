/** Bills, payments, money without a home, and the books, as the pages ask for them. */

import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { call, withQuery, type Data } from './api.ts';

export type BillQuery = { state?: string | undefined; stage?: string | undefined; market?: string | undefined };
export type PaymentQuery = { state?: string | undefined; provider?: string | undefined; device?: string | undefined };
export type EntryQuery = { account: string; currency: string; side?: string | undefined; to?: string | undefined };

const more = { initialPageParam: '', getNextPageParam: (page: { next_after: string | null }) => page.next_after ?? undefined };

export const billsQuery = (filter: BillQuery) => infiniteQueryOptions({
  queryKey: ['bills', filter], queryFn: ({ pageParam }) => call<Data['bills']>('GET', withQuery('/api/bills', { ...filter, after: pageParam })), ...more,
});
export const billSumsQuery = queryOptions({ queryKey: ['bills', 'sums'], queryFn: () => call<Data['bill_sums']>('GET', '/api/bills/sums') });
export const billQuery = (holderId: number, billId: number) => queryOptions({
  queryKey: ['bills', 'one', holderId, billId], queryFn: () => call<Data['bill']>('GET', withQuery(`/api/bills/${billId}`, { holder_id: holderId })),
});
export const paymentsQuery = (filter: PaymentQuery) => infiniteQueryOptions({
  queryKey: ['payments', filter], queryFn: ({ pageParam }) => call<Data['payments']>('GET', withQuery('/api/payments', { ...filter, after: pageParam })), ...more,
});
export const cashQuery = queryOptions({ queryKey: ['payments', 'cash'], queryFn: () => call<Data['cash']>('GET', '/api/payments/cash') });
export const suspenseQuery = infiniteQueryOptions({
  queryKey: ['payments', 'suspense'], queryFn: ({ pageParam }) => call<Data['suspense']>('GET', withQuery('/api/suspense', { after: pageParam })), ...more,
});
export const balanceQuery = (on: string) => queryOptions({
  queryKey: ['ledger', 'balance', on], queryFn: () => call<Data['ledger_balance']>('GET', withQuery('/api/ledger/balance', { on })),
});
export const closingsQuery = queryOptions({ queryKey: ['ledger', 'closings'], queryFn: () => call<Data['ledger_closings']>('GET', '/api/ledger/closings') });
export const closeBooks = (on: string, note: string) => call<Data['ledger_closings']['closings'][number]>('POST', '/api/ledger/closings', { on, note });

export const CORRECTION_REASONS = ['premium', 'charges', 'duplicate', 'not_due', 'other'] as const;
export type CorrectionReason = (typeof CORRECTION_REASONS)[number];
/** `premiumMinor` null: the bill is withdrawn. */
export type CorrectionAsked = { readonly holderId: number; readonly billId: number; readonly premiumMinor: number | null };
const correctionBody = ({ holderId, premiumMinor }: CorrectionAsked) => ({ holder_id: holderId, premium_minor: premiumMinor });
export const previewCorrection = (asked: CorrectionAsked) => call<Data['bill_correction']>('POST', `/api/bills/${asked.billId}/corrections/preview`, correctionBody(asked));
export const correctBill = (asked: CorrectionAsked, why: { readonly version: number; readonly reason: CorrectionReason; readonly note: string }) =>
  call<{ dispute_answered: boolean }>('POST', `/api/bills/${asked.billId}/corrections`, { ...correctionBody(asked), ...why });

export const entriesQuery = (filter: EntryQuery) => infiniteQueryOptions({
  queryKey: ['ledger', 'entries', filter], queryFn: ({ pageParam }) => call<Data['ledger_entries']>('GET', withQuery('/api/ledger/entries', { ...filter, after: pageParam })), ...more,
});
/** Asked by a button: it reads every bill and payment. Not refreshed by events. */
export const auditQuery = queryOptions({
  queryKey: ['audit'], enabled: false, staleTime: Infinity, queryFn: () => call<Data['ledger_audit']>('GET', '/api/ledger/audit'),
});
