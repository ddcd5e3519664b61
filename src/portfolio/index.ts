/** Who is insured and by whom: insurers, holders, policies, and how they come in. */

export { importPolicies, type ImportOptions, type ImportProgress, type ImportResult } from './import/import.ts';
export { reasonAndRemedy } from './import/errors-file.ts';
export { type Mapping, readImportMapping } from './import/mapping.ts';
export { checkMapping, IMPORT_FIELDS, type ImportPreview, missingFields, previewFile } from './import/preview.ts';
export { allInsurers, businessDateOf, clockOf, type Insurer, insurerByCode, insurerById, insurerIn, type NewInsurer, registerInsurer, setClockOffset } from './insurers.ts';
export { initialsOf } from './initials.ts';
export {
  AGE_BANDS, type AgeBand, ageBandSql, ANNUAL_PREMIUM_SQL, BEHAVIOUR_SQL, type Behaviour, BEHAVIOURS, LATEST_SCORE_SQL, matchesSegment, NO_CONDITIONS, PREFERRED_CHANNELS,
  PREFERRED_CHANNEL_SQL, type PreferredChannel, SEGMENT_LINES, segmentConditions, type SegmentConditions, type SegmentFacts, segmentFacts, type SegmentRow, segmentSql,
} from './segments.ts';
export { addSegment, allSegments, archiveSegment, changeSegment, liveSegments, type NewSegment, type Segment, segmentById, type SegmentEditor } from './segment-store.ts';
export { addFirstSegments, previewSegment, type SegmentPreview } from './segment-sample.ts';
