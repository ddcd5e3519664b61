/** The fields that a file of policies may fill, how each is read, and the names by which a column is recognised (English, 简体, 繁體). */

import { decimalsOf, fail, isCurrency, isTimeZone, ok, parseAmount, parsePlainDate, plainDate, type Result } from '../../kernel/index.ts';

/** Where the value goes. */
export type Target = 'holder' | 'policy';
/** What the reader of a value may look at besides the value. */
export type RowFacts = { readonly currency: string };
/** Reads one cell into COPY's text form. */
type Read = (text: string, facts: RowFacts) => Result<string>;

export type Field = {
  readonly name: string;
  readonly target: Target;
  /** SQL type of the column in the staging table. */
  readonly type: string;
  readonly read: Read;
  /** Whether its reading depends on the row's currency. */
  readonly perCurrency: boolean;
  /** Whether nearly every row has a value of its own, which is then not worth remembering. */
  readonly distinct: boolean;
  /** Names by which it is recognised, compared without case, spaces and punctuation. */
  readonly names: readonly string[];
};

const TEXT_MAX = 200;

/** A control character, a NUL or a lone surrogate is no text; a value that a spreadsheet would run stays text, for we never write it unguarded. */
// eslint-disable-next-line no-control-regex
const UNPRINTABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffd]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

const plainText = (most = TEXT_MAX): Read => (text) => {
  // Printable ASCII, the common case, needs no closer look.
  if (!/^[ -~]*$/.test(text) && UNPRINTABLE.test(text)) return fail('text_unreadable', { value: text });
  return text.length > most ? fail('text_too_long', { value: text.slice(0, 40), most }) : ok(text);
};

const WHOLE = /^\d{1,9}(?:\.0+)?$/;
const count: Read = (text) => (WHOLE.test(text) ? ok(String(Math.trunc(Number(text)))) : fail('count_invalid', { value: text }));

function between(from: number, to: number, whole: boolean): Read {
  return (text) => {
    const value = text === '' ? Number.NaN : Number(text);
    return Number.isFinite(value) && value >= from && value <= to && (!whole || Number.isInteger(value)) ? ok(String(value)) : fail('number_out_of_range', { value: text, from, to });
  };
}

/** `2026-03-01`, `2026/3/1`, `20260301`, `2026年3月1日`, `01.03.2026`; a day and month that could be either are refused. */
export function readDate(text: string): Result<string> {
  const year = /^(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?(?:[ T]00:00(?::00(?:\.0+)?)?Z?)?$/.exec(text);
  if (year !== null) return realDate(text, Number(year[1]), Number(year[2]), Number(year[3]));
  const german = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(text);
  if (german !== null) return realDate(text, Number(german[3]), Number(german[2]), Number(german[1]));
  const slashes = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text);
  if (slashes === null) return fail('date_invalid', { value: text });
  const [a, b, y] = [Number(slashes[1]), Number(slashes[2]), Number(slashes[3])];
  if (a > 12) return realDate(text, y, b, a);
  if (b > 12 || a === b) return realDate(text, y, a, b);
  return fail('date_ambiguous', { value: text });
}

function realDate(text: string, year: number, month: number, day: number): Result<string> {
  const date = parsePlainDate(plainDate(year, month, day));
  return date === null ? fail('date_not_real', { value: text }) : ok(date);
}

const oneOf = (words: Readonly<Record<string, string>>): Read => {
  const known = new Map(Object.entries(words).flatMap(([value, names]) => [value, ...names.split('|')].map((name) => [simple(name), value] as const)));
  const list = Object.keys(words).join(', ');
  return (text) => {
    const value = known.get(simple(text));
    return value === undefined ? fail('word_unknown', { value: text, known: list }) : ok(value);
  };
};

/** For comparing names: no case, width, spaces or punctuation. */
export const simple = (text: string): string => text.normalize('NFKC').toLowerCase().replace(/[\s_\-./()%（）:：]+/g, '');

const amount: Read = (text, { currency }) => {
  // Plain digits, nearly all: no need to look for symbols and signs.
  if (/^[1-9]\d{0,12}$/.test(text)) return ok(text + '0'.repeat(decimalsOf(currency)));
  const read = parseAmount(text, currency);
  if (!read.ok) return read;
  return read.value <= 0n ? fail('premium_not_positive', { value: text }) : ok(String(read.value));
};

/** Incomes are estimates: more decimals than the currency has are rounded. */
const income: Read = (text, { currency }) => {
  const value = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number(text.normalize('NFKC').replace(/[,\s]|^[^\d.-]+/g, ''));
  if (!Number.isFinite(value) || value < 0 || value > 9e12 || text === '') return fail('amount_not_a_number', { value: text });
  return ok(String(Math.round(value * 10 ** decimalsOf(currency))));
};

const list: Read = (text) => {
  const words = text.split(/[;,|、，\s]+/).filter((word) => word !== '').map((word) => word.toLowerCase());
  const bad = words.find((word) => !/^[a-z_]{2,30}$/.test(word));
  return bad === undefined ? ok(`{${words.join(',')}}`) : fail('word_unknown', { value: bad, known: 'email, sms, push, wechat, call, letter' });
};

const email: Read = (text) => (/^[^\s@,;<>"']{1,64}@[^\s@,;<>"']{1,190}\.[^\s@,;<>"'.]{2,}$/.test(text) ? ok(text) : fail('email_invalid', { value: text }));
const phone: Read = (text) => {
  const digits = text.normalize('NFKC').replace(/[\s\-().]/g, '');
  return /^\+?\d{5,15}$/.test(digits) ? ok(digits) : fail('phone_invalid', { value: text });
};

const CHANNELS = oneOf({ email: 'e-mail|mail|电邮|電郵|邮件|郵件', sms: 'text|短信|簡訊|短訊', push: 'app', wechat: '微信', call: 'phone|电话|電話', letter: 'post|信函|郵寄' });
const BOOLEAN = oneOf({ true: '1|yes|y|t|是|有', false: '0|no|n|f|否|无|無' });
const MODES = oneOf({
  annual: 'yearly|year|y|1|年缴|年繳|年交|每年', half_yearly: 'semiannual|semi-annual|half yearly|2|半年缴|半年繳|半年交', quarterly: 'quarter|q|4|季缴|季繳|季交',
  monthly: 'month|m|12|月缴|月繳|月交|每月', single: 'one-off|lump sum|趸缴|躉繳|趸交',
});
const LINES = oneOf({
  life: '寿险|人寿|壽險|人壽', health: 'medical|健康险|健康|醫療|医疗', accident: 'pa|意外险|意外|意外險', motor: 'car|auto|车险|車險|汽車|机动车', property: 'home|household|家财|财产|財產|家居',
  liability: '责任险|責任險', commercial: 'business|企业|企業',
});
const STATES = oneOf({ pending: '', in_force: 'active|inforce|有效|生效', grace: '宽限|寬限', suspended: '中止|停效', lapsed: '失效', cancelled: 'canceled|退保|取消', ended: 'terminated|终止|終止|满期|滿期' });
const LANGUAGE_WORDS = oneOf({ en: 'english|英文', 'zh-Hans': 'zh|zh-cn|chinese|简体|简体中文|中文', 'zh-Hant': 'zh-hk|zh-tw|繁體|繁體中文|繁体' });
const KINDS = oneOf({ person: 'individual|个人|個人', company: 'corporate|business|企业|企業|公司' });

const code = (pattern: RegExp, known: string): Read => (text) => (pattern.test(text) ? ok(text) : fail('word_unknown', { value: text, known }));

const DISTINCT = new Set(['policy_number', 'holder_ref', 'full_name', 'given_name', 'email', 'phone', 'address']);

const field = (name: string, target: Target, type: string, read: Read, names: readonly string[] = []): Field => ({
  name, target, type, read, names: [name, ...names].map(simple), perCurrency: read === amount || read === income, distinct: DISTINCT.has(name),
});

export const FIELDS: readonly Field[] = [
  field('policy_number', 'policy', 'text', plainText(60), ['policy no', 'policy id', 'policy', 'contract number', '保单号', '保单号码', '保單號碼', '保單編號', 'id']),
  field('holder_ref', 'holder', 'text', plainText(60), ['customer number', 'customer id', 'client id', 'holder id', '客户号', '客户编号', '客戶編號', '投保人编号']),
  field('full_name', 'holder', 'text', plainText(), ['name', 'holder', 'customer', 'policyholder', '姓名', '投保人', '投保人姓名', '客户姓名', '要保人']),
  field('family_name', 'holder', 'text', plainText(), ['last name', 'surname', '姓']),
  field('given_name', 'holder', 'text', plainText(), ['first name', 'forename', '名']),
  field('kind', 'holder', 'text', KINDS, ['holder type', 'customer type', '客户类型']),
  field('language', 'holder', 'text', LANGUAGE_WORDS, ['语言', '語言']),
  field('time_zone', 'holder', 'text', (text) => (isTimeZone(text) ? ok(text) : fail('time_zone_unknown', { value: text })), ['timezone', '时区', '時區']),
  field('email', 'holder', 'text', email, ['e mail', 'mail', '邮箱', '电邮', '電郵', '電子郵件', '电子邮箱']),
  field('phone', 'holder', 'text', phone, ['mobile', 'telephone', 'tel', 'cell', '手机', '手机号', '电话', '手機', '電話', '聯絡電話']),
  field('address', 'holder', 'text', plainText(400), ['street', '地址', '通讯地址', '通訊地址']),
  field('city', 'holder', 'text', plainText(), ['town', '城市']),
  field('postal_code', 'holder', 'text', plainText(20), ['zip', 'postcode', '邮编', '郵遞區號']),
  field('born_on', 'holder', 'date', (text) => readDate(text), ['date of birth', 'birth date', 'dob', 'birthday', '出生日期', '生日']),
  field('age_in_days', 'holder', 'int', between(0, 50_000, true), []),
  field('income_monthly', 'holder', 'bigint', income, ['income', 'monthly income', 'salary', '月收入', '收入']),
  field('payday', 'holder', 'smallint', between(1, 31, true), ['pay day', '发薪日', '發薪日']),
  field('preferred_channel', 'holder', 'text', CHANNELS, ['channel', 'preferred contact', '联系方式偏好']),
  field('consents', 'holder', 'text[]', list, ['consent', '同意']),
  field('opted_out', 'holder', 'text[]', list, ['opt out', '退订', '退訂']),
  field('flags', 'holder', 'text[]', list, ['flag']),
  field('market', 'policy', 'text', code(/^[A-Z]{2}$/, 'CN, HK, TW, PH, DE, US …'), ['country', '市场', '市場', '国家']),
  field('subdivision', 'policy', 'text', code(/^[A-Z0-9]{1,3}$/, 'NY, CA, QC …'), ['state code', 'province', '省']),
  field('line', 'policy', 'text', LINES, ['line of business', 'lob', '险种', '險種']),
  field('product', 'policy', 'text', plainText(), ['product name', 'plan', '产品', '產品', '产品名称', '計劃']),
  field('currency', 'policy', 'text', (text) => (isCurrency(text) ? ok(text) : fail('currency_unknown', { value: text })), ['ccy', '币种', '幣別', '货币']),
  field('premium', 'policy', 'bigint', amount, ['premium amount', 'instalment', 'amount', '保费', '保費', '应缴保费', '應繳保費', '期缴保费']),
  field('mode', 'policy', 'text', MODES, ['payment mode', 'frequency', 'payment frequency', '缴费方式', '繳費方式', '缴别', '繳別', '缴费频率']),
  field('cover_from', 'policy', 'date', (text) => readDate(text), ['inception', 'inception date', 'start date', 'effective date', 'commencement', '生效日', '生效日期', '起保日期']),
  field('cover_to', 'policy', 'date', (text) => readDate(text), ['expiry', 'expiry date', 'end date', 'maturity', '到期日', '满期日', '終止日']),
  field('due_day', 'policy', 'smallint', between(1, 31, true), ['due day of month', '缴费日', '繳費日']),
  field('next_due_on', 'policy', 'date', (text) => readDate(text), ['next due', 'next due date', 'due date', 'premium due date', '下次缴费日', '应缴日', '應繳日', '下期缴费日']),
  field('state', 'policy', 'text', STATES, ['status', 'policy status', '保单状态', '保單狀態']),
  field('autopay', 'policy', 'boolean', BOOLEAN, ['auto debit', 'direct debit', '自动扣款', '自動轉帳']),
  field('contract_grace_days', 'policy', 'smallint', between(0, 365, true), ['grace days', '宽限期天数']),
  field('premiums_paid', 'policy', 'int', count, ['no of premiums paid', 'number of premiums paid', '已缴期数', '已繳期數']),
  ...([
    ['late_1_to_30_days', []], ['late_31_to_90_days', []], ['late_over_90_days', []], ['late_3_to_6_months', ['count 3-6 months late']],
    ['late_6_to_12_months', ['count 6-12 months late']], ['late_over_12_months', ['count more than 12 months late']],
  ] as const).map(([name, names]) => field(name, 'policy', 'int', count, names)),
  field('last_days_late', 'policy', 'int', count),
  field('cash_share', 'policy', 'real', between(0, 1, false), ['perc premium paid by cash credit']),
  field('digital_share', 'policy', 'real', between(0, 1, false)),
  field('underwriting_score', 'policy', 'real', between(0, 1_000, false), ['application underwriting score']),
  field('sourcing_channel', 'policy', 'text', plainText(60), ['channel of sale', '销售渠道', '銷售渠道']),
  field('area_type', 'policy', 'text', plainText(60), ['residence area type']),
];

const BY_NAME = new Map(FIELDS.map((one) => [one.name, one]));
export const fieldNamed = (name: string): Field | undefined => BY_NAME.get(name);

const NAMES = new Set(FIELDS.flatMap((one) => one.names));
/** Whether a column of that name would be recognised. */
export const isKnownName = (name: string): boolean => NAMES.has(simple(name));
