/** The CRM and the ERP over real HTTP: both sides agree after a sync, whatever fails in between. */

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import fastify, { type FastifyInstance } from 'fastify';
import { CRM_PREFIX, ERP_PREFIX, openConnected, type Connected } from '../simulator/connected/index.ts';
import { openHouse, type TestHouse } from '../src/api/fixture.ts';
import {
  chooseValue, completeness, conflictsOf, deadLetters, dueConnections, journalCsv, journalDifferences, type Kind, listConnections, openConflicts, retryLetter, saveConnection, syncOnce, type SyncWorld,
  takeInFile, TRIES_MAX,
} from '../src/connections/index.ts';
import { inInsurer, readSecret, type Tx } from '../src/database/index.ts';
import { addDays, expectOk, localDate, type HolderId, type InsurerId, type PlainDate } from '../src/kernel/index.ts';
import { insurerById, registerInsurer, type Insurer } from '../src/portfolio/index.ts';

const SECRET = 'a secret of sixteen or more';
let house: TestHouse;
let seeded: { readonly insurerId: InsurerId; readonly code: string; readonly holders: readonly number[] };
let insurer: Insurer;
let app: FastifyInstance;
let double: Connected;
let origin = '';
let now = Date.now();
let today: PlainDate;
const world = (): SyncWorld => ({ database: house.database, secret: readSecret(house.dataDirectory), now: () => now, random: () => 0.5 });
const asInsurer = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => inInsurer(house.database.app, seeded.insurerId, work);
const holder = (place: number): HolderId => (seeded.holders[place] ?? 0) as HolderId;
const REF = ['C-1000', 'C-1001', 'C-1002', 'C-1003'];
const phoneOf = async (place: number): Promise<string | null> => {
  const [row] = await asInsurer((tx) => tx<{ phone: string | null }[]>`select phone from holders where holder_id = ${holder(place)}`);
  return row?.phone ?? null;
};
const setPhone = (place: number, phone: string): Promise<unknown> => asInsurer((tx) => tx`update holders set phone = ${phone} where holder_id = ${holder(place)}`);
const connect = (kind: Kind, prefix: string): Promise<unknown> => asInsurer(async (tx) => expectOk(await saveConnection(tx, {
  insurerId: seeded.insurerId, kind, key: readSecret(house.dataDirectory), by: 'test', at: new Date(now), today, change: { baseUrl: origin + prefix, secret: SECRET, enabled: true, fromStart: false, version: null },
})));
const sync = async (kind: Kind, change: Partial<SyncWorld> = {}) => expectOk(await syncOnce({ ...world(), ...change }, insurer, kind)).counts;
const syncDue = async (): Promise<void> => { for (const kind of await asInsurer((tx) => dueConnections(tx, new Date(now)))) if (kind === 'crm') await sync(kind); };
async function seed(code: string): Promise<typeof seeded> {
  const names = { name: 'Harbour Life', nameZhHans: '海港人寿', nameZhHant: '海港人壽', contactPhone: '', contactEmail: '' };
  const insurerId = expectOk(await registerInsurer(house.database, { ...names, code, reportingCurrency: 'HKD', timeZone: 'Asia/Hong_Kong', simulated: true, simulationSeed: null }));
  const rows = REF.map((external_ref, place) => ({
    insurer_id: insurerId, external_ref, family_name: '陳', given_name: '美玲', language: 'zh-Hant', time_zone: 'Asia/Hong_Kong', market: 'HK', email: `p${place}@mail.example`,
    phone: `+8525550110${place}`, consents: ['email', 'sms'],
  }));
  const added = await inInsurer(house.database.app, insurerId, (tx) => tx<{ holder_id: number }[]>`insert into holders ${tx(rows)} returning holder_id`);
  return { insurerId, code, holders: added.map((row) => row.holder_id) };
}
const NOTHING = { pulled: 0, pushed: 0, conflicts: 0, failed: 0, skipped: 0 };

before(async () => { house = await openHouse(); });
after(() => house.close());
let round = 0;
/** A new insurer and new doubles for each test. */
beforeEach(async () => {
  if (round > 0) await app.close();
  round += 1;
  now = Date.now();
  seeded = await seed(`harbour-${round}`);
  insurer = expectOk(await insurerById(house.database, seeded.insurerId));
  today = localDate(now, insurer.timeZone);
  double = openConnected({ crmSecret: SECRET, erpSecret: SECRET, now: () => now });
  app = fastify({ forceCloseConnections: true });
  await app.register(double.plugin);
  origin = await app.listen({ port: 0, host: '127.0.0.1' });
  await connect('crm', CRM_PREFIX);
  await connect('erp', ERP_PREFIX);
  const rows = await asInsurer((tx) => tx<{ external_ref: string; family_name: string; given_name: string; phone: string; email: string; language: string; consents: string[]; opted_out: string[] }[]>`
    select external_ref, family_name, given_name, phone, email, language, consents, opted_out from holders order by holder_id`);
  for (const row of rows) double.putCustomer(row);
  double.putCustomer({ external_ref: 'NOBODY', family_name: 'Prospect' });
});
after(() => app.close());

describe('the CRM', () => {
  test('and we agree after a sync, whichever side has changed; a second sync does nothing', async () => {
    assert.deepEqual(await sync('crm'), { ...NOTHING, skipped: 1 });
    double.putCustomer({ external_ref: REF[0] ?? '', phone: '+85255509999', address: '1 Pier Road' });
    await setPhone(1, '+85255508888');
    assert.deepEqual(await sync('crm'), { ...NOTHING, pulled: 1, pushed: 1 });
    assert.equal(await phoneOf(0), '+85255509999');
    assert.equal(double.customer(REF[1] ?? '')?.phone, '+85255508888');
    // What we have sent comes back with the next page, and is no news.
    assert.deepEqual(await sync('crm'), NOTHING);
    assert.deepEqual(await sync('crm'), NOTHING);
    assert.deepEqual((await asInsurer(listConnections))[0]?.runs.map(({ pulled, pushed }) => [pulled, pushed]), [[0, 0], [0, 0], [1, 1], [0, 0]]);
  });

  test('is told of an opt-out, and an opt-out there holds here', async () => {
    await sync('crm');
    await asInsurer((tx) => tx`update holders set opted_out = array_append(opted_out, 'email') where holder_id = ${holder(0)}`);
    double.putCustomer({ external_ref: REF[0] ?? '', opted_out: ['sms'] });
    await sync('crm');
    const [row] = await asInsurer((tx) => tx<{ opted_out: string[] }[]>`select opted_out from holders where holder_id = ${holder(0)}`);
    assert.deepEqual(row?.opted_out, ['email', 'sms']);
    assert.deepEqual(double.customer(REF[0] ?? '')?.opted_out, ['email', 'sms']);
  });

  test('and we both changed a phone: neither is overwritten, a person chooses once, and the choice is sent', async () => {
    await sync('crm');
    double.putCustomer({ external_ref: REF[0] ?? '', phone: '+85255501111' });
    await setPhone(0, '+85255502222');
    assert.equal((await sync('crm')).conflicts, 1);
    assert.equal(await phoneOf(0), '+85255502222');
    assert.equal(double.customer(REF[0] ?? '')?.phone, '+85255501111');
    assert.deepEqual(await sync('crm'), NOTHING);
    const [conflict] = await asInsurer((tx) => conflictsOf(tx, holder(0)));
    assert.deepEqual([conflict?.field, conflict?.ours, conflict?.our_source, conflict?.theirs, conflict?.source], ['phone', '+85255502222', 'holder', '+85255501111', 'crm']);
    assert.ok(conflict?.ours_as_of !== null && conflict?.theirs_as_of !== null);
    const choose = (by: string) => asInsurer((tx) => chooseValue(tx, {
      insurerId: seeded.insurerId, holderId: holder(0), conflictId: conflict?.conflict_id ?? 0, version: conflict?.version ?? 0, choice: 'ours', by, at: new Date(now),
    }));
    expectOk(await choose('Mei'));
    assert.deepEqual(await choose('Ben'), { ok: false, problem: { code: 'changed_meanwhile', details: { by: 'Mei' } } });
    assert.equal((await sync('crm')).pushed, 1);
    assert.equal(double.customer(REF[0] ?? '')?.phone, '+85255502222');
    assert.deepEqual(await sync('crm'), NOTHING);
    assert.equal((await asInsurer(openConflicts)).length, 0);
  });

  test('wins where a person says so', async () => {
    double.putCustomer({ external_ref: REF[0] ?? '', phone: '+85255501111' });
    assert.equal((await sync('crm')).conflicts, 1);
    const [conflict] = await asInsurer((tx) => conflictsOf(tx, holder(0)));
    assert.equal(conflict?.our_source, 'import');
    expectOk(await asInsurer((tx) => chooseValue(tx, {
      insurerId: seeded.insurerId, holderId: holder(0), conflictId: conflict?.conflict_id ?? 0, version: 1, choice: 'theirs', by: 'Mei', at: new Date(now),
    })));
    assert.equal(await phoneOf(0), '+85255501111');
    assert.deepEqual(await sync('crm'), NOTHING);
  });

  for (const how of [429, 500] as const) {
    test(`that answers ${how} is tried again later, and then both agree`, async () => {
      await sync('crm');
      await setPhone(1, '+85255508888');
      double.fail('crm', { times: 1, how });
      assert.equal((await syncOnce(world(), insurer, 'crm')).ok, false);
      const [crm] = await asInsurer(listConnections);
      assert.deepEqual([crm?.failures, crm?.reason], [1, how === 429 ? 'sync_too_many_requests' : 'sync_server_error']);
      assert.ok((crm?.next_try_at?.getTime() ?? 0) > now);
      await syncDue();
      assert.notEqual(double.customer(REF[1] ?? '')?.phone, '+85255508888');
      now = (crm?.next_try_at?.getTime() ?? 0) + 1;
      await syncDue();
      assert.equal(double.customer(REF[1] ?? '')?.phone, '+85255508888');
      assert.deepEqual((await asInsurer(listConnections))[0]?.failures, 0);
    });
  }

  test('that does not answer in time is tried again later', async () => {
    double.fail('crm', { times: 1, how: 'time_out' });
    const run = await syncOnce({ ...world(), timeoutMs: 50 }, insurer, 'crm');
    assert.equal(run.ok ? '' : run.problem.code, 'sync_timed_out');
    now += 120_000;
    assert.deepEqual(await sync('crm'), { ...NOTHING, skipped: 1 });
  });

  test('whose customer has changed between reading and writing refuses the old version, and the next sync finds the conflict', async () => {
    await sync('crm');
    await setPhone(1, '+85255508888');
    double.fail('crm', { times: 1, how: 412, on: /^PATCH/ });
    assert.deepEqual(await sync('crm'), { ...NOTHING, failed: 1 });
    double.putCustomer({ external_ref: REF[1] ?? '', phone: '+85255507777' });
    now += 60_000;
    assert.equal((await sync('crm')).conflicts, 1);
  });

  test('did what we asked but its answer was lost: it is not done twice', async () => {
    await sync('crm');
    await setPhone(1, '+85255508888');
    double.fail('crm', { times: 1, how: 'lost_answer', on: /^PATCH/ });
    assert.equal((await syncOnce(world(), insurer, 'crm')).ok, false);
    now += 120_000;
    await sync('crm');
    assert.equal(double.customer(REF[1] ?? '')?.phone, '+85255508888');
    assert.equal(double.asked().filter((one) => one.startsWith('PATCH')).length, 1);
  });

  test('does not know a holder: after eight tries the change is set aside with its reason, until a person says again', async () => {
    await sync('crm');
    await setPhone(1, '+85255508888');
    double.fail('crm', { times: 99, how: 404, on: /^GET .customers.C/ });
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      await sync('crm');
      now += 2 * 3_600_000;
    }
    const [letter] = await asInsurer(deadLetters);
    assert.deepEqual([letter?.tries, letter?.reason, letter?.holder_id], [8, 'sync_unknown_there', holder(1)]);
    assert.ok(letter?.dead_at !== null);
    assert.deepEqual(await sync('crm'), NOTHING);
    double.fail('crm', { times: 0, how: 404 });
    expectOk(await asInsurer((tx) => retryLetter(tx, seeded.insurerId, letter?.item_id ?? 0)));
    assert.equal((await sync('crm')).pushed, 1);
    assert.equal((await asInsurer(deadLetters)).length, 0);
  });

  test('has a value that cannot be right: the others come in, this one is kept with its reason', async () => {
    await sync('crm');
    double.putCustomer({ external_ref: REF[0] ?? '', phone: 'call me' });
    double.putCustomer({ external_ref: REF[2] ?? '', phone: '+85255503333' });
    assert.deepEqual(await sync('crm'), { ...NOTHING, pulled: 1, failed: 1 });
    const [letter] = await asInsurer(deadLetters);
    assert.deepEqual([letter?.task, letter?.key, letter?.reason_detail], ['pull_contact', REF[0], 'call me']);
    double.putCustomer({ external_ref: REF[0] ?? '', phone: '+85255504444' });
    await sync('crm');
    assert.equal((await asInsurer(deadLetters)).length, 0);
  });

  test('with another secret is not spoken with', async () => {
    const [crm] = await asInsurer(listConnections);
    await asInsurer(async (tx) => expectOk(await saveConnection(tx, {
      insurerId: seeded.insurerId, kind: 'crm', key: readSecret(house.dataDirectory), by: 'test', at: new Date(now), today,
      change: { baseUrl: origin + CRM_PREFIX, secret: 'not the secret of theirs', enabled: true, fromStart: false, version: crm?.version ?? 0 },
    })));
    const run = await syncOnce(world(), insurer, 'crm');
    assert.equal(run.ok ? '' : run.problem.code, 'sync_not_admitted');
    const [row] = await asInsurer((tx) => tx<{ secret_sealed: Buffer }[]>`select secret_sealed from connections where kind = 'crm'`);
    assert.ok(row !== undefined && !row.secret_sealed.toString('latin1').includes('secret'));
  });
});

describe('a run', () => {
  test('that was killed in the middle is gone on with, and nothing is done twice', async () => {
    await sync('crm');
    for (const [place, phone] of [[0, '+85255508880'], [1, '+85255508881'], [2, '+85255508882']] as const) await setPhone(place, phone);
    const killed = new AbortController();
    const patches = (): number => double.asked().filter((one) => one.startsWith('PATCH')).length;
    const timer = setInterval(() => { if (patches() > 0) killed.abort(new Error('killed')); }, 0);
    await assert.rejects(syncOnce({ ...world(), signal: killed.signal }, insurer, 'crm'));
    clearInterval(timer);
    await sync('crm');
    assert.equal(patches(), 3);
    for (const place of [0, 1, 2]) assert.equal(double.customer(REF[place] ?? '')?.phone, await phoneOf(place));
    assert.equal((await asInsurer(listConnections))[0]?.runs[1]?.reason, 'sync_interrupted');
  });

  test('does not run beside another', async () => {
    const both = await Promise.all([syncOnce(world(), insurer, 'crm'), syncOnce(world(), insurer, 'crm')]);
    assert.deepEqual(both.map((one) => (one.ok ? 'done' : one.problem.code)).toSorted(), ['done', 'sync_running']);
  });

  test('stops when its time is over, and the next goes on', async () => {
    assert.equal(expectOk(await syncOnce({ ...world(), budgetMs: -1 }, insurer, 'crm')).more, true);
    assert.equal(expectOk(await syncOnce(world(), insurer, 'crm')).more, false);
  });
});

describe('the ERP', () => {
  const post = (source: number, day: PlainDate, amount: number): Promise<unknown> => asInsurer((tx) => tx`
    insert into postings (insurer_id, holder_id, booked_on, debit_account, credit_account, amount_minor, currency, rule, source_kind, source_id)
    values (${seeded.insurerId}, ${holder(0)}, ${day}, 'bank', 'premium_receivable', ${String(amount)}, 'HKD', 'payment_received_at_bank', 'payment', ${source})`);

  test('receives a complete day once, balanced, and a late posting as a reversal and a new revision', async () => {
    const day = addDays(today, -2);
    await post(1, day, 10_000);
    await post(2, day, 2_500);
    await post(3, today, 99);
    assert.deepEqual(await sync('erp'), { ...NOTHING, pushed: 1, pulled: 1 });
    const id = `${seeded.code}-${day}-HKD-1`;
    assert.deepEqual(double.entries().map((entry) => [entry.entry_id, entry.total_minor, entry.lines]), [[id, 12_500, [
      { account: 'bank', debit_minor: 12_500, credit_minor: 0 }, { account: 'premium_receivable', debit_minor: 0, credit_minor: 12_500 },
    ]]]);
    assert.deepEqual(await sync('erp'), NOTHING);
    await post(4, day, 500);
    assert.deepEqual(await sync('erp'), { ...NOTHING, pushed: 2, pulled: 2 });
    assert.deepEqual(double.entries().map((entry) => [entry.entry_id, entry.reverses, entry.total_minor]), [[id, null, 12_500], [`${id}-reversal`, id, 12_500], [`${seeded.code}-${day}-HKD-2`, null, 13_000]]);
    const books = double.entries().flatMap(({ lines }) => lines).filter(({ account }) => account === 'bank').reduce((sum, line) => sum + line.debit_minor - line.credit_minor, 0);
    assert.equal(books, 13_000);
    const csv = await asInsurer((tx) => journalCsv(tx, seeded.code, day, day));
    assert.equal(csv.trim().split('\r\n').length, 7);
  });

  test('books an entry once whose answer was lost, and a difference is shown', async () => {
    const day = addDays(today, -1);
    await post(1, day, 10_000);
    double.fail('erp', { times: 1, how: 'lost_answer', on: /^POST/ });
    assert.equal((await syncOnce(world(), insurer, 'erp')).ok, false);
    now += 120_000;
    await sync('erp');
    assert.equal(double.entries().length, 1);
    assert.equal((await asInsurer(journalDifferences)).length, 0);
    double.misbook(`${seeded.code}-${day}-HKD-1`, 9_000);
    await sync('erp');
    assert.deepEqual((await asInsurer(journalDifferences)).map((one) => [one.booked_on, one.total_minor, one.acknowledged_minor]), [[day, 10_000n, 9_000n]]);
  });
});

describe('sources', () => {
  test('one person from CRM and ERP with different phones: one profile, both values with source, a conflict', async () => {
    await sync('crm');
    const taken = expectOk(await asInsurer((tx) => takeInFile(tx, seeded.insurerId, 'erp', `external_ref,phone,email\r\n${REF[0]},+85255506666,\r\nNOBODY,+85255506667,\r\n${REF[1]},12,\r\n`, new Date(now))));
    assert.deepEqual({ ...taken, bad: taken.bad.length }, { rows: 3, changed: 0, conflicts: 1, skipped: 1, bad: 1 });
    const [conflict] = await asInsurer((tx) => conflictsOf(tx, holder(0)));
    assert.deepEqual([conflict?.source, conflict?.theirs, conflict?.our_source], ['erp', '+85255506666', 'crm']);
    const [row] = await asInsurer((tx) => tx<{ count: number }[]>`select count(*)::int as count from holders where external_ref = ${REF[0] ?? ''}`);
    assert.equal(row?.count, 1);
    const answer = await asInsurer(completeness);
    assert.deepEqual(answer.sources.map(({ source, holders }) => [source, holders]), [['crm', 4], ['erp', 1]]);
    assert.equal(answer.profile.phone, 1);
    assert.equal(answer.sources[1]?.fields.phone, 0.25);
  });
});
