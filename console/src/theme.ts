/** Calm and dense: small type, one accent, system fonts, figures of equal width. */

import { createTheme, type MantineColorsTuple } from '@mantine/core';

const harbour: MantineColorsTuple = [
  '#e8f6f5',
  '#d3eae8',
  '#a6d5d1',
  '#75bfb9',
  '#4dada5',
  '#33a299',
  '#168a82',
  '#0f7570',
  '#0b625e',
  '#064f4c',
];

/** Cooler than Mantine's own, so that cards, fields and page are one family. */
const dark: MantineColorsTuple = [
  '#d5dbe0',
  '#b4bdc5',
  '#98a5b0',
  '#6d7a85',
  '#36404a',
  '#2a3138',
  '#20262c',
  '#191e23',
  '#12161a',
  '#0d1013',
];

/** States; the eighth shade is the text of a light badge and reaches WCAG's 4.5 on its own ground. */
const sky: MantineColorsTuple = [
  '#e8f2fb',
  '#d0e4f6',
  '#a3c9ec',
  '#72acdf',
  '#4893d3',
  '#2a80c6',
  '#146db5',
  '#0b5a9e',
  '#074a84',
  '#043a6a',
];
const amber: MantineColorsTuple = [
  '#fff4e0',
  '#ffe6bd',
  '#ffd08a',
  '#ffb84f',
  '#f5a01f',
  '#d98500',
  '#a86500',
  '#855000',
  '#6a3f00',
  '#4f2f00',
];
const danger: MantineColorsTuple = [
  '#fdecea',
  '#fad5d1',
  '#ffb3ab',
  '#ff8a80',
  '#ef6a5e',
  '#dd4a3d',
  '#c63529',
  '#a9251a',
  '#8a1b12',
  '#6b130c',
];

/** CJK faces of each system follow the Latin ones; the page's `lang` chooses among Chinese forms. */
const FONTS =
  'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", "PingFang SC", "PingFang TC", "Microsoft YaHei", "Microsoft JhengHei", ' +
  '"Noto Sans CJK SC", "Noto Sans CJK TC", sans-serif';

export const theme = createTheme({
  primaryColor: 'harbour',
  primaryShade: 7,
  colors: { harbour, dark, sky, amber, danger },
  fontFamily: FONTS,
  headings: {
    fontFamily: FONTS,
    fontWeight: '600',
    sizes: { h1: { fontSize: '1.375rem' }, h2: { fontSize: '1rem' }, h3: { fontSize: '0.875rem' } },
  },
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  defaultRadius: 'md',
  cursorType: 'pointer',
  focusRing: 'auto',
});
