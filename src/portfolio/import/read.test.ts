import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import iconv from 'iconv-lite';
import { seededRandom } from '../../kernel/index.ts';
import { encodingOf } from './encoding.ts';
import { aFolder, readAll } from './fixture.ts';
import { recognise } from './mapping.ts';

const folder = aFolder();
after(folder.clear);

const problemOf = async (name: string, content: string | Uint8Array): Promise<string> => {
  const read = await readAll(folder.write(name, content));
  return read.ok ? 'none' : read.problem.code;
};
const cellsOf = async (content: string | Uint8Array): Promise<(readonly string[])[]> => {
  const read = await readAll(folder.write('rows.csv', content));
  assert.ok(read.ok);
  return read.value.rows.map((row) => row.cells);
};

const SIMPLIFIED = ['保单号,姓名,保费,缴费方式', '保单号码,投保人姓名,应缴保费,到期日', 'id,name,premium\n1,王伟,100\n2,李娜,200\n3,张敏,300', 'policy,name\n1,欧阳晓明', 'number,city\n1,北京\n2,上海\n3,广州'];
const TRADITIONAL = ['保單號碼,姓名,保費,繳費方式', '保單編號,要保人,應繳保費,到期日', 'id,name,premium\n1,陳美玲,100\n2,林志明,200\n3,黃家豪,300', 'policy,name\n1,歐陽曉明', 'number,city\n1,臺北\n2,高雄\n3,香港'];

void describe('the encoding of a file is found by itself', () => {
  for (const text of SIMPLIFIED) test(`GB18030: ${text.replaceAll('\n', ' / ')}`, () => assert.equal(encodingOf(iconv.encode(text, 'gb18030'), false), 'GB18030'));
  for (const text of TRADITIONAL) test(`Big5: ${text.replaceAll('\n', ' / ')}`, () => assert.equal(encodingOf(iconv.encode(text, 'big5'), false), 'Big5'));
  for (const text of [...SIMPLIFIED, ...TRADITIONAL]) test(`UTF-8: ${text.replaceAll('\n', ' / ')}`, () => assert.equal(encodingOf(Buffer.from(text), false), 'UTF-8'));

  test('a beginning that cuts a character in two is still read', () => {
    const bytes = Buffer.from('policy,name\n1,陳美玲');
    for (const less of [1, 2]) assert.equal(encodingOf(bytes.subarray(0, bytes.length - less), true), 'UTF-8');
  });
  test('hundreds of names of either script are never mixed up', () => {
    const random = seededRandom(7);
    const [hans, hant] = [Array.from('王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高梁郑谢宋唐许邓韩冯曹伟芳娜敏静丽强磊军洋勇艳杰娟涛明超'), Array.from('陳林黃張李王吳劉蔡楊許鄭謝郭洪曾邱廖賴周徐蘇葉莊呂江何蕭羅高美玲志明家豪淑芬俊傑雅婷怡君建')];
    const names = (characters: readonly string[]): string => Array.from({ length: 8 }, () => `${random.pick(characters)}${random.pick(characters)}${random.pick(characters)}`).join('\n');
    for (let i = 0; i < 300; i += 1) {
      assert.equal(encodingOf(iconv.encode(names(hans), 'gb18030'), false), 'GB18030');
      assert.equal(encodingOf(iconv.encode(names(hant), 'big5'), false), 'Big5');
    }
  });
  test('UTF-16 with and without its mark, either way round', () => {
    for (const [encoding, name] of [['utf-16le', 'UTF-16LE'], ['utf-16be', 'UTF-16BE']] as const) {
      assert.equal(encodingOf(iconv.encode('policy,name\n1,Chan', encoding), false), name);
      assert.equal(encodingOf(iconv.encode('保单号,姓名', encoding, { addBOM: true }), false), name);
    }
  });
  test('a single accented letter between plain ones is Western', () => assert.equal(encodingOf(iconv.encode('id,name\n1,Jürgen Müller\n2,François', 'win1252'), false), 'Windows-1252'));
  test('bytes that are no text are refused', async () => {
    const random = seededRandom(3);
    assert.equal(await problemOf('noise.csv', Buffer.from(Array.from({ length: 5_000 }, () => random.integer(0, 255)))), 'encoding_unknown');
  });
});

void describe('a text is read as rows', () => {
  const rows = [['1', 'Chan, "Mei"', '2'], ['2', 'two\nlines', '3']];
  const quoted = (mark: string): string => `a${mark}b${mark}c\r\n1${mark}"Chan, ""Mei"""${mark}2\r\n2${mark}"two\nlines"${mark}3\r\n`;
  for (const [name, mark] of [['commas', ','], ['tabs', '\t'], ['semicolons', ';'], ['bars', '|']] as const) test(`with ${name}`, async () => assert.deepEqual(await cellsOf(quoted(mark)), rows));
  test('a byte order mark is no part of the first column', async () => {
    const read = await readAll(folder.write('bom.csv', '\ufeffid,name\n1,a\n'));
    assert.deepEqual(read.ok && read.value.header, ['id', 'name']);
  });
  test('UTF-16 as Excel saves it', async () => {
    const read = await readAll(folder.write('utf16.txt', iconv.encode('保单号\t姓名\r\n1\t王伟\r\n', 'utf-16le', { addBOM: true })));
    assert.deepEqual(read.ok && [read.value.header, read.value.rows[0]?.cells], [['保单号', '姓名'], ['1', '王伟']]);
  });
  test('a quote inside a cell is a character', async () => assert.deepEqual(await cellsOf('a,b\n1,5" pipe\n2,x\n'), [['1', '5" pipe'], ['2', 'x']]));
  test('a quote that never closes costs one row', async () => {
    const rest = Array.from({ length: 300 }, (_, i) => `${i},x`).join('\n');
    const read = await cellsOf(`a,b\n1,"open\n${rest}\n`);
    assert.equal(read.length, 301);
    assert.notEqual(read[0]?.length, 2);
    assert.deepEqual(read.at(-1), ['299', 'x']);
  });
  test('two quotes left open far apart do not swallow the rows between', async () => {
    const read = await cellsOf('a,b\n1,"open\n2,x\n3,y\n4,"open\n5,z\n');
    assert.deepEqual(read.filter((row) => row.length === 2), [['2', 'x'], ['3', 'y'], ['5', 'z']]);
  });
  test('lines are counted through cells of several lines and empty lines', async () => {
    const read = await readAll(folder.write('lines.csv', 'a,b\n\n1,"x\ny\nz"\n,\n2,w\n'));
    assert.deepEqual(read.ok && read.value.rows.map((row) => row.line), [3, 7]);
  });
  test('the last line needs no line break', async () => assert.deepEqual(await cellsOf('a,b\n1,x'), [['1', 'x']]));
  test('a row is the same wherever the pieces of the file are cut', async () => {
    const line = `${'9'.repeat(60)},"say ""hi"", 陳\nand on"`;
    const read = await cellsOf(`a,b\n${Array.from({ length: 40_000 }, () => line).join('\n')}\n`);
    assert.equal(read.length, 40_000);
    assert.ok(read.every((row) => row.length === 2 && row[1] === 'say "hi", 陳\nand on'));
  });
});

void describe('what is no file of policies is refused in plain words', () => {
  const cases: readonly (readonly [name: string, content: string | Uint8Array, code: string])[] = [
    ['empty.csv', '', 'file_empty'],
    ['blank.csv', '\n\n', 'file_empty'],
    ['document.csv', '%PDF-1.7\n%âãÏÓ\n1 0 obj <<>> endobj', 'file_not_a_table'],
    ['prose.csv', 'Dear all\nplease find attached\n', 'file_not_a_table'],
    ['twice.csv', 'id,name,name\n1,a,b\n', 'column_twice'],
    ['wide.csv', `${Array.from({ length: 600 }, (_, i) => `c${i}`).join(',')}\n`, 'columns_too_many'],
    ['old.xls', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]), 'workbook_old'],
  ];
  for (const [name, content, code] of cases) test(`${name}: ${code}`, async () => assert.equal(await problemOf(name, content), code));
  test('a file that is not there, and a folder', async () => {
    for (const file of ['/nowhere/at-all.csv', folder.path]) {
      const read = await readAll(file);
      assert.equal(!read.ok && read.problem.code, 'file_unreadable');
    }
  });
});

void describe('columns are recognised by name and content', () => {
  for (const header of [['保单号', '投保人姓名', '保费', '缴费方式', '应缴日'], ['保單號碼', '要保人', '保費', '繳費方式', '應繳日'], ['Policy No.', 'Policyholder', 'Premium Amount', 'Frequency', 'Due Date']]) {
    test(header.join(', '), () => assert.deepEqual(Object.values(recognise(header, []).columns), ['policy_number', 'full_name', 'premium', 'mode', 'next_due_on']));
  }
  test('addresses by their @', () => assert.equal(recognise(['id', 'reach'], [['1', 'a@b.hk'], ['2', 'c@d.hk'], ['3', 'e@f.hk']]).columns['reach'], 'email'));
});
