/** What the cells of the dashboard's cube are, and every figure as sums over them. Pure: the same figures as SQL stand in `dashboard-sql.ts`, and a test compares the two. */

import { addDays, addMonths, type PlainDate } from '../kernel/index.ts';
import { type Behaviour, BEHAVIOURS } from '../portfolio/index.ts';

/** How the policy has paid so far. It says what the policy is now, not what it was when the bill was sent. */
export const SEGMENTS = BEHAVIOURS;
export type Segment = Behaviour;

export const OUTCOMES = [
  'paid_not_due', 'on_time', 'late_1_7', 'late_8_30', 'late_31_60', 'late_61_90', 'late_over_90', 'written_off',
  'open_not_due', 'open_1_7', 'open_8_30', 'open_31_60', 'open_61_90', 'open_over_90',
] as const;
export type CellOutcome = (typeof OUTCOMES)[number];

export type Cell = {
  readonly due_month: PlainDate; readonly market: string; readonly line: string; readonly currency: string; readonly segment: Segment; readonly outcome: CellOutcome;
  readonly bills: number; readonly amount_minor: bigint; readonly paid_minor: bigint; readonly days_late: number; readonly days_to_pay: number;
  readonly digital_bills: number; readonly digital_days_to_pay: number;
};

/** Months before the current one whose bills are all in the cube. */
export const MONTHS_BACK = 12;

/** Outcomes by what they say. Each list is used by the sums here and, word for word, by the SQL. */
export const PAID_LATE = ['late_1_7', 'late_8_30', 'late_31_60', 'late_61_90', 'late_over_90'] as const satisfies readonly CellOutcome[];
export const PAID = ['paid_not_due', 'on_time', ...PAID_LATE] as const satisfies readonly CellOutcome[];
export const NOT_DUE = ['paid_not_due', 'open_not_due'] as const satisfies readonly CellOutcome[];
export const OPEN_LATE = ['open_1_7', 'open_8_30', 'open_31_60', 'open_61_90', 'open_over_90'] as const satisfies readonly CellOutcome[];
/** Days after the due date at which a bill is looked at, and what was paid by then. */
export const PAID_BY = {
  0: ['on_time'],
  7: ['on_time', 'late_1_7'],
  30: ['on_time', 'late_1_7', 'late_8_30'],
  60: ['on_time', 'late_1_7', 'late_8_30', 'late_31_60'],
  90: ['on_time', 'late_1_7', 'late_8_30', 'late_31_60', 'late_61_90'],
} as const satisfies Record<number, readonly CellOutcome[]>;
export type Days = keyof typeof PAID_BY;
export const COHORT_DAYS = [0, 7, 30, 60, 90] as const satisfies readonly Days[];
export const ROLL_DAYS = [0, 30, 60, 90] as const satisfies readonly Days[];
export const AGES = {
  not_due: ['open_not_due'], '1_30': ['open_1_7', 'open_8_30'], '31_60': ['open_31_60'], '61_90': ['open_61_90'], over_90: ['open_over_90'],
} as const satisfies Record<string, readonly CellOutcome[]>;
export type Age = keyof typeof AGES;
/** Each age: unpaid when it begins (after these days), and paid within it. */
export const CURVE = {
  '1_30': { after: 0, paid: ['late_1_7', 'late_8_30'] }, '31_60': { after: 30, paid: ['late_31_60'] },
  '61_90': { after: 60, paid: ['late_61_90'] }, over_90: { after: 90, paid: ['late_over_90'] },
} as const satisfies Partial<Record<Age, { after: Days; paid: readonly CellOutcome[] }>>;
export type CurveAge = keyof typeof CURVE;
/** The last day at which an age is looked at; the open end needs no more than its beginning. */
export const CURVE_ENDS = { '1_30': 30, '31_60': 60, '61_90': 90, over_90: 90 } as const satisfies Record<CurveAge, Days>;

const inList = (list: readonly CellOutcome[], cell: Cell): boolean => list.includes(cell.outcome);
const billsOf = (cells: readonly Cell[]): number => cells.reduce((sum, { bills }) => sum + bills, 0);
const billsIn = (cells: readonly Cell[], list: readonly CellOutcome[]): number => billsOf(cells.filter((cell) => inList(list, cell)));
const groupsOf = (cells: readonly Cell[], key: (cell: Cell) => string): readonly (readonly [string, readonly Cell[]])[] =>
  [...Map.groupBy(cells, key)].toSorted(([a], [b]) => (a < b ? -1 : 1));

/** Whether the last bill of a month has had its `days` after the due date; before that, only the quick payers would be seen. */
export const isMature = (month: PlainDate, days: number, asOf: PlainDate): boolean => addDays(addMonths(month, 1), days) <= asOf;
const dueFor = (cells: readonly Cell[], days: number, asOf: PlainDate): readonly Cell[] => cells.filter((cell) => isMature(cell.due_month, days, asOf));

export type Fraction = { readonly numerator: number; readonly denominator: number };
export const BILL_FIGURES = ['paid_on_time', 'days_to_collect', 'uncollectible', 'mean_days_late', 'digital'] as const;
export type BillFigure = (typeof BILL_FIGURES)[number];

export function figureOf(figure: BillFigure, cells: readonly Cell[]): Fraction {
  const paid = cells.filter((cell) => inList(PAID, cell));
  switch (figure) {
    case 'paid_on_time': return { numerator: billsIn(cells, ['on_time']), denominator: billsOf(cells) - billsIn(cells, NOT_DUE) };
    case 'days_to_collect': return { numerator: paid.reduce((sum, cell) => sum + cell.days_to_pay, 0), denominator: billsOf(paid) };
    case 'uncollectible': return { numerator: billsIn(cells, ['written_off']), denominator: billsOf(paid) + billsIn(cells, ['written_off']) };
    case 'mean_days_late': return { numerator: cells.filter((cell) => inList(PAID_LATE, cell)).reduce((sum, cell) => sum + cell.days_late, 0), denominator: billsIn(cells, PAID_LATE) };
    case 'digital': return { numerator: paid.reduce((sum, cell) => sum + cell.digital_bills, 0), denominator: billsOf(paid) };
  }
}

export type AgeingRow = { readonly currency: string; readonly age: Age; readonly bills: number; readonly outstanding_minor: bigint };
export function ageing(cells: readonly Cell[]): readonly AgeingRow[] {
  return groupsOf(cells, ({ currency }) => currency).flatMap(([currency, own]) => (Object.keys(AGES) as Age[]).flatMap((age) => {
    const open = own.filter((cell) => inList(AGES[age], cell));
    return open.length === 0 ? [] : [{ currency, age, bills: billsOf(open), outstanding_minor: open.reduce((sum, cell) => sum + cell.amount_minor - cell.paid_minor, 0n) }];
  }));
}

/** A bill counts with its whole amount until it is paid in full. `days` 0: late at all, so unpaid on the first day after the due date. */
export type RollRow = {
  readonly currency: string; readonly days: number; readonly late_bills: number; readonly unpaid_bills: number; readonly late_minor: bigint; readonly unpaid_minor: bigint;
};
export function rollRates(cells: readonly Cell[], asOf: PlainDate): readonly RollRow[] {
  return groupsOf(cells, ({ currency }) => currency).flatMap(([currency, own]) => ROLL_DAYS.flatMap((days) => {
    const late = dueFor(own, days, asOf).filter((cell) => !inList([...PAID_BY[0], ...NOT_DUE], cell));
    const unpaid = late.filter((cell) => !inList(PAID_BY[days], cell));
    const amount = (some: readonly Cell[]): bigint => some.reduce((sum, cell) => sum + cell.amount_minor, 0n);
    return late.length === 0 ? [] : [{ currency, days, late_bills: billsOf(late), unpaid_bills: billsOf(unpaid), late_minor: amount(late), unpaid_minor: amount(unpaid) }];
  }));
}

/** Null where some bill of the month has not had these days yet. */
export type CohortRow = { readonly due_month: PlainDate; readonly bills: number } & Readonly<Record<`paid_by_${Days}`, number | null>>;
export function cohorts(cells: readonly Cell[], asOf: PlainDate): readonly CohortRow[] {
  return groupsOf(dueFor(cells, 0, asOf), ({ due_month: month }) => month).map(([month, own]) => {
    const by = (days: Days): number | null => (isMature(month as PlainDate, days, asOf) ? billsIn(own, PAID_BY[days]) : null);
    return { due_month: month as PlainDate, bills: billsOf(own), paid_by_0: by(0), paid_by_7: by(7), paid_by_30: by(30), paid_by_60: by(60), paid_by_90: by(90) };
  });
}

export type HeatRow = { readonly segment: Segment; readonly line: string; readonly bills: number; readonly on_time: number };
export function heatMap(cells: readonly Cell[]): readonly HeatRow[] {
  return groupsOf(cells.filter((cell) => !inList(NOT_DUE, cell)), ({ segment, line }) => `${segment} ${line}`).map(([key, own]) => {
    const [segment, line] = key.split(' ') as [Segment, string];
    return { segment, line, bills: billsOf(own), on_time: billsIn(own, ['on_time']) };
  });
}

/** Of the bills that missed their due date: paid since, written off; the rest is open. */
export type RecoveryRow = { readonly name: string; readonly late: number; readonly recovered: number; readonly written_off: number };
export function recovery(by: 'market' | 'line', cells: readonly Cell[]): readonly RecoveryRow[] {
  return groupsOf(cells.filter((cell) => inList([...PAID_LATE, ...OPEN_LATE, 'written_off'], cell)), (cell) => cell[by])
    .map(([name, own]) => ({ name, late: billsOf(own), recovered: billsIn(own, PAID_LATE), written_off: billsIn(own, ['written_off']) }));
}

/** Of the bills that are unpaid when an age begins, those paid within it. */
export type CurveRow = { readonly age: CurveAge; readonly unpaid: number; readonly paid: number };
export function recoveryCurve(cells: readonly Cell[], asOf: PlainDate): readonly CurveRow[] {
  return (Object.keys(CURVE) as CurveAge[]).flatMap((age) => {
    const { after, paid } = CURVE[age];
    const unpaid = dueFor(cells, CURVE_ENDS[age], asOf).filter((cell) => !inList([...PAID_BY[after], ...NOT_DUE], cell));
    return unpaid.length === 0 ? [] : [{ age, unpaid: billsOf(unpaid), paid: billsIn(unpaid, paid) }];
  });
}

export type WayRow = { readonly way: 'digital' | 'other'; readonly bills: number; readonly days_to_pay: number };
export function ways(cells: readonly Cell[]): readonly WayRow[] {
  const sum = (pick: (cell: Cell) => number): number => cells.filter((cell) => inList(PAID, cell)).reduce((total, cell) => total + pick(cell), 0);
  const rows: readonly WayRow[] = [
    { way: 'digital', bills: sum((cell) => cell.digital_bills), days_to_pay: sum((cell) => cell.digital_days_to_pay) },
    { way: 'other', bills: sum((cell) => cell.bills - cell.digital_bills), days_to_pay: sum((cell) => cell.days_to_pay - cell.digital_days_to_pay) },
  ];
  return rows.filter(({ bills }) => bills > 0);
}
