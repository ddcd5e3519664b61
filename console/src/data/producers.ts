/** Producers and their commission, as the page asks for them. */

import { queryOptions } from '@tanstack/react-query';
import { call, withQuery, type Data } from './api.ts';

export type Producer = Data['producers']['producers'][number];
export type StatementRow = Data['commission_statement']['rows'][number];
export const producersQuery = (month: string) => queryOptions({ queryKey: ['producers', month], queryFn: () => call<Data['producers']>('GET', withQuery('/api/producers', { month })) });
export const statementQuery = (id: number, month: string) => queryOptions({ queryKey: ['producers', id, month], queryFn: () => call<Data['commission_statement']>('GET', withQuery(`/api/producers/${id}/statement`, { month })) });
export const addProducer = (name: string, external_ref: string) => call<{ producer_id: number }>('POST', '/api/producers', { name, external_ref });
export const givePolicy = (id: number, policy_number: string, since: string) => call<object>('POST', `/api/producers/${id}/policies`, { policy_number, since });
export const addRate = (rate: { producer_id: number | null; line: string; policy_year: string; from_on: string; rate_ppm: number }) => call<object>('POST', '/api/commission-rates', rate);
