/**
 * What must never be: each check is one question to the rows, answered by how many break it (0 is good) and the first of them. The constraints of the database
 * say most of it already; these ask again, from outside, whether it holds.
 */

import { z } from 'zod';
import { type Database, inInsurer, type Tx } from '../database/index.ts';
import { type InsurerId, type PlainDate } from '../kernel/index.ts';
import { auditLedger, trialBalance } from '../ledger/index.ts';
import { moment } from './shapes.ts';

const CHECKS = ['ledger_balances', 'auditor_agrees', 'payments_posted', 'bills_not_overpaid', 'contacts_allowed', 'paid_bills_have_money', 'figures_up_to_date'] as const;
type Check = (typeof CHECKS)[number];

/** What is wrong: its kind and number as people name it, whose it is, and the two amounts that should agree, where there are such. */
const foundRow = z.object({
  kind: z.enum(['account', 'payment', 'bill', 'contact', 'day']), name: z.string(), holder_id: z.int().nullable(), currency: z.string().nullable(),
  expected_minor: z.int().nullable(), found_minor: z.int().nullable(),
});
type FoundRow = z.output<typeof foundRow>;
export const checksShape = z.object({
  running: z.boolean(),
  checks: z.array(z.object({
    check: z.enum(CHECKS), checked_at: moment.nullable().describe('Null: never'), checked_by: z.string().nullable(), found: z.int().nullable(), rows: z.array(foundRow),
    seconds: z.number().nullable(),
  })),
});

type Found = { readonly found: number; readonly rows: readonly FoundRow[] };
const ROWS_SHOWN = 20;

/** The last answer of each, in the order of the page. */
export async function lastChecks(tx: Tx): Promise<Omit<z.output<typeof checksShape>, 'running'>> {
  const rows = await tx<{ check_name: string; checked_at: Date; checked_by: string; found: number; found_rows: FoundRow[]; duration_ms: number }[]>`
    select check_name, checked_at, checked_by, found, found_rows, duration_ms from integrity_checks`;
  return {
    checks: CHECKS.map((check) => {
      const row = rows.find(({ check_name: name }) => name === check);
      return {
        check, checked_at: row?.checked_at ?? null, checked_by: row?.checked_by ?? null, found: row?.found ?? null, rows: row?.found_rows ?? [],
        seconds: row === undefined ? null : row.duration_ms / 1000,
      };
    }),
  };
}

/** Asks all, one after the other, each in a transaction of its own: a large book is read for minutes, and nobody is to wait for its end. */
export async function runChecks(database: Database, insurerId: InsurerId, by: string, today: PlainDate, checkedAt: () => Date): Promise<void> {
  for (const check of CHECKS) {
    const started = performance.now();
    await inInsurer(database.app, insurerId, async (tx) => {
      const { found, rows } = await ASK[check](tx, today);
      await tx`
        insert into integrity_checks (insurer_id, check_name, checked_at, checked_by, found, found_rows, duration_ms)
        values (${insurerId}, ${check}, ${checkedAt()}, ${by}, ${found}, ${tx.json(rows.slice(0, ROWS_SHOWN))}, ${Math.round(performance.now() - started)})
        on conflict (insurer_id, check_name) do update set checked_at = excluded.checked_at, checked_by = excluded.checked_by, found = excluded.found,
          found_rows = excluded.found_rows, duration_ms = excluded.duration_ms`;
    });
  }
}

const ASK: Readonly<Record<Check, (tx: Tx, today: PlainDate) => Promise<Found>>> = {
  ledger_balances: async (tx, today) => {
    const byCurrency = new Map<string, bigint>();
    for (const { currency, balanceMinor } of await trialBalance(tx, today)) byCurrency.set(currency, (byCurrency.get(currency) ?? 0n) + balanceMinor);
    return all([...byCurrency].filter(([, difference]) => difference !== 0n).map(([currency, difference]) => (
      { kind: 'account', name: currency, holder_id: null, currency, expected_minor: 0, found_minor: Number(difference) })));
  },
  auditor_agrees: async (tx) => all((await auditLedger(tx)).map(({ where, id, currency, expectedMinor, foundMinor }) => ({
    kind: where === 'payment' || where === 'bill' ? where : 'account', name: id === null ? where : String(id), holder_id: null, currency,
    expected_minor: Number(expectedMinor), found_minor: Number(foundMinor),
  }))),
  payments_posted: (tx) => counted(tx`
    select count(*) over ()::int as found, 'payment' as kind, p.payment_id::text as name, p.holder_id, p.currency::text, p.amount_minor::float8 as expected, 0::float8 as actual
    from payments p
    where p.state = 'succeeded' and not exists (
      select from postings g where g.holder_id = p.holder_id and g.source_kind = 'payment' and g.source_id = p.payment_id)
    order by p.payment_id limit ${ROWS_SHOWN}`),
  bills_not_overpaid: (tx) => counted(tx`
    with allocated as (
      select a.holder_id, a.bill_id, sum(a.amount_minor) as paid
      from allocations a join payments p using (holder_id, payment_id) where p.state = 'succeeded' group by 1, 2)
    select count(*) over ()::int as found, 'bill' as kind, format('%s-%s', b.holder_id, b.bill_id) as name, b.holder_id, b.currency::text,
      b.amount_minor::float8 as expected, a.paid::float8 as actual
    from allocated a join bills b using (holder_id, bill_id) where a.paid > b.amount_minor order by b.bill_id limit ${ROWS_SHOWN}`),
  contacts_allowed: (tx) => counted(tx`
    select count(*) over ()::int as found, 'contact' as kind, c.contact_id::text as name, c.holder_id, null as currency, null::float8 as expected, null::float8 as actual
    from contacts c left join gate_answers g on g.holder_id = c.holder_id and g.ask_key = c.ask_key and g.answer = 'allow'
    where g.ask_key is null order by c.contact_id limit ${ROWS_SHOWN}`),
  // A bill that was paid before its policy came to us was never in our books; one that is in them was paid by money that we know.
  paid_bills_have_money: (tx) => counted(tx`
    with booked as (
      select distinct holder_id, source_id as bill_id from postings where source_kind = 'bill' and rule in ('bill_issued', 'opening_balance'))
    select count(*) over ()::int as found, 'bill' as kind, format('%s-%s', b.holder_id, b.bill_id) as name, b.holder_id, b.currency::text,
      b.amount_minor::float8 as expected, 0::float8 as actual
    from bills b join booked using (holder_id, bill_id)
    where b.state = 'paid' and not exists (
      select from allocations a join payments p using (holder_id, payment_id) where a.holder_id = b.holder_id and a.bill_id = b.bill_id and p.state = 'succeeded')
    order by b.bill_id limit ${ROWS_SHOWN}`),
  // The report of a day writes the figures of the day before.
  figures_up_to_date: (tx) => counted(tx`
    select count(*) over ()::int as found, 'day' as kind, (r.business_date - 1)::text as name, null::bigint as holder_id, null as currency, null::float8 as expected,
      null::float8 as actual
    from cycle_runs r
    where r.state = 'done' and exists (select from bills) and not exists (select from daily_figures f where f.on_date = r.business_date - 1)
    order by r.business_date desc limit ${ROWS_SHOWN}`),
};

const all = (rows: readonly FoundRow[]): Found => ({ found: rows.length, rows });

type Counted = { found: number; kind: FoundRow['kind']; name: string; holder_id: number | null; currency: string | null; expected: number | null; actual: number | null };

async function counted(asked: PromiseLike<readonly unknown[]>): Promise<Found> {
  const rows = (await asked) as readonly Counted[];
  return {
    found: rows[0]?.found ?? 0,
    rows: rows.map(({ kind, name, holder_id, currency, expected, actual }) => ({ kind, name, holder_id, currency, expected_minor: expected, found_minor: actual })),
  };
}
