/** The API as the pages use it. What it answers is typed by the server's own schemas. */

import type { Wire } from '../../../src/api/index.ts';
import { currentLanguage } from '../language.ts';

export type Data = Wire;
export type Holders = { holders: Wire['holder_row'][]; next_after: number | null };
export type Message = {
  message_id: string;
  channel: 'email' | 'sms';
  to: string;
  from: string;
  subject: string | null;
  received_at: string;
  language: string;
  holder_id: number | null;
  text: string;
  html: string | null;
  pay_link: string | null;
};
export type Inbox = { messages: Message[]; next_cursor: string | null };

/** A refusal of the server, or a line that is down; `message` is already in the reader's language. */
export type ApiError = Error & { readonly code: string; readonly status: number };

let csrfToken: string | null = null;
export const rememberCsrfToken = (token: string | null): void => {
  csrfToken = token;
};

export const isApiError = (error: unknown): error is ApiError => error instanceof Error && 'code' in error && 'status' in error;

const apiError = (message: string, code: string, status: number): ApiError => Object.assign(new Error(message), { code, status });

/** One request of a page; the refusal of the server is thrown as `ApiError`. `keyed`: what it changes is changed once, however often it arrives. */
export async function call<T>(method: string, path: string, body?: object, keyed = method === 'POST'): Promise<T> {
  const headers: Record<string, string> = { 'accept-language': currentLanguage() };
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (method !== 'GET' && csrfToken !== null) headers['x-csrf-token'] = csrfToken;
  if (keyed) headers['idempotency-key'] = crypto.randomUUID();
  const response = await fetch(path, { method, headers, body: body === undefined ? null : JSON.stringify(body) }).catch(() => null);
  if (response === null) throw apiError('', 'offline', 0);
  if (response.status === 204) return undefined as T;
  const answer: unknown = await response.json().catch(() => null);
  if (!response.ok) {
    const problem = answer as Partial<Wire['problem']> | null;
    throw apiError(problem?.title ?? response.statusText, problem?.code ?? 'internal', response.status);
  }
  return answer as T;
}

/** What is answered as a file, opened beside the page. */
export async function callFile(path: string, body: object): Promise<Blob> {
  const headers: Record<string, string> = { 'accept-language': currentLanguage(), 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID(), ...(csrfToken === null ? {} : { 'x-csrf-token': csrfToken }) };
  const response = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) }).catch(() => null);
  if (response === null) throw apiError('', 'offline', 0);
  if (response.ok) return response.blob();
  const problem = await response.json().catch(() => null) as Partial<Wire['problem']> | null;
  throw apiError(problem?.title ?? response.statusText, problem?.code ?? 'internal', response.status);
}

/** `/api/holders?market=HK`: only what is set. */
export function withQuery(path: string, query: Readonly<Record<string, string | number | undefined>>): string {
  const entries = Object.entries(query).flatMap(([key, value]) => (value === undefined || value === '' ? [] : [[key, String(value)]]));
  return entries.length === 0 ? path : `${path}?${new URLSearchParams(entries).toString()}`;
}

export type HolderQuery = {
  market?: string | undefined; line?: string | undefined; tier?: string | undefined; stage?: string | undefined; segment?: number | undefined; age?: string | undefined; channel?: string | undefined;
};

export const HOLDERS_PAGE = 50;

export const api = {
  insurers: () => call<Wire['insurers']>('GET', '/api/insurers'),
  session: () => call<Wire['session']>('GET', '/api/session'),
  logIn: (insurer: string, email: string, password: string) => call<Wire['session']>('POST', '/api/session', { insurer, email, password }),
  logOut: () => call<undefined>('DELETE', '/api/session'),
  chooseLanguage: (language: string) => call<Wire['session']>('PATCH', '/api/session', { language }),
  today: () => call<Wire['today']>('GET', '/api/today'),
  cycle: () => call<Wire['cycle']>('GET', '/api/cycle'),
  runCycle: () => call<{ business_date: string; already_done: boolean }>('POST', '/api/cycle', {}),
  rules: () => call<Wire['rules']>('GET', '/api/rules'),
  search: (q: string) => call<Wire['search']>('GET', withQuery('/api/search', { q })),
  holders: (query: HolderQuery, after: number) => call<Holders>('GET', withQuery('/api/holders', { ...query, after, limit: HOLDERS_PAGE })),
  holder: (holderId: number) => call<Wire['holder']>('GET', `/api/holders/${holderId}`),
  payLink: (holderId: number, billId: number) =>
    call<{ url: string; expires_at: string }>('POST', `/api/holders/${holderId}/pay-link`, { bill_id: billId }),
  openDispute: (holderId: number, billId: number, reason: string) =>
    call<{ dispute_id: number; answer_by: string }>('POST', `/api/holders/${holderId}/disputes`, { bill_id: billId, reason }),
  /** `seen`: the flags as they were when the person looked. */
  mark: (holderId: number, seen: readonly string[], marks: readonly string[]) => call<{ flags: string[] }>('PUT', `/api/holders/${holderId}/marks`, { seen, marks }),
  recordOutcome: (contactId: number, body: { holder_id: number; outcome: string; late_reason: string | null; promise: { pay_by: string } | null }) =>
    call<{ promise_id: number | null }>('POST', `/api/contacts/${contactId}/outcome`, body),
  inbox: (query: { holder_id?: number | undefined; channel?: string | undefined; cursor?: string | undefined }) =>
    call<Inbox>('GET', withQuery('/api/demo/inbox', query)),
};
