/** The same instalment or days twice, and bills that join the one before without gap and overlap. */

import { type Batch, type CheckFamily, onDay, type PastBill, type Report, text } from './finding.ts';
import { julian } from './recompute.ts';
import { REVIEW_SETTINGS } from './settings.ts';


export const duplicates: CheckFamily = (batch, report) => {
  const { bills, facts } = batch;
  const places = new Map<number, number[]>();
  bills.forEach(({ policyId }, at) => {
    const known = places.get(policyId);
    if (known === undefined) places.set(policyId, [at]);
    else known.push(at);
  });
  for (let at = 0; at < bills.length; at += 1) {
    const bill = bills[at];
    if (bill === undefined || bill.kind !== 'instalment') continue;
    const beside = places.get(bill.policyId) ?? [];
    const past = facts[at]?.past ?? [];
    const others = beside.length > 1 ? [...past, ...besideOf(batch, beside, at)] : past;
    if (others.length > 0) compare(at, bill, others, report);
  }
};

/** Of two in one batch that are the same, the later one is doubted. */
const besideOf = ({ bills }: Batch, beside: readonly number[], at: number): PastBill[] => beside.flatMap((other) => {
  const bill = bills[other];
  return bill === undefined || other >= at || bill.kind !== 'instalment' ? []
    : [bill];
});

function compare(at: number, bill: Batch['bills'][number], others: readonly PastBill[], report: Report): void {
  let before: PastBill | null = null;
  for (const other of others) {
    const sameBill = other.billId === bill.billId;
    if (sameBill || other.instalmentNo === bill.instalmentNo || (other.periodFrom === bill.periodFrom && other.periodTo === bill.periodTo)) {
      report(at, 'billed_twice', text(`#${bill.instalmentNo}`), text(`#${other.instalmentNo}, ${other.periodFrom} – ${other.periodTo}`));
      return;
    }
    if (other.periodFrom < bill.periodTo && bill.periodFrom < other.periodTo) {
      report(at, 'overlap_before', onDay(bill.periodFrom), onDay(other.periodTo));
      return;
    }
    // Instalments that follow each other may fall close together, where the policy's own day is near the day on which cover began.
    if (other.amountMinor === bill.amountMinor && other.periodTo !== bill.periodFrom && other.periodFrom !== bill.periodTo && Math.abs(julian(other.dueOn) - julian(bill.dueOn)) <= REVIEW_SETTINGS.alike_days) {
      report(at, 'alike_within_days', onDay(bill.dueOn), onDay(other.dueOn));
      return;
    }
    if (other.instalmentNo === bill.instalmentNo - 1) before = other;
  }
  if (before !== null && before.periodTo < bill.periodFrom) report(at, 'gap_before', onDay(bill.periodFrom), onDay(before.periodTo));
}
