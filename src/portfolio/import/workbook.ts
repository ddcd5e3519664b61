/**
 * The first sheet of an Excel workbook as rows of text (ECMA-376, part 1: 18.2, 18.3, 18.4, 18.8). The parts that are needed are unpacked twice: once to
 * count and check them, so that a bomb or a damaged file is refused before a row is in; then row by row, in constant memory but for the shared texts.
 */

import path from 'node:path';
import { fail, ok, type Result } from '../../kernel/index.ts';
import { badHeader, type Source } from './source.ts';
import { type SourceRow } from './split.ts';
import { cellReader, dateStylesOf, firstSheetOf, sheetRows, sharedTexts } from './sheet.ts';
import { ArchiveDamaged, readDirectory, unpack, type ZipEntry } from './zip.ts';

const MB = 1_048_576;
/** A million policies with forty columns are some 900 MB of XML. */
const UNPACKED_BYTES_MAX = 1_500 * MB;
/** Texts of all cells stay in memory, at about twice this. */
const SHARED_BYTES_MAX = 200 * MB;
/** XML of numbers packs 20 to 60 times; a bomb packs a thousand times. */
const RATIO_MAX = 200;
const RATIO_BYTES_MIN = 20 * MB;

/** Problems: `workbook_damaged`, `workbook_too_large`, `file_empty`, `columns_too_many`, `column_twice`, `file_not_a_table`. */
export async function readWorkbook(file: string, bytes: number): Promise<Result<Source>> {
  const name = path.basename(file);
  try {
    const parts = readDirectory(file, bytes);
    const whole = async (part: string): Promise<string> => {
      const entry = parts.get(part);
      return entry === undefined ? '' : textOf(file, bytes, entry);
    };
    const limit = { left: UNPACKED_BYTES_MAX };
    for (const part of ['xl/workbook.xml', 'xl/_rels/workbook.xml.rels', 'xl/styles.xml']) await count(file, bytes, parts.get(part), limit, SHARED_BYTES_MAX);
    const workbook = await whole('xl/workbook.xml');
    const sheet = parts.get(firstSheetOf(workbook, await whole('xl/_rels/workbook.xml.rels')));
    if (workbook === '' || sheet === undefined) return fail('workbook_damaged', { file: name, reason: 'it has no sheet' });
    const shared = parts.get('xl/sharedStrings.xml');
    await count(file, bytes, shared, limit, SHARED_BYTES_MAX);
    const sheetBytes = await count(file, bytes, sheet, limit, UNPACKED_BYTES_MAX);
    const texts = shared === undefined ? [] : await sharedTexts(unpack(file, bytes, shared));
    const readCell = cellReader(texts, dateStylesOf(await whole('xl/styles.xml')), /<(?:\w+:)?workbookPr\b[^>]*\bdate1904="(?:1|true)"/.test(workbook));
    let unpacked = 0;
    const counted = (async function* pieces(): AsyncGenerator<Buffer> {
      for await (const piece of unpack(file, bytes, sheet)) {
        unpacked += piece.length;
        yield piece;
      }
    })();
    const rows = sheetRows(counted, readCell);
    const first = await rows.next();
    const [headRow, ...rest] = first.done === true ? [] : first.value;
    const header = (headRow?.cells ?? []).map((cell) => cell.trim());
    while (header.at(-1) === '') header.pop();
    const bad = headRow === undefined ? fail('file_empty', { file: name }) : badHeader(header, file);
    if (bad !== null) {
      await rows.return(undefined);
      return bad;
    }
    return ok({
      header, format: 'XLSX', bytes, bytesRead: () => Math.round((unpacked / Math.max(1, sheetBytes)) * bytes),
      batches: (async function* batches(): AsyncGenerator<readonly SourceRow[]> {
        yield rest.map((row) => fitted(row, header.length));
        for await (const batch of rows) yield batch.map((row) => fitted(row, header.length));
      })(),
      close: async () => {
        await rows.return(undefined);
      },
    });
  } catch (error) {
    if (error instanceof TooLarge) return fail('workbook_too_large', { file: name, unpacked_mb: Math.round(error.unpackedBytes / MB), most_mb: Math.round(error.mostBytes / MB) });
    if (error instanceof ArchiveDamaged || error instanceof RangeError) return fail('workbook_damaged', { file: name, reason: error.message });
    throw error;
  }
}

class TooLarge extends Error {
  readonly unpackedBytes: number;
  readonly mostBytes: number;
  constructor(unpackedBytes: number, mostBytes: number) {
    super('too large');
    this.unpackedBytes = unpackedBytes;
    this.mostBytes = mostBytes;
  }
}

/** Unpacks a part without keeping it. A directory that itself admits to too much is taken at its word. */
async function count(file: string, bytes: number, entry: ZipEntry | undefined, limit: { left: number }, partMax: number): Promise<number> {
  if (entry === undefined) return 0;
  const most = Math.min(limit.left, partMax);
  const ratioMax = Math.max(RATIO_BYTES_MIN, entry.packed * RATIO_MAX);
  const check = (unpacked: number): void => {
    if (unpacked > Math.min(most, ratioMax)) throw new TooLarge(unpacked, Math.min(most, ratioMax));
  };
  check(entry.unpacked);
  let unpacked = 0;
  for await (const piece of unpack(file, bytes, entry)) {
    unpacked += piece.length;
    check(unpacked);
  }
  limit.left -= unpacked;
  return unpacked;
}

async function textOf(file: string, bytes: number, entry: ZipEntry): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of unpack(file, bytes, entry)) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}

/** A sheet leaves out empty cells at the end of a row; cells beyond the header's last count only where they hold something. */
function fitted(row: SourceRow, width: number): SourceRow {
  const cells = [...row.cells];
  while (cells.length > width && cells.at(-1)?.trim() === '') cells.pop();
  while (cells.length < width) cells.push('');
  return { line: row.line, cells };
}
