/** Why something was or was not chosen, in words. */

import { type Language } from '../kernel/index.ts';
import { type ReasonCode } from './decision.ts';

type Texts = Readonly<Record<Language, string>>;

const texts = (en: string, hans: string, hant: string): Texts => ({ en, 'zh-Hans': hans, 'zh-Hant': hant });

const DECISION_REASON_TEXTS: Readonly<Record<ReasonCode, Texts>> = {
  best_value: texts('Worth most of all that is allowed today', '今天允许的做法中价值最高', '今日容許的做法中價值最高'),
  hardship_support: texts('The holder is in hardship; a plan helps where a reminder does not', '投保人有困难，分期方案比提醒更有帮助', '保單持有人有困難，分期方案比提醒更有幫助'),
  lower_value: texts('Worth less than what was chosen', '价值低于所选做法', '價值低於所選做法'),
  negative_expected_value: texts('Costs more than it can be expected to bring', '预期收益低于成本', '預期收益低於成本'),
  no_step_due: texts('No touch is due today', '今天没有应进行的联系', '今日沒有應進行的聯絡'),
  contact_cap_reached: texts('The holder has been contacted often enough this week', '本周联系次数已达上限', '本週聯絡次數已達上限'),
  budget_used_up: texts('Today’s budget is used where it brings more', '今天的预算已用于收益更高之处', '今日的預算已用於收益更高之處'),
  no_channel: texts('There is no address for it, or the holder refused it', '没有可用的联系方式，或投保人已拒绝', '沒有可用的聯絡方式，或保單持有人已拒絕'),
  already_paid: texts('The bill is paid', '账单已付清', '帳單已付清'),
  payment_in_flight: texts('A payment is on its way', '款项正在途中', '款項正在途中'),
  disputed: texts('The bill is disputed; it rests until that is settled', '账单有争议，解决前暂停', '帳單有爭議，解決前暫停'),
  nothing_owed: texts('Nothing is owed', '没有欠款', '沒有欠款'),
  people_not_for_low_tier: texts('People are not sent to holders of low risk', '低风险客户不安排人工', '低風險客戶不安排人手'),
  not_in_strategy: texts('The strategy of this bill does not use it', '这张账单的策略不采用此方式', '這張帳單的策略不採用此方式'),
  pressure_not_for_hardship: texts('No pressure on a holder in hardship', '对有困难的投保人不施加压力', '對有困難的保單持有人不施加壓力'),
};

const isReason = (code: string): code is ReasonCode => Object.hasOwn(DECISION_REASON_TEXTS, code);

/** The sentence for a reason code; a code without one is shown as itself. */
export const decisionReasonText = (code: string, language: Language): string => (
  isReason(code) ? DECISION_REASON_TEXTS[code][language] : code.replaceAll('_', ' ')
);
