/** Stage `segment`: what happened, what is to be expected and what is done today in each segment, range by range; the stage `report` sums it up. */

import { countedSegments, countRange } from '../../insight/index.ts';
import { type Stage } from '../stage.ts';

export const segmentStage: Stage = {
  name: 'segment', partitioned: true,
  prepare: async (tx) => ({ segments: await countedSegments(tx) }),
  // Without a segment nobody asks for the whole book either.
  work: async (tx, { insurer: { insurerId }, businessDate, shared: { segments = [] } }, range) =>
    (segments.length === 0 ? { read: 0, written: 0 } : countRange(tx, insurerId, businessDate, segments, range)),
};
