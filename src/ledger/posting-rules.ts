/**
 * What is booked when something happens, as data: one rule moves an amount from the credited to the debited account, so each entry balances by
 * its form. A rule's id stands on every posting made by it.
 */

export const ACCOUNTS = [
  'premium_receivable', 'premium_income', 'levy_payable', 'premium_tax_payable', 'bank', 'provider_clearing', 'suspense', 'refunds_payable', 'write_offs', 'opening_balance',
  'fee_income', 'interest_income', 'discounts_allowed', 'points_cost', 'points_liability', 'commission_cost', 'commission_payable', 'producer_clearing', 'group_clearing',
  'claims_payable', 'policy_loans', 'funding_cost', 'funding_accrued', 'exchange_clearing', 'exchange_differences',
] as const;
export type Account = (typeof ACCOUNTS)[number];
export type SourceKind = 'bill' | 'payment' | 'suspense' | 'reversal' | 'refund' | 'points' | 'commission' | 'plan' | 'loan' | 'exchange' | 'statement';

/** What may stand on a bill beside its premium; each is booked by the rule of its name. */
export const CHARGE_KINDS = ['levy', 'premium_tax', 'stamp_duty', 'policy_fee', 'instalment_charge', 'late_fee', 'interest'] as const;
export type ChargeKind = (typeof CHARGE_KINDS)[number];
/** Charged for being late: paid last, and no cover ends for them. */
export const isFee = (kind: ChargeKind): boolean => kind === 'late_fee' || kind === 'interest';

export type PostingRule = { readonly debit: Account; readonly credit: Account; readonly source: SourceKind; readonly when: string };

export const POSTING_RULES = {
  bill_issued: { debit: 'premium_receivable', credit: 'premium_income', source: 'bill', when: 'A bill is issued: its premium.' },
  levy: { debit: 'premium_receivable', credit: 'levy_payable', source: 'bill', when: 'A bill is issued: a levy collected for an authority.' },
  premium_tax: { debit: 'premium_receivable', credit: 'premium_tax_payable', source: 'bill', when: 'A bill is issued: a tax on the premium.' },
  stamp_duty: { debit: 'premium_receivable', credit: 'premium_tax_payable', source: 'bill', when: 'A bill is issued: a stamp duty.' },
  policy_fee: { debit: 'premium_receivable', credit: 'fee_income', source: 'bill', when: 'A bill is issued: a fee of the policy.' },
  instalment_charge: { debit: 'premium_receivable', credit: 'fee_income', source: 'bill', when: 'A bill is issued: the charge for paying in instalments.' },
  late_fee: { debit: 'premium_receivable', credit: 'fee_income', source: 'bill', when: 'A step of the announced scale of late fees is reached.' },
  interest: { debit: 'premium_receivable', credit: 'interest_income', source: 'bill', when: 'Interest on what was late, as announced or as a reinstatement asks.' },
  opening_balance: { debit: 'premium_receivable', credit: 'opening_balance', source: 'bill', when: 'An open bill is taken over from a former system: what is still owed.' },
  payment_received: { debit: 'provider_clearing', credit: 'premium_receivable', source: 'payment', when: 'A provider reports a payment: the part that pays a bill.' },
  payment_received_at_bank: { debit: 'bank', credit: 'premium_receivable', source: 'payment', when: 'The bank reports a receipt: the part that pays a bill.' },
  recovery_received: { debit: 'provider_clearing', credit: 'write_offs', source: 'payment', when: 'A provider reports a payment for a bill that had been given up.' },
  recovery_received_at_bank: { debit: 'bank', credit: 'write_offs', source: 'payment', when: 'The bank reports a receipt for a bill that had been given up.' },
  payment_surplus: { debit: 'provider_clearing', credit: 'suspense', source: 'payment', when: 'A provider reports a payment: the part that finds no bill.' },
  payment_surplus_at_bank: { debit: 'bank', credit: 'suspense', source: 'payment', when: 'The bank reports a receipt: the part that finds no bill.' },
  receipt_unmatched: { debit: 'bank', credit: 'suspense', source: 'suspense', when: 'The bank reports a receipt whose reference leads to no bill.' },
  refund_due: { debit: 'suspense', credit: 'refunds_payable', source: 'refund', when: 'Money in suspense is to go back to the payer.' },
  correction_surplus: { debit: 'premium_receivable', credit: 'suspense', source: 'payment', when: 'A bill is put right and less is owed than was paid: the holder’s money waits.' },
  refund_paid: { debit: 'refunds_payable', credit: 'bank', source: 'refund', when: 'A refund has left the bank.' },
  early_discount: { debit: 'discounts_allowed', credit: 'premium_receivable', source: 'payment', when: 'A bill is paid early enough for the announced discount.' },
  points_spent: { debit: 'points_liability', credit: 'premium_receivable', source: 'payment', when: 'Points pay part of a bill.' },
  claim_offset: { debit: 'claims_payable', credit: 'premium_receivable', source: 'payment', when: 'A claim that is due to the holder pays a bill.' },
  premium_loan: { debit: 'policy_loans', credit: 'premium_receivable', source: 'payment', when: 'A loan on the policy’s value pays a bill.' },
  waiting_money_used: { debit: 'suspense', credit: 'premium_receivable', source: 'payment', when: 'Money that waited for the holder pays a bill.' },
  group_share: { debit: 'group_clearing', credit: 'premium_receivable', source: 'payment', when: 'A group’s payer pays a member’s bill.' },
  producer_share: { debit: 'producer_clearing', credit: 'premium_receivable', source: 'payment', when: 'A producer’s statement pays a bill that the producer collected.' },
  exchanged: { debit: 'exchange_clearing', credit: 'premium_receivable', source: 'payment', when: 'Money in another currency pays a bill at the stated rate.' },
  paid_before: { debit: 'opening_balance', credit: 'premium_receivable', source: 'payment', when: 'A bill that was paid in a former system is put right: it comes into our books with what was paid for it then.' },
  small_balance: { debit: 'write_offs', credit: 'premium_receivable', source: 'payment', when: 'What is left of a bill is too small to be asked for.' },
  points_earned: { debit: 'points_cost', credit: 'points_liability', source: 'points', when: 'A holder earns points.' },
  points_expired: { debit: 'points_liability', credit: 'points_cost', source: 'points', when: 'Points are not used by their day.' },
  commission_earned: { debit: 'commission_cost', credit: 'commission_payable', source: 'commission', when: 'A premium is paid: the producer’s commission on it.' },
  commission_paid: { debit: 'commission_payable', credit: 'bank', source: 'statement', when: 'A commission statement is paid.' },
  commission_kept: { debit: 'commission_payable', credit: 'producer_clearing', source: 'statement', when: 'A producer keeps the commission from what was collected.' },
  producer_remitted: { debit: 'bank', credit: 'producer_clearing', source: 'statement', when: 'A producer hands over what was collected.' },
  group_received: { debit: 'suspense', credit: 'group_clearing', source: 'statement', when: 'A group’s payer has paid the group’s bill.' },
  funding: { debit: 'funding_cost', credit: 'funding_accrued', source: 'plan', when: 'A plan free of interest begins: what it costs to wait for the money.' },
  loan_interest: { debit: 'policy_loans', credit: 'interest_income', source: 'loan', when: 'Interest on a premium loan.' },
  loan_repaid: { debit: 'suspense', credit: 'policy_loans', source: 'loan', when: 'The holder pays a premium loan back.' },
  money_exchanged: { debit: 'suspense', credit: 'exchange_clearing', source: 'exchange', when: 'Money that waited in one currency is used for a bill in another.' },
  exchange_loss: { debit: 'exchange_differences', credit: 'exchange_clearing', source: 'exchange', when: 'The stated rate and the bank’s differ: we got less.' },
  exchange_gain: { debit: 'exchange_clearing', credit: 'exchange_differences', source: 'exchange', when: 'The stated rate and the bank’s differ: we got more.' },
  write_off: { debit: 'write_offs', credit: 'premium_receivable', source: 'bill', when: 'What is left of a bill is given up.' },
  write_off_again: { debit: 'write_offs', credit: 'premium_receivable', source: 'payment', when: 'Money goes back that had paid part of a bill since given up: what is owed again is given up too.' },
} as const satisfies Readonly<Record<string, PostingRule>>;

export type PostingRuleId = keyof typeof POSTING_RULES;

/** Names under which a posting is turned round. */
export const REVERSALS = {
  refunded: 'The provider has given the money back to the payer.',
  charged_back: 'The payer’s bank has taken the money back.',
  returned: 'A debit was returned unpaid.',
  bill_cancelled: 'The bill should not have been issued.',
  bill_corrected: 'The bill was wrong; what it says now is booked beside it.',
  rescheduled: 'The bill is paid by a plan; its parts are booked beside it.',
  undone: 'An act was taken back by who may.',
} as const;
export type ReversalId = keyof typeof REVERSALS;
