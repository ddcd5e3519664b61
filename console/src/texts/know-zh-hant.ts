/** Dashboard, targets, forecast: 繁體中文. */

import { type knowEn } from './know-en.ts';

export const knowZhHant: Record<keyof typeof knowEn, string> = {
  'group.know': '洞察',
  'room.dashboard': '營運儀表板',
};
