import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dayNumber, plainDateOf, type PlainDate } from '../../src/kernel/index.ts';
import { BEHAVIOUR, type Behaviour } from '../behaviour.ts';
import { holderOf } from '../holder.ts';
import { traitsOf } from '../traits.ts';
import { type BillInHand } from './bills-in-hand.ts';
import { callOutcome } from './calls.ts';
import { type Memories, type Memory, NOTHING_IN_MIND } from './memory.ts';
import { meantDay, planDay, statementText } from './plan-day.ts';
import { readReminder } from './read-messages.ts';

const DUE = dayNumber('2026-12-01' as PlainDate);
const hands: BillInHand[] = Array.from({ length: 3_000 }, (_, number) => {
  const holder = holderOf(BEHAVIOUR, 9, number, number, 1, DUE - 30);
  const [policy] = holder.policies;
  return {
    holderId: number + 1, billId: (number + 1) * 4096 + 5, policyId: number + 1, instalmentNo: 5, dueOn: plainDateOf(DUE), due: DUE, issuedOn: DUE - 30, currency: policy!.currency, owedMinor: 123_456n,
    timeZone: holder.place.timeZone, preferredChannel: holder.preferredChannel, phone: holder.phone, name: 'Chan, "Mei"', deceased: false, disputed: false, policy: policy!,
    traits: traitsOf(BEHAVIOUR, 9, number, holder.market, holder.born),
  };
});
const memoriesOf = (of: readonly (readonly [number, Memory])[] = []): Memories => ({ cursor: 0, of: new Map(of), changed: new Set() });
const all = (plan: ReturnType<typeof planDay>): BillInHand[] => [...plan.online, ...plan.bank].map(({ bill }) => bill);
const payer = hands.find((bill) => meantDay(BEHAVIOUR, bill, NOTHING_IN_MIND) === DUE && !bill.policy.autopay)!;

void describe('a day', () => {
  test('has everybody pay who means to by then, and nobody else', () => {
    const paying = new Set(all(planDay(BEHAVIOUR, hands, memoriesOf(), DUE)).map(({ billId }) => billId));
    for (const bill of hands) assert.equal(paying.has(bill.billId), (meantDay(BEHAVIOUR, bill, NOTHING_IN_MIND) ?? Infinity) <= DUE);
  });
  test('has no later bill paid before an older one of its policy', () => {
    const waiting = { ...hands.find((bill) => meantDay(BEHAVIOUR, bill, NOTHING_IN_MIND) === null)! };
    const later = { ...payer, policyId: waiting.policyId, holderId: waiting.holderId, billId: waiting.billId + 1 };
    assert.deepEqual(all(planDay(BEHAVIOUR, [waiting, later], memoriesOf(), DUE)), []);
  });
  test('has nothing paid that is disputed, or whose payer has died', () => {
    assert.deepEqual(all(planDay(BEHAVIOUR, [{ ...payer, disputed: true }, { ...payer, deceased: true }], memoriesOf(), DUE)), []);
  });
  test('has people pay by their bank where no link is at hand', () => {
    assert.deepEqual(planDay(BEHAVIOUR, hands, memoriesOf(), DUE).online, []);
    const linked = planDay(BEHAVIOUR, hands, memoriesOf(hands.map(({ billId }) => [billId, { ...NOTHING_IN_MIND, link: '/pay/x' }])), DUE);
    assert.ok(linked.online.length > 300 && linked.bank.length > 300);
    for (const { bill } of linked.online) assert.ok(!bill.policy.autopay && bill.traits.way === 'online');
  });
  test('writes a bank’s file with one line for each, whatever the payer is called', () => {
    const lines = statementText([{ bill: payer, method: 'bank_transfer' }], plainDateOf(DUE)).split('\n');
    assert.equal(lines.length, 2);
    assert.equal(lines[1]?.split(',').length, 6);
    assert.match(lines[1] ?? '', new RegExp(`^${payer.holderId}-${payer.billId},1234\\.56,[A-Z]{3},2026-12-01,HLB-2026-12-01-${payer.billId},`));
  });
});

const reminded = (behaviour: Behaviour, bill: BillInHand, date: PlainDate, change: Partial<Parameters<typeof readReminder>[1]> = {}) => {
  const memory = { ...NOTHING_IN_MIND };
  const reaction = readReminder(behaviour, { bill, channel: 'sms', tone: 'friendly', offer: false, link: '/pay/x', receivedAt: Date.parse('2026-11-26T02:00:00Z'), ...change }, memory, date);
  return { memory, reaction };
};

void describe('a reminder', () => {
  const before = plainDateOf(DUE - 5);
  test('is read by most, less by e-mail, and works more in the fitting tone', () => {
    const read = (channel: string) => hands.filter((bill) => reminded(BEHAVIOUR, bill, before, { channel }).memory.touches === 1).length;
    assert.ok(read('sms') > read('email') && read('email') > hands.length * 0.5);
    const shift = (tone: string) => hands.reduce((sum, bill) => sum + reminded(BEHAVIOUR, bill, before, { tone }).memory.shift, 0);
    assert.ok(shift('friendly') < shift('urgent'));
  });
  test('after the due date brings few to pay at once', () => {
    const paying = hands.filter((bill) => reminded(BEHAVIOUR, bill, plainDateOf(DUE + 8)).memory.payOn !== null).length / hands.length;
    assert.ok(paying > 0.03 && paying < 0.08, String(paying));
  });
  test('does nothing where reminders are said to do nothing', () => {
    const numb: Behaviour = { ...BEHAVIOUR, reminders: { ...BEHAVIOUR.reminders, before_due: 0, after_due: 0 }, reading: { ...BEHAVIOUR.reading, pays_at_once: 0 } };
    for (const bill of hands.slice(0, 500)) for (const on of [before, plainDateOf(DUE + 8)]) {
      const { memory } = reminded(numb, bill, on);
      assert.ok(memory.shift === 0 && memory.payOn === null);
    }
  });
});

void describe('a call', () => {
  test('has an outcome, and a promise only for a day to come', () => {
    const outcomes = hands.map((bill) => callOutcome(BEHAVIOUR, bill, { ...NOTHING_IN_MIND }, plainDateOf(DUE + 10)));
    const share = (outcome: string) => outcomes.filter((one) => one.outcome === outcome).length / outcomes.length;
    assert.ok(share('promised') > 0.12 && share('promised') < 0.35 && share('no_answer') > 0.4);
    for (const { outcome, promise } of outcomes) assert.equal(promise !== null && promise.pay_by > plainDateOf(DUE + 10), outcome === 'promised');
  });
});
