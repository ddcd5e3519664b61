import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type FastifyInstance } from 'fastify';
import { parquetReadObjects } from 'hyparquet';
import { inInsurer, type Tx } from '../database/index.ts';
import { type BillId, type HolderId, type PlainDate, type PolicyId } from '../kernel/index.ts';
import { billPostings, entry, writePostings } from '../ledger/index.ts';
import { logIn, type Client } from './client.ts';
import { openHouse, seedInsurer, serverOf, type TestHouse, type TestInsurer } from './fixture.ts';
import { type Wire } from './wire.ts';

const MARK = 'ZZB';
const TODAY = '2026-11-24' as PlainDate;
const YESTERDAY = '2026-11-23' as PlainDate;
const ROUTES = ['/api/bills', '/api/bills?state=paid', '/api/bills/sums', '/api/payments', '/api/payments/cash', '/api/suspense'];
const LEDGER_ROUTES = ['/api/ledger/balance', '/api/ledger/entries?account=premium_receivable&currency=HKD', '/api/ledger/audit'];

let house: TestHouse;
let app: FastifyInstance;
let insurer: TestInsurer;
let client: Client;

const inBooks = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => inInsurer(house.database.app, insurer.insurerId, work);

before(async () => {
  house = await openHouse();
  insurer = await seedInsurer(house.database, 'harbour', '');
  const other = await seedInsurer(house.database, 'beacon', MARK);
  for (const { insurerId, holders, bills } of [insurer, other]) await inInsurer(house.database.app, insurerId, (tx) => seedMoney(tx, insurerId, holders, bills));
  app = await serverOf(house);
  await app.ready();
  client = await logIn(app, 'harbour', 'manager');
});
after(async () => {
  await app?.close();
  await house?.close();
});

/** Bills booked yesterday, a receipt that leads nowhere and money left over, booked today. */
async function seedMoney(tx: Tx, insurerId: TestInsurer['insurerId'], holders: readonly number[], bills: readonly number[]): Promise<void> {
  const rows = await tx<{ policy_id: PolicyId; holder_id: HolderId; bill_id: BillId; premium_minor: bigint; currency: string }[]>`
    select policy_id, holder_id, bill_id, premium_minor, currency from bills where bill_id = any(${[...bills]}::bigint[])`;
  const issued = rows.flatMap((row) => billPostings({
    billId: row.bill_id, holderId: row.holder_id, policyId: row.policy_id, premiumMinor: row.premium_minor, charges: [{ kind: 'levy', rule: 'hk-ia-levy', amountMinor: 120n }], currency: row.currency,
  }, YESTERDAY));
  const stray = entry('receipt_unmatched', { holderId: 0 as HolderId, bookedOn: TODAY, amountMinor: 777n, currency: 'HKD', sourceId: 1, policyId: null, billId: null });
  await writePostings(tx, insurerId, [...issued, stray]);
  await tx`
    insert into unmatched_receipts (insurer_id, bank_reference, reference, payer, amount_minor, currency, booked_on, reason, file_name, received_at)
    values (${insurerId}, 'BK-1', 'thank you', 'CHAN M L', '777', 'HKD', ${TODAY}, 'no_reference', 'november.csv', now())`;
  await tx`
    insert into suspense_items (insurer_id, holder_id, payment_id, amount_minor, currency, reason, received_on)
    select ${insurerId}, holder_id, min(payment_id), '500', 'HKD', 'overpaid', '2026-11-14' from payments where holder_id = ${holders[0] ?? 0} group by holder_id`;
}

const read = async <T>(url: string, as: Client = client): Promise<T> => {
  const answer = await as.get(url);
  assert.equal(answer.statusCode, 200, `${url}: ${answer.body}`);
  return answer.json<T>();
};

type Lists = {
  bills: Wire['bills']['bills'][number]; payments: Wire['payments']['payments'][number]; items: Wire['suspense']['items'][number];
  entries: Wire['ledger_entries']['entries'][number];
};

/** All pages of a list, two rows at a time. */
async function walk<Name extends keyof Lists>(url: string, name: Name): Promise<Lists[Name][]> {
  type Page = { next_after: string | null } & Record<Name, Lists[Name][]>;
  const all: Lists[Name][] = [];
  let next: string | null = null;
  do {
    const page: Page = await read<Page>(`${url}${url.includes('?') ? '&' : '?'}limit=2${next === null ? '' : `&after=${next}`}`);
    all.push(...page[name]);
    next = page.next_after;
  } while (next !== null);
  return all;
}

describe('the list of bills', () => {
  test('has every open bill once, newest due first, by pages', async () => {
    const bills = await walk('/api/bills', 'bills');
    const expected = await inBooks((tx) => tx<{ bill_id: number }[]>`select bill_id from bills where state = 'open' order by due_on desc, holder_id desc, bill_id desc`);
    assert.deepEqual(bills.map(({ bill_id }) => bill_id), expected.map(({ bill_id }) => bill_id));
    assert.equal(bills.length, 4);
    const [first] = bills;
    assert.deepEqual([first?.holder_name, first?.reference, first?.amount_minor, first?.outstanding_minor, first?.currency, first?.stage],
      ['陳美玲', `${insurer.holders[0]}-${insurer.bills[0]}`, 120_120, 120_120, 'HKD', 'due']);
  });
  test('can be narrowed to a state, a stage, a market', async () => {
    const idsOf = async (query: string): Promise<number[]> => (await walk(`/api/bills?${query}`, 'bills')).map(({ holder_id }) => insurer.holders.indexOf(holder_id)).sort((a, b) => a - b);
    assert.deepEqual(await idsOf('stage=grace'), [1]);
    assert.deepEqual(await idsOf('stage=due'), [0, 3]);
    assert.deepEqual(await idsOf('market=DE'), [2]);
    assert.deepEqual(await idsOf('stage=due&market=DE'), []);
    assert.deepEqual(await idsOf('state=paid'), [0, 0, 1, 1, 2, 2, 3, 3]);
    assert.deepEqual(await idsOf('state=paid&market=HK'), [0, 0]);
    assert.deepEqual(await idsOf('state=written_off'), []);
  });
  test('sums what is open by stage, as a plain query does', async () => {
    const sums = await read<Wire['bill_sums']>('/api/bills/sums');
    const expected = await inBooks((tx) => tx<{ stage: string; currency: string; bills: number; outstanding: number }[]>`
      select stage, currency, count(*)::int as bills, sum(amount_minor - paid_minor)::int as outstanding from bills where state = 'open' group by 1, 2`);
    assert.equal(sums.by, 'stage');
    const inOrder = (rows: readonly unknown[]): string[] => rows.map((row) => JSON.stringify(row)).sort();
    assert.deepEqual(inOrder(sums.groups.map(({ group, currency, bills, outstanding_minor }) => [group, currency, bills, outstanding_minor])),
      inOrder(expected.map(({ stage, currency, bills, outstanding }) => [stage, currency, bills, outstanding])));
  });
  test('is read from the index, whatever the number of bills', async () => {
    const plan = await inBooks(async (tx) => {
      await tx`set local enable_seqscan = off`;
      await tx`set local enable_sort = off`;
      await tx`set local enable_bitmapscan = off`;
      return [
        await tx`explain select bill_id from bills where state = 'open' and market = 'HK' and stage = 'due' and (due_on, holder_id, bill_id) < ('2026-11-24'::date, 1::bigint, 1::bigint) order by due_on desc, holder_id desc, bill_id desc limit 50`,
        await tx`explain select bill_id from bills where state <> 'open' and state = 'paid' order by due_on desc, holder_id desc, bill_id desc limit 50`,
        await tx`explain select * from payments where state = 'failed' order by created_at desc, holder_id desc, payment_id desc limit 50`,
        await tx`explain select * from postings order by booked_on desc, holder_id desc, posting_id desc limit 50`,
      ].map((rows) => JSON.stringify(rows));
    });
    for (const [index, name] of ['bills_open_by_market', 'bills_in_order', 'payments_by_state', 'postings_pkey'].entries()) {
      assert.match(plan[index] ?? '', new RegExp(`Backward using ${name}`));
      assert.doesNotMatch(plan[index] ?? '', /Sort/);
    }
  });
});

test('a bill is compared with its policy’s bill before it; the first has none', async () => {
  const [holder = 0] = insurer.holders;
  const bills = await inBooks((tx) => tx<{ bill_id: number }[]>`select bill_id from bills where holder_id = ${holder} order by due_on`);
  const [first, second, third] = await Promise.all(bills.map(({ bill_id }) => read<Wire['bill']>(`/api/bills/${bill_id}?holder_id=${holder}`)));
  assert.equal(first?.previous, null);
  assert.equal(second?.previous?.bill_id, bills[0]?.bill_id);
  assert.equal(third?.previous?.bill_id, bills[1]?.bill_id);
  assert.deepEqual(third?.previous?.charges, [{ kind: 'levy', rule: 'hk-ia-levy', amount_minor: 120 }]);
  assert.equal(third?.holder.name, '陳美玲');
});

describe('the list of payments', () => {
  test('has every payment once, newest first, by pages, and by state and provider', async () => {
    const payments = await walk('/api/payments', 'payments');
    const expected = await inBooks((tx) => tx<{ payment_id: number }[]>`select payment_id from payments order by created_at desc, holder_id desc, payment_id desc`);
    assert.deepEqual(payments.map(({ payment_id }) => payment_id), expected.map(({ payment_id }) => payment_id));
    assert.equal(payments.length, 8);
    assert.equal((await read<Wire['payments']>('/api/payments?state=failed')).payments.length, 0);
    assert.equal((await walk('/api/payments?state=succeeded&provider=sandbox', 'payments')).length, 8);
    assert.equal((await read<Wire['payments']>('/api/payments?provider=bank')).payments.length, 0);
  });
  test('sums the day’s cash by currency', async () => {
    await inBooks((tx) => tx`update payments set settled_at = ${new Date('2026-11-24T01:00:00Z')} where holder_id = ${insurer.holders[2] ?? 0}`);
    const { cash } = await read<Wire['cash']>('/api/payments/cash');
    assert.deepEqual(cash.find(({ currency }) => currency === 'EUR'), { currency: 'EUR', today_minor: 2 * 6_570, yesterday_minor: 0, payments: 2 });
  });
});

test('money without a home: both kinds, oldest first, with age, and the sum', async () => {
  const items = await walk('/api/suspense', 'items');
  assert.deepEqual(items.map(({ kind, payer, amount_minor, age_days, reason }) => [kind, payer, amount_minor, age_days, reason]),
    [['payment', '陳美玲', 500, 10, 'overpaid'], ['receipt', 'CHAN M L', 777, 0, 'no_reference']]);
  const { sums } = await read<Wire['suspense']>('/api/suspense?limit=1');
  assert.deepEqual(sums, [{ currency: 'HKD', items: 2, amount_minor: 1_277, oldest_days: 10 }]);
});

describe('the ledger', () => {
  test('has on any day the balances of a plain query, and no difference', async () => {
    for (const on of [TODAY, YESTERDAY, '2026-11-01']) {
      const balance = await read<Wire['ledger_balance']>(`/api/ledger/balance?on=${on}`);
      for (const { account, currency, debit_minor, credit_minor, balance_minor } of balance.accounts) {
        const [row] = await inBooks((tx) => tx<{ debit: string; credit: string }[]>`
          select coalesce(sum(amount_minor) filter (where debit_account = ${account}), 0)::text as debit, coalesce(sum(amount_minor) filter (where credit_account = ${account}), 0)::text as credit
          from postings where currency = ${currency} and booked_on <= ${on}`);
        assert.deepEqual([debit_minor, credit_minor, balance_minor], [Number(row?.debit), Number(row?.credit), Number(row?.debit) - Number(row?.credit)], `${on} ${account} ${currency}`);
      }
      assert.ok(balance.sums.every(({ difference_minor, debit_minor, credit_minor }) => difference_minor === 0 && debit_minor === credit_minor));
      assert.equal(balance.accounts.some(({ account }) => account === 'suspense'), on === TODAY);
      assert.equal(balance.accounts.length === 0, on === '2026-11-01');
    }
    assert.equal((await read<Wire['ledger_balance']>('/api/ledger/balance')).on, TODAY);
  });
  test('opens each figure into the entries that make it', async () => {
    const { accounts } = await read<Wire['ledger_balance']>('/api/ledger/balance');
    assert.ok(accounts.length >= 10);
    for (const { account, currency, debit_minor, credit_minor } of accounts) {
      const of = async (side: string): Promise<number> => (await walk(`/api/ledger/entries?account=${account}&currency=${currency}&side=${side}`, 'entries'))
        .reduce((sum, { amount_minor }) => sum + amount_minor, 0);
      assert.deepEqual([await of('debit'), await of('credit')], [debit_minor, credit_minor], `${account} ${currency}`);
    }
    const { entries } = await read<Wire['ledger_entries']>(`/api/ledger/entries?account=suspense&currency=HKD&from=${TODAY}&to=${TODAY}`);
    assert.deepEqual(entries.map(({ holder_id, holder_name, debit_account, rule }) => [holder_id, holder_name, debit_account, rule]), [[null, null, 'bank', 'receipt_unmatched']]);
    const issued = await read<Wire['ledger_entries']>(`/api/ledger/entries?account=premium_income&currency=HKD`);
    assert.deepEqual(issued.entries.map(({ holder_name, bill_id }) => [holder_name, bill_id]), [['陳美玲', insurer.bills[0]]]);
    assert.deepEqual((await read<Wire['ledger_entries']>(`/api/ledger/entries?account=premium_income&currency=HKD&from=${TODAY}`)).entries, []);
  });
  test('is audited: what the books do not hold is named', async () => {
    const audit = await read<Wire['ledger_audit']>('/api/ledger/audit', await logIn(app, 'harbour', 'auditor'));
    // The fixture's paid bills were never booked, so the auditor must object.
    assert.equal(audit.agrees, false);
    assert.ok(audit.differences.every(({ expected_minor, found_minor }) => expected_minor !== found_minor));
    assert.ok(!audit.differences.some(({ where }) => where === 'bank'));
  });
  test('is not for agents', async () => {
    const agent = await logIn(app, 'harbour', 'agent');
    for (const url of LEDGER_ROUTES) assert.equal((await agent.get(url)).json<Wire['problem']>().code, 'role_not_allowed', url);
    for (const url of ROUTES) assert.equal((await agent.get(url)).statusCode, 200, url);
  });
});

test('another insurer’s rows are not seen, though they are there', async () => {
  const beacon = await logIn(app, 'beacon', 'manager');
  let marked = 0;
  for (const url of [...ROUTES, ...LEDGER_ROUTES]) {
    assert.ok(!(await client.get(url)).body.includes(MARK), url);
    if ((await beacon.get(url)).body.includes(MARK)) marked += 1;
  }
  assert.ok(marked >= 5);
});

test('a bad cursor, date, account or filter is told clearly', async () => {
  for (const [url, named] of [
    ['/api/bills?after=12', 'after'], ['/api/bills?after=2026-02-30_1_1', 'after'], ['/api/bills?after=x', 'after'], ['/api/payments?after=2026-11-24_1_1', 'after'],
    ['/api/payments?after=9999999999999999_1_1', 'after'], ['/api/suspense?after=0', 'after'], ['/api/bills?state=paid&stage=due', 'stage'], ['/api/bills?market=hk', 'market'],
    ['/api/ledger/balance?on=2026-02-29', 'on'], ['/api/ledger/entries?account=pocket&currency=HKD', 'account'], ['/api/ledger/entries?account=bank&currency=HKD&to=yesterday', 'to'],
    ['/api/ledger/entries?account=bank&currency=HKD&after=1_1', 'after'],
  ] as const) {
    const answer = await client.get(url);
    assert.equal(answer.statusCode, 400, `${url}: ${answer.body}`);
    const problem = answer.json<Wire['problem']>();
    assert.equal(problem.code, 'request_invalid');
    assert.match(String(problem.details?.['where']), new RegExp(`${named}$`), url);
  }
});

describe('a bill that is wrong', () => {
  const holder = (): number => insurer.holders[0] ?? 0;
  const bill = (): number => insurer.bills[0] ?? 0;
  const view = (): Promise<Wire['bill']> => read<Wire['bill']>(`/api/bills/${bill()}?holder_id=${holder()}`);
  const correct = (as: Client, body: object) => as.send('POST', `/api/bills/${bill()}/corrections`, { holder_id: holder(), premium_minor: 100_000, version: 0, reason: 'premium', note: 'Wrong table of rates', ...body });
  const codeOf = (answer: Awaited<ReturnType<Client['get']>>): string => answer.json<Wire['problem']>().code;

  test('is shown as it would be before anything changes, with the levy of the law on the new premium', async () => {
    const before = await view();
    const answer = await client.send('POST', `/api/bills/${bill()}/corrections/preview`, { holder_id: holder(), premium_minor: 100_000 });
    const preview = answer.json<Wire['bill_correction']>();
    assert.deepEqual([answer.statusCode, preview.state, preview.premium_minor, preview.charges, preview.amount_minor, preview.surplus_minor, preview.version],
      [200, 'open', 100_000, [{ kind: 'levy', rule: 'hk-ia-levy-life', amount_minor: 100 }], 100_100, 0, 0]);
    assert.deepEqual(await view(), before);
  });
  test('is put right by finance: the figures, the books, and the dispute that asked for it; the second of two people is told', async () => {
    const finance = await logIn(app, 'harbour', 'finance');
    for (const body of [{ note: ' ' }, { premium_minor: 0 }, { reason: 'mood' }]) assert.equal((await correct(finance, body)).statusCode, 400, JSON.stringify(body));
    for (const role of ['agent', 'auditor', 'compliance', 'it']) assert.equal(codeOf(await correct(await logIn(app, 'harbour', role), {})), 'role_not_allowed', role);
    await client.send('POST', `/api/holders/${holder()}/disputes`, { bill_id: bill(), reason: 'amount: too high' });
    const both = await Promise.all([correct(finance, {}), correct(client, { premium_minor: 90_000 })]);
    assert.deepEqual(both.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b), [200, 409]);
    assert.equal(codeOf(both.find(({ statusCode }) => statusCode === 409)!), 'changed_meanwhile');
    const { bill: now, corrections, postings } = await view();
    const right = both[0]?.statusCode === 200 ? 100_000 : 90_000;
    assert.deepEqual([now.premium_minor, now.amount_minor, now.charges, now.disputed], [right, right + right / 1_000, [{ kind: 'levy', rule: 'hk-ia-levy-life', amount_minor: right / 1_000 }], false]);
    assert.deepEqual(corrections.map((one) => [one.before_minor, one.after_minor, one.note]), [[120_120, right + right / 1_000, 'Wrong table of rates']]);
    assert.deepEqual(postings.map(({ rule, amount_minor }) => [rule.split(':')[0], amount_minor]),
      [['bill_issued', 120_000], ['levy', 120], ['bill_corrected', 120_000], ['bill_corrected', 120], ['bill_issued', right], ['levy', right / 1_000]]);
    assert.equal(codeOf(await correct(finance, { premium_minor: right, version: 1 })), 'correction_changes_nothing');
    const { differences } = await read<Wire['ledger_audit']>('/api/ledger/audit');
    assert.ok(!differences.some(({ where, currency }) => where === 'levy_payable' && currency === 'HKD'), JSON.stringify(differences));
  });
  test('is withdrawn whole: nothing is owed, and the next correction is refused', async () => {
    const done = await correct(client, { premium_minor: null, version: 1, reason: 'not_due', note: 'The policy had ended' });
    assert.deepEqual([done.statusCode, done.json<{ state: string }>().state], [200, 'cancelled']);
    const { bill: now } = await view();
    assert.deepEqual([now.state, now.outstanding_minor], ['cancelled', 0]);
    assert.equal(codeOf(await correct(client, { version: 2 })), 'bill_closed');
    assert.equal((await client.send('POST', `/api/bills/${bill()}/corrections`, { holder_id: insurer.holders[1], premium_minor: 1, version: 0, reason: 'other', note: 'x' })).statusCode, 404);
  });
});

describe('an act on money', () => {
  const codeOf = (answer: Awaited<ReturnType<Client['get']>>): string => answer.json<Wire['problem']>().code;
  const approvals = async () => (await read<{ approvals: { approval_id: number; state: string; kind: string; holder_id: number }[] }>('/api/approvals')).approvals;

  test('is done by one person up to a limit: money that waits goes back, and until the bank has sent it it can be taken back', async () => {
    const [holder = 0] = insurer.holders;
    const [item] = (await read<Wire['suspense']>('/api/suspense')).items.filter((one) => one.holder_id === holder);
    assert.ok(item !== undefined);
    const refund = (as: Client, amount: number | null) => as.send('POST', `/api/suspense/${item.id}/refund`, { holder_id: holder, amount_minor: amount, reason: 'Paid twice' });
    assert.equal(codeOf(await refund(await logIn(app, 'harbour', 'agent'), null)), 'role_not_allowed');
    assert.equal(codeOf(await refund(client, 501)), 'waiting_money_gone');
    const shown = await client.send('POST', `/api/suspense/${item.id}/refund`, { holder_id: holder, amount_minor: 200, reason: 'Paid twice', preview: true });
    const first = await refund(client, 200);
    assert.deepEqual([first.json(), shown.json<Wire['act_done']>().booked.map(({ rule, amount_minor: minor }) => [rule, minor])], [shown.json(), [['refund_due', 200]]]);
    assert.deepEqual((await refund(client, null)).json<{ amount_minor: number }>().amount_minor, 300);
    const { refunds } = await read<{ refunds: { refund_id: number; state: string; amount_minor: number }[] }>('/api/refunds');
    assert.deepEqual(refunds.map(({ state, amount_minor: minor }) => [state, minor]), [['due', 200], ['due', 300]]);
    const act = (id: number | undefined, name: string, more: object = {}) => client.send('POST', `/api/refunds/${id ?? 0}/${name}`, { holder_id: holder, ...more });
    assert.equal((await act(refunds[0]?.refund_id, 'paid', { bank_reference: 'OUT-1' })).statusCode, 200);
    assert.equal((await act(refunds[1]?.refund_id, 'undo')).statusCode, 200);
    assert.equal(codeOf(await act(refunds[0]?.refund_id, 'undo')), 'refund_not_due');
    const left = await inBooks((tx) => tx<{ left: number }[]>`select (amount_minor - cleared_minor)::int as left from suspense_items where suspense_id = ${item.id}`);
    assert.equal(left[0]?.left, 300);
  });
  test('waits for a second person above it: not the same, once, and carried out with the yes', async () => {
    const [, holder = 0] = insurer.holders;
    const [, bill = 0] = insurer.bills;
    const finance = await logIn(app, 'harbour', 'finance');
    await inBooks((tx) => tx`update bills set amount_minor = 99000000, premium_minor = 99000000, charges = null where bill_id = ${bill}`);
    const giveUp = () => finance.send('POST', `/api/bills/${bill}/write-off`, { holder_id: holder, reason: 'Company is gone' });
    assert.deepEqual([(await giveUp()).json<{ state: string }>().state, codeOf(await giveUp())], ['waits', 'approval_waits_already']);
    const [waiting] = await approvals();
    assert.deepEqual([waiting?.kind, waiting?.state, waiting?.holder_id], ['write_off', 'waiting', holder]);
    const answer = (as: Client, said: string) => as.send('POST', `/api/approvals/${waiting?.approval_id ?? 0}/answer`, { holder_id: holder, answer: said, note: '' });
    assert.deepEqual([codeOf(await answer(finance, 'approved')), codeOf(await answer(client, 'withdrawn'))], ['approval_needs_another', 'approval_withdrawn_by_asker']);
    const shown = (await client.send('POST', `/api/approvals/${waiting?.approval_id ?? 0}/preview`, { holder_id: holder })).json<Wire['booked']>();
    assert.deepEqual(shown.booked.map(({ rule }) => rule), ['write_off']);
    assert.equal((await answer(client, 'approved')).statusCode, 200);
    const posted = await inBooks((tx) => tx<{ amount: number }[]>`select amount_minor::int as amount from postings where bill_id = ${bill} and rule = 'write_off'`);
    assert.deepEqual(posted.map(({ amount }) => amount), shown.booked.map(({ amount_minor: minor }) => minor));
    assert.equal(codeOf(await answer(client, 'refused')), 'approval_answered_already');
    const stateOf = async () => (await inBooks((tx) => tx<{ state: string }[]>`select state from bills where bill_id = ${bill}`))[0]?.state;
    assert.equal(await stateOf(), 'written_off');
    assert.equal((await client.send('POST', `/api/bills/${bill}/write-off/undo`, { holder_id: holder })).statusCode, 200);
    assert.equal(await stateOf(), 'open');
  });
});

describe('a receipt of the bank that led nowhere', () => {
  const receipt = async () => (await read<Wire['suspense']>('/api/suspense')).items.find(({ kind }) => kind === 'receipt');
  const codeOf = (answer: Awaited<ReturnType<Client['get']>>): string => answer.json<Wire['problem']>().code;
  test('gets an owner, is given to a bill as the preview said, and taken back; a colleague is never overwritten', async () => {
    const item = await receipt();
    const id = item?.id ?? 0;
    const own = (seen: string | null) => client.send('PUT', '/api/suspense/owner', { kind: 'receipt', id, mine: true, seen });
    assert.deepEqual([(await own(null)).statusCode, codeOf(await own(null))], [200, 'changed_meanwhile']);
    assert.notEqual((await receipt())?.owner, null);
    const [bill] = await inBooks((tx) => tx<{ holder_id: number; bill_id: number }[]>`select holder_id, bill_id from bills where state <> 'held' order by currency = 'HKD' desc, state = 'open' desc, bill_id limit 1`);
    const holder = bill?.holder_id ?? 0;
    const give = (preview: boolean) => client.send('POST', `/api/receipts/${id}/give`, { holder_id: holder, bill_id: bill?.bill_id ?? 0, preview });
    const shown = (await give(true)).json<Wire['booked']>();
    assert.equal(shown.booked.reduce((sum, one) => sum + (one.debit_account === 'bank' ? one.amount_minor : 0), 0), 777);
    assert.equal((await receipt())?.id, id);
    assert.deepEqual((await give(false)).json(), shown);
    assert.deepEqual([await receipt(), codeOf(await give(false))], [undefined, 'receipt_given_already']);
    const [payment] = await inBooks((tx) => tx<{ payment_id: number }[]>`select given_payment_id as payment_id from unmatched_receipts where receipt_id = ${id}`);
    const back = () => client.send('POST', `/api/payments/${payment?.payment_id ?? 0}/take-back`, { holder_id: holder });
    assert.deepEqual([(await back()).statusCode, (await back()).statusCode, (await receipt())?.id], [200, 404, id]);
    assert.equal((await give(false)).statusCode, 200);
    const [left] = await inBooks((tx) => tx<{ suspense: number }[]>`
      select sum(case when debit_account = 'suspense' then amount_minor else -amount_minor end)::int as suspense from postings
      where holder_id = 0 and 'suspense' in (debit_account, credit_account)`);
    assert.equal(left?.suspense, 0);
  });
});

describe('a payer of many', () => {
  test('is a company; its members, lists and reports are kept by finance and read by the auditor', async () => {
    const codeOf = (answer: Awaited<ReturnType<Client['get']>>): string => answer.json<Wire['problem']>().code;
    const [holder = 0, member = 0] = insurer.holders;
    const add = (as: Client) => as.send('POST', '/api/groups', { holder_id: holder, name: 'Harbour Works', currency: 'HKD', part_order: 'pro_rata' });
    await inBooks((tx) => tx`update holders set kind = 'person' where holder_id = ${holder}`);
    assert.deepEqual([codeOf(await add(await logIn(app, 'harbour', 'agent'))), codeOf(await add(client))], ['role_not_allowed', 'group_payer_not_company']);
    await inBooks((tx) => tx`update holders set kind = 'company' where holder_id = ${holder}`);
    const { group_id: id } = (await add(client)).json<{ group_id: number }>();
    const [policy] = await inBooks((tx) => tx<{ policy_id: number; policy_number: string; currency: string; due_on: string }[]>`
      select p.policy_id, p.policy_number, p.currency, b.due_on from policies p join bills b using (insurer_id, holder_id, policy_id) where b.state = 'open' and b.holder_id = ${member} limit 1`);
    await inBooks((tx) => tx`update payer_groups set currency = ${policy?.currency ?? ''} where group_id = ${id}`);
    const join = () => client.send('POST', `/api/groups/${id}/members`, { policy_number: policy?.policy_number ?? '', employee_ref: 'E1', from_on: '2026-01-01' });
    assert.deepEqual([(await join()).statusCode, codeOf(await join())], [200, 'group_member_elsewhere']);
    const list = (period: string) => client.send('POST', `/api/groups/${id}/list-bills`, { period, due_on: '2026-12-15' });
    assert.deepEqual([codeOf(await list('2025-01-01')), codeOf(await list('2026-11-02'))], ['list_bill_empty', 'request_invalid']);
    const period = `${(policy?.due_on ?? TODAY).slice(0, 7)}-01`;
    const made = (await list(period)).json<{ list_bill_id: number; lines: number }>();
    assert.deepEqual([made.lines, codeOf(await list(period))], [1, 'list_bill_exists']);
    const report = await client.send('POST', `/api/list-bills/${made.list_bill_id}/report`, { csv: `employee,policy,amount\nE1,${policy?.policy_number ?? ''},1\n` });
    assert.deepEqual(report.json(), { mismatches: 1 });
    assert.equal(codeOf(await client.send('POST', `/api/list-bills/${made.list_bill_id}/report`, { csv: 'a,b\n1,2\n' })), 'group_report_columns');
    const answer = () => client.send('POST', `/api/list-bills/${made.list_bill_id}/lines/1/answer`, { answer: 'Asked the payer' });
    assert.deepEqual([(await answer()).statusCode, (await answer()).statusCode], [200, 404]);
    const { lines } = await read<Wire['list_bill']>(`/api/list-bills/${made.list_bill_id}`, await logIn(app, 'harbour', 'auditor'));
    assert.deepEqual(lines.map(({ mismatch, answer: said }) => [mismatch, said]), [['amount_differs', 'Asked the payer']]);
    const [group] = (await read<Wire['groups']>('/api/groups')).groups;
    assert.deepEqual([group?.members, group?.mismatches], [1, 0]);
    assert.equal((await client.send('POST', `/api/groups/${id}/members/leave`, { policy_id: policy?.policy_id ?? 0, to_on: '2026-12-01' })).statusCode, 200);
  });
});

describe('producers', () => {
  test('get policies and rates from finance; a rate and a policy are given once', async () => {
    const codeOf = (answer: Awaited<ReturnType<Client['get']>>): string => answer.json<Wire['problem']>().code;
    const add = (as: Client, name: string) => as.send('POST', '/api/producers', { name });
    assert.deepEqual([codeOf(await add(await logIn(app, 'harbour', 'agent'), 'Lee')), codeOf(await add(client, ' '))], ['role_not_allowed', 'request_invalid']);
    const { producer_id: id } = (await add(client, 'Lee & Partners')).json<{ producer_id: number }>();
    const rate = () => client.send('POST', '/api/commission-rates', { producer_id: id, line: 'life', policy_year: 'first', from_on: '2026-01-01', rate_ppm: 400_000 });
    assert.deepEqual([(await rate()).statusCode, codeOf(await rate())], [200, 'commission_rate_exists']);
    const [policy] = await inBooks((tx) => tx<{ policy_number: string }[]>`select policy_number from policies limit 1`);
    const give = (number: string) => client.send('POST', `/api/producers/${id}/policies`, { policy_number: number, since: TODAY });
    assert.deepEqual([(await give(policy?.policy_number ?? '')).statusCode, codeOf(await give(policy?.policy_number ?? '')), codeOf(await give('none'))], [200, 'producer_looks_after', 'group_policy_unknown']);
    const { producers } = await read<Wire['producers']>('/api/producers', await logIn(app, 'harbour', 'auditor'));
    assert.deepEqual(producers.map((one) => [one.name, one.policies, one.earned]), [['Lee & Partners', 1, []]]);
    assert.deepEqual((await read<Wire['commission_statement']>(`/api/producers/${id}/statement?month=2026-11-01`)).rows, []);
    assert.equal((await client.get('/api/producers/999999/statement?month=2026-11-01')).statusCode, 404);
  });
});

describe('files for finance', () => {
  const period = `from=2026-11-01&to=${TODAY}`;
  const codeOf = (answer: Awaited<ReturnType<Client['get']>>): string => answer.json<Wire['problem']>().code;
  test('hold every entry, as CSV and as Parquet, and the balances of the trial balance', async () => {
    const [want] = await inBooks((tx) => tx<{ n: number; sum: string }[]>`select count(*)::int as n, sum(amount_minor)::text as sum from postings where booked_on between '2026-11-01' and ${TODAY}`);
    const csv = (await client.get(`/api/ledger/export?kind=journal&format=csv&${period}`)).body.trim().split('\r\n');
    const column = (csv[0] ?? '').split(',').indexOf('amount_minor');
    assert.deepEqual([csv.length - 1, csv.slice(1).reduce((sum, line) => sum + Number(line.split(',')[column]), 0)], [want?.n, Number(want?.sum)]);
    const bytes = (await client.get(`/api/ledger/export?kind=journal&format=parquet&${period}`)).rawPayload;
    const rows = await parquetReadObjects({ file: new Uint8Array(bytes).buffer }) as { amount_minor: bigint; debit_account: string; bill_id: bigint | null }[];
    assert.deepEqual([rows.length, rows.reduce((sum, row) => sum + row.amount_minor, 0n).toString()], [want?.n, want?.sum]);
    assert.ok(rows.some(({ debit_account: account }) => account === 'premium_receivable'));
    const balances = await parquetReadObjects({ file: new Uint8Array((await client.get(`/api/ledger/export?kind=balances&format=parquet&${period}`)).rawPayload).buffer }) as { account: string; currency: string; balance_minor: bigint }[];
    const { accounts } = await read<Wire['ledger_balance']>('/api/ledger/balance');
    assert.deepEqual(balances.map((row) => [row.account, row.currency, Number(row.balance_minor)]), accounts.map((row) => [row.account, row.currency, row.balance_minor]));
    assert.equal((await (await logIn(app, 'harbour', 'agent')).get(`/api/ledger/export?kind=journal&format=csv&${period}`)).statusCode, 403);
    assert.equal(codeOf(await client.get('/api/ledger/export?kind=journal&format=xls&from=2026-11-01&to=2026-11-02')), 'request_invalid');
  });
  test('carry the insurer’s own codes, once all accounts that are used have one; two people never overwrite each other', async () => {
    const name = (account: string, version: number) => client.send('PUT', `/api/ledger/chart/${account}`, { code: `1-${account}`, name: 'Konto', version });
    assert.deepEqual([(await name('bank', 0)).json(), codeOf(await name('bank', 0))], [{ version: 1 }, 'changed_meanwhile']);
    const file = () => client.get(`/api/ledger/export?kind=balances&format=csv&${period}`);
    assert.equal(codeOf(await file()), 'chart_incomplete');
    for (const { account, version } of (await read<Wire['chart']>('/api/ledger/chart')).accounts) if (version === 0) await name(account, 0);
    assert.match((await file()).body, /"1-premium_receivable"/);
  });
  test('report all accounts in one currency at stated rates, which reconciles to each currency’s trial balance', async () => {
    const state = (csv: string) => client.send('POST', '/api/exchange-rates', { csv });
    assert.equal(codeOf(await state('date,from,to,rate,source\n2026-11-20,CNY,HKD,zero,HKMA\n')), 'rates_row');
    const { accounts, sums } = await read<Wire['ledger_balance']>('/api/ledger/balance');
    const others = sums.map(({ currency }) => currency).filter((currency) => currency !== 'HKD');
    assert.ok(others.length > 0);
    assert.deepEqual((await read<Wire['group_report']>('/api/ledger/group-report?into=HKD')).without_rate, others);
    assert.deepEqual((await state(`date,from,to,rate,source\n${others.flatMap((one) => [`2026-11-01,${one},HKD,9.99,HKMA`, `2026-11-20,${one},HKD,2,HKMA`, `2026-12-20,${one},HKD,7,HKMA`]).join('\n')}\n`)).json(), { rates: others.length * 3 });
    const report = await read<Wire['group_report']>('/api/ledger/group-report?into=HKD');
    assert.deepEqual(report.rows.map((row) => [row.account, row.currency, row.balance_minor]), accounts.map((row) => [row.account, row.currency, row.balance_minor]));
    // With a rate of two nothing is rounded, so the whole is exact.
    for (const { account, in_one_minor: minor } of report.accounts) assert.equal(minor, accounts.filter((row) => row.account === account).reduce((sum, row) => sum + row.balance_minor * (row.currency === 'HKD' ? 1 : 2), 0), account);
    assert.deepEqual([report.rounding_minor, report.without_rate], [0, []]);
  });
  test('show a day side by side, and name what is on one side alone', async () => {
    const day = await read<Wire['day_reconciled']>(`/api/ledger/day?on=${TODAY}`);
    for (const { side, currency } of day.sides) {
      const of = (name: 'reported_minor' | 'booked_minor'): number => day.sides.find((one) => one.side === side && one.currency === currency)?.[name] ?? 0;
      assert.equal(of('reported_minor') - of('booked_minor'), day.left.filter((one) => one.side === side && one.currency === currency).reduce((sum, one) => sum + one.reported_minor - one.booked_minor, 0));
    }
    const [paid] = await inBooks((tx) => tx<{ holder_id: number; payment_id: number }[]>`select holder_id, payment_id from payments where state = 'succeeded' and provider <> 'inforce' order by payment_id limit 1`);
    // The fixture's payment was never booked; now it is reported for this day.
    await inBooks((tx) => tx`update payments set settled_at = ${new Date('2026-11-20T04:00:00Z')}, provider = 'sandbox' where payment_id = ${paid?.payment_id ?? 0}`);
    const { left } = await read<Wire['day_reconciled']>('/api/ledger/day?on=2026-11-20');
    assert.deepEqual(left.map(({ kind, id, reason }) => [kind, id, reason]), [['payment', paid?.payment_id, 'not_booked']]);
  });
});

describe('a day', () => {
  test('is closed by finance where the books agree, and then takes no entry', async () => {
    const finance = await logIn(app, 'harbour', 'finance');
    const close = (as: Client, on: string) => as.send('POST', '/api/ledger/closings', { on, note: 'Evening' });
    assert.deepEqual(await read<Wire['ledger_closings']>('/api/ledger/closings'), { closed_to: null, closings: [] });
    assert.equal((await close(await logIn(app, 'harbour', 'auditor'), TODAY)).statusCode, 403);
    assert.equal((await close(finance, '2026-11-25')).json<Wire['problem']>().code, 'day_not_over');
    // The fixture's paid bills were never booked.
    assert.equal((await close(finance, YESTERDAY)).json<Wire['problem']>().code, 'books_disagree');
    assert.equal((await read<Wire['ledger_closings']>('/api/ledger/closings')).closed_to, null);
  });
});
