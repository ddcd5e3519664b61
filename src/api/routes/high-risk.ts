/** Premiums that are not yet due and likely to be late. */

import { z } from 'zod';
import { inInsurer } from '../../database/index.ts';
import { dayCursor, highRiskShape, listHighRisk, marketCode } from '../../service/index.ts';
import { askerIn } from '../asker.ts';
import { languageOf } from '../problems.ts';
import { businessDateOf, type Api, type World } from '../world.ts';
import { pageLimit } from './money-lists.ts';

export function highRiskRoutes(app: Api, world: World): void {
  app.get('/api/high-risk', {
    schema: {
      summary: 'Not yet due and at high risk, the nearest due date first, with three reasons', tags: ['insight'],
      querystring: z.object({ market: marketCode.optional(), after: dayCursor.optional().describe('next_after of the page before'), limit: pageLimit }),
      response: { 200: highRiskShape },
    },
  }, (request) => {
    const asker = askerIn(request);
    const { market = null, after = null, limit } = request.query;
    return inInsurer(world.database.app, asker, (tx) => listHighRisk(tx, { today: businessDateOf(world, asker), market, language: languageOf(request), after, limit }));
  });
}
