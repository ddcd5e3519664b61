/** A segment that somebody has made or changed is counted at once, as work of the queue. */

import { type Database, inInsurer } from '../database/index.ts';
import { countChanged, SEGMENTS_TASK, type SegmentsJob } from '../insight/index.ts';
import { type Moment } from '../kernel/index.ts';
import { businessDateOf, insurerById } from '../portfolio/index.ts';
import { type OtherWork } from './worker.ts';

export const segmentTask = ({ database, now }: { readonly database: Database; readonly now: () => Moment }): OtherWork['tasks'] => ({
  [SEGMENTS_TASK]: async (payload) => {
    const { insurer_id: insurerId } = payload as SegmentsJob;
    const insurer = await insurerById(database, insurerId);
    if (!insurer.ok) return;
    await inInsurer(database.app, insurerId, async (tx) => {
      const counted = await countChanged(tx, insurerId, businessDateOf(insurer.value, now() + insurer.value.clockOffsetMs));
      if (counted > 0) await tx`select pg_notify('inforce_cycle', ${JSON.stringify({ insurer_id: insurerId })})`;
    });
  },
});
