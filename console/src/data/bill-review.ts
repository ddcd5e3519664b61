/** Bills that must not leave yet, as the page asks for them, and what is made of them. */

import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { call, withQuery, type Data } from './api.ts';

export type HeldQuery = { check?: string | undefined; market?: string | undefined };
export type Mending = 'policy' | number | null;
export type HeldAct = 'release' | 'correct' | 'withdraw';
export type HeldAsked = { readonly holderId: number; readonly billId: number; readonly act: HeldAct; readonly mending: Mending };

const more = { initialPageParam: '', getNextPageParam: (page: { next_after: string | null }) => page.next_after ?? undefined };
const bodyOf = ({ holderId, act, mending }: HeldAsked) => ({ holder_id: holderId, act, mending });

export const billReviewQuery = queryOptions({ queryKey: ['bill-review', 'sums'], queryFn: () => call<Data['bill_review']>('GET', '/api/bill-review') });
export const heldBillsQuery = (filter: HeldQuery) => infiniteQueryOptions({
  queryKey: ['bill-review', 'bills', filter], queryFn: ({ pageParam }) => call<Data['held_bills']>('GET', withQuery('/api/bill-review/bills', { ...filter, after: pageParam })), ...more,
});
export const heldBillQuery = (holderId: number, billId: number) => queryOptions({
  queryKey: ['bill-review', 'one', holderId, billId], queryFn: () => call<Data['held_bill']>('GET', withQuery(`/api/bill-review/bills/${billId}`, { holder_id: holderId })),
});
export const billSampleQuery = infiniteQueryOptions({
  queryKey: ['bill-review', 'sample'], queryFn: ({ pageParam }) => call<Data['bill_sample']>('GET', withQuery('/api/bill-review/sample', { after: pageParam })), ...more,
});
export const previewHeld = (asked: HeldAsked) => call<Data['held_outcome']>('POST', `/api/bill-review/bills/${asked.billId}/preview`, bodyOf(asked));
export const answerHeld = (asked: HeldAsked, rest: { readonly version: number; readonly note: string; readonly minutes: number }) =>
  call<Data['held_outcome']>('POST', `/api/bill-review/bills/${asked.billId}`, { ...bodyOf(asked), ...rest });
export const releaseAll = (check: string, count: number, note: string) => call<{ released: number }>('POST', '/api/bill-review/release-all', { check, count, note });
export const sampleSeen = (holderId: number, billId: number) => call<{ seen: boolean }>('POST', `/api/bill-review/sample/${billId}/seen`, { holder_id: holderId });
