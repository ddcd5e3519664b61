/** Did it arrive? How far the messages of some days came, what did not arrive, one message with all its moments, and accounts that nobody has spoken to. */

import { z } from 'zod';
import { type Tx } from '../database/index.ts';
import { addDays, fail, type HolderId, type InsurerId, type Moment, momentOf, ok, type PlainDate, type Result } from '../kernel/index.ts';
import { firstKey, RESEND_CHANNELS, resendChannels, type ResendFacts } from '../outreach/index.ts';
import { marketsOf } from './bill-list.ts';
import { dayCursor, momentCursor, type DayKey, type MomentKey } from './key-cursor.ts';
import { billReference, maskEmail, maskPhone } from './masking.ts';
import { amountMinor, moment, plainDate } from './shapes.ts';

export const NOT_ARRIVED_STATES = ['failed', 'bounced', 'unconfirmed'] as const;
export const CONTACT_CHANNELS = ['email', 'sms', 'push', 'wechat', 'call', 'voicemail', 'letter', 'registered_letter'] as const;

// ---- how far they came ----

const STEPS = { sent: z.int(), delivered: z.int(), opened: z.int(), clicked: z.int(), paid: z.int(), not_arrived: z.int() };
export const deliverySumsShape = z.object({
  from: plainDate, to: plainDate,
  channels: z.array(z.object({ channel: z.enum(CONTACT_CHANNELS), ...STEPS })).describe('Each step counts those that reached it or a later one; not_arrived: failed or unconfirmed'),
});
export type DeliverySums = z.output<typeof deliverySumsShape>;

/**
 * Days that a cycle has reported are sums of some hundred cells; those since then, today among them, are counted from the contacts, found by the index of ranges by the
 * moment of sending. What did not arrive is read from its own small index.
 */
export async function deliverySums(tx: Tx, { days, today, timeZone }: { days: number; today: PlainDate; timeZone: string }): Promise<DeliverySums> {
  const from = addDays(today, 1 - days);
  const start = new Date(momentOf(from, 0, timeZone));
  const [cells] = await tx<{ last: PlainDate | null }[]>`select max(sent_on) as last from contact_cells where sent_on >= ${from} and sent_on < ${today}`;
  const live = new Date(momentOf(cells?.last == null ? from : addDays(cells.last, 1), 0, timeZone));
  const channels = await tx<DeliverySums['channels']>`
    with made as (
      select holder_id, contact_id, channel, state from contacts
      where insurer_id = (select current_insurer()) and sent_at >= ${live} and state in ('sent', 'delivered', 'done', 'unconfirmed', 'failed')),
    events as (
      select holder_id, contact_id, max(case kind when 'delivered' then 1 when 'opened' then 2 when 'clicked' then 3 when 'paid' then 4 end) as step
      from contact_events where insurer_id = (select current_insurer()) and occurred_at >= ${live} and kind in ('delivered', 'opened', 'clicked', 'paid') group by holder_id, contact_id),
    reached as (
      select m.channel, greatest(case when m.state = 'delivered' then 1 else 0 end, coalesce(e.step, 0)) as step
      from made m left join events e on e.holder_id = m.holder_id and e.contact_id = m.contact_id),
    counted as (
      select channel, sent, delivered, opened, clicked, paid, 0 as not_arrived from contact_cells where sent_on >= ${from} and sent_on < ${today}
      union all
      select channel, count(*), count(*) filter (where step >= 1), count(*) filter (where step >= 2), count(*) filter (where step >= 3), count(*) filter (where step >= 4), 0
      from reached group by channel
      union all
      select channel, 0, 0, 0, 0, 0, count(*) from contacts
      where state in ('failed', 'unconfirmed') and coalesce(closed_at, sent_at, not_before) >= ${start} group by channel)
    select channel, sum(sent)::int as sent, sum(delivered)::int as delivered, sum(opened)::int as opened, sum(clicked)::int as clicked, sum(paid)::int as paid,
      sum(not_arrived)::int as not_arrived
    from counted group by channel order by sum(sent) desc, channel`;
  return { from, to: today, channels: [...channels] };
}

// ---- what did not arrive ----

const notArrivedRow = z.object({
  holder_id: z.int(), contact_id: z.int(), holder_name: z.string(), market: z.string(), time_zone: z.string(), channel: z.enum(CONTACT_CHANNELS), purpose: z.string(), template: z.string(),
  reference: z.string().nullable().describe('Of the bill'), state: z.enum(NOT_ARRIVED_STATES), failure: z.string().nullable(), at: moment,
  went_on_by: z.array(z.enum(CONTACT_CHANNELS)).describe('Channels by which it was sent in its place, or waits to be'),
});
export type NotArrivedRow = z.output<typeof notArrivedRow>;
export const notArrivedShape = z.object({ contacts: z.array(notArrivedRow), next_after: momentCursor.nullable() });

export type NotArrivedFilter = {
  readonly channel: string | null; readonly state: (typeof NOT_ARRIVED_STATES)[number] | null; readonly market: string | null;
  /** From this moment and before that one. */
  readonly span: { readonly from: Moment; readonly until: Moment } | null;
  /** The last of the page before. */
  readonly after: MomentKey | null;
  readonly limit: number;
};

/** No index knows channel and market in this order: a page looks at so many at most, and may then be shorter than asked. */
const WALK_MAX = 20_000;
type Found = Omit<NotArrivedRow, 'reference'> & { at_us: number; bill_id: number | null };

/** One page, newest first; `next_after` is null at the end. */
export async function listNotArrived(tx: Tx, filter: NotArrivedFilter): Promise<z.output<typeof notArrivedShape>> {
  const { channel, state, market, span, after, limit } = filter;
  const walk = channel === null && state === null && market === null ? limit : WALK_MAX;
  const at = tx`coalesce(c.closed_at, c.sent_at, c.not_before)`;
  const walked = tx`
    select c.*, ${at} as at from contacts c
    where c.insurer_id = (select current_insurer()) and c.state in ('failed', 'unconfirmed')
      ${span === null ? tx`` : tx`and ${at} >= ${new Date(span.from)} and ${at} < ${new Date(span.until)}`}
      ${after === null ? tx`` : tx`and (${at}, c.holder_id, c.contact_id) < (timestamptz 'epoch' + ${after.atUs}::bigint * interval '1 microsecond', ${after.holderId}::bigint, ${after.id}::bigint)`}
    order by ${at} desc, c.holder_id desc, c.contact_id desc limit ${walk}`;
  const stateOf = tx`case when w.state = 'failed' and w.outcome = 'bounced' then 'bounced' when w.failure = 'undelivered' then 'bounced' else w.state end`;
  const rows = await tx<Found[]>`
    with page as (
      select w.*, ${stateOf} as shown, holder_name(h.family_name, h.given_name) as holder_name, h.market, h.time_zone
      from (${walked}) w join holders h using (insurer_id, holder_id)
      where (${channel}::text is null or w.channel = ${channel}) and (${market}::text is null or h.market = ${market}) and (${state}::text is null or ${stateOf} = ${state})
      order by w.at desc, w.holder_id desc, w.contact_id desc limit ${limit})
    select page.holder_id, page.contact_id, page.holder_name, page.market, page.time_zone, page.channel, page.purpose, page.template, page.bill_id, page.shown as state, page.failure, page.at,
      (extract(epoch from page.at) * 1000000)::bigint as at_us,
      array(select n.channel::text from contacts n where n.insurer_id = page.insurer_id and n.holder_id = page.holder_id and n.contact_id > page.contact_id
        and starts_with(n.ask_key, split_part(page.ask_key, '~', 1) || '~') order by n.contact_id) as went_on_by
    from page order by page.at desc, page.holder_id desc, page.contact_id desc`;
  const contacts = rows.map(({ at_us: _atUs, bill_id: billId, ...row }) => ({ ...row, reference: billId === null ? null : billReference(row.holder_id, billId) }));
  const last = rows.at(-1);
  if (rows.length === limit && last !== undefined) return { contacts, next_after: { atUs: last.at_us, holderId: last.holder_id, id: last.contact_id } };
  if (walk === limit) return { contacts, next_after: null };
  const [end] = await tx<{ at_us: number; holder_id: number; contact_id: number }[]>`
    select (extract(epoch from at) * 1000000)::bigint as at_us, holder_id, contact_id from (${walked}) w offset ${walk - 1}`;
  return { contacts, next_after: end === undefined ? null : { atUs: end.at_us, holderId: end.holder_id, id: end.contact_id } };
}

// ---- one message ----

export const DELIVERY_ACTS = ['resent', 'deferred', 'refused', 'left', 'did_not_leave'] as const;
export const deliveredMessageShape = z.object({
  holder_id: z.int(), contact_id: z.int(), holder_name: z.string(), market: z.string(), time_zone: z.string(), language: z.string(), bill_id: z.int().nullable(),
  reference: z.string().nullable(), purpose: z.string(), template: z.string(), tone: z.string(), channel: z.enum(CONTACT_CHANNELS), state: z.string(), outcome: z.string().nullable(),
  failure: z.string().nullable(), attempts: z.int(),
  to_masked: z.string().nullable().describe('The address on record now'),
  subject: z.string().nullable(), body: z.string().nullable().describe('As the holder read it; of links only where they lead, because whoever has a whole one may use it'),
  queued_on: plainDate, not_before: moment, sent_at: moment.nullable(), closed_at: moment.nullable(),
  gate: z.array(z.object({ answer: z.enum(['allow', 'defer', 'refuse']), asked_for_at: moment, deferred_until: moment.nullable(), rule: z.string().nullable(), article: z.string().nullable(), law_version: z.string() })),
  events: z.array(z.object({ kind: z.string(), occurred_at: moment })),
  acts: z.array(z.object({ act: z.enum(DELIVERY_ACTS), channel: z.enum(CONTACT_CHANNELS).nullable(), by_name: z.string(), at: moment })),
  others: z.array(z.object({ contact_id: z.int(), channel: z.enum(CONTACT_CHANNELS), state: z.string(), at: moment })).describe('Sent for one another: the first, and those in its place'),
  resend_by: z.array(z.enum(RESEND_CHANNELS)).describe('Channels by which it can be asked to go again; the law is asked then'),
});
export type DeliveredMessage = z.output<typeof deliveredMessageShape>;

type Message = Omit<DeliveredMessage, 'reference' | 'purpose' | 'to_masked' | 'gate' | 'events' | 'acts' | 'others' | 'resend_by'> & Omit<ResendFacts, 'used'> & { ask_key: string; city: string | null };

/** Null where there is none. */
export async function deliveredMessage(tx: Tx, holderId: HolderId, contactId: number): Promise<DeliveredMessage | null> {
  const [found] = await tx<Message[]>`
    select c.holder_id, c.contact_id, holder_name(h.family_name, h.given_name) as holder_name, h.market, h.time_zone, c.language, c.bill_id, c.purpose, c.template, c.tone, c.channel, c.state,
      c.outcome, c.failure, c.attempts, c.subject, c.body, c.queued_on, c.not_before, c.sent_at, c.closed_at, c.ask_key, h.email, h.phone, h.address, h.city
    from contacts c join holders h using (insurer_id, holder_id) where c.holder_id = ${holderId} and c.contact_id = ${contactId}`;
  if (found === undefined) return null;
  const { ask_key: askKey, email, phone, address, city, ...message } = found;
  const first = firstKey(askKey);
  const [gate, events, acts, family] = await Promise.all([
    tx<DeliveredMessage['gate']>`
      select answer, asked_for_at, deferred_until, rule, article, law_version from gate_answers
      where holder_id = ${holderId} and (ask_key = ${askKey} or starts_with(ask_key, ${`${askKey}@`})) order by asked_for_at, ask_key`,
    tx<DeliveredMessage['events']>`select kind, occurred_at from contact_events where holder_id = ${holderId} and contact_id = ${contactId} order by occurred_at, kind`,
    tx<DeliveredMessage['acts']>`select act, channel, by_name, at from delivery_acts where holder_id = ${holderId} and contact_id = ${contactId} order by act_id`,
    tx<DeliveredMessage['others']>`
      select contact_id, channel, state, coalesce(sent_at, closed_at, not_before) as at from contacts
      where holder_id = ${holderId} and (ask_key = ${first} or starts_with(ask_key, ${`${first}~`})) order by contact_id`,
  ]);
  return {
    ...message, body: withoutTokens(message.body), reference: message.bill_id === null ? null : billReference(message.holder_id, message.bill_id),
    to_masked: addressMasked(message.channel, { email, phone, address, city }),
    gate: [...gate], events: [...events], acts: [...acts], others: family.filter(({ contact_id: id }) => id !== contactId),
    resend_by: message.state === 'failed' ? resendChannels({ ...message, email, phone, address, used: family.map(({ channel }) => channel) }) : [],
  };
}

/** A payment link lets its bearer pay, the other one ends all messages: both are the holder's alone. */
const withoutTokens = (body: string | null): string | null => body?.replaceAll(/(\/(?:pay|u)\/)[\w.~-]+/g, '$1…') ?? null;

function addressMasked(channel: string, { email, phone, address, city }: { email: string | null; phone: string | null; address: string | null; city: string | null }): string | null {
  switch (channel) {
    case 'email': return maskEmail(email);
    case 'sms': case 'call': case 'voicemail': return maskPhone(phone);
    case 'letter': case 'registered_letter': return address === null || address === '' ? null : `•••, ${city ?? ''}`;
    default: return null;
  }
}

export type DeliveryAct = {
  readonly insurerId: InsurerId; readonly holderId: HolderId; readonly contactId: number; readonly act: (typeof DELIVERY_ACTS)[number]; readonly channel: string | null;
  readonly askKey: string | null; readonly byUser: number | null; readonly byName: string; readonly at: Moment;
};
export const keepDeliveryAct = (tx: Tx, { insurerId, holderId, contactId, act, channel, askKey, byUser, byName, at }: DeliveryAct) => tx`
  insert into delivery_acts (insurer_id, holder_id, contact_id, act, channel, ask_key, by_user, by_name, at)
  values (${insurerId}, ${holderId}, ${contactId}, ${act}, ${channel}, ${askKey}, ${byUser}, ${byName}, ${new Date(at)})`;

/** A person has found out whether a message left of which nobody could say so. Problems: `not_found`, `contact_not_unconfirmed`. */
export async function settleUnconfirmed(tx: Tx, of: Omit<DeliveryAct, 'act' | 'channel' | 'askKey'> & { readonly left: boolean }): Promise<Result<null>> {
  const { holderId, contactId, left, at } = of;
  const [contact] = await tx<{ state: string }[]>`select state from contacts where holder_id = ${holderId} and contact_id = ${contactId} for no key update`;
  if (contact === undefined) return fail('not_found');
  if (contact.state !== 'unconfirmed') return fail('contact_not_unconfirmed', { state: contact.state });
  // What did not leave does not count against how often the holder may be contacted.
  await tx`
    update contacts set state = ${left ? 'sent' : 'failed'}, sent_at = case when ${left} then coalesce(sent_at, closed_at, ${new Date(at)}) end,
      failure = case when ${left} then failure else 'did_not_leave' end
    where holder_id = ${holderId} and contact_id = ${contactId}`;
  await keepDeliveryAct(tx, { ...of, act: left ? 'left' : 'did_not_leave', channel: null, askKey: null });
  return ok(null);
}

// ---- nobody has spoken to them ----

/** After so many days past due an account is expected to have heard from us within so many days. */
const OVERDUE_DAYS = 7;
const SILENT_DAYS = 14;
const COUNTED_MAX = 1_000;
const OVERDUE_STAGES = ['due', 'grace', 'late', 'suspended', 'lapsed'] as const;

const untouchedRow = z.object({
  holder_id: z.int(), bill_id: z.int(), reference: z.string(), holder_name: z.string(), market: z.string(), due_on: plainDate, days_overdue: z.int(), stage: z.string(), currency: z.string(),
  outstanding_minor: amountMinor, last_contact_on: plainDate.nullable(),
});
export const untouchedShape = z.object({
  overdue_days: z.int(), silent_days: z.int(), bills: z.array(untouchedRow), next_after: dayCursor.nullable(),
  count: z.int().nullable().describe('Of the first page alone; bills'), counted_all: z.boolean().describe('False: there are more than were counted'),
});

/** Accounts below their strategy's floor: overdue from the first day on, over a week. */
const FLOOR_OVERDUE_DAYS = 1;
const FLOOR_SILENT_DAYS = 7;

export type UntouchedFilter = {
  readonly today: PlainDate; readonly after: DayKey | null; readonly limit: number;
  /** Only the accounts that hear less than this strategy asks for, as the last cycle found them. */
  readonly strategyId: number | null;
};

/**
 * Open bills that are past due and whose holder nothing has reached lately, the longest overdue first; what is disputed, on its way or promised waits rightly. Each stage's bills
 * lie by due date in an index; for each, the holder's recent contacts are looked up by theirs.
 */
export async function listUntouched(tx: Tx, { today, after, limit, strategyId }: UntouchedFilter): Promise<z.output<typeof untouchedShape>> {
  const overdue = addDays(today, -OVERDUE_DAYS);
  const silent = tx`not b.disputed and not b.in_flight
    and not exists (select from contacts c where c.insurer_id = b.insurer_id and c.holder_id = b.holder_id and c.queued_on > ${addDays(today, -SILENT_DAYS)}
      and c.state in ('sending', 'sent', 'delivered', 'done', 'unconfirmed'))
    and not exists (select from promises r where r.insurer_id = b.insurer_id and r.holder_id = b.holder_id and r.bill_id = b.bill_id and r.state = 'open' and r.pay_by >= ${today})`;
  const goOn = () => (after === null ? tx`` : tx`and (b.due_on, b.holder_id, b.bill_id) > (${after.day}::date, ${after.holderId}::bigint, ${after.id}::bigint)`);
  const underFloor = tx`
    select b.* from accounts_under_floor a join bills b using (insurer_id, holder_id, bill_id)
    where a.insurer_id = (select current_insurer()) and a.strategy_id = ${strategyId}
      ${after === null ? tx`` : tx`and (a.due_on, a.holder_id, a.bill_id) > (${after.day}::date, ${after.holderId}::bigint, ${after.id}::bigint)`}
    order by a.due_on, a.holder_id, a.bill_id limit ${limit}`;
  const late = tx`b.insurer_id = (select current_insurer()) and b.state = 'open' and b.due_on <= ${overdue}`;
  const page = strategyId !== null ? underFloor : tx`
    select k.* from (${marketsOf(tx, null)}) m cross join unnest(${[...OVERDUE_STAGES]}::text[]) as s(stage)
    cross join lateral (
      select b.* from bills b where ${late} and b.market = m.market and b.stage = s.stage ${goOn()} and ${silent} order by b.due_on, b.holder_id, b.bill_id limit ${limit}) k
    order by k.due_on, k.holder_id, k.bill_id limit ${limit}`;
  // Counted as they come, so that the count ends with the last that is counted.
  const counting = strategyId !== null ? tx`select from accounts_under_floor where strategy_id = ${strategyId} limit ${COUNTED_MAX + 1}`
    : tx`select from bills b where ${late} and b.stage in ${tx([...OVERDUE_STAGES])} and ${silent} limit ${COUNTED_MAX + 1}`;
  const rows = await tx<Omit<z.output<typeof untouchedRow>, 'reference'>[]>`
    select w.holder_id, w.bill_id, holder_name(h.family_name, h.given_name) as holder_name, h.market, w.due_on, (${today}::date - w.due_on) as days_overdue, w.stage, w.currency,
      (w.amount_minor - w.paid_minor)::bigint as outstanding_minor,
      (select max(c.queued_on) from contacts c where c.insurer_id = w.insurer_id and c.holder_id = w.holder_id and c.sent_at is not null) as last_contact_on
    from (${page}) w join holders h using (insurer_id, holder_id) order by w.due_on, w.holder_id, w.bill_id`;
  const [counted] = after === null ? await tx<{ bills: number }[]>`select count(*)::int as bills from (${counting}) w` : [];
  const last = rows.at(-1);
  return {
    overdue_days: strategyId === null ? OVERDUE_DAYS : FLOOR_OVERDUE_DAYS, silent_days: strategyId === null ? SILENT_DAYS : FLOOR_SILENT_DAYS, bills: rows.map((row) => ({ ...row, reference: billReference(row.holder_id, row.bill_id) })),
    next_after: rows.length < limit || last === undefined ? null : { day: last.due_on, holderId: last.holder_id, id: last.bill_id },
    count: counted === undefined ? null : Math.min(counted.bills, COUNTED_MAX), counted_all: (counted?.bills ?? 0) <= COUNTED_MAX,
  };
}
