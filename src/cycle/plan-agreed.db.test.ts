/** Plans against real PostgreSQL: what the preview showed is what was posted, taking one back leaves everything as it was, and a broken plan gives its clock back. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Tx } from '../database/index.ts';
import { addDays, type BillId, expectOk, seededRandom } from '../kernel/index.ts';
import { moved, aPolicy, auditOf, NOW, openBooks, type Policy, TODAY, type Books } from '../payments/fixture.ts';
import { entry, openingPosting, writePostings } from '../ledger/index.ts';
import { settle } from '../payments/index.ts';
import { applyPlan, planOptions, type PlanPreview, previewPlan, undoPlan } from './plan-agreed.ts';
import { movePlans } from './plans-moved.ts';

const SEED = Number(process.env['INFORCE_SEED'] ?? 1);
const POLICIES = 40;

let books: Books;
before(async () => { books = await openBooks(); });
after(() => books?.close());

let receipts = 0;
const pay = (policy: Policy, billId: BillId, amountMinor: bigint): Promise<unknown> => {
  receipts += 1;
  return books.in((tx) => settle(tx, books, [{ provider: 'bank', eventId: `P${receipts}`, kind: 'succeeded', holderId: policy.holderId, billId, paymentId: null, providerReference: `P${receipts}`, method: 'bank_transfer', amountMinor,
    currency: policy.currency, occurredAt: NOW + receipts, bookedOn: TODAY, failure: null }], NOW));
};
const standing = (tx: Tx, { holderId }: Policy): Promise<string> => tx`
  select bill_id, state, period_from, period_to, due_on, premium_minor, amount_minor, paid_minor, charges, fees_minor, stage, stage_since, grace_ends_on from bills where holder_id = ${holderId} and state <> 'cancelled' order by bill_id`
  .then((rows) => JSON.stringify(rows, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)));
const agree = (policy: Policy, preview: PlanPreview) => books.in((tx) => applyPlan(tx, {
  insurerId: books.insurerId, holderId: policy.holderId, billId: preview.bill.billId, order: preview.change.order, on: TODAY, version: preview.version, by: 'Mei', byHolder: false, note: '', at: NOW, approved: false }));
const options = async (policy: Policy, billId = policy.bills[0]) => expectOk(await books.in((tx) => planOptions(tx, { holderId: policy.holderId, billId: billId as BillId, on: TODAY })));

/** A bill that came open from a former system, with a late fee of ours. */
async function aBillTakenOver(tx: Tx, premiumMinor: bigint, feeMinor: bigint): Promise<Policy> {
  const policy = await aPolicy(tx, books.insurerId, { bills: 0, premiumMinor });
  const { holderId, policyId, currency } = policy;
  const billId = (policyId * 4_096 + 1) as BillId;
  const charges = feeMinor > 0n ? [{ kind: 'late_fee', rule: 'a-scale', amount_minor: Number(feeMinor) }] : null;
  await tx`
    insert into bills (insurer_id, holder_id, bill_id, policy_id, instalment_no, period_from, period_to, due_on, issued_on, currency, premium_minor, charges, amount_minor, fees_minor, stage, stage_since)
    values (${books.insurerId}, ${holderId}, ${billId}, ${policyId}, 1, ${TODAY}, ${addDays(TODAY, 30)}, ${TODAY}, ${TODAY}, ${currency}, ${String(premiumMinor)}, ${charges === null ? null : tx.json(charges)}, ${String(premiumMinor + feeMinor)},
      ${String(feeMinor)}, 'due', ${TODAY})`;
  const about = { billId, holderId, policyId, currency };
  await writePostings(tx, books.insurerId, [openingPosting({ ...about, owedMinor: premiumMinor }, TODAY), ...(feeMinor > 0n ? [entry('late_fee', { ...about, bookedOn: TODAY, amountMinor: feeMinor, sourceId: billId })] : [])]);
  return { ...policy, bills: [billId], amountMinor: premiumMinor + feeMinor };
}

describe('a plan', () => {
  test('posts what its preview showed, leaves no gap in cover, and taken back leaves bills and books as they were', { timeout: 240_000 }, async () => {
    const random = seededRandom(SEED);
    let undone = 0;
    for (let n = 0; n < POLICIES; n += 1) {
      const [market, currency] = random.pick([['HK', 'HKD'], ['JP', 'JPY'], ['KW', 'KWD'], ['DE', 'EUR']] as const);
      const policy = await books.in((tx) => random.chance(0.3) ? aBillTakenOver(tx, BigInt(random.integer(60_000, 3_000_000)), BigInt(random.integer(0, 1) * 700)) : aPolicy(tx, books.insurerId, {
        market, currency, premiumMinor: BigInt(random.integer(60_000, 3_000_000)), levyMinor: BigInt(random.integer(0, 9_999)), lateFeeMinor: random.chance(0.4) ? BigInt(random.integer(1, 5_000)) : 0n, dueOn: addDays(TODAY, random.integer(-20, 30)),
      }));
      const billId = policy.bills[0] as BillId;
      if (random.chance(0.5)) await pay(policy, billId, BigInt(random.integer(1, Number(policy.amountMinor) - 40_000)));
      const shown = random.pick((await options(policy)).options);
      const is = await books.in(async (tx) => ({ last: (await tx<{ last: number }[]>`select coalesce(max(posting_id), 0)::bigint as last from postings`)[0]?.last ?? 0, bills: await standing(tx, policy) }));
      const { planId } = expectOk(await agree(policy, shown));
      const again = await agree(policy, shown);
      assert.equal(again.ok ? 'ok' : again.problem.code, 'changed_meanwhile');
      const posted = await books.in((tx) => tx<{ debit: string; credit: string; amount_minor: bigint }[]>`select debit_account as debit, credit_account as credit, amount_minor from postings where holder_id = ${policy.holderId} and posting_id > ${is.last}`);
      assert.deepEqual(moved(posted.map(({ amount_minor: amountMinor, ...one }) => ({ ...one, amountMinor }))), moved(shown.entries));
      const now = await books.in((tx) => tx<{ period_from: string; period_to: string; left: number }[]>`select period_from, period_to, (amount_minor - paid_minor)::bigint as left from bills where holder_id = ${policy.holderId} and state <> 'cancelled' order by period_from`);
      assert.equal(now.reduce((sum, { left }) => sum + BigInt(left), 0n), shown.change.totalMinor);
      for (const [i, one] of now.entries()) if (i > 0) assert.equal(one.period_from, now[i - 1]?.period_to);
      assert.deepEqual([now[0]?.period_from, now.at(-1)?.period_to], [shown.bill.periodFrom, shown.bill.periodTo]);
      if (random.chance(0.5)) {
        undone += 1;
        expectOk(await books.in((tx) => undoPlan(tx, { insurerId: books.insurerId, holderId: policy.holderId, planId, by: 'Mei', at: NOW, on: TODAY })));
        assert.equal(await books.in((tx) => standing(tx, policy)), is.bills);
      }
      assert.deepEqual(await auditOf(books), [], `policy ${n} (seed ${SEED})`);
    }
    assert.ok(undone > 10);
  });

  test('goes to review with two broken parts, an adjustment is a new version, and broken it gives the clock back as it stood (S74, B8)', async () => {
    const policy = await books.in((tx) => aPolicy(tx, books.insurerId, { dueOn: addDays(TODAY, -10), stage: 'grace', state: 'grace' }));
    const four = (await options(policy)).options.find(({ change }) => change.parts.length === 4);
    assert.ok(four);
    const { planId } = expectOk(await agree(policy, four));
    const state = async (): Promise<{ state: string; version: number; versions: number }> => {
      const [row] = await books.in((tx) => tx<{ state: string; version: number; versions: number }[]>`select state, version, (select count(*)::int from plan_versions v where v.holder_id = p.holder_id and v.plan_id = p.plan_id) as versions from plans p where plan_id = ${planId}`);
      return { state: '', version: 0, versions: 0, ...row };
    };
    const move = (days: number) => books.in((tx) => movePlans(tx, books.insurerId, { from: policy.holderId, to: policy.holderId }, addDays(TODAY, days)));
    assert.equal((await books.in((tx) => tx<{ state: string }[]>`select state from policies where holder_id = ${policy.holderId}`))[0]?.state, 'in_force');
    await move(10);
    assert.equal((await state()).state, 'agreed');
    await move(45);
    assert.equal((await state()).state, 'review');
    const [part] = await books.in((tx) => tx<{ bill_id: BillId }[]>`select bill_id from bills where holder_id = ${policy.holderId} and state = 'open' order by due_on`);
    const adjusted = expectOk(await books.in((tx) => planPreviewOf(tx, policy, part?.bill_id as BillId)));
    expectOk(await agree(policy, adjusted));
    assert.deepEqual(await state(), { state: 'agreed', version: 2, versions: 2 });
    await move(100);
    await move(140);
    assert.equal((await state()).state, 'broken');
    const clock = await books.in((tx) => tx<{ due_on: string; stage: string; stage_since: string }[]>`select distinct due_on, stage, stage_since from bills where holder_id = ${policy.holderId} and state = 'open'`);
    assert.deepEqual(clock.map((one) => ({ ...one })), [{ due_on: addDays(TODAY, -10), stage: 'grace', stage_since: addDays(TODAY, -10) }]);
    assert.deepEqual(await auditOf(books), []);
  });

  test('is kept when its last part is paid, and can no longer be taken back once one is', async () => {
    const policy = await books.in((tx) => aPolicy(tx, books.insurerId));
    const two = (await options(policy)).options.find(({ change }) => change.parts.length === 2);
    assert.ok(two);
    const { planId } = expectOk(await agree(policy, two));
    const parts = await books.in((tx) => tx<{ bill_id: BillId; amount_minor: bigint }[]>`select bill_id, amount_minor from bills where holder_id = ${policy.holderId} and state = 'open' order by due_on`);
    await pay(policy, parts[0]?.bill_id as BillId, parts[0]?.amount_minor ?? 0n);
    const undo = await books.in((tx) => undoPlan(tx, { insurerId: books.insurerId, holderId: policy.holderId, planId, by: 'Mei', at: NOW, on: TODAY }));
    assert.equal(undo.ok ? 'ok' : undo.problem.code, 'plan_part_paid');
    await pay(policy, parts[1]?.bill_id as BillId, parts[1]?.amount_minor ?? 0n);
    await books.in((tx) => movePlans(tx, books.insurerId, { from: policy.holderId, to: policy.holderId }, TODAY));
    assert.equal((await books.in((tx) => tx<{ state: string }[]>`select state from plans where plan_id = ${planId}`))[0]?.state, 'kept');
    assert.deepEqual(await auditOf(books), []);
  });
});

const planPreviewOf = (tx: Tx, policy: Policy, billId: BillId) => previewPlan(tx, { holderId: policy.holderId, billId, order: { kind: 'deferral', parts: 1, days: 14 }, on: TODAY });
