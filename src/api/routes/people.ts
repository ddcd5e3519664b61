/** Who may do what: people and their rights, and the keys of programs. */

import { type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { inInsurer } from '../../database/index.ts';
import { type Result } from '../../kernel/index.ts';
import {
  apiKeysShape, changePerson, createApiKey, enablePerson, invitePerson, language, listApiKeys, listPeople, peopleShape, personShape, revokeApiKey, ROLES, moveWorkload, workloadOf, workloadShape, marketCode,
} from '../../service/index.ts';
import { askerIn, forgetSession } from '../asker.ts';
import { sendProblem } from '../problems.ts';
import { type Access, type Api, type World } from '../world.ts';
import { idParam } from './holders.ts';

const READERS = ['manager', 'it', 'auditor'] as const satisfies Access;
const CHANGERS = ['manager', 'it'] as const satisfies Access;
const NAME_MAX = 100;
const MARKETS_MAX = 50;

const params = z.object({ user_id: idParam });
const version = z.int().min(1).describe('The version that the change was made on');
const name = z.string().trim().min(1).max(NAME_MAX);
const markets = z.array(marketCode).min(1).max(MARKETS_MAX).nullable();
const team = z.string().trim().max(NAME_MAX);
const role = z.enum(ROLES);

export function peopleRoutes(app: Api, world: World): void {
  app.get('/api/people', {
    config: { access: READERS },
    schema: { summary: 'People who may log in, and what they may do', tags: ['people'], response: { 200: peopleShape } },
  }, async (request) => inInsurer(world.database.app, askerIn(request), listPeople));

  app.post('/api/people', {
    config: { access: CHANGERS, wholeInsurer: true },
    schema: {
      summary: 'Add a person; the first password is in the answer and nowhere else', tags: ['people'],
      body: z.object({ name, email: z.email().max(254), role, language: language.default('en'), markets: markets.default(null), team: team.default('') }),
      response: { 201: z.object({ person: personShape, password: z.string() }) },
    },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const invited = await inInsurer(world.database.app, asker, (tx) => invitePerson(tx, asker.insurerId, request.body, asker.name));
    await keepNoAnswer(world, request);
    if (!invited.ok) return sendProblem(request, reply, invited.problem);
    return reply.code(201).send(invited.value);
  });

  app.patch('/api/people/:user_id', {
    config: { access: CHANGERS, wholeInsurer: true },
    schema: {
      summary: 'Change a person’s role, markets, team, name or language', tags: ['people'], params,
      body: z.object({ version, name: name.optional(), role: role.optional(), language: language.optional(), markets: markets.optional(), team: team.optional() }),
      response: { 200: personShape },
    },
  }, async (request, reply) => {
    const { version: on, name: named, role: to, language: spoken, markets: seen, team: joined } = request.body;
    const changed = await inInsurer(world.database.app, askerIn(request), (tx) => changePerson(tx, changeBy(request, request.params.user_id, on), {
      ...(named === undefined ? {} : { name: named }), ...(to === undefined ? {} : { role: to }), ...(spoken === undefined ? {} : { language: spoken }),
      ...(seen === undefined ? {} : { markets: seen }), ...(joined === undefined ? {} : { team: joined }),
    }));
    if (!changed.ok) return sendProblem(request, reply, changed.problem);
    forget(world, request, changed);
    return changed.value.person;
  });

  for (const [act, enabled, summary] of [
    ['disable', false, 'Let a person in no more; what they have open ends at once'], ['enable', true, 'Let a person in again'],
  ] as const) {
    app.post(`/api/people/:user_id/${act}`, {
      config: { access: CHANGERS, wholeInsurer: true },
      schema: { summary, tags: ['people'], params, body: z.object({ version }), response: { 200: personShape } },
    }, async (request, reply) => {
      const changed = await inInsurer(world.database.app, askerIn(request), (tx) =>
        enablePerson(tx, changeBy(request, request.params.user_id, request.body.version), enabled));
      if (!changed.ok) return sendProblem(request, reply, changed.problem);
      forget(world, request, changed);
      return changed.value.person;
    });
  }

  app.get('/api/people/:user_id/workload', {
    config: { access: READERS, wholeInsurer: true },
    schema: { summary: 'What is open under a person’s name', tags: ['people'], params, response: { 200: workloadShape } },
  }, (request) => inInsurer(world.database.app, askerIn(request), (tx) => workloadOf(tx, request.params.user_id)));

  app.post('/api/people/:user_id/workload', {
    config: { access: CHANGERS, wholeInsurer: true },
    schema: {
      summary: 'Move all that is open under a person’s name to another person', tags: ['people'], params, body: z.object({ to_user: idParam }), response: { 200: workloadShape },
    },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const moved = await inInsurer(world.database.app, asker, (tx) => moveWorkload(tx, asker.insurerId, request.params.user_id, request.body.to_user));
    return moved.ok ? moved.value : sendProblem(request, reply, moved.problem);
  });

  app.get('/api/keys', {
    config: { access: READERS },
    schema: { summary: 'Keys of programs', tags: ['people'], response: { 200: apiKeysShape } },
  }, async (request) => inInsurer(world.database.app, askerIn(request), listApiKeys));

  app.post('/api/keys', {
    config: { access: CHANGERS, wholeInsurer: true },
    schema: {
      summary: 'Make a key for a program; it is in the answer and nowhere else', tags: ['people'], body: z.object({ name, role }),
      response: { 201: z.object({ key: z.string() }) },
    },
  }, async (request, reply) => {
    const { insurerId, insurerCode: code } = askerIn(request);
    const key = await inInsurer(world.database.app, insurerId, (tx) => createApiKey(tx, { insurerId, code }, request.body.name, request.body.role));
    await keepNoAnswer(world, request);
    return reply.code(201).send({ key });
  });

  app.delete('/api/keys/:key_id', {
    config: { access: CHANGERS, wholeInsurer: true },
    schema: { summary: 'Revoke a key for good', tags: ['people'], params: z.object({ key_id: idParam }), response: { 204: z.null() } },
  }, async (request, reply) => {
    const revoked = await inInsurer(world.database.app, askerIn(request), (tx) => revokeApiKey(tx, request.params.key_id));
    if (!revoked.ok) return sendProblem(request, reply, revoked.problem);
    return reply.code(204).send(null);
  });
}

function changeBy(request: FastifyRequest, userId: number, on: number) {
  const asker = askerIn(request);
  return { userId, version: on, by: asker.name, self: asker.kind === 'session' ? asker.id : null };
}

/** Nobody is answered from memory about a person whose rights have changed. */
function forget(world: World, request: FastifyRequest, changed: Extract<Result<{ readonly sessions: readonly Buffer[] }>, { ok: true }>): void {
  for (const tokenHash of changed.value.sessions) forgetSession(world, { ...askerIn(request), tokenHash });
}

/** An answer that holds a secret is not kept for a repetition under the same Idempotency-Key: its claim is given up. */
async function keepNoAnswer(world: World, request: FastifyRequest): Promise<void> {
  const key = request.idempotencyClaim;
  if (key === null) return;
  request.idempotencyClaim = null;
  await inInsurer(world.database.app, askerIn(request), (tx) => tx`delete from idempotency_keys where key = ${key}`);
}
