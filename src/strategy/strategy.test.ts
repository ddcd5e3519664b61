import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type PlainDate } from '../kernel/index.ts';
import { matchesSegment, NO_CONDITIONS, type SegmentFacts } from '../portfolio/index.ts';
import { TIERS } from '../risk/index.ts';
import { chooserOf, HOUSE_TERMS, keeps, metricValue, returnOn, type StrategyCounts, strategyFor, type Terms, underFloor } from './index.ts';
import { checkStrategy, type StrategyDraft } from './strategy.ts';

const SEED = Number(process.env['INFORCE_SEED'] ?? 7);
const MARKETS = ['HK', 'CN', 'DE'];
const LINES = ['health', 'property', 'accident'];
const aStrategy = (changes: Partial<Terms> = {}): Terms => ({ ...HOUSE_TERMS, strategy_id: 2, ...changes });
const some = fc.record({
  strategy_id: fc.integer({ min: 2, max: 40 }), market: fc.constantFrom(null, ...MARKETS), line: fc.constantFrom(null, ...LINES), segment_id: fc.constantFrom(null, null, 1, 2),
}).map((scope) => aStrategy({ ...scope, conditions: scope.segment_id === null ? null : { ...NO_CONDITIONS, tiers: scope.segment_id === 1 ? ['high'] : ['high', 'low'] } }));
const bill = fc.record({ market: fc.constantFrom(...MARKETS), line: fc.constantFrom(...LINES), tier: fc.constantFrom(...TIERS) });
type Bill = { market: string; line: string; tier: (typeof TIERS)[number] };
const facts = ({ market, line, tier }: Bill): SegmentFacts => ({ market, line, tier, annualPremiumMinor: 1n, currency: 'HKD', behaviour: 'new', ageBand: 'unknown', channel: 'none' });
const scopeOf = (of: Bill) => ({ ...of, inSegment: ({ conditions }: Terms) => conditions !== null && matchesSegment(conditions, facts(of)) });
const draft: StrategyDraft = {
  ...HOUSE_TERMS, name: 'Health', line: 'health', goal_metric: 'recovery_rate', goal_value: 0.9, guard_metric: 'complaints_per_1000_contacts', guard_limit: 2, owner_id: null, state: 'active',
};

test('the narrowest strategy holds: a segment before a line, a line before a market, a market before none', () => {
  const [none, market, line, both] = [aStrategy({ strategy_id: 1 }), aStrategy({ strategy_id: 2, market: 'HK' }), aStrategy({ strategy_id: 3, line: 'health' }), aStrategy({ strategy_id: 4, market: 'HK', line: 'health' })];
  const segment = aStrategy({ strategy_id: 5, segment_id: 9, conditions: { ...NO_CONDITIONS, tiers: ['high'] } });
  const held = [none, market, line, both, segment];
  const idFor = (market_: string, line_: string, tier: Bill['tier'] = 'low') => strategyFor(held, scopeOf({ market: market_, line: line_, tier }))?.strategy_id;
  assert.deepEqual([idFor('HK', 'health'), idFor('CN', 'health'), idFor('HK', 'property'), idFor('CN', 'property'), idFor('HK', 'health', 'high')], [4, 3, 2, 1, 5]);
  assert.equal(strategyFor([market], scopeOf({ market: 'CN', line: 'health', tier: 'low' })), null);
});

test('which one holds does not depend on the order in which they lie, and it takes the bill in', () => {
  fc.assert(fc.property(fc.uniqueArray(some, { maxLength: 12, selector: (one) => one.strategy_id }), bill, fc.integer(), (strategies, of, turn) => {
    const turned = strategies.map((_, k) => strategies[(k + Math.abs(turn)) % strategies.length] ?? aStrategy());
    const held = strategyFor(strategies, scopeOf(of));
    assert.deepEqual(strategyFor(turned, scopeOf(of)), held);
    assert.deepEqual(strategyFor(strategies.toReversed(), scopeOf(of)), held);
    assert.deepEqual(chooserOf(strategies, facts)(of), held ?? HOUSE_TERMS);
    const takesIn = (one: Terms): boolean => (one.market ?? of.market) === of.market && (one.line ?? of.line) === of.line && (one.segment_id === null || scopeOf(of).inSegment(one));
    return held === null ? !strategies.some(takesIn) : takesIn(held);
  }), { seed: SEED });
});

test('a strategy for another line or market changes nothing for a bill', () => {
  fc.assert(fc.property(fc.array(some, { maxLength: 8 }), some, bill, (strategies, added, of) => {
    fc.pre((added.market !== null && added.market !== of.market) || (added.line !== null && added.line !== of.line));
    assert.deepEqual(strategyFor([...strategies, added], scopeOf(of)), strategyFor(strategies, scopeOf(of)));
  }), { seed: SEED });
});

test('without a guard, with a floor above its ceiling, or with nothing it may do, it is refused', () => {
  const codeOf = (changes: Partial<StrategyDraft>): string => {
    const checked = checkStrategy({ ...draft, ...changes });
    return checked.ok ? 'saved' : checked.problem.code;
  };
  assert.deepEqual(
    [codeOf({}), codeOf({ guard_metric: null }), codeOf({ guard_limit: null }), codeOf({ contacts_7_days_min: 4, contacts_7_days_max: 3 }), codeOf({ treatments: [] })],
    ['saved', 'strategy_without_guard', 'strategy_without_guard', 'strategy_floor_above_ceiling', 'strategy_without_treatment']);
});

test('an account under its floor is told once for each strategy, with the bill that has been due longest', () => {
  const floor = aStrategy({ contacts_7_days_min: 1 });
  const of = (holderId: number, billId: number, dueOn: string, contactsLast7Days: number, terms = floor) => ({ holderId, billId, dueOn: dueOn as PlainDate, contactsLast7Days, terms });
  const found = underFloor([of(1, 1, '2026-11-10', 0), of(1, 2, '2026-10-10', 0), of(2, 3, '2026-10-10', 1), of(3, 4, '2026-10-10', 0, HOUSE_TERMS), of(1, 5, '2026-09-01', 1, aStrategy({ strategy_id: 3, contacts_7_days_min: 2 }))]);
  assert.deepEqual(found.map((one) => [one.holderId, one.billId, one.terms.strategy_id]), [[1, 2, 2], [1, 5, 3]]);
});

const counts: StrategyCounts = {
  decided: 90, acts: 60, minutes: 12, capped: 3, contacts: 400, recovered_bills: 30, judged: 50, judged_paid: 40, due: 200, due_paid: 184, ended: 80, lost: 4, complaints: 2, opt_outs: 1,
};

test('each metric is what a person would work out by hand, and is not known while nothing happened', () => {
  const nothing: StrategyCounts = {
    decided: 0, acts: 0, minutes: 0, capped: 0, contacts: 0, recovered_bills: 0, judged: 0, judged_paid: 0, due: 0, due_paid: 0, ended: 0, lost: 0, complaints: 0, opt_outs: 0,
  };
  const money = [
    { currency: 'HKD', cost_minor: 1_000, recovered_minor: 100_000, recovered_bills: 10 }, { currency: 'EUR', cost_minor: 600, recovered_minor: 20_000, recovered_bills: 20 },
    { currency: 'PHP', cost_minor: 50, recovered_minor: 0, recovered_bills: 0 },
  ];
  const metrics = ['paid_on_time', 'recovery_rate', 'cost_to_collect', 'complaints_per_1000_contacts', 'opt_outs_per_1000_contacts', 'non_renewal'] as const;
  assert.deepEqual(metrics.map((metric) => metricValue(metric, counts, money)), [0.92, 0.8, (0.01 * 10 + 0.03 * 20) / 30, 5, 2.5, 0.05]);
  assert.deepEqual(metrics.map((metric) => metricValue(metric, nothing, [])), [null, null, null, null, null, null]);
});

test('a goal is reached from its figure on, a limit is kept up to its own, and what was spent comes back so many times', () => {
  assert.deepEqual([keeps('paid_on_time', 0.92, 0.92), keeps('paid_on_time', 0.92, 0.919), keeps('cost_to_collect', 0.05, 0.05), keeps('non_renewal', 0.05, 0.051), keeps('non_renewal', 0.05, null)],
    [true, false, true, false, null]);
  assert.deepEqual([returnOn({ cost_minor: 200, recovered_minor: 2_000 }), returnOn({ cost_minor: 200, recovered_minor: 100 }), returnOn({ cost_minor: 0, recovered_minor: 100 })], [9, -0.5, null]);
});
