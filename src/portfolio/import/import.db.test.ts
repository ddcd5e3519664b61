import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parse } from 'csv-parse/sync';
import iconv from 'iconv-lite';
import { connect, type Database, inInsurer } from '../../database/index.ts';
import { expectOk, type Result } from '../../kernel/index.ts';
import { type Insurer, insurerById, registerInsurer } from '../insurers.ts';
import { aFolder, aWorkbook, HEADER, TODAY } from './fixture.ts';
import { importPolicies, type ImportOptions, type ImportResult } from './import.ts';
import { readImportMapping } from './mapping.ts';

const dataDirectory = fs.mkdtempSync(path.join(os.tmpdir(), 'inforce-import-db-'));
fs.chmodSync(dataDirectory, 0o755);
const folder = aFolder();
let database: Database;
let neighbour: Insurer;

before(async () => {
  database = expectOk(await connect({ dataDirectory, databaseUrl: '' }));
  neighbour = await anInsurer('neighbour');
  expectOk(await load(neighbour, folder.write('neighbour.csv', `${HEADER}\n${good(1)}\n${good(2)}\n`)));
});
after(async () => {
  await database.close();
  fs.rmSync(dataDirectory, { recursive: true, force: true });
  folder.clear();
});

async function anInsurer(code: string): Promise<Insurer> {
  return expectOk(await insurerById(database, expectOk(await registerInsurer(database, {
    code, name: code, nameZhHans: code, nameZhHant: code, reportingCurrency: 'HKD', timeZone: 'Asia/Hong_Kong', contactPhone: '', contactEmail: '', simulated: false, simulationSeed: null,
  }))));
}

const good = (n: number, changes: { readonly name?: string; readonly premium?: string } = {}): string => (
  `P-${n},${changes.name ?? `Chan Mei ${n}`},p${n}@mail.hk,life,${changes.premium ?? `${1_000 + n}.50`},annual,2027-03-01,2020-03-01`);
const load = (insurer: Insurer, file: string, options: Partial<ImportOptions> = {}): Promise<Result<ImportResult>> => (
  importPolicies(database, insurer, file, { market: 'HK', today: TODAY, language: 'en', ...options }));
const loadText = (insurer: Insurer, name: string, content: string | Uint8Array, options: Partial<ImportOptions> = {}): Promise<Result<ImportResult>> => load(insurer, folder.write(name, content), options);

/** Everything that an import could touch of one insurer, but for numbers and moments that the database gives. */
async function contentOf(insurer: Insurer): Promise<string> {
  const [row] = await inInsurer(database.app, insurer.insurerId, (tx) => tx<{ content: string }[]>`
    select coalesce(string_agg(md5((to_jsonb(p) - '{insurer_id,policy_id,holder_id,created_at}'::text[])::text || (to_jsonb(h) - '{insurer_id,holder_id,created_at}'::text[])::text), ',' order by p.policy_number), '') as content
    from policies p join holders h using (insurer_id, holder_id)`);
  return row?.content ?? '';
}

/** Every row of every table but the named insurer's own portfolio and records of imports. */
async function everythingElse(insurer: Insurer): Promise<string> {
  const tables = await database.owner<{ name: string }[]>`
    select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and n.nspname = 'public' and c.relname <> 'schema_migrations' order by 1`;
  let all = '';
  for (const { name } of tables) {
    const own = ['holders', 'policies', 'imports'].includes(name) ? `where insurer_id <> ${insurer.insurerId}` : '';
    const [row] = await database.owner.unsafe<{ print: string }[]>(`select md5(coalesce(string_agg(t::text, ',' order by t::text), '')) as print from ${name} t ${own}`);
    all += `${name} ${row?.print ?? ''}\n`;
  }
  return all;
}

const policiesOf = (insurer: Insurer): Promise<{ policy_number: string; premium_minor: bigint; family_name: string; given_name: string }[]> => inInsurer(database.app, insurer.insurerId, (tx) => tx`
  select p.policy_number, p.premium_minor, h.family_name, h.given_name from policies p join holders h using (insurer_id, holder_id) order by length(p.policy_number), p.policy_number`);
const errorRows = (result: ImportResult): Record<string, string>[] => (result.errorsFile === null ? [] : parse(fs.readFileSync(result.errorsFile), { columns: true, bom: true }));

void describe('good rows come in and bad rows come back', () => {
  test('a file of every kind of bad row: each with row, field, value, reason and remedy; the good rows are in; nothing else is touched', async () => {
    const insurer = await anInsurer('mixed');
    const other = await everythingElse(insurer);
    const rows = [
      HEADER, good(1), good(2, { premium: '-5' }), good(3, { premium: '0' }), good(4, { premium: '99999999999999999999' }), good(5, { premium: '1.234' }), good(6), good(6), 'P-7,torn', good(8).replace('2027-03-01', '2027-02-29'),
      '"P-9,open quote,x,life,1,annual,2027-03-01,2020-03-01', good(10, { name: '=cmd|calc' }), good(11, { name: '"two\nlines"' }), good(12).replace('life', '=HYPERLINK("x")'), good(13), `P-14,Chan\u0000,a@b.hk,life,5,annual,2027-03-01,2020-03-01`,
    ];
    const result = expectOk(await loadText(insurer, 'mixed.csv', `${rows.join('\n')}\n`));
    assert.deepEqual([result.rowsRead, result.rowsNew, result.rowsBad], [15, 5, 10]);
    assert.deepEqual((await policiesOf(insurer)).map((policy) => policy.policy_number), ['P-1', 'P-6', 'P-10', 'P-11', 'P-13']);
    const errors = errorRows(result);
    assert.deepEqual(errors.map((error) => [error['row'], error['field']]), [
      ['3', 'premium'], ['4', 'premium'], ['5', 'premium'], ['6', 'premium'], ['8', 'policy_number'], ['9', ''], ['10', 'next_due_on'], ['11', ''], ['15', 'line'], ['17', 'full_name'],
    ]);
    for (const error of errors) assert.ok(error['reason'] !== '' && error['remedy'] !== '', JSON.stringify(error));
    assert.equal(errors[8]?.['value'], `'=HYPERLINK("x")`);
    assert.deepEqual((await policiesOf(insurer))[2]?.family_name, '=cmd|calc');
    assert.equal(await everythingElse(insurer), other);
  });
  test('currencies that nobody knows, in three languages', async () => {
    const insurer = await anInsurer('currencies');
    for (const [language, reason] of [['en', /no currency/], ['zh-Hans', /货币/], ['zh-Hant', /貨幣/]] as const) {
      const result = expectOk(await loadText(insurer, `currency-${language}.csv`, `${HEADER},currency\n${good(1)},XYZ\n${good(2)},HKD\n`, { language }));
      assert.match(errorRows(result)[0]?.['reason'] ?? '', reason);
      assert.notEqual(errorRows(result)[0]?.['remedy'], '');
    }
    assert.deepEqual((await policiesOf(insurer)).map((policy) => policy.policy_number), ['P-2']);
  });
  test('the same policies in every encoding and form are the same policies', async () => {
    const header = '保單號碼,姓名,電郵,險種,保費,繳費方式,應繳日,生效日';
    const text = `${header}\n${[1, 2, 3].map((n) => `P-${n},陳美玲,p${n}@mail.hk,壽險,${n}00.50,年繳,2027-03-01,2020-03-01`).join('\n')}\n`;
    const cells = text.trim().split('\n').map((line) => line.split(','));
    const forms: readonly (readonly [name: string, content: string | Uint8Array])[] = [
      ['utf8.csv', text], ['bom.csv', `\ufeff${text}`], ['utf16.csv', iconv.encode(text, 'utf-16le', { addBOM: true })], ['utf16be.csv', iconv.encode(text, 'utf-16be', { addBOM: true })], ['big5.csv', iconv.encode(text, 'big5')],
      ['gb.csv', iconv.encode(text, 'gb18030')], ['tabs.tsv', text.replaceAll(',', '\t')], ['semicolons.csv', text.replaceAll(',', ';')], ['crlf.csv', text.replaceAll('\n', '\r\n')],
      ['quoted.csv', cells.map((row) => row.map((cell) => `"${cell}"`).join(',')).join('\n')], ['book.xlsx', aWorkbook(cells)],
    ];
    const contents = new Set<string>();
    for (const [i, [name, content]] of forms.entries()) {
      const insurer = await anInsurer(`form-${i}`);
      const result = expectOk(await loadText(insurer, name, content));
      assert.deepEqual([result.rowsNew, result.rowsBad], [3, 0], name);
      contents.add((await policiesOf(insurer)).map((policy) => Object.values(policy).join()).join(';'));
    }
    assert.deepEqual([...contents], ['P-1,10050,陳美玲,;P-2,20050,陳美玲,;P-3,30050,陳美玲,']);
  });
  test('a broken byte costs its own row', async () => {
    const insurer = await anInsurer('broken-byte');
    const result = expectOk(await loadText(insurer, 'broken.csv', Buffer.concat([Buffer.from(`${HEADER}\n${good(1, { name: '陳美玲' })}\nP-2,陳`), Buffer.from([0xe7, 0xbe, 0xff]), Buffer.from(`,a@b.hk,life,5,annual,2027-03-01,2020-03-01\n${good(3)}\n`)])));
    assert.deepEqual([result.rowsNew, errorRows(result).map((error) => error['field'])], [2, ['full_name']]);
  });
});

void describe('what cannot be read touches nothing', () => {
  const files: readonly (readonly [name: string, content: string | Uint8Array, code: string])[] = [
    ['nothing.csv', '', 'file_empty'], ['pdf.csv', '%PDF-1.7\n%âãÏÓ', 'file_not_a_table'], ['twice.csv', 'policy_number,premium,premium\n1,2,3\n', 'column_twice'],
    ['wide.csv', `${Array.from({ length: 600 }, (_, i) => `c${i}`).join(',')}\n`, 'columns_too_many'], ['other.csv', 'colour,size\nred,1\n', 'mapping_incomplete'], ['cut.xlsx', aWorkbook([['a', 'b']]).slice(0, 300), 'workbook_damaged'],
    ['bomb.xlsx', aWorkbook([], { 'xl/worksheets/sheet1.xml': `<worksheet><sheetData>${' '.repeat(64 * 1024 * 1024)}</sheetData></worksheet>` }), 'workbook_too_large'],
  ];
  test('each gets its clear problem, and the database is what it was', async () => {
    const all = await everythingElse({ ...neighbour, insurerId: 0 as Insurer['insurerId'] });
    for (const [name, content, code] of files) {
      const result = await loadText(neighbour, name, content);
      assert.equal(!result.ok && result.problem.code, code, name);
    }
    const missing = await load(neighbour, path.join(folder.path, 'not-there.csv'));
    assert.equal(!missing.ok && missing.problem.code, 'file_unreadable');
    assert.equal(await everythingElse({ ...neighbour, insurerId: 0 as Insurer['insurerId'] }), all);
  });
  test('a header alone brings nothing in and says so', async () => {
    const result = expectOk(await loadText(neighbour, 'header.csv', `${HEADER}\n`));
    assert.deepEqual([result.rowsRead, result.rowsNew, result.rowsBad], [0, 0, 0]);
  });
});

void describe('a file that comes again', () => {
  test('the same file twice changes nothing', async () => {
    const insurer = await anInsurer('again');
    const file = folder.write('again.csv', `${HEADER},holder_ref\n${Array.from({ length: 200 }, (_, n) => `${good(n, { name: `Chan ${Math.floor(n / 3)}` }).replace(/p\d+@/, 'x@')},H-${Math.floor(n / 3)}`).join('\n')}\n`);
    assert.equal(expectOk(await load(insurer, file)).rowsNew, 200);
    const content = await contentOf(insurer);
    const second = expectOk(await load(insurer, file));
    assert.deepEqual([second.rowsNew, second.rowsChanged, second.rowsSame, second.changes], [0, 0, 200, []]);
    assert.equal(await contentOf(insurer), content);
    const [holders] = await inInsurer(database.app, insurer.insurerId, (tx) => tx<{ n: number }[]>`select count(*)::int as n from holders`);
    assert.equal(holders?.n, 67);
  });
  test('a newer file shows exactly what changes, and a dry run shows it without changing', async () => {
    const insurer = await anInsurer('newer');
    expectOk(await loadText(insurer, 'newer.csv', `${HEADER}\n${[1, 2, 3].map((n) => good(n)).join('\n')}\n`));
    const content = await contentOf(insurer);
    const other = await everythingElse(insurer);
    const file = folder.write('newer-2.csv', `${HEADER}\n${good(1)}\n${good(2, { premium: '9.99' })}\n${good(3, { name: 'Chan New' })}\n${good(4)}\n`);
    const expected = [
      { policy_number: 'P-2', field: 'premium_minor', before: '100250', after: '999' },
      { policy_number: 'P-3', field: 'family_name', before: '3', after: 'New' }, { policy_number: 'P-3', field: 'given_name', before: 'Chan Mei', after: 'Chan' },
    ];
    for (const dryRun of [true, false]) {
      const result = expectOk(await load(insurer, file, { dryRun }));
      assert.deepEqual([result.rowsNew, result.rowsChanged, result.rowsSame], [1, 2, 1]);
      assert.deepEqual(result.changes.map((change) => ({ ...change })), expected);
      assert.equal((await contentOf(insurer)) === content, dryRun);
      assert.equal(await everythingElse(insurer), other);
    }
    const records = await inInsurer(database.app, insurer.insurerId, (tx) => tx<{ dry_run: boolean }[]>`select dry_run from imports order by import_id`);
    assert.deepEqual(records.map((record) => record.dry_run), [false, true, false]);
  });
  test('the mapping that was used is a mapping to use', async () => {
    const [first, second] = [await anInsurer('saved-1'), await anInsurer('saved-2')];
    const file = folder.write('saved.csv', `保单号,姓名,险种,保费,缴费方式,应缴日,生效日\nA-1,王伟,寿险,88,季缴,2027-03-01,2020-03-01\n`);
    const used = expectOk(await load(first, file, { market: 'CN' })).mapping;
    const again = expectOk(readImportMapping(JSON.parse(JSON.stringify(used))));
    const { market: _, ...rest } = { market: null, mapping: again };
    expectOk(await importPolicies(database, second, file, { today: TODAY, language: 'en', ...rest }));
    assert.equal((await policiesOf(second))[0]?.premium_minor, 8800n);
    assert.deepEqual(await policiesOf(second), await policiesOf(first));
  });
  test('errors that were corrected leave no file of errors behind', async () => {
    const insurer = await anInsurer('corrected');
    const bad = expectOk(await loadText(insurer, 'corrected.csv', `${HEADER}\n${good(1, { premium: '-1' })}\n`));
    assert.ok(fs.existsSync(bad.errorsFile ?? ''));
    assert.equal(expectOk(await loadText(insurer, 'corrected.csv', `${HEADER}\n${good(1)}\n`)).errorsFile, null);
    assert.ok(!fs.existsSync(bad.errorsFile ?? ''));
  });
});

void describe('an import that is broken off', () => {
  /** Without names, so that the search index does not slow the test. */
  const many = (rows: number): string => `policy_number,line,premium,mode,next_due_on\n${Array.from({ length: rows }, (_, n) => `P-${n},life,${1_000 + n},annual,2027-03-01`).join('\n')}\n`;
  /** Loads in a process of its own, so that it can be killed. */
  const inProcess = (code: string, file: string): ReturnType<typeof spawn> => spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '-e', `
    import { connect } from '${path.resolve(import.meta.dirname, '../../database/index.ts')}';
    import { importPolicies, insurerByCode } from '${path.resolve(import.meta.dirname, '../index.ts')}';
    const database = (await connect({ dataDirectory: '${dataDirectory}', databaseUrl: '' })).value;
    const insurer = (await insurerByCode(database, '${code}')).value;
    await importPolicies(database, insurer, '${file}', { market: 'HK', today: '${TODAY}', language: 'en' });
    await database.close();`], { stdio: ['ignore', 'ignore', 'inherit'] });
  const countOf = async (insurer: Insurer): Promise<number> => (await inInsurer(database.app, insurer.insurerId, (tx) => tx<{ n: number }[]>`select count(*)::int as n from policies`))[0]?.n ?? 0;

  test('killed in the middle of a file and run again, the result is that of an undisturbed run', { timeout: 120_000 }, async () => {
    const [undisturbed, killed] = [await anInsurer('undisturbed'), await anInsurer('killed')];
    const file = folder.write('many.csv', many(70_000));
    expectOk(await load(undisturbed, file));
    const child = inProcess('killed', file);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    while (child.exitCode === null && await countOf(killed) === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill('SIGKILL');
    await ended;
    const half = await countOf(killed);
    assert.ok(half > 0 && half < 70_000, `${half} rows were in`);
    const resumed = expectOk(await whenFree(() => load(killed, file)));
    assert.equal(resumed.rowsNew + resumed.rowsSame, 70_000);
    assert.equal(await contentOf(killed), await contentOf(undisturbed));
    const [orphans] = await inInsurer(database.app, killed.insurerId, (tx) => tx<{ n: number }[]>`select count(*)::int as n from holders h where not exists (select from policies p where p.holder_id = h.holder_id)`);
    assert.equal(orphans?.n, 0);
  });
  test('stopped, what is in stays in, and the same file goes on', async () => {
    const insurer = await anInsurer('stopped');
    const file = folder.write('stopped.csv', many(60_000));
    const stop = new AbortController();
    const first = expectOk(await load(insurer, file, { signal: stop.signal, onProgress: () => stop.abort() }));
    assert.ok(first.stopped && first.rowsNew > 0 && first.rowsNew < 60_000);
    const second = expectOk(await load(insurer, file));
    assert.deepEqual([second.rowsSame, second.rowsNew], [first.rowsNew, 60_000 - first.rowsNew]);
  });
  test('two imports of one insurer at once: the second is told to wait', async () => {
    const insurer = await anInsurer('at-once');
    const file = folder.write('at-once.csv', many(2_000));
    const [a, b] = await Promise.all([load(insurer, file), load(insurer, file)]);
    assert.deepEqual([a, b].map((result) => (result.ok ? 'in' : result.problem.code)).sort(), ['import_running', 'in']);
    assert.equal(await countOf(insurer), 2_000);
  });
});

/** The lock of a killed process goes when the server notices; that is a moment later. */
async function whenFree(work: () => Promise<Result<ImportResult>>): Promise<Result<ImportResult>> {
  for (;;) {
    const result = await work();
    if (result.ok || result.problem.code !== 'import_running') return result;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
