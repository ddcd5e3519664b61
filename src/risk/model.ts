/** The model as it is kept: readable JSON without personal data. Its score is the intercept, one number per feature and one per pair. */

import { z } from 'zod';
import { fail, ok, type Result } from '../kernel/index.ts';
import { binCount, BINS_MAX } from './bins.ts';

const FEATURES_MAX = 500;
const PAIRS_MAX = 500;
const text = z.string().min(1).max(200);
const finite = z.number();
const terms = z.array(z.object({ column: text, weight: finite })).max(FEATURES_MAX);

const metrics = z.object({
  rows: z.int().positive(), lateShare: finite, auc: finite, logLoss: finite, brier: finite, calibrationError: finite, accuracy: finite,
  majorityAccuracy: finite,
});

const schema = z.object({
  schema: z.literal('inforce-risk-model'),
  version: z.literal(1),
  trainedOn: z.object({
    rows: z.int().positive(), lateRows: z.int().positive(),
    /** SHA-256 of the columns, so that anybody who has the data can check that it was this. */
    fingerprint: text, target: text, lateValue: z.string().max(200), seed: z.int(),
  }),
  derived: z.array(z.object({ name: text, numerator: terms, denominator: terms, smoothing: z.tuple([finite, finite]), toldAs: text })),
  features: z.array(z.object({
    name: text,
    monotone: z.union([z.literal(-1), z.literal(0), z.literal(1)]),
    bins: z.union([
      z.object({ kind: z.literal('number'), edges: z.array(finite).max(BINS_MAX) }),
      z.object({ kind: z.literal('text'), categories: z.array(z.string().nullable()).max(BINS_MAX) }),
    ]),
    /** Log-odds by bin; bin 0 is missing. The mean over the training rows is 0. */
    shape: z.array(finite),
  })).min(1).max(FEATURES_MAX),
  /** `table[first's bin × second's bins + second's bin]`, log-odds. */
  pairs: z.array(z.object({ first: z.int().nonnegative(), second: z.int().nonnegative(), table: z.array(finite) })).max(PAIRS_MAX),
  /** Log-odds of an average row. */
  intercept: finite,
  /** Already applied to the tables and the intercept; kept to show how far the raw scores were off. */
  calibration: z.object({ slope: z.number().positive(), shift: finite }),
  /** Probabilities from which a row is medium_low, medium_high, high. */
  tierCuts: z.tuple([finite, finite, finite]),
  /** Measured on rows that were held out of training; null when none were. */
  metrics: metrics.nullable(),
  /** The same rows by tier. */
  heldOutTiers: z.array(z.object({
    tier: z.enum(['low', 'medium_low', 'medium_high', 'high']), rows: z.int().nonnegative(), foreseenLate: finite, observedLate: finite,
  })).nullable(),
  warnings: z.array(z.object({ code: text, column: text })),
});

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;
export type RiskModel = DeepReadonly<z.infer<typeof schema>>;
export type Warning = RiskModel['warnings'][number];

/** Reads a model from parsed JSON. Problem: `model_not_readable` with the place and the reason. */
export function parseModel(json: unknown): Result<RiskModel> {
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return fail('model_not_readable', { at: issue?.path.join('.') ?? '', reason: issue?.message ?? '' });
  }
  const model = parsed.data;
  const bins = model.features.map((feature) => binCount(feature.bins));
  for (const [index, feature] of model.features.entries()) {
    const edges = feature.bins.kind === 'number' ? feature.bins.edges : [];
    const rises = edges.every((edge, i) => i === 0 || edge > (edges[i - 1] ?? edge));
    if (feature.shape.length !== bins[index] || feature.shape.length > BINS_MAX || !rises) {
      return fail('model_not_readable', { at: `features.${index}`, reason: 'its bins and its shape do not agree' });
    }
  }
  for (const [index, { first, second, table }] of model.pairs.entries()) {
    if (table.length !== (bins[first] ?? 0) * (bins[second] ?? 0) || table.length === 0) {
      return fail('model_not_readable', { at: `pairs.${index}`, reason: 'its features and its table do not agree' });
    }
  }
  return ok(model);
}
