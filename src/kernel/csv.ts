/** What a spreadsheet must not do with our files. */

/** A text that a spreadsheet would take for a formula gets an apostrophe before it (OWASP: CSV injection); any other is as it was. */
export const withoutFormula = (text: string): string => (/^[=+@\t\r-]/.test(text) ? `'${text}` : text);

/** A cell of a file for spreadsheets: a text always in quotes, a number as it is, a moment as ISO 8601, nothing for null. */
export function csvCell(value: string | number | Date | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  return `"${withoutFormula(value instanceof Date ? value.toISOString() : value).replaceAll('"', '""')}"`;
}
