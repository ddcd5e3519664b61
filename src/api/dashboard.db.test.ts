import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type FastifyInstance } from 'fastify';
import { rulePacks, STAGES } from '../cycle/index.ts';
import { inInsurer, type Tx } from '../database/index.ts';
import { addDays, addMonths, daysBetween, expectOk, localDate, type PlainDate } from '../kernel/index.ts';
import { insurerById } from '../portfolio/index.ts';
import { logIn, type Client } from './client.ts';
import { NOW, openHouse, seedInsurer, serverOf, type TestHouse, type TestInsurer } from './fixture.ts';
import { type Wire } from './wire.ts';

const TODAY = localDate(NOW, 'Asia/Hong_Kong');
const FIRST_MONTH = addMonths(`${TODAY.slice(0, 7)}-01` as PlainDate, -12);
const BLOCKS = ['ageing', 'roll', 'cohorts', 'funnel', 'heat', 'by_market', 'by_line', 'curve', 'ways', 'cost'] as const;
let house: TestHouse;
let app: FastifyInstance;
let insurer: TestInsurer;
let other: TestInsurer;
let auditor: Client;

const inside = <T>(work: (tx: Tx) => Promise<T>, whose = insurer): Promise<T> => inInsurer(house.database.app, whose.insurerId, work);

before(async () => {
  house = await openHouse();
  insurer = await seedInsurer(house.database, 'harbour', '');
  other = await seedInsurer(house.database, 'beacon', 'ZZB');
  await inside(seedBills);
  await inside(seedContacts);
  await report(insurer);
  app = await serverOf(house);
  auditor = await logIn(app, 'harbour', 'auditor');
});
after(async () => {
  await app?.close();
  await house.close();
});

/** Bills of every fate over two years: one of each policy on every third day. */
async function seedBills(tx: Tx): Promise<void> {
  await tx`
    with fate as (
      select p.holder_id, p.policy_id, p.currency, p.premium_minor, day::date as due_on, (n * 7 + p.policy_id * 3) % 12 as kind, n
      from policies p cross join generate_series(${addDays(TODAY, -700)}::date, ${addDays(TODAY, 40)}::date, '3 days') with ordinality as days (day, n)
      where not exists (select from bills b where b.holder_id = p.holder_id and b.policy_id = p.policy_id and b.due_on = day::date)),
    told as (
      select *, case when kind < 5 then due_on - kind::int when kind = 5 then due_on + 4 when kind = 6 then due_on + 20 when kind = 7 then due_on + 45 when kind = 8 then due_on + 80 when kind = 9 then due_on + 120 end as pays_on
      from fate)
    insert into bills (insurer_id, holder_id, policy_id, instalment_no, period_from, period_to, due_on, issued_on, currency, premium_minor, amount_minor, paid_minor, state, paid_on, paid_by, closed_on,
      first_part_on, first_reminded_on)
    select ${insurer.insurerId}, holder_id, policy_id, 100 + n, due_on, due_on + 30, due_on, due_on - 14, currency, premium_minor, premium_minor,
      case when pays_on < ${TODAY}::date then premium_minor when kind = 10 then premium_minor / 4 else 0 end,
      case when pays_on < ${TODAY}::date then 'paid' when kind = 11 and due_on < ${TODAY}::date - 150 then 'written_off' when n % 50 = 0 then 'cancelled' else 'open' end,
      case when pays_on < ${TODAY}::date then pays_on end, case when pays_on < ${TODAY}::date then (array['card', 'cash', 'convenience_store', 'fps'])[1 + n % 4] end,
      case when not (pays_on < ${TODAY}::date) or pays_on is null then case when kind = 11 and due_on < ${TODAY}::date - 150 then ${TODAY}::date - 3 when n % 50 = 0 then ${TODAY}::date end end,
      case when kind in (5, 10) then due_on - 1 end, case when n % 3 = 0 and kind > 1 then due_on - 1 when n % 4 = 0 and kind > 5 then due_on + 2 end
    from told where pays_on is null or pays_on >= due_on - 14`;
  await tx`update policies set late_31_to_90_days = 2 where market = 'DE'`;
  await tx`update policies set late_1_to_30_days = 1, late_over_90_days = 0 where market = 'PH'`;
}

/** Six messages of yesterday that went further and further, and a call. */
async function seedContacts(tx: Tx): Promise<void> {
  const [holder = 0] = insurer.holders;
  const [bill = 0] = insurer.bills;
  const at = new Date(NOW - 86_400_000);
  for (const [step, kinds] of [[], ['delivered'], ['delivered', 'opened'], ['clicked'], ['delivered', 'opened', 'clicked'], ['opened', 'paid'], []].entries()) {
    const call = step === 6;
    await tx`insert into gate_answers (insurer_id, holder_id, ask_key, asked_on, bill_id, action, purpose, channel, asked_for_at, answer, law_version)
      values (${insurer.insurerId}, ${holder}, ${`d${step}`}, ${TODAY}, ${bill}, 'contact', 'premium_reminder', ${call ? 'call' : 'sms'}, ${at}, 'allow', '2026-11')`;
    const [contact] = await tx<{ contact_id: number }[]>`
      insert into contacts (insurer_id, holder_id, ask_key, bill_id, purpose, channel, template, tone, language, queued_on, not_before, state, sent_at)
      values (${insurer.insurerId}, ${holder}, ${`d${step}`}, ${bill}, 'premium_reminder', ${call ? 'call' : 'sms'}, 'first_solution', 'friendly', 'en', ${TODAY}, ${at}, ${call ? 'done' : 'sent'}, ${at})
      returning contact_id`;
    for (const kind of kinds) {
      await tx`insert into contact_events (insurer_id, holder_id, contact_id, kind, occurred_at) values (${insurer.insurerId}, ${holder}, ${contact?.contact_id ?? 0}, ${kind}, ${new Date(NOW - 80_000_000)})`;
    }
    if (step === 4) {
      await tx`insert into payments (insurer_id, holder_id, provider, method, amount_minor, currency, state, bill_id, created_at, contact_id)
        values (${insurer.insurerId}, ${holder}, 'sandbox', 'card', 100, 'HKD', 'created', ${bill}, ${new Date(NOW - 80_000_000)}, ${contact?.contact_id ?? 0})`;
    }
  }
}

async function report(whose: TestInsurer): Promise<void> {
  const stage = STAGES.find(({ name }) => name === 'report');
  const known = expectOk(await insurerById(house.database, whose.insurerId));
  assert.ok(stage !== undefined);
  const shared = { previousDate: null, modelId: null, prices: { callMinute: 0, message: 0 }, budgets: { callMinutes: null, messages: null }, openBills: 0 };
  await inside((tx) => stage.work(tx, { insurer: known, businessDate: TODAY, packs: rulePacks(), shared }, { from: 0, to: Number.MAX_SAFE_INTEGER }), whose);
}

async function read(query = '', client = auditor): Promise<Wire['dashboard']> {
  const answer = await client.get(`/api/dashboard${query}`);
  assert.equal(answer.statusCode, 200, answer.body);
  return answer.json();
}
const figure = (shown: Wire['dashboard'], name: string): Wire['dashboard']['figures'][number] => {
  const found = shown.figures.find((one) => one.figure === name);
  assert.ok(found);
  return found;
};
/** As JSON carries it. */
const plain = (rows: readonly object[]): unknown => JSON.parse(JSON.stringify(rows, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value)));

type Row = { due_on: PlainDate; paid_on: PlainDate | null; issued_on: PlainDate; state: string; paid_by: string | null; market: string; line: string; currency: string; amount_minor: bigint; paid_minor: bigint; premiums_paid: number; late: [number, number, number] };
const rowsOfBills = (tx: Tx): Promise<Row[]> => tx<Row[]>`
  select b.due_on, b.paid_on, b.issued_on, b.state, b.paid_by, p.market, p.line, b.currency, b.amount_minor, b.paid_minor, p.premiums_paid, array[p.late_1_to_30_days, p.late_31_to_90_days, p.late_over_90_days] as late
  from bills b join policies p using (insurer_id, holder_id, policy_id) where b.state <> 'cancelled' and (b.due_on >= ${FIRST_MONTH} or b.state = 'open')`;

/** By hand, bill by bill. */
function outcomeOf({ state, due_on: due, paid_on: paid }: Row): string {
  if (state === 'written_off') return 'written_off';
  if (due >= TODAY) return state === 'paid' ? 'paid_not_due' : 'open_not_due';
  const days = daysBetween(due, paid ?? TODAY);
  if (paid !== null && days <= 0) return 'on_time';
  return `${paid === null ? 'open' : 'late'}_${days <= 7 ? '1_7' : days <= 30 ? '8_30' : days <= 60 ? '31_60' : days <= 90 ? '61_90' : 'over_90'}`;
}
const segmentOf = ({ late: [few, more, most], premiums_paid: paid }: Row): string => (most > 0 ? 'late_over_90' : more > 0 ? 'late_31_90' : few > 0 ? 'late_1_30' : paid > 0 ? 'punctual' : 'new');

describe('the cube', () => {
  test('is what the bills say, one by one', async () => {
    const expected = new Map<string, number[]>();
    for (const row of await inside(rowsOfBills)) {
      const key = [`${row.due_on.slice(0, 7)}-01`, row.market, row.line, row.currency, segmentOf(row), outcomeOf(row)].join(' ');
      const sums = expected.get(key) ?? [0, 0, 0, 0, 0, 0, 0];
      const digital = row.state === 'paid' && !['cash', 'convenience_store'].includes(row.paid_by ?? '');
      const [late, toPay] = row.paid_on === null ? [0, 0] : [Math.max(0, daysBetween(row.due_on, row.paid_on)), daysBetween(row.issued_on, row.paid_on)];
      const own = [1, Number(row.amount_minor), Number(row.paid_minor), late, toPay, digital ? 1 : 0, digital ? toPay : 0];
      expected.set(key, sums.map((sum, i) => sum + (own[i] ?? 0)));
    }
    const written = await inside((tx) => tx<{ key: string; sums: number[] }[]>`
      select concat_ws(' ', due_month, market, line, currency, segment, outcome) as key,
        array[bills, amount_minor, paid_minor, days_late, days_to_pay, digital_bills, digital_days_to_pay]::float8[] as sums from bill_cells`);
    assert.ok(written.length > 200, `${written.length} cells`);
    assert.deepEqual(new Map(written.map(({ key, sums }) => [key, sums])), expected);
    assert.equal(new Set(written.map(({ key }) => key.split(' ').at(-1))).size, 14, 'every outcome occurs');
  });
  test('is the same when it is written twice, and of one insurer alone', async () => {
    const all = (tx: Tx) => tx<{ row: string }[]>`select t::text as row from bill_cells t union all select t::text from contact_cells t order by 1`;
    const once = await inside(all);
    await report(insurer);
    assert.deepEqual(await inside(all), once);
    assert.equal((await inside(all, other)).length, 0);
    await report(other);
    assert.deepEqual(await inside(all), once);
    const own = await inside(all, other);
    assert.ok(own.length > 0 && own.length < 20);
  });
  test('counts a contact in every step up to the last it reached', async () => {
    const [sms] = await inside((tx) => tx`select sent, delivered, opened, clicked, started, paid from contact_cells where channel = 'sms'`);
    assert.deepEqual({ ...sms }, { sent: 6, delivered: 5, opened: 4, clicked: 3, started: 2, paid: 1 });
  });
});

describe('the dashboard', () => {
  test('gives each figure and each chart as its SQL gives it, under any filter', async () => {
    for (const query of ['', '?market=DE', '?line=life&segment=punctual', '?currency=PHP&from=2026-03', '?from=2026-01&to=2026-06', '?segment=late_31_90&to=2026-08', '?market=SG']) {
      const shown = await read(query);
      for (const one of shown.figures) {
        const [row] = await inside((tx) => tx.unsafe<{ numerator: number; denominator: number; value: number | null }[]>(one.sql));
        assert.deepEqual([one.numerator, one.denominator, one.value], [row?.numerator, row?.denominator, row?.value], `${query} ${one.figure}\n${one.sql}`);
      }
      for (const name of BLOCKS) assert.deepEqual(shown[name].rows, plain(await inside((tx) => tx.unsafe(shown[name].sql))), `${query} ${name}\n${shown[name].sql}`);
    }
  });
  test('counts as a person would count the bills', async () => {
    const shown = await read();
    const rows = (await inside(rowsOfBills)).filter(({ due_on: due }) => due >= FIRST_MONTH);
    const due = rows.filter((row) => row.due_on < TODAY);
    const onTime = figure(shown, 'paid_on_time');
    assert.deepEqual([onTime.numerator, onTime.denominator], [due.filter((row) => row.state === 'paid' && row.paid_on !== null && row.paid_on <= row.due_on).length, due.length]);
    const late = due.filter((row) => row.paid_on !== null && row.paid_on > row.due_on).map((row) => daysBetween(row.due_on, row.paid_on ?? TODAY));
    assert.equal(figure(shown, 'mean_days_late').value, late.reduce((sum, days) => sum + days, 0) / late.length);
    const gone = rows.filter(({ state }) => state === 'written_off').length;
    assert.equal(figure(shown, 'uncollectible').value, gone / (gone + rows.filter(({ state }) => state === 'paid').length));
    assert.deepEqual([figure(shown, 'automated').numerator, figure(shown, 'automated').denominator], [6, 7]);
  });
  test('shows what is owed of all months, to the cent, by currency', async () => {
    const owed = new Map<string, number>();
    for (const { currency, outstanding_minor: minor } of (await read()).ageing.rows) owed.set(currency, (owed.get(currency) ?? 0) + minor);
    const rows = await inside((tx) => tx<{ currency: string; owed: number }[]>`select currency, sum(amount_minor - paid_minor)::float8 as owed from bills where state = 'open' group by 1`);
    assert.deepEqual(owed, new Map(rows.map((row) => [row.currency, row.owed])));
  });
  test('names what it holds a figure against, and the gap to the leader in points', async () => {
    const { target, industry, leader, gap, gap_to: to, value, verified } = figure(await read(), 'paid_on_time');
    assert.deepEqual([target, industry, leader, to, verified], [0.92, 0.8, 0.93, 'leader', false]);
    assert.equal(gap, Math.round(((value ?? 0) - 0.93) * 1_000) / 10);
  });
  test('is empty, not wrong, before the first report', async () => {
    await inside((tx) => tx`delete from bill_cells`, other);
    await inside((tx) => tx`delete from contact_cells`, other);
    const shown = await read('', await logIn(app, 'beacon', 'manager'));
    assert.deepEqual([shown.as_of, shown.figures, shown.ageing.rows, shown.heat.rows, shown.choices.month], [null, [], [], [], []]);
  });
  test('shows a person of one market that market alone', async () => {
    const shown = await read('', await logIn(app, 'harbour', 'regional'));
    assert.deepEqual(shown.choices.market, ['HK']);
    assert.deepEqual(shown.by_market.rows.map(({ name }) => name), ['HK']);
  });
  test('refuses filters that are none', async () => {
    for (const query of ['?market=hk', '?line=boats', '?currency=HK', '?segment=x', '?from=2026-13', "?market=H'"]) assert.equal((await auditor.get(`/api/dashboard${query}`)).statusCode, 400, query);
    assert.equal((await app.inject({ method: 'GET', url: '/api/dashboard' })).statusCode, 401);
  });
});
