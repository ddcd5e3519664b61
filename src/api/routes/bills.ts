/** One bill with its payments, bookings, decisions and the law's answers; and how it is put right. */

import { z } from 'zod';
import { billCorrected, correctionPreview } from '../../cycle/index.ts';
import { inInsurer } from '../../database/index.ts';
import { type BillId, type HolderId } from '../../kernel/index.ts';
import { type Correction, CORRECTION_REASONS } from '../../payments/index.ts';
import { amountMinor, billView, billViewShape } from '../../service/index.ts';
import { askerIn } from '../asker.ts';
import { languageOf, notFound, sendProblem } from '../problems.ts';
import { businessDateOf, nowOf, type Access, type Api, type World } from '../world.ts';
import { idParam } from './holders.ts';

const CORRECTORS = ['manager', 'finance'] as const satisfies Access;
const NOTE_LENGTH_MAX = 2_000;
const params = z.object({ bill_id: idParam });
const asked = z.object({
  holder_id: idParam, premium_minor: amountMinor.refine((minor) => minor > 0n, 'expected more than nothing; null withdraws the bill').nullable().describe('Null: the bill is withdrawn'),
});
const corrected = z.object({
  state: z.enum(['open', 'paid', 'cancelled']), premium_minor: amountMinor.nullable(), amount_minor: amountMinor.nullable(), paid_minor: amountMinor,
  charges: z.array(z.object({ kind: z.string(), rule: z.string(), amount_minor: amountMinor })), surplus_minor: amountMinor.describe('Paid for more than is owed: waits in suspense'),
});
export const correctionPreviewShape = corrected.extend({ version: z.int() });

const wireCorrection = ({ after, state, paidMinor, surplusMinor }: Correction): z.output<typeof corrected> => ({
  state, premium_minor: after?.premiumMinor ?? null, amount_minor: after?.amountMinor ?? null, paid_minor: paidMinor, surplus_minor: surplusMinor,
  charges: (after?.charges ?? []).map(({ kind, rule, amountMinor: amount }) => ({ kind, rule, amount_minor: amount })),
});

export function billRoutes(app: Api, world: World): void {
  app.get(
    '/api/bills/:bill_id',
    {
      schema: {
        summary: 'One bill',
        tags: ['bills'],
        params: z.object({ bill_id: idParam }),
        querystring: z.object({ holder_id: idParam }),
        response: { 200: billViewShape },
      },
    },
    async (request, reply) => {
      const { holder_id: holderId } = request.query;
      const view = await billView(world.database.app, askerIn(request), holderId as HolderId, request.params.bill_id as BillId, languageOf(request));
      return view ?? notFound(request, reply);
    },
  );

  app.post('/api/bills/:bill_id/corrections/preview', {
    config: { access: CORRECTORS },
    schema: { summary: 'What putting a bill right would do; nothing is changed', tags: ['bills'], params, body: asked, response: { 200: correctionPreviewShape } },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const { holder_id, premium_minor } = request.body;
    const previewed = await inInsurer(world.database.app, asker, (tx) => correctionPreview(tx, {
      insurerId: asker.insurerId, holderId: holder_id as HolderId, billId: request.params.bill_id as BillId, premiumMinor: premium_minor }));
    return previewed.ok ? { ...wireCorrection(previewed.value), version: previewed.value.version } : sendProblem(request, reply, previewed.problem);
  });

  app.post('/api/bills/:bill_id/corrections', {
    config: { access: CORRECTORS },
    schema: {
      summary: 'Put a bill right, or withdraw it: figures, books, and an open dispute of it', tags: ['bills'], params,
      body: asked.extend({
        version: z.int().min(0).describe('Corrections that the person has seen'), reason: z.enum(CORRECTION_REASONS), note: z.string().trim().min(1, 'say what was wrong').max(NOTE_LENGTH_MAX),
      }),
      response: { 200: corrected.extend({ correction_id: z.int(), dispute_answered: z.boolean() }) },
    },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const { holder_id, premium_minor, version, reason, note } = request.body;
    const done = await inInsurer(world.database.app, asker, (tx) => billCorrected(tx, {
      insurerId: asker.insurerId, holderId: holder_id as HolderId, billId: request.params.bill_id as BillId, premiumMinor: premium_minor, version, reason, note,
      by: asker.name, at: nowOf(world, asker), on: businessDateOf(world, asker),
    }));
    if (!done.ok) return sendProblem(request, reply, done.problem);
    return { ...wireCorrection(done.value), correction_id: done.value.correctionId, dispute_answered: done.value.disputeAnswered };
  });
}
