/** Four tiers of care by probability. */

import { type RiskModel } from './model.ts';

export type Tier = 'low' | 'medium_low' | 'medium_high' | 'high';
export const TIERS: readonly Tier[] = ['low', 'medium_low', 'medium_high', 'high'];

/**
 * A tier begins at a multiple of the average probability, kept between two quantiles of the scores so that no tier is empty or swallows
 * the book: low is at least a quarter of the rows, high between 3 and 15 per cent.
 */
const CUTS = [
  { timesAverage: 0.5, quantileMin: 0.25, quantileMax: 0.6 },
  { timesAverage: 1.5, quantileMin: 0.65, quantileMax: 0.85 },
  { timesAverage: 4, quantileMin: 0.85, quantileMax: 0.97 },
] as const;

/** Rising cuts for the scores of the training rows. */
export function tierCutsOf(probabilities: Float64Array): [number, number, number] {
  const sorted = probabilities.toSorted();
  const average = sorted.reduce((sum, p) => sum + p, 0) / sorted.length;
  const quantile = (q: number): number => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
  const [a, b, c] = CUTS.map(({ timesAverage, quantileMin, quantileMax }) => (
    Math.min(quantile(quantileMax), Math.max(quantile(quantileMin), timesAverage * average))
  ));
  const round = (p: number): number => Math.round(p * 1e5) / 1e5;
  return [round(a ?? 0), round(b ?? 0), round(c ?? 0)];
}

export function tierOf(model: Pick<RiskModel, 'tierCuts'>, probability: number): Tier {
  const [mediumLow, mediumHigh, high] = model.tierCuts;
  if (probability >= high) return 'high';
  if (probability >= mediumHigh) return 'medium_high';
  return probability >= mediumLow ? 'medium_low' : 'low';
}

export type TierShare = {
  readonly tier: Tier;
  readonly rows: number;
  /** Mean probability of the tier's rows; 0 when it has none. */
  readonly foreseenLate: number;
  /** Share of them that did pay late. */
  readonly observedLate: number;
};

/** What was foreseen and what came, tier by tier. `late[row]` is 1 when it happened. */
export function tierShares(model: Pick<RiskModel, 'tierCuts'>, probability: Float64Array, late: Uint8Array): TierShare[] {
  const sums = TIERS.map((tier) => ({ tier, rows: 0, late: 0, foreseen: 0 }));
  probability.forEach((p, row) => {
    const entry = sums[TIERS.indexOf(tierOf(model, p))];
    if (entry === undefined) return;
    entry.rows += 1;
    entry.late += late[row] ?? 0;
    entry.foreseen += p;
  });
  return sums.map(({ tier, rows, late: lateRows, foreseen }) => ({
    tier, rows, foreseenLate: foreseen / Math.max(1, rows), observedLate: lateRows / Math.max(1, rows),
  }));
}
