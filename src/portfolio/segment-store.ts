/** Segments as rows: each change is made on the version that was seen; what is no longer wanted is archived, because a strategy or a report may still name it. */

import { type Tx } from '../database/index.ts';
import { fail, type InsurerId, type Moment, ok, type PlainDate, type Result } from '../kernel/index.ts';
import { asksNothing, segmentConditions, type SegmentConditions } from './segments.ts';

/** The report marks each policy with its segments in the bits of one number. */
const SEGMENTS_MAX = 50;

export type Segment = {
  readonly segment_id: number; readonly name: string; readonly conditions: SegmentConditions; readonly version: number; readonly changed_by: string; readonly changed_at: Date;
  readonly archived_at: Date | null;
  /** The day as of which it was counted by these conditions; null: not yet. */
  readonly counted_on: PlainDate | null;
};
export type NewSegment = Pick<Segment, 'name' | 'conditions'>;
export type SegmentEditor = { readonly insurerId: InsurerId; readonly name: string; readonly at: Moment };

/** All of the transaction's insurer by name, those that are in use first. */
export async function allSegments(tx: Tx): Promise<readonly Segment[]> {
  const rows = await tx<Segment[]>`
    select segment_id, name, conditions, version, changed_by, changed_at, archived_at, counted_on from segments order by archived_at is not null, lower(name), segment_id`;
  return rows.map(withConditions);
}

export const liveSegments = async (tx: Tx): Promise<readonly Segment[]> => (await allSegments(tx)).filter(({ archived_at: archived }) => archived === null);

export async function segmentById(tx: Tx, segmentId: number): Promise<Segment | undefined> {
  const [row] = await tx<Segment[]>`select segment_id, name, conditions, version, changed_by, changed_at, archived_at, counted_on from segments where segment_id = ${segmentId}`;
  return row === undefined ? undefined : withConditions(row);
}

/** A condition that a later version has brought is missing in what was written before it. */
const withConditions = (row: Segment): Segment => ({ ...row, conditions: segmentConditions.parse(row.conditions) });

/** Problems: `segment_empty`, `segment_name_taken`, `segments_full`. */
export async function addSegment(tx: Tx, { insurerId, name: by, at }: SegmentEditor, { name, conditions }: NewSegment): Promise<Result<number>> {
  if (asksNothing(conditions)) return fail('segment_empty');
  const [row] = await tx<{ segment_id: number }[]>`
    insert into segments (insurer_id, name, conditions, changed_by, changed_at)
    select ${insurerId}, ${name}, ${tx.json(conditions)}, ${by}, ${new Date(at)} where (select count(*) from segments where archived_at is null) < ${SEGMENTS_MAX}
    on conflict do nothing returning segment_id`;
  if (row !== undefined) return ok(row.segment_id);
  return (await nameTaken(tx, name, 0)) ? fail('segment_name_taken', { name }) : fail('segments_full', { most: SEGMENTS_MAX });
}

/** Problems: `segment_empty`, `segment_name_taken`, `not_found`, `changed_meanwhile`. Returns the new version. */
export async function changeSegment(tx: Tx, { name: by, at }: SegmentEditor, segmentId: number, version: number, { name, conditions }: NewSegment): Promise<Result<number>> {
  if (asksNothing(conditions)) return fail('segment_empty');
  const held = await heldSegment(tx, segmentId, version);
  if (!held.ok) return held;
  if (held.value === 'live' && await nameTaken(tx, name, segmentId)) return fail('segment_name_taken', { name });
  await tx`
    update segments set name = ${name}, conditions = ${tx.json(conditions)}, version = version + 1, changed_by = ${by}, changed_at = ${new Date(at)},
      counted_on = case when conditions = ${tx.json(conditions)} then counted_on end
    where segment_id = ${segmentId}`;
  return ok(version + 1);
}

/** Takes a segment out of use, or back into it. Problems: `not_found`, `changed_meanwhile`, `segment_name_taken`, `segments_full`. Returns the new version. */
export async function archiveSegment(tx: Tx, { name: by, at }: SegmentEditor, segmentId: number, version: number, archived: boolean): Promise<Result<number>> {
  const held = await heldSegment(tx, segmentId, version);
  if (!held.ok) return held;
  if (!archived && held.value === 'archived') {
    const [row] = await tx<{ name: string; live: number }[]>`
      select name, (select count(*)::int from segments where archived_at is null) as live from segments where segment_id = ${segmentId}`;
    if (row !== undefined && await nameTaken(tx, row.name, segmentId)) return fail('segment_name_taken', { name: row.name });
    if ((row?.live ?? 0) >= SEGMENTS_MAX) return fail('segments_full', { most: SEGMENTS_MAX });
  }
  await tx`
    update segments set archived_at = ${archived ? new Date(at) : null}, counted_on = null, version = version + 1, changed_by = ${by}, changed_at = ${new Date(at)} where segment_id = ${segmentId}`;
  return ok(version + 1);
}

async function heldSegment(tx: Tx, segmentId: number, version: number): Promise<Result<'live' | 'archived'>> {
  const [row] = await tx<Pick<Segment, 'version' | 'changed_by' | 'changed_at' | 'archived_at'>[]>`
    select version, changed_by, changed_at, archived_at from segments where segment_id = ${segmentId} for update`;
  if (row === undefined) return fail('not_found');
  if (row.version !== version) return fail('changed_meanwhile', { by: row.changed_by, at: row.changed_at.toISOString(), version: row.version });
  return ok(row.archived_at === null ? 'live' : 'archived');
}

const nameTaken = async (tx: Tx, name: string, but: number): Promise<boolean> =>
  (await tx`select 1 from segments where archived_at is null and lower(name) = lower(${name}) and segment_id <> ${but}`).length > 0;
