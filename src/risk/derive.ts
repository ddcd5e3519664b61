/**
 * Features made of columns, declared in the model so that training and scoring make them alike. Only sums and ratios: any monotone
 * function of one column (a logarithm, say) falls into the same bins and adds nothing.
 */

import { type Column, type Columns, asNumbers, isText } from './column.ts';

export type Term = { readonly column: string; readonly weight: number };

/**
 * (weighted sum of the numerator + `smoothing[0]`) ÷ (weighted sum of the denominator + `smoothing[1]`); without a denominator the sum
 * alone. Missing when a term is missing. Smoothing keeps one late premium of two from looking like fifty of a hundred.
 */
export type Derived = {
  readonly name: string;
  readonly numerator: readonly Term[];
  readonly denominator: readonly Term[];
  readonly smoothing: readonly [number, number];
  /** The feature under whose name its contribution is told to people, who should hear about the same fact once. */
  readonly toldAs: string;
};

/** Columns that count premiums paid late, by name: `late_3_to_6_months`, `Count_more_than_12_months_late`. */
const LATE_COUNT = /late/i;
const NOT_A_COUNT = /share|perc|ratio|rate|amount|mean|avg|last|is_late/i;
/** As if five more premiums were known, with a little lateness among them. */
const PRIOR = [0.6, 5] as const;
const PAID_COUNT = /premiums?_paid|paid_premiums|premiums?_on_time/i;

/** The derived features that the columns allow; none of the names that they have already. */
export function declareDerived(columns: Columns): Derived[] {
  const counts = Object.keys(columns).filter((name) => isCount(columns[name]));
  const late = counts.filter((name) => LATE_COUNT.test(name) && !NOT_A_COUNT.test(name)).toSorted((a, b) => severity(a) - severity(b));
  const paid = counts.find((name) => PAID_COUNT.test(name) && !NOT_A_COUNT.test(name) && !LATE_COUNT.test(name));
  const ones = late.map((column) => ({ column, weight: 1 }));
  const derived: Derived[] = [];
  const none = [0, 0] as const;
  if (late.length > 0 && paid !== undefined) {
    const all = [...ones, { column: paid, weight: 1 }];
    const bySeverity = late.map((column, index) => ({ column, weight: index + 1 }));
    derived.push(
      { name: 'late_share', numerator: ones, denominator: all, smoothing: none, toldAs: 'late_share' },
      { name: 'premiums_total', numerator: all, denominator: [], smoothing: none, toldAs: paid },
    );
    if (late.length > 1) {
      derived.push(
        { name: 'late_share_by_severity', numerator: bySeverity, denominator: all, smoothing: none, toldAs: 'late_share' },
        { name: 'late_share_smoothed', numerator: bySeverity, denominator: all, smoothing: PRIOR, toldAs: 'late_share' },
        { name: 'late_total', numerator: ones, denominator: [], smoothing: none, toldAs: 'late_share' },
      );
    }
  }
  const income = Object.keys(columns).find((name) => /^income/i.test(name) && !isTextColumn(columns[name]));
  const premium = Object.keys(columns).find((name) => /^premium$/i.test(name) && !isTextColumn(columns[name]));
  if (income !== undefined && premium !== undefined) {
    const ratio = { numerator: [{ column: premium, weight: 1 }], denominator: [{ column: income, weight: 1 }], smoothing: none };
    derived.push({ name: 'premium_to_income', ...ratio, toldAs: 'premium_to_income' });
  }
  return derived.filter(({ name }) => columns[name] === undefined);
}

const isTextColumn = (column: Column | undefined): boolean => column === undefined || isText(column);

function isCount(column: Column | undefined): boolean {
  if (column === undefined || isText(column)) return false;
  return column.every((value) => Number.isNaN(value) || (Number.isInteger(value) && value >= 0));
}

/** Orders `3_to_6`, `6_to_12`, `over_12` by the number they begin with; "over" and "more than" come after their like. */
function severity(name: string): number {
  const first = Number(/\d+/.exec(name)?.[0] ?? 0);
  return first + (/over|more|above/i.test(name) ? 0.5 : 0);
}

/** Values of a derived feature in rows [from, to), written to `out[0…]`. */
export type Deriver = (derived: Derived, from: number, to: number, out: Float64Array) => void;

/**
 * Derives block by block; a sum that several features share is made once for each block.
 * @param columns a column that is absent is missing everywhere
 * @param blockRows the most rows asked for at once
 */
export function deriver(columns: Columns, blockRows: number): Deriver {
  const sums = new Map<string, (from: number, to: number) => Float64Array>();
  const sumOf = (terms: readonly Term[]): ((from: number, to: number) => Float64Array) => {
    const key = JSON.stringify(terms);
    let sum = sums.get(key);
    if (sum === undefined) sums.set(key, (sum = blockSum(terms, columns, blockRows)));
    return sum;
  };
  const parts = new Map<Derived, { above: ReturnType<typeof sumOf>; below: ReturnType<typeof sumOf> }>();
  return (derived, from, to, out) => {
    let part = parts.get(derived);
    if (part === undefined) parts.set(derived, (part = { above: sumOf(derived.numerator), below: sumOf(derived.denominator) }));
    const above = part.above(from, to);
    if (derived.denominator.length === 0) {
      out.set(above.subarray(0, to - from));
      return;
    }
    const below = part.below(from, to);
    const [addAbove, addBelow] = derived.smoothing;
    for (let i = 0; i < to - from; i += 1) {
      const whole = below[i]! + addBelow;
      out[i] = whole === 0 ? Number.NaN : (above[i]! + addAbove) / whole;
    }
  };
}

function blockSum(terms: readonly Term[], columns: Columns, blockRows: number): (from: number, to: number) => Float64Array {
  const sum = new Float64Array(blockRows);
  const weighted = terms.map(({ column, weight }) => {
    const values = columns[column];
    return { weight, values: values === undefined ? null : asNumbers(values) };
  });
  let last = -1;
  return (from, to) => {
    if (from === last) return sum;
    last = from;
    sum.fill(0, 0, to - from);
    for (const { weight, values } of weighted) {
      if (values === null) sum.fill(Number.NaN, 0, to - from);
      else for (let row = from; row < to; row += 1) sum[row - from] = sum[row - from]! + weight * values[row]!;
    }
    return sum;
  };
}

/** Values of a derived feature in all rows. */
export function derivedColumn(derived: Derived, columns: Columns, rows: number): Float64Array {
  const values = new Float64Array(rows);
  deriver(columns, rows)(derived, 0, rows, values);
  return values;
}
