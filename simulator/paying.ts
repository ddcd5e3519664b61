/**
 * When and how a holder pays one bill. The intention is drawn once for each bill from the seed; messages can only bend it, by the small
 * effects that trials find. History and the days played later ask the same functions. Pure; days are day numbers.
 */

import { type DayNumber, mixSeed } from '../src/kernel/index.ts';
import { type Behaviour, type Line, type Market, type PayingMode, type Sourcing } from './behaviour.ts';
import { shockOn, type Traits } from './traits.ts';

/** What a holder knows of the own policy. */
export type OwnPolicy = {
  /** Within the insurer, from 0. */
  readonly number: number;
  readonly market: Market;
  readonly line: Line;
  readonly mode: PayingMode;
  readonly autopay: boolean;
  readonly sourcing: Sourcing;
  readonly rural: boolean;
  readonly company: boolean;
  readonly burden: number;
  readonly coverFrom: DayNumber;
  readonly born: DayNumber;
  /** Day of the month on which income arrives. */
  readonly payday: number;
};

export type Intention = {
  /** Would be paid after its due date if nobody said a word. */
  readonly lateness: number;
  /** Uniform: late where below the chance. A message lowers the chance, not the number. */
  readonly draw: number;
  /** Days after the due date if late, at least 1; null: never. */
  readonly lateDays: number | null;
  /** Days before the due date if not late. */
  readonly earlyDays: number;
  readonly strained: boolean;
  /** Uniform, for what else is to be decided about this bill. */
  readonly dice: number;
};

const STREAM_BILL = 21;
const TENURE_YEARS_MAX = 10;
const DAYS_PER_YEAR = 365.25;
const BURDEN_MAX = 16;
/** Beyond it nobody pays any more without being asked anew. */
const LATE_DAYS_MAX = 300;

export function intentionOf(behaviour: Behaviour, traits: Traits, policy: OwnPolicy, instalmentNo: number, dueOn: DayNumber): Intention {
  const { lateness: w, timing } = behaviour;
  const shock = shockOn(behaviour, traits, dueOn);
  const burden = Math.log2(Math.min(BURDEN_MAX, Math.max(1 / BURDEN_MAX, policy.burden)));
  const age = (dueOn - policy.born) / DAYS_PER_YEAR;
  const tenure = Math.min(TENURE_YEARS_MAX, Math.max(0, (dueOn - policy.coverFrom) / DAYS_PER_YEAR));
  let z = w.base + w.forgetful * traits.forgetful + w.burden * burden + w.by_market[policy.market] + w.by_line[policy.line] + w.by_sourcing[policy.sourcing] + w.tenure * tenure;
  if (policy.autopay) z += w.autopay;
  else if (traits.way === 'cash') z += w.cash;
  else if (traits.way === 'transfer') z += w.offline;
  if (policy.mode === 'monthly') z += w.monthly;
  if (age < 30) z += w.young;
  else if (age > 60) z += w.old;
  if (policy.rural) z += w.rural;
  if (instalmentNo === 1) z += w.first_premium;
  if (shock.hardUp) z += w.hard_up;
  if (shock.moved) z += w.moved;
  if (traits.disengaged) z += w.disengaged;

  // Five uniform numbers of this bill, by a chain of mixes: cheaper than a generator, and a bill is asked for a million times.
  const h1 = mixSeed(traits.key, STREAM_BILL, policy.number, instalmentNo);
  const h2 = mixSeed(h1, 1);
  const h3 = mixSeed(h2, 2);
  const h4 = mixSeed(h3, 3);
  const strained = unit(h2) < strainedShare(timing.strained_share, burden, shock.hardUp);
  const never = unit(h4) < (shock.hardUp || traits.disengaged ? timing.never_share_hard_up : timing.never_share);
  const mean = strained ? timing.late_days_strained : timing.late_days_forgetful;
  const exponential = -Math.log(1 - unit(h3));
  return {
    lateness: z, draw: unit(h1), strained, lateDays: never ? null : Math.min(LATE_DAYS_MAX, 1 + Math.floor(exponential * mean)),
    earlyDays: Math.floor(exponential * traits.earlyDays), dice: unit(mixSeed(h4, 4)),
  };
}

const unit = (hash: number): number => hash / 4_294_967_296;
const strainedShare = (ordinary: number, burden: number, hardUp: boolean): number => (hardUp ? 0.85 : Math.min(0.9, Math.max(0.02, ordinary * 2 ** (0.6 * burden))));

/** The day on which the bill is paid if its reminders before the due date have moved the log-odds by `shift`; null: never. */
export function payDayOf(intention: Intention, traits: Traits, policy: OwnPolicy, issuedOn: DayNumber, dueOn: DayNumber, shift: number): DayNumber | null {
  if (intention.draw < 1 / (1 + Math.exp(-(intention.lateness + shift)))) return intention.lateDays === null ? null : dueOn + intention.lateDays;
  if (policy.autopay) return bankDayUpTo(dueOn);
  const first = Math.max(issuedOn, policy.coverFrom);
  if (traits.onPayday) {
    const payday = lastPayday(policy.payday, dueOn);
    if (payday >= first) return payday;
  }
  return Math.max(first, dueOn - intention.earlyDays);
}

/** Mandates are collected on the due date, or on the last bank day before it. */
const bankDayUpTo = (day: DayNumber): DayNumber => day - Math.max(0, isoDay(day) - 5);
/** 1 = Monday … 7 = Sunday. */
export const isoDay = (day: DayNumber): number => ((((day + 3) % 7) + 7) % 7) + 1;

/** The last payday up to a day; months are taken as they come. */
function lastPayday(payday: number, day: DayNumber): DayNumber {
  const date = new Date(day * 86_400_000);
  const [year, month, today] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  const inMonth = (m: number): number => Math.min(payday, new Date(Date.UTC(year, m + 1, 0)).getUTCDate());
  const here = inMonth(month);
  return today >= here ? day - today + here : Math.floor(Date.UTC(year, month - 1, inMonth(month - 1)) / 86_400_000);
}

/** The method that a payment shows, as the insurer's books name it. */
export function methodOf(policy: OwnPolicy, traits: Traits): string {
  if (policy.autopay) return 'autopay';
  if (traits.way === 'cash') return 'cash';
  if (traits.way === 'transfer') return 'bank_transfer';
  const methods = ONLINE[policy.market];
  return methods[Math.floor(traits.taste * methods.length)] ?? 'card';
}

/** Online methods by market; one that is named twice is twice as common. */
const ONLINE: Readonly<Record<Market, readonly string[]>> = {
  CN: ['wechat_pay', 'wechat_pay', 'alipay', 'alipay', 'card'], HK: ['fps', 'fps', 'card', 'payme', 'alipay_hk'], TW: ['card', 'card', 'line_pay'], PH: ['gcash', 'gcash', 'maya', 'card'],
  DE: ['sepa_debit', 'sepa_debit', 'card'], US: ['card', 'card', 'ach_debit'],
};
const NOT_DIGITAL = new Set(['cash']);
export const isDigital = (method: string): boolean => !NOT_DIGITAL.has(method);
/** Paid on a page: who goes to a bank or pays cash does so with a link in hand only when somebody has moved them to. */
export const isOnline = (method: string): boolean => isDigital(method) && method !== 'bank_transfer';
