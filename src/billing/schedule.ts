/**
 * When premiums fall due, and what each period costs: the schedule of a policy by its mode, to the day and to the cent. Pure.
 *
 * Day count: actual days over the actual days of the regular period in which they lie (from one due day to the next). Rounding: what a day costs is the premium up to its end, rounded half to
 * even, less that up to its beginning; so whatever parts a period or a year is cut into, they sum to the whole.
 */

import { addMonths, addYears, type BillId, dayNumber, daysBetween, partsOf, type PlainDate, type PolicyId, shareOf } from '../kernel/index.ts';

export const PREMIUM_MODES = ['annual', 'half_yearly', 'quarterly', 'monthly', 'single'] as const;
export type PremiumMode = (typeof PREMIUM_MODES)[number];

const MONTHS: Readonly<Record<PremiumMode, number>> = { annual: 12, half_yearly: 6, quarterly: 3, monthly: 1, single: 0 };

/** Months between two instalments; 0 for a single premium. */
export const monthsBetweenInstalments = (mode: PremiumMode): number => MONTHS[mode];
/** Instalments in a year; a single premium counts as one. */
export const instalmentsPerYear = (mode: PremiumMode): number => (mode === 'single' ? 1 : 12 / MONTHS[mode]);

export type Schedule = {
  readonly mode: PremiumMode;
  readonly coverFrom: PlainDate;
  readonly coverTo: PlainDate | null;
  /** Day of the month on which premiums fall due, 1..31; a short month takes its last day, the next month the day itself again. */
  readonly dueDay: number;
  /** Where the present terms begin, after a change: from this day, and with this instalment. Absent or null: with cover, and the first. */
  readonly scheduleFrom?: PlainDate | null;
  readonly scheduleNo?: number | null;
};

export type Instalment = {
  /** 1 is the first premium, due when cover begins. */
  readonly no: number;
  readonly dueOn: PlainDate;
  readonly periodFrom: PlainDate;
  /** First day that the instalment does not pay for. */
  readonly periodTo: PlainDate;
};

/** First day and instalment of the present terms. */
export const anchorOf = (schedule: Schedule): { readonly from: PlainDate; readonly no: number } =>
  ({ from: schedule.scheduleFrom ?? schedule.coverFrom, no: schedule.scheduleNo ?? 1 });
/** First day after a single premium's cover. */
const singleTo = ({ coverFrom, coverTo }: Schedule): PlainDate => coverTo ?? addYears(coverFrom, 1);
/** The due day of the regular period `k` after the one in whose month the present terms begin. */
const regularDay = (schedule: Schedule, k: number): PlainDate => addMonths(anchorOf(schedule).from, k * MONTHS[schedule.mode], schedule.dueDay);

/** The due date of an instalment: the first of the present terms with their beginning, the others on the policy's own day of the month. */
export function dueDateOf(schedule: Schedule, no: number): PlainDate {
  const anchor = anchorOf(schedule);
  return no <= anchor.no ? anchor.from : regularDay(schedule, no - anchor.no);
}

/** Null after a single premium, where cover has ended by its due date, and before the present terms. */
export function instalmentOf(schedule: Schedule, no: number): Instalment | null {
  const anchor = anchorOf(schedule);
  if (no < anchor.no) return null;
  const { coverTo } = schedule;
  if (schedule.mode === 'single') {
    const periodTo = singleTo(schedule);
    return no === anchor.no && periodTo > anchor.from ? { no, dueOn: anchor.from, periodFrom: anchor.from, periodTo } : null;
  }
  const dueOn = dueDateOf(schedule, no);
  if (coverTo !== null && dueOn >= coverTo) return null;
  const next = dueDateOf(schedule, no + 1);
  return { no, dueOn, periodFrom: dueOn, periodTo: coverTo !== null && coverTo < next ? coverTo : next };
}

const monthsFrom = (from: PlainDate, to: PlainDate): number => {
  const [a, b] = [partsOf(from), partsOf(to)];
  return (b.year - a.year) * 12 + b.month - a.month;
};

/** The number of the instalment that falls due on a date of the schedule; a due date that was moved within its month keeps its number. */
export function instalmentNoAt(schedule: Schedule, dueOn: PlainDate): number {
  const anchor = anchorOf(schedule);
  return schedule.mode === 'single' ? anchor.no : Math.round(monthsFrom(anchor.from, dueOn) / MONTHS[schedule.mode]) + anchor.no;
}

/** The first instalment that falls due on or after a date; null when none does. */
export function nextInstalment(schedule: Schedule, onOrAfter: PlainDate): Instalment | null {
  const first = anchorOf(schedule).no;
  let no = Math.max(first, schedule.mode === 'single' ? first : instalmentNoAt(schedule, onOrAfter) - 1);
  for (;;) {
    const instalment = instalmentOf(schedule, no);
    if (instalment === null || instalment.dueOn >= onOrAfter) return instalment;
    no += 1;
  }
}

/** An amount that `parts` regular periods share: 1 for an instalment's premium, the year's instalments for a year's. */
export type Shared = { readonly minor: bigint; readonly parts: number };

/** Of an amount that repeats with the schedule, what belongs to the days before `day`, counted from the beginning of the present terms' first regular period. */
function accruedBefore(schedule: Schedule, { minor, parts }: Shared, day: PlainDate): bigint {
  if (schedule.mode === 'single') {
    const to = singleTo(schedule);
    return shareOf(minor, BigInt(daysBetween(schedule.coverFrom, day)), BigInt(daysBetween(schedule.coverFrom, to)));
  }
  let k = Math.floor(monthsFrom(anchorOf(schedule).from, day) / MONTHS[schedule.mode]);
  if (regularDay(schedule, k) > day) k -= 1;
  else if (regularDay(schedule, k + 1) <= day) k += 1;
  const upTo = (periods: number): bigint => (parts === 1 ? minor * BigInt(periods) : shareOf(minor, BigInt(periods), BigInt(parts)));
  const [begin, end] = [regularDay(schedule, k), regularDay(schedule, k + 1)];
  const whole = upTo(k);
  return day === begin ? whole : whole + shareOf(upTo(k + 1) - whole, BigInt(daysBetween(begin, day)), BigInt(daysBetween(begin, end)));
}

/** Of an amount that repeats with the schedule, what belongs to the days from `from` until before `to`. */
export function accruedOver(schedule: Schedule, shared: Shared, from: PlainDate, to: PlainDate): bigint {
  return from >= to ? 0n : accruedBefore(schedule, shared, to) - accruedBefore(schedule, shared, from);
}

/** What a policy pays, and when. */
export type Terms = Schedule & {
  /** Of one regular instalment, before levies, taxes and charges. */
  readonly premiumMinor: bigint;
  /** The year's premium, where the instalments share it and it cannot be divided evenly; absent or null: each regular instalment costs `premiumMinor`. */
  readonly yearPremiumMinor?: bigint | null;
  /** The disclosed charge for paying in instalments, in hundredths of a per cent of the premium. */
  readonly instalmentChargePoints?: number;
};

const premiumShared = ({ premiumMinor, yearPremiumMinor, mode }: Terms): Shared =>
  (yearPremiumMinor == null ? { minor: premiumMinor, parts: 1 } : { minor: yearPremiumMinor, parts: instalmentsPerYear(mode) });

/** The premium of any days of cover by these terms; of a whole regular period it is the instalment's premium. */
export const premiumOver = (terms: Terms, from: PlainDate, to: PlainDate): bigint => accruedOver(terms, premiumShared(terms), from, to);

/** The year's premium by these terms. */
export const yearPremiumOf = ({ premiumMinor, yearPremiumMinor, mode }: Terms): bigint => yearPremiumMinor ?? premiumMinor * BigInt(instalmentsPerYear(mode));

/** The terms under which a year's premium is paid by a mode: the year's instalments sum exactly to it. */
export function termsInMode(terms: Terms, mode: Exclude<PremiumMode, 'single'>, yearMinor: bigint = yearPremiumOf(terms)): Terms {
  const parts = BigInt(instalmentsPerYear(mode));
  const even = yearMinor % parts === 0n;
  const premiumMinor = even ? yearMinor / parts : shareOf(yearMinor, 1n, parts);
  return { ...terms, mode, premiumMinor: premiumMinor > 0n ? premiumMinor : 1n, yearPremiumMinor: even ? null : yearMinor };
}

/**
 * A year's fixed amount (a yearly cap, a fee of the policy) of the days from `from` until before `to`. It accrues by twelfths of the year since cover began, within a month by days: independent of
 * the mode, the due day and their changes, so that the parts of a policy's year sum to it exactly.
 */
export const yearlyShareOver = (coverFrom: PlainDate, yearMinor: bigint, from: PlainDate, to: PlainDate): bigint =>
  accruedOver({ mode: 'monthly', coverFrom, coverTo: null, dueDay: partsOf(coverFrom).day }, { minor: yearMinor, parts: 12 }, from, to);

/** Instalments that one policy can ever have: 341 years of months; the second half for differences and plans. */
const INSTALMENTS_MAX = 4_096;
/** The number of the first bill that is no instalment of the schedule. */
export const DIFFERENCE_NO_MIN = 2_048;

/** A bill's number follows from its policy and instalment, so a stage that runs twice writes the same bill, not a second one. */
export function billIdOf(policyId: PolicyId, instalmentNo: number): BillId {
  if (instalmentNo < 1 || instalmentNo >= INSTALMENTS_MAX) throw new Error(`instalment ${instalmentNo} of policy ${policyId}`);
  return (policyId * INSTALMENTS_MAX + instalmentNo) as BillId;
}

/** Days from the earlier to the later of two dates that both fall into a period; 0 where they do not meet. */
export const daysShared = (a: { readonly from: PlainDate; readonly to: PlainDate }, b: { readonly from: PlainDate; readonly to: PlainDate }): number =>
  Math.max(0, dayNumber(a.to < b.to ? a.to : b.to) - dayNumber(a.from > b.from ? a.from : b.from));
