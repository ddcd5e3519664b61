/** The holder's way to pay: a link opens one bill without a log-in, one tap leads to the provider, and back to the receipt. */

import { type FastifyReply, type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { DISPUTE_REASONS, disputePage, payPage, problemPage, type PayPageFacts, type PortalProblem } from '../../../portal/index.ts';
import { inInsurer, type Tx } from '../../database/index.ts';
import { fail, LANGUAGES, localDate, ok, type Language, type PlainDate, type Result } from '../../kernel/index.ts';
import { openCheckout, openPayLink, payPageFacts, readPayLink, type PayLink, type Provider } from '../../payments/index.ts';
import { disputeAnswerBy, openDispute } from '../../service/index.ts';
import { languageOf, statusOf } from '../problems.ts';
import { PAY_LIMIT } from '../security.ts';
import { insurerById, machineNow, nowOf, originOf, type Api, type InsurerClock, type World } from '../world.ts';

const WORDS_MAX = 1_000;
const language = z.enum(LANGUAGES);
const payForm = z.object({ method: z.string().max(50), lang: language.optional() });
const disputeForm = z.object({ reason: z.enum(DISPUTE_REASONS), more: z.string().max(WORDS_MAX * 2).default(''), lang: language.optional() });

type PayRequest = FastifyRequest<{ Params: { token: string }; Querystring: Record<string, unknown> }>;
type Opened = { readonly link: PayLink; readonly insurer: InsurerClock };
type Bill = Opened & { readonly facts: PayPageFacts; readonly answerBy: PlainDate | null };

export function payRoutes(app: Api, world: World, providers: readonly Provider[]): void {
  void app.register(async (scope) => {
    scope.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string', bodyLimit: 16 * 1024 }, (_request, body, done) =>
      done(null, Object.fromEntries(new URLSearchParams(String(body)))));
    // A holder gets a page, never a program's answer.
    scope.setErrorHandler((error: { statusCode?: number }, request, reply) => {
      const busy = error.statusCode === 429;
      if (!busy && (error.statusCode ?? 500) >= 500) request.log.error({ err: error }, 'pay page');
      return sendProblemPage(request as PayRequest, reply, busy ? 'busy' : 'trouble', error.statusCode ?? 500);
    });
    const route = { config: { rateLimit: PAY_LIMIT }, schema: { hide: true } } as const;
    scope.get('/pay/:token', route, (request, reply) => showBill(world, request as PayRequest, reply, false));
    scope.get('/pay/:token/done', route, (request, reply) => showBill(world, request as PayRequest, reply, true));
    scope.post('/pay/:token', route, (request, reply) => pay(world, providers, request as PayRequest, reply));
    scope.get('/pay/:token/dispute', route, (request, reply) => askDispute(world, request as PayRequest, reply));
    scope.post('/pay/:token/dispute', route, (request, reply) => takeDispute(world, request as PayRequest, reply));
  });
}

const addressOf = (request: PayRequest): string => `/pay/${encodeURIComponent(request.params.token)}`;

async function showBill(world: World, request: PayRequest, reply: FastifyReply, returned: boolean): Promise<FastifyReply> {
  const bill = await openBill(world, request, !returned);
  if (!bill.ok) return sendLinkProblem(request, reply, bill.problem.code);
  const { facts, answerBy, insurer } = bill.value;
  // Money that came and did not pay the whole bill: there is nothing to wait for, the rest is shown.
  const waits = returned && !(facts.state === 'open' && facts.payment?.state === 'succeeded');
  return sendPage(reply, payPage({
    facts, language: pageLanguage(request, undefined, facts.language), nonce: request.nonce, address: addressOf(request),
    today: localDate(nowOf(world, insurer), insurer.timeZone), answerBy, returned: waits,
  }));
}

async function pay(world: World, providers: readonly Provider[], request: PayRequest, reply: FastifyReply): Promise<FastifyReply> {
  if (fromElsewhere(request)) return sendProblemPage(request, reply, 'broken', 403);
  const opened = await openLink(world, request.params.token);
  if (!opened.ok) return sendLinkProblem(request, reply, opened.problem.code);
  const form = payForm.safeParse(request.body);
  const address = addressOf(request);
  if (!form.success) return reply.redirect(address, 303);
  const { link, insurer } = opened.value;
  const spoken = pageLanguage(request, form.data.lang, languageOf(request));
  const page = `${originOf(request)}${address}`;
  const answer = await openCheckout(world.database, providers, {
    insurerId: link.insurerId, holderId: link.holderId, billId: link.billId, contactId: link.contactId, method: form.data.method, language: spoken,
    returnUrl: `${page}/done?lang=${spoken}`, cancelUrl: `${page}?lang=${spoken}`,
  }, { at: nowOf(world, insurer), machine: machineNow(world) });
  if (!answer.ok) {
    return answer.problem.code === 'method_unknown' ? reply.redirect(`${address}?lang=${spoken}`, 303) : sendProblemPage(request, reply, 'trouble', 503, spoken);
  }
  switch (answer.value.kind) {
    case 'redirect': return reply.redirect(answer.value.url, 303);
    case 'in_flight': return reply.redirect(`${address}/done?lang=${spoken}`, 303);
    case 'closed': return reply.redirect(`${address}?lang=${spoken}`, 303);
  }
}

async function askDispute(world: World, request: PayRequest, reply: FastifyReply): Promise<FastifyReply> {
  const bill = await openBill(world, request, false);
  if (!bill.ok) return sendLinkProblem(request, reply, bill.problem.code);
  const { facts, answerBy } = bill.value;
  const sent = answerBy === null ? null : { answerBy, again: true };
  return sendPage(reply, disputePage({ facts, language: pageLanguage(request, undefined, facts.language), nonce: request.nonce, address: addressOf(request), sent }));
}

async function takeDispute(world: World, request: PayRequest, reply: FastifyReply): Promise<FastifyReply> {
  if (fromElsewhere(request)) return sendProblemPage(request, reply, 'broken', 403);
  const bill = await openBill(world, request, false);
  if (!bill.ok) return sendLinkProblem(request, reply, bill.problem.code);
  const form = disputeForm.safeParse(request.body);
  if (!form.success) return reply.redirect(`${addressOf(request)}/dispute`, 303);
  const { link, insurer, facts } = bill.value;
  const more = form.data.more.replaceAll('\0', '').trim().slice(0, WORDS_MAX);
  const at = nowOf(world, insurer);
  const opened = await inInsurer(world.database.app, link.insurerId, (tx) => openDispute(tx, {
    insurerId: link.insurerId, holderId: link.holderId, billId: link.billId, reason: more === '' ? form.data.reason : `${form.data.reason}: ${more}`,
    openedAt: at, openedOn: localDate(at, insurer.timeZone),
  }));
  const known = opened.ok ? opened.value.answerBy : opened.problem.details?.['answer_by'];
  if (typeof known !== 'string') return sendLinkProblem(request, reply, 'link_invalid');
  const sent = { answerBy: known as PlainDate, again: !opened.ok };
  return sendPage(reply, disputePage({ facts, language: pageLanguage(request, form.data.lang, facts.language), nonce: request.nonce, address: addressOf(request), sent }));
}

/** Problems: `link_invalid`, `link_expired` on the insurer's clock. */
async function openLink(world: World, token: string): Promise<Result<Opened>> {
  const genuine = openPayLink(world.secret, token);
  const insurer = genuine === null ? null : await insurerById(world, genuine.insurerId);
  if (insurer === null) return fail('link_invalid');
  const link = readPayLink(world.secret, token, nowOf(world, insurer));
  return link.ok ? ok({ link: link.value, insurer }) : link;
}

/** Everything in one transaction and one trip to the database: this is the page that must open on a poor line. */
async function openBill(world: World, request: PayRequest, visit: boolean): Promise<Result<Bill>> {
  const genuine = openPayLink(world.secret, request.params.token);
  if (genuine === null) return fail('link_invalid');
  const { insurerId, holderId, billId } = genuine;
  return inInsurer(world.database.app, insurerId, async (tx) => {
    const [[row], facts, answerBy] = await Promise.all([
      tx<{ time_zone: string; clock_offset_ms: number }[]>`select time_zone, clock_offset_ms from insurers where insurer_id = ${insurerId}`,
      payPageFacts(tx, holderId, billId), disputeAnswerBy(tx, holderId, billId),
    ]);
    if (row === undefined || facts === null) return fail('link_invalid');
    const insurer = { insurerId, timeZone: row.time_zone, clockOffsetMs: row.clock_offset_ms };
    const link = readPayLink(world.secret, request.params.token, nowOf(world, insurer));
    if (!link.ok) return link;
    if (visit) await recordVisit(tx, link.value, new Date(nowOf(world, insurer)));
    return ok({ link: link.value, insurer, facts, answerBy });
  });
}

/** The message that carried the link was opened, and its link used. */
async function recordVisit(tx: Tx, { holderId, contactId }: PayLink, at: Date): Promise<void> {
  if (contactId === null) return;
  await tx`
    insert into contact_events (insurer_id, holder_id, contact_id, kind, occurred_at)
    select c.insurer_id, c.holder_id, c.contact_id, k.kind, ${at} from contacts c cross join (values ('opened'), ('clicked')) as k(kind)
    where c.holder_id = ${holderId} and c.contact_id = ${contactId} on conflict do nothing`;
}

/** A form on another site must not open a payment or a dispute in a holder's name; programs without a browser have no such header. */
function fromElsewhere(request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site'];
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}

function pageLanguage(request: PayRequest, asked: Language | undefined, otherwise: Language): Language {
  const chosen = language.safeParse(asked ?? request.query['lang']);
  return chosen.success ? chosen.data : otherwise;
}

const sendPage = (reply: FastifyReply, page: string, status = 200): FastifyReply =>
  reply.code(status).headers({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' }).type('text/html; charset=utf-8').send(page);

function sendProblemPage(request: PayRequest, reply: FastifyReply, problem: PortalProblem, status: number, spoken?: Language): FastifyReply {
  return sendPage(reply, problemPage({ problem, language: pageLanguage(request, spoken, languageOf(request)), nonce: request.nonce, address: addressOf(request) }), status);
}

const sendLinkProblem = (request: PayRequest, reply: FastifyReply, code: string): FastifyReply =>
  sendProblemPage(request, reply, code === 'link_expired' ? 'expired' : 'broken', statusOf({ code }));
