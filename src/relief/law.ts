/** What the law of a market says to terms before anybody is asked to keep them, for a holder without particulars; each charge is asked for again with the facts of its own day. */

import { askGate, type GateAnswer, type GateFacts, type RulePacks } from '../compliance/index.ts';
import { addDays, fail, momentOf, ok, type PlainDate, type Result } from '../kernel/index.ts';
import { wholeFee } from './announced.ts';
import { type DiscountTier, type LateFeeScale, type Terms, type TermsKind } from './terms.ts';

/** A premium of 1,000.00, by which caps that are shares of the bill are judged. */
const SAMPLE_PREMIUM_MINOR = 100_000n;
const ASKED_MINUTES = 10 * 60;
const ZONE = 'UTC';

type Where = Pick<LateFeeScale, 'market' | 'subdivision'>;

const sampleFacts = ({ market, subdivision }: Where, line: string, dueOn: PlainDate): GateFacts => ({
  policy: { market, subdivision, line, participants: 'individual', state: 'in_force', mode: 'monthly', coverFrom: addDays(dueOn, -365) },
  holder: { timeZone: ZONE, consents: [], optedOut: [], flags: [] }, bill: { dueOn, outstandingMinor: SAMPLE_PREMIUM_MINOR, disputed: false, paymentInFlight: false }, history: [],
});

export function mayOfferDiscount(packs: RulePacks, tier: DiscountTier, line: string, on: PlainDate): GateAnswer {
  return askGate(packs, sampleFacts(tier, line, on), { action: 'offer_discount', at: momentOf(on, ASKED_MINUTES, ZONE), inContract: tier.in_contract, kind: 'early_payment_discount' });
}

export const feeAsk = (fees: { readonly basis: string; readonly in_contract: boolean }, amountMinor: bigint) => ({ action: 'charge_late_fee', amountMinor, basis: fees.basis, contractTerm: fees.in_contract });

/** Problems: `terms_against_law` with the rule, and which row it is about. */
export function checkTerms<K extends TermsKind>(packs: RulePacks, kind: K, terms: Terms<K>, on: PlainDate): Result<null> {
  const refused = (answer: GateAnswer, where: Where & { readonly lines: readonly string[] }): Result<null> => (answer.answer === 'refuse'
    ? fail('terms_against_law', { rule: answer.rule, article: answer.article, law: answer.law, market: where.market, lines: where.lines.join(', ') }) : ok(null));
  if (kind === 'early_discount') {
    for (const tier of (terms as Terms<'early_discount'>).tiers) for (const line of tier.lines) {
      const answer = refused(mayOfferDiscount(packs, tier, line, on), tier);
      if (!answer.ok) return answer;
    }
  }
  if (kind === 'late_fees') {
    for (const scale of (terms as Terms<'late_fees'>).scales) for (const line of scale.lines) for (const step of scale.steps) {
      const dueOn = addDays(on, -step.days);
      for (const currency of step.amounts === undefined ? [''] : Object.keys(step.amounts)) {
        const amount = wholeFee(scale, step, { currency, premiumMinor: SAMPLE_PREMIUM_MINOR });
        const answer = refused(askGate(packs, sampleFacts(scale, line, dueOn), { ...feeAsk(scale, amount), at: momentOf(on, ASKED_MINUTES, ZONE) }), scale);
        if (!answer.ok) return answer;
      }
    }
  }
  return ok(null);
}
