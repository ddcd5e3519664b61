/** Holders: the list, everything about one, and disputes of their bills. */

import { z } from 'zod';
import { inInsurer } from '../../database/index.ts';
import { fail, ok, type BillId, type HolderId } from '../../kernel/index.ts';
import { PAY_LINK_DAYS, payLinkToken, payLinkUrl } from '../../payments/index.ts';
import { AGE_BANDS, PREFERRED_CHANNELS, segmentById } from '../../portfolio/index.ts';
import { BILL_STAGES, holderRow, holderView, holderViewShape, type HolderPage, listHolders, moment, markHolder, MARKS, openDispute, plainDate, TIERS } from '../../service/index.ts';
import { askerIn } from '../asker.ts';
import { languageOf, notFound, sendProblem } from '../problems.ts';
import { sharedReading } from '../shared-answer.ts';
import { businessDateOf, nowOf, originOf, type Api, type World } from '../world.ts';

const PAGE_MAX = 200;
const PAGE_DEFAULT = 50;
const MS_PER_DAY = 86_400_000;

export const idParam = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER);
const filterShape = z.object({
  market: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .optional(),
  line: z.string().max(20).optional(),
  tier: z.enum(TIERS).optional(),
  stage: z.enum(BILL_STAGES).optional(),
  segment: idParam.optional().describe('Any of their policies is in it'),
  age: z.enum(AGE_BANDS).optional(),
  channel: z.enum(PREFERRED_CHANNELS).optional().describe('How they want to be reached'),
  after: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0).describe('next_after of the page before'),
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(PAGE_DEFAULT),
});

export function holderRoutes(app: Api, world: World): void {
  // The first pages of the late are what everybody begins the day with.
  const shared = sharedReading<HolderPage | null>(world);
  app.get(
    '/api/holders',
    {
      schema: {
        summary: 'Holders, by pages',
        tags: ['holders'],
        querystring: filterShape,
        response: { 200: z.object({
          holders: z.array(holderRow).readonly(),
          next_after: z.int().nullable().describe('Where the next page begins, also where this one is not full: one page looks at a few thousand holders'),
        }) },
      },
    },
    async (request, reply) => {
      const { market = null, line = null, tier = null, stage = null, segment, age = null, channel = null, after, limit } = request.query;
      const asker = askerIn(request);
      const page = await shared(asker, request.query, async (tx) => {
        const known = segment === undefined ? undefined : await segmentById(tx, segment);
        if (segment !== undefined && known === undefined) return null;
        return listHolders(tx, { market, line, tier, stage, segment: known?.conditions ?? null, age, channel, on: businessDateOf(world, asker), after, limit });
      });
      return page ?? notFound(request, reply);
    },
  );

  app.get(
    '/api/holders/:holder_id',
    {
      schema: {
        summary: 'Everything about one holder',
        tags: ['holders'],
        params: z.object({ holder_id: idParam }),
        response: { 200: holderViewShape },
      },
    },
    async (request, reply) => {
      const asker = askerIn(request);
      const holderId = request.params.holder_id as HolderId;
      const view = await holderView(world.database.app, asker, holderId, businessDateOf(world, asker), languageOf(request));
      return view ?? notFound(request, reply);
    },
  );

  app.post(
    '/api/holders/:holder_id/disputes',
    {
      config: { access: ['manager', 'agent', 'finance', 'compliance'] },
      schema: {
        summary: 'Open a dispute of a bill; collection of it pauses',
        tags: ['holders'],
        params: z.object({ holder_id: idParam }),
        body: z.object({ bill_id: idParam, reason: z.string().trim().min(1).max(2_000) }),
        response: { 201: z.object({ dispute_id: z.int(), answer_by: plainDate }) },
      },
    },
    async (request, reply) => {
      const asker = askerIn(request);
      const opened = await inInsurer(world.database.app, asker, (tx) =>
        openDispute(tx, {
          insurerId: asker.insurerId,
          holderId: request.params.holder_id as HolderId,
          billId: request.body.bill_id as BillId,
          reason: request.body.reason,
          openedAt: nowOf(world, asker),
          openedOn: businessDateOf(world, asker),
        }),
      );
      if (!opened.ok) return sendProblem(request, reply, opened.problem);
      return reply.code(201).send({ dispute_id: opened.value.disputeId, answer_by: opened.value.answerBy });
    },
  );

  app.post(
    '/api/holders/:holder_id/pay-link',
    {
      config: { access: ['manager', 'agent', 'finance'] },
      schema: {
        summary: 'A link that lets its bearer see and pay one bill without a log-in',
        tags: ['holders'],
        params: z.object({ holder_id: idParam }),
        body: z.object({ bill_id: idParam }),
        response: { 200: z.object({ url: z.string(), expires_at: moment }) },
      },
    },
    async (request, reply) => {
      const asker = askerIn(request);
      const [holderId, billId] = [request.params.holder_id as HolderId, request.body.bill_id as BillId];
      const open = await inInsurer(world.database.app, asker, async (tx) => {
        const [bill] = await tx<{ state: string }[]>`select state from bills where holder_id = ${holderId} and bill_id = ${billId}`;
        if (bill === undefined) return fail('not_found');
        return bill.state === 'open' ? ok(null) : fail('bill_not_open', { state: bill.state });
      });
      if (!open.ok) return sendProblem(request, reply, open.problem);
      const expiresAt = nowOf(world, asker) + PAY_LINK_DAYS * MS_PER_DAY;
      const token = payLinkToken(world.secret, { insurerId: asker.insurerId, holderId, billId, contactId: null, expiresAt });
      return { url: payLinkUrl(originOf(request), token), expires_at: new Date(expiresAt) };
    },
  );

  app.put('/api/holders/:holder_id/marks', {
    config: { access: ['manager', 'agent', 'compliance'] },
    schema: {
      summary: 'Mark a holder as vulnerable, deceased, represented or not to be called; the law’s rules ask for these', tags: ['holders'], params: z.object({ holder_id: idParam }),
      body: z.object({ seen: z.array(z.string().max(40)).max(20).describe('The flags that the person has seen'), marks: z.array(z.enum(MARKS)).max(MARKS.length) }),
      response: { 200: z.object({ flags: z.array(z.string()) }) },
    },
  }, async (request, reply) => {
    const { seen, marks } = request.body;
    const marked = await inInsurer(world.database.app, askerIn(request), (tx) => markHolder(tx, request.params.holder_id as HolderId, seen, marks));
    return marked.ok ? { flags: [...marked.value] } : sendProblem(request, reply, marked.problem);
  });
}
