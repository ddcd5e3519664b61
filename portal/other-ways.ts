/** Several bills at once, a part now, another day: one small page each, chosen first, then confirmed with the total. */

import { addDays, dayOfWeek, formatMoney, shareOf, decimalText, type Language, type PlainDate } from '../src/kernel/index.ts';
import { type PayPageFacts, type PromiseFacts } from './facts.ts';
import { dateText, framed, withLanguage } from './frame.ts';
import { html, type Html } from './html.ts';
import { frameOf, methods, payableTogether, restText } from './pay-page.ts';
import { say } from './texts.ts';
import { lineName, weekdayName } from './words.ts';

export type OtherWayInput = {
  readonly facts: PayPageFacts;
  readonly language: Language;
  readonly nonce: string;
  /** `/pay/<token>`. */
  readonly address: string;
  readonly today: PlainDate;
};

const back = (address: string, language: Language): Html => html`<a class="button" href="${withLanguage(address, language)}">${say(language, 'dispute_back')}</a>`;
const nameOf = (bill: { readonly product: string; readonly line: string }, language: Language): string => (bill.product === '' ? lineName(bill.line, language) : bill.product);

/** `chosen`: ids of other bills; null until they were chosen. */
export function severalPage(input: OtherWayInput & { readonly chosen: readonly number[] | null }): string {
  const { facts, language, address, today, chosen } = input;
  const others = payableTogether(facts, today);
  const own = { billId: facts.billId, product: facts.product, line: facts.line, policyNumberEnd: facts.policyNumberEnd, amountMinor: facts.amountMinor, dueOn: facts.dueOn };
  const label = (bill: typeof own): Html => html`<span>${nameOf(bill, language)} · ${say(language, 'policy', { end: bill.policyNumberEnd })}<br>
<span class="small">${say(language, bill.dueOn < today ? 'was_due_on' : 'due_on', { date: dateText(bill.dueOn, language) })}</span></span><strong>${formatMoney(bill.amountMinor, facts.currency)}</strong>`;
  const frame = { ...frameOf(input, say(language, 'several_title')), address: `${address}/several` };
  if (chosen === null) {
    const boxes = others.map((bill) => html`<li><label><input type="checkbox" name="bill" value="${bill.billId}" checked>${label(bill)}</label></li>`);
    const body = html`<section class="card"><h2>${say(language, 'several_title')}</h2><form method="get" action="${address}/several"><input type="hidden" name="lang" value="${language}">
<input type="hidden" name="chosen" value="1"><ul class="rows"><li>${label(own)}</li>${boxes}</ul><button class="main">${say(language, 'several_total')}</button></form></section>`;
    return framed(frame, html`${body}${back(address, language)}`);
  }
  const bills = [own, ...others.filter(({ billId }) => chosen.includes(billId))].toSorted((a, b) => (a.dueOn < b.dueOn ? -1 : a.dueOn > b.dueOn ? 1 : a.billId - b.billId));
  const total = bills.reduce((sum, bill) => sum + bill.amountMinor, 0n);
  const hidden = html`${bills.filter(({ billId }) => billId !== own.billId).map(({ billId }) => html`<input type="hidden" name="bill" value="${billId}">`)}`;
  const query = bills.filter(({ billId }) => billId !== own.billId).map(({ billId }) => `&bill=${billId}`).join('');
  const body = html`<section class="card"><p class="small">${say(language, 'several_count', { count: String(bills.length) })}</p><p class="amount">${formatMoney(total, facts.currency)}</p>
<ul class="rows">${bills.map((bill) => html`<li>${label(bill)}</li>`)}</ul></section>${methods(input, null, hidden)}`;
  return framed({ ...frame, address: `${address}/several?chosen=1${query}` }, html`${body}${back(`${address}/several`, language)}`);
}

export const PART_SHARES = ['half', 'third', 'own'] as const;
export type PartShare = (typeof PART_SHARES)[number];

/** The part that was asked for, never below the minimum; null where `own` is below it or above what is owed. */
export function partOf(facts: PayPageFacts, share: PartShare, ownMinor: bigint | null): bigint | null {
  const { amountMinor: whole, partMinimumMinor: least } = facts;
  if (share === 'own') return ownMinor === null || ownMinor < least || ownMinor > whole ? null : ownMinor;
  // Rounded half to even, as all money is.
  const part = shareOf(whole, 1n, share === 'half' ? 2n : 3n);
  return part < least ? least : part;
}

/** `partMinor`: what is paid now; null until it was chosen. `wrong`: an amount that cannot be a part. */
export function partPage(input: OtherWayInput & { readonly partMinor: bigint | null; readonly wrong: boolean }): string {
  const { facts, language, address, today, partMinor, wrong } = input;
  const money = (minor: bigint): string => formatMoney(minor, facts.currency);
  const frame = { ...frameOf(input, say(language, 'part_title')), address: `${address}/part` };
  if (partMinor === null) {
    const share = (name: PartShare, text: string, checked: boolean): Html => html`<label><input type="radio" name="share" value="${name}"${checked ? html` checked` : null}>${text}</label>`;
    const [half, third] = [partOf(facts, 'half', null) ?? facts.amountMinor, partOf(facts, 'third', null) ?? facts.amountMinor];
    const least = money(facts.partMinimumMinor);
    const alert = wrong ? html`<div class="alert" role="alert"><p>${say(language, 'part_wrong', { least, most: money(facts.amountMinor) })}</p></div>` : null;
    const body = html`${alert}<section class="card"><h2>${say(language, 'part_title')}</h2><p>${say(language, 'part_of', { amount: money(facts.amountMinor) })}</p>
<form method="get" action="${address}/part"><input type="hidden" name="lang" value="${language}"><fieldset><legend class="small">${say(language, 'part_now')}</legend>
${share('half', say(language, 'part_half', { amount: money(half) }), !wrong)}${share('third', say(language, 'part_third', { amount: money(third) }), false)}
${share('own', say(language, 'part_own', { least }), wrong)}</fieldset>
<label class="small" for="amount">${say(language, 'part_amount', { currency: facts.currency })}</label><input type="text" id="amount" name="amount" inputmode="decimal" autocomplete="off" maxlength="20">
<button class="main">${say(language, 'go_on')}</button></form></section>`;
    return framed(frame, html`${body}${back(address, language)}`);
  }
  const rest = facts.amountMinor - partMinor;
  const note = rest === 0n ? null : html`<div class="what"><p>${restText(facts, rest, today, language)}</p><p class="small">${say(language, 'part_reminders')}</p></div>`;
  const hidden = html`<input type="hidden" name="part" value="${decimalText(partMinor, facts.currency)}">`;
  const body = html`<section class="card"><p class="small">${say(language, 'part_now')}</p><p class="amount">${money(partMinor)}</p>${note}</section>${methods(input, null, hidden)}`;
  return framed({ ...frame, address: `${address}/part?share=own&amount=${decimalText(partMinor, facts.currency)}` }, html`${body}${back(`${address}/part`, language)}`);
}

/** `done`: the day was promised a moment ago. */
export function laterPage(input: OtherWayInput & { readonly promise: PromiseFacts; readonly done: boolean }): string {
  const { facts, language, address, today, promise, done } = input;
  const frame = { ...frameOf(input, say(language, 'later_title')), address: `${address}/later` };
  const cover = facts.graceEndsOn === null || facts.graceEndsOn < today ? null : html`<p>${say(language, 'later_cover', { date: dateText(facts.graceEndsOn, language) })}</p>`;
  const open = promise.payBy !== null && promise.payBy >= today ? promise.payBy : null;
  if (done && open !== null) {
    return framed(frame, html`<section class="card" role="status"><h2>${say(language, 'later_done', { date: dateText(open, language) })}</h2><p>${say(language, 'promised', { date: dateText(open, language) })}</p>${cover}</section>${back(address, language)}`);
  }
  const more = html`<a class="button" href="${withLanguage(`${address}/plans`, language)}">${say(language, 'plans_title')}</a><p></p><a class="button" href="${withLanguage(`${address}/due-day`, language)}">${say(language, 'due_day')}</a><p></p>`;
  if (promise.days === null) return framed(frame, html`<section class="card"><h2>${say(language, 'later_none')}</h2><p>${say(language, 'later_none_next')}</p></section>${more}${back(address, language)}`);
  const days: PlainDate[] = [];
  for (let day = promise.days.from; day <= promise.days.to; day = addDays(day, 1)) days.push(day);
  const choices = days.map((day) => html`<option value="${day}"${day === open ? html` selected` : null}>${weekdayName(dayOfWeek(day), language)}${language === 'en' ? ', ' : ' '}${dateText(day, language)}</option>`);
  return framed(frame, html`<section class="card"><h2>${say(language, 'later_title')}</h2><form method="post" action="${address}/later"><input type="hidden" name="lang" value="${language}">
<label class="small" for="day">${say(language, 'later_day')}</label><select id="day" name="day">${choices}</select><p>${say(language, 'later_hint')}</p>${cover}
<button class="main">${say(language, 'later_send')}</button></form></section>${more}${back(address, language)}`);
}
