import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadRulePacks } from '../../../src/compliance/index.ts';
import { BILL_STAGES, CALL_OUTCOMES, ROLES, TIERS } from '../../../src/service/index.ts';
import { en } from './en.ts';
import { zhHans } from './zh-hans.ts';
import { zhHant } from './zh-hant.ts';

const keys = Object.keys(en) as (keyof typeof en)[];
const placeholders = (text: string): string => [...text.matchAll(/\{\{\w+\}\}/g)].map(([name]) => name).sort().join();

describe('the console’s texts', () => {
  test('have the same placeholders in all three languages', () => {
    for (const key of keys) assert.deepEqual([placeholders(zhHans[key]), placeholders(zhHant[key])], [placeholders(en[key]), placeholders(en[key])], key);
  });
  test('are written in the script of their language', () => {
    // Characters that only simplified writing has, among those that a console is likely to use.
    const simplifiedOnly = new Set('账单缴费这时请从还择数显处设备关闭载话宽险额条链户类资认现发为无个选据');
    for (const key of keys) assert.deepEqual(Array.from(zhHant[key]).filter((character) => simplifiedOnly.has(character)), [], `${key}: ${zhHant[key]}`);
    const traditionalOnly = new Set('帳單繳費這時請從還擇數顯處設備關閉載話寬險額條鏈戶類資認現發為無個選據');
    for (const key of keys) assert.deepEqual(Array.from(zhHans[key]).filter((character) => traditionalOnly.has(character)), [], `${key}: ${zhHans[key]}`);
  });
  test('name every state, stage, tier, role and outcome that the server knows', () => {
    const governs = new Set([...loadRulePacks().packs.values()].flatMap((pack) => pack.rules.map((rule) => rule.governs)));
    const groups = { bill_stage: BILL_STAGES, tier: TIERS, role: ROLES, outcome: CALL_OUTCOMES, governs: [...governs] };
    for (const [group, values] of Object.entries(groups)) for (const value of values) assert.ok(`${group}.${value}` in en, `${group}.${value}`);
  });
});
