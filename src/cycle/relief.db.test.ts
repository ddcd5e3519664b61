/** Fees, discounts, points and small balances against real PostgreSQL: the worked examples, and every random history leaves balanced books with which the auditor agrees. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { loadRulePacks } from '../compliance/index.ts';
import { type Tx } from '../database/index.ts';
import { waiveFees } from './fee-waiver.ts';
import { announceLeft, announcerOf } from './stages/announce.ts';
import { chargeLateFees } from './stages/late-fees.ts';
import { addDays, expectOk, seededRandom, type HolderId, type PaymentId, type PlainDate } from '../kernel/index.ts';
import { trialBalance } from '../ledger/index.ts';
import { aPolicy, auditOf, NOW, openBooks, standingOf, TODAY, ZONE, type Books, type Policy, type SomePolicy } from '../payments/fixture.ts';
import { settle, takeBackOwnMoney, type Settlement } from '../payments/index.ts';
import { earnPoints, expirePoints, forgetHabits, pointAccount, recordHabitDay, spendPoints, takeBackPoints, TERMS, writeTerms } from '../relief/index.ts';
import house from '../relief/house-terms.json' with { type: 'json' };
import { clearSmallBalances } from './stages/small-balances.ts';

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
const announceOn = async (tx: Tx, day: PlainDate, policy: Policy): Promise<number> => announceLeft(tx, context(day), rangeOf(policy), await announcerOf(tx, context(day)));

/** A policy whose bill is issued on the day and announces what holds then. */
async function announcedPolicy(issuedOn: PlainDate, some: SomePolicy = {}): Promise<Policy> {
  const policy = await books.in((tx) => aPolicy(tx, books.insurerId, { premiumMinor: 100_000n, levyMinor: 0n, ...some }));
  await books.in((tx) => tx`update bills set issued_on = ${issuedOn} where holder_id = ${policy.holderId}`);
  await books.in((tx) => announceOn(tx, issuedOn, policy));
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
    await books.in((tx) => announceOn(tx, addDays(due, -21), manila));
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

describe('points', () => {
  const terms = TERMS.points.parse({ ...house.points, on: true, hold_out_percent: 0 });
  before(() => books.in(async (tx) => expectOk(await writeTerms(tx, { insurerId: books.insurerId, kind: 'points', terms, version: 0, by: 'Mei', at: NOW }))));
  const accountOf = (holderId: HolderId) => books.in((tx) => pointAccount(tx, books.insurerId, holderId));
  const pointsOf = async ({ holderId }: Policy): Promise<number> => (await accountOf(holderId)).balances[0]?.points ?? 0;
  /** A payment with what follows from it in points. */
  const arrives = (settlements: readonly Settlement[], on: PlainDate) => books.in(async (tx) => {
    const settled = await settle(tx, books, settlements, NOW);
    await takeBackPoints(tx, books.insurerId, settled.reopened.map(({ holderId }) => holderId), on);
    await earnPoints(tx, books.insurerId, settled.paid, on);
    return settled;
  });
  const give = (policy: Policy, points: number) => books.in(async (tx) => {
    await tx`update holders set consents = array_append(consents, 'healthy_habits') where holder_id = ${policy.holderId}`;
    for (let day = 0; day * terms.earn.healthy_day.points < points; day += 1) expectOk(await recordHabitDay(tx, books.insurerId, { holderId: policy.holderId, on: addDays(TODAY, -day), steps: 9_000 }));
  });

  test('are earned by paying on time, in full and once for each payment, and go back with it', async () => {
    const policy = await books.in((tx) => aPolicy(tx, books.insurerId));
    const before = await standingOf(books, policy);
    const receipt = aReceipt(policy, policy.amountMinor, TODAY);
    const done = await arrives([receipt], TODAY);
    await arrives([receipt], TODAY);
    assert.deepEqual([await pointsOf(policy), await auditOf(books)], [60, []]);
    await arrives([{ ...receipt, kind: 'returned', eventId: `${receipt.eventId}-back`, paymentId: done.booked[0]!.paymentId }], TODAY);
    assert.deepEqual([await pointsOf(policy), await standingOf(books, policy), await auditOf(books)], [0, before, []]);
  });
  test('five hundred of them take 5.00 off the next bill and move the liability (S223)', async () => {
    const policy = await books.in((tx) => aPolicy(tx, books.insurerId));
    await give(policy, 500);
    const liability = await balanceOf('points_liability');
    const spent = expectOk(await books.in((tx) => spendPoints(tx, books.insurerId, { holderId: policy.holderId, billId: policy.bills[0]!, points: 500, at: NOW, on: TODAY })));
    const [bill] = await books.in((tx) => tx<{ left_minor: bigint }[]>`select amount_minor - paid_minor as left_minor from bills where holder_id = ${policy.holderId}`);
    assert.deepEqual([spent.amountMinor, policy.amountMinor - bill!.left_minor, await balanceOf('points_liability') - liability, await pointsOf(policy), await auditOf(books)], [500n, 500n, 500n, 0, []]);
    const more = await books.in((tx) => spendPoints(tx, books.insurerId, { holderId: policy.holderId, billId: policy.bills[0]!, points: 1, at: NOW, on: TODAY }));
    assert.equal(more.ok ? 'spent' : more.problem.code, 'points_too_few');
    const [payment] = await books.in((tx) => tx<{ payment_id: PaymentId }[]>`select payment_id from payments where holder_id = ${policy.holderId} and method = 'points_spent'`);
    await books.in((tx) => takeBackOwnMoney(tx, books, policy.holderId, [payment!.payment_id], { at: NOW, on: TODAY }));
    assert.deepEqual([await pointsOf(policy), await auditOf(books)], [500, []]);
  });
  test('that are old expire once, the oldest used first', async () => {
    const policy = await books.in((tx) => aPolicy(tx, books.insurerId));
    await give(policy, 100);
    expectOk(await books.in((tx) => spendPoints(tx, books.insurerId, { holderId: policy.holderId, billId: policy.bills[0]!, points: 30, at: NOW, on: TODAY })));
    await books.in((tx) => tx`update point_entries set expires_on = ${addDays(TODAY, 9)} where holder_id = ${policy.holderId} and kind = 'earned' and source <= ${`habit:${addDays(TODAY, -10)}`}`);
    const old = await books.in((tx) => tx<{ points: number }[]>`select sum(points)::int as points from point_entries where holder_id = ${policy.holderId} and expires_on = ${addDays(TODAY, 9)}`);
    for (const day of [8, 9, 10]) await books.in((tx) => expirePoints(tx, books.insurerId, addDays(TODAY, day), rangeOf(policy)));
    assert.deepEqual([await pointsOf(policy), await auditOf(books)], [100 - Math.max(30, old[0]!.points), []]);
  });
  test('lift the tier after twelve payments on time (S125)', async () => {
    const policy = await books.in((tx) => aPolicy(tx, books.insurerId, { bills: 13, dueOn: addDays(TODAY, 1) }));
    const tiers: string[] = [];
    for (const billId of policy.bills.slice(0, 12)) {
      await arrives([aReceipt(policy, policy.amountMinor, TODAY, { billId })], TODAY);
      tiers.push((await accountOf(policy.holderId)).tier);
    }
    const points = await pointsOf(policy);
    await arrives([aReceipt(policy, policy.amountMinor, TODAY, { billId: policy.bills[12]! })], TODAY);
    // Eleven times 60, the twelfth with a tenth more; twice a hundred for six in a row, the second with a tenth more.
    assert.deepEqual([tiers.slice(10), points, await pointsOf(policy) - points, await auditOf(books)], [['member', 'silver'], 11 * 60 + 66 + 100 + 110, 66, []]);
  });
  test('for healthy days need consent, and its withdrawal deletes the days while the books still balance (S225)', async () => {
    const policy = await books.in((tx) => aPolicy(tx, books.insurerId));
    const refused = await books.in((tx) => recordHabitDay(tx, books.insurerId, { holderId: policy.holderId, on: TODAY, steps: 9_000 }));
    assert.equal(refused.ok ? 'recorded' : refused.problem.code, 'consent_missing');
    await give(policy, 20);
    const gone = await books.in((tx) => forgetHabits(tx, policy.holderId));
    const left = await books.in((tx) => tx`select source from point_entries where holder_id = ${policy.holderId} and source ~ 'habit:[0-9]{4}-' union all select steps::text from habit_days where holder_id = ${policy.holderId}`);
    assert.deepEqual([gone.days, left.length, await pointsOf(policy), await auditOf(books)], [4, 0, 20, []]);
  });

  test('fees and discounts in random histories: what is returned leaves every balance as before, and the auditor agrees', { timeout: 120_000 }, async () => {
    const seed = Number(process.env['INFORCE_SEED'] ?? 1);
    const random = seededRandom(seed);
    for (let history = 0; history < 20; history += 1) {
      const issued = addDays(TODAY, -random.integer(10, 60));
      const policy = await announcedPolicy(issued, { dueOn: addDays(issued, 21), bills: random.integer(1, 3) });
      if (random.chance(0.5)) await give(policy, 50);
      const range = rangeOf(policy);
      for (let day = random.integer(0, 20); day < 70; day += random.integer(1, 12)) {
        const on = addDays(issued, day);
        const billId = random.pick(policy.bills);
        if (random.chance(0.7)) await charge(policy, on);
        const before = await standingOf(books, policy);
        const amount = random.pick([97_000n, 100_000n, BigInt(random.integer(1, 130_000))]);
        const receipt = aReceipt(policy, amount, on, { billId, provider: random.pick(['bank', 'sandbox'] as const) });
        const done = await arrives([receipt], on);
        if (random.chance(0.6)) {
          await arrives([{ ...receipt, kind: 'returned', eventId: `${receipt.eventId}-back`, paymentId: done.booked[0]!.paymentId }], on);
          assert.deepEqual(await standingOf(books, policy), before, `history ${history}, day ${day}, seed ${seed}`);
        }
        if (random.chance(0.2)) await books.in((tx) => spendPoints(tx, books.insurerId, { holderId: policy.holderId, billId, points: random.integer(1, 60), at: NOW, on }));
        if (random.chance(0.2)) await books.in((tx) => waiveFees(tx, { insurerId: books.insurerId, holderId: policy.holderId, billId, by: 'Mei', reason: 'goodwill', at: NOW, on }));
        if (random.chance(0.2)) await books.in((tx) => expirePoints(tx, books.insurerId, addDays(on, random.pick([0, 800])), range));
        if (random.chance(0.3)) await books.in((tx) => clearSmallBalances(tx, context(addDays(on, 40)), range));
      }
      assert.deepEqual(await auditOf(books), [], `history ${history}, seed ${seed}`);
    }
  });
});

describe('a small balance', () => {
  test('of a paid bill is cleared after its days, once, and may be asked for again', async () => {
    const due = addDays(TODAY, -40);
    const policy = await books.in((tx) => aPolicy(tx, books.insurerId, { dueOn: due }));
    await pay([aReceipt(policy, policy.amountMinor - 100n, due)]);
    const other = await books.in((tx) => aPolicy(tx, books.insurerId, { dueOn: due }));
    await pay([aReceipt(other, other.amountMinor - 101n, due)]);
    const stateOf = async ({ holderId }: Policy) => (await books.in((tx) => tx<{ state: string }[]>`select state from bills where holder_id = ${holderId}`))[0]!.state;
    const clear = (on: PlainDate) => books.in(async (tx) => [await clearSmallBalances(tx, context(on), rangeOf(policy)), await clearSmallBalances(tx, context(on), rangeOf(other))]);
    assert.deepEqual([await clear(addDays(due, 29)), await clear(addDays(due, 30)), await stateOf(policy), await stateOf(other), await auditOf(books)], [[0, 0], [1, 0], 'paid', 'open', []]);
    const [payment] = await books.in((tx) => tx<{ payment_id: PaymentId }[]>`select payment_id from payments where holder_id = ${policy.holderId} and method = 'small_balance'`);
    await books.in((tx) => takeBackOwnMoney(tx, books, policy.holderId, [payment!.payment_id], { at: NOW, on: TODAY }));
    assert.deepEqual([await stateOf(policy), await clear(TODAY), await auditOf(books)], ['open', [0, 0], []]);
  });
});
