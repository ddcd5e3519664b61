/** The call cards: who is called next, what about, why, and what may be offered. Which calls are allowed now is the gate's answer, not ours. */

import { z } from 'zod';
import { daysBetween, type Language, type Moment, type PlainDate } from '../kernel/index.ts';
import { type Tx } from '../database/index.ts';
import { reasonText } from '../risk/index.ts';
import { PROMISE_DAYS_MAX } from './call-outcomes.ts';
import { amountMinor, BILL_STAGES, language, moment, plainDate, TIERS } from './shapes.ts';

const callCard = z.object({
  contact_id: z.int(), holder_id: z.int(), holder_name: z.string(), market: z.string(), language, time_zone: z.string(), flags: z.array(z.string()),
  phone: z.string().nullable().describe('In full: this person is to dial it'),
  policy_number: z.string(), line: z.string(), product: z.string(),
  insurer_name: z.string().describe('In the holder’s language'),
  bill_id: z.int(), currency: z.string(), outstanding_minor: amountMinor, due_on: plainDate, days_past_due: z.int().describe('Negative: days until it is due'),
  stage: z.enum(BILL_STAGES), grace_ends_on: plainDate.nullable(), step: z.string(), waiting_since: moment,
  tier: z.enum(TIERS).nullable(), probability_late: z.number().nullable(),
  reasons: z.array(z.object({ feature: z.string(), contribution: z.number(), text: z.string() })),
  decision: z.object({ decided_on: plainDate, action: z.string(), reason: z.string(), value_minor: amountMinor, cost_minor: amountMinor, currency: z.string() }).nullable(),
  last_call: z.object({ at: moment, outcome: z.string() }).nullable(),
  gentle: z.boolean().describe('The holder is vulnerable or in hardship: no pressure'),
  offers: z.object({ pay_link: z.boolean(), promise_days_max: z.int(), dispute: z.boolean(), plan: z.boolean() }),
});
export type CallCard = z.output<typeof callCard>;

export const callDeskShape = z.object({
  at: moment.describe('Now, on the insurer’s clock'), business_date: plainDate,
  waiting: z.int().describe('Calls that may be made now'),
  later: z.int().describe('Calls that wait: it is night where the holder lives, or the law wants a pause'),
  next_at: moment.nullable().describe('When the next of those begins that has not begun'),
  calls: z.array(callCard),
});
export type CallDesk = z.output<typeof callDeskShape>;

export type CallDeskInput = {
  readonly now: Moment; readonly businessDate: PlainDate; readonly language: Language;
  /** Calls that may be made now, in the order in which they are to be made. */
  readonly allowed: readonly { readonly contactId: number; readonly holderId: number }[];
  readonly most: number;
};

type DecisionColumns = {
  decided_on: PlainDate | null; decision_action: string; decision_reason: string; decision_tone: string; value_minor: bigint; cost_minor: bigint; decision_currency: string;
};
type CardRow = Omit<CallCard, 'days_past_due' | 'reasons' | 'decision' | 'last_call' | 'gentle' | 'offers'> & DecisionColumns & {
  disputed: boolean; tone: string;
  reason_features: string[] | null; reason_values: string[] | null; reason_contributions: number[] | null;
  last_call_at: Date | null; last_call_outcome: string | null;
};

export async function callDesk(tx: Tx, input: CallDeskInput): Promise<CallDesk> {
  const shown = input.allowed.slice(0, input.most);
  const [rows, counts] = await Promise.all([
    readCards(tx, shown),
    tx<{ queued: number; next_at: Date | null }[]>`
      select count(*)::int as queued, min(c.not_before) filter (where c.not_before > ${new Date(input.now)}) as next_at
      from contacts c join bills b using (insurer_id, holder_id, bill_id) where c.channel = 'call' and c.state = 'queued' and b.state = 'open'`,
  ]);
  const waiting = input.allowed.length;
  return {
    at: new Date(input.now), business_date: input.businessDate, waiting, later: Math.max(0, (counts[0]?.queued ?? 0) - waiting), next_at: counts[0]?.next_at ?? null,
    calls: rows.map((row) => cardOf(row, input)),
  };
}

/** Each part is found by the holder's key. The decision is the one that led to the call, not today's, which may be to leave the holder in peace. */
const readCards = (tx: Tx, shown: CallDeskInput['allowed']) => tx<CardRow[]>`
  select c.contact_id, c.holder_id, holder_name(h.family_name, h.given_name) as holder_name, h.market, h.language, h.time_zone, h.flags, h.phone,
    p.policy_number, p.line, p.product, case h.language when 'zh-Hans' then i.name_zh_hans when 'zh-Hant' then i.name_zh_hant else i.name end as insurer_name,
    b.bill_id, b.currency, (b.amount_minor - b.paid_minor)::bigint as outstanding_minor, b.due_on, b.stage, b.grace_ends_on, b.disputed,
    c.template as step, c.tone, c.not_before as waiting_since, s.tier, s.probability_late, s.reason_features, s.reason_values, s.reason_contributions,
    d.decided_on, d.action as decision_action, d.reason as decision_reason, d.tone as decision_tone, d.value_minor, d.cost_minor, d.currency as decision_currency,
    l.at as last_call_at, l.outcome as last_call_outcome
  from unnest(${shown.map(({ holderId }) => holderId)}::bigint[], ${shown.map(({ contactId }) => contactId)}::bigint[]) with ordinality as asked (holder_id, contact_id, place)
    join contacts c using (holder_id, contact_id)
    join holders h using (insurer_id, holder_id)
    join bills b using (insurer_id, holder_id, bill_id)
    join policies p on p.insurer_id = b.insurer_id and p.holder_id = b.holder_id and p.policy_id = b.policy_id
    join insurers i on i.insurer_id = c.insurer_id
    left join lateral (
      select tier, probability_late, reason_features, reason_values, reason_contributions from scores
      where insurer_id = b.insurer_id and holder_id = b.holder_id and policy_id = b.policy_id order by scored_on desc, due_on desc, horizon_days limit 1) s on true
    left join lateral (
      select decided_on, action, reason, tone, value_minor, cost_minor, currency from decisions
      where insurer_id = b.insurer_id and holder_id = b.holder_id and bill_id = b.bill_id and decided_on <= c.queued_on order by decided_on desc limit 1) d on true
    left join lateral (
      select closed_at as at, outcome from contacts
      where insurer_id = c.insurer_id and holder_id = c.holder_id and channel = 'call' and state = 'done' and outcome is not null and closed_at is not null
      order by queued_on desc, closed_at desc limit 1) l on true
  order by asked.place`;

function cardOf(row: CardRow, input: CallDeskInput): CallCard {
  const {
    decided_on, decision_action, decision_reason, decision_tone, value_minor, cost_minor, decision_currency, disputed, tone, reason_features, reason_values, reason_contributions,
    last_call_at, last_call_outcome, ...card
  } = row;
  return {
    ...card,
    days_past_due: daysBetween(row.due_on, input.businessDate),
    reasons: (reason_features ?? []).map((feature, i) => {
      const value = reason_values?.[i] ?? '';
      const contribution = reason_contributions?.[i] ?? 0;
      return { feature, contribution, text: reasonText(feature, value === '' ? null : value, contribution, input.language) };
    }),
    decision: decided_on === null ? null
      : { decided_on, action: decision_action, reason: decision_reason, value_minor, cost_minor, currency: decision_currency },
    last_call: last_call_at === null || last_call_outcome === null ? null : { at: last_call_at, outcome: last_call_outcome },
    gentle: row.flags.includes('vulnerable') || tone === 'empathetic' || decision_tone === 'empathetic' || last_call_outcome === 'cannot_pay',
    offers: { pay_link: true, promise_days_max: PROMISE_DAYS_MAX, dispute: !disputed, plan: decided_on !== null && decision_action === 'offer_plan' },
  };
}
