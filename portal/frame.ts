/** What every page of the portal has around it: the insurer, three languages, a person to call. */

import { type Language } from '../src/kernel/index.ts';
import { escape, html, type Html } from './html.ts';
import { STYLE } from './style.ts';
import { say } from './texts.ts';

export { dateText } from '../src/kernel/index.ts';

export type Frame = {
  readonly language: Language;
  /** Of the content security policy. */
  readonly nonce: string;
  readonly title: string;
  /** Empty where the link does not say whose it is. */
  readonly insurer: string;
  readonly phone: string;
  readonly simulated: boolean;
  /** The page's own address, to which `?lang=` is added. */
  readonly address: string;
  /** Where "My policies" leads; absent where the insurer is not known, or where one is there already. */
  readonly myAddress?: string | null;
  /** Reads the page again after so many seconds, without a script. */
  readonly refreshSeconds?: number;
};

const NAMES: readonly (readonly [Language, string])[] = [
  ['en', 'English'],
  ['zh-Hans', '简体'],
  ['zh-Hant', '繁體'],
];

export function framed(frame: Frame, body: Html): string {
  const { language, refreshSeconds: refresh } = frame;
  const head =
    `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">` +
    `<meta name="robots" content="noindex,nofollow"><meta name="color-scheme" content="light dark"><link rel="icon" href="data:,">` +
    `${refresh === undefined ? '' : `<meta http-equiv="refresh" content="${refresh}">`}<title>${escape(frame.title)}</title><style nonce="${escape(frame.nonce)}">${STYLE}</style></head><body>`;
  const languages = NAMES.map(([tag, name]) =>
    tag === language
      ? html`<a lang="${tag}" aria-current="true" href="${withLanguage(frame.address, tag)}">${name}</a>`
      : html`<a lang="${tag}" hreflang="${tag}" href="${withLanguage(frame.address, tag)}">${name}</a>`,
  );
  const phone =
    frame.phone === ''
      ? null
      : html`<a href="tel:${frame.phone.replace(/[^\d+]/g, '')}">${say(language, 'call', { phone: frame.phone })}</a>`;
  const my = frame.myAddress == null ? null : html`<a href="${withLanguage(frame.myAddress, language)}">${say(language, 'my_policies')}</a>`;
  const demo = frame.simulated ? html`<p class="small demo">${say(language, 'simulated')}</p>` : null;
  const page = html`<header><strong>${frame.insurer}</strong><nav aria-label="${say(language, 'language')}">${languages}</nav></header>
<main>${body}</main><footer>${my}${phone}${demo}</footer>`;
  return `${head}${page.html}</body></html>`;
}

export const withLanguage = (address: string, language: Language): string => `${address}${address.includes('?') ? '&' : '?'}lang=${language}`;
