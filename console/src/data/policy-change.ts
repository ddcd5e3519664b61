/** A policy's change, as its page asks for it. What is being tried out stands in the address. */

import { queryOptions } from '@tanstack/react-query';
import { call, withQuery, type Data } from './api.ts';

export const CHANGE_KINDS = ['increase', 'reduction', 'due_day', 'mode', 'premium_holiday', 'cancellation', 'reinstatement', 'backdated'] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];
export const CHANGE_MODES = ['annual', 'half_yearly', 'quarterly', 'monthly'] as const;
export const CANCELLATIONS = ['pro_rata', 'short_rate', 'flat'] as const;
export const HOLIDAY_COVERS = ['continues', 'pauses'] as const;

/** What is tried out. `premium` in minor units. */
export type ChangeSearch = {
  kind?: ChangeKind | undefined; on?: string | undefined; to?: string | undefined; premium?: number | undefined; day?: number | undefined; mode?: (typeof CHANGE_MODES)[number] | undefined;
  method?: (typeof CANCELLATIONS)[number] | undefined; cover?: (typeof HOLIDAY_COVERS)[number] | undefined;
};

const one = <T extends string>(of: readonly T[], value: unknown): T | undefined => of.find((name) => name === value);
const date = (value: unknown): string | undefined => (typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) ? value : undefined);
const whole = (value: unknown): number | undefined => (Number.isSafeInteger(Number(value)) && Number(value) > 0 ? Number(value) : undefined);
export const changeSearch = (search: Record<string, unknown>): ChangeSearch => ({
  kind: one(CHANGE_KINDS, search['kind']), on: date(search['on']), to: date(search['to']), premium: whole(search['premium']), day: whole(search['day']), mode: one(CHANGE_MODES, search['mode']),
  method: one(CANCELLATIONS, search['method']), cover: one(HOLIDAY_COVERS, search['cover']),
});

/** The order as the API takes it; null while something is missing. */
export function changeOf({ kind, on, to, premium, day, mode, method, cover }: ChangeSearch): Readonly<Record<string, string | number | null>> | null {
  switch (kind) {
    case undefined: return null;
    case 'increase': case 'reduction': return on === undefined || premium === undefined ? null : { kind, effective_on: on, premium_minor: premium };
    case 'due_day': return day === undefined ? null : { kind, due_day: day };
    case 'mode': return mode === undefined ? null : { kind, mode, effective_on: on ?? null };
    case 'premium_holiday': return on === undefined || to === undefined ? null : { kind, from: on, to, cover: cover ?? 'continues' };
    case 'cancellation': return on === undefined ? null : { kind, effective_on: on, method: method ?? 'pro_rata' };
    case 'reinstatement': case 'backdated': return on === undefined ? null : { kind, effective_on: on };
  }
}

type Named = { readonly holderId: number; readonly policyId: number };
const path = ({ policyId }: Named, end = ''): string => `/api/policies/${policyId}/changes${end}`;
export const policyChangesQuery = (named: Named) => queryOptions({
  queryKey: ['bills', 'policy', named], queryFn: () => call<Data['policy_changes']>('GET', withQuery(path(named), { holder_id: named.holderId })),
});
export const changePreviewQuery = (named: Named, change: ReturnType<typeof changeOf>) => queryOptions({
  queryKey: ['bills', 'policy', named, 'preview', change], enabled: change !== null, retry: false,
  queryFn: () => call<Data['policy_change_preview']>('POST', path(named, '/preview'), { holder_id: named.holderId, change }),
});
export const makeChange = (named: Named, change: ReturnType<typeof changeOf>, version: string, note: string) =>
  call<{ change_id: number }>('POST', path(named), { holder_id: named.holderId, change, version, note });
export const undoChange = (named: Named, changeId: number) => call<{ withdrawn: number; restored: number }>('POST', path(named, `/${changeId}/undo`), { holder_id: named.holderId });
