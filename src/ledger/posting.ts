/** Entries of the ledger as values, made from what happened by the posting rules. Pure. Amounts in minor units of `currency`. */

import { type BillId, type Currency, type HolderId, type PlainDate, type PolicyId } from '../kernel/index.ts';
import { type Charge } from './charges.ts';
import { type Account, POSTING_RULES, type PostingRuleId, type ReversalId, type SourceKind } from './posting-rules.ts';

export type PostingRow = {
  readonly holderId: HolderId;
  readonly bookedOn: PlainDate;
  readonly debit: Account;
  readonly credit: Account;
  readonly amountMinor: bigint;
  readonly currency: Currency;
  /** A rule's id; for a levy or tax with the law's rule behind a colon, for each is an entry of its own. */
  readonly rule: string;
  readonly sourceKind: SourceKind;
  readonly sourceId: number;
  readonly policyId: PolicyId | null;
  readonly billId: BillId | null;
  readonly reversesId: number | null;
};

export type PostableBill = {
  readonly billId: BillId;
  readonly holderId: HolderId;
  readonly policyId: PolicyId;
  readonly premiumMinor: bigint;
  readonly charges: readonly Charge[];
  readonly currency: Currency;
};

/** A bill that is issued: its premium, and each levy, tax, fee and charge beside it. */
export function billPostings(bill: PostableBill, bookedOn: PlainDate): PostingRow[] {
  const about = { ...bill, bookedOn, sourceId: bill.billId };
  const rows = [entry('bill_issued', { ...about, amountMinor: bill.premiumMinor })];
  for (const { kind, rule, amountMinor } of bill.charges) {
    rows.push({ ...entry(kind, { ...about, amountMinor }), rule: `${kind}:${rule}` });
  }
  return rows.filter((row) => row.amountMinor > 0n);
}

export type TakenOverBill = Omit<PostableBill, 'premiumMinor' | 'charges'> & {
  /** What is still owed on the day it is taken over. */
  readonly owedMinor: bigint;
};

/** An open bill that a former system has issued. */
export const openingPosting = (bill: TakenOverBill, bookedOn: PlainDate): PostingRow =>
  entry('opening_balance', { ...bill, bookedOn, sourceId: bill.billId, amountMinor: bill.owedMinor });

type Entry = {
  readonly holderId: HolderId;
  readonly bookedOn: PlainDate;
  readonly amountMinor: bigint;
  readonly currency: Currency;
  /** The payment, bill or suspense item. */
  readonly sourceId: number;
  readonly policyId: PolicyId | null;
  readonly billId: BillId | null;
};

/** One entry by a rule. */
export function entry(ruleId: PostingRuleId, of: Entry): PostingRow {
  const rule = POSTING_RULES[ruleId];
  return {
    holderId: of.holderId, bookedOn: of.bookedOn, debit: rule.debit, credit: rule.credit, amountMinor: of.amountMinor, currency: of.currency,
    rule: ruleId, sourceKind: rule.source, sourceId: of.sourceId, policyId: of.policyId, billId: of.billId, reversesId: null,
  };
}

export type BookedPosting = Omit<PostingRow, 'rule' | 'sourceKind' | 'sourceId' | 'reversesId' | 'bookedOn'> & { readonly postingId: number };

/** The same entry turned round. */
export const reversal = (posted: BookedPosting, why: ReversalId, bookedOn: PlainDate): PostingRow => ({
  holderId: posted.holderId, bookedOn, debit: posted.credit, credit: posted.debit, amountMinor: posted.amountMinor, currency: posted.currency,
  rule: why, sourceKind: 'reversal', sourceId: posted.postingId, policyId: posted.policyId, billId: posted.billId, reversesId: posted.postingId,
});
