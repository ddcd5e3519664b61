/** One page: what for, how much, by when, what it keeps; one large button. */

import { addDays, decimalText, formatMoney, type Language, type PlainDate } from '../src/kernel/index.ts';
import { type DisputeFacts, type OtherBill, type PayPageFacts, type PromiseFacts, type SurveyFacts } from './facts.ts';
import { dateText, framed, withLanguage, type Frame } from './frame.ts';
import { html, type Html } from './html.ts';
import { receiptBody } from './receipt.ts';
import { surveyForm } from './survey.ts';
import { say } from './texts.ts';
import { chargeName, lineName, resolutionText } from './words.ts';

export type PayPageInput = {
  readonly facts: PayPageFacts;
  readonly language: Language;
  readonly nonce: string;
  /** `/pay/<token>`. */
  readonly address: string;
  readonly today: PlainDate;
  readonly dispute: DisputeFacts | null;
  readonly promise: PromiseFacts;
  readonly survey: SurveyFacts;
  /** The person has just come back from the provider: a payment that is not settled yet is waited for. */
  readonly returned: boolean;
};

const REFRESH_SECONDS = 3;
const INTERRUPTED = new Set(['suspended', 'lapsed']);

/** The whole page, by the state of the bill and of its last payment. */
export function payPage(input: PayPageInput): string {
  const { facts, language, returned } = input;
  if (facts.state === 'paid')
    return framed(
      frameOf(input, say(language, 'receipt', { amount: paidText(facts) })),
      html`${receiptBody(facts, language)}${facts.payment === null ? null : surveyForm(input.survey, language, input.address)}`,
    );
  if (facts.state !== 'open') return framed(frameOf(input, say(language, 'closed')), closedBody(language));
  const waiting =
    facts.payment?.state === 'pending' || (returned && (facts.payment?.state === 'created' || facts.payment?.state === 'succeeded'));
  if (waiting)
    return framed(
      { ...frameOf(input, say(language, 'waiting')), address: `${input.address}/done`, refreshSeconds: REFRESH_SECONDS },
      waitingBody(input),
    );
  return framed(frameOf(input, say(language, 'title')), openBody(input));
}

const paidText = (facts: PayPageFacts): string => formatMoney(facts.payment?.amountMinor ?? facts.premiumMinor, facts.currency);

export function insurerName(facts: PayPageFacts, language: Language): string {
  if (language === 'en') return facts.insurerName;
  return language === 'zh-Hans' ? facts.insurerNameZhHans : facts.insurerNameZhHant;
}

export function frameOf(input: Pick<PayPageInput, 'facts' | 'language' | 'nonce' | 'address'>, title: string): Frame {
  const { facts, language, nonce, address } = input;
  return {
    language,
    nonce,
    title,
    insurer: insurerName(facts, language),
    phone: facts.contactPhone,
    simulated: facts.simulated,
    address,
    myAddress: `/my/${facts.insurerCode}`,
  };
}

function openBody(input: PayPageInput): Html {
  const { facts, language, today } = input;
  const late = facts.dueOn < today;
  const early = earlyPayment(facts, today);
  const less = early?.amountMinor ?? 0n;
  const failed =
    facts.payment?.state === 'failed'
      ? html`<div class="alert" role="alert"><p><strong>${say(language, 'failed')}</strong> ${say(language, 'failed_next')}</p></div>`
      : null;
  return html`${failed}${partPaid(facts, today, language)}${disputeNote(input)}${promiseNote(input)}<section class="card"><h1>${say(language, 'greeting', { name: facts.maskedName })}</h1>
<p class="small">${say(language, 'to_pay')}</p><p class="amount">${formatMoney(facts.amountMinor - less, facts.currency)}</p>
${early === null ? null : html`<p><strong>${say(language, 'early', { date: dateText(early.until, language), amount: formatMoney(facts.amountMinor, facts.currency) })}</strong></p>`}
<p class="due">${say(language, late ? 'was_due_on' : 'due_on', { date: dateText(facts.dueOn, language) })}</p>
<div class="what"><p>${say(language, 'keeps', { line: lineName(facts.line, language), from: dateText(facts.periodFrom, language), to: dateText(facts.periodTo, language) })}</p>
<p class="small">${facts.product === '' ? '' : `${facts.product} · `}${say(language, 'policy', { end: facts.policyNumberEnd })}</p>${standing(facts, late, language)}</div>
${feeScale(facts, today, language)}${breakdown(facts, language)}${documentLinks(input)}</section>${methods(input, options(input), early === null ? null : html`<input type="hidden" name="part" value="${decimalText(facts.amountMinor - less, facts.currency)}">`)}`;
}

/** The largest discount that still holds. */
export function earlyPayment({ discounts = [], amountMinor }: PayPageFacts, today: PlainDate): { readonly until: PlainDate; readonly amountMinor: bigint } | null {
  return discounts.reduce<{ until: PlainDate; amountMinor: bigint } | null>((best, one) => (one.until >= today && one.amountMinor < amountMinor && one.amountMinor > (best?.amountMinor ?? 0n) ? one : best), null);
}

/** What being late will cost, before it does. */
function feeScale({ lateFees = [], currency }: PayPageFacts, today: PlainDate, language: Language): Html | null {
  const ahead = lateFees.filter(({ from }) => from > today);
  if (ahead.length === 0) return null;
  return html`<details><summary>${say(language, 'late_fees')}</summary><dl>${ahead.map(({ from, amountMinor }) => html`<dt>${say(language, 'from_day', { date: dateText(from, language) })}</dt><dd>${formatMoney(amountMinor, currency)}</dd>`)}</dl></details>`;
}

/** The whole bill, to read or to keep. */
const documentLinks = ({ address, language }: PayPageInput): Html => html`<p class="docs"><a href="${withLanguage(`${address}/bill`, language)}">${say(language, 'bill_page')}</a><a href="${withLanguage(`${address}/bill.pdf`, language)}">${say(language, 'bill_pdf')}</a></p>`;

/** A part came in: what was paid, and by when the rest keeps the cover. */
function partPaid(facts: PayPageFacts, today: PlainDate, language: Language): Html | null {
  if (facts.payment?.state !== 'succeeded') return null;
  return html`<div class="alert note" role="status"><p><strong>${say(language, 'part_paid', { amount: formatMoney(facts.payment.amountMinor, facts.currency) })}</strong>
${restText(facts, facts.amountMinor, today, language)}</p></div>`;
}

/** By when the rest of a bill is due, and what that means for the cover. */
export function restText(facts: PayPageFacts, restMinor: bigint, today: PlainDate, language: Language): string {
  const { graceEndsOn } = facts;
  const amount = formatMoney(restMinor, facts.currency);
  const rest =
    facts.dueOn < today ? say(language, 'rest_late', { amount }) : say(language, 'rest_due', { amount, date: dateText(facts.dueOn, language) });
  if (INTERRUPTED.has(facts.stage)) return `${rest} ${say(language, 'rest_interrupted')}`;
  return graceEndsOn === null || graceEndsOn < today
    ? `${rest} ${say(language, 'rest_no_grace')}`
    : `${rest} ${say(language, 'rest_cover', { date: dateText(graceEndsOn, language) })}`;
}

function disputeNote({ dispute, language, address }: PayPageInput): Html | null {
  if (dispute === null) return null;
  return html`<div class="alert note"><p>${disputeText(dispute, language)}</p><a href="${withLanguage(`${address}/dispute`, language)}">${say(language, 'dispute_look', { number: String(dispute.disputeId) })}</a></div>`;
}

/** Where a dispute stands, in one sentence. */
export function disputeText({ answerBy, closedOn, resolution }: DisputeFacts, language: Language): string {
  return closedOn === null
    ? say(language, 'disputed', { date: dateText(answerBy, language) })
    : `${say(language, 'dispute_answered', { date: dateText(closedOn, language) })} ${resolutionText(resolution ?? '', language)}`;
}

function promiseNote({ promise, today, language }: PayPageInput): Html | null {
  if (promise.payBy === null || promise.payBy < today) return null;
  return html`<div class="alert note"><p>${say(language, 'promised', { date: dateText(promise.payBy, language) })}</p></div>`;
}

/** What can be done instead of paying this one bill now: never hidden, right below the button. */
function options({ facts, language, address, today, promise, dispute }: PayPageInput): Html {
  const link = (path: string, text: string): Html => html`<a class="button" href="${withLanguage(`${address}/${path}`, language)}">${text}</a>`;
  const payable = facts.methods.length > 0;
  const others = payableTogether(facts, today).length;
  return html`<div class="options" role="group" aria-label="${say(language, 'options')}">
${payable && others > 0 ? link('several', say(language, 'several', { count: String(others + 1) })) : null}
${payable && facts.partMinimumMinor < facts.amountMinor ? link('part', say(language, 'part')) : null}
${facts.state === 'open' && dispute?.closedOn !== null ? link('plans', say(language, 'plans')) : null}
${promise.days === null ? null : link('later', say(language, 'later'))}
${dispute?.closedOn === null ? null : link('dispute', say(language, 'wrong'))}</div>`;
}

/** Other bills that are due, or due within so many days, may be paid with this one. */
const TOGETHER_DAYS = 30;
export const payableTogether = (facts: PayPageFacts, today: PlainDate): readonly OtherBill[] => facts.others.filter(({ dueOn }) => dueOn <= addDays(today, TOGETHER_DAYS));

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

/** One button for each way to pay, the large one first. `beside`: what stands below it. `chosen`: hidden fields of what is paid. */
export function methods(input: Pick<PayPageInput, 'facts' | 'language' | 'address'>, beside: Html | null, chosen: Html | null = null): Html {
  const { facts, language, address } = input;
  const first = facts.methods.find((method) => method.lastUsed) ?? facts.methods[0];
  if (first === undefined) return html`<div class="alert note"><p>${say(language, 'no_methods')}</p></div>${beside}`;
  const button = (
    id: string,
    label: string,
    main: boolean,
  ): Html => html`<form method="post" action="${address}"><input type="hidden" name="method" value="${id}">
<input type="hidden" name="lang" value="${language}">${chosen}<button class="${main ? 'main' : 'other'}">${say(language, 'pay_with', { method: label })}</button></form>`;
  const others = facts.methods.filter((method) => method !== first).map((method) => button(method.id, method.label[language], false));
  const lastUsed = first.lastUsed ? html`<p class="small">${say(language, 'last_used')}</p>` : null;
  return html`${button(first.id, first.label[language], true)}${lastUsed}${beside}
${others.length === 0 ? null : html`<h3>${say(language, 'other_ways')}</h3>${others}`}<p class="small">${say(language, 'secure')}</p>`;
}

function waitingBody({ language, address }: PayPageInput): Html {
  return html`<section class="card" role="status"><div class="wait"></div><h2>${say(language, 'waiting')}</h2><p>${say(language, 'waiting_next')}</p></section>
<a class="button" href="${withLanguage(address, language)}">${say(language, 'waiting_back')}</a>`;
}

function closedBody(language: Language): Html {
  return html`<section class="card"><h2>${say(language, 'closed')}</h2><p>${say(language, 'closed_next')}</p></section>`;
}
