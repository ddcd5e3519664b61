import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Database, inInsurer, openTestDatabase, type TestDatabase } from '../src/database/index.ts';
import { expectOk, type InsurerId, type PlainDate } from '../src/kernel/index.ts';
import { auditLedger, trialBalance } from '../src/ledger/index.ts';
import { insurerByCode } from '../src/portfolio/index.ts';
import { simulate, type SimulateOptions } from './simulate.ts';

const TODAY = '2026-11-24' as PlainDate;
const POLICIES = 1_500;
let database: Database;
let opened: TestDatabase;
let first: InsurerId;

const build = async (code: string, options: Partial<SimulateOptions> = {}): Promise<InsurerId> =>
  expectOk(await simulate(database, { code, policies: POLICIES, seed: 1, today: TODAY, ...options })).insurerId;

/** A digest of all rows; ids count from the insurer's first, for the sequences are shared by all insurers. */
async function digest(insurerId: InsurerId): Promise<string> {
  const [row] = await database.owner<{ digest: string }[]>`
    with base as (select (select min(holder_id) from holders where insurer_id = ${insurerId}) as h, (select min(policy_id) from policies where insurer_id = ${insurerId}) as p),
    rows as (
      select 1 as t, holder_id as a, 0::bigint as b, (to_jsonb(x) - 'insurer_id' - 'holder_id')::text as r from holders x where insurer_id = ${insurerId}
      union all select 2, holder_id, policy_id, (to_jsonb(x) - 'insurer_id' - 'holder_id' - 'policy_id')::text || (holder_id - h) || (policy_id - p) from policies x, base where insurer_id = ${insurerId}
      union all select 3, policy_id, bill_id, (to_jsonb(x) - 'insurer_id' - 'holder_id' - 'policy_id' - 'bill_id')::text || (policy_id - p) || (bill_id - policy_id * 4096) from bills x, base where insurer_id = ${insurerId}
      union all select 4, policy_id, bill_id, amount_minor || currency || booked_on || debit_account || credit_account || (policy_id - p) from postings x, base where insurer_id = ${insurerId})
    select md5(string_agg(md5(r), '' order by t, a, b)) as digest from rows`;
  return row?.digest ?? '';
}

before(async () => {
  opened = await openTestDatabase();
  ({ database } = opened);
  first = await build('harbour');
});
after(async () => {
  await opened.close();
});

void describe('the demonstration insurer', () => {
  test('is the same from the same seed, and another from another', async () => {
    const [same, other] = [await build('harbour-same'), await build('harbour-other', { seed: 2 })];
    assert.equal(await digest(same), await digest(first));
    assert.notEqual(await digest(other), await digest(first));
  });
  test('is the same where the owner is no superuser and every row is checked', async () => {
    assert.equal(await digest(await build('harbour-checked', { asSuperuser: false })), await digest(first));
  });
  test('has exactly the policies that were asked for, six people, and a clock that begins on its day', async () => {
    const [row] = await database.owner<{ policies: number; holders: number; users: number }[]>`
      select (select count(*)::int from policies where insurer_id = ${first}) as policies, (select count(*)::int from holders where insurer_id = ${first}) as holders,
        (select count(*)::int from users where insurer_id = ${first}) as users`;
    assert.deepEqual({ policies: row?.policies, users: row?.users }, { policies: POLICIES, users: 6 });
    assert.ok(POLICIES / (row?.holders ?? 1) > 1.3 && POLICIES / (row?.holders ?? 1) < 1.5);
    const insurer = expectOk(await insurerByCode(database, 'harbour'));
    assert.ok(insurer.simulated && insurer.simulationSeed === 1);
  });
  test('says of every policy what its bills say', async () => {
    const wrong = await database.owner`
      with paid as (
        select policy_id, count(*)::int as premiums_paid, count(*) filter (where paid_on - due_on between 1 and 30)::int as l1, count(*) filter (where paid_on - due_on between 31 and 90)::int as l31,
          count(*) filter (where paid_on - due_on > 90)::int as l91, sum(greatest(0, paid_on - due_on))::int as total, (array_agg(greatest(0, paid_on - due_on) order by due_on desc))[1] as last,
          avg((paid_by = 'cash')::int)::real as cash, avg((paid_by not in ('cash'))::int)::real as digital, max(period_to) as paid_to
        from bills where insurer_id = ${first} and state = 'paid' group by 1)
      select p.policy_id from policies p left join paid using (policy_id)
      where p.insurer_id = ${first} and (p.premiums_paid <> coalesce(paid.premiums_paid, 0) or p.late_1_to_30_days <> coalesce(l1, 0) or p.late_31_to_90_days <> coalesce(l31, 0)
        or p.late_over_90_days <> coalesce(l91, 0) or p.days_late_total <> coalesce(total, 0) or p.last_days_late is distinct from last or p.cash_share is distinct from cash
        or p.digital_share is distinct from digital or (paid.paid_to is not null and p.paid_to_on <> paid.paid_to))`;
    assert.deepEqual([...wrong], []);
  });
  test('has a policy where its worst open bill is', async () => {
    const wrong = await database.owner`
      with worst as (
        select policy_id, max(case stage when 'lapsed' then 3 when 'suspended' then 2 when 'grace' then 1 when 'late' then 1 else 0 end) as rank
        from bills where insurer_id = ${first} and state = 'open' group by 1)
      select p.policy_id, p.state, rank from policies p left join worst using (policy_id)
      where p.insurer_id = ${first} and p.state in ('in_force', 'grace', 'suspended', 'lapsed')
        and p.state <> (array['in_force', 'grace', 'suspended', 'lapsed'])[coalesce(rank, 0) + 1]
        and not exists (select 1 from bills b where b.insurer_id = ${first} and b.policy_id = p.policy_id and b.state = 'written_off')`;
    assert.deepEqual([...wrong], []);
  });
  test('continues each schedule after its last bill, and bills what is near', async () => {
    const [row] = await database.owner<{ gaps: number; behind: number; unbilled: number }[]>`
      select count(*) filter (where p.next_due_on is not null and p.next_due_on <= b.last_due)::int as gaps,
        count(*) filter (where p.next_due_on < ${TODAY})::int as behind, count(*) filter (where p.next_due_on is null and p.state in ('in_force', 'grace'))::int as unbilled
      from policies p left join (select policy_id, max(due_on) as last_due from bills where insurer_id = ${first} group by 1) b using (policy_id) where p.insurer_id = ${first}`;
    assert.deepEqual({ ...row }, { gaps: 0, behind: 0, unbilled: 0 });
  });
  test('opens its books with every open bill once, in balance, to the auditor’s content', async () => {
    const [row] = await database.owner<{ open: number; posted: number }[]>`
      select (select count(*)::int from bills where insurer_id = ${first} and state = 'open') as open,
        (select count(distinct bill_id)::int from postings join bills b using (insurer_id, holder_id, bill_id) where insurer_id = ${first} and rule = 'opening_balance' and b.state = 'open'
          and postings.amount_minor = b.amount_minor - b.paid_minor) as posted`;
    assert.ok(row !== undefined && row.open > 120);
    assert.equal(row.posted, row.open);
    await inInsurer(database.app, first, async (tx) => {
      const balances = await trialBalance(tx, TODAY);
      for (const currency of new Set(balances.map((one) => one.currency))) assert.equal(balances.filter((one) => one.currency === currency).reduce((sum, one) => sum + one.balanceMinor, 0n), 0n);
      assert.deepEqual(await auditLedger(tx), []);
    });
  });
  test('has rows that refer to rows that there are, though the checks were left out while loading', async () => {
    const [row] = await database.owner<{ lost: number }[]>`
      select (select count(*) from policies p left join holders h using (insurer_id, holder_id) where p.insurer_id = ${first} and h.holder_id is null)::int
        + (select count(*) from bills b left join policies p using (insurer_id, holder_id, policy_id) where b.insurer_id = ${first} and p.policy_id is null)::int as lost`;
    assert.equal(row?.lost, 0);
  });
  test('has all markets, lines, modes and stages, and a few of everything rare', async () => {
    const [row] = await database.owner<Record<string, number>[]>`
      select (select count(distinct market)::int from holders where insurer_id = ${first}) as markets, (select count(distinct line)::int from policies where insurer_id = ${first}) as lines,
        (select count(distinct mode)::int from policies where insurer_id = ${first}) as modes, (select count(distinct state)::int from bills where insurer_id = ${first}) as bill_states,
        (select count(*)::int from holders where insurer_id = ${first} and flags <> '{}') as flagged, (select count(*)::int from holders where insurer_id = ${first} and kind = 'company') as companies,
        (select count(*)::int from policies where insurer_id = ${first} and state = 'lapsed') as lapsed`;
    assert.deepEqual({ markets: row?.['markets'], lines: row?.['lines'], modes: row?.['modes'], bill_states: row?.['bill_states'] }, { markets: 6, lines: 4, modes: 4, bill_states: 4 });
    for (const name of ['flagged', 'companies', 'lapsed']) assert.ok((row?.[name] ?? 0) > 0, name);
  });
});

void describe('building it', () => {
  test('stopped half way leaves nothing, and can be done again', async () => {
    const stop = new AbortController();
    const stopped = await simulate(database, {
      code: 'harbour-stopped', policies: 30_000, seed: 1, today: TODAY, signal: stop.signal, onProgress: ({ policies }) => { if (policies > 4_000) stop.abort(); },
    });
    assert.equal(!stopped.ok && stopped.problem.code, 'simulation_stopped');
    assert.equal((await insurerByCode(database, 'harbour-stopped')).ok, false);
    const [rows] = await database.owner<{ n: number }[]>`select count(*)::int as n from holders where insurer_id not in (select insurer_id from insurers)`;
    assert.equal(rows?.n, 0);
    await build('harbour-stopped');
  });
  test('begins anew where a process died before it was finished', async () => {
    const id = await build('harbour-killed');
    await database.owner`delete from users where insurer_id = ${id}`;
    assert.equal(await digest(await build('harbour-killed')), await digest(first));
    const [rows] = await database.owner<{ n: number }[]>`select count(*)::int as n from bills where insurer_id = ${id}`;
    assert.equal(rows?.n, 0);
  });
  test('of a code that is taken, or of no policies at all, is refused', async () => {
    const taken = await simulate(database, { code: 'harbour', policies: 10, seed: 1 });
    assert.equal(!taken.ok && taken.problem.code, 'insurer_exists');
    for (const policies of [0, -1, 1.5, Number.NaN, 100_000_000]) {
      const refused = await simulate(database, { code: 'harbour-none', policies, seed: 1 });
      assert.equal(!refused.ok && refused.problem.code, 'simulation_size_invalid');
    }
  });
});
