import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type FastifyInstance } from 'fastify';
import { inInsurer, type Tx } from '../database/index.ts';
import { addDays, localDate } from '../kernel/index.ts';
import { logIn, read as readOf, type Client } from './client.ts';
import { NOW, openHouse, seedInsurer, serverOf, type TestHouse, type TestInsurer } from './fixture.ts';
import { type Wire } from './wire.ts';

const TODAY = localDate(NOW, 'Asia/Hong_Kong');
const MARK = 'ZZB';
const HOUR_MS = 3_600_000;
let house: TestHouse;
let app: FastifyInstance;
let insurer: TestInsurer;
let other: TestInsurer;
let agent: Client;
let auditor: Client;

const inside = <T>(work: (tx: Tx) => Promise<T>, whose = insurer): Promise<T> => inInsurer(house.database.app, whose.insurerId, work) as Promise<T>;

type Failed = { readonly person: number; readonly key: string; readonly channel: string; readonly state: 'failed' | 'unconfirmed'; readonly outcome?: string; readonly failure: string; readonly hoursAgo: number };

/** A contact that did not arrive, with the law's yes beside it. */
async function aContact({ person, key, channel, state, outcome, failure, hoursAgo }: Failed, whose = insurer): Promise<number> {
  const [holder, bill] = [whose.holders[person] ?? 0, whose.bills[person] ?? 0];
  const at = new Date(NOW - hoursAgo * HOUR_MS);
  return inside(async (tx) => {
    await tx`
      insert into gate_answers (insurer_id, holder_id, ask_key, asked_on, bill_id, action, purpose, channel, asked_for_at, answer, law_version)
      values (${whose.insurerId}, ${holder}, ${key}, ${TODAY}, ${bill}, 'contact', 'premium_reminder', ${channel}, ${at}, 'allow', '2026-11')`;
    const [row] = await tx<{ contact_id: number }[]>`
      insert into contacts (insurer_id, holder_id, ask_key, bill_id, policy_id, purpose, channel, template, tone, language, queued_on, not_before, state, outcome, subject, body, sent_at, closed_at, failure)
      select ${whose.insurerId}, ${holder}, ${key}, ${bill}, policy_id, 'premium_reminder', ${channel}, 'first_solution', 'friendly', 'en', ${localDate(NOW - hoursAgo * HOUR_MS, 'Asia/Hong_Kong')}, ${at}, ${state},
        ${outcome ?? null}, 'Your premium', 'Pay here: https://pay.example/pay/abc-DEF_123 or stop: https://pay.example/u/1-2-3-sms-xyz', ${at}, ${at}, ${failure}
      from bills where holder_id = ${holder} and bill_id = ${bill} returning contact_id`;
    return row?.contact_id ?? 0;
  }, whose);
}

let bounced = 0;
let lost = 0;
let unsure = 0;

before(async () => {
  house = await openHouse();
  insurer = await seedInsurer(house.database, 'harbour', '');
  other = await seedInsurer(house.database, 'beacon', MARK);
  bounced = await aContact({ person: 0, key: 'd1', channel: 'email', state: 'failed', outcome: 'bounced', failure: 'smtp 550', hoursAgo: 30 * 24 });
  lost = await aContact({ person: 1, key: 'd2', channel: 'sms', state: 'failed', failure: 'smpp 8', hoursAgo: 48 });
  unsure = await aContact({ person: 2, key: 'd3', channel: 'email', state: 'unconfirmed', failure: 'interrupted', hoursAgo: 200 });
  await aContact({ person: 0, key: 'd1', channel: 'email', state: 'failed', failure: 'smtp 550', hoursAgo: 1 }, other);
  await inside((tx) => tx`
    insert into contact_cells (insurer_id, sent_on, market, channel, sent, delivered, opened, clicked, started, paid)
    values (${insurer.insurerId}, ${addDays(TODAY, -3)}, 'HK', 'email', 100, 90, 50, 20, 15, 10), (${insurer.insurerId}, ${addDays(TODAY, -1)}, 'CN', 'email', 10, 9, 5, 2, 1, 1),
      (${insurer.insurerId}, ${addDays(TODAY, -20)}, 'HK', 'sms', 40, 38, 5, 4, 3, 2)`);
  await inside((tx) => tx`
    insert into survey_answers (insurer_id, holder_id, payment_id, ease, clarity, answered_at)
    select insurer_id, holder_id, payment_id, case when holder_id = ${insurer.holders[0] ?? 0} then 5 else 2 end, case when holder_id = ${insurer.holders[0] ?? 0} then 4 end, ${new Date(NOW - HOUR_MS)}
    from payments where holder_id = any(${[insurer.holders[0] ?? 0, insurer.holders[1] ?? 0]}::bigint[])`);
  app = await serverOf(house);
  agent = await logIn(app, 'harbour', 'agent');
  auditor = await logIn(app, 'harbour', 'auditor');
});
after(async () => {
  await app.close();
  await house.close();
});

const read = <T>(url: string, client = auditor): Promise<T> => readOf<T>(client, url, MARK);
const list = (query = ''): Promise<Wire['not_arrived']> => read(`/api/delivery/not-arrived${query}`);
const message = (person: number, contactId: number): Promise<Wire['message']> => read(`/api/delivery/${insurer.holders[person]}/${contactId}`);
const act = async (person: number, contactId: number, what: 'resend' | 'settle', body: object, client = agent): Promise<[number, Record<string, unknown>]> => {
  const answer = await client.send('POST', `/api/delivery/${insurer.holders[person]}/${contactId}/${what}`, body);
  return [answer.statusCode, answer.json<Record<string, unknown>>()];
};

describe('how far messages came', () => {
  test('is the sum of the reported days and of what was sent since', async () => {
    const { from, to, channels } = await read<Wire['delivery']>('/api/delivery?days=7');
    assert.deepEqual([from, to], [addDays(TODAY, -6), TODAY]);
    // Three e-mails were sent today by the fixture; one of the failed ones falls into seven days.
    assert.deepEqual(channels, [
      { channel: 'email', sent: 113, delivered: 99, opened: 55, clicked: 22, paid: 11, not_arrived: 0 },
      { channel: 'sms', sent: 0, delivered: 0, opened: 0, clicked: 0, paid: 0, not_arrived: 1 },
    ]);
    const month = await read<Wire['delivery']>('/api/delivery?days=30');
    assert.deepEqual(month.channels.map(({ channel, sent, not_arrived }) => [channel, sent, not_arrived]), [['email', 113, 1], ['sms', 40, 1]]);
  });
  test('counts the events of today', async () => {
    await inside((tx) => tx`
      insert into contact_events (insurer_id, holder_id, contact_id, kind, occurred_at)
      select insurer_id, holder_id, contact_id, 'opened', ${new Date(NOW - HOUR_MS / 2)} from contacts where holder_id = ${insurer.holders[0] ?? 0} and ask_key = 'k1'`);
    const { channels } = await read<Wire['delivery']>('/api/delivery');
    assert.deepEqual(channels.filter(({ channel }) => channel === 'email').map(({ delivered, opened }) => [delivered, opened]), [[100, 56]]);
  });
});

describe('what did not arrive', () => {
  test('is listed newest first, and each page goes on where the one before ended', async () => {
    const { contacts, next_after: end } = await list();
    assert.deepEqual(contacts.map(({ contact_id, state, failure }) => [contact_id, state, failure]), [[lost, 'failed', 'smpp 8'], [unsure, 'unconfirmed', 'interrupted'], [bounced, 'bounced', 'smtp 550']]);
    assert.equal(end, null);
    const first = await list('?limit=2');
    const rest = await list(`?limit=2&after=${encodeURIComponent(first.next_after ?? '')}`);
    assert.deepEqual([...first.contacts, ...rest.contacts], contacts);
  });
  test('is found by channel, state, market and day', async () => {
    const ids = async (query: string): Promise<number[]> => (await list(query)).contacts.map(({ contact_id: id }) => id);
    assert.deepEqual(await ids('?channel=sms'), [lost]);
    assert.deepEqual(await ids('?state=bounced'), [bounced]);
    assert.deepEqual(await ids('?state=failed'), [lost]);
    assert.deepEqual(await ids('?market=DE'), [unsure]);
    assert.deepEqual(await ids(`?on=${addDays(TODAY, -2)}`), [lost]);
    assert.deepEqual(await ids(`?on=${TODAY}`), []);
  });
  test('leaves as a file', async () => {
    const file = await auditor.get('/api/delivery/not-arrived/csv');
    assert.match(String(file.headers['content-type']), /^text\/csv/);
    assert.equal(file.body.trim().split('\r\n').length, 4);
    assert.ok(!file.body.includes(MARK));
  });
  test('is shown to a person who is bound to a market as far as it is theirs', async () => {
    const regional = await logIn(app, 'harbour', 'regional');
    assert.deepEqual((await read<Wire['not_arrived']>('/api/delivery/not-arrived', regional)).contacts.map(({ market }) => market), ['HK']);
  });
  test('refuses what cannot be asked', async () => {
    for (const url of ['not-arrived?after=1', 'not-arrived?on=2026-02-30', 'not-arrived?state=sent', '?days=8', '0/1', 'untouched?after=x']) {
      assert.equal((await auditor.get(`/api/delivery${url.startsWith('?') ? '' : '/'}${url}`)).statusCode, 400, url);
    }
    assert.equal((await app.inject('/api/delivery')).statusCode, 401);
  });
});

describe('one message', () => {
  test('shows what was said, where to, its moments, and no link that somebody else could use', async () => {
    const shown = await message(0, bounced);
    assert.deepEqual([shown.to_masked, shown.subject, shown.state, shown.failure], ['p•••@mail.example', 'Your premium', 'failed', 'smtp 550']);
    assert.equal(shown.body, 'Pay here: https://pay.example/pay/… or stop: https://pay.example/u/…');
    assert.deepEqual(shown.gate.map(({ answer }) => answer), ['allow']);
    assert.deepEqual(shown.resend_by, ['sms', 'call']);
  });
  test('of another insurer is not there', async () => {
    const [theirs] = await inside((tx) => tx<{ contact_id: number }[]>`select contact_id from contacts where ask_key = 'd1'`, other);
    for (const url of [`/api/delivery/${other.holders[0]}/${theirs?.contact_id}`, `/api/delivery/${insurer.holders[1]}/${bounced}`]) assert.equal((await auditor.get(url)).statusCode, 404);
  });
});

describe('sending again', () => {
  test('asks the law anew, queues once, and keeps who did it', async () => {
    const [status, answer] = await act(0, bounced, 'resend', { channel: 'sms' });
    assert.deepEqual([status, answer['answer'], answer['rule']], [200, 'allow', null], JSON.stringify(answer));
    const [queued] = await inside((tx) => tx<{ channel: string; state: string; ask_key: string }[]>`select channel, state, ask_key from contacts where ask_key like 'd1~%'`);
    assert.deepEqual(queued, { channel: 'sms', state: 'queued', ask_key: 'd1~sms~hand' });
    const shown = await message(0, bounced);
    assert.deepEqual(shown.acts.map(({ act: done, channel, by_name: by }) => [done, channel, by]), [['resent', 'sms', 'Ben Ortiz']]);
    assert.deepEqual([shown.others.map(({ channel, state }) => [channel, state]), shown.resend_by], [[['sms', 'queued']], ['call']]);
    assert.deepEqual((await list('?state=bounced')).contacts.map(({ went_on_by: by }) => by), [['sms']]);
    const [again, problem] = await act(0, bounced, 'resend', { channel: 'sms' });
    assert.deepEqual([again, problem['code']], [409, 'resend_channel_impossible']);
  });
  test('is refused by the law with its reason, kept, and nothing is queued', async () => {
    // The holder in Germany wants no text messages.
    const id = await aContact({ person: 2, key: 'd4', channel: 'email', state: 'failed', failure: 'smtp 554', hoursAgo: 300 });
    const [status, answer] = await act(2, id, 'resend', { channel: 'sms' });
    assert.deepEqual([status, answer['answer'], answer['until']], [200, 'refuse', null]);
    assert.equal(answer['rule'], 'EU-optout-channel');
    const [kept] = await inside((tx) => tx<{ answers: number; contacts: number }[]>`
      select (select count(*)::int from gate_answers where ask_key like 'd4~sms%' and answer = 'refuse') as answers, (select count(*)::int from contacts where ask_key like 'd4~%') as contacts`);
    assert.deepEqual(kept, { answers: 1, contacts: 0 });
    assert.deepEqual((await message(2, id)).acts.map(({ act: done }) => done), ['refused']);
    await inside((tx) => tx`update contacts set state = 'cancelled' where contact_id = ${id}`);
  });
  test('waits for the lawful hour where it is night', async () => {
    const id = await aContact({ person: 2, key: 'd5', channel: 'sms', state: 'failed', failure: 'smpp 8', hoursAgo: 301 });
    const [status, answer] = await act(2, id, 'resend', { channel: 'email' });
    assert.equal(status, 200);
    // Four in the morning in Berlin.
    assert.equal(answer['answer'], 'defer', JSON.stringify(answer));
    const [queued] = await inside((tx) => tx<{ not_before: Date }[]>`select not_before from contacts where ask_key = 'd5~email~hand'`);
    assert.equal(queued?.not_before.toISOString(), answer['until']);
    assert.ok((queued?.not_before.getTime() ?? 0) > NOW);
  });
  test('is not for bills that are paid, nor while a promise is open, nor for what is on its way', async () => {
    const [paid] = await inside((tx) => tx<{ bill_id: number }[]>`select bill_id from bills where holder_id = ${insurer.holders[1] ?? 0} and state = 'paid' limit 1`);
    await inside((tx) => tx`update contacts set bill_id = ${paid?.bill_id ?? 0} where contact_id = ${lost}`);
    assert.deepEqual((await act(1, lost, 'resend', { channel: 'email' }))[1]['code'], 'bill_not_open');
    const promised = await aContact({ person: 3, key: 'd6', channel: 'sms', state: 'failed', failure: 'smpp 8', hoursAgo: 400 });
    assert.deepEqual((await act(3, promised, 'resend', { channel: 'email' }))[1]['code'], 'promise_open');
    assert.deepEqual((await act(2, unsure, 'resend', { channel: 'sms' }))[1]['code'], 'contact_not_failed');
    assert.equal((await act(0, bounced, 'resend', { channel: 'pigeon' }))[0], 400);
  });
  test('is for managers, agents and compliance', async () => {
    for (const role of ['auditor', 'finance', 'it']) {
      const client = await logIn(app, 'harbour', role);
      assert.equal((await act(0, bounced, 'resend', { channel: 'call' }, client))[0], 403, role);
      assert.equal((await act(2, unsure, 'settle', { left: true }, client))[0], 403, role);
    }
  });
});

describe('an unconfirmed message', () => {
  test('is settled once by a person; what did not leave can go again', async () => {
    const [status, shown] = await act(2, unsure, 'settle', { left: false });
    assert.deepEqual([status, shown['state'], shown['failure'], shown['sent_at']], [200, 'failed', 'did_not_leave', null]);
    assert.deepEqual((await message(2, unsure)).acts.map(({ act: done, by_name: by }) => [done, by]), [['did_not_leave', 'Ben Ortiz']]);
    assert.deepEqual((await act(2, unsure, 'settle', { left: true }))[1]['code'], 'contact_not_unconfirmed');
    assert.equal((await act(0, unsure, 'settle', { left: true }))[0], 404);
  });
});

describe('accounts that heard nothing', () => {
  test('are overdue for a week, without a contact for two, and counted on the first page', async () => {
    // Of the two that are overdue, one had a reminder this morning; the other has only a call that waits and messages that never arrived.
    const view = await read<Wire['untouched']>('/api/delivery/untouched');
    assert.deepEqual([view.overdue_days, view.silent_days, view.count, view.counted_all], [7, 14, 1, true]);
    assert.deepEqual(view.bills.map(({ holder_name: name, days_overdue: days, outstanding_minor: left }) => [name, days, left]), [['Anna Müller', 40, 6_570]]);
    const page = await read<Wire['untouched']>('/api/delivery/untouched?limit=1');
    assert.equal((await read<Wire['untouched']>(`/api/delivery/untouched?after=${page.next_after}`)).count, null);
  });
});

describe('what holders say', () => {
  test('is summed by grade and market', async () => {
    const { ease, clarity, by_market: markets } = await read<Wire['feedback']>('/api/delivery/feedback');
    assert.deepEqual(ease, { answers: 4, good: 2, grades: [0, 2, 0, 0, 2] });
    assert.deepEqual(clarity, { answers: 2, good: 2, grades: [0, 0, 0, 2, 0] });
    assert.deepEqual(markets, [
      { market: 'CN', answers: 2, ease_good: 0, clarity_answers: 0, clarity_good: 0 }, { market: 'HK', answers: 2, ease_good: 2, clarity_answers: 2, clarity_good: 2 },
    ]);
  });
});

describe('the holder’s time line', () => {
  test('has what the holder said', async () => {
    const { time_line: line } = await read<Wire['holder']>(`/api/holders/${insurer.holders[0]}`);
    assert.deepEqual(line.filter(({ kind }) => kind === 'survey').map(({ state, title, detail, bill_id: bill }) => [state, title, detail, bill !== null]), [['5', '5', '4', true], ['5', '5', '4', true]]);
  });
});

describe('the tour', () => {
  test('is remembered for each person', async () => {
    await inside((tx) => tx`update users set tour_done_at = null where role = 'agent'`);
    assert.deepEqual(await read('/api/tour', agent), { done: false });
    assert.equal((await agent.send('PUT', '/api/tour', { done: true })).statusCode, 200);
    assert.deepEqual([await read('/api/tour', agent), await read('/api/tour', auditor)], [{ done: true }, { done: true }]);
    assert.equal((await auditor.send('PUT', '/api/tour', { done: false })).statusCode, 200);
    assert.deepEqual([await read('/api/tour', agent), await read('/api/tour', auditor)], [{ done: true }, { done: false }]);
    assert.equal((await agent.send('PUT', '/api/tour', { done: 'yes' })).statusCode, 400);
  });
});
