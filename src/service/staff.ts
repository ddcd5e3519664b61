/** Who may do what: the insurer's people, their roles, markets and teams, and its programs' keys. A change says on which version of the person it was made. */

import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { type Tx } from '../database/index.ts';
import { fail, type InsurerId, type Language, ok, type Result } from '../kernel/index.ts';
import { type Role, ROLES, registerUser } from './people.ts';
import { language, moment } from './shapes.ts';

export const personShape = z.object({
  user_id: z.int(), name: z.string(), email: z.string(), role: z.enum(ROLES), language, markets: z.array(z.string()).nullable().describe('Null: all'), team: z.string(),
  disabled_at: moment.nullable(), last_login_at: moment.nullable(), created_at: moment, version: z.int().describe('Send it with a change'),
  changed_by: z.string().nullable(), changed_at: moment.nullable(),
});
export const peopleShape = z.object({ people: z.array(personShape), teams: z.array(z.string()) });
type Person = z.output<typeof personShape>;

export const apiKeysShape = z.object({
  keys: z.array(z.object({ key_id: z.int(), name: z.string(), role: z.enum(ROLES), created_at: moment, revoked_at: moment.nullable() })),
});

/** More people than a collection department has; the page searches among them. */
const PEOPLE_MAX = 2_000;
const KEYS_MAX = 500;
/** No letters or digits that look alike. */
const PASSWORD_ALPHABET = 'abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const PASSWORD_GROUPS = 4;
const GROUP_LENGTH = 4;

const COLUMNS = 'user_id, name, email, role, language, markets, team, disabled_at, last_login_at, created_at, version, changed_by, changed_at';

/** Those who work here first, by name. */
export async function listPeople(tx: Tx): Promise<z.output<typeof peopleShape>> {
  const people = await tx<Person[]>`
    select ${tx.unsafe(COLUMNS)} from users order by disabled_at is not null, lower(name), user_id limit ${PEOPLE_MAX}`;
  return { people, teams: [...new Set(people.map(({ team }) => team).filter((team) => team !== ''))].sort() };
}

const personOf = async (tx: Tx, userId: number): Promise<Person | undefined> =>
  (await tx<Person[]>`select ${tx.unsafe(COLUMNS)} from users where user_id = ${userId} for update`)[0];

export type NewPerson = {
  readonly name: string; readonly email: string; readonly role: Role; readonly language: Language; readonly markets: readonly string[] | null; readonly team: string;
};

/** Adds a person with a first password, which is shown once and kept as a hash. Problem: `email_taken`. */
export async function invitePerson(tx: Tx, insurerId: InsurerId, person: NewPerson, by: string): Promise<Result<{ readonly person: Person; readonly password: string }>> {
  const password = firstPassword();
  const added = await registerUser(tx, insurerId, { email: person.email, name: person.name, role: person.role, password, language: person.language });
  if (!added.ok) return added;
  const [row] = await tx<Person[]>`
    update users set markets = ${marketsOf(person.markets)}, team = ${person.team}, changed_by = ${by}, changed_at = now() where user_id = ${added.value.userId}
    returning ${tx.unsafe(COLUMNS)}`;
  if (row === undefined) throw new Error('a person vanished while being invited');
  return ok({ person: row, password });
}

/** `k7Qm-…`: 93 bits. */
const firstPassword = (): string =>
  Array.from({ length: PASSWORD_GROUPS }, () => Array.from({ length: GROUP_LENGTH }, () => PASSWORD_ALPHABET[randomInt(PASSWORD_ALPHABET.length)] ?? '').join('')).join('-');

/** Sorted, once each, so that the same choice is the same row. */
const marketsOf = (markets: readonly string[] | null): string[] | null => (markets === null ? null : [...new Set(markets)].sort());

/** Who makes the change, on which version of the person. */
export type Change = { readonly userId: number; readonly version: number; readonly by: string; /** The person who asks; null for a program. */ readonly self: number | null };
export type PersonChange = { readonly role?: Role; readonly markets?: readonly string[] | null; readonly team?: string; readonly name?: string; readonly language?: Language };
export type Changed = { readonly person: Person; /** Sessions that must be looked up again. */ readonly sessions: readonly Buffer[] };

/** Problems: `not_found`, `changed_meanwhile`, `own_rights`, `last_manager`. */
export async function changePerson(tx: Tx, change: Change, to: PersonChange): Promise<Result<Changed>> {
  const found = await changeable(tx, change);
  if (!found.ok) return found;
  const before = found.value;
  const markets = to.markets === undefined ? before.markets : marketsOf(to.markets);
  const role = to.role ?? before.role;
  if (change.self === change.userId && (role !== before.role || String(markets) !== String(before.markets))) return fail('own_rights');
  if (before.role === 'manager' && role !== 'manager' && before.disabled_at === null && !await anotherManager(tx, change.userId)) return fail('last_manager');
  const [person] = await tx<Person[]>`
    update users set role = ${role}, markets = ${markets}, team = ${to.team ?? before.team}, name = ${to.name ?? before.name}, language = ${to.language ?? before.language},
      version = version + 1, changed_by = ${change.by}, changed_at = now()
    where user_id = ${change.userId} returning ${tx.unsafe(COLUMNS)}`;
  if (person === undefined) return fail('not_found');
  const sessions = await tx<{ token_hash: Buffer }[]>`select token_hash from sessions where user_id = ${change.userId}`;
  return ok({ person, sessions: sessions.map((row) => row.token_hash) });
}

/** Lets a person in, or out at once: sessions end with it. Problems: `not_found`, `changed_meanwhile`, `own_rights`, `last_manager`. */
export async function enablePerson(tx: Tx, change: Change, enabled: boolean): Promise<Result<Changed>> {
  const found = await changeable(tx, change);
  if (!found.ok) return found;
  if (change.self === change.userId) return fail('own_rights');
  if (!enabled && found.value.role === 'manager' && found.value.disabled_at === null && !await anotherManager(tx, change.userId)) return fail('last_manager');
  const [person] = await tx<Person[]>`
    update users set disabled_at = ${enabled ? null : tx`coalesce(disabled_at, now())`}, version = version + 1, changed_by = ${change.by}, changed_at = now()
    where user_id = ${change.userId} returning ${tx.unsafe(COLUMNS)}`;
  if (person === undefined) return fail('not_found');
  const sessions = enabled ? [] : await tx<{ token_hash: Buffer }[]>`delete from sessions where user_id = ${change.userId} returning token_hash`;
  return ok({ person, sessions: sessions.map((row) => row.token_hash) });
}

/** The person as they are, held until the end of the transaction. */
async function changeable(tx: Tx, { userId, version }: Change): Promise<Result<Person>> {
  // All managers are held in one order, so that two who take each other's role away cannot both succeed.
  await tx`select 1 from users where role = 'manager' or user_id = ${userId} order by user_id for update`;
  const person = await personOf(tx, userId);
  if (person === undefined) return fail('not_found');
  if (person.version === version) return ok(person);
  return fail('changed_meanwhile', { by: person.changed_by ?? '?', at: person.changed_at?.toISOString() ?? null, version: person.version });
}

const anotherManager = async (tx: Tx, userId: number): Promise<boolean> =>
  (await tx`select 1 from users where role = 'manager' and disabled_at is null and user_id <> ${userId} limit 1`).length > 0;

export async function listApiKeys(tx: Tx): Promise<z.output<typeof apiKeysShape>> {
  const keys = await tx<z.output<typeof apiKeysShape>['keys']>`
    select key_id, name, role, created_at, revoked_at from api_keys order by revoked_at is not null, key_id desc limit ${KEYS_MAX}`;
  return { keys };
}

/** A key that was revoked stays so. Problem: `not_found`. */
export async function revokeApiKey(tx: Tx, keyId: number): Promise<Result<null>> {
  const { count } = await tx`update api_keys set revoked_at = coalesce(revoked_at, now()) where key_id = ${keyId}`;
  return count === 0 ? fail('not_found') : ok(null);
}
