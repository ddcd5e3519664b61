/** Conditions of rules as functions of the facts, compiled once when the packs are loaded. */

import { type PlainDate, addDays, daysBetween, parsePlainDate } from '../kernel/index.ts';
import { type Context, type FactValue, camel } from './facts.ts';
import { type Condition, type Scalar } from './rule.ts';

export type Test = (context: Context) => boolean;
export type Getter = (context: Context) => FactValue;

const isRecord = (value: FactValue): value is { readonly [key: string]: FactValue } => typeof value === 'object' && value !== null && !Array.isArray(value);
const isList = (value: FactValue): value is readonly FactValue[] => Array.isArray(value);

/** Reads `ask.agreement.amount_minor`; `{channel}` in a path is the ask's channel. */
export function getter(path: string): Getter {
  const [root, ...keys] = path.split('.');
  const rest = keys.map((key) => (key.startsWith('{') ? key : camel(key)));
  const [first = '', ...deeper] = rest;
  const top = topOf(root);
  if (deeper.length === 0) return (context) => top(context)[first];
  return (context) => deeper.reduce<FactValue>((value, key) => (isRecord(value) ? value[key === '{channel}' ? channelOf(context) : key] : undefined), top(context)[first]);
}

function channelOf({ ask }: Context): string {
  const channel = ask['channel'];
  return typeof channel === 'string' ? channel : '';
}

function topOf(root: string | undefined): (context: Context) => Context['policy'] {
  switch (root) {
    case 'policy': return (context) => context.policy;
    case 'holder': return (context) => context.holder;
    case 'bill': return (context) => context.bill;
    default: return (context) => context.ask;
  }
}

/** A date, a month (its first day) or a list of dates. */
function datesIn(value: FactValue): readonly PlainDate[] {
  if (typeof value === 'string') {
    const date = parsePlainDate(/^\d{4}-\d{2}$/.test(value) ? `${value}-01` : value.slice(0, 10));
    return date === null ? [] : [date];
  }
  return isList(value) ? value.flatMap(datesIn) : [];
}

/** Dates of a source: a fact, an event (optionally only by some forms) or a word computed before. */
export function dateSource(source: string, by?: readonly string[]): (context: Context) => readonly PlainDate[] {
  if (source.startsWith('=')) {
    const word = source.slice(1);
    return ({ words }) => {
      const value = words.get(word)?.value;
      return value?.kind === 'date' ? [value.date] : [];
    };
  }
  if (source.startsWith('event:')) {
    const what = source.slice(6);
    return ({ events }) => (events.length === 0 ? [] : events.filter((event) => event.what === what && (by === undefined || event.by === undefined || by.includes(event.by))).map((event) => event.on));
  }
  const read = getter(source);
  return (context) => datesIn(read(context));
}

export const earliest = (dates: readonly PlainDate[]): PlainDate | null => dates.reduce<PlainDate | null>((best, date) => (best === null || date < best ? date : best), null);
export const latest = (dates: readonly PlainDate[]): PlainDate | null => dates.reduce<PlainDate | null>((best, date) => (best === null || date > best ? date : best), null);

/** The earliest known date among sources. */
export function firstDate(sources: readonly string[], by?: readonly string[]): (context: Context) => PlainDate | null {
  const reads = sources.map((source) => dateSource(source, by));
  return (context) => {
    for (const read of reads) {
      const date = earliest(read(context));
      if (date !== null) return date;
    }
    return null;
  };
}

const same = (value: FactValue, wanted: Scalar): boolean => value === wanted || (typeof value === 'bigint' && Number(value) === wanted);

/** A registered letter is a letter: who refused or allowed letters did so for both. */
const holdsText = (list: FactValue, wanted: string): boolean => isList(list) && list.includes(wanted);
const channelHeld = (list: FactValue, channel: FactValue): boolean =>
  typeof channel === 'string' && (holdsText(list, channel) || (channel === 'registered_letter' && holdsText(list, 'letter')));
const held = (list: FactValue, wanted: string, context: Context): boolean =>
  wanted === '{channel}' ? channelHeld(list, context.ask['channel']) : holdsText(list, wanted);

export function compileConditions(conditions: readonly Condition[] | undefined, mode: 'all' | 'any'): Test {
  const tests = (conditions ?? []).map(compileCondition);
  const [only] = tests;
  if (only === undefined) return () => mode === 'all';
  if (tests.length === 1) return only;
  return mode === 'all' ? (context) => tests.every((test) => test(context)) : (context) => tests.some((test) => test(context));
}

function compileCondition(condition: Condition): Test {
  if ('any' in condition) return compileConditions(condition.any, 'any');
  if ('all' in condition) return compileConditions(condition.all, 'all');
  if ('not' in condition) {
    const test = compileCondition(condition.not);
    return (context) => !test(context);
  }
  if ('consent' in condition) return compileConsent(condition.consent);
  if ('date' in condition) return compileDate(condition);
  return compileField(condition);
}

function compileConsent(wanted: string): Test {
  return (context) => {
    if (!held(context.holder['consents'], wanted, context)) return false;
    if (context.invalidConsentSources.length === 0) return true;
    const ways = context.holder['consentSource'];
    if (!isRecord(ways)) return true;
    const way = ways[wanted === '{channel}' ? channelOf(context) : wanted];
    return typeof way !== 'string' || !context.invalidConsentSources.includes(way);
  };
}

function compileDate(condition: Extract<Condition, { readonly date: readonly string[] }>): Test {
  const date = firstDate(condition.date, condition.by);
  const limit = (sources: readonly string[] | undefined, holds: (a: PlainDate, b: PlainDate) => boolean): ((context: Context, at: PlainDate) => boolean) => {
    if (sources === undefined) return () => true;
    const other = firstDate(sources);
    return (context, at) => {
      const bound = other(context);
      return bound !== null && holds(at, bound);
    };
  };
  const limits = [
    limit(condition.on_or_before, (a, b) => a <= b), limit(condition.on_or_after, (a, b) => a >= b),
    limit(condition.before, (a, b) => a < b), limit(condition.after, (a, b) => a > b),
  ];
  const since = condition.days_since_at_least;
  return (context) => {
    const at = date(context);
    if (condition.known !== undefined) return (at !== null) === condition.known;
    if (at === null) return false;
    if (since !== undefined && (context.on === null || daysBetween(at, context.on) < since)) return false;
    return limits.every((test) => test(context, at));
  };
}

function compileField(c: Extract<Condition, { readonly field: string }>): Test {
  const read = getter(c.field);
  const other = c.differs_from === undefined ? null : getter(c.differs_from);
  const missing = c.missing === true;
  return (context) => {
    const value = read(context);
    const unknown = value === undefined || value === null;
    if (c.known !== undefined) return unknown !== c.known;
    if (unknown) return missing;
    if (c.is !== undefined && !same(value, c.is)) return false;
    if (c.in !== undefined && !c.in.some((wanted) => same(value, wanted))) return false;
    if (c.not_in !== undefined && c.not_in.some((wanted) => same(value, wanted))) return false;
    if (c.has !== undefined && !c.has.every((wanted) => held(value, wanted, context))) return false;
    if (c.has_any !== undefined && !c.has_any.some((wanted) => held(value, wanted, context))) return false;
    if (c.lacks !== undefined && c.lacks.some((wanted) => held(value, wanted, context))) return false;
    if (c.at_least !== undefined && !(Number(value) >= c.at_least)) return false;
    if (c.below !== undefined && !(Number(value) < c.below)) return false;
    if (other !== null) {
      const second = other(context);
      if (second === undefined || second === null || second === value) return false;
    }
    return true;
  };
}

/** The next day: the first day of the new state after the last day of a period. */
export const nextDay = (date: PlainDate): PlainDate => addDays(date, 1);
