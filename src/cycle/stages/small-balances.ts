/** What is left of a bill that was paid, is too small to be asked for and has waited its days, is cleared by money of our own; taking that payment back asks for it again. */

import { type Tx } from '../../database/index.ts';
import { addDays, type BillId, type Currency, type HolderId, momentOf } from '../../kernel/index.ts';
import { payOwnMoney } from '../../payments/index.ts';
import { readTerms } from '../../relief/index.ts';
import { type HolderRange, type StageContext } from '../stage.ts';

export async function clearSmallBalances(tx: Tx, { insurer: { insurerId, timeZone }, businessDate }: StageContext, { from, to }: HolderRange): Promise<number> {
  const { small_balance: { terms } } = await readTerms(tx, insurerId);
  const rows = await tx<{ holder_id: HolderId; bill_id: BillId; currency: Currency; left_minor: bigint }[]>`
    select b.holder_id, b.bill_id, b.currency, (b.amount_minor - b.paid_minor)::bigint as left_minor
    from bills b join jsonb_each_text(${tx.json(terms.tolerance_minor)}) as t(currency, most) on t.currency = b.currency
    where b.insurer_id = ${insurerId} and b.holder_id between ${from} and ${to} and b.state = 'open' and b.paid_minor > 0 and b.amount_minor - b.paid_minor <= t.most::bigint
      and b.due_on <= ${addDays(businessDate, -terms.days)} and not b.disputed and not b.in_flight
      -- What somebody has asked for again stays asked for.
      and not exists (select from payments y where y.insurer_id = ${insurerId} and y.holder_id = b.holder_id and y.provider = 'inforce' and y.provider_reference = 'small:' || b.bill_id)
    order by b.holder_id, b.bill_id`;
  if (rows.length === 0) return 0;
  const done = await payOwnMoney(tx, { insurerId }, rows.map((row) => ({
    holderId: row.holder_id, billId: row.bill_id, method: 'small_balance', amountMinor: row.left_minor, currency: row.currency, reference: `small:${row.bill_id}`,
  })), { at: momentOf(businessDate, 0, timeZone), on: businessDate });
  // Money may have come since they were read; they are looked at again tomorrow.
  return done.ok ? rows.length : 0;
}
