/** The legal timeline of one policy and bill, and for the cycle the ageing of a million bills by the same rules. */

import { type PlainDate, addDays } from '../kernel/index.ts';
import { type Context, contextOf, camel, type FactValue, type LegalBill, type LegalEvent, type LegalPolicy, type Word, type WordValue } from './facts.ts';
import { type RulePacks } from './pack.ts';
import { type Plan } from './plan.ts';
import { type Rule } from './rule.ts';
import { isActive, type WordTable, wordsOf } from './words.ts';

/** One word (`grace_ends_on`, `suspended_from`, `cover_in_grace`, …) with the rule and article it follows from. */
export type TimelineEntry = { readonly word: string; readonly value: WordValue; readonly rule: string; readonly article: string };
export type LegalTimeline = {
  /** False: the market has no rule pack, and nothing follows. */
  readonly known: boolean;
  readonly entries: readonly TimelineEntry[];
};

/** All dates that follow for a policy, its bill and what happened; dates in the order of the calendar, then flags. */
export function timelineOf(packs: RulePacks, policy: LegalPolicy, bill: LegalBill, events: readonly LegalEvent[]): LegalTimeline {
  const plan = packs.planFor(policy.market, policy.subdivision, policy.line, policy.participants);
  if (plan === null) return { known: false, entries: [] };
  const { words } = tableOf(plan, policy, bill, events);
  const entries = [...words].map(([word, { value, rule, article }]) => ({ word, value, rule, article }));
  return { known: true, entries: entries.sort((a, b) => sortKey(a.value).localeCompare(sortKey(b.value)) || a.word.localeCompare(b.word)) };
}

const sortKey = (value: WordValue): string => (value.kind === 'date' ? value.date : value.kind === 'moment' ? new Date(value.moment).toISOString() : '~');

function tableOf(plan: Plan, policy: LegalPolicy, bill: LegalBill, events: readonly LegalEvent[]): WordTable {
  const zone = typeof policy['timeZone'] === 'string' ? policy['timeZone'] : plan.zone;
  const on = bill.dueOn ?? events[0]?.on ?? null;
  return wordsOf(plan.words, contextOf({ policy, bill, events, zone, invalidConsentSources: plan.invalidConsentSources(on) }), plan.region, on);
}

export type AgeingState = 'not_due' | 'due' | 'grace' | 'late' | 'suspended' | 'lapsed';
export type Ageing = {
  readonly state: AgeingState;
  readonly graceEndsOn: PlainDate | null;
  /** The next date on which the state, or what may be done, changes by itself. */
  readonly nextChangeOn: PlainDate | null;
  /** A legal notice that the law's condition still needs before the state can go on. */
  readonly waitsFor: 'notice' | null;
  readonly rule: string | null;
  readonly article: string | null;
};

type Threshold = { readonly on: PlainDate; readonly rule: string; readonly article: string };
/** What ageing needs of a timeline; one object serves every bill of its class. */
type Course = {
  readonly dueOn: PlainDate | null;
  readonly grace: Threshold | null;
  readonly suspended: Threshold | null;
  readonly ended: Threshold | null;
  readonly noticeFrom: PlainDate | null;
  readonly waits: { readonly rule: string; readonly article: string } | null;
};

const SUSPENDED = ['suspended_from', 'dormant_from'];
const ENDED = ['lapsed_from', 'cancelled_from', 'reduced_from', 'paid_up_from', 'dissolved_from', 'terminated_decided_from'];
/** Words that a missing notice keeps from coming about. */
const AWAITED = [...SUSPENDED, ...ENDED, 'grace_ends_on', 'cancel_from'];

/** Classes of bills (due date × mode × line × market); beyond it the memory is dropped and filled again. */
const COURSES_MAX = 200_000;
const courses = new WeakMap<Plan, Map<string, Course>>();

/**
 * The state of a bill that is unpaid on `today`. A state goes on to suspended or lapsed only where grace is over and every notice that
 * the law requires is in `events`; without it the bill stays late and `waitsFor` says so. Memoised by the facts that the rules use.
 */
export function ageingStateOf(packs: RulePacks, policy: LegalPolicy, bill: LegalBill, events: readonly LegalEvent[], today: PlainDate): Ageing {
  const plan = packs.planFor(policy.market, policy.subdivision, policy.line, policy.participants);
  if (plan === null) return stateOf({ dueOn: bill.dueOn ?? null, grace: null, suspended: null, ended: null, noticeFrom: null, waits: null }, today);
  return stateOf(courseOf(plan, policy, bill, events), today);
}

function courseOf(plan: Plan, policy: LegalPolicy, bill: LegalBill, events: readonly LegalEvent[]): Course {
  let known = courses.get(plan);
  if (known === undefined) courses.set(plan, (known = new Map()));
  const key = keyOf(plan, policy, bill, events);
  const course = known.get(key);
  if (course !== undefined) return course;
  const fresh = freshCourse(plan, policy, bill, events);
  if (known.size >= COURSES_MAX) known.clear();
  known.set(key, fresh);
  return fresh;
}

type Read = (policy: LegalPolicy, bill: LegalBill) => FactValue;
const keyReads = new WeakMap<Plan, readonly Read[]>();

function keyOf(plan: Plan, policy: LegalPolicy, bill: LegalBill, events: readonly LegalEvent[]): string {
  let reads = keyReads.get(plan);
  if (reads === undefined) {
    reads = plan.wordFields.map((field): Read => {
      const [root, name = ''] = field.split('.');
      const key = camel(name);
      return root === 'policy' ? (p) => p[key] : (_, b) => b[key];
    });
    keyReads.set(plan, reads);
  }
  let key = bill.dueOn ?? '';
  for (const read of reads) {
    const value = read(policy, bill);
    key += value === undefined || value === null ? '|' : typeof value === 'object' ? `|${JSON.stringify(value)}` : `|${value}`;
  }
  for (const { on, what, by } of events) key += `|${on}${what}:${by ?? ''}`;
  return key;
}

function freshCourse(plan: Plan, policy: LegalPolicy, bill: LegalBill, events: readonly LegalEvent[]): Course {
  const { words, waiting } = tableOf(plan, policy, bill, events);
  const lacking = plan.needsEvent.find(({ rule, applies, events: needed }) =>
    isActive(rule, bill.dueOn ?? null) && applies(eventContext(plan, policy, bill, events, words)) && !events.some(({ what }) => needed.includes(what)));
  const threshold = (names: readonly string[]): Threshold | null => {
    let best: Threshold | null = null;
    for (const name of names) {
      const word = words.get(name);
      if (word?.value.kind !== 'date' || lacking?.words.includes(name) === true) continue;
      if (best === null || word.value.date < best.on) best = { on: word.value.date, rule: word.rule, article: word.article };
    }
    return best;
  };
  const [grace, suspended, ended, notice] = [threshold(['grace_ends_on']), threshold(SUSPENDED), threshold(ENDED), threshold(['notice_from'])];
  const waitingFor = waiting.find(({ gives }) => gives.some((word) => AWAITED.includes(word)))?.source.rule ?? blockedBy(plan, words);
  const waits = lacking?.rule ?? (suspended === null && ended === null ? waitingFor : null);
  return {
    dueOn: bill.dueOn ?? null, grace, suspended, ended, noticeFrom: notice?.on ?? null,
    waits: waits === null || waits === undefined ? null : { rule: waits.id, article: waits.article },
  };
}

function eventContext(plan: Plan, policy: LegalPolicy, bill: LegalBill, events: readonly LegalEvent[], words: ReadonlyMap<string, Word>): Context {
  return contextOf({ policy, bill, events, zone: plan.zone, words });
}

/** The rule that keeps cover up for want of its notice, where grace is known and no end follows. */
function blockedBy(plan: Plan, words: ReadonlyMap<string, Word>): Rule | null {
  if (!words.has('grace_ends_on')) return null;
  return plan.words.find(({ clause }) => clause.kind === 'block')?.source.rule ?? null;
}

function stateOf(course: Course, today: PlainDate): Ageing {
  const { dueOn, grace, suspended, ended, waits } = course;
  const graceEndsOn = grace?.on ?? null;
  if (dueOn === null || today < dueOn) return { state: 'not_due', graceEndsOn, nextChangeOn: dueOn, waitsFor: null, rule: grace?.rule ?? null, article: grace?.article ?? null };
  const waitsFor = waits !== null && today > dueOn && (course.noticeFrom === null || today >= course.noticeFrom) ? 'notice' : null;
  const answer = (state: AgeingState, by: { readonly rule: string; readonly article: string } | null): Ageing =>
    ({ state, graceEndsOn, nextChangeOn: nextChange(course, today), waitsFor, rule: by?.rule ?? null, article: by?.article ?? null });
  if (today === dueOn) return answer('due', grace);
  if (ended !== null && today >= ended.on) return answer('lapsed', ended);
  if (suspended !== null && today >= suspended.on) return answer('suspended', suspended);
  if (grace !== null && today <= grace.on) return answer('grace', grace);
  return answer('late', waits ?? grace);
}

function nextChange({ dueOn, grace, suspended, ended, noticeFrom, waits }: Course, today: PlainDate): PlainDate | null {
  let next: PlainDate | null = null;
  const consider = (date: PlainDate | null | undefined): void => {
    if (date !== null && date !== undefined && date > today && (next === null || date < next)) next = date;
  };
  if (dueOn !== null && today === dueOn) consider(addDays(dueOn, 1));
  if (grace !== null && today <= grace.on) consider(addDays(grace.on, 1));
  consider(suspended?.on);
  consider(ended?.on);
  if (waits !== null) consider(noticeFrom);
  return next;
}
