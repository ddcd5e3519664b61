/** Caps of fees, levies and gifts, in minor units; fractions of a minor unit are dropped, in the holder's favour. */

import { addMonths, daysBetween } from '../kernel/index.ts';
import { firstDate, getter } from './condition.ts';
import { type Context, type FactValue } from './facts.ts';
import { type Amount } from './rule.ts';

/** Null where the facts do not fix the amount. */
export type AmountFunction = (context: Context) => bigint | null;

/** An integer number of minor units, or null. */
export const minorOf = (value: FactValue): bigint | null => (typeof value === 'bigint' ? value : typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : null);

export function compileAmount(amount: Amount): AmountFunction {
  if ('minor' in amount) return () => BigInt(amount.minor);
  if ('field' in amount) {
    const read = getter(amount.field);
    return (context) => minorOf(read(context));
  }
  if ('sum' in amount) {
    const parts = amount.sum.map(compileAmount);
    return (context) => parts.reduce<bigint | null>((total, part) => {
      const value = part(context);
      return total === null || value === null ? null : total + value;
    }, 0n);
  }
  if ('less' in amount) {
    const read = getter(amount.less);
    return (context) => BigInt(amount.from_minor) - (minorOf(read(context)) ?? 0n);
  }
  const base = getter(amount.of);
  if ('bands' in amount) {
    return (context) => {
      const value = minorOf(base(context));
      const band = value === null ? undefined : amount.bands.find(({ below_minor }) => below_minor === null || value < BigInt(below_minor));
      return band === undefined ? null : BigInt(band.minor);
    };
  }
  return compileShare(amount, (context) => minorOf(base(context)));
}

/** Percentages are kept to a millionth, so that 0.1 % is exact. */
function compileShare(amount: Extract<Amount, { readonly percent: number }>, base: AmountFunction): AmountFunction {
  const since = amount.since === undefined ? null : firstDate(amount.since);
  const millionths = BigInt(Math.round(amount.percent * 10_000));
  return (context) => {
    const value = base(context);
    if (value === null) return null;
    let share = value * millionths;
    let divisor = 1_000_000n;
    if (amount.per !== undefined) {
      const start = since?.(context) ?? null;
      if (start === null || context.on === null) return null;
      const days = Math.max(0, daysBetween(start, context.on));
      if (amount.per === 'year') {
        share *= BigInt(Math.min(days, amount.days_max ?? days));
        divisor *= 365n;
      } else {
        let begun = 0;
        while (addMonths(start, begun) < context.on) begun += 1;
        share *= BigInt(begun);
      }
    }
    const result = share / divisor;
    return amount.at_most_minor !== undefined && result > BigInt(amount.at_most_minor) ? BigInt(amount.at_most_minor) : result;
  };
}
