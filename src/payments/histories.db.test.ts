/** Random histories of bills, payments, overpayments, returns, write-offs and corrections: the books balance and the auditor agrees after every one. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Tx } from '../database/index.ts';
import { addDays, type BillId, seededRandom, type PaymentId, type PlainDate, type Random } from '../kernel/index.ts';
import { auditLedger, entry, trialBalance, writePostings } from '../ledger/index.ts';
import { aPolicy, auditOf, NOW, openBooks, standingOf, TODAY, type Books, type Policy } from './fixture.ts';
import { addGroup, addProducer, addRate, commissionStatement, giveToProducer, joinGroup, listBillView, makeListBill, reportList } from '../service/index.ts';
import { clawBackCommission, correctBill, dueRefund, earnCommission, previewCorrection, OWN_METHODS, payList, payOwnMoney, payRefund, settle, takeBackListPayment, takeBackListsOf, takeBackOwnMoney, undoRefund, undoWriteOff, useWaitingMoney, writeOffBill, type Settlement } from './index.ts';

const SEED = Number(process.env['INFORCE_SEED'] ?? 1);
const HISTORIES = 25;
const STEPS = 30;

let books: Books;
before(async () => { books = await openBooks(); });
after(() => books?.close());

let events = 0;
const aReceipt = (policy: Policy, index: number, amountMinor: bigint, bookedOn: PlainDate, changes: Partial<Settlement> = {}): Settlement => {
  events += 1;
  return {
    provider: 'bank', eventId: `B${events}`, kind: 'succeeded', holderId: policy.holderId, billId: policy.bills[index] ?? policy.bills[0]!, paymentId: null, providerReference: `B${events}`,
    method: 'bank_transfer', amountMinor, currency: policy.currency, occurredAt: NOW + events, bookedOn, failure: null, ...changes,
  };
};
const pay = (settlements: readonly Settlement[]): ReturnType<typeof settle> => books.in((tx) => settle(tx, books, settlements, NOW));

async function anEvent(policies: readonly Policy[], taken: Settlement[], random: Random, day: PlainDate): Promise<Settlement | null> {
  const policy = random.pick(policies);
  if (random.chance(0.3) && taken.length > 0) {
    const paid = random.pick(taken);
    const [row] = await books.in((tx) => tx<{ payment_id: PaymentId }[]>`select payment_id from payments where provider = ${paid.provider} and provider_reference = ${paid.providerReference}`);
    if (row === undefined) return null;
    events += 1;
    return { ...paid, kind: random.pick(['refunded', 'charged_back', 'returned', 'pending', 'failed'] as const), eventId: `R${events}`, paymentId: row.payment_id, bookedOn: day };
  }
  if (random.chance(0.1) && taken.length > 0) return random.pick(taken);
  const amountMinor = random.chance(0.5) ? policy.amountMinor : BigInt(random.integer(1, Number(policy.amountMinor) * 3));
  return aReceipt(policy, random.integer(0, policy.bills.length - 1), amountMinor, day, { provider: random.chance(0.5) ? 'bank' : 'sandbox', ...(random.chance(0.05) ? { currency: 'USD' } : {}) });
}

async function writeOff(tx: Tx, policy: Policy, index: number, on: PlainDate): Promise<void> {
  await writeOffBill(tx, books, { holderId: policy.holderId, billId: policy.bills[index] ?? policy.bills[0]! }, on);
}

/** A bill of the policy is put right, up or down, or withdrawn; refused where it cannot be. */
async function correct(tx: Tx, policy: Policy, random: Random, on: PlainDate): Promise<string> {
  const billId = random.pick(policy.bills);
  const [seen] = await tx<{ version: number }[]>`select count(*)::int as version from bill_corrections where holder_id = ${policy.holderId} and bill_id = ${billId}`;
  const premiumMinor = BigInt(random.integer(1, Number(policy.amountMinor) * 2));
  const after = random.chance(0.2) ? null : { premiumMinor, charges: random.chance(0.5) ? [] : [{ kind: 'levy' as const, rule: 'x', amountMinor: BigInt(random.integer(1, 500)) }] };
  const done = await correctBill(tx, { insurerId: books.insurerId, holderId: policy.holderId, billId, after, version: seen?.version ?? 0, reason: 'premium', note: 'wrong', by: 'Mei', at: NOW, on });
  return done.ok ? done.value.state : done.problem.code;
}

/** Money of our own pays a bill of the policy, money that waits is used, or one of such payments is taken back. */
async function ownMoney(tx: Tx, policy: Policy, random: Random, on: PlainDate): Promise<string> {
  const billId = random.pick(policy.bills);
  const when = { at: NOW, on };
  const own = await tx<{ payment_id: PaymentId }[]>`select payment_id from payments where holder_id = ${policy.holderId} and provider = 'inforce' and state = 'succeeded'`;
  if (own.length > 0 && random.chance(0.3)) return (await takeBackOwnMoney(tx, books, policy.holderId, [random.pick(own).payment_id], when)).ok ? 'taken back' : 'refused';
  const due = await tx<{ refund_id: number }[]>`select refund_id from refunds where holder_id = ${policy.holderId} and state = 'due'`;
  if (due.length > 0 && random.chance(0.3)) {
    const refund = { holderId: policy.holderId, refundId: random.pick(due).refund_id };
    return random.chance(0.5) ? ((await payRefund(tx, books, refund, `R${refund.refundId}`, on)).ok ? 'refund paid' : 'refused') : ((await undoRefund(tx, books, refund, { by: 'Mei', on })).ok ? 'refund undone' : 'refused');
  }
  const givenUp = await tx<{ bill_id: BillId }[]>`select bill_id from bills where holder_id = ${policy.holderId} and state = 'written_off'`;
  if (givenUp.length > 0 && random.chance(0.3)) {
    const undone = await undoWriteOff(tx, books, { holderId: policy.holderId, billId: random.pick(givenUp).bill_id }, on);
    if (undone.ok) return 'owed again';
  }
  const waiting = await tx<{ suspense_id: number }[]>`select suspense_id from suspense_items where holder_id = ${policy.holderId} and cleared_on is null`;
  if (waiting.length > 0 && random.chance(0.5)) {
    const item = { holderId: policy.holderId, suspenseId: random.pick(waiting).suspense_id, amountMinor: random.chance(0.5) ? null : BigInt(random.integer(1, 20_000)) };
    if (random.chance(0.4)) return (await dueRefund(tx, books, item, { by: 'Mei', reason: 'asked for', on })).ok ? 'refund due' : 'refused';
    const used = await useWaitingMoney(tx, books, { ...item, billId, ...when });
    return used.ok ? 'used' : used.problem.code;
  }
  const caused = await tx<{ payment_id: PaymentId }[]>`select payment_id from payments where holder_id = ${policy.holderId} and provider <> 'inforce' and state = 'succeeded'`;
  const method = random.pick(OWN_METHODS.filter((one) => one !== 'waiting_money_used'));
  const part = { holderId: policy.holderId, billId, amountMinor: BigInt(random.integer(1, Number(policy.amountMinor))), currency: policy.currency };
  events += 1;
  const paid = await payOwnMoney(tx, books, [{ ...part, method, reference: `own-${events}`, causedBy: caused.length > 0 && random.chance(0.5) ? random.pick(caused).payment_id : null }], when);
  return paid.ok ? 'own' : paid.problem.code;
}

describe('the books', () => {
  test('balance and agree with the auditor after every random history', { timeout: 120_000 }, async () => {
    const random = seededRandom(SEED);
    const outcomes = new Set<string>();
    for (let history = 0; history < HISTORIES; history += 1) {
      const policies = await books.in(async (tx) => {
        const first = await aPolicy(tx, books.insurerId, { bills: random.integer(1, 4), dueOn: addDays(TODAY, -random.integer(0, 120)), premiumMinor: BigInt(random.integer(1, 500_000)), levyMinor: BigInt(random.integer(0, 500)), lateFeeMinor: BigInt(random.integer(0, 1) * random.integer(1, 5_000)) });
        return [first, await aPolicy(tx, books.insurerId, { bills: random.integer(1, 3), holderId: first.holderId }), await aPolicy(tx, books.insurerId, { market: 'CN', currency: 'CNY' })];
      });
      const taken: Settlement[] = [];
      for (let step = 0; step < STEPS; step += 1) {
        const day = addDays(TODAY, -random.integer(0, 5));
        const batch: Settlement[] = [];
        for (let n = random.integer(1, 4); n > 0; n -= 1) {
          const event = await anEvent(policies, taken, random, day);
          if (event !== null) batch.push(event);
        }
        await pay(batch);
        taken.push(...batch.filter(({ kind }) => kind === 'succeeded'));
        if (random.chance(0.15)) await books.in((tx) => writeOff(tx, random.pick(policies), 0, day));
        if (random.chance(0.15)) outcomes.add(await books.in((tx) => correct(tx, random.pick(policies), random, day)));
        if (random.chance(0.5)) outcomes.add(await books.in((tx) => ownMoney(tx, random.pick(policies), random, day)));
      }
      assert.deepEqual(await auditOf(books), [], `history ${history}, seed ${SEED}`);
    }
    for (const outcome of ['open', 'paid', 'cancelled', 'own', 'used', 'taken back', 'refund due', 'refund paid', 'refund undone', 'owed again']) assert.ok(outcomes.has(outcome), `${outcome} was never tried: ${[...outcomes].join(', ')}`);
  });
  test('agree after a payer’s money was shared among members by a list, taken back, shared again, and gone with the payment that had brought it', async () => {
    const on = TODAY;
    const when = { at: NOW, on };
    const value = <T>(result: { ok: true; value: T } | { ok: false; problem: unknown }): T => { assert.ok(result.ok); return result.value; };
    const payer = await books.in((tx) => aPolicy(tx, books.insurerId, { bills: 0 }));
    const members = await books.in(async (tx) => {
      await tx`update holders set kind = 'company' where holder_id = ${payer.holderId}`;
      return [await aPolicy(tx, books.insurerId, { bills: 2, dueOn: addDays(TODAY, -40) }), await aPolicy(tx, books.insurerId), await aPolicy(tx, books.insurerId)];
    });
    await books.in(async (tx) => {
      for (const [i, { policyId }] of members.entries()) await tx`update policies set policy_number = ${`M-${String(i)}`} where policy_id = ${policyId}`;
    });
    const { group_id: groupId } = value(await books.in((tx) => addGroup(tx, books.insurerId, { holderId: payer.holderId, name: 'Works', currency: 'HKD' as never, rateMinor: 100n, partOrder: 'oldest_first', by: 'Mei' })));
    for (const i of [0, 1, 2]) value(await books.in((tx) => joinGroup(tx, books.insurerId, groupId, { policyNumber: `M-${String(i)}`, employeeRef: `E${String(i)}`, fromOn: '2026-01-01' as PlainDate })));
    const list = value(await books.in((tx) => makeListBill(tx, books.insurerId, { groupId, period: '2026-11-01' as PlainDate, dueOn: TODAY, by: 'Mei', on })));
    assert.equal(list.lines, 4);
    const owed = async (): Promise<bigint[]> => (await books.in((tx) => listBillView(tx, list.list_bill_id)))?.lines.toSorted((a, b) => a.line_no - b.line_no).map((line) => line.owed_minor) ?? [];
    const full = members[0]!.amountMinor;
    // 2.5 bills come in at the payer, who has no bill of their own.
    events += 1;
    const [anchor] = await books.in(async (tx) => [await aPolicy(tx, books.insurerId, { holderId: payer.holderId, premiumMinor: 1n, levyMinor: 0n })]);
    const receipt = aReceipt(anchor, 0, 1n + (full * 5n) / 2n, TODAY);
    const arrived = await pay([receipt]);
    const [item] = await books.in((tx) => tx<{ suspense_id: number }[]>`select suspense_id from suspense_items where holder_id = ${payer.holderId} and cleared_on is null`);
    const payIt = () => books.in((tx) => payList(tx, books, { ...when, payerId: payer.holderId, listBillId: list.list_bill_id, suspenseId: item?.suspense_id ?? 0, by: 'Mei' }));
    const first = value(await payIt());
    assert.deepEqual([first.amountMinor, await owed(), await auditOf(books)], [(full * 5n) / 2n, [0n, 0n, full / 2n, full], []]);
    assert.equal((await payIt()).ok, false);
    value(await books.in((tx) => takeBackListPayment(tx, books, payer.holderId, first.groupPaymentId, { ...when, by: 'Mei' })));
    assert.deepEqual([await owed(), await auditOf(books)], [[full, full, full, full], []]);
    // The payer reports: one amount differs, one is missing, one is a stranger; a part is paid only as far as reported.
    const csv = `employee,policy,amount\nE0,M-0,${String(Number(full) * 2 / 100)}\nE1,M-1,10.00\nE9,X-9,5.00\n`;
    assert.deepEqual(value(await books.in((tx) => reportList(tx, books.insurerId, list.list_bill_id, csv))), { mismatches: 3 });
    const second = value(await payIt());
    assert.deepEqual([second.amountMinor, (await owed()).slice(0, 4), await auditOf(books)], [full * 2n + 1_000n, [0n, 0n, full - 1_000n, full], []]);
    assert.equal((await payIt()).ok, false);
    await pay([{ ...receipt, kind: 'returned', eventId: 'list-back', paymentId: arrived.booked[0]?.paymentId ?? null }]);
    await books.in((tx) => takeBackListsOf(tx, books, [arrived.booked[0]?.paymentId ?? (0 as PaymentId)], when));
    assert.deepEqual([(await owed()).slice(0, 4), await auditOf(books)], [[full, full, full, full], []]);
  });
  test('earn a producer the commission of each part of a premium, and take back exactly that with the payment', async () => {
    const value = <T>(result: { ok: true; value: T } | { ok: false; problem: unknown }): T => { assert.ok(result.ok); return result.value; };
    const policy = await books.in((tx) => aPolicy(tx, books.insurerId, { bills: 2, dueOn: TODAY }));
    const other = await books.in((tx) => aPolicy(tx, books.insurerId));
    await books.in((tx) => tx`update policies set policy_number = 'P-1', cover_from = ${addDays(TODAY, -200)} where policy_id = ${policy.policyId}`);
    const { producer_id: producerId } = await books.in((tx) => addProducer(tx, books.insurerId, 'Lee & Partners', 'B-7', 'Mei'));
    value(await books.in((tx) => giveToProducer(tx, books.insurerId, producerId, 'P-1', '2026-01-01' as PlainDate)));
    const rate = { line: 'life', fromOn: '2026-01-01' as PlainDate } as const;
    for (const one of [{ ...rate, producerId: null, year: 'first', ratePpm: 300_000 }, { ...rate, producerId, year: 'first', ratePpm: 400_000 }, { ...rate, producerId, year: 'renewal', ratePpm: 1 }] as const) value(await books.in((tx) => addRate(tx, books.insurerId, one, 'Mei')));
    const earn = (settlements: readonly Settlement[]) => books.in(async (tx) => {
      const settled = await settle(tx, books, settlements, NOW);
      await earnCommission(tx, books, settled);
      await clawBackCommission(tx, books, settled.outcomes.flatMap((one) => (one.outcome === 'unwound' ? [one.holderId] : [])), TODAY);
      return settled;
    });
    const statement = async () => (await books.in((tx) => commissionStatement(tx, producerId, '2026-11-01' as PlainDate)))?.rows.map((row) => [row.kind, row.premium_minor, row.amount_minor]);
    // 1,200.00 of premium and 1.20 of levy: half of the bill is half of its premium, whatever the levy.
    const half = aReceipt(policy, 0, policy.amountMinor / 2n, TODAY);
    const first = await earn([half]);
    await earn([aReceipt(policy, 0, policy.amountMinor / 2n, TODAY), aReceipt(other, 0, other.amountMinor, TODAY)]);
    const part = ['earned', 60_000n, 24_000n];
    assert.deepEqual([await statement(), await auditOf(books)], [[part, part], []]);
    await earn([half]);
    await earn([{ ...half, kind: 'returned', eventId: 'commission-back', paymentId: first.booked[0]?.paymentId ?? null }]);
    assert.deepEqual([(await statement())?.toSorted(), await auditOf(books)], [[['clawed_back', 60_000n, -24_000n], part, part], []]);
  });
  test('give up again what goes back of a bill that was given up', async () => {
    const policy = await books.in((tx) => aPolicy(tx, books.insurerId));
    const given = async (): Promise<bigint> => (await books.in((tx) => trialBalance(tx, TODAY))).find(({ account, currency }) => account === 'write_offs' && currency === policy.currency)?.balanceMinor ?? 0n;
    const receipt = aReceipt(policy, 0, 40_000n, TODAY);
    const done = await pay([receipt]);
    const before = await given();
    await books.in((tx) => writeOff(tx, policy, 0, TODAY));
    await pay([{ ...receipt, kind: 'returned', eventId: 'given-up-back', paymentId: done.booked[0]?.paymentId ?? null }]);
    assert.equal(await given() - before, policy.amountMinor);
    assert.deepEqual(await auditOf(books), []);
  });
  test('lower the loss when what was given up is paid after all, and raise it again when that goes back', async () => {
    const policy = await books.in((tx) => aPolicy(tx, books.insurerId));
    const lost = async (): Promise<bigint> => (await books.in((tx) => trialBalance(tx, TODAY))).find(({ account, currency }) => account === 'write_offs' && currency === policy.currency)?.balanceMinor ?? 0n;
    const stateOf = async (): Promise<string | undefined> => (await books.in((tx) => tx<{ state: string }[]>`select state from bills where bill_id = ${policy.bills[0] ?? 0}`))[0]?.state;
    const before = await lost();
    await books.in((tx) => writeOff(tx, policy, 0, TODAY));
    await pay([aReceipt(policy, 0, 20_000n, TODAY)]);
    assert.deepEqual([await lost() - before, await stateOf()], [policy.amountMinor - 20_000n, 'written_off']);
    const rest = aReceipt(policy, 0, policy.amountMinor - 20_000n, TODAY);
    const done = await pay([rest]);
    assert.deepEqual([await lost() - before, await stateOf(), await auditOf(books)], [0n, 'paid', []]);
    const back = await pay([{ ...rest, kind: 'returned', eventId: 'recovered-back', paymentId: done.booked[0]?.paymentId ?? null }]);
    assert.deepEqual([await lost() - before, await stateOf(), back.reopened.length, await auditOf(books)], [policy.amountMinor - 20_000n, 'written_off', 0, []]);
  });
  test('take in a bill that a former system had seen paid when it is put right: what was paid for more than is owed waits', async () => {
    const policy = await books.in((tx) => aPolicy(tx, books.insurerId));
    const billId = policy.bills[0]! + 40;
    await books.in((tx) => tx`
      insert into bills (insurer_id, holder_id, bill_id, policy_id, instalment_no, period_from, period_to, due_on, issued_on, currency, premium_minor, amount_minor, paid_minor, state, paid_on, paid_by)
      values (${books.insurerId}, ${policy.holderId}, ${billId}, ${policy.policyId}, 41, '2026-01-01', '2026-02-01', '2026-01-01', '2025-12-10', 'HKD', 50000, 50000, 50000, 'paid', '2026-01-03', 'card')`);
    assert.deepEqual(await auditOf(books), []);
    const order = { insurerId: books.insurerId, holderId: policy.holderId, billId: billId as BillId, after: { premiumMinor: 42_000n, charges: [] }, version: 0, reason: 'premium' as const, note: 'wrong', by: 'Mei', at: NOW, on: TODAY };
    const preview = await books.in((tx) => previewCorrection(tx, order));
    const done = await books.in((tx) => correctBill(tx, order));
    assert.ok(preview.ok && done.ok);
    assert.deepEqual([preview.value.surplusMinor, preview.value.paidElsewhereMinor, done.value.surplusMinor, done.value.state], [8_000n, 50_000n, 8_000n, 'paid']);
    const [item] = await books.in((tx) => tx<{ left_minor: bigint }[]>`select (amount_minor - cleared_minor)::bigint as left_minor from suspense_items where holder_id = ${policy.holderId}`);
    assert.deepEqual([item?.left_minor, await auditOf(books)], [8_000n, []]);
    const withdrawn = await books.in((tx) => correctBill(tx, { ...order, after: null, version: 1 }));
    assert.deepEqual([withdrawn.ok && withdrawn.value.surplusMinor, await auditOf(books)], [42_000n, []]);
  });
  test('agree with the auditor about every single mistake that is planted', async () => {
    const policy = await books.in((tx) => aPolicy(tx, books.insurerId));
    await pay([aReceipt(policy, 0, policy.amountMinor + 7n, TODAY)]);
    const mistakes: ((tx: Tx) => Promise<unknown>)[] = [
      (tx) => tx`update bills set paid_minor = paid_minor - 1, state = 'open', paid_on = null where bill_id = ${policy.bills[0] ?? 0}`,
      (tx) => tx`update suspense_items set amount_minor = amount_minor + 1 where holder_id = ${policy.holderId}`,
      (tx) => tx`update payments set amount_minor = amount_minor + 1 where holder_id = ${policy.holderId}`,
      (tx) => tx`update payments set state = 'refunded' where holder_id = ${policy.holderId}`,
      (tx) => tx`update bills set premium_minor = premium_minor + 1 where bill_id = ${policy.bills[0] ?? 0}`,
      (tx) => writePostings(tx, books.insurerId, [entry('waiting_money_used', { ...policy, billId: null, bookedOn: TODAY, amountMinor: 1n, sourceId: 1 })]),
      (tx) => aPolicy(tx, books.insurerId, { bills: 1 }).then((unposted) => tx`update bills set amount_minor = amount_minor + 1 where bill_id = ${unposted.bills[0] ?? 0}`),
    ];
    for (const [index, mistake] of mistakes.entries()) {
      const undone = new Error('undo');
      await assert.rejects(books.in(async (tx) => {
        await mistake(tx);
        assert.ok((await auditLedger(tx)).length > 0, `mistake ${index} was not found`);
        throw undone;
      }), undone);
    }
    assert.deepEqual(await auditOf(books), []);
  });
});

describe('a batch', () => {
  test('of four hundred receipts asks as many questions of the database as one of two', async () => {
    const policies = await books.in(async (tx) => {
      const made: Policy[] = [];
      for (let i = 0; i < 400; i += 1) made.push(await aPolicy(tx, books.insurerId));
      return made;
    });
    const statements = async (settlements: readonly Settlement[]): Promise<number> => books.in(async (tx) => {
      let asked = 0;
      const counting = new Proxy(tx, {
        // A template is a statement; a helper such as tx(rows) or tx.json is not.
        apply: (target, self, args: unknown[]) => {
          if (Array.isArray(args[0]) && 'raw' in args[0]) asked += 1;
          return Reflect.apply(target, self, args) as unknown;
        },
      });
      await settle(counting, books, settlements, NOW);
      return asked;
    });
    const few = await statements(policies.slice(0, 2).map((policy) => aReceipt(policy, 0, policy.amountMinor + 1n, TODAY)));
    const many = await statements(policies.slice(2).map((policy) => aReceipt(policy, 0, policy.amountMinor + 1n, TODAY)));
    assert.equal(many, few);
    assert.deepEqual(await auditOf(books), []);
  });
  test('that pays and takes back several bills in any order leaves nothing behind', async () => {
    const policy = await books.in((tx) => aPolicy(tx, books.insurerId, { bills: 3 }));
    const before = await standingOf(books, policy);
    const receipts = [0, 1, 2].map((index) => aReceipt(policy, index, policy.amountMinor, TODAY));
    const done = await pay(receipts);
    const back = done.booked.toReversed().map(({ paymentId }, index) => ({ ...receipts[2 - index]!, kind: 'returned' as const, eventId: `back${events}-${index}`, paymentId }));
    for (const one of back) await pay([one]);
    assert.deepEqual(await standingOf(books, policy), before);
  });
  test('takes everything along that came with its money: a discount, points, and money of it that waited and was used', async () => {
    const policy = await books.in((tx) => aPolicy(tx, books.insurerId, { bills: 2, lateFeeMinor: 900n }));
    const before = await standingOf(books, policy);
    const receipt = aReceipt(policy, 0, policy.amountMinor + 30_000n, TODAY, { provider: 'sandbox' });
    const when = { at: NOW, on: TODAY };
    const part = { holderId: policy.holderId, currency: policy.currency };
    await books.in((tx) => payOwnMoney(tx, books, [{ ...part, billId: policy.bills[0]!, method: 'early_discount', amountMinor: 3_000n, reference: 'along-1' }], when));
    const done = await pay([{ ...receipt, amountMinor: policy.amountMinor - 3_000n }]);
    const paymentId = done.booked[0]!.paymentId;
    await books.in((tx) => tx`update payments set caused_by = ${paymentId} where provider_reference = 'along-1'`);
    const second = await pay([aReceipt(policy, 0, 50_000n, TODAY, { provider: 'sandbox' })]);
    const [item] = await books.in((tx) => tx<{ suspense_id: number }[]>`select suspense_id from suspense_items where holder_id = ${policy.holderId} and cleared_on is null`);
    const used = await books.in((tx) => useWaitingMoney(tx, books, { holderId: policy.holderId, suspenseId: item!.suspense_id, billId: policy.bills[1]!, amountMinor: null, ...when }));
    assert.deepEqual([used.ok && used.value.usedMinor, await auditOf(books)], [50_000n, []]);
    await pay([second, done].map(({ booked: [one] }, n) => ({ ...receipt, kind: 'returned' as const, eventId: `along-back-${n}`, paymentId: one!.paymentId })));
    assert.deepEqual([await standingOf(books, policy), await auditOf(books)], [before, []]);
  });
  test('covers the policy when all but the late fee is paid, and pays fees after every premium', async () => {
    const policy = await books.in((tx) => aPolicy(tx, books.insurerId, { bills: 2, dueOn: addDays(TODAY, -70), state: 'grace', stage: 'grace', lateFeeMinor: 900n }));
    await pay([aReceipt(policy, 0, policy.amountMinor * 2n - 1_700n, TODAY)]);
    const [first, second] = await books.in((tx) => tx<{ state: string; left_minor: bigint }[]>`select state, (amount_minor - paid_minor)::bigint as left_minor from bills where holder_id = ${policy.holderId} order by bill_id`);
    const [standing] = await books.in((tx) => tx<{ state: string; premiums_paid: number }[]>`select state, premiums_paid from policies where holder_id = ${policy.holderId}`);
    assert.deepEqual([first, second, standing, await auditOf(books)], [{ state: 'open', left_minor: 800n }, { state: 'open', left_minor: 900n }, { state: 'in_force', premiums_paid: 6 }, []]);
  });
  test('keeps promises that were made for a day not yet over, and opens them again when the money goes back', async () => {
    const policy = await books.in((tx) => aPolicy(tx, books.insurerId, { bills: 2 }));
    await books.in((tx) => tx`
      insert into promises (insurer_id, holder_id, bill_id, promised_on, pay_by, amount_minor, currency, made_by)
      values (${books.insurerId}, ${policy.holderId}, ${policy.bills[0] ?? 0}, ${TODAY}, ${TODAY}, 1, 'HKD', 'Ben'), (${books.insurerId}, ${policy.holderId}, ${policy.bills[1] ?? 0}, ${TODAY}, ${addDays(TODAY, -1)}, 1, 'HKD', 'Ben')`);
    const receipts = [0, 1].map((index) => aReceipt(policy, index, policy.amountMinor, TODAY));
    const done = await pay(receipts);
    const states = async (): Promise<string[]> => (await books.in((tx) => tx<{ state: string }[]>`select state from promises where holder_id = ${policy.holderId} order by promise_id`)).map(({ state }) => state);
    assert.deepEqual(await states(), ['kept', 'broken']);
    await pay([{ ...receipts[0]!, kind: 'returned', eventId: 'promise-back', paymentId: done.booked[0]?.paymentId ?? null }]);
    assert.deepEqual(await states(), ['open', 'broken']);
  });
  test('gives one trial balance in which each currency sums to nothing', async () => {
    const rows = await books.in((tx) => trialBalance(tx, TODAY));
    assert.ok(new Set(rows.map(({ currency }) => currency)).size >= 2);
  });
});
