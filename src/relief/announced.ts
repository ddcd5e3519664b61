/** What a bill says before it applies: its scale of late fees and its discounts for paying early. Pure. Amounts in minor units of the bill's currency. */

import { z } from 'zod';
import { addDays, type Currency, type PlainDate } from '../kernel/index.ts';
import { type AllTerms, type DiscountTier, type LateFeeScale } from './terms.ts';

export const announcedShape = z.object({
  late_fees: z.object({
    scale: z.string(), basis: z.enum(['fixed_sum', 'interest', 'actual_cost']), in_contract: z.boolean(), annual_basis_points: z.int().optional(),
    /** The whole fee from that day on; of interest it is what is owed of the whole premium. */
    steps: z.array(z.object({ days: z.int(), amount_minor: z.int() })),
  }).nullable(),
  discounts: z.array(z.object({ days: z.int(), basis_points: z.int(), until: z.custom<PlainDate>(), amount_minor: z.int() })),
});
export type Announced = z.output<typeof announcedShape>;
export type AnnouncedFees = NonNullable<Announced['late_fees']>;

export type AnnouncedBill = {
  readonly market: string; readonly subdivision: string | null; readonly line: string; readonly currency: Currency; readonly premiumMinor: bigint; readonly amountMinor: bigint; readonly issuedOn: PlainDate; readonly dueOn: PlainDate;
};

/** `lawful`: whether the law lets this discount be offered there. Null: the bill announces nothing. */
export function announcedOf(terms: Pick<AllTerms, 'late_fees' | 'early_discount'>, bill: AnnouncedBill, lawful: (tier: DiscountTier) => boolean): Announced | null {
  const scale = terms.late_fees.terms.scales.find((one) => fits(one, bill));
  const steps = scale === undefined ? [] : scale.steps.map((step) => ({ days: step.days, amount_minor: Number(wholeFee(scale, step, bill)) })).filter(({ amount_minor: amount }) => amount > 0);
  const discounts = terms.early_discount.terms.tiers
    .filter((tier) => fits(tier, bill) && (tier.from as PlainDate) <= bill.issuedOn && addDays(bill.dueOn, -tier.days) >= bill.issuedOn && lawful(tier))
    .map(({ days, basis_points: rate }) => ({ days, basis_points: rate, until: addDays(bill.dueOn, -days), amount_minor: Number((bill.premiumMinor * BigInt(rate)) / 10_000n) }))
    .filter(({ amount_minor: amount }) => amount > 0 && BigInt(amount) < bill.amountMinor)
    .sort((a, b) => (a.until < b.until ? -1 : 1));
  if (steps.length === 0 && discounts.length === 0) return null;
  const rate = scale?.annual_basis_points;
  return { late_fees: scale === undefined || steps.length === 0 ? null : { scale: scale.id, basis: scale.basis, in_contract: scale.in_contract, ...(rate === undefined ? {} : { annual_basis_points: rate }), steps }, discounts };
}

const fits = (where: { readonly market: string; readonly subdivision: string | null; readonly lines: readonly string[] }, bill: AnnouncedBill): boolean =>
  where.market === bill.market && (where.subdivision === null || where.subdivision === bill.subdivision) && (where.lines.includes('*') || where.lines.includes(bill.line));

/** The whole fee once this step is reached. */
export function wholeFee({ basis, annual_basis_points: rate = 0 }: Pick<LateFeeScale, 'basis' | 'annual_basis_points'>, step: LateFeeScale['steps'][number], bill: Pick<AnnouncedBill, 'currency' | 'premiumMinor'>): bigint {
  if (basis === 'interest') return interestOf(bill.premiumMinor, rate, step.days);
  return BigInt(step.amounts?.[bill.currency] ?? 0) + (bill.premiumMinor * BigInt(step.basis_points ?? 0)) / 10_000n;
}

/** By days of a year of 365; fractions of a minor unit are dropped, in the holder's favour. */
export const interestOf = (owedMinor: bigint, annualBasisPoints: number, days: number): bigint => (owedMinor * BigInt(annualBasisPoints) * BigInt(days)) / 3_650_000n;
