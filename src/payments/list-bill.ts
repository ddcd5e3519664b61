/** A list bill's arithmetic: how a payer's money is shared among the members' bills, and how what the payer reports differs from what is owed. Pure; minor units of one currency. */

export const PART_ORDERS = ['oldest_first', 'pro_rata'] as const;
export type PartOrder = (typeof PART_ORDERS)[number];
export type Owed = { readonly owedMinor: bigint; readonly dueOn: string };

/** One share for each bill, in their order: never more than is owed on it, and together as much as there is to share. */
export function shareOut(amountMinor: bigint, bills: readonly Owed[], order: PartOrder): bigint[] {
  const whole = bills.reduce((sum, { owedMinor }) => sum + owedMinor, 0n);
  const total = amountMinor < whole ? amountMinor : whole;
  if (total <= 0n) return bills.map(() => 0n);
  if (order === 'pro_rata') {
    // What rounding takes from one is given to the next: the shares make the whole, and none exceeds its bill.
    let upTo = 0n;
    return bills.map(({ owedMinor }) => {
      const before = (total * upTo) / whole;
      upTo += owedMinor;
      return (total * upTo) / whole - before;
    });
  }
  const shares = bills.map(() => 0n);
  let left = total;
  for (const place of [...bills.keys()].toSorted((a, b) => compare(bills[a], bills[b]) || a - b)) {
    const owed = bills[place]?.owedMinor ?? 0n;
    shares[place] = left < owed ? left : owed;
    left -= shares[place];
  }
  return shares;
}

const compare = (a: Owed | undefined, b: Owed | undefined): number => ((a?.dueOn ?? '') < (b?.dueOn ?? '') ? -1 : Number((a?.dueOn ?? '') > (b?.dueOn ?? '')));

export const MISMATCHES = ['missing', 'amount_differs', 'unknown', 'left'] as const;
export type Mismatch = (typeof MISMATCHES)[number];
export type Line = { readonly policyNumber: string; readonly amountMinor: bigint };
export type Reported = { readonly employee: string; readonly policyNumber: string; readonly amountMinor: bigint };
export type Matched = {
  /** For each line of the list: what was reported for it, and how that differs. */
  readonly lines: readonly { readonly reportedMinor: bigint; readonly mismatch: Mismatch | null }[];
  /** What was reported and is on no line. */
  readonly strangers: readonly (Reported & { readonly mismatch: 'unknown' | 'left' })[];
};

/** `left`: policies that the payer has paid for before. What is reported for a policy with several bills pays them in their order. */
export function matchReport(lines: readonly Line[], reported: readonly Reported[], left: ReadonlySet<string>): Matched {
  const known = new Set(lines.map(({ policyNumber }) => policyNumber));
  const sums = new Map<string, bigint>();
  for (const { policyNumber, amountMinor } of reported) sums.set(policyNumber, (sums.get(policyNumber) ?? 0n) + amountMinor);
  const last = new Map(lines.map(({ policyNumber }, place) => [policyNumber, place]));
  return {
    lines: lines.map(({ policyNumber, amountMinor }, place) => {
      const sum = sums.get(policyNumber);
      if (sum === undefined) return { reportedMinor: 0n, mismatch: 'missing' };
      // The last bill of a policy takes whatever is left, so that too much is seen.
      const reportedMinor = sum < amountMinor || last.get(policyNumber) === place ? sum : amountMinor;
      sums.set(policyNumber, sum - reportedMinor);
      return { reportedMinor, mismatch: reportedMinor === amountMinor ? null : 'amount_differs' };
    }),
    strangers: reported.filter(({ policyNumber }) => !known.has(policyNumber)).map((row) => ({ ...row, mismatch: left.has(row.policyNumber) ? 'left' : 'unknown' })),
  };
}
