/** Work handed from one department to another, and the lists that people keep. */

import { z } from 'zod';
import { inInsurer } from '../../database/index.ts';
import { closeHandOver, colleaguesShape, handOver, handOversShape, listHandOvers, plainDate, reopenHandOver, WHOSE, withdrawHandOvers, WORKING_ROLES } from '../../service/index.ts';
import { askerIn } from '../asker.ts';
import { sendProblem } from '../problems.ts';
import { businessDateOf, nowOf, type Api, type World } from '../world.ts';
import { idParam } from './holders.ts';
import { dayCursorAfter, dayPage } from './promises.ts';

const WORDS_MAX = 1_000;
const BULK_MAX = 200;

export function handOverRoutes(app: Api, world: World): void {
  app.get('/api/hand-overs', {
    schema: {
      summary: 'Work handed over: for me, by me, or all; open or closed', tags: ['hand-overs'],
      querystring: z.object({ whose: z.enum(WHOSE).default('mine'), state: z.enum(['open', 'closed']).default('open'), ...dayPage }), response: { 200: handOversShape },
    },
  }, async (request) => {
    const asker = askerIn(request);
    const { whose, state, after = null, limit } = request.query;
    const view = await inInsurer(world.database.app, asker, (tx) => listHandOvers(tx, {
      whose, closed: state === 'closed', userId: asker.id, role: asker.role, today: businessDateOf(world, asker), after, limit,
    }));
    return { ...view, next_after: dayCursorAfter(view.hand_overs, limit, (row) => [row.due_on, row.hand_over_id]) };
  });

  app.get('/api/colleagues', {
    schema: { summary: 'Those who can be given work', tags: ['hand-overs'], response: { 200: colleaguesShape } },
  }, (request) => inInsurer(world.database.app, askerIn(request), async (tx) => ({
    colleagues: [...await tx<z.output<typeof colleaguesShape>['colleagues']>`select user_id, name, role from users where disabled_at is null and role <> 'auditor' order by name`],
  })));

  app.post('/api/hand-overs', {
    schema: {
      summary: 'Hand over up to 200 holders or bills to a role or a person, with a day', tags: ['hand-overs'],
      body: z.object({
        about: z.array(z.object({ holder_id: idParam, bill_id: idParam.nullable().default(null) })).min(1).max(BULK_MAX),
        to_role: z.enum(WORKING_ROLES), to_user: idParam.nullable().default(null), what: z.string().trim().min(1).max(WORDS_MAX), due_on: plainDate,
      }),
      response: { 201: z.object({ hand_over_ids: z.array(z.int()) }) },
    },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const { about, to_role: toRole, to_user: toUser, what, due_on: dueOn } = request.body;
    if (asker.kind === 'key') return sendProblem(request, reply, { code: 'person_needed' });
    const given = await inInsurer(world.database.app, asker, (tx) => handOver(tx, {
      insurerId: asker.insurerId, fromUser: asker.id, fromName: asker.name, toRole, toUser, what, dueOn, today: businessDateOf(world, asker), at: nowOf(world, asker), about,
    }));
    return given.ok ? reply.code(201).send({ hand_over_ids: given.value }) : sendProblem(request, reply, given.problem);
  });

  app.post('/api/hand-overs/withdraw', {
    schema: {
      summary: 'Take back what you have handed over and nobody has closed', tags: ['hand-overs'],
      body: z.object({ hand_over_ids: z.array(idParam).min(1).max(BULK_MAX) }), response: { 200: z.object({ withdrawn: z.int() }) },
    },
  }, async (request) => {
    const asker = askerIn(request);
    return { withdrawn: await inInsurer(world.database.app, asker, (tx) => withdrawHandOvers(tx, asker.id, request.body.hand_over_ids)) };
  });

  const one = { params: z.object({ hand_over_id: idParam }), response: { 200: z.object({}) } };
  app.post('/api/hand-overs/:hand_over_id/close', {
    schema: {
      summary: 'Close with an answer', tags: ['hand-overs'], ...one, body: z.object({ holder_id: idParam, answer: z.string().trim().max(WORDS_MAX).default('') }),
    },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const closed = await inInsurer(world.database.app, asker, (tx) => closeHandOver(tx, {
      holderId: request.body.holder_id, handOverId: request.params.hand_over_id, by: asker.name, answer: request.body.answer, at: nowOf(world, asker),
    }));
    return closed.ok ? {} : sendProblem(request, reply, closed.problem);
  });

  app.post('/api/hand-overs/:hand_over_id/reopen', {
    schema: { summary: 'Undo your own closing', tags: ['hand-overs'], ...one, body: z.object({ holder_id: idParam }) },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const opened = await inInsurer(world.database.app, asker, (tx) => reopenHandOver(tx, {
      holderId: request.body.holder_id, handOverId: request.params.hand_over_id, by: asker.name,
    }));
    return opened.ok ? {} : sendProblem(request, reply, opened.problem);
  });
}
