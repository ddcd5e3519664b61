/** What the figures are to be, and who is told when they are not. */

import { type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { inInsurer } from '../../database/index.ts';
import { acknowledgeAlert, addTarget, ALERT_FIGURES, alertsOf, changeTarget, removeTarget, reopenAlert, TARGET_FIGURES, targetsView, TERMS, type AlertAsker, type Editor } from '../../insight/index.ts';
import { moment, plainDate, marketCode } from '../../service/index.ts';
import { askerIn } from '../asker.ts';
import { sharedReading } from '../shared-answer.ts';
import { sendProblem } from '../problems.ts';
import { businessDateOf, nowOf, type Access, type Api, type World } from '../world.ts';
import { LINES } from './dashboard.ts';
import { idParam } from './holders.ts';

const CHANGERS = ['manager'] as const satisfies Access;
const NOTE_MAX = 1_000;
const GOAL_MAX = 1_000;

const figure = z.enum(TARGET_FIGURES);
const share = z.number().nullable();
const term = z.enum(TERMS);

const alertShape = z.object({
  alert_id: z.int(), target_id: z.int().nullable(), strategy_id: z.int().nullable(), strategy: z.string().nullable(), figure: z.enum(ALERT_FIGURES), market: z.string().nullable(), line: z.string().nullable(), on_date: plainDate, value: z.number(), warning: z.number(), owner: z.string().nullable(),
  raised_at: moment, acknowledged_at: moment.nullable(), acknowledged_by: z.string().nullable(), note: z.string(), recovered_on: plainDate.nullable(), escalated: z.boolean(), mine: z.boolean(),
  month_report_on: plainDate.nullable().describe('Of a jam: when a report at the end of the month would have told it'),
});
export const alertsShape = z.object({ alerts: z.array(alertShape).readonly() });
export const targetsShape = z.object({
  rows: z.array(z.object({
    figure, line: z.string().nullable(), unit: z.enum(['share', 'days']), better: z.enum(['more', 'less']), value: share, bills: z.number(), industry: share, leader: share, goal: share, warning: share,
    target_id: z.int().nullable(), term: term.nullable(), until_on: plainDate.nullable(), gap: share, gap_to_leader: share, state: z.enum(['green', 'amber', 'red']).nullable(),
  })).readonly(),
  targets: z.array(z.object({
    target_id: z.int(), figure, market: z.string().nullable(), line: z.string().nullable(), term, goal: z.number(), warning: share, owner_id: z.int().nullable(), owner: z.string().nullable(),
    from_on: plainDate, until_on: plainDate, version: z.int(), changed_by: z.string(), changed_at: moment,
  })).readonly(),
  alerts: z.array(alertShape).readonly(),
  anomalies: z.array(z.object({
    figure: z.string(), market: z.string(), line: z.string(), currency: z.string().nullable(), on_date: plainDate, value: z.number(), usual: z.number(), z: z.number(), bills: z.number(),
  })).readonly(),
  satisfaction: z.object({
    rows: z.array(z.object({
      month: plainDate, answers: z.int(), ease_mean: z.number(), easy: z.int(), clarity_answers: z.int(), clarity_mean: z.number().nullable(), clear: z.int(),
    })).readonly(),
    sql: z.string(), goal: z.number(),
  }),
});

const goal = z.number().min(0).max(GOAL_MAX);
const fields = { goal, warning: goal.nullable().default(null), owner_id: idParam.nullable().default(null), from_on: plainDate, until_on: plainDate };
const inOrder = { check: ({ from_on: from, until_on: until }: { from_on: string; until_on: string }): boolean => until > from, says: { error: 'until_on must be after from_on', path: ['until_on'] } };
const version = z.int().min(1).describe('The version that the change was made on');
const params = z.object({ target_id: idParam });
const alertParams = z.object({ alert_id: idParam });

export function targetRoutes(app: Api, world: World): void {
  const shared = sharedReading<Awaited<ReturnType<typeof targetsView>>>(world);
  const personOf = (request: FastifyRequest): AlertAsker => {
    const asker = askerIn(request);
    return { userId: asker.kind === 'session' ? asker.id : 0, manager: asker.role === 'manager', now: nowOf(world, asker) };
  };
  const editorOf = (request: FastifyRequest): Editor => {
    const asker = askerIn(request);
    return { insurerId: asker.insurerId, name: asker.name, at: nowOf(world, asker) };
  };

  app.get('/api/targets', {
    schema: {
      summary: 'Figures by line against industry, leader and the goal in force; targets, alerts, and figures that are not as usual', tags: ['insight'],
      querystring: z.object({ market: marketCode.optional() }), response: { 200: targetsShape },
    },
  }, async (request) => {
    const asker = askerIn(request);
    // Which alerts are a person's own stands among them.
    return shared(asker, { ...request.query, kind: asker.kind, id: asker.id }, (tx) => targetsView(tx, request.query.market ?? null, businessDateOf(world, asker), personOf(request)));
  });

  app.post('/api/targets', {
    config: { access: CHANGERS, wholeInsurer: true },
    schema: {
      summary: 'Set a target', tags: ['insight'],
      body: z.object({ figure, market: marketCode.nullable().default(null), line: z.enum(LINES).nullable().default(null), term, ...fields }).refine(inOrder.check, inOrder.says),
      response: { 201: z.object({ target_id: z.int() }) },
    },
  }, async (request, reply) => {
    const added = await inInsurer(world.database.app, askerIn(request), (tx) => addTarget(tx, editorOf(request), request.body));
    return added.ok ? reply.code(201).send({ target_id: added.value }) : sendProblem(request, reply, added.problem);
  });

  app.patch('/api/targets/:target_id', {
    config: { access: CHANGERS, wholeInsurer: true },
    schema: {
      summary: 'Change a target on the version that was seen', tags: ['insight'], params, body: z.object({ version, ...fields }).refine(inOrder.check, inOrder.says),
      response: { 200: z.object({ version: z.int() }) },
    },
  }, async (request, reply) => {
    const { version: on, ...to } = request.body;
    const changed = await inInsurer(world.database.app, askerIn(request), (tx) => changeTarget(tx, editorOf(request), request.params.target_id, on, to));
    return changed.ok ? { version: changed.value } : sendProblem(request, reply, changed.problem);
  });

  app.delete('/api/targets/:target_id', {
    config: { access: CHANGERS, wholeInsurer: true },
    schema: { summary: 'Take a target away', tags: ['insight'], params, querystring: z.object({ version: z.coerce.number().int().min(1) }), response: { 204: z.null() } },
  }, async (request, reply) => {
    const removed = await inInsurer(world.database.app, askerIn(request), (tx) => removeTarget(tx, request.params.target_id, request.query.version));
    return removed.ok ? reply.code(204).send(null) : sendProblem(request, reply, removed.problem);
  });

  app.get('/api/alerts', {
    schema: { summary: 'Alerts that stand and nobody has acknowledged', tags: ['insight'], response: { 200: alertsShape } },
  }, async (request) => ({ alerts: await inInsurer(world.database.app, askerIn(request), (tx) => alertsOf(tx, personOf(request), true)) }));

  app.post('/api/alerts/:alert_id/acknowledge', {
    schema: {
      summary: 'Say that it is seen to', tags: ['insight'], params: alertParams, body: z.object({ note: z.string().trim().max(NOTE_MAX).default('') }), response: { 200: z.object({}) },
    },
  }, async (request, reply) => {
    const done = await inInsurer(world.database.app, askerIn(request), (tx) => acknowledgeAlert(tx, editorOf(request), request.params.alert_id, request.body.note));
    return done.ok ? {} : sendProblem(request, reply, done.problem);
  });

  app.post('/api/alerts/:alert_id/reopen', {
    schema: { summary: 'Undo your own acknowledging', tags: ['insight'], params: alertParams, response: { 200: z.object({}) } },
  }, async (request, reply) => {
    const done = await inInsurer(world.database.app, askerIn(request), (tx) => reopenAlert(tx, editorOf(request), request.params.alert_id));
    return done.ok ? {} : sendProblem(request, reply, done.problem);
  });
}
