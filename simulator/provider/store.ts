/** What the sandbox provider remembers, in a schema of its own: it survives a restart, and the product's role cannot read it. */

import { type Sql } from '../../src/database/index.ts';
import { type Language, type Moment } from '../../src/kernel/index.ts';

export type SessionStatus = 'open' | 'complete' | 'expired';
export type Session = {
  readonly id: string; readonly clientReference: string; readonly amountMinor: bigint; readonly currency: string; readonly method: string; readonly language: Language;
  readonly description: string; readonly returnUrl: string; readonly cancelUrl: string; readonly status: SessionStatus;
  /** What became of the money; null until the payer decides. */
  readonly payment: 'succeeded' | 'failed' | 'refunded' | 'charged_back' | 'returned' | null;
  readonly expiresAt: Moment;
};
export type QueuedEvent = { readonly eventId: string; readonly body: string; readonly tries: number };

/** Older than this, what is done is forgotten. */
const KEPT_DAYS = 30;

export async function prepare(sql: Sql): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(4800200)`;
    await tx.unsafe(`
      create schema if not exists sandbox_provider;
      create table if not exists sandbox_provider.sessions (
        id text primary key, idempotency_key text not null unique, client_reference text not null, amount_minor bigint not null check (amount_minor > 0), currency text not null,
        method text not null, language text not null, description text not null, return_url text not null, cancel_url text not null,
        status text not null default 'open', payment text, created_at timestamptz not null, expires_at timestamptz not null);
      create table if not exists sandbox_provider.events (
        event_id text primary key, session_id text not null references sandbox_provider.sessions on delete cascade, body text not null, next_try_at timestamptz not null,
        tries int not null default 0, done text, created_at timestamptz not null default now());
      create index if not exists events_waiting on sandbox_provider.events (next_try_at) where done is null;
      delete from sandbox_provider.sessions where created_at < now() - interval '${KEPT_DAYS} days';`);
  });
}

type Row = {
  id: string; client_reference: string; amount_minor: bigint; currency: string; method: string; language: Language; description: string; return_url: string; cancel_url: string;
  status: SessionStatus; payment: Session['payment']; expires_at: Date;
};
const sessionOf = (row: Row): Session => ({
  id: row.id, clientReference: row.client_reference, amountMinor: row.amount_minor, currency: row.currency, method: row.method, language: row.language,
  description: row.description, returnUrl: row.return_url, cancelUrl: row.cancel_url, status: row.status, payment: row.payment, expiresAt: row.expires_at.getTime(),
});

/** The same idempotency key gives the same session, whatever else was asked. */
export async function createSession(sql: Sql, key: string, session: Omit<Session, 'status' | 'payment'>, now: Moment): Promise<Session> {
  const s = session;
  const [row] = await sql<Row[]>`
    insert into sandbox_provider.sessions (id, idempotency_key, client_reference, amount_minor, currency, method, language, description, return_url, cancel_url, created_at, expires_at)
    values (${s.id}, ${key}, ${s.clientReference}, ${String(s.amountMinor)}, ${s.currency}, ${s.method}, ${s.language}, ${s.description}, ${s.returnUrl}, ${s.cancelUrl},
      ${new Date(now)}, ${new Date(s.expiresAt)})
    on conflict (idempotency_key) do update set idempotency_key = excluded.idempotency_key returning *`;
  if (row === undefined) throw new Error('no session');
  return sessionOf(row);
}

export async function readSession(sql: Sql, id: string): Promise<Session | null> {
  const [row] = await sql<Row[]>`select * from sandbox_provider.sessions where id = ${id}`;
  return row === undefined ? null : sessionOf(row);
}

/** Moves a session on, if it stands where it must, and writes down the events that follow, in one transaction. False where it does not. */
export async function advance(
  sql: Sql, id: string, from: { readonly status: SessionStatus; readonly payment: Session['payment'] }, to: { readonly status: SessionStatus; readonly payment: Session['payment'] },
  events: readonly { readonly eventId: string; readonly body: string }[], now: Moment,
): Promise<boolean> {
  return sql.begin(async (tx) => {
    const moved = await tx`
      update sandbox_provider.sessions set status = ${to.status}, payment = ${to.payment}
      where id = ${id} and status = ${from.status} and payment is not distinct from ${from.payment}`;
    if (moved.count === 0) return false;
    for (const { eventId, body } of events) {
      await tx`insert into sandbox_provider.events (event_id, session_id, body, next_try_at) values (${eventId}, ${id}, ${body}, ${new Date(now)})`;
    }
    return true;
  });
}

/** Takes events that are due; the next process that looks will not see them before `again`. */
export async function takeDue(sql: Sql, now: Moment, again: Moment, most: number, only: readonly string[] | null): Promise<QueuedEvent[]> {
  const rows = await sql<{ event_id: string; body: string; tries: number }[]>`
    with due as (
      select event_id from sandbox_provider.events where done is null and next_try_at <= ${new Date(now)} and (${only === null} or event_id = any(${[...(only ?? [])]}))
      order by next_try_at, created_at limit ${most} for update skip locked)
    update sandbox_provider.events e set tries = tries + 1, next_try_at = ${new Date(again)} from due where e.event_id = due.event_id
    returning e.event_id, e.body, e.tries`;
  return rows.map((row) => ({ eventId: row.event_id, body: row.body, tries: row.tries }));
}

export async function markDone(sql: Sql, eventId: string, how: 'delivered' | 'given_up'): Promise<void> {
  await sql`update sandbox_provider.events set done = ${how} where event_id = ${eventId}`;
}
export async function tryAgainAt(sql: Sql, eventId: string, at: Moment): Promise<void> {
  await sql`update sandbox_provider.events set next_try_at = ${new Date(at)} where event_id = ${eventId}`;
}
export async function nextDue(sql: Sql): Promise<Moment | null> {
  const [row] = await sql<{ at: Date | null }[]>`select min(next_try_at) as at from sandbox_provider.events where done is null`;
  return row?.at?.getTime() ?? null;
}
