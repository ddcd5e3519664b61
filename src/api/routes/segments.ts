/** Segments: what they are, who is in them by a sample, and what happened, what is to be expected and what is done in each. */

import { type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { inInsurer } from '../../database/index.ts';
import { queueSegments, segmentList, segmentView } from '../../insight/index.ts';
import { addFirstSegments, addSegment, archiveSegment, changeSegment, previewSegment, segmentById, segmentConditions, type SegmentEditor } from '../../portfolio/index.ts';
import { amountMinor, moment, plainDate } from '../../service/index.ts';
import { askerIn } from '../asker.ts';
import { languageOf, notFound, sendProblem } from '../problems.ts';
import { businessDateOf, nowOf, type Access, type Api, type World } from '../world.ts';
import { idParam } from './holders.ts';

const CHANGERS = ['manager', 'finance'] as const satisfies Access;
const NAME_MAX = 80;

const segment = {
  segment_id: z.int(), name: z.string(), conditions: segmentConditions, version: z.int(), changed_by: z.string(), changed_at: moment, archived_at: moment.nullable(), counted_on: plainDate.nullable(),
};
const sums = z.object({
  holders: z.int(), premium: z.array(z.object({ currency: z.string(), amount_minor: amountMinor })).readonly(), due: z.int(), on_time: z.int(), ahead: z.int(), expected: z.number(),
});
export const segmentsShape = z.object({ segments: z.array(z.object({ ...segment, sums })).readonly(), book: sums.nullable() });
const rows = <Shape extends z.ZodRawShape>(shape: Shape) => z.array(z.object({ whole: z.boolean().describe('Of the whole book, beside the segment'), ...shape })).readonly();
export const segmentShape = z.object({
  segment: z.object(segment), counted_on: plainDate.nullable(),
  claim: z.object({ claim: z.enum(['mobile', 'transfer']), share: z.number(), ways: z.array(z.string()).readonly(), source: z.string(), verified: z.boolean() }).nullable(),
  size: rows({ figure: z.string(), part: z.string(), currency: z.string(), items: z.int(), amount_minor: amountMinor }),
  due: rows({ outcome: z.string(), currency: z.string(), bills: z.int(), amount_minor: amountMinor, days_late: z.int() }),
  ways: rows({ way: z.string(), digital: z.boolean(), bills: z.int(), days_to_pay: z.int() }),
  ahead: rows({ days: z.int(), currency: z.string(), bills: z.int(), amount_minor: amountMinor, expected: z.number(), expected_minor: amountMinor, unscored: z.int() }),
  acts: rows({ action: z.string(), currency: z.string(), decisions: z.int(), value_minor: amountMinor, cost_minor: amountMinor }),
  waits: rows({ reason: z.string(), currency: z.string(), bills: z.int(), value_minor: amountMinor }),
  law: rows({ answer: z.string(), rule: z.string(), answers: z.int() }),
  sql: z.record(z.enum(['size', 'due', 'ways', 'ahead', 'acts', 'waits', 'law']), z.string()),
});
export const segmentPreviewShape = z.object({
  holders: z.int(), policies: z.int(), of: z.int().describe('Holders looked at'), whole: z.boolean().describe('They are all that there are'),
});

const fields = { name: z.string().trim().min(1).max(NAME_MAX), conditions: segmentConditions };
const version = z.int().min(1).describe('The version that the change was made on');
const params = z.object({ segment_id: idParam });

export function segmentRoutes(app: Api, world: World): void {
  const editorOf = (request: FastifyRequest): SegmentEditor => {
    const asker = askerIn(request);
    return { insurerId: asker.insurerId, name: asker.name, at: nowOf(world, asker) };
  };

  app.get('/api/segments', {
    schema: { summary: 'Segments with their first figures, and the whole book beside them', tags: ['insight'], response: { 200: segmentsShape } },
  }, (request) => inInsurer(world.database.app, askerIn(request), segmentList));

  app.get('/api/segments/:segment_id', {
    schema: { summary: 'One segment: what happened, what is to be expected, what is done; each with its SQL', tags: ['insight'], params, response: { 200: segmentShape } },
  }, async (request, reply) => {
    const view = await inInsurer(world.database.app, askerIn(request), async (tx) => {
      const found = await segmentById(tx, request.params.segment_id);
      return found === undefined ? null : segmentView(tx, found);
    });
    return view ?? notFound(request, reply);
  });

  app.post('/api/segments', {
    config: { access: CHANGERS, wholeInsurer: true },
    schema: { summary: 'Make a segment; it is counted at once', tags: ['insight'], body: z.object(fields), response: { 201: z.object({ segment_id: z.int() }) } },
  }, async (request, reply) => {
    const added = await inInsurer(world.database.app, askerIn(request), async (tx) => {
      const result = await addSegment(tx, editorOf(request), request.body);
      if (result.ok) await queueSegments(tx, askerIn(request).insurerId);
      return result;
    });
    return added.ok ? reply.code(201).send({ segment_id: added.value }) : sendProblem(request, reply, added.problem);
  });

  app.post('/api/segments/first', {
    config: { access: CHANGERS, wholeInsurer: true },
    schema: {
      summary: 'Make the segments to start with, named in the asker’s language; those whose names are taken are left', tags: ['insight'], response: { 200: z.object({ added: z.int() }) },
    },
  }, (request) => inInsurer(world.database.app, askerIn(request), async (tx) => {
    const added = await addFirstSegments(tx, editorOf(request), languageOf(request));
    if (added > 0) await queueSegments(tx, askerIn(request).insurerId);
    return { added };
  }));

  app.post('/api/segments/preview', {
    config: { access: CHANGERS },
    schema: {
      summary: 'How many holders conditions would pick; of a large book told by a sample', tags: ['insight'], body: z.object({ conditions: segmentConditions }), response: { 200: segmentPreviewShape },
    },
  }, (request) => inInsurer(world.database.app, askerIn(request), (tx) => previewSegment(tx, request.body.conditions, businessDateOf(world, askerIn(request)))));

  app.put('/api/segments/:segment_id', {
    config: { access: CHANGERS, wholeInsurer: true },
    schema: { summary: 'Change a segment on the version that was seen', tags: ['insight'], params, body: z.object({ version, ...fields }), response: { 200: z.object({ version: z.int() }) } },
  }, async (request, reply) => {
    const { version: on, ...to } = request.body;
    const changed = await inInsurer(world.database.app, askerIn(request), async (tx) => {
      const result = await changeSegment(tx, editorOf(request), request.params.segment_id, on, to);
      if (result.ok) await queueSegments(tx, askerIn(request).insurerId);
      return result;
    });
    return changed.ok ? { version: changed.value } : sendProblem(request, reply, changed.problem);
  });

  app.post('/api/segments/:segment_id/archive', {
    config: { access: CHANGERS, wholeInsurer: true },
    schema: {
      summary: 'Take a segment out of use, or back into it', tags: ['insight'], params, body: z.object({ version, archived: z.boolean() }), response: { 200: z.object({ version: z.int() }) },
    },
  }, async (request, reply) => {
    const { version: on, archived } = request.body;
    const changed = await inInsurer(world.database.app, askerIn(request), async (tx) => {
      const result = await archiveSegment(tx, editorOf(request), request.params.segment_id, on, archived);
      if (result.ok && !archived) await queueSegments(tx, askerIn(request).insurerId);
      return result;
    });
    return changed.ok ? { version: changed.value } : sendProblem(request, reply, changed.problem);
  });
}
