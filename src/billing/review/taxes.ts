/** Levies and taxes worked out a second time, straight from the rows of `markets.json` and not by the code that puts them on the bill. */

import file from '../markets.json' with { type: 'json' };
import { type BillFacts, type CheckFamily, minor, type Report, type ReviewedBill, text } from './finding.ts';

type Row = { readonly id: string; readonly kind: string; readonly lines: readonly string[]; readonly basis_points: number; readonly annual_cap_minor: number | null; readonly effective_from: string; readonly effective_to: string | null };
const ROWS = new Map<string, readonly Row[]>(Object.entries(file.markets).map(([market, { charges }]) => [market, charges]));
const NONE: readonly Row[] = [];
const PARTS_OF_YEAR: Readonly<Record<string, number>> = { monthly: 12, quarterly: 4, half_yearly: 2, annual: 1, single: 1 };

/** Half to even, by doubling the remainder. */
function share(premiumMinor: bigint, basisPoints: number): bigint {
  const product = premiumMinor * BigInt(basisPoints);
  const whole = product / 10_000n;
  const twice = (product % 10_000n) * 2n;
  return twice > 10_000n || (twice === 10_000n && whole % 2n === 1n) ? whole + 1n : whole;
}

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

function look(at: number, bill: ReviewedBill, policy: NonNullable<BillFacts['policy']>, rows: readonly Row[], report: Report): void {
  const seen = new Set<string>();
  for (const row of rows) {
    if (!row.lines.includes(policy.line) || bill.dueOn < row.effective_from || (row.effective_to !== null && row.effective_to < bill.dueOn)) continue;
    const full = share(bill.premiumMinor, row.basis_points);
    const parts = PARTS_OF_YEAR[policy.mode] ?? 1;
    // A yearly cap that does not divide evenly may leave a unit more on one instalment than on another.
    const floor = row.annual_cap_minor === null ? null : BigInt(Math.floor(row.annual_cap_minor / parts));
    const ceiling = row.annual_cap_minor === null ? null : BigInt(Math.ceil(row.annual_cap_minor / parts));
    const expected = floor !== null && full > floor ? floor : full;
    const line = bill.charges.find(({ rule }) => rule === row.id);
    if (line === undefined) {
      if (expected > 0n) report(at, 'tax_missing', null, minor(expected), row.id);
      continue;
    }
    seen.add(line.rule);
    if (line.kind !== row.kind) report(at, 'tax_wrong', text(line.kind), text(row.kind), row.id);
    if (ceiling !== null && line.amountMinor > ceiling) report(at, 'tax_over_cap', minor(line.amountMinor), minor(expected), row.id);
    else if (line.amountMinor !== expected && !(full > expected && line.amountMinor === ceiling)) report(at, 'tax_wrong', minor(line.amountMinor), minor(expected), row.id);
  }
  for (const line of bill.charges) {
    if ((line.kind === 'levy' || line.kind === 'premium_tax' || line.kind === 'stamp_duty') && !seen.has(line.rule)) report(at, 'tax_unknown', minor(line.amountMinor), minor(0n), line.rule);
  }
  if (new Set(bill.charges.map(({ kind, rule }) => `${kind} ${rule}`)).size < bill.charges.length) report(at, 'tax_wrong', minor(bill.charges.reduce((sum, { amountMinor }) => sum + amountMinor, 0n)), null);
}
