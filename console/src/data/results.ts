/** How holders pay, what collecting brings, who is likely to be late, the meeting and the quote: what is asked of the API. */

import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call, callFile, withQuery, type Data } from './api.ts';

export type HowPaid = Data['how_paid'];
export type Results = Data['results'];
export type Kpi = Results['kpis'][number];
export type Baseline = Results['baselines'][number];
export type BaselineFigure = Baseline['figure'];
export type PeerRow = Data['peers']['rows'][number];
export type LossRow = Data['losses']['policies'][number];
export type Receivables = Data['receivables'];
export type HighRisk = Data['high_risk']['policies'][number];
export type Decision = Data['meeting_decisions']['decisions'][number];
export type Quote = Data['quote'];
export type QuoteBody = {
  market: string; line: string; mode: string; age_years: number | null; premium_minor: number; currency: string; income_monthly_minor: number | null; autopay: boolean; holder: string | null;
};

type ClassFilter = { market?: string | undefined; line?: string | undefined; currency?: string | undefined };
export const howPaidQuery = ({ market, line, currency }: ClassFilter) => queryOptions({
  queryKey: ['dashboard', 'how-paid', market, line, currency], queryFn: () => call<HowPaid>('GET', withQuery('/api/how-paid', { market, line, currency })), placeholderData: keepPreviousData,
});
export const resultsQuery = ({ market, line, currency }: ClassFilter) => queryOptions({
  queryKey: ['dashboard', 'results', market, line, currency], queryFn: () => call<Results>('GET', withQuery('/api/results', { market, line, currency })), placeholderData: keepPreviousData,
});
export const peersQuery = queryOptions({ queryKey: ['dashboard', 'peers'], queryFn: () => call<Data['peers']>('GET', '/api/peers') });
export const lossesQuery = (market: string | undefined, line: string | undefined, currency: string) => queryOptions({
  queryKey: ['dashboard', 'losses', market, line, currency], queryFn: () => call<Data['losses']>('GET', withQuery('/api/losses', { market, line, currency })), placeholderData: keepPreviousData,
});
export const receivablesQuery = (on: string) => queryOptions({
  queryKey: ['dashboard', 'receivables', on], queryFn: () => call<Receivables>('GET', withQuery('/api/receivables', { on })), placeholderData: keepPreviousData,
});
export const highRiskQuery = (market: string | undefined) => infiniteQueryOptions({
  queryKey: ['dashboard', 'high-risk', market], initialPageParam: '', getNextPageParam: (page: Data['high_risk']) => page.next_after ?? undefined,
  queryFn: ({ pageParam }) => call<Data['high_risk']>('GET', withQuery('/api/high-risk', { market, after: pageParam })),
});
/** Without a month: what I have to do. */
export const decisionsQuery = (month: string | undefined) => queryOptions({
  queryKey: ['meeting-decisions', month], queryFn: () => call<Data['meeting_decisions']>('GET', withQuery('/api/meeting-decisions', { month })),
});

export const changeBaseline = (figure: BaselineFigure, version: number, value: number | null) => call<{ version: number }>('PUT', `/api/baselines/${figure}`, { version, value });
export const loadPeers = (content: string) => call<{ loaded: number }>('PUT', '/api/peers', { content });
export const forgetPeers = () => call<{ forgotten: number }>('DELETE', '/api/peers');
export const writeDecision = (body: { month: string; what: string; owner_id: number; due_on: string }) => call<{ decision_id: number }>('POST', '/api/meeting-decisions', body);
export const closeDecision = (id: number, answer: string) => call<object>('POST', `/api/meeting-decisions/${id}/close`, { answer });
export const reopenDecision = (id: number) => call<object>('POST', `/api/meeting-decisions/${id}/reopen`, {});
/** Payment terms of what was asked, as a PDF. */
export const quoteTerms = (body: QuoteBody & { readonly cover_from: string }) => callFile('/api/quote/terms.pdf', body);
export const askQuote = (body: QuoteBody) => call<Quote>('POST', '/api/quote', body);
