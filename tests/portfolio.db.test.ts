/** Real policies, end to end by the command line: in from the public file, a model learnt from its past, promoted, and a day played. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { connect, inInsurer } from '../src/database/index.ts';
import { expectOk } from '../src/kernel/index.ts';
import { insurerByCode } from '../src/portfolio/index.ts';

const ROOT = path.join(import.meta.dirname, '..');
const DATA = path.join(ROOT, '../shared/data/premium-renewal');
const POLICIES = 34_224;
/** A quarter of the past is enough to see the way work; how well it foresees is measured by the benchmark. */
const PAST_ROWS = 16_000;

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'inforce-portfolio-'));
fs.chmodSync(folder, 0o755);
after(() => fs.rmSync(folder, { recursive: true, force: true }));

async function inforce(...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', path.join(ROOT, 'scripts/inforce.ts'), ...args], {
    cwd: folder, env: { ...process.env, INFORCE_DATA: path.join(folder, 'data'), DATABASE_URL: '', LC_ALL: 'C' }, maxBuffer: 16 * 1024 * 1024,
  });
  return stdout;
}

void describe('the public portfolio', { skip: fs.existsSync(DATA) ? false : `the data is not here: ${DATA}` }, () => {
  test('loads, is scored and goes through the cycle', { timeout: 600_000 }, async () => {
    // The data's own folder may be read-only, and errors would be written beside the file.
    const portfolio = path.join(folder, 'portfolio.csv');
    fs.copyFileSync(path.join(DATA, 'portfolio.csv'), portfolio);
    const past = path.join(folder, 'past.csv');
    fs.writeFileSync(past, fs.readFileSync(path.join(DATA, 'train.csv'), 'utf8').split('\n').slice(0, PAST_ROWS + 1).join('\n'));
    const mapping = path.join(ROOT, 'src/portfolio/mappings/premium-renewal.json');

    await inforce('insurer', 'add', 'lotus', '--name', 'Lotus Life', '--currency', 'INR', '--zone', 'Asia/Kolkata');
    assert.match(await inforce('import', 'policies', portfolio, '--mapping', mapping, '--dry-run'), /new 34,224 · changed 0 · same 0 · bad 0/);
    assert.match(await inforce('import', 'policies', portfolio, '--mapping', mapping, '--save-mapping', 'used.json'), /new 34,224 · changed 0 · same 0 · bad 0/);
    assert.match(await inforce('import', 'policies', portfolio, '--mapping', 'used.json'), /new 0 · changed 0 · same 34,224 · bad 0/);
    await inforce('risk', 'train', past, '--target', 'target', '--late', '0', '--mapping', path.join(ROOT, 'src/risk/premium-renewal-mapping.json'), '--out', 'model.json');
    await inforce('risk', 'promote', 'model.json');
    await inforce('cycle', '--workers', '1');

    const database = expectOk(await connect({ dataDirectory: path.join(folder, 'data'), databaseUrl: '' }));
    try {
      const { insurerId } = expectOk(await insurerByCode(database, 'lotus'));
      const [found] = await inInsurer(database.app, insurerId, (tx) => tx<{ policies: number; bills: number; scored: number; unscored: number; decided: number; contacts: number; state: string }[]>`
        select (select count(*)::int from policies) as policies, (select count(*)::int from bills) as bills, (select count(*)::int from scores) as scored,
          (select count(*)::int from policies p where not exists (select from scores s where s.policy_id = p.policy_id)) as unscored, (select count(*)::int from decisions) as decided,
          (select count(*)::int from contacts) as contacts, (select state from cycle_runs) as state`);
      assert.equal(found?.state, 'done');
      assert.equal(found?.policies, POLICIES);
      assert.equal(found.unscored, 0, JSON.stringify(found));
      assert.ok(found.bills > 0 && found.decided > 0 && found.contacts > 0, JSON.stringify(found));
    } finally {
      await database.close();
    }
  });
});
