/** Producers: the policies they look after, rates of commission, statements. */

import { z } from 'zod';
import { inInsurer } from '../../database/index.ts';
import { type PlainDate } from '../../kernel/index.ts';
import { addProducer, addRate, commissionStatement, commissionStatementShape, giveToProducer, listProducers, plainDate, POLICY_YEARS, PRODUCER_LINES, producersShape } from '../../service/index.ts';
import { askerIn } from '../asker.ts';
import { sendProblem } from '../problems.ts';
import { businessDateOf, type Access, type Api, type World } from '../world.ts';
import { idParam } from './holders.ts';

const ACTORS = ['manager', 'finance'] as const satisfies Access;
const READERS = ['manager', 'finance', 'auditor'] as const satisfies Access;
const NAME_LENGTH_MAX = 120;
const PPM_MAX = 1_000_000;
const firstOfMonth = plainDate.refine((day) => day.endsWith('-01'), 'expected the first day of a month');
const nothing = z.object({});

export function producerRoutes(app: Api, world: World): void {
  app.get('/api/producers', {
    config: { access: READERS, wholeInsurer: true }, schema: { summary: 'Producers, what they earned in a month, and the rates', tags: ['producers'], querystring: z.object({ month: firstOfMonth.optional() }), response: { 200: producersShape } },
  }, async (request) => {
    const asker = askerIn(request);
    return inInsurer(world.database.app, asker, (tx) => listProducers(tx, request.query.month ?? (`${businessDateOf(world, asker).slice(0, 7)}-01` as PlainDate)));
  });

  app.post('/api/producers', {
    config: { access: ACTORS, wholeInsurer: true },
    schema: {
      summary: 'A new producer', tags: ['producers'], body: z.object({ name: z.string().trim().min(1).max(NAME_LENGTH_MAX), external_ref: z.string().trim().max(NAME_LENGTH_MAX).default('') }),
      response: { 200: z.object({ producer_id: z.int() }) },
    },
  }, async (request) => {
    const asker = askerIn(request);
    return inInsurer(world.database.app, asker, (tx) => addProducer(tx, asker.insurerId, request.body.name, request.body.external_ref, asker.name));
  });

  app.get('/api/producers/:producer_id/statement', {
    config: { access: READERS, wholeInsurer: true },
    schema: { summary: 'What a producer earned in a month, and what went back', tags: ['producers'], params: z.object({ producer_id: idParam }), querystring: z.object({ month: firstOfMonth }), response: { 200: commissionStatementShape } },
  }, async (request, reply) => await inInsurer(world.database.app, askerIn(request), (tx) => commissionStatement(tx, request.params.producer_id, request.query.month)) ?? sendProblem(request, reply, { code: 'not_found' }));

  app.post('/api/producers/:producer_id/policies', {
    config: { access: ACTORS, wholeInsurer: true },
    schema: {
      summary: 'A producer looks after a policy: bills that fall due from a day on', tags: ['producers'], params: z.object({ producer_id: idParam }),
      body: z.object({ policy_number: z.string().trim().min(1).max(NAME_LENGTH_MAX), since: plainDate }), response: { 200: nothing },
    },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const given = await inInsurer(world.database.app, asker, (tx) => giveToProducer(tx, asker.insurerId, request.params.producer_id, request.body.policy_number, request.body.since));
    return given.ok ? {} : sendProblem(request, reply, given.problem);
  });

  app.post('/api/commission-rates', {
    config: { access: ACTORS, wholeInsurer: true },
    schema: {
      summary: 'A rate of commission from a day on', tags: ['producers'],
      body: z.object({ producer_id: idParam.nullable().default(null).describe('Null: all without a rate of their own'), line: z.enum(PRODUCER_LINES), policy_year: z.enum(POLICY_YEARS), from_on: plainDate, rate_ppm: z.int().min(0).max(PPM_MAX) }),
      response: { 200: nothing },
    },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const { producer_id: producerId, line, policy_year: year, from_on: fromOn, rate_ppm: ratePpm } = request.body;
    const added = await inInsurer(world.database.app, asker, (tx) => addRate(tx, asker.insurerId, { producerId, line, year, fromOn, ratePpm }, asker.name));
    return added.ok ? {} : sendProblem(request, reply, added.problem);
  });
}
