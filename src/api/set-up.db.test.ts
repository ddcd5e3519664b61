import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FastifyInstance, type LightMyRequestResponse } from 'fastify';
import { inInsurer } from '../database/index.ts';
import { expectOk, localDate, type InsurerId } from '../kernel/index.ts';
import { aWorkbook, HEADER } from '../portfolio/import/fixture.ts';
import { DEMO_PASSWORD, registerUser } from '../service/index.ts';
import { logIn, type Client } from './client.ts';
import { NOW, openHouse, seedInsurer, serverOf, type TestHouse, type TestInsurer } from './fixture.ts';
import { type Wire } from './wire.ts';

const TODAY = localDate(NOW, 'Asia/Hong_Kong');
const MARK = 'ZZB';
let house: TestHouse;
let app: FastifyInstance;
let insurer: TestInsurer;
let other: TestInsurer;
let manager: Client;
let agent: Client;
let auditor: Client;
let neighbour: Client;

before(async () => {
  house = await openHouse();
  insurer = await seedInsurer(house.database, 'harbour', '');
  other = await seedInsurer(house.database, 'beacon', MARK);
  app = await serverOf(house);
  [manager, agent, auditor] = [await logIn(app, 'harbour', 'manager'), await logIn(app, 'harbour', 'agent'), await logIn(app, 'harbour', 'auditor')];
  neighbour = await logIn(app, 'beacon', 'manager');
});
after(async () => {
  await app.close();
  await house.close();
});

const codeOf = (answer: LightMyRequestResponse): [number, string] => [answer.statusCode, answer.json<{ code: string }>().code];
/** The answer's body, after its status and that it shows nothing of the other insurer. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
function bodyOf<T>(answer: LightMyRequestResponse, status: number): T {
  assert.equal(answer.statusCode, status, answer.body);
  assert.ok(!answer.body.includes(MARK), `leaked: ${answer.body.slice(0, 300)}`);
  return answer.json<T>();
}
/** Asks until it is so. */
async function until<T>(ask: () => Promise<T>, so: (answer: T) => boolean): Promise<T> {
  for (let tries = 0; tries < 400; tries += 1) {
    const answer = await ask();
    if (so(answer)) return answer;
    await sleep(25);
  }
  throw new Error('it never came to be');
}

/** A manager of an insurer that has nothing yet. */
async function aManagerOf(code: string): Promise<Client> {
  const [row] = await house.database.owner<{ insurer_id: InsurerId }[]>`
    insert into insurers (code, name, name_zh_hans, name_zh_hant, reporting_currency, time_zone, simulated) values (${code}, ${code}, ${code}, ${code}, 'HKD', 'Asia/Hong_Kong', true)
    returning insurer_id`;
  assert.ok(row);
  const person = { email: `manager@${code}.example`, name: 'Lo Wing', role: 'manager', password: DEMO_PASSWORD, language: 'en' } as const;
  expectOk(await inInsurer(house.database.app, row.insurer_id, (tx) => registerUser(tx, row.insurer_id, person)));
  return logIn(app, code, 'manager');
}

describe('an import', () => {
  const good = (n: number, premium = '1000.50'): string => `S-${n},Chan Mei ${n},p${n}@mail.hk,life,${premium},annual,2027-03-01,2020-03-01`;
  const bytes = (client: Client, method: 'POST' | 'PUT', url: string, payload: string | Uint8Array) => app.inject({
    method, url, payload: Buffer.from(payload), headers: { cookie: client.cookie, 'x-csrf-token': client.csrfToken, 'content-type': 'application/octet-stream' },
  });
  const send = async (name: string, content: string | Uint8Array, client = manager): Promise<Wire['import']> =>
    bodyOf<Wire['import']>(await bytes(client, 'POST', `/api/imports?name=${encodeURIComponent(name)}`, content), 201);
  const look = async (id: number): Promise<Wire['import']> => bodyOf(await manager.get(`/api/imports/${id}`), 200);
  const ended = (id: number): Promise<Wire['import']> => until(() => look(id), ({ state }) => state !== 'running');
  const map = (one: Wire['import'], defaults: Record<string, string>, columns: Record<string, string> = {}): Promise<LightMyRequestResponse> => manager.send('PUT', `/api/imports/${one.import_id}/mapping`, {
    columns: { ...Object.fromEntries(one.columns.flatMap(({ name, field }) => (field === null ? [] : [[name, field]]))), ...columns }, defaults,
  });
  const run = async (id: number, dryRun: boolean): Promise<Wire['import']> => {
    bodyOf(await manager.send('POST', `/api/imports/${id}/run`, { dry_run: dryRun }), 202);
    return ended(id);
  };
  const policies = async (): Promise<number> => (await inInsurer(house.database.app, insurer.insurerId, (tx) => tx<{ n: number }[]>`
    select count(*)::int as n from policies where policy_number like 'S-%'`))[0]?.n ?? 0;
  const rows = [`${HEADER},Colour`, `${good(1)},red`, `${good(2, '-5')},blue`, `${good(3)},blue`, `${good(4)},green`, good(5)];
  let first: Wire['import'];

  test('shows how each column was recognised, three of its values, and what is missing', async () => {
    first = await send('../../etc/Policies 2026.csv', `${rows.join('\n')}\n`);
    assert.deepEqual([first.state, first.file_name, first.created_by, first.received_bytes > 0], ['ready', 'Policies 2026.csv', 'Mei Chan', true]);
    assert.deepEqual(first.columns.at(0), { name: 'policy_number', samples: ['S-1', 'S-2', 'S-3'], field: 'policy_number' });
    assert.deepEqual(first.columns.at(-1), { name: 'Colour', samples: ['red', 'blue', 'green'], field: null });
    assert.deepEqual(first.missing.toSorted(), ['currency', 'language', 'market', 'time_zone']);
    assert.ok(fs.existsSync(path.join(house.dataDirectory, 'uploads', String(insurer.insurerId), String(first.import_id), 'Policies 2026.csv')));
    assert.deepEqual(codeOf(await manager.send('POST', `/api/imports/${first.import_id}/run`, { dry_run: true })), [422, 'mapping_incomplete']);
  });
  test('refuses a mapping that cannot be', async () => {
    assert.deepEqual(codeOf(await map(first, {}, { Colour: 'nonsense' })), [422, 'mapping_field_unknown']);
    assert.deepEqual(codeOf(await map(first, {}, { Colour: 'premium' })), [422, 'mapping_field_twice']);
    assert.deepEqual(codeOf(await map(first, {}, { Size: 'city' })), [422, 'mapping_column_unknown']);
    assert.deepEqual(codeOf(await map(first, { market: 'HK', line: 'pets' })), [422, 'mapping_default_invalid']);
    const mapped = bodyOf<Wire['import']>(await map(first, { market: 'HK' }, { Colour: 'area_type' }), 200);
    assert.deepEqual([mapped.missing, mapped.columns.at(-1)?.field, mapped.defaults], [[], 'area_type', { market: 'HK' }]);
  });
  test('is tried first: counts, errors in the reader’s language, and nothing written', async () => {
    const tried = await run(first.import_id, true);
    assert.deepEqual([tried.state, tried.dry_run, tried.rows_read, tried.rows_new, tried.rows_bad, await policies()], ['done', true, 5, 3, 2, 0]);
    assert.deepEqual(tried.errors.map(({ row, field, value }) => [row, field, value.slice(0, 3)]), [[3, 'premium', '-5'], [6, '', 'S-5']]);
    const hant = (await manager.get(`/api/imports/${first.import_id}`, { 'accept-language': 'zh-Hant' })).json<Wire['import']>();
    assert.notEqual(hant.errors[0]?.reason, tried.errors[0]?.reason);
    assert.ok(hant.errors[0]?.remedy !== '' && tried.errors[0]?.remedy !== '');
  });
  test('puts the good rows in, keeps the bad ones in a file, and changes nothing the second time', async () => {
    const done = await run(first.import_id, false);
    assert.deepEqual([done.state, done.rows_new, done.rows_bad, done.errors_file, await policies()], ['done', 3, 2, true, 3]);
    const file = await manager.get(`/api/imports/${first.import_id}/errors`);
    assert.equal(file.statusCode, 200);
    assert.match(file.headers['content-disposition'] as string, /Policies%202026-errors\.csv/);
    assert.match(file.body, /^\ufeff?row,field,value,reason,remedy\r\n3,premium,'-5,/);
    const again = await run(first.import_id, false);
    assert.deepEqual([again.rows_new, again.rows_same, await policies()], [0, 3, 3]);
  });
  test('of a workbook shows what would change, before and after, with its currency', async () => {
    const table = [HEADER, good(1, '9.99'), good(3), good(9)].map((line) => line.split(','));
    const sent = await send('newer.xlsx', aWorkbook(table));
    bodyOf(await map(sent, { market: 'HK' }), 200);
    const tried = await run(sent.import_id, true);
    assert.deepEqual([tried.rows_new, tried.rows_changed, tried.rows_same, tried.changes], [1, 1, 1, [
      { policy_number: 'S-1', field: 'premium_minor', before: '100050', after: '999', currency: 'HKD' }]]);
  });
  test('comes in pieces, each where the last ended', async () => {
    const content = `${HEADER}\n${Array.from({ length: 50 }, (_, n) => good(100 + n)).join('\n')}\n`;
    const begun = bodyOf<Wire['import']>(await bytes(manager, 'POST', '/api/imports?name=pieces.csv&more=true', content.slice(0, 500)), 201);
    assert.deepEqual([begun.state, begun.received_bytes], ['uploading', 500]);
    const url = `/api/imports/${begun.import_id}/file`;
    assert.deepEqual(codeOf(await bytes(manager, 'PUT', `${url}?at=400`, content.slice(400))), [409, 'upload_out_of_step']);
    const whole = bodyOf<Wire['import']>(await bytes(manager, 'PUT', `${url}?at=500`, content.slice(500)), 200);
    assert.deepEqual([whole.state, whole.received_bytes], ['ready', Buffer.byteLength(content)]);
    bodyOf(await map(whole, { market: 'HK' }), 200);
    assert.deepEqual((await run(whole.import_id, true)).rows_new, 50);
  });
  test('is stopped and goes on where it was', async () => {
    const fresh = await aManagerOf('lotus');
    const ask = async (method: 'POST' | 'PUT', url: string, body: object): Promise<LightMyRequestResponse> => fresh.send(method, url, body);
    const many = `policy_number,line,premium,mode,next_due_on\n${Array.from({ length: 120_000 }, (_, n) => `S-M${n},life,${1_000 + n},annual,2027-03-01`).join('\n')}\n`;
    const sent = await send('many.csv', many, fresh);
    const url = `/api/imports/${sent.import_id}`;
    const over = (): Promise<Wire['import']> => until(async () => (await fresh.get(url)).json<Wire['import']>(), ({ state }) => state !== 'running');
    bodyOf(await ask('PUT', `${url}/mapping`, { columns: Object.fromEntries(sent.columns.map(({ name, field }) => [name, field])), defaults: { market: 'HK' } }), 200);
    bodyOf(await ask('POST', `${url}/run`, { dry_run: false }), 202);
    assert.deepEqual(codeOf(await ask('POST', `${url}/run`, { dry_run: true })), [409, 'import_running']);
    bodyOf(await ask('POST', `${url}/stop`, {}), 202);
    const stopped = await over();
    assert.ok(stopped.state === 'stopped' && stopped.rows_new < 120_000, JSON.stringify(stopped).slice(0, 300));
    bodyOf(await ask('POST', `${url}/run`, { dry_run: false }), 202);
    const resumed = await over();
    assert.deepEqual([resumed.state, resumed.rows_new + resumed.rows_same, resumed.rows_same], ['done', 120_000, stopped.rows_new]);
    assert.deepEqual(codeOf(await ask('POST', `${url}/stop`, {})), [409, 'import_not_running']);
  });
  test('that is no table, has no name, or is no bytes is refused', async () => {
    assert.deepEqual(codeOf(await bytes(manager, 'POST', '/api/imports?name=a.pdf', '%PDF-1.7\nx')), [422, 'file_not_a_table']);
    assert.deepEqual(codeOf(await bytes(manager, 'POST', '/api/imports?name=..', 'a,b\n')), [422, 'file_name_invalid']);
    assert.deepEqual(codeOf(await manager.send('POST', '/api/imports?name=a.csv', { a: 1 })), [415, 'media_type_unsupported']);
    assert.equal((await bytes(manager, 'POST', '/api/imports', 'a,b\n')).statusCode, 400);
    assert.equal((await bytes({ ...manager, csrfToken: 'x' }, 'POST', '/api/imports?name=a.csv', 'a,b\n')).statusCode, 403);
  });
  test('whose process died is stopped when a server starts, and old files go', async () => {
    const sent = await send('left.csv', `${HEADER}\n${good(1)}\n`);
    await inInsurer(house.database.app, insurer.insurerId, async (tx) => {
      await tx`update imports set state = 'running', beat_at = now() - interval '1 minute' where import_id = ${sent.import_id}`;
      await tx`update imports set finished_at = now() - interval '25 hours' where import_id = ${first.import_id}`;
    });
    const second = await serverOf(house);
    await second.ready();
    await second.close();
    assert.equal((await look(sent.import_id)).state, 'stopped');
    const old = await look(first.import_id);
    assert.deepEqual([old.file_kept, old.errors_file, old.rows_same, old.columns], [false, false, 3, []]);
    assert.ok(!fs.existsSync(path.join(house.dataDirectory, 'uploads', String(insurer.insurerId), String(first.import_id))));
    assert.deepEqual(codeOf(await manager.send('POST', `/api/imports/${first.import_id}/run`, { dry_run: false })), [409, 'import_not_ready']);
  });
  test('is listed newest first, by pages, to those who may, and to no other insurer', async () => {
    const page = bodyOf<Wire['imports']>(await manager.get('/api/imports?limit=2'), 200);
    assert.deepEqual(page.imports.map(({ file_name }) => file_name), ['left.csv', 'a.pdf']);
    assert.equal(page.imports[1]?.state, 'failed');
    const next = bodyOf<Wire['imports']>(await manager.get(`/api/imports?limit=2&after=${page.next_after}`), 200);
    assert.equal(next.imports[0]?.file_name, 'pieces.csv');
    assert.deepEqual(bodyOf<Wire['imports']>(await neighbour.get('/api/imports'), 200).imports, []);
    assert.equal((await neighbour.get(`/api/imports/${first.import_id}`)).statusCode, 404);
    assert.equal((await neighbour.get(`/api/imports/${first.import_id}/errors`)).statusCode, 404);
    assert.equal((await neighbour.send('POST', `/api/imports/${first.import_id}/stop`)).statusCode, 404);
    for (const client of [agent, auditor]) assert.deepEqual(codeOf(await client.get('/api/imports')), [403, 'role_not_allowed']);
    assert.equal((await bytes(agent, 'POST', '/api/imports?name=a.csv', 'a,b\n1,2\n')).statusCode, 403);
  });
});

describe('jobs', () => {
  const enqueue = (of: TestInsurer, no: number): Promise<unknown> => inInsurer(house.database.app, of.insurerId, (tx) => tx`
    select enqueue_job('cycle_partition', ${tx.json({ insurer_id: of.insurerId, business_date: TODAY, stage: 'decide', partition_no: no })}::json, ${`cycle:${of.insurerId}:${TODAY}:decide:${no}`})`);
  const jobs = async (client = manager): Promise<Wire['jobs']['jobs']> => bodyOf<Wire['jobs']>(await client.get('/api/jobs'), 200).jobs;

  test('of this insurer are listed, failing ones first, and tried again by those who may', async () => {
    for (const no of [1, 2]) await enqueue(insurer, no);
    await enqueue(other, 7);
    assert.deepEqual((await jobs()).map(({ state, stage, partition_no, attempts }) => [state, stage, partition_no, attempts]), [['waiting', 'decide', 1, 0], ['waiting', 'decide', 2, 0]]);
    await house.database.owner`update graphile_worker._private_jobs set attempts = 5, last_error = 'division by zero' where key = ${`cycle:${insurer.insurerId}:${TODAY}:decide:2`}`;
    await inInsurer(house.database.app, insurer.insurerId, (tx) => tx`update cycle_runs set state = 'failed', failure = 'division by zero'`);
    const [failed, waiting] = await jobs(auditor);
    assert.deepEqual([failed?.state, failed?.failure, failed?.partition_no, waiting?.state], ['failed', 'division by zero', 2, 'waiting']);
    const retry = `/api/jobs/${failed?.job_id}/retry`;
    assert.deepEqual(codeOf(await auditor.send('POST', retry)), [403, 'role_not_allowed']);
    assert.deepEqual(codeOf(await neighbour.send('POST', retry)), [409, 'job_not_failing']);
    assert.deepEqual(codeOf(await manager.send('POST', `/api/jobs/${waiting?.job_id}/retry`)), [409, 'job_not_failing']);
    assert.equal(bodyOf<{ business_date: string }>(await manager.send('POST', retry), 202).business_date, TODAY);
    assert.deepEqual((await jobs()).map(({ attempts }) => attempts), [0, 0]);
    const { cycles } = bodyOf<Wire['job_cycles']>(await auditor.get('/api/jobs/cycles'), 200);
    assert.deepEqual(cycles.map(({ business_date, state, failure }) => [business_date, state, failure]), [[TODAY, 'running', null]]);
    assert.deepEqual(codeOf(await agent.get('/api/jobs')), [403, 'role_not_allowed']);
  });
  test('show the days with their stages', async () => {
    await inInsurer(house.database.app, insurer.insurerId, (tx) => tx`
      insert into cycle_partitions (insurer_id, business_date, stage, partition_no, holder_from, holder_to, done_at, rows_read, rows_written, duration_ms)
      values (${insurer.insurerId}, ${TODAY}, 'bill', 1, 1, 2, now(), 4, 3, 1200), (${insurer.insurerId}, ${TODAY}, 'bill', 2, 3, 4, now(), 4, 2, 800), (${insurer.insurerId}, ${TODAY}, 'age', 1, 1, 2, null, null, null, null)`);
    const { cycles } = bodyOf<Wire['job_cycles']>(await manager.get('/api/jobs/cycles'), 200);
    assert.deepEqual(cycles[0]?.stages.map(({ stage, partitions, partitions_done, rows_written, seconds }) => [stage, partitions, partitions_done, rows_written, seconds]),
      [['bill', 2, 2, 5, 2], ['age', 1, 0, 0, 0]]);
  });
  test('are checked on request: what is found is counted, shown, and remembered with its moment', async () => {
    const ask = async (): Promise<Wire['checks']> => bodyOf(await auditor.get('/api/jobs/checks'), 200);
    assert.ok((await ask()).checks.every(({ checked_at: at }) => at === null));
    assert.deepEqual(codeOf(await agent.send('POST', '/api/jobs/checks')), [403, 'role_not_allowed']);
    const begun = bodyOf<Wire['checks']>(await auditor.send('POST', '/api/jobs/checks'), 202);
    assert.equal(begun.running, true);
    const { checks } = await until(ask, ({ running }) => !running);
    const found = Object.fromEntries(checks.map((check) => [check.check, check.found]));
    // The fixture's payments were never posted or used for bills; nothing else is wrong with it.
    assert.deepEqual(found, { ledger_balances: 0, auditor_agrees: found['auditor_agrees'], payments_posted: 8, bills_not_overpaid: 0, contacts_allowed: 0, paid_bills_have_money: 0, figures_up_to_date: 0 });
    const posted = checks.find(({ check }) => check === 'payments_posted');
    assert.deepEqual([posted?.rows.length, posted?.rows[0]?.kind, posted?.rows[0]?.expected_minor, posted?.rows[0]?.holder_id, posted?.checked_by], [8, 'payment', 120_120, insurer.holders[0], 'Ada Kern']);
    assert.ok(checks.every(({ checked_at: at }) => at === new Date(NOW).toISOString()));
    assert.ok(bodyOf<Wire['checks']>(await manager.get('/api/jobs/checks'), 200).checks.every(({ found: n }) => n !== null));
    assert.ok((await neighbour.get('/api/jobs/checks')).json<Wire['checks']>().checks.every(({ found: n }) => n === null));
  });
});

describe('people', () => {
  const people = async (client = manager): Promise<Wire['people']['people']> => bodyOf<Wire['people']>(await client.get('/api/people'), 200).people;
  const named = async (email: string): Promise<Wire['person']> => {
    const person = (await people()).find((one) => one.email === email);
    assert.ok(person, email);
    return person;
  };
  const patch = (person: Wire['person'], change: object, client = manager) => client.send('PATCH', `/api/people/${person.user_id}`, { version: person.version, ...change });

  test('are listed with their last log-in to those who may read, and are those of this insurer alone', async () => {
    const names = (await people(auditor)).map(({ name }) => name);
    assert.deepEqual(names, names.toSorted((a, b) => a.toLowerCase().localeCompare(b.toLowerCase())));
    assert.deepEqual(names.filter((name) => ['Ada Kern', 'Ben Ortiz', 'Mei Chan'].includes(name)), ['Ada Kern', 'Ben Ortiz', 'Mei Chan']);
    assert.equal((await named('manager@harbour.example')).last_login_at, new Date(NOW).toISOString());
    assert.deepEqual(codeOf(await agent.get('/api/people')), [403, 'role_not_allowed']);
    const emails = (await neighbour.get('/api/people')).json<Wire['people']>().people.map(({ email }) => email);
    assert.ok(emails.length > 0 && emails.every((email) => email.endsWith('@beacon.example')));
  });
  test('are invited with a first password that is shown once and works', async () => {
    const body = { name: 'Ivy Tang', email: 'Ivy@harbour.example', role: 'it', language: 'zh-Hant', markets: ['HK', 'CN', 'HK'], team: 'Platform' };
    const invited = bodyOf<{ person: Wire['person']; password: string }>(await manager.send('POST', '/api/people', body, { 'idempotency-key': 'invite-ivy' }), 201);
    assert.match(invited.password, /^(\w{4}-){3}\w{4}$/);
    assert.deepEqual([invited.person.email, invited.person.markets, invited.person.team], ['ivy@harbour.example', ['CN', 'HK'], 'Platform']);
    const kept = await inInsurer(house.database.app, insurer.insurerId, (tx) => tx<{ response: string }[]>`select response::text from idempotency_keys`);
    assert.ok(kept.every(({ response }) => !response.includes(invited.password)), 'the password was kept');
    const login = (password: string) => app.inject({ method: 'POST', url: '/api/session', payload: { insurer: 'harbour', email: 'ivy@harbour.example', password } });
    assert.deepEqual([(await login(invited.password)).statusCode, (await login(DEMO_PASSWORD)).statusCode], [200, 401]);
    assert.deepEqual(codeOf(await manager.send('POST', '/api/people', body)), [422, 'email_taken']);
    for (const bad of [{ ...body, email: 'x' }, { ...body, role: 'king' }, { ...body, markets: [] }, { ...body, name: ' ' }]) assert.equal((await manager.send('POST', '/api/people', bad)).statusCode, 400);
    assert.deepEqual(codeOf(await auditor.send('POST', '/api/people', body)), [403, 'role_not_allowed']);
  });
  test('are changed on the version that was seen; who was slower is told by whom', async () => {
    const seen = await named('ivy@harbour.example');
    const changed = bodyOf<Wire['person']>(await patch(seen, { role: 'finance', markets: null, team: 'Collections' }), 200);
    assert.deepEqual([changed.role, changed.markets, changed.team, changed.version, changed.changed_by], ['finance', null, 'Collections', seen.version + 1, 'Mei Chan']);
    const late = await patch(seen, { role: 'agent' });
    assert.deepEqual(codeOf(late), [409, 'changed_meanwhile']);
    assert.match(late.json<{ title: string }>().title, /Mei Chan/);
    assert.equal((await named('ivy@harbour.example')).role, 'finance');
    assert.equal((await patch({ ...seen, version: 0 }, {})).statusCode, 400);
    assert.equal((await neighbour.send('PATCH', `/api/people/${seen.user_id}`, { version: changed.version, role: 'agent' })).statusCode, 404);
  });
  test('do not change their own rights, and the last manager stays', async () => {
    const me = await named('manager@harbour.example');
    assert.deepEqual(codeOf(await patch(me, { role: 'agent' })), [422, 'own_rights']);
    assert.deepEqual(codeOf(await manager.send('POST', `/api/people/${me.user_id}/disable`, { version: me.version })), [422, 'own_rights']);
    const ivy = await named('ivy@harbour.example');
    bodyOf(await patch(ivy, { role: 'it' }), 200);
    const key = bodyOf<{ key: string }>(await manager.send('POST', '/api/keys', { name: 'Directory', role: 'it' }), 201).key;
    for (const one of await people()) if (one.role === 'manager' && one.user_id !== me.user_id) bodyOf(await patch(one, { role: 'agent' }), 200);
    const program = (method: 'PATCH' | 'POST', url: string, payload: object) => app.inject({ method, url, payload, headers: { authorization: `Bearer ${key}` } });
    assert.deepEqual(codeOf(await program('PATCH', `/api/people/${me.user_id}`, { version: me.version, role: 'agent' })), [422, 'last_manager']);
    assert.deepEqual(codeOf(await program('POST', `/api/people/${me.user_id}/disable`, { version: me.version })), [422, 'last_manager']);
    assert.equal((await named('manager@harbour.example')).role, 'manager');
  });
  test('who are disabled are out at once, and may be let in again', async () => {
    const ben = await named('agent@harbour.example');
    assert.equal((await agent.get('/api/session')).statusCode, 200);
    const out = bodyOf<Wire['person']>(await manager.send('POST', `/api/people/${ben.user_id}/disable`, { version: ben.version }), 200);
    assert.ok(out.disabled_at !== null);
    assert.equal((await agent.get('/api/session')).statusCode, 401);
    await assert.rejects(logIn(app, 'harbour', 'agent'), /no log-in/);
    bodyOf(await manager.send('POST', `/api/people/${ben.user_id}/enable`, { version: out.version }), 200);
    agent = await logIn(app, 'harbour', 'agent');
  });
  test('give programs keys that are shown once and can be revoked', async () => {
    const { key } = bodyOf<{ key: string }>(await manager.send('POST', '/api/keys', { name: 'CRM', role: 'finance' }, { 'idempotency-key': 'k' }), 201);
    const asked = (): Promise<LightMyRequestResponse> => app.inject({ method: 'GET', url: '/api/today', headers: { authorization: `Bearer ${key}` } });
    assert.equal((await asked()).statusCode, 200);
    const list = async (client: Client): Promise<Wire['api_keys']['keys']> => (await client.get('/api/keys')).json<Wire['api_keys']>().keys;
    const [crm] = await list(auditor);
    assert.deepEqual([crm?.name, crm?.role, crm?.revoked_at], ['CRM', 'finance', null]);
    assert.ok(!JSON.stringify(await list(manager)).includes(key));
    assert.deepEqual(await list(neighbour), []);
    assert.equal((await neighbour.send('DELETE', `/api/keys/${crm?.key_id}`)).statusCode, 404);
    assert.deepEqual(codeOf(await auditor.send('DELETE', `/api/keys/${crm?.key_id}`)), [403, 'role_not_allowed']);
    assert.equal((await manager.send('DELETE', `/api/keys/${crm?.key_id}`)).statusCode, 204);
    assert.equal((await asked()).statusCode, 401);
  });
});

describe('the work of a person', () => {
  test('moves whole to a colleague when they go; not to themselves, an auditor, or somebody who has left', async () => {
    const { people } = (await manager.get('/api/people')).json<Wire['people']>();
    const idOf = (role: string): number => people.find((one) => one.role === role && one.markets === null && one.disabled_at === null)?.user_id ?? 0;
    const [ben, fay, ada] = [idOf('agent'), idOf('finance'), idOf('auditor')];
    const given = await manager.send('POST', '/api/hand-overs', { about: [{ holder_id: insurer.holders[0] }, { holder_id: insurer.holders[1] }], to_role: 'agent', to_user: ben, what: 'Look', due_on: '2026-11-26' });
    assert.equal(given.statusCode, 201, given.body);
    const workOf = async (userId: number): Promise<Wire['workload']> => (await manager.get(`/api/people/${userId}/workload`)).json<Wire['workload']>();
    const [before, had] = [await workOf(ben), await workOf(fay)];
    assert.ok(before.hand_overs >= 2);
    const move = (to: number, as = manager) => as.send('POST', `/api/people/${ben}/workload`, { to_user: to });
    assert.deepEqual([codeOf(await move(ben)), codeOf(await move(ada)), codeOf(await move(999_999))], [[422, 'workload_same_person'], [422, 'workload_needs_active'], [404, 'not_found']]);
    assert.equal((await move(fay, agent)).statusCode, 403);
    assert.deepEqual((await move(fay)).json(), before);
    assert.deepEqual([(await workOf(ben)).hand_overs, (await workOf(fay)).hand_overs], [0, had.hand_overs + before.hand_overs]);
  });
});
