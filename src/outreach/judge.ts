/** Before anything leaves, the facts of now are judged again: paid meanwhile, disputed, opted out, night where the holder lives. Pure. */

import { askGate, type GateAnswer, type PastContact, type RulePacks } from '../compliance/index.ts';
import { addDays, localDate, localMinutes, momentOf, type HolderId, type Moment } from '../kernel/index.ts';
import { addressOf, type DeliveryRow } from './delivery-row.ts';
import { elementsOf } from './elements.ts';
import { gateFactsOf } from './gate-facts.ts';
import { type Channel } from './message.ts';

export type Verdict =
  | { readonly kind: 'send'; readonly row: DeliveryRow; readonly to: string }
  | { readonly kind: 'cancel'; readonly row: DeliveryRow; readonly outcome: string; readonly failure: string; readonly answer: (GateAnswer & { readonly answer: 'refuse' }) | null }
  | { readonly kind: 'defer'; readonly row: DeliveryRow; readonly answer: GateAnswer & { readonly answer: 'defer' } }
  /** Not sendable by this channel; the next one may reach the holder. */
  | { readonly kind: 'unreachable'; readonly row: DeliveryRow; readonly failure: string };

/** Judges a batch in its order; what is let go counts at once against how often its holder may be contacted (`histories` grows). */
export function judge(packs: RulePacks, rows: readonly DeliveryRow[], histories: Map<HolderId, PastContact[]>, now: Moment): Verdict[] {
  return rows.map((row): Verdict => {
    if (row.policy_id === null || (row.purpose === 'receipt' && row.payment_id === null)) return { kind: 'cancel', row, outcome: 'incomplete', failure: 'nothing_to_write_about', answer: null };
    if (asksForMoney(row) && row.bill_id === null) return { kind: 'cancel', row, outcome: 'incomplete', failure: 'no_bill', answer: null };
    if (asksForMoney(row) && row.bill_state !== 'open') return { kind: 'cancel', row, outcome: row.bill_state === 'paid' ? 'paid' : 'closed', failure: `bill_${row.bill_state ?? 'gone'}`, answer: null };
    // Who has promised a day is left in peace until that day is over; what the law asks for is sent all the same.
    if (row.purpose === 'premium_reminder' && row.promised_until !== null && localDate(now, row.time_zone) <= row.promised_until) {
      return { kind: 'cancel', row, outcome: 'promise_open', failure: 'promise_open', answer: null };
    }
    const answer = askFor(packs, row, row.channel, histories.get(row.holder_id), now);
    if (answer.answer === 'refuse') return { kind: 'cancel', row, outcome: 'refused', failure: answer.rule, answer };
    if (answer.answer === 'defer') return { kind: 'defer', row, answer };
    const until = row.purpose === 'legal_notice' ? now : ownHoursOpen(row, now);
    if (until > now) return { kind: 'defer', row, answer: { answer: 'defer', until, rule: OWN_HOURS, article: '-', law: '-', rules: [OWN_HOURS] } };
    const to = addressOf(row, row.channel);
    if (to === null) return { kind: 'unreachable', row, failure: 'no_address' };
    const entry: PastContact = { at: now, channel: row.channel, purpose: row.purpose };
    const known = histories.get(row.holder_id);
    if (known === undefined) histories.set(row.holder_id, [entry]);
    else known.push(entry);
    return { kind: 'send', row, to };
  });
}

const asksForMoney = ({ purpose }: DeliveryRow): boolean => purpose === 'premium_reminder' || purpose === 'legal_notice' || purpose === 'bill';

export const askFor = (packs: RulePacks, row: DeliveryRow, channel: Channel, history: readonly PastContact[] | undefined, at: Moment): GateAnswer =>
  askGate(packs, gateFactsOf(row, history), { action: 'contact', purpose: row.purpose, channel, at, contains: elementsOf(row.purpose, channel) });

/** Where the holder asked to be left in peace, in the place of a rule. */
const OWN_HOURS = 'holder-own-hours';

/** The first moment from `now` within the hours that the holder chose; they overlap with every market's lawful hours, so the two always meet. */
function ownHoursOpen({ reach_from_minutes: from, reach_to_minutes: to, time_zone: zone }: DeliveryRow, now: Moment): Moment {
  const minutes = localMinutes(now, zone);
  const today = localDate(now, zone);
  if (from !== null && minutes < from) return momentOf(today, from, zone);
  return to !== null && minutes >= to ? momentOf(addDays(today, 1), from ?? 0, zone) : now;
}

const FALLBACKS: readonly Channel[] = ['email', 'sms', 'letter'];

/** The channel after the one that failed, once: a contact that came from a fallback has none. A legal notice goes on paper. */
export function nextChannelOf(row: DeliveryRow): Channel | null {
  if (row.ask_key.includes('~')) return null;
  const own = FALLBACKS.filter((channel) => row.channel_order?.includes(channel) === true)
    .sort((a, b) => (row.channel_order?.indexOf(a) ?? 0) - (row.channel_order?.indexOf(b) ?? 0));
  const order = row.purpose === 'legal_notice' ? (['letter'] as const) : [...new Set([...own, ...FALLBACKS])];
  return order.find((channel) => channel !== row.channel && addressOf(row, channel) !== null) ?? null;
}
