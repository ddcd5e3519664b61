/** Imports, jobs and people: what is asked of the API, and what stands in the addresses of these pages. */

import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { currentLanguage } from '../language.ts';
import { call, isApiError, withQuery, type Data } from './api.ts';
import { queryClient, sessionQuery } from './queries.ts';

export type ImportOne = Data['import'];
export type Person = Data['person'];
export type Role = Person['role'];
export const ROLES: readonly Role[] = ['manager', 'agent', 'finance', 'compliance', 'auditor', 'it'];
/** Those who may change what stands on these pages; an auditor reads. */
export const mayChange = (role: Role | undefined): boolean => role === 'manager' || role === 'it';

export const importsQuery = infiniteQueryOptions({
  queryKey: ['imports', 'list'], initialPageParam: '', getNextPageParam: (page: Data['imports']) => page.next_after?.toString(),
  queryFn: ({ pageParam }) => call<Data['imports']>('GET', withQuery('/api/imports', { after: pageParam })),
});
export const importQuery = (importId: number) => queryOptions({ queryKey: ['imports', 'one', importId], queryFn: () => call<ImportOne>('GET', `/api/imports/${importId}`) });
export const mapImport = (importId: number, mapping: { columns: Record<string, string>; defaults: Record<string, string>; assume: ImportOne['assume'] }) =>
  call<ImportOne>('PUT', `/api/imports/${importId}/mapping`, mapping);
export const runImport = (importId: number, dryRun: boolean) => call<ImportOne>('POST', `/api/imports/${importId}/run`, { dry_run: dryRun });
export const stopImport = (importId: number) => call<ImportOne>('POST', `/api/imports/${importId}/stop`, {});
export const errorsAddress = (importId: number): string => `/api/imports/${importId}/errors`;

/** A piece arrives within the server's time limit on a poor line, and is what is sent again after a fault. */
const PIECE_BYTES = 4 * 1024 * 1024;
const TRIES = 4;

/** Sends a file piece by piece; a piece that was lost is sent again from where the server has it. */
export async function sendFile(file: File, told: (share: number) => void, signal: AbortSignal): Promise<ImportOne> {
  let [one, at, tries] = [null as ImportOne | null, 0, 0];
  for (;;) {
    const end = Math.min(file.size, at + PIECE_BYTES);
    const more = String(end < file.size);
    const address = one === null ? withQuery('/api/imports', { name: file.name, more }) : withQuery(`/api/imports/${one.import_id}/file`, { at, more });
    try {
      one = await sendPiece(one === null ? 'POST' : 'PUT', address, file.slice(at, end), signal);
      [at, tries] = [one.received_bytes, 0];
    } catch (error) {
      tries += 1;
      const again = isApiError(error) && (error.status === 0 || error.status === 408 || error.code === 'upload_failed' || error.code === 'upload_out_of_step');
      if (!again || one === null || signal.aborted || tries >= TRIES) throw error;
      one = await call<ImportOne>('GET', `/api/imports/${one.import_id}`);
      at = one.received_bytes;
    }
    told(file.size === 0 ? 1 : at / file.size);
    if (one.state !== 'uploading') return one;
  }
}

async function sendPiece(method: 'POST' | 'PUT', address: string, piece: Blob, signal: AbortSignal): Promise<ImportOne> {
  const token = queryClient.getQueryData(sessionQuery.queryKey)?.csrf_token ?? '';
  const response = await fetch(address, {
    method, body: piece, signal, headers: { 'content-type': 'application/octet-stream', 'accept-language': currentLanguage(), 'x-csrf-token': token },
  }).catch(() => null);
  const answer: unknown = await response?.json().catch(() => null);
  if (response?.ok === true) return answer as ImportOne;
  const problem = answer as Partial<Data['problem']> | null | undefined;
  throw Object.assign(new Error(problem?.title ?? ''), { code: problem?.code ?? 'offline', status: response?.status ?? 0 });
}

export const workloadQuery = (userId: number) => queryOptions({ queryKey: ['people', 'workload', userId], queryFn: () => call<Data['workload']>('GET', `/api/people/${userId}/workload`) });
export const moveWorkload = (userId: number, toUser: number) => call<Data['workload']>('POST', `/api/people/${userId}/workload`, { to_user: toUser });

export const checksQuery = queryOptions({ queryKey: ['jobs', 'checks'], queryFn: () => call<Data['checks']>('GET', '/api/jobs/checks') });
export const runChecks = () => call<Data['checks']>('POST', '/api/jobs/checks', {});
export const jobsQuery = queryOptions({ queryKey: ['jobs', 'queue'], queryFn: () => call<Data['jobs']>('GET', '/api/jobs') });
export const cyclesQuery = queryOptions({ queryKey: ['jobs', 'cycles'], queryFn: () => call<Data['job_cycles']>('GET', '/api/jobs/cycles') });
export const retryJob = (jobId: number) => call<{ business_date: string }>('POST', `/api/jobs/${jobId}/retry`, {});

export const peopleQuery = queryOptions({ queryKey: ['people', 'list'], queryFn: () => call<Data['people']>('GET', '/api/people') });
export const keysQuery = queryOptions({ queryKey: ['people', 'keys'], queryFn: () => call<Data['api_keys']>('GET', '/api/keys') });
export type NewPerson = { name: string; email: string; role: Role; language: Person['language']; markets: string[] | null; team: string };
export const invitePerson = (person: NewPerson) => call<{ person: Person; password: string }>('POST', '/api/people', person);
export const changePerson = (person: Person, change: { role?: Role; markets?: string[] | null; team: string; language: Person['language'] }) =>
  call<Person>('PATCH', `/api/people/${person.user_id}`, { version: person.version, ...change });
export const enablePerson = (person: Person, enabled: boolean) =>
  call<Person>('POST', `/api/people/${person.user_id}/${enabled ? 'enable' : 'disable'}`, { version: person.version });
export const createKey = (key: { name: string; role: Role }) => call<{ key: string }>('POST', '/api/keys', key);
export const revokeKey = (keyId: number) => call<undefined>('DELETE', `/api/keys/${keyId}`);
