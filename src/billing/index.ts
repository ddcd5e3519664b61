/** Bills: schedules, levies and taxes, and which bills are issued today. Pure; the cycle's stage `bill` reads and writes for it. */

export { type BillablePolicy, issueBills, type Issued, type NewBill } from './issue.ts';
export { type Charge, type Chargeable, chargesOf, ISSUE_DAYS_AHEAD_MAX, issueDaysAhead } from './markets.ts';
export {
  billIdOf, dueDateOf, type Instalment, instalmentNoAt, instalmentOf, instalmentsPerYear, monthsBetweenInstalments, nextInstalment,   type PremiumMode, type Schedule,
} from './schedule.ts';
