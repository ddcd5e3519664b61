/** "Something is wrong with this bill": four reasons, a few words, and a promise of when we answer. */

import { type Language } from '../src/kernel/index.ts';
import { type DisputeFacts, type PayPageFacts } from './facts.ts';
import { dateText, framed, withLanguage } from './frame.ts';
import { html, type Html } from './html.ts';
import { disputeText, frameOf } from './pay-page.ts';
import { say } from './texts.ts';

export const DISPUTE_REASONS = ['amount', 'paid', 'policy', 'other'] as const;
export type DisputeReason = (typeof DISPUTE_REASONS)[number];

export type DisputePageInput = {
  readonly facts: PayPageFacts;
  readonly language: Language;
  readonly nonce: string;
  /** `/pay/<token>`. */
  readonly address: string;
  /** The dispute that there is, open or answered. */
  readonly dispute: DisputeFacts | null;
  /** It was sent a moment ago; `again`: one was open already. */
  readonly sent: 'now' | 'again' | null;
};

export function disputePage(input: DisputePageInput): string {
  const { language, address, dispute, sent } = input;
  const frame = { ...frameOf(input, say(language, 'dispute_title')), address: `${address}/dispute` };
  const back = html`<a class="button" href="${withLanguage(address, language)}">${say(language, 'dispute_back')}</a>`;
  // An answered dispute leaves room for another.
  const ask = dispute === null || (dispute.closedOn !== null && sent === null);
  return framed(frame, html`${dispute === null ? null : standing(dispute, sent, language)}${ask ? form(language, address) : null}${back}`);
}

function form(language: Language, address: string): Html {
  const reasons = DISPUTE_REASONS.map(
    (reason, index) =>
      html`<label><input type="radio" name="reason" value="${reason}" required${index === 0 ? html` checked` : null}>${say(language, `dispute_${reason}`)}</label>`,
  );
  return html`<section class="card"><h2>${say(language, 'dispute_title')}</h2><form method="post" action="${address}/dispute"><input type="hidden" name="lang" value="${language}">
${reasons}<p><label for="more">${say(language, 'dispute_more')}</label><textarea id="more" name="more" maxlength="1000"></textarea></p>
<p class="small">${say(language, 'dispute_hint')}</p><button class="main">${say(language, 'dispute_send')}</button></form></section>`;
}

function standing(dispute: DisputeFacts, sent: 'now' | 'again' | null, language: Language): Html {
  const date = dateText(dispute.answerBy, language);
  const title = sent === null ? say(language, 'dispute_number', { number: String(dispute.disputeId) }) : say(language, sent === 'now' ? 'dispute_done' : 'dispute_exists', { date });
  const state = say(language, dispute.closedOn === null ? 'dispute_open' : 'dispute_closed');
  return html`<section class="card" role="status"><h2>${title}</h2><dl><dt>${say(language, 'dispute_number_name')}</dt><dd>${dispute.disputeId}</dd>
<dt>${say(language, 'dispute_answer_by')}</dt><dd>${date}</dd><dt>${say(language, 'state')}</dt><dd>${state}</dd></dl><p>${disputeText(dispute, language)}</p></section>`;
}
