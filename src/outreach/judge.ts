/** Before anything leaves, the facts of now are judged again: paid meanwhile, disputed, opted out, night where the holder lives. Pure. */

import { askGate, type GateAnswer, type PastContact, type RulePacks } from '../compliance/index.ts';
import { type HolderId, type Moment } from '../kernel/index.ts';
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
    const answer = askFor(packs, row, row.channel, histories.get(row.holder_id), now);
    if (answer.answer === 'refuse') return { kind: 'cancel', row, outcome: 'refused', failure: answer.rule, answer };
    if (answer.answer === 'defer') return { kind: 'defer', row, answer };
    const to = addressOf(row, row.channel);
    if (to === null) return { kind: 'unreachable', row, failure: 'no_address' };
    const entry: PastContact = { at: now, channel: row.channel, purpose: row.purpose };
    const known = histories.get(row.holder_id);
    if (known === undefined) histories.set(row.holder_id, [entry]);
    else known.push(entry);
    return { kind: 'send', row, to };
  });
}

const asksForMoney = ({ purpose }: DeliveryRow): boolean => purpose === 'premium_reminder' || purpose === 'legal_notice';

export const askFor = (packs: RulePacks, row: DeliveryRow, channel: Channel, history: readonly PastContact[] | undefined, at: Moment): GateAnswer =>
  askGate(packs, gateFactsOf(row, history), { action: 'contact', purpose: row.purpose, channel, at, contains: elementsOf(row.purpose, channel) });

const FALLBACKS: readonly Channel[] = ['email', 'sms', 'letter'];

/** The channel after the one that failed, once: a contact that came from a fallback has none. A legal notice goes on paper. */
export function nextChannelOf(row: DeliveryRow): Channel | null {
  if (row.ask_key.includes('~')) return null;
  const order = row.purpose === 'legal_notice' ? (['letter'] as const) : FALLBACKS;
  return order.find((channel) => channel !== row.channel && addressOf(row, channel) !== null) ?? null;
}
