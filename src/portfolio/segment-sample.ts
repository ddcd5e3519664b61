/**
 * How many holders conditions would pick, told at once: of a large book a sample is looked at, neighbours at evenly spread places of the key, so that it costs the same however
 * large the book is. And the segments to start with, whose bound of value is taken from the same sample.
 */

import { type Tx } from '../database/index.ts';
import { type Language, type PlainDate } from '../kernel/index.ts';
import { type NewSegment, type SegmentEditor } from './segment-store.ts';
import { ANNUAL_PREMIUM_SQL, LATEST_SCORE_SQL, NO_CONDITIONS, type SegmentConditions, segmentSql } from './segments.ts';

const PLACES = 40;
const NEIGHBOURS = 75;
/** A share of so many is known to two points. */
const SAMPLE_HOLDERS = PLACES * NEIGHBOURS;
/** A high value begins where the highest fifth of the policies of a currency does. */
const HIGH_VALUE_QUANTILE = 0.8;

const SAMPLE_SQL = `
    sample as materialized (
      select distinct on (h.holder_id) h.*
      from (select min(holder_id) as first, max(holder_id) as last from holders) ends cross join generate_series(0, ${PLACES - 1}) place
        cross join lateral (
          select insurer_id, holder_id, born_on, preferred_channel from holders where holder_id >= ends.first + place * (ends.last - ends.first + 1) / ${PLACES} order by holder_id limit ${NEIGHBOURS}) h
      order by h.holder_id)`;

export type SegmentPreview = {
  readonly holders: number; readonly policies: number;
  /** Holders looked at who have a policy that is neither ended nor cancelled. */
  readonly of: number;
  /** They are all that there are. */
  readonly whole: boolean;
};

export async function previewSegment(tx: Tx, conditions: SegmentConditions, on: PlainDate): Promise<SegmentPreview> {
  const [row] = await tx.unsafe<SegmentPreview[]>(`
    with ${SAMPLE_SQL},
    looked_at as (
      select p.holder_id, ${segmentSql(conditions, on)} as picked from sample h join policies p on p.insurer_id = h.insurer_id and p.holder_id = h.holder_id ${LATEST_SCORE_SQL}
      where p.state not in ('ended', 'cancelled'))
    select count(distinct holder_id) filter (where picked)::int as holders, count(*) filter (where picked)::int as policies, count(distinct holder_id)::int as of,
      (select count(*) from sample) = (select count(*) from (select from holders limit ${SAMPLE_HOLDERS + 1}) first_ones) as whole
    from looked_at`);
  return row ?? { holders: 0, policies: 0, of: 0, whole: true };
}

const NAMES = {
  under_35: { en: 'Under 35', 'zh-Hans': '35 岁以下', 'zh-Hant': '35 歲以下' },
  '55_over': { en: '55 and over', 'zh-Hans': '55 岁及以上', 'zh-Hant': '55 歲及以上' },
  risk_value: { en: 'High risk, high value', 'zh-Hans': '高风险、高保费', 'zh-Hant': '高風險、高保費' },
  punctual: { en: 'Always on time', 'zh-Hans': '一直准时缴费', 'zh-Hant': '一直準時繳費' },
} as const satisfies Record<string, Record<Language, string>>;

/** Adds those whose name is free, in the language of whoever asks. Returns how many. */
export async function addFirstSegments(tx: Tx, { insurerId, name: by, at }: SegmentEditor, language: Language): Promise<number> {
  const bounds = await tx.unsafe<{ currency: string; bound: number }[]>(`
    with ${SAMPLE_SQL}
    select p.currency, percentile_disc(${HIGH_VALUE_QUANTILE}) within group (order by ${ANNUAL_PREMIUM_SQL})::float8 as bound
    from sample h join policies p on p.insurer_id = h.insurer_id and p.holder_id = h.holder_id where p.state not in ('ended', 'cancelled') group by p.currency order by p.currency`);
  const premium = bounds.map(({ currency, bound }) => ({ currency, at_least_minor: Number(bound.toPrecision(2)), below_minor: null }));
  const first: readonly NewSegment[] = [
    { name: NAMES.under_35[language], conditions: { ...NO_CONDITIONS, ages: ['under_35'] } },
    { name: NAMES['55_over'][language], conditions: { ...NO_CONDITIONS, ages: ['55_over'] } },
    ...(premium.length === 0 ? [] : [{ name: NAMES.risk_value[language], conditions: { ...NO_CONDITIONS, tiers: ['medium_high', 'high'] as const, premium } }]),
    { name: NAMES.punctual[language], conditions: { ...NO_CONDITIONS, behaviours: ['punctual'] } },
  ];
  const added = await tx`
    insert into segments (insurer_id, name, conditions, changed_by, changed_at)
    select ${insurerId}, f.one ->> 'name', f.one -> 'conditions', ${by}, ${new Date(at)} from jsonb_array_elements(${tx.json(first)}) with ordinality as f (one, place) order by f.place
    on conflict do nothing`;
  return added.count;
}
