/**
 * A step of the work that did far less on a day than it usually does: found by the next morning's report and told as an alert, with the day on which a report at the end
 * of the month would have told it. Median and median absolute deviation, as in `anomaly.ts`; counts vary by chance at least with their root.
 */

import { type Tx } from '../database/index.ts';
import { addDays, addMonths, dayOfWeek, type InsurerId, momentOf, type PlainDate } from '../kernel/index.ts';
import { median } from './anomaly.ts';

export const STEPS = ['bills_issued', 'contacts_queued', 'messages_sent', 'messages_delivered', 'checkouts_opened', 'payments_received', 'bank_lines'] as const;
export type Step = (typeof STEPS)[number];

const PAST_DAYS = 56;
/** Fewer days say nothing. */
const PAST_DAYS_MIN = 4;
/** So many of the same weekday are taken alone: banks rest on Sundays. */
const SAME_DAYS_MIN = 3;
const SATURDAY = 6;
/** A step that usually does less may well do nothing on a day. */
const USUAL_MIN = 20;
const SHARE_MAX = 0.5;
const Z_MIN = 3;
const MAD_TO_DEVIATION = 1.4826;

/** `market` empty: all together. */
export type StepDay = { readonly on_date: PlainDate; readonly market: string; readonly step: Step; readonly done: number };
export type Jam = { readonly step: Step; readonly market: string | null; readonly on_date: PlainDate; readonly done: number; readonly usual: number; readonly z: number };

/** The worst first. A day without a row did nothing, once the step has been seen. */
export function jamsOf(days: readonly StepDay[], on: PlainDate): readonly Jam[] {
  return [...Map.groupBy(days, ({ step, market }) => `${step} ${market}`).values()].flatMap((rows) => {
    const done = new Map(rows.map((row) => [row.on_date, row.done]));
    const [known] = rows;
    const since = rows.reduce<PlainDate>((first, { on_date: date }) => (date < first ? date : first), on);
    const past: PlainDate[] = [];
    for (let day = addDays(on, -PAST_DAYS); day < on; day = addDays(day, 1)) if (day >= since) past.push(day);
    if (known === undefined || past.length < PAST_DAYS_MIN) return [];
    const same = past.filter((day) => dayOfWeek(day) === dayOfWeek(on));
    if (same.length === 0 && dayOfWeek(on) >= SATURDAY) return [];
    const doneOn = (days: readonly PlainDate[]): readonly number[] => days.map((day) => done.get(day) ?? 0);
    const values = doneOn(same.length >= SAME_DAYS_MIN ? same : past);
    // Of a weekday that is known once or twice no more is expected than it did then.
    const usual = same.length > 0 && same.length < SAME_DAYS_MIN ? Math.min(median(values), Math.max(...doneOn(same))) : median(values);
    const now = done.get(on) ?? 0;
    const deviation = Math.max(MAD_TO_DEVIATION * median(values.map((value) => Math.abs(value - usual))), Math.sqrt(usual));
    const z = deviation === 0 ? 0 : (usual - now) / deviation;
    return usual < USUAL_MIN || now > SHARE_MAX * usual || z < Z_MIN ? [] : [{ step: known.step, market: known.market === '' ? null : known.market, on_date: on, done: now, usual, z }];
  }).toSorted((a, b) => b.z - a.z);
}

/** The last day of the month: what was known there before. */
export const monthReportOn = (day: PlainDate): PlainDate => addDays(addMonths(`${day.slice(0, 7)}-01` as PlainDate, 1), -1);

/** After a day is written down: one standing alert for each jam, which ends when the step is back. Run twice it changes nothing. */
export async function raiseJams(tx: Tx, insurerId: InsurerId, timeZone: string, businessDate: PlainDate): Promise<number> {
  const on = addDays(businessDate, -1);
  const [days, [run]] = await Promise.all([
    tx<StepDay[]>`select on_date, market, step, done from step_days where insurer_id = ${insurerId} and on_date between ${addDays(on, -PAST_DAYS)} and ${on}`,
    tx<{ started_at: Date | null }[]>`select started_at from cycle_runs where insurer_id = ${insurerId} and business_date = ${businessDate}`,
  ]);
  const jams = jamsOf(days, on);
  const at = run?.started_at ?? new Date(momentOf(businessDate, 0, timeZone));
  const [steps, markets] = [jams.map(({ step }) => step), jams.map(({ market }) => market)];
  const back = await tx`
    update alerts a set recovered_on = ${on} where insurer_id = ${insurerId} and month_report_on is not null and recovered_on is null and on_date < ${on}
      and not exists (select from unnest(${steps}::text[], ${markets}::text[]) j (step, market) where j.step = a.figure and j.market is not distinct from a.market)`;
  const raised = await tx`
    insert into alerts (insurer_id, target_id, figure, market, line, on_date, value, warning, owner_id, raised_at, month_report_on)
    select ${insurerId}, null, j.step, j.market, null, ${on}, j.done, j.usual, null, ${at}, ${monthReportOn(on)}
    from unnest(${steps}::text[], ${markets}::text[], ${jams.map(({ done }) => done)}::float8[], ${jams.map(({ usual }) => usual)}::float8[]) j (step, market, done, usual)
    on conflict do nothing`;
  return back.count + raised.count;
}
