/** The law as it is in the house: each rule's words, article and source, whom it touches, and how often it has stopped something. */

import { z } from 'zod';
import { loadRulePacks, loadRuleTranslations, type Rule, type RulePack } from '../../compliance/index.ts';
import { inInsurer, type Scope } from '../../database/index.ts';
import { addDays, type Language } from '../../kernel/index.ts';
import { plainDate, policiesInForce, type PolicyClass, ruleUses, USE_DAYS } from '../../service/index.ts';
import { askerIn } from '../asker.ts';
import { languageOf } from '../problems.ts';
import { sendJsonText } from '../remembered-text.ts';
import { businessDateOf, type Api, type World } from '../world.ts';

export const rulesShape = z.object({
  version: z.string().describe('Kept beside each answer of the gate'),
  rules: z.array(
    z.object({
      id: z.string(),
      market: z.string(),
      markets: z.array(z.string()).describe('Where it applies: its own market and those that take its law over'),
      governs: z.string(),
      text: z.string().describe('In the language that is asked for'),
      original: z.string().nullable().describe('The English text, which decides, where `text` is its translation'),
      law: z.string(),
      article: z.string(),
      source: z.string(),
      effective_from: plainDate.nullable(),
      effective_to: plainDate.nullable(),
      verified: z.boolean(),
      verified_by: z.string(),
      lines: z.array(z.string()).describe('Lines of business; `*`: all'),
      subdivision: z.string().nullable(),
    }),
  ),
});

export const ruleUseShape = z.object({
  from: plainDate, to: plainDate, defer: z.int(), refuse: z.int(),
  rules: z.array(z.object({ rule: z.string(), defer: z.int(), refuse: z.int(), last_on: plainDate })).describe('Rules that stopped something in these days'),
  affected: z.array(z.object({ rule: z.string(), policies: z.int() })).describe('Policies in force to which a rule applies, by market, line and part of the country'),
  policies: z.int().describe('Policies in force'),
});

/** Counting reads every policy; how many a market has does not change while somebody reads its rules. */
const POLICIES_KNOWN_MS = 10 * 60_000;
const INSURERS_KNOWN_MAX = 10_000;
type Known = { readonly classes: Promise<readonly PolicyClass[]>; readonly until: number };

export function ruleRoutes(app: Api, world: World): void {
  const answers = new Map<Language, string>();
  app.get(
    '/api/rules',
    { schema: { summary: 'The rules of all markets in the asker’s language, with article and source', tags: ['compliance'], response: { 200: rulesShape } } },
    async (request, reply) => {
      const language = languageOf(request);
      const answer = answers.get(language) ?? JSON.stringify(readRules(language));
      answers.set(language, answer);
      return sendJsonText(reply, answer);
    },
  );

  const known = new Map<string, Known>();
  const classesOf = ({ insurerId, markets }: Scope): Promise<readonly PolicyClass[]> => {
    const now = performance.now();
    const whose = `${insurerId} ${markets?.join(' ') ?? '*'}`;
    const before = known.get(whose);
    if (before !== undefined && before.until > now) return before.classes;
    if (known.size >= INSURERS_KNOWN_MAX) known.clear();
    const classes = inInsurer(world.database.app, { insurerId, markets }, policiesInForce);
    known.set(whose, { classes, until: now + POLICIES_KNOWN_MS });
    classes.catch(() => known.delete(whose));
    return classes;
  };
  let packs: readonly RulePack[] | null = null;
  app.get(
    '/api/rules/use',
    {
      schema: {
        summary: `How often each rule deferred or refused in the last ${USE_DAYS} days, and how many policies it applies to`, tags: ['compliance'],
        response: { 200: ruleUseShape },
      },
    },
    async (request) => {
      const asker = askerIn(request);
      const to = businessDateOf(world, asker);
      const [rules, classes] = await Promise.all([
        inInsurer(world.database.app, asker, (tx) => ruleUses(tx, to)), classesOf(asker),
      ]);
      packs ??= [...loadRulePacks().packs.values()];
      const sum = (of: 'defer' | 'refuse'): number => rules.reduce((total, rule) => total + rule[of], 0);
      return {
        from: addDays(to, 1 - USE_DAYS), to, defer: sum('defer'), refuse: sum('refuse'), rules, affected: affectedBy(packs, classes), policies: policiesOf(classes),
      };
    },
  );
}

const policiesOf = (classes: readonly PolicyClass[]): number => classes.reduce((sum, one) => sum + one.policies, 0);

/** A pack's rules apply in its own market and in each that extends it. */
const marketsOf = ({ market }: RulePack, packs: readonly RulePack[]): string[] =>
  packs.filter((one) => one.market === market || one.extends.includes(market)).map((one) => one.market);

function affectedBy(packs: readonly RulePack[], classes: readonly PolicyClass[]): z.output<typeof ruleUseShape>['affected'] {
  return packs.flatMap((pack) => {
    const markets = new Set(marketsOf(pack, packs));
    const there = classes.filter(({ market }) => markets.has(market));
    return pack.rules.map((rule) => ({ rule: rule.id, policies: policiesOf(there.filter((one) => touches(rule, one))) }));
  });
}

const touches = ({ subdivision, lines }: Rule, of: PolicyClass): boolean =>
  (subdivision === null || subdivision === of.subdivision) && (lines.includes('*') || lines.includes(of.line));

function readRules(language: Language): z.output<typeof rulesShape> {
  const loaded = loadRulePacks();
  const translated = language === 'en' ? undefined : loadRuleTranslations(loaded)[language];
  const all = [...loaded.packs.values()];
  const rules = all.flatMap((pack) => {
    const markets = marketsOf(pack, all);
    return pack.rules.map((rule) => {
      const { id, governs, text, law, article, source, verified, verified_by, lines, subdivision } = rule;
      return {
        id,
        market: pack.market,
        markets,
        governs,
        text: translated?.get(id) ?? text,
        original: translated?.has(id) === true ? text : null,
        law,
        article,
        source,
        verified,
        verified_by,
        lines,
        subdivision,
        effective_from: plainDate.nullable().parse(rule.effective_from),
        effective_to: plainDate.nullable().parse(rule.effective_to),
      };
    });
  });
  return { version: loaded.version, rules };
}
