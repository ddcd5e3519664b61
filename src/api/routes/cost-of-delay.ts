/** What late premium costs, and the rates by which it is reckoned. */

import { z } from 'zod';
import { inInsurer } from '../../database/index.ts';
import { changeRates, COST_AGES, costOfDelayView } from '../../insight/index.ts';
import { amountMinor, moment, plainDate, marketCode } from '../../service/index.ts';
import { askerIn } from '../asker.ts';
import { sharedReading } from '../shared-answer.ts';
import { sendProblem } from '../problems.ts';
import { nowOf, type Access, type Api, type World } from '../world.ts';
import { LINES } from './dashboard.ts';

const CHANGERS = ['manager', 'finance'] as const satisfies Access;
const rate = z.number().min(0).max(1);
const rates = {
  capital_annual: rate, opportunity_annual: rate, delay_30_days: rate, delay_to_profit: rate, funds_per_point: rate, return_per_point: rate, cost_baseline: z.number().positive().max(100).nullable(),
};
const keptRates = z.object({ ...rates, version: z.int(), changed_by: z.string().nullable(), changed_at: moment.nullable() });
const minor = z.number();

export const costOfDelayShape = z.object({
  as_of: plainDate.nullable(), rates: keptRates, defaults: z.object(rates),
  currencies: z.array(z.object({
    currency: z.string(), late_minor: minor, capital_minor: minor, opportunity_minor: minor, delay_minor: minor, profit_minor: minor, operating_minor: minor, received_minor: minor,
    cost_share: z.number().nullable(), against_baseline: z.number().nullable(), written_off_minor: minor, annual_premium_minor: minor,
    ages: z.array(z.object({
      age: z.enum(COST_AGES), bills: z.int(), amount_minor: minor, mean_days: z.number(), capital_minor: minor, opportunity_minor: minor, delay_minor: minor,
    })).readonly(),
    curve: z.array(z.object({ days: z.int(), capital_minor: minor, opportunity_minor: minor })).readonly(),
  })).readonly(),
  effort: z.object({ rows: z.array(z.object({ month: plainDate, currency: z.string(), minutes: z.number(), cash_minor: amountMinor })).readonly(), sql: z.string() }),
});

export function costOfDelayRoutes(app: Api, world: World): void {
  const shared = sharedReading<Awaited<ReturnType<typeof costOfDelayView>>>(world);
  app.get('/api/cost-of-delay', {
    schema: {
      summary: 'Capital, operating cost and write-offs of late premium by currency', tags: ['insight'],
      querystring: z.object({ market: marketCode.optional(), line: z.enum(LINES).optional() }), response: { 200: costOfDelayShape },
    },
  }, (request) => {
    const { market = null, line = null } = request.query;
    return shared(askerIn(request), request.query, (tx) => costOfDelayView(tx, { market, line }));
  });

  app.put('/api/finance-rates', {
    config: { access: CHANGERS, wholeInsurer: true },
    schema: {
      summary: 'Change the rates on the version that was seen; 0 where nobody has changed them yet', tags: ['insight'],
      body: z.object({ version: z.int().min(0), ...rates }), response: { 200: keptRates },
    },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const { version, ...to } = request.body;
    const changed = await inInsurer(world.database.app, asker, (tx) => changeRates(tx, { insurerId: asker.insurerId, name: asker.name, at: nowOf(world, asker) }, version, to));
    return changed.ok ? changed.value : sendProblem(request, reply, changed.problem);
  });
}
