/** One line of time from many tables: what was billed, decided, asked of the law, said, answered and paid. Pure. */

import { type PlainDate } from '../kernel/index.ts';
import { type HolderView, type OpenBill, type TimeLineEntry } from './shapes.ts';

export type PaymentRow = {
  payment_id: number;
  bill_id: number;
  provider_reference: string | null;
  method: string;
  amount_minor: bigint;
  currency: string;
  state: string;
  failure: string | null;
  created_at: Date;
  settled_at: Date | null;
};
export type ContactRow = {
  contact_id: number;
  bill_id: number | null;
  purpose: string;
  channel: string;
  template: string;
  state: string;
  outcome: string | null;
  subject: string | null;
  queued_on: PlainDate;
  sent_at: Date | null;
  closed_at: Date | null;
  failure: string | null;
  rule: string | null;
  article: string | null;
  events: string[];
};
export type DisputeRow = {
  dispute_id: number;
  bill_id: number;
  reason: string;
  opened_at: Date;
  answer_by: PlainDate;
  closed_at: Date | null;
  resolution: string | null;
};
export type PromiseRow = {
  promise_id: number;
  bill_id: number;
  promised_on: PlainDate;
  pay_by: PlainDate;
  amount_minor: bigint;
  currency: string;
  made_by: string;
  state: string;
};

export type HandOverRow = {
  hand_over_id: number; bill_id: number | null; from_name: string; to_role: string; what: string; due_on: PlainDate; opened_at: Date; closed_at: Date | null;
  closed_by: string | null; answer: string | null;
};

export type SurveyRow = { payment_id: number; bill_id: number; ease: number; clarity: number | null; answered_at: Date };

export type CorrectionRow = { correction_id: number; bill_id: number; corrected_at: Date; corrected_by: string; note: string; currency: string; after_minor: bigint | null };

export type TimeLineSources = {
  readonly bills: readonly OpenBill[];
  readonly payments: readonly PaymentRow[];
  readonly contacts: readonly ContactRow[];
  readonly gate: HolderView['gate'];
  readonly decisions: HolderView['decisions'];
  readonly disputes: readonly DisputeRow[];
  readonly promises: readonly PromiseRow[];
  readonly handOvers: readonly HandOverRow[];
  readonly surveys: readonly SurveyRow[];
  readonly corrections: readonly CorrectionRow[];
};

const ENTRIES_MAX = 200;
const dateOf = (moment: Date): PlainDate => moment.toISOString().slice(0, 10) as PlainDate;

const EMPTY = {
  at: null,
  bill_id: null,
  channel: null,
  detail: null,
  rule: null,
  article: null,
  currency: null,
  amount_minor: null,
} as const;

/** Newest first; at most 200 entries. An allowed contact stands for its gate's answer, so only refusals and deferrals have their own line. */
export function timeLine(sources: TimeLineSources): TimeLineEntry[] {
  const entries: TimeLineEntry[] = [
    ...sources.bills.flatMap(billEntries),
    ...sources.payments.map(paymentEntry),
    ...sources.contacts.map(contactEntry),
    ...sources.gate.filter((answer) => answer.answer !== 'allow').map(gateEntry),
    ...sources.decisions.map(decisionEntry),
    ...sources.disputes.flatMap(disputeEntries),
    ...sources.promises.map(promiseEntry),
    ...sources.handOvers.flatMap(handOverEntries),
    ...sources.surveys.map(surveyEntry),
    ...sources.corrections.map(correctionEntry),
  ];
  const orderOf = (entry: TimeLineEntry): string => (entry.at === null ? `${entry.on}T00:00:00.000Z` : entry.at.toISOString());
  return entries
    .map((entry) => ({ entry, order: orderOf(entry) }))
    .sort((a, b) => (a.order === b.order ? 0 : a.order < b.order ? 1 : -1))
    .slice(0, ENTRIES_MAX)
    .map(({ entry }) => entry);
}

function billEntries(bill: OpenBill): TimeLineEntry[] {
  const shared = { ...EMPTY, bill_id: bill.bill_id, currency: bill.currency, amount_minor: bill.amount_minor, state: bill.state };
  const issued: TimeLineEntry = {
    ...shared,
    kind: 'bill_issued',
    id: `bill-${bill.bill_id}`,
    on: bill.issued_on,
    title: bill.policy_number,
    detail: bill.due_on,
  };
  if (bill.paid_on === null) return [issued];
  const paid: TimeLineEntry = {
    ...shared,
    kind: 'bill_paid',
    id: `bill-paid-${bill.bill_id}`,
    on: bill.paid_on,
    title: bill.policy_number,
    detail: bill.paid_by,
  };
  return [issued, paid];
}

function paymentEntry(payment: PaymentRow): TimeLineEntry {
  const at = payment.settled_at ?? payment.created_at;
  return {
    ...EMPTY,
    kind: 'payment',
    id: `payment-${payment.payment_id}`,
    on: dateOf(at),
    at,
    bill_id: payment.bill_id,
    state: payment.state,
    title: payment.method,
    detail: payment.failure ?? payment.provider_reference,
    currency: payment.currency,
    amount_minor: payment.amount_minor,
  };
}

function contactEntry(contact: ContactRow): TimeLineEntry {
  const at = contact.sent_at ?? contact.closed_at;
  const last = contact.events.at(-1);
  return {
    ...EMPTY,
    kind: 'contact',
    id: `contact-${contact.contact_id}`,
    on: at === null ? contact.queued_on : dateOf(at),
    at,
    bill_id: contact.bill_id,
    state: last ?? contact.state,
    channel: contact.channel,
    title: contact.subject ?? contact.template,
    detail: contact.outcome ?? contact.failure,
    rule: contact.rule,
    article: contact.article,
  };
}

function gateEntry(answer: HolderView['gate'][number]): TimeLineEntry {
  return {
    ...EMPTY,
    kind: 'gate',
    id: `gate-${answer.ask_key}`,
    on: answer.asked_on,
    at: answer.asked_for_at,
    bill_id: answer.bill_id,
    state: answer.answer,
    channel: answer.channel,
    title: answer.action,
    detail: answer.deferred_until?.toISOString() ?? null,
    rule: answer.rule,
    article: answer.article,
  };
}

function decisionEntry(made: HolderView['decisions'][number]): TimeLineEntry {
  return {
    ...EMPTY,
    kind: 'decision',
    id: `decision-${made.bill_id}-${made.decided_on}`,
    on: made.decided_on,
    bill_id: made.bill_id,
    state: made.tier,
    channel: made.channel,
    title: made.action,
    detail: made.reason,
    currency: made.currency,
    amount_minor: made.value_minor,
  };
}

function disputeEntries(dispute: DisputeRow): TimeLineEntry[] {
  const opened: TimeLineEntry = {
    ...EMPTY,
    kind: 'dispute_opened',
    id: `dispute-${dispute.dispute_id}`,
    on: dateOf(dispute.opened_at),
    at: dispute.opened_at,
    bill_id: dispute.bill_id,
    state: dispute.closed_at === null ? 'open' : 'closed',
    title: dispute.reason,
    detail: dispute.answer_by,
  };
  if (dispute.closed_at === null) return [opened];
  const closed: TimeLineEntry = {
    ...EMPTY,
    kind: 'dispute_closed',
    id: `dispute-closed-${dispute.dispute_id}`,
    on: dateOf(dispute.closed_at),
    at: dispute.closed_at,
    bill_id: dispute.bill_id,
    state: 'closed',
    title: dispute.reason,
    detail: dispute.resolution,
  };
  return [opened, closed];
}

function promiseEntry(promise: PromiseRow): TimeLineEntry {
  return {
    ...EMPTY,
    kind: 'promise',
    id: `promise-${promise.promise_id}`,
    on: promise.promised_on,
    bill_id: promise.bill_id,
    state: promise.state,
    title: promise.pay_by,
    detail: promise.made_by,
    currency: promise.currency,
    amount_minor: promise.amount_minor,
  };
}

/** Each says whose department it comes from: who handed over, who answered. */
function handOverEntries(given: HandOverRow): TimeLineEntry[] {
  const opened: TimeLineEntry = {
    ...EMPTY, kind: 'hand_over', id: `hand-over-${given.hand_over_id}`, on: dateOf(given.opened_at), at: given.opened_at, bill_id: given.bill_id, state: given.to_role,
    title: given.what, detail: given.from_name,
  };
  if (given.closed_at === null) return [opened];
  return [opened, {
    ...EMPTY, kind: 'hand_over_closed', id: `hand-over-closed-${given.hand_over_id}`, on: dateOf(given.closed_at), at: given.closed_at, bill_id: given.bill_id, state: given.to_role,
    title: given.answer ?? given.what, detail: given.closed_by,
  }];
}

/** How easy, and how clear where the holder said so, from 1 to 5. */
const surveyEntry = (answer: SurveyRow): TimeLineEntry => ({
  ...EMPTY, kind: 'survey', id: `survey-${answer.payment_id}`, on: dateOf(answer.answered_at), at: answer.answered_at, bill_id: answer.bill_id, state: String(answer.ease),
  title: String(answer.ease), detail: answer.clarity === null ? null : String(answer.clarity),
});

const correctionEntry = (one: CorrectionRow): TimeLineEntry => ({
  ...EMPTY, kind: 'bill_corrected', id: `correction-${one.correction_id}`, on: dateOf(one.corrected_at), at: one.corrected_at, bill_id: one.bill_id,
  state: one.after_minor === null ? 'cancelled' : 'open', title: one.note, detail: one.corrected_by, currency: one.currency, amount_minor: one.after_minor ?? 0n,
});
