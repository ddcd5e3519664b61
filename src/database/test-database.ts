/** An embedded database for one test file, in a folder of its own. Used by tests only. */

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expectOk } from '../kernel/index.ts';
import { connect, type Database } from './connect.ts';

export type TestDatabase = { readonly database: Database; readonly dataDirectory: string; readonly close: () => Promise<void> };

/** A migrated database that stands still: `npm test` makes one, and each test file begins with a copy of it instead of migrating its own. */
const TEMPLATE = 'INFORCE_TEST_TEMPLATE';

/** An empty folder that the database's own user can walk into: where the tests run as root, the server runs as nobody. */
export function newFolder(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'inforce-test-'));
  fs.chmodSync(folder, 0o755);
  return folder;
}

/** `close` removes the folder with the database. `dataDirectory` where it lies already, else a new one. */
export async function openTestDatabase(dataDirectory?: string): Promise<TestDatabase> {
  const template = process.env[TEMPLATE];
  const folder = dataDirectory ?? (template === undefined ? newFolder() : copyOf(template));
  const database = expectOk(await connect({ dataDirectory: folder, databaseUrl: '' }));
  return { database, dataDirectory: folder, close: async () => {
    await database.close();
    fs.rmSync(folder, { recursive: true, force: true });
  } };
}

/** Makes the template for all test files that this process starts; returns how it is cleared away. */
export async function prepareTemplate(): Promise<() => void> {
  const folder = newFolder();
  await expectOk(await connect({ dataDirectory: folder, databaseUrl: '' })).close();
  process.env[TEMPLATE] = folder;
  return () => fs.rmSync(folder, { recursive: true, force: true });
}

/** The folder of a database that stands still, once more: two runs from the same rows, with the same ids. */
export function copyOf(folder: string, copy: string = newFolder()): string {
  fs.cpSync(folder, copy, { recursive: true, filter: (file) => !/postmaster\.(pid|opts)$|postgres\.log$/.test(file) });
  fs.chmodSync(path.join(copy, 'postgres'), 0o700);
  if (process.getuid?.() === 0) giveTo(path.join(copy, 'postgres'), fs.statSync(path.join(folder, 'postgres')));
  return copy;
}

function giveTo(target: string, { uid, gid }: fs.Stats): void {
  fs.chownSync(target, uid, gid);
  for (const entry of fs.readdirSync(target, { recursive: true })) fs.lchownSync(path.join(target, String(entry)), uid, gid);
}
