/** Money, dates and shares in the reader's form. */

import { formatMoney } from '../../../src/kernel/index.ts';
import { currentLanguage } from '../language.ts';

const LOCALES = { en: 'en-GB', 'zh-Hans': 'zh-CN', 'zh-Hant': 'zh-HK' } as const;
const locale = (): string => LOCALES[currentLanguage()];

/** Minor units as the API sends them; always with the currency. */
export const money = (minor: number, currency: string): string => formatMoney(BigInt(Math.round(minor)), currency);

const utc = (date: string): Date => new Date(`${date}T00:00:00Z`);

/** A business date: `24 Nov 2026`. */
export const day = (date: string): string =>
  new Intl.DateTimeFormat(locale(), { timeZone: 'UTC', day: 'numeric', month: 'short', year: 'numeric' }).format(utc(date));

/** `Tuesday, 24 November 2026`. */
export const longDay = (date: string): string =>
  new Intl.DateTimeFormat(locale(), { timeZone: 'UTC', weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }).format(utc(date));

/** A moment in a zone: `24 Nov, 11:05`. */
export const moment = (at: string, timeZone?: string): string =>
  new Intl.DateTimeFormat(locale(), {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...(timeZone === undefined ? {} : { timeZone }),
  }).format(new Date(at));

export const percent = (share: number, decimals = 1): string =>
  new Intl.NumberFormat(locale(), { style: 'percent', minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(share);

export const count = (value: number): string => new Intl.NumberFormat(locale()).format(value);
export const decimal = (value: number, decimals = 1): string =>
  new Intl.NumberFormat(locale(), { minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(value);
