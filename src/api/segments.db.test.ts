import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { type FastifyInstance } from 'fastify';
import { rulePacks, segmentTask, STAGES } from '../cycle/index.ts';
import { inInsurer, type Tx } from '../database/index.ts';
import { countChanged, countRange, SEGMENTS_TASK, sumRanges } from '../insight/index.ts';
import { addMonths, expectOk, localDate, type PlainDate } from '../kernel/index.ts';
import {
  addSegment, AGE_BANDS, allSegments, archiveSegment, BEHAVIOURS, changeSegment, insurerById, LATEST_SCORE_SQL, matchesSegment, NO_CONDITIONS, PREFERRED_CHANNELS, SEGMENT_LINES, segmentConditions, type SegmentConditions, segmentFacts,
  segmentSql, type SegmentEditor, type SegmentRow,
} from '../portfolio/index.ts';
import { TIERS } from '../risk/index.ts';
import { logIn, read as readOf, type Client } from './client.ts';
import { NOW, openHouse, seedInsurer, serverOf, type TestHouse, type TestInsurer } from './fixture.ts';
import { type Wire } from './wire.ts';

const TODAY = localDate(NOW, 'Asia/Hong_Kong');
let house: TestHouse;
let insurer: TestInsurer;
let app: FastifyInstance;
let manager: Client;
let agent: Client;
let regional: Client;

const read = <T>(client: Client, url: string): Promise<T> => readOf<T>(client, url, 'ZZB');
const inside = <T>(work: (tx: Tx) => Promise<T>, whose = insurer): Promise<T> => inInsurer(house.database.app, whose.insurerId, work);

before(async () => {
  house = await openHouse();
  insurer = await seedInsurer(house.database, 'harbour', '');
  await seedInsurer(house.database, 'beacon', 'ZZB');
  await inside(seedBook);
  app = await serverOf(house);
  [manager, agent, regional] = await Promise.all([logIn(app, 'harbour', 'manager'), logIn(app, 'harbour', 'agent'), logIn(app, 'harbour', 'regional')]);
});
after(async () => {
  await app?.close();
  await house.close();
});

/** 300 holders of every age, also on their birthdays, with one to three policies each, of which some were scored more than once. */
async function seedBook(tx: Tx): Promise<void> {
  await tx`
    insert into holders (insurer_id, external_ref, family_name, language, time_zone, market, born_on, preferred_channel)
    select ${insurer.insurerId}, 'S-' || n, 'Segment', 'en', 'Asia/Hong_Kong', (array['HK', 'CN', 'SG'])[1 + n % 3],
      case when n % 7 > 0 then (${TODAY}::date - make_interval(years => 18 + n % 60, days => n % 3 - 1))::date end, (array['email', 'sms', 'call', 'voicemail', null])[1 + n % 5]::contact_channel
    from generate_series(1, 300) n`;
  await tx`
    insert into policies (insurer_id, holder_id, policy_number, market, line, currency, premium_minor, mode, cover_from, due_day, state, premiums_paid, late_1_to_30_days, late_31_to_90_days, late_over_90_days)
    select ${insurer.insurerId}, h.holder_id, h.external_ref || '-' || k, h.market, (array['life', 'health', 'motor'])[1 + (h.holder_id + k) % 3], (array['HKD', 'CNY'])[1 + k % 2],
      (array[100000, 100001, 1200000, 50000])[1 + h.holder_id % 4], (array['monthly', 'quarterly', 'half_yearly', 'annual', 'single'])[1 + (h.holder_id + k) % 5], '2024-01-01', 1, 'in_force',
      (h.holder_id % 4)::int, (h.holder_id % 5 / 4)::int, (h.holder_id % 9 / 8)::int, (h.holder_id % 11 / 10)::int
    from holders h cross join generate_series(1, 3) k where h.family_name = 'Segment' and k <= 1 + h.holder_id % 3`;
  await tx`
    insert into scores (insurer_id, holder_id, policy_id, due_on, horizon_days, scored_on, model_id, probability_late, tier, reason_features, reason_values, reason_contributions)
    select p.insurer_id, p.holder_id, p.policy_id, ${TODAY}::date + days, horizon, ${TODAY}::date, 1, 0.1 * (1 + (p.policy_id + 20 + days + horizon) % 9), (array['low', 'medium_low', 'medium_high', 'high'])[1 + (p.policy_id + 20 + days + horizon) % 4],
      '{}', '{}', '{}'
    from policies p cross join (values (-20, 0), (10, 30), (10, 7)) asked (days, horizon) where p.policy_id % 6 > 0 and p.policy_number like 'S-%'`;
  // A bill every 40 days: paid on the day, later, or not; one in nine written off.
  await tx`
    insert into bills (insurer_id, holder_id, policy_id, instalment_no, period_from, period_to, due_on, issued_on, currency, premium_minor, amount_minor, paid_minor, state, paid_on, paid_by)
    select insurer_id, holder_id, policy_id, n, due_on, due_on + 40, due_on, due_on - 20, currency, premium_minor, premium_minor + 7, case when kind < 5 then premium_minor + 7 else 0 end,
      case when kind < 5 then 'paid' when kind = 8 then 'written_off' else 'open' end, case when kind < 5 then due_on + (kind - 2)::int * 3 end,
      case when kind < 5 then (array['card', 'bank_transfer', 'counter', 'wechat_pay', null])[1 + kind] end
    from (select p.*, n, ${TODAY}::date - 390 + n * 40 as due_on, case when n > 9 then 5 else (policy_id + n) % 9 end as kind from policies p cross join generate_series(0, 11) n where p.policy_number like 'S-%') told`;
  await tx`update policies set next_due_on = ${TODAY}::date + (policy_id % 100)::int, state = (array['in_force', 'grace', 'lapsed', 'ended', 'in_force'])[1 + policy_id % 5], state_since = ${TODAY}::date - (policy_id % 500)::int
    where policy_number like 'S-%'`;
  await tx`
    insert into decisions (insurer_id, holder_id, bill_id, decided_on, policy_id, action, channel, step, tone, reason, probability_late, tier, currency, value_minor, cost_minor, minutes, alternatives)
    select insurer_id, holder_id, bill_id, ${TODAY}, policy_id, (array['sms', 'call', 'nothing', 'nothing'])[1 + bill_id % 4], null, null, 'friendly', (array['best_value', 'best_value', 'budget_used_up', 'no_step_due'])[1 + bill_id % 4],
      0.3, 'low', currency, case when bill_id % 4 < 2 then 400 + bill_id % 50 else 0 end, bill_id % 7, 0, ${tx.json([{ action: 'call', value_minor: 35, why: 'budget_used_up' }])}
    from bills b where state = 'open' and bill_id % 3 > 0 and not exists (select from decisions d where d.bill_id = b.bill_id)`;
}

const some = <T>(of: readonly T[]): fc.Arbitrary<readonly T[]> => fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 2, arbitrary: fc.subarray([...of], { minLength: 1 }) });
const bound = fc.constantFrom(null, 100_000, 400_000, 1_200_000, 1_200_012);
const anyConditions: fc.Arbitrary<SegmentConditions> = fc.record({
  premium: fc.uniqueArray(fc.record({ currency: fc.constantFrom('HKD', 'CNY'), at_least_minor: bound, below_minor: bound }), { selector: ({ currency }) => currency, maxLength: 2 }),
  tiers: some(TIERS), behaviours: some(BEHAVIOURS), ages: some(AGE_BANDS), channels: some(PREFERRED_CHANNELS), markets: some(['HK', 'CN', 'SG', 'DE']), lines: some(SEGMENT_LINES),
}).filter((conditions) => segmentConditions.safeParse(conditions).success);

type BookRow = SegmentRow & { readonly policy_id: number; readonly holder_id: number };
const policiesWhere = (tx: Tx, condition: string): Promise<readonly BookRow[]> => tx.unsafe<BookRow[]>(`
  select p.policy_id, p.holder_id, p.premium_minor, p.mode, p.currency, p.market, p.line, p.premiums_paid, p.late_1_to_30_days, p.late_31_to_90_days, p.late_over_90_days, h.born_on, h.preferred_channel, s.tier
  from policies p join holders h using (insurer_id, holder_id) ${LATEST_SCORE_SQL} where ${condition} order by p.policy_id`);

const editor = (name = 'Mei Chan'): SegmentEditor => ({ insurerId: insurer.insurerId, name, at: NOW });
const codeOf = (result: { readonly ok: boolean; readonly problem?: { readonly code: string } }): string => (result.ok ? 'ok' : result.problem?.code ?? '');
const UNDER_35 = segmentConditions.parse({ ages: ['under_35'] });

describe('the conditions of a segment', () => {
  test('pick the same policies as a function and as SQL', async () => {
    const book = await inside((tx) => policiesWhere(tx, 'true'));
    assert.ok(book.length > 500);
    await fc.assert(fc.asyncProperty(anyConditions, fc.constantFrom(TODAY, '2027-03-01' as PlainDate), async (conditions, on) => {
      const bySql = await inside((tx) => policiesWhere(tx, segmentSql(conditions, on)));
      assert.deepEqual(bySql.map((row) => row.policy_id), book.filter((row) => matchesSegment(conditions, segmentFacts(row, on))).map((row) => row.policy_id));
    }), { numRuns: 120 });
  });
});

const play = async (...names: readonly string[]): Promise<void> => {
  const known = expectOk(await insurerById(house.database, insurer.insurerId));
  let shared: Parameters<(typeof STAGES)[number]['work']>[1]['shared'] = { previousDate: null, modelId: null, prices: { callMinute: 0, message: 0 }, budgets: { callMinutes: null, messages: null }, openBills: 0 };
  for (const stage of STAGES.filter(({ name }) => names.includes(name))) {
    const context = { insurer: known, businessDate: TODAY, packs: rulePacks(), shared };
    const prepared = await inside(async (tx) => (await stage.prepare?.(tx, context)) ?? {});
    shared = { ...shared, ...prepared };
    const [middle] = await inside((tx) => tx<{ id: number }[]>`select percentile_disc(0.4) within group (order by holder_id) as id from holders`);
    // Two ranges, as a day of a larger book has them.
    const ranges = stage.partitioned ? [{ from: 0, to: middle?.id ?? 0 }, { from: (middle?.id ?? 0) + 1, to: Number.MAX_SAFE_INTEGER }] : [{ from: 0, to: Number.MAX_SAFE_INTEGER }];
    for (const range of ranges) await inside((tx) => stage.work(tx, { ...context, shared }, range));
  }
};

/** Each figure once more, from the rows, by one plain question; policies are picked by the function, not by the SQL. */
async function fromScratch(conditions: SegmentConditions): Promise<string[]> {
  const book = await inside((tx) => policiesWhere(tx, "p.state not in ('ended', 'cancelled')"));
  const ids = book.filter((row) => matchesSegment(conditions, segmentFacts(row, TODAY))).map((row) => row.policy_id);
  const year = addMonths(TODAY, -12);
  const probability = `(select s.probability_late from scores s where s.policy_id = i.policy_id and s.due_on = i.due_on order by s.horizon_days limit 1)::numeric`;
  const mine = `policy_id in (${ids.join(',') || '0'})`;
  const rows = await inside((tx) => tx.unsafe<{ told: string }[]>(`
    select concat_ws(' ', figure, part, currency, items, amount, days, expected, expected_minor, cost) as told from (
      select 'holders' as figure, null as part, 'XXX' as currency, count(distinct holder_id) as items, 0::numeric as amount, 0::numeric as days, 0::numeric as expected, 0::numeric as expected_minor, 0::numeric as cost
        from policies where ${mine} having count(*) > 0
      union all select 'policies', state, currency, count(*), sum(premium_minor * case mode when 'monthly' then 12 when 'quarterly' then 4 when 'half_yearly' then 2 else 1 end), 0, 0, 0, 0 from policies where ${mine} group by state, currency
      union all select 'lapsed', null, currency, count(*), sum(premium_minor * case mode when 'monthly' then 12 when 'quarterly' then 4 when 'half_yearly' then 2 else 1 end), 0, 0, 0, 0
        from policies where ${mine} and state = 'lapsed' and state_since >= '${year}' group by currency
      union all select 'due', case state when 'paid' then case when paid_on <= due_on then 'on_time' else 'late' end else state end, currency, count(*), sum(amount_minor), coalesce(sum(greatest(paid_on - due_on, 0)), 0), 0, 0, 0
        from bills where ${mine} and state <> 'cancelled' and due_on >= '${year}' and due_on < '${TODAY}' group by 2, 3
      union all select 'way', coalesce(paid_by, 'unknown'), currency, count(*), sum(amount_minor), sum(paid_on - issued_on), 0, 0, 0
        from bills where ${mine} and state = 'paid' and due_on >= '${year}' and due_on < '${TODAY}' group by 2, 3
      union all select case when p is null then 'unscored' else 'ahead' end, days::text, currency, count(*), sum(amount), 0, coalesce(sum(p), 0), coalesce(sum(round(p * amount)), 0), 0
        from (values (30), (90)) w (days) join (
          select due_on, currency, amount_minor - paid_minor as amount, ${probability} as p from bills i where ${mine} and state = 'open'
          union all select due_on, currency, premium_minor, ${probability} from (select *, next_due_on as due_on from policies where ${mine} and state in ('in_force', 'grace', 'pending')) i) a
          on due_on >= '${TODAY}' and due_on - '${TODAY}'::date < days group by 1, 2, 3
      union all select 'act', action, currency, count(*), sum(value_minor), 0, 0, 0, sum(cost_minor) from decisions where ${mine} and decided_on = '${TODAY}' and action <> 'nothing' group by 2, 3
      union all select 'wait', reason, currency, count(*), count(*) * 35, 0, 0, 0, 0 from decisions where ${mine} and decided_on = '${TODAY}' and reason = 'budget_used_up' group by 2, 3
      union all select 'law', answer || ' ' || rule, b.currency, count(*), 0, 0, 0, 0, 0 from gate_answers g join bills b using (insurer_id, holder_id, bill_id) where b.${mine} and answer <> 'allow' and asked_on = '${TODAY}' group by 2, 3
    ) figures`));
  return rows.map(({ told }) => told).toSorted();
}

const cellsOf = async (segmentId: number): Promise<string[]> => (await inside((tx) => tx<{ told: string }[]>`
  select concat_ws(' ', figure, nullif(part, ''), currency, sum(items), sum(amount_minor), sum(days), sum(expected), sum(expected_minor), sum(cost_minor)) as told from segment_cells
  where segment_id = ${segmentId} group by figure, part, currency`)).map(({ told }) => told).toSorted();

describe('what the report counts of segments', () => {
  test('is what a plain question to the rows gives, by two ranges or in one piece, and twice the same', async () => {
    const asked: readonly SegmentConditions[] = [
      segmentConditions.parse({ ages: ['under_35'] }), segmentConditions.parse({ tiers: ['high', 'medium_high'], markets: ['HK', 'DE'] }), segmentConditions.parse({ behaviours: ['punctual'], channels: ['sms', 'none'] }),
      segmentConditions.parse({ premium: [{ currency: 'HKD', at_least_minor: 400_000 }] }), segmentConditions.parse({ markets: ['JP'] }),
    ];
    const ids: number[] = [];
    for (const [place, conditions] of asked.entries()) ids.push(expectOk(await inside((tx) => addSegment(tx, editor(), { name: `Counted ${place}`, conditions }))));
    await play('segment', 'report');
    const expected = await Promise.all(asked.map(fromScratch));
    assert.ok((expected[0]?.length ?? 0) > 15 && (expected[1]?.length ?? 0) > 15, JSON.stringify(expected.slice(0, 2)));
    assert.deepEqual(await Promise.all(ids.map(cellsOf)), expected);
    assert.deepEqual(await cellsOf(0), await fromScratch(NO_CONDITIONS));
    await play('segment', 'report');
    assert.deepEqual(await Promise.all(ids.map(cellsOf)), expected);
    // Changed: counted alone, beside what stands.
    const [first = 0] = ids;
    expectOk(await inside((tx) => changeSegment(tx, editor(), first, 1, { name: 'Counted 0', conditions: segmentConditions.parse({ ages: ['55_over'] }) })));
    assert.equal(await inside((tx) => countChanged(tx, insurer.insurerId, TODAY)), 1);
    assert.deepEqual(await cellsOf(first), await fromScratch(segmentConditions.parse({ ages: ['55_over'] })));
    assert.deepEqual(await cellsOf(ids[1] ?? 0), expected[1]);
    assert.equal(await inside((tx) => countChanged(tx, insurer.insurerId, TODAY)), 0);
    assert.equal((await inside((tx) => tx`select 1 from segment_range_cells where holder_from < 0`)).length, 0);
  });
  test('leaves a segment that was changed while a day was counted to be counted by itself', async () => {
    const id = expectOk(await inside((tx) => addSegment(tx, editor(), { name: 'Moving', conditions: UNDER_35 })));
    await inside((tx) => countRange(tx, insurer.insurerId, TODAY, [{ segment_id: id, conditions: UNDER_35 }], { from: 0, to: Number.MAX_SAFE_INTEGER }));
    const to = segmentConditions.parse({ ages: ['unknown'] });
    expectOk(await inside((tx) => changeSegment(tx, editor(), id, 1, { name: 'Moving', conditions: to })));
    await inside((tx) => sumRanges(tx, insurer.insurerId, TODAY, [{ segment_id: id, conditions: UNDER_35 }]));
    assert.deepEqual(await cellsOf(id), []);
    assert.equal((await inside(allSegments)).find((one) => one.segment_id === id)?.counted_on, null);
    await inside((tx) => countChanged(tx, insurer.insurerId, TODAY));
    assert.deepEqual(await cellsOf(id), await fromScratch(to));
  });
});

describe('segments', () => {
  test('are added, changed on the version that was seen, archived, and taken back into use', async () => {
    await inside((tx) => tx`delete from segments`);
    const added = await inside((tx) => addSegment(tx, editor(), { name: 'Under 35', conditions: UNDER_35 }));
    assert.ok(added.ok);
    assert.equal(codeOf(await inside((tx) => addSegment(tx, editor(), { name: 'Everybody', conditions: segmentConditions.parse({}) }))), 'segment_empty');
    assert.equal(codeOf(await inside((tx) => addSegment(tx, editor(), { name: 'UNDER 35', conditions: UNDER_35 }))), 'segment_name_taken');
    const to = { name: 'Young', conditions: segmentConditions.parse({ ages: ['under_35'], channels: ['sms'] }) };
    assert.deepEqual(await inside((tx) => changeSegment(tx, editor(), added.value, 1, to)), { ok: true, value: 2 });
    const late = await inside((tx) => changeSegment(tx, editor('Ines Roth'), added.value, 1, to));
    assert.ok(!late.ok);
    assert.deepEqual([late.problem.code, late.problem.details?.['by']], ['changed_meanwhile', 'Mei Chan']);
    assert.deepEqual(await inside((tx) => archiveSegment(tx, editor(), added.value, 2, true)), { ok: true, value: 3 });
    const again = await inside((tx) => addSegment(tx, editor(), { name: 'young', conditions: UNDER_35 }));
    assert.ok(again.ok, 'an archived segment gives its name back');
    assert.equal(codeOf(await inside((tx) => archiveSegment(tx, editor(), added.value, 3, false))), 'segment_name_taken');
    const shown = await inside(allSegments);
    assert.deepEqual(shown.map(({ name, version, conditions, archived_at: archived }) => [name, version, conditions.channels, archived !== null]), [['young', 1, [], false], ['Young', 3, ['sms'], true]]);
  });
});

describe('the routes of segments', () => {
  const make = async (client: Client, name: string, conditions: object): Promise<[number, string]> => {
    const answer = await client.send('POST', '/api/segments', { name, conditions });
    return [answer.statusCode, answer.statusCode === 201 ? String(answer.json<{ segment_id: number }>().segment_id) : answer.json<Wire['problem']>().code];
  };

  test('make, change and archive, for who may, on the version that was seen', async () => {
    await inside((tx) => tx`delete from segments`);
    assert.deepEqual((await make(agent, 'Agents', { ages: ['under_35'] }))[0], 403);
    assert.deepEqual(await make(regional, 'Mine', { ages: ['under_35'] }), [403, 'markets_bound']);
    for (const bad of [{ ages: ['young'] }, { premium: [{ currency: 'HKD' }] }]) assert.equal((await make(manager, 'Bad', bad))[0], 400);
    assert.equal((await make(manager, ' ', { ages: ['under_35'] }))[0], 400);
    assert.equal((await make(manager, 'Everybody', {}))[1], 'segment_empty');
    const [status, id] = await make(manager, ' Young ', { ages: ['under_35'] });
    assert.equal(status, 201);
    assert.deepEqual(await make(await logIn(app, 'harbour', 'finance'), 'young', { ages: ['under_35'] }), [409, 'segment_name_taken']);
    const queued = await house.database.owner`select 1 from graphile_worker.jobs where task_identifier = 'segments' and key = ${`cycle:${insurer.insurerId}:segments`}`;
    assert.equal(queued.length, 1, 'it is counted at once');
    const change = { version: 1, name: 'Younger', conditions: { ages: ['under_35'], channels: ['sms'] } };
    assert.deepEqual((await manager.send('PUT', `/api/segments/${id}`, change)).json(), { version: 2 });
    const late = await manager.send('PUT', `/api/segments/${id}`, change);
    assert.deepEqual([late.statusCode, late.json<Wire['problem']>().code], [409, 'changed_meanwhile']);
    assert.equal((await manager.send('PUT', '/api/segments/999999', change)).statusCode, 404);
    assert.equal((await manager.send('POST', `/api/segments/${id}/archive`, { version: 2, archived: true })).statusCode, 200);
    assert.deepEqual((await read<Wire['segments']>(agent, '/api/segments')).segments.map(({ name, version, archived_at: at }) => [name, version, at === null]), [['Younger', 3, false]]);
    assert.equal((await manager.send('POST', `/api/segments/${id}/archive`, { version: 3, archived: false })).statusCode, 200);
    assert.equal((await read<Wire['segments']>(await logIn(app, 'beacon', 'manager'), '/api/segments')).segments.length, 0);
  });

  test('start with four, named in the asker’s language, once', async () => {
    await inside((tx) => tx`delete from segments`);
    assert.deepEqual((await manager.send('POST', '/api/segments/first', {})).json(), { added: 4 });
    assert.deepEqual((await manager.send('POST', '/api/segments/first', {})).json(), { added: 0 });
    const { segments } = await read<Wire['segments']>(manager, '/api/segments');
    assert.deepEqual(segments.map(({ name, counted_on: on }) => [name, on]), ['55 and over', 'Always on time', 'High risk, high value', 'Under 35'].map((name) => [name, null]));
    // The fifth of the policies with the highest premium, told with two digits.
    const [high] = await inside((tx) => tx<{ bound: number }[]>`
      select percentile_disc(0.8) within group (order by premium_minor * case mode when 'monthly' then 12 when 'quarterly' then 4 when 'half_yearly' then 2 else 1 end)::float8 as bound
      from policies where currency = 'HKD' and state not in ('ended', 'cancelled')`);
    const bound = segments.find(({ name }) => name === 'High risk, high value')?.conditions.premium?.find(({ currency }) => currency === 'HKD')?.at_least_minor;
    assert.equal(bound, Number(high?.bound.toPrecision(2)));
  });

  test('show of one what happened, what is to be expected and what is done, each by its own SQL, beside the whole book, and to a person of one market theirs', async () => {
    await inside((tx) => tx`delete from segments`);
    const [, id] = await make(manager, 'Young', { ages: ['under_35'] });
    const waiting = await read<Wire['segment']>(manager, `/api/segments/${id}`);
    assert.deepEqual([waiting.counted_on, waiting.due.filter(({ whole }) => !whole).length], [null, 0]);
    await segmentTask({ database: house.database, now: () => NOW })[SEGMENTS_TASK]?.({ insurer_id: insurer.insurerId }, {} as never);
    const shown = await read<Wire['segment']>(agent, `/api/segments/${id}`);
    assert.equal(shown.counted_on, TODAY);
    for (const block of ['size', 'due', 'ways', 'ahead', 'acts', 'waits', 'law'] as const) {
      assert.ok(shown[block].some(({ whole }) => !whole) || block === 'law', block);
      const rows = await inside((tx) => tx.unsafe(shown.sql[block]));
      assert.deepEqual(rows.map((row) => JSON.parse(JSON.stringify(row, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value))) as unknown), shown[block], block);
    }
    assert.deepEqual([shown.claim?.claim, shown.claim?.verified], ['mobile', false]);
    const sizeOf = (view: Wire['segment']): number => view.size.filter(({ whole, figure }) => !whole && figure === 'holders').reduce((sum, { items }) => sum + items, 0);
    const [inHongKong] = await inside((tx) => tx<{ holders: number }[]>`
      select count(distinct h.holder_id)::int as holders from holders h join policies p using (insurer_id, holder_id)
      where h.market = 'HK' and h.born_on > ${addMonths(TODAY, -420)} and p.state not in ('ended', 'cancelled')`);
    const theirs = await read<Wire['segment']>(regional, `/api/segments/${id}`);
    assert.ok(sizeOf(theirs) < sizeOf(shown));
    assert.equal(sizeOf(theirs), inHongKong?.holders);
    const { segments: [row], book } = await read<Wire['segments']>(manager, '/api/segments');
    assert.deepEqual([row?.sums.holders, row?.sums.due], [sizeOf(shown), shown.due.filter(({ whole }) => !whole).reduce((sum, { bills }) => sum + bills, 0)]);
    assert.ok((book?.holders ?? 0) > (row?.sums.holders ?? 0));
    assert.equal((await manager.get('/api/segments/999999')).statusCode, 404);
  });

  test('foretell by a sample how many holders match, and the list of holders shows exactly them', async () => {
    await inside((tx) => tx`delete from segments`);
    const conditions = { behaviours: ['punctual'], channels: ['sms', 'none'] };
    const [, id] = await make(manager, 'Punctual', conditions);
    const book = await inside((tx) => policiesWhere(tx, "p.state not in ('ended', 'cancelled')"));
    const expected = [...new Set(book.filter((row) => matchesSegment(segmentConditions.parse(conditions), segmentFacts(row, TODAY))).map((row) => row.holder_id))].toSorted((a, b) => a - b);
    const preview = (await manager.send('POST', '/api/segments/preview', { conditions })).json<Wire['segment_preview']>();
    assert.deepEqual([preview.holders, preview.of, preview.whole], [expected.length, new Set(book.map((row) => row.holder_id)).size, true]);
    assert.equal((await agent.send('POST', '/api/segments/preview', { conditions })).statusCode, 403);
    assert.ok(expected.length > 20);
    type Page = { holders: Wire['holder_row'][]; next_after: number | null };
    const listed: number[] = [];
    for (let after: number | null = 0; after !== null;) {
      const page: Page = await read<Page>(manager, `/api/holders?segment=${id}&limit=7&after=${after}`);
      listed.push(...page.holders.map((row) => row.holder_id));
      after = page.next_after;
    }
    assert.deepEqual(listed, expected);
    const bySql = await inside((tx) => tx<{ holder_id: number }[]>`select holder_id from holders where born_on <= ${addMonths(TODAY, -660)} and preferred_channel = 'sms' order by 1`);
    assert.ok(bySql.length > 5);
    assert.deepEqual((await read<Page>(manager, '/api/holders?age=55_over&channel=sms&limit=200')).holders.map((row) => row.holder_id), bySql.map((row) => row.holder_id));
    assert.equal((await manager.get('/api/holders?segment=999999')).statusCode, 404);
    assert.equal((await manager.get('/api/holders?age=old')).statusCode, 400);
  });

  test('let a list of holders go on where a filter that few meet has looked at enough', async () => {
    await inside((tx) => tx`
      insert into holders (insurer_id, external_ref, family_name, language, time_zone, market, born_on)
      select ${insurer.insurerId}, 'Z-' || n, 'Long', 'en', 'Asia/Hong_Kong', 'HK', case when n = 4300 then '1940-01-01'::date end from generate_series(1, 4300) n`);
    await inside((tx) => tx`update holders set preferred_channel = 'letter' where born_on = '1940-01-01'`);
    type Page = { holders: Wire['holder_row'][]; next_after: number | null };
    const first = await read<Page>(manager, '/api/holders?channel=letter');
    assert.equal(first.holders.length, 0);
    assert.ok(first.next_after !== null);
    const second = await read<Page>(manager, `/api/holders?channel=letter&after=${first.next_after}`);
    assert.deepEqual([second.holders.map((row) => row.external_ref), second.next_after], [['Z-4300'], null]);
  });
});
