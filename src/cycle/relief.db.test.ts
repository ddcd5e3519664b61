/** Fees, discounts, points and small balances against real PostgreSQL: the worked examples, and every random history leaves balanced books with which the auditor agrees. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { loadRulePacks } from '../compliance/index.ts';
import { waiveFees } from './fee-waiver.ts';
import { announce } from './stages/announce.ts';
import { chargeLateFees } from './stages/late-fees.ts';
import { addDays, expectOk, type PaymentId, type PlainDate } from '../kernel/index.ts';
import { trialBalance } from '../ledger/index.ts';
import { aPolicy, auditOf, NOW, openBooks, standingOf, TODAY, ZONE, type Books, type Policy, type SomePolicy } from '../payments/fixture.ts';
import { settle, type Settlement } from '../payments/index.ts';
import { writeTerms } from '../relief/index.ts';

const packs = loadRulePacks();
let books: Books;
before(async () => { books = await openBooks(); });
after(() => books?.close());

let events = 0;
const aReceipt = (policy: Policy, amountMinor: bigint, bookedOn: PlainDate, changes: Partial<Settlement> = {}): Settlement => {
  events += 1;
  return {
    provider: 'bank', eventId: `E${events}`, kind: 'succeeded', holderId: policy.holderId, billId: policy.bills[0]!, paymentId: null, providerReference: `E${events}`, method: 'bank_transfer', amountMinor, currency: policy.currency,
    occurredAt: NOW + events, bookedOn, failure: null, ...changes,
  };
};
const pay = (settlements: readonly Settlement[]) => books.in((tx) => settle(tx, books, settlements, NOW));
const goesBack = (receipt: Settlement, paymentId: PaymentId, on: PlainDate) => pay([{ ...receipt, kind: 'returned', eventId: `${receipt.eventId}-back`, paymentId, bookedOn: on }]);
const context = (businessDate: PlainDate) => ({ insurer: { insurerId: books.insurerId, timeZone: ZONE } as never, businessDate, packs, shared: undefined as never });
const rangeOf = ({ holderId }: Policy) => ({ from: holderId, to: holderId });
const charge = (policy: Policy, on: PlainDate) => books.in((tx) => chargeLateFees(tx, context(on), rangeOf(policy)));
/** A policy whose bill is issued on the day and announces what holds then. */
async function announcedPolicy(issuedOn: PlainDate, some: SomePolicy = {}): Promise<Policy> {
  const policy = await books.in((tx) => aPolicy(tx, books.insurerId, { premiumMinor: 100_000n, levyMinor: 0n, ...some }));
  await books.in((tx) => tx`update bills set issued_on = ${issuedOn} where holder_id = ${policy.holderId}`);
  await books.in((tx) => announce(tx, context(issuedOn), rangeOf(policy)));
  return policy;
}
const feesOf = async (policy: Policy): Promise<bigint> => (await books.in((tx) => tx<{ fees_minor: bigint }[]>`select fees_minor from bills where bill_id = ${policy.bills[0]!}`))[0]!.fees_minor;
const balanceOf = async (account: string): Promise<bigint> => (await books.in((tx) => trialBalance(tx, '2199-12-31' as PlainDate))).find((row) => row.account === account && row.currency === 'HKD')?.balanceMinor ?? 0n;

describe('late fees', () => {
  const due = addDays(TODAY, -40);
  test('are charged by the announced steps on their days, once, and are in the books (S127)', async () => {
    const policy = await announcedPolicy(addDays(due, -21), { dueOn: due });
    const income = await balanceOf('fee_income');
    const seen: [number, bigint][] = [];
    for (let days = 0; days <= 35; days += 5) {
      await charge(policy, addDays(due, days));
      await charge(policy, addDays(due, days));
      seen.push([days, await feesOf(policy)]);
    }
    assert.deepEqual(seen, [[0, 0n], [5, 0n], [10, 500n], [15, 500n], [20, 1_000n], [25, 1_000n], [30, 1_500n], [35, 1_500n]]);
    assert.deepEqual([income - await balanceOf('fee_income'), await auditOf(books)], [1_500n, []]);
  });
  test('are not charged on a bill that announced none, nor while it is disputed, nor once its premium is paid', async () => {
    const silent = await books.in((tx) => aPolicy(tx, books.insurerId, { dueOn: due }));
    const disputed = await announcedPolicy(addDays(due, -21), { dueOn: due });
    await books.in((tx) => tx`update bills set disputed = true where holder_id = ${disputed.holderId}`);
    const covered = await announcedPolicy(addDays(due, -21), { dueOn: due });
    await charge(covered, addDays(due, 10));
    await pay([aReceipt(covered, covered.amountMinor, addDays(due, 12))]);
    for (const policy of [silent, disputed, covered]) await charge(policy, TODAY);
    assert.deepEqual([await feesOf(silent), await feesOf(disputed), await feesOf(covered), await auditOf(books)], [0n, 0n, 500n, []]);
  });
  test('count from the original day when a payment goes back, and none is invented for the days on which it was paid (B8)', async () => {
    const policy = await announcedPolicy(addDays(due, -21), { dueOn: due });
    const receipt = aReceipt(policy, policy.amountMinor, due);
    const done = await pay([receipt]);
    await charge(policy, addDays(due, 25));
    assert.equal(await feesOf(policy), 0n);
    await goesBack(receipt, done.booked[0]!.paymentId, addDays(due, 25));
    await charge(policy, addDays(due, 26));
    const charged = await books.in((tx) => tx<{ days: number; charged_on: PlainDate }[]>`select days, charged_on from late_fees where bill_id = ${policy.bills[0]!} order by days`);
    assert.deepEqual(charged.map((row) => ({ ...row })), [{ days: 10, charged_on: addDays(due, 26) }, { days: 20, charged_on: addDays(due, 26) }]);
    assert.deepEqual([await feesOf(policy), await auditOf(books)], [1_000n, []]);
  });
  test('are the same for two equal accounts, and are interest where law allows only that', async () => {
    const equal = [await announcedPolicy(addDays(due, -21), { dueOn: due }), await announcedPolicy(addDays(due, -21), { dueOn: due })];
    const manila = await announcedPolicy(addDays(due, -21), { dueOn: due, market: 'PH', currency: 'PHP' });
    await books.in((tx) => tx`update bills set market = 'PH' where holder_id = ${manila.holderId}`);
    await books.in((tx) => tx`update bills set announced = null where holder_id = ${manila.holderId}`);
    await books.in((tx) => announce(tx, context(addDays(due, -21)), rangeOf(manila)));
    for (const policy of [...equal, manila]) await charge(policy, TODAY);
    const [a, b] = [await feesOf(equal[0]!), await feesOf(equal[1]!)];
    const charges = await books.in((tx) => tx<{ charges: { kind: string }[] }[]>`select charges from bills where holder_id = ${manila.holderId}`);
    // 6 % a year of 1,000.00 for 30 days.
    assert.deepEqual([a, b, await feesOf(manila), charges[0]?.charges.map(({ kind }) => kind), await auditOf(books)], [1_500n, 1_500n, 493n, ['interest'], []]);
  });
  test('are waived for a reason: the entries are turned round and what had paid them waits', async () => {
    const policy = await announcedPolicy(addDays(due, -21), { dueOn: due });
    const income = await balanceOf('fee_income');
    await charge(policy, TODAY);
    await pay([aReceipt(policy, policy.amountMinor + 1_500n, TODAY)]);
    const waived = expectOk(await books.in((tx) => waiveFees(tx, { insurerId: books.insurerId, holderId: policy.holderId, billId: policy.bills[0]!, by: 'Mei', reason: 'the post was late', at: NOW, on: TODAY })));
    const [item] = await books.in((tx) => tx<{ amount_minor: bigint }[]>`select amount_minor from suspense_items where holder_id = ${policy.holderId}`);
    await charge(policy, addDays(TODAY, 1));
    assert.deepEqual([waived.amountMinor, item?.amount_minor, await feesOf(policy), income - await balanceOf('fee_income'), await auditOf(books)], [1_500n, 1_500n, 0n, 0n, []]);
    const again = await books.in((tx) => waiveFees(tx, { insurerId: books.insurerId, holderId: policy.holderId, billId: policy.bills[0]!, by: 'Mei', reason: 'again', at: NOW, on: TODAY }));
    assert.equal(again.ok ? 'waived' : again.problem.code, 'no_fee_to_waive');
  });
});

describe('a discount for paying early', () => {
  const tier = { market: 'HK', subdivision: null, lines: ['*'], days: 10, basis_points: 300, from: '2026-01-01', in_contract: true };
  const due = addDays(TODAY, 10);
  before(() => books.in(async (tx) => expectOk(await writeTerms(tx, { insurerId: books.insurerId, kind: 'early_discount', terms: { tiers: [tier] }, version: 0, by: 'Mei', at: NOW }))));

  test('makes 970.00 of 1,000.00 full ten days early, and stands in the ledger as 30.00 (S124)', async () => {
    const policy = await announcedPolicy(addDays(TODAY, -5), { dueOn: due });
    const given = await balanceOf('discounts_allowed');
    const done = await pay([aReceipt(policy, 97_000n, TODAY)]);
    const [bill] = await books.in((tx) => tx<{ state: string; paid_by: string }[]>`select state, paid_by from bills where holder_id = ${policy.holderId}`);
    assert.deepEqual([done.paid.length, { ...bill }, await balanceOf('discounts_allowed') - given, await auditOf(books)], [1, { state: 'paid', paid_by: 'bank_transfer' }, 3_000n, []]);
  });
  test('is not given a day later, nor for a cent less, nor beyond what is lacking', async () => {
    const given = await balanceOf('discounts_allowed');
    const late = await announcedPolicy(addDays(TODAY, -5), { dueOn: due });
    await pay([aReceipt(late, 97_000n, addDays(TODAY, 1))]);
    const short = await announcedPolicy(addDays(TODAY, -5), { dueOn: due });
    await pay([aReceipt(short, 96_999n, TODAY)]);
    assert.equal(await balanceOf('discounts_allowed') - given, 0n);
    const more = await announcedPolicy(addDays(TODAY, -5), { dueOn: due });
    await pay([aReceipt(more, 99_000n, TODAY)]);
    assert.deepEqual([await balanceOf('discounts_allowed') - given, await auditOf(books)], [1_000n, []]);
  });
  test('goes back with its payment and leaves everything as it was', async () => {
    const policy = await announcedPolicy(addDays(TODAY, -5), { dueOn: due });
    const standing = await standingOf(books, policy);
    for (const provider of ['bank', 'sandbox']) {
      const receipt = aReceipt(policy, 97_000n, TODAY, { provider });
      const done = await pay([receipt]);
      await pay([receipt]);
      await goesBack(receipt, done.booked[0]!.paymentId, TODAY);
      assert.deepEqual([await standingOf(books, policy), await auditOf(books)], [standing, []]);
    }
  });
});
