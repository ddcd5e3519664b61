/**
 * A message that did not arrive goes again by another channel, because a person wants it to. The law is asked anew, with the facts of now; the new contact's key is that
 * of the first one with `~`, the channel and the hand, so that by each channel it leaves once, whoever asks how often.
 */

import { askGate, type RulePacks } from '../compliance/index.ts';
import { type Tx } from '../database/index.ts';
import { fail, type HolderId, type InsurerId, type Language, localDate, type Moment, ok, type PlainDate, type Result } from '../kernel/index.ts';
import { answerRows, writeAnswers, type AskedContact } from './answers.ts';
import { elementsOf } from './elements.ts';
import { gateColumns, gateFactsOf, loadHistories, type GateRow } from './gate-facts.ts';
import { type Channel, type Purpose } from './message.ts';
import { queueContacts } from './queue.ts';

export const RESEND_CHANNELS = ['email', 'sms', 'call', 'letter', 'registered_letter'] as const satisfies readonly Channel[];
export type ResendChannel = (typeof RESEND_CHANNELS)[number];

/** What decides by which channels a message can go again. */
export type ResendFacts = {
  readonly purpose: Purpose; readonly bill_id: number | null; readonly email: string | null; readonly phone: string | null; readonly address: string | null;
  /** Channels by which it or one sent in its place has been tried or waits. */
  readonly used: readonly string[];
};

/** Those that reach the holder, suit the purpose and were not tried. A notice of the law goes on paper; a call needs a bill to speak about. */
export function resendChannels({ purpose, bill_id: billId, email, phone, address, used }: ResendFacts): ResendChannel[] {
  const set = (text: string | null): boolean => text !== null && text.trim() !== '';
  const can: Readonly<Record<ResendChannel, boolean>> = {
    email: purpose !== 'legal_notice' && set(email), sms: purpose !== 'legal_notice' && set(phone), call: purpose === 'premium_reminder' && billId !== null && set(phone),
    letter: set(address), registered_letter: purpose === 'legal_notice' && set(address),
  };
  return RESEND_CHANNELS.filter((channel) => can[channel] && !used.includes(channel));
}

type ResendRow = GateRow & Omit<ResendFacts, 'used'> & {
  readonly contact_id: number; readonly ask_key: string; readonly policy_id: number | null; readonly payment_id: number | null; readonly channel: Channel; readonly template: string;
  readonly tone: string; readonly contact_language: Language; readonly state: string; readonly bill_state: string | null; readonly promised_until: PlainDate | null;
};

export type Resend = {
  readonly insurerId: InsurerId; readonly timeZone: string; readonly holderId: HolderId; readonly contactId: number; readonly channel: ResendChannel; readonly at: Moment;
};
/** What the law said; `until` of a deferral is when it will leave. */
export type Resent = {
  readonly answer: 'allow' | 'defer' | 'refuse'; readonly askKey: string; readonly rule: string | null; readonly article: string | null; readonly until: Moment | null;
};

/** The key of the first of all that were sent for one another. */
export const firstKey = (askKey: string): string => askKey.split('~', 1)[0] ?? askKey;

/** Problems: `not_found`, `contact_not_failed`, `bill_not_open`, `promise_open`, `resend_channel_impossible`. A refusal of the law is an answer, kept like any other. */
export async function resend(tx: Tx, packs: RulePacks, { insurerId, timeZone, holderId, contactId, channel, at }: Resend): Promise<Result<Resent>> {
  const [row] = await tx<ResendRow[]>`
    select c.contact_id, c.ask_key, coalesce(c.policy_id, b.policy_id) as policy_id, c.payment_id, c.purpose, c.channel, c.template, c.tone, c.language as contact_language, c.state,
      b.state as bill_state, h.email, h.phone, h.address, ${gateColumns(tx)},
      (select max(r.pay_by) from promises r where r.insurer_id = c.insurer_id and r.holder_id = c.holder_id and r.bill_id = c.bill_id and r.state = 'open') as promised_until
    from contacts c
    join holders h on h.insurer_id = c.insurer_id and h.holder_id = c.holder_id
    left join bills b on b.insurer_id = c.insurer_id and b.holder_id = c.holder_id and b.bill_id = c.bill_id
    left join policies p on p.insurer_id = c.insurer_id and p.holder_id = c.holder_id and p.policy_id = coalesce(c.policy_id, b.policy_id)
    where c.insurer_id = ${insurerId} and c.holder_id = ${holderId} and c.contact_id = ${contactId}
    for no key update of c`;
  if (row === undefined) return fail('not_found');
  if (row.state !== 'failed' || row.policy_id === null) return fail('contact_not_failed', { state: row.state });
  const asksForMoney = row.purpose === 'premium_reminder' || row.purpose === 'legal_notice';
  if (asksForMoney && row.bill_state !== 'open') return fail('bill_not_open', { state: row.bill_state ?? '—' });
  // As the delivery has it: who has promised a day is left in peace until that day is over.
  if (row.purpose === 'premium_reminder' && row.promised_until !== null && localDate(at, row.time_zone) <= row.promised_until) return fail('promise_open', { pay_by: row.promised_until });
  const first = firstKey(row.ask_key);
  const used = await channelsUsed(tx, insurerId, holderId, first);
  if (!resendChannels({ ...row, used }).includes(channel)) return fail('resend_channel_impossible');

  const history = (await loadHistories(tx, insurerId, [holderId], at)).get(holderId);
  const answer = askGate(packs, gateFactsOf(row, history), { action: 'contact', purpose: row.purpose, channel, at, contains: elementsOf(row.purpose, channel) });
  const key = `${first}~${channel}~hand`;
  // A refusal does not take the key: what the law refuses today it may allow tomorrow.
  const askKey = answer.answer === 'refuse' ? `${key}@${new Date(at).toISOString()}` : key;
  const asked: AskedContact = { holderId, billId: row.bill_id, askKey, purpose: row.purpose, channel, at };
  await writeAnswers(tx, packs, insurerId, answerRows(asked, answer, timeZone));
  if (answer.answer === 'refuse') return ok({ answer: 'refuse', askKey, rule: answer.rule, article: answer.article, until: null });
  const until = answer.answer === 'defer' ? answer.until : null;
  const queued = await queueContacts(tx, { insurerId }, [{
    holderId, billId: row.bill_id, policyId: row.policy_id, paymentId: row.payment_id, askKey, purpose: row.purpose, channel, template: row.template, tone: row.tone,
    language: row.contact_language, queuedOn: localDate(at, timeZone), notBefore: until ?? at,
  }]);
  if (queued === 0) return fail('resend_channel_impossible');
  return ok({ answer: answer.answer, askKey, rule: answer.answer === 'defer' ? answer.rule : null, article: answer.answer === 'defer' ? answer.article : null, until });
}

async function channelsUsed(tx: Tx, insurerId: InsurerId, holderId: HolderId, first: string): Promise<string[]> {
  const rows = await tx<{ channel: string }[]>`
    select distinct channel from contacts
    where insurer_id = ${insurerId} and holder_id = ${holderId} and (ask_key = ${first} or starts_with(ask_key, ${`${first}~`}))`;
  return rows.map(({ channel }) => channel);
}
