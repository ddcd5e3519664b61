/** A file of policies as rows of text, whatever it is: CSV or TSV in UTF-8, UTF-16, GB18030 or Big5, or an Excel workbook. */

import fs from 'node:fs';
import path from 'node:path';
import iconv from 'iconv-lite';
import { fail, ok, type Result } from '../../kernel/index.ts';
import { type Encoding, encodingOf } from './encoding.ts';
import { badHeader, type Source } from './source.ts';
import { rowsOf, type SourceRow } from './split.ts';
import { readWorkbook } from './workbook.ts';

const CHUNK_BYTES = 1 << 20;
const SNIFF_BYTES = 256 * 1024;

/** Opens a file. Problems: `file_unreadable`, `file_empty`, `file_not_a_table`, `encoding_unknown`, `columns_too_many`, `column_twice`, `workbook_old`, and those of workbooks. */
export async function openSource(file: string): Promise<Result<Source>> {
  const name = path.basename(file);
  let size = 0;
  let head: Buffer;
  try {
    const handle = await fs.promises.open(file);
    try {
      ({ size } = await handle.stat());
      head = Buffer.alloc(Math.min(SNIFF_BYTES, size));
      await handle.read(head, 0, head.length, 0);
    } finally {
      await handle.close();
    }
  } catch (error) {
    return fail('file_unreadable', { file, reason: error instanceof Error ? error.message : String(error) });
  }
  if (size === 0) return fail('file_empty', { file: name });
  if (head.subarray(0, 2).toString('latin1') === 'PK') return readWorkbook(file, size);
  // The container of Excel before 2007, and of any Office file with a password.
  if (head.subarray(0, 4).equals(Buffer.from([0xd0, 0xcf, 0x11, 0xe0]))) return fail('workbook_old', { file: name });
  if (head.subarray(0, 5).toString('latin1') === '%PDF-') return fail('file_not_a_table', { file: name });
  const encoding = encodingOf(head, head.length < size);
  return encoding === null ? fail('encoding_unknown', { file: name }) : openText(file, size, encoding);
}

async function openText(file: string, bytes: number, encoding: Encoding): Promise<Result<Source>> {
  let read = 0;
  const stream = fs.createReadStream(file, { highWaterMark: CHUNK_BYTES });
  const decoder = iconv.getDecoder(encoding);
  const texts = (async function* decode(): AsyncGenerator<string> {
    for await (const chunk of stream) {
      read += (chunk as Buffer).length;
      yield decoder.write(chunk as Buffer);
    }
    yield decoder.end() ?? '';
  })();
  const rows = rowsOf(texts);
  const first = await rows.next();
  const [headRow, ...rest] = first.done === true ? [] : first.value;
  const header = (headRow?.cells ?? []).map((cell) => cell.replace(/^\ufeff/, '').trim());
  const bad = headRow === undefined ? fail('file_empty', { file: path.basename(file) }) : badHeader(header, file);
  if (bad !== null) {
    stream.destroy();
    return bad;
  }
  return ok({
    header, format: `CSV, ${encoding}`, bytes, bytesRead: () => read,
    batches: (async function* batches(): AsyncGenerator<readonly SourceRow[]> {
      yield rest;
      yield* rows;
    })(),
    close: async () => {
      stream.destroy();
      await rows.return(undefined);
    },
  });
}

