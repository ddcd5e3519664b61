/** What was owed at the end of any day, by age, and the ledger's balance of that day beside it. */

import { type Tx } from '../database/index.ts';
import { type PlainDate } from '../kernel/index.ts';
import { type Age } from './cells.ts';

/** So many entries are summed by bill in 50 ms; of a larger book the report of that day, or of the last before it, tells. */
const POSTINGS_MAX = 50_000;

export type Receivable = { readonly currency: string; readonly age: Age; readonly bills: number; readonly outstanding_minor: bigint };
export type Receivables = {
  /** The day that is shown: of a large book the last one that a report has written. Null: none is known. */
  readonly on: PlainDate | null; readonly from: 'ledger' | 'report'; readonly rows: readonly Receivable[];
  /** The account of receivables; the difference must be zero. Null where the report tells: the books of that day are a click away. */
  readonly ledger: readonly { readonly currency: string; readonly balance_minor: bigint; readonly difference_minor: bigint }[] | null;
};

const AGE = `case when b.due_on >= o.day then 'not_due' when b.due_on >= o.day - 30 then '1_30' when b.due_on >= o.day - 60 then '31_60' when b.due_on >= o.day - 90 then '61_90' else 'over_90' end`;

export async function receivablesOn(tx: Tx, on: PlainDate): Promise<Receivables> {
  const [size] = await tx<{ rows: number }[]>`select greatest(reltuples, 0)::float8 as rows from pg_class where oid = 'postings'::regclass`;
  if ((size?.rows ?? 0) > POSTINGS_MAX) {
    const rows = await tx<(Receivable & { on_date: PlainDate })[]>`
      select on_date, currency, substr(figure, 8) as age, sum(coalesce(denominator, 0))::int as bills, sum(numerator)::bigint as outstanding_minor from daily_figures
      where starts_with(figure, 'ageing_') and on_date = (select max(on_date) from daily_figures where figure = 'ageing_not_due' and on_date <= ${on})
      group by 1, 2, 3 order by 2, array_position(array['not_due', '1_30', '31_60', '61_90', 'over_90'], substr(figure, 8))`;
    return { on: rows[0]?.on_date ?? null, from: 'report', rows: rows.map(({ on_date: _onDate, ...row }) => row), ledger: null };
  }
  const [rows, ledger] = await Promise.all([
    tx.unsafe<Receivable[]>(`
      with o as (
        select holder_id, bill_id, date '${on}' as day, sum(case when debit_account = 'premium_receivable' then amount_minor else -amount_minor end) as owed from postings
        where booked_on <= date '${on}' and (debit_account = 'premium_receivable' or credit_account = 'premium_receivable') and bill_id is not null
        group by holder_id, bill_id having sum(case when debit_account = 'premium_receivable' then amount_minor else -amount_minor end) <> 0)
      select b.currency, ${AGE} as age, count(*)::int as bills, sum(o.owed)::bigint as outstanding_minor
      from o join bills b on b.holder_id = o.holder_id and b.bill_id = o.bill_id group by 1, 2
      order by 1, array_position(array['not_due', '1_30', '31_60', '61_90', 'over_90'], ${AGE})`),
    tx<{ currency: string; balance_minor: bigint }[]>`
      select currency, sum(case when debit_account = 'premium_receivable' then amount_minor else -amount_minor end)::bigint as balance_minor from postings
      where booked_on <= ${on} and (debit_account = 'premium_receivable' or credit_account = 'premium_receivable') group by 1 order by 1`,
  ]);
  const owed = (currency: string): bigint => rows.reduce((sum, row) => sum + (row.currency === currency ? row.outstanding_minor : 0n), 0n);
  return { on: ledger.length === 0 ? null : on, from: 'ledger', rows: [...rows], ledger: ledger.map((row) => ({ ...row, difference_minor: owed(row.currency) - row.balance_minor })) };
}
