/** Delivery: what is asked of the API, what stands in the page's address; and the tour. */

import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call, withQuery, type Data } from './api.ts';

type NotArrivedFilter = { channel?: string | undefined; state?: string | undefined; market?: string | undefined; on?: string | undefined };
/** `open`: holder and contact, `12-345`. `list`: what did not arrive, or who heard nothing. */
export type DeliverySearch = NotArrivedFilter & { days?: '30' | undefined; list?: 'untouched' | undefined; strategy?: number | undefined; open?: string | undefined };
export type ResendChannel = Data['message']['resend_by'][number];

export const CHANNELS = ['email', 'sms', 'push', 'wechat', 'call', 'voicemail', 'letter', 'registered_letter'] as const;
export const NOT_ARRIVED_STATES = ['failed', 'bounced', 'unconfirmed'] as const;
/** Who may send again and settle; the server has the last word. */
export const RESENDING_ROLES: readonly Data['session']['user']['role'][] = ['manager', 'agent', 'compliance'];

export const deliveryQuery = (days: string) => queryOptions({
  queryKey: ['delivery', 'sums', days], queryFn: () => call<Data['delivery']>('GET', withQuery('/api/delivery', { days })), placeholderData: keepPreviousData,
});
export const notArrivedQuery = (filter: NotArrivedFilter) => infiniteQueryOptions({
  queryKey: ['delivery', 'not_arrived', filter], initialPageParam: '', getNextPageParam: (page: Data['not_arrived']) => page.next_after ?? undefined,
  queryFn: ({ pageParam }) => call<Data['not_arrived']>('GET', withQuery('/api/delivery/not-arrived', { ...filter, after: pageParam })),
});
export const untouchedQuery = (strategy?: number) => infiniteQueryOptions({
  queryKey: ['delivery', 'untouched', strategy], initialPageParam: '', getNextPageParam: (page: Data['untouched']) => page.next_after ?? undefined,
  queryFn: ({ pageParam }) => call<Data['untouched']>('GET', withQuery('/api/delivery/untouched', { strategy, after: pageParam })),
});
export const feedbackQuery = queryOptions({ queryKey: ['delivery', 'feedback'], queryFn: () => call<Data['feedback']>('GET', '/api/delivery/feedback') });
/** The list under the same filters, as a file. */
export const notArrivedFileAddress = (filter: NotArrivedFilter): string => withQuery('/api/delivery/not-arrived/csv', filter);

const addressOf = (open: string): string => `/api/delivery/${open.split('-').map(encodeURIComponent).join('/')}`;
export const messageQuery = (open: string) => queryOptions({ queryKey: ['delivery', 'one', open], queryFn: () => call<Data['message']>('GET', addressOf(open)) });
export const resendBy = (open: string, channel: ResendChannel) => call<Data['resent']>('POST', `${addressOf(open)}/resend`, { channel });
export const settle = (open: string, left: boolean) => call<Data['message']>('POST', `${addressOf(open)}/settle`, { left });

export const tourQuery = queryOptions({ queryKey: ['tour'], staleTime: Infinity, queryFn: () => call<Data['tour']>('GET', '/api/tour') });
export const tourDone = () => call<Data['tour']>('PUT', '/api/tour', { done: true });
