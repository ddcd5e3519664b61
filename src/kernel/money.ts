/** Money is integer minor units with its currency. `bigint`, so that a float cannot slip in: `minor * 0.5` does not compile. */

import { fail, ok, type Result } from './result.ts';

/** ISO 4217 alphabetic code. */
export type Currency = string;
export type Money = { readonly minor: bigint; readonly currency: Currency };

/** Largest amount accepted anywhere: 90 trillion units of a two-decimal currency; also a CHECK in SQL, and safe as a JSON number. */
export const AMOUNT_MINOR_MAX = 9_000_000_000_000_000n;

/** Decimals of each currency that Inforce knows (ISO 4217). */
const DECIMALS: Readonly<Record<string, number>> = {
  AED: 2, AUD: 2, BHD: 3, CAD: 2, CHF: 2, CLP: 0, CNY: 2, CZK: 2, DKK: 2, EUR: 2, GBP: 2, HKD: 2, HUF: 2, IDR: 2, ILS: 2, INR: 2, JOD: 3,
  JPY: 0, KRW: 0, KWD: 3, MOP: 2, MXN: 2, MYR: 2, NOK: 2, NZD: 2, OMR: 3, PHP: 2, PLN: 2, RON: 2, SEK: 2, SGD: 2, THB: 2, TND: 3, TRY: 2,
  TWD: 2, USD: 2, VND: 0, ZAR: 2,
};

export const isCurrency = (code: string): boolean => Object.hasOwn(DECIMALS, code);
export const decimalsOf = (currency: Currency): number => DECIMALS[currency] ?? 2;

/**
 * Reads `1,234.50`, `1234.5`, `¥1 234.50`, `(12.00)` as minor units of a currency.
 * Problems: `amount_not_a_number`, `amount_too_precise`, `amount_too_large`.
 */
export function parseAmount(text: string, currency: Currency): Result<bigint> {
  let clean = text.normalize('NFKC').trim().replace(/^[A-Z]{3}\s*|\s*[A-Z]{3}$/g, '').replace(/^(?:HK|NT|US)?[¥$€£₹₱]\s*/u, '');
  const negative = /^\(.*\)$/.test(clean) || clean.startsWith('-');
  clean = clean.replace(/^[-(]|\)$/g, '').replace(/^[A-Z]{3}\s+/, '').replace(/^(?:HK|NT|US)?[¥$€£₹₱]\s*/u, '');
  if (/^\d{1,3}(?:[, '\u00a0]\d{3})+(?:\.\d+)?$/.test(clean)) clean = clean.replace(/[, '\u00a0]/g, '');
  const match = /^(\d+)(?:\.(\d*))?$/.exec(clean);
  if (match === null) return fail('amount_not_a_number', { value: text });
  const decimals = decimalsOf(currency);
  const fraction = (match[2] ?? '').replace(/0+$/, '');
  if (fraction.length > decimals) return fail('amount_too_precise', { value: text, currency, decimals });
  const minor = BigInt((match[1] ?? '0') + fraction.padEnd(decimals, '0'));
  if (minor > AMOUNT_MINOR_MAX) return fail('amount_too_large', { value: text });
  return ok(negative ? -minor : minor);
}

/** `1234.50`: plain decimal text, no grouping, for files and tests. */
export function decimalText(minor: bigint, currency: Currency): string {
  const decimals = decimalsOf(currency);
  const digits = (minor < 0n ? -minor : minor).toString().padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  return `${minor < 0n ? '-' : ''}${whole}${decimals === 0 ? '' : `.${digits.slice(digits.length - decimals)}`}`;
}

export type Language = 'en' | 'zh-Hans' | 'zh-Hant';
export const LANGUAGES: readonly Language[] = ['en', 'zh-Hans', 'zh-Hant'];

/** Symbols as a holder of that market expects them; a currency without one is written with its code. */
const SYMBOLS: Readonly<Record<string, string>> = { CNY: '¥', HKD: 'HK$', TWD: 'NT$', PHP: '₱', EUR: '€', USD: 'US$', GBP: '£', INR: '₹', JPY: 'JP¥', CAD: 'CA$', SGD: 'S$' };

/** `HK$1,200.00`: an amount as people read it; the three languages group digits alike. */
export function formatMoney(minor: bigint, currency: Currency): string {
  const plain = decimalText(minor < 0n ? -minor : minor, currency);
  const [whole = '0', fraction] = plain.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  const amount = fraction === undefined ? grouped : `${grouped}.${fraction}`;
  const symbol = SYMBOLS[currency] ?? `${currency} `;
  return `${minor < 0n ? '−' : ''}${symbol}${amount}`;
}

/** numerator/denominator of an amount, half to even; for taxes, levies and pro-rata parts. */
export function shareOf(minor: bigint, numerator: bigint, denominator: bigint): bigint {
  const product = minor * numerator;
  const quotient = product / denominator;
  const remainder = product % denominator;
  const twice = (remainder < 0n ? -remainder : remainder) * 2n;
  const size = denominator < 0n ? -denominator : denominator;
  if (twice < size || (twice === size && quotient % 2n === 0n)) return quotient;
  return quotient + (product < 0n === denominator < 0n ? 1n : -1n);
}

/** Splits an amount by weights so that the parts sum to the whole (largest remainder; ties to the earlier part). */
export function splitByWeights(minor: bigint, weights: readonly bigint[]): bigint[] {
  const total = weights.reduce((a, b) => a + b, 0n);
  if (total <= 0n) throw new Error('weights must sum to more than zero');
  const size = minor < 0n ? -minor : minor;
  const parts = weights.map((weight, index) => ({ index, part: (size * weight) / total, remainder: (size * weight) % total }));
  let left = size - parts.reduce((sum, p) => sum + p.part, 0n);
  for (const p of [...parts].sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1))) {
    if (left === 0n) break;
    p.part += 1n;
    left -= 1n;
  }
  return parts.map((p) => (minor < 0n ? -p.part : p.part));
}
