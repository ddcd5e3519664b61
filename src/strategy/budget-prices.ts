/** Prices of a day's budgets, found on a sample so that the whole book, decided in many batches, uses no more than there is. */

import { type Open, openBills, type Setting, usageAt } from './choice.ts';
import { CONTACT_CALENDAR } from './contact-calendar.ts';
import { type BudgetPrices, type Budgets, type DecisionInput, NO_PRICES } from './decision.ts';
import { PARAMETERS } from './parameters.ts';

/** US cents; no treatment is worth more. */
const PRICE_MAX = 1e7;
const BISECTIONS = 40;
/** Prices are set in turn; a message that a call's price sets free changes the other's usage. */
const TURNS = 4;

/**
 * Prices at which the sample uses at most its share of the budgets; 0 where a budget is not scarce.
 * @param sampleShare rows of the sample ÷ rows of the book, 0..1
 */
export function priceBudgets(
  sample: readonly DecisionInput[], sampleShare: number, budgets: Budgets, setting: Setting = { parameters: PARAMETERS, calendar: CONTACT_CALENDAR },
): BudgetPrices {
  const open = openBills(sample, setting);
  const limits = {
    callMinute: budgets.callMinutes === null ? Infinity : budgets.callMinutes * sampleShare,
    message: budgets.messages === null ? Infinity : budgets.messages * sampleShare,
  };
  let prices = NO_PRICES;
  for (let turn = 0; turn < TURNS; turn += 1) {
    const before = prices;
    prices = { ...prices, callMinute: lowest(open, setting, limits.callMinute, (callMinute) => ({ ...prices, callMinute }), 'callMinutes') };
    prices = { ...prices, message: lowest(open, setting, limits.message, (message) => ({ ...prices, message }), 'messages') };
    if (prices.callMinute === before.callMinute && prices.message === before.message) break;
  }
  return prices;
}

/** The lowest price of one budget that keeps its usage within the limit, the other price being what it is. */
function lowest(open: Open, setting: Setting, limit: number, at: (price: number) => BudgetPrices, budget: 'callMinutes' | 'messages'): number {
  const usage = (price: number): number => usageAt(open, setting.parameters, at(price))[budget];
  if (usage(0) <= limit) return 0;
  let low = 0;
  let high = 1;
  while (usage(high) > limit && high < PRICE_MAX) high *= 4;
  for (let i = 0; i < BISECTIONS && high - low > 1e-6 * high; i += 1) {
    const middle = (low + high) / 2;
    if (usage(middle) <= limit) high = middle;
    else low = middle;
  }
  return high;
}
