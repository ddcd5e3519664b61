/** How far the data carries, what the next level asks for, and which feeds leave gaps. */

import { z } from 'zod';
import { FEEDS, GATES, maturity } from '../../insight/index.ts';
import { askerIn } from '../asker.ts';
import { sharedReading } from '../shared-answer.ts';
import { type Api, type World } from '../world.ts';

export const maturityShape = z.object({
  level: z.int(), holders: z.int(), next: z.array(z.enum(GATES)).readonly(),
  gates: z.array(z.object({ gate: z.enum(GATES), level: z.int(), share: z.number(), needed: z.number(), met: z.boolean() })).readonly(),
  feeds: z.array(z.object({ feed: z.enum(FEEDS), events: z.int(), complete: z.int(), failing: z.boolean() })).readonly(),
});

export function maturityRoutes(app: Api, world: World): void {
  const shared = sharedReading<Awaited<ReturnType<typeof maturity>>>(world);
  app.get('/api/maturity', {
    schema: { summary: 'Level of the data, its gates, and the completeness of each feed', tags: ['insight'], response: { 200: maturityShape } },
  }, (request) => shared(askerIn(request), {}, maturity));
}
