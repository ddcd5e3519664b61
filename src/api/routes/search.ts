/** One box that finds a holder, a policy or a bill. */

import { z } from 'zod';
import { search } from '../../service/index.ts';
import { askerIn } from '../asker.ts';
import { type Api, type World } from '../world.ts';

export const searchShape = z.object({
  hits: z.array(
    z.object({
      kind: z.enum(['holder', 'policy', 'bill', 'payment']),
      holder_id: z.int(),
      holder_name: z.string(),
      market: z.string(),
      label: z.string(),
      bill_id: z.int().nullable(),
    }),
  ),
});

export function searchRoutes(app: Api, world: World): void {
  app.get(
    '/api/search',
    {
      schema: {
        summary: 'By part of a name, phone, e-mail or reference; the beginning of a policy number; initials of a Chinese name; a bill’s number; a payment’s reference',
        tags: ['holders'],
        querystring: z.object({ q: z.string().min(1).max(80) }),
        response: { 200: searchShape },
      },
    },
    async (request) => {
      const hits = await search(world.database.app, askerIn(request), request.query.q);
      return { hits };
    },
  );
}
