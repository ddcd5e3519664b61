/** Cash of the next 90 days, and how good such a forecast was four weeks ago. */

import { z } from 'zod';
import { inInsurer } from '../../database/index.ts';
import { figuresVersion, forecast } from '../../insight/index.ts';
import { plainDate, marketCode, currencyCode } from '../../service/index.ts';
import { askerIn } from '../asker.ts';
import { rememberedTexts, sendJsonText } from '../remembered-text.ts';
import { questionOf } from '../shared-answer.ts';
import { type Api, type World } from '../world.ts';
import { LINES } from './dashboard.ts';

/** Expected amounts are whole minor units as well. */
const week = { currency: z.string(), from_on: plainDate, to_on: plainDate, expected_minor: z.int(), low_minor: z.int(), high_minor: z.int() };

export const forecastShape = z.object({
  as_of: plainDate.nullable(),
  weeks: z.array(z.object(week)).readonly(),
  checks: z.array(z.object({ ...week, actual_minor: z.int(), within: z.boolean() })).readonly(),
  curve: z.array(z.object({ day: z.int(), paid_by: z.number(), at_risk: z.int() })).readonly(),
  left_out: z.array(z.object({ currency: z.string(), bills: z.int(), amount_minor: z.int() })).readonly(),
});

/** Filters that people look at in one day, of all insurers. */
const REMEMBERED_MAX = 200;

export function forecastRoutes(app: Api, world: World): void {
  const remembered = rememberedTexts(REMEMBERED_MAX);
  app.get('/api/forecast', {
    schema: {
      summary: 'Cash expected in each of the next weeks, with an 80 % band and its back-test', tags: ['insight'],
      querystring: z.object({ market: marketCode.optional(), line: z.enum(LINES).optional(), currency: currencyCode.optional() }),
      response: { 200: forecastShape },
    },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const { market = null, line = null, currency = null } = request.query;
    const version = await inInsurer(world.database.app, asker, figuresVersion);
    const text = await remembered(questionOf(asker, request.query), version, async () => (
      JSON.stringify(z.encode(forecastShape, await inInsurer(world.database.app, asker, (tx) => forecast(tx, { market, line, currency }))))));
    return sendJsonText(reply, text);
  });
}
