/** All rules of one class of policies, compiled, and for each kind of act the few that speak about it. */

import { type PlainDate } from '../kernel/index.ts';
import { compileAmount, minorOf } from './amount.ts';
import { compileConditions, getter, type Test } from './condition.ts';
import { type Context, type GateAsk } from './facts.ts';
import { compileFrequency, matches, type FrequencyFunction } from './frequency.ts';
import { compileHours, type HoursFunction } from './hours.ts';
import { type Clause, type ClauseOf, type Rule } from './rule.ts';
import { compileWordClauses, referencesIn, type LevelledRule, type WordClause } from './words.ts';

/** Refuses where `refuses` holds. */
export type Refusal = { readonly rule: Rule; readonly refuses: Test };
export type HoursRule = { readonly rule: Rule; readonly applies: Test; readonly isDefault: boolean; readonly lifted: Test; readonly opens: HoursFunction };
export type FrequencyRule = { readonly rule: Rule; readonly applies: Test; readonly opens: FrequencyFunction };
export type Wait = { readonly rule: Rule; readonly applies: Test; readonly word: string; readonly minutes: number; readonly refusesUnknown: boolean };

/** What is asked before one kind of act. */
export type ActPlan = {
  readonly refusals: readonly Refusal[];
  readonly hours: readonly HoursRule[];
  readonly frequencies: readonly FrequencyRule[];
  readonly waits: readonly Wait[];
  /** Whether the words of the timeline are needed at all. */
  readonly needsWords: boolean;
  readonly rulesAsked: readonly string[];
};

export type Plan = {
  readonly region: string;
  readonly zone: string;
  readonly rules: readonly LevelledRule[];
  readonly words: readonly WordClause[];
  readonly needsEvent: readonly { readonly rule: Rule; readonly applies: Test; readonly words: readonly string[]; readonly events: readonly string[] }[];
  /** Facts of policy and bill from which the words follow: the key of a class of bills with the same timeline. */
  readonly wordFields: readonly string[];
  readonly invalidConsentSources: (on: PlainDate | null) => readonly string[];
  readonly actPlanFor: (ask: GateAsk) => ActPlan;
};

/** Kinds of acts are few (actions × purposes × channels); the limit guards against garbage in an ask. */
const ACT_PLANS_MAX = 2_000;

export function compilePlan(rules: readonly LevelledRule[], place: { readonly region: string; readonly zone: string }): Plan {
  const words = compileWordClauses(rules);
  const acts = new Map<string, ActPlan>();
  const qualities = rules.flatMap(({ rule }) => rule.clauses.filter((clause) => clause.kind === 'consent_quality').map((clause) => ({ rule, sources: clause.invalid_sources })));
  const none: readonly string[] = [];
  return {
    ...place, rules, words,
    needsEvent: rules.flatMap(({ rule }) => rule.clauses.filter((clause) => clause.kind === 'needs_event').map((clause) => ({ rule, applies: scopeOf(clause), words: clause.words, events: clause.events }))),
    wordFields: [...new Set(words.flatMap(({ clause }) => [...referencesIn(clause, 'policy.'), ...referencesIn(clause, 'bill.')]))],
    invalidConsentSources: (on) => (qualities.length === 0 ? none : qualities.filter(({ rule }) => on === null || rule.effective_from === null || on >= rule.effective_from).flatMap(({ sources }) => sources)),
    actPlanFor: (ask) => {
      const key = `${ask.action}|${ask.purpose ?? ''}|${ask.channel ?? ''}`;
      const known = acts.get(key);
      if (known !== undefined) return known;
      const plan = compileAct(rules, ask);
      if (acts.size >= ACT_PLANS_MAX) acts.clear();
      acts.set(key, plan);
      return plan;
    },
  };
}

function compileAct(rules: readonly LevelledRule[], ask: GateAsk): ActPlan {
  const refusals: Refusal[] = [];
  const hours: HoursRule[] = [];
  const frequencies: FrequencyRule[] = [];
  const waits: Wait[] = [];
  const asked = new Set<string>();
  let needsWords = false;
  for (const { rule } of rules) {
    for (const clause of rule.clauses) {
      if (!speaksAbout(clause, ask)) continue;
      asked.add(rule.id);
      if (clause.kind === 'not_before' || clause.kind === 'not_after' || referencesIn(clause, '=').length > 0) needsWords = true;
      if (clause.kind === 'hours') hours.push({ rule, applies: scopeOf(clause), isDefault: clause.default === true, lifted: lifted(clause.lifted_by_consent), opens: compileHours(clause) });
      else if (clause.kind === 'frequency') frequencies.push({ rule, applies: scopeOf(clause), opens: compileFrequency(clause) });
      else if (clause.kind === 'not_before') waits.push({ rule, applies: scopeOf(clause), word: clause.word, minutes: clause.minutes_after_midnight ?? 0, refusesUnknown: clause.unknown === 'refuse' });
      else {
        const refuses = compileRefusal(clause);
        if (refuses !== null) refusals.push({ rule, refuses });
      }
    }
  }
  return { refusals, hours, frequencies, waits, needsWords, rulesAsked: [...asked] };
}

function speaksAbout(clause: Clause, { action, purpose, channel }: GateAsk): boolean {
  switch (clause.kind) {
    case 'hours': case 'content':
      return action === 'contact' && matches(clause.purposes, purpose) && matches(clause.channels, channel);
    case 'frequency':
      return action === 'contact' && matches(clause.purposes, purpose) && (purpose === undefined || clause.purposes_not?.includes(purpose) !== true) && matches(clause.channels, channel);
    case 'language': return action === 'contact';
    case 'forbid': case 'require': case 'not_before': case 'not_after': case 'cap':
      return matches(clause.actions, action) && (clause.purposes === undefined || action !== 'contact' || matches(clause.purposes, purpose)) && (clause.channels === undefined || action !== 'contact' || matches(clause.channels, channel));
    default: return false;
  }
}

const lifted = (consent: string | undefined): Test => (consent === undefined ? () => false : ({ holder }) => {
  const consents = holder['consents'];
  return Array.isArray(consents) && consents.includes(consent);
});

type Scoped = { readonly when?: ClauseOf<'flag'>['when']; readonly unless?: ClauseOf<'flag'>['unless'] };

function scopeOf(clause: Scoped): Test {
  if (clause.when === undefined && clause.unless === undefined) return () => true;
  const when = compileConditions(clause.when, 'all');
  if (clause.unless === undefined) return when;
  const unless = compileConditions(clause.unless, 'any');
  return (context) => when(context) && !unless(context);
}

function compileRefusal(clause: Clause): Test | null {
  switch (clause.kind) {
    case 'forbid': return scopeOf(clause);
    case 'require': {
      const [scope, needs] = [scopeOf(clause), compileConditions(clause.needs, 'all')];
      return (context) => scope(context) && !needs(context);
    }
    case 'content': {
      const scope = scopeOf(clause);
      return (context) => scope(context) && lacks(context, clause.elements);
    }
    case 'cap': {
      const [scope, amount, max] = [scopeOf(clause), getter(clause.amount), compileAmount(clause.max)];
      return (context) => {
        if (!scope(context)) return false;
        const [value, limit] = [minorOf(amount(context)), max(context)];
        return value !== null && limit !== null && value > limit;
      };
    }
    case 'not_after': {
      const scope = scopeOf(clause);
      return (context) => {
        const word = context.words.get(clause.word)?.value;
        return word?.kind === 'date' && context.on !== null && context.on > word.date && scope(context);
      };
    }
    case 'language': return ({ holder, ask }) => holder['language'] === clause.language && typeof ask['language'] === 'string' && ask['language'] !== clause.language;
    default: return null;
  }
}

/** An ask that does not say what its message contains is judged by the template's own check instead. */
function lacks({ ask }: Context, elements: readonly string[]): boolean {
  const contains = ask['contains'];
  if (!Array.isArray(contains)) return false;
  for (const element of elements) if (!contains.includes(element)) return true;
  return false;
}
