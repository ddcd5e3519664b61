import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LANGUAGES, type PlainDate } from '../src/kernel/index.ts';
import { type PayPageFacts } from './facts.ts';
import { someFacts } from './fixture.ts';
import { disputePage, payPage, problemPage } from './index.ts';

const TODAY = '2026-11-24' as PlainDate;
/** The issue allows 100 KB; a poor line deserves a tenth of it. */
const PAGE_BYTES_MAX = 12_000;

const page = (facts: PayPageFacts, changes: Partial<Parameters<typeof payPage>[0]> = {}): string =>
  payPage({ facts, language: 'en', nonce: 'n0nce', address: '/pay/abc', today: TODAY, dispute: null, promise: { payBy: null, days: null }, survey: { answer: null }, returned: false, ...changes });

const settled = {
  paymentId: 7,
  state: 'succeeded',
  amountMinor: 120_120n,
  method: 'fps',
  settledAt: Date.parse('2026-11-24T03:00:00Z'),
  reference: 'SB-77',
};

describe('the pay page', () => {
  test('says the amount before anything else that can be done, then the due date, then one main button', () => {
    const text = page(someFacts());
    const order = ['HK$1,201.20', 'due on 29 November 2026', 'class="main"', 'class="other"'].map((part) => text.indexOf(part));
    assert.ok(
      order.every((at) => at > 0),
      String(order),
    );
    assert.deepEqual(
      order,
      order.toSorted((a, b) => a - b),
    );
    assert.equal(text.split('class="main"').length, 2);
  });
  test('offers the way to pay that was used last time first', () => {
    const text = page(someFacts({ methods: someFacts().methods.toReversed() }));
    assert.match(text, /value="fps">[^]*?class="main">Pay with FPS/);
  });
  test('is small in every language and state', () => {
    for (const language of LANGUAGES) {
      for (const facts of [someFacts(), someFacts({ state: 'paid', paidOn: TODAY, payment: settled })]) {
        assert.ok(Buffer.byteLength(page(facts, { language })) < PAGE_BYTES_MAX);
      }
    }
  });
  test('needs no script, no font and nothing from elsewhere', () => {
    const text = page(someFacts());
    assert.doesNotMatch(text, /<script|@font-face|@import|https?:\/\/|style="/);
  });
  test('shows no markup that comes from data', () => {
    const evil = '<img src=x onerror=alert(1)>"\'&';
    const text = page(someFacts({ maskedName: evil, product: evil, insurerName: evil, policyNumberEnd: evil, contactPhone: evil }));
    assert.doesNotMatch(text, /<img/);
    assert.ok(text.includes('&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;'));
  });
  test('tells a late payer until when the cover continues', () => {
    assert.match(
      page(someFacts({ dueOn: '2026-11-12' as PlainDate, stage: 'grace', graceEndsOn: '2026-12-13' as PlainDate })),
      /was due on 12 November 2026[^]*by 13 December 2026/,
    );
  });
  test('promises no cover where cover is interrupted', () => {
    const text = page(someFacts({ dueOn: '2026-09-12' as PlainDate, stage: 'lapsed' }));
    assert.match(text, /interrupted/);
    assert.doesNotMatch(text, /continues if you pay/);
  });
  test('says after a failed payment that no money was taken, and lets the person try again', () => {
    const text = page(someFacts({ payment: { ...settled, state: 'failed', settledAt: null } }), { returned: true });
    assert.match(text, /did not go through[^]*No money was taken/);
    assert.match(text, /class="main"/);
  });
  test('waits for a payment that is on its way, without a way to pay twice', () => {
    for (const [state, returned] of [
      ['pending', false],
      ['created', true],
      ['pending', true],
    ] as const) {
      const text = page(someFacts({ payment: { ...settled, state, settledAt: null } }), { returned });
      assert.match(text, /http-equiv="refresh"/);
      assert.doesNotMatch(text, /method="post"/);
    }
  });
  test('can be paid by a person who left the provider without paying and opens the link again', () => {
    assert.match(page(someFacts({ payment: { ...settled, state: 'created', settledAt: null } })), /class="main"/);
  });
  test('is a receipt once the bill is paid, and cannot be paid again', () => {
    const text = page(someFacts({ state: 'paid', paidOn: TODAY, payment: settled }));
    assert.match(text, /You paid HK\$1,201\.20[^]*Your cover runs to 29 December 2026[^]*SB-77[^]*What happens next/);
    assert.doesNotMatch(text, /action="\/pay\/abc"/);
  });
  test('of a cancelled bill asks for nothing', () => {
    for (const state of ['cancelled', 'written_off'] as const) assert.doesNotMatch(page(someFacts({ state })), /method="post"|HK\$/);
  });
  test('of a disputed bill says when the answer comes instead of asking what is wrong again', () => {
    const text = page(someFacts(), { dispute: { disputeId: 12, answerBy: '2026-12-04' as PlainDate, closedOn: null, resolution: null } });
    assert.match(text, /answer by 4 December 2026[^]*no\. 12/);
    assert.doesNotMatch(text, /Something is wrong/);
  });
});

describe('the pages around it', () => {
  test('a link that leads nowhere names no insurer, no person and no amount', () => {
    for (const problem of ['expired', 'broken', 'trouble', 'busy'] as const) {
      for (const language of LANGUAGES) {
        const text = problemPage({ problem, language, nonce: 'n', address: '/pay/x' });
        assert.match(text, new RegExp(`<html lang="${language}">`));
        assert.doesNotMatch(text, /Harbour|HK\$/);
      }
    }
  });
  test('a dispute can be sent with one tap and says until when it is answered', () => {
    const form = disputePage({ facts: someFacts(), language: 'en', nonce: 'n', address: '/pay/abc', dispute: null, sent: null });
    assert.match(form, /value="amount" required checked/);
    const thanks = disputePage({
      facts: someFacts(),
      language: 'zh-Hant',
      nonce: 'n',
      address: '/pay/abc',
      dispute: { disputeId: 12, answerBy: '2026-12-04' as PlainDate, closedOn: null, resolution: null },
      sent: 'now',
    });
    assert.match(thanks, /2026年12月4日/);
  });
});
