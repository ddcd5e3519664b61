/** Who pays, by which account, and whether the policy may be billed at all. */

import { type CheckFamily, onDay, text } from './finding.ts';

/** Cover that is suspended or has ended gets no further bills. */
const BILLABLE = new Set(['pending', 'in_force', 'grace']);

export const payer: CheckFamily = ({ bills, facts }, report) => {
  for (let at = 0; at < bills.length; at += 1) {
    const bill = bills[at];
    const known = facts[at];
    if (bill === undefined || known === undefined) continue;
    const { policy, payer: who, account } = known;
    if (policy === null || who === null) report(at, 'no_payer');
    if (policy !== null) {
      if (policy.holderId !== bill.holderId || policy.policyId !== bill.policyId) report(at, 'wrong_payer', text(String(bill.holderId)), text(String(policy.holderId)));
      if (!BILLABLE.has(policy.state)) report(at, 'policy_not_billable', text(policy.state), null);
      else if (policy.coverTo !== null && bill.periodFrom >= policy.coverTo) report(at, 'policy_not_billable', onDay(bill.periodFrom), onDay(policy.coverTo));
      // Cover that has not begun can be billed, but not for days before it.
      else if (bill.periodFrom < policy.coverFrom) report(at, 'policy_not_billable', onDay(bill.periodFrom), onDay(policy.coverFrom));
    }
    if (who !== null) {
      if (who.holderId !== bill.holderId) report(at, 'wrong_payer', text(String(bill.holderId)), text(String(who.holderId)));
      if (who.deceased) report(at, 'payer_deceased');
      if (!who.reachable) report(at, 'unreachable');
    }
    if (account !== null && !account.checkPassed) report(at, 'bank_details_wrong', text(`${account.scheme} …${account.last4}`), null);
  }
};
