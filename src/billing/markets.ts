/** `markets.json`, checked when it is loaded: days ahead, levies and taxes by market, charges for instalments, smallest instalments, short-rate tables. A market is one entry there. */

import { z } from 'zod';
import { type Currency, isCurrency, parsePlainDate, type PlainDate, shareOf } from '../kernel/index.ts';
import { type Charge, type ChargeKind } from '../ledger/index.ts';
import { type PremiumMode, yearlyShareOver } from './schedule.ts';
import file from './markets.json' with { type: 'json' };

const date = z.string().refine((text) => parsePlainDate(text) !== null, 'not a date').transform((text) => text as PlainDate);
const currency = z.string().refine(isCurrency, 'not a currency that we know');
const minor = z.int().positive();
const charge = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/), kind: z.enum(['levy', 'premium_tax', 'stamp_duty', 'policy_fee'] satisfies ChargeKind[]), lines: z.array(z.string()).min(1),
  subdivisions: z.array(z.string().min(1)).min(1).optional(), basis_points: z.int().positive().max(10_000).nullable(), annual_cap_minor: minor.nullable(),
  fixed_minor: minor.optional(), fixed_per: z.enum(['year', 'policy', 'instalment']).optional(), currency: currency.optional(),
  effective_from: date, effective_to: date.nullable(), source: z.string().min(1), verified: z.boolean(),
}).refine((one) => (one.basis_points === null) === (one.fixed_minor !== undefined), 'either basis points or a fixed amount')
  .refine((one) => (one.fixed_minor === undefined) === (one.fixed_per === undefined), 'a fixed amount says what it is for')
  .refine((one) => one.currency !== undefined || (one.annual_cap_minor === null && one.fixed_minor === undefined), 'a cap or a fixed amount has a currency')
  .refine((one) => one.annual_cap_minor === null || one.basis_points !== null, 'what is fixed needs no cap');
const stated = { source: z.string().min(1), verified: z.boolean() };
const shortRate = z.strictObject({
  ...stated, allowed: z.boolean(),
  /** In force up to so many days: so many hundredths of a per cent of the year's premium are kept. */
  steps: z.array(z.strictObject({ days_to: z.int().positive(), basis_points: z.int().positive().max(10_000) })),
}).refine(({ allowed, steps }) => allowed === steps.length > 0, 'a table where it is allowed')
  .refine(({ steps }) => steps.every((step, i) => i === 0 || (step.days_to > (steps[i - 1]?.days_to ?? 0) && step.basis_points >= (steps[i - 1]?.basis_points ?? 0))), 'steps rise');
const schema = z.strictObject({
  about: z.string(),
  issue_days_ahead_default: z.int().min(1).max(90),
  minimum_instalment: z.strictObject({ ...stated, by_currency: z.record(currency, minor) }),
  changes: z.strictObject({ ...stated, difference_due_days: z.int().min(1).max(90), ahead_days_max: z.int().min(31).max(400), due_day_window_days: z.int().min(1).max(60), due_day_max: z.int().min(28).max(31),
    holiday_days_max: z.int().min(28).max(400), reinstatement_due_days: z.int().min(1).max(90), reinstatement_basis_points: z.int().min(0).max(3_000) }),
  short_rate_default: shortRate,
  markets: z.record(z.string().regex(/^[A-Z]{2}$/), z.strictObject({
    issue_days_ahead: z.int().min(1).max(90), issue_origin: z.string().min(1), verified: z.boolean(), charges_note: z.string().min(1).optional(), charges: z.array(charge),
    instalment_charges: z.strictObject({ ...stated, half_yearly: z.int().min(0).max(2_000), quarterly: z.int().min(0).max(2_000), monthly: z.int().min(0).max(2_000) }).optional(),
    short_rate: shortRate.optional(),
    due_day_window: z.strictObject({ ...stated, days: z.int().min(1).max(90) }).optional(),
    reinstatement: z.strictObject({ ...stated, basis_points: z.int().min(0).max(3_000) }).optional(),
  })),
});

const MARKETS = schema.parse(file);

/** Days before its due date on which a bill is issued. */
export const issueDaysAhead = (market: string): number => MARKETS.markets[market]?.issue_days_ahead ?? MARKETS.issue_days_ahead_default;
/** The longest of all markets. */
export const ISSUE_DAYS_AHEAD_MAX = Math.max(MARKETS.issue_days_ahead_default, ...Object.values(MARKETS.markets).map((market) => market.issue_days_ahead));
/** An odd instalment below this is paid with its neighbour. */
export const minimumInstalmentMinor = (code: Currency): bigint => BigInt(MARKETS.minimum_instalment.by_currency[code] ?? 0);
/** The disclosed charge for paying a year's premium by a mode, in hundredths of a per cent of the premium. */
export const instalmentChargePoints = (market: string, mode: PremiumMode): number => (mode === 'annual' || mode === 'single' ? 0 : (MARKETS.markets[market]?.instalment_charges?.[mode] ?? 0));

export type ShortRate = { readonly allowed: boolean; readonly source: string; readonly verified: boolean; readonly steps: readonly { readonly days_to: number; readonly basis_points: number }[] };
export const shortRateOf = (market: string): ShortRate => MARKETS.markets[market]?.short_rate ?? MARKETS.short_rate_default;

export type ChangeRules = {
  /** Days from the change to the due date of a bill for the difference. */
  readonly differenceDueDays: number;
  /** A change that begins later than this is asked for later. */
  readonly aheadDaysMax: number;
  /** By so many days at most the holder's own due day moves a due date. */
  readonly dueDayWindowDays: number;
  readonly dueDayMax: number;
  readonly holidayDaysMax: number;
  readonly reinstatementDueDays: number;
  /** Yearly interest on what was late, in hundredths of a per cent. */
  readonly reinstatementPoints: number;
};
export function changeRulesOf(market: string): ChangeRules {
  const { changes, markets } = MARKETS;
  return {
    differenceDueDays: changes.difference_due_days, aheadDaysMax: changes.ahead_days_max, dueDayWindowDays: markets[market]?.due_day_window?.days ?? changes.due_day_window_days, dueDayMax: changes.due_day_max,
    holidayDaysMax: changes.holiday_days_max, reinstatementDueDays: changes.reinstatement_due_days, reinstatementPoints: markets[market]?.reinstatement?.basis_points ?? changes.reinstatement_basis_points,
  };
}

export type Chargeable = {
  readonly market: string;
  readonly subdivision?: string | null;
  readonly line: string;
  readonly currency: Currency;
  /** The premium of the days from `from` until before `to`. */
  readonly premiumMinor: bigint;
  readonly coverFrom: PlainDate;
  readonly from: PlainDate;
  readonly to: PlainDate;
  /** Day whose rates count: the due date. */
  readonly on: PlainDate;
  /** A difference to days that are billed already: what is fixed stands on their bills, and of a cap so much is used. */
  readonly beside?: readonly Charge[];
};

const NONE: readonly Charge[] = [];
const BASIS = 10_000n;

/** Levies, taxes and fees beside one bill's premium, rounded half to even; a yearly cap or fee is shared by the year's days (`yearlyShareOver`). */
export function chargesOf(bill: Chargeable): readonly Charge[] {
  const market = MARKETS.markets[bill.market];
  if (market === undefined || market.charges.length === 0) return NONE;
  const charges: Charge[] = [];
  for (const one of market.charges) {
    if (!one.lines.includes(bill.line) || bill.on < one.effective_from || (one.effective_to !== null && bill.on > one.effective_to)) continue;
    if (one.subdivisions !== undefined && !one.subdivisions.includes(bill.subdivision ?? '')) continue;
    const amountMinor = amountOf(one, bill);
    if (amountMinor > 0n) charges.push({ kind: one.kind, rule: one.id, amountMinor });
  }
  return charges;
}

type ChargeRule = z.output<typeof charge>;

function amountOf(rule: ChargeRule, bill: Chargeable): bigint {
  const foreign = rule.currency !== undefined && rule.currency !== bill.currency;
  if (rule.fixed_minor !== undefined) return foreign || bill.beside !== undefined ? 0n : fixedOf(rule, bill, BigInt(rule.fixed_minor));
  const full = shareOf(bill.premiumMinor, BigInt(rule.basis_points ?? 0), BASIS);
  if (rule.annual_cap_minor === null || foreign) return full;
  const used = (bill.beside ?? NONE).reduce((sum, one) => (one.rule === rule.id ? sum + one.amountMinor : sum), 0n);
  const most = yearlyShareOver(bill.coverFrom, BigInt(rule.annual_cap_minor), bill.from, bill.to) - used;
  return full < most ? full : most;
}

function fixedOf(rule: ChargeRule, bill: Chargeable, fixedMinor: bigint): bigint {
  if (rule.fixed_per === 'year') return yearlyShareOver(bill.coverFrom, fixedMinor, bill.from, bill.to);
  return rule.fixed_per === 'instalment' || bill.from === bill.coverFrom ? fixedMinor : 0n;
}
