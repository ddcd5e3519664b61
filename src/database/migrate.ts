/** Numbered SQL files, applied once each, forward only, under one lock. */

import fs from 'node:fs';
import path from 'node:path';
import { runMigrations } from 'graphile-worker';
import { fail, ok, type Result } from '../kernel/index.ts';
import { type Sql } from './sql.ts';

const FOLDER = path.join(import.meta.dirname, 'migrations');
const SERVER_VERSION_MIN = 160_000;
const LOCK_KEY = 4_800_001;

export function migrationFiles(): readonly { readonly number: number; readonly name: string; readonly file: string }[] {
  return fs.readdirSync(FOLDER).filter((name) => /^\d{4}-.*\.sql$/.test(name)).sort()
    .map((name) => ({ number: Number(name.slice(0, 4)), name, file: path.join(FOLDER, name) }));
}

/** Problems: `database_too_old` (server before 16), `database_newer` (migrated by a newer Inforce). */
export async function migrate(owner: Sql, appPassword: string): Promise<Result<null>> {
  const [server] = await owner<{ version: string }[]>`select current_setting('server_version_num') as version`;
  if (Number(server?.version ?? 0) < SERVER_VERSION_MIN) return fail('database_too_old', { version: server?.version ?? '?' });
  const files = migrationFiles();
  const known = files.at(-1)?.number ?? 0;
  const current = await currentMigration(owner);
  if (current > known) return fail('database_newer', { database: current, program: known });
  if (current < known) {
    await owner.begin(async (tx) => {
      await tx`select pg_advisory_xact_lock(${LOCK_KEY})`;
      await tx`create table if not exists schema_migrations (number int primary key, name text not null, applied_at timestamptz not null default now())`;
      const done = new Set((await tx<{ number: number }[]>`select number from schema_migrations`).map((row) => row.number));
      for (const { number, name, file } of files) {
        if (done.has(number)) continue;
        await tx.unsafe(fs.readFileSync(file, 'utf8'));
        await tx`insert into schema_migrations (number, name) values (${number}, ${name})`;
      }
    });
    await runMigrations({ connectionString: connectionStringOf(owner), logger: undefined as never });
  }
  await ensureAppPassword(owner, appPassword);
  return ok(null);
}

async function currentMigration(owner: Sql): Promise<number> {
  const [table] = await owner`select 1 from pg_class where relname = 'schema_migrations'`;
  if (table === undefined) return 0;
  const [row] = await owner<{ number: number | null }[]>`select max(number) as number from schema_migrations`;
  return row?.number ?? 0;
}

/** The role's password follows the installation's secret; a server shared with another installation keeps working for the last one that started. */
async function ensureAppPassword(owner: Sql, password: string): Promise<void> {
  await owner.begin(async (tx) => {
    // Two who start at once would change the same row of the catalogue.
    await tx`select pg_advisory_xact_lock(${LOCK_KEY})`;
    await tx.unsafe(`alter role inforce_app login password '${password}'`);
  });
}

function connectionStringOf(sql: Sql): string {
  const { host, port, user, pass, database } = sql.options;
  return `postgres://${encodeURIComponent(user)}:${encodeURIComponent(typeof pass === 'string' ? pass : '')}@${host[0] ?? '127.0.0.1'}:${port[0] ?? 5432}/${database}`;
}
