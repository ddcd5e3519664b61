/**
 * Boosting of trees of at most two levels. Such a tree is a sum of functions of one or two features, so the whole ensemble is written into
 * one table for each feature and one for each pair: a GA²M (Lou, Caruana, Gehrke, Hooker 2013) grown greedily as in XGBoost (Chen,
 * Guestrin 2016). Newton steps on log-loss. `!` on typed arrays: the indices are ours and the loops are hot.
 */

import { type Random, seededRandom } from '../kernel/index.ts';
import { type Binned, BINS_MAX } from './bins.ts';
import { derive, draw, emptySample, type Sample, STRIDE, sumAll, sumSome } from './sample.ts';

export type Direction = -1 | 0 | 1;
/** `pairIndex[a × features + b]` is the number of the pair's table, or −1 when the two may not meet in a tree. */
export type PairIndex = Int16Array;

export type BoostSettings = {
  readonly roundsMax: number;
  readonly learningRate: number;
  /** Added to the sum of second derivatives of a leaf. */
  readonly l2: number;
  /** Least sum of second derivatives of a leaf: about late × on-time rows ÷ rows. */
  readonly hessianMin: number;
  /** Share of the features that each tree may choose from: varied trees average better, and cost less. */
  readonly featureShare: number;
  /** Share of the rows that each tree is grown on. */
  readonly rowShare: number;
  readonly seed: number;
  /** Rounds without a better log-loss on the inner validation rows before it stops. */
  readonly patience: number;
};

export type Boosted = {
  readonly intercept: number;
  readonly mains: readonly Float64Array[];
  readonly pairs: readonly Float64Array[];
  readonly rounds: number;
};

type Side = { feature: number; readonly values: Float64Array };
type Tree = { root: number; readonly isLeft: Uint8Array; readonly left: Side; readonly right: Side };
type Split = { gain: number; feature: number; cut: number; missingLeft: boolean; leftValue: number; rightValue: number };
type Bounds = { low: number; high: number };

/** Trees that are grown on one sample of the rows: a new one for each would cost more than the tree. */
const ROUNDS_PER_SAMPLE = 8;
const ROUNDS_PER_CHECK = 2;
const UNBOUNDED: Bounds = { low: -Infinity, high: Infinity };

/**
 * Grows trees on `train` until `validation` stops improving, and returns the tables of the best round.
 * @param pairs tables of pairs in the order of their numbers: [a, b] with a < b
 */
export function boost(
  train: Binned, late: Uint8Array, validation: Binned, validationLate: Uint8Array,
  pairs: readonly (readonly [number, number])[], monotone: readonly Direction[], settings: BoostSettings,
): Boosted {
  const features = train.columns.length;
  const partners = partnersOf(features, pairs);
  const pairNumber = pairIndexOf(features, pairs);
  const lateRows = late.reduce((sum, value) => sum + value, 0);
  const intercept = Math.log((lateRows + 0.5) / (train.rows - lateRows + 0.5));
  const score = new Float64Array(train.rows).fill(intercept);
  const validationScore = new Float64Array(validation.rows).fill(intercept);
  const random = seededRandom(settings.seed);
  const sample = emptySample(train);
  const grower = treeGrower(sample, train.binCounts, partners, monotone, settings, random);
  const trees: Tree[] = [];
  let best = logLossOf(validationScore, validationLate);
  let bestRounds = 0;
  while (trees.length < settings.roundsMax && trees.length - bestRounds < settings.patience) {
    if (trees.length % ROUNDS_PER_SAMPLE === 0) draw(sample, train, settings.rowShare, random);
    derive(sample, score, late);
    const tree = grower();
    if (tree === null) break;
    trees.push(tree);
    addTree(tree, train, score);
    addTree(tree, validation, validationScore);
    if (trees.length % ROUNDS_PER_CHECK !== 0) continue;
    const loss = logLossOf(validationScore, validationLate);
    if (loss < best - 1e-7) {
      best = loss;
      bestRounds = trees.length;
    }
  }
  if (validation.rows === 0) bestRounds = trees.length;
  const mains = train.binCounts.map((bins) => new Float64Array(bins));
  const tables = pairs.map(([a, b]) => new Float64Array(train.binCounts[a]! * train.binCounts[b]!));
  for (const tree of trees.slice(0, bestRounds)) writeTree(tree, train.binCounts, mains, tables, pairNumber);
  return { intercept, mains, pairs: tables, rounds: bestRounds };
}

function pairIndexOf(features: number, pairs: readonly (readonly [number, number])[]): PairIndex {
  const index = new Int16Array(features * features).fill(-1);
  pairs.forEach(([a, b], number) => {
    index[a * features + b] = number;
    index[b * features + a] = number;
  });
  return index;
}

/** For each feature those that a second cut may use: itself and its partners. */
function partnersOf(features: number, pairs: readonly (readonly [number, number])[]): number[][] {
  const partners = Array.from({ length: features }, (_, feature) => [feature]);
  for (const [a, b] of pairs) {
    partners[a]!.push(b);
    partners[b]!.push(a);
  }
  return partners;
}

function logLossOf(score: Float64Array, late: Uint8Array): number {
  let loss = 0;
  for (let row = 0; row < score.length; row += 1) {
    const s = late[row] === 1 ? -score[row]! : score[row]!;
    // log(1 + e^s) is off by 1e-16 here, and three times as fast as log1p.
    loss += s > 0 ? s + Math.log(1 + Math.exp(-s)) : Math.log(1 + Math.exp(s));
  }
  return score.length === 0 ? Infinity : loss / score.length;
}

function addTree(tree: Tree, data: Binned, score: Float64Array): void {
  const root = data.columns[tree.root]!;
  const left = data.columns[tree.left.feature]!;
  const right = data.columns[tree.right.feature]!;
  const { isLeft, left: { values: leftValues }, right: { values: rightValues } } = tree;
  for (let row = 0; row < score.length; row += 1) {
    score[row] = score[row]! + (isLeft[root[row]!] === 1 ? leftValues[left[row]!]! : rightValues[right[row]!]!);
  }
}

/** Adds a tree to the tables: a side cut by its own root's feature belongs to that feature alone, any other to a pair. */
function writeTree(
  tree: Tree, binCounts: readonly number[], mains: readonly Float64Array[], tables: readonly Float64Array[], pairNumber: PairIndex,
): void {
  const bins = binCounts[tree.root]!;
  for (const [side, wanted] of [[tree.left, 1], [tree.right, 0]] as const) {
    const table = side.feature === tree.root ? mains[tree.root]! : tables[pairNumber[tree.root * binCounts.length + side.feature]!]!;
    const others = side.feature === tree.root ? 1 : binCounts[side.feature]!;
    const rootFirst = tree.root < side.feature;
    for (let bin = 0; bin < bins; bin += 1) {
      if (tree.isLeft[bin] !== wanted) continue;
      for (let other = 0; other < others; other += 1) {
        const cell = side.feature === tree.root ? bin : rootFirst ? bin * others + other : other * bins + bin;
        table[cell] = table[cell]! + side.values[side.feature === tree.root ? bin : other]!;
      }
    }
  }
}

function treeGrower(
  sample: Sample, binCounts: readonly number[], partners: readonly (readonly number[])[], monotone: readonly Direction[],
  settings: BoostSettings, random: Random,
): () => Tree | null {
  const { columns, derivatives } = sample;
  const all = columns.map((_, feature) => feature);
  const rootSums = new Float64Array(all.length * STRIDE);
  const smallSums = new Float64Array(all.length * STRIDE);
  const largeSums = new Float64Array(all.length * STRIDE);
  const smallRows = new Int32Array(sample.rows.length);
  return () => {
    const { count } = sample;
    const roots = chosen(all, settings.featureShare, random);
    for (const feature of roots) sumAll(columns[feature]!, derivatives, count, rootSums, feature * STRIDE);
    const split = bestSplit(rootSums, roots, binCounts, monotone, UNBOUNDED, settings);
    if (split === null) return null;
    const isLeft = sidesOf(split);
    const column = columns[split.feature]!;
    let leftRows = 0;
    for (let i = 0; i < count; i += 1) leftRows += isLeft[column[i]!]!;
    const smallIsLeft = leftRows * 2 <= count ? 1 : 0;
    let small = 0;
    for (let i = 0; i < count; i += 1) if (isLeft[column[i]!] === smallIsLeft) smallRows[small++] = i;
    const seconds = [split.feature, ...chosen(partners[split.feature]!.slice(1), settings.featureShare, random)];
    for (const feature of seconds) {
      const from = feature * STRIDE;
      if (!roots.includes(feature)) sumAll(columns[feature]!, derivatives, count, rootSums, from);
      sumSome(columns[feature]!, derivatives, smallRows, small, smallSums, from);
      for (let i = from; i < from + STRIDE; i += 1) largeSums[i] = rootSums[i]! - smallSums[i]!;
    }
    const direction = monotone[split.feature]!;
    const middle = (split.leftValue + split.rightValue) / 2;
    const below = { low: -Infinity, high: middle };
    const above = { low: middle, high: Infinity };
    const leftBounds = direction === 0 ? UNBOUNDED : direction === 1 ? below : above;
    const rightBounds = direction === 0 ? UNBOUNDED : direction === 1 ? above : below;
    const side = (isTheLeft: boolean, value: number, bounds: Bounds): Side => {
      const sums = isTheLeft === (smallIsLeft === 1) ? smallSums : largeSums;
      return sideOf(bestSplit(sums, seconds, binCounts, monotone, bounds, settings), split.feature, value, settings);
    };
    return { root: split.feature, isLeft, left: side(true, split.leftValue, leftBounds), right: side(false, split.rightValue, rightBounds) };
  };
}

function sideOf(split: Split | null, root: number, value: number, settings: BoostSettings): Side {
  if (split === null) return { feature: root, values: new Float64Array(BINS_MAX).fill(value * settings.learningRate) };
  const isLeft = sidesOf(split);
  const values = new Float64Array(BINS_MAX);
  for (let bin = 0; bin < BINS_MAX; bin += 1) values[bin] = (isLeft[bin] === 1 ? split.leftValue : split.rightValue) * settings.learningRate;
  return { feature: split.feature, values };
}

function sidesOf(split: Split): Uint8Array {
  const isLeft = new Uint8Array(BINS_MAX);
  isLeft.fill(1, 1, split.cut + 1);
  isLeft[0] = split.missingLeft ? 1 : 0;
  return isLeft;
}

function chosen(features: readonly number[], share: number, random: Random): number[] {
  if (share >= 1) return [...features];
  const some = features.filter(() => random.next() < share);
  const first = features[Math.floor(random.next() * features.length)];
  return some.length === 0 && first !== undefined ? [first] : some;
}

/** The cut with the largest fall of the loss, or null when none helps. Missing values go to the side that they fit better. */
function bestSplit(
  sums: Float64Array, candidates: readonly number[], binCounts: readonly number[], monotone: readonly Direction[],
  bounds: Bounds, settings: BoostSettings,
): Split | null {
  const { l2, hessianMin } = settings;
  let best: Split | null = null;
  const first = candidates[0]! * STRIDE;
  let totalG = 0;
  let totalH = 0;
  for (let i = first; i < first + STRIDE; i += 2) {
    totalG += sums[i]!;
    totalH += sums[i + 1]!;
  }
  const value = (g: number, h: number): number => Math.min(bounds.high, Math.max(bounds.low, -g / (h + l2)));
  const fall = (g: number, h: number, w: number): number => -(2 * g * w + (h + l2) * w * w);
  const base = fall(totalG, totalH, value(totalG, totalH));
  let bestGain = base + 1e-6;
  for (const feature of candidates) {
    const from = feature * STRIDE;
    const direction = monotone[feature]!;
    const missingG = sums[from]!;
    const missingH = sums[from + 1]!;
    let g = 0;
    let h = 0;
    for (let cut = 1; cut < binCounts[feature]! - 1; cut += 1) {
      g += sums[from + 2 * cut]!;
      h += sums[from + 2 * cut + 1]!;
      for (let withMissing = missingH > 0 ? 1 : 0; withMissing >= 0; withMissing -= 1) {
        const leftG = withMissing === 1 ? g + missingG : g;
        const leftH = withMissing === 1 ? h + missingH : h;
        const rightG = totalG - leftG;
        const rightH = totalH - leftH;
        if (leftH < hessianMin || rightH < hessianMin) continue;
        const left = value(leftG, leftH);
        const right = value(rightG, rightH);
        if (direction !== 0 && direction * (right - left) < 0) continue;
        const gain = fall(leftG, leftH, left) + fall(rightG, rightH, right);
        if (gain <= bestGain) continue;
        bestGain = gain;
        // Unseen missing values follow the larger side.
        const missingLeft = missingH > 0 ? withMissing === 1 : leftH >= rightH;
        best = { gain: gain - base, feature, cut, missingLeft, leftValue: left, rightValue: right };
      }
    }
  }
  return best;
}
