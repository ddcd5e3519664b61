/** Acts on money: what waits is used or goes back, what is left of a bill is given up; and the second person's answer where one may not act alone. */

import { z } from 'zod';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type ActAsked, actOrAsk, type ActDone, answerAndAct, moneyMoved, previewAct, previewAnswer } from '../../cycle/index.ts';
import { inInsurer, type Tx } from '../../database/index.ts';
import { type BillId, type HolderId, type PaymentId, type Result } from '../../kernel/index.ts';
import { giveReceipt, payRefund, takeBackOwnMoney, takeBackReceipt, undoRefund, undoWriteOff, useWaitingMoney } from '../../payments/index.ts';
import {
  amountMinor, approvalShape, candidatesShape, homelessMoney, listApprovals, listRefunds, openBillsOf, ownSuspense, rankCandidates, refundShape, search, searchesFor,
} from '../../service/index.ts';
import { askerIn } from '../asker.ts';
import { actOn, bookedShape, previewFlag } from '../dry-run.ts';
import { sendProblem } from '../problems.ts';
import { businessDateOf, nowOf, type Access, type Api, type Asker, type World } from '../world.ts';
import { idParam } from './holders.ts';

const ACTORS = ['manager', 'finance'] as const satisfies Access;
const READERS = ['manager', 'finance', 'compliance', 'auditor'] as const satisfies Access;
const LISTED_MAX = 200;
const TEXT_LENGTH_MAX = 500;

const reason = z.string().trim().min(1, 'say why').max(TEXT_LENGTH_MAX);
const booked = z.array(bookedShape).describe('Entries that were made; of a preview, that would be');
export const actDoneShape = z.object({ state: z.enum(['done', 'waits']).describe('`waits`: a second person is asked'), approval_id: z.int().nullable(), amount_minor: amountMinor, currency: z.string(), booked });
const wireDone = ({ state, approvalId, amountMinor: minor, currency }: ActDone): Omit<z.output<typeof actDoneShape>, 'booked'> => ({ state, approval_id: approvalId, amount_minor: minor, currency });
const positive = amountMinor.refine((minor) => minor > 0n, 'expected more than nothing');
export const bookedAnswer = z.object({ booked });
const homeless = { kind: z.enum(['payment', 'receipt']), id: idParam, holder_id: idParam.nullable().default(null).describe('Of money whose holder is known') };
export const approvalsShape = z.object({ approvals: z.array(approvalShape) });
export const refundsShape = z.object({ refunds: z.array(refundShape) });
/** Nobody's money stands as holder 0 in the ledger. */
const NOBODY = 0;

export function moneyActRoutes(app: Api, world: World): void {
  const who = (asker: Asker, holderId: number) => ({ insurerId: asker.insurerId, holderId: holderId as HolderId, by: asker.name, at: nowOf(world, asker), on: businessDateOf(world, asker) });
  /** An act that answers with what it booked. */
  const moved = async (request: FastifyRequest, reply: FastifyReply, holderId: number, preview: boolean, act: (tx: Tx) => Promise<Result<unknown>>) => {
    const answer = await actOn(world.database.app, askerIn(request), [holderId, NOBODY], preview, act);
    return answer.ok ? { booked: answer.value.booked } : sendProblem(request, reply, answer.problem);
  };
  /** An act that may need a second person. */
  const asked = async (request: FastifyRequest, reply: FastifyReply, preview: boolean, act: ActAsked) => {
    const answer = await actOn(world.database.app, askerIn(request), [act.holderId], preview, (tx) => (preview ? previewAct(tx, act) : actOrAsk(tx, act)));
    return answer.ok ? { ...wireDone(answer.value.value), booked: answer.value.booked } : sendProblem(request, reply, answer.problem);
  };

  app.get('/api/approvals', {
    config: { access: READERS }, schema: { summary: 'What waits for a second person, and what was answered last', tags: ['approvals'], response: { 200: approvalsShape } },
  }, async (request) => ({ approvals: [...await inInsurer(world.database.app, askerIn(request), (tx) => listApprovals(tx, LISTED_MAX))] }));

  app.post('/api/approvals/:approval_id/preview', {
    config: { access: READERS },
    schema: { summary: 'What a yes would book', tags: ['approvals'], params: z.object({ approval_id: idParam }), body: z.object({ holder_id: idParam }), response: { 200: bookedAnswer } },
  }, async (request, reply) => {
    const asker = askerIn(request);
    return moved(request, reply, request.body.holder_id, true, (tx) => previewAnswer(tx, { ...who(asker, request.body.holder_id), approvalId: request.params.approval_id }));
  });

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
    schema: { summary: 'Give up what is left of a bill', tags: ['bills'], params: z.object({ bill_id: idParam }), body: z.object({ holder_id: idParam, reason, preview: previewFlag }), response: { 200: actDoneShape } },
  }, async (request, reply) => {
    const { holder_id: holderId, reason: why, preview } = request.body;
    return asked(request, reply, preview, { ...who(askerIn(request), holderId), kind: 'write_off', order: { bill_id: request.params.bill_id }, reason: why });
  });

  app.post('/api/bills/:bill_id/write-off/undo', {
    config: { access: ACTORS },
    schema: { summary: 'Ask again for what was given up', tags: ['bills'], params: z.object({ bill_id: idParam }), body: z.object({ holder_id: idParam, preview: previewFlag }), response: { 200: bookedAnswer } },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const { holder_id: holderId, preview } = request.body;
    return moved(request, reply, holderId, preview, (tx) => undoWriteOff(tx, asker, { holderId: holderId as HolderId, billId: request.params.bill_id as BillId }, businessDateOf(world, asker)));
  });

  app.get('/api/suspense/candidates', {
    config: { access: READERS }, schema: { summary: 'Which bills money without a home may be for, and why', tags: ['payments'], querystring: z.object({ ...homeless, id: idParam, holder_id: idParam.optional() }), response: { 200: candidatesShape } },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const { kind, id, holder_id: holderId = null } = request.query;
    const money = await inInsurer(world.database.app, asker, (tx) => homelessMoney(tx, { kind, id, holderId }));
    if (money === null) return sendProblem(request, reply, { code: 'not_found' });
    const found = money.holderId === null ? (await Promise.all(searchesFor(money).map((text) => search(world.database.app, asker, text)))).flat().map((hit) => hit.holder_id) : [money.holderId];
    const bills = await inInsurer(world.database.app, asker, (tx) => openBillsOf(tx, [...new Set(found)]));
    return { candidates: rankCandidates(money, bills) };
  });

  app.put('/api/suspense/owner', {
    config: { access: ACTORS },
    schema: {
      summary: 'Say who looks after money without a home', tags: ['payments'],
      body: z.object({ ...homeless, mine: z.boolean().describe('Mine, or nobody’s'), seen: z.string().nullable().describe('The owner as the person saw it') }), response: { 200: z.object({ owner: z.string().nullable() }) },
    },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const { kind, id, holder_id: holderId, mine, seen } = request.body;
    const owned = await inInsurer(world.database.app, asker, (tx) => ownSuspense(tx, { kind, id, holderId }, mine ? asker.name : null, seen));
    return owned.ok ? owned.value : sendProblem(request, reply, owned.problem);
  });

  app.post('/api/suspense/:suspense_id/use', {
    config: { access: ACTORS },
    schema: {
      summary: 'Money that waits pays a bill of its holder', tags: ['payments'], params: z.object({ suspense_id: idParam }),
      body: z.object({ holder_id: idParam, bill_id: idParam, amount_minor: positive.nullable().default(null).describe('Null: as much as waits and is owed'), preview: previewFlag }), response: { 200: bookedAnswer },
    },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const { holder_id: holderId, bill_id: billId, amount_minor: minor, preview } = request.body;
    return moved(request, reply, holderId, preview, async (tx) => {
      const whom = who(asker, holderId);
      const used = await useWaitingMoney(tx, asker, { ...whom, suspenseId: request.params.suspense_id, billId: billId as BillId, amountMinor: minor });
      if (used.ok) await moneyMoved(tx, asker, used.value, whom);
      return used;
    });
  });

  app.post('/api/suspense/:suspense_id/refund', {
    config: { access: ACTORS },
    schema: {
      summary: 'Money that waits is to go back to its payer', tags: ['payments'], params: z.object({ suspense_id: idParam }),
      body: z.object({ holder_id: idParam, amount_minor: positive.nullable().default(null).describe('Null: all of it'), reason, preview: previewFlag }), response: { 200: actDoneShape },
    },
  }, async (request, reply) => {
    const { holder_id: holderId, amount_minor: minor, reason: why, preview } = request.body;
    return asked(request, reply, preview, {
      ...who(askerIn(request), holderId), kind: 'refund', order: { suspense_id: request.params.suspense_id, amount_minor: minor === null ? null : Number(minor) }, reason: why });
  });

  app.post('/api/receipts/:receipt_id/give', {
    config: { access: ACTORS, wholeInsurer: true },
    schema: {
      summary: 'A receipt of the bank that led nowhere pays this bill', tags: ['payments'], params: z.object({ receipt_id: idParam }),
      body: z.object({ holder_id: idParam, bill_id: idParam, preview: previewFlag }), response: { 200: bookedAnswer },
    },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const { holder_id: holderId, bill_id: billId, preview } = request.body;
    return moved(request, reply, holderId, preview, async (tx) => {
      const whom = who(asker, holderId);
      const given = await giveReceipt(tx, asker, { ...whom, receiptId: request.params.receipt_id, billId: billId as BillId });
      if (given.ok) await moneyMoved(tx, asker, given.value, whom);
      return given;
    });
  });

  app.post('/api/payments/:payment_id/take-back', {
    config: { access: ACTORS, wholeInsurer: true },
    schema: {
      summary: 'Money of our own, or a receipt that a person gave to a bill, leaves that bill again', tags: ['payments'], params: z.object({ payment_id: idParam }), body: z.object({ holder_id: idParam, preview: previewFlag }),
      response: { 200: bookedAnswer },
    },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const { holder_id: holderId, preview } = request.body;
    const paymentId = request.params.payment_id as PaymentId;
    return moved(request, reply, holderId, preview, async (tx) => {
      const whom = who(asker, holderId);
      const own = await takeBackOwnMoney(tx, asker, whom.holderId, [paymentId], whom);
      const back = own.ok ? own : await takeBackReceipt(tx, asker, whom.holderId, paymentId, whom);
      if (back.ok) await moneyMoved(tx, asker, back.value, whom);
      return back;
    });
  });

  app.get('/api/refunds', {
    config: { access: READERS }, schema: { summary: 'Refunds that are due, and the last that were sent or taken back', tags: ['payments'], response: { 200: refundsShape } },
  }, async (request) => ({ refunds: [...await inInsurer(world.database.app, askerIn(request), (tx) => listRefunds(tx, LISTED_MAX))] }));

  app.post('/api/refunds/:refund_id/paid', {
    config: { access: ACTORS },
    schema: {
      summary: 'The bank has sent a refund', tags: ['payments'], params: z.object({ refund_id: idParam }),
      body: z.object({ holder_id: idParam, bank_reference: z.string().trim().min(1).max(TEXT_LENGTH_MAX), preview: previewFlag }), response: { 200: bookedAnswer },
    },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const { holder_id: holderId, bank_reference: reference, preview } = request.body;
    return moved(request, reply, holderId, preview, (tx) => payRefund(tx, asker, { holderId: holderId as HolderId, refundId: request.params.refund_id }, reference, businessDateOf(world, asker)));
  });

  app.post('/api/refunds/:refund_id/undo', {
    config: { access: ACTORS },
    schema: { summary: 'A refund that the bank has not sent waits again', tags: ['payments'], params: z.object({ refund_id: idParam }), body: z.object({ holder_id: idParam, preview: previewFlag }), response: { 200: bookedAnswer } },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const { holder_id: holderId, preview } = request.body;
    return moved(request, reply, holderId, preview, (tx) => undoRefund(tx, asker, { holderId: holderId as HolderId, refundId: request.params.refund_id }, { by: asker.name, on: businessDateOf(world, asker) }));
  });
}
