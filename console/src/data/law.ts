/** Actions, rules and the gate log: what is asked of the API, and what stands in the addresses of these pages. */

import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call, withQuery, type Data } from './api.ts';

/** Markets whose law the house knows. */
export const MARKETS = ['CN', 'HK', 'TW', 'PH', 'DE', 'US', 'CA', 'FR', 'GB', 'IN', 'IT', 'JP', 'SG'] as const;

type ActionFilter = {
  on?: string | undefined; action?: string | undefined; tier?: string | undefined; market?: string | undefined; currency?: string | undefined; strategy?: number | undefined; reason?: string | undefined;
};
/** `open`: the number of the bill whose decision stands beside the list. */
export type ActionSearch = ActionFilter & { open?: string | undefined };
/** `open`: a rule. */
export type RuleSearch = { market?: string | undefined; q?: string | undefined; verified?: string | undefined; open?: string | undefined };
type GateFilter = { on?: string | undefined; answer?: string | undefined; rule?: string | undefined; market?: string | undefined };
/** `open`: holder and key of an answer, `12:2026-11-24:55:sms`. */
export type GateSearch = GateFilter & { open?: string | undefined };

export const actionsQuery = (filter: ActionFilter) => infiniteQueryOptions({
  queryKey: ['actions', 'list', filter], initialPageParam: '', getNextPageParam: (page: Data['actions']) => page.next_after ?? undefined,
  queryFn: ({ pageParam }) => call<Data['actions']>('GET', withQuery('/api/actions', { ...filter, after: pageParam })),
});
export const actionDayQuery = (on: string | undefined) => queryOptions({
  queryKey: ['actions', 'day', on], queryFn: () => call<Data['action_day']>('GET', withQuery('/api/actions/day', { on })), placeholderData: keepPreviousData,
});
export const actionQuery = (reference: string, on: string | undefined) => queryOptions({
  queryKey: ['actions', 'one', reference, on],
  queryFn: () => call<Data['action']>('GET', withQuery(`/api/actions/${reference.split('-').map(encodeURIComponent).join('/')}`, { on })),
});

export const ruleUseQuery = queryOptions({ queryKey: ['gate', 'rule_use'], queryFn: () => call<Data['rule_use']>('GET', '/api/rules/use') });

export const gateQuery = (filter: GateFilter) => infiniteQueryOptions({
  queryKey: ['gate', 'list', filter], initialPageParam: '', getNextPageParam: (page: Data['gate']) => page.next_after ?? undefined,
  queryFn: ({ pageParam }) => call<Data['gate']>('GET', withQuery('/api/gate', { ...filter, after: pageParam })),
});
export const gateDayQuery = (on: string | undefined) => queryOptions({
  queryKey: ['gate', 'day', on], queryFn: () => call<Data['gate_day']>('GET', withQuery('/api/gate/day', { on })), placeholderData: keepPreviousData,
});
export const gateAnswerQuery = (open: string) => queryOptions({
  queryKey: ['gate', 'one', open],
  queryFn: () => {
    const [holderId = ''] = open.split(':', 1);
    return call<Data['gate_answer']>('GET', withQuery('/api/gate/answer', { holder_id: holderId, ask_key: open.slice(holderId.length + 1) }));
  },
});
/** The whole day under the same filters, as a file. */
export const gateFileAddress = (filter: GateFilter): string => withQuery('/api/gate/csv', filter);
