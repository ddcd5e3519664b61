/** A row in the address (`12-345`, or `12-345-6` with its payment), and an amount as a change. */

import { money } from '../parts/format.ts';

/** Null where the address holds something else. */
export function rowOf(open: string | undefined): { readonly holderId: number; readonly billId: number; readonly paymentId: number | null } | null {
  const match = /^(\d{1,15})-(\d{1,15})(?:-(\d{1,15}))?$/.exec(open ?? '');
  return match === null ? null : { holderId: Number(match[1]), billId: Number(match[2]), paymentId: match[3] === undefined ? null : Number(match[3]) };
}

/** `+HK$12.00`, `−HK$3.00`, `HK$0.00`. */
export const signed = (minor: number, currency: string): string => `${minor > 0 ? '+' : ''}${money(minor, currency)}`;
