import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type FastifyInstance, type LightMyRequestResponse } from 'fastify';
import { inInsurer } from '../database/index.ts';
import { logIn, type Client } from './client.ts';
import { openHouse, seedInsurer, serverOf, type TestHouse, type TestInsurer } from './fixture.ts';
import { type Wire } from './wire.ts';

const MARK = 'ZZB';
const SECRET = 'sixteen characters or more';
/** Nothing listens there. */
const NOWHERE = 'http://127.0.0.1:9/crm';
let house: TestHouse;
let app: FastifyInstance;
let insurer: TestInsurer;
let other: TestInsurer;
let clients: Record<'manager' | 'agent' | 'auditor' | 'finance' | 'it' | 'regional' | 'neighbour', Client>;

before(async () => {
  house = await openHouse();
  insurer = await seedInsurer(house.database, 'harbour', '');
  other = await seedInsurer(house.database, 'beacon', MARK);
  app = await serverOf(house);
  clients = {
    manager: await logIn(app, 'harbour', 'manager'), agent: await logIn(app, 'harbour', 'agent'), auditor: await logIn(app, 'harbour', 'auditor'),
    finance: await logIn(app, 'harbour', 'finance'), it: await logIn(app, 'harbour', 'it'), regional: await logIn(app, 'harbour', 'regional'), neighbour: await logIn(app, 'beacon', 'manager'),
  };
});
after(async () => {
  await app.close();
  await house.close();
});

const codeOf = (answer: LightMyRequestResponse): [number, string] => [answer.statusCode, answer.json<{ code: string }>().code];
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
function bodyOf<T>(answer: LightMyRequestResponse, status = 200): T {
  assert.equal(answer.statusCode, status, answer.body);
  assert.ok(!answer.body.includes(MARK), `leaked: ${answer.body.slice(0, 300)}`);
  return answer.json<T>();
}
const page = async (client = clients.manager): Promise<Wire['connections']> => bodyOf<Wire['connections']>(await client.get('/api/connections'));
const put = (kind: string, body: object, client = clients.it): Promise<LightMyRequestResponse> => client.send('PUT', `/api/connections/${kind}`, { base_url: NOWHERE, ...body });
const upload = (csv: string, client = clients.it): Promise<LightMyRequestResponse> => client.send('POST', '/api/connections/contacts', { source: 'crm', csv });

describe('a connection', () => {
  test('is set up with a secret that nobody sees again, changed on its version, paused, and asked for a sync', async () => {
    assert.deepEqual((await page()).connections, []);
    assert.deepEqual(codeOf(await put('crm', {})), [422, 'connection_secret_needed']);
    assert.deepEqual(codeOf(await put('crm', { secret: SECRET, base_url: 'http://crm.example' })), [422, 'connection_address_invalid']);
    assert.deepEqual(codeOf(await put('crm', { secret: 'short' })), [400, 'request_invalid']);
    assert.deepEqual(codeOf(await clients.it.send('POST', '/api/connections/crm/sync')), [404, 'connection_missing']);
    assert.equal((await put('crm', { secret: SECRET })).statusCode, 204);
    const [crm] = (await page()).connections;
    assert.deepEqual([crm?.kind, crm?.base_url, crm?.enabled, crm?.version, crm?.changed_by], ['crm', NOWHERE, true, 1, 'Kai Lund']);
    assert.ok(!(await clients.manager.get('/api/connections')).body.includes(SECRET));
    assert.equal((await put('crm', { enabled: false, version: 1 })).statusCode, 204);
    assert.deepEqual(codeOf(await put('crm', { enabled: true, version: 1 })), [409, 'changed_meanwhile']);
    assert.deepEqual(codeOf(await clients.it.send('POST', '/api/connections/crm/sync')), [409, 'connection_paused']);
    assert.equal((await put('crm', { enabled: true, version: 2 })).statusCode, 204);
    assert.equal((await clients.it.send('POST', '/api/connections/crm/sync')).statusCode, 202);
    // What is of the whole insurer is not for those who are bound to some markets.
    assert.deepEqual(codeOf(await clients.regional.send('POST', '/api/connections/crm/sync')), [403, 'markets_bound']);
    const { jobs } = bodyOf<Wire['jobs']>(await clients.it.get('/api/jobs'));
    assert.deepEqual(jobs.map(({ task, state }) => [task, state]), [['sync', 'waiting']]);
    const tested = bodyOf<{ answers: boolean; reason: string }>(await clients.it.send('POST', '/api/connections/crm/test'));
    assert.equal(tested.answers, false);
    assert.match(tested.reason, /cannot be reached/);
  });

  test('is changed by managers and IT, read by auditors too, and nothing of it is the neighbour’s', async () => {
    assert.deepEqual(codeOf(await clients.agent.get('/api/connections')), [403, 'role_not_allowed']);
    assert.equal((await page(clients.auditor)).connections.length, 1);
    assert.deepEqual(codeOf(await put('erp', { secret: SECRET }, clients.auditor)), [403, 'role_not_allowed']);
    for (const act of ['sync', 'test']) assert.deepEqual(codeOf(await clients.finance.send('POST', `/api/connections/crm/${act}`)), [403, 'role_not_allowed']);
    assert.deepEqual((await page(clients.neighbour)).connections, []);
    assert.deepEqual(codeOf(await clients.neighbour.send('POST', '/api/connections/crm/test')), [404, 'connection_missing']);
    assert.deepEqual(codeOf(await put('fax', { secret: SECRET })), [400, 'request_invalid']);
  });
});

describe('a conflict', () => {
  test('is found in a file, shown with both sources, masked for those who do not choose, and chosen once', async () => {
    assert.deepEqual(codeOf(await upload('phone\r\n1')), [422, 'contacts_file_invalid']);
    assert.deepEqual(codeOf(await upload('external_ref,phone', clients.agent)), [403, 'role_not_allowed']);
    const taken = bodyOf<{ conflicts: number; skipped: number }>(await upload(`external_ref,phone\r\nC-1000,+85255501999\r\nC-1001,+85255501998\r\nC-1000${MARK.slice(0, 2)},+85255501997`));
    assert.deepEqual([taken.conflicts, taken.skipped], [2, 1]);
    const address = `/api/holders/${insurer.holders[0]}/conflicts`;
    const { may_choose: may, conflicts: [conflict] } = bodyOf<Wire['conflicts']>(await clients.agent.get(address));
    assert.deepEqual([may, conflict?.field, conflict?.ours, conflict?.our_source, conflict?.theirs, conflict?.source], [true, 'phone', '+85255501100', 'import', '+85255501999', 'crm']);
    const masked = bodyOf<Wire['conflicts']>(await clients.finance.get(address));
    assert.deepEqual([masked.may_choose, masked.conflicts[0]?.theirs], [false, '•••• 1999']);
    assert.equal((await page()).conflicts.length, 2);
    // Bound to Hong Kong.
    const seen = await Promise.all([0, 1].map(async (place) => bodyOf<Wire['conflicts']>(await clients.regional.get(`/api/holders/${insurer.holders[place]}/conflicts`)).conflicts.length));
    assert.deepEqual(seen, [1, 0]);

    const choose = (client: Client, version: number): Promise<LightMyRequestResponse> => client.send('POST', `${address}/${conflict?.conflict_id}`, { choice: 'theirs', version });
    assert.deepEqual(codeOf(await choose(clients.finance, 1)), [403, 'role_not_allowed']);
    assert.deepEqual(codeOf(await choose(clients.agent, 7)), [409, 'changed_meanwhile']);
    assert.deepEqual(codeOf(await choose(clients.neighbour, 1)), [404, 'not_found']);
    assert.equal((await choose(clients.agent, 1)).statusCode, 204);
    assert.deepEqual(codeOf(await choose(clients.manager, 1)), [409, 'changed_meanwhile']);
    assert.deepEqual(bodyOf<Wire['conflicts']>(await clients.agent.get(address)).conflicts, []);
    const [row] = await inInsurer(house.database.app, insurer.insurerId, (tx) => tx<{ phone: string }[]>`select phone from holders where holder_id = ${insurer.holders[0] ?? 0}`);
    assert.equal(row?.phone, '+85255501999');
    assert.deepEqual(bodyOf<Wire['conflicts']>(await clients.agent.get(`/api/holders/${other.holders[0]}/conflicts`)).conflicts, []);
  });

  test('counts in how complete each source is', async () => {
    const known = bodyOf<Wire['completeness']>(await clients.auditor.get('/api/connections/completeness'));
    assert.equal(known.sampled, 4);
    assert.deepEqual([known.profile.phone, known.profile.address], [1, 0]);
    assert.deepEqual(known.sources.map(({ source, holders }) => [source, holders]), [['crm', 2], ['import', 2]]);
    assert.deepEqual(codeOf(await clients.agent.get('/api/connections/completeness')), [403, 'role_not_allowed']);
  });
});

test('what failed is shown with its reason and tried again by those who may', async () => {
  const [letter] = await inInsurer(house.database.app, insurer.insurerId, (tx) => tx<{ item_id: number }[]>`
    insert into sync_items (insurer_id, kind, task, key, holder_id, fields, tries, dead_at, reason, reason_detail)
    values (${insurer.insurerId}, 'crm', 'push_contact', 'x', ${insurer.holders[1] ?? 0}, '{phone}', 8, now(), 'sync_refused', 'no such field') returning item_id`);
  const address = `/api/connections/letters/${letter?.item_id}/retry`;
  const [shown] = (await page()).letters;
  assert.deepEqual([shown?.tries, shown?.reason, shown?.holder_id], [8, 'The system refuses this: no such field', insurer.holders[1]]);
  assert.deepEqual(codeOf(await clients.auditor.send('POST', address)), [403, 'role_not_allowed']);
  assert.deepEqual(codeOf(await clients.neighbour.send('POST', address)), [404, 'not_found']);
  assert.equal((await clients.it.send('POST', address)).statusCode, 202);
  assert.equal((await page()).letters[0]?.dead_at, null);
});

test('the journal leaves as a file for systems without an API', async () => {
  const address = '/api/connections/journal?from=2026-11-01&to=2026-11-30';
  const file = await clients.finance.get(address);
  assert.equal(file.statusCode, 200);
  assert.match(file.body, /^entry_id,booked_on,currency,reverses,account,debit_minor,credit_minor\r\n/);
  assert.deepEqual(codeOf(await clients.agent.get(address)), [403, 'role_not_allowed']);
  assert.deepEqual(codeOf(await clients.regional.get(address)), [403, 'markets_bound']);
  assert.deepEqual(codeOf(await clients.finance.get('/api/connections/journal?from=x&to=y')), [400, 'request_invalid']);
});
