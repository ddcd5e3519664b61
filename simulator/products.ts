/** What the insurer sells where, at what price, and in which currency. */

import { type Random } from '../src/kernel/index.ts';
import { type Line, type Market, type PayingMode } from './behaviour.ts';

type Offer = {
  /** Names as printed on the policy. */
  readonly names: readonly string[];
  /** A year's premium of an ordinary policy, whole units of the currency. */
  readonly yearly: number;
};
type MarketOffer = {
  readonly currency: string;
  /** An ordinary income a month, whole units. */
  readonly income: number;
  /** Smallest step of a premium, minor units. */
  readonly step: number;
  readonly offers: Readonly<Record<Line, Offer>>;
};

export const OFFERS: Readonly<Record<Market, MarketOffer>> = {
  CN: {
    currency: 'CNY', income: 9_500, step: 100, offers: {
      life: { names: ['长青终身寿险', '安享人生年金保险', '福满一生两全保险'], yearly: 6_200 }, health: { names: ['安心百万医疗险', '守护重大疾病保险'], yearly: 1_900 },
      motor: { names: ['机动车综合商业保险', '机动车商业险·尊享'], yearly: 3_400 }, property: { names: ['家庭财产综合保险', '安居保'], yearly: 620 } },
  },
  HK: {
    currency: 'HKD', income: 27_000, step: 100, offers: {
      life: { names: ['長青終身壽險', '豐盛人生儲蓄計劃', '安穩定期壽險'], yearly: 21_000 }, health: { names: ['安心自願醫保靈活計劃', '守護危疾保障'], yearly: 7_200 },
      motor: { names: ['私家車綜合保險', '電單車保險'], yearly: 5_600 }, property: { names: ['家居萬全保', '樓宇火險'], yearly: 2_300 } },
  },
  TW: {
    currency: 'TWD', income: 46_000, step: 100, offers: {
      life: { names: ['長青終身壽險', '美滿人生利率變動型壽險'], yearly: 34_000 }, health: { names: ['安心住院醫療險', '守護重大傷病險'], yearly: 17_000 },
      motor: { names: ['汽車綜合保險', '機車強制責任保險'], yearly: 11_000 }, property: { names: ['居家綜合保險', '住宅火災及地震基本保險'], yearly: 3_200 } },
  },
  PH: {
    currency: 'PHP', income: 33_000, step: 100, offers: {
      life: { names: ['Evergreen Life', 'Family Future Plan'], yearly: 24_000 }, health: { names: ['HealthGuard', 'Critical Care Plus'], yearly: 17_500 },
      motor: { names: ['Motor Comprehensive', 'MotorEasy'], yearly: 16_000 }, property: { names: ['Home Shield', 'Fire and Typhoon Cover'], yearly: 6_200 } },
  },
  DE: {
    currency: 'EUR', income: 3_000, step: 1, offers: {
      life: { names: ['Lebensversicherung Zukunft', 'Risikoleben Komfort'], yearly: 1_050 }, health: { names: ['Zahnzusatz Plus', 'Krankenzusatz Komfort'], yearly: 780 },
      motor: { names: ['Kfz Komfort', 'Kfz Basis'], yearly: 640 }, property: { names: ['Hausrat Komfort', 'Wohngebäude Plus'], yearly: 310 } },
  },
  US: {
    currency: 'USD', income: 4_700, step: 1, offers: {
      life: { names: ['Evergreen Term 20', 'Whole Life Legacy'], yearly: 840 }, health: { names: ['HealthGuard Silver', 'Critical Illness Plus'], yearly: 3_300 },
      motor: { names: ['Auto Complete', 'Auto Essential'], yearly: 1_550 }, property: { names: ['Homeowners HO-3', 'Renters Shield'], yearly: 1_250 } },
  },
};

/** What companies pay more than a household for property. */
const COMPANY_FACTOR = 9;
const COMPANY_PRODUCT: Readonly<Record<Market, string>> = {
  CN: '企业财产保险', HK: '商業綜合保險', TW: '商業火災保險', PH: 'Business Property Cover', DE: 'Gewerbe-Inhaltsversicherung', US: 'Businessowners Policy',
};
/** Instalments of a year and what paying in parts costs more. */
const PARTS: Readonly<Record<PayingMode, readonly [parts: number, loading: number]>> = { annual: [1, 1], half_yearly: [2, 1.02], quarterly: [4, 1.03], monthly: [12, 1.045] };
/** Richer people insure more: elasticity of the premium to income. */
const INCOME_ELASTICITY = 0.45;

/** Product and the premium of one instalment in minor units. @param incomeRatio the holder's income against an ordinary one */
export function priceOf(market: Market, line: Line, mode: PayingMode, company: boolean, incomeRatio: number, spread: number, random: Random): { product: string; premiumMinor: number } {
  const { step, offers } = OFFERS[market];
  const { names, yearly } = offers[line];
  const [parts, loading] = PARTS[mode];
  const product = company ? COMPANY_PRODUCT[market] : random.pick(names);
  const size = Math.exp(spread * random.normal()) * incomeRatio ** INCOME_ELASTICITY * (company ? COMPANY_FACTOR : 1);
  const premiumMinor = Math.max(step * 10, Math.round((yearly * 100 * size * loading) / parts / step) * step);
  return { product, premiumMinor };
}

/** The premium's weight on a household: one year's premiums against an ordinary share of a year's income; 1 is ordinary. */
export function burdenOf(market: Market, line: Line, mode: PayingMode, premiumMinor: number, incomeMonthlyMinor: number): number {
  const { income, offers } = OFFERS[market];
  const ordinary = offers[line].yearly / income;
  return (premiumMinor * PARTS[mode][0]) / incomeMonthlyMinor / ordinary;
}
