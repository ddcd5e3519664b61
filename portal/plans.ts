/** A bill in parts or later, and a due day of one's own: what each costs and when, side by side, before one says yes. */

import { formatMoney, type Currency, type Language, type PlainDate } from '../src/kernel/index.ts';
import { type PayPageFacts } from './facts.ts';
import { dateText, framed, withLanguage } from './frame.ts';
import { html, type Html } from './html.ts';
import { type OtherWayInput } from './other-ways.ts';
import { frameOf } from './pay-page.ts';
import { say } from './texts.ts';

type Part = { readonly dueOn: PlainDate; readonly amountMinor: bigint };
export type PlanOffer = { readonly kind: 'spread' | 'interest_free' | 'deferral'; readonly count: number; readonly days: number; readonly parts: readonly Part[]; readonly totalMinor: bigint; readonly chargeMinor: bigint; readonly coverUntil: PlainDate | null };

const back = (address: string, language: Language): Html => html`<a class="button" href="${withLanguage(address, language)}">${say(language, 'dispute_back')}</a>`;
const rows = (parts: readonly Part[], currency: Currency, language: Language): Html =>
  html`<ul class="rows">${parts.map(({ dueOn, amountMinor }) => html`<li><span>${dateText(dueOn, language)}</span><strong>${formatMoney(amountMinor, currency)}</strong></li>`)}</ul>`;
const hidden = (name: string, value: string): Html => html`<input type="hidden" name="${name}" value="${value}">`;

/** `changed`: the bill was changed while they were looking. Empty: no plan can be agreed here. */
export function plansPage(input: OtherWayInput & { readonly offers: readonly PlanOffer[]; readonly version: string; readonly changed: boolean }): string {
  const { facts, language, address, offers, version, changed } = input;
  const frame = { ...frameOf(input, say(language, 'plans_title')), address: `${address}/plans` };
  const money = (minor: bigint): string => formatMoney(minor, facts.currency);
  if (offers.length === 0) return framed(frame, html`<section class="card"><h2>${say(language, 'plans_none')}</h2><p>${say(language, 'later_none_next')}</p></section>${back(address, language)}`);
  const alert = changed ? html`<div class="alert" role="alert"><p>${say(language, 'plans_changed')}</p></div>` : null;
  const cards = offers.map((offer) => html`<section class="card"><h2>${say(language, offer.kind === 'deferral' ? 'plans_later' : 'plans_parts', { count: String(offer.kind === 'deferral' ? offer.days : offer.count) })}</h2>
${rows(offer.parts, facts.currency, language)}<p><strong>${say(language, 'plans_total', { amount: money(offer.totalMinor) })}</strong><br>
<span class="small">${offer.chargeMinor > 0n ? say(language, 'plans_charge', { amount: money(offer.chargeMinor) }) : say(language, 'plans_free')}</span></p>
${offer.coverUntil === null ? null : html`<p class="small">${say(language, 'plans_cover', { date: dateText(offer.coverUntil, language) })}</p>`}
<form method="post" action="${address}/plans">${hidden('lang', language)}${hidden('version', version)}${hidden('kind', offer.kind)}${hidden('parts', String(offer.count))}${hidden('days', String(offer.days))}
<button class="main">${say(language, 'plans_agree')}</button></form></section>`);
  return framed(frame, html`${alert}<p>${say(language, 'plans_now', { amount: money(facts.amountMinor), date: dateText(facts.dueOn, language) })}</p>${cards}${back(address, language)}`);
}

/** What was agreed a moment ago; the page of its first part. */
export function plannedPage(input: OtherWayInput & { readonly parts: readonly Part[] }): string {
  const { facts, language, address, parts } = input;
  const total = parts.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  return framed({ ...frameOf(input, say(language, 'plans_title')), address: `${address}/planned` }, html`<section class="card" role="status"><h2>${say(language, 'planned_title')}</h2>${rows(parts, facts.currency, language)}
<p><strong>${say(language, 'plans_total', { amount: formatMoney(total, facts.currency) })}</strong></p><p>${say(language, 'planned_next')}</p></section>
<a class="button main" href="${withLanguage(address, language)}">${say(language, 'planned_pay')}</a>`);
}

export type DueDayOffer = {
  readonly day: number; readonly version: string;
  /** The bill for the days between, where there is one; `withinFirst`: too small, it is paid with the first. */
  readonly between: readonly (Part & { readonly from: PlainDate; readonly to: PlainDate })[];
  readonly next: readonly Part[];
};
export type DueDayNote = 'done' | 'changed' | 'outside' | 'not_possible' | null;

export function dueDayPage(input: OtherWayInput & { readonly daysMax: number; readonly now: number; readonly offer: DueDayOffer | null; readonly note: DueDayNote }): string {
  const { facts, language, address, daysMax, now, offer, note } = input;
  const frame = { ...frameOf(input, say(language, 'due_day_title')), address: offer === null ? `${address}/due-day` : `${address}/due-day?day=${offer.day}` };
  if (note === 'done') {
    return framed({ ...frame, address: `${address}/due-day?note=done` }, html`<section class="card" role="status"><h2>${say(language, 'due_day_done', { day: String(now) })}</h2><p>${say(language, 'due_day_cover')}</p></section>${back(address, language)}`);
  }
  const alert = note === null ? null : html`<div class="alert" role="alert"><p>${say(language, `due_day_${note}`)}</p></div>`;
  const shown = offer === null ? null : offerCard(offer, facts, address, language);
  const days = Array.from({ length: daysMax }, (_, i) => i + 1).filter((day) => day !== now);
  const form = html`<section class="card"><h2>${say(language, 'due_day_title')}</h2><p>${say(language, 'due_day_now', { day: String(now) })}</p><form method="get" action="${address}/due-day">${hidden('lang', language)}
<label class="small" for="day">${say(language, 'due_day_new')}</label><select id="day" name="day">${days.map((day) => html`<option value="${day}"${day === offer?.day ? html` selected` : null}>${day}</option>`)}</select>
<button${offer === null ? html` class="main"` : null}>${say(language, 'due_day_show')}</button></form></section>`;
  return framed(frame, html`${alert}${shown}${form}${back(`${address}/later`, language)}`);
}

function offerCard({ day, version, between, next }: DueDayOffer, { currency }: PayPageFacts, address: string, language: Language): Html {
  const short = between.map(({ from, to, dueOn, amountMinor }) => html`<p>${say(language, 'due_day_between', { amount: formatMoney(amountMinor, currency), from: dateText(from, language), to: dateText(to, language), date: dateText(dueOn, language) })}</p>`);
  return html`<section class="card"><h2>${say(language, 'due_day_offer', { day: String(day) })}</h2>${short}<h3>${say(language, 'due_day_next')}</h3>${rows(next, currency, language)}<p class="small">${say(language, 'due_day_cover')}</p>
<form method="post" action="${address}/due-day">${hidden('lang', language)}${hidden('day', String(day))}${hidden('version', version)}<button class="main">${say(language, 'due_day_send')}</button></form></section>`;
}
