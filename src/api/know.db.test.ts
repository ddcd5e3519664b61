import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type FastifyInstance } from 'fastify';
import { rulePacks, STAGES } from '../cycle/index.ts';
import { inInsurer, type Tx } from '../database/index.ts';
import { addDays, expectOk, localDate, type PlainDate } from '../kernel/index.ts';
import { insurerById } from '../portfolio/index.ts';
import { logIn, read as readOf, type Client } from './client.ts';
import { NOW, openHouse, seedInsurer, serverOf, type TestHouse, type TestInsurer } from './fixture.ts';
import { type Wire } from './wire.ts';

const TODAY = localDate(NOW, 'Asia/Hong_Kong');
let house: TestHouse;
let app: FastifyInstance;
let insurer: TestInsurer;
let manager: Client;
let agent: Client;
let finance: Client;

const inside = <T>(work: (tx: Tx) => Promise<T>, whose = insurer): Promise<T> => inInsurer(house.database.app, whose.insurerId, work);
const on = (days: number): PlainDate => addDays(TODAY, days);

before(async () => {
  house = await openHouse();
  insurer = await seedInsurer(house.database, 'harbour', '');
  await seedInsurer(house.database, 'beacon', 'ZZB');
  await inside(seedBills);
  app = await serverOf(house);
  [manager, agent, finance] = await Promise.all([logIn(app, 'harbour', 'manager'), logIn(app, 'harbour', 'agent'), logIn(app, 'harbour', 'finance')]);
});
after(async () => {
  await app?.close();
  await house.close();
});

/** A bill of each policy on each day of 200: most paid within ten days of the due date, some much later, some never. */
async function seedBills(tx: Tx): Promise<void> {
  await tx`
    with fate as (
      select p.holder_id, p.policy_id, p.currency, p.premium_minor, day::date as due_on, n, (n * 7 + p.policy_id) % 10 as kind
      from policies p cross join generate_series(${on(-200)}::date, ${on(20)}::date, '1 day') with ordinality as days (day, n)
      where not exists (select from bills b where b.holder_id = p.holder_id and b.policy_id = p.policy_id and b.due_on = day::date)),
    told as (select *, case when kind < 8 then due_on - 3 + kind::int when kind = 8 then due_on + 50 end as pays_on from fate)
    insert into bills (insurer_id, holder_id, policy_id, instalment_no, period_from, period_to, due_on, issued_on, currency, premium_minor, amount_minor, paid_minor, state, paid_on, paid_by)
    select ${insurer.insurerId}, holder_id, policy_id, 100 + n, due_on, due_on + 30, due_on, due_on - 14, currency, premium_minor, premium_minor,
      case when pays_on < ${TODAY}::date then premium_minor else 0 end, case when pays_on < ${TODAY}::date then 'paid' else 'open' end, case when pays_on < ${TODAY}::date then pays_on end,
      case when pays_on < ${TODAY}::date then 'card' end from told`;
}

/** What a cycle's report does on a day. */
async function report(whose = insurer, businessDate = TODAY): Promise<void> {
  const stage = STAGES.find(({ name }) => name === 'report');
  const known = expectOk(await insurerById(house.database, whose.insurerId));
  assert.ok(stage !== undefined);
  const shared = { previousDate: null, modelId: null, prices: { callMinute: 0, message: 0 }, budgets: { callMinutes: null, messages: null }, openBills: 0 };
  await inside((tx) => stage.work(tx, { insurer: known, businessDate, packs: rulePacks(), shared }, { from: 0, to: Number.MAX_SAFE_INTEGER }), whose);
}

const read = <T>(url: string, client = manager): Promise<T> => readOf<T>(client, url, 'ZZB');
const readTargets = (query = '', client = manager): Promise<Wire['targets']> => read(`/api/targets${query}`, client);
const openAlerts = async (client: Client): Promise<Wire['alerts']['alerts']> => (await read<Wire['alerts']>('/api/alerts', client)).alerts;
const userId = async (role: string): Promise<number> => {
  const [row] = await inside((tx) => tx<{ user_id: number }[]>`select user_id from users where email = ${`${role}@harbour.example`}`);
  return row?.user_id ?? 0;
};
const STEP = { figure: 'paid_on_time', term: 'short', goal: 0.95, warning: 0.94, from_on: on(-10), until_on: on(170) };

describe('targets', () => {
  test('fall back to the benchmarks’ goals before any is set', async () => {
    await report();
    const { rows, targets } = await readTargets();
    assert.equal(targets.length, 0);
    const row = rows.find(({ figure, line }) => figure === 'paid_on_time' && line === null);
    assert.deepEqual([row?.goal, row?.industry, row?.leader, row?.target_id], [0.92, 0.8, 0.93, null]);
    const [counted] = await inside((tx) => tx<{ value: number }[]>`
      select sum(numerator)::float8 / sum(denominator)::float8 as value from daily_figures where figure = 'paid_on_time' and on_date = (select max(on_date) from daily_figures where figure = 'paid_on_time')`);
    assert.ok(Math.abs((row?.value ?? 0) - (counted?.value ?? 1)) < 1e-12);
    assert.ok(rows.some(({ line }) => line === 'motor'));
  });
  test('are set, changed on the version that was seen, and taken away by a manager alone', async () => {
    assert.equal((await agent.send('POST', '/api/targets', STEP)).statusCode, 403);
    for (const bad of [{ ...STEP, until_on: STEP.from_on }, { ...STEP, figure: 'cash' }, { ...STEP, term: 'soon' }, { ...STEP, line: 'boats' }]) assert.equal((await manager.send('POST', '/api/targets', bad)).statusCode, 400);
    assert.equal((await manager.send('POST', '/api/targets', { ...STEP, owner_id: 999_999 })).statusCode, 404);
    const made = await manager.send('POST', '/api/targets', { ...STEP, line: 'motor' });
    assert.equal(made.statusCode, 201, made.body);
    assert.equal((await manager.send('POST', '/api/targets', { ...STEP, line: 'motor' })).json<Wire['problem']>().code, 'target_exists');
    const { target_id: id } = made.json<{ target_id: number }>();
    const change = { version: 1, goal: 0.9, warning: null, owner_id: null, from_on: STEP.from_on, until_on: STEP.until_on };
    assert.deepEqual((await manager.send('PATCH', `/api/targets/${id}`, change)).json(), { version: 2 });
    const late = await manager.send('PATCH', `/api/targets/${id}`, change);
    assert.deepEqual([late.statusCode, late.json<Wire['problem']>().code], [409, 'changed_meanwhile']);
    const shown = await readTargets();
    assert.deepEqual(shown.targets.map(({ target_id: one, goal, version, changed_by: by }) => [one, goal, version, by]), [[id, 0.9, 2, 'Mei Chan']]);
    assert.equal(shown.rows.find(({ figure, line }) => figure === 'paid_on_time' && line === 'motor')?.target_id, id);
    assert.equal((await readTargets('', await logIn(app, 'beacon', 'manager'))).targets.length, 0);
    assert.equal((await manager.send('DELETE', `/api/targets/${id}?version=1`)).statusCode, 409);
    assert.equal((await manager.send('DELETE', `/api/targets/${id}?version=2`)).statusCode, 204);
    assert.equal((await manager.send('DELETE', `/api/targets/${id}?version=2`)).statusCode, 404);
  });
});

describe('alerts', () => {
  test('are raised once to the owner, escalate after a day, and end when the figure is back', async () => {
    const made = await manager.send('POST', '/api/targets', { ...STEP, owner_id: await userId('agent') });
    assert.equal(made.statusCode, 201, made.body);
    const { target_id: id } = made.json<{ target_id: number }>();
    await report();
    await report();
    const [alert, ...more] = await openAlerts(agent);
    assert.ok(alert !== undefined);
    assert.deepEqual([more.length, alert.target_id, alert.mine, alert.escalated, alert.owner, alert.on_date], [0, id, true, false, 'Ben Ortiz', on(-1)]);
    assert.ok(alert.value < 0.94);
    assert.equal((await openAlerts(manager))[0]?.mine, false);
    assert.equal((await openAlerts(await logIn(app, 'beacon', 'manager'))).length, 0);
    // A day later nobody has answered.
    await inside((tx) => tx`update alerts set raised_at = raised_at - interval '24 hours'`);
    assert.deepEqual((await openAlerts(manager)).map(({ mine, escalated }) => [mine, escalated]), [[true, true]]);
    await report();
    assert.equal((await inside((tx) => tx`select 1 from alerts where escalated_at is not null`)).length, 1);
    // Acknowledged, and that undone by the same person alone.
    const auditor = await logIn(app, 'harbour', 'auditor');
    assert.equal((await auditor.send('POST', `/api/alerts/${alert.alert_id}/acknowledge`)).statusCode, 403);
    assert.equal((await agent.send('POST', `/api/alerts/${alert.alert_id}/acknowledge`, { note: 'Bank holiday' })).statusCode, 200);
    assert.equal((await manager.send('POST', `/api/alerts/${alert.alert_id}/acknowledge`)).json<Wire['problem']>().code, 'alert_closed');
    assert.equal((await openAlerts(manager)).length, 0);
    assert.equal((await manager.send('POST', `/api/alerts/${alert.alert_id}/reopen`)).statusCode, 404);
    assert.equal((await agent.send('POST', `/api/alerts/${alert.alert_id}/reopen`)).statusCode, 200);
    assert.equal((await openAlerts(manager)).length, 1);
    await agent.send('POST', `/api/alerts/${alert.alert_id}/acknowledge`, { note: 'Bank holiday' });
    await report();
    assert.equal((await inside((tx) => tx`select 1 from alerts`)).length, 1, 'one that is known is not raised again');
    assert.equal((await manager.send('PATCH', `/api/targets/${id}`, { version: 1, goal: 0.1, warning: 0.05, owner_id: null, from_on: STEP.from_on, until_on: STEP.until_on })).statusCode, 200);
    await report();
    assert.deepEqual((await readTargets()).alerts.map(({ note, recovered_on: back }) => [note, back]), [['Bank holiday', on(-1)]]);
  });
});

describe('what is not as usual', () => {
  test('names market, line and figure', async () => {
    await inside((tx) => tx`update daily_figures set numerator = 100, denominator = 1000 where figure = 'paid_on_time' and market = 'DE' and on_date = ${on(-1)}`);
    await inside((tx) => tx`delete from daily_figures where on_date = ${TODAY}`);
    await inside((tx) => tx`update daily_figures set numerator = 900, denominator = 1000 where figure = 'paid_on_time' and market = 'DE' and on_date < ${on(-1)}`);
    const strange = (await readTargets()).anomalies.filter(({ figure }) => figure === 'paid_on_time');
    assert.deepEqual(strange.map(({ market, line, value, usual }) => [market, line, value, usual]), [['DE', 'motor', 0.1, 0.9]]);
    assert.equal((await readTargets('?market=HK')).anomalies.filter(({ market }) => market === 'DE').length, 0);
  });
});

describe('the forecast', () => {
  test('is of open bills and those to come, by currency and week, and keeps to what is owed', async () => {
    const shown = await read<Wire['forecast']>('/api/forecast');
    assert.equal(shown.as_of, TODAY);
    assert.deepEqual([...new Set(shown.weeks.map(({ currency }) => currency))], ['CNY', 'EUR', 'HKD', 'PHP']);
    const owed = await inside((tx) => tx<{ currency: string; amount: number }[]>`select currency, sum(amount_minor)::float8 as amount from cash_cells where as_of = ${TODAY} group by 1`);
    for (const { currency, amount } of owed) {
      const expected = shown.weeks.filter((week) => week.currency === currency).reduce((sum, week) => sum + week.expected_minor, 0);
      assert.ok(expected > 0 && expected < amount, `${currency} ${expected} of ${amount}`);
    }
    assert.ok(shown.weeks.every((week) => week.low_minor <= week.expected_minor && week.expected_minor <= week.high_minor));
    assert.equal(shown.checks.length, 16);
    const actual = shown.checks.reduce((sum, week) => sum + week.actual_minor, 0);
    const expected = shown.checks.reduce((sum, week) => sum + week.expected_minor, 0);
    assert.ok(Math.abs(expected / actual - 1) < 0.15, `${expected} against ${actual}`);
  });
  test('has a curve that says, bill by bill, what was paid by each day', async () => {
    const { curve } = await read<Wire['forecast']>('/api/forecast?market=HK');
    const [byHand] = await inside((tx) => tx<{ share: number }[]>`
      select (count(*) filter (where paid_on <= due_on + 10))::float8 / count(*) as share from bills b join holders h using (insurer_id, holder_id)
      where h.market = 'HK' and due_on between ${on(-200)} and ${on(-100)}`);
    const point = curve.find(({ day }) => day === 10);
    assert.ok(Math.abs((point?.paid_by ?? 0) - (byHand?.share ?? 1)) < 0.02, `${point?.paid_by} against ${byHand?.share}`);
  });
  test('is of one market where asked, empty before the first report, and refuses filters that are none', async () => {
    assert.deepEqual([...new Set((await read<Wire['forecast']>('/api/forecast?market=DE')).weeks.map(({ currency }) => currency))], ['EUR']);
    const empty = await read<Wire['forecast']>('/api/forecast', await logIn(app, 'beacon', 'manager'));
    assert.deepEqual([empty.as_of, empty.weeks, empty.checks], [null, [], []]);
    assert.equal((await manager.get('/api/forecast?market=hk')).statusCode, 400);
    const regional = await read<Wire['forecast']>('/api/forecast', await logIn(app, 'harbour', 'regional'));
    assert.deepEqual([...new Set(regional.weeks.map(({ currency }) => currency))], ['HKD']);
  });
});

describe('the cost of delay', () => {
  test('is what the open bills say, by currency', async () => {
    const shown = await read<Wire['cost_of_delay']>('/api/cost-of-delay');
    const rows = await inside((tx) => tx<{ currency: string; late: number; capital: number }[]>`
      select currency, sum(amount_minor - paid_minor)::float8 as late, sum((amount_minor - paid_minor) * 0.025 * (${TODAY}::date - due_on) / 365)::float8 as capital
      from bills where state = 'open' and due_on < ${TODAY} group by 1 order by 1`);
    assert.deepEqual(shown.currencies.map(({ currency, late_minor: late }) => [currency, late]), rows.map(({ currency, late }) => [currency, late]));
    for (const [index, { capital }] of rows.entries()) assert.ok(Math.abs((shown.currencies[index]?.capital_minor ?? 0) - capital) <= 4);
    assert.deepEqual([shown.rates.version, shown.rates.delay_to_profit, shown.rates.changed_by], [0, 0.085, null]);
  });
  test('follows its rates, which managers and finance change on the version they saw', async () => {
    const before = await read<Wire['cost_of_delay']>('/api/cost-of-delay');
    const body = { version: 0, ...before.defaults, delay_to_profit: 0.05, cost_baseline: 0.01 };
    assert.equal((await agent.send('PUT', '/api/finance-rates', body)).statusCode, 403);
    assert.equal((await finance.send('PUT', '/api/finance-rates', { ...body, capital_annual: 2 })).statusCode, 400);
    assert.equal((await finance.send('PUT', '/api/finance-rates', { ...body, version: 7 })).statusCode, 409);
    assert.equal((await finance.send('PUT', '/api/finance-rates', body)).statusCode, 200);
    const conflict = await manager.send('PUT', '/api/finance-rates', body);
    assert.deepEqual([conflict.statusCode, conflict.json<Wire['problem']>().code], [409, 'changed_meanwhile']);
    const now = await read<Wire['cost_of_delay']>('/api/cost-of-delay');
    assert.deepEqual([now.rates.version, now.rates.changed_by], [1, 'Ines Roth']);
    for (const [index, row] of now.currencies.entries()) assert.ok(Math.abs(row.profit_minor - ((before.currencies[index]?.profit_minor ?? 0) * 5) / 8.5) <= 1);
    assert.equal((await read<Wire['cost_of_delay']>('/api/cost-of-delay', await logIn(app, 'beacon', 'manager'))).rates.version, 0);
  });
  test('shows what came in for each hour of people’s work, as its SQL does', async () => {
    const [holder = 0] = insurer.holders;
    const [bill = 0] = insurer.bills;
    await inside((tx) => tx`
      insert into decisions (insurer_id, holder_id, bill_id, decided_on, policy_id, action, channel, step, tone, reason, probability_late, tier, currency, value_minor, cost_minor, minutes, alternatives)
      select ${insurer.insurerId}, holder_id, bill_id, ${on(-1)}, policy_id, 'call', 'call', 'first_solution', 'friendly', 'best_value', 0.5, 'high', currency, 1, 1, 12, '[]' from bills
      where holder_id = ${holder} and bill_id = ${bill}`);
    await inside((tx) => tx`
      insert into payments (insurer_id, holder_id, provider, provider_reference, method, amount_minor, currency, state, bill_id, created_at, settled_at)
      values (${insurer.insurerId}, ${holder}, 'sandbox', 'SB-effort', 'card', 5000, 'HKD', 'succeeded', ${bill}, ${new Date(NOW - 86_400_000)}, ${new Date(NOW - 86_400_000)})`);
    await report();
    const { effort } = await read<Wire['cost_of_delay']>('/api/cost-of-delay');
    assert.deepEqual(effort.rows, [{ month: '2026-11-01', currency: 'HKD', minutes: 12, cash_minor: 5_000 }]);
    const rows = await inside((tx) => tx.unsafe<{ minutes: number }[]>(effort.sql));
    assert.equal(rows[0]?.minutes, 12);
  });
});

describe('satisfaction', () => {
  test('counts answers of four and five, by month', async () => {
    await inside((tx) => tx`
      insert into survey_answers (insurer_id, holder_id, payment_id, ease, clarity, answered_at)
      select ${insurer.insurerId}, holder_id, payment_id, case when payment_id % 2 = 0 then 5 else 3 end, 4, ${new Date(NOW)} from payments order by payment_id limit 4`);
    const { satisfaction } = await readTargets();
    assert.deepEqual(satisfaction.rows, [{ month: '2026-11-01', answers: 4, ease_mean: 4, easy: 2, clarity_answers: 4, clarity_mean: 4, clear: 4 }]);
    assert.equal((await inside((tx) => tx.unsafe(satisfaction.sql))).length, 1);
  });
});

describe('the maturity of data', () => {
  test('is a level with its gates, and names the feeds that leave gaps', async () => {
    const shown = await read<Wire['maturity']>('/api/maturity', agent);
    const gate = (name: string): number | undefined => shown.gates.find((one) => one.gate === name)?.share;
    assert.deepEqual([shown.level, shown.holders, gate('reachable'), gate('birth_date'), gate('bills')], [2, 4, 1, 0, 1]);
    assert.ok(shown.next.includes('birth_date'));
    const messages = shown.feeds.find(({ feed }) => feed === 'messages');
    assert.deepEqual([messages?.events, messages?.complete, messages?.failing], [3, 0, true]);
  });
});
