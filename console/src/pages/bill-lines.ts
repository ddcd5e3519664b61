/** What a bill is made of, line by line, beside the policy's bill before it. */

import type { Data } from '../data/api.ts';

type View = Data['bill'];
export type BillLine = {
  readonly kind: string;
  readonly rule: string | null;
  /** Null: the line is only on the other bill, or there is no bill before in this currency. */
  readonly beforeMinor: number | null;
  readonly nowMinor: number | null;
  readonly differenceMinor: number | null;
};

/** The premium first, then this bill's charges, then what only the bill before had. */
export function billLines({ bill, previous }: Pick<View, 'bill' | 'previous'>): readonly BillLine[] {
  const comparable = previous?.currency === bill.currency ? previous : null;
  const now = linesOf(bill);
  const before = comparable === null ? new Map<string, Part>() : linesOf(comparable);
  return [...new Set([...now.keys(), ...before.keys()])].map((key) => {
    const [old, current] = [before.get(key) ?? null, now.get(key) ?? null];
    return {
      kind: (current ?? old)?.kind ?? key, rule: (current ?? old)?.rule ?? null, beforeMinor: old?.minor ?? null, nowMinor: current?.minor ?? null,
      differenceMinor: comparable === null ? null : (current?.minor ?? 0) - (old?.minor ?? 0),
    };
  });
}

type Part = { readonly kind: string; readonly rule: string | null; readonly minor: number };

function linesOf({ premium_minor: premium, charges }: Pick<View['bill'], 'premium_minor' | 'charges'>): Map<string, Part> {
  const parts = new Map<string, Part>([['premium', { kind: 'premium', rule: null, minor: premium }]]);
  for (const { kind, rule, amount_minor: amount } of charges) {
    const key = `${kind} ${rule ?? ''}`;
    parts.set(key, { kind, rule, minor: amount + (parts.get(key)?.minor ?? 0) });
  }
  return parts;
}
