/** How holders pay, what collecting brings, how it compares with others, which policies cost most, and what was owed on any day. */

import { type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { inInsurer } from '../../database/index.ts';
import { BASELINES, changeBaseline, type Editor, forgetPeers, howPaid, loadPeers, losses, peersView, receivablesOn, results, TARGET_FIGURES } from '../../insight/index.ts';
import { amountMinor, moment, plainDate, marketCode, currencyCode } from '../../service/index.ts';
import { askerIn } from '../asker.ts';
import { sharedReading } from '../shared-answer.ts';
import { sendProblem } from '../problems.ts';
import { businessDateOf, nowOf, type Access, type Api, type World } from '../world.ts';
import { LINES } from './dashboard.ts';

const CHANGERS = ['manager', 'finance'] as const satisfies Access;
const block = <Row extends z.ZodType>(row: Row) => z.object({ rows: z.array(row).readonly(), sql: z.string() });
const share = z.number().nullable();
const quartile = z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]).nullable();
const filter = z.object({ market: marketCode.optional(), line: z.enum(LINES).optional(), currency: currencyCode.optional() });
const BASELINE_MAX = 1_000_000;
const PEERS_TEXT_MAX = 200_000;

export const howPaidShape = z.object({
  as_of: plainDate.nullable(),
  on_time: block(z.object({ due_month: plainDate, bills: z.int(), on_time: z.int(), in_full: z.int(), both: z.int() })),
  devices: block(z.object({ month: plainDate, payments: z.int(), phone: z.int(), tablet: z.int(), desktop: z.int(), unknown: z.int() })),
  ways: block(z.object({ method: z.string(), device: z.enum(['mobile', 'other', 'bank']), payments: z.int(), days_to_cash: z.number() })),
  pressure: block(z.object({ contacts: z.int(), policies: z.int(), ended: z.int() })),
  reasons: block(z.object({ reason: z.string(), bills: z.int(), so_far: z.int(), all_bills: z.int() })),
});

export const resultsShape = z.object({
  as_of: plainDate.nullable(), currency: z.string(),
  kpis: z.array(z.object({
    figure: z.enum(['management_cost', 'minutes_per_account', 'reminder_response']), unit: z.enum(['share', 'minutes', 'per_hundred']), better: z.enum(['more', 'less']), numerator: z.number(),
    denominator: z.number(), value: share, baseline: share, change: share, sql: z.string(),
  })).readonly(),
  baselines: z.array(z.object({ figure: z.enum(BASELINES), value: z.number(), version: z.int(), changed_by: z.string(), changed_at: moment })).readonly(),
  turnover: block(z.object({
    quarter: plainDate, currency: z.string(), billed_minor: amountMinor, opening_minor: amountMinor, closing_minor: amountMinor, complete: z.boolean(), turnover: share, days: share,
  })),
  extra: block(z.object({
    due_month: plainDate, currency: z.string(), late_minor: amountMinor, recovered_minor: amountMinor, share: z.number(), baseline: z.number(), extra_minor: z.number(), is_baseline: z.boolean(),
  })),
  levels: z.array(z.object({ level: z.int(), from_on: plainDate.nullable(), recovered: share, cost: share, recovery_gain: share, cost_reduction: share })).readonly(),
});

export const peersShape = z.object({
  rows: z.array(z.object({
    figure: z.enum(TARGET_FIGURES), unit: z.enum(['share', 'days']), better: z.enum(['more', 'less']), own: share, peers: z.int(),
    quartiles: z.object({ low: z.number(), middle: z.number(), high: z.number() }).nullable(), quartile,
    units: z.array(z.object({ kind: z.enum(['market', 'line']), name: z.string(), value: z.number(), quartile })).readonly(),
  })).readonly(),
  loaded_by: z.string().nullable(), loaded_at: moment.nullable(),
});

export const lossesShape = z.object({
  as_of: plainDate.nullable(),
  policies: z.array(z.object({
    holder_id: z.int(), policy_id: z.int(), policy_number: z.string(), holder_name: z.string(), market: z.string(), line: z.string(), currency: z.string(), late_minor: amountMinor, capital_minor: z.number(),
    operating_minor: amountMinor, written_off_minor: amountMinor, loss_minor: z.number(),
  })).readonly(),
});

export const receivablesShape = z.object({
  on: plainDate.nullable(), from: z.enum(['ledger', 'report']),
  rows: z.array(z.object({ currency: z.string(), age: z.enum(['not_due', '1_30', '31_60', '61_90', 'over_90']), bills: z.int(), outstanding_minor: amountMinor })).readonly(),
  ledger: z.array(z.object({ currency: z.string(), balance_minor: amountMinor, difference_minor: amountMinor })).readonly().nullable(),
});

export function resultRoutes(app: Api, world: World): void {
  // Sums over some ten thousand cells: all who ask the same at once are answered together.
  const [paid, brought, field, lost, owed] = [
    sharedReading<Awaited<ReturnType<typeof howPaid>>>(world), sharedReading<Awaited<ReturnType<typeof results>>>(world), sharedReading<Awaited<ReturnType<typeof peersView>>>(world),
    sharedReading<Awaited<ReturnType<typeof losses>>>(world), sharedReading<Awaited<ReturnType<typeof receivablesOn>>>(world),
  ];
  const editorOf = (request: FastifyRequest): Editor => {
    const asker = askerIn(request);
    return { insurerId: asker.insurerId, name: asker.name, at: nowOf(world, asker) };
  };
  const askOf = (query: z.output<typeof filter>) => ({ market: query.market ?? null, line: query.line ?? null, currency: query.currency ?? null });

  app.get('/api/how-paid', {
    schema: { summary: 'On time and in full, devices, days to cash by way, reasons of lateness, contacts against policies that ended', tags: ['insight'], querystring: filter, response: { 200: howPaidShape } },
  }, (request) => {
    const asker = askerIn(request);
    return paid(asker, request.query, (tx) => howPaid(tx, askOf(request.query)));
  });

  app.get('/api/results', {
    schema: { summary: 'Cost, minutes and answers against their baselines, turnover, extra recovered, and what each level of maturity brought', tags: ['insight'], querystring: filter, response: { 200: resultsShape } },
  }, (request) => {
    const asker = askerIn(request);
    return brought(asker, request.query, async (tx) => {
      const [own] = await tx<{ reporting_currency: string }[]>`select reporting_currency from insurers where insurer_id = ${asker.insurerId}`;
      return results(tx, askOf(request.query), own?.reporting_currency ?? '');
    });
  });

  app.put('/api/baselines/:figure', {
    config: { access: CHANGERS, wholeInsurer: true },
    schema: {
      summary: 'Set what a figure was before, on the version that was seen; 0 where none is set; null takes it away', tags: ['insight'], params: z.object({ figure: z.enum(BASELINES) }),
      body: z.object({ version: z.int().min(0), value: z.number().positive().max(BASELINE_MAX).nullable() }), response: { 200: z.object({ version: z.int() }) },
    },
  }, async (request, reply) => {
    const { version, value } = request.body;
    const changed = await inInsurer(world.database.app, askerIn(request), (tx) => changeBaseline(tx, editorOf(request), request.params.figure, version, value));
    return changed.ok ? { version: changed.value } : sendProblem(request, reply, changed.problem);
  });

  app.get('/api/peers', {
    schema: { summary: 'The quarter of the field in which own figures stand, among others and among own markets and lines', tags: ['insight'], response: { 200: peersShape } },
  }, (request) => {
    const asker = askerIn(request);
    return field(asker, {}, peersView);
  });

  app.put('/api/peers', {
    config: { access: CHANGERS, wholeInsurer: true },
    schema: {
      summary: 'Load values of others as lines of figure, name and value; they take the place of those of the same figures', tags: ['insight'],
      body: z.object({ content: z.string().min(1).max(PEERS_TEXT_MAX) }), response: { 200: z.object({ loaded: z.int() }) },
    },
  }, async (request, reply) => {
    const loaded = await inInsurer(world.database.app, askerIn(request), (tx) => loadPeers(tx, editorOf(request), request.body.content));
    return loaded.ok ? { loaded: loaded.value } : sendProblem(request, reply, loaded.problem);
  });

  app.delete('/api/peers', {
    config: { access: CHANGERS, wholeInsurer: true },
    schema: { summary: 'Forget the values of others', tags: ['insight'], response: { 200: z.object({ forgotten: z.int() }) } },
  }, async (request) => {
    const asker = askerIn(request);
    return { forgotten: await inInsurer(world.database.app, asker, (tx) => forgetPeers(tx, asker.insurerId)) };
  });

  app.get('/api/losses', {
    schema: {
      summary: 'The policies that late premium costs most in one currency: capital, collection and write-offs', tags: ['insight'], querystring: filter.extend({ currency: currencyCode }), response: { 200: lossesShape },
    },
  }, (request) => {
    const { market: of = null, line = null, currency: money } = request.query;
    const asker = askerIn(request);
    return lost(asker, request.query, (tx) => losses(tx, { market: of, line, currency: money }));
  });

  app.get('/api/receivables', {
    schema: {
      summary: 'Uncollected premium by age at the end of any day, beside the ledger of that day', tags: ['insight'], querystring: z.object({ on: plainDate.optional().describe('Absent: today') }),
      response: { 200: receivablesShape },
    },
  }, (request) => {
    const asker = askerIn(request);
    const on = request.query.on ?? businessDateOf(world, asker);
    return owed(asker, { on }, (tx) => receivablesOn(tx, on));
  });
}
