/**
 * The day on which a bill leaves: after the holder's pay day or a company's month close, never before the market's earliest day and never later than the law's notice. Pure.
 *
 * A wished day counts where it lies in the window; of several the last, nearest to the due date; of none the window's last day.
 */

import { dayNumber, daysInMonth, mixSeed, partsOf, plainDate, plainDateOf, type PlainDate } from '../kernel/index.ts';
import { issueDaysAhead } from './markets.ts';
import { noticeDays } from './notice.ts';

export type Recipient = {
  readonly kind: 'person' | 'company';
  /** Day of the month; null: not known. */
  readonly payday: number | null;
  /** Of a company; null: the month's last day. */
  readonly closeDay: number | null;
  /** Days on which the last bills of the policy were paid, not by debit; in any order. */
  readonly paidOn: readonly PlainDate[];
  /** Spreads bills over the days that are equally good. */
  readonly spread: number;
};
export type LeavingReason = 'payday' | 'payday_learnt' | 'month_start' | 'month_close' | 'notice';
export type Leaving = {
  readonly on: PlainDate;
  readonly reason: LeavingReason;
  /** The pay day or close day that it follows; null where there is none. */
  readonly day: number | null;
};
export type Window = { readonly earliest: PlainDate; readonly latest: PlainDate };

/** Days after pay day, after the month's begin, and after a company's close. */
const PAYDAY_DAYS = 3;
const CLOSE_DAYS = 7;
const LAST_OF_MONTH = 31;

/** Between the market's earliest day and the last that leaves the notice. */
export function leavingWindow(market: string, dueOn: PlainDate): Window {
  const due = dayNumber(dueOn);
  const latest = due - noticeDays(market).days;
  return { earliest: plainDateOf(Math.min(latest, due - issueDaysAhead(market))), latest: plainDateOf(latest) };
}

/** @param isWorkingDay by the market's calendar */
export function leavingOf(market: string, dueOn: PlainDate, recipient: Recipient, isWorkingDay: (date: PlainDate) => boolean): Leaving {
  const { earliest, latest } = leavingWindow(market, dueOn);
  const wish = wishOf(recipient);
  const [first, last] = [partsOf(earliest), partsOf(latest)];
  let best: PlainDate | null = null;
  // From the month before, whose last days lead into the window's first.
  for (let index = first.year * 12 + first.month - 2; index <= last.year * 12 + last.month - 1; index += 1) {
    const [year, month] = [Math.floor(index / 12), (index % 12) + 1];
    const base = wish.after === 0 ? dayNumber(plainDate(year, month, 1)) - 1 : dayNumber(plainDate(year, month, Math.min(wish.after, daysInMonth(year, month))));
    const days = Array.from({ length: wish.days }, (_, i) => plainDateOf(base + 1 + i)).filter((day) => day >= earliest && day <= latest);
    const working = days.filter(isWorkingDay);
    const good = working.length > 0 ? working : days;
    best = (wish.reason === 'month_start' ? good[mixSeed(recipient.spread) % Math.max(1, good.length)] : good[0]) ?? best;
  }
  return best === null ? { on: latest, reason: 'notice', day: null } : { on: best, reason: wish.reason, day: wish.after === 0 ? null : wish.after };
}

type Wish = { readonly after: number; readonly days: number; readonly reason: Exclude<LeavingReason, 'notice'> };

function wishOf({ kind, payday, closeDay, paidOn }: Recipient): Wish {
  if (kind === 'company') return { after: closeDay ?? LAST_OF_MONTH, days: CLOSE_DAYS, reason: 'month_close' };
  if (payday !== null) return { after: payday, days: PAYDAY_DAYS, reason: 'payday' };
  const learnt = learnPayday(paidOn);
  return learnt === null ? { after: 0, days: PAYDAY_DAYS, reason: 'month_start' } : { after: learnt.day, days: PAYDAY_DAYS, reason: 'payday_learnt' };
}

const LEARN_FROM_MIN = 5;
const LEARN_FROM_MAX = 12;
/** Days that count as one habit: paid on pay day or within the days after. */
const HABIT_DAYS = 4;
/** Chance alone puts 13 % of payments into such days: more than half, with 90 % confidence (Wilson 1927), is a habit. */
const HABIT_SHARE_MIN = 0.5;
const WILSON_Z = 1.2816;

/** The day after which money is usually there: the first day of the densest four of the month; null where payments are spread, or too few. `confidence`: the share's lower bound. */
export function learnPayday(paidOn: readonly PlainDate[]): { readonly day: number; readonly confidence: number } | null {
  const last = [...paidOn].sort().slice(-LEARN_FROM_MAX);
  if (last.length < LEARN_FROM_MIN) return null;
  const counts = Array.from({ length: LAST_OF_MONTH }, () => 0);
  for (const date of last) {
    const day = partsOf(date).day - 1;
    counts[day] = (counts[day] ?? 0) + 1;
  }
  let best = { start: 0, count: 0 };
  for (let start = 0; start < LAST_OF_MONTH; start += 1) {
    let count = 0;
    // The month's last days lead into the next one's first.
    for (let i = 0; i < HABIT_DAYS; i += 1) count += counts[(start + i) % LAST_OF_MONTH] ?? 0;
    // A run of days begins on one on which somebody paid.
    if (count > best.count && (counts[start] ?? 0) > 0) best = { start, count };
  }
  const [n, share] = [last.length, best.count / last.length];
  const z2 = WILSON_Z ** 2;
  const confidence = (share + z2 / (2 * n) - WILSON_Z * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n))) / (1 + z2 / n);
  return confidence < HABIT_SHARE_MIN ? null : { day: best.start + 1, confidence };
}

/** As it stands on the bill: `payday:10`, `month_start`. */
export const leavingText = ({ reason, day }: Leaving): string => (day === null ? reason : `${reason}:${day}`);
