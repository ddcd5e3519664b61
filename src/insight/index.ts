export {
  AGEING, FIGURES, readFigures, TARGETS, todayView, type AgeingRow, type CashRow, type FigureName, type FigureRow, type GateCount, type Ratio, type TodayView,
} from './read.ts';
