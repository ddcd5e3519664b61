/** Prediction: who will pay late, how surely, and why. Pure; storage and the day's stage are the caller's. */

export { asText, cellOf, type Column, type Columns, isText, numberColumn, type Table, takeRows, type TextColumn, textColumn } from './column.ts';
export { type Metrics, metricsOf } from './metrics.ts';
export { parseModel, type RiskModel, type Warning } from './model.ts';
export { applyMapping, type Mapping, readMapping } from './mapping.ts';
export { type BadRow, type ParsedTable, type ParseOptions, parseTable, tableParser } from './parse-table.ts';
export { riskProblemText } from './problem-texts.ts';
export { featureName, reasonText } from './reasons.ts';
export { absentColumns, type Explanation, explainRow, featureReader, featureValue, REASONS_PER_ROW, scoreColumns, type Scores } from './score.ts';
export { type Tier, tierOf, TIERS, type TierShare, tierShares } from './tiers.ts';
export { lateRowsOf, trainModel, type TrainOptions } from './train.ts';
