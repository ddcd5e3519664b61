/** A real browser for tests: chromium from an npm package, which may speak to this machine and nothing else. */

import axe from 'axe-core';
import sparticuz from '@sparticuz/chromium';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

export type Look = {
  readonly width: number;
  readonly height?: number;
  readonly language?: 'en' | 'zh-Hans' | 'zh-Hant';
  readonly dark?: boolean;
  readonly javaScript?: boolean;
};

/** Nothing of ours takes longer, also on two busy cores. */
const WAIT_MS = 10_000;
const LOCALES = { en: 'en-GB', 'zh-Hans': 'zh-CN', 'zh-Hant': 'zh-HK' } as const;
const LOOPBACK = /^(?:http|ws)s?:\/\/(?:127\.0\.0\.1|localhost|\[::1\])(?::|\/)/;

/** The package's own arguments are for a function in a cloud: one process that dies with its first page, and no web security. */
const UNWANTED = /^--(single-process|disable-web-security|allow-running-insecure-content|disable-site-isolation-trials|headless)/;

/** No host but this machine is found. Refused by the browser itself and not request by request, which would keep it from remembering the console's files. */
const NOBODY_ELSE = '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost , EXCLUDE [::1]';

export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: await sparticuz.executablePath(),
    args: [...sparticuz.args.filter((argument) => !UNWANTED.test(argument)), NOBODY_ELSE],
    headless: true,
  });
}

/** A page of a person: a phone or a desk, a language, light or dark. What it asks of other hosts is refused and kept in `refused`. */
export async function openPage(
  browser: Browser,
  look: Look,
): Promise<{ page: Page; context: BrowserContext; refused: string[]; complaints: string[] }> {
  const context = await browser.newContext({
    viewport: { width: look.width, height: look.height ?? (look.width < 600 ? 844 : 800) },
    locale: LOCALES[look.language ?? 'en'],
    colorScheme: look.dark === true ? 'dark' : 'light',
    hasTouch: look.width < 600,
    javaScriptEnabled: look.javaScript ?? true,
  });
  const refused: string[] = [];
  context.on('request', (request) => {
    if (!LOOPBACK.test(request.url()) && request.url().startsWith('http')) refused.push(request.url());
  });
  context.setDefaultTimeout(WAIT_MS);
  const page = await context.newPage();
  /** Errors of scripts and of the content security policy. */
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  return { page, context, refused, complaints };
}

/** True where nothing reaches beyond the window's width. */
export const fitsWidth = (page: Page): Promise<boolean> =>
  page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth);

/** Buttons, links and fields that are smaller than a finger (44 px), by their text. */
export const smallTargets = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll('a, button, input:not([type=hidden]), select, textarea, summary')]
      .filter((element) => {
        const box = (element.closest('label') ?? element).getBoundingClientRect();
        return box.width > 0 && (box.height < 44 || box.width < 44);
      })
      .map((element) => `${element.tagName} ${element.textContent?.trim() ?? ''}`),
  );

/** Texts whose contrast with what lies behind them is below WCAG AA (4.5, or 3 for large text); disabled controls are exempt. */
export const lowContrast = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    type Rgba = readonly [number, number, number, number];
    const canvas = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d', { willReadFrequently: true });
    const rgba = (colour: string): Rgba => {
      if (canvas === null) return [0, 0, 0, 1];
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      const [r = 0, g = 0, b = 0, a = 0] = canvas.getImageData(0, 0, 1, 1).data;
      return [r, g, b, a / 255];
    };
    const mix = (top: number, below: number, share: number): number => top * share + below * (1 - share);
    const over = (top: Rgba, below: Rgba): Rgba => [
      mix(top[0], below[0], top[3]),
      mix(top[1], below[1], top[3]),
      mix(top[2], below[2], top[3]),
      1,
    ];
    const luminance = ([r, g, b]: Rgba): number => {
      const [x = 0, y = 0, z = 0] = [r, g, b].map((v) => (v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
      return 0.2126 * x + 0.7152 * y + 0.0722 * z;
    };
    const behind = (element: Element | null): Rgba => {
      if (element === null) return rgba(getComputedStyle(document.documentElement).colorScheme.startsWith('dark') ? '#000' : '#fff');
      const own = rgba(getComputedStyle(element).backgroundColor);
      return own[3] === 1 ? own : over(own, behind(element.parentElement));
    };
    const bad: string[] = [];
    for (const element of document.querySelectorAll('body *')) {
      const text = [...element.childNodes]
        .filter((node) => node.nodeType === Node.TEXT_NODE)
        .map((node) => node.textContent?.trim() ?? '')
        .join('');
      const box = element.getBoundingClientRect();
      if (text === '' || box.width === 0 || element.closest('[disabled],[data-disabled],script,style,option') !== null) continue;
      const style = getComputedStyle(element);
      const ground = behind(element);
      const [a, b] = [luminance(over(rgba(style.color), ground)), luminance(ground)];
      const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      const size = Number.parseFloat(style.fontSize);
      const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
      if (ratio < (large ? 3 : 4.5)) bad.push(`${ratio.toFixed(2)} ${text.slice(0, 40)}`);
    }
    return bad;
  });

/**
 * What axe finds against WCAG 2.2 A and AA, as `rule: element` (https://www.w3.org/TR/WCAG22/). `contrast` false where the page is large and `lowContrast`, which knows what
 * lies behind a text, is asked as well.
 */
export async function accessibilityProblems(page: Page, contrast: boolean): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async (withContrast) => {
    const { violations } = await (globalThis as typeof globalThis & { axe: typeof axe }).axe.run({
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'], rules: { 'color-contrast': { enabled: withContrast } }, resultTypes: ['violations'],
    });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
  }, contrast);
}

/** Texts that are cut off, or lie over one another, on the page as it is drawn; what is meant to be cut (an ellipsis) is exempt. */
export const hiddenTexts = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const told: string[] = [];
    for (const element of document.querySelectorAll('main *, header *, nav *')) {
      const own = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && (node.textContent ?? '').trim() !== '');
      const box = element.getBoundingClientRect();
      const style = getComputedStyle(element);
      if (!own || box.width === 0 || style.textOverflow === 'ellipsis' || style.webkitLineClamp !== 'none' || style.visibility === 'hidden' || style.position === 'absolute') continue;
      const cut = (style.overflowX === 'hidden' || style.overflowX === 'clip') && element.scrollWidth > element.clientWidth + 1;
      const low = (style.overflowY === 'hidden' || style.overflowY === 'clip') && element.scrollHeight > element.clientHeight + 2;
      if (cut || low) told.push(`cut: ${(element.textContent ?? '').trim().slice(0, 40)}`);
    }
    return told;
  });
