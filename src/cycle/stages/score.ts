/** Stage `score`: each instalment is scored 90, 60, 30, 7 and 0 days before it falls due, with its tier and three reasons. */

import { copyToTemporary, type CopyValue, type Tx } from '../../database/index.ts';
import { type PlainDate } from '../../kernel/index.ts';
import { featureValue, REASONS_PER_ROW, scoreColumns, tierOf } from '../../risk/index.ts';
import { CURRENT_FEATURES, type FeatureRow, featureColumns, STANDING_FEATURES } from '../features.ts';
import { ensureChampion, modelById } from '../models.ts';
import { type HolderRange, type Stage, type StageContext, type StageCounts } from '../stage.ts';

export const scoreStage: Stage = {
  name: 'score', partitioned: true, work: score,
  prepare: async (tx, { insurer, businessDate }) => ({ modelId: await ensureChampion(tx, insurer.insurerId, businessDate) }),
};

type ScoreRow = FeatureRow & { readonly holder_id: number; readonly policy_id: number; readonly scored_due_on: PlainDate; readonly horizon_days: number };

const COLUMNS = ['holder_id bigint', 'policy_id bigint', 'due_on date', 'horizon_days smallint', 'probability_late real', 'tier text', 'reason_features text[]', 'reason_values text[]',
  'reason_contributions real[]'];

/**
 * A horizon is crossed when the due date minus its days lies after the last cycle and not after today, so a day on which no cycle ran is made up for;
 * an insurer's first cycle scores everything that falls due within 90 days or is overdue.
 */
async function score(tx: Tx, { insurer: { insurerId }, businessDate, shared }: StageContext, { from, to }: HolderRange): Promise<StageCounts> {
  if (shared.modelId === null) return { read: 0, written: 0 };
  const stored = await modelById(tx, insurerId, shared.modelId);
  if (stored === null) throw new Error(`risk model ${shared.modelId} of insurer ${insurerId} is gone or cannot be read`);
  const rows = await tx<ScoreRow[]>`
    with instalments as (
      select holder_id, policy_id, next_due_on as due_on from policies
      where insurer_id = ${insurerId} and holder_id between ${from} and ${to} and next_due_on between ${businessDate}::date and ${businessDate}::date + 90
        and state in ('in_force', 'grace', 'pending')
      union all
      select holder_id, policy_id, due_on from bills where insurer_id = ${insurerId} and holder_id between ${from} and ${to} and state = 'open'),
    crossed as (
      select i.*, (select min(h) from unnest(array[90, 60, 30, 7, 0]) h where h >= greatest(0, i.due_on - ${businessDate}::date)) as horizon_days
      from instalments i)
    select c.holder_id, c.policy_id, c.due_on as scored_due_on, c.horizon_days, ${tx.unsafe(CURRENT_FEATURES)}, ${tx.unsafe(STANDING_FEATURES)},
      ((c.due_on - p.cover_from) / 30.44)::float8 as tenure_months, ((c.due_on - h.born_on) / 365.25)::float8 as age_years
    from crossed c join policies p on p.insurer_id = ${insurerId} and p.holder_id = c.holder_id and p.policy_id = c.policy_id
      join holders h on h.insurer_id = ${insurerId} and h.holder_id = c.holder_id
    where c.horizon_days is not null and (${shared.previousDate}::date is null or c.due_on - c.horizon_days > ${shared.previousDate}::date)
    order by c.holder_id, c.policy_id, c.due_on`;
  if (rows.length === 0) return { read: 0, written: 0 };
  const { model, modelId } = stored;
  const columns = featureColumns(rows);
  const scores = scoreColumns(model, columns, rows.length);
  const scored = rows.map((row, i): CopyValue[] => {
    const probability = scores.probabilityLate[i] ?? 0;
    const features: string[] = [];
    const values: string[] = [];
    const contributions: number[] = [];
    for (let k = 0; k < REASONS_PER_ROW; k += 1) {
      const feature = model.features[scores.reasonFeature[i * REASONS_PER_ROW + k] ?? -1]?.name;
      if (feature === undefined) continue;
      features.push(feature);
      values.push(valueText(featureValue(model, feature, columns, i)));
      contributions.push(Number((scores.reasonContribution[i * REASONS_PER_ROW + k] ?? 0).toFixed(4)));
    }
    return [row.holder_id, row.policy_id, row.scored_due_on, row.horizon_days, Number(probability.toFixed(6)), tierOf(model, probability), features, values, contributions];
  });
  await copyToTemporary(tx, 'scored', COLUMNS, scored);
  const inserted = await tx`
    insert into scores (insurer_id, holder_id, policy_id, due_on, horizon_days, scored_on, model_id, probability_late, tier, reason_features, reason_values, reason_contributions)
    select ${insurerId}, holder_id, policy_id, due_on, horizon_days, ${businessDate}, ${modelId}, probability_late, tier, reason_features, reason_values, reason_contributions
    from scored on conflict do nothing`;
  return { read: rows.length, written: inserted.count };
}

/** Empty where the value is not known. */
function valueText(value: string | number | null): string {
  if (value === null) return '';
  return typeof value === 'number' ? String(Number(value.toPrecision(6))) : value;
}
