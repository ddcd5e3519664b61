/** A page before it is a PDF: what is drawn where, and what each part of it is called for a reader that does not see it. Points from the top left corner; `y` of a text is its baseline. */

import { type Language, type PlainDate } from '../../kernel/index.ts';
import { widthOf, type Weight } from './fonts.ts';

export const PAGE = { width: 595.28, height: 841.89 } as const;
/** What is above this line is in the top third. */
export const FIRST_THIRD = PAGE.height / 3;

export type Style = { readonly size: number; readonly weight?: Weight; readonly colour?: string };
export type Mark =
  | { readonly kind: 'text'; readonly text: string; readonly x: number; readonly y: number; readonly size: number; readonly weight: Weight; readonly colour: string }
  | { readonly kind: 'box'; readonly x: number; readonly y: number; readonly width: number; readonly height: number; readonly fill: string | null; readonly stroke: string | null; readonly radius: number }
  | { readonly kind: 'rule'; readonly x: number; readonly y: number; readonly width: number; readonly colour: string; readonly thickness: number }
  | { readonly kind: 'qr'; readonly x: number; readonly y: number; readonly size: number; readonly payload: string };
export type Tag = 'H1' | 'H2' | 'P' | 'Link' | 'Figure' | 'Table' | 'TR' | 'TH' | 'TD' | 'Sect';
export type Part = { readonly tag: Tag; readonly marks: readonly Mark[]; readonly parts: readonly Part[]; readonly alt?: string; readonly scope?: 'Column' | 'Row'; readonly url?: string };
export type Sheet = {
  readonly title: string; readonly author: string; readonly subject: string; readonly language: Language; readonly on: PlainDate;
  /** Boxes and lines that say nothing. */
  readonly decor: readonly Mark[]; readonly parts: readonly Part[];
};

export const INK = '#14191d';
export const QUIET = '#4b5560';
const BREAK_BEFORE_NEVER = /^[，。、；：！？」』）》】％%!?,.;:)\]…]/u;
const BREAK_AFTER_NEVER = /[（「『《【(]$/u;
const TOKENS = /[⺀-鿿豈-﫿＀-￯ꀀ-꓏가-힯]|[^\s⺀-鿿豈-﫿＀-￯ꀀ-꓏가-힯-]*-|[^\s⺀-鿿豈-﫿＀-￯ꀀ-꓏가-힯-]+|\s+/gu;

export const mark = (text: string, x: number, y: number, { size, weight = 'regular', colour = INK }: Style): Mark => ({ kind: 'text', text, x, y, size, weight, colour });
export const part = (tag: Tag, marks: readonly Mark[], more: Omit<Part, 'tag' | 'marks' | 'parts'> & { readonly parts?: readonly Part[] } = {}): Part => ({ tag, marks, parts: [], ...more });
export const box = (x: number, y: number, width: number, height: number, fill: string | null, { stroke = null, radius = 0 }: { readonly stroke?: string | null; readonly radius?: number } = {}): Mark =>
  ({ kind: 'box', x, y, width, height, fill, stroke, radius });
export const rule = (x: number, y: number, width: number, colour: string, thickness = 0.6): Mark => ({ kind: 'rule', x, y, width, colour, thickness });

export const rightMark = (text: string, right: number, y: number, style: Style, language: Language): Mark => mark(text, right - widthOf(text, language, style.weight ?? 'regular', style.size), y, style);

/** The largest size, from the style's own down to `least`, at which the text fits; below that it is cut. */
export function fitted(text: string, width: number, style: Style, least: number, language: Language): { readonly text: string; readonly style: Style } {
  const weight = style.weight ?? 'regular';
  const whole = widthOf(text, language, weight, 1);
  const size = Math.min(style.size, Math.floor((width / Math.max(whole, 0.01)) * 20) / 20);
  const smallest = Math.min(least, style.size);
  if (size >= smallest) return { text, style: { ...style, size } };
  const letters = Array.from(text);
  while (letters.length > 1 && widthOf(`${letters.join('')}…`, language, weight, smallest) > width) letters.pop();
  return { text: `${letters.join('').trimEnd()}…`, style: { ...style, size: smallest } };
}

/** Lines of a text: Latin breaks between words and after hyphens, Chinese between signs but never before a closing or after an opening one; a word wider than the line breaks anywhere. */
export function linesOf(text: string, width: number, { size, weight = 'regular' }: Style, language: Language, most = Number.POSITIVE_INFINITY): readonly string[] {
  const measure = (piece: string): number => widthOf(piece, language, weight, size);
  const lines: string[] = [];
  let line = '';
  for (const token of piecesOf(text, (piece) => measure(piece) > width)) {
    if (measure((line + token).trimEnd()) <= width || line === '') line += token;
    else {
      lines.push(line.trimEnd());
      line = token.trimStart();
    }
  }
  if (line.trim() !== '') lines.push(line.trimEnd());
  if (lines.length <= most) return lines;
  const last = fitted(lines.slice(most - 1).join(language === 'en' ? ' ' : ''), width, { size, weight }, size, language).text;
  return [...lines.slice(0, most - 1), last];
}

function piecesOf(text: string, tooWide: (piece: string) => boolean): readonly string[] {
  const pieces: string[] = [];
  for (const [token] of text.matchAll(TOKENS)) {
    const last = pieces.at(-1);
    if (last !== undefined && last.trim() !== '' && (BREAK_BEFORE_NEVER.test(token) || BREAK_AFTER_NEVER.test(last))) pieces[pieces.length - 1] = last + token;
    else if (token.trim() !== '' && token.length > 8 && tooWide(token)) pieces.push(...Array.from(token));
    else pieces.push(token);
  }
  return pieces;
}

export const LEADING = 1.36;
export type Paragraph = { readonly marks: readonly Mark[]; /** Baseline of a line that would follow. */ readonly next: number };

export function paragraph(text: string, x: number, y: number, width: number, style: Style, language: Language, { most, leading = LEADING }: { readonly most?: number; readonly leading?: number } = {}): Paragraph {
  const lines = linesOf(text, width, style, language, most);
  const step = style.size * leading;
  return { marks: lines.map((line, at) => mark(line, x, y + at * step, style)), next: y + lines.length * step };
}

const textsIn = (parts: readonly Part[]): readonly string[] => parts.flatMap((one) => [...one.marks.flatMap((each) => (each.kind === 'text' ? [each.text] : [])), ...textsIn(one.parts)]);
/** In the order in which a reader hears it. */
export const sheetText = (sheet: Sheet): readonly string[] => textsIn(sheet.parts);
const marksIn = (parts: readonly Part[]): readonly Mark[] => parts.flatMap((one) => [...one.marks, ...marksIn(one.parts)]);
export const sheetMarks = (sheet: Sheet): readonly Mark[] => [...sheet.decor, ...marksIn(sheet.parts)];
