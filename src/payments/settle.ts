/** Books what providers and banks say about money: one webhook or a whole file, in a constant number of statements. */

import { type Tx } from '../database/index.ts';
import { type BillId, type HolderId, type InsurerId, type Moment, type PaymentId } from '../kernel/index.ts';
import { entry, type PostingRow, type PostingRuleId, writePostings } from '../ledger/index.ts';
import { decideSettlement, type SettlementDecision } from './decide-settlement.ts';
import { isOwnMethod, isOwnMoney } from './own-methods.ts';
import { type Outcome, type PaymentFacts, type Settlement } from './settlement.ts';
import { readSettlementFacts } from './store.ts';
import { unwind } from './unwind.ts';
import { idOf, keepPromises, writeAllocations, writeBills, writeEvents, writePayments, writePolicies, writeSurpluses } from './write.ts';

type BillOfHolder = { readonly holderId: HolderId; readonly billId: BillId };

export type Settled = {
  /** For each event that was taken now, what it became. */
  readonly outcomes: readonly { readonly eventId: string; readonly holderId: HolderId; readonly paymentId: PaymentId; readonly outcome: Outcome }[];
  /** Money that was booked now, by the bill that its payer named. */
  readonly booked: readonly (BillOfHolder & { readonly paymentId: PaymentId; readonly contactId: number | null })[];
  /** Bills that are paid now. */
  readonly paid: readonly BillOfHolder[];
  /** Bills that are open again. */
  readonly reopened: readonly BillOfHolder[];
  /** Part of the money that waits in suspense. */
  readonly surplusMinor: bigint;
  readonly duplicates: number;
  readonly unknown: readonly Settlement[];
};

/** `at` on the insurer's clock. All in the transaction `tx`; the same events again change nothing. */
export async function settle(tx: Tx, insurer: { readonly insurerId: InsurerId }, settlements: readonly Settlement[], at: Moment): Promise<Settled> {
  if (settlements.length === 0) return { outcomes: [], booked: [], paid: [], reopened: [], surplusMinor: 0n, duplicates: 0, unknown: [] };
  const { insurerId } = insurer;
  const decision = decideSettlement(await readSettlementFacts(tx, settlements), settlements);
  await writePayments(tx, insurerId, decision.payments.filter(({ cameWith }) => cameWith === undefined));
  const along = decision.payments.filter(({ cameWith }) => cameWith !== undefined);
  for (const payment of along) if (payment.cameWith !== undefined) payment.causedBy = idOf(payment.cameWith);
  await writePayments(tx, insurerId, along);
  await Promise.all([
    writeEvents(tx, insurerId, decision.events, at), writeAllocations(tx, insurerId, decision.allocations), writeSurpluses(tx, insurerId, decision.surpluses),
    writeBills(tx, decision.bills), writePolicies(tx, decision.policies), keepPromises(tx, decision.paid),
  ]);
  await writePostings(tx, insurerId, postingsOf(decision));
  const reopened = await unwind(tx, insurerId, decision.reversals);
  const unwound = new Set(decision.reversals.map(({ payment }) => payment));
  const open = new Set(reopened.map(({ billId }) => billId));
  return {
    outcomes: decision.events.map(({ settlement, payment, outcome }) => ({ eventId: settlement.eventId, holderId: payment.holderId, paymentId: idOf(payment), outcome })),
    booked: decision.events.flatMap(({ payment, outcome }) => (outcome === 'booked' && !unwound.has(payment)
      ? [{ holderId: payment.holderId, billId: payment.billId, paymentId: idOf(payment), contactId: payment.contactId }] : [])),
    paid: decision.paid.filter(({ billId }) => !open.has(billId)).map(({ holderId, billId }) => ({ holderId, billId })),
    reopened: reopened.map(({ holderId, billId }) => ({ holderId, billId })),
    surplusMinor: decision.surpluses.reduce((sum, { amountMinor }) => sum + amountMinor, 0n),
    duplicates: decision.duplicates,
    unknown: decision.unknown,
  };
}

const atBank = (provider: string): boolean => provider === 'bank';

function ruleOf({ provider, method }: PaymentFacts, recovered: boolean): PostingRuleId {
  if (isOwnMoney({ provider })) {
    if (recovered || !isOwnMethod(method)) throw new Error(`money of our own by ${method}`);
    return method;
  }
  if (recovered) return atBank(provider) ? 'recovery_received_at_bank' : 'recovery_received';
  return atBank(provider) ? 'payment_received_at_bank' : 'payment_received';
}

function postingsOf({ allocations, surpluses }: SettlementDecision): PostingRow[] {
  return [
    ...allocations.map(({ payment, bill, amountMinor, bookedOn, recovered }) => entry(ruleOf(payment, recovered), {
      holderId: bill.holderId, bookedOn, amountMinor, currency: bill.currency, sourceId: idOf(payment), policyId: bill.policyId, billId: bill.billId,
    })),
    ...surpluses.map(({ payment, bill, amountMinor, receivedOn }) => entry(atBank(payment.provider) ? 'payment_surplus_at_bank' : 'payment_surplus', {
      holderId: payment.holderId, bookedOn: receivedOn, amountMinor, currency: payment.currency, sourceId: idOf(payment), policyId: bill.policyId, billId: bill.billId,
    })),
  ];
}
