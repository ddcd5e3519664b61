/**
 * Who asks, and may they? Nothing under /api/ is open unless its route says so. A cookie carries `<insurer>.<token>`, an API key names its
 * insurer by code; both only say where to look: the token's hash must lie among that insurer's rows.
 */

import { timingSafeEqual } from 'node:crypto';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { readTogether } from '../database/index.ts';
import { type InsurerId, type Problem } from '../kernel/index.ts';
import { ROLES, tokenHash, type Role } from '../service/index.ts';
import { sendProblem } from './problems.ts';
import { machineNow, type Asker, type World } from './world.ts';

export const SESSION_COOKIE = 'inforce_session';
export const SESSION_HOURS = 12;
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);
const INSURER_ID_MAX = 2_147_483_647;

type AskerRow = {
  code: string;
  insurer_name: string;
  name_zh_hans: string;
  name_zh_hant: string;
  simulated: boolean;
  reporting_currency: string;
  time_zone: string;
  clock_offset_ms: number;
  id: number;
  name: string;
  email: string | null;
  role: Role;
  markets: string[] | null;
  language: Asker['language'];
  csrf_token: string | null;
};

/** Runs before every request under /api/: finds the asker, checks role and CSRF token, or answers with the problem. */
export async function admit(world: World, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
  const access = request.routeOptions.config.access;
  // The API's description names no rows.
  if (access === 'public' || request.is404 || (request.routeOptions.url ?? '').startsWith('/api/docs')) return undefined;
  const asker = await findAsker(world, request);
  if (asker === null) return sendProblem(request, reply, { code: 'sign_in_needed' });
  request.asker = asker;
  const refused = refusal(request, asker, access);
  return refused === null ? undefined : sendProblem(request, reply, refused);
}

/** Where a route does not say: everybody logged in may read, all but the auditor may change. */
export const rolesOf = (method: string, access: readonly Role[] | undefined): readonly Role[] =>
  access ?? (SAFE_METHODS.has(method) ? ROLES : ROLES.filter((role) => role !== 'auditor'));

function refusal(request: FastifyRequest, asker: Asker, access: readonly Role[] | undefined): Problem | null {
  const safe = SAFE_METHODS.has(request.method);
  const allowed = rolesOf(request.method, access);
  if (!allowed.includes(asker.role)) return { code: 'role_not_allowed', details: { role: asker.role, allowed: allowed.join(', ') } };
  if (asker.markets !== null && request.routeOptions.config.wholeInsurer === true) return { code: 'markets_bound', details: { markets: asker.markets.join(', ') } };
  if (safe || asker.kind === 'key' || asker.csrfToken === null) return null;
  const given = Buffer.from(String(request.headers['x-csrf-token'] ?? ''));
  const expected = Buffer.from(asker.csrfToken);
  return given.length === expected.length && timingSafeEqual(given, expected) ? null : { code: 'csrf_token_invalid' };
}

/** Null where there is no valid session or key. */
export async function findAsker(world: World, request: FastifyRequest): Promise<Asker | null> {
  const authorization = request.headers.authorization;
  if (authorization !== undefined) return askerOfKey(world, authorization);
  const cookie = /^(\d{1,10})\.([\w-]{43})$/.exec(request.cookies[SESSION_COOKIE] ?? '');
  if (cookie === null || Number(cookie[1]) > INSURER_ID_MAX) return null;
  return askerOfSession(world, Number(cookie[1]) as InsurerId, cookie[2] ?? '', SAFE_METHODS.has(request.method));
}

/**
 * A page reads several things at once: who asks is looked up once for all of them, and a log-out elsewhere ends reading within this time. An act is
 * never answered from memory: a person may have been removed a moment ago, and its moment is that of the insurer's clock as it stands.
 */
const SESSION_KNOWN_MS = 1_000;
const SESSIONS_KNOWN_MAX = 10_000;
type Known = { readonly asker: Promise<Asker | null>; readonly until: number };
const knownSessions = new WeakMap<World, Map<string, Known>>();

function sessionsOf(world: World): Map<string, Known> {
  const known = knownSessions.get(world) ?? new Map<string, Known>();
  knownSessions.set(world, known);
  return known;
}

/** After a log-out, or where what is known of the person has changed. */
export const forgetSession = (world: World, asker: Asker): boolean => sessionsOf(world).delete(keyOf(asker.insurerId, asker.tokenHash));
const keyOf = (insurerId: InsurerId, hash: Buffer): string => `${insurerId}.${hash.toString('base64')}`;

function askerOfSession(world: World, insurerId: InsurerId, token: string, mayBeKnown: boolean): Promise<Asker | null> {
  const hash = tokenHash(token);
  const key = keyOf(insurerId, hash);
  const sessions = sessionsOf(world);
  const now = performance.now();
  const known = sessions.get(key);
  if (mayBeKnown && known !== undefined && known.until > now) return known.asker;
  if (sessions.size >= SESSIONS_KNOWN_MAX) sessions.clear();
  const asker = readSession(world, insurerId, hash);
  sessions.set(key, { asker, until: now + SESSION_KNOWN_MS });
  // Nobody is known by a look-up that failed.
  asker.then((found) => { if (found === null) sessions.delete(key); }, () => sessions.delete(key));
  return asker;
}

async function readSession(world: World, insurerId: InsurerId, hash: Buffer): Promise<Asker | null> {
  const [[row]] = await readTogether(world.database.app, insurerId, (tx) => [tx<AskerRow[]>`
    select i.code, i.name as insurer_name, i.name_zh_hans, i.name_zh_hant, i.simulated, i.reporting_currency, i.time_zone, i.clock_offset_ms,
      u.user_id as id, u.name, u.email, u.role, u.markets, u.language, s.csrf_token
    from sessions s join users u using (insurer_id, user_id) join insurers i using (insurer_id)
    where s.token_hash = ${hash} and s.expires_at > ${new Date(machineNow(world))} and u.disabled_at is null`]);
  return row === undefined ? null : askerOf('session', insurerId, hash, row);
}

async function askerOfKey(world: World, authorization: string): Promise<Asker | null> {
  const key = /^Bearer (ifk_([a-z][a-z0-9-]{1,39})_[\w-]{43})$/.exec(authorization);
  if (key === null) return null;
  const [insurer] = await world.database.app<{ insurer_id: InsurerId | null }[]>`select insurer_id from insurer_by_code(${key[2] ?? ''})`;
  if (insurer?.insurer_id == null) return null;
  const hash = tokenHash(key[1] ?? '');
  const [[row]] = await readTogether(world.database.app, insurer.insurer_id, (tx) => [tx<AskerRow[]>`
    select i.code, i.name as insurer_name, i.name_zh_hans, i.name_zh_hant, i.simulated, i.reporting_currency, i.time_zone, i.clock_offset_ms,
      k.key_id as id, k.name, null as email, k.role, null as markets, 'en' as language, null as csrf_token
    from api_keys k join insurers i using (insurer_id) where k.key_hash = ${hash} and k.revoked_at is null`]);
  return row === undefined ? null : askerOf('key', insurer.insurer_id, hash, row);
}

function askerOf(kind: Asker['kind'], insurerId: InsurerId, hash: Buffer, row: AskerRow): Asker {
  return {
    kind,
    insurerId,
    insurerCode: row.code,
    insurerNames: { en: row.insurer_name, 'zh-Hans': row.name_zh_hans, 'zh-Hant': row.name_zh_hant },
    simulated: row.simulated,
    reportingCurrency: row.reporting_currency,
    timeZone: row.time_zone,
    clockOffsetMs: row.clock_offset_ms,
    id: row.id,
    name: row.name,
    email: row.email,
    role: row.role,
    markets: row.markets,
    language: row.language,
    csrfToken: row.csrf_token,
    tokenHash: hash,
  };
}

/** The asker of a route that is not public; `admit` has put it there. */
export function askerIn(request: FastifyRequest): Asker {
  if (request.asker === null) throw new Error(`${request.method} ${request.url} was reached without an asker`);
  return request.asker;
}
