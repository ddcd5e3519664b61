/**
 * `npm test [-- --seed N|random] [-- --only TEXT]`: types, lint, dependency rule, dead code, then every test file in its own process, two at a time. Ends with
 * `N passed, N failed`; a test that is skipped without a reason counts as failed.
 */

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { run } from 'node:test';
import { parseArgs } from 'node:util';
import { prepareTemplate } from '../src/database/index.ts';

const ROOT = path.join(import.meta.dirname, '..');
const BIN = path.join(ROOT, 'node_modules', '.bin');
const FOLDERS = ['src', 'portal', 'console', 'simulator', 'bench', 'tests'];
/** A file that hangs fails instead of holding up the others for ever. */
const FILE_TIMEOUT_MS = 540_000;

/** The same run for everybody; `--seed random` looks for what other runs would find. */
const SEED_DEFAULT = 21;

const CHECKS: readonly { readonly name: string; readonly command: readonly string[] }[] = [
  { name: 'types', command: ['tsc', '--noEmit'] },
  { name: 'lint', command: ['oxlint', '--type-aware'] },
  { name: 'dependency rule', command: ['depcruise', '--config', '.dependency-cruiser.json', 'src', 'portal', 'simulator', 'scripts', 'bench', 'tests'] },
  { name: 'dead code', command: ['knip', '--exclude', 'types'] },
];

const { values: options } = parseArgs({ options: { seed: { type: 'string' }, only: { type: 'string' } } });
const wanted = options.seed ?? process.env['INFORCE_SEED'] ?? String(SEED_DEFAULT);
const seed = wanted === 'random' ? Math.floor(Math.random() * 2 ** 31) : Number(wanted);
process.env['INFORCE_SEED'] = String(seed);
// Eighty processes load the same few hundred files: each is stripped of its types and compiled once.
process.env['NODE_COMPILE_CACHE'] ??= path.join(ROOT, 'node_modules', '.cache', 'compile');

const failures: string[] = [];
let passed = 0;

function check(command: readonly string[]): Promise<{ ok: boolean; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(path.join(BIN, command[0] ?? ''), command.slice(1), { cwd: ROOT, env: process.env });
    let output = '';
    child.stdout.on('data', (data: Buffer) => { output += data.toString(); });
    child.stderr.on('data', (data: Buffer) => { output += data.toString(); });
    child.on('error', (error) => resolve({ ok: false, output: error.message }));
    child.on('close', (code) => resolve({ ok: code === 0, output }));
  });
}

function record(name: string, ok: boolean, seconds: number, detail = ''): void {
  if (ok) passed += 1;
  else failures.push(name);
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${name} (${seconds.toFixed(1)} s)${ok ? '' : `\n${detail}`}`);
}

async function runChecks(): Promise<void> {
  for (const { name, command } of CHECKS) {
    const started = performance.now();
    const { ok, output } = await check(command);
    record(name, ok, (performance.now() - started) / 1000, output);
  }
}

function testFiles(): string[] {
  const only = options.only;
  return FOLDERS.flatMap((folder) => fs.readdirSync(path.join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
    .map((entry) => path.join(entry.parentPath, entry.name)))
    .filter((file) => only === undefined || path.relative(ROOT, file).includes(only))
    // The long ones first, so that nobody waits for a last one.
    .sort((a, b) => weight(b) - weight(a) || a.localeCompare(b));
}

const weight = (file: string): number => (/(faults?|cycle).*\.test\.ts$/.test(file) ? 4 : file.endsWith('.browser.test.ts') ? 3 : file.includes('/risk/train') ? 2 : file.endsWith('.db.test.ts') ? 1 : 0);

async function runTests(files: readonly string[]): Promise<void> {
  const started = new Map<string, number>();
  const stream = run({
    files: [...files], concurrency: Math.min(2, os.availableParallelism()), timeout: FILE_TIMEOUT_MS, cwd: ROOT,
    execArgv: ['--disable-warning=ExperimentalWarning', '--import', path.join(ROOT, 'tests', 'setup.ts')],
  });
  const counts = new Map<string, { passed: number; failed: number; seconds: number }>();
  for await (const { type, data } of stream) {
    if (type === 'test:stderr' && process.env['INFORCE_TEST_STDERR'] === '1') process.stderr.write(data.message);
    // From when the file is begun: opening its database and its browser is part of what it costs.
    if (type === 'test:dequeue' && !started.has(data.name)) started.set(data.name, performance.now());
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const file = path.relative(ROOT, data.file ?? data.name);
    const suite = data.details.type === 'suite' || data.name === data.file || path.resolve(ROOT, data.name) === data.file;
    const count = counts.get(file) ?? { passed: 0, failed: 0, seconds: 0 };
    counts.set(file, count);
    count.seconds = (performance.now() - (started.get(data.file ?? '') ?? performance.now())) / 1000;
    if (type === 'test:pass' && !suite) {
      if (data.skip !== undefined) {
        const reason = typeof data.skip === 'string' && data.skip !== '' ? data.skip : null;
        console.log(`skip ${file}: ${data.name}: ${reason ?? 'NO REASON GIVEN'}`);
        if (reason === null) failures.push(`${file}: ${data.name} (skipped without a reason)`);
        continue;
      }
      passed += 1;
      count.passed += 1;
    }
    if (type === 'test:fail') {
      const { error } = data.details;
      const cause: unknown = error.cause ?? error;
      // A file that ends with an error outside its tests fails as a whole; a suite only repeats its tests' failures.
      if (suite && count.failed > 0) continue;
      count.failed += 1;
      failures.push(`${file}: ${data.name}`);
      console.log(`FAIL ${file}: ${data.name}\n${cause instanceof Error ? cause.stack ?? cause.message : String(cause)}\n`);
    }
  }
  for (const [file, count] of counts) console.log(`${count.failed === 0 ? 'ok  ' : 'FAIL'} ${file}: ${count.passed} passed, ${count.seconds.toFixed(0)} s${count.failed === 0 ? '' : `, ${count.failed} failed`}`);
}

const started = performance.now();
console.log(`seed ${seed} (replay with: npm test -- --seed ${seed})`);
if (options.only === undefined) await runChecks();
const files = testFiles();
const clear = files.length > 1 ? await prepareTemplate() : () => {};
await runTests(files);
clear();
console.log(`\n${((performance.now() - started) / 1000).toFixed(0)} s, seed ${seed}`);
for (const failure of failures) console.log(`failed: ${failure}`);
console.log(`${passed} passed, ${failures.length} failed`);
process.exit(failures.length === 0 ? 0 : 1);
