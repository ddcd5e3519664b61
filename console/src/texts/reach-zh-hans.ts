/** Delivery: 简体中文. */

import { type reachEn } from './reach-en.ts';

export const reachZhHans: Record<keyof typeof reachEn, string> = {
  'group.reach': '触达',
  'room.delivery': '送达',
};
