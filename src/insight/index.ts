/** Figures for screens: what the reports wrote down, and today's, live from the rows. */

export { readFigures, todayView, type AgeingRow, type CashRow, type FigureName, type FigureRow, type GateCount, type Ratio, type TodayView } from './read.ts';
export { raiseJams } from './jams.ts';
export { MONTHS_BACK, SEGMENTS } from './cells.ts';
export { EFFECT_DAYS, strategiesVersion, strategiesView, strategyVersions } from './strategies.ts';
export {
  acknowledgeAlert, ALERT_FIGURES, addTarget, alertsOf, type AlertAsker, changeTarget, type Editor, raiseAlerts, removeTarget, reopenAlert, TARGET_FIGURES, targetsView, TERMS,
} from './targets.ts';
export { BACK_TEST_DAYS, CURVE_FIRST, CURVE_LAST, forecast, FORECAST_DAYS } from './forecast.ts';
export { changeRates, COST_AGES, costOfDelayView, DEFAULT_RATES } from './cost-of-delay.ts';
export { FEEDS, GATES, maturity } from './maturity.ts';
export { howPaid } from './how-paid.ts';
export { losses } from './losses.ts';
export { forgetPeers, loadPeers, peersView } from './peers.ts';
export { receivablesOn } from './receivables.ts';
export { BASELINES, changeBaseline, results } from './results.ts';
export { dashboard, figuresVersion } from './dashboard.ts';
export { countChanged, type CountedSegment, countedSegments, countRange, queueSegments, SEGMENTS_TASK, type SegmentsJob, sumRanges } from './segment-cells.ts';
export { segmentList, segmentView } from './segment-view.ts';
export { designFunnel, designFunnels } from './bill-designs.ts';
