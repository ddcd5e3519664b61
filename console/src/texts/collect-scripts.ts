/**
 * What is said on the telephone, in the holder's language, whichever the caller reads. The name comes first and nothing of the policy before it is
 * confirmed: a third person learns nothing. Three languages at once, loaded with the page Calls alone.
 */

import type { Language } from '../language.ts';

export type ScriptFacts = {
  readonly holder: string; readonly caller: string; readonly insurer: string; readonly policy: string; readonly line: string; readonly amount: string; readonly date: string;
};
export type ScriptCase = {
  /** Where the bill stands: not past its day, past it, or past it with the cover interrupted. */
  readonly when: 'before' | 'after' | 'interrupted';
  /** No pressure: the holder is vulnerable or in hardship. */
  readonly gentle: boolean;
  readonly plan: boolean;
};
export const SCRIPT_PARTS = ['greeting', 'who', 'about', 'question'] as const;
export type Script = Readonly<Record<(typeof SCRIPT_PARTS)[number], string>>;

type Phrases = Readonly<Record<'greeting' | 'who' | ScriptCase['when'] | 'when_to_pay' | 'gentle_before' | 'gentle' | 'plan', string>> & { readonly lines: Readonly<Record<string, string>> };

const PHRASES: Readonly<Record<Language, Phrases>> = {
  en: {
    greeting: 'Good day. Am I speaking with {holder}?',
    who: 'My name is {caller}, and I am calling from {insurer} about your {line} insurance, policy {policy}.',
    before: 'The premium of {amount} is due on {date}.',
    after: 'The premium of {amount} was due on {date}, and we have not received it yet. If you have just paid, please do not mind this call.',
    interrupted: 'The premium of {amount} was due on {date}. We have not received it, and your cover is interrupted. I would like to help you get it back.',
    when_to_pay: 'On which day would it suit you to pay? I can send you a link; it takes a minute.',
    gentle_before: 'I only wanted to ask whether everything is fine with it. ',
    gentle: 'Is there anything that makes this payment difficult at the moment? Take your time; nothing has to be decided in this call.',
    plan: ' Would it be easier to pay in smaller parts? I can tell you how that works.',
    lines: { life: 'life', health: 'health', accident: 'accident', motor: 'motor', property: 'property', liability: 'liability', commercial: 'business' },
  },
  'zh-Hans': {
    greeting: '您好，请问是{holder}本人吗？',
    who: '我是{insurer}的{caller}，想和您说一下您的{line}保单，保单号 {policy}。',
    before: '本期保费是 {amount}，缴费日为{date}。',
    after: '本期保费 {amount} 应于{date}缴纳，我们目前还没有收到。如果您刚刚缴过，请不必在意。',
    interrupted: '本期保费 {amount} 应于{date}缴纳，我们还没有收到，保障目前已经中断。我想帮您看看怎样恢复。',
    when_to_pay: '请问您哪一天方便缴费？我可以给您发一个缴费链接，一分钟就能完成。',
    gentle_before: '我只是想问问是否一切顺利。',
    gentle: '最近缴费上有没有什么困难？不着急，今天不用马上做决定。',
    plan: '分期缴纳会不会轻松一些？我可以给您说明怎样办理。',
    lines: { life: '寿险', health: '健康险', accident: '意外险', motor: '车险', property: '财产险', liability: '责任险', commercial: '商业险' },
  },
  'zh-Hant': {
    greeting: '您好，請問是{holder}本人嗎？',
    who: '我是{insurer}的{caller}，想與您談談您的{line}保單，保單號碼 {policy}。',
    before: '本期保費為 {amount}，繳費日是{date}。',
    after: '本期保費 {amount} 應於{date}繳付，我們暫時尚未收到。如您剛剛已繳費，請不必理會。',
    interrupted: '本期保費 {amount} 應於{date}繳付，我們尚未收到，保障目前已經中斷。我想協助您恢復保障。',
    when_to_pay: '請問您哪一天方便繳費？我可以傳送一條繳費連結給您，一分鐘便可完成。',
    gentle_before: '我只是想問問是否一切順利。',
    gentle: '最近繳費上有沒有甚麼困難？不用急，今天毋須馬上決定。',
    plan: '分期繳付會不會輕鬆一些？我可以向您說明如何辦理。',
    lines: { life: '壽險', health: '健康險', accident: '意外險', motor: '車險', property: '財產險', liability: '責任險', commercial: '商業險' },
  },
};

export function scriptOf(language: Language, facts: ScriptFacts, { when, gentle, plan }: ScriptCase): Script {
  const phrases = PHRASES[language];
  const values: Readonly<Record<string, string>> = { ...facts, line: phrases.lines[facts.line] ?? facts.line };
  const say = (text: string): string => text.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '').trim();
  const question = gentle ? `${when === 'before' ? phrases.gentle_before : ''}${phrases.gentle}` : phrases.when_to_pay;
  return { greeting: say(phrases.greeting), who: say(phrases.who), about: say(phrases[when]), question: say(question + (plan ? phrases.plan : '')) };
}

/** `1 March 2027`, `2027年3月1日`: as it is spoken. */
export const spokenDay = (date: string, language: Language): string =>
  new Intl.DateTimeFormat({ en: 'en-GB', 'zh-Hans': 'zh-CN', 'zh-Hant': 'zh-HK' }[language], { timeZone: 'UTC', day: 'numeric', month: 'long', year: 'numeric' })
    .format(new Date(`${date}T00:00:00Z`));
