/** One question after a payment, a second that may be left out, and thanks. */

import { type Language } from '../src/kernel/index.ts';
import { type SurveyFacts } from './facts.ts';
import { html, type Html } from './html.ts';
import { say, type PortalText } from './texts.ts';

const SCALE = [1, 2, 3, 4, 5] as const;

export function surveyForm({ answer }: SurveyFacts, language: Language, address: string): Html {
  const form = html`<form method="post" action="${address}/survey"><input type="hidden" name="lang" value="${language}">
${scale('ease', 'survey_ease', 'survey_hard', 'survey_easy', true, answer?.ease ?? null, language)}
${scale('clarity', 'survey_clear', 'survey_unclear', 'survey_quite_clear', false, answer?.clarity ?? null, language)}
<button>${say(language, answer === null ? 'survey_send' : 'survey_change')}</button></form>`;
  if (answer === null) return html`<section class="card">${form}</section>`;
  const change = answer.changeable ? html`<details><summary>${say(language, 'survey_change')}</summary>${form}</details>` : null;
  return html`<section class="card" role="status"><h2>${say(language, 'survey_thanks')}</h2>${change}</section>`;
}

function scale(name: string, title: PortalText, low: PortalText, high: PortalText, required: boolean, chosen: number | null, language: Language): Html {
  const choices = SCALE.map(
    (value) => html`<label><input type="radio" name="${name}" value="${value}"${required ? html` required` : null}${value === chosen ? html` checked` : null}>${value}</label>`,
  );
  return html`<fieldset><legend>${say(language, title)}</legend><div class="scale">${choices}</div><p class="small ends"><span>1: ${say(language, low)}</span><span>5: ${say(language, high)}</span></p></fieldset>`;
}
