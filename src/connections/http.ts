/** Signed requests to a connected system (docs/connections.md), and what may come of one, as a value. */

import { createHash, createHmac } from 'node:crypto';
import { fail, ok, type Moment, type Result } from '../kernel/index.ts';

export type Peer = { readonly baseUrl: string; readonly secret: string; readonly now: () => Moment; readonly signal?: AbortSignal | undefined; readonly timeoutMs?: number | undefined };
export type Answer = { readonly status: number; readonly body: unknown; readonly version: string | null };
export type Asked = {
  readonly method: 'GET' | 'POST' | 'PATCH'; readonly path: string; readonly body?: object;
  readonly ifMatch?: string; readonly idempotencyKey?: string;
};

/** A system that does not answer in this time is tried again later; a worker has other things to do. */
const TIMEOUT_MS = 10_000;
const BODY_BYTES_MAX = 8 * 1024 * 1024;
const DETAIL_MAX = 300;
/** Problems that say that nobody can be spoken with now; others are of the one thing that was asked. */
const OF_THE_LINE = new Set(['sync_unreachable', 'sync_timed_out', 'sync_too_many_requests', 'sync_server_error', 'sync_not_admitted', 'sync_secret_unreadable']);
export const isOfTheLine = (code: string): boolean => OF_THE_LINE.has(code);

export const signature = (secret: string, timestamp: string, method: string, pathAndQuery: string, body: string): string =>
  `v1=${createHmac('sha256', secret).update(`${timestamp}.${method}.${pathAndQuery}.${createHash('sha256').update(body).digest('hex')}`).digest('hex')}`;

/**
 * Problems: those of the line (`isOfTheLine`; `sync_too_many_requests` with `retry_after_s`); `sync_unknown_there`, `sync_version_refused`, `sync_refused`,
 * `sync_not_understood`, each with `detail`.
 */
export async function ask(peer: Peer, { method, path, body, ifMatch, idempotencyKey }: Asked): Promise<Result<Answer>> {
  const url = new URL(`${peer.baseUrl.replace(/\/+$/, '')}${path}`);
  const text = body === undefined ? '' : JSON.stringify(body);
  const timestamp = String(Math.floor(peer.now() / 1000));
  const timeoutMs = peer.timeoutMs ?? TIMEOUT_MS;
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      method, redirect: 'error', body: body === undefined ? null : text, signal: peer.signal === undefined ? timeout : AbortSignal.any([timeout, peer.signal]),
      headers: {
        accept: 'application/json', 'x-inforce-timestamp': timestamp, 'x-inforce-signature': signature(peer.secret, timestamp, method, url.pathname + url.search, text),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...(ifMatch === undefined ? {} : { 'if-match': `"${ifMatch}"` }),
        ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
      },
    });
    return await read(response);
  } catch (error) {
    peer.signal?.throwIfAborted();
    const timedOut = error instanceof Error && error.name === 'TimeoutError';
    return fail(timedOut ? 'sync_timed_out' : 'sync_unreachable', { detail: timedOut ? `${timeoutMs / 1000} s` : reasonOf(error) });
  }
}

async function read(response: Response): Promise<Result<Answer>> {
  const text = await response.text();
  const { status } = response;
  const detail = text.slice(0, DETAIL_MAX);
  if (status === 429) return fail('sync_too_many_requests', { detail: 'HTTP 429', retry_after_s: Number(response.headers.get('retry-after')) || 0 });
  if (status >= 500) return fail('sync_server_error', { detail: `HTTP ${status}` });
  if (status === 401 || status === 403) return fail('sync_not_admitted', { detail });
  if (status === 404) return fail('sync_unknown_there', { detail });
  if (status === 409 || status === 412) return fail('sync_version_refused', { detail });
  if (status >= 400) return fail('sync_refused', { detail });
  if (text.length > BODY_BYTES_MAX) return fail('sync_not_understood', { detail: `> ${BODY_BYTES_MAX} bytes` });
  try {
    const parsed: unknown = JSON.parse(text);
    return ok({ status, body: parsed, version: /^"(.+)"$/.exec(response.headers.get('etag') ?? '')?.[1] ?? null });
  } catch {
    return fail('sync_not_understood', { detail });
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return (code === '' ? String(cause instanceof Error ? cause.message : cause) : code).slice(0, DETAIL_MAX);
}
