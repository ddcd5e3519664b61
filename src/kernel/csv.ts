/** What a spreadsheet must not do with our files. */

/** A text that a spreadsheet would take for a formula gets an apostrophe before it (OWASP: CSV injection); any other is as it was. */
export const withoutFormula = (text: string): string => (/^[=+@\t\r-]/.test(text) ? `'${text}` : text);
