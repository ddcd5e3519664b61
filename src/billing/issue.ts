/** Which bills a policy gets today: every instalment that falls due within the market's days ahead. Pure. */

import { addDays, type BillId, type Currency, type HolderId, type PlainDate, type PolicyId, shareOf } from '../kernel/index.ts';
import { chargesOf, issueDaysAhead, minimumInstalmentMinor } from './markets.ts';
import { anchorOf, billIdOf, dueDateOf, type Instalment, instalmentNoAt, instalmentOf, premiumOver, type Terms } from './schedule.ts';
import { type Charge } from '../ledger/index.ts';

/** Whose law and whose products: what levies, taxes and charges depend on beside the terms. */
export type PolicyPlace = { readonly market: string; readonly subdivision?: string | null; readonly line: string; readonly currency: Currency };

export type BillablePolicy = Terms & PolicyPlace & {
  readonly holderId: HolderId;
  readonly policyId: PolicyId;
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
    const { market, currency, holderId, policyId } = policy;
    const { bills: due, nextDueOn: next } = scheduledBills(policy, (dueOn) => leavesOn(policy, dueOn) <= today);
    for (const bill of due) bills.push({ ...bill, billId: billIdOf(policyId, bill.instalmentNo), holderId, policyId, market, currency });
    return next;
  });
  return { bills, nextDueOn };
}

/** The bill of one instalment as the policy's terms are now; null where it has none of that number. */
export function billOfInstalment(policy: BillablePolicy, no: number): NewBill | null {
  const { market, currency, holderId, policyId } = policy;
  const billed = billedInstalment(policy, currency, no);
  return billed === null || billed === 'with_next' ? null : { ...scheduledBill(policy, billed), billId: billIdOf(policyId, no), holderId, policyId, market, currency };
}

export type ScheduledBill = Omit<NewBill, 'billId' | 'holderId' | 'policyId' | 'market' | 'currency'>;

/** The bills of one policy whose due dates `leaves` takes, from the first that has not been issued. */
export function scheduledBills(policy: Terms & PolicyPlace & Pick<BillablePolicy, 'nextDueOn'>, leaves: (dueOn: PlainDate) => boolean): { readonly bills: readonly ScheduledBill[]; readonly nextDueOn: PlainDate | null } {
  const bills: ScheduledBill[] = [];
  let next = policy.nextDueOn;
  for (let issued = 0; next !== null && leaves(next) && issued < BILLS_OF_A_DAY_MAX; issued += 1) {
    const no = instalmentNoAt(policy, next);
    const instalment = billedInstalment(policy, policy.currency, no);
    if (instalment === null) return { bills, nextDueOn: null };
    if (instalment !== 'with_next') bills.push(scheduledBill(policy, instalment));
    next = nextDueAfter(policy, no, instalment);
  }
  return { bills, nextDueOn: next };
}

function scheduledBill(policy: Terms & PolicyPlace, instalment: BilledInstalment): ScheduledBill {
  const { no, dueOn, periodFrom, periodTo, premiumMinor } = instalment;
  const charges = instalmentCharges(policy, policy, instalment);
  return { instalmentNo: no, dueOn, periodFrom, periodTo, premiumMinor, charges, amountMinor: charges.reduce((sum, charge) => sum + charge.amountMinor, premiumMinor) };
}

export type BilledInstalment = Instalment & { readonly premiumMinor: bigint };

/**
 * An instalment as it is billed, with its premium; null where there is none. One that is odd and too small to be asked for by itself is paid with the next (`with_next`), the last with the one
 * before it; numbers and due dates stay those of the schedule.
 */
export function billedInstalment(terms: Terms, currency: Currency, no: number): BilledInstalment | 'with_next' | null {
  const own = instalmentOf(terms, no);
  if (own === null) return null;
  const { coverTo, mode } = terms;
  const anchor = anchorOf(terms);
  if (mode === 'single') return { ...own, premiumMinor: premiumOver(terms, own.periodFrom, own.periodTo) };
  // Far from both ends every instalment is regular: most of a book.
  if (no > anchor.no + 1 && (coverTo === null || coverTo >= dueDateOf(terms, no + 2)) && terms.yearPremiumMinor == null) return { ...own, premiumMinor: terms.premiumMinor };
  const next = instalmentOf(terms, no + 1);
  if (no === anchor.no && next !== null && tooSmall(terms, currency, own)) return 'with_next';
  const before = no === anchor.no + 1 ? instalmentOf(terms, anchor.no) : null;
  const lastBefore = no > anchor.no && own.periodTo === coverTo && tooSmall(terms, currency, own);
  if (lastBefore) return null;
  const periodFrom = before !== null && tooSmall(terms, currency, before) ? before.periodFrom : own.periodFrom;
  const periodTo = next !== null && next.periodTo === coverTo && tooSmall(terms, currency, next) ? coverTo : own.periodTo;
  return { ...own, periodFrom, periodTo, premiumMinor: premiumOver(terms, periodFrom, periodTo) };
}

/** A policy whose regular instalments are small is billed all the same. */
const tooSmall = (terms: Terms, currency: Currency, { periodFrom, periodTo }: Instalment): boolean => {
  const minor = premiumOver(terms, periodFrom, periodTo);
  // A regular instalment of a shared year may be a cent below its own figure.
  return minor === 0n || (minor < minimumInstalmentMinor(currency) && minor + 1n < terms.premiumMinor);
};

/** The due date of the instalment that is billed after this one. */
export function nextDueAfter(terms: Terms, no: number, billed: BilledInstalment | 'with_next'): PlainDate | null {
  if (billed !== 'with_next' && billed.periodTo === terms.coverTo) return null;
  return instalmentOf(terms, no + 1)?.dueOn ?? null;
}

/** The first day of cover that has no bill yet; null when all of it has. */
export function unbilledFrom(terms: Terms, currency: Currency, nextDueOn: PlainDate | null): PlainDate | null {
  if (nextDueOn === null) return null;
  const billed = billedInstalment(terms, currency, instalmentNoAt(terms, nextDueOn));
  return billed === 'with_next' ? anchorOf(terms).from : (billed?.periodFrom ?? null);
}

/** The terms that charges depend on. */
export type ChargedTerms = Pick<Terms, 'coverFrom' | 'instalmentChargePoints'>;

/** Levies and taxes of an instalment, and the charge that was disclosed for paying in instalments. */
export function instalmentCharges(place: PolicyPlace, terms: ChargedTerms, { periodFrom, periodTo, premiumMinor, dueOn }: Omit<BilledInstalment, 'no'>): readonly Charge[] {
  const { market, line, currency, subdivision = null } = place;
  const charges = chargesOf({ market, subdivision, line, currency, premiumMinor, coverFrom: terms.coverFrom, from: periodFrom, to: periodTo, on: dueOn });
  const points = terms.instalmentChargePoints ?? 0;
  const amountMinor = points === 0 ? 0n : shareOf(premiumMinor, BigInt(points), 10_000n);
  return amountMinor > 0n ? [...charges, { kind: 'instalment_charge', rule: 'instalment-charge', amountMinor }] : charges;
}
