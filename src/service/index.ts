export {
  amountMinor,
  billViewShape,
  decision,
  gateAnswer,
  holderRow,
  holderViewShape,
  language,
  moment,
  plainDate,
  TIERS,
  BILL_STAGES,
} from './shapes.ts';
export { holderView, type HolderView, type OpenBill, type TimeLineEntry } from './holder-view.ts';
export { listHolders, type HolderRow, type HolderFilter } from './holder-list.ts';
export { billView, type BillView } from './bill-view.ts';
export { billReference, maskEmail, maskPhone, parseBillReference } from './masking.ts';
export {
  createApiKey,
  DEMO_EMAIL_END,
  DEMO_PASSWORD,
  hashPassword,
  passwordMatches,
  registerUser,
  ROLES,
  tokenHash,
  type NewUser,
  type Role,
} from './people.ts';
export { disputeAnswerBy, openDispute } from './disputes.ts';
export { recordCallOutcome, CALL_OUTCOMES, type CallOutcome } from './call-outcomes.ts';
export { search, SEARCH_RESULTS_MAX, type SearchHit } from './search.ts';
