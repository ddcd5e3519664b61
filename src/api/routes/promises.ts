/** What was promised: due today, overdue, kept, broken. */

import { z } from 'zod';
import { inInsurer } from '../../database/index.ts';
import { type PlainDate } from '../../kernel/index.ts';
import { type DayCursor, listPromises, plainDate, PROMISE_STATES, promisesShape } from '../../service/index.ts';
import { askerIn } from '../asker.ts';
import { businessDateOf, type Api, type World } from '../world.ts';

const PAGE_MAX = 200;
const PAGE_DEFAULT = 50;

/** `2026-11-24_17`: day and number of the last row of the page before. */
const dayCursor = z.string().regex(/^\d{4}-\d{2}-\d{2}_\d{1,15}$/).refine((text) => plainDate.safeParse(text.slice(0, 10)).success)
  .transform((text): DayCursor => ({ on: text.slice(0, 10) as PlainDate, id: Number(text.slice(11)) }));
export const dayPage = {
  after: dayCursor.optional().describe('next_after of the page before'),
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(PAGE_DEFAULT),
};

/** Null after the last page. */
export function dayCursorAfter<Row>(rows: readonly Row[], limit: number, dayAndId: (row: Row) => readonly [PlainDate, number]): string | null {
  const last = rows.at(-1);
  return last === undefined || rows.length < limit ? null : dayAndId(last).join('_');
}

export function promiseRoutes(app: Api, world: World): void {
  app.get('/api/promises', {
    schema: {
      summary: 'Promises to pay, by pages, with the figures of all', tags: ['contacts'],
      querystring: z.object({ state: z.enum(PROMISE_STATES).default('open'), ...dayPage }), response: { 200: promisesShape },
    },
  }, async (request) => {
    const asker = askerIn(request);
    const { state, after = null, limit } = request.query;
    const view = await inInsurer(world.database.app, asker, (tx) => listPromises(tx, { state, after, limit, today: businessDateOf(world, asker) }));
    return { ...view, next_after: dayCursorAfter(view.promises, limit, (row) => [row.pay_by, row.promise_id]) };
  });
}
