/** Names of what the product knows by a code: lines of business, charges, states, channels, days of the week. */

import { type Language } from '../src/kernel/index.ts';

const LINES: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  life: { en: 'life', 'zh-Hans': '寿险', 'zh-Hant': '壽險' },
  health: { en: 'health', 'zh-Hans': '健康险', 'zh-Hant': '健康險' },
  accident: { en: 'accident', 'zh-Hans': '意外险', 'zh-Hant': '意外險' },
  motor: { en: 'motor', 'zh-Hans': '车险', 'zh-Hant': '車險' },
  property: { en: 'property', 'zh-Hans': '财产险', 'zh-Hant': '財產險' },
  liability: { en: 'liability', 'zh-Hans': '责任险', 'zh-Hant': '責任險' },
  commercial: { en: 'commercial', 'zh-Hans': '商业险', 'zh-Hant': '商業險' },
};
export const lineName = (line: string, language: Language): string => LINES[line]?.[language] ?? line;

const CHARGES: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  levy: { en: 'Levy', 'zh-Hans': '征费', 'zh-Hant': '徵費' },
  premium_tax: { en: 'Insurance tax', 'zh-Hans': '保险税', 'zh-Hant': '保險稅' },
  tax: { en: 'Tax', 'zh-Hans': '税', 'zh-Hant': '稅' },
  late_fee: { en: 'Late fee', 'zh-Hans': '逾期费用', 'zh-Hant': '逾期費用' },
  interest: { en: 'Interest', 'zh-Hans': '利息', 'zh-Hant': '利息' },
  fee: { en: 'Fee', 'zh-Hans': '费用', 'zh-Hant': '費用' },
};
export const chargeName = (kind: string, language: Language): string => CHARGES[kind]?.[language] ?? kind.replaceAll('_', ' ');

const POLICY_STATES: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  pending: { en: 'not yet begun', 'zh-Hans': '未生效', 'zh-Hant': '未生效' },
  in_force: { en: 'in force', 'zh-Hans': '有效', 'zh-Hant': '有效' },
  grace: { en: 'in force, premium late', 'zh-Hans': '有效（宽限期内）', 'zh-Hant': '有效（寬限期內）' },
  suspended: { en: 'suspended', 'zh-Hans': '已中止', 'zh-Hant': '已暫停' },
  lapsed: { en: 'lapsed', 'zh-Hans': '已失效', 'zh-Hant': '已失效' },
  cancelled: { en: 'cancelled', 'zh-Hans': '已退保', 'zh-Hant': '已取消' },
  ended: { en: 'ended', 'zh-Hans': '已终止', 'zh-Hant': '已終止' },
};
export const policyStateName = (name: string, language: Language): string => POLICY_STATES[name]?.[language] ?? name.replaceAll('_', ' ');

const CHANNELS: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  email: { en: 'e-mail', 'zh-Hans': '邮件', 'zh-Hant': '電郵' },
  sms: { en: 'text message', 'zh-Hans': '短信', 'zh-Hant': '短訊' },
  push: { en: 'app message', 'zh-Hans': '应用通知', 'zh-Hant': '應用程式通知' },
  wechat: { en: 'WeChat', 'zh-Hans': '微信', 'zh-Hant': '微信' },
  call: { en: 'telephone', 'zh-Hans': '电话', 'zh-Hant': '電話' },
  voicemail: { en: 'voice message', 'zh-Hans': '语音留言', 'zh-Hant': '語音留言' },
  letter: { en: 'letter', 'zh-Hans': '信件', 'zh-Hant': '信件' },
  registered_letter: { en: 'registered letter', 'zh-Hans': '挂号信', 'zh-Hant': '掛號信' },
};
export const channelName = (name: string, language: Language): string => CHANNELS[name]?.[language] ?? name.replaceAll('_', ' ');

const PURPOSES: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  premium_reminder: { en: 'Reminder of a premium', 'zh-Hans': '缴费提醒', 'zh-Hant': '繳費提示' },
  receipt: { en: 'Receipt', 'zh-Hans': '收据', 'zh-Hant': '收據' },
  legal_notice: { en: 'Notice required by law', 'zh-Hans': '法定通知', 'zh-Hant': '法定通知' },
  marketing: { en: 'Offer', 'zh-Hans': '推广信息', 'zh-Hant': '推廣資訊' },
  welcome: { en: 'Welcome', 'zh-Hans': '欢迎信', 'zh-Hant': '歡迎信' },
};
export const purposeName = (name: string, language: Language): string => PURPOSES[name]?.[language] ?? name.replaceAll('_', ' ');

const RESOLUTIONS: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  upheld: { en: 'You were right: nothing more is asked of you for what you named.', 'zh-Hans': '您是对的：您指出的部分无需再缴。', 'zh-Hant': '您是對的：您指出的部分無需再繳。' },
  corrected: { en: 'The bill was wrong and has been corrected.', 'zh-Hans': '账单有误，已更正。', 'zh-Hant': '帳單有誤，已更正。' },
  rejected: { en: 'We looked into it: the bill stands as it is.', 'zh-Hans': '经核查，账单无误，维持不变。', 'zh-Hant': '經核查，帳單無誤，維持不變。' },
  withdrawn: { en: 'You took it back.', 'zh-Hans': '您已撤回。', 'zh-Hant': '您已撤回。' },
};
export const resolutionText = (name: string, language: Language): string => RESOLUTIONS[name]?.[language] ?? name.replaceAll('_', ' ');

const WEEKDAYS: Readonly<Record<Language, readonly string[]>> = {
  en: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'],
  'zh-Hans': ['周一', '周二', '周三', '周四', '周五', '周六', '周日'],
  'zh-Hant': ['星期一', '星期二', '星期三', '星期四', '星期五', '星期六', '星期日'],
};
/** 1 is Monday. */
export const weekdayName = (day: number, language: Language): string => WEEKDAYS[language][day - 1] ?? '';
