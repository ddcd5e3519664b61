/** Is money coming in as it should, and what needs me? And the written figures of past days. */

import { z } from 'zod';
import { inInsurer } from '../../database/index.ts';
import { rulePacks } from '../../cycle/index.ts';
import { readFigures, todayView, type TodayView } from '../../insight/index.ts';
import { callsAllowedNow } from '../../outreach/index.ts';
import { amountMinor, moment, plainDate } from '../../service/index.ts';
import { askerIn } from '../asker.ts';
import { sharedReading } from '../shared-answer.ts';
import { businessDateOf, nowOf, type Api, type World } from '../world.ts';

/** More than a shift can make. */
const CALLS_MAX = 1_000;
const FIGURE_ROWS_MAX = 50_000;

const ratio = z.object({
  value: z.number().nullable(),
  yesterday: z.number().nullable(),
  target: z.number(),
  numerator: z.number(),
  denominator: z.number(),
  on_date: plainDate.nullable(),
  history: z.array(z.object({ on_date: plainDate, value: z.number() })).readonly(),
});

export const todayShape = z.object({
  business_date: plainDate,
  simulated: z.boolean(),
  paid_on_time: ratio,
  days_to_collect: ratio,
  uncollectible: ratio,
  cash: z.array(z.object({ currency: z.string(), today_minor: amountMinor, yesterday_minor: amountMinor, payments: z.int() })).readonly(),
  ageing_on: plainDate.nullable(),
  ageing: z
    .array(
      z.object({
        market: z.string(),
        line: z.string(),
        currency: z.string(),
        bills: z.int(),
        ageing_not_due_minor: amountMinor,
        ageing_1_30_minor: amountMinor,
        ageing_31_60_minor: amountMinor,
        ageing_61_90_minor: amountMinor,
        ageing_over_90_minor: amountMinor,
      }),
    )
    .readonly(),
  needs: z.object({
    calls_waiting: z.int(),
    calls_later: z.int(),
    promises_due: z.int(),
    disputes_open: z.int(),
    deliveries_failed: z.int(),
    suspense_open: z.int(),
    calls: z
      .array(
        z.object({
          holder_id: z.int(),
          holder_name: z.string(),
          contact_id: z.int(),
          bill_id: z.int().nullable(),
          not_before: moment,
          market: z.string(),
        }),
      )
      .readonly(),
    promises: z
      .array(
        z.object({
          holder_id: z.int(),
          holder_name: z.string(),
          bill_id: z.int(),
          pay_by: plainDate,
          amount_minor: amountMinor,
          currency: z.string(),
        }),
      )
      .readonly(),
    gate: z
      .array(z.object({ rule: z.string(), article: z.string().nullable(), answer: z.enum(['defer', 'refuse']), answers: z.int() }))
      .readonly(),
  }),
});

const figuresShape = z.object({
  figures: z.array(
    z.object({
      on_date: plainDate,
      market: z.string(),
      line: z.string(),
      currency: z.string(),
      figure: z.string(),
      numerator: z.number(),
      denominator: z.number().nullable(),
    }),
  ),
});

export function todayRoutes(app: Api, world: World): void {
  const shared = sharedReading<TodayView>(world);
  app.get(
    '/api/today',
    { schema: { summary: 'Figures against target, and what needs a person today', tags: ['insight'], response: { 200: todayShape } } },
    (request) => {
      const asker = askerIn(request);
      // All screens of an insurer ask again with each payment; they are answered together.
      return shared(asker, {}, async (tx) => {
        const now = nowOf(world, asker);
        const input = { businessDate: businessDateOf(world, asker), timeZone: asker.timeZone, now, simulated: asker.simulated };
        return todayView(tx, { ...input, calls: await callsAllowedNow(tx, rulePacks(), asker.insurerId, now, CALLS_MAX) });
      });
    },
  );

  app.get(
    '/api/figures',
    {
      schema: {
        summary: 'The written figures of some days, by market and line',
        tags: ['insight'],
        querystring: z.object({ from: plainDate, to: plainDate }),
        response: { 200: figuresShape },
      },
    },
    async (request) => {
      const { from, to } = request.query;
      const figures = await inInsurer(world.database.app, askerIn(request), (tx) => readFigures(tx, from, to, FIGURE_ROWS_MAX));
      return { figures };
    },
  );
}
