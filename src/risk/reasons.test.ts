import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LANGUAGES } from '../kernel/index.ts';
import { featureName, reasonText } from './index.ts';
import { REASON_TEXTS } from './reason-texts.ts';

test('a reason is told as a service agent would say it, in three languages', () => {
  assert.equal(reasonText('late_3_to_6_months', 3, 0.4, 'en'), '3 premiums paid 3 to 6 months late: raises the risk');
  assert.equal(reasonText('last_days_late', 1, 0.4, 'en'), '1 day late last time: raises the risk');
  assert.equal(reasonText('late_3_to_6_months', 0, -0.1, 'en'), 'No premium was ever paid 3 to 6 months late: lowers the risk');
  assert.equal(reasonText('cash_share', 0.917, 0.8, 'zh-Hans'), '92% 的保费以现金或信用卡交纳：提高风险');
  assert.equal(reasonText('income_monthly', 355060, -0.2, 'zh-Hant'), '每月收入 355,060：降低風險');
  assert.equal(reasonText('autopay', 0, 0.2, 'en'), 'No autopay: raises the risk');
});

test('a missing value and a feature without a name are told too', () => {
  assert.equal(reasonText('underwriting_score', null, 0.3, 'en'), 'Underwriting score is not known: raises the risk');
  assert.equal(reasonText('$& colour', 'red', 0.3, 'en'), '$& colour = red: raises the risk');
});

test('every feature that the product names has its words in every language', () => {
  for (const [feature, { fact, name, form }] of Object.entries(REASON_TEXTS)) {
    for (const language of LANGUAGES) {
      assert.ok(name[language].length > 0 && featureName(feature, language) === name[language]);
      assert.ok(form === 'yes_no' || fact[language].includes('{value}'), `${feature} in ${language}`);
    }
  }
});
