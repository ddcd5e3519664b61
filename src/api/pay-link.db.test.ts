import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type FastifyInstance } from 'fastify';
import { inInsurer } from '../database/index.ts';
import { logIn } from './client.ts';
import { NOW, openHouse, seedInsurer, serverOf, type TestHouse, type TestInsurer } from './fixture.ts';

let house: TestHouse;
let app: FastifyInstance;
let insurer: TestInsurer;
let other: TestInsurer;

before(async () => {
  house = await openHouse();
  insurer = await seedInsurer(house.database, 'harbour', '');
  other = await seedInsurer(house.database, 'beacon', 'ZZB');
  app = await serverOf(house);
});
after(async () => {
  await app?.close();
  await house?.close();
});

const ask = async (role: string, holder: number | undefined, bill: number | undefined): Promise<{ status: number; code: string; url: string; expires_at: string }> => {
  const client = await logIn(app, 'harbour', role);
  const answer = await client.send('POST', `/api/holders/${holder}/pay-link`, { bill_id: bill });
  return { code: '', url: '', expires_at: '', ...answer.json<object>(), status: answer.statusCode };
};

describe('a pay link given out by staff', () => {
  test('opens the bill’s page without a log-in, for sixty days', async () => {
    const link = await ask('agent', insurer.holders[0], insurer.bills[0]);
    assert.equal(link.status, 200);
    assert.equal(Date.parse(link.expires_at), NOW + 60 * 86_400_000);
    const page = await app.inject({ url: new URL(link.url).pathname });
    assert.equal(page.statusCode, 200);
    assert.match(page.body, /HK\$1,201\.20/);
    assert.doesNotMatch(page.body, /美玲|mail\.example|8555/);
  });
  test('is given to nobody whose role only reads', async () => {
    assert.equal((await ask('auditor', insurer.holders[0], insurer.bills[0])).status, 403);
  });
  test('is there for no bill of another holder or insurer, and for none that is paid', async () => {
    assert.equal((await ask('manager', insurer.holders[0], insurer.bills[1])).status, 404);
    assert.equal((await ask('manager', other.holders[0], other.bills[0])).status, 404);
    const [paid] = await inInsurer(house.database.app, insurer.insurerId, (tx) => tx<{ bill_id: number }[]>`select bill_id from bills where holder_id = ${insurer.holders[0] ?? 0} and state = 'paid' limit 1`);
    const refused = await ask('manager', insurer.holders[0], paid?.bill_id);
    assert.deepEqual([refused.status, refused.code], [409, 'bill_not_open']);
  });
});

describe('the pay page', () => {
  test('tells a busy network in the holder’s words that no money was taken', async () => {
    const limited = await serverOf(house, { rateLimits: true });
    let last = await limited.inject({ url: '/pay/x', headers: { 'accept-language': 'zh-HK' } });
    for (let i = 0; i < 300; i += 1) last = await limited.inject({ url: '/pay/x', headers: { 'accept-language': 'zh-HK' } });
    assert.equal(last.statusCode, 429);
    assert.match(String(last.headers['content-type']), /text\/html/);
    assert.match(last.body, /未扣取任何款項/);
    await limited.close();
  });
});
