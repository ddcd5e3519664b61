/** Money of our own that pays a bill. Its way to pay is the rule by which it is booked, so that a new one is a rule and a word here. */

import { type PostingRuleId } from '../ledger/index.ts';

export const OWN_METHODS = [
  'early_discount', 'points_spent', 'claim_offset', 'premium_loan', 'waiting_money_used', 'group_share', 'producer_share', 'exchanged', 'small_balance', 'paid_before',
] as const satisfies readonly PostingRuleId[];
export type OwnMethod = (typeof OWN_METHODS)[number];

export const OWN_PROVIDER = 'inforce';
export const isOwnMoney = ({ provider }: { readonly provider: string }): boolean => provider === OWN_PROVIDER;

const NAMES = new Set<string>(OWN_METHODS);
export const isOwnMethod = (method: string): method is OwnMethod => NAMES.has(method);
