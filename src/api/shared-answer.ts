/**
 * One answer for all who ask the same at once. Whoever asks gets an answer that was begun after they asked, so nobody is told less than the event that made them ask
 * was about; while one is worked out, and for a moment after it was begun, all others wait together for the next. Fifty open screens cost the database what one costs.
 */

import { type Database, inInsurer, type Scope, type Tx } from '../database/index.ts';

/** Between the beginnings of two answers to the same question: a burst of payments leaves the database room for the payments. */
const GAP_MS = 40;

/** Whose rows an answer shows: all of an insurer's, or those of some markets. */
export const rowsOf = ({ insurerId, markets }: { readonly insurerId: number; readonly markets: readonly string[] | null }): string => `${insurerId} ${markets?.join(' ') ?? '*'}`;

type Asked<T> = { running: Promise<T>; begunAt: number; next: Promise<T> | null };

/** A question that differs by who asks and by what is asked of it. */
export const questionOf = (asker: Parameters<typeof rowsOf>[0], query: object = {}): string => `${rowsOf(asker)} ${JSON.stringify(query)}`;

/** A reading of the asker's rows that is worked out once for all who ask the same at once. */
export function sharedReading<T>({ database }: { readonly database: Database }): (asker: Scope, query: object, read: (tx: Tx) => Promise<T>) => Promise<T> {
  const shared = sharedAnswers<T>();
  return (asker, query, read) => shared(questionOf(asker, query), () => inInsurer(database.app, asker, read));
}

export function sharedAnswers<T>(): (question: string, work: () => Promise<T>) => Promise<T> {
  const asked = new Map<string, Asked<T>>();
  const begin = (question: string, work: () => Promise<T>): Promise<T> => {
    const running = work();
    const own: Asked<T> = { running, begunAt: performance.now(), next: null };
    asked.set(question, own);
    const forget = (): void => { setTimeout(() => { if (asked.get(question) === own && own.next === null) asked.delete(question); }, GAP_MS).unref(); };
    running.then(forget, forget);
    return running;
  };
  return (question, work) => {
    const now = asked.get(question);
    if (now === undefined) return begin(question, work);
    return (now.next ??= after(now).then(() => begin(question, work)));
  };
}

async function after<T>({ running, begunAt }: Asked<T>): Promise<void> {
  await running.catch(() => {});
  const left = begunAt + GAP_MS - performance.now();
  if (left > 0) await new Promise((resolve) => setTimeout(resolve, left));
}
