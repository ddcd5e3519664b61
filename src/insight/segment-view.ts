/** One segment and the list of them, from the cells of the last count: what happened, what is to be expected, what is done; each with the SQL that gives it. */

import { type Tx } from '../database/index.ts';
import { type PlainDate } from '../kernel/index.ts';
import { NOT_DIGITAL } from '../payments/index.ts';
import { allSegments, type Segment, type SegmentConditions } from '../portfolio/index.ts';
import file from './segment-claims.json' with { type: 'json' };
import { type SegmentFigure, WHOLE_BOOK } from './segment-cells.ts';

/** Of how many, and how many of these. */
type Counts = { readonly holders: number; readonly due: number; readonly on_time: number; readonly ahead: number; readonly expected: number };
export type SegmentSums = Counts & { readonly premium: readonly { readonly currency: string; readonly amount_minor: bigint }[] };
export type SegmentRow = Segment & { readonly sums: SegmentSums };

const NOTHING: SegmentSums = { holders: 0, due: 0, on_time: 0, ahead: 0, expected: 0, premium: [] };
/** Of these states a premium is still asked for. */
const PAYING = "('pending', 'in_force', 'grace', 'suspended')";

/** All segments with their first figures, and the whole book's beside them; null where nothing was counted yet. */
export async function segmentList(tx: Tx): Promise<{ readonly segments: readonly SegmentRow[]; readonly book: SegmentSums | null }> {
  const [segments, counts, premium] = await Promise.all([
    allSegments(tx),
    tx<(Counts & { segment_id: number })[]>`
      select segment_id, coalesce(sum(items) filter (where figure = 'holders'), 0)::int as holders, coalesce(sum(items) filter (where figure = 'due'), 0)::int as due,
        coalesce(sum(items) filter (where figure = 'due' and part = 'on_time'), 0)::int as on_time, coalesce(sum(items) filter (where figure = 'ahead' and part = '30'), 0)::int as ahead,
        coalesce(sum(expected) filter (where figure = 'ahead' and part = '30'), 0)::float8 as expected
      from segment_cells where figure in ('holders', 'due', 'ahead') group by segment_id`,
    tx<{ segment_id: number; currency: string; amount_minor: bigint }[]>`
      select segment_id, currency, sum(amount_minor)::bigint as amount_minor from segment_cells where figure = 'policies' and part in ${tx.unsafe(PAYING)} group by 1, 2 order by 1, 3 desc`,
  ]);
  const sumsOf = (segmentId: number): SegmentSums | null => {
    const found = counts.find((row) => row.segment_id === segmentId);
    if (found === undefined) return null;
    const { segment_id: _, ...sums } = found;
    return { ...sums, premium: premium.filter((row) => row.segment_id === segmentId).map(({ currency, amount_minor }) => ({ currency, amount_minor })) };
  };
  return { segments: segments.map((segment) => ({ ...segment, sums: sumsOf(segment.segment_id) ?? NOTHING })), book: sumsOf(WHOLE_BOOK) };
}

/** `whole`: the row is of the whole book, beside the segment's. */
type Whole = { readonly whole: boolean };
export type SegmentFigures = {
  readonly size: readonly (Whole & { readonly figure: string; readonly part: string; readonly currency: string; readonly items: number; readonly amount_minor: bigint })[];
  readonly due: readonly (Whole & { readonly outcome: string; readonly currency: string; readonly bills: number; readonly amount_minor: bigint; readonly days_late: number })[];
  readonly ways: readonly (Whole & { readonly way: string; readonly digital: boolean; readonly bills: number; readonly days_to_pay: number })[];
  readonly ahead: readonly (Whole & {
    readonly days: number; readonly currency: string; readonly bills: number; readonly amount_minor: bigint; readonly expected: number; readonly expected_minor: bigint; readonly unscored: number;
  })[];
  readonly acts: readonly (Whole & { readonly action: string; readonly currency: string; readonly decisions: number; readonly value_minor: bigint; readonly cost_minor: bigint })[];
  readonly waits: readonly (Whole & { readonly reason: string; readonly currency: string; readonly bills: number; readonly value_minor: bigint })[];
  readonly law: readonly (Whole & { readonly answer: string; readonly rule: string; readonly answers: number })[];
};
export type SegmentBlock = keyof SegmentFigures;

const quoted = (values: readonly string[]): string => values.map((value) => `'${value.replaceAll("'", "''")}'`).join(', ');
const from = (segmentId: number, ...figures: readonly SegmentFigure[]): string => `from segment_cells
where segment_id in (${WHOLE_BOOK}, ${Math.trunc(segmentId)})
  and figure in (${quoted(figures)})`;
const WHOLE_SQL = `segment_id = ${WHOLE_BOOK} as whole`;

/** Segment 0 is the whole book. */
export const segmentBlockSql = (segmentId: number): Readonly<Record<SegmentBlock, string>> => ({
  size: `select ${WHOLE_SQL}, figure, part, currency, sum(items)::int as items, sum(amount_minor)::bigint as amount_minor
${from(segmentId, 'holders', 'policies', 'lapsed')}
group by segment_id, figure, part, currency
order by 1, 2, 3, 4`,
  due: `select ${WHOLE_SQL}, part as outcome, currency, sum(items)::int as bills, sum(amount_minor)::bigint as amount_minor, sum(days)::int as days_late
${from(segmentId, 'due')}
group by segment_id, part, currency
order by 1, 2, 3`,
  ways: `select ${WHOLE_SQL}, part as way, part not in (${quoted(NOT_DIGITAL)}) as digital, sum(items)::int as bills, sum(days)::int as days_to_pay
${from(segmentId, 'way')}
group by segment_id, part
order by 1, bills desc, 2`,
  ahead: `select ${WHOLE_SQL}, part::int as days, currency,
  coalesce(sum(items) filter (where figure = 'ahead'), 0)::int as bills,
  coalesce(sum(amount_minor) filter (where figure = 'ahead'), 0)::bigint as amount_minor,
  sum(expected)::float8 as expected, sum(expected_minor)::bigint as expected_minor,
  coalesce(sum(items) filter (where figure = 'unscored'), 0)::int as unscored
${from(segmentId, 'ahead', 'unscored')}
group by segment_id, part, currency
order by 1, 2, 3`,
  acts: `select ${WHOLE_SQL}, part as action, currency, sum(items)::int as decisions, sum(amount_minor)::bigint as value_minor, sum(cost_minor)::bigint as cost_minor
${from(segmentId, 'act')}
group by segment_id, part, currency
order by 1, decisions desc, 2, 3`,
  waits: `select ${WHOLE_SQL}, part as reason, currency, sum(items)::int as bills, sum(amount_minor)::bigint as value_minor
${from(segmentId, 'wait')}
group by segment_id, part, currency
order by 1, bills desc, 2, 3`,
  law: `select ${WHOLE_SQL}, split_part(part, ' ', 1) as answer, split_part(part, ' ', 2) as rule, sum(items)::int as answers
${from(segmentId, 'law')}
group by segment_id, part
order by 1, answers desc, 2, 3`,
});

/** What somebody has claimed of exactly this age band. */
export type Claim = { readonly claim: 'mobile' | 'transfer'; readonly share: number; readonly ways: readonly string[]; readonly source: string; readonly verified: boolean };
export function claimOf({ ages }: SegmentConditions): Claim | null {
  const found = file.claims.find((claim) => claim.ages.length === ages.length && claim.ages.every((age) => ages.some((one) => one === age)));
  return found === undefined ? null : { claim: found.claim === 'mobile' ? 'mobile' : 'transfer', share: found.share, ways: found.ways, source: found.source, verified: found.verified };
}

export type SegmentView = {
  readonly segment: Segment; readonly claim: Claim | null; readonly counted_on: PlainDate | null; readonly sql: Readonly<Record<SegmentBlock, string>>;
} & SegmentFigures;

/** Of a segment that is being counted, nothing but the whole book. */
export async function segmentView(tx: Tx, segment: Segment): Promise<SegmentView> {
  const sql = segmentBlockSql(segment.segment_id);
  const [size, due, ways, ahead, acts, waits, law] = await Promise.all([
    tx.unsafe<SegmentFigures['size'][number][]>(sql.size), tx.unsafe<SegmentFigures['due'][number][]>(sql.due), tx.unsafe<SegmentFigures['ways'][number][]>(sql.ways),
    tx.unsafe<SegmentFigures['ahead'][number][]>(sql.ahead), tx.unsafe<SegmentFigures['acts'][number][]>(sql.acts), tx.unsafe<SegmentFigures['waits'][number][]>(sql.waits),
    tx.unsafe<SegmentFigures['law'][number][]>(sql.law),
  ]);
  return { segment, claim: claimOf(segment.conditions), counted_on: segment.counted_on, sql, size, due, ways, ahead, acts, waits, law };
}
