/** Stage `gate`: the law's answer to each act chosen today, to each notice that the law itself asks for, and to the welcome of each new policy. */

import { askGate, type GateAnswer, type GateAsk, type PastContact, type RulePacks } from '../../compliance/index.ts';
import { copyToTemporary, type CopyValue, type Tx } from '../../database/index.ts';
import { addDays, localDate, momentOf, type Moment } from '../../kernel/index.ts';
import { type Channel, elementsOf, gateColumns, gateFactsOf, type GateRow, legalOutcome } from '../../outreach/index.ts';
import { type HolderRange, type Stage, type StageContext, type StageCounts } from '../stage.ts';

/** Minutes after midnight at the holder's place for which an act is planned; where the law opens later, it waits until then. */
const PLANNED_MINUTES = 10 * 60;
/** The longest window over which any market counts contacts, with a day to spare. */
const HISTORY_DAYS = 31;
/** By registered letter: the form that satisfies every market's rule on notices of non-payment. */
const NOTICE_CHANNEL = 'registered_letter';

export const gateStage: Stage = { name: 'gate', partitioned: true, work: gate };

type ActRow = GateRow & {
  readonly bill_id: number;
  readonly purpose: 'premium_reminder' | 'legal_notice' | 'welcome' | 'bill';
  readonly channel: Channel;
  readonly template: string;
  readonly history: readonly { readonly at: string; readonly channel: string; readonly outcome: string | null; readonly purpose: string }[] | null;
};

const COLUMNS = ['holder_id bigint', 'ask_key text', 'bill_id bigint', 'purpose text', 'channel text', 'asked_for_at timestamptz', 'answer text', 'deferred_until timestamptz',
  'rule text', 'article text'];

async function gate(tx: Tx, { insurer: { insurerId }, businessDate, packs }: StageContext, { from, to }: HolderRange): Promise<StageCounts> {
  const rows = await tx<ActRow[]>`
    with acts as (
      select holder_id, bill_id, 'premium_reminder' as purpose, channel::text, case when action in ('offer_plan', 'escalate') then action else coalesce(step, action) end as template
      from decisions
      where insurer_id = ${insurerId} and holder_id between ${from} and ${to} and decided_on = ${businessDate} and action <> 'nothing' and channel is not null
      union all
      select b.holder_id, b.bill_id, 'legal_notice', ${NOTICE_CHANNEL}, 'legal_notice' from bills b
      where b.insurer_id = ${insurerId} and b.holder_id between ${from} and ${to} and b.state = 'open' and b.waits_for = 'notice'
        and not exists (
          select from contacts c where c.insurer_id = b.insurer_id and c.holder_id = b.holder_id and c.bill_id = b.bill_id and c.purpose = 'legal_notice'
            and c.state not in ('failed', 'cancelled'))
      union all
      -- Each bill that leaves today is sent (R6); with the first a policy's holder hears what will be due, when, and how to pay it (R1).
      select b.holder_id, b.bill_id, t.purpose, case
          when h.preferred_channel in ('email', 'sms') and not h.preferred_channel::text = any(h.opted_out) then h.preferred_channel::text
          when h.email is not null and not 'email' = any(h.opted_out) then 'email' when h.phone is not null and not 'sms' = any(h.opted_out) then 'sms' else 'letter' end, t.purpose
      from bills b join holders h on h.insurer_id = b.insurer_id and h.holder_id = b.holder_id and h.holder_id between ${from} and ${to}
        cross join lateral (select case when b.instalment_no = 1 then 'welcome' else 'bill' end as purpose) t
      where b.insurer_id = ${insurerId} and b.holder_id between ${from} and ${to} and b.state = 'open' and b.issued_on = ${businessDate}),
    history as (
      select holder_id, json_agg(json_build_object('at', coalesce(sent_at, not_before), 'channel', channel, 'outcome', outcome, 'purpose', purpose)) as history
      from contacts
      where insurer_id = ${insurerId} and holder_id between ${from} and ${to} and queued_on > ${addDays(businessDate, -HISTORY_DAYS)} and queued_on < ${businessDate}
        and state in ('queued', 'sending', 'sent', 'delivered', 'done', 'unconfirmed') and holder_id in (select holder_id from acts)
      group by holder_id)
    select ${gateColumns(tx)}, a.purpose, a.channel, a.template, history.history
    from acts a
      -- The range stands at each table: the planner then walks the range of each, not the whole book of one.
      join bills b on b.insurer_id = ${insurerId} and b.holder_id between ${from} and ${to} and b.holder_id = a.holder_id and b.bill_id = a.bill_id
      join policies p on p.insurer_id = ${insurerId} and p.holder_id between ${from} and ${to} and p.holder_id = b.holder_id and p.policy_id = b.policy_id
      join holders h on h.insurer_id = ${insurerId} and h.holder_id between ${from} and ${to} and h.holder_id = b.holder_id
      left join history on history.holder_id = a.holder_id
    order by a.holder_id, a.bill_id`;
  const answers = rows.flatMap((row) => answersTo(packs, row, businessDate));
  if (answers.length === 0) return { read: rows.length, written: 0 };
  await copyToTemporary(tx, 'answered', COLUMNS, answers);
  const inserted = await tx`
    insert into gate_answers (insurer_id, holder_id, ask_key, asked_on, bill_id, action, purpose, channel, asked_for_at, answer, deferred_until, rule, article, law_version)
    select ${insurerId}, holder_id, ask_key, ${businessDate}, bill_id, 'contact', purpose, channel, asked_for_at, answer, deferred_until, rule, article, ${packs.version}
    from answered on conflict do nothing`;
  return { read: rows.length, written: inserted.count };
}

/** The answer to an act, and where it must wait for a later moment of the same day, the answer for that moment too. */
function answersTo(packs: RulePacks, row: ActRow, businessDate: StageContext['businessDate']): CopyValue[][] {
  const facts = gateFactsOf(row, historyOf(row));
  const planned = momentOf(businessDate, PLANNED_MINUTES, row.time_zone);
  const contains = elementsOf(row.purpose, row.channel);
  const ask = (at: Moment): GateAsk => ({ action: 'contact', purpose: row.purpose, channel: row.channel, at, recipient: 'holder', contains, language: row.language });
  const key = `${businessDate}:${row.bill_id}:${row.purpose === 'premium_reminder' ? row.template : row.purpose}:${row.channel}`;
  const first = askGate(packs, facts, ask(planned));
  const answers = [answerRow(row, key, planned, first)];
  if (first.answer === 'defer' && localDate(first.until, row.time_zone) === businessDate) {
    answers.push(answerRow(row, `${key}:waited`, first.until, askGate(packs, facts, ask(first.until))));
  }
  return answers;
}

function answerRow(row: ActRow, key: string, at: Moment, answer: GateAnswer): CopyValue[] {
  const refused = answer.answer === 'allow' ? null : answer;
  return [
    row.holder_id, key, row.bill_id, row.purpose, row.channel, new Date(at).toISOString(), answer.answer,
    answer.answer === 'defer' ? new Date(answer.until).toISOString() : null, refused?.rule ?? null, refused?.article ?? null,
  ];
}

const historyOf = (row: ActRow): PastContact[] => (row.history ?? []).map((past) => (
  { at: Date.parse(past.at), channel: past.channel, purpose: past.purpose, ...(past.outcome === null ? {} : { outcome: legalOutcome(past.outcome) }) }
));
