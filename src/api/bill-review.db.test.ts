import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type FastifyInstance } from 'fastify';
import { chargesOf } from '../billing/index.ts';
import { rulePacks, STAGES } from '../cycle/index.ts';
import { NOTHING_SHARED } from '../cycle/stage.ts';
import { inInsurer, type Tx } from '../database/index.ts';
import { addDays, addMonths, expectOk, type PlainDate } from '../kernel/index.ts';
import { auditLedger } from '../ledger/index.ts';
import { insurerById } from '../portfolio/index.ts';
import { logIn, type Client } from './client.ts';
import { openHouse, seedInsurer, serverOf, type TestHouse, type TestInsurer } from './fixture.ts';
import { type Wire } from './wire.ts';

const TODAY = '2026-11-24' as PlainDate;
const TOMORROW = '2026-11-25' as PlainDate;
const MARK = 'ZZQ';
const DUE = '2026-12-15' as PlainDate;

let house: TestHouse;
let app: FastifyInstance;
let insurer: TestInsurer;
let [manager, finance, auditor, agent]: Client[] = [];
const of: Record<string, { holderId: number; policyId: number; billId: number }> = {};

const inBooks = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => inInsurer(house.database.app, insurer.insurerId, work);

type Made = { readonly premium?: number; readonly past?: number; readonly pastPremium?: number; readonly flags?: readonly string[]; readonly periodTo?: PlainDate; readonly account?: boolean };

/** A holder in Hong Kong with a monthly life policy, paid until now, whose next bill leaves today. */
async function policy(tx: Tx, name: string, { premium = 120_000, past = 6, pastPremium = premium, flags = [], periodTo, account = false }: Made): Promise<void> {
  const coverFrom = addMonths(DUE, -past);
  const [holder] = await tx<{ holder_id: number }[]>`
    insert into holders (insurer_id, external_ref, family_name, given_name, language, time_zone, market, email, flags, consents)
    values (${insurer.insurerId}, ${`R-${name}`}, 'Chan', ${name}, 'zh-Hant', 'Asia/Hong_Kong', 'HK', ${`${name}@mail.example`}, ${[...flags]}, ${['email']}) returning holder_id`;
  const holderId = holder?.holder_id ?? 0;
  const [row] = await tx<{ policy_id: number }[]>`
    insert into policies (insurer_id, holder_id, policy_number, market, line, product, currency, premium_minor, mode, cover_from, due_day, next_due_on, next_bill_on, state)
    values (${insurer.insurerId}, ${holderId}, ${`RV-${name}`}, 'HK', 'life', 'Evergreen Life', 'HKD', ${String(premium)}, 'monthly', ${coverFrom}, 15, ${DUE}, ${TODAY}, 'in_force') returning policy_id`;
  const policyId = row?.policy_id ?? 0;
  for (let no = 1; no <= past; no += 1) {
    const due = addMonths(coverFrom, no - 1);
    const levy = chargesOf({ market: 'HK', line: 'life', currency: 'HKD', mode: 'monthly', premiumMinor: BigInt(pastPremium), on: due }).reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
    await tx`
      insert into bills (insurer_id, holder_id, bill_id, policy_id, instalment_no, period_from, period_to, due_on, issued_on, currency, premium_minor, amount_minor, paid_minor, state, paid_on, paid_by)
      values (${insurer.insurerId}, ${holderId}, ${policyId * 4_096 + no}, ${policyId}, ${no}, ${due}, ${no === past && periodTo !== undefined ? periodTo : addMonths(due, 1)}, ${due}, ${addDays(due, -20)}, 'HKD', ${String(pastPremium)},
        ${String(BigInt(pastPremium) + levy)}, ${String(BigInt(pastPremium) + levy)}, 'paid', ${due}, 'card')`;
  }
  if (account) await tx`
    insert into payer_accounts (insurer_id, holder_id, token, scheme, last4, country, bank_code, check_passed, added_at) values (${insurer.insurerId}, ${holderId}, ${'a'.repeat(43)}, 'cn_card', '7890', 'CN', '622202', false, now())`;
  of[name] = { holderId, policyId, billId: policyId * 4_096 + past + 1 };
}

async function night(businessDate: PlainDate, name = 'bill', whose = insurer.insurerId): Promise<void> {
  const stage = STAGES.find((one) => one.name === name);
  assert.ok(stage);
  await inInsurer(house.database.app, whose, async (tx) => stage.work(tx, { insurer: await insurerOf(whose), businessDate, packs: rulePacks(), shared: NOTHING_SHARED }, { from: 0, to: Number.MAX_SAFE_INTEGER }));
}
async function insurerOf(insurerId: TestInsurer['insurerId']) {
  return expectOk(await insurerById(house.database, insurerId));
}

/** The fixture's own bills were never booked; what the auditor misses must not grow. */
const differencesIn = async (tx: Tx): Promise<string[]> => (await auditLedger(tx)).map(({ where, currency, expectedMinor, foundMinor }) => `${where} ${currency} ${foundMinor - expectedMinor}`).sort();
const differences = (): Promise<string[]> => inBooks(differencesIn);
let auditBefore: readonly string[];
before(async () => {
  house = await openHouse();
  insurer = await seedInsurer(house.database, 'harbour', '');
  await seedInsurer(house.database, 'beacon', MARK);
  app = await serverOf(house);
  await app.ready();
  [manager, finance, auditor, agent] = await Promise.all(['manager', 'finance', 'auditor', 'agent'].map((role) => logIn(app, 'harbour', role)));
  await inBooks(async (tx) => {
    await tx`update policies set next_due_on = null`;
    auditBefore = await differencesIn(tx);
    await policy(tx, 'sound', {});
    await policy(tx, 'jump', { pastPremium: 70_000 });
    await policy(tx, 'second-jump', { pastPremium: 60_000 });
    await policy(tx, 'third-jump', { pastPremium: 50_000 });
    await policy(tx, 'slip', { premium: 1_200_000, pastPremium: 120_000 });
    await policy(tx, 'died', { flags: ['deceased'] });
    await policy(tx, 'large', { premium: 45_000_000, past: 0 });
    await policy(tx, 'larger', { premium: 55_000_000, past: 0 });
    await policy(tx, 'twice', { periodTo: '2026-12-20' as PlainDate });
    await policy(tx, 'account', { account: true });
  });
  await night(TODAY);
});
after(async () => {
  await app?.close();
  await house?.close();
});

const stateOf = (name: string) => inBooks(async (tx) => {
  const [row] = await tx<{ state: string; hold: string | null; amount: number; issued_on: PlainDate; entries: number; left_because: string | null }[]>`
    select b.state, w.state as hold, b.amount_minor as amount, b.issued_on, b.left_because, (select coalesce(sum(g.amount_minor), 0)::int from postings g where g.holder_id = b.holder_id and g.bill_id = b.bill_id) as entries
    from bills b left join bill_holds w using (insurer_id, holder_id, bill_id) where b.holder_id = ${of[name]!.holderId} and b.bill_id = ${of[name]!.billId}`;
  return row;
});
type View = Wire['held_bill'];
const view = async (name: string, as = finance!): Promise<View> => {
  const answer = await as.get(`/api/bill-review/bills/${of[name]!.billId}?holder_id=${of[name]!.holderId}`);
  assert.equal(answer.statusCode, 200, answer.body);
  return answer.json<View>();
};
const answer = async (name: string, act: string, body: object = {}, as = finance!) => as.send('POST', `/api/bill-review/bills/${of[name]!.billId}`, { holder_id: of[name]!.holderId, act, version: (await view(name)).version, ...body });
const review = async () => (await finance!.get('/api/bill-review')).json<Wire['bill_review']>();

describe('a night', () => {
  test('lets the sound bill go into the books and holds the others without an entry', async () => {
    assert.deepEqual(await stateOf('sound'), { state: 'open', hold: null, amount: 120_120, issued_on: TODAY, entries: 120_120, left_because: (await stateOf('sound'))?.left_because });
    for (const name of ['jump', 'slip', 'died', 'large', 'twice', 'account']) {
      const held = await stateOf(name);
      assert.deepEqual([name, held?.state, held?.hold, held?.entries], [name, 'held', 'held', 0]);
    }
    const checks = async (name: string) => (await view(name)).findings.filter(({ severity }) => severity === 'hold').map(({ check }) => check);
    assert.deepEqual([await checks('jump'), await checks('slip'), await checks('died'), await checks('large'), await checks('twice'), await checks('account')],
      [['unexplained_jump'], ['decimal_slip'], ['payer_deceased'], ['four_eyes'], ['overlap_before'], ['bank_details_wrong']]);
  });

  test('that is played again changes nothing', async () => {
    const all = () => inBooks((tx) => tx`select (select json_agg(b order by bill_id) from bills b)::text as bills, (select json_agg(f order by bill_id, place) from bill_findings f)::text as found, (select count(*) from postings) as entries`);
    const before_ = await all();
    await night(TODAY);
    assert.deepEqual(await all(), before_);
  });

  test('leaves held bills out of every sum, list and page that says what is owed', async () => {
    const sums = (await manager!.get('/api/bills/sums')).json<Wire['bill_sums']>();
    const [open] = await inBooks((tx) => tx<{ count: number }[]>`select count(*)::int as count from bills where state = 'open'`);
    assert.equal(sums.groups.reduce((sum, { bills }) => sum + bills, 0), open?.count);
    const { bill } = (await manager!.get(`/api/bills/${of['jump']!.billId}?holder_id=${of['jump']!.holderId}`)).json<Wire['bill']>();
    assert.deepEqual([bill.state, bill.outstanding_minor], ['held', 0]);
    const link = await manager!.send('POST', `/api/holders/${of['jump']!.holderId}/pay-link`, { bill_id: of['jump']!.billId });
    assert.notEqual(link.statusCode, 200, 'nobody is asked to pay it');
    const correction = await finance!.send('POST', `/api/bills/${of['jump']!.billId}/corrections/preview`, { holder_id: of['jump']!.holderId, premium_minor: 5 });
    assert.equal(correction.json<{ code: string }>().code, 'bill_held');
    assert.deepEqual(await differences(), auditBefore, 'the auditor expects nothing of them');
  });
});

describe('the page', () => {
  test('shows what is held by reason, with counts and amounts of a plain query, in the reader’s language', async () => {
    const shown = await review();
    const [plain] = await inBooks((tx) => tx<{ bills: number; amount: number }[]>`select count(*)::int as bills, sum(amount_minor)::bigint as amount from bills where state = 'held'`);
    assert.equal(shown.waiting, plain?.bills);
    assert.deepEqual(shown.amounts, [{ currency: 'HKD', amount_minor: plain?.amount ?? 0 }]);
    assert.deepEqual(shown.checks.find(({ check }) => check === 'unexplained_jump')?.bills, 3);
    assert.equal(shown.checks.find(({ check }) => check === 'four_eyes')?.alone, 0, 'nobody releases what is above the limit alone');
    const chinese = await manager!.get('/api/bill-review', { 'accept-language': 'zh-Hant' });
    assert.match(chinese.body, /保單未變更，保費卻突變/);
  });

  test('lists them by pages, and by one finding', async () => {
    const seen: number[] = [];
    let next: string | null = '';
    while (next !== null) {
      const page: Wire['held_bills'] = (await auditor!.get(`/api/bill-review/bills?limit=3${next === '' ? '' : `&after=${next}`}`)).json();
      seen.push(...page.bills.map(({ bill_id: id }) => id));
      next = page.next_after;
    }
    assert.equal(new Set(seen).size, seen.length);
    assert.equal(seen.length, (await review()).waiting);
    const jumps: Wire['held_bills'] = (await auditor!.get('/api/bill-review/bills?check=unexplained_jump')).json();
    assert.equal(jumps.bills.length, 3);
    const said = jumps.bills.find(({ bill_id: id }) => id === of['jump']!.billId)?.findings[0];
    assert.deepEqual([said?.says, said?.should], [{ minor: 120_000 }, { minor: 70_000 }]);
  });

  test('is acted on by finance and managers alone, and refuses bad input', async () => {
    assert.equal((await answer('jump', 'release', {}, auditor)).statusCode, 403);
    assert.equal((await agent!.get('/api/bill-review')).statusCode, 403);
    assert.equal((await answer('jump', 'forget')).statusCode, 400);
    assert.equal((await answer('jump', 'correct', { mending: -5 })).statusCode, 400);
    const stranger = await finance!.send('POST', '/api/bill-review/bills/999999', { holder_id: of['jump']!.holderId, act: 'release', version: 1 });
    assert.equal(stranger.statusCode, 404);
  });
});

describe('an answer', () => {
  test('releases: what was shown is posted that day, and the second of two people is told', async () => {
    const preview = await finance!.send('POST', `/api/bill-review/bills/${of['jump']!.billId}/preview`, { holder_id: of['jump']!.holderId, act: 'release' });
    const shown = preview.json<Wire['held_outcome']>();
    const done = await answer('jump', 'release', { note: 'The new rate of the year', minutes: 3 });
    assert.equal(done.statusCode, 200, done.body);
    const entries = await inBooks((tx) => tx`select rule, debit_account, credit_account, amount_minor::int as amount_minor, booked_on from postings where bill_id = ${of['jump']!.billId} order by posting_id`);
    assert.deepEqual([...entries], shown.entries.map((entry) => ({ ...entry, booked_on: TODAY })));
    assert.equal((await stateOf('jump'))?.state, 'open');
    const again = await finance!.send('POST', `/api/bill-review/bills/${of['jump']!.billId}`, { holder_id: of['jump']!.holderId, act: 'release', version: 1 });
    assert.deepEqual([again.statusCode, again.json<{ code: string }>().code], [409, 'bill_not_held']);
    const kept = await view('jump');
    assert.deepEqual([kept.state, kept.decided_by !== null, kept.note], ['released', true, 'The new rate of the year']);
  });

  test('puts right and releases, with the levy of the law on the new premium', async () => {
    const stale = await answer('slip', 'correct', { mending: 120_000, version: 7 });
    assert.deepEqual([stale.statusCode, stale.json<{ code: string }>().code], [409, 'changed_meanwhile']);
    assert.equal((await answer('slip', 'correct', { mending: 120_000, note: 'Decimal point' })).statusCode, 200);
    const right = await stateOf('slip');
    assert.deepEqual([right?.state, right?.amount, right?.entries], ['open', 120_120, 120_120]);
  });

  test('withdraws: nothing is owed, nothing was booked', async () => {
    assert.equal((await answer('twice', 'withdraw', { note: 'Billed already' })).statusCode, 200);
    assert.deepEqual([(await stateOf('twice'))?.state, (await stateOf('twice'))?.entries], ['cancelled', 0]);
  });

  test('above the limit is one person’s question and another person’s yes', async () => {
    const asked = await answer('large', 'release', { note: 'Single large policy' }, manager);
    assert.deepEqual([asked.statusCode, asked.json<{ hold: string }>().hold], [200, 'asked']);
    assert.deepEqual([(await stateOf('large'))?.state, (await stateOf('large'))?.entries], ['held', 0]);
    const same = await answer('large', 'release', {}, manager);
    assert.deepEqual([same.statusCode, same.json<{ code: string }>().code], [409, 'second_person_needed']);
    assert.equal((await answer('large', 'release', {}, finance)).statusCode, 200);
    assert.equal((await stateOf('large'))?.state, 'open');
    const [row] = await inBooks((tx) => tx<{ state: string; same: boolean }[]>`select state, asked_by = decided_by as same from approvals where kind = 'release_bill'`);
    assert.deepEqual({ ...row }, { state: 'approved', same: false });
  });

  test('above the limit may also be given among the approvals, or refused there and asked anew', async () => {
    const ask = async () => (await answer('larger', 'release', { note: 'Fleet policy' }, manager)).json<{ hold: string }>().hold;
    const waiting = () => inBooks(async (tx) => (await tx<{ approval_id: number }[]>`select approval_id from approvals where kind = 'release_bill' and state = 'waiting'`)[0]?.approval_id ?? 0);
    const say = async (word: string) => finance!.send('POST', `/api/approvals/${await waiting()}/answer`, { holder_id: of['larger']!.holderId, answer: word, note: 'x' });
    assert.equal(await ask(), 'asked');
    assert.equal((await say('refused')).statusCode, 200);
    assert.deepEqual([(await stateOf('larger'))?.state, await waiting()], ['held', 0]);
    assert.equal(await ask(), 'asked');
    const yes = await say('approved');
    assert.equal(yes.statusCode, 200, yes.body);
    assert.deepEqual([(await stateOf('larger'))?.state, (await stateOf('larger'))?.hold, (await stateOf('larger'))?.entries], ['open', 'released', 55_000_833]);
  });

  test('releases all bills of one finding, but only as many as were seen', async () => {
    const body = { check: 'unexplained_jump', count: 3, note: 'The rates of the year' };
    const refused = await finance!.send('POST', '/api/bill-review/release-all', body);
    assert.deepEqual([refused.statusCode, refused.json<{ code: string }>().code], [409, 'held_count_changed']);
    const released = await finance!.send('POST', '/api/bill-review/release-all', { ...body, count: 2 });
    assert.deepEqual([released.statusCode, released.json()], [200, { released: 2 }]);
    for (const name of ['second-jump', 'third-jump']) assert.deepEqual([(await stateOf(name))?.state, (await stateOf(name))?.entries], ['open', 120_120]);
  });

  test('of the auditor is the same as before all of it', async () => {
    assert.deepEqual(await differences(), auditBefore);
  });
});

test('a bill that was held over night leaves by itself when what was wrong is put right, and stays where it is not', async () => {
  await inBooks((tx) => tx`update payer_accounts set check_passed = true`);
  await night(TOMORROW);
  const mended = await stateOf('account');
  assert.deepEqual([mended?.state, mended?.hold, mended?.issued_on, mended?.entries], ['open', 'mended', TOMORROW, 120_120]);
  assert.equal((await stateOf('died'))?.state, 'held');
  await inBooks((tx) => tx`update holders set flags = '{}' where holder_id = ${of['died']!.holderId}`);
  await inBooks((tx) => tx`update policies set premium_minor = 130000 where policy_id = ${of['died']!.policyId}`);
  await night(addDays(TOMORROW, 1));
  assert.deepEqual([(await stateOf('died'))?.state, (await stateOf('died'))?.amount], ['open', 130_130], 'made again from the policy as it is now');
  assert.deepEqual(await differences(), auditBefore);
});

test('a due date that is moved without a word of the bill’s day has it worked out anew', async () => {
  const day = () => inBooks(async (tx) => (await tx<{ on: PlainDate | null }[]>`select next_bill_on as on from policies where policy_id = ${of['sound']!.policyId}`)[0]?.on);
  assert.notEqual(await day(), null);
  await inBooks((tx) => tx`update policies set next_due_on = next_due_on + 3 where policy_id = ${of['sound']!.policyId}`);
  assert.equal(await day(), null);
  await inBooks((tx) => tx`update policies set next_due_on = next_due_on - 3, next_bill_on = '2027-01-01' where policy_id = ${of['sound']!.policyId}`);
  assert.equal(await day(), '2027-01-01');
});

test('a bill made by hand is reviewed like any other', async () => {
  const { holderId, policyId } = of['sound']!;
  const make = (body: object, as = finance!) => as.send('POST', '/api/bills', { holder_id: holderId, policy_id: policyId, premium_minor: 5_000, period_from: '2026-11-24', period_to: '2026-12-15', due_on: '2026-12-15', minutes: 6, ...body });
  const made = await make({});
  assert.deepEqual([made.statusCode, made.json<{ held: boolean }>().held], [200, false], made.body);
  const wrong = await make({ due_on: '2031-01-01' });
  assert.equal(wrong.json<{ held: boolean }>().held, true);
  assert.deepEqual([(await make({}, agent)).statusCode, (await make({ period_to: '2026-11-01' })).statusCode, (await make({ policy_id: 999_999 })).statusCode], [403, 400, 404]);
  const [row] = await inBooks((tx) => tx<{ n: number; kind: string; amount: number }[]>`select instalment_no as n, kind, amount_minor as amount from bills where bill_id = ${made.json<{ bill_id: number }>().bill_id}`);
  assert.deepEqual({ ...row }, { n: 2_048, kind: 'difference', amount: 5_005 });
  assert.deepEqual(await differences(), auditBefore);
});

describe('how right bills are', () => {
  test('of 100 bills 12 reported wrong and put right after 3, 4 and 5 working days: 12 %, 4.0 days, holidays skipped', async () => {
    const other = await seedInsurer(house.database, 'quality', '');
    await inInsurer(house.database.app, other.insurerId, async (tx) => {
      const [policyRow] = await tx<{ holder_id: number; policy_id: number }[]>`select holder_id, policy_id from policies where market = 'HK' limit 1`;
      assert.ok(policyRow);
      const { holder_id: holderId, policy_id: policyId } = policyRow;
      // Monday 21 December 2026; the 25th and 26th are public holidays in Hong Kong, the 27th is a Sunday.
      const reported = '2026-12-21' as PlainDate;
      await tx`
        insert into bills (insurer_id, holder_id, bill_id, policy_id, instalment_no, period_from, period_to, due_on, issued_on, market, currency, premium_minor, amount_minor)
        select ${other.insurerId}, ${holderId}, ${policyId}::bigint * 4096 + 100 + n, ${policyId}, 100 + n, '2027-01-15'::date, '2027-02-15'::date, '2027-01-15'::date, '2026-12-17'::date, 'HK', 'HKD', 1000, 1000 from generate_series(1, 100) n`;
      // Three working days after Monday the 21st is Thursday the 24th; four and five are the 28th and 29th.
      const fixed = ['2026-12-24', '2026-12-28', '2026-12-29'];
      for (let i = 1; i <= 12; i += 1) {
        const billId = policyId * 4_096 + 100 + i;
        await tx`insert into disputes (insurer_id, holder_id, bill_id, reason, opened_at, answer_by) values (${other.insurerId}, ${holderId}, ${billId}, 'amount', ${`${reported}T04:00:00Z`}, '2027-01-01')`;
        await tx`
          insert into bill_corrections (insurer_id, holder_id, bill_id, corrected_at, corrected_by, reason, note, before, after)
          values (${other.insurerId}, ${holderId}, ${billId}, ${`${fixed[i % 3] ?? ''}T04:00:00Z`}, 'Amy', 'premium', 'x', '{}', '{}')`;
      }
    });
    await night('2026-12-31' as PlainDate, 'report', other.insurerId);
    const someone = await logIn(app, 'quality', 'finance');
    const { months } = (await someone.get('/api/bill-review')).json<Wire['bill_review']>();
    const december = months.find(({ month, made }) => month === '2026-12-01' && made === 'cycle');
    assert.deepEqual([december?.bills, december?.wrong, december?.error_rate, december?.mend_days, december?.detect_days], [100, 12, 0.12, 4, 2]);
  });

  test('tells bills made by hand from those of the cycle, with their minutes, and reconciles each night', async () => {
    await night(addDays(TOMORROW, 2), 'report');
    await night(addDays(TOMORROW, 2), 'report');
    const { months, runs } = await review();
    const hand = months.filter(({ made }) => made === 'hand');
    assert.deepEqual(hand.map(({ bills, minutes_per_bill: minutes }) => [bills, minutes]), [[2, 6]]);
    const cycle = months.find(({ made, month }) => made === 'cycle' && month === '2026-11-01');
    // The slip was put right, the second bill withdrawn, two were mended before they left.
    assert.equal(cycle?.wrong, 4);
    assert.deepEqual(runs.map(({ on_date: on, exception_count: left }) => [on, left]), [['2026-11-27', 0]]);
  });
});
