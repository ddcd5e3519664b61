/** Plays random histories through the product, many holders at a time, and tells the oracle the same; then compares to the cent. */

import { type ChangeOrder } from '../src/billing/index.ts';
import { applyChange, chargeLateFees, previewChange, rulePacks, STAGES, undoChange } from '../src/cycle/index.ts';
import { type Database, inInsurer, type Tx } from '../src/database/index.ts';
import { addDays, type BillId, type HolderId, type InsurerId, type PaymentId, type PlainDate, type PolicyId, type Random, seededRandom } from '../src/kernel/index.ts';
import { correctBill, dueRefund, OWN_METHODS, payOwnMoney, payRefund, settle, type Settlement, takeBackOwnMoney, undoRefund, undoWriteOff, useWaitingMoney, writeOffBill } from '../src/payments/index.ts';
import { asksFor, History, leftOf, type OracleBill, type OraclePayment, owesPremium, paidOf, unused } from './histories-oracle.ts';

const FIRST = '2026-01-05' as PlainDate;
const NOW = Date.parse('2026-11-24T03:00:00Z');
const PLACES = [['HK', 'HKD', 'life'], ['CN', 'CNY', 'life'], ['DE', 'EUR', 'motor'], ['JP', 'JPY', 'property'], ['KW', 'KWD', 'motor'], ['PH', 'PHP', 'motor']] as const;
const MODES = ['annual', 'half_yearly', 'quarterly', 'monthly', 'monthly'] as const;

type Player = { readonly database: Database; readonly insurerId: InsurerId };
type Subject = {
  readonly holderId: HolderId; readonly history: History; readonly random: Random; readonly policies: { readonly policyId: PolicyId; readonly currency: string }[];
  readonly changes: { readonly policyId: PolicyId; readonly changeId: number }[]; readonly refunds: Map<OraclePayment['refunds'][number], number>; readonly did: Map<string, number>;
};
export type Played = { readonly histories: number; readonly events: ReadonlyMap<string, number>; readonly differences: readonly string[] };

let names = 0;

export type Playing = {
  readonly seed: number; readonly histories: number; readonly steps: number;
  /** Histories whose days are played together. */
  readonly together: number;
  readonly onProgress?: (done: number) => void;
  /** Something that the oracle is not told. */
  readonly secretly?: (tx: Tx) => Promise<unknown>;
};

export async function playHistories({ database, insurerId }: Player, { seed, histories, steps, together, onProgress, secretly }: Playing): Promise<Played> {
  const differences: string[] = [];
  const events = new Map<string, number>();
  for (let from = 0; from < histories; from += together) {
    const group = await inInsurer(database.app, insurerId, (tx) => newSubjects(tx, insurerId, seed, from, Math.min(together, histories - from)));
    const random = seededRandom(seed * 7_919 + from);
    let day: PlainDate = FIRST;
    for (let step = 0; step < steps; step += 1) {
      day = addDays(day, random.integer(1, 24));
      await inInsurer(database.app, insurerId, (tx) => playDay(tx, insurerId, group, day));
    }
    if (secretly !== undefined) await inInsurer(database.app, insurerId, secretly);
    differences.push(...await inInsurer(database.app, insurerId, (tx) => compare(tx, group, seed)));
    for (const { did } of group) for (const [what, times] of did) events.set(what, (events.get(what) ?? 0) + times);
    onProgress?.(Math.min(histories, from + together));
  }
  return { histories, events, differences };
}

async function newSubjects(tx: Tx, insurerId: InsurerId, seed: number, from: number, count: number): Promise<Subject[]> {
  const holders = await tx<{ holder_id: HolderId }[]>`
    insert into holders (insurer_id, external_ref, family_name, given_name, language, time_zone, market, email, consents, payday)
    select ${insurerId}::int, 'H-' || ${from} + n, '陳', '美玲', 'en', 'Asia/Hong_Kong', 'HK', 'mei@mail.example', array['email'], 10 from generate_series(1, ${count}) n returning holder_id`;
  const group = holders.map(({ holder_id: holderId }, at): Subject => ({
    holderId, history: new History(), random: seededRandom(seed * 1_000_003 + from + at), policies: [], changes: [], refunds: new Map(), did: new Map(),
  }));
  const rows = group.flatMap(({ holderId, random }) => Array.from({ length: random.integer(1, 2) }, () => {
    const [market, currency, line] = random.pick(PLACES);
    return { h: holderId, m: market, c: currency, l: line, o: random.pick(MODES), p: String(random.integer(60_000, 900_000)), f: addDays(FIRST, random.integer(0, 60)), d: random.integer(1, 31), i: random.chance(0.2) ? random.integer(1, 500) : 0 };
  }));
  const policies = await tx<{ holder_id: HolderId; policy_id: PolicyId; currency: string }[]>`
    insert into policies (insurer_id, holder_id, policy_number, market, line, product, currency, premium_minor, mode, cover_from, due_day, next_due_on, state, instalment_charge_points)
    select ${insurerId}::int, h, 'H-' || h, m, l, m || h, c, p, o, f, d, f, 'in_force', i
    from jsonb_to_recordset(${tx.json(rows)}) as x(h bigint, m text, c text, l text, o text, p bigint, f date, d int, i int) returning holder_id, policy_id, currency`;
  const byHolder = new Map(group.map((subject) => [subject.holderId, subject]));
  for (const { holder_id: holderId, policy_id: policyId, currency } of policies) byHolder.get(holderId)?.policies.push({ policyId, currency });
  return group;
}

/** Bills are issued; then every history has one event, payments and returns of all in one settlement. */
async function playDay(tx: Tx, insurerId: InsurerId, group: readonly Subject[], day: PlainDate): Promise<void> {
  const stage = STAGES.find(({ name }) => name === 'bill');
  const context = { insurer: { insurerId } as never, businessDate: day, packs: rulePacks(), shared: undefined as never };
  const range = { from: group[0]?.holderId ?? 0, to: group.at(-1)?.holderId ?? 0 };
  await stage?.work(tx, context, range);
  await takeOver(tx, group);
  await chargeLateFees(tx, context, range);
  await beLate(tx, group, day);
  const settlements: Settlement[] = [];
  for (const subject of group) {
    const kind = subject.random.next();
    let did: string;
    if (kind < 0.45) did = payment(subject, day, settlements);
    else if (kind < 0.58) did = await goingBack(tx, subject, day, settlements);
    else if (kind < 0.75) did = await ownMoney(tx, insurerId, subject, day);
    else if (kind < 0.88) did = await change(tx, insurerId, subject, day);
    else if (kind < 0.94) did = await correction(tx, insurerId, subject, day);
    else did = await givingUp(tx, insurerId, subject, day);
    subject.did.set(did, (subject.did.get(did) ?? 0) + 1);
  }
  await settle(tx, { insurerId }, settlements, NOW);
}

type Row = { holder_id: HolderId; bill_id: number; policy_id: number; currency: string; due_on: string; premium_minor: bigint; charges: readonly { kind: string; amount_minor: number }[] | null; state: OracleBill['state']; paid_minor: bigint };
const readBills = (tx: Tx, holderIds: readonly HolderId[]) => tx<Row[]>`
  select holder_id, bill_id, policy_id, currency, due_on, premium_minor, charges, state, paid_minor from bills where holder_id = any(${[...holderIds]}::bigint[]) order by bill_id`;
const chargesOf = ({ charges }: Row): OracleBill['charges'] => (charges ?? []).map(({ kind, amount_minor: amount }) => ({ kind, amount: BigInt(amount) }));

/** Bills that the oracle has not seen; they ask for what they ask, and are unpaid. */
async function takeOver(tx: Tx, group: readonly Subject[]): Promise<void> {
  const byHolder = new Map(group.map((subject) => [subject.holderId, subject]));
  for (const row of await readBills(tx, group.map(({ holderId }) => holderId))) {
    const { history } = byHolder.get(row.holder_id) ?? group[0]!;
    const known = history.bills.find(({ id }) => id === row.bill_id);
    if (known !== undefined) {
      known.dueOn = row.due_on;
      // Held over night and released in the next review.
      if (known.state === 'held' && row.state !== 'held') Object.assign(known, { state: 'open', premium: row.premium_minor, charges: chargesOf(row) });
      continue;
    }
    history.bills.push({ id: row.bill_id, policyId: row.policy_id, currency: row.currency, dueOn: row.due_on, premium: row.premium_minor, charges: chargesOf(row), state: row.state === 'held' ? 'held' : 'open', givenUp: false, parts: [], feeSteps: [] });
  }
}

const DAY_MS = 86_400_000;
/** In Hong Kong and on the mainland five, ten and fifteen units in all from the 10th, 20th and 30th day; elsewhere interest, which is taken as it was charged. */
const STEPS = [10, 20, 30] as const;
const STEP_MINOR = 500n;

/** What being late costs by the announced scale; where the oracle knows the scale it says what must have been charged, and to whom. */
async function beLate(tx: Tx, group: readonly Subject[], day: PlainDate): Promise<void> {
  const charged = await tx<{ holder_id: HolderId; bill_id: number; days: number; kind: string; amount_minor: bigint }[]>`
    select holder_id, bill_id, days, kind, amount_minor from late_fees where holder_id = any(${group.map(({ holderId }) => holderId)}::bigint[]) and charged_on = ${day} and amount_minor > 0 order by bill_id, days`;
  const announced = new Set((await tx<{ bill_id: number }[]>`
    select bill_id from bills where holder_id = any(${group.map(({ holderId }) => holderId)}::bigint[]) and announced->'late_fees' <> 'null' and currency in ('HKD', 'CNY')`).map(({ bill_id: id }) => id));
  for (const { holderId, history, did } of group) {
    const mine = charged.filter((one) => one.holder_id === holderId);
    for (const bill of history.bills) {
      const said = mine.filter(({ bill_id: id }) => id === bill.id);
      const late = Math.round((Date.parse(day) - Date.parse(bill.dueOn)) / DAY_MS);
      const reached = bill.state === 'open' && owesPremium(bill) && announced.has(bill.id) ? STEPS.filter((step) => late >= step && !bill.feeSteps.includes(step)) : null;
      const charges = reached === null || !announced.has(bill.id) ? said.map(({ kind, amount_minor: amount }) => ({ kind, amount })) : reached.map(() => ({ kind: 'late_fee', amount: STEP_MINOR }));
      // Where the scale is not the oracle's, interest is followed; a fixed fee that it does not expect is left out, and shows as a difference.
      const expected = announced.has(bill.id) && reached === null ? [] : charges;
      bill.feeSteps.push(...(reached ?? []));
      if (expected.length === 0) continue;
      bill.charges = [...bill.charges, ...expected];
      did.set('late fee', (did.get('late fee') ?? 0) + expected.length);
    }
  }
}

const seen = ({ history }: Subject): OracleBill[] => history.bills.filter(({ state }) => state !== 'held');

function payment(subject: Subject, day: PlainDate, settlements: Settlement[]): string {
  const { history, random, holderId } = subject;
  const bills = seen(subject);
  if (bills.length === 0) return 'nothing to pay';
  const open = bills.filter(({ state }) => state === 'open');
  const bill = open.length > 0 && random.chance(0.85) ? random.pick(open) : random.pick(bills);
  const owed = Number(asksFor(bill));
  const left = Number(leftOf(bill));
  const amount = BigInt(random.chance(0.45) && left > 0 ? left : random.integer(1, owed * 2));
  const currency = random.chance(0.05) ? 'USD' : bill.currency;
  const from = random.chance(0.5) ? 'bank' : 'provider';
  names += 1;
  const name = `P${names}`;
  settlements.push(settlementOf({ holderId, bill, name, from, amount, currency, day, kind: 'succeeded', paymentId: null, eventId: name }));
  // Twice the same is once.
  if (random.chance(0.05)) settlements.push(settlementOf({ holderId, bill, name, from, amount, currency, day, kind: 'succeeded', paymentId: null, eventId: name }));
  history.pays(name, from, null, bill, amount, currency, day);
  return left > 0 && amount < BigInt(left) ? 'part payment' : left === Number(amount) ? 'payment' : 'overpayment';
}

type Said = { holderId: HolderId; bill: OracleBill; name: string; from: OraclePayment['from']; amount: bigint; currency: string; day: PlainDate; kind: Settlement['kind']; paymentId: PaymentId | null; eventId: string };
const settlementOf = ({ holderId, bill, name, from, amount, currency, day, kind, paymentId, eventId }: Said): Settlement => ({
  provider: from === 'bank' ? 'bank' : 'sandbox', eventId, kind, holderId, billId: bill.id as BillId, paymentId, providerReference: name, method: from === 'bank' ? 'bank_transfer' : 'card', amountMinor: amount, currency, occurredAt: NOW,
  bookedOn: day, failure: null,
});

const idOf = async (tx: Tx, { holderId }: Subject, name: string): Promise<PaymentId | null> =>
  (await tx<{ payment_id: PaymentId }[]>`select payment_id from payments where holder_id = ${holderId} and provider_reference = ${name}`)[0]?.payment_id ?? null;

async function goingBack(tx: Tx, subject: Subject, day: PlainDate, settlements: Settlement[]): Promise<string> {
  const { history, random, holderId } = subject;
  const standing = history.payments.filter(({ from, stands }) => from !== 'own' && stands);
  if (standing.length === 0) return 'nothing to return';
  const money = random.pick(standing);
  const kind = random.pick(['returned', 'charged_back', 'refunded'] as const);
  names += 1;
  settlements.push(settlementOf({ holderId, bill: money.named, name: money.name, from: money.from, amount: money.amount, currency: money.currency, day, kind, paymentId: await idOf(tx, subject, money.name), eventId: `R${names}` }));
  history.goesBack(money);
  return kind;
}

async function ownMoney(tx: Tx, insurerId: InsurerId, subject: Subject, day: PlainDate): Promise<string> {
  const { history, random, holderId } = subject;
  const when = { at: NOW, on: day };
  const mine = history.payments.filter(({ from, stands }) => from === 'own' && stands);
  if (mine.length > 0 && random.chance(0.25)) {
    const money = random.pick(mine);
    const paymentId = await idOf(tx, subject, money.name);
    const back = paymentId === null ? null : await takeBackOwnMoney(tx, { insurerId }, holderId, [paymentId], when);
    if (back?.ok === true) history.goesBack(money);
    return 'own money taken back';
  }
  const refunds = history.payments.flatMap((money) => money.refunds.filter(({ state }) => state === 'due').map((refund) => ({ money, refund })));
  if (refunds.length > 0 && random.chance(0.5)) {
    const { refund } = random.pick(refunds);
    const named = { holderId, refundId: subject.refunds.get(refund) ?? 0 };
    const sent = random.chance(0.6);
    const done = sent ? await payRefund(tx, { insurerId }, named, `OUT-${named.refundId}`, day) : await undoRefund(tx, { insurerId }, named, { by: 'Mei', on: day });
    if (done.ok) refund.state = sent ? 'sent' : 'undone';
    return sent ? 'refund sent' : 'refund undone';
  }
  const open = seen(subject).filter(({ state }) => state === 'open');
  const waiting = history.payments.filter((money) => money.stands && unused(history.payments, money) > 0n);
  if (waiting.length > 0 && random.chance(0.7)) {
    const money = random.pick(waiting);
    const [item] = await tx<{ suspense_id: number }[]>`select s.suspense_id from suspense_items s join payments p using (insurer_id, holder_id, payment_id) where s.holder_id = ${holderId} and p.provider_reference = ${money.name}`;
    const left = unused(history.payments, money);
    if (random.chance(0.4)) {
      const amount = random.chance(0.5) ? left : BigInt(random.integer(1, Number(left)));
      const due = await dueRefund(tx, { insurerId }, { holderId, suspenseId: item?.suspense_id ?? 0, amountMinor: amount }, { by: 'Mei', reason: 'asked for', on: day });
      if (!due.ok) return `refund refused: ${due.problem.code}`;
      const refund = { amount, state: 'due' as const };
      money.refunds.push(refund);
      subject.refunds.set(refund, due.value.refundId);
      return 'refund due';
    }
    const fits = open.filter(({ currency }) => currency === money.currency);
    if (fits.length > 0) {
      const bill = random.pick(fits);
      const used = await useWaitingMoney(tx, { insurerId }, { holderId, suspenseId: item?.suspense_id ?? 0, billId: bill.id as BillId, amountMinor: null, ...when });
      if (!used.ok) return `waiting money refused: ${used.problem.code}`;
      const [name] = await tx<{ name: string }[]>`select provider_reference as name from payments where holder_id = ${holderId} and provider = 'inforce' order by payment_id desc limit 1`;
      history.pays(name?.name ?? '', 'own', 'waiting_money_used', bill, left < leftOf(bill) ? left : leftOf(bill), money.currency, day, money);
      return 'waiting money used';
    }
  }
  if (open.length === 0) return 'nothing owed';
  const bill = random.pick(open);
  const method = random.pick(OWN_METHODS.filter((one) => one !== 'waiting_money_used'));
  const amountMinor = BigInt(random.integer(1, Number(leftOf(bill))));
  const brings = history.payments.filter(({ from, stands }) => from !== 'own' && stands);
  const cause = brings.length > 0 && random.chance(0.6) ? random.pick(brings) : null;
  names += 1;
  const name = `O${names}`;
  const paid = await payOwnMoney(tx, { insurerId }, [{ holderId, billId: bill.id as BillId, method, amountMinor, currency: bill.currency, reference: name, causedBy: cause === null ? null : await idOf(tx, subject, cause.name) }], when);
  if (!paid.ok) return `own money refused: ${paid.problem.code}`;
  history.pays(name, 'own', method, bill, amountMinor, bill.currency, day, cause);
  return method;
}

function anOrder(random: Random, day: PlainDate, premium: bigint): ChangeOrder {
  const on = addDays(day, random.integer(-40, 40));
  switch (random.integer(0, 6)) {
    case 0: case 1: return { kind: 'increase', effectiveOn: on, premiumMinor: premium + BigInt(random.integer(1, 90_000)) };
    case 2: case 3: return { kind: 'reduction', effectiveOn: on, premiumMinor: premium - BigInt(random.integer(1, Number(premium) - 1)) };
    case 4: return { kind: 'due_day', dueDay: random.integer(1, 31) };
    case 5: return { kind: 'mode', mode: random.pick(['annual', 'half_yearly', 'quarterly', 'monthly'] as const), effectiveOn: random.chance(0.5) ? null : on };
    default: return random.chance(0.4) ? { kind: 'cancellation', effectiveOn: on, method: random.pick(['pro_rata', 'short_rate', 'flat'] as const) } : { kind: 'premium_holiday', from: on, to: addDays(on, random.integer(5, 90)), cover: 'continues' };
  }
}

/** What a change makes of bills is proven elsewhere (days priced one by one); here the money on them is followed: each bill that asks for something else is put right. */
async function change(tx: Tx, insurerId: InsurerId, subject: Subject, day: PlainDate): Promise<string> {
  const { history, random, holderId, changes } = subject;
  const { policyId } = random.pick(subject.policies);
  const last = changes.findLast((one) => one.policyId === policyId);
  let did: string;
  if (last !== undefined && random.chance(0.25)) {
    const undone = await undoChange(tx, { insurerId, holderId, policyId, changeId: last.changeId, by: 'Mei', at: NOW, on: day });
    if (!undone.ok) return `undo refused: ${undone.problem.code}`;
    changes.splice(changes.indexOf(last), 1);
    did = 'change undone';
  } else {
    const [policy] = await tx<{ premium_minor: bigint }[]>`select premium_minor from policies where holder_id = ${holderId} and policy_id = ${policyId}`;
    const order = anOrder(random, day, policy?.premium_minor ?? 2n);
    const preview = await previewChange(tx, { insurerId, holderId, policyId, order, on: day });
    if (!preview.ok) return 'change refused';
    const done = await applyChange(tx, { insurerId, holderId, policyId, order, on: day, version: preview.value.version, by: 'Mei', note: 'asked by the holder', at: NOW });
    if (!done.ok) return `change refused: ${done.problem.code}`;
    changes.push({ policyId, changeId: done.value.changeId });
    did = order.kind;
  }
  for (const row of await readBills(tx, [holderId])) {
    const bill = history.bills.find(({ id }) => id === row.bill_id);
    if (bill === undefined) continue;
    if (row.state === 'cancelled') {
      if (bill.state === 'held') bill.state = 'cancelled';
      else if (bill.state !== 'cancelled') history.putRight(bill, null);
    } else if (bill.state === 'held') Object.assign(bill, { premium: row.premium_minor, charges: chargesOf(row), state: row.state === 'held' ? 'held' : 'open' });
    else if (row.premium_minor !== bill.premium || JSON.stringify(row.charges ?? []) !== JSON.stringify(bill.charges.map(({ kind, amount }) => ({ kind, amount_minor: Number(amount) }))) || bill.state === 'cancelled') {
      const charges = chargesOf(row);
      if (bill.state === 'cancelled' || row.premium_minor !== bill.premium || asksFor(bill) !== row.premium_minor + charges.reduce((total, { amount }) => total + amount, 0n)) history.putRight(bill, { premium: row.premium_minor, charges });
    }
  }
  await takeOver(tx, [subject]);
  return did;
}

async function correction(tx: Tx, insurerId: InsurerId, subject: Subject, day: PlainDate): Promise<string> {
  const { history, random, holderId } = subject;
  const bills = seen(subject);
  if (bills.length === 0) return 'nothing to put right';
  const bill = random.pick(bills);
  const [version] = await tx<{ n: number }[]>`select count(*)::int as n from bill_corrections where holder_id = ${holderId} and bill_id = ${bill.id}`;
  const premiumMinor = BigInt(random.integer(1, Number(asksFor(bill)) * 2));
  const after = random.chance(0.2) ? null : { premiumMinor, charges: random.chance(0.5) ? [] : [{ kind: random.pick(['levy', 'late_fee', 'interest', 'stamp_duty'] as const), rule: 'x', amountMinor: BigInt(random.integer(1, 900)) }] };
  const done = await correctBill(tx, { insurerId, holderId, billId: bill.id as BillId, after, version: version?.n ?? 0, reason: 'premium', note: 'wrong', by: 'Mei', at: NOW, on: day });
  if (!done.ok) return `correction refused: ${done.problem.code}`;
  history.putRight(bill, after === null ? null : { premium: after.premiumMinor, charges: after.charges.map(({ kind, amountMinor }) => ({ kind, amount: amountMinor })) });
  return after === null ? 'bill withdrawn' : 'bill put right';
}

async function givingUp(tx: Tx, insurerId: InsurerId, subject: Subject, day: PlainDate): Promise<string> {
  const { history, random, holderId } = subject;
  const lost = history.bills.filter(({ state }) => state === 'written_off');
  if (lost.length > 0 && random.chance(0.5)) {
    const bill = random.pick(lost);
    const undone = await undoWriteOff(tx, { insurerId }, { holderId, billId: bill.id as BillId }, day);
    if (!undone.ok) return `asking again refused: ${undone.problem.code}`;
    history.asksAgain(bill);
    return 'asked again';
  }
  const open = seen(subject).filter(({ state }) => state === 'open');
  if (open.length === 0) return 'nothing to give up';
  const bill = random.pick(open);
  const done = await writeOffBill(tx, { insurerId }, { holderId, billId: bill.id as BillId }, day);
  if (done.ok) history.givesUp(bill);
  return done.ok ? 'written off' : `write-off refused: ${done.problem.code}`;
}

/** Bills, waiting money and every account's balance of each holder against the oracle's. */
async function compare(tx: Tx, group: readonly Subject[], seed: number): Promise<string[]> {
  const ids = group.map(({ holderId }) => holderId);
  const bills = Map.groupBy(await readBills(tx, ids), ({ holder_id: holderId }) => holderId);
  const balances = Map.groupBy(await tx<{ holder_id: HolderId; account: string; currency: string; balance: string }[]>`
    select holder_id, account, currency, sum(amount)::text as balance from (
      select holder_id, debit_account::text as account, currency::text, amount_minor as amount from postings where holder_id = any(${ids}::bigint[])
      union all select holder_id, credit_account::text, currency::text, -amount_minor from postings where holder_id = any(${ids}::bigint[])) x
    group by 1, 2, 3 having sum(amount) <> 0`, ({ holder_id: holderId }) => holderId);
  const waiting = new Map((await tx<{ name: string; holder_id: HolderId; left: string }[]>`
    select p.provider_reference as name, s.holder_id, sum(s.amount_minor - s.cleared_minor)::text as left from suspense_items s join payments p using (insurer_id, holder_id, payment_id)
    where s.holder_id = any(${ids}::bigint[]) and p.state = 'succeeded' group by 1, 2`).map(({ name, holder_id: holderId, left }) => [`${holderId}/${name}`, BigInt(left)]));
  return group.flatMap(({ holderId, history }) => {
    const found: string[] = [];
    for (const row of bills.get(holderId) ?? []) {
      const bill = history.bill(row.bill_id);
      // What is held is nobody's debt, and is made anew every night.
      if (bill.state === 'held' && row.state === 'held') continue;
      const [should, is] = [`${bill.state} ${paidOf(bill)} of ${asksFor(bill)}`, `${row.state} ${row.paid_minor} of ${row.premium_minor + chargesOf(row).reduce((total, { amount }) => total + amount, 0n)}`];
      if (should !== is) found.push(`bill ${row.bill_id}: ${is}, should be ${should}`);
    }
    const should = history.balances();
    const is = new Map((balances.get(holderId) ?? []).map(({ account, currency, balance }) => [`${account} ${currency}`, BigInt(balance)]));
    for (const key of new Set([...should.keys(), ...is.keys()])) if ((should.get(key) ?? 0n) !== (is.get(key) ?? 0n)) found.push(`${key}: ${is.get(key) ?? 0n}, should be ${should.get(key) ?? 0n}`);
    for (const money of history.payments) {
      const left = money.stands ? unused(history.payments, money) : 0n;
      if ((waiting.get(`${holderId}/${money.name}`) ?? 0n) !== left) found.push(`${money.name} waits with ${waiting.get(`${holderId}/${money.name}`) ?? 0n}, should be ${left}`);
    }
    return found.map((line) => `holder ${holderId} (seed ${seed}): ${line}`);
  });
}
