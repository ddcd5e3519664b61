/** What fees, discounts and points do, from the report's cells: shares with the span in which they truly lie, and whether a discount pays for itself. */

import { type Tx } from '../database/index.ts';
import { type Currency, type HolderId, type BillId, type InsurerId, type PlainDate } from '../kernel/index.ts';

type Cell = { kind: 'points' | 'fee_level' | 'early'; part: string; currency: Currency; counted: number; hit: number; amount_minor: number; money_days: number; as_of: PlainDate };
export type ReliefCell = { readonly kind: Cell['kind']; readonly part: string; readonly currency: Currency; readonly counted: number; readonly hit: number; readonly share: number | null; readonly low: number | null; readonly high: number | null; readonly amount_minor: number };
export type BreakEven = { readonly currency: Currency; /** What was given. */ readonly cost_minor: number; /** What the money earned by coming earlier than it comes of bills without a discount, at the insurer's own cost of capital; null: no rate was set. */ readonly worth_minor: number | null };

export type ReliefReport = { readonly cells: readonly ReliefCell[]; readonly break_even: readonly BreakEven[]; readonly as_of: PlainDate | null };

const Z = 1.96;
/** 19 times in 20 (Wilson). */
export function spanOf(hit: number, counted: number): { readonly share: number | null; readonly low: number | null; readonly high: number | null } {
  if (counted === 0) return { share: null, low: null, high: null };
  const share = hit / counted;
  const square = (Z * Z) / counted;
  const middle = (share + square / 2) / (1 + square);
  const half = (Z / (1 + square)) * Math.sqrt((share * (1 - share)) / counted + square / (4 * counted));
  return { share, low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

const DAYS_OF_YEAR = 365;

export async function reliefReport(tx: Tx, insurerId: InsurerId): Promise<ReliefReport> {
  const [cells, [rates]] = await Promise.all([
    tx<Cell[]>`select kind, part, currency, counted, hit, amount_minor::float8 as amount_minor, money_days::float8 as money_days, as_of from relief_cells where insurer_id = ${insurerId} order by kind, currency, part`,
    tx<{ capital_annual: number }[]>`select capital_annual from finance_rates where insurer_id = ${insurerId}`,
  ]);
  const early = cells.filter(({ kind }) => kind === 'early');
  const offered = early.filter(({ part, counted }) => part === 'offered' && counted > 0);
  return {
    cells: cells.map(({ kind, part, currency, counted, hit, amount_minor: amount }) => ({ kind, part, currency, counted, hit, ...spanOf(hit, counted), amount_minor: amount })),
    break_even: offered.map((one) => {
      const other = early.find(({ part, currency }) => part === 'not_offered' && currency === one.currency);
      // Of as many bills without a discount the money would have come so much earlier too.
      const usual = other === undefined || other.counted === 0 ? 0 : (other.money_days / other.counted) * one.counted;
      return { currency: one.currency, cost_minor: one.amount_minor, worth_minor: rates === undefined ? null : Math.round(((one.money_days - usual) * rates.capital_annual) / DAYS_OF_YEAR) };
    }),
    as_of: cells[0]?.as_of ?? null,
  };
}

export type ChargedFee = {
  readonly holder_id: HolderId; readonly holder_name: string; readonly bill_id: BillId; readonly policy_number: string; readonly days: number; readonly kind: 'late_fee' | 'interest'; readonly asked_minor: bigint; readonly amount_minor: bigint;
  readonly currency: Currency; readonly charged_on: PlainDate; readonly law_rule: string | null; readonly waived_on: PlainDate | null; readonly waived_by: string | null; readonly waiver_reason: string | null;
};

export const listFees = (tx: Tx, most: number) => tx<ChargedFee[]>`
  select f.holder_id, holder_name(h.family_name, h.given_name) as holder_name, f.bill_id, p.policy_number, f.days, f.kind, f.asked_minor, f.amount_minor, f.currency, f.charged_on, f.law_rule, f.waived_on, f.waived_by, f.waiver_reason
  from (select * from late_fees order by charged_on desc limit ${most}) f join holders h using (insurer_id, holder_id) join bills b using (insurer_id, holder_id, bill_id) join policies p using (insurer_id, holder_id, policy_id)
  order by f.charged_on desc, f.holder_id, f.bill_id, f.days`;

export type ClearedBalance = { readonly holder_id: HolderId; readonly holder_name: string; readonly bill_id: BillId; readonly payment_id: number; readonly amount_minor: bigint; readonly currency: Currency; readonly state: string; readonly cleared_at: Date };

export const listSmallBalances = (tx: Tx, most: number) => tx<ClearedBalance[]>`
  select y.holder_id, holder_name(h.family_name, h.given_name) as holder_name, y.bill_id, y.payment_id, y.amount_minor, y.currency, y.state, y.settled_at as cleared_at
  from payments y join holders h using (insurer_id, holder_id) where y.provider = 'inforce' and y.method = 'small_balance' order by y.payment_id desc limit ${most}`;
