/** What the pages of "My policies" share: the insurer's name, the way between them, the way out. */

import { type Language } from '../src/kernel/index.ts';
import { framed, withLanguage, type Frame } from './frame.ts';
import { html, type Html } from './html.ts';
import { type MyInsurer, type MyPageInput } from './my-facts.ts';
import { say, type PortalText } from './texts.ts';

export const myAddress = ({ code }: Pick<MyInsurer, 'code'>): string => `/my/${code}`;

const nameOf = (insurer: MyInsurer, language: Language): string => (language === 'en' ? insurer.name : language === 'zh-Hans' ? insurer.nameZhHans : insurer.nameZhHant);

export function myFrame({ insurer, language, nonce }: MyPageInput, title: string, path: string): Frame {
  return { language, nonce, title, insurer: nameOf(insurer, language), phone: insurer.contactPhone, simulated: insurer.simulated, address: `${myAddress(insurer)}${path}` };
}

const ROOMS: readonly (readonly [string, PortalText])[] = [['', 'my_policies'], ['/documents', 'my_documents'], ['/messages', 'my_messages'], ['/preferences', 'my_preferences']];

/** A page of somebody who is logged in. `room`: the entry of the menu that it belongs to. */
export function myPage(input: MyPageInput, title: string, path: string, room: string, body: Html): string {
  const { language, insurer } = input;
  const links = ROOMS.map(([at, text]) => {
    const href = withLanguage(`${myAddress(insurer)}${at}`, language);
    return at === room ? html`<a aria-current="page" href="${href}">${say(language, text)}</a>` : html`<a href="${href}">${say(language, text)}</a>`;
  });
  const leave = html`<form method="post" action="${myAddress(insurer)}/leave"><input type="hidden" name="lang" value="${language}"><button>${say(language, 'my_leave')}</button></form>`;
  return framed(myFrame(input, title, path), html`<nav class="menu" aria-label="${say(language, 'my_menu')}">${links}</nav>${body}${leave}`);
}
