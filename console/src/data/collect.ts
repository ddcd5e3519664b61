/** Calls, promises and disputes: what is asked of the API, and under which key it is kept. */

import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { call, withQuery, type Data } from './api.ts';

export type CallCard = Data['calls']['calls'][number];
export type PromiseRow = Data['promises']['promises'][number];
export type Dispute = Data['dispute'];
export type Outcome = Data['call_outcome'];

/** In the order of their keys, 1 to 9. The compiler says when the API knows another. */
const OUTCOME_SET = {
  promised: 0, paid_already: 0, no_answer: 0, call_back: 0, cannot_pay: 0, will_not_pay: 0, wrong_number: 0, disputes_bill: 0, deceased: 0,
} satisfies Record<Outcome, 0>;
export const OUTCOMES = Object.keys(OUTCOME_SET) as readonly Outcome[];

/** Why a payment is late, in the order of their keys. */
export const LATE_REASONS = ['liquidity', 'payment_friction', 'forgot', 'low_value', 'claim_dispute', 'other'] as const;
/** Outcomes that are not closed without one. */
export const CODED_OUTCOMES: ReadonlySet<string> = new Set<Outcome>(['promised', 'cannot_pay', 'will_not_pay', 'disputes_bill']);
export type LateReason = (typeof LATE_REASONS)[number];

export const RESOLUTIONS = ['upheld', 'corrected', 'rejected', 'withdrawn'] as const;
export type Resolution = (typeof RESOLUTIONS)[number];

export type PromiseQuery = { state?: 'kept' | 'broken' | undefined };
/** `open`: the dispute beside the list, `<holder>-<dispute>`. */
export type DisputeQuery = { state?: 'closed' | undefined; open?: string | undefined };

export const callsQuery = queryOptions({ queryKey: ['calls'], queryFn: () => call<Data['calls']>('GET', '/api/calls') });

export const promisesQuery = ({ state }: PromiseQuery) => infiniteQueryOptions({
  queryKey: ['promises', state], initialPageParam: '', queryFn: ({ pageParam }) => call<Data['promises']>('GET', withQuery('/api/promises', { state, after: pageParam })),
  getNextPageParam: (page) => page.next_after ?? undefined,
});

export const disputesQuery = ({ state }: DisputeQuery) => infiniteQueryOptions({
  queryKey: ['disputes', 'list', state], initialPageParam: '',
  queryFn: ({ pageParam }) => call<Data['disputes']>('GET', withQuery('/api/disputes', { state, after: pageParam })),
  getNextPageParam: (page) => page.next_after ?? undefined,
});
export const disputeQuery = (holderId: number, disputeId: number) => queryOptions({
  queryKey: ['disputes', 'one', holderId, disputeId], queryFn: () => call<Dispute>('GET', withQuery(`/api/disputes/${disputeId}`, { holder_id: holderId })),
});

export const closeDispute = (dispute: Dispute, resolution: Resolution, note: string) =>
  call<{ bill_id: number; collection_goes_on: boolean }>('POST', `/api/disputes/${dispute.dispute_id}/close`, { holder_id: dispute.holder_id, resolution, note });
