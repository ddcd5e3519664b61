/** The rule packs as the program holds them: read once, checked, frozen, and compiled for each market, subdivision, line and kind of participant. */

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { type Plan, compilePlan } from './plan.ts';
import { parseRulePack, type Rule, type RulePack } from './rule.ts';
import { type LevelledRule } from './words.ts';

export type RulePacks = {
  /** SHA-256 of the content of all packs: the version that is kept beside each answer. */
  readonly version: string;
  readonly packs: ReadonlyMap<string, RulePack>;
  /** The rules of a market's policies of one class, compiled; null for a market without a pack. Memoised. */
  readonly planFor: (market: string, subdivision: string | null | undefined, line: string, participants: string | undefined) => Plan | null;
};

const RULES = new URL('rules/', import.meta.url);

/** Reads `rules/*.json`. Throws, naming file, place and reason, where a pack does not fit the form. */
export function loadRulePacks(directory: URL = RULES): RulePacks {
  const files = readdirSync(directory).filter((name) => name.endsWith('.json')).sort();
  const texts = files.map((name) => ({ name, text: readFileSync(new URL(name, directory), 'utf8') }));
  return rulePacksOf(texts.map(({ name, text }) => ({ name, value: parseJson(name, text) })), createHash('sha256').update(texts.map(({ text }) => text).join('\n')).digest('hex'));
}

export function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`rules, ${name}: not JSON`, { cause: error });
  }
}

/** Builds packs from parsed files; for tests and for previews of future rules. */
export function rulePacksOf(files: readonly { readonly name: string; readonly value: unknown }[], version: string): RulePacks {
  const packs = new Map<string, RulePack>();
  for (const { name, value } of files) {
    const pack = deepFreeze(parseRulePack(name, value));
    packs.set(pack.market, pack);
  }
  for (const pack of packs.values()) {
    for (const other of pack.extends) if (!packs.has(other)) throw new Error(`rule pack ${pack.market}: extends ${other}, which is not there`);
  }
  const plans = new Map<string, Plan | null>();
  return {
    version, packs,
    planFor: (market, subdivision, line, participants) => {
      const key = `${market}|${subdivision ?? ''}|${line}|${participants ?? ''}`;
      const known = plans.get(key);
      if (known !== undefined) return known;
      const plan = buildPlan(packs, market, subdivision ?? null, line, participants ?? 'individual');
      if (plans.size >= PLANS_MAX) plans.clear();
      plans.set(key, plan);
      return plan;
    },
  };
}

/** Markets × subdivisions × lines × participants stay far below; the limit guards against garbage in the facts. */
const PLANS_MAX = 5_000;

function buildPlan(packs: ReadonlyMap<string, RulePack>, market: string, subdivision: string | null, line: string, participants: string): Plan | null {
  const own = packs.get(market);
  if (own === undefined) return null;
  const rules: LevelledRule[] = [];
  const chain = [own, ...own.extends.map((name) => packs.get(name)).filter((pack) => pack !== undefined)];
  chain.forEach((pack, distance) => {
    for (const rule of pack.rules) {
      if (!fits(rule, subdivision, line, participants)) continue;
      rules.push({ rule, level: (chain.length - distance) * 2 + (rule.subdivision === null ? 0 : 1) });
    }
  });
  return compilePlan(rules, { region: subdivision === null ? market : `${market}-${subdivision}`, zone: own.time_zone });
}

const fits = (rule: Rule, subdivision: string | null, line: string, participants: string): boolean =>
  (rule.subdivision === null || rule.subdivision === subdivision)
  && (line === '*' || rule.lines.includes('*') || rule.lines.includes(line))
  && (rule.participants === null || rule.participants.includes(participants));

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
