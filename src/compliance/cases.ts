/** Worked cases of the law as data files (`cases/MARKET.json`): read, run against the packs, compared. */

import { formatMoment, type Moment, type PlainDate } from '../kernel/index.ts';
import { z } from 'zod';
import { lintContent } from './content.ts';
import { camel, type FactValue, type GateAsk, type GateFacts, type LegalBill, type LegalEvent, type LegalPolicy } from './facts.ts';
import { askGate, type GateAnswer } from './gate.ts';
import { type RulePacks } from './pack.ts';
import { timelineOf } from './timeline.ts';

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
const json: z.ZodType<Json> = z.lazy(() => z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(json), z.record(z.string(), json)]));
const record = z.record(z.string(), json);
const workedCase = z.object({
  id: z.string(), kind: z.enum(['gate', 'timeline', 'content']), title: z.string().default(''), given: record, ask: record.optional(),
  expect: record, rules: z.array(z.string()).default([]),
});
export type WorkedCase = z.infer<typeof workedCase>;
export const parseCases = (value: unknown): readonly WorkedCase[] => z.array(workedCase).parse(value);
export const parseCase = (value: unknown): WorkedCase => workedCase.partial({ id: true, expect: true }).extend({ id: z.string().default('case'), expect: record.default({}) }).parse(value);

export type CaseOutcome = { readonly id: string; readonly kind: WorkedCase['kind']; readonly market: string; readonly title: string; readonly passed: boolean; readonly expected: Json; readonly got: Json };

/** camelCase keys; `at` as epoch milliseconds. Nested keys that are names of channels stay as they are. */
function factOf(value: Json, key: string): FactValue {
  if (key === 'at' && typeof value === 'string') return Date.parse(value);
  if (Array.isArray(value)) return value.map((item: Json) => factOf(item, ''));
  return typeof value === 'object' && value !== null ? factsOf(value as { readonly [key: string]: Json }) : (value as FactValue);
}
const factsOf = (value: { readonly [key: string]: Json }): { readonly [key: string]: FactValue } =>
  Object.fromEntries(Object.entries(value).map(([key, item]) => [camel(key), factOf(item, key)]));

const objectAt = (value: { readonly [key: string]: Json }, key: string): { readonly [key: string]: Json } => {
  const inner = value[key];
  return typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? (inner as { readonly [key: string]: Json }) : {};
};
const listAt = (value: { readonly [key: string]: Json }, key: string): readonly Json[] => {
  const inner = value[key];
  return Array.isArray(inner) ? (inner as readonly Json[]) : [];
};
const textsAt = (value: { readonly [key: string]: FactValue }, key: string): readonly string[] => {
  const list = value[key];
  return Array.isArray(list) ? list.filter((item): item is string => typeof item === 'string') : [];
};
const textAt = (value: { readonly [key: string]: FactValue }, key: string, otherwise = ''): string => {
  const text = value[key];
  return typeof text === 'string' ? text : otherwise;
};

function policyOf(value: { readonly [key: string]: Json }): LegalPolicy {
  const facts = factsOf(value);
  return { ...facts, market: textAt(facts, 'market'), line: textAt(facts, 'line') } as LegalPolicy;
}

function eventsOf(values: readonly Json[]): readonly LegalEvent[] {
  return values.filter((value) => typeof value === 'object' && value !== null && !Array.isArray(value)).map((value): LegalEvent => {
    const facts = factsOf(value as { readonly [key: string]: Json });
    const at = facts['at'];
    const on = textAt(facts, 'on', typeof at === 'number' ? new Date(at).toISOString().slice(0, 10) : '') as PlainDate;
    return { ...facts, on, what: textAt(facts, 'what'), ...(typeof facts['by'] === 'string' ? { by: facts['by'] } : {}), ...(typeof at === 'number' ? { at } : {}) };
  });
}

/** The facts and the ask of a gate case in the shape that the gate takes. */
export function gateInputOf(given: WorkedCase['given'], ask: { readonly [key: string]: Json }): { readonly facts: GateFacts; readonly ask: GateAsk } {
  const holder = factsOf(objectAt(given, 'holder'));
  const asked = factsOf(ask);
  const at = asked['at'];
  return {
    facts: {
      policy: policyOf(objectAt(given, 'policy')),
      holder: { ...holder, timeZone: textAt(holder, 'timeZone', 'UTC'), consents: textsAt(holder, 'consents'), optedOut: textsAt(holder, 'optedOut'), flags: textsAt(holder, 'flags') },
      bill: factsOf(objectAt(given, 'bill')) as LegalBill,
      history: listAt(given, 'history').map((entry) => {
        const facts = factsOf(entry as { readonly [key: string]: Json });
        const moment = facts['at'];
        return {
          at: typeof moment === 'number' ? moment : 0, channel: textAt(facts, 'channel'),
          ...(typeof facts['outcome'] === 'string' ? { outcome: facts['outcome'] } : {}), ...(typeof facts['purpose'] === 'string' ? { purpose: facts['purpose'] } : {}),
        };
      }),
      events: eventsOf(listAt(given, 'events')),
    },
    ask: { ...asked, action: textAt(asked, 'action'), at: typeof at === 'number' ? at : 0 },
  };
}

/** Runs one case. A refusal counts as right when one of the refusing rules is among those that the case names. */
export function runCase(packs: RulePacks, worked: WorkedCase): CaseOutcome {
  const policy = objectAt(worked.given, 'policy');
  const market = textAt(policy, 'market', textAt(worked.given, 'market', '?'));
  const outcome = (passed: boolean, got: Json): CaseOutcome => ({ id: worked.id, kind: worked.kind, market, title: worked.title, passed, expected: { ...worked.expect, rules: worked.rules }, got });
  if (worked.kind === 'gate') {
    const { facts, ask } = gateInputOf(worked.given, worked.ask ?? {});
    const answer = askGate(packs, facts, ask);
    return outcome(gateAgrees(answer, worked), gateJson(answer, facts.holder.timeZone));
  }
  if (worked.kind === 'timeline') {
    const got = timelineJson(packs, worked);
    return outcome(Object.entries(worked.expect).every(([word, value]) => agrees(value, got[word])), got);
  }
  const result = lintContent(packs, contentInputOf(worked.given));
  const findings = [...result.findings].sort();
  const expected = listAt(worked.expect, 'findings').map(String).sort();
  return outcome(result.answer === worked.expect['answer'] && JSON.stringify(findings) === JSON.stringify(expected), { answer: result.answer, findings });
}

export const contentInputOf = (given: WorkedCase['given']): Parameters<typeof lintContent>[1] => {
  const facts = factsOf(given);
  return { ...facts, market: textAt(facts, 'market'), purpose: textAt(facts, 'purpose'), channel: textAt(facts, 'channel'), text: textAt(facts, 'text') };
};

function gateAgrees(answer: GateAnswer, { expect, rules }: WorkedCase): boolean {
  if (answer.answer !== expect['answer']) return false;
  if (answer.answer === 'defer') return answer.until === Date.parse(textAt(expect, 'until'));
  return answer.answer === 'allow' || answer.rules.some((rule) => rules.includes(rule));
}

export const gateJson = (answer: GateAnswer, zone: string): { readonly [key: string]: Json } =>
  answer.answer === 'allow' ? { answer: 'allow', rules_asked: answer.rulesAsked }
    : { answer: answer.answer, ...(answer.answer === 'defer' ? { until: formatMoment(answer.until, zone) } : {}), rule: answer.rule, article: answer.article, law: answer.law, rules: answer.rules };

export function timelineJson(packs: RulePacks, worked: Pick<WorkedCase, 'given'>): { readonly [key: string]: Json } {
  const bill = factsOf(objectAt(worked.given, 'bill')) as LegalBill;
  const { entries } = timelineOf(packs, policyOf(objectAt(worked.given, 'policy')), bill, eventsOf(listAt(worked.given, 'events')));
  return Object.fromEntries(entries.map(({ word, value }) => [word, value.kind === 'date' ? value.date : value.kind === 'flag' ? value.flag : new Date(value.moment).toISOString()]));
}

/** Dates as they are; moments by the moment they mean, however they are written. */
function agrees(expected: Json, got: Json | undefined): boolean {
  if (got === undefined) return expected === null;
  const moment = (value: Json): Moment | null => (typeof value === 'string' && value.includes('T') ? Date.parse(value) : null);
  const wanted = moment(expected);
  return wanted === null ? expected === got : wanted === moment(got);
}
