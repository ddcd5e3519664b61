/** Levies and taxes worked out a second time, straight from the rows of `markets.json` and not by the code that puts them on the bill. */

import file from '../markets.json' with { type: 'json' };
import { type BillFacts, type CheckFamily, minor, type Report, type ReviewedBill, text } from './finding.ts';
import { accrued, halfEven } from './recompute.ts';

type Row = {
  readonly id: string; readonly kind: string; readonly lines: readonly string[]; readonly subdivisions?: readonly string[]; readonly basis_points: number | null; readonly annual_cap_minor: number | null;
  readonly fixed_minor?: number; readonly fixed_per?: string; readonly currency?: string; readonly effective_from: string; readonly effective_to: string | null;
};
const ROWS = new Map<string, readonly Row[]>(Object.entries(file.markets).map(([market, { charges }]) => [market, charges as readonly Row[]]));
const NONE: readonly Row[] = [];

export const taxes: CheckFamily = ({ bills, facts }, report) => {
  for (let at = 0; at < bills.length; at += 1) {
    const bill = bills[at];
    const policy = facts[at]?.policy;
    if (bill === undefined || policy == null || bill.kind === 'plan') continue;
    const rows = ROWS.get(bill.market) ?? NONE;
    if (rows.length === 0 && bill.charges.length === 0) continue;
    look(at, bill, policy, rows, report);
  }
};

type Policy = NonNullable<BillFacts['policy']>;

/** A year's amount of the days of a bill: twelfths of the year since cover began, within one by days. */
function ofTheYear(amount: number, { coverFrom }: Policy, { periodFrom, periodTo }: ReviewedBill): bigint {
  const twelfths = (months: bigint): bigint => (months < 0n ? -halfEven(BigInt(amount) * -months, 12n) : halfEven(BigInt(amount) * months, 12n));
  const before = (date: string): bigint => accrued(coverFrom, 1, Number(coverFrom.slice(8)), twelfths, date);
  return before(periodTo) - before(periodFrom);
}

function look(at: number, bill: ReviewedBill, policy: Policy, rows: readonly Row[], report: Report): void {
  const seen = new Set<string>();
  for (const row of rows) {
    if (!row.lines.includes(policy.line) || bill.dueOn < row.effective_from || (row.effective_to !== null && row.effective_to < bill.dueOn)) continue;
    if (row.subdivisions !== undefined && !row.subdivisions.includes(policy.subdivision ?? '')) continue;
    const line = bill.charges.find(({ rule }) => rule === row.id);
    const foreign = row.currency !== undefined && row.currency !== bill.currency;
    const full = halfEven(bill.premiumMinor * BigInt(row.basis_points ?? 0), 10_000n);
    const cap = row.annual_cap_minor === null || foreign ? null : ofTheYear(row.annual_cap_minor, policy, bill);
    // Of a difference, what is fixed or capped stands in part on the bills beside it.
    if (bill.kind === 'difference' && (row.fixed_minor !== undefined || cap !== null)) {
      if (line !== undefined) seen.add(line.rule);
      if (line !== undefined && row.fixed_minor === undefined && line.amountMinor > full) report(at, 'tax_wrong', minor(line.amountMinor), minor(full), row.id);
      continue;
    }
    const expected = row.fixed_minor !== undefined ? fixedOf(row, row.fixed_minor, foreign, policy, bill) : cap !== null && full > cap ? cap : full;
    if (line === undefined) {
      if (expected > 0n) report(at, 'tax_missing', null, minor(expected), row.id);
      continue;
    }
    seen.add(line.rule);
    if (line.kind !== row.kind) report(at, 'tax_wrong', text(line.kind), text(row.kind), row.id);
    if (cap !== null && line.amountMinor > cap) report(at, 'tax_over_cap', minor(line.amountMinor), minor(expected), row.id);
    else if (line.amountMinor !== expected) report(at, 'tax_wrong', minor(line.amountMinor), minor(expected), row.id);
  }
  for (const line of bill.charges) {
    if (LAWFUL.has(line.kind) && !seen.has(line.rule)) report(at, 'tax_unknown', minor(line.amountMinor), minor(0n), line.rule);
    const disclosed = halfEven(bill.premiumMinor * BigInt(policy.instalmentChargePoints), 10_000n);
    if (line.kind === 'instalment_charge' && line.amountMinor !== disclosed) report(at, 'tax_wrong', minor(line.amountMinor), minor(disclosed), line.rule);
  }
  if (policy.instalmentChargePoints > 0 && bill.kind === 'instalment' && !bill.charges.some(({ kind }) => kind === 'instalment_charge')) report(at, 'tax_missing', null, null, 'instalment-charge');
  if (new Set(bill.charges.map(({ kind, rule }) => `${kind} ${rule}`)).size < bill.charges.length) report(at, 'tax_wrong', minor(bill.charges.reduce((sum, { amountMinor }) => sum + amountMinor, 0n)), null);
}

/** What no line of the bill may be without a row of the market. */
const LAWFUL: ReadonlySet<string> = new Set(['levy', 'premium_tax', 'stamp_duty', 'policy_fee']);

function fixedOf(row: Row, amount: number, foreign: boolean, policy: Policy, bill: ReviewedBill): bigint {
  if (foreign) return 0n;
  if (row.fixed_per === 'year') return ofTheYear(amount, policy, bill);
  return row.fixed_per === 'instalment' || bill.periodFrom === policy.coverFrom ? BigInt(amount) : 0n;
}
