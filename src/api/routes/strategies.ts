/** Strategies: what is done about whose bills, towards which goal and within which limit, and what came of it. */

import { type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { inInsurer } from '../../database/index.ts';
import { strategiesVersion, strategiesView, strategyVersions } from '../../insight/index.ts';
import { moment, plainDate, marketCode } from '../../service/index.ts';
import {
  addStrategy, changeStrategy, CONTACTS_7_DAYS_MAX, FIRST_DAY_MAX, FIRST_DAY_MIN, GOAL_METRICS, GUARD_METRICS, STRATEGY_STATES, type StrategyEditor, TONES_MAX, TREATMENTS,
} from '../../strategy/index.ts';
import { askerIn } from '../asker.ts';
import { notFound, sendProblem } from '../problems.ts';
import { rememberedTexts, sendJsonText } from '../remembered-text.ts';
import { businessDateOf, nowOf, type Access, type Api, type World } from '../world.ts';
import { LINES } from './dashboard.ts';
import { idParam } from './holders.ts';

const CHANGERS = ['manager', 'finance'] as const satisfies Access;
const NAME_MAX = 80;
const VALUE_MAX = 1_000;

const treatment = z.enum(TREATMENTS);
const contacts = z.int().min(0).max(CONTACTS_7_DAYS_MAX);
const value = z.number().min(0).max(VALUE_MAX);
const scope = { market: marketCode.nullable(), line: z.enum(LINES).nullable(), segment_id: idParam.nullable() };
const terms = {
  contacts_7_days_min: contacts.describe('Fewer contacts of an overdue account in 7 days raise an alert'), contacts_7_days_max: contacts.min(1).describe('The law’s own limits stand above it'),
  first_day: z.int().min(FIRST_DAY_MIN).max(FIRST_DAY_MAX).nullable().describe('Days from the due date before which nothing is done; null: as the calendar says'), tone_max: z.enum(TONES_MAX),
  state: z.enum(STRATEGY_STATES),
};
/** Without a guard it is refused with a sentence of its own, not as a field that is missing. */
const draft = z.object({
  name: z.string().trim().min(1).max(NAME_MAX), market: scope.market.default(null), line: scope.line.default(null), segment_id: scope.segment_id.default(null),
  goal_metric: z.enum(GOAL_METRICS), goal_value: value, guard_metric: z.enum(GUARD_METRICS).nullable().default(null), guard_limit: value.nullable().default(null),
  ...terms, treatments: z.array(treatment).max(TREATMENTS.length).transform((all) => TREATMENTS.filter((one) => all.includes(one))), owner_id: idParam.nullable().default(null),
});

const share = z.number().nullable();
const number = z.number();
const strategy = z.object({
  strategy_id: z.int(), version: z.int(), name: z.string(), market: z.string().nullable(), line: z.string().nullable(), segment_id: z.int().nullable(), segment: z.string().nullable(),
  goal_metric: z.enum(GOAL_METRICS), goal_value: number, guard_metric: z.enum(GUARD_METRICS), guard_limit: number, ...terms, treatments: z.array(treatment).readonly(),
  owner_id: z.int().nullable(), owner: z.string().nullable(), changed_by: z.string(), changed_at: moment,
  counts: z.object({
    decided: number, acts: number, minutes: number, capped: number.describe('Touches held back because the person had heard enough'), contacts: number, recovered_bills: number, judged: number, judged_paid: number, due: number, due_paid: number, ended: number, lost: number,
    complaints: number, opt_outs: number,
  }),
  money: z.array(z.object({
    currency: z.string(), cost_minor: number, recovered_minor: number, recovered_bills: number, return_on_cost: share.describe('Recovered less cost, for each unit of cost'),
  })).readonly(),
  last_decided_on: plainDate.nullable(), last_capped_on: plainDate.nullable(), goal_now: share, goal_reached: z.boolean().nullable(), guard_now: share, guard_kept: z.boolean().nullable(),
});
export const strategiesShape = z.object({
  as_of: plainDate.nullable(), from: plainDate, to: plainDate, strategies: z.array(strategy.extend({ under_floor: z.int().describe('Overdue accounts below the floor of contacts') })).readonly(),
  lines: z.array(z.object({
    line: z.string(), late: z.int(), recovered: z.int(), written_off: z.int(), strategy_id: z.int().nullable(), narrower: z.array(z.int()).readonly(),
  })).readonly(),
  segments: z.array(z.object({ segment_id: z.int(), name: z.string() })).readonly().describe('For which a strategy can be made'),
  sql: z.object({ figures: z.string(), lines: z.string(), floor: z.string() }),
});
export const strategyShape = z.object({ versions: z.array(strategy).readonly().describe('Newest first') });
const saved = z.object({ strategy_id: z.int(), version: z.int() });
export const strategyId = z.coerce.number().int().min(1).max(2_147_483_647);
const params = z.object({ strategy_id: strategyId });
const span = z.object({ days: z.enum(['30', '90']).default('30') });

/** Insurers, markets and periods that are looked at in one day. */
const REMEMBERED_MAX = 100;

export function strategyRoutes(app: Api, world: World): void {
  const remembered = rememberedTexts(REMEMBERED_MAX);
  const editorOf = (request: FastifyRequest): StrategyEditor => {
    const asker = askerIn(request);
    return { insurerId: asker.insurerId, name: asker.name, at: nowOf(world, asker) };
  };

  app.get('/api/strategies', {
    schema: { summary: 'Every strategy with its goal, its guard and what came of both; recovery by line and the strategy of each', tags: ['strategies'], querystring: span, response: { 200: strategiesShape } },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const [today, { days }] = [businessDateOf(world, asker), request.query];
    const version = await inInsurer(world.database.app, asker, strategiesVersion);
    const text = await remembered(JSON.stringify([asker.insurerId, asker.markets, today, days]), version, async () => (
      JSON.stringify(z.encode(strategiesShape, await inInsurer(world.database.app, asker, (tx) => strategiesView(tx, today, Number(days)))))));
    return sendJsonText(reply, text);
  });

  app.get('/api/strategies/:strategy_id', {
    schema: { summary: 'One strategy, version by version: who changed it when, and the figures of each', tags: ['strategies'], params, querystring: span, response: { 200: strategyShape } },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const versions = await inInsurer(world.database.app, asker, (tx) => strategyVersions(tx, request.params.strategy_id, businessDateOf(world, asker), Number(request.query.days)));
    return versions.length === 0 ? notFound(request, reply) : { versions };
  });

  app.post('/api/strategies', {
    config: { access: CHANGERS, wholeInsurer: true },
    schema: { summary: 'Make a strategy; without a guard it is refused', tags: ['strategies'], body: draft, response: { 201: saved } },
  }, async (request, reply) => {
    const added = await inInsurer(world.database.app, askerIn(request), (tx) => addStrategy(tx, editorOf(request), request.body));
    return added.ok ? reply.code(201).send(added.value) : sendProblem(request, reply, added.problem);
  });

  app.put('/api/strategies/:strategy_id', {
    config: { access: CHANGERS, wholeInsurer: true },
    schema: {
      summary: 'Write the next version on the one that was seen; decisions take it from the next cycle on', tags: ['strategies'], params,
      body: draft.extend({ version: z.int().min(1).describe('The version that the change was made on') }), response: { 200: saved },
    },
  }, async (request, reply) => {
    const { version, ...to } = request.body;
    const changed = await inInsurer(world.database.app, askerIn(request), (tx) => changeStrategy(tx, editorOf(request), request.params.strategy_id, version, to));
    return changed.ok ? changed.value : sendProblem(request, reply, changed.problem);
  });
}
