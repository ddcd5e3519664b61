/** Building pages from strings, safely: whatever is not built by `html` itself is escaped. */

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Markup that is safe to send; made by `html` only. */
export type Html = { readonly html: string };
type Part = Html | string | number | null | readonly Html[];

export const escape = (text: string): string => text.replace(/[&<>"']/g, (c) => ESCAPES[c] ?? c);

/** html`<p>${name}</p>`: strings are escaped, markup stays, null is nothing. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  let text = strings[0] ?? '';
  for (const [index, part] of parts.entries()) text += partText(part) + (strings[index + 1] ?? '');
  return { html: text };
}

function partText(part: Part): string {
  if (part === null) return '';
  if (typeof part === 'object') return 'html' in part ? part.html : part.map((one) => one.html).join('');
  return escape(String(part));
}
