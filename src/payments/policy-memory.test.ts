import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { addDays, LANGUAGES, type BillId, type HolderId, type PlainDate, type PolicyId } from '../kernel/index.ts';
import { isCash, isDigital, methodLabel, methodsOf } from './methods.ts';
import { maskName } from './pay-page-facts.ts';
import { forgetPaid, rememberPaid } from './policy-memory.ts';
import { type BillFacts, type PolicyFacts } from './settlement.ts';

const DUE = '2026-11-01' as PlainDate;
const aPolicy = (changes: Partial<PolicyFacts> = {}): PolicyFacts => ({
  holderId: 1 as HolderId, policyId: 1 as PolicyId, state: 'in_force', stateSince: null, premiumsPaid: 4, late1To30Days: 0, late31To90Days: 0, lateOver90Days: 0, lastDaysLate: 2,
  daysLateTotal: 2, cashShare: 0.5, digitalShare: 0.5, paidToOn: DUE, ...changes,
});
const aBill = (stage = 'due'): BillFacts & { paidOn: PlainDate } => ({
  holderId: 1 as HolderId, billId: 1 as BillId, policyId: 1 as PolicyId, currency: 'HKD', market: 'HK', feesMinor: 0n, amountMinor: 1n, dueOn: DUE, periodTo: addDays(DUE, 30), stage, paidMinor: 1n, state: 'paid',
  paidOn: DUE, paidBy: 'card', inFlight: false, recoverable: false,
});

describe('a policy', () => {
  test('counts how late a premium was', () => {
    for (const [days, counted, last] of [[-5, [0, 0, 0], 0], [0, [0, 0, 0], 0], [1, [1, 0, 0], 1], [30, [1, 0, 0], 30], [31, [0, 1, 0], 31], [90, [0, 1, 0], 90], [91, [0, 0, 1], 91]] as const) {
      const policy = aPolicy();
      rememberPaid(policy, aBill(), 'card', addDays(DUE, days), []);
      assert.deepEqual([[policy.late1To30Days, policy.late31To90Days, policy.lateOver90Days], policy.lastDaysLate, policy.daysLateTotal], [counted, last, 2 + last], `${days} days`);
    }
  });
  test('keeps its shares of digital and of cash true, and unknown where the past is unknown', () => {
    const paid = (method: string, changes: Partial<PolicyFacts> = {}): (number | null)[] => {
      const policy = aPolicy(changes);
      rememberPaid(policy, aBill(), method, DUE, []);
      return [policy.digitalShare, policy.cashShare];
    };
    assert.deepEqual(paid('card'), [0.6, 0.4]);
    assert.deepEqual(paid('convenience_store'), [0.4, 0.6]);
    assert.deepEqual(paid('card', { digitalShare: null, cashShare: null }), [null, null]);
    assert.deepEqual(paid('card', { premiumsPaid: 0, digitalShare: null, cashShare: null }), [1, 0]);
  });
  test('is as good as its worst open bill once another is paid, and a lapsed one is not healed by money alone', () => {
    const after = (state: string, ...stages: string[]): string => {
      const policy = aPolicy({ state });
      rememberPaid(policy, aBill('suspended'), 'card', DUE, stages.map(aBill));
      return policy.state;
    };
    assert.deepEqual([after('grace'), after('suspended'), after('suspended', 'grace'), after('suspended', 'suspended'), after('grace', 'not_due', 'due')], ['in_force', 'in_force', 'grace', 'suspended', 'in_force']);
    assert.deepEqual([after('lapsed'), after('cancelled'), after('in_force', 'grace')], ['lapsed', 'cancelled', 'in_force']);
  });
  test('remembers nothing of a premium that was taken back, whatever it was', () => {
    for (const state of ['in_force', 'grace', 'suspended', 'lapsed']) {
      for (const days of [-3, 0, 12, 45, 200]) {
        for (const method of ['card', 'cash']) {
          const [policy, untouched] = [aPolicy({ state }), aPolicy({ state })];
          const before = rememberPaid(policy, aBill('grace'), method, addDays(DUE, days), []);
          forgetPaid(policy, { ...aBill('grace'), paidOn: addDays(DUE, days) }, method, before);
          assert.deepEqual(policy, untouched);
        }
      }
    }
  });
  test('keeps the newest memory where an older premium is taken back', () => {
    const policy = aPolicy();
    const before = rememberPaid(policy, aBill(), 'cash', addDays(DUE, 12), []);
    rememberPaid(policy, { ...aBill(), periodTo: addDays(DUE, 60) }, 'card', addDays(DUE, 3), []);
    forgetPaid(policy, { ...aBill(), paidOn: addDays(DUE, 12) }, 'cash', before);
    assert.deepEqual([policy.premiumsPaid, policy.lastDaysLate, policy.late1To30Days, policy.daysLateTotal, policy.paidToOn], [5, 3, 1, 5, addDays(DUE, 60)]);
    assert.ok(Math.abs((policy.digitalShare ?? 0) - 0.6) < 1e-9);
  });
});

describe('ways to pay', () => {
  test('are at least five in every market of the demonstration, named in three languages', () => {
    for (const market of ['CN', 'HK', 'TW', 'PH', 'DE', 'US']) {
      const methods = methodsOf(market);
      assert.ok(methods.length >= 5, market);
      for (const { id } of methods) for (const language of LANGUAGES) assert.notEqual(methodLabel(id, language), '');
    }
    assert.ok(methodsOf('ZZ').length > 0);
  });
  test('are digital or cash; one that we do not know came in by a machine', () => {
    assert.deepEqual([isDigital('fps'), isCash('cash'), isDigital('unheard_of'), isCash('convenience_store')], [true, true, true, true]);
  });
});

describe('a name on the pay page', () => {
  test('is enough for its owner and too little for anybody else', () => {
    assert.deepEqual([maskName('陳', '美玲'), maskName('Müller', 'Anna'), maskName('Santos', ''), maskName('', ''), maskName('𠮷田', '花')], ['陳**', 'A*** M*****', 'S*****', '', '𠮷**']);
  });
});
