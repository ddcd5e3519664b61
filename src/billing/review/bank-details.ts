/**
 * Numbers of accounts are checked where they come in, and never kept: what stays is a token, the last four digits and whether the check passed. IBAN: ISO 13616 (by `ibantools`); US routing numbers: the
 * ABA's weights 3, 7, 1; Chinese cards: the check digit of ISO/IEC 7812-1 (Luhn 1954) and the lengths of UnionPay's cards; UK sort codes: six digits.
 */

import { createHmac } from 'node:crypto';
import { isValidIBAN } from 'ibantools';

export type AccountScheme = 'iban' | 'us_routing' | 'cn_card' | 'gb_sort_code';

const compact = (typed: string): string => typed.normalize('NFKC').replaceAll(/[\s-]/g, '').toUpperCase();

/** Nine digits; weights 3, 7, 1 sum to a multiple of ten; the first two digits name a Federal Reserve district, a thrift, an electronic or a traveller's cheque number. */
export function isRoutingNumber(typed: string): boolean {
  const digits = compact(typed);
  if (!/^\d{9}$/.test(digits)) return false;
  const district = Number(digits.slice(0, 2));
  if (!(district <= 12 || (district >= 21 && district <= 32) || (district >= 61 && district <= 72) || district === 80) || digits === '000000000') return false;
  return Array.from(digits).reduce((sum, digit, i) => sum + Number(digit) * ([3, 7, 1][i % 3] ?? 0), 0) % 10 === 0;
}

/** UnionPay: 16 to 19 digits, beginning with 62 or an older bank's own number (4, 5, 6 or 9), and the check digit. */
export function isChineseCard(typed: string): boolean {
  const digits = compact(typed);
  if (!/^[4-69]\d{15,18}$/.test(digits)) return false;
  let sum = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const digit = Number(digits[digits.length - 1 - i]);
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

export const isIban = (typed: string): boolean => isValidIBAN(compact(typed));
/** A sort code has no check digit; with the eight digits of an account behind it where they are given. */
export const isSortCode = (typed: string): boolean => /^\d{6}(?:\d{8})?$/.test(compact(typed));

const CHECKS: Readonly<Record<AccountScheme, (typed: string) => boolean>> = { iban: isIban, us_routing: isRoutingNumber, cn_card: isChineseCard, gb_sort_code: isSortCode };

export type CheckedAccount = {
  readonly scheme: AccountScheme;
  /** Stands for the number: the same number gives the same token, and nobody without the key finds the number from it. */
  readonly token: string;
  readonly last4: string;
  readonly country: string | null;
  /** The bank's part of the number, which names no account: a routing number, a card's first six digits, a sort code, the head of an IBAN. */
  readonly bankCode: string | null;
  readonly checkPassed: boolean;
};

const HEAD_LENGTHS: Readonly<Record<AccountScheme, number>> = { iban: 8, us_routing: 9, cn_card: 6, gb_sort_code: 6 };
const COUNTRIES: Readonly<Record<AccountScheme, string | null>> = { iban: null, us_routing: 'US', cn_card: 'CN', gb_sort_code: 'GB' };

/**
 * What may be kept of a number.
 * @param accountNumber of a routing number, the account behind it
 * @param key the insurer's secret
 */
export function checkedAccount(scheme: AccountScheme, typed: string, key: string, accountNumber = ''): CheckedAccount {
  const [number, account] = [compact(typed), compact(accountNumber)];
  const tail = account === '' ? number : account;
  return {
    scheme, token: createHmac('sha256', key).update(`${scheme} ${number} ${account}`).digest('base64url'), last4: tail.slice(-4), country: scheme === 'iban' ? number.slice(0, 2) : COUNTRIES[scheme],
    bankCode: number.length > HEAD_LENGTHS[scheme] + 3 || scheme === 'us_routing' ? number.slice(0, HEAD_LENGTHS[scheme]) : null, checkPassed: CHECKS[scheme](number),
  };
}
