/** One bill with its payments, bookings, decisions and the law's answers. */

import { z } from 'zod';
import { type BillId, type HolderId } from '../../kernel/index.ts';
import { billView, billViewShape } from '../../service/index.ts';
import { askerIn } from '../asker.ts';
import { languageOf, notFound } from '../problems.ts';
import { type Api, type World } from '../world.ts';
import { idParam } from './holders.ts';

export function billRoutes(app: Api, world: World): void {
  app.get(
    '/api/bills/:bill_id',
    {
      schema: {
        summary: 'One bill',
        tags: ['bills'],
        params: z.object({ bill_id: idParam }),
        querystring: z.object({ holder_id: idParam }),
        response: { 200: billViewShape },
      },
    },
    async (request, reply) => {
      const { holder_id: holderId } = request.query;
      const view = await billView(world.database.app, askerIn(request), holderId as HolderId, request.params.bill_id as BillId, languageOf(request));
      return view ?? notFound(request, reply);
    },
  );
}
