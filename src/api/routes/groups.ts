/** Payers of many: groups, their members, list bills, what was reported, and money for a list. */

import { z } from 'zod';
import { moneyMoved } from '../../cycle/index.ts';
import { inInsurer } from '../../database/index.ts';
import { type Currency, type HolderId } from '../../kernel/index.ts';
import { type ListTakenBack, type PaidList, clawBackCommission, PART_ORDERS, payList, takeBackListPayment } from '../../payments/index.ts';
import {
  addGroup, amountMinor, answerMismatch, currencyCode, groupShape, groupsShape, groupView, joinGroup, leaveGroup, listBillShape, listBillView, listGroups, makeListBill, plainDate, reportList,
} from '../../service/index.ts';
import { askerIn } from '../asker.ts';
import { actOn, previewFlag } from '../dry-run.ts';
import { sendProblem } from '../problems.ts';
import { businessDateOf, nowOf, type Access, type Api, type World } from '../world.ts';
import { idParam } from './holders.ts';
import { bookedAnswer } from './money-acts.ts';

const ACTORS = ['manager', 'finance'] as const satisfies Access;
const READERS = ['manager', 'finance', 'auditor'] as const satisfies Access;
const NAME_LENGTH_MAX = 120;
const TEXT_LENGTH_MAX = 500;
/** A payroll of ten thousand people. */
const REPORT_LENGTH_MAX = 900_000;
const nothing = z.object({});

export function groupRoutes(app: Api, world: World): void {
  app.get('/api/groups', { config: { access: READERS, wholeInsurer: true }, schema: { summary: 'Payers of many', tags: ['groups'], response: { 200: groupsShape } } },
    async (request) => inInsurer(world.database.app, askerIn(request), listGroups));

  app.post('/api/groups', {
    config: { access: ACTORS, wholeInsurer: true },
    schema: {
      summary: 'A company that pays for its members', tags: ['groups'],
      body: z.object({
        holder_id: idParam.describe('The payer'), name: z.string().trim().min(1).max(NAME_LENGTH_MAX), currency: currencyCode, part_order: z.enum(PART_ORDERS),
        rate_minor: amountMinor.refine((minor) => minor > 0n, 'expected more than nothing').nullable().default(null).describe('Of a reported unit, where premiums follow what was used'),
      }), response: { 200: z.object({ group_id: z.int() }) },
    },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const { holder_id: holderId, name, currency, part_order: partOrder, rate_minor: rateMinor } = request.body;
    const added = await inInsurer(world.database.app, asker, (tx) => addGroup(tx, asker.insurerId, { holderId: holderId as HolderId, name, currency: currency as Currency, partOrder, rateMinor, by: asker.name }));
    return added.ok ? added.value : sendProblem(request, reply, added.problem);
  });

  app.get('/api/groups/:group_id', { config: { access: READERS, wholeInsurer: true }, schema: { summary: 'A group: members, lists, money', tags: ['groups'], params: z.object({ group_id: idParam }), response: { 200: groupShape } } },
    async (request, reply) => await inInsurer(world.database.app, askerIn(request), (tx) => groupView(tx, request.params.group_id)) ?? sendProblem(request, reply, { code: 'not_found' }));

  app.post('/api/groups/:group_id/members', {
    config: { access: ACTORS, wholeInsurer: true },
    schema: {
      summary: 'The payer pays for this policy from a day on', tags: ['groups'], params: z.object({ group_id: idParam }),
      body: z.object({ policy_number: z.string().trim().min(1).max(NAME_LENGTH_MAX), employee_ref: z.string().trim().max(NAME_LENGTH_MAX).default(''), from_on: plainDate }), response: { 200: nothing },
    },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const { policy_number: policyNumber, employee_ref: employeeRef, from_on: fromOn } = request.body;
    const joined = await inInsurer(world.database.app, asker, (tx) => joinGroup(tx, asker.insurerId, request.params.group_id, { policyNumber, employeeRef, fromOn }));
    return joined.ok ? {} : sendProblem(request, reply, joined.problem);
  });

  app.post('/api/groups/:group_id/members/leave', {
    config: { access: ACTORS, wholeInsurer: true },
    schema: { summary: 'The payer does not pay for this policy any more', tags: ['groups'], params: z.object({ group_id: idParam }), body: z.object({ policy_id: idParam, to_on: plainDate }), response: { 200: nothing } },
  }, async (request, reply) => {
    const left = await inInsurer(world.database.app, askerIn(request), (tx) => leaveGroup(tx, request.params.group_id, request.body.policy_id, request.body.to_on));
    return left.ok ? {} : sendProblem(request, reply, left.problem);
  });

  app.post('/api/groups/:group_id/list-bills', {
    config: { access: ACTORS, wholeInsurer: true },
    schema: {
      summary: 'List what the members owe by the end of a month', tags: ['groups'], params: z.object({ group_id: idParam }),
      body: z.object({ period: plainDate.refine((day) => day.endsWith('-01'), 'expected the first day of a month'), due_on: plainDate }), response: { 200: z.object({ list_bill_id: z.int(), lines: z.int() }) },
    },
  }, async (request, reply) => {
    const asker = askerIn(request);
    // A refusal leaves nothing: an empty list is not kept.
    const made = await actOn(world.database.app, asker, [], false, (tx) => makeListBill(tx, asker.insurerId, { groupId: request.params.group_id, period: request.body.period, dueOn: request.body.due_on, by: asker.name, on: businessDateOf(world, asker) }));
    return made.ok ? made.value.value : sendProblem(request, reply, made.problem);
  });

  app.get('/api/list-bills/:list_bill_id', {
    config: { access: READERS, wholeInsurer: true }, schema: { summary: 'A list, line by line; what is to be answered first', tags: ['groups'], params: z.object({ list_bill_id: idParam }), response: { 200: listBillShape } },
  }, async (request, reply) => await inInsurer(world.database.app, askerIn(request), (tx) => listBillView(tx, request.params.list_bill_id)) ?? sendProblem(request, reply, { code: 'not_found' }));

  app.post('/api/list-bills/:list_bill_id/report', {
    config: { access: ACTORS, wholeInsurer: true },
    schema: {
      summary: 'What the payer reports, as CSV: employee, policy, amount or units', tags: ['groups'], params: z.object({ list_bill_id: idParam }), body: z.object({ csv: z.string().min(1).max(REPORT_LENGTH_MAX) }),
      response: { 200: z.object({ mismatches: z.int() }) },
    },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const kept = await inInsurer(world.database.app, asker, (tx) => reportList(tx, asker.insurerId, request.params.list_bill_id, request.body.csv));
    return kept.ok ? kept.value : sendProblem(request, reply, kept.problem);
  });

  app.post('/api/list-bills/:list_bill_id/lines/:line_no/answer', {
    config: { access: ACTORS, wholeInsurer: true },
    schema: {
      summary: 'What became of a difference', tags: ['groups'], params: z.object({ list_bill_id: idParam, line_no: idParam }), body: z.object({ answer: z.string().trim().min(1).max(TEXT_LENGTH_MAX) }), response: { 200: nothing },
    },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const { list_bill_id: id, line_no: line } = request.params;
    const answered = await inInsurer(world.database.app, asker, (tx) => answerMismatch(tx, id, line, request.body.answer, asker.name));
    return answered.ok ? {} : sendProblem(request, reply, answered.problem);
  });

  app.post('/api/list-bills/:list_bill_id/pay', {
    config: { access: ACTORS, wholeInsurer: true },
    schema: {
      summary: 'Waiting money of the payer pays the members’ bills', tags: ['groups'], params: z.object({ list_bill_id: idParam }), body: z.object({ holder_id: idParam.describe('The payer'), suspense_id: idParam, preview: previewFlag }),
      response: { 200: bookedAnswer },
    },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const { holder_id: payerId, suspense_id: suspenseId, preview } = request.body;
    const when = { at: nowOf(world, asker), on: businessDateOf(world, asker) };
    const paid = await actOn(world.database.app, asker, (list: PaidList) => [payerId, ...list.booked.map(({ holderId }) => holderId)], preview, async (tx) => {
      const done = await payList(tx, asker, { payerId: payerId as HolderId, listBillId: request.params.list_bill_id, suspenseId, by: asker.name, ...when });
      if (done.ok) await moneyMoved(tx, asker, done.value, when);
      return done;
    });
    return paid.ok ? { booked: paid.value.booked } : sendProblem(request, reply, paid.problem);
  });

  app.post('/api/group-payments/:group_payment_id/undo', {
    config: { access: ACTORS, wholeInsurer: true },
    schema: { summary: 'The payer’s money waits again, and the members’ bills are owed', tags: ['groups'], params: z.object({ group_payment_id: idParam }), body: z.object({ holder_id: idParam, preview: previewFlag }), response: { 200: bookedAnswer } },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const when = { at: nowOf(world, asker), on: businessDateOf(world, asker), by: asker.name };
    const back = await actOn(world.database.app, asker, ({ holderIds }: ListTakenBack) => holderIds, request.body.preview, async (tx) => {
      const done = await takeBackListPayment(tx, asker, request.body.holder_id as HolderId, request.params.group_payment_id, when);
      if (done.ok) await clawBackCommission(tx, asker, done.value.holderIds, when.on);
      return done;
    });
    return back.ok ? { booked: back.value.booked } : sendProblem(request, reply, back.problem);
  });
}
