/** What each event makes of its payment, its bills and their policies, in the order in which the events came. Pure but for the facts it is given, which it brings up to date. */

import { type BillId, type HolderId, type PlainDate } from '../kernel/index.ts';
import { allocate, type SurplusReason } from './allocate.ts';
import { discountPayment, givenWith } from './early-discount.ts';
import { type PolicyBefore, rememberPaid } from './policy-memory.ts';
import { isOwnMoney } from './own-methods.ts';
import {
  type BillFacts, billKey, billKeysOf, eventKey, isCovered, type MoneyReversal, type Outcome, type PaymentFacts, type PolicyFacts, policyKey, type Settlement,
} from './settlement.ts';

export type SettlementFacts = {
  /** Open bills of the holders, and the bills that were named. */
  readonly bills: ReadonlyMap<string, BillFacts>;
  readonly policies: ReadonlyMap<string, PolicyFacts>;
  /** By payment id. */
  readonly payments: ReadonlyMap<number, PaymentFacts>;
  /** Events that were taken before (`eventKey`), and bank receipts that another holder's line has brought (`provider/reference`). */
  readonly seen: ReadonlySet<string>;
  /** Refunds that came before their payment. */
  readonly early: ReadonlyMap<number, { readonly kind: MoneyReversal; readonly failure: string | null }>;
};

export type Allocation = { readonly payment: PaymentFacts; readonly bill: BillFacts; readonly amountMinor: bigint; readonly bookedOn: PlainDate; readonly policyBefore: PolicyBefore | null; /** The bill had been given up. */ readonly recovered: boolean };
export type Surplus = { readonly payment: PaymentFacts; readonly bill: BillFacts; readonly amountMinor: bigint; readonly reason: SurplusReason; readonly receivedOn: PlainDate };
export type Reversal = { readonly payment: PaymentFacts; readonly why: MoneyReversal; readonly bookedOn: PlainDate; readonly failure: string | null };

export type SettlementDecision = {
  readonly events: readonly { readonly settlement: Settlement; readonly payment: PaymentFacts; readonly outcome: Outcome }[];
  readonly payments: readonly PaymentFacts[];
  readonly allocations: readonly Allocation[];
  readonly surpluses: readonly Surplus[];
  readonly bills: readonly BillFacts[];
  readonly policies: readonly PolicyFacts[];
  readonly paid: readonly { readonly holderId: HolderId; readonly billId: BillId; readonly on: PlainDate }[];
  readonly reversals: readonly Reversal[];
  readonly duplicates: number;
  /** Events whose payment or bill there is not. */
  readonly unknown: readonly Settlement[];
};

const REVERSALS = new Set<string>(['refunded', 'charged_back', 'returned', 'undone'] satisfies MoneyReversal[]);
export const isReversal = (kind: string): kind is MoneyReversal => REVERSALS.has(kind);

export function decideSettlement(facts: SettlementFacts, settlements: readonly Settlement[]): SettlementDecision {
  const seen = new Set(facts.seen);
  const openOf = Map.groupBy([...facts.bills.values()].filter((bill) => bill.state === 'open'), (bill) => bill.holderId);
  const events: { settlement: Settlement; payment: PaymentFacts; outcome: Outcome }[] = [];
  const payments = new Set<PaymentFacts>();
  const bills = new Set<BillFacts>();
  const policies = new Set<PolicyFacts>();
  const [allocations, surpluses, reversals, unknown]: [Allocation[], Surplus[], Reversal[], Settlement[]] = [[], [], [], []];
  const paid: { holderId: HolderId; billId: BillId; on: PlainDate }[] = [];
  let duplicates = 0;

  const book = (settlement: Settlement, payment: PaymentFacts, named: BillFacts): void => {
    const { bookedOn } = settlement;
    // Money of our own is meant for its bill alone.
    const chosen = isOwnMoney(payment) ? [named] : payment.billIds === null ? null : billKeysOf(payment).flatMap((key) => facts.bills.get(key) ?? []);
    const discountMinor = isOwnMoney(payment) ? 0n : givenWith(payment, named, bookedOn);
    if (discountMinor > 0n) {
      // Before the payment, so that it is the holder's own money by which the bill is paid and remembered.
      const given = discountPayment(payment, named, discountMinor);
      named.paidMinor += discountMinor;
      bills.add(named);
      payments.add(given);
      allocations.push({ payment: given, bill: named, amountMinor: discountMinor, bookedOn, policyBefore: null, recovered: false });
    }
    const { parts, surplusMinor, reason } = allocate(payment, named, openOf.get(payment.holderId) ?? [], bookedOn, chosen);
    for (const { bill, amountMinor } of parts) {
      const recovered = bill.state === 'written_off';
      const wasCovered = isCovered(bill);
      bill.paidMinor += amountMinor;
      bills.add(bill);
      let policyBefore: PolicyBefore | null = null;
      if (!wasCovered && isCovered(bill)) {
        const policy = facts.policies.get(policyKey(bill));
        const open = (openOf.get(bill.holderId) ?? []).filter((other) => other !== bill && other.policyId === bill.policyId && other.state === 'open' && !isCovered(other));
        if (policy !== undefined) {
          policyBefore = rememberPaid(policy, bill, payment.method, bookedOn, open);
          policies.add(policy);
        }
      }
      if (bill.paidMinor === bill.amountMinor) {
        Object.assign(bill, { state: 'paid', paidOn: bookedOn, paidBy: payment.method });
        paid.push({ holderId: bill.holderId, billId: bill.billId, on: bookedOn });
      }
      allocations.push({ payment, bill, amountMinor, bookedOn, policyBefore, recovered });
    }
    if (surplusMinor > 0n) surpluses.push({ payment, bill: named, amountMinor: surplusMinor, reason, receivedOn: bookedOn });
  };

  for (const settlement of settlements) {
    const receipt = `${settlement.provider}/${settlement.providerReference}`;
    if (seen.has(eventKey(settlement)) || (settlement.paymentId === null && seen.has(receipt))) {
      duplicates += 1;
      continue;
    }
    const payment = settlement.paymentId === null ? newPayment(settlement) : facts.payments.get(settlement.paymentId);
    const named = payment === undefined ? undefined : facts.bills.get(billKey(payment));
    if (payment === undefined || named === undefined || payment.provider !== settlement.provider) {
      unknown.push(settlement);
      continue;
    }
    seen.add(eventKey(settlement));
    if (settlement.paymentId === null) seen.add(receipt);
    const outcome = outcomeOf(settlement, payment);
    events.push({ settlement, payment, outcome });
    if (outcome === 'ignored' || outcome === 'early') continue;
    payments.add(payment);
    // Each of them is in flight with its payment, and no longer when that has ended.
    for (const key of billKeysOf(payment)) {
      const meant = facts.bills.get(key);
      if (meant !== undefined) bills.add(meant);
    }
    if (outcome === 'pending') payment.state = 'pending';
    else if (outcome === 'failed') Object.assign(payment, { state: 'failed', failure: settlement.failure ?? 'failed' });
    else if (outcome === 'booked') {
      Object.assign(payment, { state: 'succeeded', failure: null, settledAt: settlement.occurredAt, amountMinor: settlement.amountMinor, currency: settlement.currency });
      book(settlement, payment, named);
      const early = settlement.paymentId === null ? undefined : facts.early.get(settlement.paymentId);
      if (early !== undefined) reversals.push({ payment, why: early.kind, bookedOn: settlement.bookedOn, failure: early.failure });
    } else if (isReversal(settlement.kind)) reversals.push({ payment, why: settlement.kind, bookedOn: settlement.bookedOn, failure: settlement.failure });
  }
  const inFlight = new Set([...facts.payments.values()].filter(({ state }) => state === 'pending').flatMap(billKeysOf));
  for (const bill of bills) bill.inFlight = inFlight.has(billKey(bill));
  return { events, payments: [...payments], allocations, surpluses, bills: [...bills], policies: [...policies], paid, reversals, duplicates, unknown };
}

/** Late news of an earlier state changes nothing; money that came is booked even after "failed"; only what was booked can be given back. */
function outcomeOf({ kind }: Settlement, { state }: PaymentFacts): Outcome {
  switch (kind) {
    case 'pending': return state === 'created' ? 'pending' : 'ignored';
    case 'failed': return state === 'created' || state === 'pending' ? 'failed' : 'ignored';
    case 'succeeded': return state === 'succeeded' || state === 'refunded' ? 'ignored' : 'booked';
    default: return state === 'succeeded' ? 'unwound' : state === 'refunded' ? 'ignored' : 'early';
  }
}

const newPayment = (s: Settlement): PaymentFacts => ({
  holderId: s.holderId, paymentId: null, provider: s.provider, providerReference: s.providerReference, method: s.method, billId: s.billId, billIds: null, contactId: null, causedBy: s.causedBy ?? null,
  amountMinor: s.amountMinor, currency: s.currency, state: 'created', failure: null, settledAt: null,
});
