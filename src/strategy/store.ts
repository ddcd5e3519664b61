/** Strategies as rows: the latest version of each, the versions before it, and the two changes that there are. */

import { type Tx } from '../database/index.ts';
import { fail, type InsurerId, type Moment, ok, type Result } from '../kernel/index.ts';
import { segmentConditions } from '../portfolio/index.ts';
import { type Terms } from './decision.ts';
import { checkStrategy, HOUSE_STRATEGY, sameScope, type Strategy, type StrategyDraft } from './strategy.ts';

const COLUMNS = `s.strategy_id, s.version, s.name, s.market, s.line, s.segment_id, g.name as segment, s.goal_metric, s.goal_value, s.guard_metric, s.guard_limit, s.contacts_7_days_min, s.contacts_7_days_max, s.treatments,
  s.first_day, s.tone_max, s.owner_id, u.name as owner, s.state, s.changed_by, s.changed_at`;
const FROM = `strategies s left join users u on u.insurer_id = s.insurer_id and u.user_id = s.owner_id
  left join segments g on g.insurer_id = s.insurer_id and g.segment_id = s.segment_id`;

/** The latest version of each, the house's first. */
export const allStrategies = (tx: Tx): Promise<readonly Strategy[]> => tx.unsafe<Strategy[]>(`select ${COLUMNS} from ${FROM} where s.latest order by s.strategy_id`);

/** Newest first; empty where there is no such strategy. */
export const versionsOfStrategy = (tx: Tx, strategyId: number): Promise<readonly Strategy[]> =>
  tx.unsafe<Strategy[]>(`select ${COLUMNS} from ${FROM} where s.strategy_id = $1 order by s.version desc`, [strategyId]);

/** What the day's decisions are made by. A segment that was archived goes on for the strategies that name it. */
export async function activeTerms(tx: Tx): Promise<readonly Terms[]> {
  const rows = await tx<Terms[]>`
    select s.strategy_id, s.version, s.market, s.line, s.segment_id, s.contacts_7_days_min, s.contacts_7_days_max, s.treatments, s.first_day, s.tone_max, g.conditions
    from strategies s left join segments g on g.insurer_id = s.insurer_id and g.segment_id = s.segment_id where s.latest and s.state = 'active' order by s.strategy_id`;
  return rows.map((row) => ({ ...row, conditions: row.conditions === null ? null : segmentConditions.parse(row.conditions) }));
}

export type StrategyEditor = { readonly insurerId: InsurerId; readonly name: string; readonly at: Moment };
type Saved = { readonly strategy_id: number; readonly version: number };

/** Problems: those of `checkStrategy`, `strategy_exists`, `not_found` (owner or segment). */
export async function addStrategy(tx: Tx, editor: StrategyEditor, draft: StrategyDraft): Promise<Result<Saved>> {
  await lock(tx, editor);
  const [last] = await tx<{ id: number }[]>`select coalesce(max(strategy_id), ${HOUSE_STRATEGY})::int as id from strategies`;
  return save(tx, editor, { strategy_id: (last?.id ?? HOUSE_STRATEGY) + 1, version: 1 }, draft);
}

/** Keeps the version that was and writes the next. Problems: as for a new one, `not_found`, `changed_meanwhile`, `strategy_of_house`. */
export async function changeStrategy(tx: Tx, editor: StrategyEditor, strategyId: number, version: number, draft: StrategyDraft): Promise<Result<Saved>> {
  await lock(tx, editor);
  const [held] = await tx<{ version: number; changed_by: string; changed_at: Date }[]>`select version, changed_by, changed_at from strategies where strategy_id = ${strategyId} and latest`;
  if (held === undefined) return fail('not_found');
  if (held.version !== version) return fail('changed_meanwhile', { by: held.changed_by, at: held.changed_at.toISOString(), version: held.version });
  if (strategyId === HOUSE_STRATEGY && (draft.state !== 'active' || !sameScope(draft, { market: null, line: null, segment_id: null }))) return fail('strategy_of_house');
  return save(tx, editor, { strategy_id: strategyId, version: version + 1 }, draft);
}

/** Of two who save at once the second sees what the first has written. */
const lock = (tx: Tx, { insurerId }: StrategyEditor) => tx`select pg_advisory_xact_lock(hashtextextended('inforce strategies', ${insurerId}))`;

async function save(tx: Tx, { insurerId, name, at }: StrategyEditor, saved: Saved, draft: StrategyDraft): Promise<Result<Saved>> {
  const checked = checkStrategy(draft);
  if (!checked.ok) return checked;
  const to = checked.value;
  if (to.owner_id !== null && (await tx`select 1 from users where user_id = ${to.owner_id} and disabled_at is null`).length === 0) return fail('not_found');
  if (to.segment_id !== null && (await tx`select 1 from segments where segment_id = ${to.segment_id}`).length === 0) return fail('not_found');
  if (to.state === 'active') {
    const [same] = await tx<{ strategy_id: number; name: string }[]>`
      select strategy_id, name from strategies
      where latest and state = 'active' and strategy_id <> ${saved.strategy_id} and market is not distinct from ${to.market} and line is not distinct from ${to.line}
        and segment_id is not distinct from ${to.segment_id}`;
    if (same !== undefined) return fail('strategy_exists', { id: same.strategy_id, name: same.name });
  }
  await tx`update strategies set latest = false where strategy_id = ${saved.strategy_id} and latest`;
  await tx`
    insert into strategies ${tx({
      insurer_id: insurerId, ...saved, name: to.name, market: to.market, line: to.line, segment_id: to.segment_id, goal_metric: to.goal_metric, goal_value: to.goal_value, guard_metric: to.guard_metric,
      guard_limit: to.guard_limit, contacts_7_days_min: to.contacts_7_days_min, contacts_7_days_max: to.contacts_7_days_max, treatments: [...to.treatments], first_day: to.first_day,
      tone_max: to.tone_max, owner_id: to.owner_id, state: to.state, changed_by: name, changed_at: new Date(at),
    })}`;
  return ok(saved);
}
