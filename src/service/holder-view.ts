/** Everything about one holder on one page, by two statements whose parts each use the holder's own key. */

import { type HolderId, type InsurerId, type Language, type PlainDate } from '../kernel/index.ts';
import { readTogether, type Scope, type Sql, type Statement, type Tx } from '../database/index.ts';
import { reasonText } from '../risk/index.ts';
import { fromJson } from './from-json.ts';
import { maskEmail, maskPhone } from './masking.ts';
import { BILL_COLUMNS, decisionsOf, gateAnswersOf, type BillRow, withReference } from './rows.ts';
import { type HolderView, type OpenBill } from './shapes.ts';
import { timeLine, type ContactRow, type DisputeRow, type HandOverRow, type PaymentRow, type PromiseRow, type CorrectionRow, type SurveyRow } from './time-line.ts';

export { type HolderView, type OpenBill, type TimeLineEntry } from './shapes.ts';

/** Rows of each kind that one page shows; the newest. A person of thirty years of monthly premiums has more, behind the bill's own page. */
const ROWS_MAX = 120;

type HolderDetails = {
  holder_id: number;
  external_ref: string;
  name: string;
  kind: string;
  language: 'en' | 'zh-Hans' | 'zh-Hant';
  time_zone: string;
  market: string;
  subdivision: string | null;
  city: string | null;
  email: string | null;
  phone: string | null;
  preferred_channel: string | null;
  since: PlainDate | null;
  consents: string[];
  opted_out: string[];
  flags: string[];
};
type ScoreRow = {
  policy_id: number;
  due_on: PlainDate;
  horizon_days: number;
  scored_on: PlainDate;
  probability_late: number;
  tier: HolderView['risk'][number]['tier'];
  reason_features: string[];
  reason_values: string[];
  reason_contributions: number[];
};
type CallRow = HolderView['calls'][number];
type Rows = readonly object[] | null;
type What = { readonly holder: HolderDetails | null; readonly policies: Rows; readonly bills: Rows; readonly scores: Rows };
type Happened = {
  readonly decisions: Rows; readonly gate: Rows; readonly payments: Rows; readonly contacts: Rows; readonly calls: Rows; readonly disputes: Rows; readonly promises: Rows; readonly hand_overs: Rows; readonly surveys: Rows; readonly corrections: Rows;
};

/** Null where the insurer has no such holder. `today` is the insurer's business date; reasons are told in `language`. */
export async function holderView(sql: Sql, whose: InsurerId | Scope, holderId: HolderId, today: PlainDate, language: Language): Promise<HolderView | null> {
  const [[what], [happened]] = await readTogether(sql, whose, (tx) => [whatThereIs(tx, holderId), whatHappened(tx, holderId)]);
  const holder = what?.holder ?? null;
  if (what === undefined || happened === undefined || holder === null) return null;
  const { consents, opted_out, flags, email, phone, ...who } = holder;
  const bills = fromJson<BillRow>(what.bills).map(withReference);
  const decisions = fromJson<HolderView['decisions'][number]>(happened.decisions);
  const gate = fromJson<HolderView['gate'][number]>(happened.gate);
  const openBills = bills.filter((bill) => bill.state === 'open').sort((a, b) => (a.due_on < b.due_on ? -1 : 1));
  return {
    holder: { ...who, email_masked: maskEmail(email), phone_masked: maskPhone(phone) },
    consent: { consents, opted_out, flags },
    policies: fromJson(what.policies),
    open_bills: openBills,
    owes: owedByCurrency(openBills, today),
    next_due: nextDue(openBills, today),
    risk: fromJson<ScoreRow>(what.scores).map((row) => riskOf(row, language)).sort((a, b) => b.probability_late - a.probability_late),
    decisions,
    gate,
    calls: fromJson<CallRow>(happened.calls),
    time_line: timeLine({
      bills, gate, decisions, payments: fromJson<PaymentRow>(happened.payments), contacts: fromJson<ContactRow>(happened.contacts),
      disputes: fromJson<DisputeRow>(happened.disputes), promises: fromJson<PromiseRow>(happened.promises),
      handOvers: fromJson<HandOverRow>(happened.hand_overs), surveys: fromJson<SurveyRow>(happened.surveys),
      corrections: fromJson<CorrectionRow>(happened.corrections),
    }),
  };
}

/**
 * Each part is found by the holder's key, at most 120 rows, the newest first. Two statements of some parts each: all eleven in one took the server three times
 * as long (1.4 ms against 0.4), one statement for each part took the driver longest.
 */
const whatThereIs = (tx: Tx, holderId: HolderId): Statement<What[]> => tx<What[]>`
  with
    holder as (
      select holder_id, external_ref, holder_name(family_name, given_name) as name, kind, language, time_zone, market, subdivision, city, email, phone,
        preferred_channel, consents, opted_out, flags,
        (select min(p.cover_from) from policies p where p.insurer_id = h.insurer_id and p.holder_id = h.holder_id) as since
      from holders h where holder_id = ${holderId}),
    policy as (
      select policy_id, policy_number, product, line, market, currency, premium_minor, mode, state, state_since, cover_from, cover_to, next_due_on, next_bill_on,
        paid_to_on, autopay, premiums_paid
      from policies where holder_id = ${holderId} order by policy_id limit ${ROWS_MAX}),
    bill as (
      select ${tx.unsafe(BILL_COLUMNS)} from bills b join policies p using (insurer_id, holder_id, policy_id)
      where b.holder_id = ${holderId} order by b.due_on desc, b.bill_id desc limit ${ROWS_MAX}),
    score as (
      select distinct on (policy_id) policy_id, due_on, horizon_days, scored_on, probability_late, tier, reason_features, reason_values, reason_contributions
      from scores where holder_id = ${holderId} order by policy_id, scored_on desc, due_on desc, horizon_days limit ${ROWS_MAX})
  select (select to_json(r) from holder r) as holder, (select json_agg(r) from policy r) as policies, (select json_agg(r) from bill r) as bills,
    (select json_agg(r) from score r) as scores`;

const whatHappened = (tx: Tx, holderId: HolderId): Statement<Happened[]> => tx<Happened[]>`
  with
    decision as (${decisionsOf(tx, holderId, null, ROWS_MAX)}),
    answer as (${gateAnswersOf(tx, holderId, null, ROWS_MAX)}),
    payment as (
      select payment_id, bill_id, provider_reference, method, amount_minor, currency, state, failure, created_at, settled_at
      from payments where holder_id = ${holderId} order by created_at desc limit ${ROWS_MAX}),
    contact as (
      select c.contact_id, c.bill_id, c.purpose, c.channel, c.template, c.state, c.outcome, c.subject, c.queued_on, c.sent_at, c.closed_at, c.failure,
        g.rule, g.article,
        array(select e.kind from contact_events e where e.insurer_id = c.insurer_id and e.holder_id = c.holder_id and e.contact_id = c.contact_id
              order by e.occurred_at) as events
      from contacts c join gate_answers g using (insurer_id, holder_id, ask_key)
      where c.holder_id = ${holderId} order by c.queued_on desc, c.contact_id desc limit ${ROWS_MAX}),
    call as (
      select contact_id, bill_id, not_before, template from contacts
      where holder_id = ${holderId} and channel = 'call' and state in ('queued', 'sending') order by not_before limit ${ROWS_MAX}),
    dispute as (
      select dispute_id, bill_id, reason, opened_at, answer_by, closed_at, resolution from disputes
      where holder_id = ${holderId} order by opened_at desc limit ${ROWS_MAX}),
    promise as (
      select promise_id, bill_id, promised_on, pay_by, amount_minor, currency, made_by, state from promises
      where holder_id = ${holderId} order by promised_on desc limit ${ROWS_MAX}),
    hand_over as (
      select hand_over_id, bill_id, from_name, to_role, what, due_on, opened_at, closed_at, closed_by, answer from hand_overs
      where holder_id = ${holderId} order by opened_at desc limit ${ROWS_MAX}),
    correction as (
      select c.correction_id, c.bill_id, c.corrected_at, c.corrected_by, c.note, b.currency, (c.after->>'amount_minor')::bigint as after_minor
      from bill_corrections c join bills b using (insurer_id, holder_id, bill_id) where c.holder_id = ${holderId} order by c.correction_id desc limit ${ROWS_MAX}),
    survey as (
      select s.payment_id, y.bill_id, s.ease, s.clarity, s.answered_at from survey_answers s join payments y using (insurer_id, holder_id, payment_id)
      where s.holder_id = ${holderId} order by s.answered_at desc limit ${ROWS_MAX})
  select (select json_agg(r) from decision r) as decisions, (select json_agg(r) from answer r) as gate,
    (select json_agg(r) from payment r) as payments, (select json_agg(r) from contact r) as contacts, (select json_agg(r) from call r) as calls,
    (select json_agg(r) from dispute r) as disputes, (select json_agg(r) from promise r) as promises,
    (select json_agg(r) from hand_over r) as hand_overs, (select json_agg(r) from survey r) as surveys,
    (select json_agg(r) from correction r) as corrections`;

function riskOf(row: ScoreRow, language: Language): HolderView['risk'][number] {
  const { reason_features, reason_values, reason_contributions, ...score } = row;
  const reasons = reason_features.map((feature, i) => {
    const value = reason_values[i] ?? '';
    const contribution = reason_contributions[i] ?? 0;
    return { feature, value, contribution, text: reasonText(feature, value === '' ? null : value, contribution, language) };
  });
  return { ...score, reasons };
}

function owedByCurrency(bills: readonly OpenBill[], today: PlainDate): HolderView['owes'] {
  const sums = new Map<string, { outstanding: bigint; overdue: bigint }>();
  for (const bill of bills) {
    const sum = sums.get(bill.currency) ?? { outstanding: 0n, overdue: 0n };
    sum.outstanding += bill.outstanding_minor;
    if (bill.due_on < today) sum.overdue += bill.outstanding_minor;
    sums.set(bill.currency, sum);
  }
  return [...sums].map(([currency, sum]) => ({ currency, outstanding_minor: sum.outstanding, overdue_minor: sum.overdue }));
}

/** The next bill that falls due; where all are past due, the oldest. */
function nextDue(bills: readonly OpenBill[], today: PlainDate): HolderView['next_due'] {
  const next = bills.find((bill) => bill.due_on >= today) ?? bills[0];
  if (next === undefined) return null;
  return { bill_id: next.bill_id, due_on: next.due_on, currency: next.currency, outstanding_minor: next.outstanding_minor };
}
