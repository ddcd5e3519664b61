/** Grows one typed column cell by cell. */

import { type Column } from './column.ts';

export type ColumnKind = 'number' | 'text';
export type ColumnBuilder = {
  /** Whether the cell can be added; a text column takes anything. */
  readonly accepts: (cell: string) => boolean;
  readonly add: (cell: string) => void;
  readonly finish: () => Column;
};

const MISSING = new Set(['', 'NA', 'N/A', 'NaN', 'nan', 'null', 'NULL', 'None']);
const FIRST_ROWS = 1024;

export const isMissing = (cell: string): boolean => MISSING.has(cell) || MISSING.has(cell.trim());
export const isNumber = (cell: string): boolean => Number.isFinite(Number(cell)) && cell.trim() !== '';

export function numberBuilder(): ColumnBuilder {
  let values = new Float64Array(FIRST_ROWS);
  let rows = 0;
  return {
    accepts: (cell) => isMissing(cell) || isNumber(cell),
    add: (cell) => {
      if (rows === values.length) {
        const grown = new Float64Array(rows * 2);
        grown.set(values);
        values = grown;
      }
      values[rows++] = isMissing(cell) ? Number.NaN : Number(cell);
    },
    finish: () => values.slice(0, rows),
  };
}

export function textBuilder(): ColumnBuilder {
  let codes = new Int32Array(FIRST_ROWS);
  let rows = 0;
  const dictionary: string[] = [];
  const known = new Map<string, number>();
  return {
    accepts: () => true,
    add: (cell) => {
      if (rows === codes.length) {
        const grown = new Int32Array(rows * 2);
        grown.set(codes);
        codes = grown;
      }
      const text = cell.trim();
      let code = isMissing(text) ? -1 : known.get(text);
      if (code === undefined) known.set(text, (code = dictionary.push(text) - 1));
      codes[rows++] = code;
    },
    finish: () => ({ codes: codes.slice(0, rows), dictionary }),
  };
}
