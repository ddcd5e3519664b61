/** Did it arrive? Sums by channel, what did not arrive, one message, and what a person does about it. */

import { Readable } from 'node:stream';
import { z } from 'zod';
import { rulePacks } from '../../cycle/index.ts';
import { inInsurer, type Scope } from '../../database/index.ts';
import { addDays, csvCell, momentOf, type HolderId } from '../../kernel/index.ts';
import { resend, RESEND_CHANNELS } from '../../outreach/index.ts';
import {
  CONTACT_CHANNELS, dayCursor, deliveredMessage, deliveredMessageShape, deliverySums, deliverySumsShape, feedbackOf, feedbackShape, keepDeliveryAct, listNotArrived, listUntouched, moment,
  momentCursor, NOT_ARRIVED_STATES, notArrivedShape, plainDate, settleUnconfirmed, untouchedShape, type NotArrivedFilter, type NotArrivedRow, marketCode,
} from '../../service/index.ts';
import { askerIn } from '../asker.ts';
import { sharedReading } from '../shared-answer.ts';
import { notFound, sendProblem } from '../problems.ts';
import { businessDateOf, nowOf, type Api, type Asker, type World } from '../world.ts';
import { idParam } from './holders.ts';
import { pageLimit } from './money-lists.ts';
import { strategyId } from './strategies.ts';

const AFTER = 'next_after of the page before';
/** Rows of the file that are in memory at once. */
const FILE_PAGE = 5_000;

const filter = z.object({
  channel: z.enum(CONTACT_CHANNELS).optional(), state: z.enum(NOT_ARRIVED_STATES).optional(), market: marketCode.optional(),
  on: plainDate.optional().describe('The business day on which it was known'),
});
const contactParams = z.object({ holder_id: idParam, contact_id: idParam });
export const resentShape = z.object({
  answer: z.enum(['allow', 'defer', 'refuse']).describe('The law’s answer; refuse: nothing leaves'), rule: z.string().nullable(), article: z.string().nullable(),
  until: moment.nullable().describe('Of a deferral: when it leaves'),
});

export function deliveryRoutes(app: Api, world: World): void {
  const shared = sharedReading<Awaited<ReturnType<typeof deliverySums>>>(world);
  const silent = sharedReading<Awaited<ReturnType<typeof listUntouched>>>(world);
  app.get('/api/delivery', {
    schema: {
      summary: 'How many messages were sent, arrived, were opened, clicked and paid, by channel', tags: ['delivery'],
      querystring: z.object({ days: z.enum(['7', '30']).default('7') }), response: { 200: deliverySumsShape },
    },
  }, (request) => {
    const asker = askerIn(request);
    return shared(asker, request.query, (tx) => deliverySums(tx, { days: Number(request.query.days), today: businessDateOf(world, asker), timeZone: asker.timeZone }));
  });

  app.get('/api/delivery/not-arrived', {
    schema: {
      summary: 'Messages that did not arrive, newest first, by pages', tags: ['delivery'],
      querystring: filter.extend({ after: momentCursor.optional().describe(AFTER), limit: pageLimit }), response: { 200: notArrivedShape },
    },
  }, (request) => {
    const asker = askerIn(request);
    const { after = null, limit } = request.query;
    return inInsurer(world.database.app, asker, (tx) => listNotArrived(tx, { ...filterOf(request.query, asker), after, limit }));
  });

  app.get('/api/delivery/not-arrived/csv', {
    schema: { summary: 'The same as a file (text/csv)', tags: ['delivery'], querystring: filter },
  }, async (request, reply) => {
    const asker = askerIn(request);
    return reply.type('text/csv; charset=utf-8').header('content-disposition', 'attachment; filename="not-arrived.csv"').send(Readable.from(csvOf(world, asker, filterOf(request.query, asker))));
  });

  app.get('/api/delivery/untouched', {
    schema: {
      summary: 'Bills a week past due whose holder has heard nothing for two weeks, or the accounts below the floor of a strategy, by pages', tags: ['delivery'],
      querystring: z.object({ strategy: strategyId.optional(), after: dayCursor.optional().describe(AFTER), limit: pageLimit }), response: { 200: untouchedShape },
    },
  }, (request) => {
    const asker = askerIn(request);
    const { strategy = null, after = null, limit } = request.query;
    return silent(asker, request.query, (tx) => listUntouched(tx, { today: businessDateOf(world, asker), after, limit, strategyId: strategy }));
  });

  app.get('/api/delivery/feedback', {
    schema: { summary: 'What holders said of their payments in the last 30 days', tags: ['delivery'], response: { 200: feedbackShape } },
  }, (request) => {
    const asker = askerIn(request);
    return inInsurer(world.database.app, asker, (tx) => feedbackOf(tx, nowOf(world, asker)));
  });

  app.get('/api/delivery/:holder_id/:contact_id', {
    schema: { summary: 'One message: what was said, where to, and all its moments', tags: ['delivery'], params: contactParams, response: { 200: deliveredMessageShape } },
  }, async (request, reply) => {
    const { holder_id, contact_id } = request.params;
    return await inInsurer(world.database.app, askerIn(request), (tx) => deliveredMessage(tx, holder_id as HolderId, contact_id)) ?? notFound(request, reply);
  });

  app.post('/api/delivery/:holder_id/:contact_id/resend', {
    config: { access: ['manager', 'agent', 'compliance'] },
    schema: {
      summary: 'Send it again by another channel, if the law allows it now; once by each channel', tags: ['delivery'], params: contactParams,
      body: z.object({ channel: z.enum(RESEND_CHANNELS) }), response: { 200: resentShape },
    },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const of = { ...whoAndWhat(asker, request.params), at: nowOf(world, asker) };
    const { channel } = request.body;
    const resent = await inInsurer(world.database.app, asker, async (tx) => {
      const answer = await resend(tx, rulePacks(), { ...of, timeZone: asker.timeZone, channel });
      if (answer.ok) await keepDeliveryAct(tx, { ...of, act: ACTS[answer.value.answer], channel, askKey: answer.value.askKey });
      return answer;
    });
    if (!resent.ok) return sendProblem(request, reply, resent.problem);
    const { answer, rule, article, until } = resent.value;
    return { answer, rule, article, until: until === null ? null : new Date(until) };
  });

  app.post('/api/delivery/:holder_id/:contact_id/settle', {
    config: { access: ['manager', 'agent', 'compliance'] },
    schema: {
      summary: 'Say whether an unconfirmed message left', tags: ['delivery'], params: contactParams, body: z.object({ left: z.boolean() }), response: { 200: deliveredMessageShape },
    },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const of = { ...whoAndWhat(asker, request.params), at: nowOf(world, asker) };
    const settled = await inInsurer(world.database.app, asker, async (tx) => {
      const done = await settleUnconfirmed(tx, { ...of, left: request.body.left });
      return done.ok ? { ok: true as const, message: await deliveredMessage(tx, of.holderId, of.contactId) } : done;
    });
    if (!settled.ok) return sendProblem(request, reply, settled.problem);
    return settled.message ?? notFound(request, reply);
  });
}

const ACTS = { allow: 'resent', defer: 'deferred', refuse: 'refused' } as const;

const whoAndWhat = (asker: Asker, { holder_id, contact_id }: z.output<typeof contactParams>) => ({
  insurerId: asker.insurerId, holderId: holder_id as HolderId, contactId: contact_id, byUser: asker.kind === 'session' ? asker.id : null, byName: asker.name,
});

const filterOf = ({ channel, state, market, on }: z.output<typeof filter>, { timeZone }: Asker): Omit<NotArrivedFilter, 'after' | 'limit'> => ({
  channel: channel ?? null, state: state ?? null, market: market ?? null,
  span: on === undefined ? null : { from: momentOf(on, 0, timeZone), until: momentOf(addDays(on, 1), 0, timeZone) },
});

const CSV_COLUMNS = [
  'at', 'holder_id', 'contact_id', 'holder_name', 'market', 'reference', 'channel', 'purpose', 'template', 'state', 'failure',
] as const satisfies readonly (keyof NotArrivedRow)[];

/** Page after page, each a short transaction of its own. */
async function* csvOf(world: World, whose: Scope, wanted: Omit<NotArrivedFilter, 'after' | 'limit'>): AsyncGenerator<string> {
  yield `\ufeff${CSV_COLUMNS.join(',')},went_on_by\r\n`;
  let after: NotArrivedFilter['after'] = null;
  do {
    const from: NotArrivedFilter['after'] = after;
    const page: z.output<typeof notArrivedShape> = await inInsurer(world.database.app, whose, (tx) => listNotArrived(tx, { ...wanted, after: from, limit: FILE_PAGE }));
    if (page.contacts.length > 0) yield page.contacts.map((row) => `${[...CSV_COLUMNS.map((name) => csvCell(row[name])), csvCell(row.went_on_by.join(' '))].join(',')}\r\n`).join('');
    after = page.next_after;
  } while (after !== null);
}
