/** One waiting contact with all that its gate and its words need: read by one statement, turned into facts by pure functions. */

import { type Tx } from '../database/index.ts';
import { localDate, type HolderId, type InsurerId, type Language, type Moment, type PlainDate } from '../kernel/index.ts';
import { type Insurer } from '../portfolio/index.ts';
import { gateColumns, type GateRow } from './gate-facts.ts';
import { type Channel, type MessageFacts, type Purpose } from './message.ts';

export type DeliveryRow = GateRow & {
  readonly contact_id: number;
  readonly ask_key: string;
  readonly policy_id: number | null;
  readonly payment_id: number | null;
  readonly purpose: Purpose;
  readonly channel: Channel;
  readonly template: string;
  readonly tone: string;
  readonly contact_language: Language;
  readonly attempts: number;
  readonly family_name: string;
  readonly given_name: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly address: string | null;
  readonly city: string | null;
  readonly postal_code: string | null;
  readonly product: string | null;
  readonly policy_number: string | null;
  readonly currency: string;
  readonly premium_minor: bigint;
  readonly next_due_on: PlainDate | null;
  readonly period_from: PlainDate | null;
  readonly period_to: PlainDate | null;
  readonly bill_state: string | null;
  readonly stage: string | null;
  readonly grace_ends_on: PlainDate | null;
  readonly paid_payment_minor: bigint | null;
  readonly settled_at: Date | null;
  readonly provider_reference: string | null;
  /** The last day of an open promise to pay the bill. */
  readonly promised_until: PlainDate | null;
  /** How the holder wants to be reached; null where nothing was said. Minutes after midnight at the holder's place. */
  readonly channel_order: readonly string[] | null;
  readonly reach_from_minutes: number | null;
  readonly reach_to_minutes: number | null;
};

/**
 * Locks and reads the next contacts whose moment has come. The holder is locked beside the contact, so that two deliverers never judge how often
 * the same person was contacted at the same time; `skip locked` lets the other one take other people. Walks the index contacts_to_deliver.
 */
export const readDue = (tx: Tx, insurerId: InsurerId, channels: readonly string[], now: Moment, limit: number): Promise<DeliveryRow[]> => tx<DeliveryRow[]>`
  select c.contact_id, c.ask_key, coalesce(c.policy_id, b.policy_id) as policy_id, c.payment_id, c.purpose, c.channel, c.template, c.tone, c.language as contact_language, c.attempts,
    h.family_name, h.given_name, h.email, h.phone, h.address, h.city, h.postal_code, p.product, p.policy_number, coalesce(b.currency, p.currency) as currency,
    p.premium_minor, p.next_due_on, b.period_from, b.period_to, b.state as bill_state, b.stage, b.grace_ends_on,
    y.amount_minor as paid_payment_minor, y.settled_at, y.provider_reference, h.channel_order, h.reach_from_minutes, h.reach_to_minutes,
    (select max(r.pay_by) from promises r where r.insurer_id = c.insurer_id and r.holder_id = c.holder_id and r.bill_id = c.bill_id and r.state = 'open') as promised_until,
    ${gateColumns(tx)}
  from contacts c
  join holders h on h.insurer_id = c.insurer_id and h.holder_id = c.holder_id
  left join bills b on b.insurer_id = c.insurer_id and b.holder_id = c.holder_id and b.bill_id = c.bill_id
  left join policies p on p.insurer_id = c.insurer_id and p.holder_id = c.holder_id and p.policy_id = coalesce(c.policy_id, b.policy_id)
  left join payments y on y.insurer_id = c.insurer_id and y.holder_id = c.holder_id and y.payment_id = c.payment_id
  where c.insurer_id = ${insurerId} and c.state = 'queued' and c.channel not in ('call', 'voicemail') and c.channel = any(${[...channels]}) and c.not_before <= ${new Date(now)}
  order by c.not_before, c.contact_id
  limit ${limit}
  for no key update of c, h skip locked`;

/** Where the channel reaches this holder; null where there is nothing to reach. */
export function addressOf(row: DeliveryRow, channel: Channel): string | null {
  const set = (text: string | null): string | null => (text === null || text.trim() === '' ? null : text.trim());
  switch (channel) {
    case 'email': return set(row.email);
    case 'sms': return set(row.phone);
    case 'letter': case 'registered_letter': return set(row.address) === null ? null : postalAddress(row);
    case 'push': case 'wechat': case 'call': case 'voicemail': return null;
  }
}

const postalAddress = (row: DeliveryRow): string =>
  [row.address, [row.postal_code, row.city].filter((part) => part !== null && part !== '').join(' ')].filter((part) => part !== null && part !== '').join('\n');

export type Links = { readonly payLink: string; readonly optOutLink: string | null };

export function messageFactsOf(row: DeliveryRow, insurer: Insurer, now: Moment, links: Links): MessageFacts {
  const today = localDate(now, row.time_zone);
  const dueOn = row.due_on ?? row.next_due_on ?? row.cover_from;
  const received = row.purpose === 'receipt';
  const left = row.outstanding_minor ?? 0n;
  return {
    purpose: row.purpose, template: row.template, tone: row.tone, channel: row.channel, language: row.contact_language, insurer,
    holder: { familyName: row.family_name, givenName: row.given_name, postalAddress: postalAddress(row) },
    market: row.market, line: row.line, product: row.product ?? '', policyNumberEnd: (row.policy_number ?? '').slice(-4), currency: row.currency,
    amountMinor: received ? (row.paid_payment_minor ?? 0n) : row.bill_id === null ? row.premium_minor : left,
    dueOn, periodFrom: row.period_from ?? row.cover_from, periodTo: row.period_to ?? dueOn, stage: row.stage ?? 'not_due', graceEndsOn: row.grace_ends_on, today,
    payLink: links.payLink, optOutLink: links.optOutLink,
    receipt: received ? { paidOn: localDate(row.settled_at?.getTime() ?? now, row.time_zone), reference: row.provider_reference ?? '', leftMinor: left } : null,
  };
}

export type ContactKey = { readonly holder_id: HolderId; readonly contact_id: number };
