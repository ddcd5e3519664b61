/**
 * The fonts of bills, opened once for a process: Noto Sans SC (English, 简体) and TC (繁體), Regular and Bold. Opening one costs 10 ms and its tables more, laying out a word costs some
 * 50 µs: a batch of bills pays both once, because most words are on all of them.
 */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import PDFDocument from 'pdfkit';
import { type Language } from '../../kernel/index.ts';

export type Weight = 'regular' | 'bold';
type Family = 'sc' | 'tc';
export type FontName = `${Family}-${Weight}`;
export type Run = { readonly font: FontName; readonly text: string };

/** As much of fontkit's font as is used here; pdfkit opens it, and takes an opened one. */
export type OpenedFont = {
  readonly unitsPerEm: number;
  layout: (text: string, features?: unknown) => { readonly advanceWidth: number };
  readonly hasGlyphForCodePoint: (codePoint: number) => boolean;
  getGlyph: (id: number, codePoints?: readonly number[]) => { _decode?: () => unknown };
};

const FILES: Readonly<Record<FontName, string>> = {
  'sc-regular': '@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf', 'sc-bold': '@expo-google-fonts/noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf',
  'tc-regular': '@expo-google-fonts/noto-sans-tc/400Regular/NotoSansTC_400Regular.ttf', 'tc-bold': '@expo-google-fonts/noto-sans-tc/700Bold/NotoSansTC_700Bold.ttf',
};
export const FONT_NAMES = Object.keys(FILES) as readonly FontName[];
/** Names and addresses of a batch differ; beyond this they are forgotten, and the words of all bills come back by themselves. */
const KEPT_MAX = 20_000;
/** A font's own units for the em: pdfkit scales what it is given in place, which does nothing to a font of 1,000. */
const UNITS = 1_000;

const opened = new Map<FontName, OpenedFont>();

export function openedFont(name: FontName): OpenedFont {
  const known = opened.get(name);
  if (known !== undefined) return known;
  const file = readFileSync(createRequire(import.meta.url).resolve(FILES[name]));
  const { font } = (new PDFDocument({ autoFirstPage: false, font: file as unknown as string }) as unknown as { _font: { font: OpenedFont } })._font;
  if (font.unitsPerEm !== UNITS) throw new Error(`${FILES[name]}: ${font.unitsPerEm} units`);
  const layout = font.layout.bind(font);
  const runs = new Map<string, ReturnType<OpenedFont['layout']>>();
  font.layout = (text, features) => {
    if (features !== undefined) return layout(text, features);
    let run = runs.get(text);
    if (run === undefined) {
      if (runs.size >= KEPT_MAX) runs.clear();
      runs.set(text, (run = layout(text)));
    }
    return run;
  };
  // A subset asks each of its glyphs for its parts, an eighth of a bill's time; they are the same for every bill.
  const getGlyph = font.getGlyph.bind(font);
  const decoded = new WeakSet();
  font.getGlyph = (id, codePoints) => {
    const glyph = getGlyph(id, codePoints);
    if (decoded.has(glyph) || glyph._decode === undefined) return glyph;
    decoded.add(glyph);
    const decode = glyph._decode.bind(glyph);
    let parts: { readonly known: unknown } | null = null;
    glyph._decode = () => (parts ??= { known: decode() }).known;
    return glyph;
  };
  opened.set(name, font);
  return font;
}

const familyOf = (language: Language): Family => (language === 'zh-Hant' ? 'tc' : 'sc');

/** What is asked again for the same text, until there is too much of it. */
function kept<Value>(work: (text: string, language: Language, weight: Weight) => Value): typeof work {
  const known = new Map<string, Value>();
  return (text, language, weight) => {
    const key = `${familyOf(language)}${weight}${text}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    if (known.size >= KEPT_MAX) known.clear();
    const value = work(text, language, weight);
    known.set(key, value);
    return value;
  };
}

/** Letters by the language's own font; what it lacks (a simplified name on a traditional bill) by the other one. */
export const runsOf = kept((text: string, language: Language, weight: Weight): readonly Run[] => {
  const own = familyOf(language);
  const runs: { font: FontName; text: string }[] = [];
  for (const letter of text) {
    const font: FontName = `${has(`${own}-${weight}`, letter) ? own : otherWith(own, weight, letter)}-${weight}`;
    const last = runs.at(-1);
    if (last?.font === font) last.text += letter;
    else runs.push({ font, text: letter });
  }
  return runs;
});

function otherWith(own: Family, weight: Weight, letter: string): Family {
  const other: Family = own === 'sc' ? 'tc' : 'sc';
  return has(`${other}-${weight}`, letter) ? other : own;
}

const letters = new Map<string, boolean>();
function has(font: FontName, letter: string): boolean {
  const key = font + letter;
  let known = letters.get(key);
  if (known === undefined) letters.set(key, (known = openedFont(font).hasGlyphForCodePoint(letter.codePointAt(0) ?? 0)));
  return known;
}

/** In the font's units, as pdfkit sets it: word by word. */
const unitsOf = kept((text: string, language: Language, weight: Weight): number => {
  let units = 0;
  for (const run of runsOf(text, language, weight)) {
    const font = openedFont(run.font);
    for (const word of run.text.match(/[^ ]* |[^ ]+$/g) ?? []) units += font.layout(word).advanceWidth;
  }
  return units;
});

/** Width of one line in points. */
export const widthOf = (text: string, language: Language, weight: Weight, size: number): number => (unitsOf(text, language, weight) * size) / UNITS;
