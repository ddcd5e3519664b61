/** Stage `decide`: for each open bill the treatment worth most within the day's budgets; what was chosen, what else was possible, and why not. */

import { instalmentsPerYear, type PremiumMode } from '../../billing/index.ts';
import { copyToTemporary, type CopyValue, type Tx } from '../../database/index.ts';
import { addDays, daysBetween, type PlainDate } from '../../kernel/index.ts';
import { type SegmentFacts, segmentFacts } from '../../portfolio/index.ts';
import { type Tier } from '../../risk/index.ts';
import {
  activeTerms, type Channel, chooserOf, type Decision, decideBatch, type DecisionInput, PARAMETERS, priceBudgets, type Stage as BillStage, type Terms, underFloor,
} from '../../strategy/index.ts';
import { type HolderRange, type Shared, type Stage, type StageContext, type StageCounts } from '../stage.ts';

/** Prices are found on about so many open bills; their error is then far below that of the values themselves. */
const SAMPLE_BILLS = 40_000;
/** Contacts of so many days say how often a holder was touched. */
const TOUCH_DAYS = 35;
/** What a person told us about being short of money counts for so many days. */
const HARDSHIP_DAYS = 60;

export const decideStage: Stage = { name: 'decide', partitioned: true, work: decide, prepare };

type DecisionRow = {
  readonly holder_id: number;
  readonly bill_id: number;
  readonly policy_id: number;
  readonly due_on: PlainDate;
  readonly currency: string;
  readonly outstanding_minor: bigint;
  readonly premium_minor: bigint;
  readonly mode: PremiumMode;
  readonly market: string;
  readonly line: string;
  readonly autopay: boolean;
  readonly stage: BillStage;
  readonly disputed: boolean;
  readonly in_flight: boolean;
  readonly has_email: boolean;
  readonly has_phone: boolean;
  readonly has_address: boolean;
  readonly preferred_channel: Channel | null;
  readonly opted_out: readonly string[];
  readonly flags: readonly string[];
  readonly promised: boolean;
  readonly probability_late: number | null;
  readonly tier: Tier | null;
  readonly contacts_7_days: number;
  readonly last_contact_on: PlainDate | null;
  readonly touches: number;
  readonly hardship: boolean;
} & Partial<SegmentColumns>;
/** Read only where a strategy is for a segment. */
type SegmentColumns = {
  readonly premiums_paid: number; readonly late_1_to_30_days: number; readonly late_31_to_90_days: number; readonly late_over_90_days: number; readonly born_on: PlainDate | null;
};
const SEGMENT_COLUMNS = 'p.premiums_paid, p.late_1_to_30_days, p.late_31_to_90_days, p.late_over_90_days, h.born_on,';

/** Open bills of a range with all that a decision is made from. */
function readRows(tx: Tx, { insurer: { insurerId }, businessDate }: StageContext, { from, to }: HolderRange, oneOf: number, strategies: readonly Terms[]): Promise<DecisionRow[]> {
  const segments = strategies.some(({ segment_id: segment }) => segment !== null) ? SEGMENT_COLUMNS : '';
  // Left out where it selects everything: the planner takes a remainder for rare.
  const sampled = oneOf === 1 ? tx`` : tx`and holder_id % ${oneOf} = 0`;
  return tx<DecisionRow[]>`
    with open_bills as (
      select * from bills where insurer_id = ${insurerId} and holder_id between ${from} and ${to} and state = 'open' ${sampled}),
    recent as (
      select holder_id, bill_id, queued_on, purpose, channel, outcome from contacts
      where insurer_id = ${insurerId} and holder_id between ${from} and ${to} and queued_on > ${addDays(businessDate, -HARDSHIP_DAYS)} and queued_on < ${businessDate}
        and state in ('queued', 'sending', 'sent', 'delivered', 'done', 'unconfirmed') ${sampled}),
    by_holder as (
      select holder_id, count(*) filter (where purpose not in ('receipt', 'legal_notice', 'bill') and queued_on > ${addDays(businessDate, -7)})::int as contacts_7_days,
        max(queued_on) filter (where purpose not in ('receipt', 'legal_notice', 'bill')) as last_contact_on, bool_or(outcome = 'cannot_pay') as hardship
      from recent group by holder_id),
    by_bill as (
      select holder_id, bill_id, count(*)::int as touches from recent where queued_on > ${addDays(businessDate, -TOUCH_DAYS)} and purpose = 'premium_reminder' group by holder_id, bill_id),
    promised as (
      select holder_id, bill_id from promises
      where insurer_id = ${insurerId} and holder_id between ${from} and ${to} and state = 'open' and pay_by >= ${businessDate})
    select b.holder_id, b.bill_id, b.policy_id, b.due_on, b.currency, (b.amount_minor - b.paid_minor)::bigint as outstanding_minor, p.premium_minor, p.mode, p.market, p.line, p.autopay,
      ${tx.unsafe(segments)} b.stage, b.disputed, b.in_flight, h.email is not null as has_email, h.phone is not null as has_phone, h.address is not null as has_address, h.preferred_channel,
      h.opted_out, h.flags, promised.bill_id is not null as promised, s.probability_late, s.tier,
      coalesce(by_holder.contacts_7_days, 0) as contacts_7_days, by_holder.last_contact_on, coalesce(by_bill.touches, 0) as touches,
      coalesce(by_holder.hardship, false) as hardship
    from open_bills b
      -- The range stands at each table: the planner then walks the range of each, not the whole book of one.
      join policies p on p.insurer_id = ${insurerId} and p.holder_id between ${from} and ${to} and p.holder_id = b.holder_id and p.policy_id = b.policy_id
      join holders h on h.insurer_id = ${insurerId} and h.holder_id between ${from} and ${to} and h.holder_id = b.holder_id
      left join by_holder on by_holder.holder_id = b.holder_id left join by_bill on by_bill.holder_id = b.holder_id and by_bill.bill_id = b.bill_id
      left join promised on promised.holder_id = b.holder_id and promised.bill_id = b.bill_id
      left join lateral (
        select probability_late, tier from scores s
        where s.insurer_id = ${insurerId} and s.holder_id = b.holder_id and s.policy_id = b.policy_id and s.due_on = b.due_on order by s.horizon_days limit 1) s on true
    order by b.holder_id, b.bill_id`;
}

/** Without a model: the share of late premiums that the house's parameters start from. */
const UNSCORED = { probability: PARAMETERS.referenceLateShare, tier: 'medium_low' } as const;

function inputOf(row: DecisionRow, businessDate: PlainDate, terms: Terms): DecisionInput {
  const out = row.opted_out.includes('all') ? null : row.opted_out;
  const channels: Channel[] = [];
  if (out !== null && row.has_email && !out.includes('email')) channels.push('email');
  if (out !== null && row.has_phone && !out.includes('sms')) channels.push('sms');
  if (out !== null && row.has_phone && !out.includes('call')) channels.push('call');
  if (row.has_address && out?.includes('letter') !== true) channels.push('letter');
  return {
    billId: row.bill_id, policyId: row.policy_id, holderId: row.holder_id, daysToDue: daysBetween(businessDate, row.due_on), outstandingMinor: row.outstanding_minor,
    currency: row.currency, annualPremiumMinor: row.premium_minor * BigInt(instalmentsPerYear(row.mode)),
    probabilityLate: row.probability_late ?? UNSCORED.probability, tier: row.tier ?? UNSCORED.tier, stage: row.stage, channels,
    preferredChannel: row.preferred_channel, contactsLast7Days: row.contacts_7_days,
    daysSinceLastContact: row.last_contact_on === null ? null : daysBetween(row.last_contact_on, businessDate),
    touchesOnThisBill: row.touches, hardship: row.hardship || row.flags.includes('vulnerable'), autopay: row.autopay,
    // Who has promised a day is left in peace until that day is over.
    blocked: row.in_flight ? 'in_flight' : row.disputed || row.promised ? 'disputed' : null, calendarStep: null, terms,
  };
}

/** The strategy of each bill. A bill's segment is that of its own instalment's score. */
const termsFrom = (strategies: readonly Terms[], on: PlainDate): ((row: DecisionRow) => Terms) => chooserOf(strategies, (row: DecisionRow): SegmentFacts => segmentFacts({
  premium_minor: row.premium_minor, mode: row.mode, currency: row.currency, tier: row.tier, market: row.market, line: row.line, preferred_channel: row.preferred_channel,
  premiums_paid: row.premiums_paid ?? 0, late_1_to_30_days: row.late_1_to_30_days ?? 0, late_31_to_90_days: row.late_31_to_90_days ?? 0, late_over_90_days: row.late_over_90_days ?? 0,
  born_on: row.born_on ?? null,
}, on));

/** The day's strategies, and prices of its budgets on a sample of the book. */
async function prepare(tx: Tx, context: StageContext): Promise<Partial<Shared>> {
  const { insurer: { insurerId }, businessDate } = context;
  const [size] = await tx<{ bills: number; last: number | null }[]>`
    select count(*)::int as bills, max(holder_id) as last from bills where insurer_id = ${insurerId} and state = 'open'`;
  const openBills = size?.bills ?? 0;
  const budgets = { callMinutes: PARAMETERS.dailyBudget.callMinutes, messages: PARAMETERS.dailyBudget.messages };
  const strategies = await activeTerms(tx);
  if (openBills === 0) return { openBills, budgets, strategies };
  const oneOf = Math.max(1, Math.floor(openBills / SAMPLE_BILLS));
  const sample = await readRows(tx, context, { from: 0, to: size?.last ?? 0 }, oneOf, strategies);
  const termsOf = termsFrom(strategies, businessDate);
  const prices = priceBudgets(sample.map((row) => inputOf(row, businessDate, termsOf(row))), sample.length / openBills, budgets);
  return { openBills, budgets, prices, strategies };
}

const COLUMNS = ['holder_id bigint', 'bill_id bigint', 'policy_id bigint', 'action text', 'channel text', 'step text', 'tone text', 'reason text', 'probability_late real',
  'tier text', 'currency text', 'value_minor bigint', 'cost_minor bigint', 'minutes real', 'alternatives jsonb', 'strategy_id int', 'strategy_version int'];

async function decide(tx: Tx, context: StageContext, range: HolderRange): Promise<StageCounts> {
  const { insurer: { insurerId }, businessDate, shared } = context;
  // A day that was begun before there were strategies has none.
  const strategies = shared.strategies ?? [];
  const rows = await readRows(tx, context, range, 1, strategies);
  const termsOf = termsFrom(strategies, businessDate);
  const inputs = rows.map((row) => inputOf(row, businessDate, termsOf(row)));
  await writeUnderFloor(tx, context, range, rows, inputs);
  const part = shared.openBills === 0 ? 1 : rows.length / shared.openBills;
  const quota = { callMinutes: partOf(shared.budgets.callMinutes, part), messages: partOf(shared.budgets.messages, part) };
  const decisions = onePerHolder(decideBatch(inputs, { prices: shared.prices, quota }), inputs);
  const kept: CopyValue[][] = [];
  decisions.forEach((decision, i) => {
    const input = inputs[i];
    if (input === undefined || (decision.step === null && decision.action === 'nothing')) return;
    kept.push([
      input.holderId, input.billId, input.policyId, decision.action, decision.action === 'escalate' ? 'call' : decision.channel, decision.step, decision.tone, decision.reason,
      input.probabilityLate, input.tier, input.currency, decision.valueMinor, decision.costMinor, decision.minutes,
      JSON.stringify(decision.alternatives.map((a) => ({ action: a.action, value_minor: Number(a.valueMinor), why: a.notChosen }))),
      input.terms.strategy_id, input.terms.version,
    ]);
  });
  if (kept.length === 0) return { read: rows.length, written: 0 };
  await copyToTemporary(tx, 'decided', COLUMNS, kept);
  const inserted = await tx`
    insert into decisions (insurer_id, holder_id, bill_id, decided_on, policy_id, action, channel, step, tone, reason, probability_late, tier, currency, value_minor, cost_minor,
      minutes, alternatives, strategy_id, strategy_version)
    select ${insurerId}, holder_id, bill_id, ${businessDate}, policy_id, action, channel, step, tone, reason, probability_late, tier, currency, value_minor, cost_minor, minutes, alternatives,
      strategy_id, strategy_version
    from decided on conflict do nothing`;
  return { read: rows.length, written: inserted.count };
}

const FLOOR_COLUMNS = ['holder_id bigint', 'strategy_id int', 'strategy_version int', 'bill_id bigint', 'due_on date', 'contacts_7_days smallint', 'floor smallint'];

/** Overdue accounts that have heard less of us than their strategy asks for; what is disputed, on its way or promised waits rightly. */
async function writeUnderFloor(
  tx: Tx, { insurer: { insurerId }, businessDate }: StageContext, { from, to }: HolderRange, rows: readonly DecisionRow[], inputs: readonly DecisionInput[],
): Promise<void> {
  await tx`delete from accounts_under_floor where insurer_id = ${insurerId} and holder_id between ${from} and ${to}`;
  const overdue = inputs.flatMap((input, i) => {
    const row = rows[i];
    if (row === undefined || input.daysToDue >= 0 || input.blocked !== null || input.terms.contacts_7_days_min === 0) return [];
    return [{ holderId: input.holderId, billId: input.billId, dueOn: row.due_on, contactsLast7Days: input.contactsLast7Days, terms: input.terms }];
  });
  const found = underFloor(overdue);
  if (found.length === 0) return;
  await copyToTemporary(tx, 'under_floor', FLOOR_COLUMNS, found.map(({ holderId, billId, dueOn, contactsLast7Days, terms }) => [
    holderId, terms.strategy_id, terms.version, billId, dueOn, contactsLast7Days, terms.contacts_7_days_min,
  ]));
  await tx`
    insert into accounts_under_floor (insurer_id, holder_id, strategy_id, strategy_version, as_of, bill_id, due_on, contacts_7_days, floor)
    select ${insurerId}, holder_id, strategy_id, strategy_version, ${businessDate}, bill_id, due_on, contacts_7_days, floor from under_floor`;
}

/** A range's share of a budget; a small range may use one whole call, or many small ranges would never call anybody. */
const partOf = (budget: number | null, part: number): number | null => (budget === null ? null : Math.max(budget * part, PARAMETERS.treatments.call.minutes));

/** One contact for a person a day, about the bill where it is worth most; the others wait for their next window. */
function onePerHolder(decisions: readonly Decision[], inputs: readonly DecisionInput[]): Decision[] {
  const best = new Map<number, number>();
  decisions.forEach((decision, i) => {
    if (decision.action === 'nothing') return;
    const holderId = inputs[i]?.holderId ?? 0;
    const other = best.get(holderId);
    if (other === undefined || decision.valueMinor > (decisions[other]?.valueMinor ?? 0n)) best.set(holderId, i);
  });
  return decisions.map((decision, i) => {
    if (decision.action === 'nothing' || best.get(inputs[i]?.holderId ?? 0) === i) return decision;
    const given = { action: decision.action, valueMinor: decision.valueMinor, notChosen: 'contact_cap_reached' } as const;
    return { ...decision, action: 'nothing', channel: null, valueMinor: 0n, costMinor: 0n, minutes: 0, reason: 'contact_cap_reached', alternatives: [given, ...decision.alternatives].slice(0, 3) };
  });
}
