/** What holders said of the last weeks' payments: how easy, how clear, from 1 to 5. */

import { z } from 'zod';
import { type Tx } from '../database/index.ts';
import { type Moment } from '../kernel/index.ts';

export const FEEDBACK_DAYS = 30;
const MS_PER_DAY = 86_400_000;
/** From here on an answer is a good one. */
const GOOD = 4;
const GRADES = [1, 2, 3, 4, 5] as const;

const side = z.object({
  answers: z.int(), good: z.int().describe('4 or 5'), grades: z.array(z.int()).length(GRADES.length).describe('How many said 1, 2, 3, 4, 5'),
});
export const feedbackShape = z.object({
  days: z.int(), ease: side, clarity: side,
  by_market: z.array(z.object({ market: z.string(), answers: z.int(), ease_good: z.int(), clarity_answers: z.int(), clarity_good: z.int() })),
});
type Feedback = z.output<typeof feedbackShape>;
type Row = { readonly market: string; readonly ease: number; readonly clarity: number | null; readonly answers: number };

/** At most thirty rows for each market come out of the database. */
export async function feedbackOf(tx: Tx, now: Moment): Promise<Feedback> {
  const rows = await tx<Row[]>`
    select h.market, s.ease, s.clarity, count(*)::int as answers
    from survey_answers s join holders h using (insurer_id, holder_id)
    where s.answered_at >= ${new Date(now - FEEDBACK_DAYS * MS_PER_DAY)} group by h.market, s.ease, s.clarity`;
  const sum = (some: readonly Row[], keep: (row: Row) => boolean): number => some.reduce((total, row) => (keep(row) ? total + row.answers : total), 0);
  const sideOf = (name: 'ease' | 'clarity'): Feedback['ease'] => ({
    answers: sum(rows, (row) => row[name] !== null), good: sum(rows, (row) => (row[name] ?? 0) >= GOOD), grades: GRADES.map((grade) => sum(rows, (row) => row[name] === grade)),
  });
  return {
    days: FEEDBACK_DAYS, ease: sideOf('ease'), clarity: sideOf('clarity'),
    by_market: [...Map.groupBy(rows, ({ market }) => market)].map(([market, own]) => ({
      market, answers: sum(own, () => true), ease_good: sum(own, ({ ease }) => ease >= GOOD), clarity_answers: sum(own, ({ clarity }) => clarity !== null),
      clarity_good: sum(own, ({ clarity }) => (clarity ?? 0) >= GOOD),
    })).toSorted((a, b) => b.answers - a.answers || a.market.localeCompare(b.market)),
  };
}
