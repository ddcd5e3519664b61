/** "Something is wrong with this bill": four reasons, a few words, and a promise of when we answer. */

import { type Language, type PlainDate } from '../src/kernel/index.ts';
import { type PayPageFacts } from './facts.ts';
import { dateText, framed, withLanguage } from './frame.ts';
import { html, type Html } from './html.ts';
import { insurerName } from './pay-page.ts';
import { say } from './texts.ts';

export const DISPUTE_REASONS = ['amount', 'paid', 'policy', 'other'] as const;
export type DisputeReason = (typeof DISPUTE_REASONS)[number];

export type DisputePageInput = {
  readonly facts: PayPageFacts;
  readonly language: Language;
  readonly nonce: string;
  /** `/pay/<token>`. */
  readonly address: string;
  /** Sent: the day we answer by, and whether it had been sent before. */
  readonly sent: { readonly answerBy: PlainDate; readonly again: boolean } | null;
};

export function disputePage(input: DisputePageInput): string {
  const { facts, language, nonce, address, sent } = input;
  const frame = {
    language,
    nonce,
    title: say(language, 'dispute_title'),
    insurer: insurerName(facts, language),
    phone: facts.contactPhone,
    simulated: facts.simulated,
    address: `${address}/dispute`,
    disputeAddress: null,
  };
  const back = html`<a class="button" href="${withLanguage(address, language)}">${say(language, 'dispute_back')}</a>`;
  return framed(frame, html`${sent === null ? form(language, address) : thanks(language, sent)}${back}`);
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

function thanks(language: Language, sent: { answerBy: PlainDate; again: boolean }): Html {
  return html`<section class="card" role="status"><h2>${say(language, sent.again ? 'dispute_exists' : 'dispute_done', { date: dateText(sent.answerBy, language) })}</h2><p>${say(language, 'dispute_hint')}</p></section>`;
}
