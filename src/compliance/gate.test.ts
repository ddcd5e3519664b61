import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type PlainDate, localMinutes, momentOf } from '../kernel/index.ts';
import { askGate, loadRulePacks, type GateAsk, type GateFacts } from './index.ts';

const packs = loadRulePacks();
const SEED = Number(process.env['INFORCE_SEED'] ?? 20_261_124);
const MINUTE = 60_000;
const DAY = 86_400_000;
const NOON = Date.parse('2026-03-05T12:00:00+08:00');

const aHolder = (over: Partial<GateFacts['holder']> = {}): GateFacts['holder'] => ({ timeZone: 'Asia/Shanghai', language: 'zh-Hans', consents: ['email', 'sms', 'call', 'marketing', 'autodebit'], optedOut: [], flags: [], ...over });
const facts = (over: Partial<GateFacts> = {}): GateFacts => ({
  policy: { market: 'CN', subdivision: null, line: 'life', participants: 'individual', coverFrom: '2020-03-01' as PlainDate, state: 'grace', mode: 'annual' },
  holder: aHolder(), bill: { dueOn: '2026-03-01' as PlainDate, outstandingMinor: 120_000, disputed: false, paymentInFlight: false }, history: [], ...over,
});
const reminder = (over: Partial<GateAsk> = {}): GateAsk => ({
  action: 'contact', purpose: 'premium_reminder', channel: 'sms', at: NOON, recipient: 'holder', contains: ['insurer_name', 'amount', 'due_date', 'contact', 'opt_out'], ...over,
});

const places = fc.constantFrom(
  ['CN', null, 'Asia/Shanghai'], ['HK', null, 'Asia/Hong_Kong'], ['TW', null, 'Asia/Taipei'], ['PH', null, 'Asia/Manila'], ['DE', null, 'Europe/Berlin'], ['FR', null, 'Europe/Paris'],
  ['IT', null, 'Europe/Rome'], ['GB', null, 'Europe/London'], ['US', 'NY', 'America/New_York'], ['US', 'TX', 'America/Chicago'], ['CA', 'ON', 'America/Toronto'], ['CA', 'QC', 'America/Toronto'],
  ['SG', null, 'Asia/Singapore'], ['JP', null, 'Asia/Tokyo'], ['IN', null, 'Asia/Kolkata'], ['US', 'CA', 'Pacific/Honolulu'],
);
const question = fc.record({
  place: places,
  minute: fc.integer({ min: 0, max: 2 * 365 * 24 * 60 }),
  channel: fc.constantFrom('sms', 'email', 'call', 'push', 'voicemail', 'letter'),
  purpose: fc.constantFrom('premium_reminder', 'marketing', 'welcome'),
  past: fc.array(fc.record({ minutesAgo: fc.integer({ min: 1, max: 20 * 24 * 60 }), channel: fc.constantFrom('sms', 'email', 'call', 'letter'), outcome: fc.constantFrom('talked', 'no_answer', 'delivered', 'refused') }), { maxLength: 9 }),
});
type Question = typeof question extends fc.Arbitrary<infer T> ? T : never;

function asked({ place, minute, channel, purpose, past }: Question): { readonly facts: GateFacts; readonly ask: GateAsk } {
  const at = Date.parse('2026-01-01T00:00:00Z') + minute * MINUTE;
  const [market, subdivision, timeZone] = place;
  return {
    facts: facts({
      policy: { market: market, subdivision: subdivision ?? null, line: 'life', participants: 'individual', coverFrom: '2020-03-01' as PlainDate, state: 'grace', mode: 'annual' },
      holder: aHolder({ timeZone: timeZone }),
      history: past.map((entry) => ({ at: at - entry.minutesAgo * MINUTE, channel: entry.channel, outcome: entry.outcome, purpose })),
    }),
    ask: reminder({ at, channel, purpose }),
  };
}

test('a deferred contact is allowed at its moment and not one minute before', () => {
  fc.assert(fc.property(question, (q) => {
    const { facts: given, ask } = asked(q);
    const answer = askGate(packs, given, ask);
    if (answer.answer !== 'defer') return;
    assert.ok(answer.until > ask.at);
    assert.equal(askGate(packs, given, { ...ask, at: answer.until }).answer, 'allow');
    const before = Math.max(ask.at, answer.until - MINUTE);
    assert.notEqual(askGate(packs, given, { ...ask, at: before }).answer, 'allow');
  }), { seed: SEED, numRuns: 400 });
});

test('no reminder by message or call leaves before six or after ten in the evening in the holder’s zone, in any market', () => {
  fc.assert(fc.property(question, (q) => {
    const { facts: given, ask } = asked(q);
    if (ask.channel === 'letter' || askGate(packs, given, ask).answer !== 'allow') return;
    const minutes = localMinutes(ask.at, given.holder.timeZone);
    assert.ok(minutes >= 6 * 60 && minutes < 22 * 60, `${given.policy.market} at minute ${minutes}`);
  }), { seed: SEED, numRuns: 600 });
});

test('no contact is ever the fourth in seven days', () => {
  fc.assert(fc.property(question, (q) => {
    const { facts: given, ask } = asked(q);
    if (askGate(packs, given, ask).answer !== 'allow') return;
    assert.ok(given.history.filter(({ at }) => at > ask.at - 7 * DAY).length < 3);
  }), { seed: SEED, numRuns: 600 });
});

test('a refusal is not softened to a deferral at night', () => {
  fc.assert(fc.property(question, fc.constantFrom('deceased', 'represented'), (q, flag) => {
    const { facts: given, ask } = asked({ ...q, purpose: 'premium_reminder' });
    assert.equal(askGate(packs, { ...given, holder: { ...given.holder, flags: [flag] } }, ask).answer, 'refuse');
  }), { seed: SEED, numRuns: 200 });
});

test('an unknown market is refused for want of a rule pack', () => {
  const answer = askGate(packs, facts({ policy: { ...facts().policy, market: 'ZZ' } }), reminder());
  assert.deepEqual(answer.answer === 'refuse' ? answer.rule : answer, 'no_rule_pack');
});

test('a payment in flight stops reminders and harm but not the receipt', () => {
  const inFlight = facts({ bill: { ...facts().bill, paymentInFlight: true } });
  assert.equal(askGate(packs, inFlight, reminder()).answer, 'refuse');
  assert.equal(askGate(packs, inFlight, { action: 'suspend_cover', at: momentOf('2027-01-01' as PlainDate, 0, 'Asia/Shanghai') }).answer, 'refuse');
  assert.equal(askGate(packs, inFlight, reminder({ purpose: 'receipt' })).answer, 'allow');
});

test('a suspension waits for the day after the grace of sixty days', () => {
  const ask: GateAsk = { action: 'suspend_cover', at: Date.parse('2026-03-10T10:00:00+08:00') };
  const answer = askGate(packs, facts(), ask);
  assert.equal(answer.answer === 'defer' ? answer.until : answer.answer, Date.parse('2026-05-01T00:00:00+08:00'));
  assert.equal(answer.answer === 'defer' ? answer.article : '', 'art. 36');
});

test('a deferral over the day on which a new law starts is refused by that law', () => {
  const answer = askGate(packs, facts({ policy: { ...facts().policy, market: 'FR', line: 'motor' }, holder: aHolder({ timeZone: 'Europe/Paris', consents: ['email'] }) }),
    reminder({ purpose: 'marketing', channel: 'call', at: Date.parse('2026-08-10T20:30:00+02:00') }));
  assert.equal(answer.answer === 'refuse' ? answer.rule : answer.answer, 'FR-marketing-call-consent');
});

test('a wish for contact over midnight is followed, and one that cannot be read falls back to the usual hours', () => {
  const wish = (contactWindow: { readonly fromLocal: string; readonly toLocal: string }, at: string): unknown => {
    const given = facts({ policy: { ...facts().policy, market: 'GB', line: 'motor' }, holder: aHolder({ timeZone: 'Europe/London', contactWindow }) });
    const answer = askGate(packs, given, reminder({ channel: 'call', at: Date.parse(at) }));
    return answer.answer === 'defer' ? new Date(answer.until).toISOString() : answer.answer;
  };
  assert.equal(wish({ fromLocal: '21:00', toLocal: '02:00' }, '2026-03-05T01:30:00Z'), 'allow');
  assert.equal(wish({ fromLocal: '21:00', toLocal: '02:00' }, '2026-03-05T02:00:00Z'), '2026-03-05T21:00:00.000Z');
  assert.equal(wish({ fromLocal: 'evening', toLocal: 'late' }, '2026-03-05T07:00:00Z'), '2026-03-05T08:00:00.000Z');
});
