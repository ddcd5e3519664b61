/** The best treatment of each bill under prices of budgets: a multiple-choice knapsack by Lagrange multipliers (Sinha, Zoltners 1979). */

import { type BudgetPrices, type Budgets, type DecisionInput, type Treatment, TREATMENTS } from './decision.ts';
import { type CalendarStep, type ContactCalendar, stepDue } from './contact-calendar.ts';
import { type Parameters } from './parameters.ts';
import { budgetPriceOf, usesMessage, writeValues } from './value.ts';

export const WIDTH = TREATMENTS.length;
export const NOTHING = -1;

export type Setting = { readonly parameters: Parameters; readonly calendar: ContactCalendar };

/** Bills for which a touch is open today, with the value of each treatment (US cents, NaN: not allowed) in rows of WIDTH. */
export type Open = { readonly index: Int32Array; readonly steps: readonly CalendarStep[]; readonly values: Float64Array };

export function openBills(inputs: readonly DecisionInput[], setting: Setting): Open {
  const index: number[] = [];
  const steps: CalendarStep[] = [];
  inputs.forEach((input, i) => {
    if (input.blocked !== null || input.outstandingMinor <= 0n || capReached(input)) return;
    const step = stepDue(input, setting.calendar);
    if (step === null) return;
    index.push(i);
    steps.push(step);
  });
  const values = new Float64Array(index.length * WIDTH);
  for (let k = 0; k < index.length; k += 1) writeValues(inputs[index[k]!]!, allowedIn(steps[k]!, inputs[index[k]!]!), setting.parameters, values, k * WIDTH);
  return { index: Int32Array.from(index), steps, values };
}

export const capReached = (input: DecisionInput): boolean => input.contactsLast7Days >= input.terms.contacts_7_days_max;

/** What the calendar offers and the bill's strategy uses. */
function allowedIn({ treatments }: CalendarStep, { terms }: DecisionInput): readonly Treatment[] {
  return terms.treatments.length === WIDTH ? treatments : treatments.filter((one) => terms.treatments.includes(one));
}

/** The values of a bill's step as if the cap of contacts did not stand in its way. */
export function valuesOf(input: DecisionInput, step: CalendarStep, setting: Setting): Float64Array {
  const values = new Float64Array(WIDTH);
  writeValues(input, allowedIn(step, input), setting.parameters, values, 0);
  return values;
}

/** What each treatment takes from the budgets, in the order of TREATMENTS. */
export const minutesOf = (parameters: Parameters): Float64Array => Float64Array.from(TREATMENTS, (t) => parameters.treatments[t].minutes);
export const MESSAGES_OF: Float64Array = Float64Array.from(TREATMENTS, (t) => (usesMessage(t) ? 1 : 0));
export const pricesOf = (parameters: Parameters, prices: BudgetPrices): Float64Array => (
  Float64Array.from(TREATMENTS, (t) => budgetPriceOf(t, parameters, prices))
);

/** Index of the treatment worth most after its price, or NOTHING when none is worth more than 0; the earlier one of equals. */
export function bestOf(values: Float64Array, at: number, price: Float64Array): number {
  let best = NOTHING;
  let bestValue = 0;
  for (let k = 0; k < WIDTH; k += 1) {
    const value = values[at + k]! - price[k]!;
    if (value > bestValue) {
      bestValue = value;
      best = k;
    }
  }
  return best;
}

export type Usage = { readonly callMinutes: number; readonly messages: number };

export function usageAt(open: Open, parameters: Parameters, prices: BudgetPrices): Usage {
  const price = pricesOf(parameters, prices);
  const minutes = minutesOf(parameters);
  let callMinutes = 0;
  let messages = 0;
  for (let k = 0; k < open.index.length; k += 1) {
    const best = bestOf(open.values, k * WIDTH, price);
    if (best === NOTHING) continue;
    callMinutes += minutes[best]!;
    messages += MESSAGES_OF[best]!;
  }
  return { callMinutes, messages };
}

/**
 * Takes back the least valuable uses of a budget until the batch is within its quota: each bill that uses it falls to its best treatment
 * that uses less of it and no more of the other. `chosen[k]` is changed in place; `denied[k]` marks what a quota took away.
 */
export function repair(open: Open, chosen: Int8Array, denied: Uint8Array, parameters: Parameters, prices: BudgetPrices, quota: Budgets): void {
  const price = pricesOf(parameters, prices);
  const minutes = minutesOf(parameters);
  cut(open, chosen, denied, price, minutes, MESSAGES_OF, quota.callMinutes);
  cut(open, chosen, denied, price, MESSAGES_OF, minutes, quota.messages);
}

function cut(
  open: Open, chosen: Int8Array, denied: Uint8Array, price: Float64Array, use: Float64Array, other: Float64Array, quota: number | null,
): void {
  if (quota === null) return;
  const next = other === MESSAGES_OF ? withoutResource : withoutBoth;
  let used = 0;
  const losses: { k: number; to: number; perUnit: number }[] = [];
  for (let k = 0; k < chosen.length; k += 1) if (chosen[k]! >= 0) used += use[chosen[k]!]!;
  if (used <= quota) return;
  for (let k = 0; k < chosen.length; k += 1) {
    const now = chosen[k]!;
    if (now < 0 || use[now] === 0) continue;
    const to = next(open.values, k * WIDTH, price, use, other, now);
    const valueNow = open.values[k * WIDTH + now]! - price[now]!;
    const valueThen = to === NOTHING ? 0 : open.values[k * WIDTH + to]! - price[to]!;
    losses.push({ k, to, perUnit: (valueNow - valueThen) / use[now]! });
  }
  losses.sort((a, b) => a.perUnit - b.perUnit || b.k - a.k);
  for (const { k, to } of losses) {
    if (used <= quota) break;
    used -= use[chosen[k]!]!;
    chosen[k] = to;
    denied[k] = 1;
  }
}

/** Call minutes are cut first, and may fall to messages, which are cut next. */
function withoutResource(values: Float64Array, at: number, price: Float64Array, use: Float64Array): number {
  return bestWhere(values, at, price, (k) => use[k] === 0);
}

function withoutBoth(values: Float64Array, at: number, price: Float64Array, use: Float64Array, other: Float64Array, now: number): number {
  return bestWhere(values, at, price, (k) => use[k] === 0 && other[k]! <= other[now]!);
}

function bestWhere(values: Float64Array, at: number, price: Float64Array, allowed: (k: number) => boolean): number {
  let best = NOTHING;
  let bestValue = 0;
  for (let k = 0; k < WIDTH; k += 1) {
    const value = values[at + k]! - price[k]!;
    if (value > bestValue && allowed(k)) {
      bestValue = value;
      best = k;
    }
  }
  return best;
}
