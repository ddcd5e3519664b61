/** The list of holders, by pages along the key, so that page 10,000 costs as much as the first. */

import { type Statement, type Tx } from '../database/index.ts';
import { type HolderRow } from './shapes.ts';

export { type HolderRow } from './shapes.ts';

export type HolderFilter = {
  readonly market: string | null;
  readonly line: string | null;
  readonly tier: string | null;
  readonly stage: string | null;
  /** The last holder of the page before. */
  readonly after: number;
  readonly limit: number;
};

/**
 * One page of holders in the order of their numbers; each with their worst open bill and latest score. A filter that few holders meet walks the
 * key until the page is full.
 */
export async function listHolders(tx: Tx, filter: HolderFilter): Promise<HolderRow[]> {
  const rows = await tx<HolderRow[]>`
    with page as (
      select h.* from holders h ${withBillAt(tx, filter.stage)}
      where h.holder_id > ${filter.after}
        and (${filter.market}::text is null or h.market = ${filter.market})
        and (${filter.line}::text is null or exists (
          select from policies p where p.insurer_id = h.insurer_id and p.holder_id = h.holder_id and p.line = ${filter.line}))
        and (${filter.tier}::text is null or ${filter.tier} = (
          select s.tier from scores s where s.insurer_id = h.insurer_id and s.holder_id = h.holder_id order by s.scored_on desc, s.probability_late desc limit 1))
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
  return [...rows];
}

/** Holders with an open bill at a stage, found from the bills: few of a million holders are late. */
const withBillAt = (tx: Tx, stage: string | null): Statement<readonly Record<string, unknown>[]> => (stage === null ? tx``
  : tx`join (select distinct insurer_id, holder_id from bills where state = 'open' and stage = ${stage}) at_stage using (insurer_id, holder_id)`);
