/** Decides a batch of bills: nothing, or the treatment worth most that the calendar, the channels and the budgets allow. Pure. */

import { bestOf, capReached, NOTHING, openBills, pricesOf, repair, type Setting, valuesOf, WIDTH } from './choice.ts';
import { type CalendarStep, CONTACT_CALENDAR, stepDue } from './contact-calendar.ts';
import {
  type Alternative, type BudgetPrices, type Budgets, type Decision, type DecisionInput, NO_LIMITS, NO_PRICES, type ReasonCode, type Tone, type ToneMax, TONES_MAX, TREATMENTS,
} from './decision.ts';
import { PARAMETERS } from './parameters.ts';
import { centsPerMinor, channelOf, whyNot } from './value.ts';

export type DecisionContext = {
  readonly prices?: BudgetPrices;
  /** What this batch may use; never exceeded. */
  readonly quota?: Budgets;
  readonly setting?: Setting;
};

const ALTERNATIVES_MAX = 3;
const HOUSE: Setting = { parameters: PARAMETERS, calendar: CONTACT_CALENDAR };

/** One decision for each input, in their order. About 1.5 s for a million inputs of which a tenth have a touch due. */
export function decideBatch(inputs: readonly DecisionInput[], context: DecisionContext = {}): Decision[] {
  const setting = context.setting ?? HOUSE;
  const prices = context.prices ?? NO_PRICES;
  const open = openBills(inputs, setting);
  const price = pricesOf(setting.parameters, prices);
  const chosen = new Int8Array(open.index.length);
  for (let k = 0; k < chosen.length; k += 1) chosen[k] = bestOf(open.values, k * WIDTH, price);
  const denied = new Uint8Array(chosen.length);
  repair(open, chosen, denied, setting.parameters, prices, context.quota ?? NO_LIMITS);
  const decisions: Decision[] = [];
  let k = 0;
  for (let i = 0; i < inputs.length; i += 1) {
    const input = inputs[i]!;
    if (open.index[k] === i) {
      const values = open.values.subarray(k * WIDTH, (k + 1) * WIDTH);
      decisions.push(decided(input, open.steps[k]!, values, price, chosen[k]!, denied[k] === 1, setting));
      k += 1;
    } else decisions.push(closed(input, price, setting));
  }
  return decisions;
}

/** A touch that the cap of contacts forbids is kept with its step and what would have been done, so that whoever asks sees why nothing was. */
function closed(input: DecisionInput, price: Float64Array, setting: Setting): Decision {
  const reason = whyClosed(input);
  const step = reason === 'contact_cap_reached' ? stepDue(input, setting.calendar) : null;
  if (step === null) return nothing(input, reason, null, []);
  const possible = alternativesOf(input, step, valuesOf(input, step, setting), price, NOTHING, 0, false, minorOf(input, setting));
  return nothing(input, reason, step.id, possible.map((one) => (one.notChosen === 'lower_value' ? { ...one, notChosen: reason } : one)));
}

function whyClosed(input: DecisionInput): ReasonCode {
  if (input.blocked === 'paid') return 'already_paid';
  if (input.blocked === 'in_flight') return 'payment_in_flight';
  if (input.blocked === 'disputed') return 'disputed';
  if (input.outstandingMinor <= 0n) return 'nothing_owed';
  return capReached(input) ? 'contact_cap_reached' : 'no_step_due';
}

function nothing(input: DecisionInput, reason: ReasonCode, step: string | null, alternatives: readonly Alternative[]): Decision {
  return {
    billId: input.billId, action: 'nothing', channel: null, valueMinor: 0n, costMinor: 0n, minutes: 0, tone: toneOf(input), reason, step, alternatives,
  };
}

function decided(
  input: DecisionInput, step: CalendarStep, values: Float64Array, price: Float64Array, chosen: number, denied: boolean, setting: Setting,
): Decision {
  const minor = minorOf(input, setting);
  const chosenValue = chosen === NOTHING ? 0 : values[chosen]! - price[chosen]!;
  const alternatives = alternativesOf(input, step, values, price, chosen, chosenValue, denied, minor);
  const treatment = TREATMENTS[chosen];
  if (treatment === undefined) {
    return nothing(input, whyNothing(alternatives, denied), step.id, alternatives);
  }
  const own = setting.parameters.treatments[treatment];
  return {
    billId: input.billId, action: treatment, channel: channelOf(treatment, input) ?? null, valueMinor: minor(chosenValue), costMinor: minor(own.cost),
    minutes: own.minutes, tone: toneOf(input), reason: input.hardship && treatment === 'offer_plan' ? 'hardship_support' : 'best_value', step: step.id,
    alternatives,
  };
}

function whyNothing(alternatives: readonly Alternative[], denied: boolean): ReasonCode {
  if (alternatives.every((a) => a.notChosen === 'no_channel')) return 'no_channel';
  if (alternatives.every((a) => a.notChosen === 'no_channel' || a.notChosen === 'not_in_strategy')) return 'not_in_strategy';
  return denied ? 'budget_used_up' : 'negative_expected_value';
}

function minorOf(input: DecisionInput, setting: Setting): (usdCents: number) => bigint {
  const cents = centsPerMinor(input.currency, setting.parameters);
  return (usdCents) => BigInt(Math.round(usdCents / cents));
}

/** The step's other treatments, best first; those that may not be used stand last with value 0. */
function alternativesOf(
  input: DecisionInput, step: CalendarStep, values: Float64Array, price: Float64Array, chosen: number, chosenValue: number, denied: boolean,
  minor: (usdCents: number) => bigint,
): Alternative[] {
  const others: { action: Alternative['action']; value: number; notChosen: ReasonCode }[] = [];
  for (let k = 0; k < WIDTH; k += 1) {
    const treatment = TREATMENTS[k]!;
    if (k === chosen || !step.treatments.includes(treatment)) continue;
    const value = values[k]! - price[k]!;
    if (Number.isNaN(value)) others.push({ action: treatment, value: Number.NEGATIVE_INFINITY, notChosen: whyNot(treatment, input) ?? 'not_in_strategy' });
    else if (value <= 0) others.push({ action: treatment, value, notChosen: 'negative_expected_value' });
    else others.push({ action: treatment, value, notChosen: denied && value > chosenValue ? 'budget_used_up' : 'lower_value' });
  }
  if (chosen !== NOTHING) others.push({ action: 'nothing', value: 0, notChosen: 'lower_value' });
  others.sort((a, b) => (a.value === b.value ? 0 : b.value - a.value));
  return others.slice(0, ALTERNATIVES_MAX).map(({ action, value, notChosen }) => ({
    action, valueMinor: value === Number.NEGATIVE_INFINITY ? 0n : minor(value), notChosen,
  }));
}

function toneOf(input: DecisionInput): Tone {
  if (input.hardship) return 'empathetic';
  const { tone_max: most } = input.terms;
  const tone = toneOfStage(input);
  return TONES_MAX.indexOf(tone) > TONES_MAX.indexOf(most) ? most : tone;
}

/** Empathy for hardship, friendly while there is time, direct when it is late, urgent when the cover is gone or about to go. */
function toneOfStage(input: DecisionInput): ToneMax {
  switch (input.stage) {
    case 'not_due': case 'due': return 'friendly';
    case 'grace': return input.tier === 'low' ? 'friendly' : 'direct';
    case 'late': return 'direct';
    case 'suspended': case 'lapsed': return 'urgent';
  }
}
