import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { inInsurer, openTestDatabase, type Database, type TestDatabase, type Tx } from '../database/index.ts';
import { type BillId, type HolderId, type InsurerId, type PlainDate, type PolicyId } from '../kernel/index.ts';
import { auditLedger, billPostings, entry, trialBalance, writePostings, type PostingRow } from './index.ts';

const DAY = '2026-11-24' as PlainDate;
let database: Database;
let opened: TestDatabase;
let insurerId: InsurerId;

before(async () => {
  opened = await openTestDatabase();
  ({ database } = opened);
  const [row] = await database.owner<{ insurer_id: InsurerId }[]>`
    insert into insurers (code, name, name_zh_hans, name_zh_hant, reporting_currency, time_zone) values ('harbour', 'H', 'H', 'H', 'HKD', 'Asia/Hong_Kong') returning insurer_id`;
  insurerId = row?.insurer_id ?? (0 as InsurerId);
});
after(() => opened?.close());

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
