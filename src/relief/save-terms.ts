/** New terms are kept where the law allows them; a point keeps the worth at which it was earned. */

import { type RulePacks } from '../compliance/index.ts';
import { type Tx } from '../database/index.ts';
import { fail, type PlainDate, type Result } from '../kernel/index.ts';
import { checkTerms } from './law.ts';
import { readTerms, type Terms, type TermsChange, writeTerms } from './terms.ts';

/** Problems: `terms_against_law`, `point_worth_is_kept`, `changed_meanwhile`. */
export async function saveTerms(tx: Tx, packs: RulePacks, change: TermsChange, on: PlainDate): Promise<Result<{ readonly version: number }>> {
  const lawful = checkTerms(packs, change.kind, change.terms, on);
  if (!lawful.ok) return lawful;
  if (change.kind === 'points') {
    const now = await readTerms(tx, change.insurerId);
    const [given] = await tx`select from point_entries limit 1`;
    if (given !== undefined && now.points.terms.value_minor !== (change.terms as Terms<'points'>).value_minor) return fail('point_worth_is_kept', { value: now.points.terms.value_minor });
  }
  return writeTerms(tx, change);
}
