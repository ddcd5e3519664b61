/** The rules' texts in Chinese beside the English ones, which decide: read once and checked, so that nobody works by a text that is missing or names another figure. */

import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type Language } from '../kernel/index.ts';
import { parseJson, type RulePacks } from './pack.ts';

type TranslatedLanguage = Exclude<Language, 'en'>;
/** By language, then by the rule's id. */
export type RuleTranslations = Readonly<Record<TranslatedLanguage, ReadonlyMap<string, string>>>;

const TRANSLATIONS = new URL('rules/translations/', import.meta.url);

const translation = z.record(z.string(), z.string().trim().min(1));

/**
 * Reads `rules/translations/*.json`. A rule whose translation does not fit it (somebody has changed a figure of the law and not yet its translations) has none: its English
 * text, which decides, is shown. The tests refuse such a rule.
 */
export function loadRuleTranslations(packs: RulePacks, directory: URL = TRANSLATIONS): RuleTranslations {
  const read = (language: TranslatedLanguage): ReadonlyMap<string, string> => {
    const name = `${language}.json`;
    return fitting(packs, name, parseJson(name, readFileSync(new URL(name, directory), 'utf8'))).texts;
  };
  return { 'zh-Hans': read('zh-Hans'), 'zh-Hant': read('zh-Hant') };
}

/** One language's texts against the packs they translate: all rules, no others, the same figures. Throws, naming file, rules and reason. */
export function translationOf(packs: RulePacks, name: string, value: unknown): ReadonlyMap<string, string> {
  const { texts, faults } = fitting(packs, name, value);
  if (faults.length > 0) throw new Error(`rule translation ${name}: ${faults.join('; ')}`);
  return texts;
}

function fitting(packs: RulePacks, name: string, value: unknown): { readonly texts: ReadonlyMap<string, string>; readonly faults: readonly string[] } {
  const parsed = translation.safeParse(value);
  if (!parsed.success) throw new Error(`rule translation ${name}: ${z.prettifyError(parsed.error)}`);
  const texts = new Map(Object.entries(parsed.data));
  const originals = new Map([...packs.packs.values()].flatMap(({ rules }) => rules.map(({ id, text }) => [id, text] as const)));
  const faults = [
    ...[...originals.keys()].filter((id) => !texts.has(id)).map((id) => `${id} has no text`),
    ...[...texts].flatMap(([id, text]) => {
      const original = originals.get(id);
      const [ours, theirs] = [figuresOf(text), figuresOf(original ?? '')];
      if (original !== undefined && ours === theirs) return [];
      texts.delete(id);
      return [original === undefined ? `${id} is no rule` : `${id} names the figures ${ours || '-'}, the English text ${theirs || '-'}`];
    }),
  ];
  return { texts, faults };
}

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
/** Only beside a figure: "may" is also a verb. */
const MONTH = new RegExp(`(?<=\\d )(?:${MONTHS.join('|')})|(?:${MONTHS.join('|')})(?= \\d)`, 'g');

/** All groups of digits, sorted. The month of an English date is one, because Chinese writes it as a number. */
const figuresOf = (text: string): string => (text.replace(MONTH, (month) => String(MONTHS.indexOf(month) + 1)).match(/\d+/g) ?? []).sort().join(' ');
