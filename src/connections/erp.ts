/** The ERP, as docs/connections.md describes it: journal entries go out once each, what became of them comes back. */

import { z } from 'zod';
import { fail, ok, type PlainDate, type Result } from '../kernel/index.ts';
import { ask, type Peer } from './http.ts';

export const PAGE_ACKNOWLEDGEMENTS = 200;

export type JournalLine = { readonly account: string; readonly debitMinor: bigint; readonly creditMinor: bigint };
export type JournalEntry = {
  readonly entryId: string; readonly bookedOn: PlainDate; readonly currency: string;
  /** The entry that this one takes back. */
  readonly reverses: string | null;
  readonly lines: readonly JournalLine[]; readonly totalMinor: bigint;
};
export type Acknowledgement = { readonly entryId: string; readonly totalMinor: bigint; readonly at: Date; readonly difference: string | null };

const acknowledgementsShape = z.object({
  acknowledgements: z.array(z.object({
    entry_id: z.string().max(200), total_minor: z.int(), acknowledged_at: z.iso.datetime({ offset: true }), difference: z.string().max(1_000).nullable().default(null),
  })).max(PAGE_ACKNOWLEDGEMENTS),
  next_cursor: z.string().max(500), more: z.boolean(),
});

/** The entry's id is its idempotency key: sent twice, it is booked once. */
export async function postEntry(peer: Peer, entry: JournalEntry): Promise<Result<null>> {
  const asked = await ask(peer, {
    method: 'POST', path: '/journal-entries', idempotencyKey: entry.entryId,
    body: {
      entry_id: entry.entryId, booked_on: entry.bookedOn, currency: entry.currency, reverses: entry.reverses, total_minor: Number(entry.totalMinor),
      lines: entry.lines.map(({ account, debitMinor, creditMinor }) => ({ account, debit_minor: Number(debitMinor), credit_minor: Number(creditMinor) })),
    },
  });
  return asked.ok ? ok(null) : asked;
}

export async function acknowledgements(peer: Peer, cursor: string): Promise<Result<{ readonly found: readonly Acknowledgement[]; readonly nextCursor: string; readonly more: boolean }>> {
  const asked = await ask(peer, { method: 'GET', path: `/acknowledgements?${new URLSearchParams({ cursor, limit: String(PAGE_ACKNOWLEDGEMENTS) }).toString()}` });
  if (!asked.ok) return asked;
  const page = acknowledgementsShape.safeParse(asked.value.body);
  if (!page.success) return fail('sync_not_understood', { detail: page.error.issues.slice(0, 3).map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ') });
  const found = page.data.acknowledgements.map((one) => ({
    entryId: one.entry_id, totalMinor: BigInt(one.total_minor), at: new Date(one.acknowledged_at), difference: one.difference,
  }));
  return ok({ found, nextCursor: page.data.next_cursor, more: page.data.more });
}
