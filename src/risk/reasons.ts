/** Reasons in words. */

import { type Language } from '../kernel/index.ts';
import { type Form, LOWERS, RAISES, REASON_TEXTS, UNKNOWN_VALUE, VALUE_TEXTS } from './reason-texts.ts';

/**
 * One reason as a service agent would say it: `3 premiums paid 3 to 6 months late: raises the risk`. A feature that nobody has named is
 * told as `feature = value`.
 * @param value null when it is missing
 * @param contribution log-odds; above zero the risk rises
 */
export function reasonText(feature: string, value: string | number | null, contribution: number, language: Language): string {
  const frame = (contribution >= 0 ? RAISES : LOWERS)[language];
  return frame.replace('{fact}', () => factOf(feature, value, language));
}

/** What a feature is called: `share paid in cash`; an unknown one by its own name. */
export const featureName = (feature: string, language: Language): string => REASON_TEXTS[feature]?.name[language] ?? feature;

function factOf(feature: string, value: string | number | null, language: Language): string {
  const texts = REASON_TEXTS[feature];
  if (value === null) return upperFirst(UNKNOWN_VALUE[language].replace('{name}', () => featureName(feature, language)));
  if (texts === undefined) return `${feature} = ${typeof value === 'number' ? plain(value, 4) : value}`;
  const shown = shownValue(texts.form, value, language);
  if (texts.none !== undefined && isNone(texts.form, value, shown)) return texts.none[language];
  return texts.fact[language].replace('{value}', () => shown).replaceAll('(s)', shown === '1' ? '' : 's');
}

function isNone(form: Form, value: string | number, shown: string): boolean {
  if (form === 'yes_no') return ['0', 'no', 'false', 'n'].includes(String(value).toLowerCase());
  return form === 'share' ? Number(value) === 0 : shown === '0';
}

function shownValue(form: Form, value: string | number, language: Language): string {
  const number = Number(value);
  if (form === 'word' || form === 'yes_no' || Number.isNaN(number)) return VALUE_TEXTS[String(value).toLowerCase()]?.[language] ?? String(value);
  switch (form) {
    case 'share': return `${plain(number * 100, number < 0.1 ? 1 : 0)}%`;
    case 'years': return plain(Math.floor(number), 0);
    case 'count': case 'days': case 'months': return plain(number, 0);
    case 'amount': return number < 1000 ? plain(number, 2) : plain(number, 0).replace(/\B(?=(\d{3})+$)/g, ',');
    case 'number': return plain(number, 2);
  }
}

const plain = (value: number, decimals: number): string => String(Number(value.toFixed(decimals)));
const upperFirst = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);
