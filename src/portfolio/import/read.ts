/** A file of policies as rows of text, whatever it is: CSV or TSV in UTF-8, UTF-16, GB18030 or Big5, or an Excel workbook. */

import fs from 'node:fs';
import path from 'node:path';
import iconv from 'iconv-lite';
import { fail, ok, type Result } from '../../kernel/index.ts';
import { readWorkbook } from './workbook.ts';

/** One row and the line of the file on which it begins; the header is line 1. */
export type SourceRow = { readonly line: number; readonly cells: readonly string[] };
export type Source = {
  readonly header: readonly string[];
  readonly format: string;
  /** Rows in batches, as they are read; a row that is torn has `cells` of another length than the header. */
  readonly batches: AsyncIterable<readonly SourceRow[]>;
  /** Bytes of the file, and how many have been read. */
  readonly bytes: number;
  readonly bytesRead: () => number;
};

const CHUNK_BYTES = 1 << 20;
const SNIFF_BYTES = 256 * 1024;
/** A line longer than this is no row of policies: a quote was never closed, or the file is of another kind. */
const ROW_CHARACTERS_MAX = 1 << 20;
const COLUMNS_MAX = 500;

/** Opens a file. Problems: `file_unreadable`, `file_empty`, `file_not_a_table`, `encoding_unknown`, `column_twice`, and those of workbooks. */
export async function openSource(file: string): Promise<Result<Source>> {
  let handle: fs.promises.FileHandle;
  try {
    handle = await fs.promises.open(file);
  } catch (error) {
    return fail('file_unreadable', { file, reason: error instanceof Error ? error.message : String(error) });
  }
  const { size } = await handle.stat();
  const head = Buffer.alloc(Math.min(SNIFF_BYTES, size));
  await handle.read(head, 0, head.length, 0);
  await handle.close();
  if (size === 0) return fail('file_empty', { file: path.basename(file) });
  if (head.subarray(0, 4).equals(Buffer.from([0x50, 0x4b, 3, 4]))) return readWorkbook(file, size);
  const encoding = encodingOf(head, head.length < size);
  if (encoding === null) return fail('encoding_unknown', { file: path.basename(file) });
  return openText(file, size, encoding);
}

async function openText(file: string, bytes: number, encoding: string): Promise<Result<Source>> {
  let read = 0;
  const stream = fs.createReadStream(file, { highWaterMark: CHUNK_BYTES });
  stream.on('data', (chunk) => { read += chunk.length; });
  const decoder = iconv.getDecoder(encoding);
  const texts = (async function* decode(): AsyncGenerator<string> {
    for await (const chunk of stream) yield decoder.write(chunk as Buffer);
    yield decoder.end() ?? '';
  })();
  const parser = rowsOf(texts);
  const first = await parser.next();
  if (first.done === true || first.value.length === 0) return fail('file_empty', { file: path.basename(file) });
  const [headRow, ...rest] = first.value;
  const header = (headRow?.cells ?? []).map((cell) => cell.replace(/^\ufeff/, '').trim());
  const bad = badHeader(header, file);
  if (bad !== null) {
    stream.destroy();
    return bad;
  }
  return ok({
    header, format: `${/\t/.test(headRow?.cells.join('') ?? '') ? 'TSV' : 'CSV'}, ${encoding}`, bytes, bytesRead: () => read,
    batches: (async function* batches(): AsyncGenerator<readonly SourceRow[]> {
      yield rest;
      yield* parser;
    })(),
  });
}

export function badHeader(header: readonly string[], file: string): Result<never> | null {
  if (header.length < 2 || header.length > COLUMNS_MAX || header.every((name) => name === '')) return fail('file_not_a_table', { file: path.basename(file) });
  const twice = header.find((name, i) => name !== '' && header.indexOf(name) !== i);
  return twice === undefined ? null : fail('column_twice', { column: twice });
}

// ---- encodings ----

function encodingOf(head: Buffer, cut: boolean): string | null {
  if (head.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf]))) return 'UTF-8';
  if (head[0] === 0xff && head[1] === 0xfe) return 'UTF-16LE';
  if (head[0] === 0xfe && head[1] === 0xff) return 'UTF-16BE';
  if (head.includes(0)) return null;
  // The last character of a piece may be cut in two.
  for (let less = 0; less <= (cut ? 3 : 0); less += 1) if (isUtf8(head.subarray(0, head.length - less))) return 'UTF-8';
  const scores = (['GB18030', 'Big5'] as const).map((encoding) => ({ encoding, score: chineseScore(iconv.decode(head, encoding)) }));
  scores.sort((a, b) => b.score - a.score);
  return (scores[0]?.score ?? 0) > 0 ? scores[0]?.encoding ?? null : null;
}

function isUtf8(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** The commonest characters of names, places and insurance in both scripts: in the wrong encoding hardly any of them appear. */
const COMMON = new Set('的一是不了人我在有这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可里后小么心多天而能好都然没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长知民样现分将外但身些与高意进把法此实回二理美点月明其种声全工己话儿者向情部正名定女问力机给等几很业最间新什打便位因重被走电四第门相次东政海口使教西再平真听世气信北少关并内加化由却代军产入先山五太水万市眼体别处总才场师书比住员九笑性通目华报立马命张活难神数件安表原车白应路期叫死常提感金何更反合放做系计或司利受光王果亲界及今京务制解各任至清物台象记边共风战干接它许八特觉望直服毛林题建南度统色字请交爱让认算论百吃义科怎元社术结六功指思非流每青管夫连远资队跟带花快条院变联言权往展该领传近留红治决周保达办运武半候七必城父强步完革深区即求品士转量空甚众技轻程告江语英基派满式李息写呢识极令黄德收脸钱党倒未持取设始版双历越史商千片容研像找友孩站广改议形委早房音火际则首单据导影失拿网香似斯专石若兵弟谁校读志飞观争究包组造落视济喜离虽坏兴'
  + '險繳費單號碼姓電話開國個來這為時對後學過說們會長業現實價資產銷貨幣額險種類繳別週期陳黃張劉楊吳趙蔡鄭謝許郭葉蘇盧蔣賈馬龍灣臺北縣區鄉鎮鄰樓號鐵門車險寬限險醫療財產壽'
  + '保费缴险单号码姓名电话邮箱月季年半趸投保人客户编号生效日期到期币种市场产品名称陈黄刘杨吴赵徐孙胡朱林何高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁董余苏叶吕魏蒋田杜丁沈姜范江傅钟卢汪戴崔任陆廖姚方金邱夏谭韦贾邹石熊孟秦阎薛侯雷白龙段郝孔邵史毛常万顾赖武康贺严尹钱施牛洪龚');

function chineseScore(text: string): number {
  let common = 0;
  let wide = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    if (point < 0x80) continue;
    if (point === 0xfffd || (point >= 0xe000 && point <= 0xf8ff)) return -1;
    wide += 1;
    if (COMMON.has(character)) common += 1;
  }
  return wide === 0 ? 0 : common / wide;
}

// ---- rows ----

/** Splits text into rows as it comes, by the delimiter that the first line uses: comma, tab or semicolon. */
async function* rowsOf(texts: AsyncIterable<string>): AsyncGenerator<readonly SourceRow[]> {
  let delimiter = '';
  let rest = '';
  let line = 1;
  for await (const text of texts) {
    rest = rest === '' ? text : rest + text;
    if (delimiter === '') {
      if (!rest.includes('\n') && rest.length < ROW_CHARACTERS_MAX) continue;
      delimiter = delimiterOf(rest);
    }
    const split = splitRows(rest, delimiter, line, false);
    rest = split.rest;
    line = split.line;
    if (split.rows.length > 0) yield split.rows;
  }
  if (delimiter === '') delimiter = delimiterOf(rest);
  if (rest !== '') {
    const { rows } = splitRows(rest, delimiter, line, true);
    if (rows.length > 0) yield rows;
  }
}

function delimiterOf(text: string): string {
  const first = text.slice(0, text.search(/\r?\n|$/));
  const counts = [',', '\t', ';'].map((mark) => ({ mark, count: first.split(mark).length }));
  counts.sort((a, b) => b.count - a.count);
  return counts[0]?.mark ?? ',';
}

type Split = { readonly rows: SourceRow[]; readonly rest: string; readonly line: number };

/** Complete rows of a text; what may go on in the next piece comes back as `rest`. Lines without quotes, nearly all, are cut without looking twice. */
function splitRows(text: string, delimiter: string, firstLine: number, last: boolean): Split {
  const rows: SourceRow[] = [];
  let line = firstLine;
  let at = 0;
  while (at < text.length) {
    const newline = text.indexOf('\n', at);
    if (newline < 0 && !last) break;
    let end = newline < 0 ? text.length : newline;
    let piece = text.slice(at, end);
    if (piece.includes('"')) {
      let lines = 1;
      // A quoted cell may hold line breaks: go on to the line on which the quotes are even.
      while (quotesOf(piece) % 2 === 1) {
        const next = text.indexOf('\n', end + 1);
        if (next < 0 && !last) return piece.length > ROW_CHARACTERS_MAX ? torn(text, at, line, rows) : { rows, rest: text.slice(at), line };
        if ((next < 0 && end >= text.length) || piece.length > ROW_CHARACTERS_MAX) {
          // The quote is never closed: this one line is the bad row, the rest of the file is read on.
          const first = text.indexOf('\n', at);
          end = first < 0 ? text.length : first;
          piece = text.slice(at, end);
          lines = 1;
          break;
        }
        end = next < 0 ? text.length : next;
        piece = text.slice(at, end);
        lines += 1;
      }
      rows.push({ line, cells: quotedCells(piece.endsWith('\r') ? piece.slice(0, -1) : piece, delimiter) });
      line += lines;
    } else {
      if (piece.endsWith('\r')) piece = piece.slice(0, -1);
      if (piece !== '') rows.push({ line, cells: piece.split(delimiter) });
      line += 1;
    }
    at = end + 1;
  }
  return { rows, rest: at >= text.length ? '' : text.slice(at), line };
}

/** A row without end in a piece that is too long: its first line is set aside. */
function torn(text: string, at: number, line: number, rows: SourceRow[]): Split {
  const end = text.indexOf('\n', at);
  rows.push({ line, cells: [text.slice(at, Math.min(end < 0 ? text.length : end, at + 200))] });
  return { rows, rest: end < 0 ? '' : text.slice(end + 1), line: line + 1 };
}

function quotesOf(text: string): number {
  let count = 0;
  for (let i = text.indexOf('"'); i >= 0; i = text.indexOf('"', i + 1)) count += 1;
  return count;
}

function quotedCells(text: string, delimiter: string): string[] {
  const cells: string[] = [];
  let cell = '';
  let quoted = false;
  for (let i = 0; i < text.length; i += 1) {
    const c = text.charAt(i);
    if (quoted) {
      if (c !== '"') cell += c;
      else if (text.charAt(i + 1) === '"') {
        cell += '"';
        i += 1;
      } else quoted = false;
    } else if (c === '"' && cell === '') quoted = true;
    else if (c === delimiter) {
      cells.push(cell);
      cell = '';
    } else cell += c;
  }
  cells.push(cell);
  return cells;
}
