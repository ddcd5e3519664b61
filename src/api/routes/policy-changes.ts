/** How a policy is changed: what a change would do, the act, what was changed before, and taking the newest back. */

import { z } from 'zod';
import { CANCELLATION_METHODS, type ChangeOrder } from '../../billing/index.ts';
import { applyChange, type ChangePreview, previewChange, type ScheduleLine, undoChange } from '../../cycle/index.ts';
import { inInsurer } from '../../database/index.ts';
import { type HolderId, type PolicyId } from '../../kernel/index.ts';
import { amountMinor, plainDate, policyChanges, policyChangesShape } from '../../service/index.ts';
import { askerIn } from '../asker.ts';
import { notFound, sendProblem } from '../problems.ts';
import { businessDateOf, nowOf, type Access, type Api, type World } from '../world.ts';
import { idParam } from './holders.ts';

const CHANGERS = ['manager', 'finance'] as const satisfies Access;
const PREVIEWERS = ['manager', 'finance', 'agent'] as const satisfies Access;
const NOTE_LENGTH_MAX = 2_000;
const params = z.object({ policy_id: idParam });

const order = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(['increase', 'reduction']), effective_on: plainDate, premium_minor: amountMinor.describe('Of one regular instalment, from then on') }),
  z.strictObject({ kind: z.literal('cancellation'), effective_on: plainDate, method: z.enum(CANCELLATION_METHODS) }),
  z.strictObject({ kind: z.literal('due_day'), due_day: z.int() }),
  z.strictObject({ kind: z.literal('mode'), mode: z.enum(['annual', 'half_yearly', 'quarterly', 'monthly']), effective_on: plainDate.nullable().describe('Null: from the next instalment without a bill') }),
  z.strictObject({ kind: z.literal('premium_holiday'), from: plainDate, to: plainDate, cover: z.enum(['continues', 'pauses']) }),
  z.strictObject({ kind: z.literal('reinstatement'), effective_on: plainDate }),
  z.strictObject({ kind: z.literal('backdated'), effective_on: plainDate }),
]);
const asked = z.object({ holder_id: idParam, change: order });

function orderOf(wire: z.output<typeof order>): ChangeOrder {
  switch (wire.kind) {
    case 'increase': case 'reduction': return { kind: wire.kind, effectiveOn: wire.effective_on, premiumMinor: wire.premium_minor };
    case 'cancellation': return { kind: wire.kind, effectiveOn: wire.effective_on, method: wire.method };
    case 'due_day': return { kind: wire.kind, dueDay: wire.due_day };
    case 'mode': return { kind: wire.kind, mode: wire.mode, effectiveOn: wire.effective_on };
    case 'premium_holiday': return wire;
    case 'reinstatement': case 'backdated': return { kind: wire.kind, effectiveOn: wire.effective_on };
  }
}

const charge = z.object({ kind: z.string(), rule: z.string(), amount_minor: amountMinor });
const line = z.object({
  instalment_no: z.int(), kind: z.enum(['instalment', 'difference', 'plan']), state: z.enum(['held', 'open', 'paid', 'written_off', 'to_come']), due_on: plainDate, period_from: plainDate, period_to: plainDate,
  premium_minor: amountMinor, charges: z.array(charge), amount_minor: amountMinor, paid_minor: amountMinor,
});
export const changePreviewShape = z.object({
  version: z.string().describe('What the person has seen; sent back with the act'), currency: z.string(), effective_on: plainDate, state_after: z.string().nullable(),
  billed_minor: amountMinor, credited_minor: amountMinor, surplus_minor: amountMinor.describe('Paid already and no longer owed: waits as the holder’s money'),
  year_premium_before_minor: amountMinor, year_premium_after_minor: amountMinor,
  bills: z.array(line), corrections: z.array(z.object({
    bill_id: z.int(), due_on: plainDate, before_minor: amountMinor, after_minor: amountMinor.nullable(), period_from: plainDate, period_to: plainDate.nullable(), surplus_minor: amountMinor,
  })),
  entries: z.array(z.object({ bill_id: z.int(), rule: z.string(), debit: z.string(), credit: z.string(), amount_minor: amountMinor })),
  before: z.array(line), after: z.array(line),
});

const charges = (all: ScheduleLine['charges']): z.output<typeof charge>[] => all.map(({ kind, rule, amountMinor: minor }) => ({ kind, rule, amount_minor: minor }));
const wireLine = (one: ScheduleLine): z.output<typeof line> => ({
  instalment_no: one.instalmentNo, kind: one.kind, state: one.state, due_on: one.dueOn, period_from: one.periodFrom, period_to: one.periodTo, premium_minor: one.premiumMinor, charges: charges(one.charges),
  amount_minor: one.amountMinor, paid_minor: one.paidMinor,
});
const wirePreview = (preview: ChangePreview): z.output<typeof changePreviewShape> => ({
  version: preview.version, currency: preview.currency, effective_on: preview.plan.effectiveOn, state_after: preview.plan.state, billed_minor: preview.billedMinor, credited_minor: preview.creditedMinor,
  surplus_minor: preview.corrections.reduce((sum, { surplusMinor }) => sum + surplusMinor, 0n), year_premium_before_minor: preview.yearPremiumBeforeMinor, year_premium_after_minor: preview.yearPremiumAfterMinor,
  bills: preview.plan.bills.map((bill) => wireLine({ ...bill, state: 'open', paidMinor: 0n })),
  corrections: preview.corrections.map(({ billId, before, after, surplusMinor }) => ({
    bill_id: billId, due_on: before.dueOn, before_minor: before.amountMinor, after_minor: after?.amountMinor ?? null, period_from: before.periodFrom, period_to: after?.periodTo ?? null, surplus_minor: surplusMinor,
  })),
  entries: preview.entries.map(({ rule, debit, credit, amountMinor: minor, billId }) => ({ bill_id: billId, rule, debit, credit, amount_minor: minor })),
  before: preview.before.map(wireLine), after: preview.after.map(wireLine),
});

export function policyChangeRoutes(app: Api, world: World): void {
  app.get('/api/policies/:policy_id/changes', {
    schema: { summary: 'A policy’s terms, and what was changed before, the newest first', tags: ['policies'], params, querystring: z.object({ holder_id: idParam }), response: { 200: policyChangesShape } },
  }, async (request, reply) => {
    const read = await inInsurer(world.database.app, askerIn(request), (tx) => policyChanges(tx, request.query.holder_id as HolderId, request.params.policy_id as PolicyId));
    return read ?? notFound(request, reply);
  });

  app.post('/api/policies/:policy_id/changes/preview', {
    config: { access: PREVIEWERS },
    schema: { summary: 'What a change would do: instalments before and after, bills, credits and entries; nothing is changed', tags: ['policies'], params, body: asked, response: { 200: changePreviewShape } },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const { holder_id, change } = request.body;
    const previewed = await inInsurer(world.database.app, asker, (tx) => previewChange(tx, {
      insurerId: asker.insurerId, holderId: holder_id as HolderId, policyId: request.params.policy_id as PolicyId, order: orderOf(change), on: businessDateOf(world, asker) }));
    return previewed.ok ? wirePreview(previewed.value) : sendProblem(request, reply, previewed.problem);
  });

  app.post('/api/policies/:policy_id/changes', {
    config: { access: CHANGERS },
    schema: {
      summary: 'Change a policy: terms, bills for the difference, credits and entries in one act', tags: ['policies'], params,
      body: asked.extend({ version: z.string().max(200), note: z.string().trim().min(1, 'say why').max(NOTE_LENGTH_MAX) }), response: { 200: z.object({ change_id: z.int() }) },
    },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const { holder_id, change, version, note } = request.body;
    const done = await inInsurer(world.database.app, asker, (tx) => applyChange(tx, {
      insurerId: asker.insurerId, holderId: holder_id as HolderId, policyId: request.params.policy_id as PolicyId, order: orderOf(change), version, note, by: asker.name, at: nowOf(world, asker), on: businessDateOf(world, asker),
    }));
    return done.ok ? { change_id: done.value.changeId } : sendProblem(request, reply, done.problem);
  });

  app.post('/api/policies/:policy_id/changes/:change_id/undo', {
    config: { access: CHANGERS },
    schema: {
      summary: 'Take the newest change back: what it billed is withdrawn, what it lowered asks again, the terms are as before', tags: ['policies'], params: params.extend({ change_id: idParam }),
      body: z.object({ holder_id: idParam }), response: { 200: z.object({ withdrawn: z.int(), restored: z.int() }) },
    },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const { policy_id, change_id } = request.params;
    const done = await inInsurer(world.database.app, asker, (tx) => undoChange(tx, {
      insurerId: asker.insurerId, holderId: request.body.holder_id as HolderId, policyId: policy_id as PolicyId, changeId: change_id, by: asker.name, at: nowOf(world, asker), on: businessDateOf(world, asker) }));
    return done.ok ? done.value : sendProblem(request, reply, done.problem);
  });
}
