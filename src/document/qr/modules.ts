/** The dark squares of a QR code as runs of their rows, for paper and for the page. */

import qrcode from 'qrcode-generator';

export type QrRuns = {
  /** Squares on each side, without the quiet zone. */
  readonly size: number;
  /** Dark squares that follow each other in a row: the first's column, the row, how many. */
  readonly runs: readonly (readonly [column: number, row: number, length: number])[];
};

/** Squares that must stay empty around it (ISO/IEC 18004). */
export const QUIET_SQUARES = 4;
const KEPT_MAX = 64;
const kept = new Map<string, QrRuns>();

/** UTF-8, error correction M: what EPC069-12 asks for, and enough for paper. */
export function qrRuns(payload: string): QrRuns {
  const known = kept.get(payload);
  if (known !== undefined) return known;
  const code = qrcode(0, 'M');
  // The library writes one byte for each character it is given: the bytes of UTF-8.
  code.addData(Buffer.from(payload, 'utf8').toString('latin1'), 'Byte');
  code.make();
  const size = code.getModuleCount();
  const runs: (readonly [number, number, number])[] = [];
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      let run = 0;
      while (column + run < size && code.isDark(row, column + run)) run += 1;
      if (run > 0) runs.push([column, row, run]);
      column += run;
    }
  }
  const made = { size, runs };
  if (kept.size >= KEPT_MAX) kept.clear();
  kept.set(payload, made);
  return made;
}

/** For an SVG whose view is as large as the code with its quiet zone. */
export const svgPath = ({ runs }: QrRuns): string => runs.map(([column, row, length]) => `M${column + QUIET_SQUARES} ${row + QUIET_SQUARES}h${length}v1h-${length}z`).join('');
