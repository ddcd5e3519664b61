/** `notice.json`: until which day before it is due a bill must have left. */

import { z } from 'zod';
import file from './notice.json' with { type: 'json' };

const notice = z.strictObject({ days: z.int().min(0).max(60), rule: z.string().min(1), source: z.string().min(1), verified: z.boolean() });
const NOTICES = z.strictObject({ about: z.string(), default: notice, markets: z.record(z.string().regex(/^[A-Z]{2}$/), notice) }).parse(file);

export type Notice = { readonly days: number; readonly rule: string };
export const noticeDays = (market: string): Notice => NOTICES.markets[market] ?? NOTICES.default;
