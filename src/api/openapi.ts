/** The API's own description: OpenAPI 3.1 from the same schemas that check requests and answers. */

import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { problemShape } from './problems.ts';
import { type Api } from './world.ts';

type JsonSchema = Record<string, unknown>;
type Override = { readonly zodSchema: { readonly _zod: { readonly def: { readonly type: string } } }; readonly jsonSchema: object };

/** On the wire a bigint is an integer and a date a string; JSON Schema knows neither of the program's types. */
function override({ zodSchema, jsonSchema }: Override): void {
  const target = jsonSchema as JsonSchema;
  const { type } = zodSchema._zod.def;
  if (type === 'bigint') Object.assign(target, { type: 'integer', format: 'int64', description: 'minor units of the currency beside it' });
  if (type === 'date') Object.assign(target, { type: 'string', format: 'date-time' });
  if (type === 'custom') Object.assign(target, { type: 'string', format: 'date' });
}

const zodToJsonConfig = { unrepresentable: 'any', override } as const;

export async function describeApi(app: Api): Promise<void> {
  // Every route may answer with a problem.
  app.addHook('onRoute', (route) => {
    if (!route.url.startsWith('/api/') || route.url.startsWith('/api/docs')) return;
    const schema = route.schema ?? {};
    const response = typeof schema.response === 'object' && schema.response !== null ? schema.response : {};
    route.schema = { ...schema, response: { ...response, '4xx': problemShape, '5xx': problemShape } };
  });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Inforce',
        version: '0.1.0',
        description:
          'Amounts (`…_minor`) are integers of the currency’s minor unit. Dates are ISO 8601. Errors are problem+json in the language of ' +
          'Accept-Language (en, zh-Hans, zh-Hant). POST takes an Idempotency-Key. A person logs in for a cookie and sends `x-csrf-token` with every ' +
          'change; a program sends `Authorization: Bearer ifk_…`.',
      },
      components: {
        securitySchemes: {
          cookie: { type: 'apiKey', in: 'cookie', name: 'inforce_session' },
          api_key: { type: 'http', scheme: 'bearer', bearerFormat: 'ifk_<insurer>_<secret>' },
        },
      },
      security: [{ cookie: [] }, { api_key: [] }],
    },
    transform: createJsonSchemaTransform({ zodToJsonConfig }),
    transformObject: createJsonSchemaTransformObject({ zodToJsonConfig }),
  });
  await app.register(swaggerUi, {
    routePrefix: '/api/docs',
    staticCSP: false,
    uiConfig: { docExpansion: 'list', persistAuthorization: false },
  });
}
