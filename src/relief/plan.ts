/**
 * A plan instead of one bill: what is left of it in parts, or on a later day. Pure. Amounts in minor units of the bill's currency.
 *
 * Each part pays for its share of the days of cover, what was paid for the first of them: side by side, without a gap, so that the paid-to date follows the money.
 * Rounding: the whole is split into parts by largest remainder, so is each levy and charge; the premium is what remains of each part. Parts and lines both sum to the whole.
 */

import { addDays, addMonths, type BillId, type Currency, daysBetween, fail, ok, type PlainDate, type Result, shareOf, splitByWeights } from '../kernel/index.ts';
import { type ChargeKind, isFee } from '../ledger/index.ts';
import { amountFor, PLAN_TERMS } from './plan-products.ts';

export const PLAN_KINDS = ['spread', 'interest_free', 'deferral'] as const;
export type PlanKind = (typeof PLAN_KINDS)[number];
/** `parts` 1 and `days` for a deferral; `days` 0 otherwise. */
export type PlanOrder = { readonly kind: PlanKind; readonly parts: number; readonly days: number };

export type PlanCharge = { readonly kind: ChargeKind; readonly rule: string; readonly amountMinor: bigint };
export type PlanBill = {
  readonly billId: BillId;
  readonly kind: 'instalment' | 'difference' | 'plan';
  readonly state: string;
  /** In dispute or in flight: not replaced. */
  readonly isFixed: boolean;
  /** From a former system: its premium is not in our books, so the plan's charge is interest. */
  readonly takenOver: boolean;
  readonly premiumMinor: bigint;
  readonly charges: readonly PlanCharge[];
  readonly amountMinor: bigint;
  readonly paidMinor: bigint;
  readonly dueOn: PlainDate;
  readonly periodFrom: PlainDate;
  readonly periodTo: PlainDate;
  readonly graceEndsOn: PlainDate | null;
};
export type PlanFacts = {
  readonly today: PlainDate;
  readonly currency: Currency;
  readonly policyState: string;
  readonly mode: string;
  readonly bill: PlanBill;
  /** Null: not known, or in another currency. */
  readonly incomeMonthMinor: bigint | null;
  /** What else falls due in a month. */
  readonly dueMonthlyMinor: bigint;
  readonly lastDifferenceNo: number;
};

export type PlanPart = { readonly instalmentNo: number; readonly dueOn: PlainDate; readonly periodFrom: PlainDate; readonly periodTo: PlainDate; readonly premiumMinor: bigint; readonly charges: readonly PlanCharge[]; readonly amountMinor: bigint; readonly feesMinor: bigint };
export type PlanChange = {
  readonly order: PlanOrder;
  readonly restMinor: bigint;
  /** What the plan costs the holder beyond what is owed today. */
  readonly chargeMinor: bigint;
  readonly totalMinor: bigint;
  /** What it costs us to wait. */
  readonly fundingMinor: bigint;
  readonly parts: readonly PlanPart[];
  /** What the bill keeps: what was paid of it; null: nothing was. */
  readonly kept: { readonly premiumMinor: bigint; readonly charges: readonly PlanCharge[]; readonly amountMinor: bigint; readonly periodTo: PlainDate } | null;
  /** Until when cover stands without another payment, now and with the plan. */
  readonly coverUntilBefore: PlainDate | null;
  readonly coverUntilAfter: PlainDate | null;
  /** Null: income is not known. */
  readonly affordable: boolean | null;
  readonly needsApproval: boolean;
};

const CLOSED: ReadonlySet<string> = new Set(['cancelled', 'ended', 'suspended', 'lapsed']);
const BASIS = 10_000n;
const YEAR_DAYS = 365n;
const FIRST_PART_DAYS = 7;

const later = (a: PlainDate, b: PlainDate): PlainDate => (a > b ? a : b);
const sumOf = (charges: readonly PlanCharge[]): bigint => charges.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);

/** Problems: `plan_policy_not_in_force`, `plan_not_possible`, `plan_not_offered` (below the threshold, or no such plan), `plan_part_too_small` with `minimum_minor`. */
export function decidePlan(facts: PlanFacts, order: PlanOrder): Result<PlanChange> {
  const { bill, currency, today } = facts;
  if (CLOSED.has(facts.policyState)) return fail('plan_policy_not_in_force');
  const restMinor = bill.amountMinor - bill.paidMinor;
  if (bill.state !== 'open' || bill.isFixed || restMinor <= 0n) return fail('plan_not_possible');
  const { guardrails, interest_free: free, spread } = PLAN_TERMS;
  const { kind, parts, days } = order;
  if (!Number.isInteger(parts) || !Number.isInteger(days) || (kind === 'deferral' ? parts !== 1 || days < 1 || days > guardrails.days_max : parts < 2 || parts > 12 || days !== 0)) return fail('plan_not_offered');
  if (kind === 'interest_free' && (!free.parts.includes(parts) || restMinor < amountFor(free.threshold_minor, currency))) return fail('plan_not_offered');
  const needsApproval = kind === 'deferral' ? days > guardrails.deferral_days_max : parts > guardrails.parts_max || (kind === 'spread' && spread.charge_points[String(parts)] === undefined);
  const points = kind === 'spread' ? (spread.charge_points[String(parts)] ?? Math.max(...Object.values(spread.charge_points))) : 0;
  const chargeMinor = shareOf(restMinor, BigInt(points), BASIS);
  const totalMinor = restMinor + chargeMinor;
  const least = amountFor(guardrails.least_part_minor, currency);
  if (parts > 1 && totalMinor / BigInt(parts) < least) return fail('plan_part_too_small', { minimum_minor: Number(least) });

  const { kept, left } = cutAt(bill);
  const charged = chargeMinor > 0n ? [...left.charges, { kind: bill.takenOver ? 'interest' as const : 'instalment_charge' as const, rule: 'plan-charge', amountMinor: chargeMinor }] : left.charges;
  const first = kind === 'deferral' ? addDays(later(bill.dueOn, today), days) : later(bill.dueOn, addDays(today, FIRST_PART_DAYS));
  const cut = cutEvenly(left.premiumMinor, charged, parts);
  const edges = daysOf(bill, kept?.amountMinor ?? 0n, cut);
  const planParts = cut.map((one, i): PlanPart => ({ ...one, instalmentNo: facts.lastDifferenceNo + 1 + i, dueOn: addMonths(first, i), periodFrom: edges[i] ?? bill.periodFrom, periodTo: edges[i + 1] ?? bill.periodTo }));
  const waits = later(bill.dueOn, today);
  const fundingMinor = kind === 'interest_free'
    ? shareOf(planParts.reduce((sum, part) => sum + part.amountMinor * BigInt(daysBetween(waits, part.dueOn)), 0n), BigInt(free.funding_points_a_year), BASIS * YEAR_DAYS) : 0n;
  const graceDays = bill.graceEndsOn === null ? null : daysBetween(bill.dueOn, bill.graceEndsOn);
  const most = planParts.reduce((largest, part) => (part.amountMinor > largest ? part.amountMinor : largest), 0n);
  return ok({
    order, restMinor, chargeMinor, totalMinor, fundingMinor, parts: planParts, kept: kept === null ? null : { ...kept, periodTo: planParts[0]?.periodFrom ?? bill.periodTo }, needsApproval,
    coverUntilBefore: bill.graceEndsOn, coverUntilAfter: graceDays === null ? null : addDays(first, graceDays),
    affordable: facts.incomeMonthMinor === null ? null : (most + facts.dueMonthlyMinor) * BASIS <= facts.incomeMonthMinor * BigInt(guardrails.affordable_points),
  });
}

/** Three to five for every open bill, those that the income bears first, then the cheaper, then the sooner paid. Problems: those of `decidePlan`. */
export function plansFor(facts: PlanFacts): Result<readonly PlanChange[]> {
  const { interest_free: free, spread, deferral, options_max: most } = PLAN_TERMS;
  const orders: PlanOrder[] = [
    ...free.parts.map((parts): PlanOrder => ({ kind: 'interest_free', parts, days: 0 })),
    ...spread.parts.map((parts): PlanOrder => ({ kind: 'spread', parts, days: 0 })),
    ...deferral.days.map((days): PlanOrder => ({ kind: 'deferral', parts: 1, days })),
  ];
  const decided = orders.map((order) => decidePlan(facts, order));
  const possible = decided.flatMap((one) => (one.ok ? [one.value] : []));
  if (possible.length < 3) return decided.find((one) => !one.ok && one.problem.code !== 'plan_not_offered' && one.problem.code !== 'plan_part_too_small') as Result<never> ?? fail('plan_not_possible');
  // What is free of interest leaves no room for the same parts with a charge.
  const isFree = possible.some(({ order }) => order.kind === 'interest_free');
  const parted = possible.filter(({ order }) => order.kind === (isFree ? 'interest_free' : 'spread'));
  const delayed = possible.filter(({ order }) => order.kind === 'deferral').toReversed().slice(0, Math.max(most - parted.length, 0));
  return ok([...parted, ...delayed].toSorted((a, b) => rank(a) - rank(b) || (a.chargeMinor < b.chargeMinor ? -1 : a.chargeMinor > b.chargeMinor ? 1 : 0) || lastDay(a).localeCompare(lastDay(b))));
}
const rank = ({ affordable }: PlanChange): number => (affordable === false ? 1 : 0);
const lastDay = ({ parts }: PlanChange): PlainDate => parts.at(-1)?.dueOn ?? ('' as PlainDate);

type Lines = { readonly premiumMinor: bigint; readonly charges: readonly PlanCharge[] };

/** The lines of what was paid, which the bill keeps, and of the rest. Fees are paid last. */
function cutAt(bill: PlanBill): { readonly kept: (Lines & { readonly amountMinor: bigint }) | null; readonly left: Lines } {
  const { paidMinor, premiumMinor, charges } = bill;
  if (paidMinor <= 0n) return { kept: null, left: { premiumMinor, charges } };
  const fees = sumOf(charges.filter(({ kind }) => isFee(kind)));
  const owed = bill.amountMinor - fees;
  const first = paidMinor < owed ? paidMinor : owed;
  const shareIn = (lines: readonly bigint[], minor: bigint): bigint[] => (lines.reduce((a, b) => a + b, 0n) <= 0n ? lines.map(() => 0n) : splitByWeights(minor, lines));
  const [premiumKept = 0n, ...others] = shareIn([premiumMinor, ...charges.map(({ kind, amountMinor }) => (isFee(kind) ? 0n : amountMinor))], first);
  const ofFees = shareIn(charges.map(({ kind, amountMinor }) => (isFee(kind) ? amountMinor : 0n)), paidMinor - first);
  const keptOf = charges.map((_, i) => (others[i] ?? 0n) + (ofFees[i] ?? 0n));
  const some = (amountOf: (one: PlanCharge, i: number) => bigint): PlanCharge[] => charges.map((one, i) => ({ ...one, amountMinor: amountOf(one, i) })).filter(({ amountMinor }) => amountMinor > 0n);
  return {
    kept: { premiumMinor: premiumKept, charges: some((_, i) => keptOf[i] ?? 0n), amountMinor: paidMinor },
    left: { premiumMinor: premiumMinor - premiumKept, charges: some(({ amountMinor }, i) => amountMinor - (keptOf[i] ?? 0n)) },
  };
}

type Cut = Omit<PlanPart, 'instalmentNo' | 'dueOn' | 'periodFrom' | 'periodTo'>;

/** Where the days of each part begin, and where the last ends; each has a day at least, and a period with fewer days than parts is everybody's. */
function daysOf({ periodFrom, periodTo }: PlanBill, paidMinor: bigint, cut: readonly Cut[]): PlainDate[] {
  const days = daysBetween(periodFrom, periodTo);
  const [before, ...amounts] = [paidMinor, ...cut.map(({ amountMinor }) => amountMinor)];
  const each = cut.length + (paidMinor > 0n ? 1 : 0);
  if (days <= each) return [];
  const spare = splitByWeights(BigInt(days - each), [before ?? 0n, ...amounts]).map((share, i) => Number(share) + (i > 0 || paidMinor > 0n ? 1 : 0));
  let day = periodFrom;
  return spare.map((count) => (day = addDays(day, count)));
}

function cutEvenly(premiumMinor: bigint, charges: readonly PlanCharge[], parts: number): Cut[] {
  const even = Array.from({ length: parts }, () => 1n);
  const wholes = splitByWeights(premiumMinor + sumOf(charges), even);
  const lines = charges.map(({ amountMinor }) => splitByWeights(amountMinor, even));
  const others = (k: number): bigint => lines.reduce((sum, line) => sum + (line[k] ?? 0n), 0n);
  // A premium of almost nothing beside many charges: each line is cut by itself.
  const plain = wholes.some((whole, k) => whole < others(k)) ? splitByWeights(premiumMinor, even) : null;
  return wholes.map((whole, k) => {
    const own = charges.map((one, i) => ({ ...one, amountMinor: lines[i]?.[k] ?? 0n })).filter(({ amountMinor }) => amountMinor > 0n);
    const premium = plain === null ? whole - others(k) : plain[k] ?? 0n;
    return { premiumMinor: premium, charges: own, amountMinor: premium + sumOf(own), feesMinor: sumOf(own.filter(({ kind }) => isFee(kind))) };
  });
}
