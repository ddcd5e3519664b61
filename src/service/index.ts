export {
  amountMinor, currencyCode, marketCode,
  billViewShape,
  holderRow,
  holderViewShape,
  language,
  moment,
  plainDate,
  TIERS,
  BILL_STAGES,
} from './shapes.ts';
export {
  aloneUpTo, type ApprovalAnswer, type ApprovalKind, approvalShape, answerApproval, askApproval, listApprovals,
} from './approvals.ts';
export { listRefunds, refundShape } from './refund-list.ts';
export { type Candidate, candidatesShape, homelessMoney, type HomelessRef, openBillsOf, rankCandidates, searchesFor } from './suspense-candidates.ts';
export { addGroup, answerMismatch, groupShape, groupsShape, groupView, joinGroup, leaveGroup, listBillShape, listBillView, listGroups, makeListBill, reportList } from './groups.ts';
export { addProducer, addRate, commissionStatement, commissionStatementShape, giveToProducer, listProducers, POLICY_YEARS, PRODUCER_LINES, producersShape } from './producers.ts';
export { ownSuspense } from './suspense-owner.ts';
export { holderView, type HolderView, type OpenBill, type TimeLineEntry } from './holder-view.ts';
export { type HolderPage, listHolders, type HolderRow, type HolderFilter } from './holder-list.ts';
export { billView, type BillView } from './bill-view.ts';
export {
  createApiKey,
  DEMO_EMAIL_END,
  DEMO_PASSWORD,
  passwordMatches,
  registerUser,
  ROLES,
  tokenHash,
  type NewUser,
  type Role,
} from './people.ts';
export { closeDispute, DISPUTE_RESOLUTIONS, disputeOf, openDispute, type BillDispute } from './disputes.ts';
export { addressOf, askCode, CODE_MINUTES, enterCode, holdersOfSession, leaveSession, noteSent, SESSION_MINUTES, type CodeToSend } from './holder-log-in.ts';
export { promiseByHolder, promiseDays, promisesOf } from './holder-promises.ts';
export {
  holderOfOpenBill, myBills, myMessages, myPolicies, myPreferences, myReceipts, mySelf, PREFERRED_CHANNELS, savePreferences,
} from './my-policies.ts';
export { policyChanges, policyChangesShape } from './policy-changes.ts';
export { answerSurvey, surveyAnswerOf } from './survey.ts';
export { feedbackOf, feedbackShape } from './survey-sums.ts';
export {
  CONTACT_CHANNELS, deliveredMessage, deliveredMessageShape, deliverySums, deliverySumsShape, keepDeliveryAct, listNotArrived, listUntouched, NOT_ARRIVED_STATES,
  notArrivedShape, settleUnconfirmed, untouchedShape, type NotArrivedFilter, type NotArrivedRow,
} from './delivery-list.ts';
export { DISPUTE_STATES, disputeShape, disputesShape, disputeView, listDisputes } from './disputes-list.ts';
export { type DayCursor, listPromises, PROMISE_STATES, promisesShape } from './promises-list.ts';
export {
  closeHandOver, colleaguesShape, handOver, handOversShape, listHandOvers, reopenHandOver, WHOSE, withdrawHandOvers, WORKING_ROLES,
} from './hand-overs.ts';
export { highRiskShape, listHighRisk } from './high-risk.ts';
export { closeDecision, meetingDecisions, meetingDecisionsShape, reopenDecision, writeDecision } from './meeting-decisions.ts';
export { type CallDesk, callDesk, callDeskShape } from './call-desk.ts';
export { recordCallOutcome, CALL_OUTCOMES, LATE_REASONS, type CallOutcome } from './call-outcomes.ts';
export { markHolder, MARKS } from './holder-marks.ts';
export { moveWorkload, workloadOf, workloadShape } from './workload.ts';
export { search, type SearchHit } from './search.ts';
export {
  type ActionDay, actionDayShape, actionRow, actionSummary, actionView, actionViewShape, listActions, type ActionCursor,
} from './action-list.ts';
export {
  GATE_ANSWERS, gateAnswerOf, type GateDay, gateDayShape, gateRow, gateSummary, listGateAnswers, policiesInForce, ruleUses, USE_DAYS, type GateCursor, type GateFilter,
  type GateRow, type PolicyClass,
} from './gate-log.ts';
export { latestDay } from './day-of.ts';
export { billListShape, billSumsShape, LISTED_BILL_STATES, listBills, openBillSums } from './bill-list.ts';
export {
  billReview, billReviewShape, billSample, billSampleShape, checkId, heldListShape, heldView, heldViewShape, listHeld, sampleSeen,
} from './bill-review.ts';
export { cashOf, cashShape, listPayments, PAYMENT_STATES, paymentListShape } from './payment-list.ts';
export { listSuspense, suspenseShape } from './suspense-list.ts';
export { dayCursor, momentCursor } from './key-cursor.ts';
export { changeMapping, importListShape, importRow, importView, importViewShape, listImports } from './imports.ts';
export { openImportRuns } from './import-runs.ts';
export { checksShape, lastChecks, runChecks } from './integrity.ts';
export { cycleListShape, listCycles, listJobs, jobsShape, retryJob } from './jobs.ts';
export { apiKeysShape, changePerson, enablePerson, invitePerson, listApiKeys, listPeople, peopleShape, personShape, revokeApiKey } from './staff.ts';
export { maskEmail, maskPhone } from './masking.ts';
export { billDocuments, billsToPrint, type BillKey, type DocumentAsk, type MadeDocument, noteClick, noteDocuments } from './bill-document.ts';
export { allDesigns, checkOf, designDraft, designsInUse, saveDesign } from './bill-designs.ts';
export { listPlans, PLAN_STATES, planShape, type PlanState } from './plans-list.ts';
