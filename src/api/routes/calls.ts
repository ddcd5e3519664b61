/** Who is called next, and what is said: the cards of the calls that may be made now. */

import { rulePacks } from '../../cycle/index.ts';
import { callsAllowedNow } from '../../outreach/index.ts';
import { callDesk, type CallDesk, callDeskShape } from '../../service/index.ts';
import { askerIn } from '../asker.ts';
import { languageOf } from '../problems.ts';
import { sharedReading } from '../shared-answer.ts';
import { businessDateOf, nowOf, type Api, type World } from '../world.ts';

/** More than a shift can make; the page Today counts to the same. */
const COUNTED_MAX = 1_000;
const CARDS_MAX = 50;

export function callRoutes(app: Api, world: World): void {
  const shared = sharedReading<CallDesk>(world);
  app.get('/api/calls', {
    // The cards show whole telephone numbers: only to those who dial them.
    config: { access: ['manager', 'agent'] },
    schema: { summary: 'The calls that may be made now, each with what its caller needs', tags: ['contacts'], response: { 200: callDeskShape } },
  }, (request) => {
    const asker = askerIn(request);
    const language = languageOf(request);
    return shared(asker, { language }, async (tx) => {
      const now = nowOf(world, asker);
      return callDesk(tx, {
        now, businessDate: businessDateOf(world, asker), language, most: CARDS_MAX, allowed: await callsAllowedNow(tx, rulePacks(), asker.insurerId, now, COUNTED_MAX),
      });
    });
  });
}
