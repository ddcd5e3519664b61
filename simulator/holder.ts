/** A holder with policies, as chance makes them: what the product knows about each. Pure; follows from the seed and the holder's number. */

import { addYears, datePartsOf, type DayNumber, mixSeed, type PlainDate, plainDateOf, type Random, seededRandom } from '../src/kernel/index.ts';
import { type Behaviour, type Line, LINES, type Market, MARKETS, type PayingMode, type Sourcing, SOURCINGS } from './behaviour.ts';
import { companyName, type Name, nameOf } from './names.ts';
import { type OwnPolicy } from './paying.ts';
import { phoneOf, type Place, placeOf } from './places.ts';
import { burdenOf, OFFERS, priceOf } from './products.ts';
import { COMPANY } from './traits.ts';

export type Holder = {
  /** Within the insurer, from 0. */
  readonly number: number;
  readonly kind: 'person' | 'company';
  readonly name: Name;
  readonly language: string;
  readonly market: Market;
  readonly place: Place;
  readonly phone: string;
  readonly email: string;
  readonly born: DayNumber;
  readonly incomeMonthlyMinor: number;
  readonly payday: number;
  readonly preferredChannel: string;
  readonly consents: readonly string[];
  readonly optedOut: readonly string[];
  readonly flags: readonly string[];
  readonly policies: readonly Policy[];
};
export type Policy = OwnPolicy & {
  readonly product: string;
  readonly currency: string;
  readonly premiumMinor: number;
  readonly coverFromDate: PlainDate;
  readonly coverTo: PlainDate | null;
  readonly dueDay: number;
  /** Null: the holder gave cover up at `coverTo`. */
  readonly endedBy: 'cancelled' | 'ended' | null;
  readonly underwritingScore: number | null;
};

const STREAM_HOLDER = 1;
const POLICIES_MAX = 6;

/** @param firstPolicy number of the first policy @param most policies that may still be drawn @param last the last day of history */
export function holderOf(behaviour: Behaviour, seed: number, number: number, firstPolicy: number, most: number, last: DayNumber): Holder {
  const random = seededRandom(mixSeed(seed, STREAM_HOLDER, number));
  const { population } = behaviour;
  const market = drawn(population.market_shares, MARKETS, random);
  const firstLine = drawn(population.line_shares, LINES, random);
  const company = firstLine === 'property' && random.chance(population.company_share);
  const latin = market === 'HK' && !company && random.chance(0.2);
  const name = company ? companyName(market, random) : nameOf(market, latin, random);
  const place = placeOf(market, latin, random);
  const age = 22 + 56 * random.next() ** 1.35;
  const born = company ? COMPANY.born : last - Math.round(age * 365.25);
  const ratio = Math.exp(population.income_spread * random.normal()) * (place.rural ? 0.75 : 1) * (company ? 14 : 1);
  const incomeMonthlyMinor = Math.round(OFFERS[market].income * ratio) * 100;
  const ownPayday = random.pick(PAYDAYS[market]);
  const payday = company ? COMPANY.payday : ownPayday;
  const policies: Policy[] = [];
  do {
    const line = policies.length === 0 ? firstLine : drawn(population.line_shares, LINES, random);
    policies.push(policyOf({ behaviour, random, last, market, place, born, payday, incomeMonthlyMinor, ratio, company: company && line === 'property' }, firstPolicy + policies.length, line));
  } while (policies.length < Math.min(most, POLICIES_MAX) && random.chance(population.policies_second_chance));
  return {
    number, kind: company ? 'company' : 'person', name, language: languageOf(market, latin), market, place, phone: phoneOf(market, number), email: `${name.ascii}${number + 1}@mail.example`,
    born, incomeMonthlyMinor, payday, preferredChannel: random.pick(CHANNELS[market]), ...wishesOf(market, random), policies,
  };
}

type Circumstances = {
  readonly behaviour: Behaviour;
  readonly random: Random;
  readonly last: DayNumber;
  readonly market: Market;
  readonly place: Place;
  readonly born: DayNumber;
  readonly payday: number;
  readonly incomeMonthlyMinor: number;
  readonly ratio: number;
  readonly company: boolean;
};

function policyOf(holder: Circumstances, number: number, line: Line): Policy {
  const { behaviour: { population }, random, last, market, company } = holder;
  const monthlyUsual = (market === 'DE' || market === 'US' || market === 'PH') && (line === 'motor' || line === 'health');
  const mode: PayingMode = monthlyUsual && random.chance(population.monthly_share_where_usual) ? 'monthly' : drawn(population.mode_shares, MODES, random);
  const { product, premiumMinor } = priceOf(market, line, mode, company, holder.ratio / (company ? 14 : 1), population.premium_spread, random);
  const coverFrom = Math.max(holder.born + 18 * 366, last - Math.floor(365.25 * (line === 'life' ? LIFE_YEARS : OTHER_YEARS) * random.next() ** 1.25));
  const coverFromDate = plainDateOf(coverFrom);
  const { day } = datePartsOf(coverFrom);
  const end = endOf(line, coverFromDate, last, random);
  return {
    number, market, line, mode, autopay: random.chance(population.autopay_shares[market]), sourcing: drawn(SOURCING_WEIGHTS, SOURCINGS, random), rural: holder.place.rural, company,
    burden: burdenOf(market, line, mode, premiumMinor, holder.incomeMonthlyMinor), coverFrom, born: holder.born, payday: holder.payday, product, currency: OFFERS[market].currency,
    premiumMinor, coverFromDate, ...end, dueDay: random.chance(0.7) ? day : random.pick(DUE_DAYS),
    underwritingScore: line === 'life' || line === 'health' ? Math.round(9_990 - 900 * random.next() ** 3) / 100 : null,
  };
}

const MODES = ['annual', 'half_yearly', 'quarterly', 'monthly'] as const satisfies readonly PayingMode[];
const LIFE_YEARS = 13;
const OTHER_YEARS = 7;
const DUE_DAYS = [1, 1, 5, 10, 15, 20, 25, 28, 30, 31] as const;
const SOURCING_WEIGHTS: Readonly<Record<Sourcing, number>> = { agent: 0.42, bank: 0.2, broker: 0.14, online: 0.16, phone: 0.08 };

/** A few covers ended within the history, as sold cars and sold houses do; some life policies have a far end. */
function endOf(line: Line, from: PlainDate, last: DayNumber, random: Random): { coverTo: PlainDate | null; endedBy: Policy['endedBy'] } {
  const u = random.next();
  const lastDate = plainDateOf(last);
  if (line === 'life') return { coverTo: u < 0.4 ? addYears(from, u < 0.2 ? 20 : 30) : null, endedBy: null };
  if (u >= 0.04) return { coverTo: null, endedBy: null };
  const years = 1 + Math.floor(random.next() * OTHER_YEARS);
  const coverTo = u < 0.025 ? addYears(from, years) : plainDateOf(last - 1 - Math.floor(700 * random.next()));
  return coverTo > lastDate || coverTo <= from ? { coverTo: null, endedBy: null } : { coverTo, endedBy: u < 0.025 ? 'ended' : 'cancelled' };
}

const PAYDAYS: Readonly<Record<Market, readonly number[]>> = {
  CN: [5, 10, 10, 15, 15, 20, 25], HK: [28, 30, 31, 1, 7], TW: [5, 5, 10, 25, 1], PH: [15, 15, 30, 30, 31], DE: [1, 15, 27, 28, 30], US: [1, 15, 15, 28, 30],
};
const CHANNELS: Readonly<Record<Market, readonly string[]>> = {
  CN: ['wechat', 'wechat', 'sms', 'sms', 'call'], HK: ['sms', 'sms', 'email', 'email', 'push'], TW: ['sms', 'sms', 'email', 'call'], PH: ['sms', 'sms', 'email', 'push'],
  DE: ['email', 'email', 'letter', 'sms'], US: ['email', 'email', 'sms', 'push'],
};

function languageOf(market: Market, latin: boolean): string {
  if (market === 'CN') return 'zh-Hans';
  if (market === 'TW' || (market === 'HK' && !latin)) return 'zh-Hant';
  return 'en';
}

function wishesOf(market: Market, random: Random): { consents: string[]; optedOut: string[]; flags: string[] } {
  const consents: string[] = [];
  const consent = (name: string, share: number): void => {
    if (random.chance(share)) consents.push(name);
  };
  consent('email', 0.93);
  consent('sms', 0.9);
  consent('call', 0.8);
  consent('push', 0.3);
  if (market === 'CN' || market === 'HK') consent('wechat', market === 'CN' ? 0.75 : 0.15);
  consent('marketing', 0.35);
  const optedOut: string[] = [];
  if (random.chance(0.02)) optedOut.push('sms');
  if (random.chance(0.012)) optedOut.push('email');
  if (random.chance(0.02)) optedOut.push('call');
  if (random.chance(0.1)) optedOut.push('marketing');
  const flags: string[] = [];
  const u = random.next();
  if (u < 0.02) flags.push('do_not_call');
  else if (u < 0.035) flags.push('vulnerable');
  else if (u < 0.0365) flags.push('deceased');
  else if (u < 0.038) flags.push('represented');
  return { consents, optedOut, flags };
}

function drawn<K extends string>(shares: Readonly<Record<K, number>>, keys: readonly K[], random: Random): K {
  let u = random.next();
  for (const key of keys) {
    u -= shares[key];
    if (u < 0) return key;
  }
  return keys[keys.length - 1]!;
}
