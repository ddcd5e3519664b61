/** A PostgreSQL server of somebody else's: the owner of the database is no superuser, and the whole house works all the same. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openHouse, type TestHouse } from '../src/api/fixture.ts';

let house: TestHouse;
let url: URL;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'inforce-url-'));

before(async () => {
  house = await openHouse();
  const { owner } = house.database;
  await owner.unsafe(`create role landlord login createrole password 'landlord'`);
  await owner.unsafe('create database elsewhere owner landlord');
  url = new URL(house.database.ownerUrl);
  [url.username, url.password, url.pathname] = ['landlord', 'landlord', '/elsewhere'];
});
after(async () => {
  await house.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

function inforce(...args: string[]): { status: number | null; out: string } {
  const done = spawnSync(process.execPath, [path.join(import.meta.dirname, '..', 'scripts', 'inforce.ts'), ...args], {
    env: { ...process.env, DATABASE_URL: url.toString(), INFORCE_DATA: folder }, encoding: 'utf8', timeout: 60_000,
  });
  return { status: done.status, out: done.stdout + done.stderr };
}

describe('DATABASE_URL', () => {
  test('of a role that may not touch what another installation made on the server says which right is missing', () => {
    const { status, out } = inforce('insurer', 'list');
    assert.equal(status, 1);
    assert.match(out, /lacks a right: .*admin option/is);
    assert.doesNotMatch(out, /at .*\.ts:/);
  });

  test('with a plain owner serves: an insurer is built, its day is played, its books agree', async () => {
    await house.database.owner.unsafe('grant inforce_app to landlord with admin option');
    for (const args of [['simulate', '--policies', '300'], ['cycle', '--workers', '2'], ['ledger', 'audit'], ['insurer', 'list']]) {
      const { status, out } = inforce(...args);
      assert.equal(status, 0, `${args.join(' ')}: ${out}`);
    }
  });

  test('of a server that is not there ends in a sentence', () => {
    url.port = '1';
    const { status, out } = inforce('insurer', 'list');
    assert.equal(status, 1);
    assert.match(out, /The database did not answer/);
  });
});
