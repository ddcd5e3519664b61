/** Plans instead of a bill: what may be offered side by side, what one would do, agreeing to it, and taking it back. */

import { z } from 'zod';
import { applyPlan, askPlan, planOptions, type PlanPreview, previewPlan, undoPlan } from '../../cycle/index.ts';
import { inInsurer } from '../../database/index.ts';
import { type BillId, fail, type HolderId, ok, type Result } from '../../kernel/index.ts';
import { PLAN_KINDS, type PlanOrder } from '../../relief/index.ts';
import { amountMinor, listPlans, plainDate, PLAN_STATES, planShape } from '../../service/index.ts';
import { askerIn } from '../asker.ts';
import { sendProblem } from '../problems.ts';
import { businessDateOf, nowOf, type Access, type Api, type World } from '../world.ts';
import { idParam } from './holders.ts';

const AGREERS = ['manager', 'agent'] as const satisfies Access;
const UNDOERS = ['manager', 'finance', 'agent'] as const satisfies Access;
const LISTED = 100;
const NOTE_LENGTH_MAX = 500;

const order = z.object({ kind: z.enum(PLAN_KINDS), parts: z.int().min(1).max(12), days: z.int().min(0).max(366) });
const asked = order.extend({ holder_id: idParam });
const option = order.extend({
  version: z.string(), rest_minor: amountMinor, charge_minor: amountMinor, total_minor: amountMinor, funding_minor: amountMinor, cover_until_before: plainDate.nullable(), cover_until_after: plainDate.nullable(),
  affordable: z.boolean().nullable().describe('Null: income is not known'), needs_approval: z.boolean(),
  parts: z.array(z.object({ due_on: plainDate, amount_minor: amountMinor, premium_minor: amountMinor, period_from: plainDate, period_to: plainDate })),
  entries: z.array(z.object({ bill_id: z.int(), rule: z.string(), debit: z.string(), credit: z.string(), amount_minor: amountMinor })),
});
export const planOptionsShape = z.object({ currency: z.string(), policy_id: z.int(), due_on: plainDate, left_minor: amountMinor, options: z.array(option) });
export const plansShape = z.object({ plans: z.array(planShape), next_after: z.int().nullable() });

const wireOption = ({ change, version, entries }: PlanPreview): z.output<typeof option> => ({
  ...change.order, version, rest_minor: change.restMinor, charge_minor: change.chargeMinor, total_minor: change.totalMinor, funding_minor: change.fundingMinor, cover_until_before: change.coverUntilBefore,
  cover_until_after: change.coverUntilAfter, affordable: change.affordable, needs_approval: change.needsApproval,
  parts: change.parts.map((part) => ({ due_on: part.dueOn, amount_minor: part.amountMinor, premium_minor: part.premiumMinor, period_from: part.periodFrom, period_to: part.periodTo })),
  entries: entries.map(({ billId, rule, debit, credit, amountMinor: minor }) => ({ bill_id: billId, rule, debit, credit, amount_minor: minor })),
});
const orderOf = ({ kind, parts, days }: z.output<typeof order>): PlanOrder => ({ kind, parts, days });

export function planRoutes(app: Api, world: World): void {
  const params = z.object({ bill_id: idParam });

  app.get('/api/plans', {
    schema: {
      summary: 'Plans that were agreed, with their parts', tags: ['plans'],
      querystring: z.object({ state: z.enum(PLAN_STATES).optional(), holder_id: idParam.optional(), after: z.coerce.number().int().min(0).default(0) }), response: { 200: plansShape },
    },
  }, async (request) => {
    const asker = askerIn(request);
    const { state, holder_id: holderId, after } = request.query;
    const plans = await inInsurer(world.database.app, asker, (tx) => listPlans(tx, { state: state ?? null, holderId: (holderId ?? null) as HolderId | null, after, most: LISTED, today: businessDateOf(world, asker) }));
    return { plans, next_after: plans.length < LISTED ? null : plans.at(-1)?.plan_id ?? null };
  });

  app.get('/api/bills/:bill_id/plans', {
    schema: { summary: 'Three to five plans for a bill, side by side: parts, total cost, cover, and every entry', tags: ['plans'], params, querystring: z.object({ holder_id: idParam }), response: { 200: planOptionsShape } },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const options = await inInsurer(world.database.app, asker, (tx) => planOptions(tx, { holderId: request.query.holder_id as HolderId, billId: request.params.bill_id as BillId, on: businessDateOf(world, asker) }));
    if (!options.ok) return sendProblem(request, reply, options.problem);
    const { bill, currency, policyId, options: all } = options.value;
    return { currency, policy_id: policyId, due_on: bill.dueOn, left_minor: bill.amountMinor - bill.paidMinor, options: all.map(wireOption) };
  });

  app.post('/api/bills/:bill_id/plans/preview', {
    config: { access: UNDOERS }, schema: { summary: 'What a plan of one’s own making would do; of a part of a plan: its adjustment. Nothing is changed', tags: ['plans'], params, body: asked, response: { 200: option } },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const shown = await inInsurer(world.database.app, asker, (tx) =>
      previewPlan(tx, { holderId: request.body.holder_id as HolderId, billId: request.params.bill_id as BillId, order: orderOf(request.body), on: businessDateOf(world, asker) }));
    return shown.ok ? wireOption(shown.value) : sendProblem(request, reply, shown.problem);
  });

  app.post('/api/bills/:bill_id/plans', {
    config: { access: AGREERS },
    schema: {
      summary: 'Agree to a plan; outside the guardrails a second person is asked', tags: ['plans'], params, body: asked.extend({ version: z.string().max(200), note: z.string().trim().max(NOTE_LENGTH_MAX).default('') }),
      response: { 200: z.object({ state: z.enum(['done', 'waits']), plan_id: z.int().nullable(), approval_id: z.int().nullable() }) },
    },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const { holder_id, version, note } = request.body;
    const plan = {
      insurerId: asker.insurerId, holderId: holder_id as HolderId, billId: request.params.bill_id as BillId, order: orderOf(request.body), version, note, by: asker.name, byHolder: false, approved: false,
      at: nowOf(world, asker), on: businessDateOf(world, asker),
    };
    type Done = { state: 'done' | 'waits'; plan_id: number | null; approval_id: number | null };
    const done = await inInsurer(world.database.app, asker, async (tx): Promise<Result<Done>> => {
      const agreed = await applyPlan(tx, plan);
      if (agreed.ok) return ok({ state: 'done', plan_id: agreed.value.planId, approval_id: null });
      if (agreed.problem.code !== 'plan_needs_approval') return fail(agreed.problem.code, agreed.problem.details);
      const waits = await askPlan(tx, plan);
      return waits.ok ? ok({ state: 'waits', plan_id: null, approval_id: waits.value.approvalId }) : waits;
    });
    return done.ok ? done.value : sendProblem(request, reply, done.problem);
  });

  app.post('/api/plans/:plan_id/undo', {
    config: { access: UNDOERS },
    schema: { summary: 'Take a plan back while no part is paid: the bill asks for all of it again', tags: ['plans'], params: z.object({ plan_id: idParam }), body: z.object({ holder_id: idParam }), response: { 200: z.object({ bill_id: z.int() }) } },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const undone = await inInsurer(world.database.app, asker, (tx) => undoPlan(tx, {
      insurerId: asker.insurerId, holderId: request.body.holder_id as HolderId, planId: request.params.plan_id, by: asker.name, at: nowOf(world, asker), on: businessDateOf(world, asker) }));
    return undone.ok ? { bill_id: undone.value.billId } : sendProblem(request, reply, undone.problem);
  });
}
