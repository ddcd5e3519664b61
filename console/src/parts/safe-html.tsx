/**
 * An e-mail inside our page, under a content security policy that forbids inline styles and scripts: the message is taken apart and built again from
 * what is known to be harmless, and its styles are set through the object model. A shadow root keeps them from ours.
 */

import { useEffect, useRef } from 'react';

const TAGS = new Set([
  'A',
  'B',
  'BR',
  'CENTER',
  'DIV',
  'EM',
  'H1',
  'H2',
  'H3',
  'HR',
  'I',
  'IMG',
  'LI',
  'OL',
  'P',
  'SMALL',
  'SPAN',
  'STRONG',
  'TABLE',
  'TBODY',
  'TD',
  'TH',
  'THEAD',
  'TR',
  'U',
  'UL',
]);
const ATTRIBUTES = new Set([
  'align',
  'alt',
  'bgcolor',
  'border',
  'cellpadding',
  'cellspacing',
  'class',
  'colspan',
  'dir',
  'height',
  'lang',
  'rowspan',
  'valign',
  'width',
]);
const DROPPED = new Set([
  'SCRIPT',
  'STYLE',
  'X-STYLE',
  'HEAD',
  'TITLE',
  'META',
  'LINK',
  'IFRAME',
  'OBJECT',
  'EMBED',
  'FORM',
  'INPUT',
  'SVG',
  'TEMPLATE',
]);

export function SafeHtml({ html }: { html: string }) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (host.current === null) return;
    // Under other names, because the parser itself would report each style to the policy as an attempt.
    const renamed = html.replace(/(<\/?)style\b/gi, '$1x-style').replace(/\sstyle\s*=/gi, ' data-style=');
    const source = new DOMParser().parseFromString(renamed, 'text/html');
    const root = host.current.shadowRoot ?? host.current.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [...source.querySelectorAll('x-style')].map((style) => styleSheet(style.textContent));
    root.replaceChildren(...[...source.body.childNodes].flatMap(copy));
  }, [html]);
  return <div ref={host} />;
}

function styleSheet(text: string): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  // Addresses in styles would tell a stranger that the message was looked at.
  sheet.replaceSync(text.replace(/@import[^;]*;/gi, '').replace(/url\([^)]*\)/gi, 'none'));
  return sheet;
}

function copy(node: Node): Node[] {
  if (node.nodeType === Node.TEXT_NODE) return [document.createTextNode(node.textContent ?? '')];
  if (!(node instanceof HTMLElement) || DROPPED.has(node.tagName)) return [];
  const children = [...node.childNodes].flatMap(copy);
  if (!TAGS.has(node.tagName)) return children;
  const made = document.createElement(node.tagName);
  for (const { name, value } of node.attributes) if (ATTRIBUTES.has(name)) made.setAttribute(name, value);
  made.style.cssText = (node.getAttribute('data-style') ?? '').replace(/url\([^)]*\)/gi, 'none');
  if (made instanceof HTMLAnchorElement && /^(https?:|mailto:|tel:)/i.test(node.getAttribute('href') ?? '')) {
    made.href = node.getAttribute('href') ?? '';
    made.target = '_blank';
    made.rel = 'noreferrer';
  }
  if (made instanceof HTMLImageElement && /^data:image\//i.test(node.getAttribute('src') ?? '')) made.src = node.getAttribute('src') ?? '';
  made.append(...children);
  return [made];
}
