/** `markets.json`, checked when it is loaded: days ahead, levies and taxes by market. A market is one entry there. */

import { z } from 'zod';
import { type Currency, parsePlainDate, type PlainDate, shareOf } from '../kernel/index.ts';
import { type ChargeKind } from '../ledger/index.ts';
import { instalmentsPerYear, type PremiumMode } from './schedule.ts';
import file from './markets.json' with { type: 'json' };

const date = z.string().refine((text) => parsePlainDate(text) !== null, 'not a date').transform((text) => text as PlainDate);
const charge = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/), kind: z.enum(['levy', 'premium_tax', 'stamp_duty', 'policy_fee'] satisfies ChargeKind[]), lines: z.array(z.string()).min(1),
  basis_points: z.int().positive().max(10_000), annual_cap_minor: z.int().positive().nullable(), effective_from: date, effective_to: date.nullable(),
  source: z.string().min(1), verified: z.boolean(),
});
const schema = z.strictObject({
  about: z.string(),
  issue_days_ahead_default: z.int().min(1).max(90),
  markets: z.record(z.string().regex(/^[A-Z]{2}$/), z.strictObject({
    issue_days_ahead: z.int().min(1).max(90), issue_origin: z.string().min(1), verified: z.boolean(), charges: z.array(charge),
  })),
});

const MARKETS = schema.parse(file);

/** Days before its due date on which a bill is issued. */
export const issueDaysAhead = (market: string): number => MARKETS.markets[market]?.issue_days_ahead ?? MARKETS.issue_days_ahead_default;
/** The longest of all markets. */
export const ISSUE_DAYS_AHEAD_MAX = Math.max(MARKETS.issue_days_ahead_default, ...Object.values(MARKETS.markets).map((market) => market.issue_days_ahead));

export type Charge = { readonly kind: ChargeKind; readonly rule: string; readonly amountMinor: bigint };
export type Chargeable = {
  readonly market: string;
  readonly line: string;
  readonly currency: Currency;
  readonly mode: PremiumMode;
  /** The instalment's premium. */
  readonly premiumMinor: bigint;
  /** Day whose rates count: the due date. */
  readonly on: PlainDate;
};

const NONE: readonly Charge[] = [];
const BASIS = 10_000n;

/** Levies and taxes beside one instalment, rounded half to even; a yearly cap is shared evenly by the year's instalments. */
export function chargesOf(instalment: Chargeable): readonly Charge[] {
  const market = MARKETS.markets[instalment.market];
  if (market === undefined || market.charges.length === 0) return NONE;
  const charges: Charge[] = [];
  for (const { id, kind, lines, basis_points: points, annual_cap_minor: cap, effective_from: from, effective_to: to } of market.charges) {
    if (!lines.includes(instalment.line) || instalment.on < from || (to !== null && instalment.on > to)) continue;
    const full = shareOf(instalment.premiumMinor, BigInt(points), BASIS);
    const most = cap === null ? full : BigInt(cap) / BigInt(instalmentsPerYear(instalment.mode));
    const amountMinor = full < most ? full : most;
    if (amountMinor > 0n) charges.push({ kind, rule: id, amountMinor });
  }
  return charges;
}
