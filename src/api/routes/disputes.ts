/** Disputes of bills: which are to be answered by when, and their answer. A dispute is opened at its holder (holders.ts) or on the pay page. */

import { z } from 'zod';
import { inInsurer } from '../../database/index.ts';
import { type HolderId } from '../../kernel/index.ts';
import { closeDispute, DISPUTE_RESOLUTIONS, DISPUTE_STATES, disputeShape, disputesShape, disputeView, listDisputes } from '../../service/index.ts';
import { askerIn } from '../asker.ts';
import { notFound, sendProblem } from '../problems.ts';
import { businessDateOf, nowOf, type Api, type World } from '../world.ts';
import { idParam } from './holders.ts';
import { dayCursorAfter, dayPage } from './promises.ts';

const NOTE_LENGTH_MAX = 2_000;
const params = z.object({ dispute_id: idParam });

export function disputeRoutes(app: Api, world: World): void {
  app.get('/api/disputes', {
    schema: {
      summary: 'Disputes by the day on which they are to be answered, by pages', tags: ['disputes'],
      querystring: z.object({ state: z.enum(DISPUTE_STATES).default('open'), ...dayPage }), response: { 200: disputesShape },
    },
  }, async (request) => {
    const asker = askerIn(request);
    const { state, after = null, limit } = request.query;
    const view = await inInsurer(world.database.app, asker, (tx) => listDisputes(tx, { state, after, limit, today: businessDateOf(world, asker) }));
    return { ...view, next_after: dayCursorAfter(view.disputes, limit, (row) => [row.answer_by, row.dispute_id]) };
  });

  app.get('/api/disputes/:dispute_id', {
    schema: { summary: 'One dispute with its bill', tags: ['disputes'], params, querystring: z.object({ holder_id: idParam }), response: { 200: disputeShape } },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const holderId = request.query.holder_id as HolderId;
    const view = await inInsurer(world.database.app, asker, (tx) => disputeView(tx, holderId, request.params.dispute_id, businessDateOf(world, asker)));
    return view ?? notFound(request, reply);
  });

  app.post('/api/disputes/:dispute_id/close', {
    config: { access: ['manager', 'agent'] },
    schema: {
      summary: 'Answer a dispute; collection of its bill goes on when no other is open', tags: ['disputes'], params,
      body: z.object({ holder_id: idParam, resolution: z.enum(DISPUTE_RESOLUTIONS), note: z.string().trim().max(NOTE_LENGTH_MAX).default('') }),
      response: { 200: z.object({ bill_id: z.int(), collection_goes_on: z.boolean() }) },
    },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const { holder_id, resolution, note } = request.body;
    const closed = await inInsurer(world.database.app, asker, (tx) => closeDispute(tx, {
      holderId: holder_id as HolderId, disputeId: request.params.dispute_id, resolution, note, closedBy: asker.name, closedAt: nowOf(world, asker),
    }));
    if (!closed.ok) return sendProblem(request, reply, closed.problem);
    return { bill_id: closed.value.billId, collection_goes_on: closed.value.collectionGoesOn };
  });
}
