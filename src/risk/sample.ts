/** The rows that trees are grown on, and sums over them. `!` on typed arrays: the indices are ours and the loops are hot. */

import { type Random } from '../kernel/index.ts';
import { type Binned, BINS_MAX } from './bins.ts';

/** Sums of one feature's bins: first and second derivative in turn. */
export const STRIDE = BINS_MAX * 2;

/** Rows copied together, so that a pass over them is a pass over memory. */
export type Sample = {
  count: number;
  readonly rows: Int32Array;
  readonly columns: readonly Uint8Array[];
  /** First and second derivative of the loss, in turn. */
  readonly derivatives: Float32Array;
};

export const emptySample = (train: Binned): Sample => ({
  count: 0, rows: new Int32Array(train.rows), columns: train.columns.map((column) => new Uint8Array(column.length)),
  derivatives: new Float32Array(train.rows * 2),
});

/** Fills the sample with a random share of the rows. */
export function draw(sample: Sample, train: Binned, share: number, random: Random): void {
  const { rows } = sample;
  let count = 0;
  for (let row = 0; row < train.rows; row += 1) if (share >= 1 || random.next() < share) rows[count++] = row;
  sample.count = count;
  train.columns.forEach((column, feature) => {
    const copy = sample.columns[feature]!;
    for (let i = 0; i < count; i += 1) copy[i] = column[rows[i]!]!;
  });
}

/** Derivatives of the log-loss at the scores of the sample's rows. */
export function derive({ rows, count, derivatives }: Sample, score: Float64Array, late: Uint8Array): void {
  for (let i = 0; i < count; i += 1) {
    const p = 1 / (1 + Math.exp(-score[rows[i]!]!));
    derivatives[2 * i] = p - late[rows[i]!]!;
    derivatives[2 * i + 1] = p * (1 - p);
  }
}

/** Writes a feature's sums over all rows of the sample to `sums[from…]`. */
export function sumAll(column: Uint8Array, derivatives: Float32Array, count: number, sums: Float64Array, from: number): void {
  sums.fill(0, from, from + STRIDE);
  for (let i = 0; i < count; i += 1) {
    const at = from + 2 * column[i]!;
    sums[at] = sums[at]! + derivatives[2 * i]!;
    sums[at + 1] = sums[at + 1]! + derivatives[2 * i + 1]!;
  }
}

/** The same over the first `count` of some rows of the sample. */
export function sumSome(column: Uint8Array, derivatives: Float32Array, rows: Int32Array, count: number, sums: Float64Array, from: number): void {
  sums.fill(0, from, from + STRIDE);
  for (let i = 0; i < count; i += 1) {
    const row = rows[i]!;
    const at = from + 2 * column[row]!;
    sums[at] = sums[at]! + derivatives[2 * row]!;
    sums[at + 1] = sums[at + 1]! + derivatives[2 * row + 1]!;
  }
}
