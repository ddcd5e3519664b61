import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { lintContent, loadRulePacks } from '../compliance/index.ts';
import { dateText, formatMoney, LANGUAGES, type Language, type PlainDate } from '../kernel/index.ts';
import { CONTACT_CALENDAR } from '../strategy/index.ts';
import { elementsOf, renderMessage, smsLength, SMS_SEGMENTS_MAX, TONES, type MessageFacts } from './index.ts';

const packs = loadRulePacks();
const MARKETS = [...packs.packs.keys()].filter((market) => /^[A-Z]{2}$/.test(market) && market !== 'EU').sort();
const CURRENCIES: Readonly<Record<string, string>> = {
  CN: 'CNY', HK: 'HKD', TW: 'TWD', PH: 'PHP', DE: 'EUR', FR: 'EUR', IT: 'EUR', US: 'USD', GB: 'GBP', CA: 'CAD', IN: 'INR', JP: 'JPY', SG: 'SGD',
};
const date = (text: string): PlainDate => text as PlainDate;
const LINK = `https://pay.harbour.example/pay/${'A'.repeat(48)}`;

const aMessage = (changes: Partial<MessageFacts> = {}): MessageFacts => ({
  purpose: 'premium_reminder', template: 'first_solution', tone: 'friendly', channel: 'email', language: 'en',
  insurer: { name: 'Harbour Life', nameZhHans: '海港人寿', nameZhHant: '海港人壽', contactPhone: '+852 5550 0100', contactEmail: 'care@harbour.example', simulated: true },
  holder: { familyName: 'Müller', givenName: 'Anna', postalAddress: 'Hafenstraße 12\n20457 Hamburg' },
  market: 'HK', line: 'health', product: 'Evergreen Health', policyNumberEnd: '4410', currency: 'HKD', amountMinor: 1_234_500n,
  dueOn: date('2026-12-15'), periodFrom: date('2026-12-15'), periodTo: date('2027-12-15'), stage: 'not_due', graceEndsOn: null, today: date('2026-12-13'),
  payLink: LINK, optOutLink: 'https://pay.harbour.example/u/1-2-3-email-AAAAAAAAAAAAAAAAAAAAAA', receipt: null, ...changes,
});

/** Where a bill can stand when a reminder leaves. */
const MOMENTS = [
  { stage: 'not_due', today: '2026-12-08', grace: null }, { stage: 'due', today: '2026-12-15', grace: '2027-01-14' }, { stage: 'grace', today: '2026-12-18', grace: '2027-01-14' },
  { stage: 'late', today: '2027-01-20', grace: '2027-01-14' }, { stage: 'suspended', today: '2027-02-15', grace: '2027-01-14' }, { stage: 'lapsed', today: '2027-03-15', grace: null },
].map(({ stage, today, grace }) => ({ stage, today: date(today), graceEndsOn: grace === null ? null : date(grace) }));

const STEPS = [...CONTACT_CALENDAR.steps.map(({ id }) => id), 'offer_plan'];

function* everyMessage(): Generator<MessageFacts> {
  for (const market of MARKETS) {
    const currency = CURRENCIES[market] ?? 'USD';
    for (const language of LANGUAGES) {
      for (const channel of ['email', 'sms', 'letter'] as const) {
        const base = aMessage({ market, currency, language, channel, optOutLink: channel === 'letter' ? null : aMessage().optOutLink });
        // Every tone with every step, and every tone at every moment; step and moment do not meet in one sentence.
        for (const [t, tone] of TONES.entries()) {
          for (const [s, template] of STEPS.entries()) yield { ...base, ...MOMENTS[(t + s) % MOMENTS.length], tone, template };
          for (const moment of MOMENTS) yield { ...base, ...moment, tone };
        }
        for (const moment of MOMENTS) yield { ...base, ...moment, purpose: 'legal_notice', template: 'legal_notice', optOutLink: null };
        yield { ...base, purpose: 'welcome', template: 'welcome' };
        for (const leftMinor of [0n, 5_000n]) yield { ...base, purpose: 'receipt', template: 'receipt', optOutLink: null, receipt: { paidOn: date('2026-12-14'), reference: 'SB-77', leftMinor } };
      }
    }
  }
}

const insurerName = ({ language, insurer }: MessageFacts): string => (language === 'en' ? insurer.name : language === 'zh-Hans' ? insurer.nameZhHans : insurer.nameZhHant);
const nameOf = (facts: MessageFacts): string => [facts.market, facts.language, facts.channel, facts.purpose, facts.template, facts.tone, facts.stage].join(' ');

void describe('every message, in every market, language, channel, tone and step', () => {
  test('says what the law asks for and nothing that it forbids; a reminder names amount, due date, consequence, contact and its link', () => {
    let rendered = 0;
    for (const facts of everyMessage()) {
      const { subject, text, html } = renderMessage(facts);
      rendered += 1;
      const input = {
        market: facts.market, purpose: facts.purpose, channel: facts.channel, insurerName: insurerName(facts), language: facts.language, line: facts.line,
        ...(facts.purpose === 'legal_notice' ? { kind: 'default_notice' } : {}),
      };
      const body = lintContent(packs, { ...input, text });
      assert.equal(body.answer, 'allow', `${nameOf(facts)}: ${body.findings.join()} in\n${text}`);
      if (facts.channel === 'email') {
        const line = lintContent(packs, { ...input, text: subject, surface: 'email_subject' });
        assert.equal(line.answer, 'allow', `${nameOf(facts)}: ${line.findings.join()} in ${subject}`);
        assert.ok(subject.length > 0 && subject.length <= 78 && !/[\r\n]/.test(subject), subject);
        assert.ok(html?.includes(facts.payLink) === true);
      }
      assert.ok(text.includes(facts.payLink), nameOf(facts));
      assert.doesNotMatch(text + subject, /undefined|null|\{\{|\[object/, nameOf(facts));
      if (facts.purpose === 'receipt') continue;
      assert.deepEqual(missing(facts, text), [], `${nameOf(facts)}:\n${text}`);
    }
    assert.ok(rendered > 9_000, String(rendered));
  });

  test('a text message keeps within two parts', () => {
    let fullest = 0;
    for (const facts of everyMessage()) {
      if (facts.channel !== 'sms') continue;
      const { text } = renderMessage(facts);
      const { segments, units } = smsLength(text);
      assert.ok(segments <= SMS_SEGMENTS_MAX, `${nameOf(facts)} ${segments} parts, ${units}: ${text}`);
      if (facts.language === 'en') assert.equal(smsLength(text).encoding, 'gsm7', text);
      fullest = Math.max(fullest, units);
    }
    assert.ok(fullest > 100);
  });
});

/** The elements that our own register (`elementsOf`) promises, looked for with the linter's eyes: a market whose law asks for all of them. */
function missing(facts: MessageFacts, text: string): string[] {
  const amount = formatMoney(facts.amountMinor, facts.currency);
  const shown: Readonly<Record<string, boolean>> = {
    insurer_name: text.includes(insurerName(facts)),
    amount: text.includes(amount) || text.includes(amount.replace('₱', 'PHP ').replace('₹', 'INR ')),
    due_date: text.includes(dateText(facts.dueOn, facts.language)),
    consequence: lintContent(packs, { market: 'US', subdivision: 'NY', line: 'life', purpose: 'legal_notice', channel: 'letter', text, insurerName: insurerName(facts) }).answer === 'allow',
    contact: /https?:\/\/|\+852 5550 0100/.test(text),
    pay_link: text.includes(facts.payLink),
    opt_out: /unsubscribe|STOP|退订|退訂/i.test(text),
  };
  return elementsOf(facts.purpose, facts.channel).filter((element) => shown[element] !== true);
}

void describe('a message’s words', () => {
  const names: readonly (readonly [string, string, string])[] = [['<b>Bold</b>', '{{ insurer }}', 'en'], ['{% include x %}', '"><script>alert(1)</script>', 'zh-Hans']];
  for (const [familyName, givenName, language] of names) {
    test(`a holder named ${familyName} ${givenName} stays text`, () => {
      const { html, text, subject } = renderMessage(aMessage({ language: language as Language, holder: { familyName, givenName, postalAddress: '<i>x</i>' }, product: '{{ amount }}<u>' }));
      assert.doesNotMatch(html ?? '', /<b>|<script|<i>|<u>/);
      assert.ok(text.includes(familyName) && text.includes(givenName));
      assert.ok(subject.includes('{{ amount }}<u>'));
    });
  }

  test('line breaks in a name do not reach a header', () => {
    const { subject } = renderMessage(aMessage({ holder: { familyName: 'X', givenName: 'A\r\nBcc: all@x.example', postalAddress: '' } }));
    assert.doesNotMatch(subject, /[\r\n]/);
  });

  test('a reminder that was put off says when the premium was due, not when it was queued', () => {
    const late = renderMessage(aMessage({ template: 'due_today', today: date('2026-12-16'), stage: 'due' }));
    assert.match(late.text, /was due on 15 December 2026/);
    assert.doesNotMatch(late.text, /due today/);
  });

  test('Taiwan says 停效 where Hong Kong says 失效', () => {
    const said = (market: string): string => renderMessage(aMessage({ language: 'zh-Hant', market, today: date('2027-01-20'), stage: 'late' })).text;
    assert.match(said('HK'), /失效/);
    assert.match(said('TW'), /停效/);
  });

  test('a plan is offered as a talk, not promised', () => {
    const { text } = renderMessage(aMessage({ template: 'offer_plan', today: date('2027-01-20'), stage: 'grace' }));
    assert.match(text, /ask to pay in parts/);
    assert.match(text, /Nothing is agreed until you say yes/);
  });

  test('a very long name of an insurer costs the least needed words first', () => {
    const insurer = { ...aMessage().insurer, nameZhHans: '海港人寿保险股份有限公司' };
    const { text } = renderMessage(aMessage({ channel: 'sms', language: 'zh-Hans', insurer, market: 'CN', currency: 'CNY', amountMinor: 12_345_678n }));
    assert.ok(smsLength(text).segments <= SMS_SEGMENTS_MAX);
    for (const part of ['¥123,456.78', '2026年12月15日', LINK, '退订', '中止']) assert.ok(text.includes(part), part);
  });

  test('letters of the GSM extension count twice, and one Chinese letter makes all count double', () => {
    assert.deepEqual(smsLength('a'.repeat(160)), { encoding: 'gsm7', units: 160, segments: 1 });
    assert.deepEqual(smsLength('€'.repeat(80) + 'a'), { encoding: 'gsm7', units: 161, segments: 2 });
    assert.deepEqual(smsLength('保' + 'a'.repeat(70)), { encoding: 'ucs2', units: 71, segments: 2 });
  });
});
