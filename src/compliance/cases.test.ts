/** The worked cases of the law that lie beside a checkout, each a test of its own. */

import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadRulePacks, parseCases, runCase } from './index.ts';

const CASES = join(import.meta.dirname, '../../../shared/compliance/cases');

test('every worked case is answered as the law says', async (t) => {
  if (!existsSync(CASES)) {
    t.skip(`no worked cases at ../shared/compliance/cases: put them beside the checkout`);
    return;
  }
  const packs = loadRulePacks();
  for (const file of readdirSync(CASES).filter((name) => name.endsWith('.json'))) {
    for (const worked of parseCases(JSON.parse(readFileSync(join(CASES, file), 'utf8')))) {
      await t.test(`${worked.id}: ${worked.title}`, () => {
        const { passed, expected, got } = runCase(packs, worked);
        assert.ok(passed, `expected ${JSON.stringify(expected)}, got ${JSON.stringify(got)}`);
      });
    }
  }
});

test('a case whose expectation is wrong fails', () => {
  const packs = loadRulePacks();
  const worked = parseCases([{
    id: 'wrong', kind: 'timeline', given: { policy: { market: 'CN', line: 'life' }, bill: { due_on: '2026-01-12' }, events: [] },
    expect: { grace_ends_on: '2026-03-14' }, rules: [],
  }])[0];
  assert.ok(worked !== undefined && !runCase(packs, worked).passed);
});
