/** Two doors to the same database: the owner migrates and runs the job queue; the application sees only the insurer it has named. */

import { createHmac } from 'node:crypto';
import { fail, ok, type InsurerId, type Result } from '../kernel/index.ts';
import { readSecret, startEmbedded } from './embedded.ts';
import { migrate } from './migrate.ts';
import { open, type Sql, type Tx } from './sql.ts';

export type Database = {
  /** The application's role: row-level security shows it the rows of the insurer named in the transaction, and nothing else. */
  readonly app: Sql;
  /** The owner: migrations, the job queue and the installation's own tables; never used for an insurer's rows. */
  readonly owner: Sql;
  readonly ownerUrl: string;
  readonly appUrl: string;
  readonly close: () => Promise<void>;
  /** Process id of the embedded server; null with DATABASE_URL. */
  readonly embeddedPid: number | null;
};

export type ConnectOptions = {
  readonly dataDirectory: string;
  readonly databaseUrl?: string | undefined;
  /** Connections of the application's pool. */
  readonly poolSize?: number;
  /** The embedded server is started again should it end by itself. */
  readonly keepRunning?: boolean;
  /** Sees each statement of the application. */
  readonly onStatement?: (statement: string) => void;
};

const POOL_SIZE = 10;
/** A server that is restarted, or that recovers from a crash, is waited for so long by those who are in the middle of something. */
export const AWAY_MAX_MS = 30_000;
/** A small question that takes longer is not being answered: the driver may wait for ever on a connection that was cut off in a transaction. */
const ANSWER_MAX_MS = 10_000;

/** The answer to a small question, or an error that `isConnectionError` knows. */
export async function answered<T>(asked: Promise<T>): Promise<T> {
  const timer = Promise.withResolvers<never>();
  const timeout = setTimeout(() => timer.reject(Object.assign(new Error('no answer'), { code: 'CONNECT_TIMEOUT' })), ANSWER_MAX_MS);
  try {
    return await Promise.race([asked, timer.promise]);
  } finally {
    clearTimeout(timeout);
  }
}

/** Connects, migrates forward, and opens both doors. Problems: those of the embedded start, `database_unreachable`, `database_rights_missing`, `database_newer`, `database_too_old`. */
export async function connect(options: ConnectOptions): Promise<Result<Database>> {
  let ownerUrl = options.databaseUrl ?? process.env['DATABASE_URL'];
  let stop = async (): Promise<void> => {};
  let embeddedPid: number | null = null;
  if (ownerUrl === undefined || ownerUrl === '') {
    const embedded = await startEmbedded(options.dataDirectory, options.keepRunning);
    if (!embedded.ok) return embedded;
    ownerUrl = embedded.value.url;
    stop = embedded.value.stop;
    embeddedPid = embedded.value.pid;
  }
  const owner = open(ownerUrl, 4);
  const closeAll = async (): Promise<void> => {
    await owner.end({ timeout: 2 }).catch(() => {});
    await stop();
  };
  const password = createHmac('sha256', readSecret(options.dataDirectory)).update('inforce_app').digest('base64url');
  try {
    const migrated = await migrate(owner, password);
    if (!migrated.ok) {
      await closeAll();
      return migrated;
    }
  } catch (error) {
    await closeAll();
    if (error instanceof Error && 'code' in error && error.code === '42501') return fail('database_rights_missing', { reason: error.message });
    if (isConnectionError(error)) return fail('database_unreachable', { reason: error instanceof Error ? error.message : String(error) });
    throw error;
  }
  const appUrl = withUser(ownerUrl, 'inforce_app', password);
  const app = open(appUrl, options.poolSize ?? POOL_SIZE, options.onStatement);
  return ok({
    app, owner, ownerUrl, appUrl, embeddedPid,
    close: async () => {
      await app.end({ timeout: 2 }).catch(() => {});
      await closeAll();
    },
  });
}

/** Whether an error says that the server is not there, or went away in the middle. */
export function isConnectionError(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return ['ECONNREFUSED', 'ENOTFOUND', 'ECONNRESET', 'EPIPE', 'CONNECT_TIMEOUT', 'CONNECTION_CLOSED', 'CONNECTION_ENDED', 'CONNECTION_DESTROYED', '28P01', '28000', '3D000', 'EAI_AGAIN',
    'ETIMEDOUT', '57P01', '57P02', '57P03', '08006'].includes(code);
}

function withUser(url: string, user: string, password: string): string {
  const parsed = new URL(url);
  parsed.username = user;
  parsed.password = password;
  return parsed.toString();
}

/** Whose rows a transaction sees: all of an insurer, or, of a person who is bound to some markets, those of the holders of these markets. */
export type Scope = { readonly insurerId: InsurerId; readonly markets: readonly string[] | null };

const scopeOf = (whose: InsurerId | Scope): Scope => (typeof whose === 'number' ? { insurerId: whose, markets: null } : whose);
/** Markets are two letters (0002-portfolio.sql); nobody's list is written into a statement as something else. */
const marketList = (markets: readonly string[]): string => markets.filter((market) => /^[A-Z]{2}$/.test(market)).join(',');

/** Runs `work` in one transaction that sees the rows of one insurer. The name is sent together with the first statements of `work`. */
export async function inInsurer<T>(sql: Sql, whose: InsurerId | Scope, work: (tx: Tx) => Promise<T>): Promise<T> {
  const { insurerId, markets } = scopeOf(whose);
  const result = await sql.begin(async (tx) => {
    // A connection answers in the order it was asked, so what follows sees the insurer.
    const named = (markets === null
      ? tx`select set_config('inforce.insurer_id', ${String(insurerId)}, true)`
      : tx`select set_config('inforce.insurer_id', ${String(insurerId)}, true), set_config('inforce.markets', ${marketList(markets)}, true), set_config('role', 'inforce_scoped', true)`).execute();
    const [value] = await Promise.all([work(tx), named]);
    return { value };
  });
  return (result as { value: T }).value;
}

type Asked = readonly { readonly execute: () => PromiseLike<unknown> }[];
type Answers<Q extends Asked> = { -readonly [K in keyof Q]: Awaited<Q[K]> };

/**
 * Reads by key in one trip to the database: begin, the insurer's name, all statements of `ask` and the end are sent together, where `inInsurer` makes three trips.
 * `ask` is not async, so that no statement can come after the end.
 */
export async function readTogether<const Q extends Asked>(sql: Sql, whose: InsurerId | Scope, ask: (tx: Tx) => Q): Promise<Answers<Q>> {
  const { insurerId, markets } = scopeOf(whose);
  const bound = markets === null ? '' : `; set local inforce.markets = '${marketList(markets)}'; set local role inforce_scoped`;
  const connection = await sql.reserve();
  try {
    // A connection answers in the order in which it was asked. What is found by its key needs no new plan each time: planning costs as much as reading.
    const sent = [
      connection.unsafe(`begin read only; set local inforce.insurer_id = ${Math.trunc(insurerId)}; set local plan_cache_mode = force_generic_plan${bound}`).execute(),
      ...ask(connection as unknown as Tx).map((statement) => statement.execute()),
      // PostgreSQL ends a transaction in which a statement failed by a rollback.
      connection`commit`.execute(),
    ];
    const settled = await Promise.allSettled(sent);
    const values = settled.map((one) => {
      if (one.status === 'rejected') throw one.reason;
      return one.value;
    });
    return values.slice(1, -1) as unknown as Answers<Q>;
  } finally {
    connection.release();
  }
}
