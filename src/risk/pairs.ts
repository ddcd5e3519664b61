/** Which two features belong together, and how a pair's table is told apart from what each feature says alone. */

import { type Binned } from './bins.ts';

/** Row and column sums of a pair's table smaller than this (log-odds) count as zero. */
const PURE_MAX = 1e-7;
const PURIFY_ROUNDS_MAX = 50;

/**
 * The pairs whose best cut into four quadrants explains most of what the features alone leave (FAST: Lou et al. 2013).
 * @param residual first derivatives of the loss, `weight` the second ones, by row
 */
export function choosePairs(
  data: Binned, residual: Float64Array, weight: Float64Array, pairsMax: number, l2: number, weightMin: number,
): (readonly [number, number])[] {
  const found: { pair: readonly [number, number]; gain: number }[] = [];
  for (let a = 0; a < data.columns.length; a += 1) {
    for (let b = a + 1; b < data.columns.length; b += 1) {
      found.push({ pair: [a, b], gain: quadrantGain(data, a, b, residual, weight, l2, weightMin) });
    }
  }
  return found.filter(({ gain }) => gain > 0).toSorted((x, y) => y.gain - x.gain).slice(0, pairsMax).map(({ pair }) => pair);
}

function quadrantGain(
  data: Binned, a: number, b: number, residual: Float64Array, weight: Float64Array, l2: number, weightMin: number,
): number {
  const [rowsOfA, rowsOfB] = [data.binCounts[a]!, data.binCounts[b]!];
  const width = rowsOfB + 1;
  const g = new Float64Array((rowsOfA + 1) * width);
  const h = new Float64Array(g.length);
  const [first, second] = [data.columns[a]!, data.columns[b]!];
  for (let row = 0; row < data.rows; row += 1) {
    const cell = (first[row]! + 1) * width + second[row]! + 1;
    g[cell] = g[cell]! + residual[row]!;
    h[cell] = h[cell]! + weight[row]!;
  }
  // Sums over all cells up to and including each, so that a quadrant is four look-ups.
  for (const sums of [g, h]) {
    for (let x = 1; x <= rowsOfA; x += 1) {
      for (let y = 1; y <= rowsOfB; y += 1) {
        const cell = x * width + y;
        sums[cell] = sums[cell]! + sums[cell - 1]! + sums[cell - width]! - sums[cell - width - 1]!;
      }
    }
  }
  const all = rowsOfA * width + rowsOfB;
  const gain = (gg: number, hh: number): number => (hh < weightMin ? 0 : (gg * gg) / (hh + l2));
  let best = 0;
  for (let x = 1; x < rowsOfA; x += 1) {
    const rowEnd = x * width + rowsOfB;
    for (let y = 1; y < rowsOfB; y += 1) {
      const cell = x * width + y;
      const columnEnd = rowsOfA * width + y;
      const total = gain(g[cell]!, h[cell]!) + gain(g[rowEnd]! - g[cell]!, h[rowEnd]! - h[cell]!)
        + gain(g[columnEnd]! - g[cell]!, h[columnEnd]! - h[cell]!)
        + gain(g[all]! - g[rowEnd]! - g[columnEnd]! + g[cell]!, h[all]! - h[rowEnd]! - h[columnEnd]! + h[cell]!);
      if (total > best) best = total;
    }
  }
  return best;
}

/**
 * Moves out of a pair's table what belongs to one of its features alone, weighing cells by the rows in them, so that the mean over each
 * row and column with data is 0 (purification: Lengerich, Tan, Chang, Hooker, Caruana 2020). The sum of the three stays the same.
 */
export function purify(table: Float64Array, cellRows: Float64Array, first: Float64Array, second: Float64Array): void {
  const stride = second.length;
  for (let round = 0; round < PURIFY_ROUNDS_MAX; round += 1) {
    let moved = 0;
    for (let a = 0; a < first.length; a += 1) moved = Math.max(moved, moveMean(table, cellRows, a * stride, 1, stride, first, a));
    for (let b = 0; b < stride; b += 1) moved = Math.max(moved, moveMean(table, cellRows, b, stride, first.length, second, b));
    if (moved < PURE_MAX) break;
  }
}

function moveMean(
  table: Float64Array, cellRows: Float64Array, start: number, step: number, count: number, shape: Float64Array, bin: number,
): number {
  let sum = 0;
  let rows = 0;
  for (let i = 0; i < count; i += 1) {
    const cell = start + i * step;
    sum += table[cell]! * cellRows[cell]!;
    rows += cellRows[cell]!;
  }
  if (rows === 0) return 0;
  const mean = sum / rows;
  for (let i = 0; i < count; i += 1) table[start + i * step] = table[start + i * step]! - mean;
  shape[bin] = shape[bin]! + mean;
  return Math.abs(mean);
}
