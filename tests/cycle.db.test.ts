/** A simulated insurer's business days: what the cycle promises, each promise worked out again from the rows by a way of its own. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { bankFileArrived, rulePacks, runCycle, STAGES, startCycle } from '../src/cycle/index.ts';
import { inInsurer, type Tx } from '../src/database/index.ts';
import { addDays, expectOk, type InsurerId, momentOf, type PlainDate } from '../src/kernel/index.ts';
import { auditLedger, trialBalance } from '../src/ledger/index.ts';
import { type Insurer, insurerById, setClockOffset } from '../src/portfolio/index.ts';
import { openPlayHouse, playDays } from '../simulator/index.ts';
import markets from '../src/billing/markets.json' with { type: 'json' };
import notices from '../src/billing/notice.json' with { type: 'json' };
import { FIRST_DAY, fingerprint, type House, inforce, openHouse, SEED, simulated } from './house.ts';

/** Holders are let act for so many days after the first. */
const DAYS = 9;
const LAST_DAY = addDays(FIRST_DAY, DAYS);

let house: House;
let harbour: Insurer;
let beacon: Insurer;
let before_: readonly PolicyRow[];

const inside = <T>(insurer: Insurer, work: (tx: Tx) => Promise<T>): Promise<T> => inInsurer(house.database.app, insurer.insurerId, work);
const none = async (insurer: Insurer, what: string, query: (tx: Tx) => Promise<readonly object[]>): Promise<void> => {
  const rows = await inside(insurer, query);
  assert.equal(rows.length, 0, `${what}: ${rows.length}, the first ${JSON.stringify(rows[0], (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))} (seed ${SEED})`);
};

before(async () => {
  house = await openHouse();
  harbour = await simulated(house.database, 'harbour', 1_500);
  beacon = await simulated(house.database, 'beacon', 700, SEED + 1);
  before_ = await inside(harbour, readPolicies);
});
after(() => house.close());

describe('a business day', () => {
  test('stops after the stage that is named, goes on from there, and no stage changes anything when it is run again', async () => {
    const others = await fingerprint(house.database, beacon.insurerId);
    for (const stage of STAGES) {
      const ran = expectOk(await runCycle(house.database, harbour, { businessDate: FIRST_DAY, stopAfter: stage.name }));
      assert.equal(ran.state, stage.name === 'report' ? 'done' : 'stopped');
      const done = await fingerprint(house.database, harbour.insurerId);
      await workAgain(harbour, FIRST_DAY, stage.name);
      assert.equal(await fingerprint(house.database, harbour.insurerId), done, `${stage.name}, run twice (seed ${SEED})`);
    }
    assert.equal(await fingerprint(house.database, beacon.insurerId), others, 'another insurer’s rows were touched');
  });

  test('that is done is not played again, and an earlier one is refused with a sentence', async () => {
    const done = await fingerprint(house.database, harbour.insurerId);
    assert.deepEqual(expectOk(await startCycle(house.database, harbour, FIRST_DAY)), { businessDate: FIRST_DAY, state: 'already_done' });
    const earlier = await runCycle(house.database, harbour, { businessDate: addDays(FIRST_DAY, -1) });
    assert.equal(earlier.ok ? 'played' : earlier.problem.code, 'business_date_before_last_cycle');
    assert.equal(await fingerprint(house.database, harbour.insurerId), done);
    const told = await inforce(house.folder, 'cycle', '--insurer', 'harbour', '--date', addDays(FIRST_DAY, -1)).ended;
    assert.equal(told.code, 1);
    assert.match(told.output, /^The cycle of 2026-12-01 has run already/m);
  });

  test('bills instalments within the market’s days ahead exactly once, for exactly their premium, levies and taxes, and none later than the law’s notice', async () => {
    const may = new Set(before_.flatMap((policy) => instalmentsDue(policy, FIRST_DAY)));
    const must = before_.flatMap((policy) => instalmentsDue(policy, FIRST_DAY, 'notice'));
    const issued = await inside(harbour, (tx) => tx<{ line: string }[]>`
      select format('%s no %s due %s from %s to %s: %s', policy_id, instalment_no, due_on, period_from, period_to, amount_minor) as line from bills where issued_on = ${FIRST_DAY} order by 1`);
    const lines = issued.map((row) => row.line);
    assert.ok(may.size > 5 && lines.length > 0, 'too few to prove anything');
    assert.deepEqual(lines.filter((line) => !may.has(line)), [], `seed ${SEED}`);
    assert.deepEqual(must.filter((line) => !lines.includes(line)), [], `seed ${SEED}`);
    assert.equal(new Set(lines).size, lines.length);
    await none(harbour, 'bills of the night that leave without saying the late fees their neighbours of the same market say, or say them while held', (tx) => tx`
      with issued as (select b.bill_id, b.state, b.announced, b.market, b.currency, p.line, coalesce(p.subdivision, '') as part from bills b join policies p using (holder_id, policy_id) where b.issued_on = ${FIRST_DAY} and b.due_on > ${FIRST_DAY})
      select * from issued i where (i.state = 'held' and i.announced is not null)
        or (i.state = 'open' and i.announced is null and exists (select from issued o where o.announced is not null and (o.market, o.part, o.line, o.currency) = (i.market, i.part, i.line, i.currency)))`);
    const [says] = await inside(harbour, (tx) => tx<{ bills: number }[]>`select count(announced)::int as bills from bills where issued_on = ${FIRST_DAY} and next_fee_on > due_on`);
    assert.ok((says?.bills ?? 0) > 0, `no bill of the night announces a late fee (seed ${SEED})`);
  });

  test('started twice at once is one', async () => {
    const twice = await Promise.all([1, 2].map(() => startCycle(house.database, beacon, FIRST_DAY)));
    assert.deepEqual(twice.map((one) => expectOk(one).state).sort(), ['resumed', 'started']);
    const ends = await Promise.all([1, 2].map(() => runCycle(house.database, beacon, { businessDate: FIRST_DAY })));
    for (const end of ends) assert.equal(expectOk(end).state, 'done');
    await none(beacon, 'ranges done twice or never', (tx) => tx`
      select stage, holder_from, count(*) from cycle_partitions where business_date = ${FIRST_DAY} group by 1, 2 having count(*) <> 1 or count(done_at) <> 1`);
    assert.equal((await inside(beacon, (tx) => tx`select from cycle_runs`)).length, 1);
    for (const stage of STAGES) {
      const done = await fingerprint(house.database, beacon.insurerId);
      await workAgain(beacon, FIRST_DAY, stage.name);
      assert.equal(await fingerprint(house.database, beacon.insurerId), done, stage.name);
    }
  });

  test('that was skipped is made up for by the next: what it would have billed and scored is there', async () => {
    const next = addDays(FIRST_DAY, 2);
    const policies = await inside(beacon, readPolicies);
    expectOk(await runCycle(house.database, beacon, { businessDate: next }));
    const may = new Set(policies.flatMap((policy) => instalmentsDue(policy, next)));
    const must = policies.flatMap((policy) => instalmentsDue(policy, next, 'notice'));
    const skipped = await inside(beacon, (tx) => tx`select policy_id from policies where next_bill_on <= ${next} and next_due_on is not null and state in ('pending', 'in_force', 'grace')`);
    const issued = await inside(beacon, (tx) => tx<{ line: string }[]>`
      select format('%s no %s due %s from %s to %s: %s', policy_id, instalment_no, due_on, period_from, period_to, amount_minor) as line from bills where issued_on = ${next}`);
    const lines = issued.map((row) => row.line);
    assert.deepEqual([...lines.filter((line) => !may.has(line)), ...must.filter((line) => !lines.includes(line)), ...skipped], [], `seed ${SEED}`);
    const crossed = (tx: Tx) => tx<{ policy_id: number; due_on: PlainDate; horizon: number; scored: boolean }[]>`
      with instalments as (
        select holder_id, policy_id, next_due_on as due_on from policies where state in ('in_force', 'grace', 'pending')
        union select holder_id, policy_id, due_on from bills where state = 'open'),
      crossed as (select i.*, h as horizon from instalments i, unnest(array[90, 60, 30, 7, 0]) h where i.due_on - h in (${addDays(FIRST_DAY, 1)}::date, ${next}::date))
      select c.*, exists (select from scores s where s.holder_id = c.holder_id and s.policy_id = c.policy_id and s.due_on = c.due_on and s.horizon_days = c.horizon and s.scored_on = ${next}) as scored
      from crossed c`;
    const horizons = await inside(beacon, crossed);
    assert.ok(horizons.length > 3, 'too few to prove anything');
    assert.deepEqual(horizons.filter((row) => !row.scored), [], `seed ${SEED}`);
  });

  test('is played to a stage, and resumed, on the command line', async () => {
    const day = addDays(FIRST_DAY, 3);
    const stopped = await inforce(house.folder, 'cycle', '--insurer', 'beacon', '--date', day, '--stage', 'decide', '--workers', '1').ended;
    assert.equal(stopped.code, 0, stopped.output);
    assert.match(stopped.output, /stopped before gate/);
    assert.equal((await inside(beacon, (tx) => tx`select from gate_answers where asked_on = ${day}`)).length, 0);
    const resumed = await inforce(house.folder, 'cycle', '--insurer', 'beacon', '--date', day, '--resume', '--workers', '1').ended;
    assert.equal(resumed.code, 0, resumed.output);
    assert.match(resumed.output, /2026-12-04: done/);
    const unknown = await inforce(house.folder, 'cycle', '--insurer', 'beacon', '--date', addDays(day, 1), '--stage', 'guess').ended;
    assert.equal(unknown.code, 1);
    assert.match(unknown.output, /There is no stage “guess”\. Stages: bill, age/);
  });

  test('that is told to stop while its last range of a stage is worked on stays stopped', async () => {
    const day = addDays(FIRST_DAY, 4);
    const stop = new AbortController();
    let stoppedIn = '';
    const ran = await runCycle(house.database, beacon, {
      businessDate: day, signal: stop.signal, onProgress: ({ stage }) => {
        if (stage === 'bill' || stop.signal.aborted) return;
        stoppedIn = stage;
        stop.abort();
      },
    });
    const [run] = await inside(beacon, (tx) => tx<{ state: string }[]>`select state from cycle_runs where business_date = ${day}`);
    // The last stage has one range: a day that is told to stop in it may be over with it, and says so.
    if (stoppedIn !== STAGES.at(-1)?.name) {
      assert.equal(ran.ok ? ran.value.state : ran.problem.code, 'cycle_stopped');
      assert.equal(run?.state, 'stopped');
    } else assert.ok(['stopped', 'done'].includes(run?.state ?? ''));
    assert.equal(expectOk(await runCycle(house.database, beacon, { businessDate: day })).state, 'done');
  });

  test('is refused when the clock was set back, in words that say why', async () => {
    const now = expectOk(await insurerById(house.database, beacon.insurerId));
    const back = await inforce(house.folder, 'clock', '2026-11-20', '--insurer', 'beacon').ended;
    assert.equal(back.code, 1);
    assert.match(back.output, /only goes forward; 2026-11-20 is behind it/);
    const untouched = await fingerprint(house.database, beacon.insurerId, ['insurers']);
    // However it came about: the machine's clock was wrong yesterday, or somebody has set it.
    expectOk(await setClockOffset(house.database, now, momentOf(addDays(FIRST_DAY, -20), 600, now.timeZone) - Date.now()));
    const refused = await inforce(house.folder, 'cycle', '--insurer', 'beacon').ended;
    assert.equal(refused.code, 1);
    assert.match(refused.output, /^The cycle of 2026-12-05 has run already, so 2026-11-11/m);
    assert.equal(await fingerprint(house.database, beacon.insurerId, ['insurers']), untouched);
    expectOk(await setClockOffset(house.database, now, now.clockOffsetMs));
  });
});

describe(`${DAYS} days with holders who act`, () => {
  before(async () => {
    const others = await fingerprint(house.database, beacon.insurerId);
    const play = await openPlayHouse(house.database, house.folder);
    try {
      expectOk(await playDays(play, { insurer: harbour, until: LAST_DAY }));
    } finally {
      await play.close();
    }
    assert.equal(await fingerprint(house.database, beacon.insurerId), others, 'another insurer’s rows were touched');
    const [sent] = await inside(harbour, (tx) => tx<{ sent: number; paid: number }[]>`
      select (select count(*) from contacts where sent_at is not null)::int as sent, (select count(*) from bills where paid_on >= ${FIRST_DAY})::int as paid`);
    assert.ok((sent?.sent ?? 0) > 50 && (sent?.paid ?? 0) > 20, `too little happened to prove anything: ${JSON.stringify(sent)}`);
  });

  test('leave books that balance and that the auditor agrees with', async () => {
    const balance = await inside(harbour, (tx) => trialBalance(tx, LAST_DAY));
    for (const currency of new Set(balance.map((row) => row.currency))) {
      assert.equal(balance.filter((row) => row.currency === currency).reduce((sum, row) => sum + row.balanceMinor, 0n), 0n, currency);
    }
    assert.deepEqual(await inside(harbour, auditLedger), []);
  });

  test('leave every instalment with one bill, and none without; each bill that left was sent, or the law said no', async () => {
    await none(harbour, 'bills that left and were not sent', (tx) => tx`
      select b.bill_id from bills b where b.issued_on between ${FIRST_DAY} and ${LAST_DAY} and b.state = 'open' and b.kind = 'instalment'
        and (select count(distinct g.ask_key) from gate_answers g where g.holder_id = b.holder_id and g.bill_id = b.bill_id and g.purpose in ('bill', 'welcome') and g.ask_key not like '%:waited') <> 1`);
    await none(harbour, 'instalments with two bills', (tx) => tx`select policy_id, instalment_no from bills group by 1, 2 having count(*) > 1`);
    await none(harbour, 'gaps in a policy’s bills', (tx) => tx`
      select policy_id, instalment_no, before from (select policy_id, instalment_no, lag(instalment_no) over (partition by policy_id order by instalment_no) as before from bills) b
      where instalment_no <> before + 1`);
    const policies = await inside(harbour, readPolicies);
    const late = policies.filter((policy) => policy.state_since === null || policy.state_since < FIRST_DAY).flatMap((policy) => instalmentsDue(policy, LAST_DAY, 'notice'));
    assert.deepEqual(late, [], 'the law’s notice has begun and it was not billed');
  });

  test('send nothing that the gate did not allow, nothing twice, nothing before its moment', async () => {
    await none(harbour, 'contacts without an allow', (tx) => tx`
      select c.contact_id from contacts c left join gate_answers g on g.holder_id = c.holder_id and g.ask_key = c.ask_key and g.answer = 'allow' where g.ask_key is null`);
    await none(harbour, 'contacts before their moment', (tx) => tx`select contact_id from contacts where sent_at < not_before`);
    await none(harbour, 'contacts of a purpose or channel that was not asked for', (tx) => tx`
      select c.contact_id from contacts c join gate_answers g using (holder_id, ask_key) where (g.purpose, g.channel, g.bill_id) is distinct from (c.purpose, c.channel, c.bill_id)`);
    const twice = await house.database.owner`
      select contact_id, count(*) from simulator.inbox where insurer_code = 'harbour' group by 1 having count(*) > 1 or contact_id is null`;
    assert.deepEqual([...twice], []);
    const strangers = await house.database.owner`
      select i.contact_id from simulator.inbox i where insurer_code = 'harbour' and not exists (
        select from contacts c where c.insurer_id = ${harbour.insurerId} and c.contact_id = i.contact_id and c.holder_id = i.holder_id and c.state in ('sent', 'delivered') and c.sent_at = date_trunc('milliseconds', c.sent_at))`;
    assert.deepEqual([...strangers], [], 'received, but not written down as sent');
  });

  test('reach people only in the hours of their own zone', async () => {
    await none(harbour, 'reminders at night', (tx) => tx`
      with hours (market, opens, closes) as (values ('CN', 8, 22), ('TW', 7, 22), ('PH', 6, 22), ('US', 8, 21)),
      sent as (
        select c.contact_id, c.channel, p.market, extract(hour from c.sent_at at time zone h.time_zone) as hour
        from contacts c join holders h using (insurer_id, holder_id) join policies p using (insurer_id, holder_id, policy_id)
        where c.purpose = 'premium_reminder' and c.channel in ('email', 'sms', 'call') and c.sent_at is not null)
      select sent.* from sent left join hours using (market) where hour < coalesce(opens, 8) or hour >= coalesce(closes, 20)`);
  });

  test('reach a person at most three times in any seven days, and no channel that they have closed', async () => {
    await none(harbour, 'a fourth contact in seven days', (tx) => tx`
      with counted as (
        select holder_id, contact_id, coalesce(sent_at, closed_at) as at from contacts
        where purpose not in ('receipt', 'legal_notice', 'bill') and state in ('sent', 'delivered', 'done', 'unconfirmed'))
      select a.holder_id, a.at, count(*) from counted a join counted b on b.holder_id = a.holder_id and b.at <= a.at and b.at > a.at - interval '7 days' group by 1, 2 having count(*) > 3`);
    await none(harbour, 'reminders on a closed channel', (tx) => tx`
      select c.contact_id from contacts c join holders h using (insurer_id, holder_id)
      where c.state = 'queued' and c.purpose = 'premium_reminder' and c.queued_on = ${LAST_DAY} and (c.channel = any(h.opted_out) or 'all' = any(h.opted_out))`);
  });

  test('remind nobody of a bill that is paid, disputed or on its way to be paid', async () => {
    await none(harbour, 'reminders of paid bills', (tx) => tx`
      select c.contact_id, c.sent_at, y.settled_at from contacts c join bills b using (insurer_id, holder_id, bill_id)
        join allocations a using (insurer_id, holder_id, bill_id) join payments y on y.holder_id = a.holder_id and y.payment_id = a.payment_id
      where c.purpose in ('premium_reminder', 'legal_notice') and b.state = 'paid' and c.sent_at > y.settled_at and b.amount_minor = a.amount_minor`);
    await none(harbour, 'reminders of paid bills that still wait', (tx) => tx`
      select c.contact_id from contacts c join bills b using (insurer_id, holder_id, bill_id) where c.purpose = 'premium_reminder' and c.state in ('queued', 'sending') and b.state <> 'open'`);
    await none(harbour, 'reminders during a dispute', (tx) => tx`
      select c.contact_id from contacts c join disputes d using (insurer_id, holder_id, bill_id)
      where c.purpose = 'premium_reminder' and c.sent_at > d.opened_at and (d.closed_at is null or c.sent_at < d.closed_at)`);
    await none(harbour, 'payments without a receipt that was asked for once', (tx) => tx`
      select y.payment_id from payments y where y.state = 'succeeded' and y.settled_at >= ${new Date(momentOf(FIRST_DAY, 0, harbour.timeZone))}
        and (select count(*) from gate_answers g where g.holder_id = y.holder_id and g.purpose = 'receipt' and g.bill_id = y.bill_id and g.answer in ('allow', 'refuse')) <> 1`);
  });

  test('leave each policy where its worst bill is', async () => {
    await none(harbour, 'policies that are elsewhere', (tx) => tx`
      select p.policy_id, p.state, array_agg(b.stage) as stages
      from policies p left join bills b on b.insurer_id = p.insurer_id and b.holder_id = p.holder_id and b.policy_id = p.policy_id and b.state = 'open'
      where p.state in ('in_force', 'grace', 'suspended', 'lapsed') group by p.policy_id, p.state
      having count(b.bill_id) > 0 and p.state <> case when bool_or(b.stage = 'lapsed') then 'lapsed' when bool_or(b.stage = 'suspended') then 'suspended'
        when bool_or(b.stage in ('grace', 'late')) then 'grace' else 'in_force' end`);
    await none(harbour, 'open bills past due that are called due', (tx) => tx`
      select bill_id, stage, due_on, next_change_on from bills where state = 'open' and (next_change_on <= ${LAST_DAY} or (stage = 'not_due' and due_on < ${LAST_DAY}))`);
  });

  test('write down figures that a plain query over the rows gives too', async () => {
    await compareFigures(addDays(LAST_DAY, -1));
  });

  test('write down the figures of the day before as they were at its end, whatever has happened since', async () => {
    const next = addDays(LAST_DAY, 1);
    const bills = await inside(harbour, (tx) => tx<{ holder_id: number; bill_id: number; currency: string }[]>`
      select holder_id, bill_id, currency from bills where state = 'open' and currency <> 'USD' and amount_minor - paid_minor > 1000 and not disputed and not in_flight order by bill_id limit 5`);
    const [part, foreign, , , lost] = bills;
    assert.ok(part !== undefined && foreign !== undefined && lost !== undefined);
    const bank = async (on: PlainDate, minutes: number, lines: readonly string[]): Promise<void> => {
      const content = ['reference,amount,currency,booked_on,bank_reference,payer', ...lines].join('\n');
      const booked = expectOk(await bankFileArrived(house.database, rulePacks(), harbour, { fileName: `${on}.csv`, content }, momentOf(on, minutes, harbour.timeZone)));
      assert.deepEqual([booked.booked, booked.badCount], [lines.length, 0]);
    };
    await bank(LAST_DAY, 900, [`${part.holder_id}-${part.bill_id},2,${part.currency},${LAST_DAY},T-1,A`, `${foreign.holder_id}-${foreign.bill_id},3,USD,${LAST_DAY},T-2,B`]);
    // After midnight and before the cycle: some more of it is paid, and one is lapsed for so long that the morning writes it off.
    await bank(next, 30, [`${part.holder_id}-${part.bill_id},1,${part.currency},${next},T-3,A`]);
    await inside(harbour, (tx) => tx`update bills set stage = 'lapsed', stage_since = ${addDays(next, -200)}, next_change_on = null, waits_for = null where bill_id = ${lost.bill_id}`);
    expectOk(await runCycle(house.database, harbour, { businessDate: next }));
    const [closed] = await inside(harbour, (tx) => tx<{ state: string }[]>`select state from bills where bill_id = ${lost.bill_id}`);
    assert.equal(closed?.state, 'written_off');
    await compareFigures(LAST_DAY);
    assert.deepEqual(await inside(harbour, auditLedger), []);
  });

  test('score an instalment that was never paid on time in a book of one policy too', async () => {
    const tiny = await simulated(house.database, 'tiny', 1);
    await inside(tiny, (tx) => tx`update bills set state = 'open', paid_on = null, paid_by = null, paid_minor = 0`);
    for (const day of [FIRST_DAY, addDays(FIRST_DAY, 45)]) assert.equal(expectOk(await runCycle(house.database, tiny, { businessDate: day })).state, 'done');
  });
});

/** What the report wrote down, against one plain query for each figure. */
async function compareFigures(day: PlainDate): Promise<void> {
  const written = await inside(harbour, (tx) => tx<FigureRow[]>`
    select figure, market, line, currency, numerator::text, denominator::text from daily_figures where on_date = ${day} order by 1, 2, 3, 4`);
  const expected: FigureRow[] = [];
  for (const [figure, query] of Object.entries(FIGURES)) expected.push(...(await inside(harbour, (tx) => query(tx, day, harbour))).map((row): FigureRow => ({ figure, ...row })));
  const lines = (rows: readonly FigureRow[]): string[] => rows.map((row) => [row.figure, row.market, row.line, row.currency, Number(row.numerator), Number(row.denominator)].join(' ')).sort();
  assert.ok(new Set(written.map((row) => row.figure)).size >= 9);
  assert.deepEqual(lines(written), lines(expected), `seed ${SEED}`);
}

/** The work of a stage once more over all its ranges, as if its job had come twice. */
async function workAgain(insurer: Insurer, businessDate: PlainDate, name: string): Promise<void> {
  const stage = STAGES.find((one) => one.name === name);
  assert.ok(stage);
  const ranges = await inside(insurer, (tx) => tx<{ from: number; to: number }[]>`
    select holder_from as "from", holder_to as "to" from cycle_partitions where business_date = ${businessDate} and stage = ${name}`);
  assert.ok(ranges.length > 0);
  for (const range of ranges) {
    await inside(insurer, async (tx) => {
      const [run] = await tx<{ shared: never }[]>`select shared from cycle_runs where business_date = ${businessDate}`;
      assert.ok(run);
      await stage.work(tx, { insurer, businessDate, packs: rulePacks(), shared: run.shared }, range);
    });
  }
}

type PolicyRow = {
  readonly policy_id: number; readonly market: string; readonly line: string; readonly currency: string; readonly mode: string; readonly premium_minor: bigint; readonly cover_from: PlainDate;
  readonly cover_to: PlainDate | null; readonly due_day: number; readonly next_due_on: PlainDate | null; readonly state: string; readonly state_since: PlainDate | null;
};
const readPolicies = (tx: Tx): Promise<PolicyRow[]> => tx<PolicyRow[]>`
  select policy_id, market, line, currency, mode, premium_minor, cover_from, cover_to, due_day, next_due_on, state, state_since from policies order by policy_id`;

const MONTHS: Readonly<Record<string, number>> = { monthly: 1, quarterly: 3, half_yearly: 6, annual: 12 };

/** Months from a date by the calendar of the machine's own library, the day of the month cut to the month's length. */
function monthsOn(from: PlainDate, months: number, day: number): PlainDate {
  const [year = 0, month = 0] = from.split('-').map(Number);
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(day, last))).toISOString().slice(0, 10) as PlainDate;
}

/**
 * Every instalment of a policy that has no bill yet and falls due within the market's days ahead, or so soon that its notice is due, walked from the first. A first or last part too small for a bill of its own is with its neighbour.
 */
function instalmentsDue(policy: PolicyRow, today: PlainDate, within: 'ahead' | 'notice' = 'ahead'): string[] {
  if (policy.next_due_on === null || !['pending', 'in_force', 'grace'].includes(policy.state)) return [];
  const market = (markets.markets as Readonly<Record<string, Market>>)[policy.market];
  const notice = (notices.markets as Readonly<Record<string, { readonly days: number }>>)[policy.market]?.days ?? notices.default.days;
  const days = within === 'notice' ? notice : market?.issue_days_ahead ?? markets.issue_days_ahead_default;
  const until = new Date(Date.parse(today) + days * 86_400_000).toISOString().slice(0, 10);
  const months = MONTHS[policy.mode];
  const { cover_from: begins, cover_to: ends, due_day: day, premium_minor: premium } = policy;
  const all: { no: number; due: PlainDate; from: PlainDate; to: PlainDate }[] = [];
  for (let no = 1, from = begins; from <= until || all.length === 0 || (all.at(-2)?.due ?? '') <= until; no += 1) {
    if (ends !== null && from >= ends) break;
    const next = months === undefined ? (ends ?? monthsOn(begins, 12, Number(begins.slice(8)))) : monthsOn(begins, no * months, day);
    all.push({ no, due: from, from, to: ends !== null && ends < next ? ends : next });
    if (months === undefined) break;
    from = next;
  }
  const price = (one: { from: PlainDate; to: PlainDate }): bigint => (months === undefined ? premium : shared(premium, months, begins, day, one.from, one.to));
  const least = BigInt((markets.minimum_instalment.by_currency as Readonly<Record<string, number>>)[policy.currency] ?? 0);
  const isSmall = (one: { from: PlainDate; to: PlainDate }): boolean => months !== undefined && price(one) < least && price(one) < premium - 1n;
  const [first, second] = all;
  if (first !== undefined && second !== undefined && isSmall(first)) { second.from = first.from; all.shift(); }
  const [before, last] = all.slice(-2);
  if (before !== undefined && last !== undefined && last.to === ends && isSmall(last)) { before.to = last.to; all.pop(); }
  return all.filter(({ due }) => due >= (policy.next_due_on ?? '') && due <= until).map(({ no, due, from, to }) => {
    const amount = price({ from, to });
    const charges = (market?.charges ?? []).filter((one) => one.lines.includes(policy.line) && due >= one.effective_from && (one.effective_to === null || due <= one.effective_to))
      .reduce((sum, one) => sum + levyOf(amount, one, begins, from, to), 0n);
    return `${policy.policy_id} no ${no} due ${due} from ${from} to ${to}: ${amount + charges}`;
  });
}

type MarketCharge = { readonly lines: readonly string[]; readonly basis_points: number; readonly annual_cap_minor: number | null; readonly effective_from: string; readonly effective_to: string | null };
type Market = { readonly issue_days_ahead: number; readonly charges: readonly MarketCharge[] };

/** Half goes to the even neighbour. */
function halfEven(numerator: bigint, denominator: bigint): bigint {
  const [whole, rest] = [numerator / denominator, numerator % denominator];
  return rest * 2n > denominator || (rest * 2n === denominator && whole % 2n === 1n) ? whole + 1n : whole;
}

/** An amount for each period of so many months, walked period by period: of each the days that are meant, rounded up to the end less up to the beginning. */
function shared(each: bigint, months: number, begins: PlainDate, day: number, from: PlainDate, to: PlainDate): bigint {
  const days = (a: string, b: string): bigint => BigInt(Math.round((Date.parse(b) - Date.parse(a)) / 86_400_000));
  let sum = 0n;
  for (let k = -1; ; k += 1) {
    const [one, next] = [monthsOn(begins, k * months, day), monthsOn(begins, (k + 1) * months, day)];
    if (one >= to) return sum;
    if (next <= from) continue;
    const upTo = (on: PlainDate): bigint => (on <= one ? 0n : on >= next ? each : halfEven(each * days(one, on), days(one, next)));
    sum += upTo(to) - upTo(from);
  }
}

/** A year's cap is shared by twelfths of the year since cover began: of one that is not whole the rounded sums' difference. */
function levyOf(premium: bigint, { basis_points: points, annual_cap_minor: cap }: MarketCharge, begins: PlainDate, from: PlainDate, to: PlainDate): bigint {
  const levy = halfEven(premium * BigInt(points), 10_000n);
  if (cap === null) return levy;
  const sumTo = (on: PlainDate): bigint => {
    let k = 0;
    while (monthsOn(begins, k + 1, Number(begins.slice(8))) <= on) k += 1;
    const twelfth = (n: number): bigint => halfEven(BigInt(cap) * BigInt(n), 12n);
    const one = monthsOn(begins, k, Number(begins.slice(8)));
    return twelfth(k) + shared(twelfth(k + 1) - twelfth(k), 1, one, Number(begins.slice(8)), one, on);
  };
  const most = sumTo(to) - sumTo(from);
  return levy < most ? levy : most;
}

type FigureRow = { readonly figure: string; readonly market: string; readonly line: string; readonly currency: string; readonly numerator: string; readonly denominator: string };
type Figure = (tx: Tx, day: PlainDate, insurer: { readonly insurerId: InsurerId; readonly timeZone: string }) => Promise<readonly Omit<FigureRow, 'figure'>[]>;

/** What was outstanding at the end of the day, by how long it had been due. */
const ageing = (least: number, most: number): Figure => (tx, day) => tx`
  select p.market, p.line, b.currency, sum(b.amount_minor - b.paid_minor + coalesce(since.paid, 0))::text as numerator, count(*)::text as denominator
  from bills b join policies p using (insurer_id, holder_id, policy_id)
    left join lateral (select sum(amount_minor) as paid from allocations a where a.holder_id = b.holder_id and a.bill_id = b.bill_id and a.booked_on > ${day}) since on true
  where b.issued_on <= ${day} and ${day}::date - b.due_on between ${least} and ${most} and b.state not in ('cancelled', 'held')
    and (b.paid_on is null or b.paid_on > ${day}) and (b.closed_on is null or b.closed_on > ${day})
  group by 1, 2, 3`;

const FIGURES: Readonly<Record<string, Figure>> = {
  paid_on_time: (tx, day) => tx`
    select p.market, p.line, b.currency, count(*) filter (where b.paid_on <= b.due_on)::text as numerator, count(*)::text as denominator
    from bills b join policies p using (insurer_id, holder_id, policy_id) where b.due_on between ${day}::date - 29 and ${day}::date and b.state not in ('cancelled', 'held') group by 1, 2, 3`,
  days_to_collect: (tx, day) => tx`
    select p.market, p.line, b.currency, sum(b.paid_on - b.issued_on)::text as numerator, count(*)::text as denominator
    from bills b join policies p using (insurer_id, holder_id, policy_id) where b.paid_on between ${day}::date - 29 and ${day}::date group by 1, 2, 3`,
  uncollectible: (tx, day) => tx`
    select p.market, p.line, b.currency, count(*) filter (where b.state = 'written_off')::text as numerator, count(*)::text as denominator
    from bills b join policies p using (insurer_id, holder_id, policy_id)
    where b.state in ('paid', 'written_off') and coalesce(b.paid_on, b.closed_on) between ${day}::date - 364 and ${day}::date group by 1, 2, 3`,
  cash: (tx, day, { timeZone }) => tx`
    select p.market, p.line, y.currency, sum(y.amount_minor)::text as numerator, count(*)::text as denominator
    from payments y join bills b using (insurer_id, holder_id, bill_id) join policies p using (insurer_id, holder_id, policy_id)
    where y.state = 'succeeded' and (y.settled_at at time zone ${timeZone})::date = ${day}::date group by 1, 2, 3`,
  cost_to_collect: (tx, day, { timeZone }) => tx`
    with spent as (select holder_id, policy_id, currency, cost_minor as cost, 0 as cash from decisions where decided_on = ${day} and action <> 'nothing'),
    cash as (
      select y.holder_id, b.policy_id, y.currency, 0 as cost, y.amount_minor as cash from payments y join bills b using (insurer_id, holder_id, bill_id)
      where y.state = 'succeeded' and (y.settled_at at time zone ${timeZone})::date = ${day}::date)
    select p.market, p.line, x.currency, sum(x.cost)::text as numerator, sum(x.cash)::text as denominator
    from (select * from spent union all select * from cash) x join policies p using (holder_id, policy_id) group by 1, 2, 3`,
  ageing_not_due: ageing(-1_000_000, 0),
  ageing_1_30: ageing(1, 30),
  ageing_31_60: ageing(31, 60),
  ageing_61_90: ageing(61, 90),
  ageing_over_90: ageing(91, 1_000_000),
};
