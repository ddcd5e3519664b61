/** A transaction that PostgreSQL has ended in favour of another: it left nothing behind and is begun again. */

/** Ageing and settlement may want the same rows in another order; who loses four times in a row has met something else. */
const TRIES = 4;
/** `deadlock_detected`, `serialization_failure`. */
const CONFLICTS = new Set(['40P01', '40001']);

export async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      if (!CONFLICTS.has(code) || attempt >= TRIES) throw error;
    }
  }
}
