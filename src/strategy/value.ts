/**
 * The expected value of each treatment of one bill, in US cents: what is lost when a premium is not paid now, times how much likelier the
 * treatment makes its payment, less cost, annoyance and the price of scarce budgets.
 */

import { decimalsOf } from '../kernel/index.ts';
import { type BudgetPrices, type Channel, type DecisionInput, type ReasonCode, type Treatment, TREATMENTS } from './decision.ts';
import { type Parameters } from './parameters.ts';

const MESSAGES: ReadonlySet<Treatment> = new Set<Treatment>(['email', 'sms', 'push', 'wechat', 'offer_plan']);
const PEOPLE: ReadonlySet<Treatment> = new Set<Treatment>(['call', 'escalate']);
/** Channels that can carry an offer, in the order in which they are tried after the preferred one. */
const MESSAGE_CHANNELS: readonly Channel[] = ['wechat', 'email', 'sms', 'push'];

export const usesMessage = (treatment: Treatment): boolean => MESSAGES.has(treatment);

/** US cents that one minor unit of the currency is worth; an unknown currency counts as dollars. */
export const centsPerMinor = (currency: string, parameters: Parameters): number => (
  ((parameters.usdPer[currency] ?? 1) * 100) / 10 ** decimalsOf(currency)
);

/** The channel a treatment would take, null when it needs none, undefined when there is none. */
export function channelOf(treatment: Treatment, input: DecisionInput): Channel | null | undefined {
  if (treatment === 'escalate') return null;
  if (treatment !== 'offer_plan') return input.channels.includes(treatment) ? treatment : undefined;
  const preferred = input.preferredChannel;
  if (preferred !== null && MESSAGE_CHANNELS.includes(preferred) && input.channels.includes(preferred)) return preferred;
  return MESSAGE_CHANNELS.find((channel) => input.channels.includes(channel));
}

/** Why a treatment may not be used for this bill at all, or null. */
export function whyNot(treatment: Treatment, input: DecisionInput): ReasonCode | null {
  if (input.tier === 'low' && PEOPLE.has(treatment)) return 'people_not_for_low_tier';
  if (input.hardship && treatment === 'escalate') return 'pressure_not_for_hardship';
  return channelOf(treatment, input) === undefined ? 'no_channel' : null;
}

/** Chance that the bill is not paid in time, or, once it is late, in the next 30 days. */
export function chanceUnpaid(input: DecisionInput, parameters: Parameters): number {
  const p = Math.min(0.999, Math.max(0.001, input.probabilityLate));
  if (input.daysToDue >= 0) return p;
  return 1 - (1 - p) * (1 - parameters.recoveryFall30Days) ** (-input.daysToDue / 30);
}

/** US cents lost when the premium is not paid now: money later, less surely, and perhaps the policy with it. */
export function lossWhenUnpaid(input: DecisionInput, parameters: Parameters): number {
  const months = parameters.expectedDelayDays[input.stage] / 30;
  const delay = parameters.capitalCost30Days * months + 1 - (1 - parameters.recoveryFall30Days) ** months;
  const policy = parameters.lapseShareOfLate[input.stage] * parameters.lifetimeValueMultiple;
  return (Number(input.outstandingMinor) * Math.min(1, delay) + Number(input.annualPremiumMinor) * policy) * centsPerMinor(input.currency, parameters);
}

/**
 * Writes the value of each treatment to `out[at…]` in the order of TREATMENTS, budget prices not yet taken off; NaN where it may not be
 * used. Effects are scaled by p·(1−p): who surely pays and who surely does not are hardly moved.
 */
export function writeValues(input: DecisionInput, allowed: readonly Treatment[], parameters: Parameters, out: Float64Array, at: number): void {
  const unpaid = chanceUnpaid(input, parameters);
  const reference = parameters.referenceLateShare;
  const scale = (unpaid * (1 - unpaid)) / (reference * (1 - reference)) * parameters.repeatFactor ** input.touchesOnThisBill;
  const loss = lossWhenUnpaid(input, parameters);
  const annoyance = 1 + parameters.annoyanceGrowth * input.contactsLast7Days;
  for (let k = 0; k < TREATMENTS.length; k += 1) {
    const treatment = TREATMENTS[k]!;
    if (!allowed.includes(treatment) || whyNot(treatment, input) !== null) {
      out[at + k] = Number.NaN;
      continue;
    }
    const own = parameters.treatments[treatment];
    let effect = own.effect;
    if (MESSAGES.has(treatment) && input.daysToDue < 0) effect += parameters.wordingEffect;
    if (treatment === 'offer_plan' && input.hardship) effect *= parameters.hardshipPlanFactor;
    if (channelOf(treatment, input) === input.preferredChannel && input.preferredChannel !== null) effect *= parameters.preferredChannelFactor;
    out[at + k] = Math.min(unpaid, effect * scale) * loss - own.cost - own.annoyance * annoyance;
  }
}

/** US cents that a treatment takes from the budgets at their prices. */
export function budgetPriceOf(treatment: Treatment, parameters: Parameters, prices: BudgetPrices): number {
  return parameters.treatments[treatment].minutes * prices.callMinute + (MESSAGES.has(treatment) ? prices.message : 0);
}
