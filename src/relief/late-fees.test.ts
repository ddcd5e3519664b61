/** Late fees by the announced scale: the worked example, caps of law, and the same fee for the same case. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { loadRulePacks } from '../compliance/index.ts';
import { addDays, type PlainDate } from '../kernel/index.ts';
import { announcedOf, checkTerms, decideFees, type AnnouncedFees, type AskLaw, TERMS } from './index.ts';
import lateFees from './late-fees.json' with { type: 'json' };

const DUE = '2026-11-01' as PlainDate;
const STEPS: AnnouncedFees = { scale: 's', basis: 'fixed_sum', in_contract: true, steps: [{ days: 10, amount_minor: 500 }, { days: 20, amount_minor: 1_000 }, { days: 30, amount_minor: 1_500 }] };
const allow: AskLaw = () => ({ answer: 'allow', rule: null });
const cap = (most: bigint): AskLaw => (whole) => (whole <= most ? { answer: 'allow', rule: null } : { answer: 'refuse', rule: 'A-cap' });
const at = (days: number, done: readonly number[] = [], chargedMinor = 0n, law = allow) => decideFees({ fees: STEPS, dueOn: DUE, owedMinor: 100_000n, stepsDone: done, chargedMinor }, addDays(DUE, days), law);

describe('the scale 0/10/20/30 days, 0/5/10/15', () => {
  test('charges each step on its day and no day earlier (S127)', () => {
    const charged: [number, bigint][] = [];
    let [done, sum] = [[] as number[], 0n];
    for (let days = 0; days <= 40; days += 1) {
      const { steps } = at(days, done, sum);
      for (const step of steps) { done = [...done, step.days]; sum += step.amountMinor; charged.push([days, sum]); }
    }
    assert.deepEqual(charged, [[10, 500n], [20, 1_000n], [30, 1_500n]]);
  });
  test('stops at the cap of law, names its rule, and charges nothing more after it', () => {
    const { steps } = at(35, [], 0n, cap(720n));
    assert.deepEqual(steps.map(({ amountMinor, lawRule }) => [amountMinor, lawRule]), [[500n, null], [220n, 'A-cap'], [0n, 'A-cap']]);
  });
  test('waits where the law opens later', () => {
    assert.deepEqual(at(12, [], 0n, () => ({ answer: 'defer', rule: 'A-wait' })), { steps: [], nextOn: addDays(DUE, 13) });
  });
  test('comes to the same sum whichever days are looked at, and for the same case to the same fee', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 45 }), { maxLength: 12 }), fc.bigInt({ min: 0n, max: 2_000n }), (days, most) => {
      let [done, sum] = [[] as number[], 0n];
      for (const day of [...days, 45].sort((a, b) => a - b)) for (const step of at(day, done, sum, cap(most)).steps) { done = [...done, step.days]; sum += step.amountMinor; }
      assert.equal(sum, most < 1_500n ? most : 1_500n);
    }));
  });
});

describe('the law', () => {
  const packs = loadRulePacks();
  const on = '2026-11-24' as PlainDate;
  test('allows every scale of the house', () => {
    assert.deepEqual(checkTerms(packs, 'late_fees', TERMS.late_fees.parse({ scales: lateFees.scales }), on), { ok: true, value: null });
  });
  test('refuses a scale above its cap with the rule’s name, and a fee where only interest is allowed (S129)', () => {
    const [life, florida] = TERMS.late_fees.parse({ scales: lateFees.scales }).scales;
    const refused = (scale: object) => { const answer = checkTerms(packs, 'late_fees', TERMS.late_fees.parse({ scales: [scale] }), on); return answer.ok ? null : [answer.problem.code, answer.problem.details?.['rule']]; };
    assert.deepEqual(refused({ ...life, annual_basis_points: 700 }), ['terms_against_law', 'PH-grace-interest']);
    assert.deepEqual(refused({ ...florida, basis: 'fixed_sum', annual_basis_points: undefined, steps: [{ days: 10, amounts: { USD: 100 } }] }), ['terms_against_law', 'US-FL-late-charge-life']);
  });
  test('a bill announces its scale and its discounts with their days and amounts', () => {
    const house = { version: 0, changedBy: null, changedAt: null };
    const tier = { market: 'HK', subdivision: null, lines: ['*'], days: 10, basis_points: 300, from: '2026-01-01', in_contract: true };
    const bill = { market: 'HK', subdivision: null, line: 'life', currency: 'HKD', premiumMinor: 100_000n, amountMinor: 100_000n, issuedOn: '2026-11-01' as PlainDate, dueOn: '2026-12-01' as PlainDate };
    const terms = { late_fees: { ...house, terms: TERMS.late_fees.parse({ scales: lateFees.scales }) }, early_discount: { ...house, terms: { tiers: [tier] } } };
    assert.deepEqual(announcedOf(terms, bill, () => true), {
      late_fees: { scale: 'steps-hk', basis: 'fixed_sum', in_contract: true, steps: STEPS.steps }, discounts: [{ days: 10, basis_points: 300, until: '2026-11-21', amount_minor: 3_000 }],
    });
    assert.deepEqual(announcedOf(terms, bill, () => false)?.discounts, []);
    assert.equal(announcedOf(terms, { ...bill, market: 'GB' }, () => true), null);
  });
});
