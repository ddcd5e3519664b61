/** Where an insurer's CRM and ERP are, with which secret, and whether we speak with them. */

import { type Tx } from '../database/index.ts';
import { addDays, fail, ok, type InsurerId, type Moment, type PlainDate, type Result } from '../kernel/index.ts';
import { ask } from './http.ts';
import { LATE_DAYS } from './journal.ts';
import { seal, unseal } from './sealed.ts';

export const KINDS = ['crm', 'erp'] as const;
export type Kind = (typeof KINDS)[number];
export type Connection = {
  readonly kind: Kind; readonly baseUrl: string;
  /** Null where it was sealed under another installation's secret. */
  readonly secret: string | null;
  readonly enabled: boolean; readonly cursor: string; readonly sentTo: PlainDate | null; readonly failures: number; readonly nextTryAt: Date | null; readonly version: number;
};
export const SECRET_LENGTH_MIN = 16;

const whose = (insurerId: InsurerId, kind: Kind): string => `${insurerId}:${kind}`;

export async function connectionOf(tx: Tx, insurerId: InsurerId, kind: Kind, secret: Buffer): Promise<Connection | null> {
  const [row] = await tx<(Omit<Connection, 'secret'> & { sealed: Buffer })[]>`
    select kind, base_url as "baseUrl", secret_sealed as sealed, enabled, cursor, sent_to as "sentTo", failures, next_try_at as "nextTryAt", version from connections where kind = ${kind}`;
  if (row === undefined) return null;
  const { sealed, ...connection } = row;
  return { ...connection, secret: unseal(secret, whose(insurerId, kind), sealed) };
}

/** HTTPS, or HTTP on this machine: what is sent are people's addresses and a signature. Problem: `connection_address_invalid`. */
export function checkAddress(baseUrl: string): Result<string> {
  const url = URL.parse(baseUrl);
  const local = url !== null && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  const good = url !== null && (url.protocol === 'https:' || (url.protocol === 'http:' && local)) && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  return good ? ok(url.toString().replace(/\/+$/, '')) : fail('connection_address_invalid', { address: baseUrl });
}

export type ConnectionChange = {
  readonly baseUrl: string;
  /** Null: as it is. */
  readonly secret: string | null;
  readonly enabled: boolean;
  /** Read everything of theirs once more. */
  readonly fromStart: boolean;
  /** Of what was seen; null: there was no connection. */
  readonly version: number | null;
};
type Change = { readonly insurerId: InsurerId; readonly kind: Kind; readonly key: Buffer; readonly by: string; readonly at: Date; readonly today: PlainDate; readonly change: ConnectionChange };

/** Problems: `connection_address_invalid`, `connection_secret_needed`, `changed_meanwhile`. Another address means other customers: it begins anew. */
export async function saveConnection(tx: Tx, { insurerId, kind, key, by, at, today, change }: Change): Promise<Result<null>> {
  const address = checkAddress(change.baseUrl);
  if (!address.ok) return address;
  const [before] = await tx<{ version: number; changed_by: string; base_url: string; secret_sealed: Buffer }[]>`
    select version, changed_by, base_url, secret_sealed from connections where kind = ${kind} for update`;
  if ((before?.version ?? null) !== change.version) return fail('changed_meanwhile', { by: before?.changed_by ?? '—' });
  const sealed = change.secret === null ? before?.secret_sealed : seal(key, whose(insurerId, kind), change.secret);
  if (sealed === undefined) return fail('connection_secret_needed');
  if (before === undefined) {
    const added = await tx`
      insert into connections (insurer_id, kind, base_url, secret_sealed, enabled, sent_to, changed_by, changed_at)
      values (${insurerId}, ${kind}, ${address.value}, ${sealed}, ${change.enabled}, ${kind === 'erp' ? addDays(today, -1 - LATE_DAYS) : null}, ${by}, ${at})
      on conflict do nothing`;
    return added.count === 0 ? fail('changed_meanwhile', { by: '—' }) : ok(null);
  }
  const anew = change.fromStart || before.base_url !== address.value;
  await tx`
    update connections set base_url = ${address.value}, secret_sealed = ${sealed}, enabled = ${change.enabled}, cursor = ${anew ? '' : tx`cursor`}, version = version + 1,
      changed_by = ${by}, changed_at = ${at}, next_try_at = null
    where kind = ${kind}`;
  return ok(null);
}

/** Problems: those of the line, and of `ask`. */
export async function testConnection({ baseUrl, secret }: { readonly baseUrl: string; readonly secret: string }, now: () => Moment): Promise<Result<null>> {
  const answer = await ask({ baseUrl, secret, now }, { method: 'GET', path: '/ping' });
  return answer.ok ? ok(null) : answer;
}
