/** The words of the legal timeline (`grace_ends_on`, `suspended_from`, …) computed from the rules' periods, each with the rule it follows from. */

import { type PlainDate, momentOf } from '../kernel/index.ts';
import { compileConditions, nextDay, type Test } from './condition.ts';
import { type Context, type Word, type WordValue } from './facts.ts';
import { compileDateOf } from './period.ts';
import { type Clause, type Rule } from './rule.ts';

/** A rule as it stands in a market: nearer packs and subdivisions have the higher level and beat farther ones. */
export type LevelledRule = { readonly rule: Rule; readonly level: number };

type Give = (context: Context, region: string, words: WordTable) => void;
export type WordClause = {
  readonly source: LevelledRule;
  readonly clause: Clause;
  readonly gives: readonly string[];
  readonly needs: readonly string[];
  readonly applies: Test;
  readonly give: Give;
};

/** Words being computed, and the periods that apply but wait for a date (a notice that nobody sent yet). */
export type WordTable = { readonly words: Map<string, Word>; readonly waiting: WordClause[] };

export const isActive = (rule: Rule, on: PlainDate | null): boolean =>
  on === null || ((rule.effective_from === null || on >= rule.effective_from) && (rule.effective_to === null || on <= rule.effective_to));

/** The clauses of the rules that give words, ordered so that a word stands before what is counted from it. */
export function compileWordClauses(rules: readonly LevelledRule[]): readonly WordClause[] {
  const open = rules.flatMap((source) => source.rule.clauses.map((clause) => compileWordClause(source, clause)).filter((clause) => clause !== null));
  const ordered: WordClause[] = [];
  while (open.length > 0) {
    const ready = open.findIndex((clause) => open.every((other) => other === clause || !other.gives.some((word) => clause.needs.includes(word))));
    // A circle is a mistake of a rule file; the tests of the packs look for it.
    const [next] = open.splice(Math.max(ready, 0), 1);
    if (next === undefined) break;
    if (ready < 0) throw new Error(`rule ${next.source.rule.id}: its dates are counted in a circle`);
    ordered.push(next);
  }
  return ordered;
}

function compileWordClause(source: LevelledRule, clause: Clause): WordClause | null {
  switch (clause.kind) {
    case 'period': return compilePeriod(source, clause);
    case 'flag': return wordClause(source, clause, [clause.word], [], (_, __, table) => { put(table, clause.word, { kind: 'flag', flag: clause.value }, source); });
    case 'block': return wordClause(source, clause, [], clause.words.map((word) => word), (_, __, table) => { for (const word of clause.words) table.words.delete(word); });
    case 'hours_after': return wordClause(source, clause, [clause.gives], [], ({ events }, _, table) => {
      const moment = events.find((event) => event.what === clause.event)?.at;
      if (moment !== undefined) put(table, clause.gives, { kind: 'moment', moment: moment + clause.hours * 3_600_000 }, source);
    });
    default: return null;
  }
}

function compilePeriod(source: LevelledRule, clause: Extract<Clause, { readonly kind: 'period' }>): WordClause {
  const date = compileDateOf(clause.date);
  const { gives, gives_next: givesNext, gives_at: givesAt, floor_of: floorOf } = clause;
  const words = [gives, givesNext, givesAt?.word].filter((word) => word !== undefined);
  const compiled: WordClause = wordClause(source, clause, words, floorOf === undefined ? [] : [floorOf], (context, region, table) => {
    const day = date(context, region);
    if (day === null) {
      table.waiting.push(compiled);
      return;
    }
    if (gives !== undefined) put(table, gives, { kind: 'date', date: day }, source);
    if (givesNext !== undefined) put(table, givesNext, { kind: 'date', date: nextDay(day) }, source);
    if (givesAt !== undefined) put(table, givesAt.word, { kind: 'moment', moment: momentOf(day, givesAt.minutes_after_midnight, context.zone) }, source);
    if (floorOf !== undefined) raise(table, floorOf, day, source);
  });
  return compiled;
}

function wordClause(source: LevelledRule, clause: Clause, gives: readonly string[], extraNeeds: readonly string[], give: Give): WordClause {
  const scope = clause as { readonly when?: Extract<Clause, { kind: 'flag' }>['when']; readonly unless?: Extract<Clause, { kind: 'flag' }>['unless'] };
  const [when, unless] = [compileConditions(scope.when, 'all'), scope.unless === undefined ? null : compileConditions(scope.unless, 'any')];
  const needs = [...new Set([...extraNeeds, ...referencesIn(clause, '=')])];
  return { source, clause, gives, needs, applies: (context) => when(context) && (unless === null || !unless(context)), give };
}

/** Every `=word`, `policy.x` or `bill.x` that a clause mentions, without the prefix `=`. */
export function referencesIn(value: unknown, prefix: string): readonly string[] {
  if (typeof value === 'string') return value.startsWith(prefix) ? [prefix === '=' ? value.slice(1) : value] : [];
  if (Array.isArray(value)) return value.flatMap((item) => referencesIn(item, prefix));
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap((item) => referencesIn(item, prefix)) : [];
}

/** Two rules of one level that give the same word both bind: the later start, the earlier last day to act. */
function put({ words }: WordTable, name: string, value: WordValue, { rule, level }: LevelledRule): void {
  const known = words.get(name);
  if (known !== undefined) {
    if (known.level > level) return;
    if (known.level === level && known.value.kind === 'date' && value.kind === 'date') {
      const first = known.value.date <= value.date;
      if (name.endsWith('_until') ? first : !first) return;
    }
  }
  words.set(name, { value, rule: rule.id, article: rule.article, level });
}

function raise({ words }: WordTable, name: string, floor: PlainDate, { rule, level }: LevelledRule): void {
  const known = words.get(name);
  if (known?.value.kind === 'date' && known.value.date < floor) words.set(name, { value: { kind: 'date', date: floor }, rule: rule.id, article: rule.article, level });
}

/** Computes all words that the clauses give under the facts. `on` decides which rules are in force. */
export function wordsOf(clauses: readonly WordClause[], facts: Context, region: string, on: PlainDate | null): WordTable {
  const table: WordTable = { words: new Map(), waiting: [] };
  const context: Context = { ...facts, words: table.words };
  for (const clause of clauses) {
    if (isActive(clause.source.rule, on) && clause.applies(context)) clause.give(context, region, table);
  }
  return table;
}
