/** Errors of the domain are values. A thrown error is a bug. */

/** What went wrong, by a stable code; its text in three languages is in `problem-texts.ts`. */
export type Problem = {
  readonly code: string;
  /** Values for the placeholders of the text, and what a program may want to know. */
  readonly details?: Readonly<Record<string, string | number | boolean | null>>;
};

export type Result<T, P extends Problem = Problem> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: P };

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });

export function fail(code: string, details?: Problem['details']): { readonly ok: false; readonly problem: Problem } {
  return { ok: false, problem: details === undefined ? { code } : { code, details } };
}

/** The value, or a thrown error where a problem would be a bug of ours. */
export function expectOk<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(`unexpected problem ${result.problem.code} ${JSON.stringify(result.problem.details ?? {})}`);
}
