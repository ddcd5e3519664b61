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
export const entriesQuery = (filter: EntryQuery) => infiniteQueryOptions({
  queryKey: ['ledger', 'entries', filter], queryFn: ({ pageParam }) => call<Data['ledger_entries']>('GET', withQuery('/api/ledger/entries', { ...filter, after: pageParam })), ...more,
});
/** Asked by a button: it reads every bill and payment. Not refreshed by events. */
export const auditQuery = queryOptions({
  queryKey: ['audit'], enabled: false, staleTime: Infinity, queryFn: () => call<Data['ledger_audit']>('GET', '/api/ledger/audit'),
});
