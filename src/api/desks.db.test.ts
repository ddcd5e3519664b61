/** Hand-overs between departments, and saved views. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type FastifyInstance } from 'fastify';
import { logIn, type Client } from './client.ts';
import { openHouse, seedInsurer, serverOf, type TestHouse, type TestInsurer } from './fixture.ts';

let house: TestHouse;
let app: FastifyInstance;
let insurer: TestInsurer;
let agent: Client;
let finance: Client;

before(async () => {
  house = await openHouse();
  insurer = await seedInsurer(house.database, 'harbour', '');
  await seedInsurer(house.database, 'beacon', 'ZZB');
  app = await serverOf(house);
  [agent, finance] = await Promise.all([logIn(app, 'harbour', 'agent'), logIn(app, 'harbour', 'finance')]);
});
after(async () => {
  await app.close();
  await house.close();
});

type List = { mine: number; mine_overdue: number; overdue: number; hand_overs: { hand_over_id: number; holder_id: number; what: string; from_role: string; days_overdue: number; answer: string | null }[] };
const listOf = async (client: Client, query = ''): Promise<List> => (await client.get(`/api/hand-overs?${query}`)).json<List>();
const give = (client: Client, body: object) => client.send('POST', '/api/hand-overs', { to_role: 'finance', what: 'Two payments for one bill', due_on: '2026-11-26', ...body });
const about = (index: number): object[] => [{ holder_id: insurer.holders[index], bill_id: insurer.bills[index] }];

describe('a hand-over', () => {
  test('appears in the queue of the department it is for, on the holder’s time line with its department, and is answered', async () => {
    const given = await give(agent, { about: about(0) });
    assert.equal(given.statusCode, 201, given.body);
    const [id] = given.json<{ hand_over_ids: number[] }>().hand_over_ids;
    const mine = await listOf(finance);
    assert.deepEqual([mine.mine, mine.mine_overdue, mine.hand_overs[0]?.hand_over_id, mine.hand_overs[0]?.from_role], [1, 0, id, 'agent']);
    assert.equal((await listOf(agent)).mine, 0);
    assert.equal((await listOf(agent, 'whose=given')).hand_overs.length, 1);
    const closed = await finance.send('POST', `/api/hand-overs/${id}/close`, { holder_id: insurer.holders[0], answer: 'Refunded the second' });
    assert.equal(closed.statusCode, 200, closed.body);
    assert.equal((await listOf(finance)).mine, 0);
    const holder = (await agent.get(`/api/holders/${insurer.holders[0]}`)).json<{ time_line: { kind: string; title: string; detail: string }[] }>();
    assert.deepEqual(holder.time_line.filter(({ kind }) => kind.startsWith('hand_over')).map(({ kind, title, detail }) => [kind, title, detail]).toSorted(([a = ''], [b = '']) => a.localeCompare(b)), [
      ['hand_over', 'Two payments for one bill', 'Ben Ortiz'], ['hand_over_closed', 'Refunded the second', 'Ines Roth']]);
  });

  test('is closed once: the second is told by whom, and who closed may undo it', async () => {
    const [id] = (await give(agent, { about: about(1) })).json<{ hand_over_ids: number[] }>().hand_over_ids;
    const body = { holder_id: insurer.holders[1], answer: '' };
    await finance.send('POST', `/api/hand-overs/${id}/close`, body);
    const second = await agent.send('POST', `/api/hand-overs/${id}/close`, body);
    assert.deepEqual([second.statusCode, second.json<{ code: string }>().code], [409, 'hand_over_closed']);
    assert.match(second.body, /Ines Roth/);
    assert.equal((await agent.send('POST', `/api/hand-overs/${id}/reopen`, { holder_id: insurer.holders[1] })).statusCode, 404, 'not by somebody else');
    assert.equal((await finance.send('POST', `/api/hand-overs/${id}/reopen`, { holder_id: insurer.holders[1] })).statusCode, 200);
    assert.equal((await listOf(finance)).mine, 1);
  });

  test('of many at once is all or nothing, and can be taken back', async () => {
    const many = insurer.holders.map((holder_id) => ({ holder_id, bill_id: null }));
    const refused = await give(agent, { about: [...many, { holder_id: 987_654, bill_id: null }] });
    assert.equal(refused.statusCode, 404);
    const before_ = (await listOf(finance)).mine;
    const given = (await give(agent, { about: many })).json<{ hand_over_ids: number[] }>().hand_over_ids;
    assert.equal((await listOf(finance)).mine, before_ + many.length);
    assert.deepEqual((await finance.send('POST', '/api/hand-overs/withdraw', { hand_over_ids: given })).json(), { withdrawn: 0 }, 'only by who gave it');
    assert.deepEqual((await agent.send('POST', '/api/hand-overs/withdraw', { hand_over_ids: given })).json(), { withdrawn: many.length });
  });

  test('needs a day to come, a colleague of that role, and a person who gives it', async () => {
    const codes = await Promise.all([
      give(agent, { about: about(0), due_on: '2026-11-23' }), give(agent, { about: about(0), to_user: 1_000_000 }),
    ].map(async (asked) => (await asked).json<{ code: string }>().code));
    assert.deepEqual(codes, ['hand_over_day_past', 'colleague_unknown']);
    assert.equal((await give(await logIn(app, 'harbour', 'auditor'), { about: about(0) })).statusCode, 403);
  });
});

describe('a saved view', () => {
  test('is the person’s own, replaced under the same name, and gone when deleted', async () => {
    const put = (search: object) => agent.send('PUT', '/api/saved-views', { page: 'holders', name: 'Late in Hong Kong', search });
    await put({ market: 'HK' });
    const { view_id: id } = (await put({ market: 'HK', stage: 'late' })).json<{ view_id: number }>();
    const views = async (client: Client) => (await client.get('/api/saved-views?page=holders')).json<{ views: { view_id: number; search: object }[] }>().views;
    assert.deepEqual((await views(agent)).map(({ search }) => search), [{ market: 'HK', stage: 'late' }]);
    assert.deepEqual(await views(finance), []);
    assert.equal((await finance.send('DELETE', `/api/saved-views/${id}`)).statusCode, 404);
    assert.equal((await agent.send('DELETE', `/api/saved-views/${id}`)).statusCode, 200);
    assert.deepEqual(await views(agent), []);
  });
});
