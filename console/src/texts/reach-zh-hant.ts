/** Delivery: 繁體中文. */

import { type reachEn } from './reach-en.ts';

export const reachZhHant: Record<keyof typeof reachEn, string> = {
  'group.reach': '觸達',
  'room.delivery': '送達',
};
