/** The double-entry ledger: posting rules as data, entries that cannot be out of balance, the trial balance, and an auditor who works it all out again. */

export { auditDay, auditLedger, lastAudit, type LedgerDifference } from './audit.ts';
export { CLOSING_CHECKS, type Closing, type ClosingCheck, closeDays, closings } from './close.ts';
export { closedTo, sumDays } from './days.ts';
export { groupReport } from './exchange.ts';
export { chartFor, EXPORT_FORMATS, EXPORT_KINDS, type ExportAsked, exportFile } from './export.ts';
export { LEFT_REASONS, reconcileDay } from './reconcile.ts';
export { chart, importRates, mapAccount, rateFrom, ratesInto } from './rates.ts';
export { billPostings, entry, openingPosting, type PostableBill, type PostingRow, reversal } from './posting.ts';
export { type Account, ACCOUNTS, CHARGE_KINDS, type ChargeKind, isFee, POSTING_RULES, type PostingRuleId, type ReversalId } from './posting-rules.ts';
export { type AccountBalance, accountBalance, type EntryKey, ledgerEntries, type LedgerEntry, trialBalance, type TrialBalanceRow } from './read.ts';
export { standingPostings, turnRound, writePostings } from './store.ts';
export { type Charge, type ChargeJson, chargesColumn, chargesOfJson, chargesText, chargesToJson, feesIn, feesOf } from './charges.ts';
