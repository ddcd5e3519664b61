/** Lists of money: bills, payments, and money without a home. */

import { z } from 'zod';
import { inInsurer } from '../../database/index.ts';
import {
  BILL_STAGES, billListShape, billSumsShape, cashOf, cashShape, dayCursor, LISTED_BILL_STATES, listBills, listPayments, listSuspense, momentCursor, openBillSums,
  PAYMENT_STATES, paymentListShape, suspenseShape, marketCode,
} from '../../service/index.ts';
import { DEVICES } from '../../payments/index.ts';
import { askerIn } from '../asker.ts';
import { sharedReading } from '../shared-answer.ts';
import { businessDateOf, nowOf, type Api, type World } from '../world.ts';

const PAGE_MAX = 200;
const PAGE_DEFAULT = 50;
export const pageLimit = z.coerce.number().int().min(1).max(PAGE_MAX).default(PAGE_DEFAULT);
const AFTER = 'next_after of the page before';

const billFilter = z.object({
  state: z.enum(LISTED_BILL_STATES).default('open'),
  stage: z.enum(BILL_STAGES).optional().describe('Of open bills'),
  market: marketCode.optional(),
  after: dayCursor.optional().describe(AFTER),
  limit: pageLimit,
}).refine(({ state, stage }) => stage === undefined || state === 'open', { path: ['stage'], message: 'goes with state=open alone' });

export function moneyListRoutes(app: Api, world: World): void {
  const shared = sharedReading<z.output<typeof billSumsShape>>(world);
  app.get(
    '/api/bills',
    { schema: { summary: 'Bills, newest due first, by pages', tags: ['bills'], querystring: billFilter, response: { 200: billListShape } } },
    async (request) => {
      const { state, stage = null, market = null, after = null, limit } = request.query;
      return inInsurer(world.database.app, askerIn(request), (tx) => listBills(tx, { state, stage, market, after, limit }));
    },
  );

  app.get(
    '/api/bills/sums',
    { schema: { summary: 'How many bills are open, and what is outstanding on them', tags: ['bills'], response: { 200: billSumsShape } } },
    (request) => shared(askerIn(request), {}, openBillSums),
  );

  app.get(
    '/api/payments',
    {
      schema: {
        summary: 'Payments, newest first, by pages',
        tags: ['payments'],
        querystring: z.object({
          state: z.enum(PAYMENT_STATES).optional(),
          provider: z.string().regex(/^[\w-]{1,40}$/).optional(),
          device: z.enum(DEVICES).optional(),
          after: momentCursor.optional().describe(AFTER),
          limit: pageLimit,
        }),
        response: { 200: paymentListShape },
      },
    },
    async (request) => {
      const { state = null, provider = null, device = null, after = null, limit } = request.query;
      return inInsurer(world.database.app, askerIn(request), (tx) => listPayments(tx, { state, provider, device, after, limit }));
    },
  );

  app.get(
    '/api/payments/cash',
    { schema: { summary: 'What came in today and yesterday, by currency', tags: ['payments'], response: { 200: cashShape } } },
    async (request) => {
      const asker = askerIn(request);
      return inInsurer(world.database.app, asker, (tx) => cashOf(tx, businessDateOf(world, asker), nowOf(world, asker), asker.timeZone));
    },
  );

  app.get(
    '/api/suspense',
    {
      schema: {
        summary: 'Money without a home, oldest first, by pages',
        tags: ['payments'],
        querystring: z.object({ after: dayCursor.optional().describe(AFTER), limit: pageLimit }),
        response: { 200: suspenseShape },
      },
    },
    async (request) => {
      const asker = askerIn(request);
      const { after = null, limit } = request.query;
      return inInsurer(world.database.app, asker, (tx) => listSuspense(tx, businessDateOf(world, asker), after, limit));
    },
  );
}
