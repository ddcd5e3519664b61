/** When premiums fall due: the schedule of a policy by its mode, to the day. Pure. */

import { addMonths, addYears, type BillId, partsOf, type PlainDate, type PolicyId } from '../kernel/index.ts';

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
};

export type Instalment = {
  /** 1 is the first premium, due when cover begins. */
  readonly no: number;
  readonly dueOn: PlainDate;
  readonly periodFrom: PlainDate;
  /** First day that the instalment does not pay for. */
  readonly periodTo: PlainDate;
};

/** The due date of an instalment: the first with the beginning of cover, the others on the policy's own day of the month. */
export function dueDateOf(schedule: Schedule, no: number): PlainDate {
  return no <= 1 ? schedule.coverFrom : addMonths(schedule.coverFrom, (no - 1) * MONTHS[schedule.mode], schedule.dueDay);
}

/** Null after a single premium, and where cover has ended by its due date. */
export function instalmentOf(schedule: Schedule, no: number): Instalment | null {
  if (schedule.mode === 'single') {
    return no === 1 ? { no, dueOn: schedule.coverFrom, periodFrom: schedule.coverFrom, periodTo: schedule.coverTo ?? addYears(schedule.coverFrom, 1) } : null;
  }
  const dueOn = dueDateOf(schedule, no);
  if (schedule.coverTo !== null && dueOn >= schedule.coverTo) return null;
  const next = dueDateOf(schedule, no + 1);
  return { no, dueOn, periodFrom: dueOn, periodTo: schedule.coverTo !== null && schedule.coverTo < next ? schedule.coverTo : next };
}

/** The number of the instalment that falls due on a date of the schedule; a due date that was moved within its month keeps its number. */
export function instalmentNoAt(schedule: Schedule, dueOn: PlainDate): number {
  if (schedule.mode === 'single') return 1;
  const from = partsOf(schedule.coverFrom);
  const to = partsOf(dueOn);
  return Math.round(((to.year - from.year) * 12 + to.month - from.month) / MONTHS[schedule.mode]) + 1;
}

/** The first instalment that falls due on or after a date; null when none does. */
export function nextInstalment(schedule: Schedule, onOrAfter: PlainDate): Instalment | null {
  let no = Math.max(1, schedule.mode === 'single' ? 1 : instalmentNoAt(schedule, onOrAfter) - 1);
  for (;;) {
    const instalment = instalmentOf(schedule, no);
    if (instalment === null || instalment.dueOn >= onOrAfter) return instalment;
    no += 1;
  }
}

/** Instalments that one policy can ever have: 341 years of months. */
const INSTALMENTS_MAX = 4_096;

/** A bill's number follows from its policy and instalment, so a stage that runs twice writes the same bill, not a second one. */
export function billIdOf(policyId: PolicyId, instalmentNo: number): BillId {
  if (instalmentNo < 1 || instalmentNo >= INSTALMENTS_MAX) throw new Error(`instalment ${instalmentNo} of policy ${policyId}`);
  return (policyId * INSTALMENTS_MAX + instalmentNo) as BillId;
}
