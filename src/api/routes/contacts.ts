/** What came of a contact that a person made. */

import { z } from 'zod';
import { inInsurer } from '../../database/index.ts';
import { type HolderId } from '../../kernel/index.ts';
import { amountMinor, CALL_OUTCOMES, LATE_REASONS, plainDate, recordCallOutcome } from '../../service/index.ts';
import { askerIn } from '../asker.ts';
import { sendProblem } from '../problems.ts';
import { businessDateOf, nowOf, type Api, type World } from '../world.ts';
import { idParam } from './holders.ts';

export function contactRoutes(app: Api, world: World): void {
  app.post('/api/contacts/:contact_id/outcome', {
    config: { access: ['manager', 'agent'] },
    schema: {
      summary: 'Record a call’s outcome, and a promise if one was made', tags: ['contacts'], params: z.object({ contact_id: idParam }),
      body: z.object({
        holder_id: idParam, outcome: z.enum(CALL_OUTCOMES),
        late_reason: z.enum(LATE_REASONS).nullable().default(null).describe('Why the payment is late; needed where the holder was spoken to about the bill'),
        promise: z.object({ pay_by: plainDate, amount_minor: amountMinor.nullable().default(null) }).nullable().default(null),
      }),
      response: { 200: z.object({ promise_id: z.int().nullable() }) },
    },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const { holder_id, outcome, promise, late_reason: lateReason } = request.body;
    const recorded = await inInsurer(world.database.app, asker, (tx) => recordCallOutcome(tx, {
      insurerId: asker.insurerId, holderId: holder_id as HolderId, contactId: request.params.contact_id, outcome, lateReason,
      promise: promise === null ? null : { payBy: promise.pay_by, amountMinor: promise.amount_minor },
      madeBy: asker.name, at: nowOf(world, asker), on: businessDateOf(world, asker),
    }));
    if (!recorded.ok) return sendProblem(request, reply, recorded.problem);
    return { promise_id: recorded.value.promiseId };
  });
}
