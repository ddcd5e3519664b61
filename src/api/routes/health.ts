/** Is it ready? For whoever started it, and for a load balancer. */

import { z } from 'zod';
import { type Api, type World } from '../world.ts';
import { sendProblem } from '../problems.ts';

export function healthRoutes(app: Api, world: World): void {
  app.get(
    '/api/health',
    {
      config: { access: 'public', rateLimit: false },
      schema: {
        summary: 'Ready when the database answers',
        tags: ['installation'],
        security: [],
        response: { 200: z.object({ status: z.literal('ready') }) },
      },
    },
    async (request, reply) => {
      try {
        await world.database.app`select 1`;
      } catch {
        return sendProblem(request, reply, { code: 'service_unavailable' });
      }
      return { status: 'ready' as const };
    },
  );
}
