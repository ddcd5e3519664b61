/** One page: what for, how much, by when, what it keeps; one large button. */

import { formatMoney, type Language, type PlainDate } from '../src/kernel/index.ts';
import { type PayPageFacts } from './facts.ts';
import { dateText, framed, withLanguage, type Frame } from './frame.ts';
import { html, type Html } from './html.ts';
import { receiptBody } from './receipt.ts';
import { chargeName, lineName, say } from './texts.ts';

export type PayPageInput = {
  readonly facts: PayPageFacts;
  readonly language: Language;
  readonly nonce: string;
  /** `/pay/<token>`. */
  readonly address: string;
  readonly today: PlainDate;
  /** A dispute of this bill is open and will be answered by then. */
  readonly answerBy: PlainDate | null;
  /** The person has just come back from the provider: a payment that is not settled yet is waited for. */
  readonly returned: boolean;
};

const REFRESH_SECONDS = 3;
const INTERRUPTED = new Set(['suspended', 'lapsed']);

/** The whole page, by the state of the bill and of its last payment. */
export function payPage(input: PayPageInput): string {
  const { facts, language, returned } = input;
  if (facts.state === 'paid')
    return framed(frameOf(input, say(language, 'receipt', { amount: paidText(facts) }), false), receiptBody(facts, language));
  if (facts.state !== 'open') return framed(frameOf(input, say(language, 'closed'), false), closedBody(language));
  const waiting =
    facts.payment?.state === 'pending' || (returned && (facts.payment?.state === 'created' || facts.payment?.state === 'succeeded'));
  if (waiting)
    return framed(
      { ...frameOf(input, say(language, 'waiting'), false), address: `${input.address}/done`, refreshSeconds: REFRESH_SECONDS },
      waitingBody(input),
    );
  return framed(frameOf(input, say(language, 'title'), true), openBody(input));
}

const paidText = (facts: PayPageFacts): string => formatMoney(facts.payment?.amountMinor ?? facts.premiumMinor, facts.currency);

export function insurerName(facts: PayPageFacts, language: Language): string {
  if (language === 'en') return facts.insurerName;
  return language === 'zh-Hans' ? facts.insurerNameZhHans : facts.insurerNameZhHant;
}

function frameOf(input: PayPageInput, title: string, disputable: boolean): Frame {
  const { facts, language, nonce, address } = input;
  return {
    language,
    nonce,
    title,
    insurer: insurerName(facts, language),
    phone: facts.contactPhone,
    simulated: facts.simulated,
    address,
    disputeAddress: disputable && input.answerBy === null ? `${address}/dispute` : null,
  };
}

function openBody(input: PayPageInput): Html {
  const { facts, language, today } = input;
  const late = facts.dueOn < today;
  const failed =
    facts.payment?.state === 'failed'
      ? html`<div class="alert" role="alert"><p><strong>${say(language, 'failed')}</strong> ${say(language, 'failed_next')}</p></div>`
      : null;
  const disputed =
    input.answerBy === null
      ? null
      : html`<div class="alert note"><p>${say(language, 'disputed', { date: dateText(input.answerBy, language) })}</p></div>`;
  return html`${failed}${disputed}<section class="card"><h1>${say(language, 'greeting', { name: facts.maskedName })}</h1>
<p class="small">${say(language, 'to_pay')}</p><p class="amount">${formatMoney(facts.amountMinor, facts.currency)}</p>
<p class="due">${say(language, late ? 'was_due_on' : 'due_on', { date: dateText(facts.dueOn, language) })}</p>
<div class="what"><p>${say(language, 'keeps', { line: lineName(facts.line, language), from: dateText(facts.periodFrom, language), to: dateText(facts.periodTo, language) })}</p>
<p class="small">${facts.product === '' ? '' : `${facts.product} · `}${say(language, 'policy', { end: facts.policyNumberEnd })}</p>${standing(facts, late, language)}</div>
${breakdown(facts, language)}</section>${methods(input)}`;
}

/** What not paying means for the cover, in one sentence, and only where it is near. */
function standing(facts: PayPageFacts, late: boolean, language: Language): Html | null {
  if (INTERRUPTED.has(facts.stage)) return html`<p><strong>${say(language, 'interrupted')}</strong></p>`;
  if (late && facts.graceEndsOn !== null)
    return html`<p><strong>${say(language, 'grace', { date: dateText(facts.graceEndsOn, language) })}</strong></p>`;
  return null;
}

function breakdown(facts: PayPageFacts, language: Language): Html | null {
  const { charges, premiumMinor, currency } = facts;
  const paidBefore = premiumMinor + charges.reduce((sum, charge) => sum + charge.amountMinor, 0n) - facts.amountMinor;
  if (charges.length === 0 && paidBefore === 0n) return null;
  const rows = charges.map(
    (charge) => html`<dt>${chargeName(charge.kind, language)}</dt><dd>${formatMoney(charge.amountMinor, currency)}</dd>`,
  );
  const before = paidBefore > 0n ? html`<dt>${say(language, 'paid_before')}</dt><dd>${formatMoney(-paidBefore, currency)}</dd>` : null;
  return html`<details><summary>${say(language, 'charges')}</summary><dl><dt>${say(language, 'premium')}</dt><dd>${formatMoney(premiumMinor, currency)}</dd>${rows}${before}</dl></details>`;
}

function methods(input: PayPageInput): Html {
  const { facts, language, address } = input;
  const first = facts.methods.find((method) => method.lastUsed) ?? facts.methods[0];
  if (first === undefined) return html`<div class="alert note"><p>${say(language, 'no_methods')}</p></div>`;
  const button = (
    id: string,
    label: string,
    main: boolean,
  ): Html => html`<form method="post" action="${address}"><input type="hidden" name="method" value="${id}">
<input type="hidden" name="lang" value="${language}"><button class="${main ? 'main' : 'other'}">${say(language, 'pay_with', { method: label })}</button></form>`;
  const others = facts.methods.filter((method) => method !== first).map((method) => button(method.id, method.label[language], false));
  const lastUsed = first.lastUsed ? html`<p class="small">${say(language, 'last_used')}</p>` : null;
  return html`${button(first.id, first.label[language], true)}${lastUsed}
${others.length === 0 ? null : html`<h3>${say(language, 'other_ways')}</h3>${others}`}<p class="small">${say(language, 'secure')}</p>`;
}

function waitingBody({ language, address }: PayPageInput): Html {
  return html`<section class="card" role="status"><div class="wait"></div><h2>${say(language, 'waiting')}</h2><p>${say(language, 'waiting_next')}</p></section>
<a class="button" href="${withLanguage(address, language)}">${say(language, 'waiting_back')}</a>`;
}

function closedBody(language: Language): Html {
  return html`<section class="card"><h2>${say(language, 'closed')}</h2><p>${say(language, 'closed_next')}</p></section>`;
}
