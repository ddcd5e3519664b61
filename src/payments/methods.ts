/** `methods.json`, checked when it is loaded: the ways to pay of each market. A way to pay is one object there. */

import { z } from 'zod';
import { type Language } from '../kernel/index.ts';
import file from './methods.json' with { type: 'json' };

const market = z.string().regex(/^[A-Z]{2}$/);
const id = z.string().regex(/^[a-z0-9_]+$/);
const schema = z.strictObject({
  about: z.string(),
  order: z.record(market, z.array(id)),
  methods: z.array(z.strictObject({
    id, kind: z.enum(['digital', 'cash']), label: z.strictObject({ en: z.string(), 'zh-Hans': z.string(), 'zh-Hant': z.string() }),
    markets: z.array(market), origin: z.string().min(1), verified: z.boolean(),
  })),
});

export type Method = { readonly id: string; readonly kind: 'digital' | 'cash'; readonly label: Readonly<Record<Language, string>>; readonly markets: readonly string[] };

const { order: ORDER, methods } = schema.parse(file);
const METHODS: readonly Method[] = methods;
/** As a bill's `paid_by` says it; the last three are not of our methods, but written so in books that were imported. */
export const NOT_DIGITAL: readonly string[] = [...METHODS.filter(({ kind }) => kind === 'cash').map(({ id: one }) => one), 'cash', 'cheque', 'counter'];
const BY_ID = new Map(METHODS.map((method) => [method.id, method]));
const byMarket = new Map<string, readonly Method[]>();

/** In the order of the page. A market without its own list is offered what most others have. */
export function methodsOf(marketCode: string): readonly Method[] {
  const known = byMarket.get(marketCode);
  if (known !== undefined) return known;
  const own = METHODS.filter(({ markets }) => markets.includes(marketCode));
  const rank = (method: Method): number => ((ORDER[marketCode]?.indexOf(method.id) ?? -1) + 1 || Number.MAX_SAFE_INTEGER);
  const list = own.length === 0 ? METHODS.filter(({ id: one }) => one === 'card' || one === 'bank_transfer') : own.toSorted((a, b) => rank(a) - rank(b));
  byMarket.set(marketCode, list);
  return list;
}

export const methodLabel = (methodId: string, language: Language): string => BY_ID.get(methodId)?.label[language] ?? methodId;
/** A way we do not know came in by a machine, so not in cash. */
export const isCash = (methodId: string): boolean => BY_ID.get(methodId)?.kind === 'cash';
export const isDigital = (methodId: string): boolean => !isCash(methodId);
