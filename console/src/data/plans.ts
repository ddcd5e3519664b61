/** Plans instead of a bill: what is offered, and what was agreed. */

import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { call, withQuery, type Data } from './api.ts';

export const PLAN_STATES = ['review', 'broken', 'agreed', 'kept', 'undone'] as const;
export type PlanSearch = { state?: (typeof PLAN_STATES)[number] | undefined };
export const planSearch = ({ state }: Record<string, unknown>): PlanSearch => ({ state: PLAN_STATES.find((one) => one === state) });

export type Plan = Data['plans']['plans'][number];
export type PlanOption = Data['plan_options']['options'][number];

export const plansQuery = ({ state }: PlanSearch) => infiniteQueryOptions({
  queryKey: ['bills', 'plans', state], initialPageParam: 0, queryFn: ({ pageParam }) => call<Data['plans']>('GET', withQuery('/api/plans', { state: state ?? 'review', after: pageParam })),
  getNextPageParam: (page) => page.next_after ?? undefined,
});
export const planOptionsQuery = (holderId: number, billId: number) => queryOptions({
  queryKey: ['bills', 'plan-options', holderId, billId], retry: false, queryFn: () => call<Data['plan_options']>('GET', withQuery(`/api/bills/${billId}/plans`, { holder_id: holderId })),
});
export const agreePlan = (holderId: number, billId: number, { kind, parts, days, version }: PlanOption) =>
  call<{ state: 'done' | 'waits'; plan_id: number | null }>('POST', `/api/bills/${billId}/plans`, { holder_id: holderId, kind, parts: parts.length, days, version });
export const undoPlan = ({ holder_id, plan_id }: Pick<Plan, 'holder_id' | 'plan_id'>) => call<{ bill_id: number }>('POST', `/api/plans/${plan_id}/undo`, { holder_id });
