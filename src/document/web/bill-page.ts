/** The bill as one light page without a script, in the order of the paper: amount, due date, how to pay, what follows, where to ask; then the rest. */

import { escape, html, type Html, type Language, LANGUAGES } from '../../kernel/index.ts';
import { type BillDocument, isLate, isOwed } from '../bill-document.ts';
import { altText, changesOf, consequenceOf, type DesignTerms, headlineOf, helpTexts, insurerName, lateTexts, payUrlText, scanText, valuesOf } from '../designs.ts';
import { QUIET_SQUARES, qrRuns, svgPath } from '../qr/modules.ts';
import { date, money, say, textOf } from '../texts.ts';
import { styleOf } from './style.ts';

export type BillPageInput = {
  readonly bill: BillDocument; readonly design: DesignTerms; readonly language: Language;
  /** Of the content security policy. */
  readonly nonce: string;
  /** Where the same page is in another language, and where the bill is as a PDF; null: neither is offered (a preview). */
  readonly addressIn: ((language: Language) => string) | null; readonly pdfAddress: string | null;
  /** Where the button leads; null: no button. */
  readonly payAddress: string | null;
};

/** Letters beyond which an amount is set smaller, so that it stays on one line of a phone. */
const LONG_AMOUNT = 13;

const NAMES: Readonly<Record<Language, string>> = { en: 'English', 'zh-Hans': '简体', 'zh-Hant': '繁體' };

export function billPage(input: BillPageInput): string {
  const { bill, design, language, nonce, pdfAddress } = input;
  const title = `${say(language, 'title')} ${bill.reference}`;
  const head =
    `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex,nofollow">` +
    `<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,"><title>${escape(title)}</title><style nonce="${escape(nonce)}">${styleOf(design.accent)}</style></head>`;
  const links = pdfAddress === null ? null : html`<p class="links"><a href="${pdfAddress}">${say(language, 'as_pdf')}</a></p>`;
  const simulated = bill.insurer.simulated ? html`<p>${say(language, 'simulated')}</p>` : null;
  const page = html`<body class="${design.layout === 'column' ? 'cover' : 'plain'}"><header><strong>${insurerName(bill, language)}</strong>${contact(input)}${languages(input)}</header>
<main>${hero(input)}${facts(input)}${lines(input)}${changed(input)}${announced(input)}<div class="two">${ways(input)}${late(input)}</div>${help(input)}${links}</main>
<footer>${bill.insurer.address === '' ? null : html`<p>${bill.insurer.address}</p>`}${simulated}</footer></body>`;
  return `${head}${page.html}</html>`;
}

function languages({ language, addressIn }: BillPageInput): Html | null {
  if (addressIn === null) return null;
  return html`<nav>${LANGUAGES.map((one) => (one === language ? html`<a lang="${one}" aria-current="true" href="${addressIn(one)}">${NAMES[one]}</a>` : html`<a lang="${one}" hreflang="${one}" href="${addressIn(one)}">${NAMES[one]}</a>`))}</nav>`;
}

function contact({ bill: { insurer }, design, language }: BillPageInput): Html | null {
  if (!design.first.includes('contact') || (insurer.phone === '' && insurer.email === '')) return null;
  const phone = insurer.phone === '' ? null : html` <a href="tel:${insurer.phone.replace(/[^\d+]/g, '')}">${insurer.phone}</a>`;
  return html`<p>${say(language, 'help_title')}${phone === null ? html` <a href="mailto:${insurer.email}">${insurer.email}</a>` : phone}</p>`;
}

function hero(input: BillPageInput): Html {
  const { bill, design, language, payAddress } = input;
  const { first } = design;
  const owed = isOwed(bill);
  const owedText = money(bill.outstandingMinor, bill.currency);
  const cover = design.layout === 'column' || design.wording.headline !== undefined || !owed;
  const h1 = cover ? headlineOf(design, bill, language) : `${say(language, 'title')} · ${say(language, 'to_pay')}`;
  const consequence = owed && first.includes('consequence') ? html`<p>${consequenceOf(design, bill, language)}</p>` : null;
  const amount = first.includes('amount') ? html`${cover ? html`<p class="small">${say(language, owed || bill.state === 'held' ? 'to_pay' : 'nothing_to_pay')}</p>` : null}<p class="${owedText.length > LONG_AMOUNT ? 'amount long' : 'amount'}">${owedText}</p>` : null;
  const due = owed && first.includes('due') ? html`<p class="due">${say(language, isLate(bill) ? 'was_due' : 'by_date', { date: date(bill.dueOn, language) })}</p>` : null;
  const button = owed && payAddress !== null && first.includes('pay') ? html`<a class="pay" href="${payAddress}">${say(language, 'pay_now', { amount: money(bill.outstandingMinor, bill.currency) })}</a>` : null;
  const online = owed && first.includes('pay') && bill.ways.length > 0 ? html`<p class="small">${say(language, 'online_only', valuesOf(bill, language))}</p>` : null;
  const figure = owed && first.includes('pay') ? qrFigure(bill, language) : null;
  return html`<section class="${figure === null ? 'hero' : 'hero qr'}"><div><h1>${h1}</h1>${design.layout === 'column' ? consequence : null}${amount}${due}${button}${online}${design.layout === 'column' ? null : consequence}</div>${figure}</section>`;
}

function qrFigure(bill: BillDocument, language: Language): Html | null {
  if (bill.qr === null) return null;
  const code = qrRuns(bill.qr.payload);
  const side = code.size + 2 * QUIET_SQUARES;
  return html`<figure><svg role="img" aria-label="${altText(bill, language)}" viewBox="0 0 ${side} ${side}" shape-rendering="crispEdges"><path d="${svgPath(code)}"/></svg><figcaption>${scanText(bill, language) ?? ''}</figcaption></figure>`;
}

const fact = (name: string, value: string): Html => html`<dt>${name}</dt><dd>${value}</dd>`;
const card = (title: string, body: Html): Html => html`<section class="card"><h2>${title}</h2>${body}</section>`;
const sentences = (texts: readonly string[]): readonly Html[] => texts.map((text) => html`<p>${text}</p>`);

function facts({ bill: { holder, reference, policy, period, issuedOn }, language }: BillPageInput): Html {
  return html`<section class="card"><p><strong>${holder.name}</strong>${holder.addressLines.map((line) => html`<br>${line}`)}</p><dl>${fact(say(language, 'reference'), reference)}${fact(say(language, 'policy'), policy.number)}
${policy.product === '' ? null : fact(say(language, 'cover'), policy.product)}${fact(say(language, 'period'), say(language, 'from_to', { from: date(period.from, language), to: date(period.to, language) }))}${fact(say(language, 'issued'), date(issuedOn, language))}</dl></section>`;
}

function lines({ bill, language }: BillPageInput): Html {
  const { previous, currency } = bill;
  const amount = (minor: bigint | null): string => (minor === null ? '–' : money(minor, currency));
  const change = (minor: bigint): string => (minor === 0n ? '–' : `${minor > 0n ? '+' : ''}${money(minor, currency)}`);
  const row = (name: string, before: bigint | null, now: bigint | null, total = false): Html => html`<tr class="${total ? 'total' : 'line'}"><th scope="row">${name}</th>${previous === null ? null : html`<td class="before">${amount(before)}</td>`}
<td>${amount(now)}</td>${previous === null ? null : html`<td class="change">${change((now ?? 0n) - (before ?? 0n))}</td>`}</tr>`;
  const only = (name: string, now: bigint, total = false): Html => html`<tr class="${total ? 'total' : 'line'}"><th scope="row">${name}</th>${previous === null ? null : html`<td></td>`}<td>${money(now, currency)}</td>${previous === null ? null : html`<td class="change"></td>`}</tr>`;
  return card(say(language, 'lines_title'), html`<div class="wide" tabindex="0" role="group" aria-label="${say(language, 'lines_title')}"><table><thead><tr><th scope="col">${say(language, 'item')}</th>${previous === null ? null : html`<th scope="col">${say(language, 'before')}</th>`}<th scope="col">${say(language, 'now')}</th>
${previous === null ? null : html`<th scope="col" class="change">${say(language, 'change')}</th>`}</tr></thead><tbody>${bill.lines.map((line) => row(line.name[language], line.beforeMinor, line.amountMinor))}
${(previous?.gone ?? []).map((line) => row(line.name[language], line.amountMinor, null))}${row(say(language, 'total'), previous?.totalMinor ?? null, bill.totalMinor, true)}
${bill.paidMinor === 0n ? null : only(say(language, 'already_paid'), -bill.paidMinor)}${bill.paidMinor === 0n || !isOwed(bill) ? null : only(say(language, 'to_pay'), bill.outstandingMinor, true)}</tbody></table></div>`);
}

function changed({ bill, language }: BillPageInput): Html {
  const { summary, parts } = changesOf(bill, language);
  if (bill.previous === null) return html`<p class="small">${summary}</p>`;
  return card(say(language, 'changed_title'), html`<p><strong>${summary}</strong></p>${parts.length === 0 ? null : html`<ul>${parts.map((text) => html`<li>${text}</li>`)}</ul>`}`);
}

function announced({ bill, language }: BillPageInput): Html | null {
  const { discounts = [], lateFees = [], currency } = bill;
  if (!isOwed(bill)) return null;
  const early = discounts.length === 0 ? null : card(say(language, 'discount_title'), html`${sentences(discounts.map(({ until, amountMinor }) => say(language, 'discount_row', { date: date(until, language), amount: money(amountMinor, currency) })))}`);
  const fees = lateFees.length === 0 ? null : card(say(language, 'fees_title'), html`${sentences(lateFees.map(({ from, amountMinor }) => say(language, 'fees_row', { date: date(from, language), amount: money(amountMinor, currency) })))}`);
  return html`${early}${fees}`;
}

function ways({ bill, language }: BillPageInput): Html | null {
  if (!isOwed(bill) || (bill.payees.length === 0 && bill.payUrl === null)) return null;
  const transfer = bill.payees.length === 0 ? null : html`<p>${say(language, 'transfer_text')}</p><dl>${bill.payees.map(({ kind, value }) => fact(textOf(language, kind), value))}${fact(say(language, 'reference'), bill.reference)}</dl>`;
  const link = bill.payUrl === null ? null : html`<p class="small">${say(language, 'pay_link')}<br><a href="${bill.payUrl}">${payUrlText(bill.payUrl)}</a></p>`;
  return card(say(language, 'ways_title'), html`${transfer}${link}`);
}

const late = ({ bill, design, language }: BillPageInput): Html | null => (isOwed(bill) ? card(say(language, 'late_title'), html`${sentences(lateTexts(design, bill, language))}`) : null);
const help = ({ bill, language }: BillPageInput): Html => card(say(language, 'help_title'), html`${sentences(helpTexts(bill, language))}`);
