/** Three languages, complete; the chosen one is kept in the browser. The texts of the two not in use are not loaded. */

import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { en } from './texts/en.ts';

export type Language = 'en' | 'zh-Hans' | 'zh-Hant';
export const LANGUAGES: readonly { readonly tag: Language; readonly name: string }[] = [
  { tag: 'en', name: 'English' }, { tag: 'zh-Hans', name: '简体中文' }, { tag: 'zh-Hant', name: '繁體中文' },
];
export type TextKey = keyof typeof en;

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    resources: { translation: typeof en };
    keySeparator: false;
    nsSeparator: false;
  }
}

const STORED = 'inforce.language';
let current: Language = 'en';
export const currentLanguage = (): Language => current;

/** Kept, else the browser's first language that we speak, else English. */
function firstLanguage(): Language {
  const kept = localStorage.getItem(STORED);
  const known = LANGUAGES.find(({ tag }) => tag === kept);
  if (known !== undefined) return known.tag;
  for (const tag of navigator.languages) {
    if (/^zh-(TW|HK|MO|Hant)/i.test(tag)) return 'zh-Hant';
    if (/^zh/i.test(tag)) return 'zh-Hans';
    if (/^en/i.test(tag)) return 'en';
  }
  return 'en';
}

async function load(language: Language): Promise<void> {
  if (language === 'zh-Hans') i18next.addResourceBundle(language, 'translation', (await import('./texts/zh-hans.ts')).zhHans);
  if (language === 'zh-Hant') i18next.addResourceBundle(language, 'translation', (await import('./texts/zh-hant.ts')).zhHant);
}

export async function startLanguage(): Promise<void> {
  await i18next.use(initReactI18next).init({
    resources: { en: { translation: en } }, lng: 'en', fallbackLng: 'en', keySeparator: false, nsSeparator: false,
    // React escapes what it shows.
    interpolation: { escapeValue: false },
  });
  await chooseLanguage(firstLanguage());
}

export async function chooseLanguage(language: Language): Promise<void> {
  await load(language);
  current = language;
  localStorage.setItem(STORED, language);
  document.documentElement.lang = language;
  await i18next.changeLanguage(language);
}

/** A word of the product's own vocabulary (a stage, a channel, a state); one that has no text yet is shown readable. */
/** What was booked: a rule's own name, before the law's rule or the correction that stand behind a colon. */
export const postingRule = (rule: string): string => word('posting_rule', rule.split(':')[0] ?? rule);

export function word(group: string, value: string): string {
  const key = `${group}.${value}`;
  return i18next.exists(key) ? i18next.t(key as TextKey) : value.replaceAll('_', ' ');
}
