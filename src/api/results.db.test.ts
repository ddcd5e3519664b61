import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type FastifyInstance } from 'fastify';
import { ensureChampion, rulePacks, STAGES } from '../cycle/index.ts';
import { inInsurer, type Tx } from '../database/index.ts';
import { raiseJams } from '../insight/index.ts';
import { addDays, daysBetween, expectOk, localDate, type PlainDate } from '../kernel/index.ts';
import { insurerById } from '../portfolio/index.ts';
import { logIn, read as readOf, type Client } from './client.ts';
import { NOW, openHouse, seedInsurer, serverOf, type TestHouse, type TestInsurer } from './fixture.ts';
import { type Wire } from './wire.ts';

const TODAY = localDate(NOW, 'Asia/Hong_Kong');
const on = (days: number): PlainDate => addDays(TODAY, days);
let house: TestHouse;
let app: FastifyInstance;
let insurer: TestInsurer;
let manager: Client;
let agent: Client;
let auditor: Client;

const inside = <T>(work: (tx: Tx) => Promise<T>, whose = insurer): Promise<T> => inInsurer(house.database.app, whose.insurerId, work);
const read = <T>(url: string, client = manager): Promise<T> => readOf<T>(client, url, 'ZZB');
/** As JSON carries it. */
const plain = (rows: readonly object[]): unknown => JSON.parse(JSON.stringify(rows, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value)));

before(async () => {
  house = await openHouse();
  insurer = await seedInsurer(house.database, 'harbour', '');
  await seedInsurer(house.database, 'beacon', 'ZZB');
  await inside(seedBills);
  await inside(seedPayments);
  app = await serverOf(house);
  [manager, agent, auditor] = await Promise.all([logIn(app, 'harbour', 'manager'), logIn(app, 'harbour', 'agent'), logIn(app, 'harbour', 'auditor')]);
  await report();
});
after(async () => {
  await app?.close();
  await house.close();
});

/** Each policy's bill of every fourth day: on time, late, with a part on time, or never; some reminded before they were due, some after. */
async function seedBills(tx: Tx): Promise<void> {
  await tx`
    with fate as (
      select p.holder_id, p.policy_id, p.currency, p.premium_minor, day::date as due_on, n, (n * 7 + p.policy_id * 3) % 10 as kind
      from policies p cross join generate_series(${on(-420)}::date, ${on(16)}::date, '4 days') with ordinality as days (day, n)
      where not exists (select from bills b where b.holder_id = p.holder_id and b.policy_id = p.policy_id and b.due_on = day::date)),
    told as (select *, case when kind < 5 then due_on - 2 when kind = 5 then due_on + 5 when kind = 6 then due_on + 40 when kind = 7 then due_on + 80 end as pays_on from fate)
    insert into bills (insurer_id, holder_id, policy_id, instalment_no, period_from, period_to, due_on, issued_on, currency, premium_minor, amount_minor, paid_minor, state, paid_on, paid_by, first_part_on,
      first_reminded_on, closed_on)
    select ${insurer.insurerId}, holder_id, policy_id, 100 + n, due_on, due_on + 30, due_on, due_on - 18, currency, premium_minor, premium_minor,
      case when pays_on < ${TODAY}::date then premium_minor when kind = 8 then premium_minor * 9 / 10 else 0 end,
      case when pays_on < ${TODAY}::date then 'paid' when kind = 9 and due_on < ${TODAY}::date - 200 then 'written_off' else 'open' end, case when pays_on < ${TODAY}::date then pays_on end,
      case when pays_on < ${TODAY}::date then 'card' end, case when kind in (5, 8) then due_on - 1 end, case when n % 3 = 0 then due_on - 7 when n % 3 = 1 and kind > 4 then due_on + 3 end,
      case when kind = 9 and due_on < ${TODAY}::date - 200 then due_on + 180 end
    from told`;
}

/** Money of 40 days by every device, each for the bill of a holder. */
async function seedPayments(tx: Tx): Promise<void> {
  await tx`
    insert into payments (insurer_id, holder_id, provider, provider_reference, method, amount_minor, currency, state, bill_id, created_at, settled_at, device)
    select b.insurer_id, b.holder_id, case n % 5 when 4 then 'bank' else 'sandbox' end, 'SB-device-' || b.bill_id, case n % 5 when 4 then 'bank_transfer' else 'card' end, b.amount_minor, b.currency,
      case when n % 11 = 0 then 'failed' else 'succeeded' end, b.bill_id, (b.paid_on + time '04:00') at time zone 'UTC', (b.paid_on + time '04:00') at time zone 'UTC',
      case n % 5 when 4 then null else (array['phone', 'tablet', 'desktop', 'unknown'])[1 + n % 5] end
    from (select *, row_number() over (order by holder_id, bill_id) as n from bills where state = 'paid' and paid_on > ${on(-40)} and instalment_no >= 100) b`;
}

/** What a cycle's report, or another of its stages, does on a day. */
const report = (businessDate = TODAY, previousDate: PlainDate | null = null): Promise<void> => stageOf('report', businessDate, previousDate);
async function stageOf(wanted: string, businessDate: PlainDate, previousDate: PlainDate | null): Promise<void> {
  const stage = STAGES.find(({ name }) => name === wanted);
  const known = expectOk(await insurerById(house.database, insurer.insurerId));
  assert.ok(stage !== undefined);
  const shared = { previousDate, modelId: null, prices: { callMinute: 0, message: 0 }, budgets: { callMinutes: null, messages: null }, openBills: 0 };
  await inside((tx) => stage.work(tx, { insurer: known, businessDate, packs: rulePacks(), shared }, { from: 0, to: Number.MAX_SAFE_INTEGER }));
}

type Bill = {
  due_on: PlainDate; issued_on: PlainDate; paid_on: PlainDate | null; closed_on: PlainDate | null; first_part_on: PlainDate | null; first_reminded_on: PlainDate | null; state: string; currency: string;
  market: string; amount: number; owed: number;
};
const allBills = (): Promise<Bill[]> => inside((tx) => tx<Bill[]>`
  select b.due_on, b.issued_on, b.paid_on, b.closed_on, b.first_part_on, b.first_reminded_on, b.state, b.currency, p.market, b.amount_minor::float8 as amount, (b.amount_minor - b.paid_minor)::float8 as owed
  from bills b join policies p using (insurer_id, holder_id, policy_id) where b.state <> 'cancelled'`);
const FIRST_MONTH = '2025-11-01';

describe('how holders pay', () => {
  test('is what each statement gives, under any filter', async () => {
    for (const query of ['', '?market=DE', '?line=life&currency=HKD']) {
      const shown = await read<Wire['how_paid']>(`/api/how-paid${query}`, auditor);
      for (const name of ['on_time', 'devices', 'ways', 'pressure', 'reasons'] as const) {
        assert.deepEqual(shown[name].rows, plain(await inside((tx) => tx.unsafe(shown[name].sql))), `${query} ${name}`);
        assert.equal(query === '' && name !== 'reasons' && shown[name].rows.length === 0, false, name);
      }
    }
    const regional = await logIn(app, 'harbour', 'regional');
    assert.deepEqual((await read<Wire['how_paid']>('/api/how-paid', regional)).on_time.rows, (await read<Wire['how_paid']>('/api/how-paid?market=HK')).on_time.rows, 'a person of one market sees that market alone');
    assert.equal((await regional.get('/api/meeting-decisions')).statusCode, 403);
    assert.equal((await manager.get('/api/how-paid?line=boats')).statusCode, 400);
    assert.deepEqual((await read<Wire['how_paid']>('/api/how-paid', await logIn(app, 'beacon', 'manager'))).devices.rows, []);
  });
  test('on time and in full is counted as a person would, bill by bill', async () => {
    const { rows } = (await read<Wire['how_paid']>('/api/how-paid')).on_time;
    const bills = (await allBills()).filter(({ due_on: due }) => due < TODAY && due >= FIRST_MONTH);
    const onTime = (bill: Bill): boolean => bill.paid_on !== null && bill.paid_on <= bill.due_on;
    const sum = (name: 'bills' | 'on_time' | 'in_full' | 'both'): number => rows.reduce((total, row) => total + row[name], 0);
    assert.deepEqual([sum('bills'), sum('on_time'), sum('in_full'), sum('both')], [
      bills.length, bills.filter((bill) => onTime(bill) || (bill.first_part_on !== null && bill.first_part_on <= bill.due_on)).length, bills.filter(({ state }) => state === 'paid').length, bills.filter(onTime).length,
    ]);
    assert.ok(sum('on_time') > sum('both') && sum('in_full') > sum('both'));
  });
  test('devices and days to cash are those of the payments that came in', async () => {
    const { devices, ways } = await read<Wire['how_paid']>('/api/how-paid');
    const came = await inside((tx) => tx<{ device: string | null; method: string; days: number }[]>`
      select y.device, y.method, (y.settled_at at time zone 'Asia/Hong_Kong')::date - b.issued_on as days from payments y join bills b using (insurer_id, holder_id, bill_id)
      where y.state = 'succeeded' and y.settled_at < ${new Date(`${TODAY}T00:00:00+08:00`)}`);
    for (const device of ['phone', 'tablet', 'desktop', 'unknown'] as const) assert.equal(devices.rows.reduce((sum, row) => sum + row[device], 0), came.filter((row) => row.device === device).length, device);
    const mobile = came.filter(({ device }) => device === 'phone' || device === 'tablet');
    const shown = ways.rows.filter(({ device }) => device === 'mobile');
    assert.deepEqual([shown.reduce((sum, row) => sum + row.payments, 0), shown.reduce((sum, row) => sum + row.days_to_cash, 0)], [mobile.length, mobile.reduce((sum, row) => sum + row.days, 0)]);
    assert.ok(mobile.length > 10);
    const list = await read<Wire['payments']>('/api/payments?device=tablet&state=succeeded&limit=200');
    assert.deepEqual([...new Set(list.payments.map(({ device }) => device))], ['tablet']);
    assert.equal(list.payments.length, came.filter(({ device }) => device === 'tablet').length);
  });
  test('policies that ended are counted by the contacts of ninety days, once a week', async () => {
    const [holder = 0, second = 0] = insurer.holders;
    await inside(async (tx) => {
      for (let n = 0; n < 7; n += 1) {
        await tx`insert into gate_answers (insurer_id, holder_id, ask_key, asked_on, action, purpose, channel, asked_for_at, answer, law_version)
          values (${insurer.insurerId}, ${holder}, ${`p${n}`}, ${on(-20)}, 'contact', 'premium_reminder', 'sms', ${new Date(NOW)}, 'allow', '2026-11')`;
        await tx`insert into contacts (insurer_id, holder_id, ask_key, purpose, channel, template, tone, language, queued_on, not_before, state, sent_at)
          values (${insurer.insurerId}, ${holder}, ${`p${n}`}, ${n === 6 ? 'receipt' : 'premium_reminder'}, 'sms', 'first_solution', 'friendly', 'en', ${on(-20)}, ${new Date(NOW)}, 'sent', ${new Date(NOW - (20 + n) * 86_400_000)})`;
      }
      await tx`update policies set state = 'lapsed', state_since = ${on(-10)} where holder_id = ${holder}`;
      await tx`update policies set state = 'lapsed', state_since = ${on(-100)} where holder_id = ${second}`;
    });
    const before = await inside((tx) => tx`select * from pressure_cells`);
    await report(on(1), TODAY);
    assert.deepEqual(await inside((tx) => tx`select * from pressure_cells`), before, 'not walked again within a week');
    await inside((tx) => tx`delete from pressure_cells`);
    await report();
    const { rows } = (await read<Wire['how_paid']>('/api/how-paid')).pressure;
    assert.deepEqual(rows.find(({ contacts }) => contacts === 5), { contacts: 5, policies: 1, ended: 1 });
    // One of the four had ended before; the call of the third is still waiting, the fourth had an e-mail today, which is not over yet.
    assert.deepEqual([rows.reduce((sum, row) => sum + row.policies, 0), rows.reduce((sum, row) => sum + row.ended, 0)], [3, 1]);
    await inside((tx) => tx`update policies set state = 'in_force'`);
  });
});

describe('the days to collect', () => {
  test('begin with the first issue: a bill that is issued again keeps its day, and the mean stays', async () => {
    const mean = async (): Promise<number | null | undefined> => (await read<Wire['dashboard']>('/api/dashboard')).figures.find(({ figure }) => figure === 'days_to_collect')?.value;
    const issued = (): Promise<unknown> => inside((tx) => tx`select bill_id, issued_on from bills where due_on between ${on(1)} and ${on(16)} order by bill_id`);
    const [before, were] = [await mean(), await issued()];
    await inside((tx) => tx`update policies p set next_due_on = (select min(due_on) from bills b where b.policy_id = p.policy_id and due_on > ${TODAY})`);
    await stageOf('bill', TODAY, null);
    await report();
    assert.deepEqual([await mean(), await issued()], [before, were]);
    assert.ok((before ?? 0) > 0);
  });
});

describe('reasons of lateness', () => {
  test('a call with the holder is not closed without one, and one without is closed for who was not reached', async () => {
    const [, , anna = 0] = insurer.holders;
    const body = { holder_id: anna, outcome: 'cannot_pay' };
    const refused = await agent.send('POST', `/api/contacts/${insurer.callId}/outcome`, body);
    assert.deepEqual([refused.statusCode, refused.json<Wire['problem']>().code], [422, 'late_reason_needed']);
    assert.equal((await agent.send('POST', `/api/contacts/${insurer.callId}/outcome`, { ...body, late_reason: 'weather' })).statusCode, 400);
    assert.equal((await agent.send('POST', `/api/contacts/${insurer.callId}/outcome`, { ...body, late_reason: 'liquidity' })).statusCode, 200);
    const { late_reason: told } = await read<Wire['bill']>(`/api/bills/${insurer.bills[2]}?holder_id=${anna}`);
    assert.deepEqual([told?.reason, told?.coded_by], ['liquidity', 'Ben Ortiz']);
  });
  test('make a Pareto chart of the late bills that have one: the commonest first, a hundred per cent together', async () => {
    await inside((tx) => tx`
      insert into late_reasons (insurer_id, holder_id, bill_id, reason, coded_by, coded_at)
      select insurer_id, holder_id, bill_id, (array['payment_friction', 'payment_friction', 'low_value', 'claim_dispute'])[1 + n % 4], 'Ben Ortiz', ${new Date(NOW)}::timestamptz - n * interval '1 day'
      from (select *, row_number() over (order by due_on desc, holder_id) as n from bills where due_on < ${TODAY} and state = 'open' and instalment_no >= 100 limit 30) b`);
    // Paid on time after all: no late bill.
    await inside((tx) => tx`
      insert into late_reasons (insurer_id, holder_id, bill_id, reason, coded_by, coded_at)
      select insurer_id, holder_id, bill_id, 'other', 'Ben Ortiz', ${new Date(NOW)} from bills where paid_on <= due_on and due_on < ${TODAY} order by due_on desc limit 1`);
    await report();
    const { rows } = (await read<Wire['how_paid']>('/api/how-paid')).reasons;
    const byHand = await inside((tx) => tx<{ reason: string; bills: number }[]>`
      select reason, count(*)::int as bills from late_reasons join bills using (insurer_id, holder_id, bill_id) where reason <> 'other' group by 1 order by 2 desc, 1`);
    assert.deepEqual(rows.map(({ reason, bills }) => [reason, bills]), byHand.map(({ reason, bills }) => [reason, bills]));
    assert.deepEqual([rows[0]?.reason, rows.at(-1)?.so_far, rows.reduce((sum, row) => sum + row.bills, 0)], ['payment_friction', 31, 31]);
  });
});

describe('the report', () => {
  test('written twice writes the same', async () => {
    const all = (): Promise<unknown> => inside((tx) => tx`
      select 'payment' as of, t::text as row from payment_cells t union all select 'receivable', t::text from receivable_cells t union all select 'pressure', t::text from pressure_cells t
      union all select 'reason', t::text from reason_cells t union all select 'loss', t::text from loss_policies t union all select 'step', t::text from step_days t
      union all select 'level', t::text from maturity_levels t union all select 'alert', t::text from alerts t order by 1, 2`);
    await report();
    const once = await all();
    assert.ok(Array.isArray(once) && once.length > 50);
    await report();
    assert.deepEqual(await all(), once);
  });
});

describe('results', () => {
  test('turnover of a quarter is what was billed over the mean of what was owed at its beginning and end', async () => {
    const { turnover } = await read<Wire['results']>('/api/results', auditor);
    const [from, to] = ['2026-07-01', '2026-10-01'];
    const bills = (await allBills()).filter(({ currency, due_on: due, state }) => currency === 'HKD' && (due >= FIRST_MONTH || state === 'open'));
    const owedOn = (day: string): number => bills.reduce((sum, bill) => {
      const closed = bill.closed_on ?? bill.paid_on;
      return bill.issued_on >= day || (closed !== null && closed < day) ? sum : sum + (closed === null ? bill.owed : bill.amount);
    }, 0);
    const billed = bills.reduce((sum, bill) => sum + (bill.issued_on >= from && bill.issued_on < to ? bill.amount : 0), 0);
    const row = turnover.rows.find(({ quarter, currency }) => quarter === from && currency === 'HKD');
    assert.deepEqual([row?.billed_minor, row?.opening_minor, row?.closing_minor, row?.complete], [billed, owedOn(from), owedOn(to), true]);
    assert.ok(Math.abs((row?.turnover ?? 0) - billed / ((owedOn(from) + owedOn(to)) / 2)) < 1e-9);
    assert.equal(turnover.rows.filter(({ currency, complete }) => currency === 'HKD' && !complete).length, 1, 'the quarter that runs');
  });
  test('a figure stands against its baseline, which managers and finance change on the version they saw', async () => {
    assert.equal((await agent.send('PUT', '/api/baselines/reminder_response', { version: 0, value: 0.5 })).statusCode, 403);
    assert.equal((await manager.send('PUT', '/api/baselines/happiness', { version: 0, value: 0.5 })).statusCode, 400);
    assert.equal((await manager.send('PUT', '/api/baselines/reminder_response', { version: 0, value: 0 })).statusCode, 400);
    assert.equal((await manager.send('PUT', '/api/baselines/reminder_response', { version: 0, value: 0.5 })).statusCode, 200);
    assert.equal((await manager.send('PUT', '/api/baselines/reminder_response', { version: 0, value: 0.6 })).json<Wire['problem']>().code, 'changed_meanwhile');
    const shown = await read<Wire['results']>('/api/results');
    const kpi = shown.kpis.find(({ figure }) => figure === 'reminder_response');
    const asked = (await allBills()).filter(({ first_reminded_on: first, due_on: due }) => first !== null && first < on(-14) && due >= FIRST_MONTH);
    const answered = asked.filter(({ paid_on: paid, first_reminded_on: first }) => paid !== null && first !== null && daysBetween(first, paid) <= 14);
    assert.deepEqual([kpi?.numerator, kpi?.denominator, kpi?.baseline], [answered.length, asked.length, 0.5]);
    assert.ok(Math.abs((kpi?.change ?? 0) - (answered.length / asked.length / 0.5 - 1)) < 1e-9);
    for (const one of shown.kpis) assert.deepEqual([one.numerator, one.denominator], Object.values((await inside((tx) => tx.unsafe<Record<string, number>[]>(one.sql)))[0] ?? {}), one.figure);
    assert.equal((await manager.send('PUT', '/api/baselines/reminder_response', { version: 1, value: null })).statusCode, 200);
    assert.equal((await read<Wire['results']>('/api/results')).baselines.length, 0);
  });
  test('extra recovered is beyond the share of the baseline cohort, whose own months are beyond it by nothing', async () => {
    const { extra } = await read<Wire['results']>('/api/results');
    const bills = (await allBills()).filter(({ currency, due_on: due, paid_on: paid }) => currency === 'HKD' && due < TODAY && due >= FIRST_MONTH && (paid === null || paid > due));
    const rows = extra.rows.filter(({ currency }) => currency === 'HKD');
    for (const row of rows) {
      const own = bills.filter(({ due_on: due }) => due.slice(0, 7) === row.due_month.slice(0, 7));
      const recovered = own.filter(({ paid_on: paid, due_on: due }) => paid !== null && daysBetween(due, paid) <= 60);
      assert.deepEqual([row.late_minor, row.recovered_minor], [own.reduce((sum, { amount }) => sum + amount, 0), recovered.reduce((sum, { amount }) => sum + amount, 0)], row.due_month);
    }
    assert.deepEqual(rows.map(({ is_baseline: is }) => is).slice(0, 4), [true, true, true, false]);
    assert.ok(Math.abs(rows.slice(0, 3).reduce((sum, row) => sum + row.extra_minor, 0)) <= 3);
    assert.equal((await manager.send('PUT', '/api/baselines/recovered_60', { version: 0, value: 0.01 })).statusCode, 200);
    assert.ok((await read<Wire['results']>('/api/results')).extra.rows.every((row) => !row.is_baseline && row.baseline === 0.01));
    await manager.send('PUT', '/api/baselines/recovered_60', { version: 1, value: null });
  });
  test('a level of maturity has what was measured while the data stood there, and nothing where it never did', async () => {
    const { levels } = await read<Wire['results']>('/api/results');
    assert.deepEqual(levels.map(({ level }) => level), [1, 2, 3, 4, 5]);
    const [reached] = await inside((tx) => tx<{ level: number }[]>`select level from maturity_levels`);
    assert.deepEqual(levels.filter(({ recovered }) => recovered !== null).map(({ level }) => level), [reached?.level]);
    await report();
    assert.equal((await inside((tx) => tx`select 1 from maturity_levels`)).length, 1, 'written once');
  });
});

describe('others', () => {
  const lines = ['figure,name,value', ...Array.from({ length: 20 }, (_, place) => `paid_on_time,Peer ${place + 1},${(place + 1) * 4}%`)].join('\n');
  test('twenty values of peers give the quarter in which the own one stands', async () => {
    assert.equal((await agent.send('PUT', '/api/peers', { content: lines })).statusCode, 403);
    assert.deepEqual((await manager.send('PUT', '/api/peers', { content: lines })).json(), { loaded: 20 });
    assert.deepEqual((await manager.send('PUT', '/api/peers', { content: lines })).json(), { loaded: 20 });
    const view = await read<Wire['peers']>('/api/peers', auditor);
    const row = view.rows.find(({ figure }) => figure === 'paid_on_time');
    const rounded = (value: number | undefined): number => Math.round((value ?? 0) * 1_000) / 1_000;
    assert.deepEqual([row?.peers, rounded(row?.quartiles?.low), rounded(row?.quartiles?.middle), rounded(row?.quartiles?.high), view.loaded_by], [20, 0.23, 0.42, 0.61, 'Mei Chan']);
    const own = row?.own ?? 0;
    assert.equal(row?.quartile, own >= 0.61 ? 1 : own >= 0.42 ? 2 : own >= 0.23 ? 3 : 4);
    assert.deepEqual(row?.units.filter(({ kind }) => kind === 'market').map(({ name }) => name), ['CN', 'DE', 'HK', 'PH']);
    assert.ok(row?.units.every(({ quartile }) => quartile !== null));
  });
  test('a line that cannot be read is named, and nothing is loaded', async () => {
    for (const content of ['paid_on_time,North', 'boats,North,1', 'paid_on_time,North,x', 'paid_on_time,North,250%', 'figure,name,value']) {
      assert.equal((await manager.send('PUT', '/api/peers', { content })).json<Wire['problem']>().code, 'peers_unreadable', content);
    }
    assert.equal((await inside((tx) => tx`select 1 from peer_values`)).length, 20);
    assert.deepEqual((await manager.send('DELETE', '/api/peers')).json(), { forgotten: 20 });
  });
});

describe('the loss from late premium', () => {
  test('goes down to its policies, the dearest first, each with what its bills say', async () => {
    const shown = await read<Wire['losses']>('/api/losses?currency=EUR', auditor);
    const [policy, ...others] = shown.policies;
    assert.deepEqual([policy?.currency, policy?.market, others.length, shown.as_of], ['EUR', 'DE', 0, TODAY]);
    const [byHand] = await inside((tx) => tx<{ late: number; capital: number; lost: number; spent: number }[]>`
      select coalesce(sum(amount_minor - paid_minor) filter (where state = 'open' and due_on < ${TODAY}), 0)::float8 as late,
        coalesce(sum((amount_minor - paid_minor) * 0.025 * (${TODAY}::date - due_on) / 365) filter (where state = 'open' and due_on < ${TODAY}), 0)::float8 as capital,
        coalesce(sum(amount_minor - paid_minor) filter (where state = 'written_off' and closed_on > ${on(-365)}), 0)::float8 as lost,
        (select coalesce(sum(cost_minor), 0)::float8 from decisions d where d.currency = 'EUR') as spent
      from bills where currency = 'EUR'`);
    assert.deepEqual([policy?.late_minor, policy?.capital_minor, policy?.written_off_minor, policy?.operating_minor], [byHand?.late, Math.round(byHand?.capital ?? 0), byHand?.lost, byHand?.spent]);
    assert.ok((byHand?.lost ?? 0) > 0 && (byHand?.late ?? 0) > 0);
    assert.equal((await manager.get('/api/losses')).statusCode, 400);
  });
});

describe('uncollected premium of any day', () => {
  test('is the ledger’s balance of that day to the cent, by age', async () => {
    await inside((tx) => tx`
      insert into postings (insurer_id, holder_id, booked_on, debit_account, credit_account, amount_minor, currency, rule, source_kind, source_id, policy_id, bill_id)
      select insurer_id, holder_id, issued_on, 'premium_receivable', 'premium_income', amount_minor, currency, 'bill_premium', 'bill', bill_id, policy_id, bill_id from bills b
      where issued_on > ${on(-150)} and not exists (select from postings p where p.holder_id = b.holder_id and p.bill_id = b.bill_id)
      union all
      select insurer_id, holder_id, paid_on, 'bank', 'premium_receivable', amount_minor, currency, 'payment_received', 'payment', bill_id, policy_id, bill_id from bills where issued_on > ${on(-150)} and state = 'paid'`);
    for (const day of [on(0), on(-1), on(-45), on(-100)]) {
      const shown = await read<Wire['receivables']>(`/api/receivables?on=${day}`, auditor);
      const bills = (await allBills()).filter(({ issued_on: issued, paid_on: paid, currency }) => issued > on(-150) && issued <= day && (paid === null || paid > day) && currency === 'HKD');
      const sum = (rows: readonly { currency: string; outstanding_minor: number }[]): number => rows.reduce((total, row) => total + (row.currency === 'HKD' ? row.outstanding_minor : 0), 0);
      assert.equal(sum(shown.rows), bills.reduce((total, { amount }) => total + amount, 0), day);
      assert.equal(sum(shown.rows.filter(({ age }) => age === '31_60')), bills.filter(({ due_on: due }) => daysBetween(due, day) > 30 && daysBetween(due, day) <= 60).reduce((total, { amount }) => total + amount, 0));
      assert.deepEqual(shown.ledger?.map(({ difference_minor: difference }) => difference), [0, 0, 0, 0]);
      assert.equal(shown.ledger?.find(({ currency }) => currency === 'HKD')?.balance_minor, sum(shown.rows));
    }
    assert.deepEqual((await read<Wire['receivables']>(`/api/receivables?on=${on(-400)}`)).rows, []);
    assert.equal((await manager.get('/api/receivables?on=yesterday')).statusCode, 400);
  });
});

describe('not yet due, high risk', () => {
  test('lists the latest scores alone, each with three reasons, the nearest due date first', async () => {
    const [holder = 0, second = 0] = insurer.holders;
    await inside((tx) => tx`
      insert into scores (insurer_id, holder_id, policy_id, due_on, horizon_days, scored_on, model_id, probability_late, tier, reason_features, reason_values, reason_contributions)
      select ${insurer.insurerId}, p.holder_id, p.policy_id, d.due_on, d.horizon, ${TODAY}, 1, 0.8, d.tier, array['late_1_to_30_days', 'digital_share', 'premium_to_income'], array['3', '0.2', '0.14'], array[0.9, 0.4, 0.3]
      from policies p cross join (values (${on(30)}::date, 60, 'high'), (${on(30)}::date, 30, 'medium_low'), (${on(25)}::date, 30, 'high'), (${on(-25)}::date, 0, 'high'), (${on(28)}::date, 30, 'high')) d (due_on, horizon, tier)
      where p.holder_id in (${holder}, ${second})`);
    const shown = await read<Wire['high_risk']>('/api/high-risk?limit=3', auditor);
    assert.deepEqual(shown.policies.map(({ due_on: due }) => due), [on(25), on(25), on(28)]);
    assert.ok(shown.policies.every(({ reasons }) => reasons.length === 3 && reasons.every(({ text }) => text !== '')));
    const rest = await read<Wire['high_risk']>(`/api/high-risk?limit=3&after=${shown.next_after ?? ''}`);
    assert.deepEqual([rest.policies.map(({ due_on: due }) => due), rest.next_after], [[on(28)], null]);
    assert.deepEqual([...new Set((await read<Wire['high_risk']>('/api/high-risk?market=HK')).policies.map(({ market }) => market))], ['HK']);
    assert.equal((await manager.get('/api/high-risk?market=hk')).statusCode, 400);
  });
});

describe('a jam', () => {
  test('of one day is told by the next day’s report, once, with when the month’s report would have told it, and ends', async () => {
    const jams = async (): Promise<Wire['alerts']['alerts']> => (await read<Wire['alerts']>('/api/alerts', manager)).alerts.filter((alert) => alert.target_id === null);
    const days = await inside((tx) => tx<{ step: string }[]>`select distinct step from step_days order by 1`);
    assert.deepEqual(days.map(({ step }) => step), ['bank_lines', 'checkouts_opened', 'messages_delivered', 'messages_sent', 'payments_received']);
    const usual = (until: PlainDate, done: number): Promise<unknown> => inside((tx) => tx`
      insert into step_days (insurer_id, on_date, market, step, done) select ${insurer.insurerId}, day::date, 'DE', 'messages_delivered', ${done} from generate_series(${until}::date - 3, ${until}::date, '1 day') day
      on conflict (insurer_id, on_date, market, step) do update set done = excluded.done`);
    await usual(on(-2), 200);
    await report(TODAY, on(-1));
    await report(TODAY, on(-1));
    const [jam, ...others] = (await jams()).filter(({ market }) => market === 'DE');
    assert.deepEqual([others.length, jam?.figure, jam?.on_date, jam?.value, jam?.warning, jam?.month_report_on, jam?.mine], [0, 'messages_delivered', on(-1), 0, 200, '2026-11-30', true]);
    await inside((tx) => tx`insert into step_days (insurer_id, on_date, market, step, done) values (${insurer.insurerId}, ${TODAY}, 'DE', 'messages_delivered', 190)`);
    await inside((tx) => raiseJams(tx, insurer.insurerId, 'Asia/Hong_Kong', on(1)));
    assert.equal((await jams()).filter(({ market }) => market === 'DE').length, 0);
    const [ended] = await inside((tx) => tx<{ recovered_on: PlainDate }[]>`select recovered_on from alerts where target_id is null and market = 'DE'`);
    assert.equal(ended?.recovered_on, TODAY);
  });
});

describe('a meeting’s decision', () => {
  test('is a task with an owner and a day, closed by them alone, and stays on the list of later meetings until it is', async () => {
    const people = (await read<Wire['colleagues']>('/api/colleagues')).colleagues;
    const owner = people.find(({ role }) => role === 'agent')?.user_id ?? 0;
    const body = { month: '2026-10', what: 'Ask the gateway why Germany jams', owner_id: owner, due_on: on(5) };
    assert.equal((await agent.send('POST', '/api/meeting-decisions', body)).statusCode, 403);
    for (const bad of [{ ...body, month: '2026-13' }, { ...body, what: ' ' }]) assert.equal((await manager.send('POST', '/api/meeting-decisions', bad)).statusCode, 400);
    assert.equal((await manager.send('POST', '/api/meeting-decisions', { ...body, due_on: on(-1) })).json<Wire['problem']>().code, 'hand_over_day_past');
    assert.equal((await manager.send('POST', '/api/meeting-decisions', { ...body, owner_id: 999_999 })).json<Wire['problem']>().code, 'colleague_unknown');
    const made = await manager.send('POST', '/api/meeting-decisions', body);
    assert.equal(made.statusCode, 201, made.body);
    const { decision_id: id } = made.json<{ decision_id: number }>();
    const list = async (query: string, client = manager): Promise<readonly number[]> => (await read<Wire['meeting_decisions']>(`/api/meeting-decisions${query}`, client)).decisions.map((one) => one.decision_id);
    assert.deepEqual([await list('?month=2026-10'), await list('?month=2026-11'), await list('?month=2026-09'), await list('', agent), await list('')], [[id], [id], [], [id], []]);
    assert.equal((await (await logIn(app, 'harbour', 'it')).send('POST', `/api/meeting-decisions/${id}/close`, {})).statusCode, 404);
    assert.equal((await agent.send('POST', `/api/meeting-decisions/${id}/close`, { answer: 'Their line was down' })).statusCode, 200);
    assert.equal((await manager.send('POST', `/api/meeting-decisions/${id}/close`, {})).json<Wire['problem']>().code, 'hand_over_closed');
    assert.deepEqual([await list('', agent), await list('?month=2026-11'), await list('?month=2026-10')], [[], [], [id]]);
    assert.equal((await manager.send('POST', `/api/meeting-decisions/${id}/reopen`, {})).statusCode, 404);
    assert.equal((await agent.send('POST', `/api/meeting-decisions/${id}/reopen`, {})).statusCode, 200);
  });
});

describe('a receivable', () => {
  test('shows the cover that it keeps, its risk with reasons, and what its holder is worth', async () => {
    const view = await read<Wire['bill']>(`/api/bills/${insurer.bills[0]}?holder_id=${insurer.holders[0]}`, auditor);
    assert.deepEqual([view.policy.cover_from, view.policy.annual_premium_minor, view.policy.worth_years, view.policy.worth_minor, view.policy.risk?.tier, view.policy.risk?.reasons.length], ['2024-01-15', 1_440_000, 0.5, 720_000, 'low', 3]);
  });
});

describe('a quote', () => {
  const body = { market: 'HK', line: 'life', mode: 'monthly', age_years: 35, premium_minor: 120_000, currency: 'HKD' };
  test('needs a model, and says so', async () => {
    assert.equal((await agent.send('POST', '/api/quote', body)).json<Wire['problem']>().code, 'no_model');
  });
  test('is scored by the model in use, with reasons and what is asked in advance, and leaves nothing behind', async () => {
    assert.ok(await inside((tx) => ensureChampion(tx, insurer.insurerId, TODAY)) !== null);
    const counts = (): Promise<unknown> => inside((tx) => tx`select (select count(*) from holders) as h, (select count(*) from policies) as p, (select count(*) from scores) as s, (select count(*) from decisions) as d, (select count(*) from idempotency_keys) as k`);
    const before = await counts();
    const quoted = await agent.send('POST', '/api/quote', body, { 'idempotency-key': 'a-quote' });
    assert.equal(quoted.statusCode, 200, quoted.body);
    const quote = quoted.json<Wire['quote']>();
    assert.ok(quote.probability_late > 0 && quote.probability_late < 1);
    assert.deepEqual([quote.known, quote.rule.tier, quote.in_advance_minor, quote.rule.verified], [null, quote.tier, quote.rule.instalments * 120_000, false]);
    const known = (await agent.send('POST', '/api/quote', { ...body, holder: 'C-1001' })).json<Wire['quote']>();
    assert.deepEqual([known.known?.name, known.known?.policies], ['王小明', 1]);
    assert.equal((await agent.send('POST', '/api/quote', { ...body, holder: 'C-1001ZZB' })).json<Wire['problem']>().code, 'holder_unknown');
    const terms = await agent.send('POST', '/api/quote/terms.pdf', { ...body, holder: 'C-1001', cover_from: '2026-12-31', language: 'zh-Hans' });
    assert.deepEqual([terms.statusCode, terms.headers['content-type'], terms.rawPayload.subarray(0, 5).toString()], [200, 'application/pdf', '%PDF-']);
    assert.equal((await agent.send('POST', '/api/quote/terms.pdf', { ...body, cover_from: '2026-13-01' })).statusCode, 400);
    assert.equal((await auditor.send('POST', '/api/quote/terms.pdf', { ...body, cover_from: '2026-12-31' })).statusCode, 403);
    assert.deepEqual(await counts(), before);
    assert.equal((await auditor.send('POST', '/api/quote', body)).statusCode, 403);
    assert.equal((await agent.send('POST', '/api/quote', { ...body, premium_minor: 0 })).statusCode, 400);
  });
});
