/**
 * Search of the console: part of a name, a phone, an e-mail or a reference; the beginning of a short or Chinese name; the beginning of a policy's number, or of
 * the reference of a holder who has neither name nor phone; the initials of a Chinese name; a bill's number; a payment's reference.
 */

import { readTogether, type Scope, type Sql } from '../database/index.ts';
import { type InsurerId } from '../kernel/index.ts';
import { billReference, parseBillReference } from './masking.ts';

export const SEARCH_RESULTS_MAX = 20;
const QUERY_LENGTH_MAX = 80;
/** Less than this the index of parts has nothing to look for: a name is then found by its beginning (0010-search-of-short-names.sql). */
const HAS_TRIGRAM = /[a-z0-9]{3}/i;

const INITIALS = /^[a-z]{2,10}$/i;
/** A payment's reference is long; two letters would find thousands. */
const REFERENCE_LENGTH_MIN = 4;

export type SearchHit = {
  readonly kind: 'holder' | 'policy' | 'bill' | 'payment';
  readonly holder_id: number;
  readonly holder_name: string;
  readonly market: string;
  /** What matched, as people write it: a reference, a policy's number, a bill's number, a payment's reference. */
  readonly label: string;
  readonly bill_id: number | null;
};

type HolderRow = { holder_id: number; holder_name: string; market: string; external_ref: string };
type PolicyRow = { holder_id: number; holder_name: string; market: string; policy_number: string };
type PaymentRow = { holder_id: number; holder_name: string; market: string; provider_reference: string; bill_id: number };
type BillRow = { holder_id: number; holder_name: string; market: string; bill_id: number };

/** At most 20 hits, bills and policies first: who types a number wants that one. */
export async function search(sql: Sql, whose: InsurerId | Scope, query: string): Promise<SearchHit[]> {
  const wanted = query.normalize('NFKC').trim().slice(0, QUERY_LENGTH_MAX);
  if (wanted === '') return [];
  const reference = parseBillReference(wanted);
  const pattern = HAS_TRIGRAM.test(wanted) ? `%${likeText(wanted)}%` : wanted.replaceAll(/\s/g, '');
  // Letters alone may be initials; nobody has this many.
  const initials = INITIALS.test(wanted) ? wanted.toLowerCase() : '~';
  const long = wanted.length >= REFERENCE_LENGTH_MIN;
  const [bills, payments, policies, holders] = await readTogether(sql, whose, (tx) => [
    tx<BillRow[]>`
      select b.holder_id, b.bill_id, h.market, holder_name(h.family_name, h.given_name) as holder_name
      from bills b join holders h using (insurer_id, holder_id)
      where b.holder_id = ${reference?.holderId ?? null} and b.bill_id = ${reference?.billId ?? null}`,
    tx<PaymentRow[]>`
      select y.holder_id, y.bill_id, y.provider_reference, h.market, holder_name(h.family_name, h.given_name) as holder_name
      from (select insurer_id, holder_id, bill_id, provider_reference from payments
            where ${long} and provider_reference ~>=~ ${wanted} and provider_reference ~<~ ${`${wanted}\u{10ffff}`}
            order by provider_reference using ~<~ limit ${SEARCH_RESULTS_MAX}) y
      join holders h using (insurer_id, holder_id)`,
    // The operators ~>=~ and ~<~ are leak-proof, unlike "like", so the index serves them under row-level security.
    tx<PolicyRow[]>`
      select p.holder_id, p.policy_number, h.market, holder_name(h.family_name, h.given_name) as holder_name
      from (select insurer_id, holder_id, policy_number from policies
            where policy_number ~>=~ ${wanted.toUpperCase()} and policy_number ~<~ ${`${wanted.toUpperCase()}\u{10ffff}`}
            order by policy_number using ~<~ limit ${SEARCH_RESULTS_MAX}) p
      join holders h using (insurer_id, holder_id)`,
    tx<HolderRow[]>`
      select h.holder_id, h.market, h.external_ref, holder_name(h.family_name, h.given_name) as holder_name
      from (select ${tx.unsafe(HAS_TRIGRAM.test(wanted) ? 'search_holders' : 'search_holders_by_name')}(${pattern}, ${SEARCH_RESULTS_MAX}) as holder_id
            union
            (select holder_id from holders
             where initials ~>=~ ${initials} and initials ~<~ ${`${initials}{`} order by initials using ~<~ limit ${SEARCH_RESULTS_MAX})
            union
            (select holder_id from holders
             where external_ref ~>=~ ${wanted.toUpperCase()} and external_ref ~<~ ${`${wanted.toUpperCase()}\u{10ffff}`}
             order by external_ref using ~<~ limit ${SEARCH_RESULTS_MAX})
            limit ${SEARCH_RESULTS_MAX}) found
      join holders h on h.holder_id = found.holder_id`,
  ]);
  return [
    ...bills.map((row): SearchHit => ({
      ...pick(row),
      kind: 'bill',
      label: billReference(row.holder_id, row.bill_id),
      bill_id: row.bill_id,
    })),
    ...payments.map((row): SearchHit => ({ ...pick(row), kind: 'payment', label: row.provider_reference, bill_id: row.bill_id })),
    ...policies.map((row): SearchHit => ({ ...pick(row), kind: 'policy', label: row.policy_number, bill_id: null })),
    ...holders.map((row): SearchHit => ({ ...pick(row), kind: 'holder', label: row.external_ref, bill_id: null })),
  ].slice(0, SEARCH_RESULTS_MAX);
}

const pick = (row: {
  holder_id: number;
  holder_name: string;
  market: string;
}): Pick<SearchHit, 'holder_id' | 'holder_name' | 'market'> => ({
  holder_id: row.holder_id,
  holder_name: row.holder_name,
  market: row.market,
});

const likeText = (text: string): string => text.toLowerCase().replace(/[\\%_]/g, '\\$&');
