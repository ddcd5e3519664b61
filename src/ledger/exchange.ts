/** Amounts of one currency in another at a stated rate, and all accounts in one currency. Pure. */

import { type Currency, decimalsOf, type PlainDate } from '../kernel/index.ts';
import { type Account } from './posting-rules.ts';
import { type TrialBalanceRow } from './read.ts';

export type Rate = { readonly from: Currency; readonly to: Currency; readonly on: PlainDate; /** Decimal text, at most ten decimals: so much of `to` for one of `from`. */ readonly rate: string; readonly source: string };

const RATE_DECIMALS = 10;
const power = (decimals: number): bigint => 10n ** BigInt(decimals);

function scaled(rate: string): bigint {
  const [whole = '', part = ''] = rate.split('.');
  return BigInt(whole + part.slice(0, RATE_DECIMALS).padEnd(RATE_DECIMALS, '0'));
}

/** Half to even, away from no side: sums of many conversions do not drift. */
function divided(dividend: bigint, divisor: bigint): bigint {
  const sign = dividend < 0n ? -1n : 1n;
  const size = dividend * sign;
  const [quotient, rest] = [size / divisor, size % divisor];
  const up = rest * 2n > divisor || (rest * 2n === divisor && quotient % 2n === 1n);
  return sign * (up ? quotient + 1n : quotient);
}

/** Minor units of `to` for minor units of the rate's `from`; or, with the rate the other way round, of its `to`. */
export function convert(amountMinor: bigint, from: Currency, to: Currency, rate: Rate | null): bigint | null {
  if (from === to) return amountMinor;
  if (rate === null) return null;
  const [up, down] = [power(decimalsOf(to)), power(decimalsOf(from))];
  if (rate.from === from && rate.to === to) return divided(amountMinor * scaled(rate.rate) * up, down * power(RATE_DECIMALS));
  if (rate.from === to && rate.to === from) return divided(amountMinor * up * power(RATE_DECIMALS), down * scaled(rate.rate));
  return null;
}

export type GroupRow = { readonly account: Account; readonly currency: Currency; readonly balanceMinor: bigint; /** Null where no rate is stated. */ readonly inOneMinor: bigint | null };
export type GroupReport = {
  readonly rows: readonly GroupRow[];
  /** All currencies of an account; of those without a rate nothing is in it. */
  readonly accounts: readonly { readonly account: Account; readonly inOneMinor: bigint }[];
  /** Each balance is rounded by itself; what that leaves of the zero that every currency makes. */
  readonly roundingMinor: bigint;
  readonly withoutRate: readonly Currency[];
};

export function groupReport(balance: readonly TrialBalanceRow[], into: Currency, rateOf: (from: Currency) => Rate | null): GroupReport {
  const rows = balance.map(({ account, currency, balanceMinor }): GroupRow => ({ account, currency, balanceMinor, inOneMinor: convert(balanceMinor, currency, into, rateOf(currency)) }));
  const sums = new Map<Account, bigint>();
  for (const { account, inOneMinor } of rows) sums.set(account, (sums.get(account) ?? 0n) + (inOneMinor ?? 0n));
  return {
    rows, accounts: [...sums].map(([account, inOneMinor]) => ({ account, inOneMinor })), roundingMinor: [...sums.values()].reduce((sum, one) => sum + one, 0n),
    withoutRate: [...new Set(rows.filter(({ inOneMinor }) => inOneMinor === null).map(({ currency }) => currency))],
  };
}
