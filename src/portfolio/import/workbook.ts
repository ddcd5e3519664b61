/** The first sheet of an Excel workbook as rows of text. What would burst when unpacked is refused before it is unpacked, and again while it is. */

import fs from 'node:fs';
import path from 'node:path';
import exceljs from 'exceljs';
import { fail, ok, type Result } from '../../kernel/index.ts';
import { badHeader, type Source, type SourceRow } from './read.ts';

/** A million policies with forty columns are some 400 MB of XML. */
const UNPACKED_BYTES_MAX = 1_500 * 1024 * 1024;
/** XML of numbers packs 20 to 60 times; a bomb packs a thousand times. */
const RATIO_MAX = 200;
const RATIO_BYTES_MIN = 20 * 1024 * 1024;
const ENTRIES_MAX = 2_000;
const BATCH_ROWS = 5_000;
const CELLS_MAX = 500;

/** Problems: `workbook_damaged`, `workbook_too_large`, `file_empty`, `column_twice`. */
export async function readWorkbook(file: string, bytes: number): Promise<Result<Source>> {
  const unpacked = unpackedBytes(file, bytes);
  if (unpacked === null) return fail('workbook_damaged', { file: path.basename(file), reason: 'its directory cannot be read' });
  if (unpacked > UNPACKED_BYTES_MAX || (unpacked > RATIO_BYTES_MIN && unpacked / bytes > RATIO_MAX)) {
    return fail('workbook_too_large', { file: path.basename(file), unpacked_mb: Math.round(unpacked / 1_048_576), most_mb: UNPACKED_BYTES_MAX / 1_048_576 });
  }
  const rows = sheetRows(file);
  let first: IteratorResult<readonly SourceRow[]>;
  try {
    first = await rows.next();
  } catch (error) {
    return fail('workbook_damaged', { file: path.basename(file), reason: error instanceof Error ? error.message : String(error) });
  }
  if (first.done === true || first.value.length === 0) return fail('file_empty', { file: path.basename(file) });
  const [headRow, ...rest] = first.value;
  const header = (headRow?.cells ?? []).map((cell) => cell.trim());
  const bad = badHeader(header, file);
  if (bad !== null) return bad;
  let done = false;
  const padded = (batch: readonly SourceRow[]): SourceRow[] => batch.map((row) => (
    row.cells.length < header.length ? { ...row, cells: [...row.cells, ...Array.from({ length: header.length - row.cells.length }, () => '')] } : row
  ));
  return ok({
    header, format: 'XLSX', bytes, bytesRead: () => (done ? bytes : 0),
    batches: (async function* batches(): AsyncGenerator<readonly SourceRow[]> {
      yield padded(rest);
      for await (const batch of rows) yield padded(batch);
      done = true;
    })(),
  });
}

async function* sheetRows(file: string): AsyncGenerator<readonly SourceRow[]> {
  const reader = new exceljs.stream.xlsx.WorkbookReader(file, { worksheets: 'emit', sharedStrings: 'cache', hyperlinks: 'ignore', styles: 'cache', entries: 'ignore' });
  let batch: SourceRow[] = [];
  for await (const sheet of reader) {
    for await (const row of sheet) {
      const cells: string[] = [];
      const last = Math.min(row.cellCount, CELLS_MAX);
      for (let i = 1; i <= last; i += 1) cells.push(cellText(row.getCell(i).value));
      if (cells.some((cell) => cell !== '')) batch.push({ line: row.number, cells });
      if (batch.length >= BATCH_ROWS) {
        yield batch;
        batch = [];
      }
    }
    break;
  }
  if (batch.length > 0) yield batch;
}

/** A formula counts by its last result; Excel's dates are days. */
function cellText(value: exceljs.CellValue): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return value.toISOString().slice(0, 10);
  if (typeof value === 'object') {
    if ('richText' in value) return value.richText.map((part) => part.text).join('');
    if ('text' in value) return String(value.text);
    if ('result' in value) return cellText(value.result as exceljs.CellValue);
    return '';
  }
  return String(value);
}

/** Sum of the unpacked sizes that the archive's directory names (PKWARE APPNOTE 4.3.12), or null where it cannot be read. */
function unpackedBytes(file: string, bytes: number): number | null {
  const handle = fs.openSync(file, 'r');
  try {
    const tail = Buffer.alloc(Math.min(bytes, 66_000));
    fs.readSync(handle, tail, 0, tail.length, bytes - tail.length);
    const end = tail.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
    if (end < 0) return null;
    const entries = tail.readUInt16LE(end + 10);
    const size = tail.readUInt32LE(end + 12);
    const offset = tail.readUInt32LE(end + 16);
    if (entries > ENTRIES_MAX || offset + size > bytes) return null;
    const directory = Buffer.alloc(size);
    fs.readSync(handle, directory, 0, size, offset);
    let total = 0;
    let at = 0;
    for (let i = 0; i < entries; i += 1) {
      if (at + 46 > directory.length || directory.readUInt32LE(at) !== 0x02014b50) return null;
      total += directory.readUInt32LE(at + 24);
      at += 46 + directory.readUInt16LE(at + 28) + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
    }
    return total;
  } finally {
    fs.closeSync(handle);
  }
}
