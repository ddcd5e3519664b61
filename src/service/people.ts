/** The insurer's people and programs: passwords, and keys of the API. Only hashes are kept. */

import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { type Tx } from '../database/index.ts';
import { fail, ok, type InsurerId, type Language, type Result } from '../kernel/index.ts';

export const ROLES = ['manager', 'agent', 'finance', 'compliance', 'auditor', 'it'] as const;
export type Role = (typeof ROLES)[number];

/** Everybody of a simulated insurer has this password and an address that ends in `.example`; the log-in page offers them as buttons. */
export const DEMO_PASSWORD = 'harbour-demo';
export const DEMO_EMAIL_END = '.example';

const PASSWORD_LENGTH_MIN = 10;
/** OWASP Password Storage Cheat Sheet: scrypt with N = 2^17 is the first choice, N = 2^15, r = 8, p = 3 an equal one with a quarter of the memory. */
const SCRYPT = { N: 32_768, r: 8, p: 3, maxmem: 64 * 1024 * 1024 } as const;
const KEY_BYTES = 32;

function derive(password: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, KEY_BYTES, SCRYPT, (error, key) => (error === null ? resolve(key) : reject(error)));
  });
}

/** `scrypt$<salt>$<key>`, both base64url. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  return `scrypt$${salt.toString('base64url')}$${(await derive(password, salt)).toString('base64url')}`;
}

/** Constant in time; a null hash (nobody of that name) costs as much as a wrong password, so that names cannot be found out by timing. */
export async function passwordMatches(password: string, hash: string | null): Promise<boolean> {
  const [, salt = '', key = ''] = (hash ?? '').split('$');
  const expected = Buffer.from(key, 'base64url');
  const given = await derive(password, salt === '' ? Buffer.alloc(16) : Buffer.from(salt, 'base64url'));
  return expected.length === given.length && timingSafeEqual(expected, given);
}

/** Tokens and keys carry 256 random bits, so a plain hash is enough to keep them. */
export const tokenHash = (token: string): Buffer => createHash('sha256').update(token).digest();

export type NewUser = {
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly password: string;
  readonly language: Language;
};

/** Adds a person of the transaction's insurer. Problems: `password_too_short`, `email_taken`. */
export async function registerUser(tx: Tx, insurerId: InsurerId, user: NewUser): Promise<Result<{ userId: number }>> {
  if (user.password.length < PASSWORD_LENGTH_MIN) return fail('password_too_short', { length_min: PASSWORD_LENGTH_MIN });
  const [row] = await tx<{ user_id: number }[]>`
    insert into users (insurer_id, email, name, role, password_hash, language)
    values (${insurerId}, ${user.email.toLowerCase()}, ${user.name}, ${user.role}, ${await hashPassword(user.password)}, ${user.language})
    on conflict (insurer_id, email) do nothing returning user_id`;
  return row === undefined ? fail('email_taken', { email: user.email }) : ok({ userId: row.user_id });
}

/** A key for a program: `ifk_<insurer's code>_<secret>`; shown once, kept as a hash. */
export async function createApiKey(tx: Tx, insurer: { insurerId: InsurerId; code: string }, name: string, role: Role): Promise<string> {
  const key = `ifk_${insurer.code}_${randomBytes(32).toString('base64url')}`;
  await tx`insert into api_keys (insurer_id, name, key_hash, role) values (${insurer.insurerId}, ${name}, ${tokenHash(key)}, ${role})`;
  return key;
}
