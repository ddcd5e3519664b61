export {
  amountMinor,
  billViewShape,
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
export { disputeAnswerBy, openDispute } from './disputes.ts';
export { recordCallOutcome, CALL_OUTCOMES, type CallOutcome } from './call-outcomes.ts';
export { search, type SearchHit } from './search.ts';
