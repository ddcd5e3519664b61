/**
 * Bills that were held in earlier nights are made again from their policy as it is now and reviewed again: one whose policy or payer was put right meanwhile leaves by itself. What only a whole batch
 * could say of an unchanged bill waits for a person.
 */

import { type BillablePolicy, billOfInstalment, type Check, type Finding, heldOf, type NewBill, OF_THE_BATCH, type ReviewedBill, reviewBills } from '../../billing/index.ts';
import { copyToTemporary, type Tx } from '../../database/index.ts';
import { type BillId, type InsurerId, type PlainDate } from '../../kernel/index.ts';
import { type HolderRange, type StageCounts } from '../stage.ts';
import { readBillFacts } from './bill-facts.ts';
import { settleHeld, writeFindings } from './bill-write.ts';
import { chargesColumn } from '../../ledger/index.ts';

/** Whoever reads the history sees that no person did it. */
const THE_REVIEW = 'review';

type HeldRow = Omit<BillablePolicy, 'premiumMinor' | 'yearPremiumMinor' | 'nextDueOn'> & {
  readonly year_premium_minor: bigint | null;
  readonly bill_id: BillId; readonly instalment_no: number; readonly period_from: PlainDate; readonly period_to: PlainDate; readonly due_on: PlainDate; readonly policy_premium_minor: bigint; readonly amount_minor: bigint;
  readonly bill_currency: string; readonly checks: Check[] | null;
};

export async function lookAgain(tx: Tx, insurerId: InsurerId, on: PlainDate, range: HolderRange): Promise<StageCounts> {
  const { from, to } = range;
  const rows = await tx<HeldRow[]>`
    select p.holder_id as "holderId", p.policy_id as "policyId", p.market, p.subdivision, p.line, p.currency, p.mode, p.premium_minor as policy_premium_minor, p.year_premium_minor, p.cover_from as "coverFrom", p.cover_to as "coverTo", p.due_day as "dueDay",
      p.schedule_from as "scheduleFrom", p.schedule_no as "scheduleNo", p.instalment_charge_points as "instalmentChargePoints",
      b.bill_id, b.instalment_no, b.period_from, b.period_to, b.due_on, b.amount_minor, b.currency as bill_currency,
      (select array_agg(f.check_id order by f.check_id) from bill_findings f
        where f.insurer_id = ${insurerId} and f.holder_id = b.holder_id and f.bill_id = b.bill_id and f.severity = 'hold' and f.answered_at is null) as checks
    from bills b join bill_holds w on w.insurer_id = ${insurerId} and w.holder_id = b.holder_id and w.bill_id = b.bill_id and w.state = 'held' and w.held_on < ${on}
      join policies p on p.insurer_id = ${insurerId} and p.holder_id = b.holder_id and p.policy_id = b.policy_id
    where b.insurer_id = ${insurerId} and b.holder_id between ${from} and ${to} and b.state = 'held' and b.kind = 'instalment' and b.made_by is null
    order by b.holder_id, b.bill_id for update of b, w`;
  if (rows.length === 0) return { read: 0, written: 0 };
  const again = rows.flatMap((row) => {
    const bill = billOfInstalment({ ...row, premiumMinor: row.policy_premium_minor, yearPremiumMinor: row.year_premium_minor, nextDueOn: null }, row.instalment_no);
    return bill === null || bill.billId !== row.bill_id ? [] : [{ row, bill }];
  });
  if (again.length === 0) return { read: rows.length, written: 0 };
  await copyToTemporary(tx, 'held_bills', ['n int', 'holder_id bigint', 'policy_id bigint', 'bill_id bigint'], again.map(({ bill }, n) => [n, bill.holderId, bill.policyId, bill.billId]));
  const facts = await readBillFacts(tx, insurerId, range, 'held_bills', again.length);
  const findings = reviewBills(again.map(({ bill }): ReviewedBill => ({ ...bill, kind: 'instalment', issuedOn: on })), facts, insurerId);
  const stillHeld = heldOf(findings);
  const leave: NewBill[] = [];
  const stay: { bill: NewBill; found: Finding[]; changed: boolean }[] = [];
  again.forEach(({ row, bill }, at) => {
    const changed = bill.amountMinor !== row.amount_minor || bill.dueOn !== row.due_on || bill.periodFrom !== row.period_from || bill.periodTo !== row.period_to || bill.currency !== row.bill_currency;
    const before = row.checks ?? [];
    if (!stillHeld.has(at) && (changed || before.every((check) => !OF_THE_BATCH.has(check)))) leave.push(bill);
    else if (changed || differ(before, findings.filter((one) => one.at === at && one.severity === 'hold').map(({ check }) => check))) stay.push({ bill, found: findings.filter((one) => one.at === at), changed });
  });
  // The moment is the business day's noon in UTC: a stage that runs again writes the same.
  await settleHeld(tx, insurerId, leave.map((one) => ({ bill: one, before: one, state: 'open', hold: 'mended' })), { by: THE_REVIEW, at: new Date(`${on}T12:00:00Z`), on, note: null, minutes: null });
  await keep(tx, insurerId, on, stay);
  return { read: rows.length, written: leave.length + stay.length };
}

const ownOf = (checks: readonly Check[]): string => [...new Set(checks.filter((check) => !OF_THE_BATCH.has(check)))].sort().join();
const differ = (before: readonly Check[], now: readonly Check[]): boolean => ownOf(before) !== ownOf(now);

const asRows = (tx: Tx, bills: readonly NewBill[]) => tx`jsonb_to_recordset(${tx.json(bills.map((b) => ({
  h: b.holderId, b: b.billId, f: b.periodFrom, t: b.periodTo, d: b.dueOn, m: b.market, c: b.currency, p: String(b.premiumMinor), a: String(b.amountMinor),
  x: chargesColumn(b.charges),
})))}) as x(h bigint, b bigint, f date, t date, d date, m text, c text, p bigint, a bigint, x jsonb)`;

/** Still doubtful, but for other reasons, or with other figures. */
async function keep(tx: Tx, insurerId: InsurerId, on: PlainDate, kept: readonly { readonly bill: NewBill; readonly found: readonly Finding[]; readonly changed: boolean }[]): Promise<void> {
  if (kept.length === 0) return;
  const all = kept.map(({ bill }) => bill);
  const batchOnly = [...OF_THE_BATCH];
  const changed = kept.filter((one) => one.changed).map(({ bill }) => bill.billId);
  await tx`
    update bills b set period_from = x.f, period_to = x.t, due_on = x.d, market = x.m, currency = x.c, premium_minor = x.p, amount_minor = x.a, charges = x.x
    from ${asRows(tx, all)} where b.insurer_id = ${insurerId} and b.holder_id = x.h and b.bill_id = x.b`;
  await tx`
    update bill_holds w set version = w.version + 1, market = x.m, currency = x.c, amount_minor = x.a
    from ${asRows(tx, all)} where w.insurer_id = ${insurerId} and w.holder_id = x.h and w.bill_id = x.b`;
  await tx`
    delete from bill_findings f using ${asRows(tx, all)}
    where f.insurer_id = ${insurerId} and f.holder_id = x.h and f.bill_id = x.b and f.severity = 'hold' and f.answered_at is null and (f.bill_id = any(${changed}::bigint[]) or not (f.check_id = any(${batchOnly}::text[])))`;
  await writeFindings(tx, insurerId, on, kept.flatMap(({ bill, found, changed: isChanged }) => found
    .filter(({ check, severity }) => severity === 'hold' && (isChanged || !OF_THE_BATCH.has(check)))
    .map((finding) => ({ holderId: bill.holderId, billId: bill.billId, finding }))));
}
