/** The dashboard: what is asked of the API, and what stands in its address. */

import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call, withQuery, type Data } from './api.ts';

export type DashboardFilter = {
  market?: string | undefined; line?: string | undefined; currency?: string | undefined; segment?: string | undefined;
  /** Months: `2026-11`, both included. */
  from?: string | undefined; to?: string | undefined;
};
/** `sql`: the block whose statement stands beside the page. */
export type DashboardSearch = DashboardFilter & { sql?: string | undefined };

export const dashboardQuery = (filter: DashboardFilter) => queryOptions({
  queryKey: ['dashboard', filter], queryFn: () => call<Data['dashboard']>('GET', withQuery('/api/dashboard', filter)), placeholderData: keepPreviousData,
});
