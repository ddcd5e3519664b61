import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadRulePacks, loadRuleTranslations, rulePacksOf } from './index.ts';
import { matches } from './frequency.ts';
import { translationOf } from './translations.ts';

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

test('every rule of every market has its text in both Chinese scripts, and none has strayed into the other script', () => {
  const ids = [...packs.packs.values()].flatMap(({ rules }) => rules.map(({ id }) => id));
  const translations = loadRuleTranslations(packs);
  for (const texts of Object.values(translations)) {
    assert.deepEqual([...texts.keys()], ids, 'in the order of the packs');
    for (const [id, text] of texts) assert.match(text, /^[^\s].*\p{Script=Han}.*。$/u, id);
  }
  const inScript = (texts: ReadonlyMap<string, string>, foreign: RegExp): string[] => [...texts].filter(([, text]) => foreign.test(text)).map(([id]) => id);
  assert.deepEqual(inScript(translations['zh-Hant'], /[险费宽缴续单权这个为与对应时会国发讯号码证据账]/u), []);
  assert.deepEqual(inScript(translations['zh-Hans'], /[險費寬繳續單權這個為與對應時會國發訊號碼證據帳]/u), []);
});

describe('a translation', () => {
  const english = rulePacksOf([aPack({ rules: [aRule({ text: 'From 10 August 2026 it may take 30 days.' }), aRule({ id: 'XX-other', text: 'No figure.' })] })], 'v');
  const texts = { 'XX-rule': '自2026年8月10日起，最长30日。', 'XX-other': '没有数字。' };
  const refusal = (over: object): string => {
    try {
      translationOf(english, 'zh-Hans.json', { ...texts, ...over });
      return 'accepted';
    } catch (error) {
      return String(error);
    }
  };
  test('with the figures of the English text is taken, the month of its dates as a number', () => {
    assert.equal(refusal({}), 'accepted');
  });
  test('is refused where a rule has no text or an empty one, or where a text belongs to no rule', () => {
    assert.match(refusal({ 'XX-other': undefined }), /zh-Hans\.json[\s\S]*XX-other/);
    assert.throws(() => translationOf(english, 'zh-Hans.json', { 'XX-rule': texts['XX-rule'] }), /zh-Hans\.json: XX-other has no text/);
    assert.match(refusal({ 'XX-other': ' ' }), /zh-Hans\.json[\s\S]*XX-other/);
    assert.match(refusal({ 'XX-gone': '没有。' }), /XX-gone is no rule/);
  });
  test('is refused where a figure is missing, another, or too many', () => {
    for (const text of ['自2026年8月10日起，最长三十日。', '自2026年8月10日起，最长31日。', '自2026年9月10日起，最长30日。', '自2026年8月10日起，30日，最长30日。']) {
      assert.match(refusal({ 'XX-rule': text }), /XX-rule names the figures .* the English text 10 2026 30 8/, text);
    }
  });
});
