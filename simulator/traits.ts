/**
 * What nobody can see: a holder's lasting traits and what happens to them. All of it follows from the seed and the holder's number, so it is
 * never stored, and a day that is played later meets the same people as the history that was generated.
 */

import { type DayNumber, dayNumberOf, mixSeed, seededRandom } from '../src/kernel/index.ts';
import { type Behaviour, type Market } from './behaviour.ts';

export type Way = 'online' | 'transfer' | 'cash';
export type Traits = {
  /** Standard normal: how easily a bill is forgotten. */
  readonly forgetful: number;
  readonly disengaged: boolean;
  /** Pays bills on the payday. */
  readonly onPayday: boolean;
  readonly earlyDays: number;
  /** How bills without a mandate are paid. */
  readonly way: Way;
  /** Of those who pay online: which method comes first to hand, 0..1. */
  readonly taste: number;
  /** Hour of the day at which such things are looked after. */
  readonly hour: number;
  /** Hands a number of its own to each question, so that one answer does not move another. */
  readonly key: number;
};

const STREAM_TRAITS = 11;
const STREAM_YEAR = 12;
const DAYS_PER_YEAR = 365.25;

/** Day on which ages count for lasting habits: a habit does not change because the clock moved. */
const REFERENCE_DAY = dayNumberOf(2026, 1, 1);

/** What stands for a company's day of birth and payday: it has neither, and its people are of all ages. */
export const COMPANY = { born: dayNumberOf(1981, 1, 1), payday: 28 } as const;

/** @param number the holder's number within the insurer, from 0 @param born day of birth */
export function traitsOf(behaviour: Behaviour, seed: number, number: number, market: Market, born: DayNumber): Traits {
  const random = seededRandom(mixSeed(seed, STREAM_TRAITS, number));
  const { population, timing, events } = behaviour;
  const age = (REFERENCE_DAY - born) / DAYS_PER_YEAR;
  const forgetful = random.normal();
  const disengaged = random.chance(events.disengaged_share);
  const onPayday = random.chance(timing.payday_share);
  const earlyDays = timing.early_days * (0.5 + random.next());
  const online = random.next() < onlineChance(population.online_share, age);
  const cash = random.chance(population.cash_shares[market]);
  return {
    forgetful, disengaged, onPayday, earlyDays, way: online ? 'online' : cash ? 'cash' : 'transfer', taste: random.next(), hour: random.chance(0.6) ? random.integer(18, 21) : random.integer(9, 14),
    key: mixSeed(seed, number),
  };
}

/** Falls by two points for each year of age above 40, and rises below. */
const ONLINE_PER_YEAR = 0.012;
const onlineChance = (at40: number, age: number): number => Math.min(0.97, Math.max(0.12, at40 - ONLINE_PER_YEAR * (age - 40)));

export type Shock = { readonly hardUp: boolean; readonly moved: boolean };
const CALM: Shock = { hardUp: false, moved: false };

/** What weighs on a holder on a day: a job lost, a house moved from. */
export function shockOn(behaviour: Behaviour, traits: Traits, day: DayNumber): Shock {
  const { job_loss: jobLoss, job_loss_days: jobLossDays, move, move_days: moveDays } = behaviour.events;
  const year = Math.floor(day / DAYS_PER_YEAR);
  let hardUp = false;
  let moved = false;
  for (let y = year - 1; y <= year; y += 1) {
    const h = mixSeed(traits.key, STREAM_YEAR, y);
    // Most years bring nothing; one mixed number decides that without a generator of its own.
    const u = h / 4_294_967_296;
    if (u >= jobLoss + move) continue;
    const random = seededRandom(h);
    const start = y * DAYS_PER_YEAR + random.next() * DAYS_PER_YEAR;
    const length = u < jobLoss ? -Math.log(1 - random.next()) * jobLossDays : moveDays;
    if (day < start || day > start + length) continue;
    if (u < jobLoss) hardUp = true;
    else moved = true;
  }
  return hardUp || moved ? { hardUp, moved } : CALM;
}
