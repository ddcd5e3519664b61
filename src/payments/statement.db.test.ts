import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { decimalText, expectOk, type PlainDate } from '../kernel/index.ts';
import { aPolicy, auditOf, NOW, openBooks, registerBooks, TODAY, ZONE, type Books, type Policy } from './fixture.ts';
import { bookStatement, type BookedStatement, type StatementSource } from './index.ts';

const HEADER = 'reference,amount,currency,booked_on,bank_reference,payer';
let books: Books;
before(async () => { books = await openBooks(); });
after(() => books?.close());
afterEach(async () => assert.deepEqual(await auditOf(books), [], 'the auditor disagrees'));

const book = async (content: StatementSource['content'], method = 'bank_transfer'): Promise<BookedStatement> =>
  expectOk(await bookStatement(books.database, { insurerId: books.insurerId, timeZone: ZONE }, { fileName: 'statement.csv', content, method }, NOW, async () => {}));
const somePolicies = (count: number): Promise<Policy[]> => books.in(async (tx) => {
  const made: Policy[] = [];
  for (let i = 0; i < count; i += 1) made.push(await aPolicy(tx, books.insurerId));
  return made;
});
const lineOf = (policy: Policy, number: string, changes: { amount?: string; on?: string; reference?: string } = {}): string =>
  `${changes.reference ?? `${policy.holderId}-${policy.bills[0] ?? 0}`},${changes.amount ?? decimalText(policy.amountMinor, 'HKD')},HKD,${changes.on ?? TODAY},${number},CHAN`;
const counts = (done: BookedStatement): number[] => [done.lines, done.booked, done.billsPaid, done.duplicates, done.unmatchedCount, done.badCount];

describe('a bank statement', () => {
  test('pays the bills that it names, and the same file twice changes nothing', async () => {
    const policies = await somePolicies(3);
    const file = [HEADER, ...policies.map((policy, index) => lineOf(policy, `S1-${index}`, { on: '2026-11-20' }))].join('\r\n');
    assert.deepEqual(counts(await book(`\uFEFF${file}`, 'standing_order')), [3, 3, 3, 0, 0, 0]);
    assert.deepEqual(counts(await book(file)), [3, 0, 0, 3, 0, 0]);
    const bills = await books.in((tx) => tx<{ paid_on: PlainDate; paid_by: string }[]>`select paid_on, paid_by from bills where holder_id = any(${policies.map(({ holderId }) => holderId)}::bigint[])`);
    assert.ok(bills.every(({ paid_on: on, paid_by: by }) => on === '2026-11-20' && by === 'standing_order'));
  });
  test('loaded twice at once books each line once', async () => {
    const policies = await somePolicies(20);
    const file = [HEADER, ...policies.map((policy, index) => lineOf(policy, `S2-${index}`))].join('\n');
    const done = await Promise.all([book(file), book(file), book(file)]);
    assert.equal(done.reduce((sum, { booked }) => sum + booked, 0), 20);
  });
  test('gives each bad line back with row, field, value, reason and remedy, and books the good ones beside it', async () => {
    const [good, other] = await somePolicies(2) as [Policy, Policy];
    const bad = [
      [lineOf(other, 'S3-1', { amount: '=cmd()' }), 'amount'], [lineOf(other, 'S3-2', { amount: '-5.00' }), 'amount'], [lineOf(other, 'S3-3', { amount: '0' }), 'amount'],
      [lineOf(other, 'S3-4', { amount: '99999999999999999999' }), 'amount'], [lineOf(other, 'S3-5', { amount: '1.005' }), 'amount'], [lineOf(other, 'S3-6', { on: '2026-02-29' }), 'booked_on'],
      [lineOf(other, 'S3-7', { on: '2026-11-25' }), 'booked_on'], [lineOf(other, ''), 'bank_reference'], [lineOf(other, 'S3-8').replace('HKD', 'XXX'), 'currency'], ['only one cell', 'currency'],
    ] as const;
    const done = await book([HEADER, ...bad.map(([line]) => line), lineOf(good, 'S3-good')].join('\n'));
    assert.deepEqual([done.booked, done.badCount], [1, bad.length]);
    assert.deepEqual(done.bad.map(({ row, field }) => [row, field]), bad.map(([, field], index) => [index + 2, field]));
    for (const { reason, remedy } of done.bad) assert.ok(reason.length > 5 && remedy.length > 5 && !reason.includes('{'), `${reason} | ${remedy}`);
  });
  test('keeps a line that leads to no bill, once, booked into suspense', async () => {
    const [policy] = await somePolicies(1) as [Policy];
    const lines = [lineOf(policy, 'S4-1', { reference: 'thank you' }), lineOf(policy, 'S4-2', { reference: '999999-1' }), lineOf(policy, 'S4-1', { reference: 'thank you' })];
    const done = await book([HEADER, ...lines].join('\n'));
    assert.deepEqual(counts(done), [3, 0, 0, 1, 2, 0]);
    assert.deepEqual(done.unmatched.map(({ row, reference }) => [row, reference]), [[2, 'thank you'], [3, '999999-1']]);
    // The bank sends the line again with the right reference: it is the same money.
    assert.deepEqual(counts(await book([HEADER, lineOf(policy, 'S4-1')].join('\n'))), [1, 0, 0, 1, 0, 0]);
    const [kept] = await books.in((tx) => tx`select count(*)::int as n, sum(amount_minor)::text as sum from unmatched_receipts`);
    assert.deepEqual({ ...kept }, { n: 2, sum: String(policy.amountMinor * 2n) });
  });
  test('takes a corrected line of the same bank reference for the same money, whoever it names', async () => {
    const [first, second] = await somePolicies(2) as [Policy, Policy];
    assert.equal((await book([HEADER, lineOf(first, 'S5')].join('\n'))).booked, 1);
    assert.deepEqual(counts(await book([HEADER, lineOf(second, 'S5')].join('\n'))), [1, 0, 0, 1, 0, 0]);
  });
  test('finds the bill’s number among a bank’s words', async () => {
    const [policy] = await somePolicies(1) as [Policy];
    assert.equal((await book([HEADER, lineOf(policy, 'S6', { reference: `"INV #${policy.holderId}-${policy.bills[0] ?? 0} CHAN, MEI"` })].join('\n'))).booked, 1);
  });
  test('without its columns, empty, or not readable is refused with what to do', async () => {
    const ask = (content: string) => bookStatement(books.database, { insurerId: books.insurerId, timeZone: ZONE }, { fileName: 'x', content }, NOW, async () => {});
    for (const [content, code] of [['', 'statement_columns_missing'], ['a,b\n1,2', 'statement_columns_missing'], [`${HEADER}\n"1-1,${'x'.repeat(70_000)}`, 'statement_unreadable']] as const) {
      const done = await ask(content);
      assert.equal(done.ok ? 'ok' : done.problem.code, code);
    }
  });
  test('pays no other insurer’s bill', async () => {
    const [policy] = await somePolicies(1) as [Policy];
    const stranger = await registerBooks(books.database, 'stranger');
    const done = expectOk(await bookStatement(books.database, { insurerId: stranger, timeZone: ZONE }, { fileName: 'x', content: [HEADER, lineOf(policy, 'S7')].join('\n') }, NOW, async () => {}));
    assert.deepEqual([done.booked, done.unmatchedCount], [0, 1]);
  });
  test('is booked at thousands of lines a second', async () => {
    const count = 6_000;
    const premium = 100_000;
    const lines = await books.in(async (tx) => {
      const { policyId } = await aPolicy(tx, books.insurerId);
      await tx`
        insert into holders (insurer_id, holder_id, external_ref, family_name, language, time_zone, market)
        select ${books.insurerId}, 1000000 + i, 'B' || i, 'X', 'en', ${ZONE}, 'HK' from generate_series(1, ${count}) i`;
      await tx`
        insert into policies (insurer_id, holder_id, policy_id, policy_number, market, line, currency, premium_minor, mode, cover_from, due_day)
        select ${books.insurerId}, 1000000 + i, ${policyId} + 1000000 + i, 'B' || i, 'HK', 'life', 'HKD', ${premium}, 'monthly', '2026-01-01', 1 from generate_series(1, ${count}) i`;
      await tx`
        insert into bills (insurer_id, holder_id, bill_id, policy_id, instalment_no, period_from, period_to, due_on, issued_on, currency, premium_minor, amount_minor)
        select ${books.insurerId}, 1000000 + i, 10000000 + i, ${policyId} + 1000000 + i, 1, ${TODAY}, '2026-12-24', ${TODAY}, '2026-11-01', 'HKD', ${premium}, ${premium} from generate_series(1, ${count}) i`;
      await tx`
        insert into postings (insurer_id, holder_id, booked_on, debit_account, credit_account, amount_minor, currency, rule, source_kind, source_id, bill_id)
        select ${books.insurerId}, 1000000 + i, ${TODAY}, 'premium_receivable', 'premium_income', ${premium}, 'HKD', 'bill_issued', 'bill', 10000000 + i, 10000000 + i from generate_series(1, ${count}) i`;
      return Array.from({ length: count }, (_, index) => `${1_000_001 + index}-${10_000_001 + index},1000.00,HKD,${TODAY},F${index},X`);
    });
    await books.database.owner`analyze`;
    const started = performance.now();
    const done = await book([HEADER, ...lines].join('\n'));
    const perSecond = Math.round(count / ((performance.now() - started) / 1000));
    assert.equal(done.billsPaid, count);
    console.log(`# ${perSecond} lines/s`);
    assert.ok(perSecond > 1_000, `${perSecond} lines/s`);
    const again = performance.now();
    assert.equal((await book([HEADER, ...lines].join('\n'))).duplicates, count);
    assert.ok(performance.now() - again < 10_000);
  });
});
