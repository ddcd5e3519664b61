/** How good probabilities are. `late[row]` is 1 when it happened. All are NaN for no rows. */

export type Metrics = {
  readonly rows: number;
  readonly lateShare: number;
  /** Chance that a late row scores above one that was on time. */
  readonly auc: number;
  readonly logLoss: number;
  /** Mean squared error of the probability (Brier 1950). */
  readonly brier: number;
  /** Mean distance of foreseen and observed share in ten bins of equal size. */
  readonly calibrationError: number;
  /** Share right when "late" is said above one half. */
  readonly accuracy: number;
  /** Share right when the commoner outcome is always said. */
  readonly majorityAccuracy: number;
};

const CALIBRATION_BINS = 10;

export function metricsOf(late: Uint8Array, probability: Float64Array): Metrics {
  const order = ascending(probability);
  let lateRows = 0;
  let logLoss = 0;
  let brier = 0;
  let right = 0;
  for (let row = 0; row < late.length; row += 1) {
    const y = late[row] ?? 0;
    const p = Math.min(1 - 1e-15, Math.max(1e-15, probability[row] ?? 0));
    lateRows += y;
    logLoss -= y === 1 ? Math.log(p) : Math.log(1 - p);
    brier += (p - y) ** 2;
    if (p > 0.5 === (y === 1)) right += 1;
  }
  const rows = late.length;
  return {
    rows, lateShare: lateRows / rows, auc: aucOf(late, probability, order), logLoss: logLoss / rows, brier: brier / rows,
    calibrationError: calibrationErrorOf(late, probability, order), accuracy: right / rows,
    majorityAccuracy: Math.max(lateRows, rows - lateRows) / rows,
  };
}

/** Rows by rising score. */
function ascending(scores: Float64Array): Int32Array {
  const order = Int32Array.from(scores, (_, row) => row);
  return order.sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0));
}

/** Area under the ROC curve by mid-ranks (Mann and Whitney 1947); NaN when one outcome is absent. */
export function aucOf(late: Uint8Array, scores: Float64Array, order: Int32Array = ascending(scores)): number {
  let rankSum = 0;
  let lateRows = 0;
  for (let i = 0; i < order.length;) {
    let end = i + 1;
    const score = scores[order[i] ?? 0];
    while (end < order.length && scores[order[end] ?? 0] === score) end += 1;
    let lateHere = 0;
    for (let j = i; j < end; j += 1) lateHere += late[order[j] ?? 0] ?? 0;
    rankSum += (lateHere * (i + end + 1)) / 2;
    lateRows += lateHere;
    i = end;
  }
  return (rankSum - (lateRows * (lateRows + 1)) / 2) / (lateRows * (late.length - lateRows));
}

function calibrationErrorOf(late: Uint8Array, probability: Float64Array, order: Int32Array): number {
  let error = 0;
  for (let bin = 0; bin < CALIBRATION_BINS; bin += 1) {
    const from = Math.floor((bin * order.length) / CALIBRATION_BINS);
    const to = Math.floor(((bin + 1) * order.length) / CALIBRATION_BINS);
    let difference = 0;
    for (let i = from; i < to; i += 1) difference += (probability[order[i] ?? 0] ?? 0) - (late[order[i] ?? 0] ?? 0);
    error += Math.abs(difference);
  }
  return error / order.length;
}
