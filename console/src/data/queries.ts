/** What is asked, under which key, and how long it stays fresh. Live events mark keys as stale (see live.ts). */

import { infiniteQueryOptions, QueryClient, queryOptions } from '@tanstack/react-query';
import { api, HOLDERS_PAGE, isApiError, rememberCsrfToken, type HolderQuery, type Holders } from './api.ts';

const FRESH_MS = 30_000;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: FRESH_MS,
      // A refusal stays a refusal; a line that is down may come back.
      retry: (count, error) => isApiError(error) && error.status !== 0 && error.status < 500 ? false : count < 2,
    },
  },
});

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  staleTime: Infinity,
  queryFn: async () => {
    const session = await api.session();
    rememberCsrfToken(session.csrf_token);
    return session;
  },
});
export const insurersQuery = queryOptions({ queryKey: ['insurers'], queryFn: api.insurers });
export const todayQuery = queryOptions({ queryKey: ['today'], queryFn: api.today, refetchInterval: 60_000 });
export const cycleQuery = queryOptions({
  queryKey: ['cycle'], queryFn: api.cycle,
  // Where events do not come through (a proxy that buffers), a running cycle is still seen moving.
  refetchInterval: (query) => (query.state.data?.cycle?.state === 'running' ? 2_000 : 60_000),
});
export const holderQuery = (holderId: number) => queryOptions({ queryKey: ['holder', holderId], queryFn: () => api.holder(holderId) });
/** One answer looks at some thousand holders; where few match, so many answers make one page. */
const WALKS_MAX = 10;
async function fullPage(filter: HolderQuery, after: number): Promise<Holders> {
  let page = await api.holders(filter, after);
  for (let walks = 1; walks < WALKS_MAX && page.next_after !== null && page.holders.length < HOLDERS_PAGE; walks += 1) {
    const more = await api.holders(filter, page.next_after);
    page = { holders: [...page.holders, ...more.holders], next_after: more.next_after };
  }
  return page;
}
export const holdersQuery = (filter: HolderQuery) => infiniteQueryOptions({
  queryKey: ['holders', filter], initialPageParam: 0, queryFn: ({ pageParam }) => fullPage(filter, pageParam),
  getNextPageParam: (page) => page.next_after ?? undefined,
});
/** By id; the law changes with a release, not with an hour. */
export const rulesQuery = queryOptions({
  queryKey: ['rules'], staleTime: Infinity, queryFn: async () => new Map((await api.rules()).rules.map((rule) => [rule.id, rule])),
});
export const searchQuery = (q: string) => queryOptions({ queryKey: ['search', q], queryFn: () => api.search(q), enabled: q.trim() !== '' });
export const inboxQuery = (filter: { holder_id?: number | undefined; channel?: string | undefined }) => infiniteQueryOptions({
  queryKey: ['inbox', filter], initialPageParam: '', queryFn: ({ pageParam }) => api.inbox({ ...filter, cursor: pageParam }),
  getNextPageParam: (page) => page.next_cursor ?? undefined, staleTime: 5_000,
});
