/** When the link does not lead to a bill: plain words, and that no money was taken. */

import { type Language } from '../src/kernel/index.ts';
import { framed } from './frame.ts';
import { html } from './html.ts';
import { say, type PortalText } from './texts.ts';

export type PortalProblem = 'expired' | 'broken' | 'trouble' | 'busy';
const NEXT: Readonly<Record<PortalProblem, readonly [PortalText, PortalText]>> = {
  expired: ['expired', 'expired_next'],
  broken: ['broken', 'broken_next'],
  trouble: ['trouble', 'trouble_next'],
  busy: ['trouble', 'busy_next'],
};

export function problemPage(input: { problem: PortalProblem; language: Language; nonce: string; address: string }): string {
  const { language, nonce, address } = input;
  const [title, next] = NEXT[input.problem];
  const frame = { language, nonce, title: say(language, title), insurer: '', phone: '', simulated: false, address };
  return framed(frame, html`<section class="card" role="alert"><h2>${say(language, title)}</h2><p>${say(language, next)}</p></section>`);
}
