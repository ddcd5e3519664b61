/**
 * A holder logs in with an address that the insurer knows and a code that is sent there. An address that nobody has costs and answers the same. The code is kept
 * as an HMAC under the installation's secret: whoever reads the table alone cannot try its million values.
 */

import { createHmac, randomInt, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { fail, ok, type HolderId, type InsurerId, type Language, type Moment, type Result } from '../kernel/index.ts';
import { type Tx } from '../database/index.ts';
import file from './telephone-places.json' with { type: 'json' };

export const CODE_MINUTES = 10;
export const SESSION_MINUTES = 30;
const TRIES_MAX = 5;
/** Codes of one address: enough for a message that is late, too few to annoy somebody or to guess on. */
const CODES_PER_QUARTER_HOUR = 3;
const CODES_PER_DAY = 10;
/** A family may share one address; more is a mistake of data. */
const HOLDERS_MAX = 5;
const MS_PER_MINUTE = 60_000;
const MS_PER_DAY = 86_400_000;
const ADDRESS_LENGTH_MAX = 254;

export type CodeToSend = { readonly code: string; readonly channel: 'email' | 'sms'; readonly to: string; readonly holderId: HolderId; readonly language: Language };
/** `to`: as typed; `or`: the numbers that it may be where somebody wrote it as at home. */
type Address = { readonly channel: 'email' | 'sms'; readonly to: string; readonly or: readonly string[] };

const place = z.strictObject({ code: z.string().regex(/^[1-9]\d{0,2}$/), trunk: z.string().regex(/^\d?$/) });
const PLACES = Object.values(z.strictObject({ about: z.string(), source: z.string(), verified: z.boolean(), places: z.record(z.string().regex(/^[A-Z]{2}$/), place) }).parse(file).places);
const E164_DIGITS_MAX = 15;

/** `+852 5550 1100`, `0085255501100` and, written as at home, `5550 1100` are one number; null for what is neither number nor e-mail address. */
export function addressOf(text: string): Address | null {
  const typed = text.normalize('NFKC').trim();
  if (typed.length > ADDRESS_LENGTH_MAX) return null;
  if (typed.includes('@')) return /^[^\s@]+@[^\s@]+$/.test(typed) ? { channel: 'email', to: typed.toLowerCase(), or: [] } : null;
  const digits = typed.replace(/[\s().-]/g, '').replace(/^00/, '+');
  if (!/^\+?\d{6,15}$/.test(digits)) return null;
  return digits.startsWith('+') ? { channel: 'sms', to: digits, or: [] } : { channel: 'sms', to: `+${digits}`, or: asAtHome(digits) };
}

/** In Berlin `030 …` is `+49 30 …`; in Hong Kong there is nothing to leave out. */
const asAtHome = (digits: string): readonly string[] =>
  [...new Set(PLACES.map(({ code, trunk }) => `+${code}${trunk !== '' && digits.startsWith(trunk) ? digits.slice(trunk.length) : digits}`))].filter((number) => number.length <= E164_DIGITS_MAX + 1);

const hmac = (secret: Buffer, ...parts: readonly (string | number)[]): Buffer => createHmac('sha256', secret).update(['inforce holder log-in', ...parts].join('\0')).digest();
const codeHash = (secret: Buffer, insurerId: number, addressHash: Buffer, code: string): Buffer => hmac(secret, 'code', insurerId, addressHash.toString('hex'), code);

/** `at`: the machine's time. `send` is null where nobody has the address, or where it was asked too often: the answer to the asker is the same. */
export async function askCode(tx: Tx, secret: Buffer, insurerId: InsurerId, address: Address, at: Moment): Promise<{ readonly loginId: number; readonly send: CodeToSend | null }> {
  const found = await tx<{ address: string; holder_id: HolderId; language: Language }[]>`
    select typed.address, h.holder_id, h.language from unnest(${[address.to, ...address.or]}::text[]) as typed(address)
      cross join lateral holders_at_address(${address.channel}, typed.address, ${HOLDERS_MAX}) as a(holder_id) join holders h using (holder_id)
    order by h.holder_id`;
  // What is one person's number in two places is taken for nobody's: no code is sent to somebody who did not ask.
  const [one, ...others] = new Set(found.map((row) => row.address));
  const to = one === undefined || others.length > 0 ? address.to : one;
  const holders = found.filter((row) => row.address === to);
  // Of the number and not of what was typed: who writes it in three ways has no more tries.
  const addressHash = hmac(secret, 'address', insurerId, to);
  await tx`select pg_advisory_xact_lock(${insurerId}, ${addressHash.readInt32BE(0)})`;
  const earlier = await tx<{ login_id: number; created_at: Date }[]>`
    select login_id, created_at from holder_logins where address_hash = ${addressHash} and created_at > ${new Date(at - MS_PER_DAY)} order by login_id desc`;
  const lately = earlier.filter(({ created_at: created }) => created.getTime() > at - 15 * MS_PER_MINUTE).length;
  const last = earlier[0];
  if (last !== undefined && (lately >= CODES_PER_QUARTER_HOUR || earlier.length >= CODES_PER_DAY)) return { loginId: last.login_id, send: null };
  const code = String(randomInt(1_000_000)).padStart(6, '0');
  const [row] = await tx<{ login_id: number }[]>`
    insert into holder_logins (insurer_id, address_hash, holder_ids, channel, code_hash, created_at, expires_at)
    values (${insurerId}, ${addressHash}, ${holders.map(({ holder_id: id }) => id)}::bigint[], ${address.channel}, ${codeHash(secret, insurerId, addressHash, code)}, ${new Date(at)},
      ${new Date(at + CODE_MINUTES * MS_PER_MINUTE)})
    returning login_id`;
  const first = holders[0];
  return { loginId: row?.login_id ?? 0, send: first === undefined ? null : { code, channel: address.channel, to, holderId: first.holder_id, language: first.language } };
}

/** What the channel said of the code; nothing of the code itself. */
export const noteSent = (tx: Tx, loginId: number, sent: string) => tx`update holder_logins set sent = ${sent.slice(0, 200)} where login_id = ${loginId}`;

/** Begins the session. Each call is one of five tries. Problem: `code_wrong`, whatever the reason. */
export async function enterCode(tx: Tx, secret: Buffer, insurerId: InsurerId, loginId: number, code: string, at: Moment): Promise<Result<{ readonly until: Moment }>> {
  const [login] = await tx<{ address_hash: Buffer; code_hash: Buffer; known: boolean }[]>`
    update holder_logins set tries = tries + 1
    where login_id = ${loginId} and tries < ${TRIES_MAX} and entered_at is null and expires_at > ${new Date(at)}
    returning address_hash, code_hash, cardinality(holder_ids) > 0 as known`;
  const given = codeHash(secret, insurerId, login?.address_hash ?? Buffer.alloc(32), code);
  const right = timingSafeEqual(given, login?.code_hash ?? Buffer.alloc(given.length));
  if (login === undefined || !login.known || !right) return fail('code_wrong');
  const until = at + SESSION_MINUTES * MS_PER_MINUTE;
  await tx`update holder_logins set entered_at = ${new Date(at)}, session_until = ${new Date(until)} where login_id = ${loginId}`;
  return ok({ until });
}

/** The holders of a session that lasts; empty where there is none. */
export async function holdersOfSession(tx: Tx, loginId: number, at: Moment): Promise<readonly HolderId[]> {
  const rows = await tx<{ holder_id: HolderId }[]>`
    select unnest(holder_ids) as holder_id from holder_logins where login_id = ${loginId} and session_until > ${new Date(at)} and left_at is null order by 1`;
  return rows.map(({ holder_id: id }) => id);
}

export const leaveSession = (tx: Tx, loginId: number, at: Moment) => tx`update holder_logins set left_at = ${new Date(at)} where login_id = ${loginId} and left_at is null`;
