/**
 * The local doubles of an insurer's CRM and ERP, as docs/connections.md describes them: signed requests, pages by cursor, writes on a version, entries booked
 * once. They keep what they have in memory, and can be told to fail. `npm start` mounts them beside the product.
 */

import { timingSafeEqual } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FastifyInstance, type FastifyPluginAsync, type FastifyReply, type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { signature } from '../../src/connections/index.ts';
import { type Moment } from '../../src/kernel/index.ts';

export type DoubleCustomer = {
  external_ref: string; family_name: string; given_name: string; phone: string | null; email: string | null; address: string | null; language: string; consents: string[]; opted_out: string[];
};
type Kept = DoubleCustomer & { version: number; changed_at: string; sequence: number };
type Entry = { entry_id: string; booked_on: string; currency: string; reverses: string | null; total_minor: number; lines: { account: string; debit_minor: number; credit_minor: number }[] };
/** What goes wrong with the next requests: a status, no answer for so long, or an answer that got lost after the work was done. */
export type Fault = { readonly times: number; readonly how: number | 'time_out' | 'lost_answer'; readonly on?: RegExp };

export type ConnectedOptions = { readonly crmSecret: string; readonly erpSecret: string; /** Machine time. */ readonly now?: () => Moment };
export type Connected = {
  readonly plugin: FastifyPluginAsync;
  /** Somebody at the insurer changes a customer in the CRM. */
  readonly putCustomer: (customer: Partial<DoubleCustomer> & { readonly external_ref: string }) => void;
  readonly customer: (externalRef: string) => Readonly<DoubleCustomer> | null;
  readonly entries: () => readonly Readonly<Entry>[];
  /** The ERP books another total than it was sent. */
  readonly misbook: (entryId: string, totalMinor: number) => void;
  readonly fail: (system: 'crm' | 'erp', fault: Fault) => void;
  /** Requests that were answered, in their order: `PATCH /customers/C-1`. */
  readonly asked: () => readonly string[];
};

export const CRM_PREFIX = '/sandbox-crm';
export const ERP_PREFIX = '/sandbox-erp';
const CLOCK_SKEW_S = 300;
const SILENT_MS = 12_000;
const ASKED_KEPT = 1_000;
const UNLIMITED = { config: { rateLimit: false as const } };
const EMPTY: Omit<DoubleCustomer, 'external_ref'> = { family_name: '', given_name: '', phone: null, email: null, address: null, language: 'en', consents: [], opted_out: [] };

const listQuery = z.object({ cursor: z.string().default(''), limit: z.coerce.number().int().min(1).max(200).default(200) });
const changeBody = z.object({
  family_name: z.string(), given_name: z.string(), phone: z.string().nullable(), email: z.string().nullable(), address: z.string().nullable(), language: z.string(),
  consents: z.array(z.string()), opted_out: z.array(z.string()),
}).partial().strict();
const entryBody = z.object({
  entry_id: z.string().min(1), booked_on: z.iso.date(), currency: z.string().length(3), reverses: z.string().nullable(), total_minor: z.int(),
  lines: z.array(z.object({ account: z.string(), debit_minor: z.int(), credit_minor: z.int() })).min(1),
});

export function openConnected(options: ConnectedOptions): Connected {
  const now = options.now ?? Date.now;
  const customers = new Map<string, Kept>();
  const answers = new Map<string, unknown>();
  const entries = new Map<string, Entry>();
  const booked: { entry_id: string; total_minor: number; acknowledged_at: string; difference: string | null }[] = [];
  const asked: string[] = [];
  const faults: { crm: Fault | null; erp: Fault | null } = { crm: null, erp: null };
  // Grows with time, so that a double that was started anew does not go back behind a cursor that it once gave.
  let sequence = now();
  const next = (): number => (sequence = Math.max(sequence + 1, now()));

  const put: Connected['putCustomer'] = (customer) => {
    const before = customers.get(customer.external_ref);
    customers.set(customer.external_ref, { ...EMPTY, ...before, ...customer, version: (before?.version ?? 0) + 1, changed_at: new Date(now()).toISOString(), sequence: next() });
  };
  const shown = ({ sequence: _sequence, version, ...customer }: Kept): object => ({ ...customer, version: String(version) });

  const crm = (app: FastifyInstance): void => {
    app.get('/ping', UNLIMITED, () => ({ ok: true }));
    app.get('/customers', UNLIMITED, (request, reply) => {
      const query = listQuery.safeParse(request.query);
      if (!query.success) return refuse(reply, 400, 'query_invalid');
      const after = Number(query.data.cursor) || 0;
      const later = [...customers.values()].filter((one) => one.sequence > after).sort((a, b) => a.sequence - b.sequence);
      const page = later.slice(0, query.data.limit);
      return { customers: page.map(shown), next_cursor: String(page.at(-1)?.sequence ?? after), more: later.length > page.length };
    });
    app.get<{ Params: { reference: string } }>('/customers/:reference', UNLIMITED, (request, reply) => {
      const one = customers.get(request.params.reference);
      return one === undefined ? refuse(reply, 404, 'customer_unknown') : reply.header('etag', `"${one.version}"`).send(shown(one));
    });
    app.patch<{ Params: { reference: string } }>('/customers/:reference', UNLIMITED, (request, reply) => {
      const key = String(request.headers['idempotency-key'] ?? '');
      if (answers.has(key)) return answers.get(key);
      const one = customers.get(request.params.reference);
      if (one === undefined) return refuse(reply, 404, 'customer_unknown');
      if (request.headers['if-match'] !== `"${one.version}"`) return refuse(reply, 412, 'version_changed');
      const change = changeBody.safeParse(request.body);
      if (!change.success || key === '') return refuse(reply, 422, 'change_invalid');
      put({ external_ref: one.external_ref, ...(change.data as Partial<DoubleCustomer>) });
      const answer = shown(customers.get(one.external_ref) ?? one);
      answers.set(key, answer);
      return answer;
    });
  };
  const erp = (app: FastifyInstance): void => {
    app.get('/ping', UNLIMITED, () => ({ ok: true }));
    app.post('/journal-entries', UNLIMITED, (request, reply) => {
      const entry = entryBody.safeParse(request.body);
      if (!entry.success) return refuse(reply, 422, 'entry_invalid');
      const { entry_id: id, lines, total_minor: total } = entry.data;
      const [debits, credits] = [lines.reduce((sum, line) => sum + line.debit_minor, 0), lines.reduce((sum, line) => sum + line.credit_minor, 0)];
      if (debits !== credits || debits !== total) return refuse(reply, 422, 'entry_not_balanced');
      if (entries.has(id)) return reply.code(200).send({ entry_id: id });
      entries.set(id, entry.data);
      booked.push({ entry_id: id, total_minor: total, acknowledged_at: new Date(now()).toISOString(), difference: null });
      return reply.code(201).send({ entry_id: id });
    });
    app.get('/acknowledgements', UNLIMITED, (request, reply) => {
      const query = listQuery.safeParse(request.query);
      if (!query.success) return refuse(reply, 400, 'query_invalid');
      // Of a memory that was lost, cursors lead beyond the end.
      const from = Math.min(Number(query.data.cursor) || 0, booked.length);
      const page = booked.slice(from, from + query.data.limit);
      return { acknowledgements: page, next_cursor: String(from + page.length), more: from + page.length < booked.length };
    });
  };
  const plugin: FastifyPluginAsync = async (app) => {
    for (const [system, prefix, secret, routes] of [['crm', CRM_PREFIX, options.crmSecret, crm], ['erp', ERP_PREFIX, options.erpSecret, erp]] as const) {
      await app.register(async (scope) => {
        scope.removeContentTypeParser('application/json');
        scope.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
          (request as FastifyRequest & { signed?: string }).signed = String(body);
          try { done(null, JSON.parse(String(body))); } catch { done(null, null); }
        });
        scope.addHook('preHandler', async (request, reply) => {
          if (!isSigned(request, secret, now())) return refuse(reply, 401, 'signature_invalid');
          const fault = faults[system];
          const name = `${request.method} ${request.url.slice(prefix.length)}`;
          if (fault !== null && fault.times > 0 && (fault.on?.test(name) ?? true) && fault.how !== 'lost_answer') {
            faults[system] = { ...fault, times: fault.times - 1 };
            if (fault.how === 'time_out') await sleep(SILENT_MS, null, { ref: false });
            return refuse(reply.header('retry-after', '1'), fault.how === 'time_out' ? 503 : fault.how, 'told_to_fail');
          }
          if (asked.length >= ASKED_KEPT) asked.shift();
          asked.push(name);
          return undefined;
        });
        scope.addHook('onSend', async (request, reply, payload) => {
          const fault = faults[system];
          if (fault?.how === 'lost_answer' && fault.times > 0 && (fault.on?.test(`${request.method} ${request.url.slice(prefix.length)}`) ?? true)) {
            faults[system] = { ...fault, times: fault.times - 1 };
            reply.code(502);
          }
          return payload;
        });
        routes(scope);
      }, { prefix });
    }
  };
  return {
    plugin, putCustomer: put, customer: (reference) => customers.get(reference) ?? null, entries: () => [...entries.values()], asked: () => [...asked],
    misbook: (entryId, totalMinor) => booked.push({ entry_id: entryId, total_minor: totalMinor, acknowledged_at: new Date(now()).toISOString(), difference: 'booked another amount' }),
    fail: (system, fault) => { faults[system] = fault; },
  };
}

const refuse = (reply: FastifyReply, status: number, code: string): FastifyReply => reply.code(status).send({ error: { code } });

function isSigned(request: FastifyRequest, secret: string, now: Moment): boolean {
  const timestamp = String(request.headers['x-inforce-timestamp'] ?? '');
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(now / 1000 - Number(timestamp)) > CLOCK_SKEW_S) return false;
  const given = Buffer.from(String(request.headers['x-inforce-signature'] ?? ''));
  const body = (request as FastifyRequest & { signed?: string }).signed ?? '';
  const expected = Buffer.from(signature(secret, timestamp, request.method, request.raw.url ?? '', body));
  return given.length === expected.length && timingSafeEqual(given, expected);
}
