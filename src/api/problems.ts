/** Every error leaves as `application/problem+json` (RFC 9457), in the asker's language. */

import { randomUUID } from 'node:crypto';
import { type FastifyError, type FastifyReply, type FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { fail, LANGUAGES, type Language, type Problem } from '../kernel/index.ts';
import { problemText } from '../kernel/problem-texts.ts';

export const problemShape = z
  .object({
    type: z.string().describe('A name for the kind of problem, stable: `urn:inforce:problem:<code>`'),
    title: z.string().describe('What happened and what to do, in the asker’s language'),
    status: z.int(),
    code: z.string(),
    details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
  })
  .meta({ id: 'Problem' });

/** Problems that are not 422. */
const STATUS: Readonly<Record<string, number>> = {
  request_invalid: 400,
  idempotency_key_invalid: 400,
  webhook_malformed: 400,
  method_unknown: 400,
  sign_in_needed: 401,
  sign_in_refused: 401,
  webhook_signature_invalid: 401,
  webhook_too_old: 401,
  role_not_allowed: 403,
  markets_bound: 403,
  csrf_token_invalid: 403,
  link_invalid: 403,
  not_found: 404,
  payment_unknown: 404,
  method_not_allowed: 405,
  idempotency_in_progress: 409,
  dispute_exists: 409,
  dispute_closed: 409,
  hand_over_closed: 409,
  person_needed: 403,
  contact_not_call: 409,
  contact_not_failed: 409,
  contact_not_unconfirmed: 409,
  resend_channel_impossible: 409,
  promise_open: 409,
  bill_not_open: 409,
  bill_closed: 409,
  no_fee_to_waive: 409,
  terms_against_law: 422,
  point_worth_is_kept: 409,
  points_too_few: 409,
  points_are_off: 409,
  consent_missing: 409,
  bill_held: 409,
  bill_not_held: 409,
  held_count_changed: 409,
  second_person_needed: 409,
  approval_waits_already: 409,
  approval_answered_already: 409,
  approval_needs_another: 403,
  approval_withdrawn_by_asker: 403,
  waiting_money_gone: 409,
  own_money_exceeds_owed: 409,
  refund_not_due: 409,
  producer_looks_after: 409,
  commission_rate_exists: 409,
  group_member_elsewhere: 409,
  list_bill_exists: 409,
  list_bill_paid: 409,
  receipt_given_already: 409,
  bill_not_written_off: 409,
  write_off_recovered: 409,
  money_in_flight: 409,
  bill_not_corrected: 409,
  day_closed_already: 409,
  books_disagree: 409,
  business_date_before_last_cycle: 409,
  changed_meanwhile: 409,
  target_exists: 409,
  strategy_exists: 409,
  segment_name_taken: 409,
  segments_full: 409,
  alert_closed: 409,
  import_running: 409,
  import_not_ready: 409,
  import_not_running: 409,
  upload_out_of_step: 409,
  job_not_failing: 409,
  sync_running: 409,
  connection_paused: 409,
  connection_missing: 404,
  link_expired: 410,
  request_too_large: 413,
  upload_too_large: 413,
  media_type_unsupported: 415,
  too_many_requests: 429,
  internal: 500,
  provider_refused: 502,
  provider_unreachable: 503,
  service_unavailable: 503,
};

export const statusOf = (problem: Problem): number => STATUS[problem.code] ?? 422;

/** The first of our languages that the asker accepts: `?lang=` of a page, the log-in's, then Accept-Language. */
export function languageOf(request: FastifyRequest): Language {
  const asked = request.headers['accept-language'];
  if (asked === undefined || asked === '*') return request.asker?.language ?? 'en';
  return acceptedLanguage(asked);
}

/** `zh-TW,zh;q=0.9` is zh-Hant; anything we do not speak is English. */
export function acceptedLanguage(header: string): Language {
  const tags = header
    .split(',')
    .map((part) => {
      const [tag = '', quality] = part.trim().split(/;\s*q=/);
      return { tag: tag.toLowerCase(), quality: quality === undefined ? 1 : Number(quality) };
    })
    .sort((a, b) => b.quality - a.quality);
  for (const { tag } of tags) {
    const exact = LANGUAGES.find((language) => language.toLowerCase() === tag);
    if (exact !== undefined) return exact;
    if (/^zh-(tw|hk|mo|hant)/.test(tag)) return 'zh-Hant';
    if (tag.startsWith('zh')) return 'zh-Hans';
    if (tag.startsWith('en')) return 'en';
  }
  return 'en';
}

export function problemBody(problem: Problem, language: Language): z.output<typeof problemShape> {
  return {
    type: `urn:inforce:problem:${problem.code}`,
    title: problemText(problem, language),
    status: statusOf(problem),
    code: problem.code,
    ...(problem.details === undefined ? {} : { details: { ...problem.details } }),
  };
}

/** Answers with a problem; `return sendProblem(…)` ends a handler. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, problem: Problem): FastifyReply {
  const language = languageOf(request);
  return reply
    .code(statusOf(problem))
    .header('content-language', language)
    .header('cache-control', 'no-store')
    .type('application/problem+json; charset=utf-8')
    .serializer(JSON.stringify)
    .send(problemBody(problem, language));
}

const CONNECTION_LOST = /ECONNREFUSED|CONNECTION_(CLOSED|ENDED|DESTROYED)|CONNECT_TIMEOUT|ECONNRESET/;
/** PostgreSQL's "admin shutdown", "cannot connect now", "too many connections". */
const DATABASE_AWAY = new Set(['57P01', '57P02', '57P03', '53300']);

/** A character that PostgreSQL's text cannot hold (NUL). */
const UNSTORABLE_TEXT = new Set(['22021', '22P05']);

/** Turns what Fastify or a bug threw into a problem; a bug is logged with a number that the person can tell us, and tells the outside nothing. */
export function handleError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (hasZodFastifySchemaValidationErrors(error)) {
    const first = error.validation[0];
    const where = `${error.validationContext ?? 'body'}${first?.instancePath ?? ''}`;
    return sendProblem(request, reply, { code: 'request_invalid', details: { where, reason: first?.message ?? '' } });
  }
  const code = error.code ?? '';
  if (error.statusCode === 429)
    return sendProblem(request, reply, { code: 'too_many_requests', details: { seconds: Number(reply.getHeader('retry-after') ?? 60) } });
  if (error.statusCode === 413) return sendProblem(request, reply, { code: 'request_too_large' });
  if (error.statusCode === 415) return sendProblem(request, reply, { code: 'media_type_unsupported' });
  if (error.statusCode !== undefined && error.statusCode < 500) {
    return sendProblem(request, reply, { code: 'request_invalid', details: { where: 'body', reason: error.message } });
  }
  if (CONNECTION_LOST.test(code) || DATABASE_AWAY.has(code)) return sendProblem(request, reply, { code: 'service_unavailable' });
  if (UNSTORABLE_TEXT.has(code)) return sendProblem(request, reply, { code: 'request_invalid', details: { where: 'text', reason: 'NUL' } });
  const reference = randomUUID().slice(0, 8);
  request.log.error({ reference, err: error }, 'unexpected error');
  return sendProblem(request, reply, { code: 'internal', details: { reference } });
}

export const notFound = (request: FastifyRequest, reply: FastifyReply): FastifyReply =>
  sendProblem(request, reply, fail('not_found').problem);
