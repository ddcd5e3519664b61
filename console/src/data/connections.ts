/** Connected systems: what is asked of the API. */

import { queryOptions } from '@tanstack/react-query';
import { call, withQuery, type Data } from './api.ts';

export type Connections = Data['connections'];
export type Connection = Connections['connections'][number];
export type Conflict = Connections['conflicts'][number];
export type Letter = Connections['letters'][number];
export type Kind = Connection['kind'];
export type Choice = 'ours' | 'theirs';
export const KINDS: readonly Kind[] = ['crm', 'erp'];
export const FIELDS: readonly Conflict['field'][] = ['family_name', 'given_name', 'phone', 'email', 'address', 'language', 'consents', 'opted_out'];
export const FILE_SOURCES = ['crm', 'erp', 'import'] as const;
export type FileSource = (typeof FILE_SOURCES)[number];
export const SECRET_LENGTH_MIN = 16;

export const connectionsQuery = queryOptions({ queryKey: ['connections', 'all'], queryFn: () => call<Connections>('GET', '/api/connections') });
export const completenessQuery = queryOptions({ queryKey: ['connections', 'completeness'], queryFn: () => call<Data['completeness']>('GET', '/api/connections/completeness') });
export const holderConflictsQuery = (holderId: number) =>
  queryOptions({ queryKey: ['holder', holderId, 'conflicts'], queryFn: () => call<Data['conflicts']>('GET', `/api/holders/${holderId}/conflicts`) });

export type Change = { base_url: string; secret: string | null; enabled: boolean; from_start: boolean; version: number | null };
export const saveConnection = (kind: Kind, change: Change) => call<undefined>('PUT', `/api/connections/${kind}`, change);
export const syncNow = (kind: Kind) => call<{ kind: Kind }>('POST', `/api/connections/${kind}/sync`, {});
export const testConnection = (kind: Kind) => call<{ answers: boolean; reason: string | null }>('POST', `/api/connections/${kind}/test`, {});
export const retryLetter = (letter: Letter) => call<{ kind: Kind }>('POST', `/api/connections/letters/${letter.item_id}/retry`, {});
export const choose = (conflict: Conflict, choice: Choice) =>
  call<undefined>('POST', `/api/holders/${conflict.holder_id}/conflicts/${conflict.conflict_id}`, { choice, version: conflict.version });
export const sendContacts = (source: FileSource, csv: string) =>
  call<{ rows: number; changed: number; conflicts: number; skipped: number; bad: { external_ref: string; field: string; value: string }[] }>('POST', '/api/connections/contacts', { source, csv });
export const journalAddress = (from: string, to: string): string => withQuery('/api/connections/journal', { from, to });
