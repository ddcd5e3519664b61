/** The API's own description: OpenAPI 3.1 from the same schemas that check requests and answers. */

import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { problemShape } from './problems.ts';
import { ROLES } from '../service/index.ts';
import { type Access, type Api } from './world.ts';

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

const PROBLEM = { description: 'What is wrong and what to do, in the asker’s language', content: { 'application/problem+json': { schema: problemShape } } } as const;

function whoMay(access: Access | undefined, reads: boolean): string {
  if (access === 'public') return 'Anybody.';
  return `Roles: ${(access ?? ROLES.filter((role) => reads || role !== 'auditor')).join(', ')}.`;
}

export async function describeApi(app: Api): Promise<void> {
  // Every route says who may use it and may answer with a problem; pages and whatever is mounted beside the API are no part of it.
  app.addHook('onRoute', (route) => {
    if (route.url.startsWith('/api/docs')) return;
    const schema = route.schema ?? {};
    if (!route.url.startsWith('/api/')) {
      route.schema = { ...schema, hide: true };
      return;
    }
    const response = typeof schema.response === 'object' && schema.response !== null ? schema.response : {};
    const access = route.config?.access;
    route.schema = {
      ...schema, description: schema.description ?? whoMay(access, [route.method].flat().every((method) => method === 'GET' || method === 'HEAD')),
      ...(access === 'public' ? { security: [] } : {}), response: { ...response, '4xx': PROBLEM, '5xx': PROBLEM },
    };
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
