/** `allocation-orders.json`, checked when it is loaded: what a payment that is too small pays first, by market. */

import { z } from 'zod';
import file from './allocation-orders.json' with { type: 'json' };

const order = z.strictObject({ fees: z.enum(['last', 'with_bill']), source: z.string().min(1), verified: z.boolean() });
const ORDERS = z.strictObject({ about: z.string(), default: order, markets: z.record(z.string().regex(/^[A-Z]{2}$/), order) }).parse(file);

export const feesLast = (market: string): boolean => (ORDERS.markets[market] ?? ORDERS.default).fees === 'last';
