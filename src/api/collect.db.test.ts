import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type FastifyInstance } from 'fastify';
import { inInsurer } from '../database/index.ts';
import { type Wire } from './wire.ts';
import { logIn, type Client } from './client.ts';
import { openHouse, seedInsurer, serverOf, type TestHouse, type TestInsurer } from './fixture.ts';

let house: TestHouse;
let app: FastifyInstance;
let harbour: TestInsurer;
let beacon: TestInsurer;
let manager: Client;
let agent: Client;
let auditor: Client;

const ANNA = 2;
const JOSE = 3;

before(async () => {
  house = await openHouse();
  harbour = await seedInsurer(house.database, 'harbour', '');
  beacon = await seedInsurer(house.database, 'beacon', 'ZZB');
  app = await serverOf(house);
  [manager, agent, auditor] = await Promise.all([logIn(app, 'harbour', 'manager'), logIn(app, 'harbour', 'agent'), logIn(app, 'harbour', 'auditor')]);
});
after(async () => {
  await app.close();
  await house.close();
});

const codeOf = (answer: { json: () => { code?: string } }): string | undefined => answer.json().code;
const holderOf = (place: number): number => harbour.holders[place] ?? 0;
const billOf = (place: number): number => harbour.bills[place] ?? 0;

describe('the calls', () => {
  const desk = async (client: Client, language = 'en'): Promise<Wire['calls']> => (await client.get('/api/calls', { 'accept-language': language })).json<Wire['calls']>();

  test('wait while it is night where the holder lives', async () => {
    const { calls, waiting, later } = await desk(agent);
    assert.deepEqual([calls.length, waiting, later], [0, 0, 1]);
  });

  test('show the next card: who, what about, why, and what may be offered', async () => {
    await inInsurer(house.database.app, harbour.insurerId, (tx) => tx`update holders set time_zone = 'Asia/Hong_Kong' where holder_id = ${holderOf(ANNA)}`);
    const { calls, waiting, later, business_date } = await desk(agent);
    assert.deepEqual([waiting, later, business_date], [1, 0, '2026-11-24']);
    const [card] = calls;
    assert.ok(card);
    assert.deepEqual(
      [card.contact_id, card.holder_name, card.phone, card.policy_number, card.line, card.insurer_name], [harbour.callId, 'Anna Müller', '+85255501102', 'HL-DE-004412', 'motor', 'Harbour Life']);
    assert.deepEqual([card.outstanding_minor, card.currency, card.due_on, card.days_past_due, card.stage], [6_570, 'EUR', '2026-10-15', 40, 'late']);
    assert.deepEqual([card.decision?.action, card.decision?.reason, card.decision?.value_minor, card.tier], ['call', 'best_value', 4_210, 'high']);
    assert.deepEqual([card.gentle, card.offers], [true, { pay_link: true, promise_days_max: 31, dispute: true, plan: false }]);
    assert.equal(card.reasons.length, 3);
  });

  test('tell the reasons in the caller’s language', async () => {
    assert.match((await desk(manager, 'zh-HK')).calls[0]?.reasons[0]?.text ?? '', /遲繳/);
  });

  test('offer a plan only where the decision was to offer one', async () => {
    const decide = (action: string) => inInsurer(house.database.owner, harbour.insurerId, (tx) => tx`update decisions set action = ${action} where holder_id = ${holderOf(ANNA)}`);
    await decide('offer_plan');
    assert.equal((await desk(agent)).calls[0]?.offers.plan, true);
    await decide('call');
  });

  test('are for those who call', async () => {
    const refused = await auditor.get('/api/calls');
    assert.deepEqual([refused.statusCode, codeOf(refused)], [403, 'role_not_allowed']);
    assert.equal((await app.inject('/api/calls')).statusCode, 401);
  });

  test('of another insurer are not seen, nor told an outcome', async () => {
    assert.ok((await desk(agent)).calls.every(({ holder_name }) => !holder_name.includes('ZZB')));
    const answer = await agent.send('POST', `/api/contacts/${beacon.callId}/outcome`, { holder_id: beacon.holders[ANNA], outcome: 'no_answer' });
    assert.equal(answer.statusCode, 404);
  });

  test('are told once: of two people at once, the second is told so', async () => {
    const tell = (client: Client) =>
      client.send('POST', `/api/contacts/${harbour.callId}/outcome`, { holder_id: holderOf(ANNA), outcome: 'promised', late_reason: 'forgot', promise: { pay_by: '2026-11-27' } });
    const answers = await Promise.all([tell(agent), tell(manager)]);
    assert.deepEqual(answers.map(({ statusCode }) => statusCode).sort((a, b) => a - b), [200, 409]);
    const second = answers.find(({ statusCode }) => statusCode === 409);
    assert.equal(second === undefined ? '' : codeOf(second), 'contact_not_call');
    assert.deepEqual((await desk(agent)).calls, []);
  });
});

describe('a mark on a holder', () => {
  const flagsOf = async (place: number): Promise<string[]> => (await agent.get(`/api/holders/${holderOf(place)}`)).json<Wire['holder']>().consent.flags;
  const mark = (client: Client, place: number, seen: readonly string[], marks: readonly string[]) => client.send('PUT', `/api/holders/${holderOf(place)}/marks`, { seen, marks });

  test('is set and taken away by those who speak with people; the second of two is told', async () => {
    assert.deepEqual(await flagsOf(1), []);
    const both = await Promise.all([mark(agent, 1, [], ['deceased', 'represented']), mark(manager, 1, [], ['vulnerable'])]);
    assert.deepEqual(both.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b), [200, 409]);
    const set = await flagsOf(1);
    assert.equal((await mark(agent, 1, set, [])).statusCode, 200);
    assert.deepEqual(await flagsOf(1), []);
    assert.equal((await mark(auditor, 1, [], ['deceased'])).statusCode, 403);
    assert.equal((await mark(agent, 1, [], ['rich'])).statusCode, 400);
    assert.equal((await agent.send('PUT', '/api/holders/999999/marks', { seen: [], marks: [] })).statusCode, 404);
  });
  test('comes with the call that found the holder dead, once', async () => {
    await inInsurer(house.database.app, harbour.insurerId, (tx) => tx`update contacts set channel = 'call', state = 'queued', sent_at = null where holder_id = ${holderOf(1)}`);
    const [call] = await inInsurer(house.database.app, harbour.insurerId, (tx) => tx<{ contact_id: number }[]>`select contact_id from contacts where holder_id = ${holderOf(1)}`);
    const answer = await agent.send('POST', `/api/contacts/${call?.contact_id ?? 0}/outcome`, { holder_id: holderOf(1), outcome: 'deceased' });
    assert.equal(answer.statusCode, 200, answer.body);
    assert.deepEqual(await flagsOf(1), ['deceased']);
    assert.equal((await mark(agent, 1, ['deceased'], [])).statusCode, 200);
  });
});

describe('the promises', () => {
  const list = async (query = ''): Promise<Wire['promises']> => (await auditor.get(`/api/promises${query}`)).json<Wire['promises']>();

  test('stand by their day, with what is due today in each currency', async () => {
    const view = await list();
    assert.deepEqual(view.promises.map(({ holder_name, pay_by, made_by }) => [holder_name, pay_by, made_by].slice(0, 2)), [['Jose Santos', '2026-11-24'], ['Anna Müller', '2026-11-27']]);
    assert.deepEqual([view.due_today, view.overdue], [[{ currency: 'PHP', promises: 1, amount_minor: 250_120 }], []]);
  });

  test('are overdue from the day after, and kept or broken when their bill is paid', async () => {
    await inInsurer(house.database.app, harbour.insurerId, async (tx) => {
      const rows = [
        { pay_by: '2026-11-20', state: 'open' },
        { pay_by: '2026-11-20', state: 'open' },
        { pay_by: '2026-11-10', state: 'kept' },
        { pay_by: '2026-11-11', state: 'broken' },
        { pay_by: '2026-10-01', state: 'broken' },
      ].map((row) => ({
        insurer_id: harbour.insurerId, holder_id: holderOf(0), bill_id: billOf(0), promised_on: '2026-09-20', amount_minor: '1000', currency: 'HKD', made_by: 'Ben Ortiz', ...row,
      }));
      await tx`insert into promises ${tx(rows)}`;
    });
    const view = await list();
    assert.deepEqual(view.overdue, [{ currency: 'HKD', promises: 2, amount_minor: 2_000 }]);
    assert.deepEqual([view.kept_30_days, view.broken_30_days, view.promises[0]?.days_overdue], [1, 1, 4]);
    assert.deepEqual((await list('?state=broken')).promises.map(({ pay_by }) => pay_by), ['2026-11-11', '2026-10-01']);
    assert.deepEqual((await list('?state=kept')).promises.map(({ state }) => state), ['kept']);
  });

  for (const state of ['open', 'broken']) {
    test(`come by pages without a gap or a double: ${state}`, async () => {
      const seen: number[] = [];
      let after: string | null = '';
      while (after !== null) {
        const page: Wire['promises'] = await list(`?state=${state}&limit=1${after === '' ? '' : `&after=${after}`}`);
        seen.push(...page.promises.map(({ promise_id }) => promise_id));
        after = page.next_after;
      }
      assert.deepEqual(seen, (await list(`?state=${state}`)).promises.map(({ promise_id }) => promise_id));
    });
  }

  test('of another insurer are not seen; a wrong state or cursor is refused', async () => {
    assert.ok((await list()).promises.every(({ holder_name }) => !holder_name.includes('ZZB')));
    for (const query of ['?state=withdrawn', '?after=17', '?after=2026-02-30_1', '?limit=0']) assert.equal((await auditor.get(`/api/promises${query}`)).statusCode, 400, query);
  });
});

describe('the disputes', () => {
  const list = async (query = ''): Promise<Wire['disputes']> => (await auditor.get(`/api/disputes${query}`)).json<Wire['disputes']>();
  const open = async (place: number): Promise<number> => {
    const answer = await agent.send('POST', `/api/holders/${holderOf(place)}/disputes`, { bill_id: billOf(place), reason: 'amount: charged twice' });
    return answer.json<{ dispute_id: number }>().dispute_id;
  };
  const close = (client: Client, id: number, place: number, body: object = {}) =>
    client.send('POST', `/api/disputes/${id}/close`, { holder_id: holderOf(place), resolution: 'upheld', note: 'Levy taken off', ...body });
  const disputed = async (place: number): Promise<boolean | undefined> =>
    (await inInsurer(house.database.app, harbour.insurerId, (tx) => tx<{ disputed: boolean }[]>`select disputed from bills where holder_id = ${holderOf(place)} and bill_id = ${billOf(place)}`))[0]?.disputed;
  let first = 0;

  test('stand by the day on which they are to be answered, the overdue first', async () => {
    first = await open(0);
    const second = await open(JOSE);
    await inInsurer(house.database.app, harbour.insurerId, (tx) => tx`update disputes set answer_by = '2026-11-20' where dispute_id = ${second}`);
    const view = await list();
    assert.deepEqual(view.disputes.map(({ dispute_id, answer_by, days_overdue }) => [dispute_id, answer_by, days_overdue]), [[second, '2026-11-20', 4], [first, '2026-12-04', 0]]);
    assert.deepEqual([view.open, view.overdue, view.answer_today], [2, 1, 0]);
    const page = await list('?limit=1');
    assert.deepEqual((await list(`?limit=1&after=${page.next_after}`)).disputes.map(({ dispute_id }) => dispute_id), [first]);
  });

  test('can be opened one by one, with the bill', async () => {
    const view = (await auditor.get(`/api/disputes/${first}?holder_id=${holderOf(0)}`)).json<Wire['dispute']>();
    assert.deepEqual([view.holder_name, view.reason, view.policy_number, view.outstanding_minor], ['陳美玲', 'amount: charged twice', 'HL-HK-004410', 120_120]);
    assert.equal((await auditor.get(`/api/disputes/${first}?holder_id=${holderOf(1)}`)).statusCode, 404);
  });

  test('are closed by those who work on them, with one of the answers', async () => {
    assert.equal(codeOf(await close(auditor, first, 0)), 'role_not_allowed');
    assert.equal((await close(agent, first, 0, { resolution: 'forgotten' })).statusCode, 400);
    assert.equal((await close(agent, first, 0, { note: 'x'.repeat(2_001) })).statusCode, 400);
    assert.equal((await close(agent, first, 1)).statusCode, 404);
    assert.equal(codeOf(await close(agent, first, 0, { resolution: 'corrected' })), 'bill_not_corrected');
    assert.equal((await close(await logIn(app, 'beacon', 'manager'), first, 0)).statusCode, 404);
    assert.equal(await disputed(0), true);
  });

  test('are closed once, and the second of two people is told by whom', async () => {
    const answers = await Promise.all([close(agent, first, 0), close(manager, first, 0, { resolution: 'rejected' })]);
    assert.deepEqual(answers.map(({ statusCode }) => statusCode).sort((a, b) => a - b), [200, 409]);
    const [told, refused] = answers.toSorted((a, b) => a.statusCode - b.statusCode);
    assert.deepEqual(told?.json(), { bill_id: billOf(0), collection_goes_on: true });
    assert.match(refused?.json<{ title: string }>().title ?? '', /closed already, by (Ben Ortiz|Mei Chan)/);
    assert.equal(await disputed(0), false);
    const [closed] = (await list('?state=closed')).disputes;
    assert.deepEqual([closed?.dispute_id, closed?.resolution_note, closed?.closed_at === null], [first, 'Levy taken off', false]);
  });

  test('keep their bill at rest while another of it is open', async () => {
    const one = await open(1);
    await inInsurer(house.database.app, harbour.insurerId, (tx) => tx`
      insert into disputes (insurer_id, holder_id, bill_id, reason, opened_at, answer_by) values (${harbour.insurerId}, ${holderOf(1)}, ${billOf(1)}, 'paid', now(), '2026-12-01')`);
    const answer = await close(agent, one, 1, { note: '' });
    assert.deepEqual([answer.json<{ collection_goes_on: boolean }>().collection_goes_on, await disputed(1)], [false, true]);
  });

  test('of another insurer are not seen; bad input is refused', async () => {
    const beaconManager = await logIn(app, 'beacon', 'manager');
    assert.deepEqual((await beaconManager.get('/api/disputes?state=open')).json<Wire['disputes']>().disputes, []);
    assert.equal((await beaconManager.get(`/api/disputes/${first}?holder_id=${holderOf(0)}`)).statusCode, 404);
    for (const query of ['?state=all', '?after=x', '/abc']) assert.equal((await auditor.get(`/api/disputes${query}`)).statusCode, 400, query);
  });
});
