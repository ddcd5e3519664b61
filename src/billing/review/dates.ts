/** Days that cannot be, or not any more: a period that ends before it begins, due before the bill leaves, less notice than the law wants, years away. */

import { type PlainDate } from '../../kernel/index.ts';
import { noticeDays } from '../notice.ts';
import { type CheckFamily, onDay } from './finding.ts';
import { julian } from './recompute.ts';
import { REVIEW_SETTINGS } from './settings.ts';

const fromJulian = (number: number): PlainDate => new Date((number - 2_440_588) * 86_400_000).toISOString().slice(0, 10) as PlainDate;

export const dates: CheckFamily = ({ bills }, report) => {
  const { far_past_days: past, far_future_days: future } = REVIEW_SETTINGS;
  for (let at = 0; at < bills.length; at += 1) {
    const bill = bills[at];
    if (bill === undefined) continue;
    if (bill.periodTo <= bill.periodFrom) report(at, 'period_inverted', onDay(bill.periodTo), null);
    // ISO days compare as text; most bills need no arithmetic but this one difference.
    const ahead = julian(bill.dueOn) - julian(bill.issuedOn);
    if (ahead < -past || ahead > future) report(at, 'date_far_away', onDay(bill.dueOn), null);
    // The first premium is due when cover begins, which may be the day on which the policy was sold.
    if (bill.kind !== 'instalment' || bill.instalmentNo === 1) continue;
    if (ahead < 0) report(at, 'due_before_issue', onDay(bill.dueOn), onDay(bill.issuedOn));
    else {
      const { days, rule } = noticeDays(bill.market);
      if (ahead < days) report(at, 'after_notice_date', onDay(bill.issuedOn), onDay(fromJulian(julian(bill.dueOn) - days)), rule);
    }
  }
};
