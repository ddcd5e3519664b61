/** "My policies", before the code: an address that the insurer knows, then the code that was sent there. The words never say whether it is known. */

import { framed, withLanguage } from './frame.ts';
import { html } from './html.ts';
import { type MyPageInput } from './my-facts.ts';
import { myAddress, myFrame } from './my-frame.ts';
import { say } from './texts.ts';

/** `note`: why one is here. */
export function logInPage(input: MyPageInput & { readonly note: 'ended' | 'left' | 'wrong_address' | 'expired' | null }): string {
  const { language, insurer, note } = input;
  const alert = note === null ? null : html`<div class="alert${note === 'left' ? ' note' : ''}" role="${note === 'left' ? 'status' : 'alert'}"><p>${say(language, `log_in_${note}`)}</p></div>`;
  return framed(myFrame(input, say(language, 'my_policies'), ''), html`${alert}<section class="card"><h2>${say(language, 'my_policies')}</h2><p>${say(language, 'log_in_what')}</p>
<form method="post" action="${myAddress(insurer)}/code"><input type="hidden" name="lang" value="${language}"><label class="small" for="address">${say(language, 'log_in_address')}</label>
<input type="text" id="address" name="address" required maxlength="254" autocomplete="username" autocapitalize="none" spellcheck="false"><p class="small">${say(language, 'log_in_hint')}</p>
<button class="main">${say(language, 'log_in_send')}</button></form></section>`);
}

/** `login`: the signed number of the code that was asked for. */
export function codePage(input: MyPageInput & { readonly login: string; readonly minutes: number; readonly wrong: boolean }): string {
  const { language, insurer, login, minutes, wrong } = input;
  const alert = wrong ? html`<div class="alert" role="alert"><p>${say(language, 'code_wrong')}</p></div>` : null;
  const address = `/code?login=${encodeURIComponent(login)}`;
  return framed(myFrame(input, say(language, 'code_title'), address), html`${alert}<section class="card"><h2>${say(language, 'code_title')}</h2><p>${say(language, 'code_sent', { minutes: String(minutes) })}</p>
<form method="post" action="${myAddress(insurer)}/enter"><input type="hidden" name="lang" value="${language}"><input type="hidden" name="login" value="${login}">
<label class="small" for="code">${say(language, 'code_label')}</label><input class="code" type="text" id="code" name="code" required inputmode="numeric" autocomplete="one-time-code" maxlength="12">
<button class="main">${say(language, 'code_enter')}</button></form></section><a class="button" href="${withLanguage(myAddress(insurer), language)}">${say(language, 'code_again')}</a>`);
}
