/** What a person looks at whatever the figures say: amounts above the limit before they leave, and a sample afterwards. */

import { mixSeed } from '../../kernel/index.ts';
import { type CheckFamily, minor } from './finding.ts';
import { REVIEW_SETTINGS } from './settings.ts';

const limits = new Map(Object.entries(REVIEW_SETTINGS.four_eyes_above_minor).map(([currency, limit]) => [currency, BigInt(limit)]));

export const fourEyes: CheckFamily = ({ bills }, report) => {
  bills.forEach(({ currency, amountMinor }, at) => {
    const limit = limits.get(currency);
    if (limit !== undefined && amountMinor > limit) report(at, 'four_eyes', minor(amountMinor), minor(limit));
  });
};

/** The same bills for the same seed, in whatever batch they stand. */
export const sampleOf = (seed: number): CheckFamily => ({ bills }, report) => {
  bills.forEach(({ billId }, at) => {
    if (mixSeed(seed, billId) % REVIEW_SETTINGS.sample_one_in === 0) report(at, 'sample');
  });
};
