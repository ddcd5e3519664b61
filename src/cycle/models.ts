/** The insurer's model: the champion is kept in the database; where there is none yet, one is learnt from the insurer's own past bills. */

import { type Tx } from '../database/index.ts';
import { fail, type InsurerId, ok, type PlainDate, type Result } from '../kernel/index.ts';
import { NOT_DIGITAL } from '../payments/index.ts';
import { numberColumn, parseModel, type RiskModel, trainModel } from '../risk/index.ts';
import { type FeatureTable, readFeatures } from './features.ts';

export type StoredModel = { readonly modelId: number; readonly model: RiskModel };

/** Beyond this a first model gains little (AUC +0.002 on the simulated book), and learning takes longer than a first start should. */
const TRAINING_ROWS_MAX = 60_000;
/** Fewer past bills than these teach nothing. */
const TRAINING_BILLS_MIN = 500;

const loaded = new Map<string, StoredModel>();

/** The model by its number; parsed once in a process, because a stored model never changes. */
export async function modelById(tx: Tx, insurerId: InsurerId, modelId: number): Promise<StoredModel | null> {
  const key = `${insurerId} ${modelId}`;
  const known = loaded.get(key);
  if (known !== undefined) return known;
  const [row] = await tx<{ model: unknown }[]>`select model from risk_models where insurer_id = ${insurerId} and model_id = ${modelId}`;
  if (row === undefined) return null;
  const model = parseModel(row.model);
  if (!model.ok) return null;
  const stored = { modelId, model: model.value };
  loaded.set(key, stored);
  return stored;
}

async function championOf(tx: Tx, insurerId: InsurerId): Promise<number | null> {
  const [row] = await tx<{ model_id: number }[]>`select model_id from risk_models where insurer_id = ${insurerId} and champion`;
  return row?.model_id ?? null;
}

/** Makes a model the one that scores from the next cycle on. */
export async function promoteModel(tx: Tx, insurerId: InsurerId, model: RiskModel, name: string, trainedOn: string): Promise<number> {
  await tx`update risk_models set champion = false where insurer_id = ${insurerId} and champion`;
  const [row] = await tx<{ model_id: number }[]>`
    insert into risk_models (insurer_id, name, model, trained_on, champion) values (${insurerId}, ${name}, ${tx.json(model as never)}, ${trainedOn}, true) returning model_id`;
  return row?.model_id ?? 0;
}

/** What had happened on a policy before each of its past instalments. */
const PAST_HISTORY = {
  premiums_paid: 'k.paid_before', late_1_to_30_days: 'k.late_1_to_30_days', late_31_to_90_days: 'k.late_31_to_90_days', late_over_90_days: 'k.late_over_90_days',
  late_3_to_6_months: 'null::int', late_6_to_12_months: 'null::int', late_over_12_months: 'null::int', last_days_late: 'k.last_days_late', mean_days_late: 'k.mean_days_late',
  cash_share: 'k.cash_share', digital_share: 'k.digital_share',
} as const;
/** Past instalments are learnt from as they stood so many days before they fell due; earlier than a month nothing was billed, and nothing differs. */
const LEARNT_HORIZONS = [30, 7, 0];

/**
 * Past instalments with what was known of the policy on each due date, and whether it was paid after it. Nothing of the instalment itself or of
 * later ones is among the features.
 */
async function pastBills(tx: Tx, insurerId: InsurerId, until: PlainDate): Promise<FeatureTable> {
  const [size] = await tx<{ bills: number }[]>`select count(*)::int as bills from bills where insurer_id = ${insurerId} and due_on < ${until}`;
  const every = Math.max(1, Math.ceil((size?.bills ?? 0) / (TRAINING_ROWS_MAX / LEARNT_HORIZONS.length)));
  return readFeatures(tx, PAST_HISTORY, ['(k.days_late > 0)::int'], `
    from (
      select holder_id, policy_id, due_on, paid_on, days_late,
        count(*) over before as paid_before,
        count(*) filter (where days_late between 1 and 30) over before as late_1_to_30_days,
        count(*) filter (where days_late between 31 and 90) over before as late_31_to_90_days,
        count(*) filter (where days_late > 90) over before as late_over_90_days,
        lag(days_late) over ordered as last_days_late,
        (avg(days_late) over before)::real as mean_days_late,
        (avg((paid_by = 'cash')::int) over before)::real as cash_share,
        (avg((paid_by not in (${NOT_DIGITAL.map((way) => `'${way}'`).join(', ')}))::int) over before)::real as digital_share
      from (
        select holder_id, policy_id, due_on, paid_on, paid_by, greatest(0, coalesce(paid_on, '${until}'::date) - due_on) as days_late from bills
        where insurer_id = ${insurerId} and due_on < '${until}' and state not in ('cancelled', 'held') and holder_id % ${every} = 0) chosen
      window ordered as (partition by holder_id, policy_id order by due_on), before as (ordered rows between unbounded preceding and 1 preceding)) b
      -- Who had paid by then was not foreseen any more, so is not learnt from: what is still unpaid a week before is likelier late.
      cross join lateral (select unnest(array[${LEARNT_HORIZONS.join(', ')}]) as horizon_days) horizons
      cross join lateral (select b.*, horizon_days where b.paid_on is null or b.paid_on > b.due_on - horizon_days) k
    join policies p on p.insurer_id = ${insurerId} and p.holder_id = k.holder_id and p.policy_id = k.policy_id
    join holders h on h.insurer_id = ${insurerId} and h.holder_id = k.holder_id
    where k.paid_before > 0
    order by k.holder_id, k.policy_id, k.due_on limit ${TRAINING_ROWS_MAX * 2}`);
}

/** More lateness never lowers the risk, more premiums paid in a digital way never raise it: what sense asks of the shapes. */
const MONOTONE = {
  late_1_to_30_days: 1, late_31_to_90_days: 1, late_over_90_days: 1, late_share: 1, last_days_late: 1, mean_days_late: 1, premium_to_income: 1,
} as const;

/** Learns from the insurer's own bills that fell due before a date. Problems: `too_few_rows` and those of `trainModel`. */
export async function trainOnOwnPast(tx: Tx, insurerId: InsurerId, until: PlainDate, seed: number): Promise<Result<RiskModel>> {
  const { rows, columns, beside } = await pastBills(tx, insurerId, until);
  if (rows < TRAINING_BILLS_MIN) return fail('too_few_rows', { rows, needed: TRAINING_BILLS_MIN });
  const late = numberColumn((beside[0] ?? []).map(Number));
  const trained = trainModel({ rows, columns: { ...columns, late } }, { target: 'late', late: '1', seed, monotone: MONOTONE, measuredFifths: 1 });
  return trained.ok ? ok(trained.value) : trained;
}

/** The champion; where there is none yet, one that is learnt from the insurer's own past, or null where the past is too short to learn from. */
export async function ensureChampion(tx: Tx, insurerId: InsurerId, until: PlainDate): Promise<number | null> {
  const champion = await championOf(tx, insurerId);
  if (champion !== null) return champion;
  const trained = await trainOnOwnPast(tx, insurerId, until, 1);
  return trained.ok ? promoteModel(tx, insurerId, trained.value, 'own past', `bills due before ${until}`) : null;
}
