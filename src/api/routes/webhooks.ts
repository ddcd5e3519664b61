/** What payment providers tell us. The raw bytes are verified before anything is read from them. */

import { type ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { paymentArrived, rulePacks } from '../../cycle/index.ts';
import { type Provider } from '../../payments/index.ts';
import { notFound, sendProblem } from '../problems.ts';
import { WEBHOOK_LIMIT } from '../security.ts';
import { machineNow, nowOf, type Api, type World } from '../world.ts';

/** Events of providers are a few kilobytes. */
const BODY_BYTES_MAX = 64 * 1024;

export function webhookRoutes(app: Api, world: World, providers: readonly Provider[]): void {
  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_BYTES_MAX }, (_request, body, done) => done(null, body));
    scope.withTypeProvider<ZodTypeProvider>().post('/api/webhooks/:provider', {
      config: { access: 'public', rateLimit: WEBHOOK_LIMIT },
      schema: {
        summary: 'An event of a payment provider, signed by it; safe to send again', tags: ['payments'], params: z.object({ provider: z.string().max(50) }),
        response: { 200: z.object({ received: z.literal(true), outcome: z.string() }) },
      },
    }, async (request, reply) => {
      const provider = providers.find(({ id }) => id === request.params.provider);
      if (provider === undefined) return notFound(request, reply);
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const event = provider.readWebhook(body, request.headers, machineNow(world));
      if (!event.ok) return sendProblem(request, reply, event.problem);
      if (event.value === null) return { received: true as const, outcome: 'ignored' };
      const arrived = await paymentArrived(world.database, rulePacks(), provider.id, event.value, (insurer) => nowOf(world, insurer));
      return arrived.ok ? { received: true as const, outcome: arrived.value.outcome } : sendProblem(request, reply, arrived.problem);
    });
  });
}
