/** The end of a page as text: a day or a moment, the holder and the row's number. What a list hands out as `next_after` is the only thing it takes as `after`. */

import { z } from 'zod';
import { parsePlainDate, type PlainDate } from '../kernel/index.ts';

export type DayKey = { readonly day: PlainDate; readonly holderId: number; readonly id: number };
/** Microseconds since 1970, PostgreSQL's own grain: a page must not repeat what came within the millisecond. */
export type MomentKey = { readonly atUs: number; readonly holderId: number; readonly id: number };

const EXPECTED = 'expected the next_after of the page before';
const NUMBERS = /^(\d{4}-\d{2}-\d{2}|\d{1,15}|1\d{15})_(\d{1,15})_(\d{1,15})$/;
const partsOf = (text: string): readonly [string, number, number] | null => {
  const match = NUMBERS.exec(text);
  return match === null ? null : [match[1] ?? '', Number(match[2]), Number(match[3])];
};

function dayKey(text: string): DayKey | null {
  const [first, holderId, id] = partsOf(text) ?? ['', 0, 0];
  const day = parsePlainDate(first);
  return day === null ? null : { day, holderId, id };
}

function momentKey(text: string): MomentKey | null {
  const [first, holderId, id] = partsOf(text) ?? ['', 0, 0];
  return /^\d+$/.test(first) ? { atUs: Number(first), holderId, id } : null;
}

export const dayCursor = z.codec(z.string().refine((text) => dayKey(text) !== null, EXPECTED), z.custom<DayKey>(), {
  decode: (text) => dayKey(text) as DayKey, encode: ({ day, holderId, id }) => `${day}_${holderId}_${id}`,
});
export const momentCursor = z.codec(z.string().refine((text) => momentKey(text) !== null, EXPECTED), z.custom<MomentKey>(), {
  decode: (text) => momentKey(text) as MomentKey, encode: ({ atUs, holderId, id }) => `${atUs}_${holderId}_${id}`,
});
