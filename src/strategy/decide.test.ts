import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { LANGUAGES, type Random, seededRandom } from '../kernel/index.ts';
import {
  type Budgets, type Channel, contactCalendar, CONTACT_CALENDAR, decideBatch, type Decision, type DecisionInput, decisionReasonText, HOUSE_TERMS, PARAMETERS, priceBudgets,
  readParameters, type Terms,
} from './index.ts';

const SEED = Number(process.env['INFORCE_SEED'] ?? 7);
const CHANNELS: readonly Channel[] = ['email', 'sms', 'push', 'wechat', 'call', 'letter'];

/** A premium of 500 dollars of a medium-low holder, two days late. */
const aBill = (changes: Partial<DecisionInput> = {}): DecisionInput => ({
  billId: 1, policyId: 2, holderId: 3, daysToDue: -2, outstandingMinor: 50_000n, currency: 'USD', annualPremiumMinor: 50_000n, probabilityLate: 0.1,
  tier: 'medium_low', stage: 'grace', channels: CHANNELS, preferredChannel: null, contactsLast7Days: 0, daysSinceLastContact: null, touchesOnThisBill: 0,
  hardship: false, autopay: false, blocked: null, calendarStep: null, terms: HOUSE_TERMS, ...changes,
});

const decide = (changes: Partial<DecisionInput> = {}): Decision => {
  const decision = decideBatch([aBill(changes)])[0];
  assert.ok(decision !== undefined);
  return decision;
};

function someBill(random: Random, billId: number): DecisionInput {
  const daysToDue = random.pick([-90, -60, -42, -25, -15, -8, -2, 0, 1, 4, 7, 30]);
  return aBill({
    billId, daysToDue, stage: daysToDue > 0 ? 'not_due' : daysToDue === 0 ? 'due' : daysToDue > -30 ? 'grace' : 'late',
    outstandingMinor: BigInt(random.integer(0, 500_000)), annualPremiumMinor: BigInt(random.integer(1000, 1_000_000)), currency: random.pick(['USD', 'HKD', 'JPY', 'CNY']),
    probabilityLate: random.next(), tier: random.pick(['low', 'medium_low', 'medium_high', 'high']), channels: CHANNELS.filter(() => random.chance(0.6)),
    preferredChannel: random.pick([null, ...CHANNELS]), contactsLast7Days: random.integer(0, 4), daysSinceLastContact: random.pick([null, 1, 5, 20]),
    touchesOnThisBill: random.integer(0, 4), hardship: random.chance(0.1), autopay: random.chance(0.2),
    blocked: random.pick([null, null, null, null, 'paid', 'in_flight', 'disputed']),
  });
}

function aBook(bills: number, seed: number): DecisionInput[] {
  const random = seededRandom(seed);
  return Array.from({ length: bills }, (_, k) => someBill(random, k + 1));
}

const usageOf = (decisions: readonly Decision[]): { callMinutes: number; messages: number } => ({
  callMinutes: decisions.reduce((sum, d) => sum + d.minutes, 0),
  messages: decisions.filter((d) => ['email', 'sms', 'push', 'wechat', 'offer_plan'].includes(d.action)).length,
});

test('a balance of 1.00 is not worth a call of 2.40: nothing is done, because the value is negative', () => {
  const decision = decide({ outstandingMinor: 100n, annualPremiumMinor: 100n, channels: ['call'] });
  assert.equal(decision.action, 'nothing');
  assert.equal(decision.reason, 'negative_expected_value');
  assert.deepEqual(decision.alternatives.find((a) => a.action === 'call')?.notChosen, 'negative_expected_value');
});

test('a large premium at high risk is worth a call, the same premium at low risk never is', () => {
  const large = { outstandingMinor: 2_000_000n, annualPremiumMinor: 2_000_000n, probabilityLate: 0.5 };
  assert.equal(decide({ ...large, tier: 'high' }).action, 'call');
  const low = decide({ ...large, tier: 'low' });
  assert.notEqual(low.action, 'call');
  assert.equal(low.minutes, 0);
});

test('who is in hardship is offered a plan in an empathetic tone', () => {
  const decision = decide({ hardship: true, probabilityLate: 0.4, tier: 'high', channels: ['email', 'sms'] });
  assert.deepEqual([decision.action, decision.reason, decision.tone, decision.channel], ['offer_plan', 'hardship_support', 'empathetic', 'email']);
});

test('the calendar says when a touch is due: seven days before, not twenty; once in a window, not twice', () => {
  assert.notEqual(decide({ daysToDue: 7, stage: 'not_due' }).action, 'nothing');
  assert.equal(decide({ daysToDue: 20, stage: 'not_due' }).reason, 'no_step_due');
  assert.equal(decide({ daysToDue: -3, daysSinceLastContact: 2 }).reason, 'no_step_due');
  assert.notEqual(decide({ daysToDue: -3, daysSinceLastContact: 3 }).action, 'nothing');
});

test('autopay holders are not reminded before the debit, instalments are', () => {
  assert.equal(decide({ daysToDue: 2, stage: 'not_due', autopay: true }).reason, 'no_step_due');
  const instalment = { daysToDue: 4, stage: 'not_due', tier: 'high', outstandingMinor: 5000n } as const;
  assert.equal(decide(instalment).step, 'instalment_reminder');
  assert.equal(decide({ ...instalment, outstandingMinor: 50_000n }).reason, 'no_step_due');
});

test('the first contact after the due date comes within three days, for every tier', () => {
  for (const tier of ['low', 'medium_low', 'medium_high', 'high'] as const) {
    const touched = [-1, -2, -3].map((daysToDue) => decide({ daysToDue, tier }).action !== 'nothing');
    assert.ok(touched.includes(true), tier);
  }
});

test('a paid, travelling or disputed bill gets nothing and says why, whatever else is true', () => {
  const codes = { paid: 'already_paid', in_flight: 'payment_in_flight', disputed: 'disputed' } as const;
  fc.assert(fc.property(fc.integer(), fc.constantFrom<'paid' | 'in_flight' | 'disputed'>('paid', 'in_flight', 'disputed'), (seed, blocked) => {
    const [decision] = decideBatch([{ ...someBill(seededRandom(seed), 1), blocked }]);
    return decision?.action === 'nothing' && decision.reason === codes[blocked];
  }), { seed: SEED });
});

test('the fourth contact in seven days is not made', () => {
  assert.equal(decide({ contactsLast7Days: 3 }).reason, 'contact_cap_reached');
});

test('and is kept with its step and with what would have been done, best first, each with the reason; a bill with no touch due is not', () => {
  const capped = decide({ contactsLast7Days: 3, outstandingMinor: 5_000_000n, tier: 'high', probabilityLate: 0.5 });
  assert.deepEqual([capped.action, capped.reason, capped.step], ['nothing', 'contact_cap_reached', 'first_solution']);
  assert.deepEqual(capped.alternatives.map((a) => a.notChosen), ['contact_cap_reached', 'contact_cap_reached', 'contact_cap_reached']);
  assert.equal(capped.alternatives[0]?.action, decide({ contactsLast7Days: 2, outstandingMinor: 5_000_000n, tier: 'high', probabilityLate: 0.5 }).action);
  const quiet = decide({ contactsLast7Days: 3, daysToDue: -5 });
  assert.deepEqual([quiet.reason, quiet.step, quiet.alternatives], ['contact_cap_reached', null, []]);
});

test('without a channel nothing is done, and that is the reason', () => {
  assert.equal(decide({ channels: [] }).reason, 'no_channel');
});

test('no chosen treatment has a negative value, and no open alternative is worth more than what was chosen', () => {
  for (const decision of decideBatch(aBook(3000, SEED))) {
    assert.ok(decision.valueMinor >= 0n);
    assert.ok(decision.alternatives.every((a) => a.valueMinor <= decision.valueMinor || a.notChosen === 'contact_cap_reached'), `bill ${decision.billId}, INFORCE_SEED=${SEED}`);
  }
});

test('budgets of a batch are never exceeded', () => {
  fc.assert(fc.property(fc.integer(), fc.nat(300), fc.nat(200), (seed, callMinutes, messages) => {
    const used = usageOf(decideBatch(aBook(300, seed), { quota: { callMinutes, messages } }));
    return used.callMinutes <= callMinutes && used.messages <= messages;
  }), { seed: SEED, numRuns: 60 });
});

test('a batch that must save gives up what is worth least', () => {
  const book = [2_000_000n, 3_000_000n, 1_500_000n].map((outstandingMinor, k) => aBill({ billId: k, outstandingMinor, probabilityLate: 0.5, tier: 'high', channels: ['call'] }));
  const decisions = decideBatch(book, { quota: { callMinutes: 12, messages: 0 } });
  assert.deepEqual(decisions.map((d) => d.reason), ['best_value', 'best_value', 'budget_used_up']);
});

test('a higher price of a budget never raises its use', () => {
  const book = aBook(400, SEED);
  fc.assert(fc.property(fc.double({ min: 0, max: 5000, noNaN: true }), fc.double({ min: 0, max: 5000, noNaN: true }), (a, b) => {
    const [low, high] = [Math.min(a, b), Math.max(a, b)];
    const calls = [low, high].map((callMinute) => usageOf(decideBatch(book, { prices: { callMinute, message: 0 } })).callMinutes);
    const messages = [low, high].map((message) => usageOf(decideBatch(book, { prices: { callMinute: 0, message } })).messages);
    return (calls[1] ?? 0) <= (calls[0] ?? 0) && (messages[1] ?? 0) <= (messages[0] ?? 0);
  }), { seed: SEED, numRuns: 40 });
});

test('prices found on a sample keep the whole book near its budgets, and cost nothing where budgets are ample', () => {
  // The sample is as large as the cycle's own: its error on the rarer budget, calls, is then under 3 %.
  const book = aBook(200_000, SEED);
  const sample = book.filter((_, k) => k % 5 === 0);
  const free = usageOf(decideBatch(book));
  const budgets: Budgets = { callMinutes: free.callMinutes / 3, messages: free.messages / 2 };
  const prices = priceBudgets(sample, 0.2, budgets);
  assert.ok(prices.callMinute > 0 && prices.message > 0);
  const used = usageOf(decideBatch(book, { prices }));
  assert.ok(used.callMinutes <= free.callMinutes / 3 * 1.1, `${used.callMinutes} of ${free.callMinutes / 3}, INFORCE_SEED=${SEED}`);
  assert.ok(used.messages <= free.messages / 2 * 1.1 && used.messages >= free.messages / 2 * 0.9, `${used.messages} of ${free.messages / 2}`);
  assert.deepEqual(priceBudgets(sample, 0.2, { callMinutes: free.callMinutes * 2, messages: free.messages * 2 }), { callMinute: 0, message: 0 });
});

test('the same book is decided the same, alone or in batches', () => {
  const book = aBook(500, SEED);
  assert.deepEqual(decideBatch(book), [...decideBatch(book.slice(0, 200)), ...decideBatch(book.slice(200))]);
});

test('the house’s strategy decides as was decided before there were strategies', () => {
  // Written down from the code of the day before.
  const decisions = decideBatch(aBook(20_000, 7), { quota: { callMinutes: 3000, messages: 4000 } });
  const text = decisions.map((d) => [d.billId, d.action, d.channel, d.valueMinor, d.costMinor, d.tone, d.reason].join(' ')).join('\n');
  assert.equal(createHash('sha256').update(text).digest('hex'), '8e2ac876d06b51840e594d430b712f9f865d789479b959ce4ac87bc7976014e3');
});

test('a strategy caps, picks among treatments, begins later and softens, and touches no bill of another strategy', () => {
  const strict: Terms = { ...HOUSE_TERMS, strategy_id: 2, contacts_7_days_max: 1, treatments: ['email', 'letter'], first_day: 0, tone_max: 'friendly' };
  const book = aBook(3000, SEED);
  const mixed = book.map((bill, k) => (k % 2 === 0 ? bill : { ...bill, terms: strict }));
  const [before, after] = [decideBatch(book), decideBatch(mixed)];
  assert.deepEqual(after.filter((_, k) => k % 2 === 0), before.filter((_, k) => k % 2 === 0));
  const own = after.filter((_, k) => k % 2 === 1);
  assert.ok(own.every((d) => ['nothing', 'email', 'letter'].includes(d.action) && ['friendly', 'empathetic'].includes(d.tone)));
  assert.ok(own.some((d) => d.action === 'email') && own.some((d) => d.alternatives.some((a) => a.notChosen === 'not_in_strategy')));
  mixed.forEach((bill, k) => {
    const made = after[k];
    if (k % 2 === 1 && (bill.contactsLast7Days >= 1 || bill.daysToDue > 0)) assert.equal(made?.action, 'nothing', `bill ${bill.billId}, INFORCE_SEED=${SEED}`);
  });
  assert.equal(decide({ terms: { ...HOUSE_TERMS, treatments: ['escalate'] } }).reason, 'not_in_strategy');
});

test('dearer delay moves decisions from nothing to something, never back', () => {
  const book = aBook(20_000, SEED);
  const dear = { ...PARAMETERS, capitalCost30Days: 0.5 };
  const acting = (parameters: typeof PARAMETERS): Set<number> => new Set(
    decideBatch(book, { setting: { parameters, calendar: CONTACT_CALENDAR } }).filter((d) => d.action !== 'nothing').map((d) => d.billId));
  const [before, after] = [acting(PARAMETERS), acting(dear)];
  assert.ok([...before].every((bill) => after.has(bill)) && after.size > before.size, `${before.size} and ${after.size}, INFORCE_SEED=${SEED}`);
});

test('a calendar whose windows overlap does not load, and parameters without an origin are refused', () => {
  const [first, second] = CONTACT_CALENDAR.steps;
  assert.ok(first !== undefined && second !== undefined);
  assert.throws(() => contactCalendar([first, { ...second, from: first.to }]), /overlaps/);
  assert.equal(readParameters({ about: 'nothing' }).ok, false);
});

test('every reason that decisions give has its words in three languages', () => {
  const codes = new Set(decideBatch(aBook(3000, SEED), { quota: { callMinutes: 60, messages: 100 } }).flatMap((d) => [d.reason, ...d.alternatives.map((a) => a.notChosen)]));
  assert.ok(codes.size >= 8, [...codes].join());
  for (const code of codes) for (const language of LANGUAGES) assert.notEqual(decisionReasonText(code, language), code.replaceAll('_', ' '));
});
