/** The list of holders, by pages along the key, so that page 10,000 costs as much as the first. */

import { type Tx } from '../database/index.ts';
import { type PlainDate } from '../kernel/index.ts';
import { type AgeBand, ageBandSql, LATEST_SCORE_SQL, PREFERRED_CHANNEL_SQL, type PreferredChannel, type SegmentConditions, segmentSql } from '../portfolio/index.ts';
import { type HolderRow } from './shapes.ts';

export { type HolderRow } from './shapes.ts';

export type HolderFilter = {
  readonly market: string | null;
  readonly line: string | null;
  readonly tier: string | null;
  readonly stage: string | null;
  /** Any of their policies is in it. */
  readonly segment: SegmentConditions | null;
  readonly age: AgeBand | null;
  readonly channel: PreferredChannel | null;
  readonly on: PlainDate;
  /** The last holder of the page before. */
  readonly after: number;
  readonly limit: number;
};

/** A filter that few holders meet does not walk the whole key for one page: so many are looked at, and the next page goes on from there. */
const WALK_MAX = 4_000;

export type HolderPage = {
  readonly holders: readonly HolderRow[];
  /** Where the next page begins; null at the end of the key. */
  readonly next_after: number | null;
};

/** One page of holders in the order of their numbers; each with their worst open bill and latest score. */
export async function listHolders(tx: Tx, filter: HolderFilter): Promise<HolderPage> {
  // Not `exists`: the planner would join it, and read every policy of the book for one page.
  const where = tx.unsafe([
    ...(filter.age === null ? [] : [`and ${ageBandSql(filter.on)} = '${filter.age}'`]), ...(filter.channel === null ? [] : [`and ${PREFERRED_CHANNEL_SQL} = '${filter.channel}'`]),
    ...(filter.segment === null ? [] : [`and (select true from policies p ${LATEST_SCORE_SQL}
          where p.insurer_id = h.insurer_id and p.holder_id = h.holder_id and p.state not in ('ended', 'cancelled') and ${segmentSql(filter.segment, filter.on)} limit 1)`]),
  ].join('\n        '));
  const holders = await tx<HolderRow[]>`
    with page as (
      select h.* from (select * from holders where holder_id > ${filter.after} order by holder_id limit ${WALK_MAX}) h
      where (${filter.market}::text is null or h.market = ${filter.market})
        and (${filter.line}::text is null or exists (
          select from policies p where p.insurer_id = h.insurer_id and p.holder_id = h.holder_id and p.line = ${filter.line}))
        and (${filter.tier}::text is null or ${filter.tier} = (
          select s.tier from scores s where s.insurer_id = h.insurer_id and s.holder_id = h.holder_id order by s.scored_on desc, s.probability_late desc limit 1))
        and (${filter.stage}::text is null or exists (
          select from bills b where b.insurer_id = h.insurer_id and b.holder_id = h.holder_id and b.state = 'open' and b.stage = ${filter.stage}))
        ${where}
      order by h.holder_id limit ${filter.limit})
    select page.holder_id, page.external_ref, holder_name(page.family_name, page.given_name) as name, page.market, page.language,
      coalesce(p.policies, 0)::int as policies, coalesce(p.lines, '{}') as lines, p.state,
      coalesce(b.open_bills, 0)::int as open_bills, b.currency, b.outstanding_minor, b.due_on, b.stage, s.tier, s.probability_late
    from page
    left join lateral (
      select count(*) as policies, array_agg(distinct line::text) as lines,
        (array_agg(state order by array_position(array['lapsed', 'suspended', 'grace', 'in_force', 'pending', 'ended', 'cancelled'], state)))[1] as state
      from policies where insurer_id = page.insurer_id and holder_id = page.holder_id) p on true
    left join lateral (
      select count(*) as open_bills, min(currency) as currency, min(due_on) as due_on,
        case when min(currency) = max(currency) then sum(amount_minor - paid_minor)::bigint end as outstanding_minor,
        (array_agg(stage order by due_on))[1] as stage
      from bills where insurer_id = page.insurer_id and holder_id = page.holder_id and state = 'open') b on true
    left join lateral (
      select tier, probability_late from scores where insurer_id = page.insurer_id and holder_id = page.holder_id
      order by scored_on desc, probability_late desc limit 1) s on true
    order by page.holder_id`;
  if (holders.length === filter.limit) return { holders: [...holders], next_after: holders.at(-1)?.holder_id ?? null };
  const [walk] = await tx<{ looked_at: number; last: number | null }[]>`
    select count(*)::int as looked_at, max(holder_id) as last from (select holder_id from holders where holder_id > ${filter.after} order by holder_id limit ${WALK_MAX}) walked`;
  return { holders: [...holders], next_after: walk?.looked_at === WALK_MAX ? walk.last : null };
}
