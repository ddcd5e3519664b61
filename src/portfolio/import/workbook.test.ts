import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { strToU8, zipSync } from 'fflate';
import exceljs from 'exceljs';
import { aFolder, aWorkbook, readAll } from './fixture.ts';

const folder = aFolder();
after(folder.clear);

const HEAD = ['policy', 'premium', 'due'];
const read = async (content: Uint8Array): Promise<(readonly string[])[] | string> => {
  const all = await readAll(folder.write('book.xlsx', content));
  return all.ok ? all.value.rows.map((row) => row.cells) : all.problem.code;
};

void describe('a workbook is read as rows', () => {
  test('written by another program: texts, numbers, dates, formulas, rich text, gaps', async () => {
    const book = new exceljs.Workbook();
    const sheet = book.addWorksheet('Policies');
    sheet.addRow(['policy', 'name', 'premium', 'due', 'note']);
    sheet.addRow(['P-1', '陳美玲 <&>', 1234.1, new Date(Date.UTC(2027, 1, 28)), { formula: 'C2*2', result: 2468.2 }]);
    sheet.addRow(['P-2', { richText: [{ text: 'Chan ' }, { font: { bold: true }, text: 'Mei' }] }, 0.1, new Date(Date.UTC(2028, 1, 29))]);
    sheet.addRow([]);
    sheet.addRow(['P-3', undefined, 7, undefined, 'x']);
    assert.deepEqual(await read(new Uint8Array(await book.xlsx.writeBuffer())), [
      ['P-1', '陳美玲 <&>', '1234.1', '2027-02-28', '2468.2'], ['P-2', 'Chan Mei', '0.1', '2028-02-29', ''], ['P-3', '', '7', '', 'x'],
    ]);
  });
  test('numbers lose what floating point adds', async () => assert.deepEqual(await read(aWorkbook([HEAD, ['1', { xml: '<c><v>1234.0999999999999</v></c>' }, { xml: '<c s="1"><v>46447</v></c>' }]])), [['1', '1234.1', '2027-03-01']]));
  test('names of elements may have a prefix', async () => {
    const sheet = '<x:worksheet xmlns:x="m"><x:sheetData><x:row><x:c t="str"><x:v>a</x:v></x:c><x:c t="str"><x:v>b</x:v></x:c></x:row><x:row><x:c><x:v>1</x:v></x:c><x:c><x:v>2</x:v></x:c></x:row></x:sheetData></x:worksheet>';
    assert.deepEqual(await read(aWorkbook([], { 'xl/worksheets/sheet1.xml': sheet })), [['1', '2']]);
  });
  test('many rows come piece by piece', async () => {
    const rows = await read(aWorkbook([HEAD, ...Array.from({ length: 30_000 }, (_, i) => [`P-${i}`, i, '2027-03-01'])]));
    assert.ok(Array.isArray(rows));
    assert.equal(rows.length, 30_000);
    assert.deepEqual(rows.at(-1), ['P-29999', '29999', '2027-03-01']);
  });
});

/** Writes another size into the directory of an archive, as an attacker would. */
function withLyingDirectory(archive: Uint8Array, part: string, unpacked: number): Uint8Array {
  const bytes = Buffer.from(archive);
  for (let at = bytes.indexOf('PK\u0001\u0002', 0, 'latin1'); at >= 0; at = bytes.indexOf('PK\u0001\u0002', at + 4, 'latin1')) {
    const name = bytes.toString('utf8', at + 46, at + 46 + bytes.readUInt16LE(at + 28));
    if (name === part) bytes.writeUInt32LE(unpacked, at + 24);
  }
  return bytes;
}

void describe('a workbook that would hurt is refused before a row is read', () => {
  const SHEET = 'xl/worksheets/sheet1.xml';
  const bomb = aWorkbook([], { [SHEET]: `<worksheet><sheetData><row><c><v>1</v></c></row>${' '.repeat(200 * 1024 * 1024)}</sheetData></worksheet>` });

  test('a bomb', async () => assert.equal(await read(bomb), 'workbook_too_large'));
  test('a bomb whose directory says that it is small: what comes out is counted, and memory stays', async () => {
    const before = process.memoryUsage().rss;
    assert.equal(await read(withLyingDirectory(bomb, SHEET, 1_000)), 'workbook_too_large');
    assert.ok(process.memoryUsage().rss - before < 150 * 1024 * 1024);
  });
  test('a bomb of shared texts', async () => assert.equal(await read(aWorkbook([HEAD], { 'xl/sharedStrings.xml': `<sst>${'<si><t>a</t></si>'.repeat(8_000_000)}</sst>` })), 'workbook_too_large'));
  test('a directory that says more than there is', async () => assert.equal(await read(withLyingDirectory(aWorkbook([HEAD]), SHEET, 0xfffffff0)), 'workbook_too_large'));
  test('a bomb in a part that nobody needs is never unpacked', async () => assert.deepEqual(await read(aWorkbook([HEAD, ['1', 2, '3']], { 'xl/media/image1.bin': '0'.repeat(60 * 1024 * 1024) })), [['1', '2', '3']]));

  const whole = aWorkbook([HEAD, ...Array.from({ length: 500 }, (_, i) => [`P-${i}`, (i * 7919) % 1_000, `note ${i}`])]);
  test('one that was cut short', async () => assert.equal(await read(whole.slice(0, whole.length / 2)), 'workbook_damaged'));
  test('one with a byte changed', async () => {
    const bytes = Buffer.from(whole);
    const sheet = bytes.indexOf(SHEET);
    bytes.writeUInt8(bytes.readUInt8(sheet + 700) ^ 0x55, sheet + 700);
    assert.equal(await read(bytes), 'workbook_damaged');
  });
  test('no workbook at all, only an archive', async () => assert.equal(await read(zipSync({ 'readme.txt': strToU8('hello') })), 'workbook_damaged'));
  test('only the letters PK', async () => assert.equal(await read(strToU8('PK,name\n1,a\n')), 'workbook_damaged'));
  test('a sheet that ends in the middle of a row', async () => assert.equal(await read(aWorkbook([], { [SHEET]: '<worksheet><sheetData><row><c><v>1' })), 'workbook_damaged'));
});
