/** Strategies: what is asked of the API, and what stands in the page's address. */

import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call, withQuery, type Data } from './api.ts';

export type Strategies = Data['strategies'];
export type Strategy = Strategies['strategies'][number];
export type StrategyVersion = Data['strategy']['versions'][number];
export type StrategyBody = Pick<
  Strategy, 'name' | 'market' | 'line' | 'segment_id' | 'goal_metric' | 'goal_value' | 'contacts_7_days_min' | 'contacts_7_days_max' | 'treatments' | 'first_day' | 'tone_max' | 'owner_id' | 'state'
> & { readonly guard_metric: Strategy['guard_metric'] | null; readonly guard_limit: number | null };
export const STRATEGY_SQL = ['figures', 'lines', 'floor'] as const;
export const HOUSE = 1;

/** `open`: the strategy beside the list, or a new one; `sql`: the statement that stands there instead. */
export type StrategySearch = { days?: '90' | undefined; open?: number | 'new' | undefined; edit?: true | undefined; sql?: (typeof STRATEGY_SQL)[number] | undefined };

export const strategiesQuery = (days: string | undefined) => queryOptions({
  queryKey: ['strategies', 'list', days], queryFn: () => call<Strategies>('GET', withQuery('/api/strategies', { days })), placeholderData: keepPreviousData,
});
export const strategyQuery = (id: number, days: string | undefined) => queryOptions({
  queryKey: ['strategies', 'one', id, days], queryFn: () => call<Data['strategy']>('GET', withQuery(`/api/strategies/${id}`, { days })),
});

type Saved = { strategy_id: number; version: number };
export const addStrategy = (body: StrategyBody) => call<Saved>('POST', '/api/strategies', body);
export const changeStrategy = (id: number, version: number, body: StrategyBody) => call<Saved>('PUT', `/api/strategies/${id}`, { version, ...body });
