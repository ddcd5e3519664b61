/** Bills that the review holds: by what was found, one with its findings, what a person makes of them; and a bill made by hand. */

import { z } from 'zod';
import { HELD_ACTS } from '../../billing/index.ts';
import { answerHeld, type HeldPreview, makeBillByHand, previewHeld, releaseAll, RELEASED_AT_ONCE_MAX } from '../../cycle/index.ts';
import { inInsurer } from '../../database/index.ts';
import { type BillId, type HolderId, type PolicyId } from '../../kernel/index.ts';
import {
  amountMinor, billReview, billReviewShape, billSample, billSampleShape, checkId, dayCursor, heldListShape, heldView, heldViewShape, listHeld, marketCode, plainDate, sampleSeen,
} from '../../service/index.ts';
import { askerIn } from '../asker.ts';
import { languageOf, notFound, sendProblem } from '../problems.ts';
import { businessDateOf, nowOf, type Access, type Api, type World } from '../world.ts';
import { idParam } from './holders.ts';
import { pageLimit } from './money-lists.ts';

const REVIEWERS = ['manager', 'finance'] as const satisfies Access;
const READERS = ['manager', 'finance', 'auditor'] as const satisfies Access;
const NOTE_LENGTH_MAX = 2_000;
const MINUTES_MAX = 480;
const params = z.object({ bill_id: idParam });
const note = z.string().trim().max(NOTE_LENGTH_MAX);
const minutes = z.number().min(0).max(MINUTES_MAX);
const asked = z.object({
  holder_id: idParam, act: z.enum(HELD_ACTS),
  mending: z.union([z.literal('policy'), amountMinor.refine((minor) => minor > 0n, 'expected more than nothing')]).nullable().default(null).describe('Of a correction: `policy` makes the bill again from its policy; a number is its premium'),
});
export const heldOutcomeShape = z.object({
  state: z.enum(['open', 'cancelled', 'held']), hold: z.enum(['released', 'corrected', 'withdrawn', 'asked']), version: z.int(), currency: z.string(), due_on: plainDate, period_from: plainDate, period_to: plainDate,
  premium_minor: amountMinor, amount_minor: amountMinor, charges: z.array(z.object({ kind: z.string(), rule: z.string(), amount_minor: amountMinor })),
  entries: z.array(z.object({ rule: z.string(), debit_account: z.string(), credit_account: z.string(), amount_minor: amountMinor })).describe('What is booked when it leaves'),
});
const wireOutcome = ({ bill, state, hold, version, entries }: HeldPreview): z.output<typeof heldOutcomeShape> => ({
  state, hold, version, currency: bill.currency, due_on: bill.dueOn, period_from: bill.periodFrom, period_to: bill.periodTo, premium_minor: bill.premiumMinor, amount_minor: bill.amountMinor,
  charges: bill.charges.map(({ kind, rule, amountMinor: amount }) => ({ kind, rule, amount_minor: amount })),
  entries: entries.map(({ rule, debit, credit, amountMinor: amount }) => ({ rule, debit_account: debit, credit_account: credit, amount_minor: amount })),
});

export function billReviewRoutes(app: Api, world: World): void {
  app.get('/api/bill-review', {
    config: { access: READERS }, schema: { summary: 'Held bills by what was found; the last nights; how right bills are', tags: ['bills'], response: { 200: billReviewShape } },
  }, (request) => inInsurer(world.database.app, askerIn(request), (tx) => billReview(tx, languageOf(request))));

  app.get('/api/bill-review/bills', {
    config: { access: READERS },
    schema: {
      summary: 'Bills that wait, the oldest first, by pages', tags: ['bills'],
      querystring: z.object({ check: checkId.optional(), market: marketCode.optional(), after: dayCursor.optional(), limit: pageLimit }), response: { 200: heldListShape },
    },
  }, (request) => {
    const { check = null, market = null, after = null, limit } = request.query;
    return inInsurer(world.database.app, askerIn(request), (tx) => listHeld(tx, { check, market, after, limit }, languageOf(request)));
  });

  app.get('/api/bill-review/bills/:bill_id', {
    config: { access: READERS },
    schema: { summary: 'One bill that the review has held, with each finding in words', tags: ['bills'], params, querystring: z.object({ holder_id: idParam }), response: { 200: heldViewShape } },
  }, async (request, reply) => {
    const view = await inInsurer(world.database.app, askerIn(request), (tx) => heldView(tx, request.query.holder_id as HolderId, request.params.bill_id as BillId, languageOf(request)));
    return view ?? notFound(request, reply);
  });

  app.post('/api/bill-review/bills/:bill_id/preview', {
    config: { access: REVIEWERS }, schema: { summary: 'What an answer would make of a held bill, and what would be booked; nothing is changed', tags: ['bills'], params, body: asked, response: { 200: heldOutcomeShape } },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const { holder_id, act, mending } = request.body;
    const shown = await inInsurer(world.database.app, asker, (tx) => previewHeld(tx, {
      holderId: holder_id as HolderId, billId: request.params.bill_id as BillId, act, mending, by: asker.name, on: businessDateOf(world, asker) }));
    return shown.ok ? wireOutcome(shown.value) : sendProblem(request, reply, shown.problem);
  });

  app.post('/api/bill-review/bills/:bill_id', {
    config: { access: REVIEWERS },
    schema: {
      summary: 'Release a held bill, put it right, or withdraw it; above the limit the first person asks and a second one releases', tags: ['bills'], params,
      body: asked.extend({ version: z.int().min(1).describe('As the person has seen it'), note: note.default(''), minutes: minutes.nullable().default(null).describe('That the person has spent on it') }), response: { 200: heldOutcomeShape },
    },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const { holder_id, act, mending, version, note: words, minutes: spent } = request.body;
    const done = await inInsurer(world.database.app, asker, (tx) => answerHeld(tx, {
      insurerId: asker.insurerId, holderId: holder_id as HolderId, billId: request.params.bill_id as BillId, act, mending, version, note: words, minutes: spent, by: asker.name,
      at: nowOf(world, asker), on: businessDateOf(world, asker),
    }));
    return done.ok ? wireOutcome(done.value) : sendProblem(request, reply, done.problem);
  });

  app.post('/api/bill-review/release-all', {
    config: { access: REVIEWERS },
    schema: {
      summary: `Release all bills that wait for one finding alone, at most ${RELEASED_AT_ONCE_MAX}; refused where there are more or fewer than the person has seen`, tags: ['bills'],
      body: z.object({ check: checkId, count: z.int().min(1).max(RELEASED_AT_ONCE_MAX), note: note.min(1, 'say why they are right') }), response: { 200: z.object({ released: z.int() }) },
    },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const done = await inInsurer(world.database.app, asker, (tx) => releaseAll(tx, { insurerId: asker.insurerId, ...request.body, by: asker.name, at: nowOf(world, asker), on: businessDateOf(world, asker) }));
    return done.ok ? done.value : sendProblem(request, reply, done.problem);
  });

  app.get('/api/bill-review/sample', {
    config: { access: READERS },
    schema: { summary: 'Bills drawn by chance that nobody has looked at, by pages', tags: ['bills'], querystring: z.object({ after: dayCursor.optional(), limit: pageLimit }), response: { 200: billSampleShape } },
  }, (request) => inInsurer(world.database.app, askerIn(request), (tx) => billSample(tx, request.query.after ?? null, request.query.limit)));

  app.post('/api/bill-review/sample/:bill_id/seen', {
    config: { access: REVIEWERS }, schema: { summary: 'A drawn bill was looked at and is right', tags: ['bills'], params, body: z.object({ holder_id: idParam }), response: { 200: z.object({ seen: z.boolean() }) } },
  }, async (request) => {
    const asker = askerIn(request);
    return { seen: await inInsurer(world.database.app, asker, (tx) => sampleSeen(tx, request.body.holder_id as HolderId, request.params.bill_id as BillId, asker.name, new Date(nowOf(world, asker)))) };
  });

  app.post('/api/bills', {
    config: { access: REVIEWERS },
    schema: {
      summary: 'Make a bill by hand, beside the schedule; it is reviewed like any other', tags: ['bills'],
      body: z.object({
        holder_id: idParam, policy_id: idParam, premium_minor: amountMinor.refine((minor) => minor > 0n, 'expected more than nothing'), period_from: plainDate, period_to: plainDate, due_on: plainDate,
        minutes: minutes.describe('That it took'),
      }).refine(({ period_from: from, period_to: to }) => from < to, { path: ['period_to'], message: 'expected a day after the period’s first' }),
      response: { 200: z.object({ bill_id: z.int(), held: z.boolean() }) },
    },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const { holder_id, policy_id, premium_minor, period_from, period_to, due_on, minutes: spent } = request.body;
    const made = await inInsurer(world.database.app, asker, (tx) => makeBillByHand(tx, {
      insurerId: asker.insurerId, holderId: holder_id as HolderId, policyId: policy_id as PolicyId, premiumMinor: premium_minor, periodFrom: period_from, periodTo: period_to, dueOn: due_on, minutes: spent, by: asker.name,
      on: businessDateOf(world, asker),
    }));
    return made.ok ? { bill_id: made.value.billId, held: made.value.held } : sendProblem(request, reply, made.problem);
  });
}
