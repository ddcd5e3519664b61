/** The day's cycle: how far it is, and news of it as it happens. */

import { z } from 'zod';
import { moment, plainDate } from '../../service/index.ts';
import { askerIn } from '../asker.ts';
import { type Api, type World } from '../world.ts';

/** A dead connection behind a proxy is noticed by the next beat. */
const HEARTBEAT_MS = 15_000;
/** A burst of payments is one "look again" for a screen. */
const EVENT_GAP_MS = 250;

export const cycleShape = z.object({
  cycle: z.object({
    business_date: plainDate, state: z.enum(['running', 'stopped', 'done', 'failed']), stage: z.string(), started_at: moment.nullable(),
    finished_at: moment.nullable(),
    stages: z.array(z.object({
      stage: z.string(), partitions_done: z.int(), partitions: z.int(), rows_read: z.int(), rows_written: z.int(), seconds: z.number(),
    })),
  }).nullable(),
});

export function cycleRoutes(app: Api, world: World): void {
  app.get('/api/cycle/events', {
    config: { rateLimit: false },
    schema: { summary: 'Server-sent events: `cycle` and `payment` say that there is something new to read', tags: ['cycle'] },
  }, (request, reply) => {
    const { insurerId } = askerIn(request);
    reply.hijack();
    const stream = reply.raw;
    stream.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
    stream.write('retry: 2000\n\nevent: ready\ndata: {}\n\n');
    const waiting = new Map<string, NodeJS.Timeout>();
    const stop = world.events.subscribe(insurerId, ({ channel }) => {
      if (waiting.has(channel)) return;
      waiting.set(channel, setTimeout(() => {
        waiting.delete(channel);
        stream.write(`event: ${channel.replace('inforce_', '')}\ndata: {}\n\n`);
      }, EVENT_GAP_MS));
    });
    const heartbeat = setInterval(() => stream.write(': beat\n\n'), HEARTBEAT_MS);
    stream.on('close', () => {
      stop();
      clearInterval(heartbeat);
      for (const timer of waiting.values()) clearTimeout(timer);
    });
  });
}
