/** What each check of the review says to a person: what was found, by which rule, and what to do. */

import { type Language } from '../../kernel/index.ts';
import { type Check } from './finding.ts';

type Words = Readonly<Record<Language, string>>;
export type CheckText = { readonly reason: string; readonly rule: string; readonly remedy: string };

const words = (en: string, zhHans: string, zhHant: string): Words => ({ en, 'zh-Hans': zhHans, 'zh-Hant': zhHant });

const REMEDY = {
  as_policy: words('If the policy is right, put the bill right from it and release it. If the policy is wrong, correct the policy; the bill is reviewed again tonight.',
    '若保单无误，请按保单更正账单后放行；若保单有误，请更正保单，今晚将重新复核。', '若保單無誤，請按保單更正帳單後放行；若保單有誤，請更正保單，今晚將重新覆核。'),
  withdraw: words('Withdraw it if it is the same bill twice. Release it if both are owed.', '若为同一账单重复出具，请撤回；若两张均应收取，请放行。', '若為同一帳單重複發出，請撤回；若兩張均應收取，請放行。'),
  payer: words('Put the payer’s details right; the bill is reviewed again tonight. Withdraw it if nobody owes it.', '请更正缴费人资料，今晚将重新复核；若无人应缴，请撤回。', '請更正繳費人資料，今晚將重新覆核；若無人應繳，請撤回。'),
  ask: words('Ask whoever changed the policy. Release it if the amount is meant; otherwise put it right.', '请向更改保单的人核实。金额属实则放行，否则请更正。', '請向更改保單的人核實。金額屬實則放行，否則請更正。'),
  second: words('Ask a second person to release it.', '请另一位同事放行。', '請另一位同事放行。'),
  look: words('Look at it; nothing waits for you.', '请查看；账单无需等待您处理。', '請查看；帳單無須等待您處理。'),
} as const satisfies Readonly<Record<string, Words>>;

const RULE = {
  schedule: words('A bill is what the policy’s terms and schedule make it.', '账单须与保单条款及缴费计划一致。', '帳單須與保單條款及繳費計劃一致。'),
  sum: words('An amount is the sum of its lines.', '总额须等于各项之和。', '總額須等於各項之和。'),
  once: words('Each day of cover is billed once.', '每一保障日只出账一次。', '每一保障日只出帳一次。'),
  days: words('A period ends after it begins, and a bill leaves before it is due.', '期间须先起后止，账单须在到期前发出。', '期間須先起後止，帳單須在到期前發出。'),
  notice: words('A bill leaves before the last day that the law’s or the house’s notice allows.', '账单须在法定或内部规定的通知期限前发出。', '帳單須在法定或內部規定的通知期限前發出。'),
  tax: words('Levies and taxes are those of the market’s law on the due date.', '征费与税项以到期日适用的当地法规为准。', '徵費與稅項以到期日適用的當地法規為準。'),
  payer: words('A bill goes to somebody who can get it, for cover that exists.', '账单须寄给能收到的人，且对应的保障须有效。', '帳單須寄給能收到的人，且對應的保障須有效。'),
  bank: words('An account’s number carries its own check digits.', '账号须通过其校验位验证。', '帳號須通過其校驗位驗證。'),
  usual: words('A premium stays near those before it unless the policy was changed.', '除非保单变更，保费应与以往相近。', '除非保單變更，保費應與以往相近。'),
  limit: words('Above the limit two people release a bill.', '超过限额的账单须两人放行。', '超過限額的帳單須兩人放行。'),
  sample: words('One bill in 500 is looked at by a person.', '每 500 张账单抽查一张。', '每 500 張帳單抽查一張。'),
} as const satisfies Readonly<Record<string, Words>>;

const TEXTS: Readonly<Record<Check, readonly [Words, keyof typeof RULE, keyof typeof REMEDY]>> = {
  premium_differs: [words('The premium is not the policy’s', '保费与保单不符', '保費與保單不符'), 'schedule', 'as_policy'],
  amount_is_not_its_lines: [words('The amount is not the sum of its lines', '总额不等于各项之和', '總額不等於各項之和'), 'sum', 'as_policy'],
  currency_differs: [words('The currency is not the policy’s', '币种与保单不符', '幣種與保單不符'), 'schedule', 'as_policy'],
  due_date_differs: [words('The due date is not the schedule’s', '应缴日与缴费计划不符', '應繳日與繳費計劃不符'), 'schedule', 'as_policy'],
  number_differs: [words('The policy has no instalment of this number', '保单无此期数', '保單無此期數'), 'schedule', 'withdraw'],
  period_differs: [words('The period is not the schedule’s', '账单期间与缴费计划不符', '帳單期間與繳費計劃不符'), 'schedule', 'as_policy'],
  gap_before: [words('Days between this bill and the one before are not billed', '与上一账单之间有未出账的日子', '與上一帳單之間有未出帳的日子'), 'once', 'as_policy'],
  overlap_before: [words('Days of this bill are billed already', '账单中有日子已出过账', '帳單中有日子已出過帳'), 'once', 'withdraw'],
  period_inverted: [words('The period ends before it begins', '期间的止日早于起日', '期間的止日早於起日'), 'days', 'as_policy'],
  due_before_issue: [words('It is due before it leaves', '到期日早于发出日', '到期日早於發出日'), 'days', 'ask'],
  after_notice_date: [words('It leaves with less notice than the rule asks for', '发出时已不足通知期限', '發出時已不足通知期限'), 'notice', 'look'],
  date_far_away: [words('The due date is far away', '到期日相距过远', '到期日相距過遠'), 'days', 'as_policy'],
  billed_twice: [words('This instalment is billed already', '该期已出过账', '該期已出過帳'), 'once', 'withdraw'],
  alike_within_days: [words('A bill of the same amount fell due within days', '数日内有相同金额的账单到期', '數日內有相同金額的帳單到期'), 'once', 'withdraw'],
  tax_missing: [words('A levy or tax is missing', '缺少征费或税项', '欠缺徵費或稅項'), 'tax', 'as_policy'],
  tax_wrong: [words('A levy or tax is not what the law makes it', '征费或税项与法规不符', '徵費或稅項與法規不符'), 'tax', 'as_policy'],
  tax_unknown: [words('A levy or tax that the law does not ask for', '含法规未规定的征费或税项', '含法規未規定的徵費或稅項'), 'tax', 'as_policy'],
  tax_over_cap: [words('A levy is above its yearly cap', '征费超过年度上限', '徵費超過年度上限'), 'tax', 'as_policy'],
  no_payer: [words('Nobody is known who pays it', '无缴费人', '無繳費人'), 'payer', 'payer'],
  wrong_payer: [words('It is made out to somebody else', '账单抬头并非缴费人', '帳單抬頭並非繳費人'), 'payer', 'withdraw'],
  payer_deceased: [words('The holder has died', '投保人已身故', '投保人已身故'), 'payer', 'payer'],
  unreachable: [words('There is no way to reach the holder', '无法联系投保人', '無法聯絡投保人'), 'payer', 'payer'],
  bank_details_wrong: [words('The account’s number fails its check', '账号未通过校验', '帳號未通過校驗'), 'bank', 'payer'],
  policy_not_billable: [words('The policy gives no cover for these days', '保单在该期间无保障', '保單在該期間無保障'), 'payer', 'withdraw'],
  unexplained_jump: [words('The premium jumps without a change of the policy', '保单未变更，保费却突变', '保單未變更，保費卻突變'), 'usual', 'ask'],
  decimal_slip: [words('The amount looks ten or a hundred times what it should be', '金额疑似差了十倍或百倍', '金額疑似差了十倍或百倍'), 'usual', 'ask'],
  outlier: [words('The premium is far from those of its kind', '保费远离同类保单', '保費遠離同類保單'), 'usual', 'ask'],
  four_eyes: [words('It is above the limit of one person', '金额超过单人权限', '金額超過單人權限'), 'limit', 'second'],
  sample: [words('Chosen by chance to be looked at', '随机抽查', '隨機抽查'), 'sample', 'look'],
};

export function checkText(check: Check, language: Language): CheckText {
  const [reason, rule, remedy] = TEXTS[check];
  return { reason: reason[language], rule: RULE[rule][language], remedy: REMEDY[remedy][language] };
}
