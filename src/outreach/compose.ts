/** From facts to a message: which sentences, in which order. Pure; the words are in `templates/`. */

import { dateText, daysBetween, formatMoney, type PlainDate } from '../kernel/index.ts';
import { type Message, type MessageFacts, TONES } from './message.ts';
import { smsLength } from './sms-length.ts';
import { lineName, pageOf, phrase, termsOf, type Values, words } from './words.ts';

/** More would be torn apart by some networks, and costs more than it brings. */
export const SMS_SEGMENTS_MAX = 2;
/** What a name may take of a message. */
const NAME_CHARACTERS_MAX = 60;
/** From here on a reminder is no first note any more (the calendar's steps from `personal` on). */
const LATE_DAYS = 14;

const FONTS = {
  en: 'system-ui,-apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif',
  'zh-Hans': 'system-ui,-apple-system,PingFang SC,Microsoft YaHei,Noto Sans CJK SC,sans-serif',
  'zh-Hant': 'system-ui,-apple-system,PingFang TC,Microsoft JhengHei,Noto Sans CJK TC,sans-serif',
} as const;

export function renderMessage(facts: MessageFacts): Message {
  if (facts.channel === 'sms') return { subject: '', text: smsText(facts), html: null };
  const parts = partsOf(facts);
  const layout = facts.channel === 'letter' || facts.channel === 'registered_letter' ? 'letter' : 'email';
  return { subject: parts.subject, text: plainText(facts, parts), html: pageOf(layout, { ...parts }) };
}

/** When the premium is due, seen from the day on which the message leaves. */
const dueWhen = (facts: MessageFacts): 'ahead' | 'today' | 'past' =>
  facts.dueOn > facts.today ? 'ahead' : facts.dueOn === facts.today ? 'today' : 'past';

function phaseOf(facts: MessageFacts): 'ahead' | 'after' | 'late' {
  const late = daysBetween(facts.dueOn, facts.today);
  return late <= 0 ? 'ahead' : late < LATE_DAYS ? 'after' : 'late';
}

/** What is true of this cover today; nothing is threatened that its timeline does not say. */
function consequenceOf({ stage, graceEndsOn, today, dueOn }: MessageFacts): string {
  if (stage === 'suspended' || stage === 'lapsed') return stage;
  if (graceEndsOn !== null && graceEndsOn >= today && today >= dueOn) return 'grace';
  return today <= dueOn ? 'ahead' : 'after';
}

const toneOf = (facts: MessageFacts): string => TONES.find((tone) => tone === facts.tone) ?? 'friendly';
const isReminder = ({ purpose }: MessageFacts): boolean => purpose === 'premium_reminder' || purpose === 'marketing';

/** One line, no control characters: it also stands in headers. */
const clean = (text: string): string => Array.from(text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim()).slice(0, NAME_CHARACTERS_MAX).join('');

function valuesOf(facts: MessageFacts) {
  const { language, insurer, receipt } = facts;
  const date = (day: PlainDate): string => dateText(day, language);
  const family = clean(facts.holder.familyName);
  const given = clean(facts.holder.givenName);
  const han = /^\p{sc=Han}/u.test(family);
  const name = han ? family + given : `${given} ${family}`.trim();
  const call = language === 'en' && !han && given !== '' ? given : name;
  const line = lineName(language, facts.line);
  return {
    terms: termsOf(language, facts.market), name, call: call === '' ? '' : call + (language === 'en' ? ', ' : '，'), line,
    insurer: clean(language === 'en' ? insurer.name : language === 'zh-Hans' ? insurer.nameZhHans : insurer.nameZhHant),
    product: clean(facts.product) || line, end: clean(facts.policyNumberEnd), amount: formatMoney(facts.amountMinor, facts.currency),
    due: date(facts.dueOn), from: date(facts.periodFrom), to: date(facts.periodTo), grace: facts.graceEndsOn === null ? '' : date(facts.graceEndsOn),
    phone: clean(insurer.contactPhone), email: clean(insurer.contactEmail), link: facts.payLink, opt_out: facts.optOutLink ?? '',
    paid_on: receipt === null ? '' : date(receipt.paidOn), reference: clean(receipt?.reference ?? ''), left: formatMoney(receipt?.leftMinor ?? 0n, facts.currency),
  } satisfies Values;
}

/** The parts of an e-mail or a letter, in the order in which they are read. */
type Parts = {
  readonly language: string; readonly fonts: string; readonly subject: string; readonly preview: string; readonly insurer: string; readonly greeting: string;
  readonly before: readonly string[]; readonly amount_label: string; readonly amount: string; readonly amount_note: string; readonly after: readonly string[];
  readonly link: string; readonly button: string; readonly pay_here: string; readonly help: readonly string[]; readonly contact: string;
  readonly notices: readonly string[]; readonly opt_out: string | null; readonly opt_out_label: string; readonly closing: string; readonly address: string; readonly today: string;
};

function partsOf(facts: MessageFacts): Parts {
  const { language, insurer } = facts;
  const values = valuesOf(facts);
  const say = (path: string): string => words(language, path, values);
  const when = dueWhen(facts);
  const subject = say(`subject.${subjectOf(facts, when)}`);
  const { before, after, help } = paragraphs(facts, say, (path) => phrase(language, path, values));
  const received = facts.purpose === 'receipt';
  const reach = [insurer.contactPhone === '' ? '' : say('contact_phone'), insurer.contactEmail === '' ? '' : say('contact_email')].filter((text) => text !== '');
  const { name } = values;
  return {
    language, fonts: FONTS[language], subject, preview: before[0] ?? subject, insurer: say('sender_plain'), greeting: say(name === '' ? 'greeting_nameless' : 'greeting'),
    before, after, help, amount_label: say(received ? 'amount_label.receipt' : 'amount_label.ahead'), amount: values.amount,
    amount_note: received ? values.paid_on : say(`due_short.${when}`),
    link: facts.payLink, button: say(received ? 'button_receipt' : facts.purpose === 'welcome' ? 'button_welcome' : facts.purpose === 'bill' ? 'button_bill' : 'button'), pay_here: say(received ? 'button_receipt' : 'pay_here'),
    contact: words(language, 'contact', { ...values, reach: reach.join(language === 'en' ? ' ' : '') }),
    notices: [say('secure'), ...(insurer.simulated ? [say('demo')] : [])], opt_out: facts.optOutLink, opt_out_label: say('opt_out'), closing: say('closing'),
    address: [name, ...facts.holder.postalAddress.split('\n').map(clean)].filter((text) => text !== '').join('\n'), today: dateText(facts.today, language),
  };
}

const subjectOf = (facts: MessageFacts, when: string): string =>
  facts.template === 'offer_plan' ? 'offer_plan' : isReminder(facts) ? (when === 'past' ? phaseOf(facts) : when) : facts.purpose;

type Say = (path: string) => string;

function paragraphs(facts: MessageFacts, say: Say, maybe: (path: string) => string | null): { before: string[]; after: string[]; help: string[] } {
  switch (facts.purpose) {
    case 'receipt': {
      const part = (facts.receipt?.leftMinor ?? 0n) > 0n;
      return {
        before: [say('receipt.thanks')], after: [part ? say('receipt.part') : say('receipt.cover'), ...(facts.receipt?.reference === '' ? [] : [say('receipt.reference')])],
        help: part ? [] : [say('receipt.next')],
      };
    }
    case 'bill': return { before: [say('bill.here'), say(`due.${dueWhen(facts)}`)], after: [say('keeps'), say(`consequence.${consequenceOf(facts)}`)], help: [say('bill.question')] };
    case 'welcome': return { before: [say('welcome.hello'), say('welcome.first')], after: [say('welcome.consequence')], help: [] };
    case 'legal_notice': return {
      before: [say('legal_notice.notice'), say('legal_notice.owed')],
      after: [facts.graceEndsOn !== null && facts.graceEndsOn > facts.today ? say('legal_notice.until') : say('legal_notice.no_date')], help: [say('legal_notice.rights')],
    };
    case 'premium_reminder': case 'marketing': {
      const step = maybe(`step.${facts.template}`);
      return {
        before: [say(`opening.${toneOf(facts)}.${phaseOf(facts)}`), say(`due.${dueWhen(facts)}`)],
        after: [...(phaseOf(facts) === 'ahead' ? [say('keeps')] : []), say(`consequence.${consequenceOf(facts)}`)],
        help: [...(step === null ? [] : [step]), ...(phaseOf(facts) === 'ahead' ? [] : [say('paid_already')])],
      };
    }
  }
}

/** The text beside the HTML: the same words, the link on a line of its own. */
function plainText(facts: MessageFacts, parts: Parts): string {
  const colon = facts.language === 'en' ? ': ' : '：';
  const lines = [
    parts.greeting, ...parts.before, `${parts.amount_label}${colon}${parts.amount} (${parts.amount_note})`, ...parts.after, `${parts.button}${colon.trim()}\n${parts.link}`, ...parts.help, parts.contact,
    `${parts.closing}\n${parts.insurer}`, ...parts.notices, ...(facts.optOutLink === null ? [] : [words(facts.language, 'opt_out_text', valuesOf(facts))]),
  ];
  return lines.join('\n\n');
}

/** Symbols outside the GSM alphabet would make every letter cost two octets. */
const GSM_SYMBOLS: readonly (readonly [string, string])[] = [['₱', 'PHP '], ['₹', 'INR '], ['−', '-'], ['’', '\'']];
const inGsm = (text: string): string => GSM_SYMBOLS.reduce((changed, [symbol, letters]) => changed.replaceAll(symbol, letters), text);

/** The fullest of the variants that fits two parts: what matters least goes first, never amount, date, consequence, link or the way out. */
function smsText(facts: MessageFacts): string {
  const values = valuesOf(facts);
  const fit = facts.language === 'en' ? inGsm : (text: string): string => text;
  const say = (path: string): string => words(facts.language, `sms.${path}`, values);
  const variants = smsVariants(facts, say).map((parts) => fit(say('sender') + parts.join('')));
  return variants.find((text) => smsLength(text).segments <= SMS_SEGMENTS_MAX) ?? variants.at(-1) ?? '';
}

function smsVariants(facts: MessageFacts, say: Say): readonly (readonly string[])[] {
  const contact = facts.insurer.contactPhone === '' ? '' : say('contact');
  if (facts.purpose === 'receipt') {
    const cover = (facts.receipt?.leftMinor ?? 0n) > 0n ? '' : say('receipt_cover');
    return [[say('receipt'), cover, say('receipt_link'), contact], [say('receipt'), cover, say('receipt_link')]];
  }
  const optOut = facts.optOutLink === null ? '' : say('opt_out');
  const pay = say('pay');
  if (facts.purpose === 'welcome') return [[say('welcome'), pay, contact, optOut], [say('welcome'), pay, optOut], [say('tight'), optOut]];
  const consequence = say(`consequence.${consequenceOf(facts)}`);
  if (facts.purpose === 'bill') return [[say('bill'), consequence, say('bill_link'), contact], [say('bill'), consequence, say('bill_link')], [say('tight')]];
  if (facts.purpose === 'legal_notice') return [[say('legal_notice'), consequence, pay, contact], [say('legal_notice'), consequence, pay], [say('legal_notice_tight')]];
  const when = dueWhen(facts);
  const [opening, due, bare] = [say(`opening.${toneOf(facts)}`), say(`due.${when}`), say(`due_bare.${when}`)];
  const offer = facts.template === 'offer_plan' ? say('offer_plan') : '';
  return [
    [opening, due, consequence, offer, pay, contact, optOut], [opening, due, consequence, offer, pay, optOut], [due, consequence, offer, pay, optOut],
    [due, consequence, pay, optOut], [bare, consequence, offer, pay, optOut], [bare, consequence, pay, optOut], [say('tight'), optOut],
  ];
}
