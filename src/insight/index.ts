/** Figures for screens: what the reports wrote down, and today's, live from the rows. */

export { readFigures, todayView, type AgeingRow, type CashRow, type FigureName, type FigureRow, type GateCount, type Ratio, type TodayView } from './read.ts';
export { MONTHS_BACK, SEGMENTS } from './cells.ts';
export { dashboard, figuresVersion } from './dashboard.ts';
