import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { addDays, LANGUAGES, type PlainDate } from '../src/kernel/index.ts';
import { someFacts } from './fixture.ts';
import { codePage, laterPage, logInPage, partOf, partPage, severalPage } from './index.ts';
import { surveyForm } from './survey.ts';

const TODAY = '2026-11-24' as PlainDate;
const page = { language: 'en', nonce: 'n', address: '/pay/abc', today: TODAY } as const;
const other = (billId: number, dueInDays: number) => ({ billId, product: 'Shield', line: 'health', policyNumberEnd: '0007', amountMinor: 50_000n, dueOn: addDays(TODAY, dueInDays) });

describe('several bills', () => {
  test('are those due within 30 days, and the total is of the chosen ones', () => {
    const facts = someFacts({ others: [other(2, -10), other(3, 30), other(4, 31)] });
    const choose = severalPage({ ...page, facts, chosen: null });
    assert.deepEqual([...choose.matchAll(/name="bill" value="(\d)"/g)].map(([, id]) => id), ['2', '3']);
    const total = severalPage({ ...page, facts, chosen: [3, 4, 99] });
    assert.match(total, /class="amount">HK\$1,701\.20/);
    assert.deepEqual(new Set([...total.matchAll(/name="bill" value="(\d+)"/g)].map(([, id]) => id)), new Set(['3']));
    assert.match(total, /lang=zh-Hant/);
  });
});

describe('a part', () => {
  test('of half, a third or an own amount lies between the minimum and the whole', () => {
    fc.assert(fc.property(fc.bigInt({ min: 1n, max: 10_000_000n }), fc.bigInt({ min: 0n, max: 10_000_000n }), fc.bigInt({ min: -5n, max: 11_000_000n }), (billMinor, paid, own) => {
      const amountMinor = paid < billMinor ? billMinor - paid : billMinor;
      const tenth = (billMinor + 9n) / 10n;
      const facts = someFacts({ billMinor, amountMinor, partMinimumMinor: tenth < amountMinor ? tenth : amountMinor });
      for (const share of ['half', 'third', 'own'] as const) {
        const part = partOf(facts, share, own);
        if (part !== null) assert.ok(part >= facts.partMinimumMinor && part <= amountMinor);
        else assert.ok(share === 'own' && (own < facts.partMinimumMinor || own > amountMinor));
      }
    }));
  });
  test('says what stays open, by when, and that it does not keep the cover alone', () => {
    const text = partPage({ ...page, facts: someFacts(), partMinor: 60_060n, wrong: false });
    assert.match(text, /HK\$600\.60[^]*HK\$600\.60 stays open and is due on 29 November 2026[^]*whole bill is paid by 30 December 2026[^]*name="part" value="600\.60"/);
    const interrupted = partPage({ ...page, facts: someFacts({ dueOn: '2026-09-01' as PlainDate, graceEndsOn: '2026-10-02' as PlainDate, stage: 'lapsed' }), partMinor: 60_060n, wrong: false });
    assert.match(interrupted, /stays so until the whole bill is paid/);
    assert.doesNotMatch(interrupted, /cover: it continues/);
  });
});

describe('another day', () => {
  test('is one of the days that may be promised', () => {
    const text = laterPage({ ...page, facts: someFacts(), promise: { payBy: null, days: { from: addDays(TODAY, 1), to: addDays(TODAY, 3) } }, done: false });
    assert.deepEqual([...text.matchAll(/<option value="([\d-]+)"/g)].map(([, day]) => day), [1, 2, 3].map((days) => addDays(TODAY, days)));
    assert.match(text, /Wednesday, 25 November 2026/);
  });
});

describe('the survey', () => {
  test('asks one question that must be answered and one that need not, and thanks afterwards', () => {
    const asked = surveyForm({ answer: null }, 'en', '/pay/abc').html;
    assert.deepEqual([asked.split('name="ease"').length, asked.split('required').length, asked.split('name="clarity"').length], [6, 6, 6]);
    assert.match(surveyForm({ answer: { ease: 4, clarity: null, changeable: true } }, 'en', '/pay/abc').html, /Thank you[^]*value="4" required checked/);
    assert.doesNotMatch(surveyForm({ answer: { ease: 4, clarity: null, changeable: false } }, 'en', '/pay/abc').html, /<form/);
  });
});

describe('the log-in', () => {
  test('shows no markup that comes from an address, and nobody’s name', () => {
    const insurer = { code: 'harbour', name: '<b>Harbour</b>', nameZhHans: '海港', nameZhHant: '海港', contactPhone: '', simulated: true };
    for (const language of LANGUAGES) {
      for (const text of [logInPage({ insurer, language, nonce: 'n', note: 'ended' }), codePage({ insurer, language, nonce: 'n', login: '"><script>', minutes: 10, wrong: true })]) {
        assert.doesNotMatch(text, /<b>|<script/);
        assert.match(text, new RegExp(`<html lang="${language}">`));
      }
    }
  });
});
