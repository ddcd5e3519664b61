/** What was chosen for whom on one day, the sums of that day, and one choice with what else was possible and what the law said. */

import { z } from 'zod';
import { type BillId, type HolderId, type PlainDate } from '../kernel/index.ts';
import { type Tx } from '../database/index.ts';
import { dayOf } from './day-of.ts';
import { stoppedByRule, stopShape } from './gate-log.ts';
import { billReference } from './masking.ts';
import { gateAnswersOf } from './rows.ts';
import { amountMinor, decision, gateAnswer, plainDate, TIERS } from './shapes.ts';

/** A day cycles once and asks about a bill a handful of times. */
const ANSWERS_MAX = 200;

export const actionRow = decision.omit({ alternatives: true }).extend({
  holder_id: z.int(), holder_name: z.string(), market: z.string(), reference: z.string(), due_on: plainDate, bill_state: z.string(),
  amount_minor: amountMinor, outstanding_minor: amountMinor,
  strategy_id: z.int(), strategy_version: z.int(), strategy: z.string().nullable().describe('Its name in that version'),
});
export type ActionRow = z.output<typeof actionRow>;

export const actionViewShape = z.object({
  action: actionRow, alternatives: decision.shape.alternatives,
  /** Of the bill on that day. */
  gate: z.array(gateAnswer), time_zone: z.string(),
});
export type ActionView = z.output<typeof actionViewShape>;

const worth = z.object({ currency: z.string(), value_minor: amountMinor, cost_minor: amountMinor });
export const actionDayShape = z.object({
  on: plainDate.nullable(), previous: plainDate.nullable(), next: plainDate.nullable(), decisions: z.int(),
  by_action: z.array(z.object({ action: z.string(), decisions: z.int(), minutes: z.number(), worth: z.array(worth) })),
  worth: z.array(worth).describe('Of all actions of the day, by currency'),
  /** Null: no limit that day. */
  call_minutes: z.object({ used: z.number(), budget: z.number().nullable() }),
  messages: z.object({ used: z.int(), budget: z.number().nullable() }),
  stopped: z.array(stopShape),
});
export type ActionDay = z.output<typeof actionDayShape>;

/** The last row of the page before. */
export type ActionCursor = { readonly currency: string; readonly value: string; readonly holderId: string; readonly billId: string };
export type ActionFilter = {
  readonly on: PlainDate; readonly action: string | null; readonly tier: (typeof TIERS)[number] | null; readonly market: string | null; readonly currency: string | null;
  readonly strategyId: number | null; readonly reason: string | null; readonly after: ActionCursor | null; readonly limit: number;
};
type Row = Omit<ActionRow, 'reference'>;

const COLUMNS = `d.holder_id, d.bill_id, d.decided_on, d.action, d.channel, d.step, d.tone, d.reason, d.probability_late, d.tier, d.currency, d.value_minor, d.cost_minor,
  d.minutes, holder_name(h.family_name, h.given_name) as holder_name, h.market, b.due_on, b.state as bill_state, b.amount_minor,
  (b.amount_minor - b.paid_minor)::bigint as outstanding_minor, d.strategy_id, d.strategy_version, s.name as strategy`;
const STRATEGY = 'left join strategies s on s.insurer_id = d.insurer_id and s.strategy_id = d.strategy_id and s.version = d.strategy_version';

const withReference = (row: Row): ActionRow => ({ ...row, reference: billReference(row.holder_id, row.bill_id) });

/**
 * One page of a day: by currency, because values of two currencies do not compare, and within each what is worth most first. A filter that few meet walks
 * the day until the page is full.
 */
export async function listActions(tx: Tx, { on, action, tier, market, currency, strategyId, reason, after, limit }: ActionFilter): Promise<ActionRow[]> {
  // Comparisons alone: under row-level security an index is used for nothing else.
  const start = after === null ? tx`` :
    tx`and (d.currency, d.value_minor, d.holder_id, d.bill_id) < (${after.currency}::text, ${after.value}::bigint, ${after.holderId}::bigint, ${after.billId}::bigint)`;
  const rows = await tx<Row[]>`
    select ${tx.unsafe(COLUMNS)} from decisions d
      join holders h on h.insurer_id = d.insurer_id and h.holder_id = d.holder_id
      join bills b on b.insurer_id = d.insurer_id and b.holder_id = d.holder_id and b.bill_id = d.bill_id ${tx.unsafe(STRATEGY)}
    where d.decided_on = ${on} ${start}
      ${action === null ? tx`` : tx`and d.action = ${action}`} ${tier === null ? tx`` : tx`and d.tier = ${tier}`}
      ${currency === null ? tx`` : tx`and d.currency = ${currency}`} ${strategyId === null ? tx`` : tx`and d.strategy_id = ${strategyId}`}
      ${reason === null ? tx`` : tx`and d.reason = ${reason}`} ${market === null ? tx`` : tx`and h.market = ${market}`}
    order by d.currency desc, d.value_minor desc, d.holder_id desc, d.bill_id desc limit ${limit}`;
  return rows.map(withReference);
}

/** Null where nothing was decided about that bill on that day; `on` null is the latest day on which something was. */
export async function actionView(tx: Tx, holderId: HolderId, billId: BillId, on: PlainDate | null): Promise<ActionView | null> {
  const [row] = await tx<(Row & Pick<ActionView, 'alternatives' | 'time_zone'>)[]>`
    select ${tx.unsafe(COLUMNS)}, d.alternatives, h.time_zone from decisions d
      join holders h on h.insurer_id = d.insurer_id and h.holder_id = d.holder_id
      join bills b on b.insurer_id = d.insurer_id and b.holder_id = d.holder_id and b.bill_id = d.bill_id ${tx.unsafe(STRATEGY)}
    where d.holder_id = ${holderId} and d.bill_id = ${billId} ${on === null ? tx`` : tx`and d.decided_on = ${on}`} order by d.decided_on desc limit 1`;
  if (row === undefined) return null;
  const { alternatives, time_zone, ...action } = row;
  const gate = await gateAnswersOf(tx, holderId, billId, ANSWERS_MAX);
  return { action: withReference(action), alternatives, time_zone, gate: gate.filter((answer) => answer.asked_on === action.decided_on) };
}

type SumRow = { action: string; currency: string; decisions: number; minutes: number; value_minor: bigint; cost_minor: bigint };
type Budgets = { call_minutes: number | null; messages: number | null };
/** What counts as one message of the day's budget. */
const MESSAGES: readonly string[] = ['email', 'sms', 'push', 'wechat'];

/** The day against its budgets, as the cycle of that day had them. */
export async function actionSummary(tx: Tx, asked: PlainDate | null): Promise<ActionDay> {
  const { on, previous, next } = await dayOf(tx, 'decisions', asked);
  if (on === null) {
    const nothing = { used: 0, budget: null };
    return { on, previous, next, decisions: 0, by_action: [], worth: [], call_minutes: nothing, messages: nothing, stopped: [] };
  }
  const [sums, budgets, stopped] = await Promise.all([
    tx<SumRow[]>`
      select action, currency, count(*)::int as decisions, sum(minutes)::float8 as minutes, sum(value_minor)::bigint as value_minor, sum(cost_minor)::bigint as cost_minor
      from decisions where decided_on = ${on} group by action, currency order by currency, action`,
    tx<Budgets[]>`
      select (shared->'budgets'->>'callMinutes')::float8 as call_minutes, (shared->'budgets'->>'messages')::float8 as messages from cycle_runs where business_date = ${on}`,
    stoppedByRule(tx, on),
  ]);
  const budget = budgets[0] ?? { call_minutes: null, messages: null };
  const used = (rows: readonly SumRow[], of: 'decisions' | 'minutes'): number => rows.reduce((sum, row) => sum + row[of], 0);
  const actions = [...Map.groupBy(sums, ({ action }) => action)].map(([action, rows]) => (
    { action, decisions: used(rows, 'decisions'), minutes: used(rows, 'minutes'), worth: worthOf(rows) }));
  return {
    on, previous, next, stopped, decisions: used(sums, 'decisions'), by_action: actions.sort((a, b) => b.decisions - a.decisions), worth: worthOf(sums),
    call_minutes: { used: used(sums, 'minutes'), budget: budget.call_minutes },
    messages: { used: used(sums.filter(({ action }) => MESSAGES.includes(action)), 'decisions'), budget: budget.messages },
  };
}

const worthOf = (rows: readonly SumRow[]): ActionDay['worth'] => [...Map.groupBy(rows, ({ currency }) => currency)].map(([currency, same]) => ({
  currency, value_minor: same.reduce((sum, row) => sum + row.value_minor, 0n), cost_minor: same.reduce((sum, row) => sum + row.cost_minor, 0n),
}));
