/** `portfolio-errors.csv` beside the file: each bad row with field, value, reason and remedy. */

import fs from 'node:fs';
import path from 'node:path';
import { type Language, type Problem, withoutFormula } from '../../kernel/index.ts';
import { problemText } from '../../kernel/problem-texts.ts';
import { type RowError } from './rows.ts';

const SHOWN_MAX = 10;
const HEADER = '\ufeffrow,field,value,reason,remedy\r\n';

export type ErrorsFile = {
  /** The first few, to show at once. */
  readonly first: readonly RowError[];
  readonly write: (errors: readonly RowError[]) => void;
  /** Its name, or null where there was nothing to write; a file of an earlier import that no longer holds is taken away. */
  readonly close: () => string | null;
};

/** The file is made when the first bad row comes. In a folder that cannot be written to, as on a read-only medium, the working folder takes it. */
export function errorsFile(source: string, language: Language): ErrorsFile {
  const beside = path.join(path.dirname(source), `${path.basename(source, path.extname(source))}-errors.csv`);
  const first: RowError[] = [];
  let open: { readonly handle: number; readonly name: string } | null = null;
  return {
    first,
    write: (errors) => {
      first.push(...errors.slice(0, SHOWN_MAX - first.length));
      open ??= openFirst([beside, path.resolve(path.basename(beside))]);
      fs.writeSync(open.handle, errors.map((error) => errorLine(error, language)).join(''));
    },
    close: () => {
      if (open !== null) fs.closeSync(open.handle);
      else removeStale(beside);
      return open?.name ?? null;
    },
  };
}

function openFirst(names: readonly string[]): { handle: number; name: string } {
  for (const [i, name] of names.entries()) {
    try {
      const handle = fs.openSync(name, 'w');
      fs.writeSync(handle, HEADER);
      return { handle, name };
    } catch (error) {
      if (i === names.length - 1) throw error;
    }
  }
  throw new Error('no name was given');
}

/** Only what we wrote ourselves is ours to remove. */
function removeStale(name: string): void {
  try {
    if (fs.readFileSync(name, 'utf8').startsWith(HEADER)) fs.rmSync(name);
  } catch {
    // There is none, or it is not ours to touch.
  }
}

function errorLine(error: RowError, language: Language): string {
  const [reason, remedy] = reasonAndRemedy(error, language);
  return `${[String(error.line), error.field, error.value, reason, remedy].map(csvCell).join(',')}\r\n`;
}

/** The problem's first sentence says what is wrong, the rest what to do. */
export function reasonAndRemedy(error: RowError, language: Language): [string, string] {
  // The value's own full stops are no ends of sentences, so it is cut before they are filled in.
  const words = problemText({ code: error.problem.code }, language);
  const cut = /^(.*?[.。])(?:\s+|(?<=。))(.+)$/s.exec(words);
  const filled = (part: string): string => fill(part, error.problem.details ?? {});
  return [filled(cut?.[1] ?? words), filled(cut?.[2] ?? '')];
}

const fill = (words: string, details: NonNullable<Problem['details']>): string => (
  words.replace(/\{(\w+)\}/g, (placeholder, name: string) => String(details[name] ?? placeholder))
);

/** Quoted where needed; what a spreadsheet would take for a formula gets an apostrophe (OWASP: CSV injection). */
export function csvCell(text: string): string {
  const safe = withoutFormula(text);
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
