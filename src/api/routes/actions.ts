/** What was chosen for whom on a day, and why not something else. */

import { z } from 'zod';
import { inInsurer } from '../../database/index.ts';
import { type BillId, type HolderId } from '../../kernel/index.ts';
import { type ActionDay, actionDayShape, actionRow, actionSummary, actionView, actionViewShape, type ActionCursor, latestDay, listActions, plainDate, TIERS, marketCode, currencyCode } from '../../service/index.ts';
import { askerIn } from '../asker.ts';
import { notFound } from '../problems.ts';
import { sharedReading } from '../shared-answer.ts';
import { type Api, type World } from '../world.ts';
import { idParam } from './holders.ts';
import { strategyId } from './strategies.ts';

const PAGE_MAX = 200;
const PAGE_DEFAULT = 50;

const day = z.object({ on: plainDate.optional().describe('Absent: the latest day that has any') });
const filter = day.extend({
  action: z.string().regex(/^[a-z_]{1,40}$/).optional(), tier: z.enum(TIERS).optional(), market: marketCode.optional(),
  currency: currencyCode.optional(), strategy: strategyId.optional().describe('Decided by this strategy, in any version'),
  reason: z.string().regex(/^[a-z_]{1,40}$/).optional(),
  after: z.string().regex(/^[A-Z]{3}:-?\d{1,16}:\d{1,16}:\d{1,16}$/, 'expected the next_after of a page').optional().describe('next_after of the page before'),
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(PAGE_DEFAULT),
});
export const actionsShape = z.object({ on: plainDate.nullable(), actions: z.array(actionRow), next_after: z.string().nullable() });

export function actionRoutes(app: Api, world: World): void {
  const shared = sharedReading<ActionDay>(world);
  app.get('/api/actions', {
    schema: {
      summary: 'What was chosen for whom on a day; by currency, in each what is worth most first', tags: ['actions'], querystring: filter, response: { 200: actionsShape },
    },
  }, async (request) => {
    const { on: asked = null, action = null, tier = null, market: of = null, currency = null, strategy = null, reason = null, after, limit } = request.query;
    return inInsurer(world.database.app, askerIn(request), async (tx) => {
      const on = asked ?? await latestDay(tx, 'decisions');
      if (on === null) return { on, actions: [], next_after: null };
      const actions = await listActions(tx, { on, action, tier, market: of, currency, strategyId: strategy, reason, after: cursorOf(after), limit });
      const last = actions.length < limit ? undefined : actions.at(-1);
      return { on, actions, next_after: last === undefined ? null : `${last.currency}:${last.value_minor}:${last.holder_id}:${last.bill_id}` };
    });
  });

  app.get('/api/actions/day', {
    schema: {
      summary: 'A day’s actions counted: expected value and cost, the budgets, and what the law stopped', tags: ['actions'], querystring: day,
      response: { 200: actionDayShape },
    },
  }, (request) => {
    const { on = null } = request.query;
    return shared(askerIn(request), { on }, (tx) => actionSummary(tx, on));
  });

  app.get('/api/actions/:holder_id/:bill_id', {
    schema: {
      summary: 'One choice: its value, what else was possible, and what the law said to it that day', tags: ['actions'],
      params: z.object({ holder_id: idParam, bill_id: idParam }), querystring: day, response: { 200: actionViewShape },
    },
  }, async (request, reply) => {
    const { holder_id, bill_id } = request.params;
    const view = await inInsurer(world.database.app, askerIn(request), (tx) => (
      actionView(tx, holder_id as HolderId, bill_id as BillId, request.query.on ?? null)));
    return view ?? notFound(request, reply);
  });
}

function cursorOf(after: string | undefined): ActionCursor | null {
  if (after === undefined) return null;
  const [currency = '', value = '', holderId = '', billId = ''] = after.split(':');
  return { currency, value, holderId, billId };
}
