/** Bills: schedules, levies and taxes, which bills are issued today, and what a change of a policy does to them. Pure; the cycle's stage `bill` and `policy-changed.ts` read and write for it. */

export {
  type BilledPeriod, CANCELLATION_METHODS, type CancellationMethod, CHANGE_KINDS, type ChangeFacts, type ChangeKind, type ChangeOrder, type ChangePlan, decideChange, type PlannedBill, type PlannedCorrection,
} from './change.ts';
export { type BillablePolicy, type BilledInstalment, billedInstalment, billOfInstalment, type ChargedTerms, instalmentCharges, issueBills, type Issued, type NewBill, nextDueAfter, type PolicyPlace, type ScheduledBill, scheduledBills, unbilledFrom } from './issue.ts';
export { changeRulesOf, type Chargeable, chargesOf, instalmentChargePoints, ISSUE_DAYS_AHEAD_MAX, issueDaysAhead, shortRateOf } from './markets.ts';
export {
  billIdOf, DIFFERENCE_NO_MIN, dueDateOf, type Instalment, instalmentNoAt, instalmentOf, instalmentsPerYear, monthsBetweenInstalments, nextInstalment, premiumOver, type PremiumMode, type Schedule,
  type Terms, termsInMode, yearPremiumOf,
} from './schedule.ts';
export { type Notice, noticeDays } from './notice.ts';
export { type AccountScheme, checkedAccount, type CheckedAccount } from './review/bank-details.ts';
export { type BillFacts, type Check, CHECKS, type Finding, type PastBill, type ReviewedBill, type ReviewedPolicy, type Said, type Severity } from './review/finding.ts';
export { heldOf, OF_THE_BATCH, reviewBills, severityOf } from './review/review.ts';
export { REVIEW_SETTINGS } from './review/settings.ts';
export { learnPayday, type Leaving, type LeavingReason, leavingOf, leavingText, leavingWindow, type Recipient } from './timing.ts';
export { decideHeld, HELD_ACTS, type HeldAct, type HeldBill, type HeldDecision } from './review/decide-held.ts';
export { checkText, type CheckText } from './review/check-texts.ts';
