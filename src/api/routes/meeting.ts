/** What the monthly meeting decided, and who does it by when. */

import { z } from 'zod';
import { inInsurer } from '../../database/index.ts';
import { type PlainDate } from '../../kernel/index.ts';
import { closeDecision, meetingDecisions, meetingDecisionsShape, plainDate, reopenDecision, writeDecision } from '../../service/index.ts';
import { askerIn } from '../asker.ts';
import { sendProblem } from '../problems.ts';
import { businessDateOf, nowOf, type Access, type Api, type World } from '../world.ts';
import { idParam } from './holders.ts';

const WRITERS = ['manager', 'finance', 'compliance'] as const satisfies Access;
const WORDS_MAX = 1_000;
/** `2026-11`. */
const month = z.string().regex(/^(19|20|21)\d\d-(0[1-9]|1[0-2])$/).transform((text) => `${text}-01` as PlainDate);
const params = z.object({ decision_id: idParam });

export function meetingRoutes(app: Api, world: World): void {
  app.get('/api/meeting-decisions', {
    config: { wholeInsurer: true },
    schema: {
      summary: 'Decisions of a month’s meeting with what earlier ones have left open; without a month, mine that are open', tags: ['insight'], querystring: z.object({ month: month.optional() }),
      response: { 200: meetingDecisionsShape },
    },
  }, (request) => {
    const asker = askerIn(request);
    return inInsurer(world.database.app, asker, (tx) => meetingDecisions(tx, { month: request.query.month ?? null, userId: asker.id, today: businessDateOf(world, asker) }));
  });

  app.post('/api/meeting-decisions', {
    config: { access: WRITERS, wholeInsurer: true },
    schema: {
      summary: 'Write down a decision as a task with an owner and a day', tags: ['insight'],
      body: z.object({ month, what: z.string().trim().min(1).max(WORDS_MAX), owner_id: idParam, due_on: plainDate }), response: { 201: z.object({ decision_id: z.int() }) },
    },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const { month: of, what, owner_id: ownerId, due_on: dueOn } = request.body;
    const written = await inInsurer(world.database.app, asker, (tx) => writeDecision(tx, {
      insurerId: asker.insurerId, month: of, what, ownerId, dueOn, today: businessDateOf(world, asker), by: asker.name, at: nowOf(world, asker),
    }));
    return written.ok ? reply.code(201).send({ decision_id: written.value }) : sendProblem(request, reply, written.problem);
  });

  app.post('/api/meeting-decisions/:decision_id/close', {
    config: { wholeInsurer: true },
    schema: {
      summary: 'Say that it is done, with an answer', tags: ['insight'], params, body: z.object({ answer: z.string().trim().max(WORDS_MAX).default('') }), response: { 200: z.object({}) },
    },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const closed = await inInsurer(world.database.app, asker, (tx) => closeDecision(tx, {
      decisionId: request.params.decision_id, userId: asker.id, by: asker.name, answer: request.body.answer, at: nowOf(world, asker),
    }));
    return closed.ok ? {} : sendProblem(request, reply, closed.problem);
  });

  app.post('/api/meeting-decisions/:decision_id/reopen', {
    config: { wholeInsurer: true },
    schema: { summary: 'Undo your own closing', tags: ['insight'], params, response: { 200: z.object({}) } },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const opened = await inInsurer(world.database.app, asker, (tx) => reopenDecision(tx, request.params.decision_id, asker.name));
    return opened.ok ? {} : sendProblem(request, reply, opened.problem);
  });
}
