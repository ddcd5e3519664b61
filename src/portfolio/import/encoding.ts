/** In which encoding a file is written, by its first bytes. No lists of characters: the standards put their common characters in known places. */

import iconv from 'iconv-lite';
import { isKnownName } from './fields.ts';

export type Encoding = 'UTF-8' | 'UTF-16LE' | 'UTF-16BE' | 'GB18030' | 'Big5' | 'Windows-1252';

/** Broken bytes that a text may have and still be read: their rows are refused one by one. */
const BROKEN_SHARE_MAX = 0.01;
/** Below this no Chinese encoding is convincing. */
const SCORE_MIN = 0.6;
/** What one recognised column name weighs against the shares of characters, which are at most 1. */
const NAME_WEIGHT = 2;

/** Null where it is no text that we know. `cut` says that the bytes are only the beginning of the file. */
export function encodingOf(head: Buffer, cut: boolean): Encoding | null {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 'UTF-8';
  if (head[0] === 0xff && head[1] === 0xfe) return 'UTF-16LE';
  if (head[0] === 0xfe && head[1] === 0xff) return 'UTF-16BE';
  const zeros = zeroBytes(head);
  if (zeros.odd > head.length / 8 && zeros.even === 0) return 'UTF-16LE';
  if (zeros.even > head.length / 8 && zeros.odd === 0) return 'UTF-16BE';
  if (zeros.odd + zeros.even > head.length * BROKEN_SHARE_MAX) return null;
  const utf8 = utf8Characters(head, cut);
  if (utf8.broken === 0) return 'UTF-8';
  if (utf8.whole > utf8.broken * 4) return 'UTF-8';
  const chinese = (['GB18030', 'Big5'] as const).map((encoding) => ({ encoding, score: chineseScore(head, encoding, cut) })).sort((a, b) => b.score - a.score)[0];
  const western = isWestern(head);
  if (chinese !== undefined && chinese.score >= (western ? NAME_WEIGHT : SCORE_MIN)) return chinese.encoding;
  if (western) return 'Windows-1252';
  return utf8.broken <= Math.max(1, head.length * BROKEN_SHARE_MAX) ? 'UTF-8' : null;
}

function zeroBytes(bytes: Buffer): { readonly even: number; readonly odd: number } {
  let [even, odd] = [0, 0];
  for (let i = bytes.indexOf(0); i >= 0; i = bytes.indexOf(0, i + 1)) {
    if (i % 2 === 0) even += 1;
    else odd += 1;
  }
  return { even, odd };
}

/** Characters beyond ASCII that are well formed, and bytes that belong to none (RFC 3629). */
function utf8Characters(bytes: Buffer, cut: boolean): { readonly whole: number; readonly broken: number } {
  let [whole, broken] = [0, 0];
  for (let i = 0; i < bytes.length; i += 1) {
    const byte = bytes[i]!;
    if (byte < 0x80) continue;
    const length = byte >= 0xc2 && byte <= 0xdf ? 2 : byte >= 0xe0 && byte <= 0xef ? 3 : byte >= 0xf0 && byte <= 0xf4 ? 4 : 0;
    let more = 1;
    while (more < length && i + more < bytes.length && (bytes[i + more]! & 0xc0) === 0x80) more += 1;
    // The last character of a piece may be cut in two.
    if (length > 0 && (more === length || (cut && i + more >= bytes.length))) whole += 1;
    else broken += 1;
    if (length > 0) i += more - 1;
  }
  return { whole, broken };
}

/**
 * How well bytes read as Chinese in an encoding: the share of its double-byte characters that lie where the standard keeps its common ones (GB 2312 level 1:
 * rows 16 to 55 in the order of pinyin; Big5 level 1: A440 to C67E in the order of strokes), half of that again for common characters that both scripts share,
 * less what is in no place at all; and above all the names of columns that appear.
 */
function chineseScore(bytes: Buffer, encoding: 'GB18030' | 'Big5', cut: boolean): number {
  const isCommon = encoding === 'GB18030' ? isCommonInGb : isCommonInBig5;
  let [wide, common, broken] = [0, 0, 0];
  for (let i = 0; i < bytes.length; i += 1) {
    const lead = bytes[i]!;
    if (lead < 0x80) continue;
    const trail = bytes[i + 1];
    if (trail === undefined && cut) break;
    if (lead === 0x80 || lead === 0xff || trail === undefined || trail < 0x30 || trail === 0xff) {
      broken += 1;
      continue;
    }
    if (trail < 0x40) {
      // Four bytes in GB18030; nothing in Big5.
      if (encoding === 'GB18030' && trail <= 0x39) i += 3;
      else broken += 1;
      continue;
    }
    wide += 1;
    if (isCommon(lead, trail)) common += 1;
    i += 1;
  }
  if (wide === 0) return -1;
  const text = iconv.decode(bytes, encoding);
  const names = text.slice(0, text.search(/[\r\n]|$/)).split(/[,;\t|]/).filter((name) => /[\u0080-\uffff]/.test(name) && isKnownName(name)).length;
  return common / wide + sharedShare(text, encoding) / 2 - (broken * 4) / wide + names * NAME_WEIGHT;
}

const isCommonInGb = (lead: number, trail: number): boolean => (lead >= 0xb0 && lead <= 0xd7 && trail >= 0xa1) || (lead >= 0xa1 && lead <= 0xa3 && trail >= 0xa1);
const isCommonInBig5 = (lead: number, trail: number): boolean => (lead >= 0xa4 && lead <= 0xc6 && (trail <= 0x7e || trail >= 0xa1)) || lead === 0xa1;

const SHARED_SAMPLE = 2_000;

/** Share of the wide characters that are common in the other standard too, as half of all common characters are; garbled text is rare in both. */
function sharedShare(text: string, encoding: 'GB18030' | 'Big5'): number {
  const wide = Array.from(text.replace(/[^\u3000-\uffff]/g, '').slice(0, SHARED_SAMPLE));
  const other = encoding === 'GB18030' ? 'Big5' : 'GBK';
  const isCommon = encoding === 'GB18030' ? isCommonInBig5 : isCommonInGb;
  const shared = wide.filter((character) => {
    const [lead, trail] = iconv.encode(character, other);
    return lead !== undefined && trail !== undefined && isCommon(lead, trail);
  });
  return wide.length === 0 ? 0 : shared.length / wide.length;
}

/** Accented letters one at a time between plain ones, as in Müller: Chinese characters come in pairs of bytes. */
function isWestern(bytes: Buffer): boolean {
  let letters = 0;
  for (let i = 0; i < bytes.length; i += 1) {
    const byte = bytes[i]!;
    if (byte < 0x80) continue;
    if (byte < 0xc0 || byte === 0xff || (bytes[i + 1] ?? 0) >= 0x80 || !(isLetter(bytes[i - 1]) || isLetter(bytes[i + 1]))) return false;
    letters += 1;
  }
  return letters > 0;
}

const isLetter = (byte: number | undefined): boolean => byte !== undefined && ((byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a));
