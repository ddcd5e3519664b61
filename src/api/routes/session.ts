/** Log in, who am I, log out. */

import { randomBytes } from 'node:crypto';
import { type FastifyReply } from 'fastify';
import { z } from 'zod';
import { inInsurer } from '../../database/index.ts';
import { type InsurerId, type Language } from '../../kernel/index.ts';
import { DEMO_EMAIL_END, DEMO_PASSWORD, language, passwordMatches, plainDate, ROLES, tokenHash, type Role } from '../../service/index.ts';
import { askerIn, forgetSession, SESSION_COOKIE, SESSION_HOURS } from '../asker.ts';
import { sendProblem } from '../problems.ts';
import { behindTls, LOGIN_LIMIT } from '../security.ts';
import { businessDateOf, machineNow, type Api, type Asker, type World } from '../world.ts';

const DEMO_LOGINS_MAX = 8;
const PASSWORD_LENGTH_MAX = 200;

export const insurersShape = z.object({
  insurers: z.array(
    z.object({
      code: z.string(),
      name: z.string(),
      simulated: z.boolean(),
      demo_logins: z
        .array(z.object({ email: z.string(), name: z.string(), role: z.enum(ROLES), password: z.string() }))
        .describe('Only a simulated insurer’s, whose data is nobody’s'),
    }),
  ),
});

export const sessionShape = z.object({
  insurer: z.object({
    code: z.string(),
    name: z.string(),
    names: z.object({ en: z.string(), 'zh-Hans': z.string(), 'zh-Hant': z.string() }),
    simulated: z.boolean(),
    time_zone: z.string(),
    reporting_currency: z.string(),
  }),
  user: z.object({ id: z.int(), name: z.string(), email: z.string().nullable(), role: z.enum(ROLES), markets: z.array(z.string()).readonly().nullable(), language }),
  business_date: plainDate,
  csrf_token: z.string().nullable().describe('Send it as x-csrf-token with every change'),
});

const loginShape = z.object({ insurer: z.string().max(40), email: z.string().max(254), password: z.string().max(PASSWORD_LENGTH_MAX) });

type UserRow = { user_id: number; password_hash: string; disabled_at: Date | null };
type DemoRow = { email: string; name: string; role: Role };

export function sessionRoutes(app: Api, world: World): void {
  app.get(
    '/api/insurers',
    {
      config: { access: 'public' },
      schema: {
        summary: 'Insurers of this installation, for the log-in page',
        tags: ['session'],
        security: [],
        response: { 200: insurersShape },
      },
    },
    async () => {
      const rows = await world.database.app<
        { insurer_id: InsurerId; code: string; name: string; simulated: boolean }[]
      >`select * from insurer_codes()`;
      const insurers = await Promise.all(
        rows.map(async (row) => ({
          code: row.code,
          name: row.name,
          simulated: row.simulated,
          demo_logins: row.simulated ? await demoLogins(world, row.insurer_id) : [],
        })),
      );
      return { insurers };
    },
  );

  app.post(
    '/api/session',
    {
      config: { access: 'public', rateLimit: LOGIN_LIMIT },
      schema: { summary: 'Log in', tags: ['session'], security: [], body: loginShape, response: { 200: sessionShape } },
    },
    async (request, reply) => {
      // A form on another site must not log a person in as somebody else.
      const site = request.headers['sec-fetch-site'];
      if (site !== undefined && site !== 'same-origin' && site !== 'none')
        return sendProblem(request, reply, { code: 'csrf_token_invalid' });
      const { insurer: code, email, password } = request.body;
      const [insurer] = await world.database.app<{ insurer_id: InsurerId }[]>`select insurer_id from insurer_by_code(${code})`;
      const user = insurer === undefined ? undefined : await findUser(world, insurer.insurer_id, email);
      const matches = await passwordMatches(password, user?.password_hash ?? null);
      if (insurer === undefined || user === undefined || !matches || user.disabled_at !== null)
        return sendProblem(request, reply, { code: 'sign_in_refused' });
      const asker = await startSession(world, insurer.insurer_id, user.user_id, reply, request.protocol === 'https' || behindTls());
      return sessionOf(world, asker);
    },
  );

  app.get('/api/session', { schema: { summary: 'Who am I', tags: ['session'], response: { 200: sessionShape } } }, async (request) =>
    sessionOf(world, askerIn(request)),
  );

  app.patch(
    '/api/session',
    {
      config: { access: ROLES },
      schema: { summary: 'Choose my language', tags: ['session'], body: z.object({ language }), response: { 200: sessionShape } },
    },
    async (request) => {
      const asker = askerIn(request);
      const chosen: Language = request.body.language;
      if (asker.kind === 'session') {
        await inInsurer(world.database.app, asker, (tx) => tx`update users set language = ${chosen} where user_id = ${asker.id}`);
        forgetSession(world, asker);
      }
      return sessionOf(world, { ...asker, language: chosen });
    },
  );

  app.delete(
    '/api/session',
    { config: { access: ROLES }, schema: { summary: 'Log out', tags: ['session'], response: { 204: z.null() } } },
    async (request, reply) => {
      const asker = askerIn(request);
      await inInsurer(world.database.app, asker, (tx) => tx`delete from sessions where token_hash = ${asker.tokenHash}`);
      forgetSession(world, asker);
      void reply.clearCookie(SESSION_COOKIE, { path: '/' });
      return reply.code(204).send(null);
    },
  );
}

function demoLogins(world: World, insurerId: InsurerId): Promise<(DemoRow & { password: string })[]> {
  return inInsurer(world.database.app, insurerId, async (tx) => {
    const rows = await tx<DemoRow[]>`
      select email, name, role from users where disabled_at is null and email like ${`%${DEMO_EMAIL_END}`} order by user_id limit ${DEMO_LOGINS_MAX}`;
    return rows.map((row) => ({ ...row, password: DEMO_PASSWORD }));
  });
}

async function findUser(world: World, insurerId: InsurerId, email: string): Promise<UserRow | undefined> {
  const rows = await inInsurer(
    world.database.app,
    insurerId,
    (tx) => tx<UserRow[]>`
    select user_id, password_hash, disabled_at from users where email = ${email.trim().toLowerCase()}`,
  );
  return rows[0];
}

type SessionRow = {
  code: string;
  name: string;
  name_zh_hans: string;
  name_zh_hant: string;
  simulated: boolean;
  reporting_currency: string;
  time_zone: string;
  clock_offset_ms: number;
};
type PersonRow = { user_name: string; email: string; role: Role; markets: string[] | null; language: Language };

async function startSession(world: World, insurerId: InsurerId, userId: number, reply: FastifyReply, secure: boolean): Promise<Asker> {
  const token = randomBytes(32).toString('base64url');
  const csrfToken = randomBytes(32).toString('base64url');
  const hash = tokenHash(token);
  const now = machineNow(world);
  const row = await inInsurer(world.database.app, insurerId, async (tx) => {
    await tx`delete from sessions where user_id = ${userId} and expires_at <= ${new Date(now)}`;
    await tx`insert into sessions (insurer_id, token_hash, user_id, csrf_token, created_at, expires_at)
      values (${insurerId}, ${hash}, ${userId}, ${csrfToken}, ${new Date(now)}, ${new Date(now + SESSION_HOURS * 3_600_000)})`;
    const [found] = await tx<(SessionRow & PersonRow)[]>`
      select i.code, i.name, i.name_zh_hans, i.name_zh_hant, i.simulated, i.reporting_currency, i.time_zone, i.clock_offset_ms, u.name as user_name, u.email, u.role, u.markets, u.language
      from users u join insurers i using (insurer_id) where u.user_id = ${userId}`;
    return found;
  });
  if (row === undefined) throw new Error('a user vanished while logging in');
  void reply.setCookie(SESSION_COOKIE, `${insurerId}.${token}`, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure,
    maxAge: SESSION_HOURS * 3_600,
  });
  return {
    kind: 'session',
    insurerId,
    insurerCode: row.code,
    insurerNames: { en: row.name, 'zh-Hans': row.name_zh_hans, 'zh-Hant': row.name_zh_hant },
    simulated: row.simulated,
    reportingCurrency: row.reporting_currency,
    timeZone: row.time_zone,
    clockOffsetMs: row.clock_offset_ms,
    id: userId,
    name: row.user_name,
    email: row.email,
    role: row.role,
    markets: row.markets,
    language: row.language,
    csrfToken,
    tokenHash: hash,
  };
}

function sessionOf(world: World, asker: Asker): z.output<typeof sessionShape> {
  return {
    insurer: {
      code: asker.insurerCode,
      name: asker.insurerNames.en,
      names: asker.insurerNames,
      simulated: asker.simulated,
      time_zone: asker.timeZone,
      reporting_currency: asker.reportingCurrency,
    },
    user: { id: asker.id, name: asker.name, email: asker.email, role: asker.role, markets: asker.markets, language: asker.language },
    business_date: businessDateOf(world, asker),
    csrf_token: asker.csrfToken,
  };
}
