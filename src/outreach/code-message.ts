/**
 * The one-time code with which a holder logs in. It was asked for a moment ago by whoever waits for it, so it leaves at once and past the queue: it is no contact
 * in the law's sense, and its text is kept nowhere.
 */

import { type Language } from '../kernel/index.ts';
import { type Message } from './message.ts';

type Texts = { readonly subject: string; readonly code: string; readonly rest: string };
const TEXTS: Readonly<Record<Language, Texts>> = {
  en: {
    subject: '{insurer}: your code is {code}', code: '{insurer}: your code is {code}.',
    rest: 'It works for {minutes} minutes. Nobody from us will ever ask you for it. If you did not ask for a code, do nothing.',
  },
  'zh-Hans': {
    subject: '{insurer}：您的验证码是 {code}', code: '{insurer}：您的验证码是 {code}。',
    rest: '{minutes} 分钟内有效。我们不会向您索取验证码。如非本人操作，请忽略。',
  },
  'zh-Hant': {
    subject: '{insurer}：您的驗證碼是 {code}', code: '{insurer}：您的驗證碼是 {code}。',
    rest: '{minutes} 分鐘內有效。我們不會向您索取驗證碼。如非本人操作，請忽略。',
  },
};

export function codeMessage(language: Language, values: { readonly insurer: string; readonly code: string; readonly minutes: number }): Message {
  const texts = TEXTS[language];
  const filled = (text: string): string => text.replace('{insurer}', () => values.insurer).replace('{code}', values.code).replace('{minutes}', String(values.minutes));
  return { subject: filled(texts.subject), text: `${filled(texts.code)}${language === 'en' ? ' ' : ''}${filled(texts.rest)}`, html: null };
}
