/** The calls that a person may make at this moment: their task has begun, and the gate, asked with the facts of now, says yes. */

import { askGate, type RulePacks } from '../compliance/index.ts';
import { type Tx } from '../database/index.ts';
import { type HolderId, type InsurerId, type Moment } from '../kernel/index.ts';
import { elementsOf } from './elements.ts';
import { gateKey, loadGateFacts } from './gate-facts.ts';
import { type Purpose } from './message.ts';

export type WaitingCall = { readonly contactId: number; readonly holderId: HolderId; readonly billId: number; readonly purpose: Purpose };

/** So many tasks are looked at, the longest waiting first: more than all people of a shift can call. */
const LOOKED_AT_MAX = 5_000;

/** At most `most` calls, the longest waiting first. Where it is night, or where the holder was called enough, the task waits for its next hour. */
export async function callsAllowedNow(tx: Tx, packs: RulePacks, insurerId: InsurerId, at: Moment, most: number): Promise<readonly WaitingCall[]> {
  const waiting = await tx<WaitingCall[]>`
    select c.contact_id as "contactId", c.holder_id as "holderId", c.bill_id as "billId", c.purpose
    from contacts c join bills b using (insurer_id, holder_id, bill_id)
    where c.insurer_id = ${insurerId} and c.channel = 'call' and c.state = 'queued' and c.not_before <= ${new Date(at)} and b.state = 'open'
    order by c.not_before, c.contact_id limit ${LOOKED_AT_MAX}`;
  const facts = await loadGateFacts(tx, insurerId, waiting, at);
  return waiting.filter(({ holderId, billId, purpose }) => {
    const known = facts.get(gateKey(holderId, billId));
    return known !== undefined && askGate(packs, known, { action: 'contact', purpose, channel: 'call', at, contains: elementsOf(purpose, 'call') }).answer === 'allow';
  }).slice(0, most);
}
