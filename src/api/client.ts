/** A person or a program who uses the API, for tests: no socket, the same way through the server. */

import assert from 'node:assert/strict';
import { type FastifyInstance, type InjectOptions, type LightMyRequestResponse } from 'fastify';
import { DEMO_PASSWORD } from '../service/index.ts';

export type Client = {
  readonly csrfToken: string;
  readonly cookie: string;
  readonly get: (url: string, headers?: Record<string, string>) => Promise<LightMyRequestResponse>;
  readonly send: (method: Method, url: string, body?: object, headers?: Record<string, string>) => Promise<LightMyRequestResponse>;
};
type Method = 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** What a route answers with 200 and without a trace of another insurer's rows, which carry `mark`. */
export async function read<T>(client: Client, url: string, mark: string): Promise<T> {
  const answer = await client.get(url);
  assert.equal(answer.statusCode, 200, answer.body);
  assert.ok(!answer.body.includes(mark), `leaked: ${answer.body.slice(0, 300)}`);
  return answer.json<T>();
}

/** Logs in as one of the fixture's people. */
export async function logIn(app: FastifyInstance, insurer: string, role: string): Promise<Client> {
  const answer = await app.inject({
    method: 'POST',
    url: '/api/session',
    payload: { insurer, email: `${role}@${insurer}.example`, password: DEMO_PASSWORD },
  });
  const cookie = answer.cookies[0];
  if (answer.statusCode !== 200 || cookie === undefined) throw new Error(`no log-in: ${answer.body}`);
  const csrfToken = answer.json<{ csrf_token: string }>().csrf_token;
  const value = `${cookie.name}=${cookie.value}`;
  const ask = (options: InjectOptions): Promise<LightMyRequestResponse> => app.inject(options);
  return {
    csrfToken,
    cookie: value,
    get: (url, headers = {}) => ask({ method: 'GET', url, headers: { cookie: value, ...headers } }),
    send: (method, url, body = {}, headers = {}) =>
      ask({ method, url, payload: body, headers: { cookie: value, 'x-csrf-token': csrfToken, ...headers } }),
  };
}
