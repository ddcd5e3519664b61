/** Where do we stand, where does it leak? Figures and charts under any filter, each with the SQL that gives it. */

import { z } from 'zod';
import { inInsurer } from '../../database/index.ts';
import { dashboard, figuresVersion, SEGMENTS, TARGET_FIGURES } from '../../insight/index.ts';
import { type PlainDate } from '../../kernel/index.ts';
import { amountMinor, plainDate, marketCode, currencyCode } from '../../service/index.ts';
import { askerIn } from '../asker.ts';
import { rememberedTexts, sendJsonText } from '../remembered-text.ts';
import { type Api, type World } from '../world.ts';

export const LINES = ['life', 'health', 'accident', 'motor', 'property', 'liability', 'commercial'] as const;
/** `2026-11`. */
const month = z.string().regex(/^(19|20|21)\d\d-(0[1-9]|1[0-2])$/);
const block = <Row extends z.ZodType>(row: Row) => z.object({ rows: z.array(row).readonly(), sql: z.string() });
const paidBy = z.int().nullable();
const recoveryRow = z.object({ name: z.string(), late: z.int(), recovered: z.int(), written_off: z.int() });

export const dashboardShape = z.object({
  simulated: z.boolean(),
  as_of: plainDate.nullable(), from: plainDate.nullable(), to: plainDate.nullable(),
  figures: z.array(z.object({
    figure: z.enum([...TARGET_FIGURES, 'automated']), unit: z.enum(['share', 'days']), better: z.enum(['more', 'less']),
    value: z.number().nullable(), numerator: z.number(), denominator: z.number(), target: z.number().nullable(), industry: z.number().nullable(), leader: z.number().nullable(),
    gap: z.number().nullable(), gap_to: z.enum(['leader', 'target', 'industry']).nullable(), source: z.string(), verified: z.boolean(), sql: z.string(),
  })).readonly(),
  ageing: block(z.object({ currency: z.string(), age: z.enum(['not_due', '1_30', '31_60', '61_90', 'over_90']), bills: z.int(), outstanding_minor: amountMinor })),
  roll: block(z.object({ currency: z.string(), days: z.int(), late_bills: z.int(), unpaid_bills: z.int(), late_minor: amountMinor, unpaid_minor: amountMinor })),
  cohorts: block(z.object({ due_month: plainDate, bills: z.int(), paid_by_0: paidBy, paid_by_7: paidBy, paid_by_30: paidBy, paid_by_60: paidBy, paid_by_90: paidBy })),
  funnel: block(z.object({ step: z.enum(['sent', 'delivered', 'opened', 'clicked', 'started', 'paid']), contacts: z.int() })),
  heat: block(z.object({ segment: z.enum(SEGMENTS), line: z.string(), bills: z.int(), on_time: z.int() })),
  by_market: block(recoveryRow),
  by_line: block(recoveryRow),
  curve: block(z.object({ age: z.enum(['1_30', '31_60', '61_90', 'over_90']), unpaid: z.int(), paid: z.int() })),
  ways: block(z.object({ way: z.enum(['digital', 'other']), bills: z.int(), days_to_pay: z.number() })),
  cost: block(z.object({ currency: z.string(), spent_minor: amountMinor, received_minor: amountMinor })),
  choices: z.object({
    market: z.array(z.string()).readonly(), line: z.array(z.string()).readonly(), currency: z.array(z.string()).readonly(), segment: z.array(z.string()).readonly(), month: z.array(plainDate).readonly(),
  }),
});

/** Filters that people look at in one day, of all insurers. */
const REMEMBERED_MAX = 500;

export function dashboardRoutes(app: Api, world: World): void {
  const remembered = rememberedTexts(REMEMBERED_MAX);
  app.get('/api/dashboard', {
    schema: {
      summary: 'Figures against target, industry and leader, ageing, roll rates, cohorts, funnel and recovery, each with its SQL', tags: ['insight'],
      querystring: z.object({
        market: marketCode.optional(), line: z.enum(LINES).optional(), currency: currencyCode.optional(), segment: z.enum(SEGMENTS).optional(),
        from: month.optional(), to: month.optional(),
      }),
      response: { 200: dashboardShape },
    },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const { market = null, line = null, currency = null, segment = null, from, to } = request.query;
    const first = (of: string | undefined): PlainDate | null => (of === undefined ? null : (`${of}-01` as PlainDate));
    const ask = { market, line, currency, segment, from: first(from), to: first(to) };
    const version = await inInsurer(world.database.app, asker, figuresVersion);
    const text = await remembered(JSON.stringify([asker.insurerId, asker.markets, ask]), version, async () => {
      const shown = await inInsurer(world.database.app, asker, (tx) => dashboard(tx, ask));
      return JSON.stringify(z.encode(dashboardShape, { simulated: asker.simulated, ...shown }));
    });
    return sendJsonText(reply, text);
  });
}
