/** The words of `templates/*.json`, compiled once. Values are data to Liquid, never templates, so a name with braces stays a name. */

import { Liquid, type Template } from 'liquidjs';
import { readFileSync } from 'node:fs';
import { type Language } from '../kernel/index.ts';
import en from './templates/en.json' with { type: 'json' };
import zhHans from './templates/zh-Hans.json' with { type: 'json' };
import zhHant from './templates/zh-Hant.json' with { type: 'json' };

type Words = { readonly [key: string]: string | Words };
export type Values = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

const FILES: Readonly<Record<Language, Words>> = { en, 'zh-Hans': zhHans, 'zh-Hant': zhHant };

const plain = new Liquid({ strictVariables: true, ownPropertyOnly: true });
const markup = new Liquid({ outputEscape: 'escape', strictVariables: true, ownPropertyOnly: true, cache: true });
const layout = (name: string): Template[] => markup.parse(readFileSync(new URL(`templates/${name}.liquid`, import.meta.url), 'utf8'));
const LAYOUTS = { email: layout('email'), letter: layout('letter') } as const;

const compiled = new Map<string, readonly Template[]>();

/** The text at `path` (`opening.friendly.after`) filled with values; null where the language has none. */
export function phrase(language: Language, path: string, values: Values): string | null {
  const key = `${language}:${path}`;
  let template = compiled.get(key);
  if (template === undefined) {
    const text = wordAt(language, path);
    if (text === null) return null;
    compiled.set(key, (template = plain.parse(text)));
  }
  return plain.renderSync(template as Template[], values) as string;
}

/** @throws where the text is missing: the files are ours and a test renders them all. */
export function words(language: Language, path: string, values: Values): string {
  const text = phrase(language, path, values);
  if (text === null) throw new Error(`templates/${language}.json has no ${path}`);
  return text;
}

export const pageOf = (name: keyof typeof LAYOUTS, values: Readonly<Record<string, string | readonly string[] | null>>): string =>
  markup.renderSync(LAYOUTS[name], values) as string;

function wordAt(language: Language, path: string): string | null {
  let at: string | Words | undefined = FILES[language];
  for (const name of path.split('.')) {
    if (typeof at !== 'object' || !Object.hasOwn(at, name)) return null;
    at = at[name];
  }
  return typeof at === 'string' ? at : null;
}

/** Insurance words as a place has them. */
export function termsOf(language: Language, market: string): Readonly<Record<string, string>> {
  const terms = FILES[language]['terms'];
  if (typeof terms !== 'object') return {};
  return (terms[market] ?? terms['*'] ?? {}) as Readonly<Record<string, string>>;
}

export const lineName = (language: Language, line: string): string => wordAt(language, `lines.${line}`) ?? line;
