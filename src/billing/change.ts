/**
 * What a change of a policy does to its bills: new terms from a day on, and for what is billed already only the difference. Pure. Amounts in minor units of the policy's currency.
 *
 * Cover stays whole: the bills of the schedule and the holidays lie side by side, without a gap and without an overlap. What is billed for any day is its premium by the terms that hold on it.
 */

import { addDays, addMonths, addYears, type BillId, daysBetween, fail, ok, type PlainDate, type Result, shareOf } from '../kernel/index.ts';
import { instalmentCharges, type PolicyPlace, unbilledFrom } from './issue.ts';
import { changeRulesOf, chargesOf, instalmentChargePoints, minimumInstalmentMinor, shortRateOf } from './markets.ts';
import { anchorOf, daysShared, DIFFERENCE_NO_MIN, instalmentNoAt, instalmentOf, premiumOver, type PremiumMode, type Terms, termsInMode, yearPremiumOf } from './schedule.ts';
import { type Charge, feesIn, feesOf } from '../ledger/index.ts';

export const CHANGE_KINDS = ['increase', 'reduction', 'cancellation', 'due_day', 'mode', 'premium_holiday', 'reinstatement', 'backdated'] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];
export const CANCELLATION_METHODS = ['pro_rata', 'short_rate', 'flat'] as const;
export type CancellationMethod = (typeof CANCELLATION_METHODS)[number];

export type ChangeOrder =
  /** The new premium of one regular instalment in the present mode; a day of the past asks for the difference since then. */
  | { readonly kind: 'increase' | 'reduction'; readonly effectiveOn: PlainDate; readonly premiumMinor: bigint }
  | { readonly kind: 'cancellation'; readonly effectiveOn: PlainDate; readonly method: CancellationMethod }
  /** From the next instalment without a bill. `byHolder`: within what the market's grace allows. */
  | { readonly kind: 'due_day'; readonly dueDay: number; readonly byHolder?: boolean }
  /** Null: from the next instalment without a bill. */
  | { readonly kind: 'mode'; readonly mode: Exclude<PremiumMode, 'single'>; readonly effectiveOn: PlainDate | null }
  | { readonly kind: 'premium_holiday'; readonly from: PlainDate; readonly to: PlainDate; readonly cover: 'continues' | 'pauses' }
  | { readonly kind: 'reinstatement'; readonly effectiveOn: PlainDate }
  /** Cover begins earlier than the policy says. */
  | { readonly kind: 'backdated'; readonly effectiveOn: PlainDate };

export type BilledPeriod = {
  readonly billId: BillId;
  readonly instalmentNo: number;
  readonly kind: 'instalment' | 'difference' | 'plan';
  readonly state: 'held' | 'open' | 'paid' | 'written_off';
  readonly periodFrom: PlainDate;
  readonly periodTo: PlainDate;
  readonly dueOn: PlainDate;
  readonly premiumMinor: bigint;
  readonly charges: readonly Charge[];
  readonly amountMinor: bigint;
  readonly paidMinor: bigint;
};

export type ChangeFacts = {
  readonly place: PolicyPlace;
  readonly terms: Terms;
  readonly state: string;
  readonly nextDueOn: PlainDate | null;
  /** All that stand, withdrawn ones left out. */
  readonly bills: readonly BilledPeriod[];
  /** The largest numbers in use, also of withdrawn bills. */
  readonly lastNo: number;
  readonly lastDifferenceNo: number;
  /** From when the last change that stands has held: what came before it is changed by taking it back. Null: no change yet. */
  readonly notBefore: PlainDate | null;
  readonly today: PlainDate;
};

export type PlannedBill = Omit<BilledPeriod, 'billId' | 'state' | 'paidMinor'> & { readonly feesMinor: bigint };
export type PlannedCorrection = {
  readonly billId: BillId;
  readonly before: BilledPeriod;
  /** Null: the bill is withdrawn. */
  readonly after: { readonly premiumMinor: bigint; readonly charges: readonly Charge[]; readonly amountMinor: bigint; readonly periodTo: PlainDate } | null;
};

export type ChangePlan = {
  readonly kind: ChangeKind;
  readonly effectiveOn: PlainDate;
  /** A later change may begin from here. */
  readonly holdsFrom: PlainDate;
  readonly terms: Terms;
  /** The policy's new state; null: as it is. */
  readonly state: 'cancelled' | 'in_force' | null;
  readonly nextDueOn: PlainDate | null;
  readonly bills: readonly PlannedBill[];
  readonly corrections: readonly PlannedCorrection[];
  /** Bills that are asked for again by another day. */
  readonly askedAgain: readonly { readonly billId: BillId; readonly dueOn: PlainDate }[];
  readonly holiday: { readonly from: PlainDate; readonly to: PlainDate; readonly cover: 'continues' | 'pauses' } | null;
};

const CLOSED: ReadonlySet<string> = new Set(['cancelled', 'ended']);
const STOPPED: ReadonlySet<string> = new Set(['suspended', 'lapsed']);
const BACKDATED_YEARS_MAX = 1;
const YEAR_DAYS = 365n;
const BASIS = 10_000n;

/**
 * Problems: `policy_closed`, `policy_not_in_force`, `change_changes_nothing`, `change_before_cover`, `change_after_cover`, `change_before_last_change`, `change_too_far_ahead`, `change_not_in_books`,
 * `change_meets_closed_bill`, `change_meets_plan`, `nothing_to_come`, `single_premium`, `due_day_not_possible`, `due_day_outside_grace`, `instalment_too_small`, `short_rate_not_allowed`,
 * `holiday_too_long`, `not_lapsed`.
 */
export function decideChange(facts: ChangeFacts, order: ChangeOrder): Result<ChangePlan> {
  if (CLOSED.has(facts.state)) return fail('policy_closed');
  if (STOPPED.has(facts.state) && order.kind !== 'reinstatement' && order.kind !== 'cancellation') return fail('policy_not_in_force');
  switch (order.kind) {
    case 'increase': case 'reduction': return premiumChanged(facts, order);
    case 'cancellation': return cancelled(facts, order);
    case 'due_day': return dueDayChanged(facts, order);
    case 'mode': return modeChanged(facts, order);
    case 'premium_holiday': return holiday(facts, order);
    case 'reinstatement': return reinstated(facts, order);
    case 'backdated': return backdated(facts, order);
  }
}

const NOTHING_ELSE = { state: null, bills: [], corrections: [], askedAgain: [], holiday: null } as const;

function dateProblem({ terms, notBefore, place, today, nextDueOn }: ChangeFacts, from: PlainDate): Result<null> {
  if (from < terms.coverFrom) return fail('change_before_cover', { from: terms.coverFrom });
  if (notBefore !== null && from < notBefore) return fail('change_before_last_change', { on: notBefore });
  if (terms.coverTo !== null && from >= terms.coverTo) return fail('change_after_cover', { to: terms.coverTo });
  const until = addDays(nextDueOn !== null && nextDueOn > today ? nextDueOn : today, changeRulesOf(place.market).aheadDaysMax);
  return from > until ? fail('change_too_far_ahead', { until }) : ok(null);
}

/** First day without a bill; where all is billed, the end of cover. */
const billedTo = ({ terms, place, nextDueOn, bills }: ChangeFacts): PlainDate =>
  unbilledFrom(terms, place.currency, nextDueOn) ?? bills.reduce((last, bill) => (bill.kind === 'instalment' && bill.periodTo > last ? bill.periodTo : last), anchorOf(terms).from);

const sumOf = (charges: readonly Charge[]): bigint => charges.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
const earlier = (a: PlainDate, b: PlainDate): PlainDate => (a < b ? a : b);
const later = (a: PlainDate, b: PlainDate): PlainDate => (a > b ? a : b);
type Price = (from: PlainDate, to: PlainDate) => bigint;

/** Bills of the schedule as it was, from the first unbilled day until before `until`. */
function bridgeTo(facts: ChangeFacts, until: PlainDate, price: Price): PlannedBill[] {
  const { terms, nextDueOn, place } = facts;
  const bills: PlannedBill[] = [];
  if (nextDueOn === null) return bills;
  let from = billedTo(facts);
  for (let no = instalmentNoAt(terms, nextDueOn); from < until; no += 1) {
    const instalment = instalmentOf(terms, no);
    if (instalment === null) break;
    const periodTo = earlier(instalment.periodTo, until);
    const premiumMinor = price(from, periodTo);
    const charges = instalmentCharges(place, terms, { periodFrom: from, periodTo, premiumMinor, dueOn: instalment.dueOn });
    bills.push({ instalmentNo: no, kind: 'instalment', periodFrom: from, periodTo, dueOn: instalment.dueOn, premiumMinor, charges, amountMinor: premiumMinor + sumOf(charges), feesMinor: 0n });
    from = periodTo;
  }
  return bills;
}

/** What stands beside a difference: of each levy or tax of other bills, the part of the days that both cover. */
function chargesBeside({ bills }: ChangeFacts, from: PlainDate, to: PlainDate, except: BillId | null): Charge[] {
  return bills.flatMap((bill) => {
    const days = daysShared({ from: bill.periodFrom, to: bill.periodTo }, { from, to });
    if (days === 0 || bill.billId === except) return [];
    const all = BigInt(daysBetween(bill.periodFrom, bill.periodTo));
    return bill.charges.map((charge) => ({ ...charge, amountMinor: shareOf(charge.amountMinor, BigInt(days), all) }));
  });
}

function differenceCharges(facts: ChangeFacts, of: { readonly premiumMinor: bigint; readonly from: PlainDate; readonly to: PlainDate; readonly on: PlainDate }, except: BillId | null = null): readonly Charge[] {
  const { place, terms } = facts;
  const points = terms.instalmentChargePoints ?? 0;
  const charge = shareOf(of.premiumMinor, BigInt(points), BASIS);
  const charges = chargesOf({ ...place, ...of, coverFrom: terms.coverFrom, beside: chargesBeside(facts, of.from, of.to, except) });
  return charge > 0n ? [...charges, { kind: 'instalment_charge', rule: 'instalment-charge', amountMinor: charge }] : charges;
}

function differenceBill(facts: ChangeFacts, premiumMinor: bigint, from: PlainDate, to: PlainDate): PlannedBill {
  const dueOn = addDays(later(facts.today, from), changeRulesOf(facts.place.market).differenceDueDays);
  const charges = differenceCharges(facts, { premiumMinor, from, to, on: dueOn });
  return { instalmentNo: facts.lastDifferenceNo + 1, kind: 'difference', periodFrom: from, periodTo: to, dueOn, premiumMinor, charges, amountMinor: premiumMinor + sumOf(charges), feesMinor: 0n };
}

/** Of bills of the same days, what is unpaid is lowered first, and the newest first. */
const loweredFirst = (a: BilledPeriod, b: BilledPeriod): number => Number(a.state === 'paid') - Number(b.state === 'paid') || b.instalmentNo - a.instalmentNo;
const isClosed = ({ state }: BilledPeriod): boolean => state === 'written_off' || state === 'held';

/**
 * Bills of days from `from` on ask for less: each bill of the schedule, the newest first, for its own days, and then the differences that were billed for them. With `cut` nothing is billed from there
 * on, but `kept` of it.
 */
function lowered(facts: ChangeFacts, from: PlainDate, less: Price, cut: boolean, kept = 0n): Result<PlannedCorrection[]> {
  const touched = facts.bills.filter((bill) => bill.periodTo > from);
  if (touched.some(({ kind }) => kind === 'plan')) return fail('change_meets_plan');
  const closed = touched.find(isClosed);
  if (closed !== undefined) return fail('change_meets_closed_bill', { bill: closed.billId, state: closed.state });
  const ofSchedule = touched.filter(({ kind }) => kind === 'instalment').toSorted((a, b) => (a.periodFrom < b.periodFrom ? 1 : -1));
  const covered = ofSchedule.reduce((sum, bill) => sum + daysBetween(later(from, bill.periodFrom), bill.periodTo), 0);
  if (covered !== daysBetween(from, later(from, billedTo(facts)))) return fail('change_not_in_books');
  const left = new Map(touched.map((bill) => [bill.billId, bill.premiumMinor]));
  const isGone = (bill: BilledPeriod): boolean => cut && bill.periodFrom >= from;
  const takeTo = (least: bigint) => (need: bigint, bill: BilledPeriod): bigint => {
    const has = left.get(bill.billId) ?? 0n;
    const most = bill.kind === 'instalment' && !isGone(bill) ? has - least : has;
    const part = most <= 0n || need <= 0n ? 0n : need < most ? need : most;
    left.set(bill.billId, has - part);
    return need - part;
  };
  // The bill of days that stay billed stays too.
  const take = takeTo(1n);
  let owing = 0n;
  for (const bill of ofSchedule) {
    const days = { from: later(from, bill.periodFrom), to: bill.periodTo };
    const beside = touched.filter((one) => one.kind === 'difference' && daysShared({ from: one.periodFrom, to: one.periodTo }, days) > 0).toSorted(loweredFirst);
    // Of a bill that keeps some of its days, the differences go first: those of later days are taken already.
    const order = cut && !isGone(bill) ? [...beside.filter(isGone), ...beside.filter((one) => !isGone(one)), bill] : [bill, ...beside];
    owing += order.reduce(take, less(days.from, days.to));
  }
  // A bill without a day is withdrawn whole, and a difference of several bills' days may have had too little for some of them.
  for (const bill of touched.filter(isGone)) owing -= left.get(bill.billId) ?? 0n;
  const others = touched.filter((bill) => !isGone(bill)).toSorted(loweredFirst);
  owing = others.reduce(takeTo(0n), others.reduce(take, owing));
  if (owing > 0n) return fail('change_not_in_books');
  // What remains to be asked for stands on the last bill of cover.
  const last = ofSchedule.findLast((bill) => !isGone(bill)) ?? facts.bills.find((bill) => bill.kind === 'instalment' && bill.periodTo === from) ?? ofSchedule.at(-1);
  const asked = kept - owing;
  if (asked > 0n && (last === undefined || isClosed(last))) return fail('change_not_in_books');
  const concerned = asked > 0n && last !== undefined && !touched.includes(last) ? [...touched, last] : touched;
  return ok(concerned.flatMap((bill) => {
    const premiumMinor = (isGone(bill) ? 0n : (left.get(bill.billId) ?? bill.premiumMinor)) + (bill === last ? asked : 0n);
    const periodTo = cut ? earlier(bill.periodTo, later(from, bill.periodFrom)) : bill.periodTo;
    return premiumMinor === bill.premiumMinor && periodTo === bill.periodTo ? [] : [correctionOf(facts, bill, { premiumMinor, periodTo })];
  }));
}

function correctionOf(facts: ChangeFacts, bill: BilledPeriod, { premiumMinor, periodTo }: { readonly premiumMinor: bigint; readonly periodTo: PlainDate }): PlannedCorrection {
  const { billId, periodFrom, dueOn } = bill;
  if (premiumMinor === 0n) return { billId, before: bill, after: null };
  // Short-rate premium of a bill whose days have all gone stands on its first day.
  const to = periodTo > periodFrom ? periodTo : addDays(periodFrom, 1);
  const byLaw = bill.kind === 'difference' ? differenceCharges(facts, { premiumMinor, from: periodFrom, to, on: dueOn }, billId)
    : instalmentCharges(facts.place, facts.terms, { periodFrom, periodTo: to, premiumMinor, dueOn });
  const charges = [...byLaw, ...feesIn(bill.charges)];
  return { billId, before: bill, after: { premiumMinor, charges, amountMinor: premiumMinor + sumOf(charges), periodTo: to } };
}

/** The terms begin anew: with the next free number. */
const anchored = (terms: Terms, from: PlainDate, no: number): Terms => ({ ...terms, scheduleFrom: from, scheduleNo: no });
const lastNoOf = ({ lastNo }: ChangeFacts, bills: readonly PlannedBill[]): number => bills.reduce((last, { instalmentNo: no }) => (no < DIFFERENCE_NO_MIN && no > last ? no : last), lastNo);
const dueWithin = (terms: Terms): PlainDate | null => (terms.coverTo !== null && anchorOf(terms).from >= terms.coverTo ? null : anchorOf(terms).from);

function premiumChanged(facts: ChangeFacts, { kind, effectiveOn, premiumMinor }: Extract<ChangeOrder, { kind: 'increase' | 'reduction' }>): Result<ChangePlan> {
  const { terms, place } = facts;
  const dated = dateProblem(facts, effectiveOn);
  if (!dated.ok) return dated;
  const isMore = premiumMinor > terms.premiumMinor;
  if (premiumMinor <= 0n || premiumMinor === terms.premiumMinor || isMore !== (kind === 'increase')) return fail('change_changes_nothing', { premium_minor: Number(terms.premiumMinor) });
  const until = billedTo(facts);
  const changed: Terms = { ...terms, premiumMinor, yearPremiumMinor: null };
  const old: Price = (from, to) => premiumOver(terms, from, to);
  const now: Price = (from, to) => premiumOver(changed, from, to);
  // The schedule goes on from a due date of its own, so that its days and numbers stay.
  const bridge = effectiveOn <= until ? [] : bridgeTo(facts, endOfPeriod(facts, effectiveOn), (from, to) => old(from, later(from, earlier(to, effectiveOn))) + now(later(from, effectiveOn), to));
  const goesOn = bridge.at(-1)?.periodTo ?? until;
  const next = facts.nextDueOn === null ? terms : goesOn === anchorOf(terms).from ? changed
    : anchored(changed, goesOn, bridge.length > 0 ? lastNoOf(facts, bridge) + 1 : Math.max(instalmentNoAt(terms, facts.nextDueOn), facts.lastNo + 1));
  const plan = {
    ...NOTHING_ELSE, kind, effectiveOn, holdsFrom: effectiveOn, terms: { ...next, premiumMinor, yearPremiumMinor: null }, nextDueOn: facts.nextDueOn === null ? null : dueWithin(next), bills: bridge,
  };
  if (effectiveOn >= until) return ok(plan);
  if (!isMore) {
    const corrections = lowered(facts, effectiveOn, (from, to) => old(from, to) - now(from, to), false);
    return corrections.ok ? ok({ ...plan, corrections: corrections.value }) : corrections;
  }
  const more = now(effectiveOn, until) - old(effectiveOn, until);
  if (facts.bills.some((bill) => bill.kind === 'plan' && bill.periodTo > effectiveOn)) return fail('change_meets_plan');
  return ok({ ...plan, bills: more > 0n ? [differenceBill({ ...facts, place }, more, effectiveOn, until)] : [] });
}

/** The end of the instalment, not billed yet, that has a day in it; a day on which one begins is the end of the one before. */
function endOfPeriod({ terms, nextDueOn }: ChangeFacts, day: PlainDate): PlainDate {
  let no = instalmentNoAt(terms, nextDueOn ?? day);
  for (;;) {
    const instalment = instalmentOf(terms, no);
    if (instalment === null || instalment.periodTo >= day) return instalment?.periodTo ?? day;
    no += 1;
  }
}

function cancelled(facts: ChangeFacts, { effectiveOn: asked, method }: Extract<ChangeOrder, { kind: 'cancellation' }>): Result<ChangePlan> {
  const { terms, today } = facts;
  const effectiveOn = method === 'flat' ? terms.coverFrom : asked;
  if (method !== 'flat') {
    const dated = dateProblem(facts, effectiveOn);
    if (!dated.ok) return dated;
  }
  const owed = premiumKept(facts, effectiveOn, method);
  if (!owed.ok) return owed;
  const corrections = lowered(facts, effectiveOn, (from, to) => premiumOver(terms, from, to), true, owed.value);
  if (!corrections.ok) return corrections;
  const ends = effectiveOn > terms.coverFrom ? effectiveOn : terms.coverTo;
  return ok({
    ...NOTHING_ELSE, kind: 'cancellation', effectiveOn, holdsFrom: effectiveOn, terms: { ...terms, coverTo: ends }, state: effectiveOn <= today || effectiveOn === terms.coverFrom ? 'cancelled' : null, nextDueOn: null,
    bills: bridgeTo(facts, effectiveOn, (from, to) => premiumOver(terms, from, to)), corrections: corrections.value,
  });
}

/** What a short-rate cancellation keeps beyond the days of cover: the table's share of the year's premium, at most what is billed. */
function premiumKept(facts: ChangeFacts, on: PlainDate, method: CancellationMethod): Result<bigint> {
  if (method !== 'short_rate') return ok(0n);
  const { terms, place } = facts;
  const table = shortRateOf(place.market);
  if (!table.allowed) return fail('short_rate_not_allowed', { source: table.source });
  let year = 0;
  while (addYears(terms.coverFrom, year + 1) <= on) year += 1;
  const begins = addYears(terms.coverFrom, year);
  const points = table.steps.find((step) => daysBetween(begins, on) <= step.days_to)?.basis_points ?? Number(BASIS);
  const byTable = shareOf(yearPremiumOf(terms), BigInt(points), BASIS);
  const pastDays = premiumOver(terms, begins, on);
  const ahead = premiumOver(terms, on, later(on, billedTo(facts)));
  const more = byTable > pastDays ? byTable - pastDays : 0n;
  return ok(more < ahead ? more : ahead);
}

function dueDayChanged(facts: ChangeFacts, { dueDay, byHolder = false }: Extract<ChangeOrder, { kind: 'due_day' }>): Result<ChangePlan> {
  const { terms, place, nextDueOn } = facts;
  const rules = changeRulesOf(place.market);
  if (terms.mode === 'single') return fail('single_premium');
  if (nextDueOn === null) return fail('nothing_to_come');
  if (!Number.isInteger(dueDay) || dueDay < 1 || dueDay > (byHolder ? rules.dueDayMax : 31)) return fail('due_day_not_possible', { most: byHolder ? rules.dueDayMax : 31 });
  if (dueDay === terms.dueDay) return fail('change_changes_nothing', { due_day: dueDay });
  const begins = billedTo(facts);
  const thisMonth = addMonths(begins, 0, dueDay);
  const first = thisMonth >= begins ? thisMonth : addMonths(begins, 1, dueDay);
  if (byHolder && daysBetween(begins, first) > rules.dueDayWindowDays) return fail('due_day_outside_grace', { days: rules.dueDayWindowDays });
  return ok(anewFrom(facts, first, 'due_day', { ...terms, dueDay }));
}

/** New terms begin on a day without a bill: what lies before it is billed by the schedule as it was; a last part too small for a bill of its own is paid with the first instalment of the new terms. */
function anewFrom(facts: ChangeFacts, from: PlainDate, kind: ChangeKind, terms: Terms): ChangePlan {
  const bridge = bridgeTo(facts, from, (a, b) => premiumOver(facts.terms, a, b));
  const last = bridge.at(-1);
  const whole = last !== undefined && instalmentOf(facts.terms, last.instalmentNo)?.periodTo === last.periodTo;
  const small = last !== undefined && !whole && last.premiumMinor < minimumInstalmentMinor(facts.place.currency);
  const bills = small ? bridge.slice(0, -1) : bridge;
  const begins = small ? last.periodFrom : from;
  const after = anchored(terms, begins, lastNoOf(facts, bills) + 1);
  return { ...NOTHING_ELSE, kind, effectiveOn: begins, holdsFrom: begins, terms: after, nextDueOn: dueWithin(after), bills };
}

function modeChanged(facts: ChangeFacts, { mode, effectiveOn }: Extract<ChangeOrder, { kind: 'mode' }>): Result<ChangePlan> {
  const { terms, place, nextDueOn } = facts;
  if (terms.mode === 'single') return fail('single_premium');
  if (mode === terms.mode) return fail('change_changes_nothing', { mode });
  if (nextDueOn === null && effectiveOn === null) return fail('nothing_to_come');
  const from = effectiveOn ?? billedTo(facts);
  const dated = dateProblem(facts, from);
  if (!dated.ok) return dated;
  const changed = { ...termsInMode(terms, mode), instalmentChargePoints: instalmentChargePoints(place.market, mode) };
  const least = minimumInstalmentMinor(place.currency);
  if (changed.premiumMinor < least) return fail('instalment_too_small', { minimum_minor: Number(least) });
  const corrections = from < billedTo(facts) ? lowered(facts, from, (a, b) => premiumOver(terms, a, b), true) : ok([]);
  return corrections.ok ? ok({ ...anewFrom(facts, from, 'mode', changed), corrections: corrections.value }) : corrections;
}

function holiday(facts: ChangeFacts, { from, to, cover }: Extract<ChangeOrder, { kind: 'premium_holiday' }>): Result<ChangePlan> {
  const { terms, place } = facts;
  if (terms.mode === 'single') return fail('single_premium');
  if (facts.nextDueOn === null) return fail('nothing_to_come');
  const most = changeRulesOf(place.market).holidayDaysMax;
  if (to <= from || daysBetween(from, to) > most) return fail('holiday_too_long', { days: most });
  const dated = dateProblem(facts, from);
  if (!dated.ok) return dated;
  if (terms.coverTo !== null && to >= terms.coverTo) return fail('change_after_cover', { to: terms.coverTo });
  const corrections = from < billedTo(facts) ? lowered(facts, from, (a, b) => premiumOver(terms, a, b), true) : ok([]);
  if (!corrections.ok) return corrections;
  const bills = bridgeTo(facts, from, (a, b) => premiumOver(terms, a, b));
  const after = anchored(terms, to, lastNoOf(facts, bills) + 1);
  return ok({ ...NOTHING_ELSE, kind: 'premium_holiday', effectiveOn: from, holdsFrom: to, terms: after, nextDueOn: to, bills, corrections: corrections.value, holiday: { from, to, cover } });
}

function backdated(facts: ChangeFacts, { effectiveOn }: Extract<ChangeOrder, { kind: 'backdated' }>): Result<ChangePlan> {
  const { terms, place, nextDueOn, today } = facts;
  if (terms.mode === 'single') return fail('single_premium');
  if (effectiveOn >= terms.coverFrom) return fail('change_changes_nothing', { from: terms.coverFrom });
  const least = addYears(terms.coverFrom, -BACKDATED_YEARS_MAX);
  if (effectiveOn < least) return fail('change_before_cover', { from: least });
  const { from, no } = anchorOf(terms);
  const after: Terms = { ...terms, coverFrom: effectiveOn, scheduleFrom: from, scheduleNo: no };
  const premiumMinor = premiumOver(after, effectiveOn, terms.coverFrom);
  const dueOn = addDays(today, changeRulesOf(place.market).differenceDueDays);
  const charges = instalmentCharges(place, after, { periodFrom: effectiveOn, periodTo: terms.coverFrom, premiumMinor, dueOn });
  return ok({
    ...NOTHING_ELSE, kind: 'backdated', effectiveOn, holdsFrom: facts.notBefore ?? effectiveOn, terms: after, nextDueOn,
    bills: [{ instalmentNo: facts.lastDifferenceNo + 1, kind: 'instalment', periodFrom: effectiveOn, periodTo: terms.coverFrom, dueOn, premiumMinor, charges, amountMinor: premiumMinor + sumOf(charges), feesMinor: 0n }],
  });
}

/** What was late is asked for again by a new day, with simple interest (actual days over 365) since it was due; the days without a bill until today get theirs. */
function reinstated(facts: ChangeFacts, { effectiveOn }: Extract<ChangeOrder, { kind: 'reinstatement' }>): Result<ChangePlan> {
  const { terms, place, today, state } = facts;
  if (!STOPPED.has(state)) return fail('not_lapsed');
  if (terms.coverTo !== null && effectiveOn >= terms.coverTo) return fail('change_after_cover', { to: terms.coverTo });
  const rules = changeRulesOf(place.market);
  const dueOn = addDays(today, rules.reinstatementDueDays);
  const overdue = facts.bills.filter((bill) => bill.state === 'open' && bill.dueOn < today);
  const missed = facts.nextDueOn === null ? [] : bridgeTo(facts, endOfPeriod(facts, addDays(today, 1)), (a, b) => premiumOver(terms, a, b)).filter((bill) => bill.dueOn <= today);
  const interestOn = (minor: bigint, since: PlainDate): bigint => shareOf(minor, BigInt(rules.reinstatementPoints) * BigInt(daysBetween(since, today)), BASIS * YEAR_DAYS);
  const unpaid = (bill: BilledPeriod): bigint => { const left = bill.amountMinor - feesOf(bill.charges) - bill.paidMinor; return left > 0n ? left : 0n; };
  const interest = overdue.reduce((sum, bill) => sum + interestOn(unpaid(bill), bill.dueOn), 0n) + missed.reduce((sum, bill) => sum + interestOn(bill.amountMinor, bill.dueOn), 0n);
  const since = [...overdue, ...missed].reduce((first, bill) => earlier(first, bill.dueOn), addDays(today, -1));
  const interestBill: PlannedBill = {
    instalmentNo: facts.lastDifferenceNo + 1, kind: 'difference', periodFrom: since, periodTo: today, dueOn, premiumMinor: 0n, charges: [{ kind: 'interest', rule: 'reinstatement-interest', amountMinor: interest }],
    amountMinor: interest, feesMinor: interest,
  };
  const last = missed.at(-1);
  const after = last === undefined ? terms : anchored(terms, last.periodTo, lastNoOf(facts, missed) + 1);
  return ok({
    ...NOTHING_ELSE, kind: 'reinstatement', effectiveOn, holdsFrom: facts.notBefore ?? terms.coverFrom, terms: after, state: 'in_force', nextDueOn: last === undefined ? facts.nextDueOn : dueWithin(after),
    bills: [...missed.map((bill) => ({ ...bill, dueOn })), ...(interest > 0n ? [interestBill] : [])], askedAgain: overdue.map(({ billId }) => ({ billId, dueOn })),
  });
}
