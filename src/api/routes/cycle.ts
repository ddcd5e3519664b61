/** The day's cycle: how far it is, and news of it as it happens. */

import { z } from 'zod';
import { cycleStatus, startCycle } from '../../cycle/index.ts';
import { inInsurer } from '../../database/index.ts';
import { insurerById } from '../../portfolio/index.ts';
import { moment, plainDate } from '../../service/index.ts';
import { askerIn } from '../asker.ts';
import { sendProblem } from '../problems.ts';
import { businessDateOf, type Api, type World } from '../world.ts';

/** A dead connection behind a proxy is noticed by the next beat. */
const HEARTBEAT_MS = 15_000;
/** A burst of payments is one "look again" for a screen. */
const EVENT_GAP_MS = 250;
/** What depends on the hour (whom one may call now) is looked at again so often. */
const MINUTE_MS = 60_000;

export const cycleShape = z.object({
  cycle: z.object({
    business_date: plainDate, state: z.enum(['running', 'stopped', 'done', 'failed']), stage: z.string(), started_at: moment.nullable(),
    finished_at: moment.nullable(), failure: z.string().nullable(),
    stages: z.array(z.object({
      stage: z.string(), partitions_done: z.int(), partitions: z.int(), rows_read: z.int(), rows_written: z.int(), seconds: z.number(),
    })),
  }).nullable(),
});

export function cycleRoutes(app: Api, world: World): void {
  app.get('/api/cycle', {
    schema: { summary: 'How far the latest business day is, stage by stage', tags: ['cycle'], response: { 200: cycleShape } },
  }, async (request) => {
    const { insurerId } = askerIn(request);
    const cycle = await inInsurer(world.database.app, insurerId, (tx) => cycleStatus(tx, insurerId));
    return { cycle: cycle === null ? null : { ...cycle, stages: [...cycle.stages] } };
  });

  app.post('/api/cycle', {
    config: { access: ['manager', 'it'], wholeInsurer: true },
    schema: {
      summary: 'Start today’s cycle, or go on with a day that was stopped or failed; workers do the work', tags: ['cycle'],
      response: { 202: z.object({ business_date: plainDate, already_done: z.boolean() }) },
    },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const insurer = await insurerById(world.database, asker.insurerId);
    if (!insurer.ok) return sendProblem(request, reply, insurer.problem);
    const started = await startCycle(world.database, insurer.value, businessDateOf(world, asker));
    if (!started.ok) return sendProblem(request, reply, started.problem);
    return reply.code(202).send({ business_date: started.value.businessDate, already_done: started.value.state === 'already_done' });
  });

  app.get('/api/cycle/events', {
    config: { rateLimit: false },
    schema: { summary: 'Server-sent events, each saying what there is to read anew: `cycle`, `payment`, `minute`, `imports`, `jobs`, `connections`, `hand-overs`, `alerts`, `ledger`, `clock`', tags: ['cycle'] },
  }, (request, reply) => {
    const { insurerId } = askerIn(request);
    reply.hijack();
    const stream = reply.raw;
    stream.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
    stream.write('retry: 2000\n\nevent: ready\ndata: {}\n\n');
    const waiting = new Map<string, NodeJS.Timeout>();
    const stop = world.events.subscribe(insurerId, ({ what }) => {
      if (waiting.has(what)) return;
      waiting.set(what, setTimeout(() => {
        waiting.delete(what);
        stream.write(`event: ${what}\ndata: {}\n\n`);
      }, EVENT_GAP_MS));
    });
    const heartbeat = setInterval(() => stream.write(': beat\n\n'), HEARTBEAT_MS);
    const minute = setInterval(() => stream.write('event: minute\ndata: {}\n\n'), MINUTE_MS);
    stream.on('close', () => {
      stop();
      clearInterval(heartbeat);
      clearInterval(minute);
      for (const timer of waiting.values()) clearTimeout(timer);
    });
  });
}
