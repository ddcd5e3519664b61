/** Who pays what today, and how. Pure: bills in hand, what was read, a date. */

import { type DayNumber, decimalText, mixSeed, type PlainDate, plainDateOf } from '../../src/kernel/index.ts';
import { type Behaviour } from '../behaviour.ts';
import { intentionOf, isOnline, methodOf, payDayOf } from '../paying.ts';
import { type BillInHand } from './bills-in-hand.ts';
import { type Memories, type Memory, NOTHING_IN_MIND } from './memory.ts';

export type OnlinePayment = { readonly bill: BillInHand; readonly link: string; readonly method: string };
export type BankPayment = { readonly bill: BillInHand; readonly method: 'autopay' | 'bank_transfer' | 'cash' };
export type DayPlan = { readonly online: readonly OnlinePayment[]; readonly bank: readonly BankPayment[] };

/** The day on which the holder means to pay; null: not by themselves. */
export function meantDay(behaviour: Behaviour, bill: BillInHand, memory: Readonly<Memory>): DayNumber | null {
  const { traits, policy, instalmentNo, due, issuedOn } = bill;
  return payDayOf(intentionOf(behaviour, traits, policy, instalmentNo, due), traits, policy, issuedOn, due, memory.shift);
}

export function planDay(behaviour: Behaviour, bills: readonly BillInHand[], memories: Memories, today: DayNumber): DayPlan {
  const date = plainDateOf(today);
  const online: OnlinePayment[] = [];
  const bank: BankPayment[] = [];
  let policyId = -1;
  let waits = false;
  for (const bill of bills) {
    // A later bill of a policy is not paid before an older one.
    if (bill.policyId !== policyId) [policyId, waits] = [bill.policyId, false];
    if (waits || bill.deceased) continue;
    const memory = memories.of.get(bill.billId) ?? NOTHING_IN_MIND;
    if (!paysToday(behaviour, bill, memory, today, date)) {
      waits = true;
      continue;
    }
    const method = methodOf(bill.policy, bill.traits);
    if (method === 'autopay' && memory.payOn === null) bank.push({ bill, method });
    else if (memory.link !== null && (isOnline(method) || memory.payOn !== null) && takesLink(behaviour, bill)) online.push({ bill, link: memory.link, method });
    else bank.push({ bill, method: method === 'cash' ? 'cash' : 'bank_transfer' });
  }
  return { online, bank };
}

const STREAM_LINK = 41;
const takesLink = (behaviour: Behaviour, { traits, policy, instalmentNo }: BillInHand): boolean =>
  mixSeed(traits.key, STREAM_LINK, policy.number, instalmentNo) / 4_294_967_296 < behaviour.reading.pays_by_link;

function paysToday(behaviour: Behaviour, bill: BillInHand, memory: Readonly<Memory>, today: DayNumber, date: PlainDate): boolean {
  // What is disputed is paid when it has been answered.
  if (bill.disputed) return false;
  if (memory.payOn !== null && memory.payOn <= date) return true;
  const meant = meantDay(behaviour, bill, memory);
  return meant !== null && meant <= today;
}

/** A bank's file as payments read it. Our bank's number of a line follows from day and bill, so a file read twice is known. */
export function statementText(payments: readonly BankPayment[], date: PlainDate): string {
  const lines = payments.map(({ bill }) => [
    `${bill.holderId}-${bill.billId}`, decimalText(bill.owedMinor, bill.currency), bill.currency, date, `HLB-${date}-${bill.billId}`, bill.name.replace(/[",\r\n]/g, ' '),
  ].join(','));
  return ['reference,amount,currency,booked_on,bank_reference,payer', ...lines].join('\n');
}
