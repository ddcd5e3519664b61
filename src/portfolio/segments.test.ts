import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type PlainDate } from '../kernel/index.ts';
import { ageBandOf, behaviourOf, matchesSegment, NO_CONDITIONS, segmentConditions, type SegmentConditions, type SegmentFacts } from './segments.ts';

const FACTS: SegmentFacts = { annualPremiumMinor: 1_200_000n, currency: 'HKD', tier: 'high', behaviour: 'punctual', ageBand: 'under_35', channel: 'sms', market: 'HK', line: 'life' };
const matches = (conditions: Partial<SegmentConditions>, facts: Partial<SegmentFacts> = {}): boolean => matchesSegment({ ...NO_CONDITIONS, ...conditions }, { ...FACTS, ...facts });

describe('a segment', () => {
  test('asks that all its conditions hold, and of each list any one', () => {
    assert.ok(matches({ ages: ['under_35', '55_over'], channels: ['sms'] }));
    assert.ok(!matches({ ages: ['under_35'], channels: ['email'] }));
    assert.ok(!matches({ tiers: ['high'] }, { tier: null }), 'who was never scored has no risk');
  });
  test('compares a premium in its own currency alone, from the lower bound on and below the upper', () => {
    const band = [{ currency: 'HKD', at_least_minor: 1_200_000, below_minor: 2_000_000 }];
    assert.ok(matches({ premium: band }));
    assert.ok(!matches({ premium: band }, { annualPremiumMinor: 1_199_999n }));
    assert.ok(!matches({ premium: band }, { annualPremiumMinor: 2_000_000n }));
    assert.ok(!matches({ premium: band }, { currency: 'CNY' }));
    assert.ok(matches({ premium: [...band, { currency: 'CNY', at_least_minor: null, below_minor: 1_200_001 }] }, { currency: 'CNY' }));
  });
  test('changes a holder’s age band on the birthday', () => {
    const on = '2026-12-01' as PlainDate;
    assert.deepEqual(['1991-12-02', '1991-12-01', '1971-12-02', '1971-12-01'].map((born) => ageBandOf(born as PlainDate, on)), ['under_35', '35_54', '35_54', '55_over']);
    assert.equal(ageBandOf(null, on), 'unknown');
  });
  test('tells behaviour by the worst delay', () => {
    const paid = { premiums_paid: 4, late_1_to_30_days: 2, late_31_to_90_days: 0, late_over_90_days: 0 };
    assert.deepEqual([paid, { ...paid, late_over_90_days: 1 }, { ...paid, late_1_to_30_days: 0 }, { ...paid, premiums_paid: 0, late_1_to_30_days: 0 }].map(behaviourOf), ['late_1_30', 'late_over_90', 'punctual', 'new']);
  });
  test('is not read from conditions that say nothing that can be', () => {
    const reads = (conditions: unknown): boolean => segmentConditions.safeParse(conditions).success;
    assert.ok(reads({}) && reads({ tiers: ['low'] }));
    const band = { currency: 'HKD', at_least_minor: 5, below_minor: 9 };
    for (const bad of [{ tiers: ['awful'] }, { premium: [{ currency: 'HKD' }] }, { premium: [{ ...band, below_minor: 5 }] }, { premium: [band, band] }, { markets: ["HK'"] }]) assert.ok(!reads(bad), JSON.stringify(bad));
  });
});
