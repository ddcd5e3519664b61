/** The contact calendar: which touch is due for a bill today. */

import { z } from 'zod';
import { type DecisionInput, STAGES, type Treatment, TREATMENTS } from './decision.ts';
import file from './contact-calendar.json' with { type: 'json' };
import { TIERS } from '../risk/index.ts';

const schema = z.strictObject({
  about: z.string(),
  steps: z.array(z.strictObject({
    id: z.string().min(1),
    /** First and last day of the window, counted from the due date. */
    from: z.int(), to: z.int(),
    stages: z.array(z.enum(STAGES)).min(1),
    tiers: z.array(z.enum(TIERS)).min(1),
    treatments: z.array(z.enum(TREATMENTS)).min(1),
    /** Whether holders on autopay get it too. */
    autopay: z.boolean(),
    instalments_only: z.boolean(),
    says: z.string().min(1),
  })).min(1),
});

export type CalendarStep = {
  readonly id: string; readonly from: number; readonly to: number; readonly stages: readonly string[]; readonly tiers: readonly string[];
  readonly treatments: readonly Treatment[]; readonly autopay: boolean; readonly instalments_only: boolean; readonly says: string;
};
export type ContactCalendar = {
  readonly steps: readonly CalendarStep[];
  /** Steps by day, `day − firstDay`; the windows do not overlap. */
  readonly byDay: readonly (CalendarStep | undefined)[];
  readonly firstDay: number;
};

/** @throws when windows overlap or turn round: the file is ours */
export function contactCalendar(steps: readonly CalendarStep[]): ContactCalendar {
  const firstDay = Math.min(...steps.map((step) => step.from));
  const byDay: (CalendarStep | undefined)[] = [];
  for (const step of steps) {
    if (step.to < step.from) throw new Error(`contact calendar: ${step.id} ends before it begins`);
    for (let day = step.from; day <= step.to; day += 1) {
      if (byDay[day - firstDay] !== undefined) throw new Error(`contact calendar: ${step.id} overlaps another step on day ${day}`);
      byDay[day - firstDay] = step;
    }
  }
  return { steps, byDay, firstDay };
}

export const CONTACT_CALENDAR: ContactCalendar = contactCalendar(schema.parse(file).steps);

/** The step due today, or null between touches. */
export function stepDue(input: DecisionInput, calendar: ContactCalendar): CalendarStep | null {
  if (input.calendarStep !== null) return calendar.steps.find((step) => step.id === input.calendarStep) ?? null;
  const day = -input.daysToDue;
  if (input.terms.first_day !== null && day < input.terms.first_day) return null;
  const step = calendar.byDay[day - calendar.firstDay];
  if (step === undefined || !step.stages.includes(input.stage) || !step.tiers.includes(input.tier)) return null;
  if (input.autopay && !step.autopay) return null;
  if (step.instalments_only && input.outstandingMinor >= input.annualPremiumMinor) return null;
  // One touch in each window, whatever it was about.
  return input.daysSinceLastContact !== null && input.daysSinceLastContact <= day - step.from ? null : step;
}
