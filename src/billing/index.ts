/** Bills: schedules, levies and taxes, and which bills are issued today. Pure; the cycle's stage `bill` reads and writes for it. */

export { type BillablePolicy, billOfInstalment, issueBills, type Issued, type NewBill } from './issue.ts';
export { type Charge, type Chargeable, chargesOf, ISSUE_DAYS_AHEAD_MAX, issueDaysAhead } from './markets.ts';
export {
  billIdOf, dueDateOf, type Instalment, instalmentNoAt, instalmentOf, instalmentsPerYear, monthsBetweenInstalments, nextInstalment,   type PremiumMode, type Schedule,
} from './schedule.ts';
export { type Notice, noticeDays } from './notice.ts';
export { type AccountScheme, checkedAccount, type CheckedAccount } from './review/bank-details.ts';
export { type BillFacts, type Check, CHECKS, type Finding, type PastBill, type ReviewedBill, type ReviewedPolicy, type Said, type Severity } from './review/finding.ts';
export { heldOf, OF_THE_BATCH, reviewBills, severityOf } from './review/review.ts';
export { REVIEW_SETTINGS } from './review/settings.ts';
export { learnPayday, type Leaving, type LeavingReason, leavingOf, leavingText, leavingWindow, type Recipient } from './timing.ts';
export { decideHeld, HELD_ACTS, type HeldAct, type HeldBill, type HeldDecision } from './review/decide-held.ts';
export { checkText, type CheckText } from './review/check-texts.ts';
