/** What stands on a bill beside its premium: as values, as the column `bills.charges` keeps it, and how much of it is for being late. */

import { type ChargeKind, isFee } from './posting-rules.ts';

/** `amountMinor` in minor units of the bill's currency; `rule`: the law's or the house's. */
export type Charge = { readonly kind: ChargeKind; readonly rule: string; readonly amountMinor: bigint };
export type ChargeJson = { readonly kind: ChargeKind; readonly rule: string; readonly amount_minor: number };

export const chargesOfJson = (charges: readonly ChargeJson[] | null): readonly Charge[] => (charges ?? []).map(({ kind, rule, amount_minor: amount }) => ({ kind, rule, amountMinor: BigInt(amount) }));
export const chargesToJson = (charges: readonly Charge[]): ChargeJson[] => charges.map(({ kind, rule, amountMinor }) => ({ kind, rule, amount_minor: Number(amountMinor) }));
/** As the column keeps it: null where there are none. */
export const chargesColumn = (charges: readonly Charge[]): ChargeJson[] | null => (charges.length === 0 ? null : chargesToJson(charges));

export const feesIn = (charges: readonly Charge[]): readonly Charge[] => charges.filter(({ kind }) => isFee(kind));
/** Late fees and interest in all: `bills.fees_minor`. */
export const feesOf = (charges: readonly Charge[]): bigint => charges.reduce((sum, { kind, amountMinor }) => (isFee(kind) ? sum + amountMinor : sum), 0n);
/** The same charges, in whatever order. */
export const chargesText = (charges: readonly Charge[]): string => charges.map(({ kind, rule, amountMinor }) => `${kind} ${rule} ${amountMinor}`).sort().join();
