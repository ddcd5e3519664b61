/** What the review looks at and what it says. Pure values; amounts in minor units of the bill's currency. */

import { type BillId, type Currency, type HolderId, type PlainDate, type PolicyId } from '../../kernel/index.ts';

export const CHECKS = [
  'premium_differs', 'amount_is_not_its_lines', 'currency_differs', 'due_date_differs', 'number_differs', 'period_differs', 'gap_before', 'overlap_before', 'period_inverted', 'due_before_issue',
  'after_notice_date', 'date_far_away', 'billed_twice', 'alike_within_days', 'tax_missing', 'tax_wrong', 'tax_unknown', 'tax_over_cap', 'no_payer', 'wrong_payer', 'payer_deceased', 'unreachable',
  'bank_details_wrong', 'policy_not_billable', 'unexplained_jump', 'decimal_slip', 'outlier', 'four_eyes', 'sample',
] as const;
export type Check = (typeof CHECKS)[number];
/** `hold`: the bill does not leave before a person has answered. `note`: it leaves, and a person may look at it. */
export type Severity = 'hold' | 'note';

/** What stands on the bill, or should. */
export type Said = { readonly minor: number } | { readonly on: PlainDate } | { readonly text: string };
export type Finding = {
  /** Place of the bill in the batch. */
  readonly at: number;
  readonly check: Check;
  readonly severity: Severity;
  readonly says: Said | null;
  readonly should: Said | null;
  /** The law's or the house's rule by its id, where there is one. */
  readonly rule: string | null;
};

export type ReviewedBill = {
  readonly billId: BillId;
  readonly holderId: HolderId;
  readonly policyId: PolicyId;
  readonly kind: 'instalment' | 'difference' | 'plan';
  readonly instalmentNo: number;
  readonly periodFrom: PlainDate;
  readonly periodTo: PlainDate;
  readonly dueOn: PlainDate;
  readonly issuedOn: PlainDate;
  readonly market: string;
  readonly currency: Currency;
  readonly premiumMinor: bigint;
  readonly charges: readonly { readonly kind: string; readonly rule: string; readonly amountMinor: bigint }[];
  readonly amountMinor: bigint;
};

export type ReviewedPolicy = {
  readonly policyId: PolicyId;
  readonly holderId: HolderId;
  readonly market: string;
  readonly line: string;
  readonly product: string;
  readonly currency: Currency;
  readonly mode: string;
  readonly premiumMinor: bigint;
  readonly coverFrom: PlainDate;
  readonly coverTo: PlainDate | null;
  readonly dueDay: number;
  readonly state: string;
  /** Where the present terms of the schedule begin, and with which instalment; null: with cover. */
  readonly scheduleFrom: PlainDate | null;
  readonly scheduleNo: number | null;
  readonly autopay: boolean;
};
/** A bill of the same policy that was issued before; neither withdrawn nor held. */
export type PastBill = {
  readonly billId: BillId;
  readonly instalmentNo: number;
  readonly periodFrom: PlainDate;
  readonly periodTo: PlainDate;
  readonly dueOn: PlainDate;
  readonly premiumMinor: bigint;
  readonly amountMinor: bigint;
};
/** What is known around a bill. */
export type BillFacts = {
  readonly policy: ReviewedPolicy | null;
  readonly payer: { readonly holderId: HolderId; readonly deceased: boolean; readonly reachable: boolean } | null;
  /** The account that pays by debit; only its last four digits are known to us. */
  readonly account: { readonly scheme: string; readonly last4: string; readonly checkPassed: boolean } | null;
  /** Of the same policy, the newest first. */
  readonly past: readonly PastBill[];
};

export const minor = (amount: bigint): Said => ({ minor: Number(amount) });
export const onDay = (on: PlainDate): Said => ({ on });
export const text = (words: string): Said => ({ text: words });

export type Report = (at: number, check: Check, says?: Said | null, should?: Said | null, rule?: string | null) => void;
export type Batch = { readonly bills: readonly ReviewedBill[]; readonly facts: readonly BillFacts[] };
/** Looks at a whole batch and reports by its places. */
export type CheckFamily = (batch: Batch, report: Report) => void;
