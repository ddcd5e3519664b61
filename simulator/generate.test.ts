import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadRulePacks } from '../src/compliance/index.ts';
import { type InsurerId, type PlainDate } from '../src/kernel/index.ts';
import { BEHAVIOUR } from './behaviour.ts';
import { generate } from './generate.ts';

/** What the tables of the law's timelines and the garbage between two collections may add. */
const GROWTH_MB_MAX = 160;

test('sixty thousand policies need no more memory than ten thousand', () => {
  const chunks = generate({ insurerId: 1 as InsurerId, behaviour: BEHAVIOUR, packs: loadRulePacks(), policies: 60_000, seed: 1, last: '2026-11-23' as PlainDate, after: { holder: 0, policy: 0, posting: 0 } });
  const megabytes = (): number => process.memoryUsage().rss / 1_048_576;
  let policies = 0;
  let early = 0;
  let most = 0;
  for (const { rows } of chunks) {
    policies += rows.policies;
    if (policies <= 12_000) early = Math.max(early, megabytes());
    most = Math.max(most, megabytes());
  }
  assert.equal(policies, 60_000);
  assert.ok(most - early < GROWTH_MB_MAX, `${early.toFixed(0)} MB, then ${most.toFixed(0)} MB`);
});
