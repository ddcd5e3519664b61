/** Writes bills that are made, with what the review says of them, and what becomes of those that it held. */

import { type Finding, heldOf, type NewBill, type ReviewedBill, reviewBills } from '../../billing/index.ts';
import { copyToTemporary, type Tx } from '../../database/index.ts';
import { type InsurerId, type PlainDate } from '../../kernel/index.ts';
import { billPostings, chargesColumn, chargesToJson, writePostings } from '../../ledger/index.ts';
import { type HolderRange } from '../stage.ts';
import { type Announcement } from './announce.ts';
import { readBillFacts } from './bill-facts.ts';

export type Making = {
  readonly because: (bill: NewBill) => string | null;
  /** What it says of late fees and discounts; absent: it is announced the next night. */
  readonly announces?: (bill: NewBill) => Announcement | null;
  /** A bill that a person makes: not an instalment of the schedule. */
  readonly byHand?: { readonly by: string; readonly minutes: number };
};

/** Reviews, writes, and books what leaves. Returns how many are new. */
export async function writeBills(tx: Tx, insurerId: InsurerId, businessDate: PlainDate, range: HolderRange, bills: readonly NewBill[], { because, announces, byHand }: Making): Promise<number> {
  const kind = byHand === undefined ? 'instalment' : 'difference';
  await copyToTemporary(tx, 'new_bills', ['n int', 'holder_id bigint', 'bill_id bigint', 'policy_id bigint', 'instalment_no int', 'period_from date', 'period_to date', 'due_on date',
    'market text', 'currency text', 'premium_minor bigint', 'charges jsonb', 'amount_minor bigint', 'left_because text', 'announced jsonb', 'next_fee_on date'], bills.map((b, n) => {
      const says = announces?.(b) ?? null;
      return [
        n, b.holderId, b.billId, b.policyId, b.instalmentNo, b.periodFrom, b.periodTo, b.dueOn, b.market, b.currency, b.premiumMinor,
        b.charges.length === 0 ? null : JSON.stringify(chargesToJson(b.charges)), b.amountMinor, because(b), says?.announced ?? null, says?.nextFeeOn ?? null,
      ];
    }));
  const facts = await readBillFacts(tx, insurerId, range, 'new_bills', bills.length);
  const findings = reviewBills(bills.map((one): ReviewedBill => ({ ...one, kind, issuedOn: businessDate })), facts, insurerId);
  const held = heldOf(findings);
  const issued = await tx<{ bill_id: number }[]>`
    insert into bills (insurer_id, holder_id, bill_id, policy_id, instalment_no, period_from, period_to, due_on, issued_on, market, currency, premium_minor, charges, amount_minor, state, left_because, kind, made_by, made_minutes, announced, next_fee_on)
    select ${insurerId}, holder_id, bill_id, policy_id, instalment_no, period_from, period_to, due_on, ${businessDate}, market, currency, premium_minor, charges, amount_minor,
      case when n = any(${[...held]}::int[]) then 'held' else 'open' end, left_because, ${kind}, ${byHand?.by ?? null}, ${byHand?.minutes ?? null}::real,
      case when n = any(${[...held]}::int[]) then null else announced end, case when n = any(${[...held]}::int[]) then null else next_fee_on end
    from new_bills order by holder_id, bill_id
    on conflict do nothing returning bill_id`;
  const isNew = new Set(issued.map((row) => row.bill_id));
  await writePostings(tx, insurerId, bills.flatMap((b, at) => (isNew.has(b.billId) && !held.has(at) ? billPostings(b, businessDate) : [])));
  await writeFound(tx, insurerId, businessDate, bills, findings.filter(({ at }) => isNew.has(bills[at]?.billId ?? 0)));
  await tx`drop table new_bills`;
  return isNew.size;
}

/** Short notice is counted by the report; a row for each would be a book's worth where an insurer begins late. */
const isKept = ({ check }: Finding): boolean => check !== 'after_notice_date';

async function writeFound(tx: Tx, insurerId: InsurerId, on: PlainDate, bills: readonly NewBill[], findings: readonly Finding[]): Promise<void> {
  const kept = findings.filter(isKept);
  if (kept.length === 0) return;
  const held = [...heldOf(kept)].flatMap((at) => bills[at] ?? []);
  await writeFindings(tx, insurerId, on, kept.flatMap((finding) => {
    const one = bills[finding.at];
    return one === undefined ? [] : [{ holderId: one.holderId, billId: one.billId, finding }];
  }));
  if (held.length === 0) return;
  await tx`
    insert into bill_holds (insurer_id, holder_id, bill_id, held_on, market, currency, amount_minor)
    select ${insurerId}::int, x.h, x.b, ${on}::date, x.m, x.c, x.a
    from jsonb_to_recordset(${tx.json(held.map((b) => ({ h: b.holderId, b: b.billId, m: b.market, c: b.currency, a: String(b.amountMinor) })))}) as x(h bigint, b bigint, m text, c text, a bigint)
    on conflict do nothing`;
}

export async function writeFindings(tx: Tx, insurerId: InsurerId, on: PlainDate, found: readonly { readonly holderId: number; readonly billId: number; readonly finding: Finding }[]): Promise<void> {
  if (found.length === 0) return;
  await copyToTemporary(tx, 'found', ['holder_id bigint', 'bill_id bigint', 'check_id text', 'severity text', 'details jsonb'], found.map(({ holderId, billId, finding: { check, severity, says, should, rule } }) => (
    [holderId, billId, check, severity, JSON.stringify({ says, should, rule })])));
  await tx`
    insert into bill_findings (insurer_id, holder_id, bill_id, place, check_id, severity, details, found_on)
    select ${insurerId}, f.holder_id, f.bill_id, coalesce((select max(o.place) from bill_findings o where o.insurer_id = ${insurerId} and o.holder_id = f.holder_id and o.bill_id = f.bill_id), 0)
      + row_number() over (partition by f.holder_id, f.bill_id order by f.check_id, f.details::text), f.check_id, f.severity, f.details, ${on}
    from found f on conflict do nothing`;
  await tx`drop table found`;
}

/** What becomes of held bills, in sets: figures and state, their hold, their findings; what leaves is booked on the day. */
export type HeldOutcome = { readonly bill: NewBill; readonly before: NewBill; readonly state: 'open' | 'cancelled' | 'held'; readonly hold: 'released' | 'corrected' | 'withdrawn' | 'mended' | 'asked' };
export type Decider = { readonly by: string; readonly at: Date; readonly on: PlainDate; readonly note: string | null; readonly minutes: number | null };

const amountsJson = (b: NewBill) => ({ premium_minor: Number(b.premiumMinor), amount_minor: Number(b.amountMinor), due_on: b.dueOn, charges: chargesToJson(b.charges) });

export async function settleHeld(tx: Tx, insurerId: InsurerId, outcomes: readonly HeldOutcome[], { by, at, on, note, minutes }: Decider): Promise<void> {
  if (outcomes.length === 0) return;
  const rows = tx`jsonb_to_recordset(${tx.json(outcomes.map(({ bill: b, before, state, hold }) => ({
    h: b.holderId, b: b.billId, f: b.periodFrom, t: b.periodTo, d: b.dueOn, m: b.market, c: b.currency, p: String(b.premiumMinor), a: String(b.amountMinor), x: chargesColumn(b.charges), s: state, w: hold,
    was: amountsJson(before), is: hold === 'withdrawn' ? null : amountsJson(b),
  })))}) as x(h bigint, b bigint, f date, t date, d date, m text, c text, p bigint, a bigint, x jsonb, s text, w text, was jsonb, "is" jsonb)`;
  await tx`
    update bills b set period_from = x.f, period_to = x.t, due_on = x.d, market = x.m, currency = x.c, premium_minor = x.p, amount_minor = x.a, charges = x.x, state = x.s,
      issued_on = case when x.s = 'open' then ${on}::date else b.issued_on end, closed_on = case when x.s = 'cancelled' then ${on}::date end
    from ${rows} where b.insurer_id = ${insurerId} and b.holder_id = x.h and b.bill_id = x.b`;
  await tx`
    update bill_holds w set state = x.w, version = w.version + 1, note = coalesce(${note}, w.note), minutes = coalesce(w.minutes, 0) + coalesce(${minutes}::real, 0), amount_minor = x.a, currency = x.c, market = x.m,
      before = coalesce(w.before, x.was), after = x."is", asked_by = case when x.w = 'asked' then ${by} else w.asked_by end,
      decided_by = case when x.w <> 'asked' then ${by} end, decided_at = case when x.w <> 'asked' then ${at}::timestamptz end, decided_on = case when x.w <> 'asked' then ${on}::date end
    from ${rows} where w.insurer_id = ${insurerId} and w.holder_id = x.h and w.bill_id = x.b`;
  await tx`
    update bill_findings f set answered_by = ${by}, answered_at = ${at}
    from ${rows} where f.insurer_id = ${insurerId} and f.holder_id = x.h and f.bill_id = x.b and f.severity = 'hold' and f.answered_at is null and x.w <> 'asked'`;
  await writePostings(tx, insurerId, outcomes.flatMap(({ bill, state }) => (state === 'open' ? billPostings(bill, on) : [])));
}
