/** What the database itself refuses, read from its catalogue: insurers are apart, books are append-only, and Citus could distribute every big table by holder. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { inInsurer, type Sql } from '../src/database/index.ts';
import { open } from '../src/database/sql.ts';
import { expectOk, type InsurerId } from '../src/kernel/index.ts';
import { registerInsurer } from '../src/portfolio/index.ts';
import { type House, openHouse, tablesOfInsurers } from './house.ts';

const APP = 'inforce_app';
const OWN_ROWS = '(insurer_id = ( SELECT current_insurer() AS current_insurer))';
/** Whoever runs the installation registers insurers, also where the owner is no superuser; the application is not that role and cannot become it. */
const INSTALLATION = ['installation * t {inforce_owner} | true | true'];
/** What was written is never changed by the application: evidence, books, what was decided and what the law answered. */
const APPEND_ONLY = ['bill_corrections', 'ledger_closings', 'allocations', 'contact_events', 'decisions', 'gate_answers', 'postings', 'provider_events'];
/** Functions that run with the owner's rights, and why each may; a test below tries each. */
const DEFINERS = ['enqueue_job', 'holders_at_address', 'insurer_by_code', 'insurer_codes', 'queue_jobs', 'release_allocation', 'remember_policy', 'retry_job', 'search_holders', 'search_holders_by_name', 'tell_planner'];
/** What waits to be sent to another system: it lies with its connection, whoever it is about. */
const OUTBOX = 'sync_items';
const INSUFFICIENT_PRIVILEGE = '42501';

let house: House;
let owner: Sql;
let app: Sql;
let harbour: InsurerId;
let beacon: InsurerId;

before(async () => {
  house = await openHouse();
  ({ owner, app } = house.database);
  const insurers: InsurerId[] = [];
  for (const code of ['harbour', 'beacon']) {
    const insurerId = expectOk(await registerInsurer(house.database, {
      code, name: code, nameZhHans: code, nameZhHant: code, reportingCurrency: 'HKD', timeZone: 'Asia/Hong_Kong', contactPhone: '', contactEmail: '', simulated: false, simulationSeed: null,
    }));
    insurers.push(insurerId);
    await inInsurer(app, insurerId, (tx) => tx`
      insert into holders (insurer_id, external_ref, family_name, given_name, language, time_zone, market) values (${insurerId}, 'C-1', 'Chan', ${code}, 'en', 'Asia/Hong_Kong', 'HK')`);
  }
  [harbour, beacon] = insurers as [InsurerId, InsurerId];
});
after(() => house.close());

describe('every table of an insurer', () => {
  test('is under row-level security, forced for its owner too, by one policy that admits the named insurer’s rows and no other', async () => {
    const rows = await owner<{ name: string; on: boolean; forced: boolean; policies: string[] }[]>`
      select c.relname as name, c.relrowsecurity as "on", c.relforcerowsecurity as forced,
        array(select format('%s %s %s %s | %s | %s', polname, polcmd, polpermissive, array(select case r when 0 then 'public' else r::regrole::text end from unnest(polroles) r), pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)) from pg_policy where polrelid = c.oid order by polname) as policies
      from pg_class c where c.oid = any(${await tablesOfInsurers(house.database)}::text[]::regclass[]) order by 1`;
    assert.ok(rows.length >= 25);
    for (const { name, on, forced, policies: all } of rows) {
      const bound = all.filter((policy) => policy.startsWith('own_markets'));
      const policies = all.filter((policy) => !bound.includes(policy));
      assert.deepEqual({ name, on, forced, policies }, { name, on: true, forced: true, policies: [...(name === 'insurers' ? INSTALLATION : []), `own_insurer * t {public} | ${OWN_ROWS} | ${OWN_ROWS}`] });
      // What is added may only take away, and only from a person who is bound to markets (src/api/access.db.test.ts).
      for (const policy of bound) assert.match(policy, /^own_markets \* f \{inforce_scoped\} /, name);
    }
  });

  test('is open to the application for rows alone, and what must not change only for reading and adding', async () => {
    const rights = await owner<{ name: string; rights: string[] }[]>`
      select n.nspname || '.' || c.relname as name, array_agg(distinct a.privilege_type order by a.privilege_type) as rights
      from pg_class c join pg_namespace n on n.oid = c.relnamespace cross join lateral aclexplode(c.relacl) a
      where c.relkind in ('r', 'p', 'v', 'm', 'f') and a.grantee in (${APP}::regrole, 0) and n.nspname not in ('pg_catalog', 'information_schema') group by 1 order by 1`;
    const tables = new Set((await tablesOfInsurers(house.database)).map((name) => `public.${name}`));
    for (const { name, rights: given } of rights) {
      assert.ok(tables.has(name), `${name} is no insurer’s table`);
      assert.deepEqual(given.filter((right) => !['SELECT', 'INSERT', 'UPDATE', 'DELETE'].includes(right)), [], name);
      if (APPEND_ONLY.includes(name.replace('public.', ''))) assert.deepEqual(given, ['INSERT', 'SELECT'], name);
    }
    const columns = await owner<{ name: string; rights: string[] }[]>`
      select c.relname || '.' || t.attname as name, array_agg(a.privilege_type) as rights from pg_attribute t join pg_class c on c.oid = t.attrelid cross join lateral aclexplode(t.attacl) a
      where a.grantee in (${APP}::regrole, 0) and c.relnamespace = 'public'::regnamespace group by 1 order by 1`;
    assert.deepEqual(columns.map(({ name, rights: given }) => `${name} ${given.join()}`), ['insurers.clock_offset_ms UPDATE', 'insurers.contact_email UPDATE', 'insurers.contact_phone UPDATE']);
  });
});

describe('the application’s role', () => {
  test('has no rights beyond rows: no superuser, bypasses nothing, belongs to no role but the one that sees less, owns nothing', async () => {
    const [role] = await owner`
      select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, (select array_agg(format('%s, inherits %s', roleid::regrole, inherit_option)) from pg_auth_members where member = r.oid) as member_of,
        (select count(*)::int from pg_shdepend where refobjid = r.oid and deptype = 'o') as owns from pg_roles r where rolname = ${APP}`;
    assert.deepEqual({ ...role }, { rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolcreatedb: false, rolreplication: false, member_of: ['inforce_scoped, inherits f'], owns: 0 });
  });

  test('cannot step around row-level security by any statement', async () => {
    for (const statement of [
      'alter table holders disable row level security', 'alter table holders no force row level security', 'drop policy own_insurer on holders', 'alter policy own_insurer on holders using (true)',
      'create policy all_rows on holders using (true)', 'set role inforce_owner', 'set session authorization inforce_owner', 'set local row_security = off; select * from holders',
      'set session_replication_role = replica', 'truncate holders', 'create table public.mine (a int)', 'create schema mine', 'alter role inforce_app bypassrls', 'grant inforce_owner to inforce_app',
      'copy holders to program \'cat\'', 'copy (select 1) to \'/tmp/inforce-rows\'', 'select * from pg_authid', 'select pg_read_file(\'/etc/hostname\')', 'select * from schema_migrations',
      'select * from graphile_worker._private_jobs', 'create view pg_temp.rows as table holders; alter view pg_temp.rows owner to inforce_owner', 'drop trigger postings_are_immutable on postings',
      'create function pg_temp.mine() returns trigger language plpgsql as $$ begin return null; end $$; create trigger mine before insert on holders execute function pg_temp.mine()',
      `update insurers set code = 'mine' where insurer_id = ${harbour}`, 'insert into insurers (code) values (\'mine\')',
    ]) {
      await assert.rejects(inInsurer(app, harbour, (tx) => tx.unsafe(statement)), { code: INSUFFICIENT_PRIVILEGE }, statement);
    }
  });

  test('that names another insurer within its transaction sees that one alone, and none where it names none or nonsense', async () => {
    const names = (named: string) => app.begin(async (tx) => {
      await tx`select set_config('inforce.insurer_id', ${named}, true)`;
      return (await tx<{ given_name: string }[]>`select given_name from holders`).map((row) => row.given_name);
    });
    assert.deepEqual([await names(String(harbour)), await names(String(beacon)), await names(''), await names('2147483647')], [['harbour'], ['beacon'], [], []]);
    await assert.rejects(names('1 or true'), /invalid input syntax/);
    // The name falls with its transaction; a pooled connection carries none to the next.
    const one = open(house.database.appUrl, 1);
    await inInsurer(one, harbour, (tx) => tx`select 1`);
    assert.equal((await one`select from holders`).length, 0);
    await one.end();
  });

  test('reaches the owner’s rights by these functions only, each with its search path fixed', async () => {
    const functions = await owner<{ name: string; path: string[] | null }[]>`
      select p.proname as name, p.proconfig as path from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where p.prosecdef and n.nspname not in ('pg_catalog', 'information_schema') and has_function_privilege(${APP}, p.oid, 'execute') and has_schema_privilege(${APP}, n.oid, 'usage') order by 1`;
    assert.deepEqual(functions.map(({ name }) => name), DEFINERS);
    // Beside the path only the planner is told something.
    for (const { name, path } of functions) assert.deepEqual(path?.filter((setting) => !/^enable_\w+=off$/.test(setting)), ['search_path=public'], name);
  });

  test('finds with the searches its own insurer’s holders, and nobody before it has named one', async () => {
    assert.equal((await inInsurer(app, harbour, (tx) => tx`select search_holders_by_name('chan', 10)`)).length <= 1, true);
    assert.equal((await app`select search_holders_by_name('chan', 10)`).length, 0);
    const found = await inInsurer(app, harbour, (tx) => tx<{ given_name: string }[]>`select given_name from holders where holder_id in (select search_holders('%chan%', 10))`);
    assert.deepEqual(found.map((row) => row.given_name), ['harbour']);
    assert.equal((await inInsurer(app, harbour, (tx) => tx`select search_holders('%chan%', 10)`)).length, 1);
    assert.equal((await app`select search_holders('%', 10)`).length, 0);
  });

  test('finds with holders_at_address and queue_jobs nothing of another insurer, and puts none of its jobs back', async () => {
    for (const statement of ['select * from holders_at_address(\'email\', \'x@mail.example\', 10)', 'select * from queue_jobs(10)']) {
      assert.deepEqual([...await inInsurer(app, harbour, (tx) => tx.unsafe(statement))], [], statement);
    }
    assert.equal((await inInsurer(app, harbour, (tx) => tx<{ day: string | null }[]>`select retry_job(1) as day`))[0]?.day, null);
  });

  test('learns from insurer_by_code and insurer_codes what a log-in page shows, and nothing of a book', async () => {
    const [row] = await app`select * from insurer_by_code('beacon')`;
    assert.deepEqual(Object.keys(row ?? {}), ['insurer_id', 'simulated', 'time_zone', 'clock_offset_ms']);
    const all = await app`select * from insurer_codes()`;
    assert.deepEqual(Object.keys(all[0] ?? {}), ['insurer_id', 'code', 'name', 'simulated']);
  });

  test('puts with enqueue_job work of the named insurer into the queue, and of no other', async () => {
    const enqueue = (named: InsurerId, payload: object, key: string) => inInsurer(app, named, (tx) => tx`select enqueue_job('cycle_partition', ${tx.json(payload as never)}::json, ${key})`);
    await enqueue(harbour, { insurer_id: harbour }, `cycle:${harbour}:a`);
    await assert.rejects(enqueue(harbour, { insurer_id: beacon }, `cycle:${beacon}:a`), /named insurer/);
    await assert.rejects(enqueue(harbour, { insurer_id: harbour }, `cycle:${beacon}:a`), /named insurer/);
    await assert.rejects(enqueue(harbour, {}, 'any'), /named insurer/);
    await assert.rejects(app`select enqueue_job('cycle_partition', '{"insurer_id": null}')`, /named insurer/);
    assert.equal((await owner`select from graphile_worker.jobs`).length, 1);
  });
});

describe('every big table (one row and more for each holder)', () => {
  test('carries insurer and holder in its primary key and in every other unique key, so that it can be distributed by holder', async () => {
    const keys = await owner<{ table: string; key: string; columns: string[]; primary: boolean; holder_type: string }[]>`
      select c.relname as table, x.relname as key, i.indisprimary as primary, h.atttypid::regtype::text as holder_type,
        array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum = any(i.indkey::int2[])) as columns
      from pg_index i join pg_class c on c.oid = i.indrelid join pg_class x on x.oid = i.indexrelid join pg_attribute h on h.attrelid = c.oid and h.attname = 'holder_id' and not h.attisdropped
      where i.indisunique and c.relnamespace = 'public'::regnamespace and c.relname <> ${OUTBOX} order by 1, 2`;
    const tables = new Set(keys.map((key) => key.table));
    assert.ok(tables.size >= 14, [...tables].join());
    for (const { table, key, columns } of keys) assert.ok(columns.includes('insurer_id') && columns.includes('holder_id'), `${table}: ${key} (${columns.join()})`);
    for (const table of tables) assert.ok(keys.some((key) => key.table === table && key.primary), `${table} has no primary key`);
    // Tables lie together only where their columns of distribution are of one type.
    assert.deepEqual([...new Set(keys.map((key) => key.holder_type))], ['bigint']);
    const big = await owner<{ name: string }[]>`
      select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'holder_id' where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and c.relname <> ${OUTBOX}`;
    assert.deepEqual(big.map(({ name }) => name).filter((name) => !tables.has(name)), []);
  });

  test('refers to other big tables by insurer and holder, and to no small one', async () => {
    const keys = await owner<{ key: string; to: string; to_big: boolean; pairs: string[] }[]>`
      with big as (select attrelid from pg_attribute where attname = 'holder_id' and not attisdropped and attrelid <> ${OUTBOX}::regclass)
      select format('%s.%s', f.conrelid::regclass, f.conname) as key, f.confrelid::regclass::text as to, f.confrelid in (table big) as to_big,
        array(select a.attname || '=' || b.attname from unnest(f.conkey, f.confkey) as k(here, there)
          join pg_attribute a on a.attrelid = f.conrelid and a.attnum = k.here join pg_attribute b on b.attrelid = f.confrelid and b.attnum = k.there) as pairs
      from pg_constraint f where f.contype = 'f' and f.conrelid in (table big) and f.connamespace = 'public'::regnamespace order by 1`;
    assert.ok(keys.length >= 9);
    for (const { key, to, to_big: toBig, pairs } of keys) {
      assert.ok(toBig, `${key} refers to ${to}, which does not lie with the holder`);
      assert.ok(pairs.includes('insurer_id=insurer_id') && pairs.includes('holder_id=holder_id'), `${key}: ${pairs.join()}`);
    }
  });

  test('is referred to by no small table', async () => {
    const keys = await owner<{ key: string }[]>`
      with big as (select attrelid from pg_attribute where attname = 'holder_id' and not attisdropped and attrelid <> ${OUTBOX}::regclass)
      select format('%s.%s', conrelid::regclass, conname) as key from pg_constraint where contype = 'f' and confrelid in (table big) and conrelid not in (table big)`;
    assert.deepEqual([...keys], []);
  });
});

test('postings cannot be changed even by their owner', async () => {
  await assert.rejects(owner`update postings set amount_minor = 1`, /never changed, only reversed/);
  await assert.rejects(owner`delete from postings`, /never changed, only reversed/);
  await assert.rejects(owner`truncate postings`, /never changed, only reversed/);
});
