/**
 * How plain the sentences of a bill are: 100 less what jargon, long sentences and heavy style cost. The lists are data (`plain-words/*.json`), their keys patterns. House's own measure: the limits are
 * those of plain-language guides (20 words in English, about 40 characters in Chinese); it finds what a list can find, and reads no sense.
 */

import { type Language } from '../kernel/index.ts';
import en from './plain-words/en.json' with { type: 'json' };
import zhHans from './plain-words/zh-Hans.json' with { type: 'json' };
import zhHant from './plain-words/zh-Hant.json' with { type: 'json' };

/** Points that one finding costs. */
export const COSTS = { jargon: 12, long_sentence: 5, very_long_sentence: 10, heavy: 4, shouting: 6 } as const;
export type FindingKind = keyof typeof COSTS;
export type Finding = {
  readonly kind: FindingKind;
  /** The word, or the sentence. */
  readonly text: string;
  /** A plain word for it; empty where it can be left out, null where there is none. */
  readonly instead: string | null;
  readonly cost: number;
};
export type PlainWords = { readonly score: number; readonly sentences: number; /** Words in English, characters in Chinese. */ readonly longest: number; readonly mean: number; readonly findings: readonly Finding[] };

type List = { readonly words_max: number; readonly jargon: Readonly<Record<string, string>>; readonly heavy: readonly string[] };
type Rules = { readonly most: number; readonly jargon: readonly { readonly places: RegExp; readonly instead: string }[]; readonly heavy: readonly RegExp[] };

/** The longer term first, so that a word within it is not counted again. */
const rulesOf = ({ words_max: most, jargon, heavy }: List, language: Language): Rules => ({
  most, heavy: heavy.map((pattern) => new RegExp(pattern, 'giu')),
  jargon: Object.entries(jargon).toSorted(([a], [b]) => b.length - a.length || (a < b ? -1 : 1))
    .map(([word, instead]) => ({ places: new RegExp(language === 'en' ? `(?<![\\w-])${word}(?![\\w-])` : word, 'gu'), instead })),
});
const RULES: Readonly<Record<Language, Rules>> = { en: rulesOf(en, 'en'), 'zh-Hans': rulesOf(zhHans, 'zh-Hans'), 'zh-Hant': rulesOf(zhHant, 'zh-Hant') };

const ENDS = { en: /(?<=[.!?])\s+/u, zh: /(?<=[。！？；])/u };
const SHOUTED = /\b[A-Z]{4,}(?:\s+[A-Z]{2,})+\b/g;

export function plainWords(texts: readonly string[], language: Language): PlainWords {
  const { most, jargon, heavy } = RULES[language];
  const sentences = texts.flatMap((text) => text.split(language === 'en' ? ENDS.en : ENDS.zh)).map((text) => text.trim()).filter((text) => text !== '');
  const lengths = sentences.map((sentence) => lengthOf(sentence, language));
  const findings = sentences.flatMap((sentence, at): Finding[] => {
    const length = lengths[at] ?? 0;
    const kind = length > most * 1.6 ? 'very_long_sentence' : 'long_sentence';
    const long: Finding[] = length > most ? [{ kind, text: sentence, instead: null, cost: COSTS[kind] }] : [];
    const found = heavy.flatMap((pattern) => [...sentence.matchAll(pattern)].map((match): Finding => ({ kind: 'heavy', text: match[0], instead: null, cost: COSTS.heavy })));
    const loud = language === 'en' ? [...sentence.matchAll(SHOUTED)].map((match): Finding => ({ kind: 'shouting', text: match[0], instead: match[0].toLowerCase(), cost: COSTS.shouting })) : [];
    return [...jargonIn(sentence, jargon, language), ...long, ...found, ...loud];
  });
  const cost = findings.reduce((sum, one) => sum + one.cost, 0);
  return {
    score: Math.max(0, 100 - cost), sentences: sentences.length, longest: Math.max(0, ...lengths), mean: sentences.length === 0 ? 0 : lengths.reduce((sum, length) => sum + length, 0) / sentences.length,
    findings,
  };
}

function jargonIn(sentence: string, jargon: Rules['jargon'], language: Language): Finding[] {
  let rest = language === 'en' ? sentence.toLowerCase() : sentence;
  const found: Finding[] = [];
  for (const { places, instead } of jargon) {
    for (const [text] of rest.matchAll(places)) found.push({ kind: 'jargon', text, instead, cost: COSTS.jargon });
    rest = rest.replace(places, ' ');
  }
  return found;
}

/** Amounts, dates and addresses are read at a glance: each counts as one. */
function lengthOf(sentence: string, language: Language): number {
  const text = sentence.replace(/[\w.+-]+@[\w.-]+|https?:\/\/\S+/g, '1').replace(/\d{4}年\d{1,2}月\d{1,2}日|\d{1,2} [A-Z][a-z]+ \d{4}/g, '1').replace(/[+−-]?(?:[A-Z]{2,3}\s?)?[A-Z]*[¥$€£₹₱]?\d[\d,.\s-]*\d/g, '1');
  return language === 'en' ? (text.match(/[\p{L}\p{N}'’-]+/gu) ?? []).length : (text.match(/[\p{Script=Han}]|[A-Za-z]+|\d+/gu) ?? []).length;
}
