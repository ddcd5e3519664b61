/** `settings.json`, checked when it is loaded. */

import { z } from 'zod';
import file from './settings.json' with { type: 'json' };

const days = z.int().positive();
const share = z.number().positive();

export const REVIEW_SETTINGS = z.strictObject({
  about: z.string(), verified: z.boolean(), origin: z.string().min(1),
  /** A bill above it leaves when two people have seen it. A currency that is not here has no limit. */
  four_eyes_above_minor: z.record(z.string().regex(/^[A-Z]{3}$/), z.int().positive()),
  /** A premium is a jump beyond this share of the median of the policy's own bills, */
  jump_share: share,
  /** and beyond so many robust standard deviations (1.4826 × MAD) of them, */
  jump_deviations: share,
  /** of which one is at least this share of the median. */
  jump_deviation_share_min: share,
  jump_history_bills: days,
  /** Robust deviations of the premium's logarithm within product, mode and currency, in groups of at least so many. */
  outlier_deviations: share, outlier_group_bills_min: days, outlier_deviation_log_min: share,
  /** A premium that is 10 or 100 times another up to this share is a slip of the decimal point. */
  slip_tolerance: share,
  alike_days: days, far_past_days: days, far_future_days: days,
  /** One bill in so many is looked at afterwards by a person. */
  sample_one_in: days,
}).parse(file);
