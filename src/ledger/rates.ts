/** Stated rates of exchange, and the insurer's own names of our accounts. */

import { parse } from 'csv-parse/sync';
import { type Tx } from '../database/index.ts';
import { type Currency, fail, type InsurerId, isCurrency, type Moment, ok, parsePlainDate, type PlainDate, type Result } from '../kernel/index.ts';
import { type Rate } from './exchange.ts';
import { type Account, ACCOUNTS } from './posting-rules.ts';

const RATE = /^\d{1,10}(?:\.\d{1,10})?$/;
/** Ten years of twenty pairs. */
const ROWS_MAX = 75_000;

/** The last rate that was stated for each pair with this currency on either side, up to a day. */
export async function ratesInto(tx: Tx, into: Currency, on: PlainDate): Promise<readonly Rate[]> {
  return tx<Rate[]>`
    select distinct on (least(from_currency, to_currency), greatest(from_currency, to_currency)) from_currency as "from", to_currency as "to", on_date as "on", rate::text as rate, source from exchange_rates
    where ${into} in (from_currency, to_currency) and on_date <= ${on}
    order by least(from_currency, to_currency), greatest(from_currency, to_currency), on_date desc, to_currency = ${into} desc`;
}

export const rateFrom = (rates: readonly Rate[], into: Currency) => (from: Currency): Rate | null =>
  rates.find((rate) => (rate.from === from && rate.to === into) || (rate.from === into && rate.to === from)) ?? null;

/** `date,from,to,rate,source`; all or nothing; a day's rate that is stated again replaces the first. Problems: `rates_columns`, `rates_row` with its number. */
export async function importRates(tx: Tx, insurerId: InsurerId, text: string, by: string, at: Moment): Promise<Result<{ readonly rates: number }>> {
  let rows: Record<string, string>[];
  try {
    rows = parse(text, { bom: true, columns: (names: string[]) => names.map((name) => name.toLowerCase()), skip_empty_lines: true, trim: true, to: ROWS_MAX });
  } catch {
    return fail('rates_columns');
  }
  const known = new Map<string, { on: PlainDate; from: string; to: string; rate: string; source: string }>();
  for (const [place, row] of rows.entries()) {
    if (['date', 'from', 'to', 'rate', 'source'].some((name) => row[name] === undefined)) return fail('rates_columns');
    const [on, from, to] = [parsePlainDate(row['date'] ?? ''), (row['from'] ?? '').toUpperCase(), (row['to'] ?? '').toUpperCase()];
    const [rate = '', source = ''] = [row['rate'], row['source']];
    if (on === null || !isCurrency(from) || !isCurrency(to) || from === to || !RATE.test(rate) || Number(rate) === 0 || source === '') return fail('rates_row', { row: place + 2 });
    known.set(`${on} ${from} ${to}`, { on, from, to, rate, source });
  }
  if (known.size === 0) return fail('rates_columns');
  await tx`
    insert into exchange_rates (insurer_id, from_currency, to_currency, on_date, rate, source, entered_by, entered_at)
    select ${insurerId}::int, "from", "to", "on", rate, source, ${by}::text, ${new Date(at)}::timestamptz
    from jsonb_to_recordset(${tx.json([...known.values()])}) as r("on" date, "from" text, "to" text, rate numeric, source text)
    on conflict (insurer_id, from_currency, to_currency, on_date) do update set rate = excluded.rate, source = excluded.source, entered_by = excluded.entered_by, entered_at = excluded.entered_at`;
  return ok({ rates: known.size });
}

export type ChartRow = { readonly account: Account; readonly code: string; readonly name: string; readonly version: number; readonly changedBy: string | null };

/** Every account; one without a code has version 0. */
export async function chart(tx: Tx): Promise<readonly ChartRow[]> {
  const rows = await tx<ChartRow[]>`select account, code, name, version, changed_by as "changedBy" from chart_of_accounts`;
  const known = new Map(rows.map((row) => [row.account, row]));
  return ACCOUNTS.map((account) => known.get(account) ?? { account, code: '', name: '', version: 0, changedBy: null });
}

/** Problem: `changed_meanwhile` with `by`. */
export async function mapAccount(tx: Tx, insurerId: InsurerId, { account, code, name, version }: Omit<ChartRow, 'changedBy'>, by: string): Promise<Result<{ readonly version: number }>> {
  const done = version === 0
    ? await tx`insert into chart_of_accounts (insurer_id, account, code, name, changed_by) values (${insurerId}, ${account}, ${code}, ${name}, ${by}) on conflict do nothing`
    : await tx`update chart_of_accounts set code = ${code}, name = ${name}, version = version + 1, changed_by = ${by} where account = ${account} and version = ${version}`;
  if (done.count === 1) return ok({ version: version + 1 });
  const [now] = await tx<{ by: string }[]>`select changed_by as by from chart_of_accounts where account = ${account}`;
  return fail('changed_meanwhile', { by: now?.by ?? '—' });
}
