/** The review of a batch of bills before they leave: every family of checks over the whole batch. Arrays in, arrays out; 1,000,000 bills take some seconds. */

import { dates } from './dates.ts';
import { duplicates } from './duplicates.ts';
import { type BillFacts, type Check, type CheckFamily, type Finding, type ReviewedBill, type Severity } from './finding.ts';
import { jump } from './jump.ts';
import { outliers } from './outliers.ts';
import { payer } from './payer.ts';
import { recompute } from './recompute.ts';
import { fourEyes, sampleOf } from './second-look.ts';
import { sums } from './sums.ts';
import { taxes } from './taxes.ts';

/** A new family of checks is one file here and one line below. */
const FAMILIES: readonly CheckFamily[] = [recompute, sums, dates, duplicates, taxes, payer, jump, outliers, fourEyes];

/** Late notice is not mended by waiting longer; a sample is looked at afterwards. */
const NOTES: ReadonlySet<Check> = new Set(['after_notice_date', 'sample']);
export const severityOf = (check: Check): Severity => (NOTES.has(check) ? 'note' : 'hold');

/** Checks that a whole batch decides, not the bill's own facts: what they found is not gone because the next batch is another one. */
export const OF_THE_BATCH: ReadonlySet<Check> = new Set(['outlier', 'decimal_slip']);

/** Findings by the bill's place. `facts` stand in the order of the bills. The same seed samples the same bills. */
export function reviewBills(bills: readonly ReviewedBill[], facts: readonly BillFacts[], seed: number): Finding[] {
  if (facts.length !== bills.length) throw new Error(`${bills.length} bills and facts of ${facts.length}`);
  const findings: Finding[] = [];
  const report = (at: number, check: Check, says: Finding['says'] = null, should: Finding['should'] = null, rule: string | null = null): void => {
    findings.push({ at, check, severity: severityOf(check), says, should, rule });
  };
  for (const look of [...FAMILIES, sampleOf(seed)]) look({ bills, facts }, report);
  return findings;
}

/** Places of the bills that do not leave. */
export const heldOf = (findings: readonly Finding[]): ReadonlySet<number> => new Set(findings.filter(({ severity }) => severity === 'hold').map(({ at }) => at));
