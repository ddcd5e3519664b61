/** Bill designs: what is asked of the API, and what stands in the page's address. */

import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call, withQuery, type Data } from './api.ts';

export type Designs = Data['designs'];
export type BillDesign = Designs['designs'][number];
export type DesignTerms = BillDesign['terms'];
export type DesignFunnel = Designs['funnels'][number];
export const SAMPLES = ['usual', 'shortest', 'longest'] as const;
export const FUNNEL_DAYS = ['30', '90', '365'] as const;
/** `edit`: a design whose next version is written. `words`: what costs a design points. */
export type BillDesignSearch = { language?: 'en' | 'zh-Hans' | 'zh-Hant' | undefined; sample?: (typeof SAMPLES)[number] | undefined; days?: '30' | '365' | undefined; edit?: string | undefined; words?: string | undefined };

export const billDesignsQuery = (days: string) => queryOptions({
  queryKey: ['bill-designs', days], queryFn: () => call<Designs>('GET', withQuery('/api/bill-designs', { days })), placeholderData: keepPreviousData,
});
export const designCheckQuery = (terms: DesignTerms) => queryOptions({
  queryKey: ['bill-designs', 'check', terms], queryFn: () => call<Data['designCheck']>('POST', '/api/bill-designs/check', terms, false), placeholderData: keepPreviousData,
});
export const saveDesign = (id: string, body: { readonly terms: DesignTerms; readonly share: number; readonly publish: boolean; readonly version: number }) =>
  call<{ design_id: string; version: number; score: number }>('PUT', `/api/bill-designs/${id}`, body);

export const sampleAddress = (as: 'pdf' | 'html', id: string, version: number, language: string, sample: string): string => withQuery(`/api/bill-designs/${id}/sample.${as}`, { language, sample, version });
export const documentAddress = (as: 'pdf' | 'html', holderId: number, billId: number, language: string | undefined): string => withQuery(`/api/bills/${billId}/document.${as}`, { holder_id: holderId, language });
