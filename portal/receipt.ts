/** What was paid, what it keeps, and what happens next. */

import { formatMoney, type Language } from '../src/kernel/index.ts';
import { type PayPageFacts } from './facts.ts';
import { dateText } from './frame.ts';
import { html, type Html } from './html.ts';
import { say } from './texts.ts';
import { lineName } from './words.ts';

export function receiptBody(facts: PayPageFacts, language: Language): Html {
  const { payment, currency } = facts;
  const paid =
    payment?.state === 'succeeded'
      ? payment.amountMinor
      : facts.premiumMinor + facts.charges.reduce((sum, charge) => sum + charge.amountMinor, 0n);
  const method = payment === null ? undefined : (facts.methods.find(({ id }) => id === payment.method)?.label[language] ?? payment.method);
  const several = facts.paidBills.length > 1;
  const own = [say(language, 'policy', { end: facts.policyNumberEnd }), facts.product === '' ? lineName(facts.line, language) : facts.product] as const;
  const rows: readonly (readonly [string, string | undefined])[] = [
    ...(several ? [] : [own]),
    [say(language, 'receipt_method'), method],
    [say(language, 'receipt_reference'), payment?.reference],
  ];
  const next = (['next_reminders', 'next_receipt', 'next_bill'] as const).map((key) => html`<li>${say(language, key)}</li>`);
  return html`<section class="card"><div class="tick" aria-hidden="true"><svg width="28" height="28" viewBox="0 0 28 28" fill="none" stroke="currentColor" stroke-width="3.5" stroke-linecap="round" stroke-linejoin="round"><path d="M6 14.5l5.5 5.5L22 8.5"/></svg></div>
<h2>${say(language, 'receipt', { amount: formatMoney(paid, currency) })}</h2>${several ? null : html`<p>${say(language, 'receipt_cover', { date: dateText(facts.periodTo, language) })}</p>`}
${facts.paidOn === null ? null : html`<p class="small">${say(language, 'receipt_on', { date: dateText(facts.paidOn, language) })}</p>`}
${several ? paidList(facts, language) : null}<dl>${rows.flatMap(([name, value]) => (value === undefined || value === '' ? [] : [html`<dt>${name}</dt><dd>${value}</dd>`]))}</dl>
<h3>${say(language, 'next')}</h3><ul>${next}</ul></section>`;
}

/** One payment for several bills: what each got, and until when it keeps what. */
function paidList({ paidBills, currency }: PayPageFacts, language: Language): Html {
  const rows = paidBills.map(
    (bill) => html`<li><span>${bill.product === '' ? lineName(bill.line, language) : bill.product} · ${say(language, 'policy', { end: bill.policyNumberEnd })}<br>
<span class="small">${bill.whole ? say(language, 'receipt_cover', { date: dateText(bill.periodTo, language) }) : say(language, 'receipt_in_part')}</span></span><strong>${formatMoney(bill.amountMinor, currency)}</strong></li>`,
  );
  return html`<ul class="rows">${rows}</ul>`;
}
