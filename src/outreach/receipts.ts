/** A receipt for each payment, once, however often it is asked for. */

import { askGate, type RulePacks } from '../compliance/index.ts';
import { type Tx } from '../database/index.ts';
import { type BillId, type HolderId, type Language, localDate, type Moment, type PaymentId } from '../kernel/index.ts';
import { type Insurer } from '../portfolio/index.ts';
import { answerRows, writeAnswers, type AskedContact } from './answers.ts';
import { elementsOf } from './elements.ts';
import { gateColumns, gateFactsOf, loadHistories, type GateRow } from './gate-facts.ts';
import { type Channel } from './message.ts';
import { queueContacts, type QueuedContact } from './queue.ts';

export type PaidBill = { readonly holderId: HolderId; readonly paymentId: PaymentId; readonly billId: BillId };
type ReceiptRow = GateRow & { readonly payment_id: number; readonly policy_id: number; readonly email: string | null; readonly phone: string | null; readonly address: string | null; readonly preferred_channel: string | null };

/** Asks the gate for each receipt, keeps its answers and queues what may leave, all by sets. Returns how many are new. */
export async function queueReceipts(tx: Tx, packs: RulePacks, insurer: Insurer, payments: readonly PaidBill[], at: Moment): Promise<number> {
  if (payments.length === 0) return 0;
  const rows = await tx<ReceiptRow[]>`
    select paid.payment_id, b.policy_id, h.email, h.phone, h.address, h.preferred_channel, ${gateColumns(tx)}
    from unnest(${payments.map(({ holderId }) => Number(holderId))}::bigint[], ${payments.map(({ paymentId }) => Number(paymentId))}::bigint[],
      ${payments.map(({ billId }) => Number(billId))}::bigint[]) as paid (holder_id, payment_id, bill_id)
    join bills b on b.insurer_id = ${insurer.insurerId} and b.holder_id = paid.holder_id and b.bill_id = paid.bill_id
    join policies p on p.insurer_id = ${insurer.insurerId} and p.holder_id = b.holder_id and p.policy_id = b.policy_id
    join holders h on h.insurer_id = ${insurer.insurerId} and h.holder_id = b.holder_id
    where not exists (select from contacts c where c.insurer_id = ${insurer.insurerId} and c.holder_id = paid.holder_id and c.ask_key = 'receipt:' || paid.payment_id)`;
  const histories = await loadHistories(tx, insurer.insurerId, rows.map((row) => row.holder_id), at);
  const answers: ReturnType<typeof answerRows>[number][] = [];
  const contacts: QueuedContact[] = [];
  for (const row of rows) {
    const channel = receiptChannel(row);
    if (channel === null) continue;
    const asked: AskedContact = { holderId: row.holder_id, billId: row.bill_id, askKey: `receipt:${row.payment_id}`, purpose: 'receipt', channel, at };
    const answer = askGate(packs, gateFactsOf(row, histories.get(row.holder_id)), { action: 'contact', purpose: 'receipt', channel, at, contains: elementsOf('receipt', channel) });
    answers.push(...answerRows(asked, answer, insurer.timeZone));
    if (answer.answer === 'refuse') continue;
    contacts.push({
      holderId: row.holder_id, billId: row.bill_id, policyId: row.policy_id, paymentId: row.payment_id, askKey: asked.askKey, purpose: 'receipt', channel, template: 'receipt',
      tone: 'friendly', language: row.language as Language, queuedOn: localDate(at, insurer.timeZone), notBefore: answer.answer === 'defer' ? answer.until : at,
    });
  }
  await writeAnswers(tx, packs, insurer.insurerId, answers);
  return queueContacts(tx, insurer, contacts);
}

/** The one that the holder prefers where it can be reached, else e-mail, text message, letter; null for somebody without any address. */
function receiptChannel(row: ReceiptRow): Channel | null {
  const can = { email: row.email !== null && row.email !== '', sms: row.phone !== null && row.phone !== '', letter: row.address !== null && row.address !== '' };
  if (row.preferred_channel === 'email' && can.email) return 'email';
  if (row.preferred_channel === 'sms' && can.sms) return 'sms';
  return can.email ? 'email' : can.sms ? 'sms' : can.letter ? 'letter' : null;
}
