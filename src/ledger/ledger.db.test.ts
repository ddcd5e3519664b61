import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { inInsurer, openTestDatabase, type Database, type TestDatabase, type Tx } from '../database/index.ts';
import { addDays, type BillId, type HolderId, type InsurerId, type PlainDate, type PolicyId, seededRandom } from '../kernel/index.ts';
import { auditLedger, billPostings, closeDays, closedTo, closings, entry, sumDays, trialBalance, writePostings, type PostingRow, type TrialBalanceRow } from './index.ts';

const DAY = '2026-11-24' as PlainDate;
let database: Database;
let opened: TestDatabase;
let insurerId: InsurerId;

before(async () => {
  opened = await openTestDatabase();
  ({ database } = opened);
  insurerId = await newInsurer('harbour');
});
after(() => opened?.close());

async function newInsurer(code: string): Promise<InsurerId> {
  const [row] = await database.owner<{ insurer_id: InsurerId }[]>`
    insert into insurers (code, name, name_zh_hans, name_zh_hant, reporting_currency, time_zone) values (${code}, 'H', 'H', 'H', 'HKD', 'Asia/Hong_Kong') returning insurer_id`;
  return row?.insurer_id ?? (0 as InsurerId);
}

const inBooks = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => inInsurer(database.app, insurerId, work);
const postings = (count: number, from = 1): PostingRow[] => Array.from({ length: count }, (_, index) => billPostings({
  billId: (from + index) as BillId, holderId: 1 as HolderId, policyId: 1 as PolicyId, premiumMinor: 100n, charges: [{ kind: 'levy', rule: 'x', amountMinor: 1n }], currency: 'HKD',
}, DAY)).flat();

describe('the ledger', () => {
  test('books the same entries once, whether few or many', async () => {
    for (const rows of [postings(3), postings(2_000, 1_000)]) {
      assert.equal(await inBooks((tx) => writePostings(tx, insurerId, rows)), rows.length);
      assert.equal(await inBooks((tx) => writePostings(tx, insurerId, rows)), 0);
    }
    // Twice in one transaction, both by COPY.
    await inBooks(async (tx) => {
      await writePostings(tx, insurerId, postings(600, 10_000));
      await writePostings(tx, insurerId, postings(600, 20_000));
    });
  });
  test('gives a trial balance of any day that sums to nothing', async () => {
    const rows = await inBooks((tx) => trialBalance(tx, DAY));
    assert.equal(rows.reduce((sum, { balanceMinor }) => sum + balanceMinor, 0n), 0n);
    assert.ok(rows.some(({ account, balanceMinor }) => account === 'premium_receivable' && balanceMinor > 0n));
    assert.deepEqual(await inBooks((tx) => trialBalance(tx, '2026-11-23' as PlainDate)), []);
  });
  test('refuses to change, delete or empty what is booked, from whoever asks', async () => {
    const tries = [
      'update postings set amount_minor = 1', 'delete from postings', 'truncate postings', `update postings set rule = 'x' where false`,
    ];
    for (const statement of tries) {
      await assert.rejects(inBooks((tx) => tx.unsafe(statement)), /permission denied|never changed/, statement);
      await assert.rejects(database.owner.unsafe(statement), /never changed/, statement);
    }
  });
  test('refuses an entry of nothing, of less than nothing, from an account to itself, or to no account', async () => {
    const good = entry('write_off', { holderId: 1 as HolderId, policyId: null, billId: null, bookedOn: DAY, amountMinor: 5n, currency: 'HKD', sourceId: 77 });
    for (const bad of [{ amountMinor: 0n }, { amountMinor: -5n }, { credit: 'write_offs' as const }, { debit: 'pocket' as never }, { currency: 'hkd' }, { sourceKind: 'gift' as never }]) {
      await assert.rejects(inBooks((tx) => writePostings(tx, insurerId, [{ ...good, ...bad }])), /violates|constraint/, Object.keys(bad).join());
    }
  });
  test('refuses to reverse an entry twice, under whatever name', async () => {
    const [row] = await inBooks((tx) => tx<{ posting_id: number }[]>`select posting_id from postings limit 1`);
    const back = { ...entry('refund_due', { holderId: 1 as HolderId, policyId: null, billId: null, bookedOn: DAY, amountMinor: 5n, currency: 'HKD', sourceId: row?.posting_id ?? 0 }), sourceKind: 'reversal' as const, reversesId: row?.posting_id ?? 0 };
    assert.equal(await inBooks((tx) => writePostings(tx, insurerId, [{ ...back, rule: 'refunded' }])), 1);
    assert.equal(await inBooks((tx) => writePostings(tx, insurerId, [{ ...back, rule: 'charged_back' }])), 0);
  });
  test('is found wrong by the auditor where entries have no bill behind them', async () => {
    const found = await inBooks(auditLedger);
    assert.ok(found.some(({ where, expectedMinor }) => where === 'premium_receivable' && expectedMinor === 0n), JSON.stringify(found, (_k, v: unknown) => (typeof v === 'bigint' ? String(v) : v)));
  });
});

describe('days that are over', () => {
  const seed = Number(process.env['INFORCE_SEED'] ?? 21);
  const inText = (rows: readonly TrialBalanceRow[]): string[] => rows.map(({ account, currency, debitMinor, creditMinor }) => `${account} ${currency} ${debitMinor} ${creditMinor}`);

  /** The same sums, straight from the entries. */
  const fromEntries = async (tx: Tx, on: PlainDate): Promise<string[]> => (await tx<{ sums: string }[]>`
    select concat_ws(' ', account, currency, sum(debit), sum(credit)) as sums from (
      select debit_account::text as account, currency::text, amount_minor as debit, 0 as credit, booked_on from postings
      union all select credit_account::text, currency::text, 0, amount_minor, booked_on from postings) sides
    where booked_on <= ${on} group by account, currency order by account, currency`).map(({ sums }) => sums);

  test('are summed as their entries are, whatever is booked into them before, between and after', async () => {
    const random = seededRandom(seed);
    const books = await newInsurer('days');
    const inDays = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => inInsurer(database.app, books, work);
    const somewhere = (): PlainDate => addDays(DAY, random.integer(-40, 10));
    let source = 0;
    for (let step = 0; step < 60; step += 1) {
      if (random.integer(1, 4) === 1) {
        await inDays((tx) => sumDays(tx, books, somewhere()));
      } else {
        const rows = Array.from({ length: random.integer(1, 6) }, () => entry(random.pick(['bill_issued', 'levy', 'payment_received', 'write_off'] as const), {
          holderId: random.integer(1, 3) as HolderId, policyId: null, billId: null, bookedOn: somewhere(), amountMinor: BigInt(random.integer(1, 10_000)), currency: random.pick(['HKD', 'CNY']),
          sourceId: source += 1,
        }));
        await inDays((tx) => writePostings(tx, books, rows));
      }
      const on = somewhere();
      assert.deepEqual(inText(await inDays((tx) => trialBalance(tx, on))), await inDays((tx) => fromEntries(tx, on)), `step ${step}, ${on}: replay with npm test -- --seed ${seed}`);
    }
  });

  test('and closed take no entry: the database refuses it, and what arrives later is booked on the first open day', async () => {
    const books = await newInsurer('closed');
    const inClosed = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => inInsurer(database.app, books, work);
    const close = (on: PlainDate, by: string) => inClosed((tx) => closeDays(tx, { insurerId: books, on, today: DAY, by, at: 0, note: '' }));
    const paid = (sourceId: number, bookedOn: PlainDate): PostingRow =>
      entry('receipt_unmatched', { holderId: 0 as HolderId, policyId: null, billId: null, bookedOn, amountMinor: 500n, currency: 'HKD', sourceId });
    assert.deepEqual((await close(addDays(DAY, 1), 'Mei')), { ok: false, problem: { code: 'day_not_over', details: { on: addDays(DAY, 1), today: DAY } } });
    const closed = await close(DAY, 'Mei');
    assert.ok(closed.ok && closed.value.checks.every(({ state }) => state === 'good'), JSON.stringify(closed));
    await assert.rejects(inClosed((tx) => tx`
      insert into postings (insurer_id, holder_id, booked_on, debit_account, credit_account, amount_minor, currency, rule, source_kind, source_id)
      values (${books}, 1, ${DAY}, 'bank', 'suspense', 1, 'HKD', 'x', 'payment', 1)`), /the books are closed to/);
    await inClosed((tx) => writePostings(tx, books, [paid(1, addDays(DAY, -3)), paid(2, DAY)]));
    assert.deepEqual([...await inClosed((tx) => tx<{ booked_on: PlainDate }[]>`select distinct booked_on from postings`)], [{ booked_on: addDays(DAY, 1) }]);
    assert.deepEqual(await inClosed((tx) => trialBalance(tx, DAY)), []);
    assert.deepEqual(await close(addDays(DAY, -1), 'Tom'), { ok: false, problem: { code: 'day_closed_already', details: { on: DAY, by: 'Mei' } } });
    assert.equal(await inClosed((tx) => closedTo(tx, books)), DAY);
  });

  test('are not closed while the books disagree; of two people who close at once, the second is told who was first', async () => {
    const refused = await inBooks((tx) => closeDays(tx, { insurerId, on: DAY, today: DAY, by: 'Mei', at: 0, note: '' }));
    assert.equal(refused.ok ? '' : refused.problem.code, 'books_disagree');
    assert.equal(await inBooks((tx) => closedTo(tx, insurerId)), null);
    const books = await newInsurer('race');
    const both = await Promise.all(['Mei', 'Tom'].map((by) => inInsurer(database.app, books, (tx) => closeDays(tx, { insurerId: books, on: DAY, today: DAY, by, at: 0, note: 'month end' }))));
    assert.deepEqual(both.map((one) => (one.ok ? 'closed' : one.problem.code)).toSorted(), ['closed', 'day_closed_already']);
    assert.equal((await inInsurer(database.app, books, (tx) => closings(tx, 5))).length, 1);
  });
});
