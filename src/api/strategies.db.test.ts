/** Strategies over a small book: what is refused, what a change touches and what not, floor and ceiling of contacts, and figures worked out again from the rows. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type FastifyInstance } from 'fastify';
import { rulePacks, STAGES } from '../cycle/index.ts';
import { inInsurer, type Tx } from '../database/index.ts';
import { addDays, daysBetween, expectOk, localDate, type PlainDate } from '../kernel/index.ts';
import { addSegment, type Insurer, insurerById, NO_CONDITIONS } from '../portfolio/index.ts';
import { HOUSE_TERMS } from '../strategy/index.ts';
import { logIn, read as readOf, type Client } from './client.ts';
import { NOW, openHouse, seedInsurer, serverOf, type TestHouse, type TestInsurer } from './fixture.ts';
import { type Wire } from './wire.ts';

const ZONE = 'Asia/Hong_Kong';
const TODAY = localDate(NOW, ZONE);
const on = (days: number): PlainDate => addDays(TODAY, days);
const LINES = ['health', 'property', 'accident'] as const;
let house: TestHouse;
let app: FastifyInstance;
let insurer: TestInsurer;
let known: Insurer;
let manager: Client;
let finance: Client;

const inside = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => inInsurer(house.database.app, insurer.insurerId, work);

before(async () => {
  house = await openHouse();
  insurer = await seedInsurer(house.database, 'harbour', '');
  await seedInsurer(house.database, 'beacon', 'ZZB');
  known = expectOk(await insurerById(house.database, insurer.insurerId));
  await inside(seedBook);
  app = await serverOf(house);
  [manager, finance] = [await logIn(app, 'harbour', 'manager'), await logIn(app, 'harbour', 'finance')];
});
after(async () => {
  await app?.close();
  await house.close();
});

/** Ten holders of each line with a policy and a bill, from ten days before its due date to as many after. */
async function seedBook(tx: Tx): Promise<void> {
  await tx`
    insert into holders (insurer_id, external_ref, family_name, language, time_zone, market, email, phone, address, consents, born_on)
    select ${insurer.insurerId}, 'B-' || n, 'Book', 'en', ${ZONE}, 'HK', 'b' || n || '@mail.example', '+85255502' || 100 + n, n || ' Harbour Road', '{email,sms}', date '1950-01-01' + n / 3 % 2 * 10000
    from generate_series(1, 30) n`;
  await tx`
    insert into policies (insurer_id, holder_id, policy_number, market, line, currency, premium_minor, mode, cover_from, due_day, state, premiums_paid)
    select ${insurer.insurerId}, holder_id, external_ref, 'HK', (${[...LINES]}::text[])[1 + holder_id % 3], 'HKD', 2500000, 'annual', '2024-01-01', 1, 'in_force', 3
    from holders where family_name = 'Book'`;
  await tx`
    insert into bills (insurer_id, holder_id, policy_id, instalment_no, period_from, period_to, due_on, issued_on, currency, premium_minor, amount_minor, state, stage, stage_since)
    select insurer_id, holder_id, policy_id, 1, due_on, due_on + 360, due_on, due_on - 30, currency, premium_minor, premium_minor, 'open', case when due_on < ${TODAY} then 'grace' else 'not_due' end, due_on - 30
    from (select p.*, ${TODAY}::date - 10 + (p.holder_id / 3 % 10)::int * 2 as due_on from policies p join holders h using (insurer_id, holder_id) where h.family_name = 'Book') p`;
}

/** One stage after another over the whole book, on one day. */
async function play(businessDate: PlainDate, ...names: string[]): Promise<void> {
  let shared = { previousDate: on(-1) as PlainDate | null, modelId: null, prices: { callMinute: 0, message: 0 }, budgets: { callMinutes: null, messages: null }, openBills: 0 };
  for (const name of names) {
    const stage = STAGES.find((one) => one.name === name);
    assert.ok(stage !== undefined);
    const context = { insurer: known, businessDate, packs: rulePacks(), shared };
    if (stage.prepare !== undefined) shared = { ...shared, ...await inside((tx) => stage.prepare?.(tx, context) ?? Promise.resolve({})) } as typeof shared;
    await inside((tx) => stage.work(tx, { ...context, shared }, { from: 0, to: Number.MAX_SAFE_INTEGER }));
    if (name === 'report') await finish(businessDate);
  }
}

/** The report is the last stage of a day. */
const finish = (businessDate: PlainDate) => inside((tx) => tx`
  insert into cycle_runs (insurer_id, business_date, state, stage, started_at, finished_at) values (${insurer.insurerId}, ${businessDate}, 'done', 'report', now(), now())
  on conflict (insurer_id, business_date) do update set state = 'done', finished_at = now()`);

/** As nobody may in the product: a day is decided again. */
const forgetDay = (day: PlainDate) => inInsurer(house.database.owner, insurer.insurerId, async (tx) => {
  await tx`delete from contacts where insurer_id = ${insurer.insurerId} and queued_on = ${day} and ask_key like ${`${day}:%`}`;
  await tx`delete from decisions where insurer_id = ${insurer.insurerId} and decided_on = ${day}`;
});

const DRAFT = {
  name: 'Health', line: 'health' as string | null, market: null as string | null, segment_id: null as number | null, goal_metric: 'recovery_rate', goal_value: 0.9, guard_metric: 'complaints_per_1000_contacts' as string | null,
  guard_limit: 4 as number | null, contacts_7_days_min: 0, contacts_7_days_max: 3, treatments: ['email', 'sms', 'call', 'letter', 'offer_plan'], first_day: null as number | null, tone_max: 'urgent', owner_id: null as number | null,
  state: 'active',
};
type Saved = { strategy_id: number; version: number };
const add = (body: object, client = manager) => client.send('POST', '/api/strategies', body);
const put = (id: number, body: object, client = manager) => client.send('PUT', `/api/strategies/${id}`, body);
const added = async (changes: object): Promise<number> => {
  const answer = await add({ ...DRAFT, ...changes });
  assert.equal(answer.statusCode, 201, answer.body);
  return answer.json<Saved>().strategy_id;
};
const view = (query = '', client = manager): Promise<Wire['strategies']> => readOf(client, `/api/strategies${query}`, 'ZZB');
const one = (shown: Wire['strategies'], id: number): Wire['strategies']['strategies'][number] => {
  const found = shown.strategies.find(({ strategy_id: own }) => own === id);
  assert.ok(found);
  return found;
};
const codeOf = (answer: { json: () => unknown }): string => (answer.json() as { code: string }).code;
const ids: Record<string, number> = {};

describe('a strategy', () => {
  test('of the house is there from the first moment and is what decisions were made by before', async () => {
    const { strategies } = await view();
    assert.deepEqual(strategies.map(({ strategy_id: id, version, market, line, segment_id: segment, contacts_7_days_min: min, contacts_7_days_max: max, treatments, first_day: first, tone_max: tone }) =>
      ({ strategy_id: id, version, market, line, segment_id: segment, contacts_7_days_min: min, contacts_7_days_max: max, treatments, first_day: first, tone_max: tone, conditions: null })), [HOUSE_TERMS]);
  });

  test('without a guard is refused with a sentence; with one it is saved, and both figures stand in its report', async () => {
    for (const missing of [{ guard_metric: null }, { guard_limit: null }, { guard_metric: undefined, guard_limit: undefined }]) {
      const answer = await add({ ...DRAFT, ...missing });
      assert.deepEqual([answer.statusCode, codeOf(answer)], [422, 'strategy_without_guard']);
    }
    assert.match((await manager.send('POST', '/api/strategies', { ...DRAFT, guard_metric: null }, { 'accept-language': 'zh-Hans' })).body, /保护客户关系的限值/);
    assert.equal((await view()).strategies.length, 1);
    ids['health'] = await added({});
    const { goal_metric: goal, goal_value: aim, guard_metric: guard, guard_limit: limit, goal_now: now, guard_now: guardNow } = one(await view(), ids['health']);
    assert.deepEqual([goal, aim, guard, limit, now, guardNow], ['recovery_rate', 0.9, 'complaints_per_1000_contacts', 4, null, null]);
  });

  test('is alone in its scope, may wait as a draft, and the house’s stays', async () => {
    const twin = await add({ ...DRAFT, name: 'Twin' });
    assert.deepEqual([twin.statusCode, codeOf(twin)], [409, 'strategy_exists']);
    const draft = await added({ name: 'Twin', state: 'draft' });
    assert.equal(codeOf(await put(draft, { ...DRAFT, version: 1 })), 'strategy_exists');
    assert.deepEqual((await put(draft, { ...DRAFT, state: 'retired', version: 1 })).json(), { strategy_id: draft, version: 2 });
    for (const changes of [{ state: 'retired' }, { line: 'motor' }]) assert.equal(codeOf(await put(1, { ...DRAFT, line: null, ...changes, version: 1 })), 'strategy_of_house');
    for (const changes of [{ contacts_7_days_min: 4 }, { treatments: [] }]) assert.match(codeOf(await add({ ...DRAFT, line: 'motor', ...changes })), /^strategy_(floor_above_ceiling|without_treatment)$/);
    assert.equal(codeOf(await add({ ...DRAFT, line: 'motor', owner_id: 999_999 })), 'not_found');
  });

  test('is changed on the version that was seen, by managers and finance, and keeps who made each version', async () => {
    const id = ids['health'] ?? 0;
    assert.equal((await put(id, { ...DRAFT, goal_value: 0.95, version: 1 }, finance)).statusCode, 200);
    const late = await put(id, { ...DRAFT, version: 1 });
    assert.deepEqual([late.statusCode, codeOf(late)], [409, 'changed_meanwhile']);
    const { versions } = await readOf<Wire['strategy']>(manager, `/api/strategies/${id}`, 'ZZB');
    assert.deepEqual(versions.map(({ version, goal_value: goal, changed_by: by }) => [version, goal, by]), [[2, 0.95, 'Ines Roth'], [1, 0.9, 'Mei Chan']]);
    assert.equal((await manager.get('/api/strategies/999')).statusCode, 404);
  });

  test('is refused to other roles, to who is bound to a market, and where a field is none', async () => {
    for (const role of ['agent', 'compliance', 'auditor', 'it']) {
      const client = await logIn(app, 'harbour', role);
      assert.equal(codeOf(await add(DRAFT, client)), 'role_not_allowed', role);
      assert.equal((await view('', client)).strategies.length, 3);
    }
    const regional = await logIn(app, 'harbour', 'regional');
    assert.equal(codeOf(await add(DRAFT, regional)), 'markets_bound');
    const elsewhere = await added({ name: 'Germany', line: null, market: 'DE', state: 'draft' });
    assert.deepEqual((await view('', regional)).strategies.map(({ strategy_id: id }) => id).filter((id) => id === 1 || id === elsewhere), [1]);
    for (const changes of [{ goal_metric: 'joy' }, { guard_limit: -1 }, { treatments: ['raven'] }, { first_day: 4 }, { contacts_7_days_max: 0 }, { line: 'boats' }, { name: ' ' }, { tone_max: 'rude' }]) {
      assert.equal((await add({ ...DRAFT, ...changes })).statusCode, 400, JSON.stringify(changes));
    }
    assert.equal((await manager.get('/api/strategies?days=31')).statusCode, 400);
    assert.equal((await manager.get('/api/strategies/99999999999')).statusCode, 400);
  });
});

describe('decisions', () => {
  const decisionsOf = (day: PlainDate) => inside((tx) => tx<{ line: string; row: string; strategy_id: number; strategy_version: number; action: string }[]>`
    select p.line, to_jsonb(d)::text as row, d.strategy_id, d.strategy_version, d.action from decisions d join policies p using (insurer_id, holder_id, policy_id) where d.decided_on = ${day} order by holder_id, bill_id`);

  test('of property are row for row what they were when health’s strategy changes; each line has its own strategy and rate', async () => {
    ids['property'] = await added({ name: 'Property', line: 'property' });
    ids['accident'] = await added({ name: 'Accident', line: 'accident' });
    await play(on(1), 'decide');
    const before_ = await decisionsOf(on(1));
    await forgetDay(on(1));
    assert.equal((await put(ids['health'] ?? 0, { ...DRAFT, treatments: ['letter'], contacts_7_days_max: 1, version: 2 })).statusCode, 200);
    await play(on(1), 'decide');
    const after_ = await decisionsOf(on(1));
    const rowsOf = (rows: typeof before_, line: string): string[] => rows.filter((row) => row.line === line).map(({ row }) => row);
    for (const line of ['property', 'accident']) assert.deepEqual(rowsOf(after_, line), rowsOf(before_, line), line);
    assert.ok(rowsOf(after_, 'property').length > 2 && rowsOf(after_, 'health').length > 2);
    assert.notDeepEqual(rowsOf(after_, 'health'), rowsOf(before_, 'health'));
    for (const line of LINES) for (const row of after_.filter((made) => made.line === line)) assert.equal(row.strategy_id, ids[line]);
    assert.ok(after_.filter(({ line }) => line === 'health').every(({ strategy_version: version, action }) => version === 3 && ['nothing', 'letter'].includes(action)));
    await play(on(1), 'report');
    const { lines } = await view();
    const dashboard = await readOf<Wire['dashboard']>(manager, '/api/dashboard', 'ZZB');
    for (const line of LINES) {
      const [own, rate] = [lines.find((row) => row.line === line), dashboard.by_line.rows.find(({ name }) => name === line)];
      assert.ok(own !== undefined && rate !== undefined && rate.late > 0);
      assert.deepEqual([own.strategy_id, own.late, own.recovered, own.written_off], [ids[line], rate.late, rate.recovered, rate.written_off]);
    }
    assert.equal(lines.find(({ line }) => line === 'life')?.strategy_id ?? 1, 1);
  });

  test('name their strategy and version, and a list can be of one strategy', async () => {
    const id = ids['health'] ?? 0;
    const { actions } = await readOf<Wire['actions']>(manager, `/api/actions?on=${on(1)}&strategy=${id}&limit=200`, 'ZZB');
    assert.ok(actions.length > 2);
    for (const row of actions) assert.deepEqual([row.strategy_id, row.strategy_version, row.strategy], [id, 3, 'Health']);
    const reasons = new Set((await readOf<Wire['actions']>(manager, `/api/actions?on=${on(1)}&reason=best_value&limit=200`, 'ZZB')).actions.map(({ reason }) => reason));
    assert.deepEqual(reasons, new Set(['best_value']));
    assert.equal((await manager.get('/api/actions?reason=A')).statusCode, 400);
  });

  test('follow a segment’s strategy before that of their line', async () => {
    const segment = expectOk(await inside((tx) => addSegment(tx, { insurerId: insurer.insurerId, name: 'Mei Chan', at: NOW }, { name: 'Older', conditions: { ...NO_CONDITIONS, ages: ['55_over'] } })));
    ids['older'] = await added({ name: 'Older', line: null, segment_id: segment, treatments: ['letter'] });
    await play(on(2), 'decide');
    const rows = await inside((tx) => tx<{ strategy_id: number; older: boolean }[]>`
      select d.strategy_id, h.born_on <= (${on(2)}::date - interval '55 years')::date as older from decisions d join holders h using (insurer_id, holder_id)
      where d.decided_on = ${on(2)} and h.family_name = 'Book'`);
    assert.ok(rows.some(({ older }) => older) && rows.some(({ older }) => !older));
    for (const row of rows) assert.equal(row.strategy_id === ids['older'], row.older);
    const { lines } = await view();
    assert.deepEqual(lines.find(({ line }) => line === 'property')?.narrower, [ids['older']]);
    assert.equal(one(await view(), ids['older']).segment, 'Older');
    await put(ids['older'], { ...DRAFT, name: 'Older', line: null, segment_id: segment, state: 'retired', version: 1 });
  });
});

describe('between one and three contacts in seven days', () => {
  let holderId = 0;
  let billId = 0;
  const DAY = on(3);
  const ownerAlerts = async () => (await readOf<Wire['alerts']>(finance, '/api/alerts', 'ZZB')).alerts.filter(({ figure }) => figure === 'contact_floor');

  before(async () => {
    const [row] = await inside((tx) => tx<{ holder_id: number; bill_id: number }[]>`
      update bills b set due_on = ${on(1)}, stage = 'grace' from policies p, holders h
      where p.holder_id = b.holder_id and p.policy_id = b.policy_id and h.holder_id = b.holder_id and h.family_name = 'Book' and p.line = 'accident'
        and b.holder_id = (select max(holder_id) from policies where line = 'accident') returning b.holder_id, b.bill_id`);
    [holderId, billId] = [row?.holder_id ?? 0, row?.bill_id ?? 0];
    for (const back of [6, 4, 2]) await contactOn(addDays(DAY, -back), `c${back}`);
    const [owner] = await inside((tx) => tx<{ user_id: number }[]>`select user_id from users where email = 'finance@harbour.example'`);
    const saved = await put(ids['accident'] ?? 0, { ...DRAFT, name: 'Accident', line: 'accident', contacts_7_days_min: 1, contacts_7_days_max: 3, owner_id: owner?.user_id ?? 0, version: 1 });
    assert.equal(saved.statusCode, 200, saved.body);
  });

  const contactOn = (day: PlainDate, key: string, who = holderId, bill = billId) => inside(async (tx) => {
    const at = new Date(`${day}T04:00:00Z`);
    await tx`insert into gate_answers (insurer_id, holder_id, ask_key, asked_on, bill_id, action, purpose, channel, asked_for_at, answer, law_version)
      values (${insurer.insurerId}, ${who}, ${key}, ${day}, ${bill}, 'contact', 'premium_reminder', 'sms', ${at}, 'allow', '2026-11')`;
    await tx`insert into contacts (insurer_id, holder_id, ask_key, bill_id, purpose, channel, template, tone, language, queued_on, not_before, state, sent_at)
      values (${insurer.insurerId}, ${who}, ${key}, ${bill}, 'premium_reminder', 'sms', 'first_solution', 'friendly', 'en', ${day}, ${at}, 'sent', ${at})`;
  });

  test('the fourth is blocked and the reason shown, where a third would have been made', async () => {
    await inside((tx) => tx`update contacts set state = 'failed' where holder_id = ${holderId} and ask_key = 'c2'`);
    await play(DAY, 'decide');
    const read = () => readOf<Wire['action']>(manager, `/api/actions/${holderId}/${billId}?on=${DAY}`, 'ZZB');
    const third = await read();
    assert.notEqual(third.action.action, 'nothing');
    await forgetDay(DAY);
    // The day before yesterday's, so that the window of this step has not been used yet.
    await inside((tx) => tx`update contacts set state = 'sent', queued_on = ${addDays(DAY, -3)} where holder_id = ${holderId} and ask_key = 'c2'`);
    await play(DAY, 'decide', 'gate', 'dispatch');
    const { action, alternatives } = await read();
    assert.deepEqual([action.action, action.reason, action.strategy_id, action.strategy_version], ['nothing', 'contact_cap_reached', ids['accident'], 2]);
    assert.ok(alternatives.some((other) => other.action === third.action.action && other.why === 'contact_cap_reached'), JSON.stringify(alternatives));
    assert.equal((await inside((tx) => tx`select from contacts where holder_id = ${holderId} and queued_on = ${DAY}`)).length, 0);
  });

  test('an overdue account with none raises an alert to the strategy’s owner, whose rows are the list', async () => {
    await play(DAY, 'report');
    const expected = await inside((tx) => tx<{ bill_id: number }[]>`
      select b.bill_id from bills b join policies p using (insurer_id, holder_id, policy_id)
      where p.line = 'accident' and b.state = 'open' and b.due_on < ${DAY} and not b.disputed and not b.in_flight
        and not exists (select from contacts c where c.holder_id = b.holder_id and c.queued_on > ${addDays(DAY, -7)} and c.purpose not in ('receipt', 'legal_notice') and c.state not in ('failed', 'cancelled'))
      order by b.due_on, b.holder_id, b.bill_id`);
    assert.ok(expected.length > 1, `${expected.length} silent accounts`);
    const alerts = await ownerAlerts();
    assert.deepEqual(alerts.map(({ strategy_id: id, value, warning, mine, strategy }) => [id, value, warning, mine, strategy]), [[ids['accident'], expected.length, 1, true, 'Accident']]);
    const list = await readOf<Wire['untouched']>(manager, `/api/delivery/untouched?strategy=${ids['accident']}&limit=200`, 'ZZB');
    assert.deepEqual([list.bills.map(({ bill_id: id }) => id), list.count, list.silent_days], [expected.map(({ bill_id: id }) => id), expected.length, 7]);
    const [first, second] = [await readOf<Wire['untouched']>(manager, `/api/delivery/untouched?strategy=${ids['accident']}&limit=1`, 'ZZB'), list.bills[1]];
    assert.equal((await readOf<Wire['untouched']>(manager, `/api/delivery/untouched?strategy=${ids['accident']}&limit=1&after=${first.next_after}`, 'ZZB')).bills[0]?.bill_id, second?.bill_id);
    assert.equal(one(await view(), ids['accident'] ?? 0).under_floor, expected.length);
    await play(DAY, 'report');
    assert.equal((await ownerAlerts()).length, 1, 'one standing alert, however often the report runs');
  });

  test('and the alert is over when each of them has been spoken to', async () => {
    const silent = (await readOf<Wire['untouched']>(manager, `/api/delivery/untouched?strategy=${ids['accident']}&limit=200`, 'ZZB')).bills;
    for (const row of silent) await contactOn(DAY, `spoken-${row.holder_id}`, row.holder_id, row.bill_id);
    await play(DAY, 'report');
    assert.deepEqual(await ownerAlerts(), []);
    assert.equal(one(await view(), ids['accident'] ?? 0).under_floor, 0);
  });
});

describe('the report of a strategy', () => {
  const FIGURES = ['decided', 'acts', 'cost', 'minutes', 'capped', 'contacts', 'recovered', 'recovered_bills', 'judged', 'judged_paid', 'due', 'due_paid', 'ended', 'lost', 'complaints', 'opt_outs'] as const;
  type Figure = (typeof FIGURES)[number];
  const FIRST = on(-30);
  const dayOf = (at: Date): PlainDate => localDate(at.getTime(), ZONE);

  /** Bills of five weeks with all that can happen to them; the strategies take turns. */
  async function seedPast(tx: Tx): Promise<void> {
    const { insurerId } = insurer;
    await tx`
      insert into bills (insurer_id, holder_id, policy_id, instalment_no, period_from, period_to, due_on, issued_on, currency, premium_minor, amount_minor, paid_minor, state, paid_on, paid_by, closed_on)
      select ${insurerId}, holder_id, policy_id, 1000 + n, due_on, due_on + 30, due_on, due_on - 21, currency, premium_minor, premium_minor, case when pays_on < ${TODAY} then premium_minor else 0 end,
        case when pays_on < ${TODAY} then 'paid' when kind = 9 and due_on < ${TODAY}::date - 25 then 'written_off' else 'open' end, case when pays_on < ${TODAY} then pays_on end,
        case when pays_on < ${TODAY} then 'card' end, case when kind = 9 and due_on < ${TODAY}::date - 25 then due_on + 25 end
      from (
        select p.*, n, x.kind, due_on, case when x.kind < 9 then due_on - 3 + x.kind * 2 end as pays_on
        from policies p join holders h using (insurer_id, holder_id) cross join generate_series(1, 18) n
          cross join lateral (select (${TODAY}::date - 50 + n * 3) as due_on, ((n * 7 + p.holder_id) % 10)::int as kind) x where h.family_name = 'Book') z
      on conflict do nothing`;
    await tx`
      insert into decisions (insurer_id, holder_id, bill_id, decided_on, policy_id, action, channel, step, tone, reason, probability_late, tier, currency, value_minor, cost_minor, minutes, alternatives,
        strategy_id, strategy_version)
      select insurer_id, holder_id, bill_id, due_on + step, policy_id, case when (bill_id + step) % 6 = 0 then 'nothing' when step > 8 then 'call' else 'sms' end, 'sms', 'first_solution', 'friendly',
        case when (bill_id + step) % 12 = 0 then 'contact_cap_reached' else 'best_value' end, 0.3,
        'high', currency, 500, case when (bill_id + step) % 6 = 0 then 0 else 40 + step end, case when step > 8 then 6 else 0 end, '[]', 1 + (bill_id % 3)::int, 1 + ((bill_id + step + 5) / 2 % 2)::int
      from bills cross join unnest(array[-5, 0, 2, 9]) step where instalment_no > 1000 and due_on + step < ${TODAY} and (paid_on is null or due_on + step <= paid_on)`;
    await tx`
      insert into gate_answers (insurer_id, holder_id, ask_key, asked_on, bill_id, action, purpose, channel, asked_for_at, answer, law_version)
      select insurer_id, holder_id, 'past-' || bill_id || '-' || decided_on || '-' || later, decided_on + later, bill_id, 'contact', 'premium_reminder', 'sms', decided_on, 'allow', '2026-11'
      -- Some are sent again some days later, when something else has been decided.
      from decisions cross join unnest(array[0, 4]) later where decided_on + later < ${TODAY} and action <> 'nothing' and bill_id % 7 > 0 and (later = 0 or bill_id % 5 = 0)`;
    await tx`
      insert into contacts (insurer_id, holder_id, ask_key, bill_id, purpose, channel, template, tone, language, queued_on, not_before, state, sent_at)
      select insurer_id, holder_id, ask_key, bill_id, 'premium_reminder', 'sms', 'first_solution', 'friendly', 'en', asked_on, asked_on,
        (array['sent', 'delivered', 'done', 'failed'])[1 + bill_id % 4], case when bill_id % 4 < 3 then (asked_on + time '10:00' + bill_id % 9 * interval '2 hours') at time zone ${ZONE} end
      from gate_answers where ask_key like 'past-%'`;
    await tx`
      insert into payments (insurer_id, holder_id, provider, method, amount_minor, currency, state, bill_id, created_at, settled_at)
      select insurer_id, holder_id, 'sandbox', 'card', amount_minor, currency, case when bill_id % 11 = 0 then 'refunded' else 'succeeded' end, bill_id, paid_on, (paid_on + time '20:00') at time zone ${ZONE}
      from bills where instalment_no > 1000 and state = 'paid'`;
    await tx`
      insert into allocations (insurer_id, holder_id, payment_id, bill_id, amount_minor, currency, booked_on)
      select y.insurer_id, y.holder_id, y.payment_id, y.bill_id, y.amount_minor, y.currency, b.paid_on from payments y join bills b using (insurer_id, holder_id, bill_id) where b.instalment_no > 1000`;
    await tx`
      insert into contact_events (insurer_id, holder_id, contact_id, kind, occurred_at)
      select insurer_id, holder_id, contact_id, k.kind, sent_at + interval '1 day' from contacts cross join (values ('complained', 9), ('opted_out', 13), ('opened', 2)) k (kind, every)
      where ask_key like 'past-%' and sent_at is not null and contact_id % k.every = 0`;
    await tx`
      insert into disputes (insurer_id, holder_id, bill_id, reason, opened_at, answer_by)
      select insurer_id, holder_id, bill_id, 'wrong', (due_on + 4 + time '12:00') at time zone ${ZONE}, due_on + 20 from bills where instalment_no > 1000 and bill_id % 8 = 0 and due_on + 4 < ${TODAY}`;
  }

  /** By hand, thing by thing. */
  async function recomputed(last: PlainDate): Promise<Map<string, number>> {
    type Decision = { holder_id: number; bill_id: number; policy_id: number; decided_on: PlainDate; action: string; reason: string; currency: string; cost_minor: bigint; minutes: number; strategy_id: number; strategy_version: number };
    type Contact = { holder_id: number; bill_id: number; contact_id: number; queued_on: PlainDate; sent_at: Date };
    const [decisions, contacts, bills, policies, money, disputes, events] = await inside((tx) => Promise.all([
      tx<Decision[]>`select * from decisions order by decided_on`,
      tx<Contact[]>`select holder_id, bill_id, contact_id, queued_on, sent_at from contacts where purpose = 'premium_reminder' and sent_at is not null and state in ('sent', 'delivered', 'done', 'unconfirmed') order by sent_at, contact_id`,
      tx<{ bill_id: number; due_on: PlainDate; paid_on: PlainDate | null; closed_on: PlainDate | null; state: string }[]>`select bill_id, due_on, paid_on, closed_on, state from bills`,
      tx<{ policy_id: number; market: string; line: string }[]>`select policy_id, market, line from policies`,
      tx<{ bill_id: number; amount_minor: bigint; settled_at: Date; booked_on: PlainDate }[]>`
        select a.bill_id, a.amount_minor, y.settled_at, a.booked_on from allocations a join payments y using (insurer_id, holder_id, payment_id) where y.state = 'succeeded'`,
      tx<{ bill_id: number; opened_at: Date }[]>`select bill_id, opened_at from disputes`,
      tx<{ contact_id: number; kind: string; occurred_at: Date }[]>`select contact_id, kind, occurred_at from contact_events where kind in ('complained', 'opted_out')`,
    ]));
    const cells = new Map<string, number>();
    const place = new Map(policies.map((row) => [row.policy_id, row]));
    const byBill = Map.groupBy(decisions, ({ bill_id: id }) => id);
    const contactsOf = Map.groupBy(contacts, ({ bill_id: id }) => id);
    const billOf = new Map(bills.map((row) => [row.bill_id, row]));
    const count = (day: PlainDate, by: Decision | undefined, figure: Figure, amount: number): void => {
      if (by === undefined || amount === 0 || day < FIRST || day > last) return;
      const { market, line } = place.get(by.policy_id) ?? { market: '', line: '' };
      const key = [day, by.strategy_id, by.strategy_version, market, line, by.currency, figure].join(' ');
      cells.set(key, (cells.get(key) ?? 0) + amount);
    };
    const lastBy = (bill: number, day: PlainDate, acted: boolean) => byBill.get(bill)?.findLast((made) => made.decided_on <= day && (!acted || made.action !== 'nothing'));
    const contactBefore = (bill: number, at: Date) => contactsOf.get(bill)?.filter((one_) => one_.sent_at <= at && daysBetween(one_.queued_on, dayOf(at)) <= 14).map((one_) => one_.queued_on).toSorted().at(-1);
    for (const made of decisions) {
      const acted = made.action !== 'nothing';
      count(made.decided_on, made, 'decided', 1);
      if (acted) { count(made.decided_on, made, 'acts', 1); count(made.decided_on, made, 'cost', Number(made.cost_minor)); }
      count(made.decided_on, made, 'minutes', made.minutes);
      if (made.reason === 'contact_cap_reached') count(made.decided_on, made, 'capped', 1);
    }
    for (const sent of contacts) {
      const [by, day] = [lastBy(sent.bill_id, sent.queued_on, true), dayOf(sent.sent_at)];
      count(day, by, 'contacts', 1);
      const others = (contactsOf.get(sent.bill_id) ?? []).filter((other) => other.contact_id !== sent.contact_id && other.sent_at >= sent.sent_at && daysBetween(day, dayOf(other.sent_at)) <= 14);
      const bill = billOf.get(sent.bill_id);
      if (others.length > 0 || bill === undefined || bill.state === 'cancelled') continue;
      count(addDays(day, 14), by, 'judged', 1);
      if (bill.paid_on !== null && bill.paid_on <= addDays(day, 14)) count(addDays(day, 14), by, 'judged_paid', 1);
    }
    for (const { bill_id: bill, amount_minor: amount, settled_at: at, booked_on: booked } of money) {
      const contact = contactBefore(bill, at);
      if (contact === undefined) continue;
      count(dayOf(at), lastBy(bill, contact, true), 'recovered', Number(amount));
      if (billOf.get(bill)?.paid_on === booked) count(dayOf(at), lastBy(bill, contact, true), 'recovered_bills', 1);
    }
    for (const { bill_id: bill, opened_at: at } of disputes) {
      const contact = contactBefore(bill, at);
      if (contact !== undefined) count(dayOf(at), lastBy(bill, contact, true), 'complaints', 1);
    }
    for (const { contact_id: id, kind, occurred_at: at } of events) {
      const contact = contacts.find((one_) => one_.contact_id === id);
      if (contact !== undefined) count(dayOf(at), lastBy(contact.bill_id, contact.queued_on, true), kind === 'opted_out' ? 'opt_outs' : 'complaints', 1);
    }
    for (const { bill_id: id, due_on: due, paid_on: paid, closed_on: closed, state } of bills) {
      if (state !== 'cancelled') count(due, lastBy(id, due, false), 'due', 1);
      if (state !== 'cancelled' && paid !== null && paid <= due) count(due, lastBy(id, due, false), 'due_paid', 1);
      if (paid !== null) count(paid, lastBy(id, paid, false), 'ended', 1);
      if (state === 'written_off' && closed !== null) { count(closed, lastBy(id, closed, false), 'ended', 1); count(closed, lastBy(id, closed, false), 'lost', 1); }
    }
    return cells;
  }

  test('is what happened under it, thing by thing, and the same when it is written twice', async () => {
    await inside(seedPast);
    const stage = STAGES.find(({ name }) => name === 'report');
    const written = async (): Promise<Map<string, number>> => {
      const shared = { previousDate: FIRST, modelId: null, prices: { callMinute: 0, message: 0 }, budgets: { callMinutes: null, messages: null }, openBills: 0 };
      await inside((tx) => stage?.work(tx, { insurer: known, businessDate: TODAY, packs: rulePacks(), shared }, { from: 0, to: Number.MAX_SAFE_INTEGER }) ?? Promise.resolve({ read: 0, written: 0 }));
      await finish(TODAY);
      const rows = await inside((tx) => tx<{ key: string; figure: string; amount: number }[]>`
        select concat_ws(' ', on_date, strategy_id, strategy_version, market, line, currency) as key, f.figure, f.amount from strategy_cells cross join lateral (values
          ('decided', decided::float8), ('acts', acts), ('cost', cost_minor), ('minutes', minutes), ('capped', capped), ('contacts', contacts), ('recovered', recovered_minor), ('recovered_bills', recovered_bills), ('judged', judged),
          ('judged_paid', judged_paid), ('due', due), ('due_paid', due_paid), ('ended', ended), ('lost', lost), ('complaints', complaints), ('opt_outs', opt_outs)) f (figure, amount)
        where on_date < ${TODAY} and f.amount <> 0`);
      return new Map(rows.map(({ key, figure, amount }) => [`${key} ${figure}`, amount]));
    };
    const once = await written();
    const expected = await recomputed(on(-1));
    assert.deepEqual(new Set([...expected.keys()].map((key) => key.split(' ').at(-1))), new Set(FIGURES), 'everything happens');
    assert.deepEqual(once, expected);
    assert.deepEqual(await written(), once);
  });

  test('sums its cells: goal, guard, and what was spent and came back, in each currency', async () => {
    const shown = await view();
    assert.equal(shown.as_of, on(2));
    const [row] = await inside((tx) => tx<{ judged: number; paid: number; contacts: number; complaints: number; cost: number; recovered: number }[]>`
      select sum(judged)::int as judged, sum(judged_paid)::int as paid, sum(contacts)::int as contacts, sum(complaints)::int as complaints, sum(cost_minor)::float8 as cost, sum(recovered_minor)::float8 as recovered
      from strategy_cells where strategy_id = ${ids['health'] ?? 0} and on_date between ${shown.from} and ${shown.to}`);
    assert.ok(row !== undefined && row.judged > 0 && row.complaints > 0);
    const health = one(shown, ids['health'] ?? 0);
    assert.deepEqual([health.goal_now, health.guard_now], [row.paid / row.judged, row.complaints * 1000 / row.contacts]);
    assert.deepEqual(health.money.map(({ currency, cost_minor: cost, recovered_minor: recovered, return_on_cost: roi }) => [currency, cost, recovered, roi]), [['HKD', row.cost, row.recovered, (row.recovered - row.cost) / row.cost]]);
    assert.deepEqual([health.goal_reached, health.guard_kept], [(health.goal_now ?? 0) >= 0.9, (health.guard_now ?? 0) <= 4]);
    const { versions } = await readOf<Wire['strategy']>(manager, `/api/strategies/${ids['health'] ?? 0}`, 'ZZB');
    assert.equal(versions.reduce((sum, { counts }) => sum + counts.contacts, 0), health.counts.contacts);
    const days90 = await view('?days=90');
    assert.ok(one(days90, ids['health'] ?? 0).counts.contacts >= health.counts.contacts);
    for (const sql of Object.values(shown.sql)) await inside((tx) => tx.unsafe(sql));
  });

  test('tells its owner when the limit of the relationship is not kept', async () => {
    const { counts, guard_kept: kept } = one(await view(), ids['health'] ?? 0);
    assert.ok(counts.contacts >= 100 && kept === false, `${counts.contacts} contacts`);
    const { alerts } = await readOf<Wire['alerts']>(manager, '/api/alerts', 'ZZB');
    const own = alerts.find(({ figure, strategy_id: id }) => figure === 'complaints_per_1000_contacts' && id === ids['health']);
    assert.deepEqual([own?.warning, own?.mine], [4, true]);
  });
});
