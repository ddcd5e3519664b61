/** Is the machine sound? Integrity checks, the queue's jobs of this insurer, and its last days. */

import { z } from 'zod';
import { inInsurer } from '../../database/index.ts';
import { type InsurerId } from '../../kernel/index.ts';
import { checksShape, cycleListShape, jobsShape, lastChecks, listCycles, listJobs, plainDate, retryJob, runChecks } from '../../service/index.ts';
import { askerIn } from '../asker.ts';
import { sendProblem } from '../problems.ts';
import { businessDateOf, machineNow, type Access, type Api, type World } from '../world.ts';
import { idParam } from './holders.ts';

const READERS = ['manager', 'it', 'auditor'] as const satisfies Access;
const RETRIERS = ['manager', 'it'] as const satisfies Access;

export function jobRoutes(app: Api, world: World): void {
  /** Checks that this process is running: asked twice, they run once. */
  const running = new Map<InsurerId, Promise<void>>();
  app.addHook('onClose', async () => { await Promise.all(running.values()); });

  app.get('/api/jobs', {
    config: { access: READERS, wholeInsurer: true },
    schema: { summary: 'This insurer’s jobs that wait, run or failed', tags: ['jobs'], response: { 200: jobsShape } },
  }, async (request) => inInsurer(world.database.app, askerIn(request), listJobs));

  app.post('/api/jobs/:job_id/retry', {
    config: { access: RETRIERS, wholeInsurer: true },
    schema: {
      summary: 'Try a failing job again; a day that stood still because of it goes on', tags: ['jobs'], params: z.object({ job_id: idParam }),
      response: { 202: z.object({ business_date: plainDate }) },
    },
  }, async (request, reply) => {
    const retried = await inInsurer(world.database.app, askerIn(request), (tx) => retryJob(tx, request.params.job_id));
    if (!retried.ok) return sendProblem(request, reply, retried.problem);
    return reply.code(202).send({ business_date: retried.value.businessDate });
  });

  app.get('/api/jobs/cycles', {
    config: { access: READERS, wholeInsurer: true },
    schema: { summary: 'The last days, each with its stages', tags: ['jobs'], response: { 200: cycleListShape } },
  }, async (request) => inInsurer(world.database.app, askerIn(request), listCycles));

  const answer = async (insurerId: InsurerId) => ({ running: running.has(insurerId), ...await inInsurer(world.database.app, insurerId, lastChecks) });

  app.get('/api/jobs/checks', {
    config: { access: READERS, wholeInsurer: true },
    schema: { summary: 'What the integrity checks found when they last ran', tags: ['jobs'], response: { 200: checksShape } },
  }, async (request) => answer(askerIn(request).insurerId));

  app.post('/api/jobs/checks', {
    config: { access: READERS, wholeInsurer: true },
    schema: { summary: 'Run the integrity checks; they change nothing but their own answers', tags: ['jobs'], response: { 202: checksShape } },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const { insurerId } = asker;
    if (!running.has(insurerId)) {
      const checks = runChecks(world.database, insurerId, asker.name, businessDateOf(world, asker), () => new Date(machineNow(world)));
      running.set(insurerId, checks.catch((error: unknown) => { request.log.error({ err: error }, 'an integrity check broke off'); }).finally(() => {
        running.delete(insurerId);
        // That they are over stands in no row.
        world.database.app.notify('inforce_change', JSON.stringify({ insurer_id: insurerId, what: 'jobs' })).catch(() => {});
      }));
    }
    return reply.code(202).send(await answer(insurerId));
  });
}
