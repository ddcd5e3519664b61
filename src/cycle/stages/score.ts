/** Stage `score`: each instalment is scored 90, 60, 30, 7 and 0 days before it falls due, with its tier and three reasons. */

import { copyToTemporary, type CopyValue, type Tx } from '../../database/index.ts';
import { featureReader, REASONS_PER_ROW, type RiskModel, scoreColumns, tierOf } from '../../risk/index.ts';
import { CURRENT_HISTORY, type FeatureTable, readFeatures } from '../features.ts';
import { ensureChampion, modelById } from '../models.ts';
import { type HolderRange, type Stage, type StageContext, type StageCounts } from '../stage.ts';

export const scoreStage: Stage = {
  name: 'score', partitioned: true, work: score,
  prepare: async (tx, { insurer, businessDate }) => ({ modelId: await ensureChampion(tx, insurer.insurerId, businessDate) }),
};

const COLUMNS = ['holder_id bigint', 'policy_id bigint', 'due_on date', 'horizon_days smallint', 'probability_late real', 'tier text', 'reason_features text[]', 'reason_values text[]',
  'reason_contributions real[]'];

/**
 * A horizon is crossed when the due date minus its days lies after the last cycle and not after today, so a day on which no cycle ran is made up for;
 * an insurer's first cycle scores everything that falls due within 90 days or is overdue.
 */
function instalmentsToScore({ insurer: { insurerId }, businessDate, shared: { previousDate } }: StageContext, { from, to }: HolderRange): string {
  const range = (table: string): string => `${table}.insurer_id = ${insurerId} and ${table}.holder_id between ${from} and ${to}`;
  return `
    from (
      select holder_id, policy_id, due_on, case when days <= 0 then 0 when days <= 7 then 7 when days <= 30 then 30 when days <= 60 then 60 when days <= 90 then 90 end as horizon_days
      from (
        select p.holder_id, p.policy_id, p.next_due_on as due_on, p.next_due_on - '${businessDate}'::date as days from policies p
        where ${range('p')} and p.next_due_on between '${businessDate}'::date and '${businessDate}'::date + 90 and p.state in ('in_force', 'grace', 'pending')
        union all
        select b.holder_id, b.policy_id, b.due_on, b.due_on - '${businessDate}'::date from bills b where ${range('b')} and b.state = 'open') instalments) k
      -- The range stands at each table: the planner then walks the range of each, not the whole book of one.
      join policies p on ${range('p')} and p.holder_id = k.holder_id and p.policy_id = k.policy_id
      join holders h on ${range('h')} and h.holder_id = k.holder_id
    where k.horizon_days is not null ${previousDate === null ? '' : `and k.due_on - k.horizon_days > '${previousDate}'::date`}
    order by k.holder_id, k.policy_id, k.due_on`;
}

async function score(tx: Tx, context: StageContext, range: HolderRange): Promise<StageCounts> {
  const { insurer: { insurerId }, businessDate, shared } = context;
  if (shared.modelId === null) return { read: 0, written: 0 };
  const stored = await modelById(tx, insurerId, shared.modelId);
  if (stored === null) throw new Error(`risk model ${shared.modelId} of insurer ${insurerId} is gone or cannot be read`);
  const { model, modelId } = stored;
  const table = await readFeatures(tx, CURRENT_HISTORY, ['k.holder_id', 'k.policy_id', 'k.due_on', 'k.horizon_days'], instalmentsToScore(context, range));
  if (table.rows === 0) return { read: 0, written: 0 };
  await copyToTemporary(tx, 'scored', COLUMNS, scoredRows(model, table));
  const inserted = await tx`
    insert into scores (insurer_id, holder_id, policy_id, due_on, horizon_days, scored_on, model_id, probability_late, tier, reason_features, reason_values, reason_contributions)
    select ${insurerId}, holder_id, policy_id, due_on, horizon_days, ${businessDate}, ${modelId}, probability_late, tier, reason_features, reason_values, reason_contributions
    from scored on conflict do nothing`;
  return { read: table.rows, written: inserted.count };
}

function* scoredRows(model: RiskModel, { rows, columns, beside }: FeatureTable): Generator<CopyValue[]> {
  const scores = scoreColumns(model, columns, rows);
  const [holderId, policyId, dueOn, horizon] = beside as [string[], string[], string[], string[]];
  const valueOf = model.features.map(({ name }) => featureReader(model, name, columns));
  for (let i = 0; i < rows; i += 1) {
    const probability = scores.probabilityLate[i]!;
    let features = '';
    let values = '';
    let contributions = '';
    for (let k = i * REASONS_PER_ROW; k < (i + 1) * REASONS_PER_ROW; k += 1) {
      const feature = scores.reasonFeature[k]!;
      if (feature < 0) break;
      const comma = features === '' ? '' : ',';
      features += comma + model.features[feature]!.name;
      values += comma + arrayText(valueText(valueOf[feature]!(i)));
      contributions += comma + scores.reasonContribution[k]!.toFixed(4);
    }
    yield [holderId[i], policyId[i], dueOn[i], horizon[i], probability.toFixed(6), tierOf(model, probability), `{${features}}`, `{${values}}`, `{${contributions}}`];
  }
}

/** An item of an array in PostgreSQL's text form. */
const arrayText = (text: string): string => (/^[\w.-]+$/.test(text) && text.toLowerCase() !== 'null' ? text : `"${text.replace(/["\\]/g, '\\$&')}"`);

/** Empty where the value is not known. */
function valueText(value: string | number | null): string {
  if (value === null) return '';
  return typeof value === 'number' ? String(Number(value.toPrecision(6))) : value;
}
