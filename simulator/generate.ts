/** A whole insurer as a stream of chunks of rows: the memory needed does not grow with the insurer. Pure. */

import { type RulePacks } from '../src/compliance/index.ts';
import { addMonths, dayNumber, type InsurerId, type PlainDate } from '../src/kernel/index.ts';
import { type Behaviour } from './behaviour.ts';
import { type Bill, type HistoryContext, historyOf } from './history.ts';
import { holderOf } from './holder.ts';
import { OFFERS } from './products.ts';
import { billLine, type BulkTable, holderLine, openingLine, policyLine } from './rows.ts';
import { traitsOf } from './traits.ts';

export type GenerateOptions = {
  readonly insurerId: InsurerId;
  readonly behaviour: Behaviour;
  readonly packs: RulePacks;
  readonly policies: number;
  readonly seed: number;
  /** The last day of history. */
  readonly last: PlainDate;
  /** Ids before the first holder, policy and posting. */
  readonly after: { readonly holder: number; readonly policy: number; readonly posting: number };
};

export type Chunk = {
  /** Lines of COPY in UTF-8. */
  readonly text: Readonly<Record<BulkTable, Buffer>>;
  readonly rows: Readonly<Record<BulkTable, number>>;
};

export const HISTORY_MONTHS = 24;
/** Some 3,000 holders are 5 MB of text: large enough for COPY, small enough for any machine. */
const HOLDERS_PER_CHUNK = 3_000;

export function* generate(options: GenerateOptions): Generator<Chunk> {
  const { insurerId, behaviour, packs, policies, seed, last, after } = options;
  const lastDay = dayNumber(last);
  const context: HistoryContext = { behaviour, packs, last, lastDay, from: addMonths(last, -HISTORY_MONTHS) };
  const bills: Bill[] = [];
  let [holderNumber, policyNumber, postingId] = [0, 0, after.posting];
  while (policyNumber < policies) {
    const text = { holders: pageOf(HOLDER_BYTES), policies: pageOf(POLICY_BYTES), bills: pageOf(BILL_BYTES), postings: pageOf(POSTING_BYTES) };
    const rows = { holders: 0, policies: 0, bills: 0, postings: 0 };
    for (; rows.holders < HOLDERS_PER_CHUNK && policyNumber < policies; holderNumber += 1) {
      const holder = holderOf(behaviour, seed, holderNumber, policyNumber, policies - policyNumber, lastDay);
      const traits = traitsOf(behaviour, seed, holderNumber, holder.market, holder.born);
      const holderId = after.holder + holderNumber + 1;
      append(text.holders, holderLine(insurerId, holderId, holder, OFFERS[holder.market].currency));
      rows.holders += 1;
      for (const policy of holder.policies) {
        const policyId = after.policy + policy.number + 1;
        const standing = historyOf(context, traits, policy, holder, bills);
        append(text.policies, policyLine(insurerId, holderId, policyId, holder, policy, standing));
        rows.policies += 1;
        policyNumber += 1;
        rows.bills += bills.length;
        for (const bill of bills) {
          append(text.bills, billLine(insurerId, holderId, policyId, policy, bill));
          if (bill.state !== 'open') continue;
          postingId += 1;
          rows.postings += 1;
          append(text.postings, openingLine(insurerId, holderId, policyId, postingId, last, policy.currency, bill));
        }
      }
    }
    yield { text: { holders: linesIn(text.holders), policies: linesIn(text.policies), bills: linesIn(text.bills), postings: linesIn(text.postings) }, rows };
  }
}

/**
 * Lines go into bytes one by one: as one long JavaScript string they would be a rope of a million pieces, and three quarters of the time
 * would be spent on collecting it (measured).
 */
type Page = { bytes: Buffer; used: number };
const [HOLDER_BYTES, POLICY_BYTES, BILL_BYTES, POSTING_BYTES] = [320 * HOLDERS_PER_CHUNK, 420 * HOLDERS_PER_CHUNK, 1_700 * HOLDERS_PER_CHUNK, 100 * HOLDERS_PER_CHUNK];
const UTF8_BYTES_MAX = 3;

const pageOf = (bytes: number): Page => ({ bytes: Buffer.allocUnsafe(bytes), used: 0 });
const linesIn = ({ bytes, used }: Page): Buffer => bytes.subarray(0, used);

function append(page: Page, line: string): void {
  if (page.used + line.length * UTF8_BYTES_MAX > page.bytes.length) {
    const larger = Buffer.allocUnsafe(page.bytes.length * 2);
    page.bytes.copy(larger, 0, 0, page.used);
    page.bytes = larger;
  }
  page.used += page.bytes.write(line, page.used);
}
