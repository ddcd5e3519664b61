/** What is asked in advance of a new policy, as data. */

import file from './quote-rules.json' with { type: 'json' };
import { type DecisionInput } from './decision.ts';

type Tier = DecisionInput['tier'];
export type QuoteRule = { readonly tier: Tier; readonly instalments: number; readonly autopay: boolean; readonly origin: string; readonly verified: boolean };
const RULES = file.rules as readonly QuoteRule[];

/** A policy paid by the year has one instalment a year: nothing beyond it is asked in advance. */
export function quoteRuleOf(tier: Tier, instalmentsAYear: number): QuoteRule {
  const rule = RULES.find((one) => one.tier === tier);
  if (rule === undefined) throw new Error(`no rule of quotes for the tier ${tier}`);
  return { ...rule, instalments: Math.min(rule.instalments, instalmentsAYear) };
}
