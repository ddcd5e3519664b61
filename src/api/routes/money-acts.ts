/** Acts on money: what waits is used or goes back, what is left of a bill is given up; and the second person's answer where one may not act alone. */

import { z } from 'zod';
import { actOrAsk, type ActDone, answerAndAct } from '../../cycle/index.ts';
import { inInsurer } from '../../database/index.ts';
import { type BillId, type HolderId } from '../../kernel/index.ts';
import { payRefund, undoRefund, undoWriteOff, useWaitingMoney } from '../../payments/index.ts';
import { amountMinor, approvalShape, listApprovals, listRefunds, refundShape } from '../../service/index.ts';
import { askerIn } from '../asker.ts';
import { sendProblem } from '../problems.ts';
import { businessDateOf, nowOf, type Access, type Api, type Asker, type World } from '../world.ts';
import { idParam } from './holders.ts';

const ACTORS = ['manager', 'finance'] as const satisfies Access;
const READERS = ['manager', 'finance', 'compliance', 'auditor'] as const satisfies Access;
const LISTED_MAX = 200;
const TEXT_LENGTH_MAX = 500;

const reason = z.string().trim().min(1, 'say why').max(TEXT_LENGTH_MAX);
const done = z.object({ state: z.enum(['done', 'waits']).describe('`waits`: a second person is asked'), approval_id: z.int().nullable(), amount_minor: amountMinor, currency: z.string() });
const wireDone = ({ state, approvalId, amountMinor: minor, currency }: ActDone): z.output<typeof done> => ({ state, approval_id: approvalId, amount_minor: minor, currency });
const positive = amountMinor.refine((minor) => minor > 0n, 'expected more than nothing');
const moved = z.object({ amount_minor: amountMinor, currency: z.string() });

export function moneyActRoutes(app: Api, world: World): void {
  const who = (asker: Asker, holderId: number) => ({ insurerId: asker.insurerId, holderId: holderId as HolderId, by: asker.name, at: nowOf(world, asker), on: businessDateOf(world, asker) });

  app.get('/api/approvals', {
    config: { access: READERS }, schema: { summary: 'What waits for a second person, and what was answered last', tags: ['approvals'], response: { 200: z.object({ approvals: z.array(approvalShape) }) } },
  }, async (request) => ({ approvals: [...await inInsurer(world.database.app, askerIn(request), (tx) => listApprovals(tx, LISTED_MAX))] }));

  app.post('/api/approvals/:approval_id/answer', {
    config: { access: ACTORS },
    schema: {
      summary: 'Say yes or no to an act of somebody else, or withdraw one of your own; a yes carries it out', tags: ['approvals'], params: z.object({ approval_id: idParam }),
      body: z.object({ holder_id: idParam, answer: z.enum(['approved', 'refused', 'withdrawn']), note: z.string().trim().max(TEXT_LENGTH_MAX).default('') }),
      response: { 200: z.object({ answer: z.enum(['approved', 'refused', 'withdrawn']) }) },
    },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const { holder_id: holderId, answer, note } = request.body;
    const answered = await inInsurer(world.database.app, asker, (tx) => answerAndAct(tx, { ...who(asker, holderId), approvalId: request.params.approval_id, answer, note }));
    return answered.ok ? answered.value : sendProblem(request, reply, answered.problem);
  });

  app.post('/api/bills/:bill_id/write-off', {
    config: { access: ACTORS },
    schema: { summary: 'Give up what is left of a bill', tags: ['bills'], params: z.object({ bill_id: idParam }), body: z.object({ holder_id: idParam, reason }), response: { 200: done } },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const acted = await inInsurer(world.database.app, asker, (tx) => actOrAsk(tx, { ...who(asker, request.body.holder_id), kind: 'write_off', order: { bill_id: request.params.bill_id }, reason: request.body.reason }));
    return acted.ok ? wireDone(acted.value) : sendProblem(request, reply, acted.problem);
  });

  app.post('/api/bills/:bill_id/write-off/undo', {
    config: { access: ACTORS },
    schema: { summary: 'Ask again for what was given up', tags: ['bills'], params: z.object({ bill_id: idParam }), body: z.object({ holder_id: idParam }), response: { 200: moved } },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const undone = await inInsurer(world.database.app, asker, (tx) => undoWriteOff(tx, asker, { holderId: request.body.holder_id as HolderId, billId: request.params.bill_id as BillId }, businessDateOf(world, asker)));
    return undone.ok ? { amount_minor: undone.value.leftMinor, currency: undone.value.currency } : sendProblem(request, reply, undone.problem);
  });

  app.post('/api/suspense/:suspense_id/use', {
    config: { access: ACTORS },
    schema: {
      summary: 'Money that waits pays a bill of its holder', tags: ['payments'], params: z.object({ suspense_id: idParam }),
      body: z.object({ holder_id: idParam, bill_id: idParam, amount_minor: positive.nullable().default(null).describe('Null: as much as waits and is owed') }), response: { 200: z.object({ used_minor: amountMinor }) },
    },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const { holder_id: holderId, bill_id: billId, amount_minor: minor } = request.body;
    const used = await inInsurer(world.database.app, asker, (tx) => useWaitingMoney(tx, asker, { ...who(asker, holderId), suspenseId: request.params.suspense_id, billId: billId as BillId, amountMinor: minor }));
    return used.ok ? { used_minor: used.value.usedMinor } : sendProblem(request, reply, used.problem);
  });

  app.post('/api/suspense/:suspense_id/refund', {
    config: { access: ACTORS },
    schema: {
      summary: 'Money that waits is to go back to its payer', tags: ['payments'], params: z.object({ suspense_id: idParam }),
      body: z.object({ holder_id: idParam, amount_minor: positive.nullable().default(null).describe('Null: all of it'), reason }), response: { 200: done },
    },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const { holder_id: holderId, amount_minor: minor, reason: why } = request.body;
    const acted = await inInsurer(world.database.app, asker, (tx) => actOrAsk(tx, {
      ...who(asker, holderId), kind: 'refund', order: { suspense_id: request.params.suspense_id, amount_minor: minor === null ? null : Number(minor) }, reason: why }));
    return acted.ok ? wireDone(acted.value) : sendProblem(request, reply, acted.problem);
  });

  app.get('/api/refunds', {
    config: { access: READERS }, schema: { summary: 'Refunds that are due, and the last that were sent or taken back', tags: ['payments'], response: { 200: z.object({ refunds: z.array(refundShape) }) } },
  }, async (request) => ({ refunds: [...await inInsurer(world.database.app, askerIn(request), (tx) => listRefunds(tx, LISTED_MAX))] }));

  app.post('/api/refunds/:refund_id/paid', {
    config: { access: ACTORS },
    schema: {
      summary: 'The bank has sent a refund', tags: ['payments'], params: z.object({ refund_id: idParam }),
      body: z.object({ holder_id: idParam, bank_reference: z.string().trim().min(1).max(TEXT_LENGTH_MAX) }), response: { 200: moved },
    },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const { holder_id: holderId, bank_reference: reference } = request.body;
    const paid = await inInsurer(world.database.app, asker, (tx) => payRefund(tx, asker, { holderId: holderId as HolderId, refundId: request.params.refund_id }, reference, businessDateOf(world, asker)));
    return paid.ok ? { amount_minor: paid.value.amountMinor, currency: paid.value.currency } : sendProblem(request, reply, paid.problem);
  });

  app.post('/api/refunds/:refund_id/undo', {
    config: { access: ACTORS },
    schema: { summary: 'A refund that the bank has not sent waits again', tags: ['payments'], params: z.object({ refund_id: idParam }), body: z.object({ holder_id: idParam }), response: { 200: moved } },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const undone = await inInsurer(world.database.app, asker, (tx) => undoRefund(tx, asker, { holderId: request.body.holder_id as HolderId, refundId: request.params.refund_id }, { by: asker.name, on: businessDateOf(world, asker) }));
    return undone.ok ? { amount_minor: undone.value.amountMinor, currency: undone.value.currency } : sendProblem(request, reply, undone.problem);
  });
}
