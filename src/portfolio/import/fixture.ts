/** Files of policies for tests: written, read and looked at. Used by tests only. */

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { expectOk, plainDate, type Result } from '../../kernel/index.ts';
import { completeMapping, type Mapping, recognise } from './mapping.ts';
import { openSource } from './read.ts';
import { type Source } from './source.ts';
import { type SourceRow } from './split.ts';
import { type RowError, rowReader } from './rows.ts';

export const TODAY = plainDate(2026, 11, 24);
export const HEADER = 'policy_number,full_name,email,line,premium,mode,next_due_on,cover_from';

/** A folder of its own, taken away by `clear`. */
export function aFolder(): { readonly write: (name: string, content: string | Uint8Array) => string; readonly path: string; readonly clear: () => void } {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'inforce-import-'));
  return {
    path: folder,
    write: (name, content) => {
      const file = path.join(folder, name);
      fs.writeFileSync(file, content);
      return file;
    },
    clear: () => fs.rmSync(folder, { recursive: true, force: true }),
  };
}

export async function rowsOfSource(source: Source): Promise<SourceRow[]> {
  const rows: SourceRow[] = [];
  for await (const batch of source.batches) rows.push(...batch);
  await source.close();
  return rows;
}

export type Read = { readonly header: readonly string[]; readonly format: string; readonly rows: readonly SourceRow[] };

/** Opens a file and reads it to its end. */
export async function readAll(file: string): Promise<Result<Read>> {
  const source = await openSource(file);
  if (!source.ok) return source;
  return { ok: true, value: { header: source.value.header, format: source.value.format, rows: await rowsOfSource(source.value) } };
}

/** One row of cells by column, read with the mapping that is recognised, for Hong Kong; what it became by field, or its errors. */
export function readRow(cells: Readonly<Record<string, string>>, mapping: Partial<Mapping> = {}): { readonly values: Readonly<Record<string, unknown>> | null; readonly errors: readonly RowError[] } {
  const header = Object.keys(cells);
  const complete = expectOk(completeMapping({ ...recognise(header, []), ...mapping }, 'HK'));
  const reader = expectOk(rowReader(header, complete, TODAY));
  const errors: RowError[] = [];
  const values = reader.read({ line: 2, cells: Object.values(cells) }, errors);
  return { values: values === null ? null : Object.fromEntries(reader.columns.map(({ name }, i) => [name, values[i]])), errors };
}

/** Cells of a good policy, with some of them changed. */
export const aRow = (changes: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  policy_number: 'P-1', line: 'life', premium: '1200.50', mode: 'annual', currency: 'HKD', next_due_on: '2027-03-01', cover_from: '2020-03-01', ...changes,
});

/** A workbook of one sheet with its cells as texts, numbers, or XML of one's own. */
export function aWorkbook(rows: readonly (readonly (string | number | { readonly xml: string })[])[], parts: Readonly<Record<string, string>> = {}): Uint8Array {
  const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const cell = (value: string | number | { readonly xml: string }): string => {
    if (typeof value === 'object') return value.xml;
    return typeof value === 'number' ? `<c><v>${value}</v></c>` : `<c t="inlineStr"><is><t>${escaped(value)}</t></is></c>`;
  };
  const sheet = `<?xml version="1.0"?><worksheet><sheetData>${rows.map((row, i) => `<row r="${i + 1}">${row.map(cell).join('')}</row>`).join('')}</sheetData></worksheet>`;
  const files: Record<string, string> = {
    'xl/workbook.xml': '<workbook><sheets><sheet name="Policies" sheetId="1" r:id="rId1"/></sheets></workbook>',
    'xl/_rels/workbook.xml.rels': '<Relationships><Relationship Id="rId1" Type="worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
    'xl/styles.xml': '<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>',
    'xl/worksheets/sheet1.xml': sheet, ...parts,
  };
  return zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])));
}
