/** What every page for holders shares: forms by POST, a guard against forms of other sites, the language, a page in answer and never a program's. */

import { type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type FastifyBaseLogger, type FastifyInstance, type FastifyReply, type FastifyRequest, type FastifyTypeProvider } from 'fastify';
import { z } from 'zod';
import { problemPage, type PortalProblem } from '../../../portal/index.ts';
import { LANGUAGES, type Language } from '../../kernel/index.ts';
import { languageOf } from '../problems.ts';

export const language = z.enum(LANGUAGES);
export type PortalRequest<Params = Readonly<Record<string, string>>> = FastifyRequest<{ Params: Params; Querystring: Record<string, unknown> }>;

type Scope<Types extends FastifyTypeProvider> = FastifyInstance<Server, IncomingMessage, ServerResponse, FastifyBaseLogger, Types>;

const FORM_BYTES_MAX = 16 * 1024;

/** Forms of pages in this scope, and their errors as pages. A name that comes several times (check boxes) is one text with commas. */
export function takePages<Types extends FastifyTypeProvider>(scope: Scope<Types>, addressOf: (request: PortalRequest) => string): void {
  scope.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string', bodyLimit: FORM_BYTES_MAX }, (_request, body, done) => {
    const fields = new URLSearchParams(String(body));
    done(null, Object.fromEntries([...new Set(fields.keys())].map((name) => [name, fields.getAll(name).join(',')])));
  });
  // A holder gets a page, never a program's answer.
  scope.setErrorHandler((error: { statusCode?: number }, request, reply) => {
    const busy = error.statusCode === 429;
    if (!busy && (error.statusCode ?? 500) >= 500) request.log.error({ err: error }, 'portal page');
    return sendProblemPage(request as PortalRequest, reply, addressOf(request as PortalRequest), busy ? 'busy' : 'trouble', error.statusCode ?? 500);
  });
}

/** A form on another site must not act in a holder's name; programs without a browser have no such header. */
export function fromElsewhere(request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site'];
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}

export function pageLanguage(request: PortalRequest, asked: Language | undefined, otherwise: Language): Language {
  const chosen = language.safeParse(asked ?? request.query['lang']);
  return chosen.success ? chosen.data : otherwise;
}

export const sendPage = (reply: FastifyReply, page: string, status = 200): FastifyReply =>
  reply.code(status).headers({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' }).type('text/html; charset=utf-8').send(page);

export function sendProblemPage(request: PortalRequest, reply: FastifyReply, address: string, problem: PortalProblem, status: number, spoken?: Language): FastifyReply {
  return sendPage(reply, problemPage({ problem, language: pageLanguage(request, spoken, languageOf(request)), nonce: request.nonce, address }), status);
}
