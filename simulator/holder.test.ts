import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { addDays, dayNumber, isTimeZone, type PlainDate } from '../src/kernel/index.ts';
import { BEHAVIOUR, MARKETS } from './behaviour.ts';
import { holderOf } from './holder.ts';
import { phoneOf } from './places.ts';

const LAST = dayNumber('2026-11-23' as PlainDate);
const HOLDERS = Array.from({ length: 4_000 }, (_, number) => holderOf(BEHAVIOUR, 7, number, number * 10, 10, LAST));
const of = (market: string) => HOLDERS.filter((holder) => holder.market === market);
const SIMPLIFIED_ONLY = /[刘陈杨黄赵吴马罗郑谢许邓韩冯卢叶苏吕丽伟军杰涛华刚远静莹颖书语号栋区]/u;
const TRADITIONAL_ONLY = /[劉陳楊黃趙吳馬羅鄭謝許鄧韓馮盧葉蘇呂麗偉軍傑濤華剛遠靜瑩穎書語號棟區]/u;

void describe('a holder', () => {
  test('of Mainland China is written in simplified characters', () => {
    for (const { name, place, language } of of('CN')) {
      assert.match(name.family + name.given, /^[\u4e00-\u9fff]+$/u);
      assert.doesNotMatch(name.family + name.given + place.address, TRADITIONAL_ONLY, name.family + name.given);
      assert.equal(language, 'zh-Hans');
    }
  });
  test('of Taiwan and Hong Kong is written in traditional characters, or in Latin letters and English', () => {
    for (const { name, place, language } of [...of('TW'), ...of('HK')]) {
      assert.doesNotMatch(name.family + name.given + place.address, SIMPLIFIED_ONLY, name.family + name.given);
      assert.equal(language, /[\u4e00-\u9fff]/u.test(name.family) || /[\u4e00-\u9fff]/u.test(place.address) ? 'zh-Hant' : 'en');
    }
  });
  test('of Germany, the Philippines and the United States is written in Latin letters', () => {
    for (const { name, language } of [...of('DE'), ...of('PH'), ...of('US')]) {
      assert.match(name.family + name.given, /^[\p{Script=Latin}\p{M} .,'’&()-]+$/u);
      assert.equal(language, 'en');
    }
  });
  test('has nothing that COPY would want escaped', () => {
    for (const { name, place, email, policies } of HOLDERS) assert.doesNotMatch([name.family, name.given, place.address, place.city, email, ...policies.map(({ product }) => product)].join(''), /[\\\t\r\n]/);
  });
  test('lives in a time zone that there is, and in the United States in a state', () => {
    for (const { place, market } of HOLDERS) {
      assert.ok(isTimeZone(place.timeZone), place.timeZone);
      assert.equal(place.subdivision !== null, market === 'US');
    }
  });
  test('has a mail address that goes nowhere and a number kept free', () => {
    for (const { email, phone, market } of HOLDERS) {
      assert.match(email, /^[a-z]+\d+@mail\.example$/);
      if (market === 'US') assert.match(phone, /^\+1\d{3}55501\d\d$/);
      else assert.match(phone, /^\+\d{10,13}$/);
    }
  });
  test('shares the number with nobody among ten thousand policies', () => {
    assert.equal(new Set(HOLDERS.map(({ phone }) => phone)).size, HOLDERS.length);
    for (const market of MARKETS) assert.ok(new Set(Array.from({ length: 5_000 }, (_, i) => phoneOf(market, i))).size === 5_000, market);
  });
  test('has about 1.4 policies, the first of which began by the end of the history', () => {
    const policies = HOLDERS.flatMap((holder) => holder.policies);
    assert.ok(Math.abs(policies.length / HOLDERS.length - 1.4) < 0.05);
    for (const policy of policies) {
      assert.ok(policy.coverFrom <= LAST && policy.coverFromDate <= addDays('2026-11-23' as PlainDate, 0));
      assert.ok(policy.coverTo === null || policy.coverTo > policy.coverFromDate);
      assert.ok(Number.isSafeInteger(policy.premiumMinor) && policy.premiumMinor > 0 && policy.burden > 0);
    }
  });
});
