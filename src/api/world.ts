/** What every route is given, and how a route says who may use it. */

import { type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type FastifyBaseLogger, type FastifyInstance, type FastifyPluginAsync, type FastifyRequest } from 'fastify';
import { type ZodTypeProvider } from 'fastify-type-provider-zod';
import { inInsurer, type Database } from '../database/index.ts';
import { localDate, type Clock, type InsurerId, type Language, type Moment, type PlainDate } from '../kernel/index.ts';
import { type ChannelSettings } from '../outreach/index.ts';
import { paymentSettings, type PaymentSettings } from '../payments/index.ts';
import { type Role } from '../service/index.ts';
import { type EventHub } from './events.ts';

export type ServerOptions = {
  readonly database: Database;
  /** Signs pay links; the same on all machines of an installation. */
  readonly secret: Buffer;
  readonly dataDirectory: string;
  /** An insurer's clock, which a simulated insurer may move. */
  readonly clock: (insurer: { readonly clockOffsetMs: number }) => Clock;
  /** The built console; a folder that does not exist is answered with a plain page. */
  readonly consoleDirectory: string;
  /** Mounted beside our routes; whatever they add under /api/ needs a log-in unless it says `config: { access: 'public' }`. */
  readonly plugins?: readonly FastifyPluginAsync[];
  /** Where the payment providers are and their keys; absent: the sandbox provider that `npm start` mounts beside us. */
  readonly payments?: PaymentSettings;
  /** Where one-time codes leave; absent: as the environment says. */
  readonly channels?: ChannelSettings;
  /** True unless a test or a bench asks hundreds of times a second. */
  readonly rateLimits?: boolean;
};

export type World = ServerOptions & { readonly events: EventHub };

const PORT_DEFAULT = 4800;

export const paymentSettingsOf = ({ payments, secret }: Pick<ServerOptions, 'payments' | 'secret'>): PaymentSettings =>
  payments ?? paymentSettings(secret, `http://127.0.0.1:${process.env['PORT'] ?? PORT_DEFAULT}/sandbox-provider`);

/** Who asks: a person with a session, or a program with a key. */
export type Asker = {
  readonly kind: 'session' | 'key';
  readonly insurerId: InsurerId;
  readonly insurerCode: string;
  readonly insurerNames: Readonly<Record<Language, string>>;
  readonly simulated: boolean;
  readonly reportingCurrency: string;
  readonly timeZone: string;
  readonly clockOffsetMs: number;
  /** User or key. */
  readonly id: number;
  readonly name: string;
  readonly email: string | null;
  readonly role: Role;
  /** Null: all. What others' holders are, this person's transactions do not see (`inInsurer`). */
  readonly markets: readonly string[] | null;
  readonly language: Language;
  readonly csrfToken: string | null;
  readonly tokenHash: Buffer;
};

/** `public`: anybody. A list: these roles. Absent: everybody logged in may read; all but the auditor may change. */
export type Access = 'public' | readonly Role[];

export type Api = FastifyInstance<Server, IncomingMessage, ServerResponse, FastifyBaseLogger, ZodTypeProvider>;

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
    /** Reaches beyond the holders of some markets: refused to a person who is bound to markets. */
    wholeInsurer?: boolean;
    /** Nothing of what is asked or answered is kept, not even for a repeated request. */
    keepsNothing?: boolean;
  }
  interface FastifyRequest {
    /** Set for every request under /api/ that is not public. */
    asker: Asker | null;
    nonce: string;
  }
}

export const nowOf = (world: World, insurer: { clockOffsetMs: number }): Moment => world.clock(insurer).now();

export const businessDateOf = (world: World, insurer: { clockOffsetMs: number; timeZone: string }): PlainDate =>
  localDate(nowOf(world, insurer), insurer.timeZone);

/** The machine's own time: sessions and keys must not follow a clock that a visitor can move. */
export const machineNow = (world: World): Moment => world.clock({ clockOffsetMs: 0 }).now();

/** What a request without an asker needs to know of its insurer. */
export type InsurerClock = { readonly insurerId: InsurerId; readonly timeZone: string; readonly clockOffsetMs: number };
type InsurerRow = { insurer_id: InsurerId; time_zone: string; clock_offset_ms: number };

export async function insurerById(world: World, insurerId: InsurerId): Promise<InsurerClock | null> {
  const rows = await inInsurer(
    world.database.app,
    insurerId,
    (tx) => tx<InsurerRow[]>`select insurer_id, time_zone, clock_offset_ms from insurers where insurer_id = ${insurerId}`,
  );
  return clockOf(rows[0]);
}

const clockOf = (row: InsurerRow | undefined): InsurerClock | null =>
  row === undefined ? null : { insurerId: row.insurer_id, timeZone: row.time_zone, clockOffsetMs: row.clock_offset_ms };

/** `https://pay.example.com`: INFORCE_URL where it is set, else as the asker called us. */
export const originOf = (request: FastifyRequest): string => process.env['INFORCE_URL'] ?? `${request.protocol}://${request.host}`;
