/**
 * How far the data carries: five levels, each with gates that are facts of the rows, and how complete the events of each feed are. Levels after the ladder of data
 * maturity in the project's brief (S246); what a gate asks for was chosen here. Counted over samples, so that a large book answers as fast as a small one.
 */

import { type Tx } from '../database/index.ts';

/** A share of ten thousand is known to one point. */
const SAMPLE_ROWS = 10_000;
/** Below this share of complete events a feed fails. */
const FEED_SHARE_MIN = 0.95;

export const GATES = ['bills', 'reachable', 'birth_date', 'contact_history', 'outcomes', 'income', 'payday', 'model', 'experiments'] as const;
export type GateName = (typeof GATES)[number];
export const FEEDS = ['payments', 'messages', 'receipts', 'calls', 'imports', 'survey'] as const;
export type FeedName = (typeof FEEDS)[number];

/** Share of each, 0 to 1; what is there or not is 0 or 1. */
export type MaturityFacts = Readonly<Record<GateName, number>>;
export type Gate = { readonly gate: GateName; readonly level: number; readonly share: number; readonly needed: number; readonly met: boolean };
export type Feed = { readonly feed: FeedName; readonly events: number; readonly complete: number; readonly failing: boolean };
export type Maturity = {
  readonly level: number; readonly gates: readonly Gate[];
  /** What the next level still asks for. */
  readonly next: readonly GateName[];
  readonly holders: number; readonly feeds: readonly Feed[];
};

/** The level that a gate opens, and the share that opens it. */
const NEEDED: Readonly<Record<GateName, readonly [level: number, share: number]>> = {
  bills: [2, 1], reachable: [2, 0.9], birth_date: [3, 0.8], contact_history: [3, 0.3], outcomes: [3, 0.5], income: [4, 0.5], payday: [4, 0.3], model: [4, 1], experiments: [5, 1],
};
const LEVEL_MAX = 5;

export function gatesOf(facts: MaturityFacts): readonly Gate[] {
  return GATES.map((gate) => {
    const [level, needed] = NEEDED[gate];
    return { gate, level, share: facts[gate], needed, met: facts[gate] >= needed };
  });
}

/** The highest level whose gates, and those of all levels below, are open. */
export function levelOf(gates: readonly Gate[]): number {
  let level = 1;
  while (level < LEVEL_MAX && gates.filter((gate) => gate.level === level + 1).every(({ met }) => met)) level += 1;
  return level;
}

export const feedOf = (feed: FeedName, events: number, complete: number): Feed => ({ feed, events, complete, failing: events > 0 && complete / events < FEED_SHARE_MIN });

const shareOf = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

type HolderSample = { holders: number; reachable: number; born: number; income: number; payday: number; contacted: number };
type ContactSample = { messages: number; messages_complete: number; receipts: number; receipts_complete: number; calls: number; calls_complete: number };
type Counts = { payments: number; payments_complete: number; rows_read: number; rows_good: number; answers: number; answers_complete: number; bills: boolean; model: boolean };

export async function maturity(tx: Tx): Promise<Maturity> {
  const sizes = await tx<{ name: string; rows: number }[]>`select relname::text as name, greatest(reltuples, 0)::float8 as rows from pg_class where oid in ('holders'::regclass, 'contacts'::regclass)`;
  const sample = (name: string): string => {
    const share = Math.min(100, (100 * SAMPLE_ROWS) / Math.max(1, sizes.find((size) => size.name === name)?.rows ?? 0));
    return share < 100 ? `tablesample system (${share.toFixed(4)}) repeatable (1)` : '';
  };
  const [[holders], [contacts], [counts], experiments] = await Promise.all([
    tx.unsafe<HolderSample[]>(`
      with seen as (select holder_id, email, phone, born_on, income_monthly_minor, payday from holders ${sample('holders')} limit ${SAMPLE_ROWS})
      select count(*)::int as holders, count(*) filter (where email is not null or phone is not null)::int as reachable, count(born_on)::int as born, count(income_monthly_minor)::int as income,
        count(payday)::int as payday, count(*) filter (where exists (select from contacts c where c.holder_id = seen.holder_id))::int as contacted
      from seen`),
    tx.unsafe<ContactSample[]>(`
      with seen as (select holder_id, contact_id, channel, state, message_ref, sent_at, bill_id, outcome from contacts ${sample('contacts')} where state in ('sent', 'delivered', 'unconfirmed', 'done') limit ${SAMPLE_ROWS}),
        messages as (select * from seen where channel in ('email', 'sms', 'push', 'wechat'))
      select (select count(*) from messages)::int as messages,
        (select count(*) from messages where sent_at is not null and message_ref is not null and bill_id is not null)::int as messages_complete,
        (select count(*) from messages where channel in ('email', 'sms'))::int as receipts,
        (select count(*) from messages m where channel in ('email', 'sms') and (state = 'delivered' or exists (select from contact_events e where e.holder_id = m.holder_id and e.contact_id = m.contact_id)))::int as receipts_complete,
        (select count(*) from seen where channel = 'call')::int as calls, (select count(*) from seen where channel = 'call' and outcome is not null)::int as calls_complete`),
    tx<Counts[]>`
      with paid as (select provider_reference, method, settled_at from payments where state = 'succeeded' and provider <> 'inforce' order by settled_at desc limit ${SAMPLE_ROWS}),
        files as (select rows_read, rows_bad from imports where not dry_run order by import_id desc limit 100)
      select (select count(*) from paid)::int as payments, (select count(*) from paid where provider_reference is not null and method <> '' and settled_at is not null)::int as payments_complete,
        (select coalesce(sum(rows_read), 0) from files)::int as rows_read, (select coalesce(sum(rows_read - rows_bad), 0) from files)::int as rows_good,
        (select count(*) from survey_answers)::int as answers, (select count(clarity) from survey_answers)::int as answers_complete,
        exists (select from bills) as bills, exists (select from risk_models where champion) as model`,
    tx<{ there: boolean }[]>`select to_regclass('experiments') is not null as there`,
  ]);
  const known = experiments[0]?.there === true ? await tx<{ some: boolean }[]>`select exists (select from experiments) as some` : [];
  const [h, c, n] = [holders ?? NO_HOLDERS, contacts ?? NO_CONTACTS, counts ?? NO_COUNTS];
  const gates = gatesOf({
    bills: Number(n.bills), reachable: shareOf(h.reachable, h.holders), birth_date: shareOf(h.born, h.holders), contact_history: shareOf(h.contacted, h.holders),
    outcomes: shareOf(c.receipts_complete + c.calls_complete, c.receipts + c.calls), income: shareOf(h.income, h.holders), payday: shareOf(h.payday, h.holders), model: Number(n.model),
    experiments: Number(known[0]?.some === true),
  });
  const level = levelOf(gates);
  return {
    level, gates, next: gates.filter((gate) => gate.level === level + 1 && !gate.met).map(({ gate }) => gate), holders: h.holders,
    feeds: [
      feedOf('payments', n.payments, n.payments_complete), feedOf('messages', c.messages, c.messages_complete), feedOf('receipts', c.receipts, c.receipts_complete),
      feedOf('calls', c.calls, c.calls_complete), feedOf('imports', n.rows_read, n.rows_good), feedOf('survey', n.answers, n.answers_complete),
    ],
  };
}

const NO_HOLDERS: HolderSample = { holders: 0, reachable: 0, born: 0, income: 0, payday: 0, contacted: 0 };
const NO_CONTACTS: ContactSample = { messages: 0, messages_complete: 0, receipts: 0, receipts_complete: 0, calls: 0, calls_complete: 0 };
const NO_COUNTS: Counts = { payments: 0, payments_complete: 0, rows_read: 0, rows_good: 0, answers: 0, answers_complete: 0, bills: false, model: false };
