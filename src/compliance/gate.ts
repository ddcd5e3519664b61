/** The gate: may this act happen now? Every contact, fee, suspension, cancellation, debit, suit, offer and use of data asks here first. */

import { type Moment, type PlainDate, momentOf, plainDateOf, zoneOffsetMs } from '../kernel/index.ts';
import { type Context, type GateAsk, type GateFacts, type LegalEvent, NO_WORDS, type Word } from './facts.ts';
import { type RulePacks } from './pack.ts';
import { type ActPlan, type Plan } from './plan.ts';
import { type Rule } from './rule.ts';
import { isActive, wordsOf } from './words.ts';

export type GateAnswer =
  | { readonly answer: 'allow'; readonly rulesAsked: readonly string[] }
  /** `until` is the first moment at which the same act is allowed; `rule` decides it, `rules` are all that wait. */
  | { readonly answer: 'defer'; readonly until: Moment; readonly rule: string; readonly article: string; readonly law: string; readonly rules: readonly string[] }
  /** Waiting alone does not help. */
  | { readonly answer: 'refuse'; readonly rule: string; readonly article: string; readonly law: string; readonly rules: readonly string[] };

/** Each round moves at least one rule's window ahead; more rounds than this mean that windows never meet. */
const ROUNDS_MAX = 400;
const MS_PER_DAY = 86_400_000;
const NO_EVENTS: readonly LegalEvent[] = [];

/** Pure and total: the same packs, facts and ask give the same answer. Refusals go before deferrals. */
export function askGate(packs: RulePacks, facts: GateFacts, ask: GateAsk): GateAnswer {
  const { policy, holder } = facts;
  const plan = packs.planFor(policy.market, policy.subdivision, policy.line, policy.participants);
  if (plan === null) return { answer: 'refuse', rule: 'no_rule_pack', article: '-', law: '-', rules: ['no_rule_pack'] };
  const act = plan.actPlanFor(ask);
  let at = ask.at;
  let deferredBy: Rule[] | null = null;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const on = localDay(at, holder.timeZone);
    const context = contextAt(plan, act, facts, ask, on);
    const refusal = refusedBy(act, context, on);
    if (refusal !== null) return refusal;
    const wait = waitOf(plan, act, facts, context, at, on);
    if ('answer' in wait) return wait;
    if (wait.until <= at) {
      if (deferredBy === null) return { answer: 'allow', rulesAsked: act.rulesAsked };
      const decisive = deferredBy.at(-1);
      if (decisive === undefined) throw new Error('a deferral without a rule');
      return { answer: 'defer', until: at, rule: decisive.id, article: decisive.article, law: decisive.law, rules: [...new Set(deferredBy.map(({ id }) => id))] };
    }
    deferredBy = [...(deferredBy ?? []), ...wait.rules];
    at = wait.until;
  }
  throw new Error(`the gate finds no moment for ${ask.action} in ${policy.market}: two rules never open together`);
}

let lastDay = Number.NaN;
let lastDate: PlainDate = plainDateOf(0);
/** Asks come in the order of a cycle, so the last date is nearly always the next one too. */
function localDay(at: Moment, zone: string): PlainDate {
  const day = Math.floor((at + zoneOffsetMs(at, zone)) / MS_PER_DAY);
  if (day !== lastDay) {
    lastDay = day;
    lastDate = plainDateOf(day);
  }
  return lastDate;
}

function contextAt(plan: Plan, act: ActPlan, facts: GateFacts, ask: GateAsk, on: PlainDate): Context {
  const context: Context = {
    policy: facts.policy, holder: facts.holder, bill: facts.bill, ask, events: facts.events ?? NO_EVENTS, on, zone: facts.holder.timeZone,
    invalidConsentSources: plan.invalidConsentSources(on), words: NO_WORDS,
  };
  return act.needsWords ? { ...context, words: wordsOf(plan.words, context, plan.region, on).words } : context;
}

function refusedBy(act: ActPlan, context: Context, on: PlainDate): GateAnswer | null {
  let first: Rule | null = null;
  let more: string[] | null = null;
  for (const { rule, refuses } of act.refusals) {
    if (!isActive(rule, on) || !refuses(context)) continue;
    if (first === null) first = rule;
    else (more ??= []).push(rule.id);
  }
  if (first === null) return null;
  return { answer: 'refuse', rule: first.id, article: first.article, law: first.law, rules: more === null ? [first.id] : [...new Set([first.id, ...more])] };
}

type Waiting = { readonly until: Moment; readonly rules: readonly Rule[] };
const NO_RULES: readonly Rule[] = [];

/** The latest of the moments that the rules open, each judged at `at`; the decisive rule comes last. */
function waitOf(plan: Plan, act: ActPlan, facts: GateFacts, context: Context, at: Moment, on: PlainDate): Waiting | GateAnswer {
  let until = at;
  let rules: readonly Rule[] = NO_RULES;
  const consider = (moment: Moment, rule: Rule): void => {
    if (moment <= at) return;
    rules = moment > until ? [...rules, rule] : [rule, ...rules];
    until = Math.max(until, moment);
  };
  for (const { rule, applies, opens } of act.frequencies) {
    if (isActive(rule, on) && applies(context)) consider(opens(facts.history, at, context.zone), rule);
  }
  let covered = false;
  for (const { rule, applies, isDefault, lifted, opens } of act.hours) {
    if (isDefault || !isActive(rule, on) || !applies(context)) continue;
    covered = true;
    if (!lifted(context)) consider(opens(context, at, plan.region), rule);
  }
  for (const { rule, applies, isDefault, lifted, opens } of act.hours) {
    if (isDefault && !covered && isActive(rule, on) && applies(context) && !lifted(context)) consider(opens(context, at, plan.region), rule);
  }
  for (const { rule, applies, word, minutes, refusesUnknown } of act.waits) {
    if (!isActive(rule, on) || !applies(context)) continue;
    const known = context.words.get(word);
    if (known?.value.kind === 'date') consider(momentOf(known.value.date, minutes, context.zone), originOf(plan, known) ?? rule);
    else if (refusesUnknown) return refusedForWant(act, context, on, word);
  }
  return { until, rules };
}

/** The date from which the act is lawful does not exist yet: a notice is missing or void. The rule that asks for the notice speaks first. */
function refusedForWant(act: ActPlan, context: Context, on: PlainDate, word: string): GateAnswer {
  const rules = act.waits.filter((wait) => wait.word === word && wait.refusesUnknown && isActive(wait.rule, on) && wait.applies(context)).map(({ rule }) => rule);
  const first = rules.find(({ clauses }) => clauses.some((clause) => clause.kind === 'block' && clause.words.includes(word))) ?? rules[0];
  if (first === undefined) throw new Error(`no rule waits for ${word}`);
  return { answer: 'refuse', rule: first.id, article: first.article, law: first.law, rules: [...new Set([first.id, ...rules.map(({ id }) => id)])] };
}

const originOf = (plan: Plan, word: Word): Rule | undefined => plan.rules.find(({ rule }) => rule.id === word.rule)?.rule;
