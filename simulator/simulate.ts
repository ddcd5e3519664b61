/**
 * Builds the demonstration insurer in the database. Rows are streamed by COPY over the owner's connections, two at a time, each in one transaction:
 * whatever stops it (Ctrl-C, a full disk, SIGKILL), no half insurer is left. People of every role are added last; an insurer without them is
 * one that was never finished, and is begun again.
 */

import { finished } from 'node:stream/promises';
import { type Writable } from 'node:stream';
import { loadRulePacks } from '../src/compliance/index.ts';
import { type Database, inInsurer, type Sql, type Tx } from '../src/database/index.ts';
import { addDays, expectOk, fail, type InsurerId, localDate, momentOf, ok, type PlainDate, type Result } from '../src/kernel/index.ts';
import { addFirstSegments, insurerByCode, registerInsurer } from '../src/portfolio/index.ts';
import { DEMO_EMAIL_END, DEMO_PASSWORD, registerUser, type Role } from '../src/service/index.ts';
import { BEHAVIOUR, type Behaviour } from './behaviour.ts';
import { type Chunk, generate } from './generate.ts';
import { BULK_TABLES, type BulkTable, COLUMNS } from './rows.ts';

export type SimulateOptions = {
  readonly code: string;
  readonly policies: number;
  readonly seed: number;
  /** The first business day that the real cycle will play: history ends the day before, and the insurer's clock begins its morning. Default: today. */
  readonly today?: PlainDate | undefined;
  readonly behaviour?: Behaviour;
  readonly onProgress?: (progress: Progress) => void;
  /** Aborting it rolls everything back. */
  readonly signal?: AbortSignal;
  /** False: as an owner who is no superuser must; for tests. */
  readonly asSuperuser?: boolean;
};
export type Progress = {
  readonly step: 'rows' | 'commit' | 'statistics' | 'done';
  readonly policies: number;
  readonly policiesTotal: number;
  readonly rows: number;
  readonly elapsedMs: number;
};
export type Simulated = { readonly insurerId: InsurerId; readonly rows: Readonly<Record<BulkTable, number>>; readonly elapsedMs: number };

export const DEMO_CODE = 'harbour';
export const POLICIES_DEFAULT = 10_000;
/** More would not fit the policy number's seven digits. */
export const POLICIES_MAX = 9_999_999;
const ZONE = 'Asia/Hong_Kong';
/** One for each core that PostgreSQL can use beside ours; a third gained nothing on two cores. */
const STREAMS = 2;
const MORNING_MINUTES = 8 * 60;

const PEOPLE: readonly (readonly [Role, string])[] = [
  ['manager', 'Mei Chan'], ['agent', 'Ben Ortiz'], ['auditor', 'Ada Kern'], ['finance', 'Wei Ling Ho'], ['compliance', 'Jonas Weber'], ['it', 'Priya Nair'],
];

/** Problems: `insurer_exists`, `simulation_stopped` (the signal), `simulation_size_invalid`. */
export async function simulate(database: Database, options: SimulateOptions): Promise<Result<Simulated>> {
  const { code, policies, seed, signal, behaviour = BEHAVIOUR, onProgress = () => {} } = options;
  if (!Number.isSafeInteger(policies) || policies < 1 || policies > POLICIES_MAX) return fail('simulation_size_invalid', { policies, policies_max: POLICIES_MAX });
  const started = performance.now();
  const now = Date.now();
  const real = localDate(now, ZONE);
  const today = options.today ?? real;
  const insurer = await registerAnew(database, code, seed, today === real ? 0 : momentOf(today, MORNING_MINUTES, ZONE) - now);
  if (!insurer.ok) return insurer;
  const insurerId = insurer.value;

  const total = { holders: 0, policies: 0, bills: 0, postings: 0 };
  const report = (step: Progress['step']): void => onProgress({
    step, policies: total.policies, policiesTotal: policies, rows: total.holders + total.policies + total.bills + total.postings, elapsedMs: performance.now() - started,
  });
  const superuser = options.asSuperuser !== false && (await isSuperuser(database.owner));
  const after = await lastIds(database.owner);
  const chunks = generate({ insurerId, behaviour, packs: loadRulePacks(), policies, seed, last: addDays(today, -1), after });
  const next = (): Chunk | null => {
    if (signal?.aborted === true) throw new Stopped();
    const { value, done } = chunks.next();
    return done === true ? null : value;
  };
  const written = (chunk: Chunk): void => {
    for (const table of BULK_TABLES) total[table] += chunk.rows[table];
    report('rows');
  };
  try {
    await loadAll(database, insurerId, superuser, next, written, () => report('commit'));
    await advanceSequences(database.owner, { holder: after.holder + total.holders, policy: after.policy + total.policies, posting: after.posting + total.postings });
    report('statistics');
    await database.owner.unsafe('vacuum (analyze) holders, policies, bills, postings');
    // Names wait in a list of their own before they are sorted into the index of the search; searching it is slow while it is long.
    await database.owner`select gin_clean_pending_list('holders_search')`;
    await inInsurer(database.app, insurerId, async (tx) => {
      // At once, because each password takes the time that it is meant to take.
      const added = await Promise.all(PEOPLE.map(([role, name]) => registerUser(tx, insurerId, { email: `${role}@${code}${DEMO_EMAIL_END}`, name, role, password: DEMO_PASSWORD, language: 'en' })));
      for (const user of added) expectOk(user);
      await addFirstSegments(tx, { insurerId, name: 'Inforce', at: momentOf(today, MORNING_MINUTES, ZONE) }, 'en');
    });
  } catch (error) {
    await removeUnfinished(database.owner, insurerId);
    if (error instanceof Stopped) return fail('simulation_stopped', { code });
    throw error;
  }
  report('done');
  return ok({ insurerId, rows: total, elapsedMs: performance.now() - started });
}

class Stopped extends Error {}

/** A simulated insurer that was never finished is removed and registered again. Problem: `insurer_exists`. */
async function registerAnew(database: Database, code: string, seed: number, clockOffsetMs: number): Promise<Result<InsurerId>> {
  const found = await insurerByCode(database, code);
  if (found.ok) {
    const { insurerId, simulated } = found.value;
    const [person] = await database.owner`select 1 from users where insurer_id = ${insurerId} limit 1`;
    if (!simulated || person !== undefined) return fail('insurer_exists', { code });
    await removeUnfinished(database.owner, insurerId);
  }
  return registerInsurer(database, {
    code, name: 'Harbour Life', nameZhHans: '海港人寿', nameZhHant: '海港人壽', reportingCurrency: 'HKD', timeZone: ZONE, contactPhone: '+852 5550 0100',
    contactEmail: 'care@harbour.example', simulated: true, simulationSeed: seed, clockOffsetMs,
  });
}

async function isSuperuser(sql: Sql): Promise<boolean> {
  const [row] = await sql<{ rolsuper: boolean }[]>`select rolsuper from pg_roles where rolname = current_user`;
  return row?.rolsuper === true;
}

type Load = { readonly write: (chunk: Chunk) => Promise<void> };

/** Every stream takes the next chunk when it has written its last; all commit only when no chunk is left and none has failed. */
async function loadAll(database: Database, insurerId: InsurerId, superuser: boolean, next: () => Chunk | null, written: (chunk: Chunk) => void, onCommit: () => void): Promise<void> {
  const shared: { failure: unknown; waiting: number } = { failure: null, waiting: 0 };
  const { promise: allArrived, resolve: release } = Promise.withResolvers<void>();
  const arrive = (): Promise<void> => {
    shared.waiting += 1;
    if (shared.waiting === STREAMS) {
      if (shared.failure === null) onCommit();
      release();
    }
    return allArrived;
  };
  const body = async ({ write }: Load): Promise<void> => {
    try {
      while (shared.failure === null) {
        const chunk = next();
        if (chunk === null) break;
        await write(chunk);
        written(chunk);
      }
    } catch (error) {
      shared.failure ??= error;
    }
    await arrive();
    if (shared.failure !== null) throw shared.failure;
  };
  const stream = async (): Promise<void> => {
    let begun = false;
    const run = (load: Load): Promise<void> => {
      begun = true;
      return body(load);
    };
    try {
      await (superuser ? asOwner(database.owner, run) : asApplication(database.app, insurerId, run));
    } catch (error) {
      shared.failure ??= error;
      // One that could not even begin must not be waited for.
      if (!begun) await arrive();
    }
  };
  await Promise.all(Array.from({ length: STREAMS }, stream));
  if (shared.failure !== null) throw shared.failure;
}

/** COPY straight into the tables. The rows refer to each other by construction, so the checks of foreign keys are left out; a test makes up for them. */
function asOwner(owner: Sql, body: (load: Load) => Promise<void>): Promise<unknown> {
  return owner.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    await body({
      write: async (chunk) => {
        for (const table of BULK_TABLES) await copyBytes(tx, `copy ${table} (${COLUMNS[table]}) from stdin`, chunk.text[table]);
      },
    });
  });
}

/** By way of the session's own tables, under row-level security and with every check. */
function asApplication(app: Sql, insurerId: InsurerId, body: (load: Load) => Promise<void>): Promise<unknown> {
  return inInsurer(app, insurerId, async (tx) => {
    for (const table of BULK_TABLES) await tx.unsafe(`create temporary table copied_${table} on commit drop as select ${COLUMNS[table]} from ${table} limit 0`);
    await body({
      write: async (chunk) => {
        for (const table of BULK_TABLES) {
          await copyBytes(tx, `copy copied_${table} from stdin`, chunk.text[table]);
          await tx.unsafe(`insert into ${table} (${COLUMNS[table]}) select * from copied_${table}`);
          await tx.unsafe(`truncate copied_${table}`);
        }
      },
    });
  });
}

/** The socket's own buffer is filled piece by piece, so that what waits in it stays small. */
const PIECE_BYTES = 256 * 1024;

async function copyBytes(tx: Tx, statement: string, bytes: Buffer): Promise<void> {
  if (bytes.length === 0) return;
  const sink: Writable = await tx.unsafe(statement).writable();
  const done = finished(sink);
  for (let from = 0; from < bytes.length; from += PIECE_BYTES) {
    if (!sink.write(bytes.subarray(from, from + PIECE_BYTES))) await new Promise<void>((resolve, reject) => {
      sink.once('drain', resolve);
      done.catch(reject);
    });
  }
  sink.end();
  await done;
}

type Ids = { readonly holder: number; readonly policy: number; readonly posting: number };

/** The last ids that were given out; ours go on from there. */
async function lastIds(owner: Sql): Promise<Ids> {
  const last = async (table: BulkTable, column: string): Promise<number> => {
    const [row] = await owner<{ last: number | null }[]>`select pg_sequence_last_value(pg_get_serial_sequence(${table}, ${column})) as last`;
    return row?.last ?? 0;
  };
  return { holder: await last('holders', 'holder_id'), policy: await last('policies', 'policy_id'), posting: await last('postings', 'posting_id') };
}

async function advanceSequences(owner: Sql, to: Ids): Promise<void> {
  for (const [table, column, value] of [['holders', 'holder_id', to.holder], ['policies', 'policy_id', to.policy], ['postings', 'posting_id', to.posting]] as const) {
    await owner`
      with sequence as (select pg_get_serial_sequence(${table}, ${column}) as name)
      select setval(name, greatest(${value}::bigint, coalesce(pg_sequence_last_value(name), 1))) from sequence`;
  }
}

/** Leaves nothing of an insurer that nobody has used yet. The owner sees its rows only by naming it where it is no superuser. */
async function removeUnfinished(owner: Sql, insurerId: InsurerId): Promise<void> {
  const superuser = await isSuperuser(owner);
  await owner.begin(async (tx) => {
    // Nothing refers to these rows yet, so a million look-ups that find nothing are left out.
    if (superuser) await tx`set local session_replication_role = replica`;
    await tx`select set_config('inforce.insurer_id', ${String(insurerId)}, true)`;
    const [posted] = await tx`select 1 from postings where insurer_id = ${insurerId} limit 1`;
    if (posted !== undefined) {
      // Postings are never changed; these were nobody's books yet, and only the owner can say so.
      if (!superuser) await tx`alter table postings disable trigger postings_are_immutable`;
      await tx`delete from postings where insurer_id = ${insurerId}`;
      if (!superuser) await tx`alter table postings enable trigger postings_are_immutable`;
    }
    for (const table of ['strategies', 'users', 'bills', 'policies', 'holders', 'insurers']) await tx.unsafe(`delete from ${table} where insurer_id = $1`, [insurerId]);
  });
}
