/** Late fees, discounts, points and small balances: what is asked of the API, and what stands in the page's address. */

import { queryOptions } from '@tanstack/react-query';
import { call, type Data } from './api.ts';

export type Relief = Data['relief'];
export type Scale = Relief['late_fees']['terms']['scales'][number];
export type Tier = Relief['early_discount']['terms']['tiers'][number];
export type PointRules = Relief['points']['terms'];
export const RELIEF_PARTS = ['fees', 'discounts', 'points'] as const;
export type FeesSearch = { part?: 'discounts' | 'points' | undefined };
export type TermsChange =
  | { readonly kind: 'late_fees'; readonly terms: Relief['late_fees']['terms']; readonly version: number } | { readonly kind: 'early_discount'; readonly terms: Relief['early_discount']['terms']; readonly version: number }
  | { readonly kind: 'points'; readonly terms: PointRules; readonly version: number } | { readonly kind: 'small_balance'; readonly terms: Relief['small_balance']['terms']; readonly version: number };

export const feesQuery = queryOptions({ queryKey: ['fees'], queryFn: () => call<Relief>('GET', '/api/relief') });
export const pointsQuery = (holderId: number) => queryOptions({ queryKey: ['holder', holderId, 'points'], queryFn: () => call<Data['points']>('GET', `/api/holders/${holderId}/points`) });
export const checkTerms = (change: TermsChange) => call<{ costs: readonly { currency: string; bills: number; most_minor: number }[] }>('POST', '/api/relief/check', change);
export const saveTerms = (change: TermsChange) => call<{ version: number }>('PUT', '/api/relief/terms', change);
export const waiveFees = (holder_id: number, billId: number, reason: string) => call<{ state: 'done' | 'waits'; amount_minor: number; currency: string }>('POST', `/api/bills/${billId}/waive-fees`, { holder_id, reason });
export const spendPoints = (holderId: number, bill_id: number, points: number) => call<{ amount_minor: number; currency: string; left_points: number }>('POST', `/api/holders/${holderId}/points/spend`, { bill_id, points });
export const askSmallBalance = (holder_id: number, billId: number) => call<{ reopened: number }>('POST', `/api/bills/${billId}/small-balance/undo`, { holder_id });
