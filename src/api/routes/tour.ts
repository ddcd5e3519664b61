/** The tour of a new user: whether this person has seen it, wherever they log in. */

import { z } from 'zod';
import { inInsurer } from '../../database/index.ts';
import { ROLES } from '../../service/index.ts';
import { askerIn } from '../asker.ts';
import { sendProblem } from '../problems.ts';
import { machineNow, type Api, type World } from '../world.ts';

export const tourShape = z.object({ done: z.boolean().describe('False: it begins by itself on Today') });

export function tourRoutes(app: Api, world: World): void {
  app.get('/api/tour', { schema: { summary: 'Have I seen the tour?', tags: ['session'], response: { 200: tourShape } } }, async (request) => {
    const asker = askerIn(request);
    if (asker.kind === 'key') return { done: true };
    return inInsurer(world.database.app, asker, async (tx) => {
      const [row] = await tx<{ done: boolean }[]>`select tour_done_at is not null as done from users where user_id = ${asker.id}`;
      return { done: row?.done ?? true };
    });
  });

  app.put('/api/tour', {
    config: { access: ROLES }, schema: { summary: 'I have seen the tour, or want it to begin anew at the next log-in', tags: ['session'], body: tourShape, response: { 200: tourShape } },
  }, async (request, reply) => {
    const asker = askerIn(request);
    if (asker.kind === 'key') return sendProblem(request, reply, { code: 'person_needed' });
    const { done } = request.body;
    await inInsurer(world.database.app, asker, (tx) => tx`update users set tour_done_at = ${done ? new Date(machineNow(world)) : null} where user_id = ${asker.id}`);
    return { done };
  });
}
