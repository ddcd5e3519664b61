/** How holders pay: on time and in full, by which device and way, why late, and whether contacts drive policies away. Each block is what its statement gives. */

import { type Tx } from '../database/index.ts';
import { type PlainDate } from '../kernel/index.ts';
import { type CellOutcome, MONTHS_BACK, NOT_DUE, PAID_LATE } from './cells.ts';
import { type Block } from './dashboard.ts';

export type HowPaidAsk = { readonly market: string | null; readonly line: string | null; readonly currency: string | null };

/** `on_time`: some money by the due date; `in_full`: all of it since; `both`: all of it by the due date. */
type OnTimeRow = { readonly due_month: PlainDate; readonly bills: number; readonly on_time: number; readonly in_full: number; readonly both: number };
type DeviceRow = { readonly month: PlainDate; readonly payments: number; readonly phone: number; readonly tablet: number; readonly desktop: number; readonly unknown: number };
type WayRow = { readonly method: string; readonly device: 'mobile' | 'other' | 'bank'; readonly payments: number; readonly days_to_cash: number };
type PressureRow = { readonly contacts: number; readonly policies: number; readonly ended: number };
type ReasonRow = { readonly reason: string; readonly bills: number; readonly so_far: number; readonly all_bills: number };
export type HowPaid = {
  readonly as_of: PlainDate | null;
  readonly on_time: Block<OnTimeRow>; readonly devices: Block<DeviceRow>; readonly ways: Block<WayRow>; readonly pressure: Block<PressureRow>; readonly reasons: Block<ReasonRow>;
};

const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;
const list = (outcomes: readonly CellOutcome[]): string => `(${outcomes.map(text).join(', ')})`;
export const where = (ask: Partial<HowPaidAsk>): string => ['true', ...(['market', 'line', 'currency'] as const).flatMap((name) => {
  const value = ask[name] ?? null;
  return value === null ? [] : [`${name} = ${text(value)}`];
})].join('\n  and ');

const count = (outcomes: readonly CellOutcome[]): string => `coalesce(sum(bills) filter (where outcome in ${list(outcomes)}), 0)`;

const onTimeSql = (ask: HowPaidAsk): string => `select due_month, sum(bills)::int as bills,
  (${count(['on_time'])} + sum(part_on_time_bills))::int as on_time,
  ${count(['on_time', ...PAID_LATE])}::int as in_full,
  ${count(['on_time'])}::int as both
from bill_cells
where ${where(ask)}
  and outcome not in ${list(NOT_DUE)}
  and due_month >= date_trunc('month', as_of::timestamp) - interval '${MONTHS_BACK} months'
group by due_month
order by due_month`;

/** Money that began at a bank was paid with no device of which we know. */
const devicesSql = (ask: HowPaidAsk): string => `select month, sum(payments)::int as payments,
  ${(['phone', 'tablet', 'desktop', 'unknown'] as const).map((device) => `coalesce(sum(payments) filter (where device = ${text(device)}), 0)::int as ${device}`).join(',\n  ')}
from payment_cells
where ${where(ask)}
  and device <> 'bank'
group by month
order by month`;

const waysSql = (ask: HowPaidAsk): string => `select method, case when device in ('phone', 'tablet') then 'mobile' when device = 'bank' then 'bank' else 'other' end as device,
  sum(payments)::int as payments, sum(days_to_cash)::float8 as days_to_cash
from payment_cells
where ${where(ask)}
group by 1, 2
order by 1, 2`;

const pressureSql = (ask: HowPaidAsk): string => `select contacts, sum(policies)::int as policies, sum(ended)::int as ended
from pressure_cells
where ${where({ ...ask, currency: null })}
group by contacts
order by contacts`;

/** The commonest first, each with what it and those before it make together. */
const reasonsSql = (ask: HowPaidAsk): string => `select reason, sum(bills)::int as bills,
  (sum(sum(bills)) over (order by sum(bills) desc, reason))::int as so_far, (sum(sum(bills)) over ())::int as all_bills
from reason_cells
where ${where(ask)}
group by reason
order by bills desc, reason`;

export async function howPaid(tx: Tx, ask: HowPaidAsk): Promise<HowPaid> {
  const sql = { on_time: onTimeSql(ask), devices: devicesSql(ask), ways: waysSql(ask), pressure: pressureSql(ask), reasons: reasonsSql(ask) };
  const [[written], onTime, devices, ways, pressure, reasons] = await Promise.all([
    tx<{ as_of: PlainDate | null }[]>`select max(as_of) as as_of from bill_cells`, tx.unsafe<OnTimeRow[]>(sql.on_time), tx.unsafe<DeviceRow[]>(sql.devices), tx.unsafe<WayRow[]>(sql.ways),
    tx.unsafe<PressureRow[]>(sql.pressure), tx.unsafe<ReasonRow[]>(sql.reasons),
  ]);
  return {
    as_of: written?.as_of ?? null, on_time: { rows: [...onTime], sql: sql.on_time }, devices: { rows: [...devices], sql: sql.devices }, ways: { rows: [...ways], sql: sql.ways },
    pressure: { rows: [...pressure], sql: sql.pressure }, reasons: { rows: [...reasons], sql: sql.reasons },
  };
}
