/** The law as it is in the house: each rule's words, article and source, for whoever asks why something was stopped. */

import { z } from 'zod';
import { loadRulePacks } from '../../compliance/index.ts';
import { plainDate } from '../../service/index.ts';
import { type Api } from '../world.ts';

export const rulesShape = z.object({
  version: z.string().describe('Kept beside each answer of the gate'),
  rules: z.array(
    z.object({
      id: z.string(),
      market: z.string(),
      governs: z.string(),
      text: z.string(),
      law: z.string(),
      article: z.string(),
      source: z.string(),
      effective_from: plainDate.nullable(),
      effective_to: plainDate.nullable(),
      verified: z.boolean(),
    }),
  ),
});

export function ruleRoutes(app: Api): void {
  let answer: z.output<typeof rulesShape> | null = null;
  app.get(
    '/api/rules',
    { schema: { summary: 'The rules of all markets, with article and source', tags: ['compliance'], response: { 200: rulesShape } } },
    async () => {
      answer ??= readRules();
      return answer;
    },
  );
}

function readRules(): z.output<typeof rulesShape> {
  const { version, packs } = loadRulePacks();
  const rules = [...packs.values()].flatMap((pack) =>
    pack.rules.map((rule) => {
      const { id, governs, text, law, article, source, verified } = rule;
      return {
        id,
        market: pack.market,
        governs,
        text,
        law,
        article,
        source,
        verified,
        effective_from: plainDate.nullable().parse(rule.effective_from),
        effective_to: plainDate.nullable().parse(rule.effective_to),
      };
    }),
  );
  return { version, rules };
}
