/** What an act books: read in its own transaction, which is taken back where the person only wants to see it. The same code, the same rows. */

import { z } from 'zod';
import { inInsurer, type Scope, type Sql, type Tx } from '../database/index.ts';
import { type Result } from '../kernel/index.ts';
import { ACCOUNTS } from '../ledger/index.ts';
import { amountMinor, plainDate } from '../service/index.ts';

export const bookedShape = z.object({ rule: z.string(), debit_account: z.enum(ACCOUNTS), credit_account: z.enum(ACCOUNTS), amount_minor: amountMinor, currency: z.string(), booked_on: plainDate, bill_id: z.int().nullable() });
export type Booked = z.output<typeof bookedShape>;
export const previewFlag = z.boolean().default(false).describe('Nothing is done; `booked` says what would be');

class TakenBack extends Error {
  readonly answer: unknown;
  constructor(answer: unknown) {
    super('taken back');
    this.answer = answer;
  }
}

/** `holderIds`: whose entries are looked at, for the key's sake; nobody's stand as holder 0. A function, where only the act knows whom it reached. */
export async function actOn<T>(sql: Sql, whose: Scope, holderIds: readonly number[] | ((value: T) => readonly number[]), preview: boolean, act: (tx: Tx) => Promise<Result<T>>): Promise<Result<{ readonly value: T; readonly booked: Booked[] }>> {
  type Answer = Result<{ readonly value: T; readonly booked: Booked[] }>;
  try {
    return await inInsurer(sql, whose, async (tx): Promise<Answer> => {
      const done = await act(tx);
      // What a refusal had begun to write is not kept.
      if (!done.ok) throw new TakenBack(done);
      const booked = await tx<Booked[]>`
        select rule, debit_account, credit_account, amount_minor, currency, booked_on, bill_id from postings
        where holder_id = any(${[...(typeof holderIds === 'function' ? holderIds(done.value) : holderIds)]}::bigint[]) and xmin = pg_current_xact_id()::xid order by posting_id`;
      const answer: Answer = { ok: true, value: { value: done.value, booked: [...booked] } };
      if (preview) throw new TakenBack(answer);
      return answer;
    });
  } catch (error) {
    if (error instanceof TakenBack) return error.answer as Answer;
    throw error;
  }
}
