import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lintContent, loadRulePacks, type ContentInput } from './index.ts';

const packs = loadRulePacks();
const findings = (input: Partial<ContentInput> & { readonly market: string; readonly text: string }): readonly string[] =>
  [...lintContent(packs, { purpose: 'premium_reminder', channel: 'sms', ...input }).findings].sort();

test('friendly reminders of six markets pass', () => {
  assert.deepEqual(findings({ market: 'CN', text: '【港湾人寿】李先生您好：您的保单（尾号2210）本期保险费1,280.00元将于2026年8月15日到期，请通过官方渠道交纳，如已交纳请忽略。' }), []);
  assert.deepEqual(findings({ market: 'HK', text: 'Harbour Life: your premium of HK$3,200.00 for policy ending 1182 is due on 5 June 2026. Questions? 2000 0000.' }), []);
  assert.deepEqual(findings({ market: 'TW', text: '港灣人壽：您的保單（末四碼3321）保險費NT$12,500，應繳日2026年9月1日，敬請留意。' }), []);
  assert.deepEqual(findings({ market: 'DE', channel: 'email', language: 'de', text: 'Guten Tag Herr Vogel, der Beitrag Ihrer Hausratversicherung bei der Hafen Versicherung AG von 86,00 EUR war am 01.03.2026 fällig. Fragen? Rufen Sie uns an: 0221 555 0100.' }), []);
  assert.deepEqual(findings({ market: 'FR', channel: 'email', language: 'fr', text: 'Havre Assurances SA : votre prime de 186,00 EUR pour la police n° 12 est arrivée à échéance le 1er mars 2026. Contact : 01 55 50 01 00.' }), []);
  assert.deepEqual(findings({ market: 'US', subdivision: 'TX', line: 'motor', channel: 'email', text: 'Harbor Mutual: your premium of $120.00 was due on April 3, 2026. Call 1-800-555-0100. Unsubscribe here.' }), []);
});

test('threats, shame and invented urgency are found in each language', () => {
  const base = '【港湾人寿】保险费1,280.00元应于2026年8月15日交纳。';
  assert.deepEqual(findings({ market: 'CN', text: `${base}不交就报警，警察会上门找您。` }), ['threat']);
  assert.deepEqual(findings({ market: 'CN', text: `${base}别当老赖！` }), ['shame']);
  assert.deepEqual(findings({ market: 'CN', text: `${base}仅剩2小时，马上失效！`, sentOn: '2026-08-16', graceEndsOn: '2026-10-14' }), ['false_urgency']);
  const german = 'Hafen Versicherung AG: Beitrag 86,00 EUR, fällig am 01.03.2026. Telefon 0221 555 0100. ';
  assert.deepEqual(findings({ market: 'DE', channel: 'email', text: `${german}Sonst kommt die Polizei.` }), ['threat']);
  assert.deepEqual(findings({ market: 'DE', channel: 'email', text: `${german}Schämen Sie sich!` }), ['shame']);
});

test('urgency on the last day of grace is true, not false', () => {
  assert.deepEqual(findings({ market: 'CN', text: '【港湾人寿】保险费1,280.00元应于2026年8月15日交纳，宽限期今天届满，今晚24时后失效。', sentOn: '2026-10-14', graceEndsOn: '2026-10-14' }), []);
});

test('a text to a third person is a disclosure, one to the guardian is not', () => {
  const text = 'Harbour Insurance plc: the premium of £240.00 was due on 1 March 2026. Call 020 7946 0100.';
  assert.deepEqual(findings({ market: 'GB', text, recipient: 'neighbour' }), ['third_party_disclosure']);
  assert.deepEqual(findings({ market: 'GB', text, recipient: 'guardian' }), []);
});

test('an envelope may show the sender but not the debt', () => {
  assert.deepEqual(findings({ market: 'US', surface: 'envelope', channel: 'letter', text: 'Harbor Mutual, 12 Oak Lane, Austin' }), []);
  assert.deepEqual(findings({ market: 'US', surface: 'envelope', channel: 'letter', text: 'Harbor Mutual - OVERDUE' }), ['debt_visible_outside']);
});

test('every missing element of a reminder is named', () => {
  assert.deepEqual(findings({ market: 'HK', text: 'Please pay soon.' }), ['missing:amount', 'missing:due_date', 'missing:insurer_name']);
});

test('no text is published for a market without rules', () => {
  assert.deepEqual(findings({ market: 'ZZ', text: 'x' }), ['no_rule_pack']);
});
