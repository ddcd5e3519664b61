/** Complete days in sums, so that a trial balance of any day reads one day's rows; and which days are closed. */

import { type Tx } from '../database/index.ts';
import { type InsurerId, type PlainDate } from '../kernel/index.ts';

/**
 * Sums what was booked up to and with `to`. What is booked into a summed day later is added by the database, in the transaction that books it. Holds the books for
 * itself until the transaction ends, so it comes last in one.
 */
export async function sumDays(tx: Tx, insurerId: InsurerId, to: PlainDate): Promise<void> {
  // A statement of its own: the next one must see what was booked while this one waited.
  await tx`select hold_books(${insurerId}, true)`;
  await tx`
    with state as (
      select (select summed_to from ledger_state where insurer_id = ${insurerId}) as summed_to),
    moved as materialized (
      select p.booked_on, coalesce(h.market, '') as market, p.debit_account, p.credit_account, p.currency, sum(p.amount_minor) as amount_minor
      from postings p left join holders h on h.insurer_id = ${insurerId} and h.holder_id = p.holder_id
      where p.insurer_id = ${insurerId} and p.booked_on > coalesce((select summed_to from state), '-infinity') and p.booked_on <= ${to}
      group by 1, 2, 3, 4, 5),
    carried as materialized (
      select market, debit_account, credit_account, currency, amount_minor from ledger_days
      where insurer_id = ${insurerId} and booked_on = (select max(booked_on) from ledger_days where insurer_id = ${insurerId})),
    days as (
      select generate_series(coalesce((select summed_to + 1 from state), (select min(booked_on) from moved)), ${to}::date, interval '1 day')::date as booked_on),
    pairs as (
      select market, debit_account, credit_account, currency from moved union select market, debit_account, credit_account, currency from carried)
    insert into ledger_days (insurer_id, booked_on, market, debit_account, credit_account, currency, amount_minor)
    select ${insurerId}, d.booked_on, p.market, p.debit_account, p.credit_account, p.currency, coalesce(min(c.amount_minor), 0) + coalesce(sum(m.amount_minor), 0)
    from days d cross join pairs p left join carried c using (market, debit_account, credit_account, currency)
      left join moved m on m.booked_on <= d.booked_on and m.market = p.market and m.debit_account = p.debit_account and m.credit_account = p.credit_account and m.currency = p.currency
    group by 2, 3, 4, 5, 6 having min(c.amount_minor) is not null or sum(m.amount_minor) is not null`;
  await tx`
    insert into ledger_state as s (insurer_id, summed_to) values (${insurerId}, ${to})
    on conflict (insurer_id) do update set summed_to = greatest(s.summed_to, excluded.summed_to)`;
}

/** The last day that takes no more entries; null where none is closed. */
export async function closedTo(tx: Tx, insurerId: InsurerId): Promise<PlainDate | null> {
  const [row] = await tx<{ closed_to: PlainDate | null }[]>`select closed_to from ledger_state where insurer_id = ${insurerId}`;
  return row?.closed_to ?? null;
}
