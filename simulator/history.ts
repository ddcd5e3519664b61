/** What the former system knows of a policy when the insurer moves over: its bills of two years, what was paid, and where the policy stands. Pure. */

import { ageingStateOf, type Ageing, isWorkingDay, type RulePacks } from '../src/compliance/index.ts';
import { chargesOf, instalmentOf, issueDaysAhead, leavingOf, nextInstalment } from '../src/billing/index.ts';
import { addDays, type DayNumber, dayNumber, mixSeed, type PlainDate } from '../src/kernel/index.ts';
import { type Behaviour } from './behaviour.ts';
import { type Holder, type Policy } from './holder.ts';
import { intentionOf, isDigital, methodOf, payDayOf } from './paying.ts';
import { type Traits } from './traits.ts';

export type Bill = {
  readonly no: number;
  readonly dueOn: PlainDate;
  readonly periodFrom: PlainDate;
  readonly periodTo: PlainDate;
  readonly issuedOn: DayNumber;
  /** As `bills.charges` keeps them; null where there are none. */
  readonly charges: string | null;
  readonly amountMinor: number;
  readonly state: 'open' | 'paid' | 'written_off' | 'cancelled';
  readonly ageing: Ageing | null;
  /** Since when the stage is what it is; null where the due date says it. */
  readonly stageSince: PlainDate | null;
  readonly closedOn: DayNumber | null;
  readonly remindedOn: DayNumber | null;
  readonly paidOn: DayNumber | null;
  readonly paidBy: string | null;
};

/** The policy's own columns that follow from its bills. */
export type Standing = {
  readonly state: 'in_force' | 'grace' | 'suspended' | 'lapsed' | 'cancelled' | 'ended';
  readonly stateSince: PlainDate | DayNumber;
  readonly nextDueOn: PlainDate | null;
  readonly paidToOn: PlainDate | null;
  readonly premiumsPaid: number;
  readonly late1To30: number;
  readonly late31To90: number;
  readonly lateOver90: number;
  readonly lastDaysLate: number | null;
  readonly daysLateTotal: number;
  readonly cashShare: number | null;
  readonly digitalShare: number | null;
};

export type HistoryContext = {
  readonly behaviour: Behaviour;
  readonly packs: RulePacks;
  readonly from: PlainDate;
  /** The last day of history. */
  readonly last: PlainDate;
  readonly lastDay: DayNumber;
};

const REMINDED_DAYS_BEFORE = 7;
/** Days after the due date on which the former system reminded again. */
const REMINDED_DAYS_AFTER = [3, 10, 20] as const;
const STREAM_REMINDER = 31;
const NO_EVENTS = [] as const;

/** Fills `bills` with the policy's bills of the history, the oldest first, and says where the policy stands. */
export function historyOf(context: HistoryContext, traits: Traits, policy: Policy, { kind, payday, place: { subdivision } }: Pick<Holder, 'kind' | 'payday' | 'place'>, bills: Bill[]): Standing {
  const { behaviour, lastDay, last, from } = context;
  const schedule = { mode: policy.mode, coverFrom: policy.coverFromDate, coverTo: policy.coverTo, dueDay: policy.dueDay };
  const ahead = issueDaysAhead(policy.market);
  const until = addDays(last, ahead);
  const method = methodOf(policy, traits);
  const tally = { paid: 0, late1: 0, late31: 0, late91: 0, lastLate: null as number | null, lateTotal: 0 };
  bills.length = 0;
  let state: Standing['state'] = 'in_force';
  let stateSince: PlainDate | DayNumber = policy.coverFromDate;
  let nextDueOn: PlainDate | null = null;
  let paidToOn: PlainDate | null = null;
  let paidAfter = 0;
  /** Day on which the policy was given up; bills that were issued before it are cancelled. */
  let givenUp: DayNumber | null = null;
  let firstOpen = true;

  for (let instalment = nextInstalment(schedule, from); instalment !== null; instalment = instalmentOf(schedule, instalment.no + 1)) {
    const { no, dueOn, periodFrom, periodTo } = instalment;
    if (dueOn > until) {
      nextDueOn = dueOn;
      break;
    }
    const due = dayNumber(dueOn);
    // What is still to fall due leaves on the day on which our bills would; what has not left yet is ours to send.
    const leaves = dueOn <= last ? due - ahead : dayNumber(leavingOf(policy.market, dueOn, { kind, payday: kind === 'company' ? null : payday, closeDay: null, paidOn: [], spread: 0 }, (date) => isWorkingDay(date, policy.market)).on);
    if (leaves > lastDay && no > 1) {
      nextDueOn = dueOn;
      break;
    }
    const issuedOn = Math.max(leaves, policy.coverFrom);
    if (givenUp !== null && issuedOn >= givenUp) break;
    const charges = chargesOf({ market: policy.market, line: policy.line, currency: policy.currency, mode: policy.mode, premiumMinor: BigInt(policy.premiumMinor), on: dueOn });
    let amountMinor = policy.premiumMinor;
    for (const charge of charges) amountMinor += Number(charge.amountMinor);
    const bill = {
      no, dueOn, periodFrom, periodTo, issuedOn, amountMinor, ageing: null, stageSince: null, closedOn: null, remindedOn: null, paidOn: null, paidBy: null,
      charges: charges.length === 0 ? null : JSON.stringify(charges.map(({ kind, rule, amountMinor: minor }) => ({ kind, rule, amount_minor: Number(minor) }))),
    };
    if (givenUp !== null) {
      bills.push({ ...bill, state: 'cancelled', closedOn: givenUp });
      continue;
    }
    const { payDay, remindedOn } = outcomeOf(behaviour, traits, policy, no, issuedOn, due, lastDay);
    const paidOn = payDay === null ? null : Math.max(payDay, paidAfter);
    if (paidAfter === 0 && bills.length === 0) paidToOn = no === 1 ? null : periodFrom;
    const giveUpOn = due + behaviour.timing.give_up_days;
    if (paidOn !== null && paidOn <= lastDay && paidOn < giveUpOn) {
      const daysLate = Math.max(0, paidOn - due);
      paidAfter = paidOn;
      paidToOn = periodTo;
      tally.paid += 1;
      tally.lastLate = daysLate;
      tally.lateTotal += daysLate;
      if (daysLate > 90) tally.late91 += 1;
      else if (daysLate > 30) tally.late31 += 1;
      else if (daysLate > 0) tally.late1 += 1;
      bills.push({ ...bill, state: 'paid', ageing: daysLate === 0 ? null : ageingOf(context, policy, subdivision, amountMinor, dueOn, addDays(dueOn, daysLate)).ageing, remindedOn, paidOn, paidBy: method });
    } else if ((paidOn === null || paidOn >= giveUpOn) && giveUpOn <= lastDay) {
      givenUp = giveUpOn;
      state = 'lapsed';
      stateSince = giveUpOn;
      bills.push({ ...bill, state: 'written_off', ...ageingOf(context, policy, subdivision, amountMinor, dueOn, addDays(dueOn, behaviour.timing.give_up_days)), remindedOn, closedOn: giveUpOn });
    } else {
      const { ageing, stageSince: since } = ageingOf(context, policy, subdivision, amountMinor, dueOn, last);
      bills.push({ ...bill, state: 'open', ageing, stageSince: since, remindedOn });
      if (firstOpen && ageing.state !== 'not_due' && ageing.state !== 'due') {
        state = ageing.state === 'late' ? 'grace' : ageing.state;
        stateSince = since ?? dueOn;
      }
      firstOpen = false;
      // The next open bill is paid after this one, or not at all.
      paidAfter = paidOn ?? Number.MAX_SAFE_INTEGER;
      if (ageing.state === 'lapsed') break;
    }
  }
  if (policy.endedBy !== null && policy.coverTo !== null && policy.coverTo <= last && state !== 'lapsed') {
    state = policy.endedBy;
    stateSince = policy.coverTo;
    nextDueOn = null;
  }
  const cash = method === 'cash' ? 1 : 0;
  const digital = isDigital(method) ? 1 : 0;
  return {
    state, stateSince, nextDueOn, paidToOn, premiumsPaid: tally.paid, late1To30: tally.late1, late31To90: tally.late31, lateOver90: tally.late91, lastDaysLate: tally.lastLate,
    daysLateTotal: tally.lateTotal, cashShare: tally.paid === 0 ? null : cash, digitalShare: tally.paid === 0 ? null : digital,
  };
}

/** When the bill was or will be paid, with what the former system's reminders changed. */
function outcomeOf(behaviour: Behaviour, traits: Traits, policy: Policy, no: number, issuedOn: DayNumber, due: DayNumber, lastDay: DayNumber): { payDay: DayNumber | null; remindedOn: DayNumber | null } {
  const { reminders, reading } = behaviour;
  const intention = intentionOf(behaviour, traits, policy, no, due);
  let payDay = payDayOf(intention, traits, policy, issuedOn, due, 0);
  let remindedOn: DayNumber | null = null;
  const readShare = reading.sms * (traits.disengaged ? reading.disengaged : 1);
  const before = due - REMINDED_DAYS_BEFORE;
  if (!policy.autopay && before <= lastDay && before >= issuedOn && (payDay === null || payDay >= before) && intention.dice < reminders.history_reminder_share) {
    remindedOn = before;
    if (intention.dice < reminders.history_reminder_share * readShare) payDay = payDayOf(intention, traits, policy, Math.max(issuedOn, before), due, reminders.before_due);
  }
  let effect = reminders.after_due * readShare;
  for (const after of REMINDED_DAYS_AFTER) {
    const day = due + after;
    if (day > lastDay || (payDay !== null && payDay <= day)) break;
    remindedOn ??= day;
    const u = mixSeed(traits.key, STREAM_REMINDER, policy.number, no, after) / 4_294_967_296;
    if (u < effect) payDay = day + (u < effect / 2 ? 0 : 1);
    effect *= reminders.repeat;
  }
  return { payDay, remindedOn };
}

type Aged = { readonly ageing: Ageing; readonly stageSince: PlainDate | null };

/** The stage on a day and since when, by the facts that the stage `age` will use; each change is walked to, because it alone says its date. */
function ageingOf({ packs }: HistoryContext, policy: Policy, subdivision: string | null, amountMinor: number, dueOn: PlainDate, on: PlainDate): Aged {
  const { market, line, mode, coverFromDate, company } = policy;
  const legal = { market, subdivision, line, participants: company ? 'group' : 'individual', mode, coverFrom: coverFromDate, state: 'in_force' };
  const bill = { dueOn, outstandingMinor: amountMinor, disputed: false, paymentInFlight: false };
  if (on <= dueOn) return { ageing: ageingStateOf(packs, legal, bill, NO_EVENTS, on), stageSince: null };
  let since = addDays(dueOn, 1);
  let ageing = ageingStateOf(packs, legal, bill, NO_EVENTS, since);
  while (ageing.nextChangeOn !== null && ageing.nextChangeOn <= on) {
    const next = ageingStateOf(packs, legal, bill, NO_EVENTS, ageing.nextChangeOn);
    if (next.state !== ageing.state) since = ageing.nextChangeOn;
    ageing = next;
  }
  return { ageing, stageSince: since };
}
