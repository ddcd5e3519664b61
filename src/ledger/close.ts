/** Closing the books of the days up to one: what is looked at before, and that no entry comes into them afterwards. */

import { type Tx } from '../database/index.ts';
import { fail, type InsurerId, type Moment, ok, type PlainDate, type Result } from '../kernel/index.ts';
import { auditLedger } from './audit.ts';
import { sumDays } from './days.ts';
import { trialBalance } from './read.ts';

/** `refuses`: the books are not closed over it. The others are for the person to know. */
export const CLOSING_CHECKS = {
  balanced: { refuses: true }, auditor_agrees: { refuses: true }, payments_pending: { refuses: false }, suspense_open: { refuses: false }, receipts_unmatched: { refuses: false },
} as const satisfies Record<string, { readonly refuses: boolean }>;
export type ClosingCheck = { readonly check: keyof typeof CLOSING_CHECKS; readonly state: 'good' | 'attention' | 'refused'; readonly count: number };

export type Closing = { readonly closedOn: PlainDate; readonly closedAt: Moment; readonly closedBy: string; readonly note: string | null; readonly checks: readonly ClosingCheck[] };

/** What stands before the books up to `on` are closed. */
export async function closingChecks(tx: Tx, on: PlainDate): Promise<readonly ClosingCheck[]> {
  const [balance, differences, [waiting]] = await Promise.all([
    trialBalance(tx, on), auditLedger(tx),
    tx<{ pending: number; suspense: number; unmatched: number }[]>`
      select (select count(*) from payments where state = 'pending')::int as pending,
        (select count(*) from suspense_items where cleared_on is null and received_on <= ${on})::int as suspense,
        (select count(*) from unmatched_receipts where resolved_on is null and booked_on <= ${on})::int as unmatched`,
  ]);
  const uneven = [...Map.groupBy(balance, ({ currency }) => currency).values()].filter((rows) => rows.reduce((sum, { balanceMinor }) => sum + balanceMinor, 0n) !== 0n).length;
  const of = (check: ClosingCheck['check'], count: number): ClosingCheck => ({ check, count, state: count === 0 ? 'good' : CLOSING_CHECKS[check].refuses ? 'refused' : 'attention' });
  return [
    of('balanced', uneven), of('auditor_agrees', differences.length), of('payments_pending', waiting?.pending ?? 0), of('suspense_open', waiting?.suspense ?? 0),
    of('receipts_unmatched', waiting?.unmatched ?? 0),
  ];
}

/** The last closings, the newest first. */
export async function closings(tx: Tx, most: number): Promise<readonly Closing[]> {
  const rows = await tx<{ closed_on: PlainDate; closed_at: Date; closed_by: string; note: string | null; checks: readonly ClosingCheck[] }[]>`
    select closed_on, closed_at, closed_by, note, checks from ledger_closings order by closed_on desc limit ${most}`;
  return rows.map((row) => ({ closedOn: row.closed_on, closedAt: row.closed_at.getTime(), closedBy: row.closed_by, note: row.note, checks: row.checks }));
}

export type CloseDays = { readonly insurerId: InsurerId; readonly on: PlainDate; readonly today: PlainDate; readonly by: string; readonly at: Moment; readonly note: string };

/**
 * Closes every day up to and with `on`; from then on the database takes no entry into them, and what arrives is booked on the first open day. Not undone: a mistake is
 * reversed in an open day. Problems: `day_not_over`, `day_closed_already`, `books_disagree`.
 */
export async function closeDays(tx: Tx, { insurerId, on, today, by, at, note }: CloseDays): Promise<Result<Closing>> {
  if (on > today) return fail('day_not_over', { on, today });
  // The auditor reads everything; the books are held only afterwards, for a moment.
  const checks = await closingChecks(tx, on);
  await sumDays(tx, insurerId, on);
  const [earlier] = await closings(tx, 1);
  if (earlier !== undefined && earlier.closedOn >= on) return fail('day_closed_already', { on: earlier.closedOn, by: earlier.closedBy });
  const refused = checks.find(({ state }) => state === 'refused');
  if (refused !== undefined) return fail('books_disagree', { check: refused.check, count: refused.count });
  await tx`update ledger_state set closed_to = ${on} where insurer_id = ${insurerId}`;
  await tx`
    insert into ledger_closings (insurer_id, closed_on, closed_at, closed_by, note, checks)
    values (${insurerId}, ${on}, ${new Date(at)}, ${by}, ${note === '' ? null : note}, ${tx.json(checks.map((one) => ({ ...one })))})`;
  return ok({ closedOn: on, closedAt: at, closedBy: by, note: note === '' ? null : note, checks });
}
