/** The dashboard: what is asked of the API, and what stands in its address. */

import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call, withQuery, type Data } from './api.ts';

export type DashboardFilter = {
  market?: string | undefined; line?: string | undefined; currency?: string | undefined; segment?: string | undefined;
  /** Months: `2026-11`, both included. */
  from?: string | undefined; to?: string | undefined;
};
export const PARTS = ['figures', 'paying', 'targets', 'results', 'forecast', 'ahead', 'cost', 'data'] as const;
export type Part = (typeof PARTS)[number];
/** `sql`: the block whose statement stands beside the page; `open`: the target that does. */
export type DashboardSearch = DashboardFilter & { sql?: string | undefined; part?: Part | undefined; open?: string | undefined };

export const dashboardQuery = (filter: DashboardFilter) => queryOptions({
  queryKey: ['dashboard', filter], queryFn: () => call<Data['dashboard']>('GET', withQuery('/api/dashboard', filter)), placeholderData: keepPreviousData,
});

export type Targets = Data['targets'];
export type Target = Targets['targets'][number];
export type Alert = Targets['alerts'][number];
export type TargetBody = { goal: number; warning: number | null; owner_id: number | null; from_on: string; until_on: string };
export type NewTargetBody = TargetBody & Pick<Target, 'figure' | 'market' | 'line' | 'term'>;
export type CostOfDelay = Data['cost_of_delay'];
export type Rates = CostOfDelay['defaults'];

type ClassFilter = Pick<DashboardFilter, 'market' | 'line' | 'currency'>;
export const targetsQuery = (market: string | undefined) => queryOptions({
  queryKey: ['dashboard', 'targets', market], queryFn: () => call<Targets>('GET', withQuery('/api/targets', { market })), placeholderData: keepPreviousData,
});
export const alertsQuery = queryOptions({ queryKey: ['dashboard', 'alerts'], queryFn: () => call<Data['alerts']>('GET', '/api/alerts') });
export const forecastQuery = ({ market, line, currency }: ClassFilter) => queryOptions({
  queryKey: ['dashboard', 'forecast', market, line, currency], queryFn: () => call<Data['forecast']>('GET', withQuery('/api/forecast', { market, line, currency })), placeholderData: keepPreviousData,
});
export const costQuery = ({ market, line }: ClassFilter) => queryOptions({
  queryKey: ['dashboard', 'cost-of-delay', market, line], queryFn: () => call<CostOfDelay>('GET', withQuery('/api/cost-of-delay', { market, line })), placeholderData: keepPreviousData,
});
export const maturityQuery = queryOptions({ queryKey: ['dashboard', 'maturity'], queryFn: () => call<Data['maturity']>('GET', '/api/maturity') });

export const addTarget = (body: NewTargetBody) => call<{ target_id: number }>('POST', '/api/targets', body);
export const changeTarget = (targetId: number, version: number, body: TargetBody) => call<{ version: number }>('PATCH', `/api/targets/${targetId}`, { version, ...body });
export const removeTarget = (targetId: number, version: number) => call<undefined>('DELETE', withQuery(`/api/targets/${targetId}`, { version }));
export const acknowledgeAlert = (alertId: number, note: string) => call<object>('POST', `/api/alerts/${alertId}/acknowledge`, { note });
export const reopenAlert = (alertId: number) => call<object>('POST', `/api/alerts/${alertId}/reopen`, {});
export const changeRates = (version: number, rates: Rates) => call<CostOfDelay['rates']>('PUT', '/api/finance-rates', { version, ...rates });
