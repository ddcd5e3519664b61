/** Import, connections, jobs, people: 繁體中文. */

import { type setUpEn } from './set-up-en.ts';

export const setUpZhHant: Record<keyof typeof setUpEn, string> = {
  'group.set_up': '設定',
  'room.import': '匯入',
  'room.connections': '系統對接',
  'room.jobs': '背景工作',
  'room.people': '人員',
};
