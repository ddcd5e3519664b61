/** The amount is the sum of its lines, and every line is an amount. */

import { type CheckFamily, minor } from './finding.ts';

export const sums: CheckFamily = ({ bills }, report) => {
  for (let at = 0; at < bills.length; at += 1) {
    const bill = bills[at];
    if (bill === undefined) continue;
    let sum = bill.premiumMinor;
    let below = bill.premiumMinor < 0n;
    for (const { amountMinor } of bill.charges) {
      sum += amountMinor;
      below ||= amountMinor < 0n;
    }
    if (sum !== bill.amountMinor || below || bill.amountMinor <= 0n) report(at, 'amount_is_not_its_lines', minor(bill.amountMinor), minor(sum));
  }
};
