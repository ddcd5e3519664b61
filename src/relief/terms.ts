/** The terms of late fees, discounts, points and small balances, as data: shapes, and the house's own where an insurer has set none. Amounts in minor units. */

import { z } from 'zod';
import { type Tx } from '../database/index.ts';
import { fail, type InsurerId, type Moment, ok, type Result } from '../kernel/index.ts';
import lateFeesFile from './late-fees.json' with { type: 'json' };
import houseFile from './house-terms.json' with { type: 'json' };

const MARKET = z.string().regex(/^[A-Z]{2}$/);
const CURRENCY = z.string().regex(/^[A-Z]{3}$/);
const MINOR_MAX = 1_000_000_000;
const DAYS_MAX = 365;
const ROWS_MAX = 60;
const minor = z.int().min(0).max(MINOR_MAX);
const where = { market: MARKET, subdivision: z.string().max(10).nullable(), lines: z.array(z.string().max(20)).min(1).max(10) };

const step = z.strictObject({ days: z.int().min(1).max(DAYS_MAX), amounts: z.record(CURRENCY, minor).optional(), basis_points: z.int().min(0).max(2_000).optional() });
const rising = (steps: readonly { readonly days: number }[]): boolean => steps.every(({ days }, at) => at === 0 || days > (steps[at - 1]?.days ?? 0));
export const lateFeeScale = z.strictObject({
  id: z.string().min(1).max(60), ...where, basis: z.enum(['fixed_sum', 'interest', 'actual_cost']), in_contract: z.boolean(), annual_basis_points: z.int().min(0).max(3_600).optional(),
  steps: z.array(step).min(1).max(12).refine(rising, 'days must rise'), source: z.string().max(300), verified: z.boolean(),
});
export type LateFeeScale = z.output<typeof lateFeeScale>;

const discountTier = z.strictObject({ ...where, days: z.int().min(1).max(DAYS_MAX), basis_points: z.int().min(1).max(2_000), from: z.iso.date(), in_contract: z.boolean() });
export type DiscountTier = z.output<typeof discountTier>;

const points = z.int().min(0).max(100_000);
const pointTerms = z.strictObject({
  on: z.boolean(), value_minor: z.int().min(1).max(10_000), expiry_months: z.int().min(1).max(120), hold_out_percent: z.int().min(0).max(50),
  earn: z.strictObject({
    on_time: points, in_full: points, autopay: points, in_a_row: z.strictObject({ count: z.int().min(2).max(60), points }), healthy_day: z.strictObject({ steps: z.int().min(1).max(100_000), points }),
  }),
  tiers: z.array(z.strictObject({ after: z.int().min(0).max(1_000), name: z.string().min(1).max(40), percent: z.int().min(100).max(300) })).min(1).max(8)
    .refine((tiers) => tiers[0]?.after === 0 && tiers.every(({ after }, at) => at === 0 || after > (tiers[at - 1]?.after ?? 0)), 'the first tier begins at 0 and each later one higher'),
});
export type PointTerms = z.output<typeof pointTerms>;

export const TERMS = {
  late_fees: z.strictObject({ scales: z.array(lateFeeScale).max(ROWS_MAX) }),
  early_discount: z.strictObject({ tiers: z.array(discountTier).max(ROWS_MAX) }),
  points: pointTerms,
  small_balance: z.strictObject({ days: z.int().min(0).max(DAYS_MAX), tolerance_minor: z.record(CURRENCY, minor) }),
} as const;
export type TermsKind = keyof typeof TERMS;
export type Terms<K extends TermsKind = TermsKind> = z.output<(typeof TERMS)[K]>;
export const TERMS_KINDS = ['late_fees', 'early_discount', 'points', 'small_balance'] as const satisfies readonly TermsKind[];

export type AllTerms = { readonly [K in TermsKind]: { readonly terms: Terms<K>; /** 0: the house's own. */ readonly version: number; readonly changedBy: string | null; readonly changedAt: Date | null } };

const HOUSE: { readonly [K in TermsKind]: Terms<K> } = {
  late_fees: TERMS.late_fees.parse({ scales: lateFeesFile.scales }), early_discount: TERMS.early_discount.parse(houseFile.early_discount), points: TERMS.points.parse(houseFile.points),
  small_balance: TERMS.small_balance.parse(houseFile.small_balance),
};

type Row = { kind: TermsKind; version: number; terms: unknown; changed_by: string; changed_at: Date };

/** What holds today. */
export async function readTerms(tx: Tx, insurerId: InsurerId): Promise<AllTerms> {
  const rows = await tx<Row[]>`select distinct on (kind) kind, version, terms, changed_by, changed_at from relief_terms where insurer_id = ${insurerId} order by kind, version desc`;
  const of = <K extends TermsKind>(kind: K): AllTerms[K] => {
    const row = rows.find((one) => one.kind === kind);
    const terms = row === undefined ? HOUSE[kind] : TERMS[kind].parse(row.terms);
    return { terms, version: row?.version ?? 0, changedBy: row?.changed_by ?? null, changedAt: row?.changed_at ?? null } as AllTerms[K];
  };
  return { late_fees: of('late_fees'), early_discount: of('early_discount'), points: of('points'), small_balance: of('small_balance') };
}

export type TermsChange = { readonly insurerId: InsurerId; readonly kind: TermsKind; readonly terms: Terms; /** The version that the change was made on. */ readonly version: number; readonly by: string; readonly at: Moment };

/** Problem: `changed_meanwhile` where somebody has changed them since. */
export async function writeTerms(tx: Tx, { insurerId, kind, terms, version, by, at }: TermsChange): Promise<Result<{ readonly version: number }>> {
  const written = await tx<{ version: number }[]>`
    insert into relief_terms (insurer_id, kind, version, terms, changed_by, changed_at)
    select ${insurerId}, ${kind}, ${version + 1}, ${tx.json(terms)}, ${by}, ${new Date(at)}
    where ${version} = coalesce((select max(version) from relief_terms where insurer_id = ${insurerId} and kind = ${kind}), 0)
    on conflict do nothing returning version`;
  const [done] = written;
  if (done !== undefined) return ok(done);
  const [last] = await tx<{ changed_by: string }[]>`select changed_by from relief_terms where insurer_id = ${insurerId} and kind = ${kind} order by version desc limit 1`;
  return fail('changed_meanwhile', { by: last?.changed_by ?? '—' });
}
