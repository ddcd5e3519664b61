/** Changes of random policies against real PostgreSQL: what the preview showed is what was billed and booked, and taking a change back leaves everything as it was. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { billIdOf, type ChangeOrder } from '../billing/index.ts';
import { type Tx } from '../database/index.ts';
import { addDays, expectOk, type HolderId, type InsurerId, type PlainDate, type PolicyId, type Random, seededRandom } from '../kernel/index.ts';
import { moved, auditOf, NOW, openBooks, TODAY, ZONE, type Books } from '../payments/fixture.ts';
import { settle } from '../payments/index.ts';
import { billStage } from './stages/bill.ts';
import { applyChange, type ChangeActed, previewChange, type ChangePreview, undoChange } from './policy-changed.ts';

const SEED = Number(process.env['INFORCE_SEED'] ?? 1);
const POLICIES = 30;
const STEPS = 6;

let books: Books;
before(async () => { books = await openBooks(); });
after(() => books?.close());

type Subject = { readonly holderId: HolderId; readonly policyId: PolicyId; readonly currency: string };
const PLACES = [['HK', 'HKD', 'life'], ['DE', 'EUR', 'motor'], ['JP', 'JPY', 'property'], ['KW', 'KWD', 'motor']] as const;

async function aPolicy(tx: Tx, some: { market?: string; currency?: string; line?: string; mode?: string; premium?: number; from?: PlainDate; dueDay?: number; state?: string } = {}): Promise<Subject> {
  const { market = 'HK', currency = 'HKD', line = 'life', mode = 'monthly', premium = 120_000, from = '2026-06-10' as PlainDate, dueDay = 10, state = 'in_force' } = some;
  const [holder] = await tx<{ holder_id: HolderId }[]>`
    insert into holders (insurer_id, external_ref, family_name, given_name, language, time_zone, market, email, consents)
    values (${books.insurerId}, 'C', '陳', '美玲', 'en', ${ZONE}, ${market}, 'mei@mail.example', '{email}') returning holder_id`;
  const [policy] = await tx<{ holder_id: HolderId; policy_id: PolicyId }[]>`
    insert into policies (insurer_id, holder_id, policy_number, market, line, currency, premium_minor, mode, cover_from, due_day, next_due_on, state)
    values (${books.insurerId}, ${holder?.holder_id ?? 0}, 'HL-1', ${market}, ${line}, ${currency}, ${premium}, ${mode}, ${from}, ${dueDay}, ${from}, ${state}) returning holder_id, policy_id`;
  return { holderId: policy?.holder_id as HolderId, policyId: policy?.policy_id as PolicyId, currency };
}

const bill = (tx: Tx, { holderId }: Subject, businessDate: PlainDate): Promise<unknown> =>
  billStage.work(tx, { insurer: { insurerId: books.insurerId } as never, businessDate, packs: undefined as never, shared: undefined as never }, { from: holderId, to: holderId });

let receipts = 0;
async function pay(subject: Subject, on: PlainDate, random: Random): Promise<void> {
  const open = await books.in((tx) => tx<{ bill_id: number; left: number }[]>`select bill_id, (amount_minor - paid_minor)::int as left from bills where holder_id = ${subject.holderId} and state = 'open' order by due_on limit 2`);
  for (const { bill_id: billId, left } of open) {
    if (!random.chance(0.6)) continue;
    receipts += 1;
    const amountMinor = BigInt(random.chance(0.7) ? left : Math.max(1, Math.floor(left / 2)));
    await books.in((tx) => settle(tx, books, [{ provider: 'bank', eventId: `C${receipts}`, kind: 'succeeded', holderId: subject.holderId, billId: billId as never, paymentId: null, providerReference: `C${receipts}`, method: 'bank_transfer',
      amountMinor, currency: subject.currency, occurredAt: NOW + receipts, bookedOn: on, failure: null }], NOW));
  }
}

function anOrder(random: Random, today: PlainDate, premiumMinor: bigint): ChangeOrder {
  const on = addDays(today, random.integer(-40, 40));
  switch (random.integer(0, 5)) {
    case 0: return { kind: 'increase', effectiveOn: on, premiumMinor: premiumMinor + BigInt(random.integer(1, 90_000)) };
    case 1: return { kind: 'reduction', effectiveOn: on, premiumMinor: premiumMinor - BigInt(random.integer(1, Number(premiumMinor) - 1)) };
    case 2: return { kind: 'due_day', dueDay: random.integer(1, 31) };
    case 3: return { kind: 'mode', mode: random.pick(['annual', 'half_yearly', 'quarterly', 'monthly'] as const), effectiveOn: random.chance(0.5) ? null : on };
    case 4: return { kind: 'premium_holiday', from: on, to: addDays(on, random.integer(5, 90)), cover: 'continues' };
    default: return { kind: 'cancellation', effectiveOn: on, method: random.pick(['pro_rata', 'short_rate', 'flat'] as const) };
  }
}

const postedAfter = (tx: Tx, { holderId }: Subject, posting: number): Promise<{ debit: string; credit: string; amountMinor: bigint }[]> => tx<{ debit: string; credit: string; amount_minor: bigint }[]>`
  select debit_account as debit, credit_account as credit, amount_minor from postings where holder_id = ${holderId} and posting_id > ${posting}`.then((rows) => rows.map(({ amount_minor: amountMinor, ...row }) => ({ ...row, amountMinor })));
const lastPosting = (tx: Tx): Promise<number> => tx<{ last: number }[]>`select coalesce(max(posting_id), 0)::bigint as last from postings`.then(([row]) => row?.last ?? 0);
const standing = (tx: Tx, { holderId }: Subject): Promise<string> => tx`
  select b.bill_id, b.state, period_from, period_to, b.due_on, b.premium_minor, b.amount_minor, b.charges from bills b where holder_id = ${holderId} and state <> 'cancelled' order by bill_id`.then((rows) => JSON.stringify(rows, text));
const text = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);
const billsOf = (tx: Tx, { holderId }: Subject): Promise<string[]> => tx<{ due_on: string; period_from: string; period_to: string; premium_minor: bigint; amount_minor: bigint }[]>`
  select due_on, period_from, period_to, premium_minor, amount_minor from bills where holder_id = ${holderId} and state <> 'cancelled'`.then((rows) => rows.map((b) => `${b.due_on} ${b.period_from} ${b.period_to} ${b.premium_minor} ${b.amount_minor}`).sort());

const act = (subject: Subject, order: ChangeOrder, on: PlainDate, version: string): ChangeActed => ({ insurerId: books.insurerId as InsurerId, ...subject, order, on, version, by: 'Mei', note: 'asked by the holder', at: NOW });

describe('a change of a policy', () => {
  test('bills and books what its preview showed, and taken back leaves bills and terms as they were', { timeout: 240_000 }, async () => {
    const random = seededRandom(SEED);
    const done = new Map<string, number>();
    let undone = 0;
    for (let n = 0; n < POLICIES; n += 1) {
      const [market, currency, line] = random.pick(PLACES);
      const from = addDays('2026-01-01' as PlainDate, random.integer(0, 200));
      const subject = await books.in((tx) => aPolicy(tx, { market, currency, line, mode: random.pick(['annual', 'half_yearly', 'quarterly', 'monthly']), premium: random.integer(60_000, 900_000), from, dueDay: random.integer(1, 31) }));
      let today = from;
      for (let step = 0; step < STEPS; step += 1) {
        today = addDays(today, random.integer(1, 60));
        await books.in((tx) => bill(tx, subject, today));
        await pay(subject, today, random);
        const [policy] = await books.in((tx) => tx<{ premium_minor: bigint }[]>`select premium_minor from policies where holder_id = ${subject.holderId}`);
        const order = anOrder(random, today, policy?.premium_minor ?? 2n);
        const asked = { insurerId: books.insurerId, ...subject, order, on: today };
        const preview = await books.in((tx) => previewChange(tx, asked));
        const before_ = await books.in(async (tx) => ({ last: await lastPosting(tx), bills: await standing(tx, subject), all: await billsOf(tx, subject) }));
        const applied = await books.in((tx) => applyChange(tx, act(subject, order, today, preview.ok ? preview.value.version : '')));
        if (!preview.ok) {
          assert.ok(!applied.ok);
          continue;
        }
        const { plan, entries, after: lines, corrections } = preview.value;
        assert.ok(applied.ok, JSON.stringify([order, applied], text));
        done.set(plan.kind, (done.get(plan.kind) ?? 0) + 1);
        const is = await books.in(async (tx) => ({ posted: await postedAfter(tx, subject, before_.last), bills: await billsOf(tx, subject) }));
        assert.deepEqual(moved(is.posted), moved(entries));
        const shown = lines.filter(({ state }) => state !== 'to_come').map((b) => `${b.dueOn} ${b.periodFrom} ${b.periodTo} ${b.premiumMinor} ${b.amountMinor}`);
        for (const line_ of shown) assert.ok(is.bills.includes(line_), line_);
        for (const { billId, after: is_ } of corrections) {
          const [row] = await books.in((tx) => tx<{ state: string; amount_minor: bigint }[]>`select state, amount_minor from bills where holder_id = ${subject.holderId} and bill_id = ${billId}`);
          assert.equal(row?.state === 'cancelled' ? null : row?.amount_minor, is_?.amountMinor ?? null);
        }
        const again = await books.in((tx) => applyChange(tx, act(subject, order, today, preview.value.version)));
        assert.equal(again.ok ? 'ok' : again.problem.code, 'changed_meanwhile');
        if (random.chance(0.4)) {
          const back = await books.in((tx) => undoChange(tx, { insurerId: books.insurerId, ...subject, changeId: applied.value.changeId, by: 'Mei', at: NOW, on: today }));
          assert.ok(back.ok, JSON.stringify([order, back], text));
          undone += 1;
          assert.deepEqual(await books.in((tx) => billsOf(tx, subject)), before_.all, JSON.stringify(order, text));
        }
      }
      const found = await auditOf(books);
      assert.deepEqual(found, [], `policy ${n} (seed ${SEED})`);
    }
    assert.deepEqual([...done.keys()].sort(), ['cancellation', 'due_day', 'increase', 'mode', 'premium_holiday', 'reduction']);
    assert.ok(undone > 10);
  });

  test('goes on with its schedule under free numbers, with no gap in cover, also after one was taken back', async () => {
    const subject = await books.in((tx) => aPolicy(tx));
    const day = '2026-07-02' as PlainDate;
    await books.in((tx) => bill(tx, subject, day));
    const order: ChangeOrder = { kind: 'due_day', dueDay: 25 };
    const preview = expectOk<ChangePreview>(await books.in((tx) => previewChange(tx, { insurerId: books.insurerId, ...subject, order, on: day })));
    assert.deepEqual(preview.plan.bills.map((b) => [b.periodFrom, b.periodTo, b.premiumMinor]), [['2026-08-10', '2026-08-25', 58_065n]]);
    const applied = expectOk(await books.in((tx) => applyChange(tx, act(subject, order, day, preview.version))));
    expectOk(await books.in((tx) => undoChange(tx, { insurerId: books.insurerId, ...subject, changeId: applied.changeId, by: 'Mei', at: NOW, on: day })));
    await books.in((tx) => bill(tx, subject, '2026-10-01' as PlainDate));
    const periods = await books.in((tx) => tx<{ instalment_no: number; period_from: PlainDate; period_to: PlainDate }[]>`
      select instalment_no, period_from, period_to from bills where holder_id = ${subject.holderId} and state <> 'cancelled' order by period_from`);
    assert.deepEqual(periods.map((b) => b.period_from), ['2026-06-10', '2026-07-10', '2026-08-10', '2026-09-10', '2026-10-10']);
    assert.deepEqual(periods.map((b) => b.instalment_no), [1, 2, 4, 5, 6]);
    const newer = await books.in((tx) => undoChange(tx, { insurerId: books.insurerId, ...subject, changeId: applied.changeId, by: 'Mei', at: NOW, on: day }));
    assert.equal(newer.ok ? '' : newer.problem.code, 'change_undone_already');
  });

  test('is not taken back once bills of its terms have been issued, nor before a later one', async () => {
    const subject = await books.in((tx) => aPolicy(tx));
    const day = '2026-07-02' as PlainDate;
    await books.in((tx) => bill(tx, subject, day));
    const make = async (order: ChangeOrder): Promise<number> => {
      const { version } = expectOk(await books.in((tx) => previewChange(tx, { insurerId: books.insurerId, ...subject, order, on: day })));
      return expectOk(await books.in((tx) => applyChange(tx, act(subject, order, day, version)))).changeId;
    };
    const first = await make({ kind: 'increase', effectiveOn: day, premiumMinor: 150_000n });
    const second = await make({ kind: 'due_day', dueDay: 20 });
    const undo = (changeId: number) => books.in((tx) => undoChange(tx, { insurerId: books.insurerId, ...subject, changeId, by: 'Mei', at: NOW, on: day })).then((one) => (one.ok ? 'ok' : one.problem.code));
    assert.equal(await undo(first), 'change_not_newest');
    await books.in((tx) => bill(tx, subject, '2026-09-01' as PlainDate));
    assert.equal(await undo(second), 'change_has_followers');
  });

  test('that reinstates a policy asks again for what was late, with interest by the day, and puts it in force', async () => {
    const subject = await books.in((tx) => aPolicy(tx, { from: addDays(TODAY, -100), dueDay: Number(addDays(TODAY, -100).slice(8)) }));
    await books.in((tx) => bill(tx, subject, addDays(TODAY, -100)));
    await books.in((tx) => tx`update bills set stage = 'lapsed', stage_since = ${addDays(TODAY, -50)} where holder_id = ${subject.holderId}`);
    await books.in((tx) => tx`update policies set state = 'lapsed', state_since = ${addDays(TODAY, -50)} where holder_id = ${subject.holderId}`);
    const order: ChangeOrder = { kind: 'reinstatement', effectiveOn: TODAY };
    const preview = expectOk(await books.in((tx) => previewChange(tx, { insurerId: books.insurerId, ...subject, order, on: TODAY })));
    expectOk(await books.in((tx) => applyChange(tx, act(subject, order, TODAY, preview.version))));
    const [policy] = await books.in((tx) => tx<{ state: string; state_since: string }[]>`select state, state_since from policies where holder_id = ${subject.holderId}`);
    assert.deepEqual({ ...policy }, { state: 'in_force', state_since: TODAY });
    const bills = await books.in((tx) => tx<{ due_on: string; stage: string; fees: number; amount: number; no: number }[]>`
      select due_on, stage, fees_minor::int as fees, amount_minor::int as amount, instalment_no as no from bills where holder_id = ${subject.holderId} order by instalment_no`);
    // 1,201.20 each, 6 % a year: due 100, 69, 39 and 8 days ago (16 August, 16 September, 16 October, 16 November).
    assert.deepEqual(bills.map((b) => b.due_on), bills.map(() => addDays(TODAY, 14)));
    assert.deepEqual([...new Set(bills.map((b) => b.stage))], ['not_due']);
    const interest = bills.at(-1);
    assert.deepEqual([interest?.no, interest?.fees, interest?.amount], [2048, 4_265, 4_265]);
    assert.equal(billIdOf(subject.policyId, 2048) > 0, true);
  });
});
