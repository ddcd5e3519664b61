/** What a channel said, in words: the codes of operators and mail servers mean little to whoever reads them here. */

import { word } from '../language.ts';

/** RFC 5321 and SMPP 3.4 by what they mean for the holder; the code itself stays readable behind the words. */
export function failureWords(failure: string | null): string {
  if (failure === null) return '—';
  const [kind = '', code = ''] = failure.split(/[ :]/, 2);
  if (kind === 'smtp' && code !== '') return `${word('not_arrived', /^55[0-4]$/.test(code) ? 'address_refused' : 'server_refused')} (${code})`;
  if (kind === 'smpp' && /^\d+$/.test(code)) return `${word('not_arrived', 'operator_refused')} (${code})`;
  if (kind === 'smpp' || kind === 'cannot_render') return word('not_arrived', kind === 'smpp' ? 'connection_lost' : 'cannot_render');
  return word('not_arrived', kind);
}
