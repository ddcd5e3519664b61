/** The XML of a sheet, piece by piece, as rows of text. Only what SpreadsheetML says about cells is looked at; everything else is passed over. Pure. */

import { StringDecoder } from 'node:string_decoder';
import { addDays, plainDate } from '../../kernel/index.ts';
import { type SourceRow } from './split.ts';
import { ArchiveDamaged } from './zip.ts';

const BATCH_ROWS = 2_000;
/** A row of 500 cells of 200 characters is 150 kB. */
const ROW_CHARACTERS_MAX = 8 * 1024 * 1024;
/** Columns of a sheet end at XFD. */
const COLUMNS_MAX = 16_384;

/** Text of a cell by its type (`t`), style (`s`) and content. */
export type ReadCell = (type: string, style: number, value: string) => string;

/** Rows of a sheet that hold something, in batches. Throws `ArchiveDamaged` where the XML ends in the middle. */
export async function* sheetRows(pieces: AsyncIterable<Buffer>, readCell: ReadCell): AsyncGenerator<readonly SourceRow[]> {
  let batch: SourceRow[] = [];
  let line = 0;
  for await (const xml of elementsOf(pieces, 'row', '</sheetData>')) {
    const opening = xml.slice(0, xml.indexOf('>'));
    line = Number(/\br="(\d+)"/.exec(opening)?.[1] ?? line + 1);
    const cells = cellsOf(xml, readCell);
    if (cells.some((cell) => cell !== '')) batch.push({ line, cells });
    if (batch.length >= BATCH_ROWS) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

const CELL = /<c\b([^>]*?)(?:\/>|>(.*?)<\/c>)/gs;

function cellsOf(row: string, readCell: ReadCell): string[] {
  const cells: string[] = [];
  let column = -1;
  for (const [, attributes = '', content = ''] of row.matchAll(CELL)) {
    const reference = /\br="([A-Z]{1,3})\d*"/.exec(attributes)?.[1];
    column = reference === undefined ? column + 1 : columnNumber(reference);
    if (column >= COLUMNS_MAX) throw new ArchiveDamaged(`a sheet has no column ${reference ?? column}`);
    const type = /\bt="(\w+)"/.exec(attributes)?.[1] ?? 'n';
    const value = type === 'inlineStr' ? runsOf(content) : /<v\b[^>]*>(.*?)<\/v>/s.exec(content)?.[1] ?? '';
    while (cells.length < column) cells.push('');
    cells[column] = value === '' ? '' : readCell(type, Number(/\bs="(\d+)"/.exec(attributes)?.[1] ?? -1), value);
  }
  return cells;
}

/** A = 0, Z = 25, AA = 26. */
const columnNumber = (letters: string): number => Array.from(letters).reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;

/** The texts that cells share, by number. */
export async function sharedTexts(pieces: AsyncIterable<Buffer>): Promise<string[]> {
  const texts: string[] = [];
  for await (const xml of elementsOf(pieces, 'si', '</sst>')) texts.push(unescape(runsOf(xml)));
  return texts;
}

/** Text of all its runs; readings above Chinese and Japanese characters (`rPh`) are no part of it. */
const runsOf = (xml: string): string => (
  [...xml.replace(/<rPh\b.*?<\/rPh>/gs, '').matchAll(/<t\b[^>]*?(?:\/>|>(.*?)<\/t>)/gs)].map(([, text = '']) => text).join('')
);

/** A formula counts by its last result; a number in a date's format is a day. */
export function cellReader(texts: readonly string[], dateStyles: ReadonlySet<number>, from1904: boolean): ReadCell {
  return (type, style, value) => {
    if (type === 's') return texts[Number(value)] ?? '';
    if (type === 'b') return value === '1' ? 'true' : 'false';
    if (type !== 'n') return unescape(value);
    const number = Number(value);
    if (!Number.isFinite(number)) return unescape(value);
    // 1234.0999999999999 is how 1234.1 is kept; the nearest double writes itself shorter.
    return dateStyles.has(style) ? dateOf(number, from1904) : plainNumber(number);
  };
}

/** Never 1e21, which nobody has typed. */
const plainNumber = (number: number): string => (Math.abs(number) >= 1e15 && Number.isInteger(number) ? BigInt(number).toString() : String(Number(number.toPrecision(15))));

/** Day 60 of the 1900 system is the 29 February that never was (kept for Lotus 1-2-3). */
function dateOf(serial: number, from1904: boolean): string {
  const day = Math.floor(serial);
  if (day < 0 || day > 109_574) return plainNumber(serial);
  if (from1904) return addDays(plainDate(1904, 1, 1), day);
  return addDays(plainDate(1899, 12, day < 60 ? 31 : 30), day);
}

/** Numbers of the cell formats that show a date. */
export function dateStylesOf(styles: string): ReadonlySet<number> {
  const own = new Map([...styles.matchAll(/<numFmt\b[^>]*>/g)].map(([tag]) => [Number(/numFmtId="(\d+)"/.exec(tag)?.[1]), /formatCode="([^"]*)"/.exec(tag)?.[1] ?? ''] as const));
  const isDate = (id: number): boolean => {
    const code = own.get(id);
    if (code === undefined) return (id >= 14 && id <= 17) || id === 22 || (id >= 27 && id <= 36) || (id >= 50 && id <= 58);
    // Texts in quotes, escapes and colours are no part of the format.
    return /[yd]/i.test(code.replace(/&quot;.*?&quot;|"[^"]*"|\\.|\[[^\]]*\]/g, ''));
  };
  const formats = /<cellXfs\b[^>]*>(.*?)<\/cellXfs>/s.exec(styles)?.[1] ?? '';
  return new Set([...formats.matchAll(/<xf\b[^>]*>/g)].flatMap(([tag], i) => (isDate(Number(/numFmtId="(\d+)"/.exec(tag)?.[1] ?? 0)) ? [i] : [])));
}

/** Name in the archive of the workbook's first sheet. */
export function firstSheetOf(workbook: string, relations: string): string {
  const id = /<(?:\w+:)?sheet\b[^>]*\br:id="([^"]+)"/.exec(workbook)?.[1];
  const relation = [...relations.matchAll(/<Relationship\b[^>]*>/g)].map(([tag]) => tag).find((tag) => id !== undefined && tag.includes(`Id="${id}"`));
  const target = /\bTarget="([^"]+)"/.exec(relation ?? '')?.[1] ?? 'worksheets/sheet1.xml';
  return target.startsWith('/') ? target.slice(1) : `xl/${target}`;
}

/** The elements of a name, one after the other; names with a prefix (`x:row`) lose it. */
async function* elementsOf(pieces: AsyncIterable<Buffer>, name: string, ending: string): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  const opening = new RegExp(`<${name}(?=[\\s/>])`, 'g');
  const closing = `</${name}>`;
  let prefix: RegExp | null = null;
  let rest = '';
  let ended = false;
  for await (const piece of pieces) {
    let text = decoder.write(piece);
    if (prefix === null) prefix = new RegExp(`(</?)${/<(\w+:)(?:worksheet|sst)\b/.exec(rest + text)?.[1] ?? '(?!)'}`, 'g');
    text = rest + text;
    if (prefix.source.endsWith(':')) text = text.replace(prefix, '$1');
    let at = 0;
    for (;;) {
      opening.lastIndex = at;
      const start = opening.exec(text)?.index ?? -1;
      if (start < 0) {
        // A tag may be cut in two.
        rest = text.slice(Math.max(at, text.lastIndexOf('<')));
        ended ||= text.includes(ending, at);
        break;
      }
      const tagEnd = text.indexOf('>', start);
      const end = tagEnd < 0 ? -1 : text.charAt(tagEnd - 1) === '/' ? tagEnd + 1 : text.indexOf(closing, tagEnd) + closing.length;
      if (tagEnd < 0 || end < tagEnd) {
        rest = text.slice(start);
        break;
      }
      yield text.slice(start, end);
      at = end;
    }
    if (rest.length > ROW_CHARACTERS_MAX) throw new ArchiveDamaged(`an element ${name} has no end`);
  }
  if (rest.startsWith(`<${name}`) && !ended) throw new ArchiveDamaged(`the sheet ends in the middle of an element ${name}`);
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

const unescape = (text: string): string => (text.includes('&') ? text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));/gi, entity) : text);

function entity(whole: string, hex: string | undefined, decimal: string | undefined, name: string | undefined): string {
  if (name !== undefined) return ENTITIES[name] ?? whole;
  const point = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
  return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd';
}
