/** The conditions of a segment as a sentence in the reader's language. */

import type { TFunction } from 'i18next';
import { CHOICE_NAMES, type Bounds, type ChoiceName, type Conditions } from '../data/segments.ts';
import { currentLanguage, word } from '../language.ts';
import { money } from '../parts/format.ts';

export function choiceWord(name: ChoiceName, value: string): string {
  switch (name) {
    case 'ages': return word('age_band', value);
    case 'channels': return word('channel', value);
    case 'tiers': return word('tier', value);
    case 'behaviours': return word('segment', value);
    case 'markets': return word('market', value);
    case 'lines': return word('line', value);
  }
}

const anyOf = (words: readonly string[]): string => new Intl.ListFormat(currentLanguage() === 'en' ? 'en-GB' : currentLanguage(), { type: 'disjunction' }).format(words);

function boundsWord(t: TFunction, { currency, at_least_minor: from, below_minor: below }: Bounds): string {
  const amount = (minor: number | null | undefined): string => money(minor ?? 0, currency);
  if (below === null || below === undefined) return t('segments.says.from', { from: amount(from) });
  return from === null || from === undefined ? t('segments.says.below', { below: amount(below) }) : t('segments.says.between', { from: amount(from), below: amount(below) });
}

/** @param mainCurrency given: of the bounds only this currency's, and how many others there are */
export function sentenceOf(t: TFunction, conditions: Conditions, mainCurrency?: string): string {
  const { premium } = conditions;
  const main = premium.find(({ currency }) => currency === mainCurrency) ?? premium[0];
  const bounds = mainCurrency === undefined || main === undefined || premium.length === 1
    ? anyOf(premium.map((one) => boundsWord(t, one))) : t('segments.says.others', { first: boundsWord(t, main), count: premium.length - 1 });
  const parts = [
    ...CHOICE_NAMES.filter((name) => conditions[name].length > 0).map((name) => t(`segments.says.${name}`, { list: anyOf(conditions[name].map((value) => choiceWord(name, value))) })),
    ...(premium.length === 0 ? [] : [t('segments.says.premium', { list: bounds })]),
  ];
  return parts.join(t('segments.and'));
}
