/** The linter of messages: elements that the law asks for, and wording that it forbids, before a text is published. */

import { daysBetween, type PlainDate } from '../kernel/index.ts';
import { compileConditions } from './condition.ts';
import { contextOf, type Context, type FactValue, type Facts } from './facts.ts';
import { matches } from './frequency.ts';
import { type RulePacks } from './pack.ts';
import { type Plan } from './plan.ts';
import { type Rule } from './rule.ts';
import { isActive } from './words.ts';
import { DEBT, ELEMENTS, FORBIDDEN, OPEN_SURFACE } from './wording.ts';

export type ContentInput = Facts & {
  readonly market: string;
  readonly purpose: string;
  readonly channel: string;
  readonly text: string;
  readonly subdivision?: string;
  readonly line?: string;
  /** To whom the text is sent; the holder where absent. */
  readonly recipient?: string;
  /** `envelope`, `postcard`, `email_subject`, `push_lock_screen`: what others can see. */
  readonly surface?: string;
  /** `default_notice`, `formal_notice`. */
  readonly kind?: string;
  /** Known to whoever writes the template; without it a name is looked for by its form. */
  readonly insurerName?: string;
};
/** `findings` are `missing:…`, `threat`, `shame`, `false_urgency`, `third_party_disclosure`, `debt_visible_outside`, `language`. */
export type ContentAnswer = { readonly answer: 'allow' | 'refuse'; readonly findings: readonly string[]; readonly rules: readonly string[] };

/** Every line: a text that is not for one line must satisfy the rules of all. */
const ANY_LINE = '*';

/** May this text be published? A market without a rule pack gets a refusal with the finding `no_rule_pack`. */
export function lintContent(packs: RulePacks, input: ContentInput): ContentAnswer {
  const plan = packs.planFor(input.market, input.subdivision, input.line ?? ANY_LINE, undefined);
  if (plan === null) return { answer: 'refuse', findings: ['no_rule_pack'], rules: ['no_rule_pack'] };
  const on = dateOf(input['sentOn']);
  const context = contextOf({
    policy: { market: input.market, subdivision: input.subdivision, line: input.line }, holder: recordOf(input['holder']), on, zone: plan.zone,
    ask: { ...input, action: 'contact', recipient: input.recipient ?? 'holder' },
  });
  const findings = new Map<string, string>();
  for (const { rule } of plan.rules) {
    if (!isActive(rule, on)) continue;
    for (const [finding, by] of findingsOf(rule, plan, input, context)) if (!findings.has(finding)) findings.set(finding, by);
  }
  return { answer: findings.size === 0 ? 'allow' : 'refuse', findings: [...findings.keys()], rules: [...new Set(findings.values())] };
}

function findingsOf(rule: Rule, plan: Plan, input: ContentInput, context: Context): readonly (readonly [string, string])[] {
  return rule.clauses.flatMap((clause): (readonly [string, string])[] => {
    switch (clause.kind) {
      case 'content':
        // What stands on an envelope is not the message.
        if (input.surface !== undefined || !matches(clause.purposes, input.purpose) || !matches(clause.channels, input.channel)) return [];
        if (!compileConditions(clause.when, 'all')(context)) return [];
        return clause.elements.filter((element) => !contains(input, element)).map((element) => [`missing:${element}`, rule.id]);
      case 'wording': return clause.findings.filter((finding) => forbids(finding, plan, input, context)).map((finding) => [finding, rule.id]);
      case 'language': return context.holder['language'] === clause.language && typeof input['language'] === 'string' && input['language'] !== clause.language ? [['language', rule.id]] : [];
      default: return [];
    }
  });
}

function contains(input: ContentInput, element: string): boolean {
  if (element === 'insurer_name' && input.insurerName !== undefined) return input.text.includes(input.insurerName);
  // An element without a pattern (a collector's basis of claim) is for a person to judge.
  return ELEMENTS[element]?.(input.text) ?? true;
}

function forbids(finding: string, plan: Plan, input: ContentInput, context: Context): boolean {
  const { text, surface } = input;
  if (finding === 'debt_visible_outside') return (surface !== undefined && surface !== 'body' && DEBT.test(text)) || (OPEN_SURFACE.test(text) && DEBT.test(text));
  if (finding === 'third_party_disclosure' && toThirdPerson(plan, context)) return true;
  if (finding === 'false_urgency' && endsWithinADay(input)) return false;
  return FORBIDDEN[finding]?.test(text) === true;
}

/** The market's own rules on disclosure say who may be told. */
function toThirdPerson(plan: Plan, context: Context): boolean {
  if (context.ask['recipient'] === 'holder') return false;
  const disclosure = { ...context, ask: { ...context.ask, action: 'disclose' } };
  return plan.actPlanFor({ action: 'disclose', at: 0 }).refusals.some(({ rule, refuses }) => rule.governs === 'third_party_disclosure' && refuses(disclosure));
}

/** On the last day of grace urgency is true. */
function endsWithinADay(input: ContentInput): boolean {
  const facts = recordOf(input['facts']);
  const [sent, ends] = [dateOf(input['sentOn'] ?? facts['sentOn']), dateOf(input['graceEndsOn'] ?? facts['graceEndsOn'])];
  return sent !== null && ends !== null && daysBetween(sent, ends) <= 1;
}

const dateOf = (value: FactValue): PlainDate | null => (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) ? (value as PlainDate) : null);
const isFacts = (value: FactValue): value is Facts => typeof value === 'object' && value !== null && !Array.isArray(value);
const recordOf = (value: FactValue): Facts => (isFacts(value) ? value : {});
