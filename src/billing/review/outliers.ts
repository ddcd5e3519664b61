/** A premium far from those of its kind in the same batch: by the logarithm, within product, mode and currency, in robust deviations. */

import { type CheckFamily, minor } from './finding.ts';
import { medianOf, sinceLastChange } from './jump.ts';
import { REVIEW_SETTINGS } from './settings.ts';

const MAD_TO_DEVIATION = 1.4826;
/** What is left of a slip when its point is put back. */
const PLAUSIBLE_DEVIATIONS = 2;
/** Farther than nearly every sound premium, and nothing but a slip where a tenth of it would be usual. */
const SLIP_DEVIATIONS = 4.5;

export const outliers: CheckFamily = ({ bills, facts }, report) => {
  const groups = new Map<string, number[]>();
  for (let at = 0; at < bills.length; at += 1) {
    const bill = bills[at];
    const policy = facts[at]?.policy;
    if (bill === undefined || policy == null || bill.kind !== 'instalment' || bill.premiumMinor <= 0n) continue;
    const key = `${policy.line} ${policy.product} ${policy.mode} ${bill.currency}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [at]);
    else group.push(at);
  }
  const logs = new Float64Array(bills.length);
  for (const group of groups.values()) {
    if (group.length < REVIEW_SETTINGS.outlier_group_bills_min) continue;
    const sorted = new Float64Array(group.length);
    group.forEach((at, i) => { sorted[i] = logs[at] = Math.log(Number(bills[at]?.premiumMinor ?? 1n)); });
    sorted.sort();
    const middle = medianOf(sorted);
    const away = sorted.map((log) => Math.abs(log - middle)).sort();
    const spread = Math.max(REVIEW_SETTINGS.outlier_deviation_log_min, MAD_TO_DEVIATION * medianOf(away));
    for (const at of group) {
      const from = ((logs[at] ?? middle) - middle) / spread;
      const far = Math.abs(from);
      if (far < SLIP_DEVIATIONS) continue;
      const bill = bills[at];
      // Bills before this one of the same policy vouch for it: `jump` has compared it with them.
      const known = facts[at];
      if (bill === undefined || known === undefined || sinceLastChange(bill, known).length > 0) continue;
      const says = minor(bill.premiumMinor);
      const usual = minor(BigInt(Math.round(Math.exp(middle))));
      const putBack = [10, 100].some((times) => Math.abs(from - Math.sign(from) * Math.log(times) / spread) <= PLAUSIBLE_DEVIATIONS);
      if (putBack && far < REVIEW_SETTINGS.outlier_deviations) report(at, 'decimal_slip', says, usual);
      else if (far >= REVIEW_SETTINGS.outlier_deviations) report(at, 'outlier', says, usual);
    }
  }
};
