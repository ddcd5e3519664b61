/** Dashboard, targets, forecast: 简体中文. */

import { type knowEn } from './know-en.ts';

export const knowZhHans: Record<keyof typeof knowEn, string> = {
  'group.know': '洞察',
  'room.dashboard': '经营看板',
};
