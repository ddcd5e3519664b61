import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadRulePacks, rulePacksOf } from './index.ts';
import { matches } from './frequency.ts';

const packs = loadRulePacks();
const aRule = (over: object = {}): object => ({
  id: 'XX-rule', governs: 'grace_period', binds: 'insurer', lines: ['*'], subdivision: null, participants: null, text: 'A rule.', law: 'A law', article: '1', source: 'A publisher',
  effective_from: null, effective_to: null, verified: false, verified_by: '', clauses: [], ...over,
});
const aPack = (over: object = {}): { name: string; value: unknown } => ({ name: 'XX.json', value: { market: 'XX', name: 'X', version: '1', effective_from: '2026-01-01', extends: [], time_zone: 'UTC', rules: [aRule()], ...over } });

test('the packs of fifteen markets load, and their version is the hash of their content', () => {
  assert.equal(packs.packs.size, 15);
  assert.match(packs.version, /^[0-9a-f]{64}$/);
  assert.equal(loadRulePacks().version, packs.version);
});

test('every market takes in the rules of the house, and those of the Union take in its law', () => {
  for (const pack of packs.packs.values()) {
    if (pack.market !== 'HOUSE' && pack.market !== 'EU') assert.ok(pack.extends.includes('HOUSE'), pack.market);
  }
  assert.deepEqual([...packs.packs.values()].filter((pack) => pack.extends.includes('EU')).map(({ market }) => market).sort(), ['DE', 'FR', 'IT']);
});

test('every rule of every market compiles for every line, and no dates are counted in a circle', () => {
  for (const pack of packs.packs.values()) {
    const subdivisions = [null, ...new Set(pack.rules.map(({ subdivision }) => subdivision).filter((name) => name !== null))];
    for (const subdivision of subdivisions) {
      for (const line of ['life', 'health', 'accident', 'motor', 'property', 'liability', 'commercial']) {
        for (const participants of ['individual', 'business']) assert.ok(packs.planFor(pack.market, subdivision, line, participants) !== null);
      }
    }
  }
});

test('a rule that refuses or waits has an article and a source', () => {
  for (const pack of packs.packs.values()) {
    for (const rule of pack.rules) assert.ok(rule.article !== '' && rule.source !== '' && rule.text.length > 10, rule.id);
  }
});

test('a pack with an unknown clause is refused with the place and the reason', () => {
  assert.throws(() => rulePacksOf([aPack({ rules: [aRule({ clauses: [{ kind: 'magic' }] })] })], 'v'), /XX\.json[\s\S]*clauses/);
});

test('a misspelt source of a date is refused', () => {
  assert.throws(() => rulePacksOf([aPack({ rules: [aRule({ clauses: [{ kind: 'period', date: { from: ['due_on'], days: 3 }, gives: 'grace_ends_on' }] })] })], 'v'), /a source is/);
});

test('a rule that stands twice in a pack is refused', () => {
  assert.throws(() => rulePacksOf([aPack({ rules: [aRule(), aRule()] })], 'v'), /stands there twice/);
});

test('dates that are counted from each other are refused', () => {
  const clause = (from: string, gives: string): object => ({ kind: 'period', date: { from: [`=${from}`], days: 1 }, gives });
  const circular = rulePacksOf([aPack({ rules: [aRule({ clauses: [clause('b', 'a'), clause('a', 'b')] })] })], 'v');
  assert.throws(() => circular.planFor('XX', null, 'life', 'individual'), /circle/);
});

test('a pack that extends one that is not there is refused', () => {
  assert.throws(() => rulePacksOf([aPack({ extends: ['YY'] })], 'v'), /extends YY/);
});

test('the star matches every channel, and a known list only its members', () => {
  assert.ok(matches(['*'], 'fax') && matches(['sms'], 'sms') && !matches(['sms'], 'fax') && !matches(['sms'], undefined));
});
