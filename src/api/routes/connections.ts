/** The insurer's CRM and ERP: how they are doing, what was set aside, where they disagree with us, and who is right. */

import { type FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  CHOICES, chooseValue, completeness, type Conflict, conflictsOf, CONTACT_FIELDS, connectionOf, deadLetters, FILE_BYTES_MAX, journalCsv, journalDifferences, KINDS, listConnections,
  openConflicts, queueSync, retryLetter, saveConnection, SECRET_LENGTH_MIN, SOURCES, takeInFile, testConnection,
} from '../../connections/index.ts';
import { inInsurer } from '../../database/index.ts';
import { addDays, fail, type HolderId, ok, type Result } from '../../kernel/index.ts';
import { problemText } from '../../kernel/problem-texts.ts';
import { amountMinor, maskEmail, maskPhone, moment, plainDate } from '../../service/index.ts';
import { askerIn } from '../asker.ts';
import { languageOf, sendProblem } from '../problems.ts';
import { businessDateOf, machineNow, type Access, type Api, type World } from '../world.ts';
import { idParam } from './holders.ts';

const READERS = ['manager', 'it', 'auditor'] as const satisfies Access;
const CHANGERS = ['manager', 'it'] as const satisfies Access;
/** Those who speak with holders know which number is right. */
const CHOOSERS = ['manager', 'agent', 'it'] as const satisfies Access;

const kind = z.enum(KINDS);
const field = z.enum(CONTACT_FIELDS);
const source = z.enum(SOURCES);
const said = z.string().nullable().describe('The reason in the asker’s language');
const run = z.object({
  started_at: moment, finished_at: moment.nullable(), pulled: z.int(), pushed: z.int(), conflicts: z.int(), failed: z.int(), skipped: z.int().describe('Customers there who hold no policy'),
  reason: said,
});
const conflict = z.object({
  conflict_id: z.int(), holder_id: z.int(), name: z.string(), external_ref: z.string(), field, version: z.int(), source, ours: z.string().nullable(), theirs: z.string().nullable(),
  found_at: moment, our_source: source.nullable(), ours_as_of: moment.nullable(), theirs_as_of: moment.nullable(),
});
export const conflictsShape = z.object({ may_choose: z.boolean(), conflicts: z.array(conflict) });
export const connectionsShape = z.object({
  connections: z.array(z.object({
    kind, base_url: z.string(), enabled: z.boolean(), running: z.boolean(), version: z.int(), failures: z.int(), failing_since: moment.nullable(), next_try_at: moment.nullable(),
    last_run_at: moment.nullable(), reason: said, waiting: z.int().describe('Not sent yet'), changed_by: z.string(), changed_at: moment, runs: z.array(run).describe('The last ones, newest first'),
  })),
  conflicts: z.array(conflict),
  letters: z.array(z.object({
    item_id: z.int(), kind, task: z.string(), key: z.string(), holder_id: z.int().nullable(), name: z.string().nullable(), fields: z.array(z.string()), tries: z.int(),
    dead_at: moment.nullable().describe('Null: it will be tried again'), next_try_at: moment.nullable(), reason: said,
  })).describe('What failed: set aside, or still being tried'),
  differences: z.array(z.object({
    entry_id: z.string(), booked_on: plainDate, currency: z.string(), total_minor: amountMinor, acknowledged_minor: amountMinor.nullable(), acknowledged_at: moment,
    difference: z.string().nullable(),
  })).describe('Days of which the ERP has another total than the books'),
});
const shares = z.record(field, z.number());
export const completenessShape = z.object({
  sampled: z.int().describe('Holders looked at'), profile: shares.describe('Share of them of whom the field is known'),
  sources: z.array(z.object({ source, holders: z.int(), fields: shares })).describe('What each source has said of them'),
});

/** A year at a time. */
const JOURNAL_DAYS_MAX = 366;
const params = z.object({ kind });
const secret = z.string().min(SECRET_LENGTH_MIN).max(500);
const address = z.string().trim().min(1).max(500);
const holderParams = z.object({ holder_id: idParam });

export function connectionRoutes(app: Api, world: World): void {
  const at = (): Date => new Date(machineNow(world));
  const sayer = (request: FastifyRequest) => (row: { readonly reason: string | null; readonly reason_detail: string | null }): string | null =>
    row.reason === null ? null : problemText({ code: row.reason, details: { detail: row.reason_detail } }, languageOf(request));

  app.get('/api/connections', {
    config: { access: READERS, wholeInsurer: true },
    schema: { summary: 'The CRM and the ERP: state, runs, conflicts, what failed', tags: ['connections'], response: { 200: connectionsShape } },
  }, async (request) => {
    const asker = askerIn(request);
    const say = sayer(request);
    return inInsurer(world.database.app, asker, async (tx) => {
      const connections = await listConnections(tx);
      const [conflicts, letters] = [await openConflicts(tx), await deadLetters(tx)];
      const differences = await journalDifferences(tx);
      return {
        connections: connections.map((one) => ({ ...one, reason: say(one), runs: one.runs.map((each) => ({ ...each, reason: say(each) })) })),
        conflicts: conflicts.map((one) => shownTo(asker.role, one)), letters: letters.map((one) => ({ ...one, fields: [...one.fields], reason: say(one) })), differences: [...differences],
      };
    });
  });

  app.get('/api/connections/completeness', {
    config: { access: READERS, wholeInsurer: true },
    schema: { summary: 'How complete what is known of holders is, by source, of a sample', tags: ['connections'], response: { 200: completenessShape } },
  }, async (request) => {
    const known = await inInsurer(world.database.app, askerIn(request), completeness);
    return { ...known, sources: known.sources.map((one) => ({ ...one })) };
  });

  app.put('/api/connections/:kind', {
    config: { access: CHANGERS, wholeInsurer: true },
    schema: {
      summary: 'Set up, change, pause or resume a connection; the secret is never shown again', tags: ['connections'], params,
      body: z.object({
        base_url: address, secret: secret.nullable().default(null).describe('Null: as it is'), enabled: z.boolean().default(true),
        from_start: z.boolean().default(false).describe('Read everything of theirs once more'), version: z.int().min(1).nullable().default(null).describe('Of what was seen; null: new'),
      }),
      response: { 204: z.null() },
    },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const { base_url: baseUrl, from_start: fromStart, ...rest } = request.body;
    const saved = await inInsurer(world.database.app, asker, (tx) => saveConnection(tx, {
      insurerId: asker.insurerId, kind: request.params.kind, key: world.secret, by: asker.name, at: at(), today: businessDateOf(world, asker), change: { baseUrl, fromStart, ...rest },
    }));
    return saved.ok ? reply.code(204).send(null) : sendProblem(request, reply, saved.problem);
  });

  app.post('/api/connections/:kind/sync', {
    config: { access: CHANGERS, wholeInsurer: true }, schema: { summary: 'Sync at once', tags: ['connections'], params, response: { 202: z.object({ kind }) } },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const queued = await inInsurer(world.database.app, asker, async (tx): Promise<Result<null>> => {
      const one = await connectionOf(tx, asker.insurerId, request.params.kind, world.secret);
      if (one === null) return fail('connection_missing');
      if (!one.enabled) return fail('connection_paused');
      await queueSync(tx, asker.insurerId, request.params.kind);
      return ok(null);
    });
    return queued.ok ? reply.code(202).send({ kind: request.params.kind }) : sendProblem(request, reply, queued.problem);
  });

  app.post('/api/connections/:kind/test', {
    config: { access: CHANGERS, wholeInsurer: true },
    schema: { summary: 'Ask the connected system whether it answers and knows our signature', tags: ['connections'], params, response: { 200: z.object({ answers: z.boolean(), reason: said }) } },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const one = await inInsurer(world.database.app, asker, (tx) => connectionOf(tx, asker.insurerId, request.params.kind, world.secret));
    if (one === null) return sendProblem(request, reply, { code: 'connection_missing' });
    const tested = one.secret === null ? fail('sync_secret_unreadable') : await testConnection({ baseUrl: one.baseUrl, secret: one.secret }, () => machineNow(world));
    return { answers: tested.ok, reason: tested.ok ? null : problemText(tested.problem, languageOf(request)) };
  });

  app.post('/api/connections/letters/:item_id/retry', {
    config: { access: CHANGERS, wholeInsurer: true },
    schema: { summary: 'Try again what failed, with all its tries', tags: ['connections'], params: z.object({ item_id: idParam }), response: { 202: z.object({ kind }) } },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const retried = await inInsurer(world.database.app, asker, async (tx) => {
      const letter = await retryLetter(tx, asker.insurerId, request.params.item_id);
      if (letter.ok) await queueSync(tx, asker.insurerId, letter.value);
      return letter;
    });
    return retried.ok ? reply.code(202).send({ kind: retried.value }) : sendProblem(request, reply, retried.problem);
  });

  app.get('/api/connections/journal', {
    config: { access: ['manager', 'finance', 'it', 'auditor'], wholeInsurer: true },
    schema: { summary: 'The journal as it was written down for the ERP, as a file (text/csv)', tags: ['connections'], querystring: z.object({ from: plainDate, to: plainDate }) },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const { from, to } = request.query;
    const csv = await inInsurer(world.database.app, asker, (tx) => journalCsv(tx, asker.insurerCode, from, addDays(from, JOURNAL_DAYS_MAX) < to ? addDays(from, JOURNAL_DAYS_MAX) : to));
    return reply.type('text/csv; charset=utf-8').header('content-disposition', `attachment; filename="journal-${from}-${to}.csv"`).send(csv);
  });

  app.post('/api/connections/contacts', {
    config: { access: CHANGERS, wholeInsurer: true }, bodyLimit: FILE_BYTES_MAX * 2,
    schema: {
      summary: 'Take in changed contacts from a CSV file, for systems without an API; differences become conflicts', tags: ['connections'],
      body: z.object({ source: z.enum(['crm', 'erp', 'import']), csv: z.string().min(1).max(FILE_BYTES_MAX) }),
      response: {
        200: z.object({
          rows: z.int(), changed: z.int(), conflicts: z.int(), skipped: z.int(), bad: z.array(z.object({ external_ref: z.string(), field: z.string(), value: z.string() })),
        }),
      },
    },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const taken = await inInsurer(world.database.app, asker, (tx) => takeInFile(tx, asker.insurerId, request.body.source, request.body.csv, at()));
    return taken.ok ? { ...taken.value, bad: [...taken.value.bad] } : sendProblem(request, reply, taken.problem);
  });

  app.get('/api/holders/:holder_id/conflicts', {
    schema: { summary: 'Where sources say different things of a holder', tags: ['holders'], params: holderParams, response: { 200: conflictsShape } },
  }, async (request) => {
    const asker = askerIn(request);
    const conflicts = await inInsurer(world.database.app, asker, (tx) => conflictsOf(tx, request.params.holder_id as HolderId));
    return { may_choose: mayChoose(asker.role), conflicts: conflicts.map((one) => shownTo(asker.role, one)) };
  });

  app.post('/api/holders/:holder_id/conflicts/:conflict_id', {
    config: { access: CHOOSERS },
    schema: {
      summary: 'Choose which value is right; the other side is told', tags: ['holders'], params: holderParams.extend({ conflict_id: idParam }),
      body: z.object({ choice: z.enum(CHOICES), version: z.int().min(1).describe('Of the conflict as it was seen') }), response: { 204: z.null() },
    },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const { holder_id: holderId, conflict_id: conflictId } = request.params;
    const chosen = await inInsurer(world.database.app, asker, (tx) => chooseValue(tx, {
      insurerId: asker.insurerId, holderId: holderId as HolderId, conflictId, ...request.body, by: asker.name, at: at(),
    }));
    return chosen.ok ? reply.code(204).send(null) : sendProblem(request, reply, chosen.problem);
  });
}

const mayChoose = (role: string): boolean => CHOOSERS.some((one) => one === role);

/** Whoever chooses sees the values whole; others enough to know what it is about. */
function shownTo(role: string, one: Conflict): Conflict {
  if (mayChoose(role)) return one;
  const mask = (value: string | null): string | null => (one.field === 'phone' ? maskPhone(value) : one.field === 'email' ? maskEmail(value) : one.field === 'address' && value !== null ? '•••' : value);
  return { ...one, ours: mask(one.ours), theirs: mask(one.theirs) };
}
