/** Which bills a policy gets today: every instalment that falls due within the market's days ahead. Pure. */

import { addDays, type BillId, type Currency, type HolderId, type PlainDate, type PolicyId } from '../kernel/index.ts';
import { type Charge, chargesOf, issueDaysAhead } from './markets.ts';
import { billIdOf, instalmentNoAt, instalmentOf, type PremiumMode } from './schedule.ts';

export type BillablePolicy = {
  readonly holderId: HolderId;
  readonly policyId: PolicyId;
  readonly market: string;
  readonly line: string;
  readonly currency: Currency;
  readonly mode: PremiumMode;
  readonly premiumMinor: bigint;
  readonly coverFrom: PlainDate;
  readonly coverTo: PlainDate | null;
  readonly dueDay: number;
  /** The first instalment that has no bill yet; null when there will be none. */
  readonly nextDueOn: PlainDate | null;
};

export type NewBill = {
  readonly billId: BillId;
  readonly holderId: HolderId;
  readonly policyId: PolicyId;
  readonly instalmentNo: number;
  readonly periodFrom: PlainDate;
  readonly periodTo: PlainDate;
  readonly dueOn: PlainDate;
  /** Under whose law it is issued. */
  readonly market: string;
  readonly currency: Currency;
  readonly premiumMinor: bigint;
  readonly charges: readonly Charge[];
  /** Premium and charges. */
  readonly amountMinor: bigint;
};

export type Issued = {
  readonly bills: readonly NewBill[];
  /** For each policy in its order, the next instalment without a bill; null after the last. */
  readonly nextDueOn: readonly (PlainDate | null)[];
};

/** A policy that was loaded years behind catches up over some days, not in one statement without end. */
const BILLS_OF_A_DAY_MAX = 60;

type LeavesOn = (policy: BillablePolicy, dueOn: PlainDate) => PlainDate;
const asEarlyAsCanBe: LeavesOn = ({ market }, dueOn) => addDays(dueOn, -issueDaysAhead(market));

/**
 * The bills of a batch of policies on a business date.
 * @param leavesOn the day on which the bill of a due date leaves
 */
export function issueBills(policies: readonly BillablePolicy[], today: PlainDate, leavesOn: LeavesOn = asEarlyAsCanBe): Issued {
  const bills: NewBill[] = [];
  const nextDueOn = policies.map((policy) => {
    let next = policy.nextDueOn;
    for (let issued = 0; next !== null && leavesOn(policy, next) <= today && issued < BILLS_OF_A_DAY_MAX; issued += 1) {
      const bill = billOf(policy, next);
      if (bill === null) return null;
      bills.push(bill);
      next = instalmentOf(policy, bill.instalmentNo + 1)?.dueOn ?? null;
    }
    return next;
  });
  return { bills, nextDueOn };
}

const billOf = (policy: BillablePolicy, dueOn: PlainDate): NewBill | null => billOfInstalment(policy, instalmentNoAt(policy, dueOn));

/** The bill of one instalment as the policy's terms are now; null where it has none of that number. */
export function billOfInstalment(policy: BillablePolicy, no: number): NewBill | null {
  const instalment = instalmentOf(policy, no);
  if (instalment === null) return null;
  const { market, line, currency, mode, premiumMinor, holderId, policyId } = policy;
  const charges = chargesOf({ market, line, currency, mode, premiumMinor, on: instalment.dueOn });
  return {
    billId: billIdOf(policyId, instalment.no), holderId, policyId, instalmentNo: instalment.no, periodFrom: instalment.periodFrom, periodTo: instalment.periodTo,
    dueOn: instalment.dueOn, market, currency, premiumMinor, charges, amountMinor: charges.reduce((sum, charge) => sum + charge.amountMinor, premiumMinor),
  };
}
