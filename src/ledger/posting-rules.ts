/**
 * What is booked when something happens, as data: one rule moves an amount from the credited to the debited account, so each entry balances by
 * its form. A rule's id stands on every posting made by it.
 */

export const ACCOUNTS = [
  'premium_receivable', 'premium_income', 'levy_payable', 'premium_tax_payable', 'bank', 'provider_clearing', 'suspense', 'refunds_payable',
  'write_offs', 'opening_balance',
] as const;
export type Account = (typeof ACCOUNTS)[number];
export type SourceKind = 'bill' | 'payment' | 'suspense' | 'reversal';

export type PostingRule = { readonly debit: Account; readonly credit: Account; readonly source: SourceKind; readonly when: string };

export const POSTING_RULES = {
  bill_issued: { debit: 'premium_receivable', credit: 'premium_income', source: 'bill', when: 'A bill is issued: its premium.' },
  levy: { debit: 'premium_receivable', credit: 'levy_payable', source: 'bill', when: 'A bill is issued: a levy collected for an authority.' },
  premium_tax: { debit: 'premium_receivable', credit: 'premium_tax_payable', source: 'bill', when: 'A bill is issued: a tax on the premium.' },
  opening_balance: { debit: 'premium_receivable', credit: 'opening_balance', source: 'bill', when: 'An open bill is taken over from a former system: what is still owed.' },
  payment_received: { debit: 'provider_clearing', credit: 'premium_receivable', source: 'payment', when: 'A provider reports a payment: the part that pays a bill.' },
  payment_received_at_bank: { debit: 'bank', credit: 'premium_receivable', source: 'payment', when: 'The bank reports a receipt: the part that pays a bill.' },
  recovery_received: { debit: 'provider_clearing', credit: 'write_offs', source: 'payment', when: 'A provider reports a payment for a bill that had been given up.' },
  recovery_received_at_bank: { debit: 'bank', credit: 'write_offs', source: 'payment', when: 'The bank reports a receipt for a bill that had been given up.' },
  payment_surplus: { debit: 'provider_clearing', credit: 'suspense', source: 'payment', when: 'A provider reports a payment: the part that finds no bill.' },
  payment_surplus_at_bank: { debit: 'bank', credit: 'suspense', source: 'payment', when: 'The bank reports a receipt: the part that finds no bill.' },
  receipt_unmatched: { debit: 'bank', credit: 'suspense', source: 'suspense', when: 'The bank reports a receipt whose reference leads to no bill.' },
  suspense_applied: { debit: 'suspense', credit: 'premium_receivable', source: 'suspense', when: 'Money in suspense pays a bill.' },
  refund_due: { debit: 'suspense', credit: 'refunds_payable', source: 'suspense', when: 'Money in suspense is to go back to the payer.' },
  correction_surplus: { debit: 'premium_receivable', credit: 'suspense', source: 'payment', when: 'A bill is put right and less is owed than was paid: the holder’s money waits.' },
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
} as const;
export type ReversalId = keyof typeof REVERSALS;
