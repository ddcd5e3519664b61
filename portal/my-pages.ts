/** The pages behind the one-time code: policies and open bills, documents to print, messages. */

import { formatMoney, localDate, type Language, type PlainDate } from '../src/kernel/index.ts';
import { dateText, withLanguage } from './frame.ts';
import { html, type Html } from './html.ts';
import { type MyBillRow, type MyMessageRow, type MyPageInput, type MyPolicyRow, type MyReceiptRow } from './my-facts.ts';
import { myAddress, myPage } from './my-frame.ts';
import { say } from './texts.ts';
import { channelName, chargeName, lineName, policyStateName, purposeName } from './words.ts';

type Home = MyPageInput & { readonly names: readonly string[]; readonly policies: readonly MyPolicyRow[]; readonly bills: readonly MyBillRow[]; readonly today: PlainDate };

const coverName = (row: { readonly product: string; readonly line: string }, language: Language): string => (row.product === '' ? lineName(row.line, language) : row.product);
const fact = (name: string, value: string): Html => html`<dt>${name}</dt><dd>${value}</dd>`;

export function homePage(input: Home): string {
  const { language, insurer, names, policies, bills, today } = input;
  const owed = bills.length === 0 ? html`<section class="card"><h2>${say(language, 'my_nothing_open')}</h2></section>` : html`${bills.map((bill) => openBill(bill, today, language, myAddress(insurer)))}`;
  const body = html`<h1>${say(language, 'greeting', { name: names.join(language === 'en' ? ', ' : '、') })}</h1><h3>${say(language, 'my_open_bills')}</h3>${owed}
<h3>${say(language, 'my_policies')}</h3>${policies.map((policy) => policyCard(policy, language))}`;
  return myPage(input, say(language, 'my_policies'), '', '', body);
}

function openBill(bill: MyBillRow, today: PlainDate, language: Language, address: string): Html {
  const due = say(language, bill.dueOn < today ? 'was_due_on' : 'due_on', { date: dateText(bill.dueOn, language) });
  const pay = bill.inFlight
    ? html`<p>${say(language, 'my_in_flight')}</p>`
    : html`<form method="post" action="${address}/pay"><input type="hidden" name="lang" value="${language}"><input type="hidden" name="bill" value="${bill.billId}">
<button class="main">${say(language, 'my_pay', { amount: formatMoney(bill.leftMinor, bill.currency) })}</button></form>`;
  return html`<section class="card"><p>${coverName(bill, language)} · ${bill.policyNumber}</p><p class="due">${formatMoney(bill.leftMinor, bill.currency)} · ${due}</p>${pay}<p class="docs"><a href="${withLanguage(`${address}/documents/bill/${bill.billId}/pdf`, language)}">${say(language, 'bill_pdf')}</a></p></section>`;
}

function policyCard(policy: MyPolicyRow, language: Language): Html {
  const { paidTo, nextDueOn } = policy;
  return html`<section class="card"><h2>${coverName(policy, language)}</h2><dl>${fact(say(language, 'my_number'), policy.policyNumber)}${fact(say(language, 'state'), policyStateName(policy.state, language))}
${fact(say(language, 'my_cover_from'), dateText(policy.coverFrom, language))}${paidTo === null ? null : fact(say(language, 'my_paid_to'), dateText(paidTo, language))}
${nextDueOn === null ? null : fact(say(language, 'my_next'), `${formatMoney(policy.premiumMinor, policy.currency)} · ${dateText(nextDueOn, language)}`)}</dl></section>`;
}

export function documentsPage(input: MyPageInput & { readonly bills: readonly MyBillRow[]; readonly receipts: readonly MyReceiptRow[]; readonly timeZone: string }): string {
  const { language, insurer, bills, receipts, timeZone } = input;
  const row = (path: string, name: string, on: PlainDate, minor: bigint, currency: string): Html =>
    html`<li><a href="${withLanguage(`${myAddress(insurer)}/documents/${path}`, language)}"><span>${name} · <span class="whole">${dateText(on, language)}</span></span></a><strong>${formatMoney(minor, currency)}</strong></li>`;
  const list = (rows: readonly Html[]): Html => (rows.length === 0 ? html`<p class="small">${say(language, 'my_none')}</p>` : html`<ul class="rows">${rows}</ul>`);
  const body = html`<section class="card"><h2>${say(language, 'my_bills')}</h2>${list(bills.map((bill) => row(`bill/${bill.billId}`, coverName(bill, language), bill.dueOn, bill.amountMinor, bill.currency)))}</section>
<section class="card"><h2>${say(language, 'my_receipts')}</h2>${list(receipts.map((receipt) => row(`receipt/${receipt.paymentId}`, receipt.reference, localDate(receipt.settledAt, timeZone), receipt.amountMinor, receipt.currency)))}</section>`;
  return myPage(input, say(language, 'my_documents'), '/documents', '/documents', body);
}

export function billDocument(input: MyPageInput & { readonly names: readonly string[]; readonly bill: MyBillRow }): string {
  const { language, names, bill } = input;
  const money = (minor: bigint): string => formatMoney(minor, bill.currency);
  const body = html`<section class="card"><h2>${say(language, 'my_bill')}</h2><p>${names.join(language === 'en' ? ', ' : '、')}</p><dl>${fact(say(language, 'my_number'), bill.policyNumber)}${fact(say(language, 'my_cover'), coverName(bill, language))}
${fact(say(language, 'my_period'), say(language, 'from_to', { from: dateText(bill.periodFrom, language), to: dateText(bill.periodTo, language) }))}${fact(say(language, 'my_issued'), dateText(bill.issuedOn, language))}
${fact(say(language, 'my_due'), dateText(bill.dueOn, language))}${fact(say(language, 'premium'), money(bill.premiumMinor))}${bill.charges.map((charge) => fact(chargeName(charge.kind, language), money(charge.amountMinor)))}
${fact(say(language, 'my_total'), money(bill.amountMinor))}${bill.leftMinor < bill.amountMinor ? fact(say(language, 'paid_before'), money(bill.amountMinor - bill.leftMinor)) : null}
${bill.paidOn === null ? null : fact(say(language, 'my_paid_on'), dateText(bill.paidOn, language))}</dl></section><a class="button" href="${withLanguage(`${myAddress(input.insurer)}/documents/bill/${bill.billId}/pdf`, language)}">${say(language, 'bill_pdf')}</a><p class="small">${say(language, 'my_print')}</p>`;
  return myPage(input, say(language, 'my_bill'), `/documents/bill/${bill.billId}`, '/documents', body);
}

export function receiptDocument(input: MyPageInput & { readonly names: readonly string[]; readonly receipt: MyReceiptRow; readonly method: string; readonly timeZone: string }): string {
  const { language, names, receipt, method, timeZone } = input;
  const rows = receipt.bills.map((bill) => html`<li><span>${coverName(bill, language)} · ${bill.policyNumber}</span><strong>${formatMoney(bill.amountMinor, receipt.currency)}</strong></li>`);
  const body = html`<section class="card"><h2>${say(language, 'my_receipt')}</h2><p>${names.join(language === 'en' ? ', ' : '、')}</p><p class="amount">${formatMoney(receipt.amountMinor, receipt.currency)}</p><ul class="rows">${rows}</ul>
<dl>${fact(say(language, 'my_received'), dateText(localDate(receipt.settledAt, timeZone), language))}${fact(say(language, 'receipt_method'), method)}${fact(say(language, 'receipt_reference'), receipt.reference)}</dl></section>
<p class="small">${say(language, 'my_print')}</p>`;
  return myPage(input, say(language, 'my_receipt'), `/documents/receipt/${receipt.paymentId}`, '/documents', body);
}

export function messagesPage(input: MyPageInput & { readonly messages: readonly MyMessageRow[]; readonly timeZone: string }): string {
  const { language, messages, timeZone } = input;
  const rows = messages.map((message) => html`<li><span>${message.subject ?? purposeName(message.purpose, language)}<br><span class="small">${dateText(localDate(message.sentAt, timeZone), language)} · ${channelName(message.channel, language)}</span></span></li>`);
  const list = rows.length === 0 ? html`<p class="small">${say(language, 'my_none')} ${say(language, 'my_none_messages')}</p>` : html`<ul class="rows">${rows}</ul>`;
  return myPage(input, say(language, 'my_messages'), '/messages', '/messages', html`<section class="card"><h2>${say(language, 'my_messages')}</h2>${list}</section>`);
}
