import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type FastifyInstance } from 'fastify';
import { inInsurer } from '../database/index.ts';
import { logIn, type Client } from './client.ts';
import { openHouse, seedInsurer, serverOf, type TestHouse, type TestInsurer } from './fixture.ts';
import { type Wire } from './wire.ts';

let house: TestHouse;
let app: FastifyInstance;
let insurer: TestInsurer;
let manager: Client;
let agent: Client;
let auditor: Client;
let subject = { holder: 0, bill: 0 };

before(async () => {
  house = await openHouse();
  insurer = await seedInsurer(house.database, 'harbour', '');
  await seedInsurer(house.database, 'beacon', 'ZZB');
  app = await serverOf(house);
  await app.ready();
  [manager, agent, auditor] = [await logIn(app, 'harbour', 'manager'), await logIn(app, 'harbour', 'agent'), await logIn(app, 'harbour', 'auditor')];
  subject = { holder: insurer.holders[0] ?? 0, bill: insurer.bills[0] ?? 0 };
});
after(async () => {
  await app?.close();
  await house?.close();
});

const at = (end = ''): string => `/api/bills/${subject.bill}/plans${end}`;
const options = async (): Promise<Wire['plan_options']> => (await agent.get(`${at()}?holder_id=${subject.holder}`)).json<Wire['plan_options']>();
const codeOf = (answer: { json: () => { code?: string } }): string | undefined => answer.json().code;
const link = async (): Promise<string> => new URL((await agent.send('POST', `/api/holders/${subject.holder}/pay-link`, { bill_id: subject.bill })).json<{ url: string }>().url).pathname;
const formOf = (page: string, from: number): Record<string, string> => Object.fromEntries([...page.slice(page.indexOf('<form method="post"', from)).split('</form>', 1)[0]?.matchAll(/name="(\w+)" value="([^"]*)"/g) ?? []].map(([, name = '', value = '']) => [name, value]));
const post = (url: string, form: Record<string, string>) => app.inject({ method: 'POST', url, payload: new URLSearchParams(form).toString(), headers: { 'content-type': 'application/x-www-form-urlencoded' } });

describe('plans over the API', () => {
  test('are three to five for a bill, each with its total cost (S71), agreed by an agent once, listed, and taken back', async () => {
    const shown = await options();
    assert.ok(shown.options.length >= 3 && shown.options.length <= 5);
    for (const one of shown.options) assert.equal(one.parts.reduce((sum, part) => sum + part.amount_minor, 0), one.total_minor);
    const [first] = shown.options;
    assert.ok(first);
    const { kind, parts: { length: parts }, days, version } = first;
    const body = { holder_id: subject.holder, kind, parts, days, version };
    assert.equal((await auditor.send('POST', at(), body)).statusCode, 403);
    assert.equal(codeOf(await agent.send('POST', at(), { ...body, version: 'old' })), 'changed_meanwhile');
    const made = await agent.send('POST', at(), body);
    assert.equal(made.statusCode, 200, made.body);
    const { plan_id: planId } = made.json<{ plan_id: number }>();
    const listed = (await auditor.get(`/api/plans?holder_id=${subject.holder}`)).json<Wire['plans']>();
    assert.deepEqual(listed.plans.map((plan) => [plan.plan_id, plan.state, plan.total_minor, plan.parts.length]), [[planId, 'agreed', first.total_minor, parts]]);
    assert.equal((await agent.send('POST', `/api/plans/${planId}/undo`, { holder_id: subject.holder })).statusCode, 200);
    assert.equal(codeOf(await agent.send('POST', `/api/plans/${planId}/undo`, { holder_id: subject.holder })), 'plan_undone_already');
    assert.equal((await options()).left_minor, shown.left_minor);
  });

  test('outside the guardrails wait for a second person, whose yes agrees to it (S221)', async () => {
    const body = { holder_id: subject.holder, kind: 'deferral', parts: 1, days: 60 };
    const preview = await agent.send('POST', at('/preview'), body);
    assert.equal(preview.statusCode, 200, preview.body);
    const { version, needs_approval: needs } = preview.json<{ version: string; needs_approval: boolean }>();
    assert.equal(needs, true);
    const { approval_id: approvalId, state } = (await agent.send('POST', at(), { ...body, version, note: 'In hospital until January' })).json<{ approval_id: number; state: string }>();
    assert.equal(state, 'waits');
    const answer = await manager.send('POST', `/api/approvals/${approvalId}/answer`, { holder_id: subject.holder, answer: 'approved' });
    assert.equal(answer.statusCode, 200, answer.body);
    const [plan] = (await agent.get(`/api/plans?holder_id=${subject.holder}&state=agreed`)).json<Wire['plans']>().plans;
    assert.equal(plan?.kind, 'deferral');
    assert.equal((await manager.send('POST', `/api/plans/${plan.plan_id}/undo`, { holder_id: subject.holder })).statusCode, 200);
  });

  test('that make no sense are refused by their reason', async () => {
    assert.equal(codeOf(await agent.send('POST', at('/preview'), { holder_id: subject.holder, kind: 'interest_free', parts: 3, days: 0 })), 'plan_not_offered');
    assert.equal((await agent.send('POST', at('/preview'), { holder_id: subject.holder, kind: 'gift', parts: 3, days: 0 })).statusCode, 400);
    assert.equal((await agent.get(`/api/bills/999999/plans?holder_id=${subject.holder}`)).statusCode, 404);
  });
});

describe('the portal', () => {
  test('shows a due day of one’s own with the bill for the days between and the new dates, and applies it with one tap, within the grace (S148, S220)', async () => {
    const page = await link();
    assert.match((await app.inject({ url: `${page}/later?lang=en` })).body, /\/due-day\?lang=en/);
    const shown = await app.inject({ url: `${page}/due-day?lang=en&day=20` });
    assert.equal(shown.statusCode, 200);
    assert.match(shown.body, /day 20 of the month/);
    assert.match(shown.body, /For the days between/);
    const { headers } = await post(`${page}/due-day`, formOf(shown.body, 0));
    assert.match(String(headers['location']), /note=done/);
    const [policy] = await inInsurer(house.database.app, insurer.insurerId, (tx) => tx<{ due_day: number; by_holder: boolean }[]>`
      select p.due_day, c.by_holder from bills b join policies p using (insurer_id, holder_id, policy_id) join policy_changes c using (insurer_id, holder_id, policy_id) where b.holder_id = ${subject.holder} and b.bill_id = ${subject.bill}`);
    assert.deepEqual({ ...policy }, { due_day: 20, by_holder: true });
    assert.match(String((await post(`${page}/due-day`, { ...formOf(shown.body, 0), day: '21' })).headers['location']), /note=changed/);
    assert.match(String((await post(`${page}/due-day`, { day: '99', version: 'x' })).headers['location']), /note=(changed|not_possible)/);
  });

  test('lists three to five plans with the total of each in three languages; one tap agrees and shows the dates', async () => {
    const page = await link();
    for (const language of ['en', 'zh-Hans', 'zh-Hant']) {
      const { body } = await app.inject({ url: `${page}/plans?lang=${language}` });
      const count = body.split('<form method="post"').length - 1;
      assert.ok(count >= 3 && count <= 5, `${language} ${count}`);
    }
    const { body } = await app.inject({ url: `${page}/plans?lang=en` });
    const made_up = await post(`${page}/plans`, { ...formOf(body, 0), kind: 'deferral', parts: '1', days: '60' });
    assert.match(String(made_up.headers['location']), /plans\?changed=1/);
    const agreed = await post(`${page}/plans`, formOf(body, 0));
    const planned = String(agreed.headers['location']);
    assert.match(planned, /\/planned\?lang=en/);
    assert.match((await app.inject({ url: planned })).body, /Your plan is agreed/);
    assert.match(String((await post(`${page}/plans`, formOf(body, 0))).headers['location']), /changed=1/);
  });
});
