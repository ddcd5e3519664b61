/** Import, connections, jobs, people: 简体中文. */

import { type setUpEn } from './set-up-en.ts';

export const setUpZhHans: Record<keyof typeof setUpEn, string> = {
  'group.set_up': '设置',
  'room.import': '导入',
  'room.connections': '系统对接',
  'room.jobs': '后台任务',
  'room.people': '人员',
};
