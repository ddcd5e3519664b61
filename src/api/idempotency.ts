/**
 * Idempotency-Key on POST (draft-ietf-httpapi-idempotency-key-header): the first request claims the key, its answer is kept, the same request again gets that
 * answer. Another request under the same key is refused, so that a program's mistake does not pass for success.
 */

import { createHash } from 'node:crypto';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { inInsurer } from '../database/index.ts';
import { sendProblem } from './problems.ts';
import { machineNow, type Asker, type World } from './world.ts';

const KEY = /^[\x21-\x7e]{1,200}$/;
/** A claim older than this belongs to a process that died; the next request may take it over. */
const CLAIM_MS_MAX = 60_000;
const IN_PROGRESS = 0;

type Kept = { request_hash: string; status: number; response: string; created_at: Date };
declare module 'fastify' {
  interface FastifyRequest {
    idempotencyClaim: string | null;
  }
}

/** Before the handler: replays, refuses, or claims the key and lets the request go on. */
export async function claimKey(world: World, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
  const given = request.headers['idempotency-key'];
  const { asker } = request;
  if (given === undefined || request.method !== 'POST' || asker === null || request.routeOptions.config.keepsNothing === true) return undefined;
  if (typeof given !== 'string' || !KEY.test(given)) return sendProblem(request, reply, { code: 'idempotency_key_invalid' });
  const key = keyOf(asker, given);
  const hash = requestHash(request);
  const now = new Date(machineNow(world));
  const kept = await inInsurer(world.database.app, asker, async (tx) => {
    const claimed = await tx`
      insert into idempotency_keys (insurer_id, key, request_hash, status, response, created_at)
      values (${asker.insurerId}, ${key}, ${hash}, ${IN_PROGRESS}, '{}', ${now})
      on conflict (insurer_id, key) do update set created_at = excluded.created_at
        where idempotency_keys.status = ${IN_PROGRESS} and idempotency_keys.request_hash = excluded.request_hash
          and idempotency_keys.created_at < ${new Date(now.getTime() - CLAIM_MS_MAX)}
      returning key`;
    if (claimed.length > 0) return null;
    const [row] = await tx<
      Kept[]
    >`select request_hash, status, response #>> '{}' as response, created_at from idempotency_keys where key = ${key}`;
    return row ?? null;
  });
  if (kept === null) {
    request.idempotencyClaim = key;
    return undefined;
  }
  if (kept.request_hash !== hash) return sendProblem(request, reply, { code: 'idempotency_key_reused' });
  if (kept.status === IN_PROGRESS) return sendProblem(request, reply, { code: 'idempotency_in_progress' });
  return reply
    .code(kept.status)
    .header('idempotency-replayed', 'true')
    .type('application/json; charset=utf-8')
    .serializer((body: string) => body)
    .send(kept.response);
}

/** After the handler: keeps an answer that is final, and frees the key where the fault was ours. */
export async function keepAnswer(world: World, request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<void> {
  const { asker, idempotencyClaim: key } = request;
  if (key === null || asker === null) return;
  request.idempotencyClaim = null;
  const final = reply.statusCode < 500 && typeof payload === 'string';
  await inInsurer(world.database.app, asker, (tx) =>
    final
      ? // The text itself is kept inside a JSON string, so that a replay is the same byte for byte.
        tx`update idempotency_keys set status = ${reply.statusCode}, response = to_jsonb(${payload}::text) where key = ${key}`
      : tx`delete from idempotency_keys where key = ${key}`,
  );
}

const keyOf = (asker: Asker, given: string): string => `${asker.kind}:${asker.id}:${given}`;

function requestHash(request: FastifyRequest): string {
  return createHash('sha256')
    .update(`${request.method} ${request.url}\n${JSON.stringify(request.body ?? null)}`)
    .digest('hex');
}
