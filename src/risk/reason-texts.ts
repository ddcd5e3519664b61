/** What each well-known feature is called, and how a service agent would say its value. `{value}` is the value in the reader's form. */

import { type Language } from '../kernel/index.ts';

type Texts = Readonly<Record<Language, string>>;
export type Form = 'count' | 'share' | 'years' | 'days' | 'months' | 'number' | 'amount' | 'word' | 'yes_no';
export type ReasonText = {
  readonly form: Form;
  readonly name: Texts;
  readonly fact: Texts;
  /** Said when the value is 0, where "0 times" would sound odd. */
  readonly none?: Texts;
};

const texts = (en: string, hans: string, hant: string): Texts => ({ en, 'zh-Hans': hans, 'zh-Hant': hant });

const paidLate = (en: string, hans: string, hant: string): ReasonText => ({
  form: 'count',
  name: texts(`premiums paid ${en} late`, `迟交${hans}的保费次数`, `遲繳${hant}的保費次數`),
  fact: texts(`{value} premium(s) paid ${en} late`, `有 {value} 次保费迟交${hans}`, `有 {value} 次保費遲繳${hant}`),
  none: texts(`No premium was ever paid ${en} late`, `从未迟交保费${hans}`, `從未遲繳保費${hant}`),
});

export const REASON_TEXTS: Readonly<Record<string, ReasonText>> = {
  late_3_to_6_months: paidLate('3 to 6 months', '3 至 6 个月', '3 至 6 個月'),
  late_6_to_12_months: paidLate('6 to 12 months', '6 至 12 个月', '6 至 12 個月'),
  late_over_12_months: paidLate('more than 12 months', '超过 12 个月', '超過 12 個月'),
  late_1_to_30_days: paidLate('1 to 30 days', '1 至 30 天', '1 至 30 天'),
  late_31_to_90_days: paidLate('31 to 90 days', '31 至 90 天', '31 至 90 天'),
  late_over_90_days: paidLate('more than 90 days', '超过 90 天', '超過 90 天'),
  late_share: {
    form: 'share', name: texts('share of premiums paid late', '迟交保费的比例', '遲繳保費的比例'),
    fact: texts('{value} of all premiums so far were paid late', '迄今 {value} 的保费迟交', '至今 {value} 的保費遲繳'),
    none: texts('Every premium so far was paid on time', '迄今每期保费均按时交纳', '至今每期保費均準時繳交'),
  },
  cash_share: {
    form: 'share', name: texts('share paid in cash', '现金交费比例', '現金繳費比例'),
    fact: texts('{value} of premiums paid in cash or by card', '{value} 的保费以现金或信用卡交纳', '{value} 的保費以現金或信用卡繳交'),
    none: texts('Nothing is paid in cash', '从不以现金交费', '從不以現金繳費'),
  },
  digital_share: {
    form: 'share', name: texts('share paid online', '线上交费比例', '網上繳費比例'),
    fact: texts('{value} of premiums paid online', '{value} 的保费在线上交纳', '{value} 的保費在網上繳交'),
    none: texts('Nothing is paid online', '从不在线上交费', '從不在網上繳費'),
  },
  income_monthly: {
    form: 'amount', name: texts('monthly income', '月收入', '每月收入'),
    fact: texts('Monthly income of {value}', '月收入 {value}', '每月收入 {value}'),
  },
  premium: {
    form: 'amount', name: texts('premium', '保费', '保費'),
    fact: texts('Premium of {value}', '保费 {value}', '保費 {value}'),
  },
  premium_to_income: {
    form: 'share', name: texts('premium as a share of income', '保费占收入比例', '保費佔收入比例'),
    fact: texts('The premium is {value} of the income', '保费占收入的 {value}', '保費佔收入的 {value}'),
  },
  age_years: {
    form: 'years', name: texts('age', '年龄', '年齡'),
    fact: texts('The holder is {value} years old', '投保人 {value} 岁', '保單持有人 {value} 歲'),
  },
  underwriting_score: {
    form: 'number', name: texts('underwriting score', '核保评分', '核保評分'),
    fact: texts('Underwriting score of {value}', '核保评分 {value}', '核保評分 {value}'),
  },
  premiums_paid: {
    form: 'count', name: texts('premiums paid so far', '已交保费期数', '已繳保費期數'),
    fact: texts('{value} premium(s) paid so far', '迄今已交 {value} 期保费', '至今已繳 {value} 期保費'),
    none: texts('No premium has been paid yet', '尚未交过保费', '尚未繳過保費'),
  },
  last_days_late: {
    form: 'days', name: texts('days late last time', '上次迟交天数', '上次遲繳日數'),
    fact: texts('{value} day(s) late last time', '上次迟交 {value} 天', '上次遲繳 {value} 天'),
    none: texts('Paid on time last time', '上次按时交费', '上次準時繳費'),
  },
  mean_days_late: {
    form: 'days', name: texts('days late on average', '平均迟交天数', '平均遲繳日數'),
    fact: texts('{value} day(s) late on average', '平均迟交 {value} 天', '平均遲繳 {value} 天'),
    none: texts('On time on average', '平均按时交费', '平均準時繳費'),
  },
  tenure_months: {
    form: 'months', name: texts('months with us', '投保月数', '投保月數'),
    fact: texts('With us for {value} month(s)', '投保已 {value} 个月', '投保已 {value} 個月'),
    none: texts('With us for less than a month', '投保不足一个月', '投保不足一個月'),
  },
  sourcing_channel: {
    form: 'word', name: texts('sales channel', '销售渠道', '銷售渠道'),
    fact: texts('Sold through channel {value}', '经 {value} 渠道投保', '經 {value} 渠道投保'),
  },
  area_type: {
    form: 'word', name: texts('area', '居住地区', '居住地區'),
    fact: texts('Lives in a {value} area', '居住在{value}', '居住在{value}'),
  },
  mode: {
    form: 'word', name: texts('payment mode', '交费方式', '繳費方式'),
    fact: texts('Pays {value}', '{value}交费', '{value}繳費'),
  },
  line: {
    form: 'word', name: texts('line of business', '险种', '險種'),
    fact: texts('A {value} policy', '{value}保单', '{value}保單'),
  },
  market: {
    form: 'word', name: texts('market', '市场', '市場'),
    fact: texts('Market: {value}', '市场：{value}', '市場：{value}'),
  },
  days_to_due: {
    form: 'days', name: texts('days before the due date, still unpaid', '距到期天数（仍未缴）', '距到期日數（仍未繳）'),
    fact: texts('Still unpaid {value} day(s) before the due date', '距到期 {value} 天仍未缴', '距到期 {value} 天仍未繳'),
    none: texts('Still unpaid on the due date', '到期日仍未缴', '到期日仍未繳'),
  },
  autopay: {
    form: 'yes_no', name: texts('autopay', '自动扣款', '自動轉賬'),
    fact: texts('Pays by autopay', '已开通自动扣款', '已設定自動轉賬'),
    none: texts('No autopay', '未开通自动扣款', '未設定自動轉賬'),
  },
};

/** Values that are words, in the reader's language; others are shown as they are. */
export const VALUE_TEXTS: Readonly<Record<string, Texts>> = {
  urban: texts('urban', '城市', '城市'),
  rural: texts('rural', '农村', '鄉郊'),
  annual: texts('once a year', '每年', '每年'),
  half_yearly: texts('twice a year', '每半年', '每半年'),
  quarterly: texts('every quarter', '每季', '每季'),
  monthly: texts('every month', '每月', '每月'),
  single: texts('once', '一次性', '一次性'),
  life: texts('life', '人寿', '人壽'),
  health: texts('health', '健康', '健康'),
  motor: texts('motor', '车险', '汽車'),
  property: texts('property', '财产', '財產'),
};

export const UNKNOWN_VALUE = texts('{name} is not known', '{name}未知', '{name}不詳');
export const RAISES = texts('{fact}: raises the risk', '{fact}：提高风险', '{fact}：提高風險');
export const LOWERS = texts('{fact}: lowers the risk', '{fact}：降低风险', '{fact}：降低風險');
