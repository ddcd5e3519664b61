/** The words of bills, `texts/*.json`: plain sentences with places for values. The compiler knows their names; a test finds a language that lacks one. */

import { dateText, formatMoney, type Language, type PlainDate } from '../kernel/index.ts';
import { type Words } from './bill-document.ts';
import en from './texts/en.json' with { type: 'json' };
import names from './texts/names.json' with { type: 'json' };
import zhHans from './texts/zh-Hans.json' with { type: 'json' };
import zhHant from './texts/zh-Hant.json' with { type: 'json' };

export type TextName = keyof typeof en;
export type Values = Readonly<Record<string, string>>;

const TEXTS: Readonly<Record<Language, Readonly<Record<TextName, string>>>> = { en, 'zh-Hans': zhHans, 'zh-Hant': zhHant };

export const textOf = (language: Language, name: TextName): string => TEXTS[language][name];
export const say = (language: Language, name: TextName, values: Values = {}): string => filled(TEXTS[language][name], values);
/** `{name}` by its value; what has none stays as it is, so that it is seen. */
export const filled = (text: string, values: Values): string => text.replace(/\{(\w+)\}/g, (place, name: string) => values[name] ?? place);
export const placesOf = (text: string): readonly string[] => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');

const named = (group: Readonly<Record<string, Words>>, name: string): Words | undefined => group[name];
const itself = (text: string): Words => ({ en: text, 'zh-Hans': text, 'zh-Hant': text });

export const lineName = (line: string, language: Language): string => named(names.lines, line)?.[language] ?? line;
/** Of the rule that charges it; a rule without a name of its own is called by its kind. */
export const chargeName = (kind: string, rule: string | null): Words => (rule === null ? undefined : named(names.rules, rule)) ?? named(names.kinds, kind) ?? itself(kind.replaceAll('_', ' '));
export const premiumName = (): Words => names.kinds.premium;

export const money = (minor: bigint, currency: string): string => formatMoney(minor, currency);
export const date = (day: PlainDate, language: Language): string => dateText(day, language);
export const listed = (texts: readonly string[], language: Language): string => {
  if (language !== 'en') return texts.join('、');
  return texts.length < 2 ? texts.join('') : `${texts.slice(0, -1).join(', ')} or ${texts.at(-1) ?? ''}`;
};
