/** By which way and at what hours a holder wants to be reached. The hours always leave the afternoon, when every market allows a message. */

import { html, type Html } from './html.ts';
import { type MyPageInput } from './my-facts.ts';
import { myAddress, myPage } from './my-frame.ts';
import { say } from './texts.ts';
import { channelName } from './words.ts';

export const REACH_FROM_HOURS = [7, 8, 9, 10, 11, 12] as const;
export const REACH_TO_HOURS = [17, 18, 19, 20, 21, 22] as const;
export const PLACES = ['first', 'second', 'third'] as const;

type Preferences = { readonly order: readonly string[]; readonly reachable: readonly string[]; readonly fromMinutes: number | null; readonly toMinutes: number | null };

export function preferencesPage(input: MyPageInput & { readonly preferences: Preferences; readonly saved: boolean }): string {
  const { language, insurer, preferences, saved } = input;
  const option = (value: string, text: string, chosen: boolean): Html => html`<option value="${value}"${chosen ? html` selected` : null}>${text}</option>`;
  const places = PLACES.slice(0, preferences.reachable.length).map((place, index) => html`<label class="small" for="${place}">${say(language, `prefer_${place}`)}</label><select id="${place}" name="${place}">
${option('', say(language, 'prefer_any'), preferences.order[index] === undefined)}${preferences.reachable.map((channel) => option(channel, channelName(channel, language), preferences.order[index] === channel))}</select>`);
  const hours = (name: 'from' | 'to', values: readonly number[], chosen: number | null): Html => html`<label class="small" for="${name}">${say(language, `prefer_${name}`)}</label><select id="${name}" name="${name}">
${option('', say(language, 'prefer_any'), chosen === null)}${values.map((hour) => option(String(hour), `${String(hour).padStart(2, '0')}:00`, chosen === hour * 60))}</select>`;
  const done = saved ? html`<div class="alert note" role="status"><p>${say(language, 'prefer_saved')}</p></div>` : null;
  return myPage(input, say(language, 'my_preferences'), '/preferences', '/preferences', html`${done}<section class="card"><h2>${say(language, 'my_preferences')}</h2>
<form method="post" action="${myAddress(insurer)}/preferences"><input type="hidden" name="lang" value="${language}">${places}${hours('from', REACH_FROM_HOURS, preferences.fromMinutes)}
${hours('to', REACH_TO_HOURS, preferences.toMinutes)}<p class="small">${say(language, 'prefer_hint')}</p><button class="main">${say(language, 'prefer_save')}</button></form></section>`);
}
