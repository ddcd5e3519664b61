/** Which rules a person means by "contact hours Hong Kong": each word stands in the rule's text, law, subject or market, in the reader's language or English. */

import type { RuleSearch } from '../data/law.ts';
import { word } from '../language.ts';
import { en } from '../texts/en.ts';
import type { Rule } from './rule-facts.tsx';

const english = (key: string): string => (Object.hasOwn(en, key) ? en[key as keyof typeof en] : '');

function wordsOf(rule: Rule): string {
  const markets = rule.markets.flatMap((market) => [market, word('market', market), english(`market.${market}`)]);
  return [
    rule.text, rule.original ?? '', rule.law, rule.article, rule.source, rule.id, rule.id.replaceAll('-', ' '), word('governs', rule.governs), english(`governs.${rule.governs}`), ...markets,
  ].join(' ').toLowerCase();
}

export function rulesFound(rules: readonly Rule[], { market, q, verified }: RuleSearch): readonly Rule[] {
  const asked = (q ?? '').toLowerCase().split(/\s+/).filter((one) => one !== '');
  return rules.filter((rule) => {
    if (market !== undefined && !rule.markets.includes(market)) return false;
    if (verified !== undefined && rule.verified !== (verified === 'yes')) return false;
    if (asked.length === 0) return true;
    const words = wordsOf(rule);
    return asked.every((one) => words.includes(one));
  });
}
