/** Hand-overs, colleagues and saved views. */

import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { call, withQuery, type Data } from './api.ts';

export type HandOver = Data['hand_overs']['hand_overs'][number];
export const WHOSE = ['mine', 'given', 'all'] as const;
export type HandOverQuery = { whose?: 'given' | 'all' | undefined; state?: 'closed' | undefined };
export type About = { readonly holder_id: number; readonly bill_id: number | null };
export const GIVEN_ROLES = ['agent', 'finance', 'compliance', 'manager', 'it'] as const;
export type SavedView = Data['saved_views']['views'][number];

export const handOversQuery = ({ whose, state }: HandOverQuery) => infiniteQueryOptions({
  queryKey: ['hand-overs', 'list', whose, state], initialPageParam: '', getNextPageParam: (page: Data['hand_overs']) => page.next_after ?? undefined,
  queryFn: ({ pageParam }) => call<Data['hand_overs']>('GET', withQuery('/api/hand-overs', { whose, state, after: pageParam })),
});
/** How much waits for me: one row is enough. */
export const handOverCountQuery = queryOptions({ queryKey: ['hand-overs', 'count'], queryFn: () => call<Data['hand_overs']>('GET', '/api/hand-overs?limit=1') });
export const colleaguesQuery = queryOptions({ queryKey: ['colleagues'], queryFn: () => call<Data['colleagues']>('GET', '/api/colleagues') });
export const savedViewsQuery = (page: string) => queryOptions({
  queryKey: ['saved-views', page], queryFn: () => call<Data['saved_views']>('GET', withQuery('/api/saved-views', { page })), staleTime: Infinity,
});

export const handOver = (body: { about: readonly About[]; to_role: string; to_user: number | null; what: string; due_on: string }) =>
  call<{ hand_over_ids: number[] }>('POST', '/api/hand-overs', body);
export const withdrawHandOvers = (ids: readonly number[]) => call<{ withdrawn: number }>('POST', '/api/hand-overs/withdraw', { hand_over_ids: ids });
export const closeHandOver = (given: HandOver, answer: string) => call<object>('POST', `/api/hand-overs/${given.hand_over_id}/close`, { holder_id: given.holder_id, answer });
export const reopenHandOver = (given: HandOver) => call<object>('POST', `/api/hand-overs/${given.hand_over_id}/reopen`, { holder_id: given.holder_id });
export const saveView = (page: string, name: string, search: Readonly<Record<string, string | number>>) => call<{ view_id: number }>('PUT', '/api/saved-views', { page, name, search });
export const forgetView = (viewId: number) => call<object>('DELETE', `/api/saved-views/${viewId}`);
