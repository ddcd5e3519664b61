/** The HTTP server: security first, then one file of routes for each module, then whatever the start script mounts, then the console. */

import fastify, { type FastifyInstance } from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { admit } from './asker.ts';
import { openEventHub } from './events.ts';
import { claimKey, keepAnswer } from './idempotency.ts';
import { describeApi } from './openapi.ts';
import { serveConsole } from './pages.ts';
import { handleError } from './problems.ts';
import { registerRoutes } from './routes/index.ts';
import { behindTls, secure } from './security.ts';
import { paymentSettingsOf, type Access, type Api, type ServerOptions, type World } from './world.ts';

/** No request of ours needs more; files come in by the command line. */
const BODY_BYTES_MAX = 256 * 1024;
const REQUEST_TIMEOUT_MS = 30_000;
const URL_LENGTH_MAX = 500;

type RouteName = { readonly method: string; readonly url: string; readonly access: Access | undefined };

declare module 'fastify' {
  interface FastifyInstance {
    /** Every address that answers, and to whom; the tests of insurers' separation and of roles walk it. */
    readonly routeList: readonly RouteName[];
  }
}

/** Builds the server without listening; `close()` ends its open streams. The database stays the caller's. */
export async function buildServer(options: ServerOptions): Promise<FastifyInstance> {
  const app: Api = fastify({
    logger: { level: process.env['INFORCE_LOG'] ?? 'error' },
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    routerOptions: { maxParamLength: URL_LENGTH_MAX },
    forceCloseConnections: true,
    trustProxy: behindTls(),
  }).withTypeProvider<ZodTypeProvider>();
  const world: World = { ...options, events: openEventHub(options.database) };
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(handleError);
  // JSON alone: a form of another site can send text/plain without asking.
  app.removeContentTypeParser('text/plain');
  const routes: RouteName[] = [];
  app.addHook('onRoute', ({ method, url, config }) => { for (const one of [method].flat()) routes.push({ method: one, url, access: config?.access }); });
  app.decorate('routeList', routes);
  app.decorateRequest('asker', null);
  app.decorateRequest('idempotencyClaim', null);
  // The sandbox provider's page may be on another port of this machine.
  await secure(app, options.rateLimits ?? true, [new URL(paymentSettingsOf(options).sandbox.apiUrl).origin]);
  app.addHook('onRequest', async (request, reply) => {
    if (request.url.startsWith('/api/')) {
      reply.header('cache-control', 'no-store');
      return admit(world, request, reply);
    }
  });
  app.addHook('preValidation', (request, reply) => claimKey(world, request, reply));
  app.addHook('onSend', async (request, reply, payload) => {
    await keepAnswer(world, request, reply, payload);
    return payload;
  });
  app.addHook('onClose', () => world.events.close());
  await describeApi(app);
  registerRoutes(app, world);
  for (const plugin of options.plugins ?? []) await app.register(plugin);
  await serveConsole(app, options.consoleDirectory);
  return app as unknown as FastifyInstance;
}
