import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type PlainDate, addDays } from '../kernel/index.ts';
import { ageingStateOf, loadRulePacks, timelineOf, type LegalEvent, type LegalPolicy } from './index.ts';

const packs = loadRulePacks();
const SEED = Number(process.env['INFORCE_SEED'] ?? 20_261_124);
const DUE = '2026-03-02' as PlainDate;
const day = (text: string): PlainDate => text as PlainDate;
const aPolicy = (over: Partial<LegalPolicy> & { readonly market: string; readonly line: string }): LegalPolicy => ({ participants: 'individual', coverFrom: day('2020-03-02'), mode: 'annual', ...over });
const stateOn = (policy: LegalPolicy, today: string, events: readonly LegalEvent[] = []): string => {
  const { state, waitsFor } = ageingStateOf(packs, policy, { dueOn: DUE }, events, day(today));
  return waitsFor === null ? state : `${state}, waits for ${waitsFor}`;
};

test('a Chinese life policy goes from due through sixty days of grace to suspension, with the article of each', () => {
  const policy = aPolicy({ market: 'CN', line: 'life' });
  assert.deepEqual(['2026-03-01', '2026-03-02', '2026-03-03', '2026-05-01', '2026-05-02'].map((today) => stateOn(policy, today)), ['not_due', 'due', 'grace', 'grace', 'suspended']);
  const ageing = ageingStateOf(packs, policy, { dueOn: DUE }, [], day('2026-03-03'));
  assert.deepEqual([ageing.graceEndsOn, ageing.nextChangeOn, ageing.rule, ageing.article], ['2026-05-01', '2026-05-02', 'CN-grace-life', 'art. 36']);
});

test('a German motor bill stays late, however old, until the notice of default has arrived', () => {
  const policy = aPolicy({ market: 'DE', line: 'motor' });
  assert.equal(stateOn(policy, '2027-03-02'), 'late, waits for notice');
  const noticed: readonly LegalEvent[] = [{ on: day('2026-03-16'), what: 'default_notice_received', by: 'registered_letter' }];
  assert.equal(stateOn(policy, '2026-03-30', noticed), 'grace');
  assert.equal(stateOn(policy, '2026-03-31', noticed), 'suspended');
  assert.equal(stateOn(policy, '2026-03-31', [{ on: day('2026-03-16'), what: 'default_notice_received', by: 'sms' }]), 'late, waits for notice');
});

test('a Japanese policy does not lapse before a reminder was sent, though grace is over', () => {
  const policy = aPolicy({ market: 'JP', line: 'life', mode: 'monthly' });
  assert.equal(stateOn(policy, '2026-05-01'), 'late, waits for notice');
  assert.equal(stateOn(policy, '2026-05-01', [{ on: day('2026-04-10'), what: 'reminder_sent', by: 'email' }]), 'lapsed');
});

test('a Californian life policy whose lapse notice came late does not lapse', () => {
  const policy = aPolicy({ market: 'US', subdivision: 'CA', line: 'life' });
  assert.equal(stateOn(policy, '2026-12-31', [{ on: day('2026-04-10'), what: 'lapse_notice_sent', by: 'letter' }]), 'late, waits for notice');
  assert.equal(stateOn(policy, '2026-12-31', [{ on: day('2026-03-20'), what: 'lapse_notice_sent', by: 'letter' }]), 'lapsed');
});

test('a French formal notice that was sent too early suspends nothing', () => {
  const words = (on: string): readonly string[] => timelineOf(packs, aPolicy({ market: 'FR', line: 'motor' }), { dueOn: DUE }, [{ on: day(on), what: 'formal_notice_sent', by: 'registered_letter' }]).entries.map(({ word }) => word);
  assert.ok(!words('2026-03-12').includes('suspended_from'));
  assert.ok(words('2026-03-13').includes('suspended_from'));
});

test('a market without a rule pack has no timeline, and its bills only become late', () => {
  const policy = aPolicy({ market: 'ZZ', line: 'life' });
  assert.equal(timelineOf(packs, policy, { dueOn: DUE }, []).known, false);
  assert.equal(stateOn(policy, '2027-01-01'), 'late');
});

test('the memory of ageing does not mix classes: the same answer alone and after many others', () => {
  const ORDER = ['not_due', 'due', 'grace', 'late', 'suspended', 'lapsed'];
  const markets = fc.constantFrom('CN', 'HK', 'TW', 'PH', 'DE', 'FR', 'IT', 'GB', 'SG', 'JP', 'IN');
  fc.assert(fc.property(markets, fc.constantFrom('life', 'health', 'motor', 'property'), fc.constantFrom('monthly', 'annual'), fc.integer({ min: 0, max: 400 }), fc.integer({ min: -5, max: 900 }), (market, line, mode, shift, later) => {
    const [policy, dueOn] = [aPolicy({ market, line, mode }), addDays(DUE, shift)];
    const warm = ageingStateOf(packs, policy, { dueOn }, [], addDays(dueOn, later));
    assert.deepEqual(ageingStateOf(loadedAfresh, policy, { dueOn }, [], addDays(dueOn, later)), warm);
    const next = ageingStateOf(packs, policy, { dueOn }, [], addDays(dueOn, later + 1));
    assert.ok(ORDER.indexOf(next.state) >= ORDER.indexOf(warm.state), 'an unpaid bill never gets younger');
  }), { seed: SEED, numRuns: 500 });
});
const loadedAfresh = loadRulePacks();
