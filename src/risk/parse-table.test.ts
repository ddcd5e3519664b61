import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { expectOk } from '../kernel/index.ts';
import { asText, cellOf, parseTable, tableParser } from './index.ts';

const SEED = Number(process.env['INFORCE_SEED'] ?? 7);

test('a BOM, CRLF, quotes, commas and line breaks in quotes are read', () => {
  const { table, ids } = expectOk(parseTable('\uFEFFid,name,amount\r\n1,"Chan, ""Tai""\r\nMan",12.5\r\n2,李,NA\r\n', { id: 'id' }));
  assert.deepEqual(ids, ['1', '2']);
  assert.equal(cellOf(table.columns['name'], 0), 'Chan, "Tai"\r\nMan');
  assert.deepEqual(table.columns['amount'], new Float64Array([12.5, Number.NaN]));
});

test('rows that do not fit are set aside with line and reason, the others are kept', () => {
  const rows = Array.from({ length: 40 }, (_, k) => `${k},${k / 2}`);
  const { table, badRows } = expectOk(parseTable(['a,b', ...rows, '41,x', '42', '43,1'].join('\n')));
  assert.equal(table.rows, 41);
  assert.deepEqual(badRows, [
    { line: 42, field: 'b', value: 'x', reason: 'not_a_number' },
    { line: 43, field: '', value: '1', reason: 'wrong_number_of_fields' },
  ]);
});

test('a quote that nobody closes costs its own line, not the rest of the file', () => {
  const { table, badRows } = expectOk(parseTable('a,b\n1,2\n3,"4\n5,6\n'));
  assert.equal(table.rows, 2);
  assert.deepEqual(badRows, [{ line: 3, field: '', value: '3,"4', reason: 'quote_not_closed' }]);
});

test('an empty file and a column named twice are refused', () => {
  const code = (text: string): string | null => {
    const parsed = parseTable(text);
    return parsed.ok ? null : parsed.problem.code;
  };
  assert.equal(code(''), 'file_empty');
  assert.equal(code('a,b,a\n1,2,3\n'), 'header_duplicate');
  assert.equal(code('a,b\n'), null);
});

test('however a file is cut into chunks, the same table is read', () => {
  const cell = fc.string({ maxLength: 6 }).filter((text) => text.trim() === text && text !== '');
  const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  fc.assert(fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 20 }), fc.infiniteStream(fc.integer({ min: 1, max: 9 })), (rows, sizes) => {
    const text = `x,y\n${rows.map(([x, y]) => `${quoted(x)},${quoted(y)}`).join('\n')}\n`;
    const parser = tableParser({ kindOf: () => 'text' });
    for (let at = 0; at < text.length;) {
      const size = sizes.next().value ?? 1;
      parser.push(text.slice(at, at + size));
      at += size;
    }
    const parsed = expectOk(parser.finish());
    assert.deepEqual(parsed, expectOk(parseTable(text, { kindOf: () => 'text' })));
    const x = asText(parsed.table.columns['x'] ?? new Float64Array());
    const missing = new Set(['NA', 'N/A', 'NaN', 'nan', 'null', 'NULL', 'None']);
    assert.deepEqual(rows.map((_, row) => x.dictionary[x.codes[row] ?? -1]), rows.map(([value]) => (missing.has(value) ? undefined : value)));
  }), { seed: SEED, numRuns: 100 });
});
