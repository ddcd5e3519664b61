/** What each bill design brings: sums over the cells that the report writes, each share with the span in which it may truly lie. */

import { z } from 'zod';
import { type Tx } from '../database/index.ts';
import { addDays, type PlainDate } from '../kernel/index.ts';

/** Of the normal distribution: 19 times in 20. */
const Z = 1.959964;

/** Wilson's interval of a share: true at the ends and for small numbers, where the usual one is not. Null where nothing was counted. */
export function wilson(good: number, all: number): { readonly share: number; readonly low: number; readonly high: number } | null {
  if (all <= 0) return null;
  const share = good / all;
  const spread = (Z * Math.sqrt((share * (1 - share)) / all + (Z * Z) / (4 * all * all))) / (1 + (Z * Z) / all);
  const centre = (share + (Z * Z) / (2 * all)) / (1 + (Z * Z) / all);
  return { share, low: Math.max(0, centre - spread), high: Math.min(1, centre + spread) };
}

/** The minutes at the middle of the bucket in which the median lies; null where nobody clicked. */
export function medianMinutes(buckets: readonly { readonly bucket: number; readonly clicks: number }[]): number | null {
  const whole = buckets.reduce((sum, { clicks }) => sum + clicks, 0);
  let before = 0;
  for (const { bucket, clicks } of buckets.toSorted((a, b) => a.bucket - b.bucket)) {
    before += clicks;
    if (before * 2 >= whole) return 2 ** ((bucket + 0.5) / 12) - 1;
  }
  return null;
}

const share = z.object({ of: z.int(), good: z.int(), share: z.number(), low: z.number(), high: z.number() }).nullable().describe('With the 95 % interval by Wilson; null: nothing was counted');
export const designFunnel = z.object({
  design_id: z.string(), version: z.int(), made: z.int(), delivered: share, opened: share, clicked: share, paid_24h: share, paid_7d: share, on_time: share, questions: share,
  median_minutes_to_click: z.number().nullable(),
});
export type DesignFunnel = z.output<typeof designFunnel>;

type Counts = {
  design_id: string; version: number; made: number; delivered: number; opened: number; clicked: number; ripe_24h: number; paid_24h: number; ripe_7d: number; paid_7d: number; due: number; due_paid: number; questions: number;
};

function funnelOf(counts: Counts, buckets: readonly { readonly bucket: number; readonly clicks: number }[]): DesignFunnel {
  const of = (good: number, all: number) => {
    const found = wilson(good, all);
    return found === null ? null : { of: all, good, ...found };
  };
  return {
    design_id: counts.design_id, version: counts.version, made: counts.made, delivered: of(counts.delivered, counts.made), opened: of(counts.opened, counts.delivered), clicked: of(counts.clicked, counts.delivered),
    paid_24h: of(counts.paid_24h, counts.ripe_24h), paid_7d: of(counts.paid_7d, counts.ripe_7d), on_time: of(counts.due_paid, counts.due), questions: of(counts.questions, counts.made),
    median_minutes_to_click: medianMinutes(buckets),
  };
}

/** Of bills made in the days before `on`, by design and version. */
export async function designFunnels(tx: Tx, on: PlainDate, days: number): Promise<readonly DesignFunnel[]> {
  const [from, to] = [addDays(on, -days), addDays(on, -1)];
  const [counts, clicks] = await Promise.all([
    tx<Counts[]>`
      select design_id, design_version as version, ${tx.unsafe(['made', 'delivered', 'opened', 'clicked', 'ripe_24h', 'paid_24h', 'ripe_7d', 'paid_7d', 'due', 'due_paid', 'questions'].map((name) => `sum(${name})::int as ${name}`).join(', '))}
      from bill_design_cells where on_date between ${from} and ${to} group by 1, 2 order by 1, 2`,
    tx<{ design_id: string; version: number; bucket: number; clicks: number }[]>`
      select design_id, design_version as version, bucket, sum(clicks)::int as clicks from bill_click_cells where on_date between ${from} and ${to} group by 1, 2, 3`,
  ]);
  return counts.map((row) => funnelOf(row, clicks.filter((click) => click.design_id === row.design_id && click.version === row.version)));
}
